# SPDX-License-Identifier: MIT
"""Candidates of a study: what is compared on the same draws of everything else.

Each draw of the design is run once for every candidate, so that a difference between two of them
is taken within a draw: what both share of the uncertainty leaves the difference (common random
numbers).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self

from pydantic import Field, model_validator

from scenarios.schema_base import Table, wrong

NAME_PATTERN = r"^\S(.{0,58}\S)?$"


class Candidate(Table):
    """One of the candidates, by several keys."""

    name: str = Field(pattern=NAME_PATTERN, description="What tables and plots call it")
    settings: dict[str, Any] = Field(
        min_length=1,
        description="Keys of the scenario that it has, dotted",
        json_schema_extra={"allowed_text": "a table of keys of the scenario"},
    )


class Compare(Table):
    """What each draw of the design is run for."""

    key: str | None = Field(
        None, min_length=1, description="Key of the scenario by which candidates differ"
    )
    values: tuple[Any, ...] = Field(
        (),
        strict=False,
        description="Its value in each candidate; the first is what the others are compared with",
        json_schema_extra={"allowed_text": "a list"},
    )
    candidates: tuple[Candidate, ...] = Field(
        (), strict=False, description="In place of key and values: candidates by several keys"
    )

    @model_validator(mode="after")
    def _two_or_more(self) -> Self:
        if self.candidates and (self.key is not None or self.values):
            raise wrong("key and candidates are both given", "key with values, or candidates")
        if not self.candidates and (self.key is None or not self.values):
            raise wrong("has no candidates", "key and values, or [[compare.candidates]]")
        names = [candidate.name for candidate in candidates_of(self)]
        if len(names) < 2:
            raise wrong(f"{names[0]} is the only candidate", "two or more")
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise wrong(f"{twice} is a candidate twice", "each once")
        return self


@dataclass(frozen=True, slots=True)
class Named:
    """A candidate as it is run.

    Attributes:
        name: of the candidate.
        settings: its keys of the scenario, dotted.
        place: where it stands in the study, for messages.
    """

    name: str
    settings: Mapping[str, object]
    place: str


def candidates_of(compare: Compare | None) -> tuple[Named, ...]:
    """Candidates in the order of the study; none of a study without."""
    if compare is None:
        return ()
    if compare.key is not None:
        return tuple(
            Named(_label(compare.key, value), {compare.key: value}, f"compare.values[{place}]")
            for place, value in enumerate(compare.values)
        )
    return tuple(
        Named(one.name, dict(dotted_items(one.settings)), f"compare.candidates[{place}]")
        for place, one in enumerate(compare.candidates)
    )


def _label(key: str, value: object) -> str:
    """A value as the name of its candidate: a word by itself, a number with what it is of."""
    if isinstance(value, str):
        return value
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return f"{key.rpartition('.')[2]} {value:g}" if number else f"{key.rpartition('.')[2]} {value}"


def dotted_items(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, object]]:
    """Leaves of nested tables by dotted key."""
    for key, value in table.items():
        if isinstance(value, dict):
            yield from dotted_items(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value
