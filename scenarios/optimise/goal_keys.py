# SPDX-License-Identifier: MIT
"""What a goal or a constraint may name: numbers of ``summary.json`` and of the scenario."""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from scenarios.channels import QUASI_STATIC
from scenarios.errors import ScenarioError, listed, nearest
from scenarios.keys import find_key
from scenarios.optimise.study import Search
from scenarios.schema import Scenario
from scenarios.source import flattened
from scenarios.summary import Summary
from scenarios.sweep.factors import full_name

ANY = "*"
"""Stands for a name that only a run knows, such as that of a material."""


def check_goals(study: Search, scenario: Scenario, where: str) -> None:
    """Refuse goals and constraints that name no number.

    Args:
        study: of its own right shape.
        scenario: the base.
        where: file of the study.

    Raises:
        ScenarioError: the first that is wrong, with what is nearest.
    """
    own = scenario_numbers(scenario)
    places = [(f"goals[{i}].key", goal.key) for i, goal in enumerate(study.goals)]
    places += [(f"constraints[{i}].key", one.key) for i, one in enumerate(study.constraints)]
    for place, key in places:
        if full_name(key) in own:
            continue
        kind = _kind(key)
        if kind == "number":
            _check_analysis(key, scenario.analysis, place, where)
            continue
        if kind == "table":
            inside = [name for name in summary_keys() if name.startswith(f"{key}.")]
            raise ScenarioError(where, place, f"{key} is a table", allowed=listed(inside))
        if kind == "other" or find_key(full_name(key)) is not None:
            raise ScenarioError(where, place, f"{key} is not a number", allowed="a number")
        raise ScenarioError(
            where,
            place,
            f"neither summary.json nor the scenario has {key!r}",
            allowed="keys such as plantar.peak_pressure_kpa.heel (docs/guide/results.md)",
            suggestion=nearest(key, (*summary_keys(), *own), cutoff=0.5),
        )


def scenario_numbers(scenario: Scenario) -> dict[str, float]:
    """Numbers of a resolved scenario by dotted key: what is known of a design before its run."""
    return {
        key: float(value)
        for key, value in flattened(scenario.model_dump())
        if isinstance(value, int | float) and not isinstance(value, bool)
    }


def summary_keys() -> tuple[str, ...]:
    """Dotted keys of all numbers that a summary may have."""
    return tuple(name for name, kind in _keys().items() if kind == "number")


def _check_analysis(key: str, analysis: str, place: str, where: str) -> None:
    if key.startswith("shock.") and analysis in QUASI_STATIC:
        problem = f"the analysis {analysis} has no shock"
        raise ScenarioError(where, place, problem, allowed="analysis = 'impact'")


def _kind(key: str) -> str:
    """``number``, ``other`` for what is none, ``table``, or nothing for an unknown key."""
    known = _keys()
    for name, kind in known.items():
        if _matches(key, name):
            return kind
    size = key.count(".") + 1
    tables = {".".join(name.split(".")[:size]) for name in known if name.count(".") >= size}
    return "table" if any(_matches(key, name) for name in tables) else ""


def _matches(key: str, name: str) -> bool:
    given, wanted = key.split("."), name.split(".")
    pairs = zip(given, wanted, strict=False)
    return len(given) == len(wanted) and all(b in (ANY, a) for a, b in pairs)


@cache
def _keys() -> Mapping[str, str]:
    return dict(_of_model(Summary, ""))


def _of_model(model: type[BaseModel], prefix: str) -> Iterator[tuple[str, str]]:
    for name, info in model.model_fields.items():
        yield from _of_type(info.annotation, f"{prefix}{info.alias or name}")


def _of_type(annotation: Any, name: str) -> Iterator[tuple[str, str]]:
    options = [annotation]
    if get_origin(annotation) in (Union, types.UnionType):
        options = [one for one in get_args(annotation) if one is not type(None)]
    for option in options:
        if isinstance(option, type) and issubclass(option, BaseModel):
            yield from _of_model(option, f"{name}.")
        elif get_origin(option) is dict:
            key, value = get_args(option)
            words = get_args(key) if get_origin(key) is Literal else (ANY,)
            for word in words:
                yield from _of_type(value, f"{name}.{word}")
        else:
            yield name, "number" if option in (int, float) else "other"
