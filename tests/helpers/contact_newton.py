# SPDX-License-Identifier: MIT
"""A small Newton solver with MUMPS, for tests of contact terms only."""

from __future__ import annotations

from dataclasses import dataclass, field

import dolfinx
import numpy as np
import ufl
from dolfinx.fem import petsc as fem_petsc
from mpi4py import MPI
from numpy.typing import NDArray
from petsc4py import PETSc

from simulator.compat import vector_space
from simulator.contact import ContactIncrement, PairContact, PlaneContact
from simulator.mesh import DistributedMesh, distribute
from tests.helpers.contact_bodies import Tagged

Term = PairContact | PlaneContact
Array = NDArray[np.float64]


@dataclass
class Model:
    """Neo-Hookean bodies by cell tag, contact terms, displacement conditions."""

    domain: DistributedMesh
    space: dolfinx.fem.FunctionSpace
    u: dolfinx.fem.Function
    residual: dolfinx.fem.Form
    tangent: dolfinx.fem.Form
    terms: list[Term] = field(default_factory=list)
    fixed: NDArray[np.int32] = field(default_factory=lambda: np.empty(0, dtype=np.int32))
    target: Array | None = None
    load: Array | None = None
    iterations: list[int] = field(default_factory=list)
    norms: list[float] = field(default_factory=list)
    max_step_mm: float = 2.0

    @property
    def comm(self) -> MPI.Comm:
        return self.space.mesh.comm

    def facets(self, tag: int) -> NDArray[np.int32]:
        """Local facets of a surface."""
        return self.domain.facet_tags.find(tag)

    def dofs(self, tag: int, component: int) -> NDArray[np.int32]:
        """Local scalar dofs of one component on a surface, ghosts included."""
        blocks = dolfinx.fem.locate_dofs_topological(self.space, 2, self.facets(tag))
        return (3 * blocks + component).astype(np.int32)

    def fix(self, dofs: NDArray[np.int32]) -> None:
        """Prescribe scalar dofs; the values are those of ``target`` (zero if none)."""
        self.fixed = np.union1d(self.fixed, dofs).astype(np.int32)


def neo_hookean(tagged: Tagged, moduli: dict[int, tuple[float, float]], comm: MPI.Comm) -> Model:
    """Model with ``moduli`` (E in MPa, nu) for each cell tag."""
    domain = distribute(comm, tagged if comm.rank == 0 else None)
    mesh = domain.mesh
    space = vector_space(mesh, 2)
    u, v = dolfinx.fem.Function(space), ufl.TestFunction(space)
    du = ufl.TrialFunction(space)
    zero = dolfinx.fem.functionspace(mesh, ("DG", 0))
    mu, lam = dolfinx.fem.Function(zero), dolfinx.fem.Function(zero)
    for tag, (modulus, nu) in moduli.items():
        cells = domain.cell_tags.find(tag)
        mu.x.array[cells] = modulus / (2.0 * (1.0 + nu))
        lam.x.array[cells] = modulus * nu / ((1.0 + nu) * (1.0 - 2.0 * nu))
    gradient = ufl.Identity(3) + ufl.grad(u)
    jacobian = ufl.det(gradient)
    energy = (
        mu / 2 * (ufl.tr(gradient.T * gradient) - 3 - 2 * ufl.ln(jacobian))
        + lam / 2 * (jacobian - 1) ** 2
    )
    dx = ufl.Measure("dx", domain=mesh, metadata={"quadrature_degree": 4})
    first = ufl.derivative(energy * dx, u, v)
    return Model(
        domain,
        space,
        u,
        dolfinx.fem.form(first),
        dolfinx.fem.form(ufl.derivative(first, u, du)),
    )


def contact_matrix(like: PETSc.Mat, increments: list[ContactIncrement]) -> PETSc.Mat:
    """Matrix of the tangent blocks alone with the layout of ``like``."""
    matrix = PETSc.Mat().create(like.getComm())
    matrix.setSizes(like.getSizes())
    matrix.setType("aij")
    matrix.setUp()
    for increment in increments:
        for block in increment.tangent:
            matrix.setValuesRCV(
                block.rows.astype(PETSc.IntType),
                block.cols.astype(PETSc.IntType),
                block.values,
                addv=True,
            )
    matrix.assemble()
    return matrix


def contact_vector(like: PETSc.Vec, increments: list[ContactIncrement]) -> PETSc.Vec:
    """Residual of contact alone."""
    vector = PETSc.Vec().createMPI(like.getSizes(), comm=like.getComm())
    for increment in increments:
        vector.setValues(
            increment.dofs.ravel().astype(PETSc.IntType), increment.values.ravel(), addv=True
        )
    vector.assemble()
    return vector


def _owned(model: Model) -> NDArray[np.int32]:
    size = 3 * model.space.dofmap.index_map.size_local
    return model.fixed[model.fixed < size]


def _residual(model: Model, increments: list[ContactIncrement]) -> Array:
    """Internal and contact forces less the load on owned dofs, N."""
    r = fem_petsc.assemble_vector(model.residual)
    r.ghostUpdate(addv=PETSc.InsertMode.ADD, mode=PETSc.ScatterMode.REVERSE)
    contact = contact_vector(r, increments)
    values = r.array_r + contact.array_r
    if model.load is not None:
        values -= model.load[: values.size]
    r.destroy()
    contact.destroy()
    return values


def solve(
    model: Model,
    tolerance: float = 1e-8,
    limit: int = 25,
    scale: float | None = None,
    line_search: bool = True,
) -> int:
    """Newton iterations to equilibrium; raises if they do not converge.

    The residual is relative to the reactions and loads, or to ``scale`` in N. Where a
    full step raises it, the critical point of the work along the step is taken.
    """
    size = 3 * model.space.dofmap.index_map.size_local
    start = 3 * model.space.dofmap.index_map.local_range[0]
    owned = _owned(model)
    u, comm = model.u, model.comm
    target = np.zeros(u.x.array.size) if model.target is None else model.target
    for term in model.terms:
        term.update_candidates(u)
    free = np.ones(size, dtype=bool)
    free[owned] = False
    norms: list[float] = []

    def norm_of(values: Array) -> float:
        return float(np.sqrt(comm.allreduce(values[free] @ values[free])))

    def advance(from_: Array, step: Array, part: float) -> None:
        u.x.array[:size] = from_ - part * step
        u.x.scatter_forward()

    for iteration in range(limit + 1):
        increments = [term.evaluate(u, True) for term in model.terms]
        if comm.allreduce(sum(i.outside_pattern for i in increments)):
            for term in model.terms:
                term.update_candidates(u)
        values = _residual(model, increments)
        reference = scale
        if reference is None:
            total = values[~free] @ values[~free]
            if model.load is not None:
                total += model.load[:size] @ model.load[:size]
            reference = float(np.sqrt(comm.allreduce(total))) or 1.0
        norms.append(norm_of(values) / reference)
        if norms[-1] < tolerance and iteration:
            model.norms = norms
            model.iterations.append(iteration)
            return iteration
        matrix = fem_petsc.assemble_matrix(model.tangent)
        matrix.assemble()
        extra = contact_matrix(matrix, increments)
        matrix.axpy(1.0, extra, PETSc.Mat.Structure.DIFFERENT_NONZERO_PATTERN)
        matrix.zeroRows((owned + start).astype(PETSc.IntType), 1.0)
        ksp = PETSc.KSP().create(comm)
        ksp.setOperators(matrix)
        ksp.setType("preonly")
        ksp.getPC().setType("lu")
        ksp.getPC().setFactorSolverType("mumps")
        step = matrix.createVecRight()
        r = step.duplicate()
        r.array_w[:] = np.where(free, values, 0.0)
        r.array_w[owned] = u.x.array[owned] - target[owned]
        ksp.solve(r, step)
        change = step.array_r.copy()
        change *= min(1.0, model.max_step_mm / step.norm(PETSc.NormType.NORM_INFINITY))
        for item in (r, matrix, extra, ksp, step):
            item.destroy()
        before = u.x.array[:size].copy()
        advance(before, change, 1.0)
        if line_search and iteration:
            after = _residual(model, [term.evaluate(u, False) for term in model.terms])
            if norm_of(after) > norms[-1] * reference:
                work_0 = comm.allreduce(values[free] @ change[free])
                work_1 = comm.allreduce(after[free] @ change[free])
                part = work_0 / (work_0 - work_1) if work_0 != work_1 else 1.0
                advance(before, change, min(max(part, 0.1), 1.0) if part > 0.0 else 0.5)
    model.norms = norms
    raise RuntimeError(f"no equilibrium: {norms}")


def commit(model: Model) -> None:
    """Accept the step in all terms."""
    for term in model.terms:
        term.commit(model.u)
