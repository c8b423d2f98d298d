# SPDX-License-Identifier: MIT
"""Newton's method with MUMPS on the deformable bodies alone, for tests of the element."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import dolfinx
import numpy as np
import ufl
from dolfinx.fem import petsc as fem_petsc
from mpi4py import MPI
from numpy.typing import NDArray
from petsc4py import PETSc

from simulator import compat
from simulator.mesh import DistributedMesh, TaggedMeshLike, distribute
from simulator.solid import QUADRATURE_DEGREE, Law, Solid
from tests.helpers.contact_bodies import Tagged, grid_block

Array = NDArray[np.float64]
HELD, TOP = 1, 2


@dataclass
class SolidProblem:
    """A solid with displacements prescribed on some dofs, on one rank."""

    domain: DistributedMesh
    u: dolfinx.fem.Function
    solid: Solid
    fixed: NDArray[np.int32]
    load: Array
    norms: list[float] = field(default_factory=list)

    @property
    def nodes(self) -> Array:
        """Reference positions of the nodes (mm)."""
        return self.u.function_space.tabulate_dof_coordinates()

    def internal_forces(self) -> Array:
        """Internal forces of all nodes at the present displacement (N)."""
        vector = fem_petsc.assemble_vector(self.solid.residual_form)
        values = vector.array_r.copy()
        vector.destroy()
        return values.reshape(-1, 3)

    def solve(self, target: Array, limit: int = 20, tolerance: float = 1e-12) -> None:
        """Bring the fixed dofs to ``target`` in one step and find the balance of the others.

        Args:
            target: Displacement of all nodes, of which those of fixed dofs are read (mm).
            limit: Newton iterations at the most.
            tolerance: Share of the reactions and loads that may be left.
        """
        free = np.ones(self.u.x.array.size, dtype=bool)
        free[self.fixed] = False
        self.norms = []
        for iteration in range(limit + 1):
            forces = self.internal_forces().ravel() - self.load
            reference = float(np.linalg.norm(forces[~free]) + np.linalg.norm(self.load))
            if iteration:
                self.norms.append(float(np.linalg.norm(forces[free])) / reference)
                if self.norms[-1] < tolerance:
                    return
            forces[self.fixed] = (self.u.x.array - target.ravel())[self.fixed]
            self.u.x.array[:] -= self._step(forces)
        raise RuntimeError(f"no balance: {self.norms}")

    def _step(self, right: Array) -> Array:
        matrix = fem_petsc.assemble_matrix(self.solid.tangent_form)
        matrix.assemble()
        matrix.zeroRows(self.fixed, 1.0)
        ksp = PETSc.KSP().create(MPI.COMM_SELF)
        ksp.setOperators(matrix)
        ksp.setType("preonly")
        ksp.getPC().setType("lu")
        ksp.getPC().setFactorSolverType("mumps")
        b, x = matrix.createVecs()
        b.array_w[:] = right
        ksp.solve(b, x)
        values = x.array_r.copy()
        for item in (ksp, matrix, b, x):
            item.destroy()
        return values


def solid_problem(
    tagged: TaggedMeshLike,
    laws: Mapping[int, Law],
    quadrature_degree: int = QUADRATURE_DEGREE,
    degree: int = 2,
) -> SolidProblem:
    """Tetrahedra of ``tagged``, all dofs on facets tagged ``HELD`` prescribed.

    ``degree`` is 2 in use; linear ones are there to be shown wanting.
    """
    domain = distribute(MPI.COMM_SELF, tagged)
    u = dolfinx.fem.Function(compat.vector_space(domain.mesh, degree))
    solid = Solid(u, domain.cell_tags, laws, quadrature_degree)
    facets = domain.facet_tags.find(HELD)
    blocks = dolfinx.fem.locate_dofs_topological(u.function_space, 2, facets)
    fixed = (3 * blocks[:, None] + np.arange(3)).ravel().astype(np.int32)
    return SolidProblem(domain, u, solid, fixed, np.zeros(u.x.array.size))


def block(
    shape: tuple[int, int, int], place: Callable[[Array], Array], open_top: bool = False
) -> Tagged:
    """The unit cube in Kuhn tetrahedra, mapped by ``place``, with its whole surface tagged.

    The surface is ``HELD``; with ``open_top`` its side at y = 1 is ``TOP`` instead.
    """
    straight = grid_block(shape, lambda unit: unit, 1, HELD, TOP)
    corners = np.array([[1, 2, 3], [0, 2, 3], [0, 1, 3], [0, 1, 2]])
    faces = np.sort(straight.cells[:, corners].reshape(-1, 3), axis=1)
    single, count = np.unique(faces, axis=0, return_counts=True)
    facets = single[count == 1]
    top = open_top & np.all(straight.points[facets][:, :, 1] == 1.0, axis=1)
    tags = np.where(top, TOP, HELD).astype(np.int32)
    points = place(straight.points)
    edges = points[straight.cells[:, 1:]] - points[straight.cells[:, :1]]
    assert np.linalg.det(edges).min() > 0.0, "the map turns a cell inside out"
    return Tagged(points, straight.cells, straight.cell_tags, facets, tags)


def assemble(form: Any) -> Array:
    """Vector of a linear form on one rank."""
    vector = fem_petsc.assemble_vector(form)
    values = vector.array_r.copy()
    vector.destroy()
    return values


def norm(value: Any, mesh: dolfinx.mesh.Mesh, degree: int) -> float:
    """L2 norm of a UFL expression on one rank."""
    dx = ufl.Measure("dx", mesh, metadata={"quadrature_degree": degree})
    square = dolfinx.fem.assemble_scalar(dolfinx.fem.form(ufl.inner(value, value) * dx))
    return float(np.sqrt(square))
