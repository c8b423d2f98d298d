# SPDX-License-Identifier: MIT
"""Boundary value problems that elements are compared on: Cook's membrane and a heel pad."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import dolfinx
import numpy as np
import ufl
from dolfinx.fem import petsc as fem_petsc
from mpi4py import MPI
from numpy.typing import NDArray

from benchmarks.elements.formulations import Discretisation, Element, Region
from benchmarks.elements.newton import Problem
from materials.law import Law
from materials.ogden import Ogden
from materials.solids import NeoHookean

Array = NDArray[np.float64]

COOK_SHEAR_MODULUS_MPA = 80.1938
COOK_TRACTION_MPA = 100.0 / 16.0
COOK_TIP = (48.0, 60.0)
"""Membrane of 48 mm between edges of 44 and 16 mm; E 240.565 at nu 0.4999, 100 N a mm."""

PAD_HALF_WIDTH_MM, PAD_HEIGHT_MM = 22.0, 17.0
PAD_INDENTATION_MM = 5.0


def cook_law(poisson_ratio: float) -> Law:
    """The membrane's law."""
    return NeoHookean(COOK_SHEAR_MODULUS_MPA, poisson_ratio)


def pad_law(poisson_ratio: float) -> Law:
    """Heel pad of Erdemir 2006, with another Poisson's ratio."""
    return Ogden((0.01645,), (6.82,), poisson_ratio)


def _mapped(mesh: dolfinx.mesh.Mesh, place: Callable[[Array], Array]) -> dolfinx.mesh.Mesh:
    mesh.geometry.x[:] = place(mesh.geometry.x.copy())
    return mesh


def _membrane(unit: Array) -> Array:
    x, s = unit[:, 0], unit[:, 1]
    low, high = 44.0 * x, 44.0 + 16.0 * x
    return np.column_stack([48.0 * x, low + s * (high - low), unit[:, 2]])


def cook(element: Element, cells: int, law: Law) -> Problem:
    """Cook's membrane as one layer of cells between two sides that cannot move across."""
    thickness = 44.0 / cells
    mesh = dolfinx.mesh.create_unit_cube(MPI.COMM_SELF, cells, cells, 1)
    _mapped(mesh, lambda unit: _membrane(unit * [1.0, 1.0, thickness]))
    space = Discretisation(mesh, element, {1: Region(law)})
    every = _dofs(space.u, lambda x: np.isclose(x[0], 0.0))
    sides = _dofs(space.u, lambda x: np.isclose(x[2], 0.0) | np.isclose(x[2], thickness))
    fixed = np.concatenate([(3 * every[:, None] + np.arange(3)).ravel(), 3 * sides + 2])
    return _pulled(space, np.unique(fixed))


def cook_plane(element: Element, cells: int, law: Law, grading: float = 1.5) -> Problem:
    """The same in the plane, cells refined towards the clamped edge's upper corner."""
    mesh = dolfinx.mesh.create_unit_square(MPI.COMM_SELF, cells, cells)

    def place(unit: Array) -> Array:
        graded = unit.copy()
        graded[:, 0] = unit[:, 0] ** grading
        graded[:, 1] = 1.0 - (1.0 - unit[:, 1]) ** grading
        return _membrane(graded)

    space = Discretisation(_mapped(mesh, place), element, {1: Region(law)})
    clamped = _dofs(space.u, lambda x: np.isclose(x[0], 0.0))
    return _pulled(space, (2 * clamped[:, None] + np.arange(2)).ravel())


def _pulled(space: Discretisation, fixed: Array) -> Problem:
    """A dead traction on the right edge."""
    mesh = space.mesh
    facets = dolfinx.mesh.locate_entities_boundary(
        mesh, mesh.topology.dim - 1, lambda x: np.isclose(x[0], 48.0)
    )
    tags = dolfinx.mesh.meshtags(
        mesh, mesh.topology.dim - 1, np.sort(facets), np.ones(len(facets), dtype=np.int32)
    )
    ds = ufl.Measure("ds", mesh, subdomain_data=tags)
    traction = COOK_TRACTION_MPA * ufl.TestFunction(space.u.function_space)[1] * ds(1)
    load = _vector(dolfinx.fem.form(traction))
    return Problem(space, fixed.astype(np.int32), np.zeros(load.size), load)


def pad(element: Element, cells: tuple[int, int], law: Law) -> Problem:
    """Quarter of a block of tissue bonded to a rigid plate, pressed by a rounded rigid body.

    The body sticks: 5 mm deep at the centre, half a millimetre at the corner. Sides are free.

    Args:
        cells: Across and over the height.
    """
    across, high = cells
    mesh = dolfinx.mesh.create_box(
        MPI.COMM_SELF,
        [[0.0, 0.0, 0.0], [PAD_HALF_WIDTH_MM, PAD_HEIGHT_MM, PAD_HALF_WIDTH_MM]],
        [across, high, across],
    )
    space = Discretisation(mesh, element, {1: Region(law)})
    top = _dofs(space.u, lambda x: np.isclose(x[1], PAD_HEIGHT_MM))
    bottom = _dofs(space.u, lambda x: np.isclose(x[1], 0.0))
    fixed = [(3 * np.union1d(top, bottom)[:, None] + np.arange(3)).ravel()]
    for axis in (0, 2):
        plane = _dofs(space.u, lambda x, axis=axis: np.isclose(x[axis], 0.0))
        fixed.append(3 * plane + axis)
    target = np.zeros((space.u.x.array.size // 3, 3))
    target[bottom, 1] = pad_profile(space.u.function_space.tabulate_dof_coordinates()[bottom])
    load = np.zeros(target.size)
    return Problem(space, np.unique(np.concatenate(fixed)).astype(np.int32), target.ravel(), load)


def pad_profile(x: Array) -> Array:
    """Height that the rounded body lifts the lower face by (mm)."""
    square = (x[:, 0] ** 2 + x[:, 2] ** 2) / PAD_HALF_WIDTH_MM**2
    return PAD_INDENTATION_MM * (1.0 - 0.45 * square)


def pad_reaction_n(problem: Problem) -> float:
    """Vertical force of the rounded body on the whole block (N)."""
    space = problem.space
    forces = sum(_vector(form) for form in space.residuals)
    bottom = _dofs(space.u, lambda x: np.isclose(x[1], 0.0))
    return 4.0 * float(forces.reshape(-1, 3)[bottom, 1].sum())


def tip_displacement(u: dolfinx.fem.Function) -> float:
    """Vertical displacement of the membrane's upper right corner (mm)."""
    size = u.function_space.dofmap.bs
    at = _dofs(u, lambda x: np.isclose(x[0], COOK_TIP[0]) & np.isclose(x[1], COOK_TIP[1]))
    return float(u.x.array.reshape(-1, size)[at, 1].mean())


def _dofs(u: dolfinx.fem.Function, where: Callable[[Array], Any]) -> NDArray[np.int64]:
    """Nodes on the boundary facets whose vertices all are where asked."""
    mesh = u.function_space.mesh
    dim = mesh.topology.dim
    facets = dolfinx.mesh.locate_entities_boundary(mesh, dim - 1, where)
    mesh.topology.create_connectivity(dim - 1, dim)
    if len(facets):
        return dolfinx.fem.locate_dofs_topological(u.function_space, dim - 1, facets).astype(
            np.int64
        )
    vertices = dolfinx.mesh.locate_entities_boundary(mesh, 0, where)
    mesh.topology.create_connectivity(0, dim)
    return dolfinx.fem.locate_dofs_topological(u.function_space, 0, vertices).astype(np.int64)


def _vector(form: Any) -> Array:
    vector = fem_petsc.assemble_vector(form)
    values = vector.array_r.copy()
    vector.destroy()
    return values
