# SPDX-License-Identifier: MIT
"""The visits of one person: a finished run or a measured record each, and what they share."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from scenarios.errors import ScenarioError
from scenarios.followup.design import shown
from scenarios.followup.places import COMMAND, Place
from scenarios.measured import MeasuredRegions, Side, is_pressure_file, measured_regions
from scenarios.source import flattened
from scenarios.summary import Summary, main_outputs, read_summary

FREE = ("insole", "baseline", "name", "output", "solver")
"""Parts of a scenario that may differ between visits without a word."""


@dataclass(frozen=True, slots=True)
class Visit:
    """What is known of one visit.

    Attributes:
        place: label, date and folder or file.
        summary: of a finished run, None of a measured record.
        measured: of a measured record, None of a run.
        scenario: keys of the run's scenario by dotted name; empty where not known.
    """

    place: Place
    summary: Summary | None
    measured: MeasuredRegions | None
    scenario: Mapping[str, object]

    @property
    def label(self) -> str:
        """What the visit is called."""
        return self.place.label


def read_visits(places: Sequence[Place], side: Side | None = None) -> tuple[Visit, ...]:
    """Read what belongs together, in order.

    Args:
        places: of the visits.
        side: foot of measured records, the right one where left out.

    Raises:
        ScenarioError: a folder or file that cannot be used, runs beside measured records, or
            runs of two persons, analyses or feet.
    """
    measured = [is_pressure_file(str(place.path)) for place in places]
    if len(set(measured)) > 1:
        odd = places[measured.index(not measured[0])]
        kinds = ("run", "measured record") if measured[0] else ("measured record", "run")
        raise ScenarioError(
            odd.where,
            odd.label,
            f"is a {kinds[0]} beside a {kinds[1]}",
            allowed="runs alone or measured records alone; compare MEASURED.asc DIR sets one "
            "beside the other",
        )
    if measured[0]:
        return tuple(_measured_visit(place, side or "right") for place in places)
    if side is not None:
        raise ScenarioError(
            COMMAND, "--side", "is of measured files, and none is given", allowed="MEASURED.asc ..."
        )
    visits = tuple(_computed_visit(place) for place in places)
    for visit in visits[1:]:
        refuse_other_study(visits[0], visit)
    return visits


def computed_visit(path: Path, label: str) -> Visit:
    """One finished run as a visit.

    Raises:
        ScenarioError: no finished run.
    """
    return _computed_visit(Place(label, path, str(path)))


def refuse_other_study(first: Visit, other: Visit) -> None:
    """Refuse two runs whose difference is one of persons, feet or analyses.

    Raises:
        ScenarioError: names the folder and the first key that differs.
    """
    one, two = first.summary, other.summary
    if one is None or two is None:
        return
    pairs: list[tuple[str, object, object]] = [("analysis", one.analysis, two.analysis)]
    if one.subject is not None and two.subject is not None:
        for key in type(one.subject).model_fields:
            pairs.append((f"subject.{key}", getattr(one.subject, key), getattr(two.subject, key)))
    key = "subject.side"
    pairs.append((key, first.scenario.get(key, "right"), other.scenario.get(key, "right")))
    for key, here, there in pairs:
        if here != there and None not in (here, there):  # a later version may state more
            raise ScenarioError(
                other.place.where,
                key,
                f"is {shown(there)}, of {first.label} it is {shown(here)}",
                allowed="one person, one foot and one analysis at all visits",
            )


def other_changes(first: Visit, other: Visit) -> tuple[str, ...]:
    """What beside the insole is not the same, as ``key a -> b``."""
    keys = dict.fromkeys((*first.scenario, *other.scenario))
    tables = {key.partition(".")[0] for key in keys} - set(FREE)
    return changed_keys(first.scenario, other.scenario, tables)


def insole_changes(first: Visit, other: Visit) -> tuple[str, ...]:
    """Keys of the insole that are not the same, as ``key a -> b``."""
    return changed_keys(first.scenario, other.scenario, {"insole"})


def changed_keys(
    first: Mapping[str, object], other: Mapping[str, object], tables: Collection[str]
) -> tuple[str, ...]:
    """Keys of some tables that two scenarios do not share, as ``key a -> b``.

    Empty where one of the scenarios is not known.
    """
    if not first or not other:
        return ()
    found = []
    for key in dict.fromkeys((*first, *other)):
        one, two = first.get(key), other.get(key)
        if one != two and key.partition(".")[0] in tables:
            found.append(f"{key} {shown(one)} -> {shown(two)}")
    return tuple(found)


def _computed_visit(place: Place) -> Visit:
    try:
        summary = read_summary(place.path)
    except ScenarioError as error:
        where = error.where if error.key else place.where
        raise ScenarioError(where, error.key, error.problem, allowed=error.allowed) from None
    if next(main_outputs(summary), None) is None:
        raise ScenarioError(
            place.where, "", "holds no outputs, only meshes", allowed="a result of run"
        )
    return Visit(place, summary, None, scenario_keys_of(place.path))


def scenario_keys_of(folder: Path) -> dict[str, object]:
    """Keys of a result's ``scenario.toml`` by dotted name, empty where it cannot be read."""
    try:
        text = (folder / "scenario.toml").read_text(encoding="utf-8")
        return dict(flattened(tomllib.loads(text)))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        return {}


def _measured_visit(place: Place, side: Side) -> Visit:
    return Visit(place, None, measured_regions(place.path, side), {})
