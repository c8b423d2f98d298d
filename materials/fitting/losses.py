# SPDX-License-Identifier: MIT
"""Energy that a load cycle loses."""

import numpy as np
from numpy.typing import ArrayLike
from scipy.integrate import trapezoid
from scipy.signal import find_peaks

_PROMINENCE = 0.3
"""Depth of a valley between cycles, as a share of the range of strain."""


def loss_of_cycle(strain: ArrayLike, stress: ArrayLike) -> float:
    """Share of the loading work that does not come back in the last whole cycle.

    Args:
        strain: In the order of time, (n,).
        stress: Nominal stress, (n,).
    """
    way = np.asarray(strain, dtype=float)
    force = np.asarray(stress, dtype=float)
    turn = 1.0 if way[np.argmax(np.abs(way))] > 0.0 else -1.0
    way, force = turn * way, turn * force
    valleys, _ = find_peaks(-way, prominence=_PROMINENCE * float(np.ptp(way)))
    corners = [0, *valleys.tolist(), len(way) - 1]
    if len(corners) > 2 and way[corners[-1]] - way[corners[-2]] > 0.1 * np.ptp(way):
        corners.pop()
    first, last = corners[-2], corners[-1]
    peak = first + int(np.argmax(way[first : last + 1]))
    loading = trapezoid(force[first : peak + 1], way[first : peak + 1])
    unloading = -trapezoid(force[peak : last + 1], way[peak : last + 1])
    return float(1.0 - unloading / loading)
