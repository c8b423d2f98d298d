# SPDX-License-Identifier: MIT
"""Weak form of the deformable bodies: finite strain, total Lagrangian, one law a region.

Material numbers enter as fields constant in each cell, so that regions, and
candidates, of one material structure share one compiled kernel.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import dolfinx
import numpy as np
import ufl
from mpi4py import MPI
from numpy.typing import NDArray

from simulator import compat

QUADRATURE_DEGREE = 2
"""Four points a quadratic tetrahedron, as in the ten-node elements of the peers.

The under-integration relaxes the volumetric constraint and costs no order
(docs/decisions/element.md).
"""
COMPILER_OPTIONS = {"cffi_extra_compile_args": ["-O3", "-march=native"], "timeout": 900}
"""Forms of all analyses; the time-out is how long one run waits for another's compilation (s)."""


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


class Solid:
    """Internal forces and tangent of all deformable bodies of a mesh.

    Args:
        u: Displacement (mm) in a vector-valued space.
        cell_tags: Region of every cell.
        laws: Law of every region that occurs.
    """

    def __init__(
        self,
        u: dolfinx.fem.Function,
        cell_tags: dolfinx.mesh.MeshTags,
        laws: Mapping[int, Law],
        quadrature_degree: int = QUADRATURE_DEGREE,
    ):
        self.u = u
        self.mesh = u.function_space.mesh
        self.laws = dict(laws)
        self.cell_tags = cell_tags
        self._check_regions()
        v, du = ufl.TestFunction(u.function_space), ufl.TrialFunction(u.function_space)
        self._dx = ufl.Measure(
            "dx",
            self.mesh,
            subdomain_data=cell_tags,
            metadata={"quadrature_degree": quadrature_degree},
        )
        gradient = ufl.Identity(3) + ufl.grad(u)
        f = ufl.variable(gradient)
        self._groups = self._group_by_structure()
        work: Any = 0
        for regions, fields in self._groups:
            stress = self.laws[regions[0]].first_piola(f, fields)
            work += ufl.inner(stress, ufl.grad(v)) * self._dx(regions)
        options = {"jit_options": COMPILER_OPTIONS}
        self.residual_form = dolfinx.fem.form(work, **options)
        self.tangent_form = dolfinx.fem.form(ufl.derivative(work, u, du), **options)
        self._energy_forms: dict[int, Any] = {}
        self._jacobian = self._jacobian_expression()

    def _check_regions(self) -> None:
        present = set(np.unique(self.cell_tags.values).tolist())
        everywhere = set().union(*self.mesh.comm.allgather(present))
        missing = sorted(everywhere - set(self.laws))
        if missing:
            raise ValueError(f"no law for regions {missing}")

    def _group_by_structure(self) -> list[tuple[tuple[int, ...], dict[str, dolfinx.fem.Function]]]:
        """Join regions whose laws differ in numbers alone: one kernel each, numbers by cell."""
        groups: dict[tuple[Any, ...], list[int]] = {}
        for region in sorted(self.laws):
            law = self.laws[region]
            limit = getattr(law, "poisson_ratio", None) == 0.0
            key = (type(law).__name__, tuple(law.parameters()), limit)
            groups.setdefault(key, []).append(int(region))
        space = dolfinx.fem.functionspace(self.mesh, ("DG", 0))
        made = []
        for key in sorted(groups):
            fields = {name: dolfinx.fem.Function(space, name=name) for name in key[1]}
            for region in groups[key]:
                cells = self.cell_tags.find(region)
                for name, value in self.laws[region].parameters().items():
                    fields[name].x.array[cells] = value
            made.append((tuple(groups[key]), fields))
        return made

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
        """Return the strain energy stored in a region; collective."""
        if region not in self._energy_forms:
            f = ufl.Identity(3) + ufl.grad(self.u)
            density = self.laws[region].energy(f, self._fields(region))
            self._energy_forms[region] = dolfinx.fem.form(
                density * self._dx(int(region)), jit_options=COMPILER_OPTIONS
            )
        local = dolfinx.fem.assemble_scalar(self._energy_forms[region])
        return self.mesh.comm.allreduce(float(local))

    def cauchy(self, region: int) -> Any:
        """Return the Cauchy stress of a region's law as UFL."""
        f = ufl.Identity(3) + ufl.grad(self.u)
        stress = self.laws[region].first_piola(ufl.variable(f), self._fields(region))
        return stress * f.T / ufl.det(f)

    def cells(self, region: int) -> NDArray[np.int32]:
        """Return the owned cells of a region."""
        owned = self.mesh.topology.index_map(3).size_local
        cells = self.cell_tags.find(region)
        return cells[cells < owned]
