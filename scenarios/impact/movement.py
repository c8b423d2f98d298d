# SPDX-License-Identifier: MIT
"""What the body is meant to do from touchdown on, and how fast it does it.

Frame: the stance frame (X along the foot's long axis at foot-flat, Y up, Z lateral) of a
right foot. Rotations are relative to neutral standing; they and the angles are curves in
time whose rates are those of the same curves.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline

from simulator.rotations import exponential, logarithm, skew

Array = NDArray[np.float64]
Kind = Literal["walking", "running"]

ANGLES = ("ankle_deg", "subtalar_deg", "knee_deg")
ROTATIONS = ("tibia_rotation", "pelvis_rotation", "thorax_rotation")
VECTORS = ("ground_force_n", "cop_foot_mm", "other_force_n", "com_acceleration_mm_s2")


@dataclass(frozen=True, slots=True)
class MovementInstant:
    """All curves of `Movement` at one instant; shapes lose their first axis.

    Attributes:
        time_s: since touchdown, within the movement.
        tibia_velocity_rad_s, pelvis_velocity_rad_s, thorax_velocity_rad_s: angular
            velocities in the axes of the stance frame, shape (3,).
        ankle_rate_rad_s, subtalar_rate_rad_s, knee_rate_rad_s: rates of the angles.
    """

    time_s: float
    tibia_rotation: Array
    pelvis_rotation: Array
    thorax_rotation: Array
    ankle_deg: float
    subtalar_deg: float
    knee_deg: float
    ground_force_n: Array
    cop_foot_mm: Array
    other_force_n: Array
    com_acceleration_mm_s2: Array
    tibia_velocity_rad_s: Array
    pelvis_velocity_rad_s: Array
    thorax_velocity_rad_s: Array
    ankle_rate_rad_s: float
    subtalar_rate_rad_s: float
    knee_rate_rad_s: float


@dataclass(frozen=True)
class Movement:
    """Curves from touchdown on a fine time grid, and the state of motion at touchdown.

    Attributes:
        kind: ``"walking"`` or ``"running"``.
        source: ``"measured"`` or ``"built-in"``.
        time_s: rising from 0, shape (m,).
        body_mass_kg: mass that the forces belong to.
        speed_m_s: of walking or running.
        tibia_rotation, pelvis_rotation, thorax_rotation: shape (m, 3, 3).
        ankle_deg, subtalar_deg, knee_deg: dorsiflexion, inversion, flexion positive, (m,).
        ground_force_n: expected reaction on this foot, for feed-forward moments only: the
            reaction itself is an outcome; shape (m, 3).
        cop_foot_mm: (x, z) where it acts in the foot frame, shape (m, 2).
        other_force_n: on the other foot, zero in running, shape (m, 3).
        com_acceleration_mm_s2: of the whole body, shape (m, 3).
        heel_velocity_mm_s: of the heel's lowest point at touchdown, shape (3,).
        warnings: what a user should know.
    """

    kind: Kind
    source: str
    time_s: Array
    body_mass_kg: float
    speed_m_s: float
    tibia_rotation: Array
    ankle_deg: Array
    subtalar_deg: Array
    knee_deg: Array
    pelvis_rotation: Array
    thorax_rotation: Array
    ground_force_n: Array
    cop_foot_mm: Array
    other_force_n: Array
    com_acceleration_mm_s2: Array
    heel_velocity_mm_s: Array
    warnings: tuple[str, ...]

    @property
    def end_s(self) -> float:
        """Last instant of the curves."""
        return float(self.time_s[-1])

    @cached_property
    def _angles(self) -> CubicSpline:
        """The angles, rad."""
        columns = [np.radians(getattr(self, name)) for name in ANGLES]
        return CubicSpline(self.time_s, np.column_stack(columns))

    @cached_property
    def _vectors(self) -> CubicSpline:
        return CubicSpline(self.time_s, np.hstack([getattr(self, name) for name in VECTORS]))

    @cached_property
    def _turns(self) -> tuple[tuple[Array, CubicSpline], ...]:
        """Per segment its first rotation and the rotation vectors from there, frame axes."""
        pairs = []
        for name in ROTATIONS:
            rotation = getattr(self, name)
            pairs.append(
                (rotation[0], CubicSpline(self.time_s, logarithm(rotation @ rotation[0].T)))
            )
        return tuple(pairs)

    def at(self, time_s: float) -> MovementInstant:
        """Everything at one instant; before the start and beyond the end that of the ends."""
        time = min(max(float(time_s), 0.0), self.end_s)
        angle, rate = self._angles(time), self._angles(time, 1)
        parts = np.split(self._vectors(time), [3, 5, 8])
        found: dict[str, Any] = dict(zip(VECTORS, parts, strict=True))
        for name, (first, spline) in zip(ROTATIONS, self._turns, strict=True):
            vector, change = np.asarray(spline(time)), np.asarray(spline(time, 1))
            found[name] = exponential(vector) @ first
            found[name.replace("rotation", "velocity_rad_s")] = angular_velocity(vector, change)
        for name, radians, change in zip(ANGLES, angle, rate, strict=True):
            found[name] = float(np.degrees(radians))
            found[name.replace("deg", "rate_rad_s")] = float(change)
        return MovementInstant(time_s=time, **found)


def angular_velocity(vector: Array, rate: Array) -> Array:
    """Angular velocity of ``exponential(vector(t)) @ fixed``, in the axes of ``vector``.

    Args:
        vector: rotation vector (rad), shape (3,).
        rate: its rate in time, shape (3,).
    """
    angle = float(np.linalg.norm(vector))
    matrix = skew(vector)
    if angle < 1e-4:
        return np.asarray(rate + 0.5 * matrix @ rate + matrix @ matrix @ rate / 6.0)
    second = (1.0 - np.cos(angle)) / angle**2
    third = (angle - np.sin(angle)) / angle**3
    return np.asarray(rate + second * matrix @ rate + third * matrix @ matrix @ rate)
