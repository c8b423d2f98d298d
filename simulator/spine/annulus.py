# SPDX-License-Identifier: MIT
"""The deformable annulus of one disc: mesh, energy, and its derivatives.

Total Lagrangian with 27-node hexahedra. Everything lives on one rank
(``MPI.COMM_SELF``): a disc has a few thousand unknowns and is factorised directly.
The same forms serve every disc, so they are compiled once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import basix
import basix.ufl
import dolfinx
import numpy as np
import ufl
from dolfinx import fem
from mpi4py import MPI
from numpy.typing import NDArray
from scipy import sparse
from ufl.core.expr import Expr

from simulator.spine.indices import (
    block_index,
    match_facets,
    node_grid,
    scalar_dofs,
    sorted_tags,
)

Array = NDArray[np.float64]
Ints = NDArray[np.int64]

QUADRATURE_DEGREE = 4
"""27 points in a hexahedron; with 8 points the 27-node element has zero-energy modes."""


COMPILER_OPTIONS = {
    "cffi_extra_compile_args": [
        "-O2",
        "-march=native",
        "-fno-math-errno",
        "-fno-signed-zeros",
        "-fno-trapping-math",
        "-fassociative-math",
    ]
}
"""Sums may be reordered (vectorised), NaN stays NaN: half the assembly time of -O3 alone."""


class AnnulusLaw(Protocol):
    """Ground substance with fibre families; see ``materials.fibres.FibreFamilies``.

    One parameter must scale the fibres' stress: ``k1_mpa`` or ``volume_fraction``.
    """

    def with_directions(self, *directions: Expr) -> AnnulusLaw:
        """The same law with unit reference vectors (3,) of its families."""
        ...

    def parameters(self) -> dict[str, float]:
        """Numbers of the law by name."""
        ...

    def energy(self, F: Expr, p: Mapping[str, Any] | None = None) -> Expr:
        """Energy per reference volume, MPa.

        Args:
            F: Deformation gradient, (3, 3).
            p: Values that replace those of `parameters`.
        """
        ...

    def first_piola(self, F: Expr, p: Mapping[str, Any] | None = None) -> Expr:
        """First Piola-Kirchhoff stress (3, 3), MPa; arguments as in `energy`."""
        ...


FIBRE_SCALES = ("k1_mpa", "volume_fraction")
"""Parameters that multiply the fibres' stress."""


class DiscGeometry(Protocol):
    """Mesh of one annulus in its disc's frame; see ``meshes.disc.DiscMesh``."""

    @property
    def points(self) -> Array:
        """Vertices (n, 3), mm."""
        ...

    @property
    def cells(self) -> Ints:
        """Hexahedra (m, 8), tensor-product order."""
        ...

    @property
    def fibres(self) -> Array:
        """Unit vectors (m, families, 3)."""
        ...

    @property
    def ring_position(self) -> Array:
        """Place (m,) across the annulus, 0 inner to 1 outer."""
        ...

    @property
    def lower_facets(self) -> Ints:
        """Quadrilaterals (k, 4) on the lower endplate."""
        ...

    @property
    def upper_facets(self) -> Ints:
        """Quadrilaterals (k, 4) on the upper endplate."""
        ...

    @property
    def cavity_facets(self) -> Ints:
        """Quadrilaterals (k, 4) of the inner wall."""
        ...

    @property
    def upper_plate_outline_mm(self) -> Array:
        """Corners (c, 3) of the nucleus on the upper endplate."""
        ...

    @property
    def lower_plate_outline_mm(self) -> Array:
        """Corners (c, 3) of the nucleus on the lower endplate."""
        ...


def ring_fractions(ring_position: Array) -> Array:
    """Fibre stiffness over that of the outermost ring, for places 0 (inner) to 1 (outer).

    Source: Schmidt et al. 2006 as used in artisynth_lumbosacralSpineModel (BSD-3):
    0.65, 0.738, 0.825, 0.913, 1.0 from the inner to the outer ring.
    """
    return np.interp(ring_position, np.linspace(0.0, 1.0, 5), [0.65, 0.738, 0.825, 0.913, 1.0])


@dataclass(frozen=True, slots=True)
class TangentParts:
    """Blocks of the stiffness: free and upper-endplate displacements (the lower ones are held).

    Attributes:
        free: (f, f) free dofs.
        coupling: (f, t) free dofs against those of the upper endplate.
        upper: (t, t) upper endplate.
    """

    free: sparse.csr_matrix
    coupling: sparse.csr_matrix
    upper: sparse.csr_matrix


class Annulus:
    """Discretised annulus of one disc.

    Attributes:
        space: Quadratic displacement space.
        displacement: Displacement on all nodes, mm.
        free: Dofs that are solved for.
        upper: Dofs of the upper endplate, (t,), three per node.
        upper_points: Reference positions (t / 3, 3) of its nodes.
        upper_weights: (t / 3,) share of the endplate's bonded area that each node carries, mm2.
    """

    def __init__(self, geometry: DiscGeometry, law: AnnulusLaw) -> None:
        """Build mesh, spaces and forms on this rank."""
        element = basix.ufl.element("Lagrange", "hexahedron", 1, shape=(3,))
        self.mesh = dolfinx.mesh.create_mesh(
            MPI.COMM_SELF,
            cells=np.asarray(geometry.cells, dtype=np.int64),
            x=np.asarray(geometry.points, dtype=np.float64),
            e=ufl.Mesh(element),
        )
        order = np.asarray(self.mesh.topology.original_cell_index)
        self.cell_order = order
        shape = basix.ufl.element("Lagrange", "hexahedron", 2, shape=(3,))
        self.space = fem.functionspace(self.mesh, shape)
        self.displacement = fem.Function(self.space)
        self._build_dofs(geometry)

        vectors = fem.functionspace(self.mesh, ("DG", 0, (3,)))
        scalars = fem.functionspace(self.mesh, ("DG", 0))
        families = [fem.Function(vectors) for _ in range(geometry.fibres.shape[1])]
        for index, family in enumerate(families):
            family.x.array[:] = geometry.fibres[order, index].reshape(-1)
        fraction = fem.Function(scalars)
        fraction.x.array[:] = ring_fractions(np.asarray(geometry.ring_position))[order]
        self.fibre_directions = tuple(geometry.fibres[order, i] for i in range(len(families)))
        self._build_forms(law, families, fraction)

    def _build_dofs(self, geometry: DiscGeometry) -> None:
        facets = match_facets(
            self.mesh, (geometry.lower_facets, geometry.upper_facets, geometry.cavity_facets)
        )
        lower, upper, self._cavity = facets
        lower_nodes, upper_nodes = (
            np.sort(fem.locate_dofs_topological(self.space, 2, f)).astype(np.int64)
            for f in (lower, upper)
        )
        self._upper_facets = upper
        places = np.array(self.space.tabulate_dof_coordinates())
        self.node_points = places
        self.nodes_of_cells = np.array(self.space.dofmap.list, dtype=np.int64)
        points, weights = basix.make_quadrature(basix.CellType.hexahedron, QUADRATURE_DEGREE)
        self.node_grid = node_grid()
        self._slopes, measure = self._tabulate(points)
        self.quadrature_volumes = np.asarray(measure * weights)
        count = self.space.dofmap.index_map.size_local
        kind = np.zeros(count, dtype=int)
        kind[lower_nodes], kind[upper_nodes] = 1, 2
        self.upper_nodes = upper_nodes
        self.upper_points = places[upper_nodes]
        self.free = scalar_dofs(np.flatnonzero(kind == 0))
        self.upper = scalar_dofs(upper_nodes)

    def _build_forms(
        self, law: AnnulusLaw, fibres: Sequence[fem.Function], fraction: fem.Function
    ) -> None:
        mesh, u = self.mesh, self.displacement
        tags = dolfinx.mesh.meshtags(
            mesh,
            2,
            *sorted_tags((self._cavity, 1), (self._upper_facets, 2)),
        )
        metadata = {"quadrature_degree": QUADRATURE_DEGREE}
        dx = ufl.Measure("dx", domain=mesh, metadata=metadata)
        ds = ufl.Measure("ds", domain=mesh, subdomain_data=tags, metadata=metadata)
        gradient = ufl.Identity(3) + ufl.grad(u)
        directed = law.with_directions(*fibres)
        values = _constants(law, mesh, fraction)
        energy = directed.energy(gradient, values)
        self._stress = directed.first_piola(gradient, values)
        jacobian = ufl.det(gradient)
        place = ufl.SpatialCoordinate(mesh) + u
        area = jacobian * ufl.inv(gradient).T * ufl.FacetNormal(mesh)
        volume = -ufl.inner(place, area) / 3.0 * ds(1)
        self.pressure = fem.Constant(mesh, 0.0)
        residual = ufl.inner(self._stress, ufl.grad(ufl.TestFunction(self.space))) * dx
        gradient_of_volume = ufl.derivative(volume, u)
        tangent = ufl.derivative(residual - self.pressure * gradient_of_volume, u)
        self._energy = _compiled(energy * dx)
        self._residual = _compiled(residual)
        self._volume = _compiled(volume)
        self._volume_gradient = _compiled(gradient_of_volume)
        self._wall_area = _compiled(-ufl.inner(area, ufl.TestFunction(self.space)) * ds(1))
        self._tangent = _compiled(tangent)
        self._matrix = fem.create_matrix(self._tangent)
        self._blocks = block_index(self._matrix, self.free, self.upper)

        direction = ufl.as_vector((0.0, 1.0, 0.0))
        weights = _compiled(ufl.inner(direction, ufl.TestFunction(self.space)) * ds(2))
        lumped = fem.assemble_vector(weights).array.reshape(-1, 3)[:, 1]
        self.upper_weights = np.array(lumped[self.upper_nodes])
        self._stress_at: fem.Expression | None = None

    def energy(self) -> float:
        """Stored energy, N mm."""
        return float(fem.assemble_scalar(self._energy))

    def gradients(self, points: Array | None = None) -> Array:
        """Deformation gradient (m, q, 3, 3) at quadrature points, or at local points (q, 3)."""
        slopes = self._slopes if points is None else self._tabulate(points)[0]
        values = self.displacement.x.array.reshape(-1, 3)[self.nodes_of_cells]
        return np.eye(3) + np.einsum("mni,mqnj->mqij", values, slopes, optimize=True)

    def _tabulate(self, points: Array) -> tuple[Array, Array]:
        """Slopes (m, q, n, 3) of the shape functions by reference place, and det of the map."""
        element = basix.ufl.element("Lagrange", "hexahedron", 2)
        local = np.moveaxis(element.tabulate(1, points)[1:], 0, -1)
        corners = self.node_points[self.nodes_of_cells]
        jacobian = np.einsum("mni,qnj->mqij", corners, local, optimize=True)
        slopes = np.einsum("qnj,mqji->mqni", local, np.linalg.inv(jacobian), optimize=True)
        return slopes, np.asarray(np.linalg.det(jacobian))

    def residual(self) -> Array:
        """Internal forces on all dofs (n,), N, without the pressure."""
        return np.array(_assembled(self._residual))

    def piola_stress(self, points: Array) -> Array:
        """First Piola-Kirchhoff stress (m, q, 3, 3) at local points (q, 3), MPa.

        The points of the first call are kept.
        """
        if self._stress_at is None:
            self._stress_at = fem.Expression(self._stress, points, jit_options=COMPILER_OPTIONS)
        cells = np.arange(len(self.nodes_of_cells), dtype=np.int32)
        values = self._stress_at.eval(self.mesh, cells)
        return np.asarray(values).reshape(len(cells), len(points), 3, 3)

    def wall_volume(self) -> float:
        """Part of the cavity's volume from the inner wall (divergence theorem), mm3."""
        return float(fem.assemble_scalar(self._volume))

    def wall_volume_gradient(self) -> Array:
        """Its derivative by the displacement of all dofs (n,), mm2."""
        return np.array(_assembled(self._volume_gradient))

    def wall_area(self) -> Array:
        """Area vectors (n,) of the deformed wall by node, out of the cavity, mm2.

        The pressure pushes the wall with this. Unlike the gradient of the wall's part of the
        volume it has no share of the endplates, whose edges the divergence theorem moves there.
        """
        return np.array(_assembled(self._wall_area))

    def tangent(self, pressure_mpa: float) -> TangentParts:
        """Stiffness of annulus and pressurised wall in blocks."""
        self.pressure.value = pressure_mpa
        self._matrix.set_value(0.0)
        fem.assemble_matrix(self._matrix, self._tangent)
        values = self._matrix.data.reshape(-1)
        parts = []
        for index in self._blocks:
            part = sparse.csr_matrix((values[index.data], index.indices, index.indptr), index.shape)
            parts.append(part)
        return TangentParts(*parts)


def _constants(law: AnnulusLaw, mesh: dolfinx.mesh.Mesh, fraction: fem.Function) -> dict[str, Any]:
    """The law's numbers as constants, so that one compiled form serves all discs and subjects."""
    own = law.parameters()
    scales = [name for name in FIBRE_SCALES if name in own]
    if len(scales) != 1:
        raise ValueError(f"an annulus law needs one of {', '.join(FIBRE_SCALES)}")
    values: dict[str, Any] = {name: fem.Constant(mesh, value) for name, value in own.items()}
    values[scales[0]] = values[scales[0]] * fraction
    return values


def _compiled(form: ufl.Form) -> fem.Form:
    return fem.form(form, jit_options=COMPILER_OPTIONS)


def _assembled(form: fem.Form) -> Array:
    return np.asarray(fem.assemble_vector(form).array)
