# SPDX-License-Identifier: MIT
"""The linear step of Newton's method with bordered scalars, kept within what cells bear.

The scalars that close an equilibrium are solved for with it. The preconditioner eliminates them by
their Schur complement, with what a tangent of the same solve answered to them: of another tangent,
it costs an iteration at the most. The step is then capped and shortened: a soft tetrahedron inverts
long before a bone has moved far.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from mpi4py import MPI
from numpy.typing import NDArray
from petsc4py import PETSc

from simulator.equilibrium import Equilibrium
from simulator.linear import LinearSolver, SolveReport
from simulator.reduction import EXTRA_SCALARS, Reduction
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
RESPONSE = 1e-2
"""Share of a scalar's column that its response leaves where it serves the preconditioner."""


class Border:
    """Rows and columns of the scalars around a tangent, and their elimination; collective.

    Args:
        reduction: Layout of ``y``.
    """

    def __init__(self, reduction: Reduction):
        self._reduction = reduction
        self._free = 3 * len(reduction.free)
        self._count = 6 * len(reduction.segments)
        self._closure: ClosureState | None = None
        self._responses = [reduction.create_vector() for _ in range(EXTRA_SCALARS)]
        self._schur: Array = np.eye(EXTRA_SCALARS)
        self._coupled: NDArray[np.intp] = np.zeros(0, dtype=np.intp)

    def set(self, closure: ClosureState) -> None:
        """Take rows and columns; responses stay those of before."""
        self._closure = closure
        self._coupled = np.flatnonzero(np.any(closure.columns != 0.0, axis=0))

    def respond(self, solve: Callable[[PETSc.Vec, PETSc.Vec], None]) -> None:
        """Find what segments and tissue answer to each scalar.

        Args:
            solve: Solves with the tangent, right-hand side first.
        """
        assert self._closure is not None
        rhs = self._reduction.create_vector()
        for j in self._coupled:
            # Every rank asks for the array: norms are kept until it does.
            tail = rhs.array_w[self._free : self._free + self._count]
            tail[:] = self._closure.columns[: len(tail), j]
            solve(rhs, self._responses[j])
        rhs.destroy()

    def eliminate(self) -> None:
        """Prepare to close the rows with the present responses."""
        closure = self._closure
        assert closure is not None
        response = np.zeros((self._count, EXTRA_SCALARS))
        for j in self._coupled:
            response[:, j] = self._reduction.tail(self._responses[j].array_r)[0].ravel()
        self._schur = closure.extra - closure.rows @ response

    def couple(self, x: Array, out: Array) -> None:
        """Complete a product with the tangent, own values; of a single rank."""
        if self._reduction.comm.rank == 0:
            closure, end = self._closure, self._free + self._count
            assert closure is not None
            segments, scalars = x[self._free : end], x[end:]
            out[self._free : end] += closure.columns @ scalars
            out[end:] = closure.rows @ segments + closure.extra @ scalars

    def close(self, b: PETSc.Vec, x: PETSc.Vec) -> None:
        """Make of ``A^-1 b``, or what is near it, a solution with scalars."""
        r, end = self._reduction, self._free + self._count
        scalars = np.zeros(EXTRA_SCALARS)
        own = x.array_w
        if r.comm.rank == 0:
            assert self._closure is not None
            left = b.array_r[end:] - self._closure.rows @ own[self._free : end]
            try:
                scalars = np.linalg.solve(self._schur, left)
            except np.linalg.LinAlgError:
                # All ranks must hear of it: the solve ends as one that does not converge.
                scalars.fill(np.nan)
        r.comm.Bcast(scalars)
        for j in self._coupled:
            own -= scalars[j] * self._responses[j].array_r
        if r.comm.rank == 0:
            own[end:] = scalars


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
        self._border = Border(equilibrium.reduction)
        self._seen: ClosureState | None = None

    def apply(self, pc: PETSc.PC, b: PETSc.Vec, x: PETSc.Vec) -> None:
        """Write the step for a residual; called by PETSc, collective."""
        assert self.closure is not None
        self.failed = False
        border = self._border
        if self.closure is not self._seen:
            border.set(self.closure)
            if self._seen is None or self.linear.exact:
                border.respond(self._respond)
            border.eliminate()
            self._seen = self.closure
        self._count(self.linear.solve(b, x, self.tolerance, LEFT_N, border=border))
        self._cap(x)
        self._keep_cells_open(x)

    def _respond(self, b: PETSc.Vec, x: PETSc.Vec) -> None:
        self._count(self.linear.solve(b, x, RESPONSE))

    def _count(self, report: SolveReport) -> None:
        self.krylov_iterations += report.iterations
        self.failed |= not report.converged

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

    def _cap(self, x: PETSc.Vec) -> None:
        # Bones may go far: the tibia's reference point does, in a turn that tissue hardly feels.
        nodes = x.array_r[: 3 * len(self.equilibrium.reduction.free)]
        largest = float(np.abs(nodes).max(initial=0.0))
        largest = self.equilibrium.comm.allreduce(largest, op=MPI.MAX)
        if largest > self.max_move_mm:
            x.scale(self.max_move_mm / largest)
