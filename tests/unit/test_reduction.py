# SPDX-License-Identifier: MIT
"""Reduced residual and tangent: derivative, rigid motion, work."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from mpi4py import MPI
from scipy.spatial.transform import Rotation

from simulator.newton import NewtonSettings, solve
from simulator.rotations import skew
from simulator.segments import ROTATION_LENGTH_MM, Poses
from tests.helpers.evidence import Evidence
from tests.helpers.segment_block import Block, build, direction, disturb, tangent_error

COMM = MPI.COMM_SELF


@pytest.fixture
def block() -> Block:
    return build(COMM)


def test_tangent_is_the_derivative_but_for_half_the_residual_moment(block: Block) -> None:
    """The symmetric tangent leaves out the skew part that a moment in disbalance has."""
    equilibrium = block.equilibrium
    disturb(equilibrium)
    out = equilibrium.reduction.create_vector()
    equilibrium.residual(out)
    free, n = 3 * len(equilibrium.reduction.free), len(equilibrium.reduction.segments)
    moment = out.array_r[free : free + 6 * n].reshape(n, 6)[:, 3:]
    assert np.abs(moment).max() > 1.0
    error, product, step = tangent_error(equilibrium)
    turn = step[free : free + 6 * n].reshape(n, 6)[:, 3:]
    left_out = np.zeros((n, 6))
    left_out[:, 3:] = -np.einsum("nij,nj->ni", skew(moment), turn) / (2 * ROTATION_LENGTH_MM)
    scale = np.abs(product).max()
    assert np.abs(error[:free]).max() < 1e-6 * scale
    np.testing.assert_allclose(error[free : free + 6 * n], left_out.ravel(), atol=1e-6 * scale)


def test_tangent_is_the_derivative_in_equilibrium(evidence: Evidence, block: Block) -> None:
    equilibrium = block.equilibrium
    report = solve(equilibrium, block.solver("direct"), NewtonSettings(1e-9))
    assert report.converged
    assert np.abs(Rotation.from_matrix(equilibrium.poses.rotation).as_rotvec()).max() > 0.01
    error, product, _ = tangent_error(equilibrium)
    evidence.within(
        "reduction", "Reduced tangent in equilibrium", "error against differences / product",
        np.abs(error).max() / np.abs(product).max(), high=1e-6,
    )  # fmt: skip


def test_forces_turn_with_a_rigid_motion_of_everything() -> None:
    equilibrium = build(COMM, connected=False).equilibrium
    disturb(equilibrium)
    r, out = equilibrium.reduction, equilibrium.reduction.create_vector()
    equilibrium.residual(out)
    before = out.array_r.copy()
    turn = Rotation.from_rotvec([0.4, -0.8, 0.3]).as_matrix()
    shift = np.array([3.0, -20.0, 7.0])
    x = r.coordinates
    u = equilibrium.u.x.array.reshape(-1, 3)
    u[:] = (x + u) @ turn.T + shift - x
    poses = equilibrium.poses
    equilibrium.poses = Poses(poses.position_mm @ turn.T + shift, turn @ poses.rotation)
    # Attached nodes must be where their segments put them.
    moved = equilibrium.u.x.array.copy()
    y = r.create_vector()
    equilibrium.write_unknowns(y)
    equilibrium.read_unknowns(y, equilibrium.poses)
    np.testing.assert_allclose(equilibrium.u.x.array, moved, atol=1e-10)
    equilibrium.residual(out)
    blocks = len(out.array_r) // 3 - 1
    expected = before[: 3 * blocks].reshape(-1, 3) @ turn.T
    np.testing.assert_allclose(out.array_r[: 3 * blocks].reshape(-1, 3), expected, atol=1e-9)
    assert np.abs(expected).max() > 0.1


def test_reduced_residual_does_the_work_of_nodal_forces() -> None:
    equilibrium = build(COMM, connected=False).equilibrium
    disturb(equilibrium)
    r, out = equilibrium.reduction, equilibrium.reduction.create_vector()
    equilibrium.residual(out)
    nodal = equilibrium.nodal_residual()
    projection = r.create_projection()
    r.update_projection(projection, r.levers(equilibrium.u, equilibrium.poses))
    extended = projection.createVecLeft()
    extended.array_w[:] = np.concatenate([nodal, np.zeros(3 * r.tail_blocks)])
    reduced = projection.createVecRight()
    projection.multTranspose(extended, reduced)
    assert np.abs(nodal).max() > 0.1
    np.testing.assert_allclose(reduced.array_r, out.array_r, atol=1e-10)


@pytest.mark.parametrize("ranks", [1, 2, 3])
def test_assembled_blocks_are_the_triple_products(ranks: int, mpirun: Callable) -> None:
    printed = mpirun(ranks, "-m", "tests.helpers.product_ranks").stdout.splitlines()[-1]
    assert float(printed) < 1e-13


def test_motion_is_tangent_to_the_projection() -> None:
    """``P`` is the derivative of the displacement by the unknowns."""
    equilibrium = build(COMM, connected=False).equilibrium
    disturb(equilibrium)
    r = equilibrium.reduction
    y = r.create_vector()
    base = equilibrium.poses
    equilibrium.write_unknowns(y)
    projection = r.create_projection()
    r.update_projection(projection, r.levers(equilibrium.u, base))
    centre, step = y.array_r.copy(), direction(equilibrium, 1.0, 0.5)
    moved = []
    for sign in (1, -1):
        y.array_w[:] = centre + sign * 1e-4 * step
        equilibrium.read_unknowns(y, base)
        moved.append(equilibrium.u.x.array.copy())
    y.array_w[:] = step
    predicted = (projection * y).array_r[: 3 * r.owned]
    difference = (moved[0] - moved[1])[: 3 * r.owned] / 2e-4
    np.testing.assert_allclose(difference, predicted, atol=1e-7)
