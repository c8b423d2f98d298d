# SPDX-License-Identifier: MIT
"""Intervals over draws: of a mean, of a median, of a probability."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

LEVEL = 0.9
"""Of every interval."""
RESAMPLES = 2000
SEED = 90


class Interval(NamedTuple):
    """Ends of an interval of `LEVEL`."""

    low: float
    high: float


def mean_intervals(values: Array) -> Array:
    """Bootstrap intervals of means: percentiles of resampled means, expanded (Hesterberg 2015).

    The expansion makes up for the narrowness of few draws: with 8 of a normal distribution the
    interval holds the mean in 89 of 100 studies, that of plain percentiles in 83.

    Args:
        values: (draws, columns), two draws or more, without NaN. All columns are resampled
            together.

    Returns:
        Low and high ends, (2, columns).
    """
    from scipy.stats import norm, t

    count = len(values)
    rng = np.random.default_rng(SEED)
    weights = rng.multinomial(count, np.full(count, 1.0 / count), size=RESAMPLES) / count
    quantile = t.ppf((1.0 - LEVEL) / 2.0, count - 1) * np.sqrt(count / (count - 1))
    tail = float(norm.cdf(quantile))
    return np.asarray(np.quantile(weights @ values, [tail, 1.0 - tail], axis=0))


def median_intervals(values: Array) -> Array:
    """Bootstrap percentile intervals of medians, exact (Efron 1979): no resample is drawn.

    The median of a resample is one of the values, and how likely it is which is binomial.

    Args:
        values: (draws, columns) without NaN.

    Returns:
        Low and high ends, (2, columns).
    """
    from scipy.stats import binom

    count = len(values)
    ranks = np.arange(1, count + 1)
    tail = (1.0 - LEVEL) / 2.0
    # Lower and upper median of an even number of values: the wider of both.
    below = binom.sf((count + 1) // 2 - 1, count, ranks / count)
    above = binom.sf(count // 2, count, ranks / count)
    low, high = int(np.argmax(below >= tail)), int(np.argmax(above >= 1.0 - tail))
    ordered = np.sort(values, axis=0)
    return np.stack([ordered[low], ordered[high]])


def beyond_even_odds(hits: int, count: int) -> bool:
    """Whether so many hits are more than even odds explain: an exact sign test, 5 % on this side.

    Four draws or fewer never are, where Wilson's interval of three in three begins at 0.53.
    """
    from scipy.stats import binomtest

    found = binomtest(hits, count, 0.5, alternative="greater")
    return bool(found.pvalue <= (1.0 - LEVEL) / 2.0)


def wilson(hits: int, count: int) -> Interval:
    """Interval of a probability after so many hits (Wilson 1927)."""
    from scipy.stats import binomtest

    found = binomtest(hits, count).proportion_ci(confidence_level=LEVEL, method="wilson")
    return Interval(float(found.low), float(found.high))
