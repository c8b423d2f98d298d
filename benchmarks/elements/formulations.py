# SPDX-License-Identifier: MIT
"""Finite elements for nearly incompressible solids, all of them with the same law.

Mixed elements use the complementary energy of the law's volumetric part: with
``U(J) = K/4 (J^2 - 1 - 2 ln J)`` the pressure is ``p = U'(J) = K/2 (J - 1/J)``, so that
``J = p/K + sqrt((p/K)^2 + 1)`` is what the second equation asks for. Where the pressure is free in
each point this is the displacement formulation again; the tangent is symmetric.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import basix.ufl
import dolfinx
import ufl

from materials.law import Law, volumetric_piola
from simulator import compat
from simulator.solid import COMPILER_OPTIONS

BULK = "bulk_modulus_mpa"


@dataclass(frozen=True, slots=True)
class Element:
    """One way to discretise.

    Attributes:
        title: For tables.
        displacement: ``P1``, ``P2``, ``P3`` or ``P1+bubble``.
        degree: Quadrature degree.
        volumetric_degree: Quadrature degree of the volumetric term where it is another.
        pressure: Degree of the pressure: None, 0 (discontinuous), 1 or 2 (continuous).
        stabilised: Whether the pressure is projected on constants (Dohrmann & Bochev 2004).
    """

    title: str
    displacement: str
    degree: int
    volumetric_degree: int | None = None
    pressure: int | None = None
    stabilised: bool = False


ELEMENTS: dict[str, Element] = {
    "p2": Element("P2, 4 points (in use)", "P2", 2),
    "p2_14": Element("P2, 14 points", "P2", 4),
    "p2_sri": Element("P2, volume at 1 point", "P2", 2, volumetric_degree=1),
    "p2p0": Element("P2/P0, condensed", "P2", 4, pressure=0),
    "p2p1": Element("P2/P1 (Taylor-Hood)", "P2", 4, pressure=1),
    "mini": Element("P1+bubble/P1 (MINI)", "P1+bubble", 6, pressure=1),
    "p1p1": Element("P1/P1 stabilised", "P1", 2, pressure=1, stabilised=True),
    "p1": Element("P1", "P1", 1),
}
REFERENCE = Element("P3/P2", "P3", 6, pressure=2)


@dataclass(frozen=True, slots=True)
class Region:
    """Law of one region, and fibre directions or other fields that it carries already."""

    law: Law
    mixed: bool = True
    """Whether its pressure is an unknown where the element has one."""


class Discretisation:
    """Unknowns, residuals and blocks of the tangent of one element on one mesh.

    Args:
        mesh: The mesh, on one rank.
        cell_tags: Region of every cell, or None where there is one region.
        regions: Laws by region; those that are not ``mixed`` are integrated as ``p2``.
        element: The element.
    """

    def __init__(
        self,
        mesh: dolfinx.mesh.Mesh,
        element: Element,
        regions: Mapping[int, Region],
        cell_tags: dolfinx.mesh.MeshTags | None = None,
    ):
        self.mesh, self.element = mesh, element
        self.u = dolfinx.fem.Function(dolfinx.fem.functionspace(mesh, self._displacement()))
        self.p: dolfinx.fem.Function | None = None
        if element.pressure is not None:
            family = "Lagrange" if element.pressure else "DG"
            space = dolfinx.fem.functionspace(mesh, (family, element.pressure))
            self.p = dolfinx.fem.Function(space)
        self.constants = {
            tag: {
                name: compat.constant(mesh, value)
                for name, value in region.law.parameters().items()
            }
            for tag, region in regions.items()
        }
        self.shear = {
            tag: compat.constant(mesh, region.law.initial_shear_modulus_mpa)
            for tag, region in regions.items()
        }
        self.regions = dict(regions)
        self.tags = cell_tags
        self._forms()

    def _displacement(self) -> Any:
        name, cell = self.element.displacement, compat.cell_name(self.mesh)
        if name == "P1+bubble":
            parts = [
                basix.ufl.element("Lagrange", cell, 1),
                basix.ufl.element("bubble", cell, self.mesh.topology.dim + 1),
            ]
            return basix.ufl.blocked_element(
                basix.ufl.enriched_element(parts), shape=(self.mesh.geometry.dim,)
            )
        return basix.ufl.element("Lagrange", cell, int(name[1:]), shape=(self.mesh.geometry.dim,))

    def set_law(self, tag: int, law: Law) -> None:
        """Give a region other numbers of the same structure; nothing is compiled anew."""
        for name, value in law.parameters().items():
            self.constants[tag][name].value = value
        self.shear[tag].value = law.initial_shear_modulus_mpa

    def gradient(self) -> Any:
        """Deformation gradient (3, 3), in plane strain where the mesh is plane."""
        if self.mesh.geometry.dim == 3:
            return ufl.Identity(3) + ufl.grad(self.u)
        return ufl.Identity(3) + embedded(ufl.grad(self.u))

    def _measure(self, tag: int, degree: int) -> Any:
        metadata = {"quadrature_degree": degree}
        if self.tags is None:
            return ufl.Measure("dx", self.mesh, metadata=metadata)
        return ufl.Measure("dx", self.mesh, subdomain_data=self.tags, metadata=metadata)(tag)

    def _forms(self) -> None:
        v, du = ufl.TestFunction(self.u.function_space), ufl.TrialFunction(self.u.function_space)
        grad_v = ufl.grad(v) if self.mesh.geometry.dim == 3 else embedded(ufl.grad(v))
        f = ufl.variable(self.gradient())
        work, apart, volume = 0, 0, 0
        for tag, region in self.regions.items():
            numbers, element = self.constants[tag], self.element
            mixed = region.mixed and self.p is not None
            if not mixed and element.volumetric_degree is None:
                degree = element.degree if region.mixed else 2
                stress = region.law.first_piola(f, numbers)
                work += ufl.inner(stress, grad_v) * self._measure(tag, degree)
                continue
            isochoric = region.law.first_piola(f, {**numbers, BULK: 0.0})
            work += ufl.inner(isochoric, grad_v) * self._measure(tag, element.degree)
            if not mixed:
                pressure = volumetric_piola(f, ufl.det(f), numbers[BULK])
                apart += ufl.inner(pressure, grad_v) * self._measure(tag, element.volumetric_degree)
                continue
            added, constraint = self._mixed_terms(tag, f, grad_v)
            work, volume = work + added, volume + constraint
        options = {"jit_options": COMPILER_OPTIONS}
        # Two degrees in one form give a wrong tangent (ffcx 0.9, by differences): two forms.
        works = [part for part in (work, apart) if part != 0]
        self.residuals = [dolfinx.fem.form(part, **options) for part in works]
        self.tangents = [
            dolfinx.fem.form(ufl.derivative(part, self.u, du), **options) for part in works
        ]
        if self.p is None:
            return
        for tag, region in self.regions.items():
            if not region.mixed:  # The pressure of such cells is unused: zero.
                volume -= self.p * ufl.TestFunction(self.p.function_space) * self._measure(tag, 2)
        dp, q = ufl.TrialFunction(self.p.function_space), ufl.TestFunction(self.p.function_space)
        self.constraint = dolfinx.fem.form(volume, **options)
        self.coupling = dolfinx.fem.form(ufl.derivative(work, self.p, dp), **options)
        self.compliance = dolfinx.fem.form(ufl.derivative(volume, self.p, dp), **options)
        schur = sum(
            dp * q / self.shear[tag] * self._measure(tag, 2 * self.element.pressure)
            for tag in self.regions
        )
        self.mass = dolfinx.fem.form(schur, **options)

    def _mixed_terms(self, tag: int, f: Any, grad_v: Any) -> tuple[Any, Any]:
        """Work of the pressure and the equation of the volume."""
        assert self.p is not None
        dx = self._measure(tag, self.element.degree)
        q = ufl.TestFunction(self.p.function_space)
        ratio = self.p / self.constants[tag][BULK]
        wanted = ratio + ufl.sqrt(ratio * ratio + 1)
        work = ufl.inner(self.p * ufl.det(f) * ufl.inv(f).T, grad_v) * dx
        volume = (ufl.det(f) - wanted) * q * dx
        if self.element.stabilised:
            # p - mean(p) of a linear p: the whole square less that of the one-point rule.
            square = self.p * q / self.shear[tag]
            volume -= square * self._measure(tag, 2) - square * self._measure(tag, 1)
        return work, volume

    def pressure(self, tag: int) -> Any:
        """Pressure U'(J) (MPa, positive in tension) as UFL."""
        if self.p is not None and self.regions[tag].mixed:
            return self.p
        j = ufl.det(self.gradient())
        return self.constants[tag][BULK] / 2 * (j - 1 / j)


def embedded(gradient: Any) -> Any:
    """A plane gradient (2, 2) among (3, 3)."""
    return ufl.as_tensor(
        [
            [gradient[0, 0], gradient[0, 1], 0],
            [gradient[1, 0], gradient[1, 1], 0],
            [0, 0, 0],
        ]
    )
