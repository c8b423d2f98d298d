# SPDX-License-Identifier: MIT
"""Values of factors: from a number of [0, 1) to what a key of the scenario takes."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

from scenarios.errors import ScenarioError, listed, nearest
from scenarios.keys import SHORT, find_key, scenario_keys, table_names
from scenarios.summary import Summary
from scenarios.sweep.candidates import candidates_of, dotted_items
from scenarios.sweep.study import Factor, Study

DIGITS = 10
"""Significant digits of a sampled number: the same case has the same bits on every machine."""
LEAST_SHARE = 1e-6
"""Of a distribution that must lie inside its range."""


def factor_value(factor: Factor, share: float, levels: int | None) -> object:
    """The value of a factor at a number of the unit interval.

    Args:
        factor: of the study.
        share: in [0, 1).
        levels: steps that the design takes from a range; ``None`` for all of it.
    """
    if factor.values:
        value: object = factor.values[min(int(share * len(factor.values)), len(factor.values) - 1)]
        return value
    if levels is not None and factor.distribution == "uniform":
        # The ends of the range are levels.
        share = min(int(share * levels), levels - 1) / max(levels - 1, 1)
    number = _quantile(factor, share)
    return float(f"{number:.{DIGITS}g}")


def check_names(study: Study, where: str) -> None:
    """Refuse factors, cases and outputs that name nothing, and factors without any spread.

    Args:
        study: of its own right shape.
        where: its file.

    Raises:
        ScenarioError: the first that is wrong, with what is nearest.
    """
    settings = {full_name(key) for key in study.settings}
    for place, factor in enumerate(study.factors):
        _check_key(factor.key, f"factors[{place}].key", where)
        if full_name(factor.key) in settings:
            raise ScenarioError(
                where, f"settings.{factor.key}", "is a factor too", allowed="one of the two"
            )
        _check_spread(factor, study.design.kind, f"factors[{place}]", where)
    for place, case in enumerate(study.design.cases):
        for key, _ in dotted_items(case):
            _check_key(key, f"design.cases[{place}]", where)
    _check_candidates(study, settings, where)
    for place, name in enumerate(study.outputs):
        sections = tuple(Summary.model_fields)
        if name.partition(".")[0] not in sections:
            near = nearest(name.partition(".")[0], sections)
            raise ScenarioError(
                where,
                f"outputs[{place}]",
                f"summary.json has no {name!r}",
                allowed="keys such as plantar.peak_pressure_kpa.heel (docs/guide/results.md)",
                suggestion=near + name.removeprefix(name.partition(".")[0]) if near else "",
            )


def full_name(key: str) -> str:
    """A key by the long name of its table."""
    table, dot, rest = key.partition(".")
    return f"{SHORT.get(table, table)}{dot}{rest}"


def _check_candidates(study: Study, settings: set[str], where: str) -> None:
    """A key of candidates is one of the scenario, and set nowhere else in the study."""
    factors = {full_name(factor.key) for factor in study.factors}
    factors |= {full_name(key) for case in study.design.cases for key, _ in dotted_items(case)}
    for candidate in candidates_of(study.compare):
        for key in candidate.settings:
            _check_key(key, candidate.place, where)
            for others, name in ((settings, "settings"), (factors, "factors")):
                if full_name(key) in others:
                    problem = f"{key} is one of {name} too"
                    raise ScenarioError(where, candidate.place, problem, allowed="one of the two")


def _check_key(key: str, place: str, where: str) -> None:
    name = full_name(key)
    if find_key(name) is not None and "[" not in name:
        return
    names = [found.name for found in scenario_keys()]
    if name in table_names():
        allowed = listed([n for n in names if n.startswith(f"{name}.") and "[" not in n])
        raise ScenarioError(where, place, f"{key} is a table", allowed=allowed)
    if "[" in name and find_key(name) is not None:
        whole = name.partition("[")[0]
        problem = f"{key} is in a list"
        raise ScenarioError(where, place, problem, allowed=f"values of {whole}, each a whole list")
    raise ScenarioError(
        where,
        place,
        f"no key {key!r}",
        allowed="a key of the scenario (docs/guide/scenario.md)",
        suggestion=nearest(key, [n for n in names if "[" not in n], cutoff=0.5),
    )


def _check_spread(factor: Factor, kind: str, place: str, where: str) -> None:
    if factor.distribution not in ("normal", "lognormal"):
        return
    if factor.range is None:
        if kind == "morris":
            raise ScenarioError(
                where,
                f"{place}.range",
                "is missing: morris goes to the ends of each factor",
                allowed="[low, high], at which the distribution is cut",
            )
        return
    low, high = factor.range
    _, below, above = _spread(factor)
    if above - below < LEAST_SHARE:
        raise ScenarioError(
            where,
            f"{place}.range",
            f"[{low:g}, {high:g}] has none of the {factor.distribution} distribution",
            allowed=f"a range about the mean {factor.mean:g}",
        )


def extremes(factor: Factor) -> tuple[object, ...]:
    """Values at which a factor is checked by itself: each of a list, the ends of a range."""
    if factor.values:
        return factor.values
    return (factor_value(factor, 0.0, None), factor_value(factor, 1.0 - 1e-9, None))


def _quantile(factor: Factor, share: float) -> float:
    """Inverse of the cumulative distribution, cut at the range."""
    from scipy import stats

    low, high = factor.range or (-math.inf, math.inf)
    if factor.distribution == "uniform":
        return low + share * (high - low)
    if factor.distribution == "triangular":
        assert factor.mode is not None
        peak = (factor.mode - low) / (high - low)
        return float(stats.triang.ppf(share, peak, loc=low, scale=high - low))
    spread, below, above = _spread(factor)
    # A number of an unbounded distribution at its very end would be infinite.
    inside = min(max(below + share * (above - below), 1e-9), 1.0 - 1e-9)
    return float(min(max(spread.ppf(inside), low), high))


@lru_cache(maxsize=64)
def _spread(factor: Factor) -> tuple[Any, float, float]:
    """A normal or lognormal distribution (scipy, frozen), and its shares below the range's ends."""
    from scipy import stats

    assert factor.mean is not None and factor.sd is not None
    if factor.distribution == "normal":
        spread = stats.norm(factor.mean, factor.sd)
    else:
        variance = math.log1p((factor.sd / factor.mean) ** 2)
        centre = factor.mean * math.exp(-0.5 * variance)
        spread = stats.lognorm(math.sqrt(variance), scale=centre)
    low, high = factor.range or (-math.inf, math.inf)
    return spread, float(spread.cdf(low)), float(spread.cdf(high))
