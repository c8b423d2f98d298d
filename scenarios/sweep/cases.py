# SPDX-License-Identifier: MIT
"""From a study's file to its cases: each a validated scenario, or refused with its reason.

A case is known by the content of its scenario (`scenarios.identity.scenario_hash`): two studies, or
two rows of one, that ask for the same are computed once.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from scenarios.errors import ScenarioError, listed, nearest
from scenarios.identity import scenario_hash
from scenarios.loading import Loaded, load_given
from scenarios.schema import Scenario
from scenarios.source import (
    Given,
    ScenarioFile,
    find_scenario,
    library_names,
    merged,
    nested,
    read_scenario_file,
    spelled_out,
    user_path,
)
from scenarios.sweep.candidates import Candidate, Compare, candidates_of, dotted_items
from scenarios.sweep.designs import design_points, design_size, level_counts
from scenarios.sweep.factors import check_names, extremes, factor_value, full_name
from scenarios.sweep.study import Design, Factor, RunOptions, SlurmOptions, Study

Values = Mapping[str, object]
AnyStudy = TypeVar("AnyStudy", bound=Study)


@dataclass(frozen=True, slots=True)
class LoadedStudy:
    """A validated study.

    Attributes:
        study: with every default.
        where: its file as the user named it.
        base: folder that its relative paths refer to.
        file: of the base scenario.
        given: values of the base scenario with the study's settings; read once for all cases.
    """

    study: Study
    where: str
    base: Path
    file: ScenarioFile
    given: Mapping[str, Given]


@dataclass(frozen=True, slots=True)
class Case:
    """One row of a study.

    Attributes:
        number: from 1, in the order of the design.
        values: of the factors, by key.
        digest: content hash of its scenario, empty where it is refused.
        refusal: why its values do not go together, empty else.
        draw: number from 1 of its row of the design; 0 in a study without candidates.
        candidate: name of its candidate, empty without.
    """

    number: int
    values: Values
    digest: str
    refusal: str = ""
    draw: int = 0
    candidate: str = ""

    @property
    def folder(self) -> str:
        """Name of the folder that holds its result."""
        return self.digest[:16]


def load_study(path: str, limit: int | None = None) -> LoadedStudy:
    """Read and validate a study, its base scenario and each factor by itself.

    Args:
        path: TOML file.
        limit: in place of the study's own ``design.limit``.

    Raises:
        ScenarioError: any wrong input; names file, key and what is allowed.
    """
    study, base = parsed_study(path, Study, _TABLES)
    check_names(study, path)
    candidates = candidates_of(study.compare)
    count = design_size(study.design, study.factors) * max(len(candidates), 1)
    most = limit or study.design.limit
    if count > most:
        raise ScenarioError(
            path,
            "design",
            f"has {count:,} cases".replace(",", " "),
            allowed=f"up to {most}: fewer levels or samples, or a higher design.limit (--limit)",
        )
    loaded = with_base(study, path, base)
    scenario_of(loaded, {}, "")
    for candidate in candidates:
        scenario_of(loaded, candidate.settings, candidate.place)
    for place, factor in enumerate(study.factors):
        check_values(loaded, factor, f"factors[{place}]")
    return loaded


def parsed_study(
    path: str, kind: type[AnyStudy], tables: Mapping[str, type[BaseModel]]
) -> tuple[AnyStudy, Path]:
    """A study's file as a study of a kind, and the folder that its paths refer to.

    Args:
        path: TOML file.
        kind: what it is read as.
        tables: its tables by name, for messages.

    Raises:
        ScenarioError: no such file, or one that is no such study.
    """
    file = find_study(path)
    given = {name: item.value for name, item in read_scenario_file(file).items()}
    data: dict[str, Any] = dict(nested(given))
    data.setdefault("name", re.sub(r"[^A-Za-z0-9_.\-]", "_", file.name).lstrip("_.-") or "study")
    data["settings"] = _dotted(given, "settings.")
    try:
        study = kind.model_validate(data)
    except ValidationError as error:
        raise _translated(error.errors()[0], path, tables) from None
    return study, file.path.resolve().parent


def find_study(path: str) -> ScenarioFile:
    """The file of a study.

    Raises:
        ScenarioError: there is no such file.
    """
    file = ScenarioFile(user_path(path), path, user_path(path).stem)
    if not file.path.is_file():
        near = nearest(path, sorted(str(p) for p in file.path.parent.glob("*.toml")))
        raise ScenarioError(path, "", "no such study", allowed="a TOML file", suggestion=near)
    return file


def with_base(study: Study, where: str, base: Path) -> LoadedStudy:
    """A study with its base scenario read.

    Raises:
        ScenarioError: there is no such scenario, or it cannot be read.
    """
    beside = base / user_path(study.scenario)
    is_file = study.scenario not in library_names() and beside.is_file()
    try:
        file = find_scenario(str(beside) if is_file else study.scenario)
    except ScenarioError as error:
        raise ScenarioError(
            where,
            "scenario",
            f"{error.problem}: {study.scenario}",
            allowed=error.allowed,
            suggestion=error.suggestion,
        ) from None
    place = f"{where}: settings"
    own = {key: Given(value, place, base) for key, value in study.settings.items()}
    given = merged(read_scenario_file(file), spelled_out(own))
    return LoadedStudy(study, where, base, file, given)


def scenario_of(loaded: LoadedStudy, values: Values, what: str) -> Scenario:
    """The scenario of a study with some values.

    Args:
        loaded: the study.
        values: by key.
        what: they stand for, in messages; empty for the base.

    Raises:
        ScenarioError: values that the scenario does not take.
    """
    return loaded_case(loaded, values, what).scenario


def loaded_case(loaded: LoadedStudy, values: Values, what: str) -> Loaded:
    """The same as `scenario_of`, with where each value was given."""
    where = f"{loaded.where}: {what}" if what else loaded.where
    changed = {key: Given(value, where, loaded.base) for key, value in values.items()}
    return load_given(loaded.file, merged(loaded.given, spelled_out(changed)))


def check_values(loaded: LoadedStudy, factor: Factor, place: str) -> None:
    """Refuse values that the key never takes; what only does not go together is left to cases."""
    for value in extremes(factor):
        try:
            scenario_of(loaded, {factor.key: value}, place)
        except ScenarioError as error:
            if error.key != full_name(factor.key) or "does not go with" in error.problem:
                continue
            if factor.values or factor.range is not None:
                raise
            raise ScenarioError(
                loaded.where,
                f"{place}.range",
                f"without one, {factor.key} goes as far as {value:g}, which it does not take",
                allowed="range = [low, high], at which the distribution is cut",
            ) from None


def study_cases(loaded: LoadedStudy) -> tuple[Case, ...]:
    """All cases in the order of the design; combinations that do not go together are refused."""
    return tuple(_cases(loaded))


def _cases(loaded: LoadedStudy) -> Iterator[Case]:
    for number, (draw, name, values) in enumerate(_crossed(loaded), start=1):
        try:
            scenario = scenario_of(loaded, values, f"case {number}")
        except ScenarioError as error:
            reason = str(error).removeprefix(f"{loaded.where}: ")
            yield Case(number, values, "", reason, draw, name)
            continue
        yield Case(number, values, scenario_hash(scenario), draw=draw, candidate=name)


def _crossed(loaded: LoadedStudy) -> Iterator[tuple[int, str, Values]]:
    """Draw, candidate and values; all candidates of a draw follow each other."""
    candidates = candidates_of(loaded.study.compare)
    for draw, values in enumerate(_rows(loaded), start=1):
        if not candidates:
            yield 0, "", values
        for candidate in candidates:
            yield draw, candidate.name, {**candidate.settings, **values}


def _rows(loaded: LoadedStudy) -> Iterator[Values]:
    design, factors = loaded.study.design, loaded.study.factors
    if design.kind == "list":
        for case in design.cases:
            yield dict(dotted_items(case))
        return
    levels = level_counts(factors, design.kind)
    for point in design_points(design, factors, loaded.where):
        triples = zip(factors, point, levels, strict=True)
        yield {f.key: factor_value(f, float(u), n) for f, u, n in triples}


def _dotted(given: Mapping[str, object], prefix: str) -> dict[str, object]:
    """Keys under a table, whether they stand as tables or as one quoted name."""
    under = {k.removeprefix(prefix): v for k, v in given.items() if k.startswith(prefix)}
    return {key.replace('"', ""): value for key, value in under.items()}


_TABLES: Mapping[str, type[BaseModel]] = {
    "": Study,
    "factors": Factor,
    "design": Design,
    "compare": Compare,
    "compare.candidates": Candidate,
    "run": RunOptions,
    "slurm": SlurmOptions,
}


def _translated(
    detail: ErrorDetails, where: str, tables: Mapping[str, type[BaseModel]]
) -> ScenarioError:
    """The first of pydantic's errors in this project's words."""
    place = "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in detail["loc"]).lstrip(".")
    kind, value = detail["type"], detail["input"]
    if kind == "scenario":
        context = detail.get("ctx", {})
        return ScenarioError(where, place, str(context["problem"]), allowed=str(context["allowed"]))
    if kind == "extra_forbidden":
        table, _, key = place.rpartition(".")
        names = tuple(tables.get(table.partition("[")[0], tables[""]).model_fields)
        return ScenarioError(
            where, place, "unknown key", allowed=listed(names), suggestion=nearest(key, names)
        )
    if kind == "missing":
        return ScenarioError(where, place, "is missing")
    text = json.dumps(value, default=str)
    shown = text if len(text) <= 40 else text[:37] + "..."
    return ScenarioError(
        where, place, f"got {shown}", allowed=detail["msg"][:1].lower() + detail["msg"][1:]
    )


def table_keys(cases: Sequence[Case]) -> tuple[str, ...]:
    """Keys of the factors over all cases, in the order in which they come."""
    return tuple(dict.fromkeys(key for case in cases for key in case.values))
