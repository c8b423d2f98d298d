# SPDX-License-Identifier: MIT
"""Viscous solids: factors of a step, what stays untouched without a series, what is refused."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from materials.evaluation import first_piola_mpa
from materials.prony import PronySeries
from materials.solids import NeoHookean
from simulator.cell_fields import CellFields, von_mises
from simulator.viscous import step_factors
from tests.helpers.segment_block import NeoHooke
from tests.helpers.viscous_body import ViscousBody

SERIES = PronySeries((0.3, 0.2), (0.01, 0.1))
LAW = NeoHookean(0.02)
PRESSED = np.diag([1.1, 0.8, 1.0])


@pytest.fixture(scope="module")
def body() -> ViscousBody:
    """Region 1 viscous with two terms, 2 with one, 3 elastic."""
    series = {1: SERIES, 2: PronySeries((0.25,), (0.03,))}
    return ViscousBody(dict.fromkeys((1, 2, 3), LAW), series)


def test_factors_of_a_step() -> None:
    gains, times = np.array(SERIES.gains), np.array(SERIES.times_s)
    sudden, slow = step_factors(gains, times, 0.0), step_factors(gains, times, np.inf)
    np.testing.assert_array_equal(sudden, (np.ones(2), gains))
    np.testing.assert_array_equal(slow, np.zeros((2, 2)))
    decay, rise = step_factors(gains, times, 0.01)
    np.testing.assert_allclose(decay, np.exp([-1.0, -0.1]))
    np.testing.assert_allclose(rise, gains * (1.0 - decay) / [1.0, 0.1])
    np.testing.assert_allclose(step_factors(gains, times, 1e-300)[1], gains)


def test_a_region_without_series_keeps_its_law(body: ViscousBody) -> None:
    body.rest()
    body.follow([PRESSED], 0.0)
    assert body.solid.held_energy_nmm(3) == 0.0
    law_stress = first_piola_mpa(LAW, [PRESSED])[0]
    np.testing.assert_allclose(body.stress(3), law_stress, rtol=1e-12, atol=1e-15)
    assert body.solid.structure_groups() == ((3,), (1, 2))
    assert body.stress(1)[1, 1] < 1.1 * body.stress(3)[1, 1] < 0.0


def test_forces_after_a_commit_are_those_of_the_step(body: ViscousBody) -> None:
    body.rest()
    before = body.follow([PRESSED], 0.02)[0]
    np.testing.assert_allclose(body.stress(1), before, rtol=1e-13, atol=1e-16)
    body.solid.begin_step(0.0)
    np.testing.assert_allclose(body.stress(1), before, rtol=1e-12, atol=1e-15)


def test_cauchy_stress_of_the_outputs_holds_the_history(body: ViscousBody) -> None:
    turned = Rotation.from_rotvec([0.3, -0.2, 0.5]).as_matrix() @ PRESSED
    body.rest()
    body.follow([PRESSED, turned], 0.02)
    cauchy = [body.stress(r) @ turned.T / np.linalg.det(turned) for r in (1, 2, 3)]
    found = CellFields(body.solid).state(np.arange(18, dtype=np.int32)).von_mises_mpa
    np.testing.assert_allclose(found, np.repeat(von_mises(np.array(cauchy)), 6), rtol=1e-10)


def test_history_of_terms_that_a_region_lacks_is_zero(body: ViscousBody) -> None:
    body.rest()
    body.follow([PRESSED, PRESSED], 0.02)
    history = body.solid.history
    assert history is not None
    terms = history.save().terms
    assert terms.shape == (2, 12, 4, 6)
    second = np.abs(terms[1]).max(axis=(1, 2))
    np.testing.assert_array_equal(second > 0.0, np.repeat([True, False], 6))
    assert history.overstress().shape == (12, 4, 3, 3)


def test_restoring_goes_back_over_committed_steps(body: ViscousBody) -> None:
    body.rest()
    before = body.follow([0.5 * (PRESSED + np.eye(3))], 0.02)[0]
    kept = body.solid.save()
    first = body.follow([PRESSED, PRESSED], 0.02)
    forces = body.stress(1)
    body.solid.restore(kept)
    body.deform(0.5 * (PRESSED + np.eye(3)))
    assert np.abs(body.stress(1) - forces).max() > 1e-3
    np.testing.assert_allclose(body.stress(1), before, rtol=1e-12, atol=1e-15)
    np.testing.assert_array_equal(body.follow([PRESSED, PRESSED], 0.02), first)


@pytest.mark.parametrize("dt_s", [-1e-3, float("nan")])
def test_a_step_backwards_is_refused(body: ViscousBody, dt_s: float) -> None:
    with pytest.raises(ValueError, match="must not be negative"):
        body.solid.begin_step(dt_s)


def test_series_of_unknown_regions_and_laws_without_parts_are_refused() -> None:
    with pytest.raises(ValueError, match=r"no law: \[7\]"):
        ViscousBody({1: LAW}, {7: SERIES})
    with pytest.raises(TypeError, match="NeoHooke of region 1 has no relaxing_piola"):
        ViscousBody({1: NeoHooke()}, {1: SERIES})
