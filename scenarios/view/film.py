# SPDX-License-Identifier: MIT
"""Pictures and films as files: PNG, MP4, GIF."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from scenarios.errors import ScenarioError
from scenarios.view.controls import Controls, positions
from scenarios.view.result import ViewResult
from scenarios.view.scene import Scene

FILMS = (".mp4", ".gif")
LEAST_S, MOST_FPS = 4.0, 10.0
"""A film lasts at least so long, however few its instants; and no faster than so many a second."""
Pixels = NDArray[np.uint8]


def check_picture(path: Path) -> None:
    """Refuse what cannot become a picture.

    Raises:
        ScenarioError: another ending than ``.png``, or no folder there.
    """
    _check(path, (".png",), "--screenshot")


def check_film(path: Path, results: Sequence[ViewResult]) -> None:
    """Refuse what cannot become a film.

    Raises:
        ScenarioError: another ending than ``.mp4`` and ``.gif``, no folder, or one instant alone.
    """
    _check(path, FILMS, "--film")
    _imageio()
    if len(positions(results)) < 2:
        raise ScenarioError(
            "--film",
            "",
            f"{results[0].folder} has fields of one instant only",
            allowed="--screenshot FILE.png",
        )


def save_picture(scene: Scene, path: Path) -> Path:
    """Write what the scene shows as a PNG, whole or not at all.

    Raises:
        ScenarioError: the disk is full or the place cannot be written.
    """
    return _write(path, lambda partial: Image.fromarray(scene.image()).save(partial))


def save_film(
    scene: Scene,
    controls: Controls,
    path: Path,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Path:
    """Write all instants, one frame each, through the scene's camera.

    Args:
        scene: its camera and size are used; afterwards it shows the last instant.
        controls: what to show; its position is not used.
        path: ``.mp4`` or ``.gif``.
        progress: told frames done and all frames.

    Raises:
        ScenarioError: the disk is full or the place cannot be written.
    """
    places = positions(scene.results)
    rate = frames_per_second(len(places))

    def write(partial: Path) -> None:
        with _writer(partial, path.suffix.lower(), rate) as film:
            for done, place in enumerate(places, start=1):
                scene.show(replace(controls, position=place))
                film.append_data(even(scene.image()))
                progress(done, len(places))

    return _write(path, write)


def frames_per_second(count: int) -> float:
    """Frames a second of so many instants."""
    return min(MOST_FPS, max(count / LEAST_S, 1.0))


def even(image: Pixels) -> Pixels:
    """A picture of even width and height, as H.264 wants them: an odd last line is left out."""
    height, width = image.shape[:2]
    return image[: height - height % 2, : width - width % 2]


def _writer(partial: Path, kind: str, rate: float) -> Any:
    video = _imageio()
    if kind == ".gif":
        return video.get_writer(partial, format="GIF", mode="I", duration=1000.0 / rate, loop=0)
    options = {"codec": "libx264", "pixelformat": "yuv420p", "macro_block_size": 1}
    return video.get_writer(partial, format="FFMPEG", mode="I", fps=rate, quality=8, **options)


def _imageio() -> Any:
    try:
        import imageio.v2

        import_module("imageio_ffmpeg")
    except ImportError as error:
        raise ScenarioError(
            "--film",
            "",
            f"films need imageio and imageio-ffmpeg, which are not installed here ({error})",
            allowed='pip install "solespine[view]"',
        ) from None
    return imageio.v2


def _check(path: Path, endings: Sequence[str], where: str) -> None:
    if path.suffix.lower() not in endings:
        raise ScenarioError(
            where,
            "",
            f"{path.name!r} is no name for it",
            allowed=" or ".join(f"FILE{e}" for e in endings),
        )
    if not path.resolve().parent.is_dir():
        raise ScenarioError(
            where, "", f"no folder {path.resolve().parent}", allowed="a folder that is there"
        )


def _write(path: Path, write: Callable[[Path], Any]) -> Path:
    partial = path.with_name(f".{path.stem}.new{path.suffix}")
    try:
        write(partial)
        partial.replace(path)
    except OSError as error:
        raise ScenarioError(
            str(path), "", f"cannot be written: {error.strerror or error}"
        ) from None
    finally:
        partial.unlink(missing_ok=True)
    return path
