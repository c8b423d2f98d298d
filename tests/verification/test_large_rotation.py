# SPDX-License-Identifier: MIT
"""A slender cantilever bent far: the elastica, and the circle of a bent-over end.

The beam is 100 mm long, 1 mm deep and wide, of the compressible neo-Hookean law with Poisson's
ratio 0: strains stay below 3 %, the end turns by 82 and 180 degrees. A dead tip force P is compared
with the elastica (Bisshopp & Drucker 1945; Mattiasson 1981 tabulates 0.81061 and 0.55500 of the
length for P L^2 / E I = 10), an end turned with its centre on the circle with M = E I theta / L.
"""

from __future__ import annotations

from functools import cache

import dolfinx
import numpy as np
import pytest
import ufl
from scipy.integrate import solve_bvp

from materials.solids import CompressibleNeoHookean
from simulator.rotations import about
from tests.helpers.contact_bodies import Tagged
from tests.helpers.evidence import Evidence
from tests.helpers.solid_problem import (
    HELD,
    TOP,
    Array,
    SolidProblem,
    assemble,
    block,
    solid_problem,
)

LENGTH_MM, DEPTH_MM = 100.0, 1.0
LAW = CompressibleNeoHookean.from_young(1000.0, 0.0)
STIFFNESS_NMM2 = 1000.0 * DEPTH_MM**4 / 12.0
LOAD = 10.0
"""P L^2 / (E I)."""
CELLS_ALONG = (10, 20, 40)
STEPS = 10
Z = np.array([0.0, 0.0, 1.0])


def beam(along: int) -> Tagged:
    """Clamped at x = 0 (``HELD``), free end tagged ``TOP``."""
    size = np.array([LENGTH_MM, DEPTH_MM, DEPTH_MM])
    whole = block((along, 1, 1), lambda unit: (unit - [0.0, 0.5, 0.5]) * size)
    x = whole.points[whole.facets][:, :, 0]
    start, end = np.all(x == 0.0, axis=1), np.all(x == LENGTH_MM, axis=1)
    tags = np.where(start, HELD, TOP).astype(np.int32)
    kept = start | end
    return Tagged(whole.points, whole.cells, whole.cell_tags, whole.facets[kept], tags[kept])


def end_nodes(problem: SolidProblem) -> Array:
    """Nodes of the free end."""
    return np.flatnonzero(np.isclose(problem.nodes[:, 0], LENGTH_MM))


@cache
def elastica() -> tuple[float, float]:
    """Place of the tip over the length: along, and across, from E I theta'' = -P cos theta."""
    s = np.linspace(0.0, 1.0, 201)
    found = solve_bvp(
        lambda _, y: np.vstack([y[1], -LOAD * np.cos(y[0]), np.cos(y[0]), np.sin(y[0])]),
        lambda a, b: np.array([a[0], b[1], a[2], a[3]]),
        s,
        np.vstack([1.4 * s, 1.4 * (1 - s), s, s]),
        tol=1e-9,
        max_nodes=20_000,
    )
    assert found.success
    return float(found.y[2, -1]), float(found.y[3, -1])


@cache
def pulled(along: int, degree: int = 2) -> tuple[float, tuple[float, ...]]:
    """Error of the tip's place under the dead force over the length, and Newton's last norms."""
    problem = solid_problem(beam(along), {1: LAW}, degree=degree)
    ds = ufl.Measure("ds", problem.domain.mesh, subdomain_data=problem.domain.facet_tags)
    force_n = LOAD * STIFFNESS_NMM2 / LENGTH_MM**2
    traction = force_n / DEPTH_MM**2 * ufl.TestFunction(problem.u.function_space)[1] * ds(TOP)
    whole = assemble(dolfinx.fem.form(traction))
    for part in np.linspace(0.0, 1.0, STEPS + 1)[1:]:
        problem.load = part * whole
        problem.solve(np.zeros_like(problem.nodes), limit=40, tolerance=1e-8)
    tip = (problem.nodes + problem.u.x.array.reshape(-1, 3))[end_nodes(problem)].mean(axis=0)
    wanted = LENGTH_MM * np.array([*elastica(), 0.0])
    return float(np.linalg.norm(tip - wanted) / LENGTH_MM), tuple(problem.norms)


def test_elastica_is_that_of_the_literature() -> None:
    along, across = elastica()
    assert across == pytest.approx(0.81061, abs=2e-5)
    assert 1.0 - along == pytest.approx(0.55500, abs=2e-5)


def test_dead_force_bends_the_beam_to_the_elastica(evidence: Evidence) -> None:
    found = [pulled(n)[0] for n in CELLS_ALONG]
    case = "Cantilever under a dead tip force, end turned by 82 degrees"
    evidence.within(
        "elements", case, "distance of the tip from the elastica / length", 100.0 * found[-1],
        high=0.5, unit="%", source="Bisshopp & Drucker 1945, Mattiasson 1981",
    )  # fmt: skip
    evidence.curve(
        "elements", case, "cells along", "distance of the tip / length",
        {"quadratic": (CELLS_ALONG, found)}, logarithmic=True,
    )  # fmt: skip
    assert found[2] < found[1] < found[0]


def turned(degrees: float, along: int = 40) -> tuple[SolidProblem, Array]:
    """The end section turned in steps, its centre led along where a circle's end is."""
    problem = solid_problem(beam(along), {1: LAW})
    ends = end_nodes(problem)
    problem.fixed = np.union1d(problem.fixed, (3 * ends[:, None] + np.arange(3)).ravel()).astype(
        np.int32
    )
    x = problem.nodes
    for angle in np.radians(np.arange(10.0, degrees + 1.0, 10.0)):
        centre = LENGTH_MM / angle * np.array([np.sin(angle), 1.0 - np.cos(angle), 0.0])
        arm = x[ends] - [LENGTH_MM, 0.0, 0.0]
        target = np.zeros_like(x)
        target[ends] = centre + arm @ about(Z, angle).T - x[ends]
        # From the circle: nodes between would else be left behind by the turning end.
        on = x[:, 0] * angle / LENGTH_MM
        radius = LENGTH_MM / angle - x[:, 1]
        circle = np.column_stack(
            [radius * np.sin(on), LENGTH_MM / angle - radius * np.cos(on), x[:, 2]]
        )
        problem.u.x.array[:] = (circle - x).ravel()
        problem.solve(target, limit=40, tolerance=1e-9)
    return problem, ends


def test_turned_end_bends_the_beam_to_a_circle(evidence: Evidence) -> None:
    problem, ends = turned(180.0)
    place = problem.nodes + problem.u.x.array.reshape(-1, 3)
    forces = problem.internal_forces()[ends]
    arms = place[ends] - place[ends].mean(axis=0)
    moment = float(np.cross(arms, forces)[:, 2].sum())
    middle = place[np.all(np.isclose(problem.nodes, [50.0, 0.0, 0.0]), axis=1)]
    radius = LENGTH_MM / np.pi
    off = float(np.linalg.norm(middle.mean(axis=0) - [radius, radius, 0.0])) if len(middle) else 0.0
    case = "Cantilever bent to a half circle"
    evidence.within(
        "elements", case, "end moment / (E I theta / L)",
        moment / (STIFFNESS_NMM2 * np.pi / LENGTH_MM), low=0.99, high=1.01,
        source="Euler-Bernoulli",
    )  # fmt: skip
    evidence.within(
        "elements", case, "end force x length / moment",
        float(np.linalg.norm(forces.sum(axis=0))) * LENGTH_MM / abs(moment), high=0.02,
        source="pure bending has no force",
    )  # fmt: skip
    assert off < 0.01 * LENGTH_MM


def test_newton_is_quadratic_at_large_rotation() -> None:
    """The tangent is the derivative, its geometric part included: digits double."""
    norms = np.array(pulled(CELLS_ALONG[0])[1])
    print(norms)
    # A bending step overshoots first; then digits double, down to the rounding of a slender beam.
    assert (norms[1:] / norms[:-1]).min() < 1e-4
    assert len(norms) <= 12
