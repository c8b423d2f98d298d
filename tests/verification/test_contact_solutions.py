# SPDX-License-Identifier: MIT
"""Contact against known solutions: patch, sliding block, and Newton's convergence."""

from __future__ import annotations

import numpy as np
import pytest
from mpi4py import MPI

from simulator.contact import (
    ContactLaw,
    ContactSurface,
    PairContact,
    PlaneContact,
    penalty_stiffness,
)
from tests.helpers.contact_bodies import Array, Tagged, box, grid_block, merge
from tests.helpers.contact_newton import Model, commit, neo_hookean, solve
from tests.helpers.evidence import Evidence

LOWER, UPPER = 1, 2
BOTTOM, TOP, SOLE, LID = 1, 2, 3, 4


def _surface(model: Model, tag: int) -> ContactSurface:
    return ContactSurface(model.space, model.facets(tag))


def _move(model: Model, tag: int, component: int, value: float) -> None:
    dofs = model.dofs(tag, component)
    model.fix(dofs)
    if model.target is None:
        model.target = np.zeros(model.u.x.array.size)
    model.target[dofs] = value


@pytest.mark.parametrize(
    ("slave", "master", "degree", "scatter", "largest"),
    [(4, 4, 4, 1e-6, 1e-6), (4, 3, 6, 0.01, 0.03), (3, 4, 8, 0.01, 0.03)],
)
def test_flat_patch_has_uniform_pressure(
    evidence: Evidence, slave: int, master: int, degree: int, scatter: float, largest: float
) -> None:
    """Facets that match are exact; else one pass leaves the error of its quadrature."""
    lower = box((master, 2, master), (0, -5, 0), (10, 0, 10), LOWER, BOTTOM, TOP)
    upper = box((slave, 2, slave), (0, 0, 0), (10, 5, 10), UPPER, SOLE, LID)
    model = neo_hookean(merge(lower, upper), {LOWER: (1.0, 0.0), UPPER: (0.3, 0.0)}, MPI.COMM_SELF)
    sole = ContactSurface(model.space, model.facets(SOLE), degree)
    law = ContactLaw(penalty_stiffness(0.3, 3.0))
    model.terms = [PairContact(sole, _surface(model, TOP), law)]
    for component in (0, 2):
        model.fix(model.dofs(BOTTOM, component))
        model.fix(model.dofs(LID, component))
    for step in (1, 2):
        _move(model, LID, 1, -0.4 * step)
        _move(model, BOTTOM, 1, 0.0)
        solve(model, 1e-10)
        commit(model)
    output = model.terms[0].output()
    area = output.area_reference_mm2
    mean = output.pressure_mpa @ area / 100.0
    deviation = output.pressure_mpa / mean - 1.0
    case = f"Patch, {slave} on {master} facets a side"
    rms = np.sqrt(deviation**2 @ area / 100.0)
    evidence.within("contact", case, "rms of pressure about its mean / mean", rms, high=scatter)
    assert np.abs(deviation).max() < largest
    assert mean == pytest.approx(model.terms[0].resultant().force_n[1] / 100.0, rel=1e-4)
    assert mean == pytest.approx(0.8 / (5.0 / 0.3 + 5.0 / 1.0), rel=0.15)


def _sliding(friction: float, on: str, shear: list[float]) -> list[Array]:
    """Press a block by 0.3 mm, then drag it; the resultant after each step."""
    lower = box((6, 1, 3), (-6, -2, -3), (16, 0, 9), LOWER, BOTTOM, TOP)
    upper = box((3, 2, 2), (0, 0, 0), (6, 3, 5), UPPER, SOLE, LID)
    bodies: Tagged = merge(lower, upper)
    model = neo_hookean(bodies, {LOWER: (5.0, 0.3), UPPER: (0.5, 0.3)}, MPI.COMM_SELF)
    law = ContactLaw(penalty_stiffness(0.5, 2.5), friction=friction, slip_mm=0.05)
    slave = _surface(model, SOLE)
    if on == "plane":
        term = PlaneContact(slave, (0, 0, 0), (0, 1, 0), law)
    else:
        term = PairContact(slave, _surface(model, TOP), law)
    model.terms = [term]
    for component in range(3):
        _move(model, BOTTOM, component, 0.0)
    _move(model, LID, 2, 0.0)
    found = []
    for x in [0.0, *shear]:
        _move(model, LID, 1, -0.3)
        _move(model, LID, 0, x)
        solve(model)
        commit(model)
        found.append(term.resultant().force_n)
    return found[1:]


@pytest.mark.parametrize("on", ["plane", "body"])
def test_sliding_block_reaches_coulombs_limit_and_turns(evidence: Evidence, on: str) -> None:
    # The short fourth step lets points slip that the third one closed.
    forces = _sliding(0.3, on, [0.02, 0.6, 1.2, 2.0, 2.4, 2.38, 1.2])
    ratio = [force[0] / force[1] for force in forces]
    assert -0.1 < ratio[0] < 0.0
    tolerance = 1e-6 if on == "plane" else 0.01
    case = f"Sliding block on a {on}, friction 0.3"
    evidence.within(
        "contact", case, "tangential / normal force while sliding", -ratio[4],
        low=0.3 - tolerance, high=0.3 + tolerance, source="Coulomb",
    )  # fmt: skip
    assert abs(ratio[5]) < 0.3
    assert ratio[6] == pytest.approx(0.3, abs=1e-3 if on == "plane" else 0.01)
    work = -sum(
        force[0] * (now - before)
        for force, now, before in zip(
            forces[1:5], [0.6, 1.2, 2.0, 2.4], [0.02, 0.6, 1.2, 2.0], strict=True
        )
    )
    evidence.within("contact", case, "work of friction, taken out", work, low=0.0, unit="N mm")


def test_held_block_does_not_creep(evidence: Evidence) -> None:
    forces = _sliding(0.5, "body", [0.15] * 6)
    change = np.abs(forces[-1] - forces[1]).max() / np.abs(forces[1]).max()
    evidence.within(
        "contact", "Held block, friction 0.5", "change of force over four held steps / force",
        change, high=1e-5,
    )  # fmt: skip


def test_newton_converges_on_a_soft_curved_block_with_friction(evidence: Evidence) -> None:
    """0.15 N/mm2 on tissue with E = 0.15 MPa and nu = 0.47, dragged over a foam of 1 MPa."""

    def curved(low: tuple, high: tuple, radius: float, top: bool):
        a, b = np.array(low, dtype=float), np.array(high, dtype=float)

        def place(unit: Array) -> Array:
            points = a + unit * (b - a)
            off = points[:, [0, 2]] - 0.5 * (a + b)[[0, 2]]
            share = unit[:, 1] if top else 1.0 - unit[:, 1]
            points[:, 1] += share * (off**2).sum(axis=1) / (2.0 * radius)
            return points

        return place

    lower = grid_block((5, 2, 5), curved((0, -8, 0), (30, 0, 30), 72, True), LOWER, BOTTOM, TOP)
    upper = grid_block((4, 2, 4), curved((4.3, 0, 5.1), (25, 12, 26), 60, False), UPPER, SOLE, LID)
    model = neo_hookean(
        merge(lower, upper), {LOWER: (1.0, 0.3), UPPER: (0.15, 0.47)}, MPI.COMM_SELF
    )
    slave = _surface(model, SOLE)
    law = ContactLaw(penalty_stiffness(0.15, slave.size_mm / 1.2), friction=0.5)
    model.terms = [PairContact(slave, _surface(model, TOP), law)]
    for step in range(1, 5):
        for component, value in ((0, 0.4), (1, -1.0), (2, 0.1)):
            _move(model, BOTTOM, component, 0.0)
            _move(model, LID, component, value * step)
        solve(model)
        commit(model)
    assert model.terms[0].resultant().force_n[1] > 40.0
    evidence.within(
        "contact", "Soft curved block with friction 0.5", "Newton iterations a step, mean",
        float(np.mean(model.iterations)), high=7.0,
    )  # fmt: skip
    assert model.norms[-1] < 1e-8
