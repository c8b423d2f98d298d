# SPDX-License-Identifier: MIT
"""Factors as Optuna's distributions, and back from its parameters to values of keys.

A range is searched in the key's unit. Levels of a range and lists of rising numbers keep their
order: what Optuna chooses is the place in the list. Other lists are choices without an order.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from scenarios.errors import ScenarioError, listed
from scenarios.optimise.study import SearchFactor
from scenarios.sweep.candidates import dotted_items
from scenarios.sweep.factors import DIGITS, factor_value, full_name

if TYPE_CHECKING:
    from optuna.distributions import BaseDistribution

Parameters = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Space:
    """What a search may choose.

    Attributes:
        factors: of the study.
    """

    factors: tuple[SearchFactor, ...]

    def distributions(self) -> dict[str, BaseDistribution]:
        """Optuna's distribution of each factor, by key."""
        return {factor.key: _distribution(factor) for factor in self.factors}

    def values(self, parameters: Parameters) -> dict[str, object]:
        """Values of the keys from what Optuna chose."""
        return {f.key: _value(f, parameters[f.key]) for f in self.factors}

    def start_items(self, design: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
        """Keys and values of a design to begin with; a table that is a value stays whole."""
        own = {full_name(factor.key) for factor in self.factors}
        for key, value in design.items():
            if full_name(key) in own or not isinstance(value, dict):
                yield key, value
            else:
                yield from dotted_items(value, f"{key}.")

    def parameters(self, design: Mapping[str, Any]) -> dict[str, Any]:
        """Optuna's parameters of a checked first design; keys that it leaves out are free."""
        given = {full_name(key): value for key, value in self.start_items(design)}
        return {
            f.key: _parameter(f, given[full_name(f.key)])
            for f in self.factors
            if full_name(f.key) in given
        }

    def check(self, key: str, value: object, where: str, place: str) -> None:
        """Refuse a value that its factor does not take.

        Raises:
            ScenarioError: naming what it takes.
        """
        factor = next(f for f in self.factors if f.key == key)
        steps = ladder(factor)
        if steps is not None:
            if value not in steps:
                allowed = listed([_word(step) for step in steps])
                raise ScenarioError(where, place, f"got {_word(value)}", allowed=allowed)
            return
        low, high = factor.range or (0.0, 0.0)
        number = value if isinstance(value, int | float) and not isinstance(value, bool) else None
        if number is None or not low <= number <= high or (factor.integer and number % 1):
            kind = "a whole number" if factor.integer else "a number"
            allowed = f"{kind} of [{low:g}, {high:g}]"
            raise ScenarioError(where, place, f"got {_word(value)}", allowed=allowed)


def space_of(factors: Sequence[SearchFactor]) -> Space:
    """The space of a study's factors."""
    return Space(tuple(factors))


def ladder(factor: SearchFactor) -> tuple[Any, ...] | None:
    """All values of a factor that has a list of them; ``None`` for a range without levels."""
    if factor.values:
        return factor.values
    if factor.levels is None:
        return None
    count = factor.levels
    return tuple(factor_value(factor, (k + 0.5) / count, count) for k in range(count))


def _is_ordered(steps: Sequence[Any]) -> bool:
    numbers = all(isinstance(x, int | float) and not isinstance(x, bool) for x in steps)
    return numbers and all(a < b for a, b in pairwise(steps))


def _distribution(factor: SearchFactor) -> BaseDistribution:
    from optuna import distributions

    steps = ladder(factor)
    if steps is not None and _is_ordered(steps):
        return distributions.IntDistribution(0, len(steps) - 1)
    if steps is not None:
        return distributions.CategoricalDistribution([_word(step) for step in steps])
    low, high = factor.range or (0.0, 0.0)
    if factor.integer:
        return distributions.IntDistribution(int(low), int(high), log=factor.log)
    return distributions.FloatDistribution(low, high, log=factor.log)


def _value(factor: SearchFactor, parameter: Any) -> object:
    steps = ladder(factor)
    if steps is not None and _is_ordered(steps):
        found: object = steps[int(parameter)]
        return found
    if steps is not None:
        return {_word(step): step for step in steps}[parameter]
    # The same design has the same bits, and with them the same result folder, everywhere.
    return int(parameter) if factor.integer else float(f"{parameter:.{DIGITS}g}")


def _parameter(factor: SearchFactor, value: Any) -> Any:
    steps = ladder(factor)
    if steps is not None:
        return steps.index(value) if _is_ordered(steps) else _word(value)
    return int(value) if factor.integer else float(value)


def _word(value: object) -> str:
    """A value as text that Optuna's journal keeps: text as it is, all else as JSON."""
    return value if isinstance(value, str) else json.dumps(value, default=str)
