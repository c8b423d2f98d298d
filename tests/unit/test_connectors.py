# SPDX-License-Identifier: MIT
"""Connectors: derivatives of their energy, objectivity, laws of bands and drives."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from simulator.connectors import (
    Band,
    Connectors,
    ConnectorState,
    Joint,
    JointDrive,
    RotationDrive,
    TranslationDrive,
)
from simulator.segments import ROTATION_LENGTH_MM, Poses, Segments

SEGMENTS = Segments(("a", "b", "c"), np.array([[0.0, 0, 0], [30, 5, -4], [10, 40, 6]]))
JOINT = Joint(
    "hinge", "a", "b", np.array([15.0, 2, 1]), np.array([0.6, 0, 0.8]), 90, 8e3, 2e3, 0.1, 4e3
)
TWO = Band("two", ("a", "c"), np.array([[3.0, 2, 1], [12, 38, 2]]), 25, 1.5, -3.0)
THREE = Band("three", ("a", "b", "c"), np.array([[3.0, 2, 1], [28, 9, 2], [12, 38, 2]]), 25, 9, -3)
SLACK = Band("slack", ("a", "b"), np.array([[3.0, 2, 1], [28, 9, 2]]), 25, 1.5, 50.0)
DRIVE = {"hinge": JointDrive(150.0, 700.0, -0.2)}
STIFF = np.array([[5e3, 400, 0], [400, 7e3, -300], [0, -300, 9e3]])
TURN = RotationDrive("c", Rotation.from_rotvec([0.2, 0, -0.1]).as_matrix(), STIFF, np.ones(3) * 40)
PULL = TranslationDrive("b", np.array([3.0, -8, 1]), np.array([2.0, 0, 5]), np.array([25.0, 0, 1]))

Evaluate = Callable[[Poses], ConnectorState]


def disturbed() -> Poses:
    increments = np.array(
        [[0.4, -0.3, 0.2, 5, -9, 3], [-0.5, 0.6, 0.1, -12, 4, 15], [1.0, 0.3, -0.8, 7, 20, -6]]
    )
    return SEGMENTS.neutral().advanced(increments)


CASES: dict[str, Evaluate] = {
    "joint": lambda p: Connectors(SEGMENTS, (JOINT,), ()).evaluate(p, DRIVE),
    "band": lambda p: Connectors(SEGMENTS, (), (TWO,)).evaluate(p, {}),
    "pulley": lambda p: Connectors(SEGMENTS, (), (THREE,)).evaluate(p, {}),
    "rotation": lambda p: Connectors(SEGMENTS, (), ()).evaluate(p, {}, (TURN,)),
    "translation": lambda p: Connectors(SEGMENTS, (), ()).evaluate(p, {}, (), (PULL,)),
}


@pytest.mark.parametrize("case", CASES)
def test_gradient_and_hessian_are_those_of_the_energy(case: str) -> None:
    evaluate, poses = CASES[case], disturbed()
    state = evaluate(poses)
    assert np.abs(state.gradient_n).max() > 1.0
    size = len(state.gradient_n)

    def energy(step: np.ndarray) -> float:
        return evaluate(poses.advanced(step.reshape(-1, 6))).energy_nmm

    h = 1e-3
    unit = h * np.eye(size)
    gradient = np.array([energy(e) - energy(-e) for e in unit]) / (2 * h)
    np.testing.assert_allclose(
        gradient, state.gradient_n, rtol=1e-5, atol=1e-5 * np.abs(gradient).max()
    )
    # Second differences along directions: the Hessian in the increments, which is symmetric.
    h = 2e-2
    rng = np.random.default_rng(3)
    for step in [*np.eye(size), *rng.normal(size=(10, size)) / 3]:
        curvature = (energy(h * step) - 2 * state.energy_nmm + energy(-h * step)) / h**2
        expected = step @ state.hessian_n_per_mm @ step
        assert curvature == pytest.approx(
            expected, rel=1e-3, abs=1e-4 * np.abs(state.hessian_n_per_mm).max()
        )
    np.testing.assert_allclose(state.hessian_n_per_mm, state.hessian_n_per_mm.T, atol=1e-8)


@pytest.mark.parametrize("case", ["joint", "band", "pulley"])
def test_connectors_between_segments_do_not_feel_rigid_motion(case: str) -> None:
    evaluate, poses = CASES[case], disturbed()
    turn = Rotation.from_rotvec([1.2, -0.7, 0.4]).as_matrix()
    moved = Poses(poses.position_mm @ turn.T + [4, -9, 30], turn @ poses.rotation)
    before, after = evaluate(poses), evaluate(moved)
    assert after.energy_nmm == pytest.approx(before.energy_nmm, rel=1e-9)
    np.testing.assert_allclose(
        after.gradient_n.reshape(-1, 3), before.gradient_n.reshape(-1, 3) @ turn.T, atol=1e-8
    )
    # Balance: no net force, no net moment about the origin.
    wrench = before.gradient_n.reshape(-1, 6)
    moment = wrench[:, 3:] * ROTATION_LENGTH_MM + np.cross(poses.position_mm, wrench[:, :3])
    np.testing.assert_allclose(wrench[:, :3].sum(axis=0), 0, atol=1e-9)
    np.testing.assert_allclose(moment.sum(axis=0), 0, atol=1e-6)


def test_joint_angle_and_gradient() -> None:
    connectors = Connectors(SEGMENTS, (JOINT,), ())
    base = disturbed()
    turn = Rotation.from_rotvec(0.35 * JOINT.axis).as_matrix()
    rotation = base.rotation.copy()
    rotation[1] = rotation[0] @ turn
    poses = Poses(base.position_mm, rotation)
    state = connectors.evaluate(poses, {})
    assert state.joint_angle_rad[0] == pytest.approx(0.35, abs=1e-9)
    step = np.linspace(-1, 1, 18)
    angles = [
        connectors.evaluate(poses.advanced(s * 1e-4 * step.reshape(-1, 6)), {}).joint_angle_rad[0]
        for s in (1, -1)
    ]
    assert (angles[0] - angles[1]) / 2e-4 == pytest.approx(
        state.joint_angle_gradient[0] @ step, rel=1e-6
    )


@pytest.mark.parametrize(
    ("stretch", "force"), [(-1.0, 0.0), (0.6, 25 * 0.36 / 3), (4.0, 25 * 3.25)]
)
def test_band_is_slack_then_toe_then_linear(stretch: float, force: float) -> None:
    band = Band("b", ("a", "c"), np.array([[0.0, 0, 0], [0, 40, 0]]), 25, 1.5)
    poses = SEGMENTS.neutral()
    poses.position_mm[2, 1] += stretch
    state = Connectors(SEGMENTS, (), (band,)).evaluate(poses, {})
    assert state.band_force_n[0] == pytest.approx(force, abs=1e-9)
    assert state.gradient_n[13] == pytest.approx(force, abs=1e-6)


def test_slack_band_does_nothing() -> None:
    state = Connectors(SEGMENTS, (), (SLACK,)).evaluate(disturbed(), {})
    assert state.energy_nmm == 0.0
    assert not state.gradient_n.any()
    assert not state.hessian_n_per_mm.any()


def test_rotation_drive_reports_its_moment_and_derivative() -> None:
    connectors, poses = Connectors(SEGMENTS, (), ()), disturbed()
    state = connectors.evaluate(poses, {}, (TURN,))
    step = np.sin(np.arange(18.0))
    moments = [
        connectors.evaluate(
            poses.advanced(s * 1e-4 * step.reshape(-1, 6)), {}, (TURN,)
        ).rotation_moment_nmm[0]
        for s in (1, -1)
    ]
    difference = (moments[0] - moments[1]) / 2e-4
    np.testing.assert_allclose(difference, state.rotation_moment_gradient[0] @ step, rtol=1e-6)
    away = Rotation.from_matrix(poses.rotation[2] @ TURN.target.T).as_rotvec()
    np.testing.assert_allclose(state.rotation_moment_nmm[0], 40 - STIFF @ away, rtol=1e-6)
