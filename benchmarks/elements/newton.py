# SPDX-License-Identifier: MIT
"""Newton's method with counts, and the linear solvers that are compared.

``direct``
    MUMPS on all unknowns, pressures included.
``multigrid``
    What a user of the project gets: GMRES with p-multigrid, options of ``simulator.linear``. A
    discontinuous pressure is condensed cell by cell first, which leaves a matrix of the same
    pattern. With a continuous pressure FGMRES with an upper block triangle: the same multigrid
    cycle for displacements and MUMPS on ``compliance - mass / shear modulus`` for the pressure.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

import dolfinx
import numpy as np
import ufl
from dolfinx.fem import petsc as fem_petsc
from numpy.typing import NDArray
from petsc4py import PETSc

from benchmarks.elements.formulations import Discretisation
from simulator import compat
from simulator.linear import DIRECT, ITERATIVE

Array = NDArray[np.float64]
KRYLOV_TOLERANCE = 1e-5
KRYLOV_LIMIT = 400
NEWTON_TOLERANCE = 1e-7
LIMIT = 15
BYTES_AN_ENTRY = 12
"""Value and column number of a matrix entry."""


@dataclass
class Problem:
    """Discretisation, what is prescribed, and the dead load.

    Attributes:
        fixed: Dofs of u that are prescribed.
        target: Displacement at full load; entries of fixed dofs are read (mm).
        load: Nodal forces at full load (N).
    """

    space: Discretisation
    fixed: NDArray[np.int32]
    target: Array
    load: Array


@dataclass
class Counts:
    """Work of all solves of a problem."""

    newton: int = 0
    krylov: int = 0
    rejected: int = 0
    cpu_s: float = 0.0
    memory_mb: float = 0.0
    norms: list[float] = field(default_factory=list)


class NoBalance(RuntimeError):
    """Newton's method failed on the smallest part of the load, or a linear solver failed."""


def march(problem: Problem, solver: str, parts: int) -> Counts:
    """Bring the whole load on, in ``parts`` or, where Newton's method fails, in halves of them."""
    counts, space = Counts(), problem.space
    linear = Linear(problem, solver, counts)
    begin = time.process_time()
    done, step = 0.0, 1.0 / parts
    unknowns = [space.u] if space.p is None else [space.u, space.p]
    while done < 1.0 - 1e-12:
        accepted = [function.x.array.copy() for function in unknowns]
        if _newton(problem, linear, min(1.0, done + step), counts):
            done += step
            continue
        for function, values in zip(unknowns, accepted, strict=True):
            function.x.array[:] = values
        counts.rejected += 1
        step *= 0.5
        if step < 0.02 / parts:
            raise NoBalance(f"beyond {done:.3f} of the load")
    counts.cpu_s = time.process_time() - begin
    return counts


def _newton(problem: Problem, linear: Linear, part: float, counts: Counts) -> bool:
    space = problem.space
    free = np.ones(space.u.x.array.size, dtype=bool)
    free[problem.fixed] = False
    counts.norms = []
    for iteration in range(LIMIT + 1):
        forces = sum(_assembled(form) for form in space.residuals) - part * problem.load
        volume = np.zeros(0) if space.p is None else _assembled(space.constraint)
        lift = np.zeros(forces.size)
        lift[problem.fixed] = (part * problem.target - space.u.x.array)[problem.fixed]
        reference = np.linalg.norm(forces[~free]) + np.linalg.norm(part * problem.load)
        error = float(np.linalg.norm(forces[free]) / reference) if reference else np.inf
        if volume.size:
            error = max(error, float(np.linalg.norm(volume) / linear.volume_norm))
        counts.norms.append(error)
        if iteration and not np.isfinite(error):
            return False
        if iteration and error < NEWTON_TOLERANCE and np.abs(lift).max() < 1e-9:
            return True
        if iteration > 2 and error > 1e3:
            return False
        if iteration < LIMIT:
            linear.step(forces, volume, lift)
            counts.newton += 1
    return False


class Linear:
    """Assembles the tangent of a problem and solves for one Newton step."""

    def __init__(self, problem: Problem, solver: str, counts: Counts):
        self.problem, self.solver, self.counts = problem, solver, counts
        self.volume_norm = 1.0
        space = problem.space
        if space.p is not None:
            dx = ufl.Measure("dx", space.mesh, metadata={"quadrature_degree": 2})
            ones = dolfinx.fem.form(
                compat.constant(space.mesh, 1.0) * ufl.TestFunction(space.p.function_space) * dx
            )
            self.volume_norm = float(np.linalg.norm(_assembled(ones)))
        self._prolongation: PETSc.Mat | None = None
        if solver == "multigrid":
            self._prepare_levels()

    def _prepare_levels(self) -> None:
        fine = self.problem.space.u.function_space
        coarse = compat.vector_space(fine.mesh, 1)
        p = fem_petsc.interpolation_matrix(coarse, fine)
        p.assemble()
        # A vertex is prescribed below where it is above.
        mark = np.zeros(fine.dofmap.index_map.size_global * 3, dtype=bool)
        mark[self.problem.fixed] = True
        nodes = np.zeros(coarse.dofmap.index_map.size_global, dtype=np.int64)
        nodes[coarse.dofmap.list.ravel()] = fine.dofmap.list[:, :4].ravel()
        self._coarse_fixed = np.flatnonzero(mark.reshape(-1, 3)[nodes].ravel()).astype(np.int32)
        p.zeroRows(self.problem.fixed, 0.0)
        free = np.ones(len(nodes) * 3)
        free[self._coarse_fixed] = 0.0
        p.diagonalScale(None, _vector(free))
        self._prolongation = p

    def step(self, forces: Array, volume: Array, lift: Array) -> None:
        """Add one Newton step to the unknowns."""
        space, fixed = self.problem.space, self.problem.fixed
        stiffness = _matrix(space.tangents[0])
        for form in space.tangents[1:]:
            added = _matrix(form)
            stiffness.axpy(1.0, added, PETSc.Mat.Structure.SAME_NONZERO_PATTERN)
            added.destroy()
        right = -forces - _times(stiffness, lift)
        right[fixed] = lift[fixed]
        owned = [stiffness]
        if space.p is None:
            stiffness.zeroRowsColumns(fixed, 1.0)
            du = self._displacements(stiffness, right)
            space.u.x.array[:] += du
        else:
            coupling, compliance = _matrix(space.coupling), _matrix(space.compliance)
            below = -volume - _times(coupling.copy().transpose(), lift)
            stiffness.zeroRowsColumns(fixed, 1.0)
            coupling.zeroRows(fixed, 0.0)
            owned += [coupling, compliance]
            if self.solver == "multigrid" and space.element.pressure == 0:
                du, dp = self._condensed(stiffness, coupling, compliance, right, below)
            else:
                du, dp = self._both(stiffness, coupling, compliance, right, below)
            space.u.x.array[:] += du
            space.p.x.array[:] += dp
        for matrix in owned:
            matrix.destroy()

    def _displacements(self, stiffness: PETSc.Mat, right: Array) -> Array:
        if self.solver == "direct":
            return self._factorised(stiffness, right)
        cycle = self._multigrid(stiffness)
        self._count(stiffness)
        values = self._krylov(cycle, right)
        self._end(cycle)
        return values

    def _condensed(
        self,
        stiffness: PETSc.Mat,
        coupling: PETSc.Mat,
        compliance: PETSc.Mat,
        right: Array,
        below: Array,
    ) -> tuple[Array, Array]:
        """Eliminate one pressure a cell: its compliance is a number."""
        inverse = 1.0 / compliance.getDiagonal().array_r
        scaled = coupling.copy()
        scaled.diagonalScale(None, _vector(inverse))
        product = scaled.matTransposeMult(coupling)
        stiffness.axpy(-1.0, product, PETSc.Mat.Structure.DIFFERENT_NONZERO_PATTERN)
        du = self._displacements(stiffness, right - _times(scaled, below))
        dp = inverse * (below - _times(coupling.copy().transpose(), du))
        for item in (scaled, product):
            item.destroy()
        return du, dp

    def _both(
        self,
        stiffness: PETSc.Mat,
        coupling: PETSc.Mat,
        compliance: PETSc.Mat,
        right: Array,
        below: Array,
    ) -> tuple[Array, Array]:
        turned = coupling.copy().transpose()
        blocks = PETSc.Mat().createNest(
            [[stiffness, coupling], [turned, compliance]], comm=stiffness.comm
        )
        size, both = right.size, np.concatenate([right, below])
        if self.solver == "direct":
            whole = blocks.convert("aij", PETSc.Mat())
            values = self._factorised(whole, both)
            whole.destroy()
        else:
            cycle = self._multigrid(stiffness)
            mass = _matrix(self.problem.space.mass)
            schur = compliance.copy()
            schur.axpy(-1.0, mass, PETSc.Mat.Structure.DIFFERENT_NONZERO_PATTERN)
            lower = _solver(schur, DIRECT)
            outer = PETSc.KSP().create(PETSc.COMM_SELF)
            outer.setType("fgmres")
            outer.setGMRESRestart(100)
            outer.setTolerances(rtol=KRYLOV_TOLERANCE, max_it=KRYLOV_LIMIT)
            outer.setOperators(blocks)
            outer.getPC().setType("python")
            outer.getPC().setPythonContext(UpperTriangle(cycle.getPC(), coupling, lower, size))
            for matrix in (stiffness, coupling, turned):
                self._count(matrix)
            values = self._krylov(outer, both)
            for item in (outer, lower, schur, mass):
                item.destroy()
            self._end(cycle)
        for item in (blocks, turned):
            item.destroy()
        return values[:size], values[size:]

    def _multigrid(self, stiffness: PETSc.Mat) -> PETSc.KSP:
        p = self._prolongation
        assert p is not None
        coarse = stiffness.ptap(p)
        coarse.zeroRowsColumns(self._coarse_fixed, 1.0)
        fine = stiffness.convert("baij", PETSc.Mat())
        ksp = PETSc.KSP().create(PETSc.COMM_SELF)
        ksp.setOptionsPrefix("elements_")
        options = PETSc.Options()
        for key, value in ITERATIVE.items():
            options["elements_" + key] = value
        ksp.setOperators(fine)
        pc = ksp.getPC()
        pc.setType("mg")
        pc.setMGLevels(2)
        pc.setMGInterpolation(1, p)
        pc.getMGSmoother(1).setOperators(fine, fine)
        pc.getMGCoarseSolve().setOperators(coarse)
        ksp.setFromOptions()
        ksp.setTolerances(rtol=KRYLOV_TOLERANCE, max_it=KRYLOV_LIMIT)
        ksp.setUp()
        for key in ITERATIVE:
            options.delValue("elements_" + key)
        self._levels = (fine, coarse)
        self._peak_base = (
            (fine.getInfo()["nz_used"] + coarse.getInfo()["nz_used"]) * BYTES_AN_ENTRY / 1e6
        )
        self._peak_base += _factor_mb(pc.getMGCoarseSolve())
        return ksp

    def _end(self, cycle: PETSc.KSP) -> None:
        for item in (cycle, *self._levels):
            item.destroy()

    def _count(self, matrix: PETSc.Mat) -> None:
        self._peak_base += matrix.getInfo()["nz_used"] * BYTES_AN_ENTRY / 1e6
        self.counts.memory_mb = max(self.counts.memory_mb, self._peak_base)

    def _krylov(self, ksp: PETSc.KSP, right: Array) -> Array:
        b = _vector(right)
        x = b.duplicate()
        ksp.solve(b, x)
        self.counts.krylov += ksp.getIterationNumber()
        if ksp.getConvergedReason() <= 0:
            raise NoBalance(
                f"Krylov method: no convergence in {ksp.getIterationNumber()} iterations"
            )
        return x.array_r.copy()

    def _factorised(self, matrix: PETSc.Mat, right: Array) -> Array:
        ksp = _solver(matrix, DIRECT)
        b = _vector(right)
        x = b.duplicate()
        ksp.solve(b, x)
        used = matrix.getInfo()["nz_used"] * BYTES_AN_ENTRY / 1e6 + _factor_mb(ksp)
        self.counts.memory_mb = max(self.counts.memory_mb, used)
        values = x.array_r.copy()
        ksp.destroy()
        return values


class UpperTriangle:
    """Preconditioner: pressure first, then one multigrid cycle for displacements."""

    def __init__(self, cycle: PETSc.PC, coupling: PETSc.Mat, lower: PETSc.KSP, size: int):
        self.cycle, self.coupling, self.lower, self.size = cycle, coupling, lower, size

    def apply(self, pc: PETSc.PC, x: PETSc.Vec, y: PETSc.Vec) -> None:
        """One application."""
        del pc
        values = x.array_r
        below = _vector(values[self.size :])
        dp = below.duplicate()
        self.lower.solve(below, dp)
        above = _vector(values[: self.size])
        above.axpy(-1.0, self.coupling * dp)
        du = above.duplicate()
        self.cycle.apply(above, du)
        y.array_w[:] = np.concatenate([du.array_r, dp.array_r])


def _solver(matrix: PETSc.Mat, preset: dict[str, object]) -> PETSc.KSP:
    ksp = PETSc.KSP().create(PETSc.COMM_SELF)
    ksp.setOptionsPrefix("elements_lu_")
    options = PETSc.Options()
    for key, value in preset.items():
        options["elements_lu_" + key] = value
    ksp.setOperators(matrix)
    ksp.setFromOptions()
    ksp.setUp()
    for key in preset:
        options.delValue("elements_lu_" + key)
    return ksp


def _factor_mb(ksp: PETSc.KSP) -> float:
    """Memory that MUMPS took for a factorisation."""
    return float(ksp.getPC().getFactorMatrix().getMumpsInfog(22))


def _matrix(form: Any) -> PETSc.Mat:
    matrix = fem_petsc.assemble_matrix(form)
    matrix.assemble()
    # Rows of prescribed dofs are replaced, not removed.
    matrix.setOption(PETSc.Mat.Option.KEEP_NONZERO_PATTERN, True)
    return matrix


def _assembled(form: Any) -> Array:
    vector = fem_petsc.assemble_vector(form)
    values = vector.array_r.copy()
    vector.destroy()
    return values


def _vector(values: Array) -> PETSc.Vec:
    return PETSc.Vec().createWithArray(np.array(values), comm=PETSc.COMM_SELF)


def _times(matrix: PETSc.Mat, values: Array) -> Array:
    return (matrix * _vector(values)).array_r.copy()
