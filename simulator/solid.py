# SPDX-License-Identifier: MIT
"""Weak form of the deformable bodies: finite strain, total Lagrangian, one law a region.

Material numbers enter as constants of the form, so that candidates of one
material structure share one compiled kernel.
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

The under-integration relaxes the volumetric constraint; docs/decisions/element.md.
"""
COMPILER_OPTIONS = {"cffi_extra_compile_args": ["-O3", "-march=native"]}


class Law(Protocol):
    """Hyperelastic law as UFL; see ``materials.law.Law``."""

    def parameters(self) -> dict[str, float]: ...
    def first_piola(self, F: Any, p: Any = None) -> Any: ...
    def energy(self, F: Any, p: Any = None) -> Any: ...


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
            "dx", self.mesh, subdomain_data=cell_tags, metadata={"quadrature_degree": quadrature_degree}
        )
        gradient = ufl.Identity(3) + ufl.grad(u)
        f = ufl.variable(gradient)
        self._constants = {
            region: {n: compat.constant(self.mesh, x) for n, x in law.parameters().items()}
            for region, law in self.laws.items()
        }
        # Regions of equal structure share one integral kernel each; order fixes the JIT signature.
        work: Any = 0
        for region in sorted(self.laws):
            stress = self.laws[region].first_piola(f, self._constants[region])
            work += ufl.inner(stress, ufl.grad(v)) * self._dx(int(region))
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

    def _jacobian_expression(self) -> dolfinx.fem.Expression:
        # Vertices and edge midpoints of the cell catch folding that interior points miss.
        corners = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]], dtype=float)
        inner = 0.585410196624969 * corners + 0.138196601125011 * (1 - corners)
        inner[0] = 0.138196601125011
        expression = compat.gradient_determinant(self.u)
        return dolfinx.fem.Expression(expression, np.ascontiguousarray(inner))

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
            density = self.laws[region].energy(f, self._constants[region])
            self._energy_forms[region] = dolfinx.fem.form(density * self._dx(int(region)))
        local = dolfinx.fem.assemble_scalar(self._energy_forms[region])
        return self.mesh.comm.allreduce(float(local))

    def cauchy(self, region: int) -> Any:
        """Return the Cauchy stress of a region's law as UFL."""
        f = ufl.Identity(3) + ufl.grad(self.u)
        stress = self.laws[region].first_piola(ufl.variable(f), self._constants[region])
        return stress * f.T / ufl.det(f)

    def cells(self, region: int) -> NDArray[np.int32]:
        """Return the owned cells of a region."""
        owned = self.mesh.topology.index_map(3).size_local
        cells = self.cell_tags.find(region)
        return cells[cells < owned]
