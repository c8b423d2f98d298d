# SPDX-License-Identifier: MIT
"""Adaptive steps: milestones, cut-back, growth, giving up, taking up again."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field

import numpy as np
import pytest

from simulator.equilibrium import State
from simulator.newton import NewtonReport
from simulator.stepping import Counters, March, StepSettings, StepsExhausted, march
from tests.helpers.segment_block import SEGMENTS

SETTINGS = StepSettings(first=1.0, largest=4.0, smallest=0.1)


@dataclass
class OneNumber:
    """Stands for an equilibrium whose state is one number."""

    value: float = 0.0
    commits: int = 0
    volume: float = 1.0
    restored: list[float] = field(default_factory=list)

    @property
    def solid(self) -> OneNumber:
        return self

    def least_volume_ratio(self) -> float:
        return self.volume

    def save(self) -> State:
        return State(np.array([self.value]), SEGMENTS.neutral(), np.zeros(3), ())

    def restore(self, state: State) -> None:
        self.value = float(state.u[0])
        self.restored.append(self.value)

    def commit(self) -> None:
        self.commits += 1


def went(
    end: float,
    milestones: tuple[float, ...] = (),
    longest: float = np.inf,
    iterations: int = 4,
    settings: StepSettings = SETTINGS,
    start: March | None = None,
) -> tuple[list[float], March, OneNumber, list[float]]:
    """March with a solver that fails beyond ``longest``; accepted values and what was tried."""
    equilibrium, state = OneNumber(), start or March(0.0, settings.first, Counters())
    accepted, tried = [], []

    def solve_at(target: float) -> NewtonReport:
        tried.append(target)
        good = target - state.at <= longest + 1e-12
        equilibrium.value = target if good else np.nan
        return NewtonReport(good, 2 if good else -5, iterations, 10, iterations)

    march(
        equilibrium,  # type: ignore[arg-type]
        solve_at,
        state,
        end,
        milestones,
        settings,
        lambda where, _: accepted.append(where.at),
    )
    return accepted, state, equilibrium, tried


def test_milestones_and_end_are_hit_exactly() -> None:
    stops = (0.7, 3.1, 3.2, 9.9)
    accepted, state, _, _ = went(12.3, stops)
    assert set(stops) <= set(accepted)
    assert accepted[-1] == state.at == 12.3
    assert accepted == sorted(set(accepted))


def test_milestones_behind_or_beyond_are_passed_over() -> None:
    accepted, _, _, _ = went(3.0, (1.0, 2.0, 5.0), start=March(1.0, 0.5))
    assert accepted[0] > 1.0
    assert 2.0 in accepted
    assert accepted[-1] == 3.0


def test_quick_steps_grow_to_the_longest() -> None:
    accepted, state, _, _ = went(60.0)
    lengths = np.diff([0.0, *accepted])
    np.testing.assert_allclose(lengths[:4], [1, 1.5, 2.25, 3.375])
    assert lengths.max() <= SETTINGS.largest + 1e-12
    assert state.step == SETTINGS.largest


def test_slow_steps_do_not_grow() -> None:
    accepted, _, _, _ = went(6.0, iterations=SETTINGS.quick_iterations + 1)
    np.testing.assert_allclose(np.diff([0.0, *accepted]), 1.0)


def test_two_even_steps_stand_before_a_stop_rather_than_a_stub() -> None:
    accepted, _, _, _ = went(1.2, iterations=SETTINGS.quick_iterations + 1)
    np.testing.assert_allclose(accepted, [0.6, 1.2])


def test_failed_step_is_taken_back_and_halved() -> None:
    accepted, state, equilibrium, tried = went(2.0, longest=0.3)
    assert tried[:3] == [1.0, 0.5, 0.25]
    assert accepted[0] == 0.25
    assert equilibrium.restored[:2] == [0.0, 0.0]
    assert np.isfinite(equilibrium.value) and equilibrium.value == 2.0
    counters = state.counters
    assert counters.rejected == len(tried) - len(accepted) > 0
    assert counters.steps == equilibrium.commits == len(accepted)
    assert counters.newton_iterations == 4 * len(tried)
    assert counters.krylov_iterations == 10 * len(tried)


def test_gives_up_below_the_shortest_step_and_says_where() -> None:
    with pytest.raises(StepsExhausted) as caught:
        went(2.0, longest=0.01)
    assert caught.value.at == 0.0
    assert caught.value.report.reason == -5
    assert "reason -5" in str(caught.value)


def test_state_of_the_last_accepted_step_stays_when_it_gives_up() -> None:
    equilibrium, state = OneNumber(), March(0.0, 1.0)

    def solve_at(target: float) -> NewtonReport:
        equilibrium.value = target
        return NewtonReport(target <= 1.0, 2, 4, 10, 4)

    with pytest.raises(StepsExhausted):
        march(equilibrium, solve_at, state, 5.0, (), SETTINGS, lambda *_: None)  # type: ignore[arg-type]
    assert equilibrium.value == state.at == 1.0


def test_march_in_two_parts_takes_the_same_steps() -> None:
    whole, _, _, _ = went(20.0, (7.0, 20.0), longest=2.1)
    first, state, _, _ = went(7.0, (7.0, 20.0), longest=2.1)
    second, _, _, _ = went(20.0, (7.0, 20.0), longest=2.1, start=copy.deepcopy(state))
    assert first + second == whole
