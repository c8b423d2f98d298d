# SPDX-License-Identifier: MIT
"""Which factor an output owes its spread to: Sobol indices, or rank correlations.

Sobol indices come from a saltelli design alone. A latin hypercube or a Sobol sequence has one case
a draw, from which they cannot be had; rank correlations are offered, which see what rises or
falls with a factor and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scenarios.errors import ScenarioError
from scenarios.uncertainty.draws import Draws
from scenarios.uncertainty.intervals import LEVEL, RESAMPLES, SEED

Array = NDArray[np.float64]

FEWEST_BLOCKS = 4
FEWEST_RANKED = 4
NO_SPREAD = 1e-9
"""Of the largest size: an output that varies less owes its spread to no factor."""
MOST_RESAMPLED = 50_000
"""Blocks over all resamples: a large study is resampled less often, its intervals are narrow."""


@dataclass(frozen=True, slots=True)
class SobolIndices:
    """Shares of an output's variance that factors explain.

    Attributes:
        output: its column of the table.
        what: candidate, or pair of candidates whose difference it is; empty without candidates.
        factors: keys.
        first: by factor, what it explains alone.
        first_error: half of the interval of `LEVEL`, from resampled blocks.
        total: by factor, what is explained with it and not without.
        total_error: likewise.
        blocks: complete blocks of the design that count.
        dropped: blocks in which a case has no result.
    """

    output: str
    what: str
    factors: tuple[str, ...]
    first: Array
    first_error: Array
    total: Array
    total_error: Array
    blocks: int
    dropped: int


@dataclass(frozen=True, slots=True)
class RankCorrelations:
    """Spearman's rank correlations of an output with factors.

    Attributes:
        output: its column of the table.
        what: candidate, or pair of candidates whose difference it is; empty without candidates.
        factors: keys of those that are numbers.
        values: between -1 and 1.
        low: lower ends of the intervals of `LEVEL` (Fisher's transform; Bonett and Wright 2000).
        high: upper ends.
        draws: that count.
    """

    output: str
    what: str
    factors: tuple[str, ...]
    values: Array
    low: Array
    high: Array
    draws: int


def sobol_indices(draws: Draws) -> tuple[SobolIndices, ...]:
    """First and total indices of each output of each candidate, and of each difference.

    A block of the design, a base sample with its rows, counts where all its cases have a result,
    for a difference of both candidates; the others are dropped.

    Raises:
        ScenarioError: another design, or no SALib.
    """
    if draws.kind != "saltelli":
        raise ScenarioError(
            str(draws.where),
            "design.kind",
            f"is {draws.kind}, from which Sobol indices cannot be had",
            allowed="saltelli",
        )
    return tuple(_all_sobol(draws))


def rank_correlations(draws: Draws) -> tuple[RankCorrelations, ...]:
    """Spearman's rank correlations of each output and difference with each factor of numbers."""
    return tuple(_all_ranks(draws))


def responses(draws: Draws) -> Iterator[tuple[str, Array]]:
    """Outputs (draws, outputs) of each candidate and each difference, with what they are of."""
    for place, name in enumerate(draws.candidates):
        yield name, draws.values[place]
    for pair in draws.pairs:
        yield draws.name_of(pair), draws.difference(pair)


def _all_sobol(draws: Draws) -> Iterator[SobolIndices]:
    try:
        from SALib.analyze import sobol
    except ImportError:
        raise ScenarioError(
            str(draws.where),
            "",
            "Sobol indices need the package SALib",
            allowed="pip install 'solespine[studies]'",
        ) from None
    count = len(draws.factors)
    problem = {
        "num_vars": count,
        "names": list(draws.factors),
        "bounds": [[0.0, 1.0]] * count,
    }
    for what, values in responses(draws):
        blocks = values.reshape(-1, count + 2, values.shape[1])
        complete = np.asarray(~np.isnan(blocks).any(axis=1))
        for place, output in enumerate(draws.outputs):
            kept = blocks[complete[:, place], :, place]
            if len(kept) < FEWEST_BLOCKS or not _varies(kept):
                continue
            resamples = max(100, min(RESAMPLES, MOST_RESAMPLED // len(kept)))
            found = sobol.analyze(
                problem,
                kept.ravel(),
                calc_second_order=False,
                num_resamples=resamples,
                conf_level=LEVEL,
                seed=SEED,
            )
            names = ("S1", "S1_conf", "ST", "ST_conf")
            first, first_error, total, total_error = (np.asarray(found[n], float) for n in names)
            yield SobolIndices(
                output=output,
                what=what,
                factors=tuple(draws.factors),
                first=first,
                first_error=first_error,
                total=total,
                total_error=total_error,
                blocks=len(kept),
                dropped=len(blocks) - len(kept),
            )


def _all_ranks(draws: Draws) -> Iterator[RankCorrelations]:
    from scipy.stats import norm, rankdata

    numbers = {key: column for key, column in draws.factors.items() if column.dtype.kind in "fiu"}
    chosen, quantile = draws.sample, norm.ppf(0.5 + LEVEL / 2.0)
    for what, values in responses(draws):
        for place, output in enumerate(draws.outputs):
            used = chosen & ~np.isnan(values[:, place])
            response = values[used, place]
            if len(response) < FEWEST_RANKED or not _varies(response):
                continue
            columns = {key: column[used] for key, column in numbers.items()}
            columns = {key: column for key, column in columns.items() if np.ptp(column) > 0.0}
            if not columns:
                continue
            ranks = np.stack([rankdata(response), *(rankdata(c) for c in columns.values())])
            found = np.clip(np.corrcoef(ranks)[0, 1:], -1.0, 1.0)
            width = quantile * np.sqrt((1.0 + found**2 / 2.0) / (len(response) - 3))
            middle = np.arctanh(np.clip(found, -1.0 + 1e-12, 1.0 - 1e-12))
            yield RankCorrelations(
                output=output,
                what=what,
                factors=tuple(columns),
                values=found,
                low=np.tanh(middle - width),
                high=np.tanh(middle + width),
                draws=len(response),
            )


def _varies(values: Array) -> bool:
    return bool(np.ptp(values) > NO_SPREAD * np.abs(values).max())
