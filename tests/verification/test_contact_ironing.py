# SPDX-License-Identifier: MIT
"""A round indenter pressed into a soft block and dragged along it, over the borders of facets."""

from __future__ import annotations

import numpy as np
import pytest
from mpi4py import MPI

from simulator.contact import ContactLaw, ContactSurface, PairContact, penalty_stiffness
from tests.helpers.contact_bodies import Array, box, grid_block, merge
from tests.helpers.contact_newton import commit, neo_hookean, solve
from tests.helpers.evidence import Evidence

LOWER, UPPER = 1, 2
BOTTOM, TOP, SOLE, LID = 1, 2, 3, 4
RADIUS_MM, DEPTH_MM, WAY_MM, STEPS = 12.0, 0.6, 4.0, 16
FACET_MM = 20.0 / 14.0
FRICTION = 0.3


def _iron(slave: str) -> tuple[Array, list[int]]:
    """Way (mm), forces along and across on the indenter (N) after each step; iterations."""

    def indenter(unit: Array) -> Array:
        x = 6.0 * (2.0 * unit[:, 0] - 1.0)
        rise = RADIUS_MM - np.sqrt(RADIUS_MM**2 - x**2)
        z = FACET_MM * (0.3 + 1.4 * unit[:, 2])
        return np.column_stack([x - 3.0, rise + (4.0 - rise) * unit[:, 1], z])

    lower = box((14, 4, 2), (-10, -6, 0), (10, 0, 2 * FACET_MM), LOWER, BOTTOM, TOP)
    upper = grid_block((8, 2, 2), indenter, UPPER, SOLE, LID)
    bodies = merge(lower, upper)
    model = neo_hookean(bodies, {LOWER: (0.3, 0.3), UPPER: (1.0, 0.3)}, MPI.COMM_SELF)
    surfaces = [ContactSurface(model.space, model.facets(tag)) for tag in (SOLE, TOP)]
    if slave == "block":
        surfaces.reverse()
    law = ContactLaw(penalty_stiffness(0.3, surfaces[0].size_mm), friction=FRICTION)
    term = PairContact(*surfaces, law)
    model.terms = [term]
    model.target = np.zeros(model.u.x.array.size)
    for component in range(3):
        model.fix(model.dofs(BOTTOM, component))
        model.fix(model.dofs(LID, component))
    sign = 1.0 if slave == "indenter" else -1.0
    found = []
    pressed = [(0.0, DEPTH_MM * k / 3) for k in (1, 2, 3)]
    for way, depth in pressed + [(WAY_MM * k / STEPS, DEPTH_MM) for k in range(1, STEPS + 1)]:
        model.target[model.dofs(LID, 0)] = way
        model.target[model.dofs(LID, 1)] = -depth
        solve(model)
        commit(model)
        found.append([way, *(sign * term.resultant().force_n[:2])])
    return np.array(found[len(pressed) :]), model.iterations


@pytest.mark.parametrize("slave", ["indenter", "block"])
def test_ironing_is_smooth(evidence: Evidence, slave: str) -> None:
    """Forces follow a parabola of the way; what is off it is the ripple of facets."""
    found, iterations = _iron(slave)
    case = f"Ironing, slave on the {slave}"
    way, along, normal = found[found[:, 0] > 1.5].T
    source = f"facets of {FACET_MM:.2f} mm, steps of {WAY_MM / STEPS:.2f} mm"
    for name, force, high in (("normal", normal, 0.005), ("friction", along, 0.01)):
        off = force - np.polyval(np.polyfit(way, force, 2), way)
        ripple = float(np.abs(off).max() / np.abs(force.mean()))
        evidence.within(
            "contact", case, f"ripple of the {name} force / force", ripple, high=high, source=source
        )
    # The indenter's side is inclined: its tangential force is a little less than the horizontal.
    ratio = -along / normal
    evidence.within(
        "contact", case, "friction / normal force, mean", float(ratio.mean()), low=0.28, high=0.31,
        source="Coulomb, 0.3",
    )  # fmt: skip
    evidence.within(
        "contact", case, "Newton iterations a step, most", float(max(iterations)), high=12.0
    )
    evidence.curve(
        "contact", case, "way (mm)", "force / mean normal force",
        {"normal": (found[:, 0], found[:, 2] / normal.mean()),
         "friction": (found[:, 0], -found[:, 1] / normal.mean())},
    )  # fmt: skip
