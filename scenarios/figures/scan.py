# SPDX-License-Identifier: MIT
"""Pictures of a scanned sole: its distance to the mesh, and its heights with outline and marks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from scenarios.figures import style
from scenarios.scan_section import Scan
from scenarios.table import read_numbers

SOLE_FILE = "scan_sole.csv"
OUTLINE_FILE = "scan_outline.csv"
MOST_SHOWN_MM = 3.0

Drawing = tuple[str, str, str, Figure]
"""Name, title, caption and figure."""


def scan_figures(folder: Path, section: Scan) -> Iterator[Drawing]:
    """Draw what a result folder has of a scan.

    Args:
        folder: with the tables of sole and outline; nothing is drawn without them.
        section: of the summary.
    """
    if not (folder / SOLE_FILE).is_file() or not (folder / OUTLINE_FILE).is_file():
        return
    sole, outline = read_numbers(folder / SOLE_FILE), read_numbers(folder / OUTLINE_FILE)
    yield (
        "scan_distance",
        "Distance of the scan to the meshed sole",
        "Scan points inside the outline, right foot seen from above, a left one mirrored; red "
        f"where the mesh lies above the scan. Colours end at {_shown_mm(sole):g} mm.",
        _distance(sole, outline, section),
    )
    yield (
        "scan_outline",
        "Scanned sole, outline and landmarks",
        "Height of the scan's skin over the lowest point, the outline that was meshed, the "
        "parametric outline with the same dimensions, and the skin under heel, first and fifth "
        "metatarsal head.",
        _heights(sole, outline, section),
    )


def _distance(
    sole: dict[str, list[float]], outline: dict[str, list[float]], section: Scan
) -> Figure:
    figure, (plan, histogram) = _two_axes()
    values, most = np.array(sole["distance_mm"]), _shown_mm(sole)
    drawn = plan.scatter(
        *(sole["z_mm"], sole["x_mm"]),
        c=values,
        s=2.0,
        cmap="RdBu_r",
        vmin=-most,
        vmax=most,
        linewidths=0,
        rasterized=True,
    )
    _frame(plan, outline)
    figure.colorbar(drawn, ax=plan, label="mesh over scan (mm)", shrink=0.7, pad=0.02)
    size = np.abs(values)
    histogram.hist(size, bins=np.linspace(0.0, max(0.5, size.max()), 31).tolist(), color=style.BLUE)
    histogram.set_yscale("log")
    histogram.set_xlabel("distance (mm)")
    histogram.set_ylabel("points")
    if section.sole_rms_mm is not None and section.sole_max_mm is not None:
        histogram.set_title(f"rms {section.sole_rms_mm:.2f} mm, most {section.sole_max_mm:.1f} mm")
    return figure


def _shown_mm(sole: dict[str, list[float]]) -> float:
    """Half the span of colours: the largest distance, rounded up to half a millimetre."""
    largest = max(map(abs, sole["distance_mm"]))
    return min(MOST_SHOWN_MM, max(0.5, 0.5 * float(np.ceil(2.0 * largest))))


def _heights(
    sole: dict[str, list[float]], outline: dict[str, list[float]], section: Scan
) -> Figure:
    figure, (plan, side) = _two_axes()
    height = np.array(sole["height_mm"])
    top = float(np.percentile(height, 98.0))
    drawn = plan.scatter(
        *(sole["z_mm"], sole["x_mm"]),
        c=height,
        s=2.0,
        cmap="viridis",
        vmin=0.0,
        vmax=top,
        linewidths=0,
        rasterized=True,
    )
    x, z = outline["parametric_x_mm"], outline["parametric_z_mm"]
    plan.plot([*z, z[0]], [*x, x[0]], color=style.VERMILION, lw=1.0, ls="--", label="parametric")
    _frame(plan, outline)
    names = {"heel": "heel", "metatarsal_1": "MT1", "metatarsal_5": "MT5"}
    for name, point in (section.landmarks_mm or {}).items():
        plan.plot(point[2], point[0], "+", color=style.INK, ms=9, mew=1.6)
        plan.annotate(
            names.get(name, name), (point[2], point[0]), (4, 4), textcoords="offset points"
        )
    plan.legend(loc="lower right", fontsize=7)
    figure.colorbar(drawn, ax=plan, label="height (mm)", shrink=0.7, pad=0.02)
    side.scatter(sole["x_mm"], height, c=sole["z_mm"], s=1.5, cmap="coolwarm", linewidths=0)
    side.set_xlabel("from the heel (mm)")
    side.set_ylabel("height (mm)")
    side.set_title("from the side, medial blue")
    return figure


def _two_axes() -> tuple[Figure, tuple[Axes, Axes]]:
    figure = Figure(figsize=(style.WIDTH_IN, 5.0), layout="constrained")
    plan, other = figure.subplots(1, 2, width_ratios=[1.0, 1.1])
    return figure, (plan, other)


def _frame(axes: Axes, outline: dict[str, list[float]]) -> None:
    x, z = outline["x_mm"], outline["z_mm"]
    axes.plot([*z, z[0]], [*x, x[0]], color=style.INK, lw=1.0, label="meshed")
    axes.set_aspect("equal")
    axes.set_xlabel("lateral (mm)")
    axes.set_ylabel("from the heel (mm)")
    axes.xaxis.set_major_locator(MaxNLocator(4))
