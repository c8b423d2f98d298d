# SPDX-License-Identifier: MIT
"""From a search's file to a validated search."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel

from scenarios.errors import ScenarioError, nearest
from scenarios.identity import scenario_hash
from scenarios.optimise.goal_keys import check_goals
from scenarios.optimise.space import Space, space_of
from scenarios.optimise.study import (
    Constraint,
    Goal,
    Search,
    SearchFactor,
    SearchOptions,
)
from scenarios.sweep.cases import (
    Case,
    LoadedStudy,
    Values,
    check_values,
    parsed_study,
    scenario_of,
    with_base,
)
from scenarios.sweep.factors import check_names, full_name
from scenarios.sweep.study import RunOptions, SlurmOptions

TABLES: Mapping[str, type[BaseModel]] = {
    "": Search,
    "factors": SearchFactor,
    "goals": Goal,
    "constraints": Constraint,
    "search": SearchOptions,
    "run": RunOptions,
    "slurm": SlurmOptions,
}


@dataclass(frozen=True, slots=True)
class LoadedSearch:
    """A validated search.

    Attributes:
        study: with every default.
        loaded: the same with its base scenario read.
        space: of its factors.
        digest: content hash of the base scenario.
    """

    study: Search
    loaded: LoadedStudy
    space: Space
    digest: str

    @property
    def where(self) -> str:
        """Its file as the user named it."""
        return self.loaded.where


def load_search(path: str) -> LoadedSearch:
    """Read and validate a search, its base scenario, factors, goals and first designs.

    Args:
        path: TOML file.

    Raises:
        ScenarioError: any wrong input; names file, key and what is allowed.
    """
    study, base = parsed_study(path, Search, TABLES)
    found = with_scenario(study, path, base)
    check_names(study, path)
    check_goals(study, scenario_of(found.loaded, {}, ""), path)
    for place, factor in enumerate(study.factors):
        check_values(found.loaded, _typed(factor), f"factors[{place}]")
    _check_start(found)
    _check_packages(study, path)
    return found


def with_scenario(study: Search, where: str, base: Path) -> LoadedSearch:
    """A search with its base scenario read.

    Raises:
        ScenarioError: there is no such scenario, or it cannot be read.
    """
    loaded = with_base(study, where, base)
    return LoadedSearch(
        study, loaded, space_of(study.factors), scenario_hash(scenario_of(loaded, {}, ""))
    )


def design_case(search: LoadedSearch, number: int, values: Values) -> Case:
    """The case of a trial; values that do not go together are refused with the reason."""
    try:
        scenario = scenario_of(search.loaded, values, f"trial {number}")
    except ScenarioError as error:
        return Case(number, values, "", str(error).removeprefix(f"{search.where}: "))
    return Case(number, values, scenario_hash(scenario))


def _typed(factor: SearchFactor) -> SearchFactor:
    """A factor whose ends are checked as what the key takes: whole numbers are no fractions."""
    if not factor.integer or factor.range is None:
        return factor
    ends = tuple(int(end) for end in factor.range)
    return SearchFactor(key=factor.key, values=ends)


def _check_start(search: LoadedSearch) -> None:
    names = {full_name(factor.key): factor.key for factor in search.study.factors}
    for place, design in enumerate(search.study.search.start):
        for key, value in search.space.start_items(design):
            where = f"search.start[{place}].{key}"
            if full_name(key) not in names:
                raise ScenarioError(
                    search.where,
                    where,
                    f"{key} is no factor",
                    allowed="keys of factors; the others are chosen by the sampler",
                    suggestion=nearest(key, names.values(), cutoff=0.5),
                )
            search.space.check(names[full_name(key)], value, search.where, where)


def _check_packages(study: Search, where: str) -> None:
    if importlib.util.find_spec("optuna") is None:
        raise ScenarioError(
            "optimise", "", "needs the package optuna", allowed="pip install 'solespine[studies]'"
        )
    if study.search.sampler == "gp" and importlib.util.find_spec("torch") is None:
        raise ScenarioError(
            where,
            "search.sampler",
            "gp needs the package torch",
            allowed="pip install torch, or sampler = 'tpe'",
        )
