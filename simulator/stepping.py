# SPDX-License-Identifier: MIT
"""Adaptive steps along one parameter, with milestones and cut-back.

A step that Newton does not finish is taken back and halved; quick ones let the
next be longer. Milestones are hit exactly. All decisions use iteration counts,
which are the same on every rank.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from simulator.equilibrium import Equilibrium
from simulator.newton import NewtonReport


@dataclass(frozen=True, slots=True)
class StepSettings:
    """How steps grow and shrink.

    Attributes:
        first: First step.
        largest: Longest step.
        smallest: Step below which the march gives up.
        growth: Factor after a quick step.
        cut: Factor after a failed one, and after one that was accepted but slow.
        quick_iterations: Newton iterations to the tolerance that count as quick.
        slow_iterations: Those from which a step was slow: two of half
            its length are cheaper, and the next one would likely fail.
    """

    first: float
    largest: float
    smallest: float
    growth: float = 1.5
    cut: float = 0.5
    quick_iterations: int = 8
    slow_iterations: int = 14


@dataclass(slots=True)
class Counters:
    """Work done so far."""

    steps: int = 0
    rejected: int = 0
    newton_iterations: int = 0
    krylov_iterations: int = 0

    def add(self, report: NewtonReport) -> None:
        """Count one solve, accepted or not."""
        self.newton_iterations += report.iterations
        self.krylov_iterations += report.krylov_iterations


class StepsExhausted(Exception):
    """No step is short enough; the state is that of the last accepted one.

    Attributes:
        at: Parameter of that state.
        report: Of the last failed solve.
    """

    def __init__(self, at: float, report: NewtonReport):
        super().__init__(f"no convergence beyond {at:g}: reason {report.reason} {report.message}")
        self.at = at
        self.report = report


@dataclass(slots=True)
class March:
    """Where a march stands; part of a checkpoint."""

    at: float
    step: float
    counters: Counters = field(default_factory=Counters)


def march(
    equilibrium: Equilibrium,
    solve_at: Callable[[float], NewtonReport],
    state: March,
    end: float,
    milestones: Sequence[float],
    settings: StepSettings,
    accepted: Callable[[March, NewtonReport], None],
) -> None:
    """Go from ``state.at`` to ``end``; collective.

    Args:
        equilibrium: State to advance.
        solve_at: Sets the load of a parameter value and solves.
        state: Start; updated in place.
        end: Last value.
        milestones: Values to be hit exactly.
        settings: Growth and cut-back.
        accepted: Called after each accepted and committed step.

    Raises:
        StepsExhausted: When steps become too short.
    """
    stops = sorted({float(m) for m in milestones if state.at < m < end} | {float(end)})
    while state.at < end - 1e-9:
        stop = next(s for s in stops if s > state.at + 1e-9)
        step = min(state.step, settings.largest)
        # Two even steps rather than a long one and a stub.
        if state.at + step >= stop - 1e-9:
            step = stop - state.at
        elif state.at + 2 * step > stop:
            step = (stop - state.at) / 2
        target = stop if abs(state.at + step - stop) < 1e-9 else state.at + step
        saved = equilibrium.save()
        report = solve_at(target)
        state.counters.add(report)
        if not report.converged:
            equilibrium.restore(saved)
            state.counters.rejected += 1
            state.step = step * settings.cut
            if state.step < settings.smallest:
                raise StepsExhausted(state.at, report)
            continue
        equilibrium.commit()
        state.counters.steps += 1
        state.at = target
        if report.needed >= settings.slow_iterations:
            state.step = max(step * settings.cut, settings.smallest)
        elif report.needed <= settings.quick_iterations:
            state.step = min(max(step, state.step) * settings.growth, settings.largest)
        else:
            state.step = max(step, state.step)
        accepted(state, report)
