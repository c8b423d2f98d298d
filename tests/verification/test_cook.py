# SPDX-License-Identifier: MIT
"""Cook's membrane at finite strain, nearly incompressible: no locking of what is in use.

A tapered panel of 48 mm, clamped at its edge of 44 mm, bears a dead shear traction of 100 N a mm
on the one of 16 mm; plane strain; neo-Hookean, shear modulus 80.194 MPa (E 240.565 MPa at 0.4999).
Tip displacements are compared with those of cubic elements with a quadratic pressure in the plane,
64 cells an edge, refined towards the singular corner (benchmarks/elements). At 0.4999 these give
6.932 mm; FinEALE's code quotes 6.9083 mm of a mesh of 128 x 128 from Elguedj et al. 2008 (CMAME).
"""

from __future__ import annotations

from functools import cache

import dolfinx
import numpy as np
import pytest
import ufl

from materials.solids import NeoHookean
from tests.helpers.contact_bodies import Tagged
from tests.helpers.evidence import Evidence
from tests.helpers.solid_problem import HELD, Array, SolidProblem, assemble, block, solid_problem

SHEAR_MODULUS_MPA = 80.1938
TRACTION_MPA = 100.0 / 16.0
TIP_MM = {0.475: 7.1879, 0.499: 6.9410}
CELLS_AN_EDGE = (4, 8, 16)
LOAD_STEPS = 4
CASE = "Cook's membrane, Poisson's ratio {}"


def membrane(cells: int) -> Tagged:
    """One layer of cells, whose thickness is that of a cell, held on the left edge."""
    thickness = 44.0 / cells

    def place(unit: Array) -> Array:
        low, high = 44.0 * unit[:, 0], 44.0 + 16.0 * unit[:, 0]
        return np.column_stack(
            [48.0 * unit[:, 0], low + unit[:, 1] * (high - low), thickness * unit[:, 2]]
        )

    whole = block((cells, cells, 1), place)
    left = np.all(whole.points[whole.facets][:, :, 0] == 0.0, axis=1)
    return Tagged(
        whole.points, whole.cells, whole.cell_tags, whole.facets[left], whole.facet_tags[left]
    )


def pulled(ratio: float, cells: int, degree: int) -> SolidProblem:
    """The membrane under its whole load."""
    law = NeoHookean(SHEAR_MODULUS_MPA, ratio)
    problem = solid_problem(membrane(cells), {1: law}, degree=degree)
    mesh, nodes = problem.domain.mesh, problem.nodes
    sides = np.isclose(nodes[:, 2], 0.0) | np.isclose(nodes[:, 2], 44.0 / cells)
    across = 3 * np.flatnonzero(sides) + 2
    problem.fixed = np.union1d(problem.fixed, across).astype(np.int32)
    right = dolfinx.mesh.locate_entities_boundary(mesh, 2, lambda x: np.isclose(x[0], 48.0))
    tags = dolfinx.mesh.meshtags(mesh, 2, np.sort(right), np.full(len(right), HELD, np.int32))
    ds = ufl.Measure("ds", mesh, subdomain_data=tags)
    work = TRACTION_MPA * ufl.TestFunction(problem.u.function_space)[1] * ds(HELD)
    whole = assemble(dolfinx.fem.form(work))
    for part in np.linspace(0.0, 1.0, LOAD_STEPS + 1)[1:]:
        problem.load = part * whole
        problem.solve(np.zeros_like(nodes), tolerance=1e-9)
    return problem


def tip_mm(problem: SolidProblem) -> float:
    """Vertical displacement of the upper right corner."""
    at = np.all(np.isclose(problem.nodes[:, :2], [48.0, 60.0]), axis=1)
    return float(problem.u.x.array.reshape(-1, 3)[at, 1].mean())


@cache
def errors(ratio: float, degree: int) -> tuple[float, ...]:
    """Relative errors of the tip displacement, coarse to fine."""
    return tuple(tip_mm(pulled(ratio, n, degree)) / TIP_MM[ratio] - 1.0 for n in CELLS_AN_EDGE)


@pytest.mark.parametrize(("ratio", "allowed"), [(0.475, 2.0), (0.499, 3.0)])
def test_quadratic_elements_reach_the_tip_displacement(
    ratio: float, allowed: float, evidence: Evidence
) -> None:
    quadratic, linear = errors(ratio, 2), errors(ratio, 1)
    case = CASE.format(ratio)
    evidence.within(
        "elements", case, "tip displacement with 16 cells an edge / reference - 1",
        100.0 * quadratic[-1], low=-allowed, high=0.2, unit="%",
        source="cubic elements with quadratic pressure, 64 cells an edge",
    )  # fmt: skip
    evidence.curve(
        "elements", case, "cells an edge", "error of the tip displacement, %",
        {
            "quadratic, in use": (CELLS_AN_EDGE, 100.0 * np.abs(quadratic)),
            "linear, for comparison": (CELLS_AN_EDGE, 100.0 * np.abs(linear)),
        },
        logarithmic=True,
    )  # fmt: skip
    assert np.all(np.diff(np.abs(quadratic)) < 0.0)


def test_linear_elements_lock(evidence: Evidence) -> None:
    """Else the membrane would tell nothing: linear elements fail as the volume is kept."""
    mild, severe = errors(0.475, 1)[-1], errors(0.499, 1)[-1]
    evidence.within(
        "elements", CASE.format(0.499), "shortfall of linear elements (counter-example)",
        -100.0 * severe, low=40.0, unit="%", source="locking is what the case is for",
    )  # fmt: skip
    assert severe < mild - 0.1
    assert abs(errors(0.499, 2)[0]) < abs(severe)
