# SPDX-License-Identifier: MIT
"""The study of a search: that of a sweep with goals and constraints in place of a design."""

from __future__ import annotations

from typing import Any, Literal, Self

from pydantic import Field, model_validator

from scenarios.schema_base import Table, wrong
from scenarios.sweep.study import Factor, Study

SamplerName = Literal["tpe", "nsga2", "gp", "random"]
Pruning = Literal["certain", "median", "none"]


class SearchFactor(Factor):
    """One key of the scenario that the search may choose."""

    integer: bool = Field(False, description="Whole numbers of the range only")
    log: bool = Field(False, description="Search the range by its logarithm")

    @model_validator(mode="after")
    def _searched(self) -> Self:
        if self.distribution != "uniform":
            raise wrong(f"a search draws no {self.distribution} factor", "values, or a range")
        if self.values and (self.integer or self.log):
            raise wrong("integer and log go with a range", "a range in place of values")
        if self.levels is not None and (self.integer or self.log):
            raise wrong("levels do not go with integer or log", "one of them")
        low = self.range[0] if self.range is not None else 1.0
        if self.log and low <= 0.0:
            raise wrong(f"the logarithm has no {low:g}", "a range above 0")
        if self.integer and self.range is not None and any(x % 1 for x in self.range):
            raise wrong("the range of whole numbers has a fraction", "two whole numbers")
        return self


class Goal(Table):
    """What is to be as small or as large as possible."""

    key: str = Field(
        min_length=1,
        description="Number of summary.json, or of the scenario, such as insole.thickness_mm",
    )
    direction: Literal["minimise", "maximise"] = Field(
        "minimise", description="Which way is better"
    )


class Constraint(Table):
    """What a design must keep."""

    key: str = Field(min_length=1, description="Number of summary.json, or of the scenario")
    at_most: float | None = Field(None, description="Largest value that is allowed")
    at_least: float | None = Field(None, description="Smallest value that is allowed")

    @model_validator(mode="after")
    def _a_side(self) -> Self:
        if self.at_most is None and self.at_least is None:
            raise wrong("has no limit", "at_most = NUMBER, at_least = NUMBER, or both")
        if self.at_most is not None and self.at_least is not None and self.at_least > self.at_most:
            problem = f"at_least {self.at_least:g} is above at_most {self.at_most:g}"
            raise wrong(problem, "the lower number in at_least")
        return self


class SearchOptions(Table):
    """How the search goes."""

    trials: int = Field(
        60, ge=1, le=100_000, description="Designs that are asked for, all kinds of ends counted"
    )
    sampler: SamplerName = Field(
        "tpe",
        description="Who chooses: Optuna's Parzen estimators (tpe), NSGA-II, Gaussian process "
        "(gp, needs torch), or chance",
    )
    population: int | None = Field(
        None,
        ge=4,
        le=1000,
        description="Designs of a generation of nsga2",
        json_schema_extra={"default_text": "four a factor, 8 to 50"},
    )
    seed: int = Field(
        1, ge=0, le=2**31, description="Of the random numbers; the same, same trials on one worker"
    )
    start: tuple[dict[str, Any], ...] = Field(
        (),
        strict=False,
        description="Designs to begin with, each a table of keys and values",
        json_schema_extra={"allowed_text": "a list of tables"},
    )
    pruning: Pruning = Field(
        "certain",
        description="Which runs are stopped early: those that cannot reach the front any more, "
        "for one goal also those above the median of the others, or none",
    )


class Search(Study):
    """Which designs of one scenario are best."""

    factors: tuple[SearchFactor, ...] = Field(
        (), strict=False, description="What the search may choose"
    )
    goals: tuple[Goal, ...] = Field((), strict=False, description="What is to be best")
    constraints: tuple[Constraint, ...] = Field(
        (), strict=False, description="What designs must keep"
    )
    search: SearchOptions = Field(default_factory=SearchOptions)

    @model_validator(mode="after")
    def _a_search(self) -> Self:
        if self.model_fields_set & {"design", "compare"}:
            raise wrong("a search has neither design nor compare", "[search] in their place")
        if not self.factors:
            raise wrong("has no factors", "one [[factors]] or more")
        if not self.goals:
            raise wrong("has no goals", "one [[goals]] or more, each with key and direction")
        keys = [goal.key for goal in self.goals]
        twice = next((key for key in keys if keys.count(key) > 1), None)
        if twice is not None:
            raise wrong(f"{twice} is a goal twice", "each key once")
        if self.search.pruning == "median" and len(self.goals) > 1:
            raise wrong("pruning by the median is for one goal", "pruning = 'certain'")
        if len(self.search.start) > self.search.trials:
            count = len(self.search.start)
            raise wrong(f"{count} designs to begin with are more than the trials", "more trials")
        return self


def population_of(study: Search) -> int:
    """Designs of a generation; the number of trials, which may be raised later, has no part."""
    return study.search.population or min(50, max(8, 4 * len(study.factors)))
