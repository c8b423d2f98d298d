# SPDX-License-Identifier: MIT
"""Force of the other foot, and the acceleration of the whole body's centre of mass."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scenarios.gait.contacts import Contact, Stride
from scenarios.gait.errors import GaitError
from scenarios.gait.forces import STANDARD_GRAVITY, GroundForces

Array = NDArray[np.float64]

LARGEST_MEAN_M_S2 = 0.3
"""Largest horizontal mean over a stride: steady walking has none, so more is a fault of
the plates (drift, axes) or a change of speed."""
MIRROR = np.array([1.0, 1.0, -1.0])
RUN_OUT_S = 0.01
"""Time in which the force below the contact threshold runs out."""


@dataclass(frozen=True, slots=True)
class BothFeet:
    """Forces of both feet on one time base and the acceleration they give.

    Attributes:
        time_s: over the stance and the stride, shape (n,).
        force_n: analysed foot, shape (n, 3).
        other_n: other foot, shape (n, 3).
        acceleration_mm_s2: of the whole body's centre of mass, stride mean removed.
        mean_mm_s2: the mean that was removed, shape (3,).
        source: how the other foot was found.
        warnings: what was substituted.
    """

    time_s: Array
    force_n: Array
    other_n: Array
    acceleration_mm_s2: Array
    mean_mm_s2: Array
    source: str
    warnings: tuple[str, ...]

    @property
    def mean_force_n(self) -> float:
        """Mean vertical force of both feet over the stride, N."""
        return float((self.force_n + self.other_n)[:, 1].mean())


def shifted_half_stride(
    time_s: Array, force_n: Array, stance: Contact, stride: Stride, at_s: Array
) -> Array:
    """The other foot as the analysed one half a stride later, mirrored; shape (n, 3)."""
    earlier = at_s - 0.5 * stride.duration_s
    return repeated(time_s, force_n, stance, stride, earlier) * MIRROR


def repeated(time_s: Array, force_n: Array, stance: Contact, stride: Stride, at_s: Array) -> Array:
    """The force of one stance, repeated with every stride; shape (n, 3).

    What is left of it at contact and toe-off runs out within ``RUN_OUT_S``, so that
    accelerations have no step.
    """
    length, whole = stance.duration_s, stride.duration_s
    phase = np.mod(at_s - stance.start_s, whole)
    early = phase > 0.5 * (length + whole)
    before = np.where(early, whole - phase, np.where(phase > length, phase - length, 0.0))
    inside = np.where(early, 0.0, np.minimum(phase, length))
    force = _sample(time_s, force_n, stance.start_s + inside)
    return np.asarray(force * np.clip(1.0 - before / RUN_OUT_S, 0.0, 1.0)[:, None])


def both_feet(forces: GroundForces, stance: Contact, stride: Stride, mass_kg: float) -> BothFeet:
    """Form the acceleration of the centre of mass, ``a = (R + R') / M + g``.

    R' is the other plate where the file has one with force on it, else R half a
    stride later and mirrored. Where the record does not hold a whole stride, both
    feet are built from the one stance in the same way.

    Args:
        forces: both feet.
        stance: the analysed stance.
        stride: its stride.
        mass_kg: mass of the body.

    Raises:
        GaitError: horizontal mean over the stride above 0.3 m/s2.
    """
    foot = forces.foot
    count = max(round(stride.duration_s / float(np.median(np.diff(foot.time_s)))), 100)
    time = stride.start_s + stride.duration_s * np.arange(count) / count
    measured = forces.other is not None and _carries(forces.other.force_n, mass_kg)
    warnings: tuple[str, ...] = ()
    if measured and stride.measured and forces.other is not None:
        force, other = (
            _sample(foot.time_s, foot.force_n, time),
            _sample(forces.other.time_s, forces.other.force_n, time),
        )
        source = f"columns {forces.other_source}"
    else:
        force = repeated(foot.time_s, foot.force_n, stance, stride, time)
        other = shifted_half_stride(foot.time_s, foot.force_n, stance, stride, time)
        source = "the analysed foot half a stride later, mirrored"
        why = "no force of the other foot" if not measured else "no whole stride"
        warnings = (f"{forces.file} holds {why}: the other foot is {source}",)
    acceleration = 1000.0 * (force + other) / mass_kg
    acceleration[:, 1] -= 1000.0 * STANDARD_GRAVITY
    mean = acceleration.mean(axis=0)
    horizontal = float(np.hypot(mean[0], mean[2])) / 1000.0
    if horizontal > LARGEST_MEAN_M_S2:
        raise GaitError(
            forces.file,
            forces.force_key("x"),
            f"mean horizontal acceleration over a stride is {horizontal:.2f} m/s2",
            allowed=f"up to {LARGEST_MEAN_M_S2:g} m/s2 (steady walking; check zero and axes)",
        )
    return BothFeet(time, force, other, acceleration - mean, mean, source, warnings)


def over_stance(both: BothFeet, stride: Stride, at_s: Array) -> tuple[Array, Array]:
    """Other foot's force and the acceleration at times of the stance, each (n, 3).

    The stride is periodic, so that a stance whose stride was counted from the
    contact before it finds its values too.
    """
    phase = np.mod(at_s - both.time_s[0], stride.duration_s)
    base = np.r_[both.time_s - both.time_s[0], stride.duration_s]

    def periodic(values: Array) -> Array:
        return _sample(base, np.vstack([values, values[:1]]), phase)

    return periodic(both.other_n), periodic(both.acceleration_mm_s2)


def _carries(force_n: Array, mass_kg: float) -> bool:
    return float(force_n[:, 1].max()) > 0.3 * mass_kg * STANDARD_GRAVITY


def _sample(time_s: Array, values: Array, at_s: Array) -> Array:
    return np.stack([np.interp(at_s, time_s, v) for v in values.T], axis=1)
