# SPDX-License-Identifier: MIT
"""Newton's method: known equilibria, order of convergence, bordered scalars, capped steps."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from mpi4py import MPI
from scipy.spatial.transform import Rotation

from simulator.connectors import (
    Connectors,
    ConnectorState,
    JointDrive,
    RotationDrive,
    TranslationDrive,
)
from simulator.newton import NewtonSettings, solve
from simulator.reduction import EXTRA_SCALARS
from simulator.segments import ROTATION_LENGTH_MM, Poses
from simulator.terms import ClosureState, Drives, FixedLoading
from tests.helpers.segment_block import BANDS, JOINTS, SEGMENTS, build, drives

COMM = MPI.COMM_SELF


def test_rigid_block_on_springs_moves_as_springs_say() -> None:
    """Springs on a segment alone carry force and moment; the soft block follows unstrained."""
    block = build(COMM, connected=False)
    stiffness, force = np.array([4.0, 2.0, 8.0]), np.array([3.0, -9.0, 2.0])
    moment = np.array([900.0, -2000.0, 400.0])
    targets = SEGMENTS.reference_mm
    held = [
        TranslationDrive(n, np.zeros(3), np.full(3, 10.0), targets[i])
        for i, n in enumerate(("a", "b"))
    ]
    turned = [RotationDrive(n, np.eye(3), 1e4 * np.eye(3), np.zeros(3)) for n in ("a", "b")]
    block.equilibrium.loading = FixedLoading(
        Drives(
            {},
            (RotationDrive("c", np.eye(3), 5e3 * np.eye(3), moment), *turned),
            (TranslationDrive("c", force, stiffness, targets[2]), *held),
        ),
        len(SEGMENTS),
    )
    report = solve(block.equilibrium, block.solver("direct"), NewtonSettings(1e-10))
    assert report.converged
    poses = block.equilibrium.poses
    np.testing.assert_allclose(poses.position_mm[2] - targets[2], force / stiffness, atol=1e-9)
    angle = Rotation.from_matrix(poses.rotation[2]).as_rotvec()
    np.testing.assert_allclose(angle, moment / 5e3, atol=1e-9)
    np.testing.assert_allclose(block.equilibrium.u.x.array, 0, atol=1e-9)


def test_convergence_is_quadratic() -> None:
    block = build(COMM)
    settings = NewtonSettings(1e-10, line_search="basic", kept_gain=0.0)
    report = solve(block.equilibrium, block.solver("direct"), settings)
    assert report.converged
    r = np.array(report.residuals_n)
    last = np.flatnonzero((r[:-1] < 1.0) & (r[1:] > 1e-11))
    assert len(last)
    assert (r[last + 1] < 2 * r[last] ** 2).all(), r


def test_kept_tangents_lead_to_the_same_state() -> None:
    found = []
    for gain in (0.0, 0.03):
        block = build(COMM)
        report = solve(
            block.equilibrium,
            block.solver("direct"),
            NewtonSettings(1e-8, kept_gain=gain, beyond=0),
        )
        assert report.converged
        found.append((report.tangents, report.iterations, block.equilibrium.u.x.array))
    assert found[0][0] == found[0][1]
    assert found[1][0] < found[0][0]
    assert found[1][1] <= found[0][1] + 1
    np.testing.assert_allclose(found[0][2], found[1][2], atol=1e-9)


def test_result_does_not_depend_on_the_step_cap() -> None:
    found = []
    for cap in (8.0, 0.3):
        block = build(COMM)
        block.equilibrium.loading = FixedLoading(drives(np.array([4.0, 6, -2])), len(SEGMENTS))
        settings = NewtonSettings(1e-9, max_iterations=80, max_move_mm=cap, line_search="basic")
        report = solve(block.equilibrium, block.solver("direct"), settings)
        assert report.converged
        found.append((report.iterations, block.equilibrium.poses.position_mm))
    assert found[1][0] > found[0][0]
    np.testing.assert_allclose(found[0][1], found[1][1], atol=1e-7)


def test_no_node_moves_more_than_the_cap() -> None:
    block = build(COMM)
    settings = NewtonSettings(1e-9, max_iterations=1, max_move_mm=0.05, line_search="basic")
    report = solve(block.equilibrium, block.solver("direct"), settings)
    assert not report.converged
    r = block.equilibrium.reduction
    moved = np.abs(block.equilibrium.u.x.array.reshape(-1, 3)[r.free]).max()
    segments = np.abs(block.equilibrium.poses.position_mm - SEGMENTS.reference_mm).max()
    assert 0.0 < moved <= 0.05 + 1e-12
    assert segments <= 0.05 + 1e-12


class _ClosedAngle:
    """Torques of both joints are unknown; the angles are given, one scalar has its own law."""

    target_rad = np.array([0.12, -0.07])

    def drives(self, extra: np.ndarray) -> Drives:
        base = drives()
        torque = extra[:2] * ROTATION_LENGTH_MM
        joints = {n: JointDrive(t) for n, t in zip(("j", "k"), torque, strict=True)}
        return Drives(joints, base.rotations, base.translations)

    def closure(self, poses: Poses, connectors: ConnectorState, extra: np.ndarray) -> ClosureState:
        n = 6 * len(SEGMENTS)
        value = np.append(100 * (connectors.joint_angle_rad - self.target_rad), extra[2] - 5.0)
        rows = np.vstack([100 * connectors.joint_angle_gradient, np.zeros(n)])
        columns = np.column_stack(
            [*(-ROTATION_LENGTH_MM * connectors.joint_angle_gradient), np.zeros(n)]
        )
        by_extra = np.diag([0.0, 0.0, 1.0])
        assert by_extra.shape == (EXTRA_SCALARS, EXTRA_SCALARS)
        return ClosureState(value, rows, by_extra, columns)


@pytest.mark.parametrize("preset", ["direct", "iterative"])
def test_bordered_scalars_close_their_rows_exactly(preset: str) -> None:
    block = build(COMM)
    equilibrium = block.equilibrium
    equilibrium.loading = _ClosedAngle()
    report = solve(equilibrium, block.solver(preset), NewtonSettings(1e-9, line_search="basic"))
    assert report.converged
    assert report.iterations <= 8
    angles = equilibrium.connector_state().joint_angle_rad
    np.testing.assert_allclose(angles, _ClosedAngle.target_rad, atol=1e-10)
    assert np.abs(equilibrium.extra[:2]).min() > 0.1
    assert equilibrium.extra[2] == pytest.approx(5.0)


def test_bordered_scalars_keep_quadratic_convergence() -> None:
    block = build(COMM)
    block.equilibrium.loading = _ClosedAngle()
    settings = NewtonSettings(1e-10, line_search="basic", kept_gain=0.0)
    report = solve(block.equilibrium, block.solver("direct"), settings)
    r = np.array(report.residuals_n)
    last = np.flatnonzero((r[:-1] < 1.0) & (r[1:] > 1e-11))
    assert len(last)
    assert (r[last + 1] < 2 * r[last] ** 2).all(), r


def test_unreachable_balance_is_reported() -> None:
    block = build(COMM)
    report = solve(
        block.equilibrium, block.solver("direct"), NewtonSettings(1e-9, max_iterations=2)
    )
    assert not report.converged
    assert report.reason < 0
    assert report.iterations == 2


def _two_wells(damped: bool) -> list[tuple[float, bool, int]]:
    """Angle of a joint that is stable on either side, under a torque that rises; whether solved."""
    block = build(COMM)
    equilibrium = block.equilibrium
    joint = replace(JOINTS[0], axis_nmm_per_rad=-1e5, cubic_nmm_per_rad3=2.5e6)
    equilibrium.connectors = Connectors(SEGMENTS, (joint, *JOINTS[1:]), BANDS)
    solver, base, found = block.solver("direct"), drives(), []
    settings = NewtonSettings(1e-7, max_iterations=100 if damped else 15, damped=damped)
    for torque in np.linspace(-1.2e4, 1.2e4, 21):
        driven = Drives({"j": JointDrive(torque)}, base.rotations, base.translations)
        equilibrium.loading = FixedLoading(driven, len(SEGMENTS))
        report = solve(equilibrium, solver, settings)
        angle = float(equilibrium.connector_state().joint_angle_rad[0])
        found.append((angle, report.converged, report.iterations))
    return found


def test_damping_follows_a_stable_branch_and_snaps_where_it_ends() -> None:
    """Equilibrium ends where a torque of 8 N m holds the joint's first well no longer."""
    found = _two_wells(damped=True)
    angle = np.array([one for one, _, _ in found])
    assert all(converged for _, converged, _ in found)
    steps = np.diff(angle)
    snap = int(np.argmax(steps))
    assert (steps > 0.0).all()
    assert angle[snap] < -0.03 < 0.3 < angle[snap + 1]
    assert np.delete(steps, snap).max() < 0.02
    assert found[snap + 1][2] > 2 * found[snap][2]
    assert not all(converged for _, converged, _ in _two_wells(damped=False))


def test_damping_leaves_the_equilibrium_where_it_is() -> None:
    plain, damped = build(COMM), build(COMM)
    assert solve(plain.equilibrium, plain.solver("direct"), NewtonSettings(1e-9)).converged
    settings = NewtonSettings(1e-9, damped=True, max_iterations=60)
    report = solve(damped.equilibrium, damped.solver("direct"), settings)
    assert report.converged
    np.testing.assert_allclose(damped.equilibrium.u.x.array, plain.equilibrium.u.x.array, atol=1e-8)
