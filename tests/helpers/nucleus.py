"""A lumbar disc whose nucleus is filled with solid elements, for comparison with the cavity."""

from __future__ import annotations

from typing import Any

import basix.ufl
import dolfinx
import numpy as np
import ufl
from dolfinx import fem
from dolfinx.fem import petsc as fem_petsc
from mpi4py import MPI
from numpy.typing import NDArray
from petsc4py import PETSc
from scipy import sparse

from materials.fibres import FibreFamilies
from materials.law import poisson_ratio_of, volumetric_piola
from materials.polynomial import MooneyRivlin
from meshes.disc import DiscMesh, endplate_points
from simulator.spine.annulus import COMPILER_OPTIONS, QUADRATURE_DEGREE, ring_fractions

Array = NDArray[np.float64]
BULK = "bulk_modulus_mpa"
CORE = 0.42
"""Half side of the square core over the outline's radius."""


def filled(disc: DiscMesh) -> tuple[Array, NDArray[np.int64]]:
    """Points and hexahedra of the disc: those of the annulus first, then the nucleus.

    The plan of the nucleus is a square core and one ring of cells between it and the annulus.
    """
    outline = disc.nucleus_outline_mm
    around = len(outline)
    side = around // 4
    assert around == 4 * side
    high = len(disc.cavity_facets) // around
    rings = len(disc.points) // ((high + 1) * around)
    grid = _core(outline, side)
    level = np.linspace(0.0, 1.0, high + 1)[:, None, None]
    low, top = (endplate_points(grid.reshape(-1, 2), disc.dimensions, up) for up in (False, True))
    core_points = low[None] + level * (top - low)[None]
    first, size = len(disc.points), (side + 1) ** 2
    number = np.arange(size).reshape(side + 1, side + 1)
    quads = [
        np.stack([number[:-1, :-1], number[1:, :-1], number[:-1, 1:], number[1:, 1:]], -1).reshape(
            -1, 4
        )
    ]
    rim = np.array([number[tuple(at)] for at in _rim(side)])
    wall = -1 - np.arange(around)  # Negative: points of the inner wall.
    quads.append(np.stack([rim, wall, np.roll(rim, -1), np.roll(wall, -1)], -1))
    plan = np.concatenate(quads)

    def at(height: int) -> NDArray[np.int64]:
        on_wall = height * rings * around + (-1 - plan)
        return np.where(plan < 0, on_wall, first + height * size + plan)

    layers = [np.hstack([at(height), at(height + 1)]) for height in range(high)]
    points = np.concatenate([disc.points, core_points.reshape(-1, 3)])
    cells = np.concatenate(layers)
    corner = points[cells]
    edges = corner[:, [1, 2, 4]] - corner[:, :1]
    turned = np.linalg.det(edges) < 0.0
    cells[turned] = cells[turned][:, [0, 2, 1, 3, 4, 6, 5, 7]]
    return points, np.concatenate([disc.cells, cells])


def _rim(side: int) -> Array:
    """Grid places (4 side, 2) round the core, in order."""
    run = np.arange(side)
    flat, end = np.zeros(side, dtype=int), np.full(side, side)
    return np.concatenate(
        [
            np.column_stack([run, flat]),
            np.column_stack([end, run]),
            np.column_stack([side - run, end]),
            np.column_stack([flat, side - run]),
        ]
    )


def _core(outline: Array, side: int) -> Array:
    """Plan (side + 1, side + 1, 2) of the core: its rim by the outline, inside by Coons."""
    centre = outline.mean(axis=0)
    turn = (np.arange(side) / side - 0.5) * np.pi / 2.0
    share = np.tile(CORE / np.cos(turn), 4)
    grid = np.zeros((side + 1, side + 1, 2))
    for place, point, part in zip(_rim(side), outline, share, strict=True):
        grid[tuple(place)] = centre + part * (point - centre)
    s = np.linspace(0.0, 1.0, side + 1)
    u, v = s[:, None, None], s[None, :, None]
    edges = (1 - u) * grid[:1] + u * grid[-1:] + (1 - v) * grid[:, :1] + v * grid[:, -1:]
    corners = (1 - u) * ((1 - v) * grid[0, 0] + v * grid[0, -1])
    corners = corners + u * ((1 - v) * grid[-1, 0] + v * grid[-1, -1])
    return np.asarray(edges - corners)


class SolidNucleus:
    """The disc between rigid plates, 27-node hexahedra throughout.

    Args:
        disc: Mesh of the annulus.
        annulus: Its law, as in the product.
        nucleus: Law of the nucleus.
        mixed: Whether the nucleus has a continuous trilinear pressure (Taylor-Hood), or none.
    """

    def __init__(
        self, disc: DiscMesh, annulus: FibreFamilies, nucleus: MooneyRivlin, mixed: bool = True
    ) -> None:
        points, cells = filled(disc)
        self.mesh = dolfinx.mesh.create_mesh(
            MPI.COMM_SELF,
            cells=cells,
            x=points,
            e=ufl.Mesh(basix.ufl.element("Lagrange", "hexahedron", 1, shape=(3,))),
        )
        order = np.asarray(self.mesh.topology.original_cell_index)
        inside = order >= len(disc.cells)
        self._wall = np.flatnonzero(~inside)
        tags = dolfinx.mesh.meshtags(
            self.mesh,
            3,
            np.arange(len(order), dtype=np.int32),
            np.where(inside, 2, 1).astype(np.int32),
        )
        data = {"quadrature_degree": QUADRATURE_DEGREE}
        dx = ufl.Measure("dx", self.mesh, subdomain_data=tags, metadata=data)
        shape = basix.ufl.element("Lagrange", "hexahedron", 2, shape=(3,))
        self.u = fem.Function(fem.functionspace(self.mesh, shape))
        self.p = fem.Function(fem.functionspace(self.mesh, ("Lagrange", 1))) if mixed else None
        self._numbers = {
            name: fem.Constant(self.mesh, value) for name, value in nucleus.parameters().items()
        }
        work, volume, tension = self._terms(annulus, nucleus, disc, order, dx)
        self._tension = _compiled(tension * dx(2))
        self._size = fem.assemble_scalar(_compiled(fem.Constant(self.mesh, 1.0) * dx(2)))
        unknowns, equations = [self.u], [work]
        if self.p is not None:
            unknowns, equations = [self.u, self.p], [work, volume]
        self._unknowns = unknowns
        self._residuals = [_compiled(equation) for equation in equations]
        self._tangents = [
            [_compiled(ufl.derivative(equation, unknown)) for unknown in unknowns]
            for equation in equations
        ]
        self._hold(disc, inside)

    def _terms(
        self, annulus: FibreFamilies, nucleus: MooneyRivlin, disc: DiscMesh, order: Any, dx: Any
    ) -> tuple[Any, Any, Any]:
        """Work, equation of the volume, and hydrostatic stress of the nucleus."""
        mesh = self.mesh
        vectors = fem.functionspace(mesh, ("DG", 0, (3,)))
        fraction = fem.Function(fem.functionspace(mesh, ("DG", 0)))
        own = order[self._wall]
        fraction.x.array[self._wall] = ring_fractions(disc.ring_position)[own]
        families = []
        for index in range(disc.fibres.shape[1]):
            family = fem.Function(vectors)
            family.x.array.reshape(-1, 3)[self._wall] = disc.fibres[own, index]
            families.append(family)
        values: dict[str, Any] = {
            name: fem.Constant(mesh, value) for name, value in annulus.parameters().items()
        }
        values["k1_mpa"] = values["k1_mpa"] * fraction
        gradient = ufl.variable(ufl.Identity(3) + ufl.grad(self.u))
        slope = ufl.grad(ufl.TestFunction(self.u.function_space))
        j, bulk = ufl.det(gradient), self._numbers[BULK]
        stress = annulus.with_directions(*families).first_piola(gradient, values)
        work = ufl.inner(stress, slope) * dx(1)
        stress = nucleus.first_piola(gradient, {**self._numbers, BULK: 0.0})
        if self.p is None:
            stress = stress + volumetric_piola(gradient, j, bulk)
            return work + ufl.inner(stress, slope) * dx(2), None, bulk / 2 * (j - 1 / j)
        stress = stress + self.p * j * ufl.inv(gradient).T
        ratio = self.p / bulk
        wanted = ratio + ufl.sqrt(ratio * ratio + 1)
        volume = (j - wanted) * ufl.TestFunction(self.p.function_space) * dx(2)
        return work + ufl.inner(stress, slope) * dx(2), volume, self.p

    def _hold(self, disc: DiscMesh, inside: Array) -> None:
        """Dofs on the plates, and those that are free: no pressure outside the nucleus."""
        places = self.u.function_space.tabulate_dof_coordinates()
        rise = endplate_points(places[:, [0, 2]], disc.dimensions, upper=True)[:, 1]
        self._upper = np.flatnonzero(np.abs(places[:, 1] - rise) < 1e-6)
        lower = np.flatnonzero(np.abs(places[:, 1] + rise) < 1e-6)
        free = np.ones(len(places), dtype=bool)
        free[lower] = free[self._upper] = False
        parts = [np.repeat(free, 3)]
        if self.p is not None:
            used = np.zeros(len(self.p.x.array), dtype=bool)
            used[self.p.function_space.dofmap.list[inside].ravel()] = True
            parts.append(used)
        self._free = np.concatenate(parts)

    def set_shear(self, nucleus: MooneyRivlin, share: float) -> None:
        """Scale the shear stiffness of the nucleus at the same bulk modulus."""
        for name in ("c10_mpa", "c01_mpa"):
            self._numbers[name].value = share * nucleus.parameters()[name]

    def move(self, translation: Array, limit: int = 20, tolerance: float = 1e-8) -> int:
        """Balance with the upper plate displaced (3,), mm; Newton iterations that it took."""
        lift = np.zeros_like(self.u.x.array)
        lift.reshape(-1, 3)[self._upper] = translation - self.u.x.array.reshape(-1, 3)[self._upper]
        sizes = [len(unknown.x.array) for unknown in self._unknowns]
        for iteration in range(limit):
            right = np.concatenate([fem.assemble_vector(form).array for form in self._residuals])
            error = np.linalg.norm(right[: sizes[0]][self._free[: sizes[0]]])
            gap = np.abs(right[sizes[0] :][self._free[sizes[0] :]]).max(initial=0.0)
            scale = max(1.0, float(np.linalg.norm(right[: sizes[0]])))
            if iteration and error < tolerance * scale and gap < tolerance:
                return iteration
            matrix = sparse.bmat(
                [[_matrix(form) for form in row] for row in self._tangents]
            ).tocsr()
            step = np.zeros(len(right))
            step[: sizes[0]] = lift
            right = right + matrix @ step
            step[self._free] = -_solved(matrix[self._free][:, self._free], right[self._free])
            for unknown, part in zip(
                self._unknowns, np.split(step, np.cumsum(sizes)[:-1]), strict=True
            ):
                unknown.x.array[:] += part
            lift[:] = 0.0
        raise RuntimeError(f"no balance at {translation} mm")

    def axial_force_n(self) -> float:
        """Force that presses the upper plate down."""
        forces = fem.assemble_vector(self._residuals[0]).array.reshape(-1, 3)
        return -float(forces[self._upper, 1].sum())

    def pressure_mpa(self) -> float:
        """Mean over the nucleus."""
        return -float(fem.assemble_scalar(self._tension) / self._size)


def nucleus_of(c10_mpa: float, c01_mpa: float, bulk_modulus_mpa: float) -> MooneyRivlin:
    """A Mooney-Rivlin nucleus by its bulk modulus."""
    shear = 2.0 * (c10_mpa + c01_mpa)
    return MooneyRivlin(c10_mpa, c01_mpa, poisson_ratio_of(shear, bulk_modulus_mpa))


def _matrix(form: fem.Form) -> sparse.csr_matrix:
    whole = fem_petsc.assemble_matrix(form)
    whole.assemble()
    pointers, columns, values = whole.getValuesCSR()
    shape = whole.getSize()
    whole.destroy()
    return sparse.csr_matrix((values, columns, pointers), shape)


def _solved(matrix: sparse.csr_matrix, right: Array) -> Array:
    whole = PETSc.Mat().createAIJ(
        matrix.shape, csr=(matrix.indptr, matrix.indices, matrix.data), comm=PETSc.COMM_SELF
    )
    ksp = PETSc.KSP().create(PETSc.COMM_SELF)
    ksp.setType("preonly")
    ksp.getPC().setType("lu")
    ksp.getPC().setFactorSolverType("mumps")
    ksp.setOperators(whole)
    b = PETSc.Vec().createWithArray(right.copy(), comm=PETSc.COMM_SELF)
    x = b.duplicate()
    ksp.solve(b, x)
    values = x.array_r.copy()
    for item in (ksp, whole, b, x):
        item.destroy()
    return values


def _compiled(form: Any) -> fem.Form:
    return fem.form(form, jit_options=COMPILER_OPTIONS)
