# SPDX-License-Identifier: MIT
"""The linear step of Newton's method with bordered scalars, kept within what cells bear.

The scalars that close an equilibrium are eliminated by their Schur complement, with one
preconditioner for all right-hand sides. The step is then capped and shortened: a soft tetrahedron
inverts long before a bone has moved far.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from mpi4py import MPI
from numpy.typing import NDArray
from petsc4py import PETSc

from simulator.equilibrium import Equilibrium
from simulator.linear import LinearSolver
from simulator.reduction import EXTRA_SCALARS
from simulator.segments import Poses
from simulator.terms import ClosureState

Array = NDArray[Any]

KEPT_VOLUME = 0.3
"""Share of the least volume ratio that one iteration must leave."""
MAX_HALVINGS = 6
LEFT_N = 0.1
"""What a linear solve leaves of the residual at the most: the first of a step begins at a million
newtons, of a prescribed turn, and would leave a hundred in the tissue."""
TIGHTEST = 1e-4
"""What a linear solve leaves of its right-hand side at the least."""
COARSEST = 0.1
"""Share of a closing scalar's column that its response may leave at the most."""


class BorderedStep:
    """Solves ``[A B; C D] [d; s] = [r; c]`` with one preconditioner for ``A``."""

    def __init__(self, equilibrium: Equilibrium, linear: LinearSolver, max_move_mm: float):
        self.equilibrium = equilibrium
        self.linear = linear
        self.max_move_mm = max_move_mm
        self.krylov_iterations = 0
        self.tolerance = TIGHTEST
        self.failed = False
        self.closure: ClosureState | None = None
        self.iterate: Callable[[], tuple[PETSc.Vec, Poses]] | None = None
        self._responses: list[PETSc.Vec] = []
        self._rhs: PETSc.Vec | None = None

    def apply(self, pc: PETSc.PC, b: PETSc.Vec, x: PETSc.Vec) -> None:
        """Write the step for a residual; called by PETSc, collective."""
        r = self.equilibrium.reduction
        closure = self.closure
        assert closure is not None
        self.failed = False
        first = self._rhs is None
        if self._rhs is None:
            self._rhs = b.duplicate()
            self._responses = [b.duplicate() for _ in range(EXTRA_SCALARS)]
            for vector in self._responses:
                vector.zeroEntries()
        free = 3 * len(r.free)
        n = 6 * len(r.segments)
        _, c = r.tail(b.array_r)
        rhs = self._rhs
        b.copy(rhs)
        # Every rank asks for the array, also where it writes nothing: norms are kept until it does.
        rhs.array_w[free + n :] = 0.0
        left_n = min(self.tolerance * rhs.norm(), LEFT_N)
        self._solve(rhs, x, self.tolerance, leave_n=LEFT_N)
        coupled = np.flatnonzero(np.any(closure.columns != 0.0, axis=0))
        step = r.tail(x.array_r)[0].ravel()
        # From one iteration to the next the responses change little.
        expected = None if first else self._scalars(c, step, coupled)
        for j in coupled:
            rhs.zeroEntries()
            rhs.array_w[free : free + n] = closure.columns[: rhs.local_size - free, j]
            tolerance = self.tolerance
            if expected is not None:
                # What a response lacks counts times its scalar.
                tolerance = left_n / max(abs(expected[j]) * rhs.norm(), left_n / COARSEST)
            self._solve(rhs, self._responses[j], max(tolerance, TIGHTEST), from_x=True)
        scalars = self._scalars(c, step, coupled)
        for j in coupled:
            x.axpy(-scalars[j], self._responses[j])
        x.array_w[free + n :] = scalars[: max(x.local_size - free - n, 0)]
        self._cap(x)
        self._keep_cells_open(x)

    def _scalars(self, c: Array, step: Array, coupled: NDArray[np.intp]) -> Array:
        """Scalars (m,) that close with the present responses; collective.

        Args:
            c: Residual of the closing rows, shape (m,).
            step: Segments' part of the step without scalars, shape (6 n,).
            coupled: Scalars that anything depends on; of the others none has a response.
        """
        closure, r = self.closure, self.equilibrium.reduction
        assert closure is not None
        response = np.zeros((len(step), EXTRA_SCALARS))
        for j in coupled:
            response[:, j] = r.tail(self._responses[j].array_r)[0].ravel()
        schur = closure.extra - closure.rows @ response
        return np.linalg.solve(schur, c - closure.rows @ step)

    def _keep_cells_open(self, x: PETSc.Vec) -> None:
        """Shorten the step until no cell loses most of its volume in it; collective."""
        if self.iterate is None:
            return
        present, base = self.iterate()
        solid = self.equilibrium.solid
        floor = KEPT_VOLUME * max(solid.least_volume_ratio(), 0.0)
        trial = present.duplicate()
        for _ in range(MAX_HALVINGS):
            trial.waxpy(-1.0, x, present)
            self.equilibrium.read_unknowns(trial, base)
            if solid.least_volume_ratio() > floor:
                break
            x.scale(0.5)
        trial.destroy()

    def _solve(
        self,
        b: PETSc.Vec,
        x: PETSc.Vec,
        tolerance: float,
        leave_n: float = np.inf,
        from_x: bool = False,
    ) -> None:
        report = self.linear.solve(b, x, tolerance, leave_n, from_x)
        self.krylov_iterations += report.iterations
        self.failed |= not report.converged

    def _cap(self, x: PETSc.Vec) -> None:
        # Bones may go far: the tibia's reference point does, in a turn that tissue hardly feels.
        nodes = x.array_r[: 3 * len(self.equilibrium.reduction.free)]
        largest = float(np.abs(nodes).max(initial=0.0))
        largest = self.equilibrium.comm.allreduce(largest, op=MPI.MAX)
        if largest > self.max_move_mm:
            x.scale(self.max_move_mm / largest)
