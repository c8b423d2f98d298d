# SPDX-License-Identifier: MIT
"""Factors in single precision: as good a preconditioner as those in double, stiff drives or not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from mpi4py import MPI
from petsc4py import PETSc

from simulator.coarse_factor import CoarseFactor
from simulator.compiled.library import factors
from simulator.connectors import Connectors
from simulator.linear import LinearSolver
from tests.helpers.segment_block import BANDS, JOINTS, SEGMENTS, Block, build, disturb

COMM = MPI.COMM_SELF
pytestmark = pytest.mark.skipif(factors(COMM) is None, reason="no MUMPS of single precision")


def _block(stiffness: float = 0.0) -> Block:
    """A disturbed block, its joints as stiff as asked (N/mm)."""
    block = build(COMM)
    equilibrium = block.equilibrium
    if stiffness > 0.0:
        joints = [replace(joint, translation_n_per_mm=stiffness) for joint in JOINTS]
        equilibrium.connectors = Connectors(SEGMENTS, joints, BANDS)
    disturb(equilibrium)
    equilibrium.refresh_pattern()
    return block


def _prepared(block: Block) -> tuple[LinearSolver, PETSc.Mat, PETSc.Mat]:
    """A solver that is set up; the tangent and that of the linear elements."""
    solver, equilibrium = block.solver("iterative"), block.equilibrium
    tangent, _ = equilibrium.tangent(coarse=solver.coarse_reduction)
    solver.prepare(tangent, equilibrium.u, equilibrium.poses)
    return solver, tangent.matrix, tangent.coarse_matrix


def _factor(solver: LinearSolver) -> CoarseFactor:
    assert solver._levels is not None
    factor = solver._levels.coarse.getPC().getPythonContext()
    assert isinstance(factor, CoarseFactor)
    return factor


@pytest.mark.parametrize("stiffness", [0.0, 1e9])
def test_factors_are_those_of_the_linear_elements(stiffness: float) -> None:
    """Rounding of a joint of 1e9 N/mm would leave 60 N a millimetre, more than tissue bears."""
    solver, _, matrix = _prepared(_block(stiffness))
    expected = matrix.createVecRight()
    expected.array_w[:] = np.sin(np.arange(expected.getLocalSize()))
    b, found = matrix * expected, expected.duplicate()
    _factor(solver).apply(None, b, found)
    np.testing.assert_allclose(found.array_r, expected.array_r, atol=2e-3)


@pytest.mark.parametrize("stiffness", [0.0, 1e9])
def test_a_solve_takes_as_many_iterations_as_in_double_precision(
    stiffness: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = []
    for single in (True, False):
        if not single:
            monkeypatch.setattr("simulator.linear.factors", lambda comm: None)
        solver, matrix, _ = _prepared(_block(stiffness))
        b, x = matrix.createVecs()
        b.array_w[:] = np.sin(np.arange(b.getLocalSize()))
        found.append(solver.solve(b, x, 1e-6).iterations)
    assert found[0] == found[1]


def test_values_are_renewed_and_more_room_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    """MUMPS' word for too little room leads to another try, any other to none."""
    solver, _, matrix = _prepared(_block())
    factor = _factor(solver)
    told, rooms = iter([-9, -9, 0]), []
    renew = factor._lib.factor_renew

    class Library:
        factor_solve, factor_close = factor._lib.factor_solve, factor._lib.factor_close

        def factor_renew(self, handle: object, values: object, room: int) -> int:
            rooms.append(room)
            code = next(told)
            return renew(handle, values, room) if code == 0 else code

    monkeypatch.setattr(factor, "_lib", Library())
    b, first, second = matrix.createVecRight(), matrix.createVecRight(), matrix.createVecRight()
    b.set(1.0)
    factor.apply(None, b, first)
    factor._rows.blocks[:] *= 2.0
    factor.setUp(None)
    factor.apply(None, b, second)
    assert rooms == [25, 60, 150]
    np.testing.assert_allclose(second.array_r, 0.5 * first.array_r, rtol=1e-3)


def test_factors_that_cannot_be_made_end_the_solve(monkeypatch: pytest.MonkeyPatch) -> None:
    """As one that does not converge, so that the step is cut."""
    solver, matrix, _ = _prepared(_block())
    factor = _factor(solver)

    class Library:
        factor_close = factor._lib.factor_close

        def factor_renew(self, *_: object) -> int:
            return -10

    monkeypatch.setattr(factor, "_lib", Library())
    factor.setUp(None)
    b, x = matrix.createVecs()
    b.set(1.0)
    assert not solver.solve(b, x).converged


def test_memory_is_given_back_once(monkeypatch: pytest.MonkeyPatch) -> None:
    solver, _, _ = _prepared(_block())
    factor, closed = _factor(solver), []
    close = factor._lib.factor_close

    class Library:
        def factor_close(self, handle: object) -> None:
            closed.append(handle)
            close(handle)

    monkeypatch.setattr(factor, "_lib", Library())
    solver._forget()
    factor.destroy(None)
    assert len(closed) == 1
