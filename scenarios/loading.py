# SPDX-License-Identifier: MIT
"""From a scenario's file and flags to a validated `Scenario`.

All that can be refused without a mesh is refused here, with one message that
names file, key, what is allowed and the nearest match. Nothing is written.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from materials.lattice import SOLID_FAMILIES, NoLattice
from meshes.errors import MeshError
from meshes.foot_dimensions import FootDimensions
from scenarios.catalogue import insole_materials, insole_record
from scenarios.errors import ScenarioError, listed, nearest
from scenarios.keys import find_key, keys_in, scenario_keys, table_names
from scenarios.loading_errors import given_error, position, translated
from scenarios.schema import Scenario
from scenarios.schema_insole import BAREFOOT, Insole
from scenarios.schema_subject import Subject
from scenarios.source import (
    Given,
    ScenarioFile,
    add_setting,
    find_scenario,
    flattened,
    merged,
    nested,
    read_scenario_file,
    read_settings,
    user_path,
)
from scenarios.subject_scan import scanned_subject


@dataclass(frozen=True, slots=True)
class Loaded:
    """A validated scenario and where each of its values was given.

    Attributes:
        scenario: with every default filled in and absolute paths.
        given: the values that were given, by dotted key.
        where: the scenario file as the user named it.
    """

    scenario: Scenario
    given: Mapping[str, Given]
    where: str

    def error(self, key: str, problem: str, **more: str) -> ScenarioError:
        """A message about a key, in the file or flag that gave it."""
        return given_error(self.given, self.where, key, problem, **more)


def load_scenario(
    scenario: str,
    *,
    settings: Sequence[str] = (),
    resolution: str | None = None,
    working_directory: Path | None = None,
) -> Loaded:
    """Read, merge and validate a scenario.

    Args:
        scenario: TOML file, or name of a scenario of the library.
        settings: the values of ``--set``, each ``KEY=VALUE``.
        resolution: the value of ``--resolution``, None when the flag is absent.
        working_directory: what paths of ``--set`` are relative to.

    Raises:
        ScenarioError: any wrong input.
    """
    base = working_directory or Path.cwd()
    file = find_scenario(scenario)
    from_file = read_scenario_file(file)
    from_flags = read_settings(settings, base)
    if resolution is not None:
        add_setting(from_flags, "resolution", Given(resolution, "--resolution", base))
    return load_given(file, merged(from_file, from_flags))


def load_given(file: ScenarioFile, given: Mapping[str, Given]) -> Loaded:
    """Validate values that were read before.

    Args:
        file: that they come from, for the scenario's name and for messages.
        given: all values, by dotted key.

    Raises:
        ScenarioError: any wrong input.
    """
    _refuse_unknown(given, file.where)
    checked = _validate(given, file)
    loaded = Loaded(checked, given, file.where)
    _check_foot(loaded)
    _check_paths(loaded)
    _check_materials(loaded)
    return _with_scan(loaded)


def _with_scan(loaded: Loaded) -> Loaded:
    """Take the dimensions of a scanned foot from its scan."""
    subject = loaded.scenario.subject
    prefix = "subject."
    given = frozenset(k.removeprefix(prefix) for k in loaded.given if k.startswith(prefix))
    try:
        scanned = scanned_subject(subject, given)
    except ScenarioError as error:
        raise loaded.error(error.key, error.problem, allowed=error.allowed) from None
    if scanned is subject:
        return loaded
    return replace(loaded, scenario=loaded.scenario.model_copy(update={"subject": scanned}))


def resolved_scenario(path: Path) -> Scenario:
    """The scenario of a finished folder, as its ``scenario.toml`` has it.

    Input files that are no longer there do not matter.

    Raises:
        ScenarioError: not a scenario of this version.
    """
    file = ScenarioFile(path, str(path), path.stem)
    given = read_scenario_file(file)
    _refuse_unknown(given, file.where)
    return _validate(given, file)


def scenario_data(scenario: Scenario) -> dict[str, Any]:
    """A scenario as plain nested data, absent keys left out, paths as text."""
    data: dict[str, Any] = scenario.model_dump(mode="json", exclude_none=True)
    if scenario.baseline is not None and scenario.baseline.calibration_dir is not None:
        data["baseline"] = {"calibration_dir": str(scenario.baseline.calibration_dir)}
    return data


def _refuse_unknown(given: Mapping[str, Given], where: str) -> None:
    known = {key.name for key in scenario_keys()} | set(table_names())
    for name in given:
        if name in known:
            continue
        table = name.rpartition(".")[0]
        for key in scenario_keys():
            if name.startswith(f"{key.name}."):
                problem = f"unknown key: {key.name} is no table"
                raise given_error(given, where, name, problem, allowed=key.allowed)
        in_table = tuple(f"{table}.{key}" for key in keys_in(table)) if table else keys_in("")
        near = nearest(name, in_table, cutoff=0.7) if keys_in(table) else ""
        near = near or nearest(name, sorted(known, key=_order), cutoff=0.6)
        allowed = keys_in(table) if table in table_names() else keys_in("")
        what = "unknown key" if not table or table in table_names() else "unknown table"
        raise given_error(given, where, name, what, allowed=listed(allowed), suggestion=near)


def _order(name: str) -> tuple[bool, str]:
    return ("[" in name, name)


def _validate(given: Mapping[str, Given], file: ScenarioFile) -> Scenario:
    data = nested({name: _prepared(name, item) for name, item in given.items()})
    data.setdefault("name", re.sub(r"[^A-Za-z0-9_.\-]", "_", file.name).lstrip("_.-") or "scenario")
    try:
        return Scenario.model_validate(data)
    except ValidationError as error:
        details = [d for d in error.errors() if d["type"] != "default_factory_not_called"]
        first = min(details, key=lambda d: (position(given, d), d["type"] == "missing"))
        raise translated(first, given, file.where, len(details)) from None


def _prepared(name: str, item: Given) -> object:
    key = find_key(name)
    if key is not None and key.is_path and isinstance(item.value, str):
        path = item.base / user_path(item.value)
        # It is written to scenario.toml, which is UTF-8.
        if not item.value.strip() or "\0" in item.value or not _is_unicode(str(path)):
            raise ScenarioError(item.where, name, f"got {item.value!r}", allowed=key.allowed)
        return path.absolute()
    return item.value


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def foot_dimensions(subject: Subject) -> FootDimensions:
    """The subject's foot as the mesher takes it.

    Raises:
        MeshError: dimensions that do not go together.
    """
    return FootDimensions(
        length_mm=subject.foot_length_mm,
        ball_width_mm=subject.ball_width_mm,
        heel_width_mm=subject.heel_width_mm,
        arch_height_mm=subject.arch_height_mm,
        heel_pad_thickness_mm=subject.heel_pad_thickness_mm,
        posture_index=subject.foot_posture_index,
        sole_roundness=subject.sole_roundness,
        metatarsal_roundness=subject.metatarsal_roundness,
        heel_rim_held=subject.heel_rim_held,
    )


def _check_foot(loaded: Loaded) -> None:
    try:
        foot_dimensions(loaded.scenario.subject)
    except MeshError as error:
        name = "foot_length_mm" if error.parameter == "length_mm" else error.parameter
        given = getattr(loaded.scenario.subject, name, None)
        problem = "does not go with the foot's other dimensions"
        raise loaded.error(
            f"subject.{name}",
            problem if given is None else f"{given:g} {problem}",
            allowed=error.allowed,
        ) from None


def _check_materials(loaded: Loaded) -> None:
    insoles: list[tuple[str, Insole]] = [("insole", loaded.scenario.insole)]
    if loaded.scenario.baseline is not None:
        insoles.append(("baseline", loaded.scenario.baseline))
    for table, insole in insoles:
        names = _material_names(loaded, table, insole)
        places = [(f"{table}.material", insole.material)]
        places += [
            (f"{table}.layers[{i}].material", layer.material)
            for i, layer in enumerate(insole.layers)
        ]
        places += [
            (f"{table}.zones[{i}].material", zone.material)
            for i, zone in enumerate(insole.zones)
            if zone.material is not None
        ]
        places.append((f"{table}.heel_plug_material", insole.heel_plug_material))
        if insole.infill is not None:
            places.append((f"{table}.infill.material", insole.infill.material))
        for key, material in places:
            if material in names or (material == BAREFOOT and key == f"{table}.material"):
                continue
            accepted = (*names, BAREFOOT) if key == f"{table}.material" else names
            raise loaded.error(
                key,
                f"no insole material {material!r}",
                allowed=listed(accepted, most=80),
                suggestion=nearest(material, accepted, cutoff=0.4),
            )
        _check_infill(loaded, table, insole)


def _check_infill(loaded: Loaded, table: str, insole: Insole) -> None:
    if insole.infill is None:
        return
    try:
        insole_record(insole, insole.infill.name)
    except NoLattice as error:
        families = ", ".join(SOLID_FAMILIES)
        allowed = f"materials of the families {families}, such as tpu_95a"
        raise loaded.error(f"{table}.infill.material", str(error), allowed=allowed) from None


def _material_names(loaded: Loaded, table: str, insole: Insole) -> tuple[str, ...]:
    """Names that a table's materials may have."""
    try:
        return insole_materials(insole.material_file)
    except ScenarioError as error:
        key = f"{table}.material_file"
        problem = ": ".join(part for part in (error.where, error.key, error.problem) if part)
        raise loaded.error(key, problem) from None


def _check_paths(loaded: Loaded) -> None:
    for name, value in flattened(loaded.scenario.model_dump()):
        if not isinstance(value, Path):
            continue
        key = find_key(name)
        if key is None or not key.is_path:
            continue
        wants_folder = name.endswith("_dir")
        problem = _path_problem(value, wants_folder)
        if problem:
            raise loaded.error(name, problem, suggestion=_near_path(value, wants_folder))


def _path_problem(path: Path, wants_folder: bool) -> str:
    """Why an input file or folder cannot be read, empty where it can."""
    what = "folder" if wants_folder else "file"
    try:
        if path.is_dir() if wants_folder else path.is_file():
            if wants_folder:
                next(path.iterdir(), None)
            else:
                path.open("rb").close()
            return ""
        if not path.exists():
            return f"no such {what}: {path}"
    except OSError as error:
        return f"cannot be read: {error.strerror}: {path}"
    if wants_folder:
        return f"is no folder: {path}"
    return f"is {'a folder, not a file' if path.is_dir() else 'no regular file'}: {path}"


def _near_path(path: Path, wants_folder: bool) -> str:
    """The name in the same folder that is nearest, with the folder."""
    try:
        beside = [p for p in path.parent.iterdir() if p.is_dir() == wants_folder][:2000]
    except OSError:
        return ""
    near = nearest(path.name, (p.name for p in sorted(beside)), cutoff=0.75)
    return str(path.parent / near) if near else ""
