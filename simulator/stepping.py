# SPDX-License-Identifier: MIT
"""Steps along one parameter, through given stops, with cut-back.

The stops come from the load, and a step is cut only where Newton does not finish it: what
history remembers then depends on the load and not on how quickly a solver got there, and any
number of ranks takes the same way while no step fails.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from simulator.equilibrium import Equilibrium
from simulator.newton import NewtonReport

MOST_HALVINGS = 8


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
    """Where a march stands; part of a checkpoint.

    Attributes:
        at: Parameter of the last accepted step.
        since: Last stop, from which the way to the next is divided.
        halvings: How often that way is halved.
        counters: Work done so far.
    """

    at: float
    since: float
    halvings: int = 0
    counters: Counters = field(default_factory=Counters)

    @classmethod
    def begun(cls, at: float, counters: Counters) -> March:
        """Return a march that stands at its start."""
        return cls(at, at, 0, counters)


def march(
    equilibrium: Equilibrium,
    solve_at: Callable[[float], NewtonReport],
    state: March,
    stops: Sequence[float],
    accepted: Callable[[March, NewtonReport], None],
    most_halvings: int = MOST_HALVINGS,
) -> None:
    """Go from ``state.at`` through all stops beyond it; collective.

    A step that Newton does not finish is taken back, and the way to the next stop goes on in
    steps of half that length; each stop doubles them again.

    Args:
        equilibrium: State to advance.
        solve_at: Sets the load of a parameter value and solves.
        state: Start; updated in place.
        stops: Values to be hit exactly.
        accepted: Called after each accepted and committed step.
        most_halvings: How often the way between two stops is halved.

    Raises:
        StepsExhausted: When steps become too short.
    """
    for stop in sorted(float(s) for s in stops if s > state.at + 1e-9):
        whole = stop - state.since
        while state.at < stop:
            step = whole / 2**state.halvings
            target = state.at + step
            if target > stop - 0.5 * step:
                target = stop
            saved = equilibrium.save()
            report = solve_at(target)
            state.counters.add(report)
            if not report.converged:
                equilibrium.restore(saved)
                state.counters.rejected += 1
                if state.halvings == most_halvings:
                    raise StepsExhausted(state.at, report)
                state.halvings += 1
                continue
            equilibrium.commit()
            state.counters.steps += 1
            state.at = target
            if target == stop:
                state.since = stop
                state.halvings = max(state.halvings - 1, 0)
            accepted(state, report)
