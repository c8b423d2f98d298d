# SPDX-License-Identifier: MIT
"""Goals and constraints of a design: what they are, and whether a run can still matter."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from scenarios.optimise.goal_keys import scenario_numbers
from scenarios.optimise.running import Bound, Bounds
from scenarios.optimise.study import Constraint, Goal, Search
from scenarios.schema import Scenario
from scenarios.summary import Summary
from scenarios.sweep.factors import full_name
from scenarios.sweep.table import outputs


@dataclass(frozen=True, slots=True)
class Verdict:
    """A finished design.

    Attributes:
        goals: in the order of the study.
        violations: by constraint, above 0 where it is not kept, in its unit.
    """

    goals: tuple[float, ...]
    violations: Mapping[str, float]

    @property
    def feasible(self) -> bool:
        """Whether it keeps all constraints."""
        return all(value <= 0.0 for value in self.violations.values())


class NoSuchOutput(Exception):
    """A finished run does not have what a goal or a constraint asks for."""


def design_numbers(scenario: Scenario, summary: Summary | None) -> dict[str, float]:
    """Numbers by which a design is judged: of the scenario, and of its summary where it has one."""
    found = scenario_numbers(scenario)
    return found if summary is None else found | outputs(summary, every=True)


def verdict(study: Search, numbers: Mapping[str, float]) -> Verdict:
    """Goals and violations of a finished design.

    Raises:
        NoSuchOutput: its summary lacks one.
    """
    goals = tuple(_number(numbers, goal.key) for goal in study.goals)
    sides = [(one, _number(numbers, one.key)) for one in study.constraints]
    return Verdict(goals, {n: v for one, x in sides for n, v in _violations(one, Bound(x, x))})


def stop_reason(
    study: Search, bounds: Bounds, feasible: Iterable[Sequence[float]]
) -> tuple[str, dict[str, float]] | None:
    """Why a run can be ended: whatever comes, its design will not be on the front.

    Args:
        study: of the search.
        bounds: of the numbers, by key; those that are not known are left out.
        feasible: goals of finished designs that keep all constraints.

    Returns:
        The reason, and the least that each constraint is violated by; ``None`` to go on.
    """
    found: dict[str, float] = {}
    for one in study.constraints:
        found |= dict(_violations(one, bounds.get(_name(bounds, one.key), Bound())))
    broken = next((name for name, value in found.items() if value > 0.0), None)
    least = {name: value for name, value in found.items() if value > -math.inf}
    if broken is not None:
        return f"{broken} is broken by {found[broken]:.4g} already", least
    best = [_best(goal, bounds.get(_name(bounds, goal.key), Bound())) for goal in study.goals]
    for goals in feasible:
        losses = loss(study.goals, goals)
        pairs = list(zip(losses, best, strict=True))
        # Equal in all goals is a design of the same front; one must be worse for certain.
        if all(theirs <= mine for theirs, mine in pairs) and any(a < b for a, b in pairs):
            shown = ", ".join(
                f"{goal.key} {value:.4g}" for goal, value in zip(study.goals, goals, strict=True)
            )
            return f"a finished design is better in all goals: {shown}", least
    return None


def known_bounds(numbers: Mapping[str, float]) -> dict[str, Bound]:
    """Bounds of what is known for certain."""
    return {key: Bound(value, value) for key, value in numbers.items()}


def loss(goals: Sequence[Goal], values: Sequence[float]) -> tuple[float, ...]:
    """Goals as numbers of which the smaller is the better."""
    return tuple(_sign(g) * value for g, value in zip(goals, values, strict=True))


def _sign(goal: Goal) -> float:
    return 1.0 if goal.direction == "minimise" else -1.0


def _best(goal: Goal, bound: Bound) -> float:
    """The smallest loss that a run can still reach."""
    return bound.low if goal.direction == "minimise" else -bound.high


def _violations(one: Constraint, bound: Bound) -> Iterable[tuple[str, float]]:
    """The least violation of each side of a constraint."""
    if one.at_most is not None:
        yield f"{one.key} at most {one.at_most:g}", bound.low - one.at_most
    if one.at_least is not None:
        yield f"{one.key} at least {one.at_least:g}", one.at_least - bound.high


def _name(known: Mapping[str, object], key: str) -> str:
    return key if key in known else full_name(key)


def _number(numbers: Mapping[str, float], key: str) -> float:
    try:
        return numbers[_name(numbers, key)]
    except KeyError:
        raise NoSuchOutput(key) from None
