# SPDX-License-Identifier: MIT
"""Steps through stance follow the load: outputs are hit, fast loads are cut finer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scenarios.foot_loads import FootForces
from scenarios.foot_schedule import FORCE_BW, LONGEST_PERCENT, RELEASE, TURN_RAD, stance_stops
from simulator.loading import angle_share_nmm_per_rad

MASS_KG = 70.0
WEIGHT_N = MASS_KG * 9.80665
OUTPUTS = tuple(np.arange(5.0, 100.0, 5.0))


@dataclass
class _At:
    tibia_rotation: np.ndarray


@dataclass
class Turning:
    """A tibia that turns from 50 % on, a force that grows up to 25 %, a path from 20 to 40 %."""

    rad_per_percent: float = 0.0
    bw_per_percent: float = 0.0
    path: float = 0.0

    def at(self, percent: float) -> _At:
        a = self.rad_per_percent * max(percent - 50.0, 0.0)
        turn = [[np.cos(a), -np.sin(a), 0.0], [np.sin(a), np.cos(a), 0.0], [0.0, 0.0, 1.0]]
        return _At(np.array(turn))

    def forces(self, percent: float) -> FootForces:
        force = np.array([0.0, WEIGHT_N * self.bw_per_percent * min(percent, 25.0), 0.0])
        return FootForces(force, force)

    def closure_weight(self, percent: float) -> float:
        inside = min(percent - 15.0, 45.0 - percent) / 5.0
        return self.path * min(max(inside, 0.0), 1.0)


def _stops(loads: Turning) -> np.ndarray:
    return np.array(stance_stops(loads, MASS_KG, OUTPUTS[0], OUTPUTS))  # type: ignore[arg-type]


def test_load_at_rest_goes_from_output_to_output() -> None:
    assert _stops(Turning()).tolist() == list(OUTPUTS[1:])


def test_far_outputs_are_not_reached_in_one_step() -> None:
    stops = stance_stops(Turning(), MASS_KG, 5.0, (5.0, 95.0))  # type: ignore[arg-type]
    assert np.diff([5.0, *stops]).max() <= LONGEST_PERCENT + 1e-3
    assert stops[-1] == 95.0


def test_turn_and_force_cut_the_steps_where_they_change() -> None:
    stops = _stops(Turning(rad_per_percent=2 * TURN_RAD / 5.0, bw_per_percent=FORCE_BW))
    assert set(OUTPUTS[1:]) <= set(stops)
    steps = np.diff([5.0, *stops])
    np.testing.assert_allclose(steps[stops <= 25.0], 1.0, atol=2e-3)
    np.testing.assert_allclose(steps[(stops > 25.0) & (stops <= 50.0)], 5.0)
    np.testing.assert_allclose(steps[stops > 50.0], 2.5, atol=2e-3)


def test_angles_are_let_go_in_short_steps_and_caught_in_one() -> None:
    """The path takes over from 15 to 20 % and ends from 40 to 45 %."""
    stops = _stops(Turning(path=1.0))
    # Falls by a factor of two.
    hold = np.log(angle_share_nmm_per_rad(0.0).min() / angle_share_nmm_per_rad(1.0).min())
    taking_over = stops[(stops > 15.0) & (stops <= 20.0)]
    assert len(taking_over) == round(hold / RELEASE)
    assert np.all(np.diff(taking_over) > 0.0) and np.diff(taking_over)[-1] < 0.5
    assert set(OUTPUTS[1:]) | set(taking_over) == set(stops)


def test_steps_before_an_output_do_not_depend_on_later_ones() -> None:
    loads = Turning(rad_per_percent=0.02, bw_per_percent=0.1)
    whole = _stops(loads)
    part = stance_stops(loads, MASS_KG, 5.0, OUTPUTS[:8])  # type: ignore[arg-type]
    assert tuple(whole[: len(part)]) == part
