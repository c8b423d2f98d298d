# SPDX-License-Identifier: MIT
"""Slopes of a rise: average between two fractions of it, and steepest."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
LOW, HIGH = 0.2, 0.8
"""Part of a rise over which an average rate is taken."""


def average_slope(time_s: Array, values: Array, start: int, stop: int) -> float | None:
    """Slope of the chord between 20 and 80 % of the rise from one instant to a later one.

    The fractions are of the value, not of the time. The chord begins where the curve last
    passes 20 % before it first passes 80 %; instants between samples by linear interpolation.

    Args:
        time_s: (n,) instants.
        values: (n,) the curve.
        start: index of the foot of the rise.
        stop: index of its top.

    Returns:
        Slope in the values' unit per second; None where nothing rises.
    """
    rise = values[stop] - values[start]
    if stop <= start or rise <= 0.0:
        return None
    part = (values[start : stop + 1] - values[start]) / rise
    times = time_s[start : stop + 1]
    above = int(np.argmax(part >= HIGH))
    below = int(np.flatnonzero(part[:above] < LOW)[-1])
    begin = _crossing(times, part, below, LOW)
    end = _crossing(times, part, above - 1, HIGH)
    return float((HIGH - LOW) * rise / (end - begin))


def steepest_slope(time_s: Array, values: Array, start: int, stop: int) -> float | None:
    """Largest slope between two samples that follow each other, from one instant to a later one."""
    if stop <= start:
        return None
    part = slice(start, stop + 1)
    return float((np.diff(values[part]) / np.diff(time_s[part])).max())


def largest_rise(values: Array) -> float:
    """Largest increase from any value to a later one, 0 where the curve only falls."""
    return float((values - np.minimum.accumulate(values)).max())


def _crossing(times: Array, part: Array, index: int, level: float) -> float:
    """When the curve passes a level between an instant and the next."""
    share = (level - part[index]) / (part[index + 1] - part[index])
    return float(times[index] + share * (times[index + 1] - times[index]))
