# SPDX-License-Identifier: MIT
"""Marches that begin at what like cases have solved: the same end by fewer iterations."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from mpi4py import MPI

from simulator.rotations import exponential
from simulator.segments import Poses
from simulator.trails import Guide, Place, Trail, guess
from tests.helpers.pressed_block import STOPS, PressedBlock, Soft, apart
from tests.helpers.segment_block import NeoHooke

Ends = dict[str, np.ndarray]


@pytest.fixture(scope="module")
def trails() -> list[Trail]:
    """What blocks of two moduli leave."""
    found = []
    for shear in (0.05, 0.07):
        guide = Guide()
        PressedBlock(shear).go(guide)
        found.append(guide.trail)
    return found


@pytest.fixture(scope="module")
def alone() -> tuple[Ends, int]:
    """A block of another modulus by itself, and its iterations."""
    block = PressedBlock(0.058)
    return block.go(), block.counters.newton_iterations


def test_friction_slides_and_sticks(alone: tuple[Ends, int]) -> None:
    """Else nothing here would depend on the way."""
    ends, _ = alone
    rough = np.linalg.norm(ends["traction"], axis=1) / np.maximum(0.4 * ends["pressure"], 1e-12)
    assert 0.05 < np.mean(rough[ends["pressure"] > 0] > 0.999) < 0.95


def test_a_guided_march_ends_where_it_would_by_itself(
    trails: list[Trail], alone: tuple[Ends, int]
) -> None:
    counts = []
    for known in (trails[:1], trails):
        guide, block = Guide(known), PressedBlock(0.058)
        assert apart(block.go(guide), alone[0]) < 1e-6
        assert guide.used == len(STOPS) and guide.failed == 0
        counts.append(block.counters.newton_iterations)
    assert counts[1] < counts[0] <= 0.7 * alone[1]


def test_a_guess_that_leads_nowhere_costs_time_alone(
    trails: list[Trail], alone: tuple[Ends, int]
) -> None:
    wrong = {
        stop: replace(place, u=-30.0 * place.u) if stop[1] == 0.5 else place
        for stop, place in trails[0].places.items()
    }
    guide = Guide([Trail(wrong)])
    assert apart(PressedBlock(0.058).go(guide), alone[0]) < 1e-6
    assert guide.failed >= 1 and guide.trail.places.keys() == trails[0].places.keys()


def test_a_trail_that_is_too_long_is_not_kept(trails: list[Trail]) -> None:
    whole = trails[0].nbytes
    for most, kept in ((whole, len(trails[0].places)), (whole - 1, 0)):
        guide = Guide(trails[:1], most_bytes=most)
        PressedBlock(0.058).go(guide)
        assert len(guide.trail.places) == kept


def test_where_a_way_was_cut_nothing_is_guessed(
    trails: list[Trail], alone: tuple[Ends, int]
) -> None:
    """Whether a way is cut must not depend on what was solved before."""
    hard = Trail(trails[0].places, {("drag", 0.75)})
    guide = Guide([trails[1], hard])
    assert apart(PressedBlock(0.058).go(guide), alone[0]) < 1e-6
    assert guide.used == len(STOPS) - 1


def test_a_renewed_block_is_as_good_as_new(alone: tuple[Ends, int]) -> None:
    block = PressedBlock(0.1)
    block.go()
    assert block.renew(0.058)
    assert apart(block.go(), alone[0]) < 1e-9


def test_a_law_of_another_structure_is_not_taken() -> None:
    class Stiffening(NeoHooke):
        def parameters(self) -> dict[str, float]:
            return {"mu": 0.05, "k": 0.5, "other": 1.0}

    solid = PressedBlock(0.05).equilibrium.solid
    assert not solid.renew({1: Stiffening()})
    assert isinstance(solid.laws[1], Soft)


def _place(seed: float) -> Place:
    turn = exponential(np.array([[0.0, 0.0, 0.02 * seed]]))
    return Place(seed * np.arange(1.0, 7.0), Poses(np.full((1, 3), seed), turn), np.full(3, seed))


def test_a_guess_follows_the_others_as_the_case_did_before() -> None:
    """A case that stood at 0.3 of the way between two others will stand there again."""
    a, b = ("x", 1.0), ("x", 2.0)
    others = [Trail({a: _place(0.0), b: _place(5.0)}), Trail({a: _place(1.0), b: _place(9.0)})]
    found = guess(others, b, a, _place(0.3), MPI.COMM_SELF)
    assert found is not None
    wanted = _place(5.0 + 0.3 * 4.0)
    assert np.allclose(found.u, wanted.u)
    assert np.allclose(found.poses.position_mm, wanted.poses.position_mm)
    assert np.allclose(found.poses.rotation, wanted.poses.rotation)
    assert np.allclose(found.extra, wanted.extra)


def test_without_a_trail_to_the_stop_there_is_no_guess() -> None:
    a, b = ("x", 1.0), ("x", 2.0)
    assert guess([], a, None, _place(0.0), MPI.COMM_SELF) is None
    assert guess([Trail({b: _place(1.0)})], b, a, _place(0.0), MPI.COMM_SELF) is None
