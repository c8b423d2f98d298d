# SPDX-License-Identifier: MIT
"""Curves of a few runs over stance, or over an impact, in the same panels."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from scenarios.figures import style
from scenarios.figures.curves import legend_above, panel_grid
from scenarios.figures.hover import Chart, chart_of
from scenarios.figures.inputs import ResultView
from scenarios.plantar import sensor_peaks

Array = NDArray[np.float64]
MOST = 5
"""Runs whose lines can be told apart."""
REGIONS = ("heel", "forefoot")
LEVELS = ("L4-L5", "L5-S1")


def curve_chart(names: Sequence[str], views: Sequence[ResultView]) -> Chart | None:
    """Regional pressure, lumbar load and rearfoot of all runs; None of too many, or of no curve."""
    if len(views) > MOST or len({view.is_impact for view in views}) > 1:
        return None
    panels: dict[str, tuple[str, list[tuple[int, Array, Array]]]] = {}
    for index, view in enumerate(views):
        for title, unit, across, values in _curves(view):
            panels.setdefault(title, (unit, []))[1].append((index, across, values))
    if not panels:
        return None
    with style.paper():
        figure, axes = panel_grid(len(panels), columns=2)
        for panel, (title, (unit, curves)) in zip(axes, panels.items(), strict=True):
            for index, across, values in curves:
                colour, dash = style.LINES[index], style.DASHES[index]
                panel.plot(across, values, color=colour, ls=dash, label=shown_label(names[index]))
            panel.set_title(title)
            panel.set_ylabel(unit)
            if views[0].is_impact:
                panel.set_xlabel("time (ms)")
            else:
                style.stance_axis(panel)
        legend_above(figure, axes[0])
        return chart_of(figure, "curves")


def shown_label(name: str) -> str:
    """A folder's name as matplotlib shows it: no mathematics, and in the legend if it begins so."""
    return ("\u200b" if name.startswith("_") else "") + name.replace("$", r"\$")


def _curves(view: ResultView) -> list[tuple[str, str, Array, Array]]:
    """Title, unit, instants and values of each curve that a run has."""
    found: list[tuple[str, str, Array, Array]] = []
    scale = 1.0 if view.run_ms is None else view.run_ms / 100.0
    if len(view.sensor_maps) > 2 and view.foot_length_mm is not None:
        peaks = [dict(sensor_peaks(m, view.foot_length_mm).items()) for m in view.sensor_maps]
        across = scale * np.array([each.percent for each in view.sensor_maps])
        for region in REGIONS:
            values = np.array([each[region] for each in peaks])
            found.append((f"{region.capitalize()}, pressure", "pressure (kPa)", across, values))
    if len(view.history.table) < 3:
        return found
    across = scale * view.history.percent
    for level in LEVELS:
        load = view.history.level(level, "compression_n")
        if load is not None:
            found.append((f"{level}, compression", "force (N)", across, load))
    for title, unit, name in (
        ("Rearfoot eversion", "angle (°)", "rearfoot_eversion_deg"),
        ("Tibia, axial acceleration", "acceleration (g)", "tibia_acceleration_y_g"),
    ):
        column = view.history.column(name)
        if column is not None:
            found.append((title, unit, across, column))
    return found
