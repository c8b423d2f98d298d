# SPDX-License-Identifier: MIT
"""Where the visits of one person are found: arguments of the command line, or a file.

They are given as ``LABEL=DIR``, or in a file of tables ``[[visits]]`` with `label`, `result` and,
if wanted, `date`.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from scenarios.errors import ScenarioError, listed, nearest
from scenarios.source import ScenarioFile, read_scenario_file, user_path

COMMAND = "compare --visits"
ALLOWED = "LABEL=DIR LABEL=DIR ..., or a file of [[visits]]"
ENTRY = ("label", "result", "date")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a visit is found.

    Attributes:
        label: what it is called.
        path: result folder or measured file.
        where: as the user gave it, for messages.
        date: of the visit, None where it is not given.
    """

    label: str
    path: Path
    where: str
    date: datetime.date | None = None


def find_visits(given: Sequence[str]) -> tuple[Place, ...]:
    """Places of the visits, from the arguments of the command line.

    Raises:
        ScenarioError: fewer than two, a label that is given twice, or a wrong file.
    """
    if len(given) == 1 and given[0].endswith(".toml"):
        places = _from_file(given[0])
    else:
        places = tuple(_from_argument(text) for text in given)
    if len(places) < 2:
        raise ScenarioError(COMMAND, "", "needs two visits or more", allowed=ALLOWED)
    labels = [place.label for place in places]
    for place in places:
        if labels.count(place.label) > 1:
            raise ScenarioError(
                place.where, place.label, "is the label of two visits", allowed="each label once"
            )
    return places


def _from_argument(text: str) -> Place:
    path = user_path(text)
    label, equals, rest = text.partition("=")
    if equals and not path.exists():
        if not label.strip() or not rest:
            raise ScenarioError(COMMAND, text, "is not LABEL=DIR", allowed=ALLOWED)
        return Place(label.strip(), user_path(rest), rest)
    return Place(path.resolve().name or text, path, text)


def _from_file(text: str) -> tuple[Place, ...]:
    path = user_path(text)
    if not path.is_file():
        raise ScenarioError(text, "", "no such file", allowed=ALLOWED)
    given = read_scenario_file(ScenarioFile(path, text, path.stem))
    for key in given:
        if key != "visits":
            near = nearest(key, ("visits",))
            raise ScenarioError(text, key, "unknown key", allowed="visits", suggestion=near)
    entries = given["visits"].value if given else None
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise ScenarioError(text, "visits", "is no list of tables", allowed="tables [[visits]]")
    places: list[Place] = []
    for i, entry in enumerate(entries):
        place = _entry(text, f"visits[{i}]", entry, path.resolve().parent)
        before = places[-1].date if places else None
        if before is not None and place.date is not None and place.date < before:
            raise ScenarioError(
                text,
                f"visits[{i}].date",
                f"{place.date} is before {before} of the visit above it",
                allowed="visits in their order",
            )
        places.append(place)
    return tuple(places)


def _entry(where: str, name: str, entry: Mapping[str, object], base: Path) -> Place:
    for key in entry:
        if key not in ENTRY:
            near = nearest(key, ENTRY)
            allowed = listed(ENTRY)
            raise ScenarioError(
                where, f"{name}.{key}", "unknown key", allowed=allowed, suggestion=near
            )
    result = entry.get("result")
    if not isinstance(result, str) or not result:
        problem = "is missing" if result is None else f"got {result!r}"
        allowed = "a result folder or a measured file"
        raise ScenarioError(where, f"{name}.result", problem, allowed=allowed)
    path = base / user_path(result)
    label = entry.get("label", path.name)
    if not isinstance(label, str) or not label.strip():
        raise ScenarioError(where, f"{name}.label", f"got {label!r}", allowed="text")
    date = entry.get("date")
    if date is not None and type(date) is not datetime.date:
        allowed = "a day such as 2026-03-01, without quotes"
        raise ScenarioError(where, f"{name}.date", f"got {date!s}", allowed=allowed)
    return Place(label.strip(), path, f"{where}: {name}.result: {result}", date)
