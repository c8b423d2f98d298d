# SPDX-License-Identifier: MIT
"""The movement of walking after heel strike, from the built-in or a measured gait."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import BSpline, make_lsq_spline

from meshes.foot import FootGeometry
from scenarios.gait.carried import foot_forces
from scenarios.gait.filtering import resample_rotations
from scenarios.gait.stance import StanceGait
from scenarios.impact.movement import Movement
from scenarios.impact.touchdown import leg_motion, walking_velocity_mm_s
from simulator.chain import Limb
from simulator.rotations import exponential, logarithm

Array = NDArray[np.float64]
Given = tuple[float | None, float | None, float | None]
"""Components forwards, up and lateral that are given, None for those that follow."""

GRID_S = 1e-3
"""Spacing of the curves in time."""
KNOT_PERCENT = 10.0
"""Each of the curves' cubics is fitted over so much of stance, so that the rates at touchdown
rest on the first tenth and not on an end condition or on the last sample."""


def walking_movement(
    gait: StanceGait,
    foot: FootGeometry,
    size: Limb,
    friction: float,
    duration_s: float,
    heel_velocity_mm_s: Given = (None, None, None),
) -> Movement:
    """Curves of walking from heel strike.

    Args:
        gait: of one stance.
        foot: of the subject.
        size: lengths of the leg and the pelvis.
        friction: least coefficient between foot and ground; the expected shear is clipped.
        duration_s: how far the curves reach, at most the duration of stance.
        heel_velocity_mm_s: components of the heel's velocity at touchdown that replace
            those that follow from the pelvis's.

    Raises:
        ValueError: longer than stance.
    """
    if duration_s > gait.duration_s:
        raise ValueError(f"{duration_s:g} s is longer than the stance ({gait.duration_s:g} s)")
    time = time_grid(duration_s)
    percent = np.asarray(100.0 * time / gait.duration_s, dtype=np.float64)
    heading = gait.heading.T
    instants = [gait.at(min(p, 100.0)) for p in percent]
    angles = np.column_stack([gait.ankle_deg, gait.subtalar_deg, gait.knee_deg])
    ankle, subtalar, knee = smoothed(gait.percent, angles)(percent).T
    movement = Movement(
        kind="walking",
        source=gait.source,
        time_s=time,
        body_mass_kg=gait.body_mass_kg,
        speed_m_s=gait.speed_m_s,
        tibia_rotation=_rotations(gait, gait.tibia_rotation, percent),
        ankle_deg=ankle,
        subtalar_deg=subtalar,
        knee_deg=knee,
        pelvis_rotation=heading @ resample_rotations(gait.percent, gait.pelvis_rotation, percent),
        thorax_rotation=heading @ resample_rotations(gait.percent, gait.thorax_rotation, percent),
        ground_force_n=np.array(
            [foot_forces(gait, min(p, 100.0), friction).carried_n for p in percent]
        ),
        cop_foot_mm=np.nan_to_num(np.array([now.cop_foot_mm for now in instants])),
        other_force_n=np.array([heading @ now.other_grf_n for now in instants]),
        com_acceleration_mm_s2=np.array([heading @ now.com_acceleration_mm_s2 for now in instants]),
        heel_velocity_mm_s=np.zeros(3),
        warnings=gait.warnings,
    )
    pelvis = heading @ walking_velocity_mm_s(gait)
    heel = anchored(movement, foot, size, pelvis, heel_velocity_mm_s)
    return replace(movement, heel_velocity_mm_s=heel)


def time_grid(duration_s: float) -> Array:
    """Instants from 0 to the duration, about a millisecond apart."""
    count = max(round(duration_s / GRID_S), 8) + 1
    return np.asarray(np.linspace(0.0, duration_s, count), dtype=np.float64)


def anchored(
    movement: Movement,
    foot: FootGeometry,
    size: Limb,
    pelvis_velocity_mm_s: Array,
    given: Given = (None, None, None),
) -> Array:
    """The heel's velocity at touchdown with which the pelvis has the velocity given, (3,).

    Args:
        movement: whose rates tie heel and pelvis.
        foot: of the subject.
        size: lengths of the leg and the pelvis.
        pelvis_velocity_mm_s: of the middle of the hips, stance frame.
        given: components of the heel's velocity that replace those that follow.
    """
    relative = leg_motion(movement.at(0.0), foot, size).pelvis_mm_s
    heel = pelvis_velocity_mm_s - relative
    return np.array([h if g is None else g for h, g in zip(heel, given, strict=True)])


def smoothed(percent: Array, values: Array) -> BSpline:
    """Least-squares cubic spline of samples over stance with a knot every tenth.

    Args:
        percent: of the samples, from 0 to 100, shape (n,).
        values: shape (n, k).
    """
    inner = np.arange(KNOT_PERCENT, 100.0 - 0.5 * KNOT_PERCENT, KNOT_PERCENT)
    knots = np.concatenate([np.zeros(4), inner, np.full(4, 100.0)])
    return make_lsq_spline(percent, values, knots, k=3)


def _rotations(gait: StanceGait, rotations: Array, percent: Array) -> Array:
    """Smoothed rotations in the stance frame, shape (m, 3, 3)."""
    first = rotations[0]
    vectors = smoothed(gait.percent, logarithm(rotations @ first.T))(percent)
    return np.asarray(gait.heading.T @ exponential(vectors) @ first)
