# SPDX-License-Identifier: MIT
"""A surface on two supports, half of it on a block and all of it over a plane."""

from __future__ import annotations

import numpy as np
import pytest
from mpi4py import MPI

from simulator.contact import ContactLaw, ContactSurface, PairContact, PlaneContact, Supports
from tests.helpers.contact_bodies import Array, grid_block, merge
from tests.helpers.contact_newton import Model, neo_hookean

LOWER, UPPER = 1, 2
BOTTOM, TOP, SOLE, LID = 1, 2, 3, 4
LAW = ContactLaw(penalty_mpa_per_mm=20.0)


def _box(low: tuple[float, float, float], high: tuple[float, float, float]):
    a, b = np.array(low), np.array(high)

    def place(unit: Array) -> Array:
        return a + unit * (b - a)

    return place


@pytest.fixture(scope="module")
def model() -> Model:
    """A sole that dips 0.1 mm into a block under its left half and 0.2 mm into the plane y = 0."""
    block = grid_block((4, 1, 4), _box((-6, -2, -6), (0, 0, 6)), LOWER, BOTTOM, TOP)
    sole = grid_block((8, 1, 4), _box((-5, -0.1, -5), (5, 3, 5)), UPPER, SOLE, LID)
    return neo_hookean(merge(block, sole), {LOWER: (1.0, 0.3), UPPER: (0.2, 0.4)}, MPI.COMM_SELF)


def test_pressures_of_both_add_up_point_by_point(model: Model) -> None:
    space = model.space
    sole = ContactSurface(space, model.facets(SOLE))
    pair = PairContact(sole, ContactSurface(space, model.facets(TOP)), LAW)
    plane = PlaneContact(sole, (0.0, 0.1, 0.0), (0.0, 1.0, 0.0), LAW)
    model.u.x.array[:] = 0.0
    for term in (pair, plane):
        term.update_candidates(model.u)
        term.evaluate(model.u)
    both, one, two = Supports((pair, plane)).output(), pair.output(), plane.output()
    assert np.array_equal(both.pressure_mpa, one.pressure_mpa + two.pressure_mpa)
    assert both.gap_mm.min() == pytest.approx(-0.2)
    over = both.reference_mm[:, 0] < -1.0
    assert one.pressure_mpa[over].min() > 0.0
    assert one.pressure_mpa[both.reference_mm[:, 0] > 2.0].max() == 0.0
    force = pair.resultant().force_n[1] + plane.resultant().force_n[1]
    assert both.pressure_mpa @ both.area_reference_mm2 == pytest.approx(force)


def test_supports_are_of_one_surface(model: Model) -> None:
    surfaces = [ContactSurface(model.space, model.facets(tag)) for tag in (SOLE, BOTTOM)]
    planes = [PlaneContact(s, (0.0, 0.0, 0.0), (0.0, 1.0, 0.0), LAW) for s in surfaces]
    with pytest.raises(ValueError, match="one and the same"):
        Supports(planes)
