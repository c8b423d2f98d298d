# SPDX-License-Identifier: MIT
"""What a validation found wrong, as one message that names place, key and what is allowed."""

from __future__ import annotations

import re
from collections.abc import Mapping

from pydantic_core import ErrorDetails

from scenarios.errors import ScenarioError, listed, nearest
from scenarios.keys import find_key, keys_in, scenario_keys
from scenarios.source import Given


def position(given: Mapping[str, Given], detail: ErrorDetails) -> int:
    """Place of an error in the order in which the values were given."""
    name = _dotted(detail["loc"])
    for place, key in enumerate(given):
        if key == name or name.startswith((f"{key}.", f"{key}[")) or key.startswith(f"{name}."):
            return place
    return len(given)


def translated(
    detail: ErrorDetails, given: Mapping[str, Given], where: str, count: int
) -> ScenarioError:
    """Return one of pydantic's errors in this project's words.

    Args:
        detail: the error.
        given: all values that were given, by dotted key.
        where: the scenario file as the user named it.
        count: how many errors there are.
    """
    name = _dotted(detail["loc"])
    context = detail.get("ctx", {})
    kind, value = detail["type"], detail["input"]
    key = find_key(name) or find_key(name.partition("[")[0])
    allowed, near = (key.allowed if key else ""), ""
    if kind == "scenario":
        problem, allowed = str(context["problem"]), str(context["allowed"])
    elif kind == "extra_forbidden":
        names = _entry_keys(name)
        problem, allowed = "unknown key", listed(names)
        near = nearest(name.rpartition(".")[2], names)
    elif kind == "missing":
        problem = "is missing"
    elif kind in ("model_type", "model_attributes_type"):
        problem = f"got {_shown(value)}"
        names = keys_in(name) or _entry_keys(f"{name}.x")
        allowed = f"a table with the keys {listed(names)}"
    elif kind in ("greater_than_equal", "less_than_equal"):
        problem = f"{value:g} is out of range"
    elif kind == "too_long":
        problem = f"{len(value)} entries"
        allowed = f"at most {context['max_length']}"
    else:
        problem = f"got {_shown(value)}"
        if kind == "literal_error" and isinstance(value, str):
            near = nearest(value, allowed.split(", "))
    if count > 1:
        problem += f" ({count - 1} more wrong)"
    return given_error(given, where, name, problem, allowed=allowed, suggestion=near)


def given_error(
    given: Mapping[str, Given], where: str, key: str, problem: str, **more: str
) -> ScenarioError:
    """A message whose place is the flag or file that gave the key, or its table."""
    place = where
    parts = key.partition("[")[0]
    for name, item in given.items():
        if name == parts or name.startswith(f"{parts}."):
            place = item.where
            if item.where.startswith("--"):
                break
    return ScenarioError(place, key, problem, **more)


def _dotted(location: tuple[int | str, ...]) -> str:
    text = ""
    for part in location:
        text += f"[{part}]" if isinstance(part, int) else f".{part}"
    return text.lstrip(".")


def _entry_keys(name: str) -> tuple[str, ...]:
    """Keys beside an entry of a list of tables, such as ``insole.layers[0].x``."""
    table = re.sub(r"\[\d+\]", "[]", name.rpartition(".")[0])
    return tuple(
        key.name.removeprefix(f"{table}.")
        for key in scenario_keys()
        if key.name.startswith(f"{table}.")
    )


def _shown(value: object) -> str:
    kinds = {str: "text", bool: "a truth value", dict: "a table", list: "a list"}
    kind = kinds.get(type(value), "")
    text = repr(value) if len(repr(value)) <= 40 else repr(value)[:37] + "..."
    return f"{kind} {text}".strip()
