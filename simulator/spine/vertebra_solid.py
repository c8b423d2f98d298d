# SPDX-License-Identifier: MIT
"""Linear elasticity of one vertebral body on one rank, for many load cases.

Bone strains stay below one per cent, so strains are small and one factorisation serves all output
instants. The body is free: loads are in balance, and six dofs hold its rigid motion without force.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import basix.ufl
import dolfinx
import numpy as np
import ufl
from dolfinx import fem
from mpi4py import MPI
from numpy.typing import NDArray

from simulator.spine.annulus import COMPILER_OPTIONS, QUADRATURE_DEGREE
from simulator.spine.factor import Factor
from simulator.spine.indices import node_grid, scalar_dofs

Array = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Bone:
    """Isotropic stiffness of one kind of bone: Young's modulus, MPa, and Poisson's ratio."""

    modulus_mpa: float
    poisson: float

    @property
    def lame_mpa(self) -> tuple[float, float]:
        """Lame's constants lambda and mu."""
        mu = self.modulus_mpa / (2.0 * (1.0 + self.poisson))
        return 2.0 * mu * self.poisson / (1.0 - 2.0 * self.poisson), mu


@dataclass(frozen=True, slots=True)
class BoneStiffness:
    """The three kinds, as published lumbar models have them.

    Attributes:
        shell: Cortical; 12000 MPa, 0.3 (also 8000 and 10000; PMC5592017 table 2, PMC11321056
            table 1).
        core: Cancellous; 100 MPa, 0.2 (the same tables).
        endplate: Bony; 1000 MPa, 0.4 (J. Orthop. Surg. Res. 2021 16:94 table 1; 0.2 to 0.4).
    """

    shell: Bone = Bone(12000.0, 0.3)
    core: Bone = Bone(100.0, 0.2)
    endplate: Bone = Bone(1000.0, 0.4)


class HexMesh(Protocol):
    """Hexahedra; see ``meshes.tagged.TaggedMesh``."""

    @property
    def points(self) -> Array:
        """Vertices (n, 3), mm."""
        ...

    @property
    def cells(self) -> Ints:
        """Hexahedra (m, 8), tensor-product order."""
        ...


@dataclass(frozen=True, slots=True)
class PointValues:
    """Stress and strain at points of cells (m, q).

    Attributes:
        stress_mpa: (m, q, 3, 3).
        strain: (m, q, 3, 3).
    """

    stress_mpa: Array
    strain: Array

    @property
    def von_mises_mpa(self) -> Array:
        """Von Mises stress (m, q)."""
        mean = np.trace(self.stress_mpa, axis1=-2, axis2=-1)[..., None, None] / 3.0
        deviator = self.stress_mpa - mean * np.eye(3)
        return np.asarray(np.sqrt(1.5 * (deviator**2).sum(axis=(-2, -1))))

    def min_principal_mpa(self, cells: Array | Ints | slice = slice(None)) -> Array:
        """Most compressive principal stress (k, q) of some cells."""
        return np.asarray(np.linalg.eigvalsh(self.stress_mpa[cells])[..., 0])

    def min_principal_strain(self, cells: Array | Ints | slice = slice(None)) -> Array:
        """Most compressive principal strain (k, q) of some cells."""
        return np.asarray(np.linalg.eigvalsh(self.strain[cells])[..., 0])


class ElasticBody:
    """A free body of 27-node hexahedra with its factors.

    Attributes:
        node_points: (n, 3) all nodes, mm.
        nodes_of_cells: (m, 27) in the order of the input cells.
        volumes: (m, q) of the quadrature points, mm3.
    """

    def __init__(self, mesh: HexMesh, lame_mpa: Array) -> None:
        """Assemble and factorise.

        Args:
            mesh: Cells.
            lame_mpa: (m, 2) Lame's constants of every cell.
        """
        element = basix.ufl.element("Lagrange", "hexahedron", 1, shape=(3,))
        grid = dolfinx.mesh.create_mesh(
            MPI.COMM_SELF,
            cells=np.asarray(mesh.cells, dtype=np.int64),
            x=np.asarray(mesh.points, dtype=np.float64),
            e=ufl.Mesh(element),
        )
        order = np.asarray(grid.topology.original_cell_index)
        shape = basix.ufl.element("Lagrange", "hexahedron", 2, shape=(3,))
        space = fem.functionspace(grid, shape)
        self.node_points = np.array(space.tabulate_dof_coordinates())
        self.nodes_of_cells = np.empty((len(order), 27), dtype=np.int64)
        self.nodes_of_cells[order] = space.dofmap.list
        self._lame = np.asarray(lame_mpa)
        points, weights = basix.make_quadrature(basix.CellType.hexahedron, QUADRATURE_DEGREE)
        self._points = points
        self._slopes, measure = self._tabulate(points)
        self.volumes = np.asarray(measure * weights)
        self._factorise(grid, space, order)

    def _factorise(self, grid: dolfinx.mesh.Mesh, space: fem.FunctionSpace, order: Ints) -> None:
        scalars = fem.functionspace(grid, ("DG", 0))
        first, second = fem.Function(scalars), fem.Function(scalars)
        first.x.array[:], second.x.array[:] = self._lame[order].T
        u, v = ufl.TrialFunction(space), ufl.TestFunction(space)
        strain, virtual = ufl.sym(ufl.grad(u)), ufl.sym(ufl.grad(v))
        stress = first * ufl.tr(strain) * ufl.Identity(3) + 2.0 * second * strain
        dx = ufl.Measure("dx", domain=grid, metadata={"quadrature_degree": QUADRATURE_DEGREE})
        form = fem.form(ufl.inner(stress, virtual) * dx, jit_options=COMPILER_OPTIONS)
        matrix = fem.assemble_matrix(form).to_scipy().tocsr()
        self._free = np.setdiff1d(np.arange(matrix.shape[0]), self._held())
        self._factor = Factor()
        self._factor.update(matrix[self._free][:, self._free].tocsr())

    def _held(self) -> Ints:
        """Six dofs of three nodes that hold the rigid motion."""
        x = self.node_points
        first = int(np.argmin(x[:, 1] * 1e3 + np.hypot(x[:, 0], x[:, 2])))
        second = int(np.argmax(np.abs(x[:, 0] - x[first, 0])))
        third = int(np.argmax(np.abs(x[:, 2] - x[first, 2])))
        dofs = scalar_dofs(np.array([first, second, third]))
        return np.asarray(dofs[[0, 1, 2, 4, 5, 7]])

    def _tabulate(self, points: Array) -> tuple[Array, Array]:
        """Slopes (m, q, n, 3) of the functions by place, and det of the map (m, q)."""
        element = basix.ufl.element("Lagrange", "hexahedron", 2)
        local = np.moveaxis(element.tabulate(1, points)[1:], 0, -1)
        places = self.node_points[self.nodes_of_cells]
        jacobian = np.einsum("mni,qnj->mqij", places, local, optimize=True)
        slopes = np.einsum("qnj,mqji->mqni", local, np.linalg.inv(jacobian), optimize=True)
        return slopes, np.asarray(np.linalg.det(jacobian))

    def solve(self, forces: Array) -> Array:
        """Displacement (n, 3), up to a rigid motion, under nodal forces (n, 3) in balance."""
        solution = np.zeros(forces.size)
        solution[self._free] = self._factor.solve(forces.reshape(-1)[self._free])
        return solution.reshape(-1, 3)

    def values(self, displacement: Array, points: Array | None = None) -> PointValues:
        """Stress and strain at the quadrature points, or at local points (q, 3)."""
        slopes = self._slopes if points is None else self._tabulate(points)[0]
        moved = displacement[self.nodes_of_cells]
        gradient = np.einsum("mni,mqnj->mqij", moved, slopes, optimize=True)
        strain = 0.5 * (gradient + np.swapaxes(gradient, -1, -2))
        first, second = self._lame.T[:, :, None, None, None]
        trace = np.trace(strain, axis1=-2, axis2=-1)[..., None, None]
        return PointValues(first * trace * np.eye(3) + 2.0 * second * strain, strain)

    def body_force(self, force: Array) -> Array:
        """Nodal forces (n, 3) of a force (3,) that is spread over the volume."""
        element = basix.ufl.element("Lagrange", "hexahedron", 2)
        values = element.tabulate(0, self._points)[0]
        share = np.einsum("mq,qn->mn", self.volumes, values)
        nodal = (
            np.bincount(self.nodes_of_cells.ravel(), share.ravel(), len(self.node_points))
            / self.volumes.sum()
        )
        return np.asarray(nodal[:, None] * force)

    def linear_parts(self) -> Ints:
        """Each cell as eight linear hexahedra (8 m, 8), VTK order, in the order of `PARTS`."""
        grid = node_grid()
        corners = np.array(
            [(0, 0, 0), (1, 0, 0), (1, 1, 0), (0, 1, 0), (0, 0, 1), (1, 0, 1), (1, 1, 1), (0, 1, 1)]
        )
        parts = []
        for start in np.rint(2.0 * PARTS - 0.5).astype(np.int64):
            i, j, k = (start + corners).T
            parts.append(self.nodes_of_cells[:, grid[i, j, k]])
        return np.stack(parts, axis=1).reshape(-1, 8)


PARTS = np.array([[x, y, z] for z in (0.25, 0.75) for y in (0.25, 0.75) for x in (0.25, 0.75)])
"""Centres of the eight parts of a hexahedron."""


def volume_percentile(values: Array, volumes: Array, percent: float) -> float:
    """Value below which a share of the volume lies."""
    flat, weight = values.reshape(-1), volumes.reshape(-1)
    order = np.argsort(flat)
    below = (np.cumsum(weight[order]) - 0.5 * weight[order]) / weight.sum()
    return float(np.interp(percent / 100.0, below, flat[order]))
