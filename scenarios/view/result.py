# SPDX-License-Identifier: MIT
"""A result folder as a viewer sees it: bodies, fields, instants and who it is of."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from scenarios.errors import ScenarioError, listed, nearest
from scenarios.fields import COLLECTION, BodyFile, read_collection
from scenarios.folder import MANIFEST_SCHEMA, read_manifest
from scenarios.view.names import DISPLACEMENT, REGION, SEGMENT, Field, field_of
from scenarios.view.reading import read_whole
from simulator.results import Body

_FIRST = ("cauchy_von_mises_mpa", "contact_pressure_mpa", DISPLACEMENT)
"""Order of the fields that most results have; what else there is follows by name."""


@dataclass(frozen=True, slots=True)
class Instant:
    """An output instant.

    Attributes:
        percent: of stance, or of an impact's run.
        time_s: its time, of an impact since touchdown.
        position: what two results are linked by: per cent of stance, of an impact ms.
        files: the file of each body, by body.
    """

    percent: float
    time_s: float
    position: float
    files: dict[str, BodyFile]


@dataclass(frozen=True, slots=True)
class ViewResult:
    """What there is to look at.

    Attributes:
        folder: the result folder.
        analysis: of its scenario; empty where that is not known.
        title: scenario and insole.
        subject: who was simulated, how fine the mesh is.
        finished: whether the run reached its end.
        instants: with fields, by time.
        bodies: names of all bodies, those of the foot first.
        fields: all fields, region included; displacement is shown by its size.
        carriers: names of the bodies that have a field, by field.
    """

    folder: Path
    analysis: str
    title: str
    subject: str
    finished: bool
    instants: tuple[Instant, ...]
    bodies: tuple[str, ...]
    fields: tuple[Field, ...]
    carriers: dict[str, tuple[str, ...]]

    @property
    def is_impact(self) -> bool:
        """Whether instants count milliseconds instead of per cent of stance."""
        return self.analysis == "impact"

    @property
    def collection(self) -> Path:
        """The file that lists all field files with their times."""
        return self.folder / "fields" / COLLECTION

    def at(self, position: float) -> Instant:
        """The instant nearest to a position, the earlier of two as near."""
        return min(self.instants, key=lambda instant: abs(instant.position - position))

    def when(self, instant: Instant) -> str:
        """An instant in words."""
        if self.is_impact:
            return f"{1000 * instant.time_s:.0f} ms after touchdown"
        if self.analysis == "standing":
            return "standing"
        return f"{instant.percent:g} % of stance, {instant.time_s:.3f} s"


def open_result(folder: Path) -> ViewResult:
    """Look through a result folder; of the field files each body's first is read.

    Raises:
        ScenarioError: no result, or no fields in it, or a file that cannot be read.
    """
    entries = _entries(folder)
    scenario = _scenario(folder)
    analysis = str(scenario.get("analysis", ""))
    instants: dict[float, dict[str, BodyFile]] = {}
    for entry in entries:
        instants.setdefault(entry.percent, {})[entry.body] = entry
    found = tuple(
        _instant(percent, files, analysis == "impact")
        for percent, files in sorted(instants.items())
    )
    bodies = _in_order({name for instant in found for name in instant.files})
    carriers = _carriers({name: read_whole(_first(found, name)) for name in bodies})
    return ViewResult(
        folder=folder,
        analysis=analysis,
        title=_title(folder, scenario),
        subject=_subject(scenario),
        finished=(folder / "summary.json").is_file(),
        instants=found,
        bodies=bodies,
        fields=tuple(field_of(name) for name in carriers),
        carriers=carriers,
    )


def chosen_field(result: ViewResult, word: str | None, where: str = "--field") -> Field | None:
    """The field of a name or label; without one the first; None for a result without any.

    Raises:
        ScenarioError: no such field; names those there are and the nearest.
    """
    if word is None:
        return result.fields[0] if result.fields else None
    for field in result.fields:
        if word in (field.name, field.label):
            return field
    names = [field.name for field in result.fields]
    labels = {field.label: field.name for field in result.fields}
    near = nearest(word, [*names, *labels], cutoff=0.5)
    raise ScenarioError(
        where,
        "",
        f"no field {word!r} in {result.folder}",
        allowed=listed(names),
        suggestion=labels.get(near, near),
    )


def chosen_bodies(
    results: Sequence[ViewResult], words: Sequence[str], where: str = "--bodies"
) -> frozenset[str]:
    """Names of the bodies that words ask for; a word such as ``disc`` takes all it begins.

    Raises:
        ScenarioError: a word that no body of any result is named by.
    """
    bodies = dict.fromkeys(name for result in results for name in result.bodies)
    chosen: set[str] = set()
    for word in words:
        found = {word} & bodies.keys() or {n for n in bodies if n.startswith(word)}
        if not word or not found:
            raise ScenarioError(
                where,
                "",
                f"no body {word!r} in {results[0].folder}",
                allowed=listed(bodies),
                suggestion=nearest(word, bodies, cutoff=0.5),
            )
        chosen |= found
    return frozenset(chosen)


def _entries(folder: Path) -> tuple[BodyFile, ...]:
    where = str(folder)
    if not folder.is_dir():
        problem = "is no folder" if folder.exists() else "no such folder"
        raise ScenarioError(where, "", problem, allowed="a result folder")
    collection = folder / "fields" / COLLECTION
    try:
        entries = read_collection(folder / "fields")
    except (ElementTree.ParseError, KeyError, ValueError, OSError) as error:
        raise ScenarioError(str(collection), "", f"cannot be read: {error}") from None
    if entries:
        lost = [entry.path for entry in entries if not entry.path.is_file()]
        if lost:
            raise ScenarioError(str(lost[0]), "", f"is listed in {COLLECTION} and not there")
        return entries
    if read_manifest(folder).get("schema") != MANIFEST_SCHEMA:
        raise ScenarioError(
            where, "", "holds no result and no field files", allowed="a result folder"
        )
    if not (folder / "summary.json").is_file():
        raise ScenarioError(where, "", "is not finished, and has written no field files yet")
    raise ScenarioError(
        where,
        "",
        "holds no field files",
        allowed='a result with output.fields = true, of a sweep with keep = "all"',
    )


def _instant(percent: float, files: dict[str, BodyFile], impact: bool) -> Instant:
    time_s = next(iter(files.values())).time_s
    return Instant(percent, time_s, 1000.0 * time_s if impact else percent, files)


def _first(instants: Sequence[Instant], body: str) -> BodyFile:
    return next(instant.files[body] for instant in instants if body in instant.files)


def _in_order(names: set[str]) -> tuple[str, ...]:
    first = ("foot_tissue", "insole", "foot_bones", "leg_bones_tibia", "leg_bones", "vertebrae")
    known = [name for name in first if name in names]
    # Discs from below: L5-S1 first.
    discs = sorted((name for name in names if name.startswith("disc_")), reverse=True)
    return (*known, *discs, *sorted(names - set(known) - set(discs)))


def _carriers(bodies: dict[str, Body]) -> dict[str, tuple[str, ...]]:
    data = {name: {*body.point_data, *body.cell_data} - {SEGMENT} for name, body in bodies.items()}
    has = {
        field: tuple(name for name in bodies if field in data[name])
        for field in set().union(*data.values())
    }
    order = [name for name in _FIRST if name in has]
    order += sorted(set(has) - set(order) - {REGION})
    order += [REGION] if REGION in has else []
    return {name: has[name] for name in order}


def _scenario(folder: Path) -> dict[str, Any]:
    try:
        with (folder / "scenario.toml").open("rb") as stream:
            return tomllib.load(stream)
    except (OSError, ValueError):
        # A viewer shows fields without their scenario too; the title is then the folder's name.
        return {}


def _title(folder: Path, scenario: dict[str, Any]) -> str:
    name = str(scenario.get("name") or scenario.get("analysis") or "")
    insole = scenario.get("insole", {})
    material = str(insole.get("material", ""))
    thickness = insole.get("thickness_mm")
    if material == "none":
        material = "without insole"
    elif material:
        material = f"insole {material}" + (f", {thickness:g} mm" if thickness else "")
    parts = [part for part in (name, material) if part]
    return f"{folder.absolute().name}: " + ", ".join(parts) if parts else folder.absolute().name


def _subject(scenario: dict[str, Any]) -> str:
    subject = scenario.get("subject", {})
    parts = []
    for key, text in (
        ("body_mass_kg", "{:g} kg"),
        ("height_m", "{:g} m"),
        ("foot_type", "{} foot"),
    ):
        if key in subject:
            parts.append(text.format(subject[key]))
    if "resolution" in scenario:
        parts.append(f"{scenario['resolution']} mesh")
    return ", ".join(parts)
