# SPDX-License-Identifier: MIT
"""Steps through given stops: cut-back, doubling again, giving up, taking up again."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field

import numpy as np
import pytest

from simulator.equilibrium import State
from simulator.newton import NewtonReport
from simulator.stepping import Counters, March, StepsExhausted, march
from tests.helpers.segment_block import SEGMENTS


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
    stops: tuple[float, ...],
    longest: float = np.inf,
    start: March | None = None,
) -> tuple[list[float], March, OneNumber, list[float]]:
    """March with a solver that fails beyond ``longest``; accepted values and what was tried."""
    equilibrium, state = OneNumber(), start or March.begun(0.0, Counters())
    accepted, tried = [], []

    def solve_at(target: float) -> NewtonReport:
        tried.append(target)
        good = target - state.at <= longest + 1e-12
        equilibrium.value = target if good else np.nan
        return NewtonReport(good, 2 if good else -5, 4, 10)

    march(
        equilibrium,  # type: ignore[arg-type]
        solve_at,
        state,
        stops,
        lambda where, _: accepted.append(where.at),
    )
    return accepted, state, equilibrium, tried


def test_stops_are_hit_exactly_and_nothing_between() -> None:
    stops = (0.7, 3.1, 3.2, 9.9)
    accepted, state, _, _ = went(stops)
    assert accepted == list(stops)
    assert state.at == state.since == 9.9


def test_stops_behind_are_passed_over() -> None:
    accepted, _, _, _ = went((1.0, 2.0, 3.0), start=March(1.0, 1.0))
    assert accepted == [2.0, 3.0]


def test_failed_step_is_taken_back_and_halved() -> None:
    accepted, state, equilibrium, tried = went((2.0,), longest=0.6)
    assert tried[:3] == [2.0, 1.0, 0.5]
    assert accepted == [0.5, 1.0, 1.5, 2.0]
    assert equilibrium.restored[:2] == [0.0, 0.0]
    assert np.isfinite(equilibrium.value) and equilibrium.value == 2.0
    counters = state.counters
    assert counters.rejected == len(tried) - len(accepted) == 2
    assert counters.steps == equilibrium.commits == len(accepted)
    assert counters.newton_iterations == 4 * len(tried)
    assert counters.krylov_iterations == 10 * len(tried)


def test_each_stop_doubles_the_steps_again() -> None:
    start = March(0.0, 0.0, halvings=2)
    accepted, state, _, _ = went((1.0, 2.0, 3.0), start=start)
    assert accepted == [0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0]
    assert state.halvings == 0


def test_gives_up_below_the_shortest_step_and_says_where() -> None:
    with pytest.raises(StepsExhausted) as caught:
        went((2.0,), longest=0.001)
    assert caught.value.at == 0.0
    assert caught.value.report.reason == -5
    assert "reason -5" in str(caught.value)


def test_state_of_the_last_accepted_step_stays_when_it_gives_up() -> None:
    equilibrium, state = OneNumber(), March.begun(0.0, Counters())

    def solve_at(target: float) -> NewtonReport:
        equilibrium.value = target
        return NewtonReport(target <= 1.0, 2, 4, 10)

    with pytest.raises(StepsExhausted):
        march(equilibrium, solve_at, state, (1.0, 5.0), lambda *_: None)  # type: ignore[arg-type]
    assert equilibrium.value == state.at == 1.0


def test_march_in_two_parts_takes_the_same_steps() -> None:
    stops = (3.0, 7.0, 20.0)
    whole, _, _, _ = went(stops, longest=1.3)
    for count in range(1, len(whole)):
        state = _stopped_after(count, stops)
        rest, _, _, _ = went(stops, longest=1.3, start=state)
        assert whole[:count] + rest == whole


class _Killed(Exception):
    pass


def _stopped_after(count: int, stops: tuple[float, ...]) -> March:
    """State of a march that is killed after so many accepted steps."""
    state = March.begun(0.0, Counters())

    def solve_at(target: float) -> NewtonReport:
        return NewtonReport(target - state.at <= 1.3 + 1e-12, 2, 4, 10)

    def accepted(where: March, _: NewtonReport) -> None:
        if where.counters.steps == count:
            raise _Killed

    with pytest.raises(_Killed):
        march(OneNumber(), solve_at, state, stops, accepted)  # type: ignore[arg-type]
    return copy.deepcopy(state)
