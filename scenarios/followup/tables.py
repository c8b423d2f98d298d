# SPDX-License-Identifier: MIT
"""The course over visits as text, as CSV and as JSON (schema ``solespine.visits/1``)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from scenarios.compare import Difference
from scenarios.compare_outputs import group_of
from scenarios.followup.differences import (
    WORDS,
    Course,
    Pair,
    percent_of,
    values_of,
)
from scenarios.followup.files import Cell, csv_text
from scenarios.followup.visits import Visit
from scenarios.schema_insole import Insole
from scenarios.source import nested
from scenarios.text_table import aligned_lines

SCHEMA = "solespine.visits/1"
COLUMNS = (
    *("group", "key", "unit", "visit", "date", "value", "value_error"),
    *("against", "relation", "change", "change_percent", "change_error", "verdict"),
)
DECIMALS = {"kPa": 1, "kPa s": 2, "mm2": 0, "mm": 2, "deg": 2, "N": 0, "Nm": 2, "MPa": 3, "%": 1}
NOTES_COMPUTED = (
    "error: discretisation errors of both runs in quadrature; a change that is not larger is not "
    "distinguishable from the mesh. A distinguishable one need not matter to a person",
    "differences are of predicted mechanical load under stated assumptions, not of pain",
)
NOTES_MEASURED = (
    "values are means over steps; error: half width of the 95 % confidence interval of their "
    "difference. Calibration of the sensors and how they lay on the day are not in it",
    "speed, shoe and person of a record are not in its file: see that they are the same",
)


def course_text(course: Course) -> str:
    """All of a course as plain text: visits, what was changed, and a table for each pair."""
    blocks = ["\n".join(_visit_lines(course))]
    for pair in course.pairs:
        blocks.append("\n".join(_pair_lines(pair)))
    measured = course.visits[0].measured is not None
    notes = NOTES_MEASURED if measured else NOTES_COMPUTED
    blocks.append("\n".join(f"note: {note}" for note in notes))
    return "\n\n".join(blocks)


def course_csv(course: Course) -> str:
    """A row for each value of the first visit, and for each difference of a later one."""
    rows: list[list[Cell]] = []
    first = course.visits[0]
    for key, (value, error) in values_of(first).items():
        row = [group_of(key), key, _unit(course, key), first.label, _date(first), value, error]
        rows.append([*row, None, None, None, None, None, None])
    for relation, pair in _related(course):
        errors = values_of(pair.other)
        for item in pair.differences:
            rows.append(
                [
                    *(group_of(item.key), item.key, item.unit, pair.other.label),
                    *(_date(pair.other), item.other, errors[item.key][1]),
                    *(pair.first.label, relation, item.change, percent_of(item), item.error),
                    WORDS[item.verdict],
                ]
            )
    return csv_text(COLUMNS, rows)


def course_json(course: Course) -> str:
    """The visits with their values, and the differences of each pair."""
    data: dict[str, Any] = {
        "schema": SCHEMA,
        "visits": [
            {
                "label": visit.label,
                "date": _date(visit),
                "result": str(visit.place.path),
                "values": {
                    key: {"value": value, "error": error}
                    for key, (value, error) in values_of(visit).items()
                },
            }
            for visit in course.visits
        ],
        "differences": [
            {
                "visit": pair.other.label,
                "against": pair.first.label,
                "relation": relation,
                "changed_insole": list(pair.insole),
                "warnings": list(pair.warnings),
                "outputs": {item.key: _item(item) for item in pair.differences},
            }
            for relation, pair in _related(course)
        ],
    }
    return json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def file_text(course: Course, path: Path) -> str:
    """Text of a file of that name: JSON for ``.json``, else CSV."""
    return course_json(course) if path.suffix.lower() == ".json" else course_csv(course)


def _item(item: Difference) -> dict[str, Any]:
    return {
        "unit": item.unit,
        "change": item.change,
        "percent": percent_of(item),
        "error": item.error,
        "verdict": WORDS[item.verdict],
    }


def _related(course: Course) -> Iterator[tuple[str, Pair]]:
    """Pairs with their relation; the second visit's pair is to the previous one and the first."""
    yield from (("previous", pair) for pair in course.consecutive)
    yield from (("first", pair) for pair in (course.consecutive[0], *course.to_first))


def _unit(course: Course, key: str) -> str:
    items = course.consecutive[0].differences
    return next((item.unit for item in items if item.key == key), "")


def _date(visit: Visit) -> str | None:
    return None if visit.place.date is None else visit.place.date.isoformat()


def _visit_lines(course: Course) -> list[str]:
    rows: list[tuple[str, ...]] = [("visit", "date", "result", "insole")]
    rows += [
        (visit.label, _date(visit) or "-", str(visit.place.path), _insole(visit))
        for visit in course.visits
    ]
    return aligned_lines(rows, left=range(4))


def _insole(visit: Visit) -> str:
    if visit.measured is not None:
        return f"measured, {visit.measured.side} foot, {len(visit.measured.duration_s)} steps"
    keys = {name: value for name, value in visit.scenario.items() if name.startswith("insole.")}
    try:
        insole = Insole.model_validate(nested(keys)["insole"])
    except (KeyError, ValidationError):  # of an earlier version, or edited
        return "not stated"
    if insole.is_barefoot:
        return "barefoot"
    is_baseline = visit.summary is not None and visit.summary.role == "baseline"
    return insole.made_of + (", baseline" if is_baseline else "")


def _pair_lines(pair: Pair) -> list[str]:
    lines = [f"{pair.other.label} against {pair.first.label}"]
    if pair.insole:
        lines.append(f"changed: {', '.join(pair.insole)}")
    counts = ((pair.count(verdict), words) for verdict, words in WORDS.items())
    said = ", ".join(f"{count} {words}" for count, words in counts if count)
    lines.append(f"{len(pair.differences)} outputs: {said}")
    header = ("output", "unit", pair.first.label, pair.other.label, "change", "%", "error", "")
    lines += aligned_lines([header, *map(_row, pair.differences)], left=(0, 1, 7))
    return lines + [f"warning: {text}" for text in pair.warnings]


def _row(item: Difference) -> tuple[str, ...]:
    percent = percent_of(item)
    return (
        item.key,
        item.unit,
        _number(item.first, item.unit),
        _number(item.other, item.unit),
        _number(item.change, item.unit, "+"),
        "" if percent is None else _number(percent, "%", "+"),
        "" if item.error is None else _number(item.error, item.unit),
        WORDS[item.verdict],
    )


def _number(value: float, unit: str, sign: str = "") -> str:
    decimals = DECIMALS.get(unit)
    text = f"{value:{sign}.4g}" if decimals is None else f"{value:{sign}.{decimals}f}"
    return text.lstrip("+-") if float(text) == 0.0 else text
