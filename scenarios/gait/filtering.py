# SPDX-License-Identifier: MIT
"""Smoothing and smooth interpolation of measured curves."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline
from scipy.signal import butter, filtfilt

from simulator.rotations import exponential, logarithm

Array = NDArray[np.float64]

CUTOFF_HZ = 6.0
"""Low-pass for joint angles and markers: Butterworth, second order, run forwards and
backwards (fourth order in all, no delay). 6 Hz is the usual choice for walking
(Winter, Biomechanics and Motor Control of Human Movement)."""


def low_pass(time_s: Array, values: Array, cutoff_hz: float = CUTOFF_HZ) -> Array:
    """Smooth samples along the first axis without delay.

    Args:
        time_s: nearly equidistant times, shape (n,).
        values: shape (n,) or (n, m).
        cutoff_hz: 3 dB frequency of one pass, corrected for two passes (Winter: 0.802).

    Returns:
        Smoothed samples; unchanged where the record is sampled too slowly or is too short.
    """
    rate = 1.0 / float(np.median(np.diff(time_s)))
    normal = cutoff_hz / 0.802 / (0.5 * rate)
    if normal >= 0.95 or len(values) < 16:
        return np.array(values, dtype=float)
    b, a = butter(2, normal)
    padding = min(len(values) - 1, round(0.5 * rate))
    return np.asarray(filtfilt(b, a, values, axis=0, padtype="odd", padlen=padding))


def resample(time_s: Array, values: Array, at_s: Array) -> Array:
    """Cubic spline (not-a-knot) through samples along the first axis, evaluated at ``at_s``."""
    return np.asarray(CubicSpline(time_s, values, axis=0)(at_s))


def resample_rotations(at: Array, rotations: Array, wanted: Array) -> Array:
    """Interpolate rotation matrices smoothly; see ``rotation_curve``.

    Args:
        at: abscissae, shape (n,).
        rotations: shape (n, 3, 3).
        wanted: abscissae to evaluate at, any shape.
    """
    return rotation_curve(at, rotations)(wanted)


def rotation_curve(at: Array, rotations: Array) -> Callable[[Array], Array]:
    """Return a smooth curve through rotation matrices (n, 3, 3) at abscissae (n,).

    Cubic spline of the rotation vectors relative to the middle sample; valid for
    motions of less than 180 degrees from there.
    """
    middle = rotations[len(rotations) // 2]
    spline = CubicSpline(at, logarithm(np.einsum("ij,njk->nik", middle.T, rotations)))
    return lambda wanted: np.asarray(middle @ exponential(np.asarray(spline(wanted))))


def angular_velocity(time_s: Array, rotations: Array) -> Array:
    """Angular velocity in world axes (rad/s), by central differences; shape (n, 3).

    Args:
        time_s: increasing times, shape (n,).
        rotations: body to world, shape (n, 3, 3).
    """
    ahead = np.r_[1 : len(time_s), len(time_s) - 1]
    behind = np.r_[0, 0 : len(time_s) - 1]
    step = rotations[ahead] @ np.swapaxes(rotations[behind], -1, -2)
    return np.asarray(logarithm(step) / (time_s[ahead] - time_s[behind])[:, None])
