# SPDX-License-Identifier: MIT
"""Linear solvers of the reduced tangent, named and explained.

Chosen by size where the user does not:

``direct``
    MUMPS LU of the whole tangent. No parameter to get wrong, and the check of the
    other; memory and time grow like n^1.3 and n^2 in three dimensions, so it is for
    small systems.
``iterative``
    Flexible GMRES with two-level p-multigrid. Coarse level first: linear elements by the
    Galerkin product, whose prolongation carries the segments' columns, so that rigid motion
    of a bone with its tissue is represented exactly; factorised by MUMPS in single precision
    (in double where that is not to be had). Then four Chebyshev
    steps with 3 x 3 Jacobi on the quadratic elements, which need nothing but products with
    the matrix; smoothing before the coarse level costs as many products for fewer iterations
    saved. All products are with the matrix in single precision. GMRES because friction makes
    the tangent unsymmetric and symmetrising it costs Newton its convergence. Smoothing alone
    cannot see the soft modes, and algebraic coarsening of quadratic elements is worse at the
    incompressible end: hence p first. Sources: Adams et al. 2003 (polynomial smoothers),
    docs/decisions/solver.md and docs/performance.md for the measurements.
``iterative_large``
    The same with one cycle of smoothed aggregation (GAMG) in place of the
    factorisation, whose memory grows faster than the mesh. It aggregates rigid
    motions, those of tissue and segments together; SOR smooths there because
    Jacobi costs twice the iterations. One to six iterations more than MUMPS on small meshes,
    twice as many on fine ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import dolfinx
import numpy as np
from numpy.typing import NDArray
from petsc4py import PETSc

from simulator.assembly.narrow import NarrowMatrix
from simulator.coarse_factor import CoarseFactor
from simulator.coarse_space import CoarseSpace
from simulator.compiled.library import factors
from simulator.reduction import Reduction
from simulator.segments import Poses
from simulator.tangent import ReducedTangent

DIRECT_LIMIT_DOFS = 8000
"""Size up to which ``auto`` means ``direct``."""
COARSE_FACTOR_LIMIT_DOFS = 200_000
"""Size of the linear elements from which ``iterative`` means ``iterative_large``."""
DOUBLE_FACTOR_LIMIT_DOFS = 60_000
"""The same where MUMPS of single precision is not to be had."""

RELATIVE_TOLERANCE = 1e-4
"""Share of the right-hand side that a solve leaves where its caller does not say."""

DIRECT: dict[str, object] = {
    "ksp_type": "preonly",
    "pc_type": "lu",
    "pc_factor_mat_solver_type": "mumps",
    "mat_mumps_icntl_14": 60,
}
ITERATIVE: dict[str, object] = {
    "ksp_type": "fgmres",
    "ksp_gmres_restart": 100,
    "ksp_max_it": 200,
    "coarse_ksp_type": "preonly",
    "coarse_pc_type": "lu",
    "coarse_pc_factor_mat_solver_type": "mumps",
    "coarse_mat_mumps_icntl_7": 5,
    "coarse_mat_mumps_icntl_8": 0,  # scaling costs an eighth of a factorisation, and gains nothing
    "coarse_mat_mumps_icntl_14": 60,
}
ITERATIVE_LARGE: dict[str, object] = {
    **{k: v for k, v in ITERATIVE.items() if not k.startswith("coarse_")},
    "coarse_ksp_type": "preonly",
    "coarse_pc_type": "gamg",
    "coarse_mg_levels_ksp_type": "chebyshev",
    "coarse_mg_levels_ksp_max_it": 2,
    "coarse_mg_levels_pc_type": "sor",
}
SLOW = 20
"""Iterations of a solve after which linear elements are factorised anew in any case."""
SMOOTHING_STEPS = 4
SMOOTHED = (0.05, 1.18)
"""Interval that is smoothed, as shares of what power iterations find of the largest eigenvalue."""
PRESETS: Mapping[str, Mapping[str, object]] = {
    "direct": DIRECT,
    "iterative": ITERATIVE,
    "iterative_large": ITERATIVE_LARGE,
}

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class SolveReport:
    """Iterations of one linear solve and whether it reached its tolerance."""

    iterations: int
    converged: bool


class Bordering(Protocol):
    """Scalars with rows and columns around a matrix; see ``simulator.bordered.Border``."""

    def couple(self, x: Array, out: Array) -> None:
        """Complete a product with the matrix."""
        ...

    def close(self, b: PETSc.Vec, x: PETSc.Vec) -> None:
        """Complete a solution with the matrix; collective."""
        ...


class TwoLevel:
    """Preconditioner and matrix of PETSc's solver: coarse level, then smoothing.

    Attributes:
        narrow: Present tangent in single precision.
        prolongation: Of the linear elements.
        coarse: Solver of their matrix.
    """

    def __init__(self, narrow: NarrowMatrix, prolongation: PETSc.Mat, coarse: PETSc.KSP):
        self.narrow = narrow
        self.prolongation = prolongation
        self.coarse = coarse
        self._right, self._left = prolongation.createVecs()
        self._correction = self._right.duplicate()
        self.border: Bordering | None = None

    def apply(self, pc: PETSc.PC, b: PETSc.Vec, x: PETSc.Vec) -> None:
        """Write what is near ``A^-1 b``; called by PETSc, collective."""
        self.prolongation.multTranspose(b, self._right)
        self.coarse.solve(self._right, self._correction)
        self.prolongation.mult(self._correction, self._left)
        smoothed = self.narrow.smooth(b.array_r, self._left.array_r, SMOOTHING_STEPS, *SMOOTHED)
        x.array_w[:] = smoothed
        if self.border is not None:
            self.border.close(b, x)

    def mult(self, matrix: PETSc.Mat, x: PETSc.Vec, y: PETSc.Vec) -> None:
        """Write ``A x``; called by PETSc, collective."""
        out = y.array_w
        self.narrow.multiply(x.array_r, out)
        if self.border is not None:
            self.border.couple(x.array_r, out)


class LinearSolver:
    """A KSP for one tangent object, renewed when the object changes."""

    _count = 0

    def __init__(self, preset: str, coarse: CoarseSpace | None = None):
        if preset not in PRESETS:
            raise ValueError(f"solver preset {preset!r}; there are {', '.join(PRESETS)}")
        if preset != "direct" and coarse is None:
            raise ValueError(f"the preset {preset} needs a coarse space")
        if preset == "iterative" and coarse is not None:
            size = coarse.coarse.space.dofmap.index_map.size_global * 3
            single = factors(coarse.coarse.comm) is not None
            limit = COARSE_FACTOR_LIMIT_DOFS if single else DOUBLE_FACTOR_LIMIT_DOFS
            preset = "iterative_large" if size > limit else preset
        self.preset = preset
        self.coarse = None if preset == "direct" else coarse
        self._ksp: PETSc.KSP | None = None
        self._tangent: ReducedTangent | None = None
        self._levels: TwoLevel | None = None
        self._begun = True
        self._slow = False
        self._rows_told: PETSc.Mat | None = None
        self._left: list[Any] = []

    @property
    def exact(self) -> bool:
        """Whether a solve leaves nothing but rounding."""
        return self.preset == "direct"

    @property
    def coarse_reduction(self) -> Reduction | None:
        """Linear elements whose matrix the tangent must bring, if any."""
        return None if self.coarse is None else self.coarse.coarse

    def _create(self, tangent: ReducedTangent, prolongation: PETSc.Mat | None) -> None:
        LinearSolver._count += 1
        prefix = f"solespine_{LinearSolver._count}_"
        comm = tangent.comm
        ksp = PETSc.KSP().create(comm)
        ksp.setOptionsPrefix(prefix)
        options = PETSc.Options()
        preset = PRESETS[self.preset]
        given = [key for key in preset if options.hasName(prefix + key)]
        for key, value in preset.items():
            if key not in given:
                options[prefix + key] = value
        self._left = [ksp]
        if prolongation is None:
            ksp.setOperators(tangent.matrix)
        else:
            assert tangent.narrow is not None
            inner = PETSc.KSP().create(comm)
            inner.setOptionsPrefix(prefix + "coarse_")
            self._left.append(inner)
            if self.preset == "iterative" and factors(comm) is not None:
                self._factorise_narrow(tangent, inner)
            else:
                inner.setOperators(tangent.coarse_matrix)
                inner.setFromOptions()
            self._levels = TwoLevel(tangent.narrow, prolongation, inner)
            size = (3 * tangent.reduction.y_blocks, None)
            shell = PETSc.Mat().createPython((size, size), self._levels, comm)
            shell.setUp()
            ksp.setOperators(shell)
            ksp.getPC().setType("python")
            ksp.getPC().setPythonContext(self._levels)
            self._left.append(shell)
        ksp.setFromOptions()
        self._ksp = ksp
        # The solver of the coarse level reads what is inside of it no earlier than here.
        self._set_up()
        for key in preset:
            if key not in given:
                options.delValue(prefix + key)

    def _factorise_narrow(self, tangent: ReducedTangent, inner: PETSc.KSP) -> None:
        """Let a solver of the coarse level be factors in single precision; collective."""
        assert tangent.coarse_reduction is not None
        r = tangent.coarse_reduction
        # Factors read the tangent's own rows; PETSc's matrix but tells whether they are new.
        self._rows_told = PETSc.Mat().create(tangent.comm)
        self._rows_told.setSizes(((3 * r.y_blocks, None), (3 * r.y_blocks, None)))
        self._rows_told.setType("shell")
        self._rows_told.setUp()
        self._left.append(self._rows_told)
        inner.setOperators(self._rows_told)
        inner.setType("preonly")
        inner.getPC().setType("python")
        factor = CoarseFactor(tangent.coarse_rows, r.y_blocks, r.tail_blocks)
        inner.getPC().setPythonContext(factor)

    def _set_up(self) -> None:
        assert self._ksp is not None
        if self._levels is not None:
            self._levels.coarse.setUp()
        self._ksp.setUp()

    @property
    def keeps_coarse(self) -> bool:
        """Whether what was made of the linear elements is still good: the last solve was short."""
        return not self._slow

    def begin(self) -> None:
        """Tell that a solve of Newton's method begins: what comes depends on nothing before it."""
        self._begun = True

    def prepare(
        self,
        tangent: ReducedTangent,
        u: dolfinx.fem.Function,
        poses: Poses,
        keep_coarse: bool = False,
    ) -> None:
        """Set up the preconditioner for new values of ``tangent``; collective.

        Args:
            tangent: Its values.
            u: Displacement that they are of.
            poses: Poses that they are of.
            keep_coarse: Whether linear elements keep what was made of their last matrix.

        Raises:
            ValueError: The tangent was assembled without this solver's linear elements.
        """
        fresh = tangent is not self._tangent
        if tangent.narrow is not None and (fresh or self._begun):
            tangent.narrow.estimate()
            self._begun = False
        prolongation = None
        if self.coarse is not None:
            if tangent.coarse_reduction is not self.coarse.coarse:
                raise ValueError("the tangent has no matrix of this solver's linear elements")
            prolongation = self.coarse.prolongation(poses)
            if fresh and self.preset == "iterative_large":
                tangent.coarse_matrix.setNearNullSpace(self.coarse.rigid_motions(u, poses))
        if fresh:
            self._forget()
            self._create(tangent, prolongation)
            self._tangent = tangent
            return
        assert self._ksp is not None
        if self._levels is None:
            self._ksp.setOperators(tangent.matrix)
        else:
            inner = self._levels.coarse
            inner.getPC().setReusePreconditioner(keep_coarse)
            if self._rows_told is None:
                inner.setOperators(tangent.coarse_matrix)
            else:
                self._rows_told.stateIncrease()
                inner.setOperators(self._rows_told)
        self._set_up()

    def _forget(self) -> None:
        for left in self._left:
            left.destroy()
        self._ksp, self._levels, self._rows_told, self._left = None, None, None, []

    def solve(
        self,
        b: PETSc.Vec,
        x: PETSc.Vec,
        tolerance: float = RELATIVE_TOLERANCE,
        leave_n: float = np.inf,
        border: Bordering | None = None,
    ) -> SolveReport:
        """Solve for one right-hand side; collective.

        Args:
            b: Right-hand side.
            x: Solution.
            tolerance: Share of the right-hand side's norm that may be left.
            leave_n: Norm that may be left at the most.
            border: Scalars around the tangent, solved for with it.
        """
        ksp = self._ksp
        assert ksp is not None
        if np.isfinite(leave_n):
            tolerance = min(tolerance, leave_n / max(b.norm(), leave_n))
        _, atol, divtol, max_it = ksp.getTolerances()
        ksp.setTolerances(tolerance, atol, divtol, max_it)
        if self._levels is not None:
            self._levels.border = border
        ksp.solve(b, x)
        if self.exact and border is not None:
            border.close(b, x)
        report = SolveReport(ksp.getIterationNumber(), ksp.getConvergedReason() > 0)
        self._slow = report.iterations > SLOW
        return report
