# SPDX-License-Identifier: MIT
"""Shaded pictures of bodies, drawn off screen by VTK in a process of its own.

A graphics driver that is missing or broken can end the process that draws. A
finished run must not go down with its pictures, so `render_panels` starts this
file as a program, hands the panels over as an ``.npz`` and takes images back.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scenarios.figures.views import View, view_axes

Array = NDArray[np.float64]
TIME_LIMIT_S = 240.0


class RenderError(RuntimeError):
    """The pictures could not be drawn here; the message says why."""


@dataclass(frozen=True, slots=True)
class Surface:
    """A triangulated surface of one panel.

    Attributes:
        points_mm: (n, 3) in the world.
        triangles: (m, 3).
        colour: red, green, blue from 0 to 1, one row for each point, (n, 3).
    """

    points_mm: Array
    triangles: NDArray[np.int64]
    colour: Array


@dataclass(frozen=True, slots=True)
class Panel:
    """What one picture shows, from where, and how many pixels wide it is."""

    view: View
    surfaces: tuple[Surface, ...]
    width_px: int


def render_panels(panels: Sequence[Panel]) -> list[NDArray[np.uint8]]:
    """Draw panels in one child process.

    Returns:
        One image (height, width, 3) per panel.

    Raises:
        RenderError: the child failed, crashed or took too long.
    """
    with tempfile.TemporaryDirectory(prefix="solespine-") as name:
        job, images = Path(name) / "job.npz", Path(name) / "images.npz"
        np.savez(job, **_packed(panels))  # type: ignore[arg-type]
        root = str(Path(__file__).resolve().parents[2])
        path = os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH", "")]))
        environment = {**os.environ, "PYTHONPATH": path, "PYVISTA_OFF_SCREEN": "true"}
        command = [sys.executable, "-m", "scenarios.figures.render", str(job), str(images)]
        try:
            done = subprocess.run(
                command, env=environment, capture_output=True, timeout=TIME_LIMIT_S, check=False
            )
        except subprocess.TimeoutExpired:
            raise RenderError(f"drawing took more than {TIME_LIMIT_S:.0f} s") from None
        if done.returncode != 0 or not images.exists():
            words = done.stderr.decode(errors="replace").strip().splitlines()
            last = words[-1] if words else "no message"
            raise RenderError(f"VTK could not draw (exit code {done.returncode}): {last}")
        with np.load(images) as archive:
            return [archive[f"image_{i}"] for i in range(len(panels))]


def _packed(panels: Sequence[Panel]) -> dict[str, NDArray[Any]]:
    arrays: dict[str, NDArray[Any]] = {}
    for i, panel in enumerate(panels):
        v = panel.view
        sizes = (v.width_mm, v.height_mm, v.azimuth_deg, v.elevation_deg, panel.width_px)
        first = np.cumsum([0, *(len(part.points_mm) for part in panel.surfaces)])
        triangles = [p.triangles + f for p, f in zip(panel.surfaces, first[:-1], strict=True)]
        colours = np.concatenate([part.colour for part in panel.surfaces])
        arrays[f"view_{i}"] = np.array([*v.centre_mm, *sizes])
        arrays[f"points_{i}"] = np.concatenate([p.points_mm for p in panel.surfaces])
        arrays[f"triangles_{i}"] = np.concatenate(triangles)
        arrays[f"colours_{i}"] = np.round(255 * colours).astype(np.uint8)
    return arrays


def _draw(job: Path, images: Path) -> None:
    """Body of the child process."""
    with np.load(job) as archive:
        arrays = dict(archive)
    count = sum(name.startswith("view_") for name in arrays)
    result = {f"image_{i}": _draw_panel(arrays, i) for i in range(count)}
    np.savez(images, **result)  # type: ignore[arg-type]


def _draw_panel(arrays: dict[str, NDArray[Any]], index: int) -> NDArray[np.uint8]:
    """One picture, drawn twice as large and averaged down against jagged edges."""
    import pyvista

    numbers = (float(value) for value in arrays[f"view_{index}"])
    x, y, z, width, height, azimuth, elevation, pixels = numbers
    wide, high = int(pixels), max(round(pixels * height / width), 1)
    plotter = pyvista.Plotter(off_screen=True, window_size=[2 * wide, 2 * high], lighting="none")
    plotter.set_background("white")
    points = arrays[f"points_{index}"].astype(np.float32)
    mesh = pyvista.PolyData.from_regular_faces(points, arrays[f"triangles_{index}"])
    mesh.point_data["colour"] = arrays[f"colours_{index}"]
    plotter.add_mesh(
        mesh,
        scalars="colour",
        rgb=True,
        smooth_shading=True,
        split_sharp_edges=True,
        ambient=0.36,
        diffuse=0.70,
        specular=0.08,
        render=False,
    )
    right, up, eye = view_axes(azimuth, elevation)
    for direction, strength in ((eye + 0.9 * up - 0.6 * right, 0.85), (eye + 0.8 * right, 0.3)):
        light = pyvista.Light(intensity=strength, light_type="scene light")
        light.positional = False
        light.position = tuple(np.array([x, y, z]) + 1000 * direction)
        light.focal_point = (x, y, z)
        plotter.add_light(light)
    camera = plotter.camera
    camera.focal_point = (x, y, z)
    camera.position = tuple(np.array([x, y, z]) + 4000 * eye)
    camera.up = tuple(up)
    camera.parallel_projection = True
    camera.parallel_scale = height / 2
    camera.clipping_range = (10.0, 8000.0)
    image = np.asarray(plotter.screenshot(return_img=True), dtype=np.float64)[:, :, :3]
    plotter.close()
    blocks = image.reshape(high, 2, wide, 2, 3)
    return np.round(blocks.mean(axis=(1, 3))).astype(np.uint8)


if __name__ == "__main__":
    _draw(Path(sys.argv[1]), Path(sys.argv[2]))
