# SPDX-License-Identifier: MIT
"""Loads of foot and tibia: derivatives of the closure, signs of moments, frozen torques."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from simulator.connectors import Connectors, Joint
from simulator.loading import FootLoad, FootLoading, held
from simulator.reduction import EXTRA_SCALARS
from simulator.rotations import exponential
from simulator.segments import ROTATION_LENGTH_MM, Poses, Segments

SEGMENTS = Segments(
    ("tibia", "talus", "calcaneus"),
    np.array([[52.0, 200, 3], [55, 72, 2], [30, 40, -4]]),
)
JOINTS = (
    Joint("spare", "talus", "calcaneus", np.array([40.0, 50, 0]), np.array([0, 1.0, 0]), 9, 9, 9),
    Joint(
        "ankle", "tibia", "talus", np.array([50.0, 70, 0]), np.array([0.1, 0, 0.995]), 2e3, 5e6, 0
    ),
    Joint(
        "subtalar",
        "talus",
        "calcaneus",
        np.array([45.0, 50, 1]),
        np.array([0.7, 0.6, 0.4]),
        2e3,
        5e6,
        0,
    ),
)
NAMES = tuple(j.name for j in JOINTS)
EXTRA = np.array([300.0, -120.0, 0.7])


def load(**changes: object) -> FootLoad:
    base = FootLoad(
        force_n={"tibia": np.array([40.0, -500, 12]), "calcaneus": np.array([0.0, -9, 0])},
        tibia_rotation=exponential(np.array([0.02, 0.1, -0.2])),
        tibia_stiffness_nmm_per_rad=held(),
        tibia_moment_nmm=np.array([100.0, -300, 50]),
        angle_rad=np.array([0.15, -0.05]),
        stiffness_nmm_per_rad=np.array([2e5, 7e4]),
        alpha_nmm=None,
        weight=np.array([0.3, 0.8]),
        centre_mm=np.array([90.0, -6, 4]),
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def poses() -> Poses:
    step = 0.3 * np.cos(np.arange(18.0)).reshape(3, 6)
    start = SEGMENTS.neutral().advanced(np.hstack([step[:, :3], 20 * step[:, 3:]]))
    rotation = start.rotation.copy()
    rotation[0] = exponential(np.array([1e-6, -2e-6, 3e-6])) @ load().tibia_rotation
    return Poses(start.position_mm, rotation)


def evaluated(loading: FootLoading, at: Poses, extra: np.ndarray):  # type: ignore[no-untyped-def]
    d = loading.drives(extra)
    return Connectors(SEGMENTS, JOINTS, ()).evaluate(at, d.joints, d.rotations, d.translations)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"weight": np.zeros(2)},
        {"weight": np.ones(2)},
        {"guide_n_per_mm": np.array([5.0, 80, 20]), "guide_mm": np.array([40.0, 190, 8])},
    ],
    ids=["blend", "angles", "centre of pressure", "guided"],
)
def test_closure_rows_are_derivatives(changes: dict[str, np.ndarray]) -> None:
    loading = FootLoading(load(**changes), SEGMENTS, NAMES)
    at = poses()
    closure = loading.closure(at, evaluated(loading, at, EXTRA), EXTRA)
    rows = np.zeros_like(closure.rows)
    for j in range(18):
        values = []
        for sign in (1, -1):
            step = np.zeros(18)
            step[j] = sign * 1e-5
            moved = at.advanced(step.reshape(3, 6))
            values.append(loading.closure(moved, evaluated(loading, moved, EXTRA), EXTRA).value)
        rows[:, j] = (values[0] - values[1]) / 2e-5
    scale = np.abs(closure.rows).max(axis=1, keepdims=True)[:2]
    np.testing.assert_allclose(rows[:2] / scale, closure.rows[:2] / scale, atol=2e-6)
    assert not rows[2].any() and not closure.rows[2].any()


@pytest.mark.parametrize("frozen", [False, True])
def test_columns_and_block_of_extra_scalars_are_derivatives(frozen: bool) -> None:
    alpha = np.array([-2e4, 3e3]) if frozen else None
    loading = FootLoading(load(alpha_nmm=alpha), SEGMENTS, NAMES)
    at = poses()
    closure = loading.closure(at, evaluated(loading, at, EXTRA), EXTRA)
    forces, values = [], []
    for sign in (1, -1):
        moved = EXTRA[None] + sign * np.eye(EXTRA_SCALARS)
        states = [evaluated(loading, at, e) for e in moved]
        forces.append([s.gradient_n for s in states])
        values.append([loading.closure(at, s, e).value for s, e in zip(states, moved, strict=True)])
    columns = (np.array(forces[0]) - np.array(forces[1])).T / 2
    block = (np.array(values[0]) - np.array(values[1])).T / 2
    np.testing.assert_allclose(closure.columns, columns, atol=1e-6)
    np.testing.assert_allclose(closure.extra, block, atol=1e-8)
    assert np.linalg.matrix_rank(np.hstack([closure.columns.T, closure.extra])) == 3


def test_ground_moment_is_the_sum_over_segments_of_what_is_not_ground() -> None:
    """Joints act between segments: their part of the sum must vanish."""
    guide = {"guide_n_per_mm": np.array([5.0, 80, 20]), "guide_mm": np.array([40.0, 190, 8])}
    loading = FootLoading(load(**guide), SEGMENTS, NAMES)
    at = poses()
    state = evaluated(loading, at, EXTRA)
    moment, _ = loading.ground_moment(at, state)
    wrench = -state.gradient_n.reshape(3, 6)
    arms = at.position_mm - loading.load.centre_mm
    total = (np.cross(arms, wrench[:, :3]) + ROTATION_LENGTH_MM * wrench[:, 3:]).sum(axis=0)
    assert np.abs(total).min() > 100.0
    np.testing.assert_allclose(moment, total, rtol=1e-6, atol=0.5)


def test_a_load_ahead_of_the_centre_and_lateral_of_it() -> None:
    """The ground reacts below the load: ahead of the centre about +Z, lateral of it about -X."""
    at = SEGMENTS.neutral()
    under = at.position_mm[0] * [1, 0, 1]
    for shift, expected in (
        ([10.0, 0, 0], [0.0, 0, 5000]),
        ([0.0, 0, 8], [-4000.0, 0, 0]),
    ):
        one = load(
            force_n={"tibia": np.array([0.0, -500, 0])},
            tibia_rotation=np.eye(3),
            tibia_moment_nmm=np.zeros(3),
            angle_rad=np.zeros(2),
            centre_mm=under - shift,
            weight=np.ones(2),
        )
        loading = FootLoading(one, SEGMENTS, NAMES)
        state = evaluated(loading, at, np.zeros(3))
        moment, _ = loading.ground_moment(at, state)
        of_ground = -moment
        np.testing.assert_allclose(of_ground, expected, atol=1e-6)
        value = loading.closure(at, state, np.zeros(3)).value
        closed = -np.array([expected[2], expected[0]]) / ROTATION_LENGTH_MM
        np.testing.assert_allclose(value[:2], closed, atol=1e-6)


def test_path_and_angles_share_their_misfit() -> None:
    """A degree off the measured angle weighs like 0.75 and 0.375 N m about the path."""
    at = SEGMENTS.neutral()
    still = {"tibia_rotation": np.eye(3), "tibia_moment_nmm": np.zeros(3), "weight": np.ones(2)}
    values = []
    for angle in (np.zeros(2), np.radians([-1.0, 1.0])):
        loading = FootLoading(load(angle_rad=angle, **still), SEGMENTS, NAMES)
        state = evaluated(loading, at, np.zeros(3))
        values.append(loading.closure(at, state, np.zeros(3)).value[:2] * ROTATION_LENGTH_MM)
    np.testing.assert_allclose(values[1] - values[0], [750.0, -375.0], rtol=1e-9)


def test_torque_acts_with_alpha_and_stiffness_about_the_measured_angle() -> None:
    loading = FootLoading(load(), SEGMENTS, NAMES)
    drive = loading.drives(EXTRA).joints["ankle"]
    assert drive.torque_nmm == pytest.approx(300.0 * ROTATION_LENGTH_MM)
    assert (drive.stiffness_nmm_per_rad, drive.target_rad) == (2e5, 0.15)
    assert "spare" not in loading.drives(EXTRA).joints


def test_frozen_alpha_ignores_scalars_and_holds_them_at_zero() -> None:
    alpha = np.array([-2e4, 3e3])
    loading = FootLoading(load(alpha_nmm=alpha), SEGMENTS, NAMES)
    at = poses()
    np.testing.assert_array_equal(loading.alpha(EXTRA), alpha)
    closure = loading.closure(at, evaluated(loading, at, EXTRA), EXTRA)
    np.testing.assert_array_equal(closure.value, EXTRA)
    assert not closure.rows.any() and not closure.columns.any()
    drives = [loading.drives(e).joints["subtalar"].torque_nmm for e in (EXTRA, 0 * EXTRA)]
    assert drives == [3e3, 3e3]
