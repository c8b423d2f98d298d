# SPDX-License-Identifier: MIT
"""The course over visits, and the schedule of wearing an insole in."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from scenarios.figures import style
from scenarios.figures.curves import panel_grid
from scenarios.followup.differences import Course, group_of, values_of
from scenarios.followup.visits import Visit

REGIONS = ("heel", "midfoot", "forefoot", "hallux", "toes")
PANELS: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...] = (
    (
        "Peak pressure",
        "pressure (kPa)",
        tuple((f"plantar.peak_pressure_kpa.{name}", name) for name in REGIONS),
    ),
    (
        "Pressure-time integral",
        "integral (kPa s)",
        tuple((f"plantar.pressure_time_integral_kpa_s.{name}", name) for name in REGIONS),
    ),
    (
        "Contact area",
        "area (mm²)",
        tuple((f"plantar.contact_area_mm2.{name}", name) for name in REGIONS),
    ),
    (
        "Alignment, largest angle",
        "angle (°)",
        (
            ("alignment.rearfoot_eversion_deg.max", "rearfoot eversion"),
            ("alignment.tibial_rotation_deg.max", "tibial rotation"),
            ("alignment.pelvic_tilt_deg.max", "pelvic tilt"),
            ("alignment.pelvic_obliquity_deg.max", "pelvic obliquity"),
        ),
    ),
    (
        "Lumbar compression, peak",
        "force (N)",
        tuple(
            (f"lumbar.{level}.compression_n.peak", level)
            for level in ("L5-S1", "L4-L5", "L3-L4", "L2-L3", "L1-L2")
        ),
    ),
    (
        "Shock, peak acceleration",
        "acceleration (g)",
        tuple(
            (f"shock.peak_acceleration_g.{name}", name)
            for name in ("tibia", "femur", "sacrum", "L3", "trunk")
        ),
    ),
)
LEAST_ANGLE_DEG = 2.0
"""Shown on both sides of zero, so that hundredths of a degree do not look like a change."""
MARKS = ("o", "s", "^", "D", "v")


def save_course_figure(course: Course, path: Path) -> Path:
    """Draw the course over visits into a PNG.

    Raises:
        OSError: the file cannot be written.
    """
    with style.paper():
        return style.save(course_figure(course), path)


def course_figure(course: Course) -> Figure:
    """A panel for each group of outputs; bars are what a value cannot be told from."""
    values = [values_of(visit) for visit in course.visits]
    found = [
        (title, unit, [(key, name) for key, name in curves if all(key in v for v in values)])
        for title, unit, curves in PANELS
    ]
    shown = [panel for panel in found if panel[2]]
    figure, axes = panel_grid(len(shown), columns=2)
    for axis, (title, unit, curves) in zip(axes, shown, strict=True):
        for i, (key, name) in enumerate(curves):
            _curve(axis, [v[key] for v in values], name, i, len(curves))
        axis.set_title(title)
        axis.set_ylabel(unit)
        _visit_axis(axis, course.visits)
        if group_of(curves[0][0]) == "alignment":
            low, high = axis.get_ylim()
            axis.set_ylim(min(low, -LEAST_ANGLE_DEG), max(high, LEAST_ANGLE_DEG))
        else:
            axis.set_ylim(bottom=0.0)
        axis.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), handlelength=1.8)
    measured = course.visits[0].measured is not None
    bars = "95 % range over steps" if measured else "discretisation error, where known"
    figure.supxlabel(f"Bars: {bars}.", fontsize=8, color=style.GREY)
    return figure


def _curve(
    axes: Axes, points: Sequence[tuple[float, float | None]], name: str, index: int, count: int
) -> None:
    at = np.arange(len(points)) + 0.05 * (index - 0.5 * (count - 1))
    axes.errorbar(
        at,
        [value for value, _ in points],
        yerr=[error or 0.0 for _, error in points],
        color=style.LINES[index],
        ls=style.DASHES[index],
        marker=MARKS[index],
        ms=4.0,
        lw=1.2,
        capsize=2.0,
        elinewidth=0.8,
        label=name,
    )


def _visit_axis(axes: Axes, visits: Sequence[Visit]) -> None:
    labels = [
        visit.label if visit.place.date is None else f"{visit.label}\n{visit.place.date:%Y-%m-%d}"
        for visit in visits
    ]
    widest = max(len(line) for label in labels for line in label.split("\n"))
    long = widest * len(visits) > 36
    axes.set_xticks(
        range(len(visits)), labels, rotation=30 if long else 0, ha="right" if long else "center"
    )
    axes.set_xlim(-0.4, len(visits) - 0.6)
