# SPDX-License-Identifier: MIT
"""Bushings: derivatives of their energy far from rest, objectivity, balance, drives."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from simulator.bushings import Bushing, BushingDrive, Bushings, BushingState
from simulator.rotations import skew
from simulator.segments import Poses, Segments
from tests.helpers.evidence import Evidence

SEGMENTS = Segments(("a", "b", "c"), np.array([[0.0, 0, 0], [30, 5, -4], [10, 40, 6]]))
SECTION, CASE = "shock", "Bushing turned by 60 degrees"
RNG = np.random.default_rng(5)


def matrix(scale: float) -> np.ndarray:
    """Full, symmetric, positive, in the units of a stiffness."""
    root = RNG.normal(size=(6, 6)) + 2.0 * np.eye(6)
    units = np.diag([1.0, 1, 1, 30, 30, 30])
    return scale * units @ root @ root.T @ units


AXES = Rotation.from_rotvec([0.3, -0.5, 0.2]).as_matrix()
DISC = Bushing("disc", "a", "b", np.array([15.0, 2, -1]), AXES, matrix(5.0), matrix(0.02))
HIP = Bushing("hip", "c", "b", np.array([22.0, 20, 3]), np.eye(3), matrix(2.0), matrix(0.0))
BUSHINGS = Bushings(SEGMENTS, (DISC, HIP))
DRIVES = {
    "disc": BushingDrive(
        np.array([3.0, -20, 5, 100, -300, 50]),
        np.array([0.5, -1, 0.2, 0.05, -0.1, 0.2]),
        DISC.damping * 2e3,
        np.array([0.3, 1, -0.4, 0.3, 0.1, -0.2]),
    )
}


def turned(angle_deg: float = 60.0) -> Poses:
    """``b`` turned about a skew axis and moved away, the others a little."""
    axis = np.array([0.48, 0.6, 0.64])
    rotations = Rotation.from_rotvec(
        [[0.2, -0.1, 0.3], np.radians(angle_deg) * axis, [-0.3, 0.2, 0.1]]
    )
    moves = np.array([[1.0, 2, -1], [-3.0, 4, 2], [0.5, -2, 1]])
    return Poses(SEGMENTS.reference_mm + moves, rotations.as_matrix())


def advanced(poses: Poses, step: np.ndarray) -> Poses:
    """Increments in mm and rad."""
    parts = step.reshape(-1, 6)
    turn = Rotation.from_rotvec(parts[:, 3:]).as_matrix()
    return Poses(poses.position_mm + parts[:, :3], turn @ poses.rotation)


def at(poses: Poses) -> BushingState:
    return BUSHINGS.evaluate(poses, DRIVES)


def test_gradient_and_hessian_are_those_of_the_energy(evidence: Evidence) -> None:
    poses, state = turned(), at(turned())
    units = np.tile([1.0, 1, 1, 0.02, 0.02, 0.02], 3)
    h = 1e-4
    steps = h * np.diag(units)
    pairs = [(at(advanced(poses, s)), at(advanced(poses, -s))) for s in steps]
    gradient = [there.energy_nmm - back.energy_nmm for there, back in pairs]
    wanted = units * state.gradient
    error = np.abs(np.array(gradient) / (2 * h) - wanted).max() / np.abs(wanted).max()
    evidence.within(
        SECTION, CASE, "error of forces against differences of energy", error, high=1e-7
    )
    columns = [there.gradient - back.gradient for there, back in pairs]
    found = np.array(columns).T / (2 * h) * units[:, None]
    # A derivative of moments by world turns is the symmetric one less half the moments' skew part.
    for i, moment in enumerate(state.gradient.reshape(-1, 6)[:, 3:]):
        turns = slice(6 * i + 3, 6 * i + 6)
        found[turns, turns] += skew(moment) / 2 * 0.02**2
    wanted = state.hessian * np.outer(units, units)
    error = np.abs(found - wanted).max() / np.abs(wanted).max()
    evidence.within(
        SECTION, CASE, "error of the tangent against differences of forces", error, high=1e-7
    )
    uneven = np.abs(state.hessian - state.hessian.T).max()
    assert uneven < 1e-8 * np.abs(state.hessian).max()


def test_rows_are_the_derivative_of_the_coordinates() -> None:
    poses, state = turned(), at(turned())
    rng = np.random.default_rng(1)
    for _ in range(4):
        step = rng.normal(size=18) * np.tile([1.0, 1, 1, 0.02, 0.02, 0.02], 3)
        h = 1e-4
        there, back = (at(advanced(poses, s * h * step)).coordinates for s in (1, -1))
        np.testing.assert_allclose(
            state.coordinate_rows @ step, (there - back) / (2 * h), rtol=1e-6, atol=1e-8
        )


def test_coordinates_are_gap_and_rotation_vector_in_the_axes_of_the_proximal_segment() -> None:
    base = Rotation.from_rotvec([0.4, 0.3, -0.6]).as_matrix()
    gap, turn = np.array([0.7, -1.1, 0.4]), np.array([0.5, -0.8, 0.4])
    whole = AXES @ Rotation.from_rotvec(turn).as_matrix() @ AXES.T
    poses = SEGMENTS.neutral()
    rotation, position = poses.rotation.copy(), poses.position_mm.copy()
    rotation[0], rotation[1] = base, base @ whole
    point = position[0] + base @ (DISC.point_mm - SEGMENTS.reference_mm[0])
    arm = DISC.point_mm - SEGMENTS.reference_mm[1]
    position[1] = point + base @ AXES @ gap - rotation[1] @ arm
    found = BUSHINGS.evaluate(Poses(position, rotation), {}).coordinates
    np.testing.assert_allclose(found[BUSHINGS.index("disc")], [*gap, *turn], atol=1e-9)
    at_rest = BUSHINGS.evaluate(SEGMENTS.neutral(), {}).coordinates
    np.testing.assert_allclose(at_rest, 0.0, atol=1e-12)


def test_energy_and_forces_turn_with_a_rigid_motion_and_balance(evidence: Evidence) -> None:
    poses, before = turned(), at(turned())
    turn = Rotation.from_rotvec([1.2, -0.7, 0.4]).as_matrix()
    after = at(Poses(poses.position_mm @ turn.T + [4, -9, 30], turn @ poses.rotation))
    assert after.energy_nmm == pytest.approx(before.energy_nmm, rel=1e-12)
    wrench = before.gradient.reshape(-1, 6)
    wanted = np.hstack([wrench[:, :3] @ turn.T, wrench[:, 3:] @ turn.T])
    size = np.abs(wanted).max()
    np.testing.assert_allclose(after.gradient.reshape(-1, 6), wanted, atol=1e-11 * size)
    force = np.abs(wrench[:, :3].sum(axis=0)).max() / np.abs(wrench[:, :3]).max()
    moments = wrench[:, 3:] + np.cross(poses.position_mm, wrench[:, :3])
    moment = np.abs(moments.sum(axis=0)).max() / np.abs(moments).max()
    evidence.within(SECTION, CASE, "force or moment left over", max(force, moment), high=1e-12)


def test_springs_loads_and_targets_act_along_the_coordinates() -> None:
    poses = turned()
    plain = BUSHINGS.evaluate(poses, {})
    xi, drive = plain.coordinates[0], DRIVES["disc"]
    along = (
        DISC.stiffness @ (xi - drive.target)
        + drive.extra_stiffness @ (xi - drive.extra_target)
        - drive.load
        - DISC.stiffness @ xi
    )
    wanted = plain.gradient + plain.coordinate_rows[0].T @ along
    np.testing.assert_allclose(
        at(poses).gradient, wanted, rtol=1e-9, atol=1e-10 * np.abs(wanted).max()
    )


@pytest.mark.parametrize("angle", [0.0, 1e-9, 1e-6, 1e-4, 3.0])
def test_rotation_vector_is_right_near_rest_and_near_half_a_turn(angle: float) -> None:
    poses = SEGMENTS.neutral()
    rotation = poses.rotation.copy()
    rotation[1] = Rotation.from_rotvec(angle * np.array([0.48, 0.6, 0.64])).as_matrix()
    found = BUSHINGS.evaluate(Poses(poses.position_mm, rotation), {}).coordinates[1, 3:]
    np.testing.assert_allclose(found, angle * np.array([0.48, 0.6, 0.64]), rtol=1e-6, atol=1e-15)
