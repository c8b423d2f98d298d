# SPDX-License-Identifier: MIT
"""The command ``solespine view``: the page, or a picture, a film, a script for ParaView."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from scenarios.cli.parser import Arguments
from scenarios.errors import ScenarioError

if TYPE_CHECKING:
    from scenarios.view.controls import Controls, Cut
    from scenarios.view.result import ViewResult

LOCAL = ("localhost", "127.0.0.1", "::1")
SMALLEST_PX, LARGEST_PX = 200, 4096


def view(arguments: Arguments) -> int:
    """Show one result or two; see ``solespine view --help``."""
    from scenarios.view.result import open_result

    _refuse(arguments)
    folders = [arguments.folder, *([arguments.beside] if arguments.beside else [])]
    results = [open_result(Path(folder)) for folder in folders]
    for result in results:
        if not result.finished:
            print(
                f"solespine: {result.folder} is not finished: what is there until "
                f"{result.when(result.instants[-1])} is shown",
                file=sys.stderr,
            )
    if arguments.only_list:
        print("\n\n".join(_listing(result) for result in results))
        return 0
    controls = _controls(arguments, results)
    direction = arguments.look or "oblique"
    if arguments.paraview:
        return _paraview(Path(arguments.paraview), results, controls, direction)
    if arguments.screenshot or arguments.film:
        return _files(arguments, results, controls, direction)
    return _page(arguments, results, controls, direction)


def _refuse(arguments: Arguments) -> None:
    """Refuse flags of which one would be left out in silence.

    Raises:
        ScenarioError: by the flag.
    """
    pictures = {"--screenshot": arguments.screenshot, "--film": arguments.film}
    others = {"--list": arguments.only_list, "--paraview": arguments.paraview}
    asked = [flag for flag, value in others.items() if value]
    if asked and (len(asked) > 1 or any(pictures.values())):
        raise ScenarioError("view", asked[0], "stands alone", allowed="a command of its own for it")
    if arguments.size and not any(pictures.values()):
        allowed = "--screenshot or --film beside it"
        raise ScenarioError("view", "--size", "is of a picture or a film", allowed=allowed)


def _controls(arguments: Arguments, results: Sequence[ViewResult]) -> Controls:
    from scenarios.view.controls import Controls, all_bodies, chosen_position
    from scenarios.view.result import chosen_bodies, chosen_field

    position = chosen_position(results, arguments.time)
    fields = [chosen_field(result, arguments.field) for result in results]
    hidden: frozenset[str] = frozenset()
    if arguments.bodies is not None:
        words = [word.strip() for word in arguments.bodies.split(",")]
        shown = chosen_bodies(results, words)
        hidden = frozenset(all_bodies(results)) - shown
    limits = _pair(arguments.limits, "--range") if arguments.limits else None
    return Controls(
        field=fields[0],
        position=position,
        scale=_scale(arguments.scale),
        hidden=hidden,
        cut=_cut(arguments.cut),
        limits=limits,
        focus=arguments.focus or "foot",
    )


def _scale(text: str | None) -> float:
    from scenarios.view.controls import LARGEST_SCALE

    if text is None:
        return 1.0
    try:
        scale = float(text)
    except ValueError:
        scale = -1.0
    if not 0.0 <= scale <= LARGEST_SCALE:
        raise ScenarioError(
            "view",
            "--scale",
            f"no {text!r}",
            allowed=f"0 (undeformed) to {LARGEST_SCALE:g}, 1 as computed",
        )
    return scale


def _pair(text: str, flag: str) -> tuple[float, float]:
    try:
        low, high = (float(part) for part in text.split(":"))
    except ValueError:
        low, high = 0.0, 0.0
    if not low < high or max(abs(low), abs(high)) == float("inf"):
        raise ScenarioError(
            "view",
            flag,
            f"no {text!r}",
            allowed="A:B with A below B, such as 0:200, or --range=-5:0",
        )
    return low, high


def _cut(text: str | None) -> Cut | None:
    from scenarios.view.controls import AXES, Cut

    if text is None:
        return None
    found = re.fullmatch(r"([xyz])(?::(\d+(?:\.\d*)?))?", text)
    percent = float(found[2] or 50.0) if found else -1.0
    if found is None or not 0.0 <= percent <= 100.0:
        raise ScenarioError("view", "--cut", f"no {text!r}", allowed="x, y or z, such as z or z:40")
    axis = next(axis for axis in AXES if axis == found[1])
    return Cut(axis, percent / 100.0)


def _size(text: str | None) -> tuple[int, int]:
    from scenarios.view.controls import SIZE

    if text is None:
        return SIZE
    found = re.fullmatch(r"(\d{1,5})x(\d{1,5})", text)
    width, height = (int(found[1]), int(found[2])) if found else (0, 0)
    if not all(SMALLEST_PX <= pixels <= LARGEST_PX for pixels in (width, height)):
        raise ScenarioError(
            "view",
            "--size",
            f"no {text!r}",
            allowed=f"WxH of {SMALLEST_PX} to {LARGEST_PX} pixels, such as 1280x800",
        )
    return width, height


def _listing(result: ViewResult) -> str:
    rows = [f"{result.folder}: {result.title}"]
    rows.append("fields:")
    rows += [
        f"  {field.name:24} {field.title}; of {', '.join(result.carriers[field.name])}"
        for field in result.fields
    ]
    rows.append("bodies: " + ", ".join(result.bodies))
    unit = "ms" if result.is_impact else "% of stance"
    rows.append("instants: " + ", ".join(f"{i.position:g}" for i in result.instants) + f" {unit}")
    rows.append(f"ParaView, all bodies over time: paraview {result.collection}")
    return "\n".join(rows)


def _files(
    arguments: Arguments, results: Sequence[ViewResult], controls: Controls, direction: str
) -> int:
    from scenarios.view.film import check_film, check_picture, save_film, save_picture

    size = _size(arguments.size)
    if arguments.screenshot:
        check_picture(Path(arguments.screenshot))
    if arguments.film:
        check_film(Path(arguments.film), results)
    from scenarios.view.scene import Scene

    scene = Scene(results, size, fine=True)
    try:
        scene.show(controls)
        scene.look(controls.focus, direction)
        if arguments.screenshot:
            print(save_picture(scene, Path(arguments.screenshot)))
        if arguments.film:
            print(save_film(scene, controls, Path(arguments.film)))
    finally:
        scene.close()
    return 0


def _paraview(path: Path, results: Sequence[ViewResult], controls: Controls, direction: str) -> int:
    from scenarios.view.paraview import write_script

    if len(results) > 1:
        raise ScenarioError("view", "--paraview", "is of one result", allowed="one DIR")
    written = write_script(path, results[0], controls, direction)
    print(f"{written}: paraview --script {written}")
    return 0


def _page(
    arguments: Arguments, results: Sequence[ViewResult], controls: Controls, direction: str
) -> int:
    from scenarios.view.serve import serve

    def say(address: str) -> None:
        if arguments.host not in LOCAL:
            print(
                f"solespine: others reach {arguments.host} too: the word in the address is all "
                "that keeps them out, and nothing is encrypted",
                file=sys.stderr,
            )
        print(f"{address}\nCtrl-C ends it.", flush=True)

    serve(
        results,
        controls,
        direction,
        host=arguments.host,
        port=arguments.port,
        open_browser=not arguments.no_browser,
        say=say,
    )
    print("ended")
    return 0
