# SPDX-License-Identifier: MIT
"""Differences between candidates within draws: how large, how sure, and what the pairing gains."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from scenarios.compare_outputs import output_unit
from scenarios.compare_verdict import FLOORS, RELATIVE_FLOOR
from scenarios.uncertainty.draws import Draws
from scenarios.uncertainty.intervals import (
    Interval,
    beyond_even_odds,
    mean_intervals,
    median_intervals,
    wilson,
)

Array = NDArray[np.float64]
Verdict = Literal["lower", "higher", "undecided", "equal"]

FEWEST = 3
"""Pairs from which a difference is summarised."""
NO_SPREAD = 1e-9
"""Of the largest result: differences that vary less are all the same."""


@dataclass(frozen=True, slots=True)
class PairedDifference:
    """An output of one candidate minus that of another, over the draws that both finished.

    Attributes:
        output: its column of the table.
        first: candidate that the difference is of.
        second: candidate that is taken from it.
        pairs: draws that count.
        mean: of the difference.
        mean_interval: of the mean over such draws, bootstrap; None where draws are no sample.
        median: of the difference.
        median_interval: likewise.
        deviation: standard deviation of the difference.
        lower: draws in which the first is lower.
        equal: draws in which both are equal.
        probability: that a draw has the first lower, its interval (Wilson); None likewise.
        gain: how many times the draws, independent for each candidate, would tell the mean
            difference as well: variance of independent over that of paired differences. None
            where the difference does not vary.
    """

    output: str
    first: str
    second: str
    pairs: int
    mean: float
    mean_interval: Interval | None
    median: float
    median_interval: Interval | None
    deviation: float
    lower: int
    equal: int
    probability: Interval | None
    gain: float | None

    @property
    def share_lower(self) -> float:
        """Share of the draws in which the first is lower."""
        return self.lower / self.pairs

    @property
    def verdict(self) -> Verdict:
        """What the draws say: lower or higher where more agree than even odds explain."""
        if self.equal == self.pairs:
            return "equal"
        if self.probability is None:
            return "undecided"
        if beyond_even_odds(self.lower, self.pairs):
            return "lower"
        if beyond_even_odds(self.pairs - self.lower - self.equal, self.pairs):
            return "higher"
        return "undecided"


def paired_differences(draws: Draws) -> tuple[PairedDifference, ...]:
    """Summaries for every pair of candidates and output with enough pairs, pair by pair."""
    return tuple(one for pair in draws.pairs for one in _of_pair(draws, pair))


def _of_pair(draws: Draws, pair: tuple[int, int]) -> Iterator[PairedDifference]:
    """Outputs of one pair; those that the same draws have are worked on together."""
    chosen = draws.sample
    differences = draws.difference(pair)[chosen]
    both = draws.values[list(pair)][:, chosen]
    present = ~np.isnan(differences)
    found: dict[int, PairedDifference] = {}
    patterns, group = np.unique(present, axis=1, return_inverse=True)
    for index, pattern in enumerate(patterns.T):
        columns = np.flatnonzero(group.ravel() == index)
        if np.count_nonzero(pattern) < FEWEST:
            continue
        ends = _ends(differences[np.ix_(pattern, columns)], draws.is_sample)
        for place, column in enumerate(columns):
            values = both[:, pattern, column]
            found[int(column)] = _summary(draws, pair, int(column), values, ends[:, place])
    for column in sorted(found):
        yield found[column]


def _ends(differences: Array, is_sample: bool) -> Array:
    """Ends of the intervals of mean and median, (4, columns); NaN where draws are no sample."""
    if not is_sample:
        return np.full((4, differences.shape[1]), np.nan)
    return np.concatenate([mean_intervals(differences), median_intervals(differences)])


def _summary(
    draws: Draws, pair: tuple[int, int], column: int, values: Array, ends: Array
) -> PairedDifference:
    difference = values[0] - values[1]
    equal = _equal(values, output_unit(draws.outputs[column]))
    lower = int(np.count_nonzero((difference < 0.0) & ~equal))
    same, count = int(np.count_nonzero(equal)), difference.size
    variance = float(difference.var(ddof=1))
    independent = float(values.var(axis=1, ddof=1).sum())
    varies = variance > (NO_SPREAD * np.abs(values).max()) ** 2
    sampled = draws.is_sample
    return PairedDifference(
        output=draws.outputs[column],
        first=draws.candidates[pair[0]],
        second=draws.candidates[pair[1]],
        pairs=count,
        mean=float(difference.mean()),
        mean_interval=Interval(float(ends[0]), float(ends[1])) if sampled else None,
        median=float(np.median(difference)),
        median_interval=Interval(float(ends[2]), float(ends[3])) if sampled else None,
        deviation=variance**0.5,
        lower=lower,
        equal=same,
        probability=wilson(lower, count) if sampled else None,
        gain=independent / variance if sampled and varies else None,
    )


def _equal(values: Array, unit: str) -> NDArray[np.bool_]:
    """Draws (2, draws) whose two results differ by no more than the solver's last iterations."""
    floor = FLOORS.get(unit, RELATIVE_FLOOR * np.abs(values).max(axis=0))
    return np.asarray(np.abs(values[0] - values[1]) <= floor)
