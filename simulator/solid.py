# SPDX-License-Identifier: MIT
"""Weak form of the deformable bodies: finite strain, total Lagrangian, one law a region.

Material numbers enter as fields constant in each cell, so that regions, and
candidates, of one material structure share one compiled kernel.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, Protocol

import dolfinx
import dolfinx.fem.petsc
import numpy as np
import ufl
from mpi4py import MPI
from numpy.typing import NDArray
from petsc4py import PETSc

from simulator import compat
from simulator.assembly.cells import CellKernel, cell_kernel, cell_quadrature
from simulator.viscous import Series, ViscousHistory, ViscousState

QUADRATURE_DEGREE = 2
"""Four points a quadratic tetrahedron, as in the ten-node elements of the peers.

The under-integration relaxes the volumetric constraint and costs no order
(docs/decisions/element.md).
"""
COMPILER_OPTIONS = {"cffi_extra_compile_args": ["-O3", "-march=native"], "timeout": 900}
"""Forms of all analyses; the time-out is how long one run waits for another's compilation (s)."""


LEAST_STRAIN = 0.01
"""Strain below which the energy that viscous terms hold is reckoned by the initial modulus."""


class Law(Protocol):
    """Hyperelastic law as UFL; see ``materials.law.Law``."""

    def parameters(self) -> dict[str, float]:
        """Numbers of the law by name."""
        ...

    def first_piola(self, F: Any, p: Any = None) -> Any:
        """First Piola-Kirchhoff stress (MPa)."""
        ...

    def energy(self, F: Any, p: Any = None) -> Any:
        """Strain energy per reference volume (MPa)."""
        ...


class RelaxingLaw(Law, Protocol):
    """Law that says what part of its stress a Prony series acts on."""

    @property
    def initial_shear_modulus_mpa(self) -> float:
        """Shear modulus at small strain (MPa)."""
        ...

    def relaxing_piola(self, F: Any, p: Any = None) -> Any:
        """Part of ``first_piola`` that relaxes (MPa)."""
        ...

    def relaxing_energy(self, F: Any, p: Any = None) -> Any:
        """Energy of which ``relaxing_piola`` is the derivative (MPa)."""
        ...

    def lasting_piola(self, F: Any, p: Any = None) -> Any:
        """The other part (MPa)."""
        ...


class Solid:
    """Internal forces and tangent of all deformable bodies of a mesh.

    Args:
        u: Displacement (mm) in a vector-valued space.
        cell_tags: Region of every cell.
        laws: Law of every region that occurs.
        quadrature_degree: Of all integrals.
        series: Prony series of regions that are viscous too, on top of their laws. A step is then
            framed by ``begin_step`` and ``commit``. Regions without one keep their kernels.
    """

    def __init__(
        self,
        u: dolfinx.fem.Function,
        cell_tags: dolfinx.mesh.MeshTags,
        laws: Mapping[int, Law],
        quadrature_degree: int = QUADRATURE_DEGREE,
        series: Mapping[int, Series] | None = None,
    ):
        self.u = u
        self.mesh = u.function_space.mesh
        self.laws = dict(laws)
        self.cell_tags = cell_tags
        self._check_regions()
        self.history: ViscousHistory | None = None
        if series:
            self._check_series(series)
            self.history = ViscousHistory(self.mesh, cell_tags, series, quadrature_degree)
        du = ufl.TrialFunction(u.function_space)
        self._degree = quadrature_degree
        self._dx = self._measure(cell_tags)
        gradient = ufl.Identity(3) + ufl.grad(u)
        f = ufl.variable(gradient)
        self._groups = self._group_by_structure()
        self._stresses = [
            (regions, self._stress(f, regions, fields)) for regions, fields in self._groups
        ]
        self._elasticities = [
            (regions, self._elasticity(f, regions, fields)) for regions, fields in self._groups
        ]
        work = self._virtual_work(self._dx)
        self.residual_form = dolfinx.fem.form(work, jit_options=COMPILER_OPTIONS)
        self.quadrature = cell_quadrature(quadrature_degree)
        self._tangent_work = ufl.derivative(work, u, du)
        self._energy_forms: dict[int, Any] = {}
        self._held_forms: dict[int, Any] = {}
        self._region_forms: dict[tuple[int, ...], Any] = {}
        self._jacobian = self._jacobian_expression()

    @cached_property
    def kernels(self) -> tuple[CellKernel, ...]:
        """Derivatives of the stresses in owned cells; collective at the first call."""
        return tuple(
            cell_kernel(
                elasticity,
                np.sort(np.concatenate([self.cells(r) for r in regions])).astype(np.int32),
                self.quadrature.points,
                COMPILER_OPTIONS,
            )
            for regions, elasticity in self._elasticities
        )

    @cached_property
    def tangent_form(self) -> dolfinx.fem.Form:
        """The tangent as a bilinear form, which checks the loops over cells; collective."""
        return dolfinx.fem.form(self._tangent_work, jit_options=COMPILER_OPTIONS)

    def _measure(self, tags: dolfinx.mesh.MeshTags) -> ufl.Measure:
        metadata = {"quadrature_degree": self._degree}
        return ufl.Measure("dx", self.mesh, subdomain_data=tags, metadata=metadata)

    def _virtual_work(self, dx: ufl.Measure) -> Any:
        """Virtual work of the stresses over the cells that a measure tags."""
        v = ufl.TestFunction(self.u.function_space)
        work: Any = 0
        for regions, stress in self._stresses:
            work += ufl.inner(stress, ufl.grad(v)) * dx(regions)
        return work

    def _check_regions(self) -> None:
        present = set(np.unique(self.cell_tags.values).tolist())
        everywhere = set().union(*self.mesh.comm.allgather(present))
        missing = sorted(everywhere - set(self.laws))
        if missing:
            raise ValueError(f"no law for regions {missing}")

    def _check_series(self, series: Mapping[int, Series]) -> None:
        unknown = sorted(set(series) - set(self.laws))
        if unknown:
            raise ValueError(f"series of regions that have no law: {unknown}")
        for region in sorted(series):
            law = self.laws[region]
            if not hasattr(law, "relaxing_piola"):
                raise TypeError(f"{type(law).__name__} of region {region} has no relaxing_piola")

    def _is_viscous(self, region: int) -> bool:
        return self.history is not None and region in self.history.regions

    def _stress(self, f: Any, regions: tuple[int, ...], fields: dict[str, Any]) -> Any:
        """First Piola-Kirchhoff stress of a group, of its history too where it has one."""
        law: Any = self.laws[regions[0]]
        if self.history is None or not self._is_viscous(regions[0]):
            return law.first_piola(f, fields)
        relaxing = law.relaxing_piola(f, fields)
        self.history.add_group(regions, f, relaxing, COMPILER_OPTIONS)
        return self.history.piola(f, relaxing, law.lasting_piola(f, fields))

    def _elasticity(self, f: Any, regions: tuple[int, ...], fields: dict[str, Any]) -> Any:
        """First elasticity tensor of a group: derivative of ``_stress`` by the gradient."""
        law: Any = self.laws[regions[0]]
        viscous = self.history is not None and self._is_viscous(regions[0])
        if not viscous and not hasattr(law, "relaxing_elasticity"):
            return ufl.diff(law.first_piola(f, fields), f)
        relaxing, lasting = (_derivative(law, part, f, fields) for part in ("relaxing", "lasting"))
        if self.history is None or not viscous:
            return relaxing + lasting
        return self.history.elasticity(f, relaxing, lasting)

    def _group_by_structure(self) -> list[tuple[tuple[int, ...], dict[str, dolfinx.fem.Function]]]:
        """Join regions whose laws differ in numbers alone: one kernel each, numbers by cell."""
        groups = self._structures(self.laws)
        space = dolfinx.fem.functionspace(self.mesh, ("DG", 0))
        made = []
        for key in sorted(groups):
            fields = {name: dolfinx.fem.Function(space, name=name) for name in key[1]}
            made.append((tuple(groups[key]), fields))
            self._fill(*made[-1])
        return made

    def _structures(self, laws: Mapping[int, Law]) -> dict[tuple[Any, ...], list[int]]:
        groups: dict[tuple[Any, ...], list[int]] = {}
        for region in sorted(laws):
            law = laws[region]
            limit = getattr(law, "poisson_ratio", None) == 0.0
            key = (type(law).__name__, tuple(law.parameters()), limit, self._is_viscous(region))
            groups.setdefault(key, []).append(int(region))
        return groups

    def _fill(self, regions: tuple[int, ...], fields: Mapping[str, dolfinx.fem.Function]) -> None:
        """Write the numbers of the laws into the cells of regions."""
        for region in regions:
            cells = self.cell_tags.find(region)
            for name, value in self.laws[region].parameters().items():
                fields[name].x.array[cells] = value

    def renew(self, laws: Mapping[int, Law]) -> bool:
        """Take laws of the same structure with other numbers; no form is made anew.

        Returns:
            False, with nothing changed, where a structure differs or a region is viscous.
        """
        if self.history is not None or self._structures(laws) != self._structures(self.laws):
            return False
        self.laws = dict(laws)
        for regions, fields in self._groups:
            self._fill(regions, fields)
        return True

    def structure_groups(self) -> tuple[tuple[int, ...], ...]:
        """Return the regions that share one kernel, group by group."""
        return tuple(regions for regions, _ in self._groups)

    def _fields(self, region: int) -> dict[str, dolfinx.fem.Function]:
        return next(fields for regions, fields in self._groups if region in regions)

    def _jacobian_expression(self) -> dolfinx.fem.Expression:
        # Vertices and edge midpoints of the cell catch folding that interior points miss.
        corners = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]], dtype=float)
        inner = 0.585410196624969 * corners + 0.138196601125011 * (1 - corners)
        inner[0] = 0.138196601125011
        expression = compat.gradient_determinant(self.u)
        return dolfinx.fem.Expression(
            expression, np.ascontiguousarray(inner), jit_options=COMPILER_OPTIONS
        )

    def least_volume_ratio(self) -> float:
        """Return the least ``det F`` over the quadrature points of all cells; collective."""
        cells = np.arange(self.mesh.topology.index_map(3).size_local, dtype=np.int32)
        values = self._jacobian.eval(self.mesh, cells)
        least = float(values.min()) if values.size else np.inf
        return self.mesh.comm.allreduce(least, op=MPI.MIN)

    def energy_nmm(self, region: int) -> float:
        """Return the strain energy that a region's law stores; collective.

        What the terms of a series hold on top is ``held_energy_nmm``.
        """
        if region not in self._energy_forms:
            f = ufl.Identity(3) + ufl.grad(self.u)
            density = self.laws[region].energy(f, self._fields(region))
            self._energy_forms[region] = dolfinx.fem.form(
                density * self._dx(int(region)), jit_options=COMPILER_OPTIONS
            )
        local = dolfinx.fem.assemble_scalar(self._energy_forms[region])
        return self.mesh.comm.allreduce(float(local))

    def begin_step(self, dt_s: float) -> None:
        """Begin a step of a length (s), again after a cut-back; see ``ViscousHistory``."""
        if self.history is not None:
            self.history.begin_step(dt_s)

    def commit(self) -> None:
        """Make the present state the end of the step that was begun."""
        if self.history is not None:
            self.history.commit()

    def save(self) -> ViscousState | None:
        """Return the committed history, if there is one."""
        return None if self.history is None else self.history.save()

    def restore(self, state: ViscousState | None) -> None:
        """Go back to a saved history."""
        if self.history is not None and state is not None:
            self.history.restore(state)

    def region_forces(self, regions: Sequence[int]) -> NDArray[np.float64]:
        """Return the internal forces of some regions on owned nodes (N), (n, 3); collective.

        The mean of those before and after a step, times the step's displacement, summed over all
        ranks, is the work that was done on the regions: stored, or lost in them.
        """
        wanted = tuple(sorted(int(region) for region in regions))
        if wanted not in self._region_forms:
            inside = np.isin(self.cell_tags.values, wanted)
            tags = dolfinx.mesh.meshtags(
                self.mesh, 3, self.cell_tags.indices[inside], self.cell_tags.values[inside]
            )
            # The residual's own kernels, over fewer cells: nothing is compiled.
            self._region_forms[wanted] = dolfinx.fem.form(
                self._virtual_work(self._measure(tags)), jit_options=COMPILER_OPTIONS
            )
        vector = dolfinx.fem.petsc.assemble_vector(self._region_forms[wanted])
        vector.ghostUpdate(addv=PETSc.InsertMode.ADD, mode=PETSc.ScatterMode.REVERSE)
        forces = vector.array_r.reshape(-1, 3).copy()
        vector.destroy()
        return forces

    def held_energy_nmm(self, region: int) -> float:
        """Return what the committed terms of a region hold and can still give back; collective.

        An estimate at finite strain; see ``ViscousHistory.held_share``. Zero without a series.
        """
        if self.history is None or not self._is_viscous(region):
            return 0.0
        law: Any = self.laws[region]
        # Below this stress and strain the law's energy is that of its initial modulus.
        shear = law.initial_shear_modulus_mpa
        share = self.history.held_share(2.0 * shear * LEAST_STRAIN)
        if region not in self._held_forms:
            f = ufl.Identity(3) + ufl.grad(self.u)
            least = compat.constant(self.mesh, shear * LEAST_STRAIN**2)
            density = share * (law.relaxing_energy(f, self._fields(region)) + least)
            self._held_forms[region] = dolfinx.fem.form(
                density * self._dx(int(region)), jit_options=COMPILER_OPTIONS
            )
        local = dolfinx.fem.assemble_scalar(self._held_forms[region])
        return self.mesh.comm.allreduce(float(local))

    def cauchy(self, region: int) -> Any:
        """Return the Cauchy stress of a region as UFL.

        What a viscous region has on top of its law is the committed one, its mean over each cell.
        """
        f = ufl.Identity(3) + ufl.grad(self.u)
        stress = self.laws[region].first_piola(ufl.variable(f), self._fields(region))
        if self._is_viscous(region):
            assert self.history is not None
            stress += f * self.history.mean_overstress()
        return stress * f.T / ufl.det(f)

    def cells(self, region: int) -> NDArray[np.int32]:
        """Return the owned cells of a region."""
        owned = self.mesh.topology.index_map(3).size_local
        cells = self.cell_tags.find(region)
        return cells[cells < owned]


def _derivative(law: Any, part: str, f: Any, fields: Mapping[str, Any]) -> Any:
    """Derivative of a part of a law's stress, written out by the law or found by UFL."""
    written = getattr(law, f"{part}_elasticity", None)
    if written is not None:
        return written(f, fields)
    return ufl.diff(getattr(law, f"{part}_piola")(f, fields), f)
