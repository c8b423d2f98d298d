# SPDX-License-Identifier: MIT
"""Values of factors: from a number of [0, 1) to what a key of the scenario takes."""

from __future__ import annotations

import math

from scenarios.errors import ScenarioError, listed, nearest
from scenarios.keys import find_key, scenario_keys, table_names
from scenarios.sweep.study import Factor

DIGITS = 10
"""Significant digits of a sampled number: the same case has the same bits on every machine."""


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


def check_factor(factor: Factor, place: str, where: str) -> None:
    """Refuse a factor that names no key.

    Args:
        factor: of the study.
        place: its place in the study, such as ``factors[0]``.
        where: file of the study.

    Raises:
        ScenarioError: no such key, with the nearest.
    """
    if find_key(factor.key) is not None:
        return
    names = [key.name for key in scenario_keys()]
    if factor.key in table_names():
        allowed = listed([name for name in names if name.startswith(f"{factor.key}.")])
        raise ScenarioError(where, f"{place}.key", f"{factor.key} is a table", allowed=allowed)
    raise ScenarioError(
        where,
        f"{place}.key",
        f"no key {factor.key!r}",
        allowed="a key of the scenario (docs/guide/scenario.md)",
        suggestion=nearest(factor.key, names, cutoff=0.5),
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
    assert factor.mean is not None and factor.sd is not None
    if factor.distribution == "normal":
        spread = stats.norm(factor.mean, factor.sd)
    else:
        variance = math.log1p((factor.sd / factor.mean) ** 2)
        centre = factor.mean * math.exp(-0.5 * variance)
        spread = stats.lognorm(math.sqrt(variance), scale=centre)
    below, above = float(spread.cdf(low)), float(spread.cdf(high))
    # A number of an unbounded distribution at its very end would be infinite.
    inside = min(max(below + share * (above - below), 1e-9), 1.0 - 1e-9)
    return float(min(max(spread.ppf(inside), low), high))
