# SPDX-License-Identifier: MIT
"""The gait of one stance as the analyses take it: forces, angles, orientations.

World axes: X in the direction of progression, Y up, Z right; the foot is a right
one. Angles: ankle dorsiflexion, subtalar inversion, knee flexion positive;
the toes follow a passive law; hip (flexion, adduction, internal rotation); pelvis (anterior tilt,
right side up, right side forward); lumbar, thorax to pelvis (extension, bending
to the right, rotation to the left). Three angles in a row are body-fixed
rotations about Z, X, Y in that order. All orientations are relative to standing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline, PchipInterpolator

from scenarios.gait.filtering import rotation_curve
from simulator.rotations import exponential, logarithm

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class GaitInstant:
    """All of `StanceGait` at one instant; shapes lose their first axis."""

    percent: float
    time_s: float
    grf_n: Array
    other_grf_n: Array
    cop_foot_mm: Array
    cop_defined: bool
    tibia_rotation: Array
    ankle_deg: float
    subtalar_deg: float
    knee_deg: float
    hip_deg: Array
    pelvis_deg: Array
    lumbar_deg: Array
    pelvis_rotation: Array
    thorax_rotation: Array
    com_acceleration_mm_s2: Array
    pelvis_angular_velocity_rad_s: Array
    pelvis_angular_acceleration_rad_s2: Array
    thorax_angular_velocity_rad_s: Array
    thorax_angular_acceleration_rad_s2: Array


@dataclass(frozen=True)
class StanceGait:
    """Curves of one stance, sampled finely and interpolated smoothly.

    Attributes:
        source: ``"measured"``, ``"built-in"`` or ``"standing"``.
        percent: of stance, increasing from 0 to 100, shape (n,).
        duration_s: of the stance.
        stride_s: of the stride.
        speed_m_s: of walking (belt speed included).
        body_mass_kg: mass that the accelerations were formed with.
        side: which side of the person the right foot stands for.
        surface: ``"treadmill"``, ``"overground"`` or ``"not known"``.
        grf_n: force of the ground on the foot, world, shape (n, 3).
        other_grf_n: on the other foot, shape (n, 3).
        cop_foot_mm: (x, z) in the foot frame, shape (n, 2); the nearest value is
            held where ``cop_defined`` is false.
        cop_defined: where the force suffices for a centre of pressure, shape (n,).
        tibia_rotation: shape (n, 3, 3).
        ankle_deg, subtalar_deg, knee_deg: shape (n,).
        hip_deg, pelvis_deg, lumbar_deg: shape (n, 3).
        toe_out_deg: heading of the foot's long axis during foot-flat.
        pelvis_rotation, thorax_rotation: shape (n, 3, 3).
        com_acceleration_mm_s2: of the whole body, stride mean removed, (n, 3).
        mean_acceleration_mm_s2: the mean that was removed, shape (3,).
        registration_offset_mm: (x, z) by which the centre of pressure was moved
            beyond what markers or chain give.
        cop_outside_mm: farthest that the path leaves the outline.
        offsets_deg: what was subtracted from angles, by name.
        residual_force_n, residual_moment_nmm: bottom-up wrench at the pelvis less
            the top-down one at L5-S1, world, shape (n, 3), or ``None``.
        warnings: what was substituted or stands out.
    """

    source: str
    percent: Array
    duration_s: float
    stride_s: float
    speed_m_s: float
    body_mass_kg: float
    side: str
    surface: str
    grf_n: Array
    other_grf_n: Array
    cop_foot_mm: Array
    cop_defined: NDArray[np.bool_]
    tibia_rotation: Array
    ankle_deg: Array
    subtalar_deg: Array
    knee_deg: Array
    hip_deg: Array
    pelvis_deg: Array
    lumbar_deg: Array
    toe_out_deg: float
    pelvis_rotation: Array
    thorax_rotation: Array
    com_acceleration_mm_s2: Array
    mean_acceleration_mm_s2: Array
    registration_offset_mm: Array
    cop_outside_mm: float
    offsets_deg: tuple[tuple[str, float], ...]
    residual_force_n: Array | None
    residual_moment_nmm: Array | None
    warnings: tuple[str, ...]

    @property
    def heading(self) -> Array:
        """Rotation from the foot's heading to the world: toes out about Y, shape (3, 3).

        ``heading.T @ v`` is a world vector in the frame whose X is the foot's long
        axis; ``heading.T @ R`` an orientation relative to that frame.
        """
        return exponential(np.array([0.0, -np.radians(self.toe_out_deg), 0.0]))

    @cached_property
    def _curves(self) -> tuple[PchipInterpolator, CubicSpline]:
        """Forces without overshoot (pchip); angles by cubic spline."""
        path = np.nan_to_num(self.cop_foot_mm)
        forces = np.hstack([self.grf_n, self.other_grf_n, path, self.com_acceleration_mm_s2])
        angles = np.column_stack(
            [
                self.ankle_deg,
                self.subtalar_deg,
                self.knee_deg,
                self.hip_deg,
                self.pelvis_deg,
                self.lumbar_deg,
            ]
        )
        return PchipInterpolator(self.percent, forces), CubicSpline(self.percent, angles)

    @cached_property
    def _turns(self) -> tuple[Callable[[Array], Array], ...]:
        """Rotations of tibia, pelvis and thorax."""
        parts = (self.tibia_rotation, self.pelvis_rotation, self.thorax_rotation)
        return tuple(rotation_curve(self.percent, part) for part in parts)

    @cached_property
    def _spins(self) -> tuple[CubicSpline, CubicSpline]:
        """Rotation vectors of pelvis and thorax from the start of stance."""
        return _rotation_spline(self, self.pelvis_rotation), _rotation_spline(
            self, self.thorax_rotation
        )

    def at(self, percent: float) -> GaitInstant:
        """Interpolate everything at one instant.

        Args:
            percent: of stance, 0 to 100.

        Raises:
            ValueError: outside 0 to 100.
        """
        if not 0.0 <= percent <= 100.0:
            raise ValueError(f"{percent} % lies outside the stance (0 to 100)")
        forces, angles = (curve(percent) for curve in self._curves)
        rotations = [curve(np.asarray(percent)) for curve in self._turns]
        spins = [_spin(spline, percent, self.duration_s) for spline in self._spins]
        return GaitInstant(
            percent=percent,
            time_s=float(percent) / 100.0 * self.duration_s,
            grf_n=forces[0:3],
            other_grf_n=forces[3:6],
            cop_foot_mm=forces[6:8] if self.cop_defined.any() else np.full(2, np.nan),
            cop_defined=bool(np.interp(percent, self.percent, self.cop_defined) > 0.5),
            com_acceleration_mm_s2=forces[8:11],
            tibia_rotation=rotations[0],
            pelvis_rotation=rotations[1],
            thorax_rotation=rotations[2],
            ankle_deg=float(angles[0]),
            subtalar_deg=float(angles[1]),
            knee_deg=float(angles[2]),
            hip_deg=angles[3:6],
            pelvis_deg=angles[6:9],
            lumbar_deg=angles[9:12],
            pelvis_angular_velocity_rad_s=spins[0][0],
            pelvis_angular_acceleration_rad_s2=spins[0][1],
            thorax_angular_velocity_rad_s=spins[1][0],
            thorax_angular_acceleration_rad_s2=spins[1][1],
        )


def _rotation_spline(gait: StanceGait, rotations: Array) -> CubicSpline:
    """Spline in time of rotation vectors relative to the middle of stance.

    Pelvis and thorax turn by less than 20 degrees, where the derivative of the
    rotation vector is the angular velocity to within 1 %.
    """
    middle = rotations[len(rotations) // 2]
    vectors = logarithm(rotations @ middle.T)
    return CubicSpline(gait.percent / 100.0 * max(gait.duration_s, 1e-9), vectors)


def _spin(spline: CubicSpline, percent: float, duration_s: float) -> tuple[Array, Array]:
    time = percent / 100.0 * duration_s
    return np.asarray(spline(time, 1)), np.asarray(spline(time, 2))
