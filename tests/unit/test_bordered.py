# SPDX-License-Identifier: MIT
"""Scalars around the tangent: one Krylov solve finds them with it, whatever their responses are."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from mpi4py import MPI
from petsc4py import PETSc

from simulator.bordered import Border
from simulator.linear import LinearSolver
from simulator.reduction import EXTRA_SCALARS
from simulator.terms import ClosureState
from tests.helpers.segment_block import SEGMENTS, build, disturb

COMM = MPI.COMM_SELF
N = 6 * len(SEGMENTS)


def _closure(seed: int, scale: float = 1.0) -> ClosureState:
    """Two scalars that are coupled both ways, a third that is not."""
    random = np.random.default_rng(seed)
    columns, rows = random.normal(size=(N, EXTRA_SCALARS)), random.normal(size=(EXTRA_SCALARS, N))
    columns[:, 2], rows[2] = 0.0, 0.0
    by_extra = np.diag([0.3, 0.0, 2.0])
    return ClosureState(np.zeros(EXTRA_SCALARS), rows, by_extra, scale * columns)


class _Problem:
    def __init__(self, preset: str):
        block = build(COMM)
        equilibrium = block.equilibrium
        disturb(equilibrium)
        equilibrium.refresh_pattern()
        self.solver: LinearSolver = block.solver(preset)
        tangent, _ = equilibrium.tangent(coarse=self.solver.coarse_reduction)
        self.solver.prepare(tangent, equilibrium.u, equilibrium.poses)
        self.matrix: PETSc.Mat = tangent.matrix
        self.border = Border(equilibrium.reduction)
        self.first = 3 * len(equilibrium.reduction.free)

    def respond(self, tolerance: float) -> None:
        def solve(b: PETSc.Vec, x: PETSc.Vec) -> None:
            assert self.solver.solve(b, x, tolerance).converged

        self.border.respond(solve)

    def product(self, x: np.ndarray, closure: ClosureState) -> np.ndarray:
        """What the matrix with its border makes of a vector."""
        vector = self.matrix.createVecRight()
        vector.array_w[:] = x
        out = np.array((self.matrix * vector).array_r)
        end = self.first + N
        segments, scalars = x[self.first : end], x[end:]
        out[self.first : end] += closure.columns @ scalars
        out[end:] = closure.rows @ segments + closure.extra @ scalars
        return out

    def solved(self, tolerance: float) -> tuple[np.ndarray, np.ndarray, Any]:
        b, x = self.matrix.createVecRight(), self.matrix.createVecRight()
        b.array_w[:] = np.sin(np.arange(b.getLocalSize()))
        report = self.solver.solve(b, x, tolerance, border=self.border)
        return b.array_r.copy(), x.array_r.copy(), report


@pytest.mark.parametrize(("preset", "left"), [("direct", 1e-9), ("iterative", 2e-6)])
def test_rows_and_columns_are_solved_with_the_tangent(preset: str, left: float) -> None:
    problem, closure = _Problem(preset), _closure(1)
    problem.border.set(closure)
    problem.respond(1e-6)
    problem.border.eliminate()
    b, x, report = problem.solved(1e-6)
    assert report.converged
    assert np.linalg.norm(problem.product(x, closure) - b) < left * np.linalg.norm(b)
    assert np.abs(x[-EXTRA_SCALARS:]).min() > 1e-3


def test_responses_of_another_tangent_cost_iterations_and_no_accuracy() -> None:
    problem, closure = _Problem("iterative"), _closure(1)
    problem.border.set(closure)
    problem.respond(1e-6)
    problem.border.eliminate()
    _, _, fresh = problem.solved(1e-6)
    other = _closure(1, 1.3)
    problem.border.set(other)
    problem.border.eliminate()
    b, x, stale = problem.solved(1e-6)
    assert np.linalg.norm(problem.product(x, other) - b) < 2e-6 * np.linalg.norm(b)
    assert fresh.iterations <= stale.iterations <= fresh.iterations + 2 * 2


def test_elimination_saves_the_iterations_of_the_scalars() -> None:
    """With rough responses a solve takes hardly more iterations than one without scalars."""
    problem, closure = _Problem("iterative"), _closure(1)
    b, x = problem.matrix.createVecRight(), problem.matrix.createVecRight()
    b.array_w[:] = np.sin(np.arange(b.getLocalSize()))
    alone = problem.solver.solve(b, x, 1e-4)
    problem.border.set(closure)
    problem.respond(1e-2)
    problem.border.eliminate()
    _, _, report = problem.solved(1e-4)
    assert report.iterations <= alone.iterations + 2
