# SPDX-License-Identifier: MIT
"""Paired differences of visits: each to the one before, and each to the first.

A difference of runs is set against the error of both meshes (`scenarios.compare`); one of
measured records against the half width of the 95 % confidence interval of the difference of
means over steps (Welch). What is not larger is not distinguishable.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.stats import ttest_ind

from scenarios.compare import Difference, compare_summaries
from scenarios.compare_outputs import GROUPS, WITHOUT_PERCENT, group_of, output_unit
from scenarios.followup.visits import Visit, insole_changes, other_changes
from scenarios.measured import MeasuredRegions
from scenarios.summary import main_outputs

Array = NDArray[np.float64]
WORDS = {
    "resolved": "distinguishable",
    "within error": "not distinguishable",
    "not measured": "error not known",
    "equal": "equal",
}
"""Verdicts as a course says them."""
MEASURED_KEYS = {
    "plantar.peak_pressure_kpa": "peak_kpa",
    "plantar.pressure_time_integral_kpa_s": "integral_kpa_s",
}


@dataclass(frozen=True, slots=True)
class Pair:
    """Two visits and the differences of the later to the earlier one.

    Attributes:
        first, other: the visits.
        differences: of all outputs that both have and a course shows.
        insole: what was changed of the insole.
        warnings: what must be known to read the differences.
    """

    first: Visit
    other: Visit
    differences: tuple[Difference, ...]
    insole: tuple[str, ...]
    warnings: tuple[str, ...]

    def count(self, verdict: str) -> int:
        """How many differences have a verdict."""
        return sum(item.verdict == verdict for item in self.differences)


@dataclass(frozen=True, slots=True)
class Course:
    """All visits with their differences.

    Attributes:
        visits: in order.
        consecutive: each visit with the one before.
        to_first: each visit after the second with the first.
    """

    visits: tuple[Visit, ...]
    consecutive: tuple[Pair, ...]
    to_first: tuple[Pair, ...]

    @property
    def pairs(self) -> tuple[Pair, ...]:
        """All pairs, consecutive ones first."""
        return (*self.consecutive, *self.to_first)


def course_of(visits: Sequence[Visit]) -> Course:
    """Differences of visits in order."""
    first = visits[0]
    return Course(
        visits=tuple(visits),
        consecutive=tuple(_pair(one, two) for one, two in pairwise(visits)),
        to_first=tuple(_pair(first, other) for other in visits[2:]),
    )


def percent_of(item: Difference) -> float | None:
    """Change in per cent, None where that says nothing."""
    return None if item.unit in WITHOUT_PERCENT else item.percent


def values_of(visit: Visit) -> dict[str, tuple[float, float | None]]:
    """Outputs that a course shows, each with its own error where that is known."""
    if visit.measured is not None:
        return {key: _mean(steps) for key, steps in _measured(visit.measured)}
    assert visit.summary is not None
    errors = visit.summary.discretisation_error or {}
    found: dict[str, tuple[float, float | None]] = {}
    for key, value in main_outputs(visit.summary):
        if not group_of(key):
            continue
        error = errors.get(key)
        size = None
        if error is not None:
            size = error.absolute
            if size is None and error.relative is not None:
                size = error.relative * abs(value)
        found[key] = (value, size)
    return found


def _pair(first: Visit, other: Visit) -> Pair:
    if first.measured is not None and other.measured is not None:
        items = _measured_differences(first.measured, other.measured)
        return Pair(first, other, items, (), ())
    assert first.summary is not None and other.summary is not None
    compared = compare_summaries(first.summary, other.summary, other.label)
    items = tuple(item for item in compared.differences if group_of(item.key))
    names = list(GROUPS)
    ordered = sorted(items, key=lambda item: names.index(group_of(item.key)))
    changed = other_changes(first, other)
    warnings = compared.warnings
    if changed:
        said = f"beside the insole: {', '.join(changed)}: differences are not of the insole alone"
        warnings = (*warnings, said)
    return Pair(first, other, tuple(ordered), insole_changes(first, other), warnings)


def _measured(regions: MeasuredRegions) -> Iterator[tuple[str, Array]]:
    for prefix, name in MEASURED_KEYS.items():
        for region, steps in regions.regions.items():
            yield f"{prefix}.{region}", getattr(steps, name)


def _mean(steps: Array) -> tuple[float, float | None]:
    """Mean over steps, and the half width of its 95 % range over steps."""
    if len(steps) < 2:
        return float(steps.mean()), None
    low, high = np.percentile(steps, [2.5, 97.5])
    return float(steps.mean()), float(0.5 * (high - low))


def _measured_differences(one: MeasuredRegions, two: MeasuredRegions) -> tuple[Difference, ...]:
    others = dict(_measured(two))
    return tuple(
        Difference(
            key=key,
            unit=output_unit(key),
            first=float(steps.mean()),
            other=float(others[key].mean()),
            error=_interval(steps, others[key]),
        )
        for key, steps in _measured(one)
        if key in others
    )


def _interval(one: Array, two: Array) -> float | None:
    """Half width of the 95 % confidence interval of the difference of means (Welch)."""
    if len(one) < 2 or len(two) < 2:
        return None
    if np.ptp(one) == 0.0 and np.ptp(two) == 0.0:
        return 0.0
    found = ttest_ind(two, one, equal_var=False).confidence_interval(0.95)
    half = 0.5 * float(found.high - found.low)
    return half if math.isfinite(half) else None
