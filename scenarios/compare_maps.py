# SPDX-License-Identifier: MIT
"""Maps of several runs on one scale: sensor pressure, and stress of insole, tissue and disc."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.colors import to_hex
from numpy.typing import NDArray

from scenarios.fields import UNREADABLE, BodyFile, read_body
from scenarios.figures import style
from scenarios.figures.depth_map import (
    PlanMap,
    colour_table,
    depth_map,
    framed,
    picture_address,
    stored_levels,
)
from scenarios.figures.gallery import disc_name, foot_outline
from scenarios.figures.inputs import ResultView
from scenarios.figures.pressure_cells import PressureCells, pressure_cells, scale_top
from scenarios.figures.solids import disc_frame
from scenarios.html_page import CellMap, cell_map
from simulator.results import Body

Array = NDArray[np.float64]
HIGHEST_PART = 0.995
"""Part of all pixels that the scale holds: single cells at a corner may lie beyond it."""
LEVEL = "L4-L5"
FOOT_STEP_MM, DISC_STEP_MM = 2.5, 1.0
FOOT_PIXELS_PER_MM, DISC_PIXELS_PER_MM = 1.15, 3.0


@dataclass(frozen=True, slots=True)
class RunMap:
    """One run's map of a row: a picture and its values for the script, or why there is none."""

    run: str
    source: str
    data: dict[str, Any]
    width_px: int
    height_px: int
    note: str


@dataclass(frozen=True, slots=True)
class MapRow:
    """One field of all runs on one scale from zero to ``top``."""

    title: str
    caption: str
    unit: str
    top: str
    colours: tuple[str, ...]
    maps: tuple[RunMap, ...]


def pressure_maps(
    names: Sequence[str], views: Sequence[ResultView]
) -> tuple[tuple[str, CellMap | None], ...]:
    """The pressure map of each run on one scale; empty where no run has one."""
    found: list[PressureCells | None] = [
        pressure_cells(view.sensor_maps, view.foot_length_mm, foot_outline(view), view.run_ms)
        for view in views
    ]
    there = [cells for cells in found if cells is not None]
    if not there:
        return ()
    top = scale_top(there)
    return tuple(
        (name, None if cells is None else cell_map(cells, top, f"sole{index}", "Peak pressure"))
        for index, (name, cells) in enumerate(zip(names, found, strict=True))
    )


def stress_rows(names: Sequence[str], views: Sequence[ResultView]) -> Iterator[MapRow]:
    """Every field that at least one run has stored, all runs beside each other."""
    of_pressure, of_disc = _instant_of_pressure(views[0]), _instant_of_disc(views[0])
    at = f"Stored instant nearest to {{}} of {names[0]}. Largest value over the {{}} of each place"
    foot = at.format("the largest sensor pressure", "depth") + (
        ", seen from above, toes up, medial side to the left, in the unloaded shape."
    )
    disc = at.format("the largest L4-L5 compression", "height") + ", front of the body up."
    for body, title, caption, wanted, plan, step, scale in (
        ("insole", "Insole, von Mises stress", foot, of_pressure, _foot_plan, FOOT_STEP_MM,
         FOOT_PIXELS_PER_MM),
        ("foot_tissue", "Plantar tissue, von Mises stress", foot, of_pressure, _foot_plan,
         FOOT_STEP_MM, FOOT_PIXELS_PER_MM),
        (disc_name(LEVEL), f"Disc {LEVEL}, von Mises stress of the annulus", disc, of_disc,
         _disc_plan, DISC_STEP_MM, DISC_PIXELS_PER_MM),
    ):  # fmt: skip
        drawn = [_stored(v, body, wanted * _share(views[0], v), plan, step) for v in views]
        if any(found is not None for found, _ in drawn):
            # Foot and insole are soft, discs stiff: kPa beside MPa.
            unit, factor = ("MPa", 1.0) if body.startswith("disc") else ("kPa", 1000.0)
            yield stress_row(title, caption, (unit, factor), names, drawn, scale)


def stress_row(
    title: str,
    caption: str,
    unit: tuple[str, float],
    names: Sequence[str],
    drawn: Sequence[tuple[PlanMap | None, str]],
    scale: float,
) -> MapRow:
    """Maps in one frame, on one scale.

    Args:
        title: of the row.
        caption: of the row.
        unit: that is shown, and what a value in MPa is multiplied by.
        names: of the runs.
        drawn: map of each run (MPa) with its instant, or None with the reason.
        scale: pixels of the page per mm.
    """
    there = [plan for plan, _ in drawn if plan is not None]
    low = np.min([plan.low_mm for plan in there], axis=0)
    high = np.max([plan.high_mm for plan in there], axis=0)
    values = np.concatenate([plan.values[~np.isnan(plan.values)] for plan in there])
    top = style.nice_top(unit[1] * float(np.quantile(values, HIGHEST_PART)))
    colours = style.TISSUE_MAP if unit[0] == "kPa" else style.STRESS_MAP
    maps = []
    for name, (plan, note) in zip(names, drawn, strict=True):
        if plan is None:
            maps.append(RunMap(name, "", {}, 0, 0, note))
            continue
        levels = stored_levels(framed(plan, low, high), top / unit[1])
        data = {
            "levels": base64.b64encode(levels.tobytes()).decode("ascii"),
            "rows": levels.shape[0],
            "columns": levels.shape[1],
            "top": top,
            "unit": unit[0],
        }
        size = [round(scale * plan.step_mm * count) for count in levels.shape]
        address = picture_address(levels, colours)
        maps.append(RunMap(name, address, data, size[1], size[0], note))
    table = colour_table(colours)
    strip = tuple(to_hex(table(part)) for part in np.linspace(0, 1, 17))
    return MapRow(title, caption, unit[0], f"{top:g}", strip, tuple(maps))


def _share(first: ResultView, view: ResultView) -> float:
    """What an instant of the first run is of another: impacts of any length share their clock."""
    if first.run_ms is None or view.run_ms is None or not (first.is_impact and view.is_impact):
        return 1.0
    return first.run_ms / view.run_ms


def _stored(
    view: ResultView, body: str, wanted: float, plan: Callable[[Body], Array], step: float
) -> tuple[PlanMap | None, str]:
    files: list[BodyFile] = [entry for entry in view.field_files if entry.body == body]
    if not files:
        return None, "not stored"
    entry = min(files, key=lambda each: abs(each.percent - wanted))
    try:
        solid = read_body(entry)
        found = depth_map(solid, plan(solid), step)
    except UNREADABLE:
        return None, f"{entry.path.name} cannot be read"
    if found is None:
        return None, "no stress stored"
    if view.summary.analysis == "standing":
        return found, "quiet standing"
    return found, style.instant_text(entry.percent, view.run_ms)


def _foot_plan(body: Body) -> Array:
    """Position to the right and to the front in the unloaded shape."""
    points = body.points_mm - body.point_data.get("displacement_mm", 0.0)
    return points[:, [2, 0]]


def _disc_plan(body: Body) -> Array:
    centre, forward, _, right = disc_frame(body.points_mm)
    return (body.points_mm - centre) @ np.stack([right, forward], axis=1)


def _instant_of_pressure(view: ResultView) -> float:
    if not view.sensor_maps:
        return 0.0
    return max(view.sensor_maps, key=lambda each: float(each.pressure_kpa.max(initial=0.0))).percent


def _instant_of_disc(view: ResultView) -> float:
    load = view.history.level(LEVEL, "compression_n")
    return 0.0 if load is None else float(view.history.percent[int(np.nanargmax(load))])
