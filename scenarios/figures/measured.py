# SPDX-License-Identifier: MIT
"""Regional peak pressure over stance: measured steps as a band, computed as a line."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from scenarios.compare_measured import MeasuredComparison
from scenarios.figures import style
from scenarios.figures.curves import panel_grid
from scenarios.measured.regions import PERCENT

PANELS = ("heel", "midfoot", "forefoot", "toes")


def save_measured_figure(comparison: MeasuredComparison) -> Path:
    """Draw the curves into ``figures/measured_pressure_SIDE.png`` of the result folder.

    Raises:
        OSError: the folder cannot be written.
    """
    name = f"measured_pressure_{comparison.measured.side}.png"
    with style.paper():
        figure = measured_figure(comparison)
        return style.save(figure, comparison.computed.folder / "figures" / name)


def measured_figure(comparison: MeasuredComparison) -> Figure:
    """A panel for each region, on one scale of pressure."""
    figure, axes = panel_grid(len(PANELS), columns=2)
    measured, computed = comparison.measured, comparison.computed
    tops = []
    for panel, name in zip(axes, PANELS, strict=True):
        curves = measured.regions[name].curve_kpa
        low, middle, high = np.percentile(curves, [5.0, 50.0, 95.0], axis=0)
        panel.fill_between(
            PERCENT, low, high, color=style.FAINT, lw=0, label="measured, 5–95 % of steps"
        )
        panel.plot(PERCENT, middle, color=style.INK, label="measured, median")
        panel.plot(
            computed.percent,
            computed.curve_kpa[name],
            color=style.VERMILION,
            marker="o",
            ls=(0, (5, 1.2)),
            label="computed",
        )
        _title(panel, name, comparison)
        tops.append(panel.get_ylim()[1])
    for panel in axes:
        panel.set_ylim(0.0, max(tops))
        panel.set_ylabel("largest pressure (kPa)")
        style.stance_axis(panel)
    handles, labels = axes[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper center", ncols=len(labels))
    return figure


def _title(panel: Axes, name: str, comparison: MeasuredComparison) -> None:
    peak = float(np.median(comparison.measured.regions[name].peak_kpa))
    computed = comparison.computed.peak_kpa[name]
    panel.set_title(f"{name.capitalize()}: peak {peak:.0f} measured, {computed:.0f} computed")
