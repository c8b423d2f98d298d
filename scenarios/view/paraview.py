# SPDX-License-Identifier: MIT
"""A state for ParaView: a script that opens the field files as the viewer shows them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import jinja2
import numpy as np
from matplotlib.colors import to_rgb

from scenarios.errors import ScenarioError
from scenarios.figures.views import fitted, view_axes
from scenarios.folder import write_atomically
from scenarios.view.colours import Limits, colour_map, limits_over_time, plain_colour
from scenarios.view.controls import DIRECTIONS, Controls, focus_bodies
from scenarios.view.names import REGION, Field, body_label, field_of
from scenarios.view.reading import Reader, read_whole
from scenarios.view.result import ViewResult
from simulator.results import Body

TEMPLATES = Path(__file__).parents[1] / "templates"
_POINTS, _MARGIN, _FAR_MM = 17, 0.06, 4000.0


def write_script(
    path: Path, result: ViewResult, controls: Controls, direction: str = "oblique"
) -> Path:
    """Write the script.

    Args:
        path: of the script, ``.py``.
        result: what it opens.
        controls: bodies, field, limits, instant and focus that it begins with.
        direction: where it is looked at from.

    Raises:
        ScenarioError: another ending, a control that ParaView has not, or no place to write.
    """
    if path.suffix.lower() != ".py":
        raise ScenarioError("view", "--paraview", f"{path.name!r} is no script", allowed="FILE.py")
    if controls.scale != 1.0 or controls.cut is not None:
        raise ScenarioError(
            "view",
            "--paraview",
            "takes no --scale and no --cut",
            allowed="the script's WARP, and ParaView's own filters",
        )
    try:
        write_atomically(path, script(path, result, controls, direction))
    except OSError as error:
        raise ScenarioError(str(path), "", f"cannot be written: {error.strerror}") from None
    return path


def script(path: Path, result: ViewResult, controls: Controls, direction: str) -> str:
    """Text of the script; names, blocks and units are those of the files."""
    instant = result.at(controls.position)
    bodies = {name: read_whole(file) for name, file in instant.files.items()}
    shown = [name for name in bodies if name not in controls.hidden]
    # A block's number is its `part` in the collection: bodies of all instants by name.
    blocks = {name: number for number, name in enumerate(sorted(result.bodies))}
    field = stored(controls.field)
    rows = [
        (
            blocks[name],
            name,
            body_label(name),
            name in shown,
            tuple(round(part, 4) for part in to_rgb(plain_colour(name, _is_solid(body)))),
            _data(body, field),
        )
        for name, body in bodies.items()
    ]
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=False,
        undefined=jinja2.StrictUndefined,
    )
    return environment.get_template("paraview_state.py.j2").render(
        title=" ".join(result.title.split()),
        subject=" ".join(result.subject.split()),
        name=path.name,
        instants=len(result.instants),
        collection=repr(str(result.collection.resolve())),
        beside=repr(os.path.relpath(result.collection.resolve(), path.resolve().parent)),
        time_s=repr(instant.time_s),
        bodies=[repr(row) for row in rows],
        field=repr(field.name if field else ""),
        field_title=repr(field.title if field else ""),
        colours=repr(_colours(result, controls, field, shown)),
        **_camera(bodies, shown, controls, direction),
    )


def stored(field: Field | None) -> Field | None:
    """A field in the unit of the files, which ParaView reads as they are."""
    if field is None:
        return None
    plain = field_of(field.name)
    return Field(field.name, field.label, "MPa") if plain.factor != 1.0 else plain


def _is_solid(body: Body) -> bool:
    return body.cell_type != "triangle"


def _data(body: Body, field: Field | None) -> str:
    if field is None:
        return ""
    if field.name in body.point_data:
        return "POINTS"
    return "CELLS" if field.name in body.cell_data else ""


def _colours(
    result: ViewResult, controls: Controls, field: Field | None, shown: Sequence[str]
) -> list[tuple[float, ...]]:
    """Value and colour at even steps."""
    if field is None:
        return []
    carriers = [name for name in shown if name in result.carriers[field.name]]
    if controls.limits is not None and controls.field is not None:
        low, high = (value / controls.field.factor for value in controls.limits)
        limits = Limits(low, high)
    elif field.name == REGION:
        limits = Limits(0.0, 42.0)
    else:
        inside = focus_bodies(carriers, controls.focus)
        limits = limits_over_time([Reader(result)], field, inside)
    colours = colour_map(limits)
    return [
        (
            float(f"{limits.low + share * (limits.high - limits.low):.6g}"),
            *(round(float(part), 4) for part in colours(share)[:3]),
        )
        for share in np.linspace(0.0, 1.0, _POINTS)
    ]


def _camera(
    bodies: dict[str, Body], shown: Sequence[str], controls: Controls, direction: str
) -> dict[str, Any]:
    azimuth, elevation = DIRECTIONS[direction]
    inside = focus_bodies(shown or tuple(bodies), controls.focus)
    view = fitted(
        np.concatenate([bodies[name].points_mm for name in inside]), azimuth, elevation, _MARGIN
    )
    _, up, eye = view_axes(azimuth, elevation)
    return {
        "focal_point": _rounded(view.centre_mm),
        "position": _rounded(np.array(view.centre_mm) + _FAR_MM * eye),
        "up": _rounded(up),
        "parallel_scale": round(max(view.height_mm, view.width_mm / 1.6) / 2.0, 2),
    }


def _rounded(point: Any) -> list[float]:
    return [round(float(value), 3) + 0.0 for value in point]
