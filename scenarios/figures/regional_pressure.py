# SPDX-License-Identifier: MIT
"""Largest sensor pressure of each region over stance."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from scenarios.figures import style
from scenarios.figures.curves import legend_above, panel_grid
from scenarios.plantar import SensorMap, sensor_peaks

REGIONS = ("heel", "midfoot", "forefoot", "toes", "hallux")


def regional_figure(maps: Sequence[SensorMap], foot_length_mm: float | None) -> Figure | None:
    """A curve for each region; None where there is no curve to draw."""
    if len(maps) < 2 or foot_length_mm is None:
        return None
    peaks = [dict(sensor_peaks(each, foot_length_mm).items()) for each in maps]
    percent = np.array([each.percent for each in maps])
    figure, (axes,) = panel_grid(1, columns=1)
    for index, region in enumerate(REGIONS):
        axes.plot(
            percent,
            [each[region] for each in peaks],
            color=style.LINES[index],
            ls=style.DASHES[index],
            label=region,
        )
    axes.set_ylim(0.0, None)
    axes.set_ylabel("largest sensor pressure (kPa)")
    style.stance_axis(axes)
    legend_above(figure, axes)
    return figure
