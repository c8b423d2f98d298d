# SPDX-License-Identifier: MIT
"""The analysis of a study as a whole."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.stats import rankdata

from scenarios.errors import ScenarioError
from scenarios.report_tables import HEADLINES
from scenarios.uncertainty.differences import PairedDifference, paired_differences
from scenarios.uncertainty.draws import Draws, read_draws
from scenarios.uncertainty.indices import (
    FEWEST_BLOCKS,
    RankCorrelations,
    SobolIndices,
    rank_correlations,
    sobol_indices,
)

MUCH_BY_CHANCE = 0.3
"""Rank correlation of two factors of a sample that is said."""
MOST_SHOWN = 12
"""Outputs in the terminal and in pictures; the files have all."""
CLAIM = (
    "These are statements about computed load over the draws of this study, in modelled people. "
    "The error of the mesh is not in them, and nothing is said about symptoms."
)


@dataclass(frozen=True, slots=True)
class Effects:
    """What a study shows.

    Attributes:
        draws: its results.
        differences: between candidates.
        sobol: indices of a saltelli design, empty of others.
        ranks: rank correlations of another sample, empty of a saltelli design.
        notes: what must be known to read them.
    """

    draws: Draws
    differences: tuple[PairedDifference, ...]
    sobol: tuple[SobolIndices, ...]
    ranks: tuple[RankCorrelations, ...]
    notes: tuple[str, ...]

    @property
    def shares(self) -> tuple[SobolIndices | RankCorrelations, ...]:
        """What there is of indices or correlations."""
        return (*self.sobol, *self.ranks)

    @property
    def shown(self) -> tuple[str, ...]:
        """Outputs in terminal and pictures; of many, those that head a report come first."""
        names = self.draws.outputs
        if len(names) > MOST_SHOWN:
            heads = [key for key, _, _ in HEADLINES if key in names]
            names = tuple(dict.fromkeys([*heads, *names]))
        return names[:MOST_SHOWN]


def read_effects(study_dir: Path) -> Effects:
    """Analyse a study's folder.

    Raises:
        ScenarioError: no study's folder, or no case of it is finished.
    """
    return effects_of(read_draws(study_dir))


def effects_of(draws: Draws) -> Effects:
    """Analyse a study.

    Raises:
        ScenarioError: no case is finished.
    """
    if not draws.finished.any() or not draws.outputs:
        raise ScenarioError(
            str(draws.where), "", "no case is finished", allowed="solespine sweep STUDY --resume"
        )
    saltelli = draws.kind == "saltelli"
    sobol = sobol_indices(draws) if saltelli else ()
    ranks = rank_correlations(draws) if draws.is_sample and not saltelli else ()
    return Effects(draws, paired_differences(draws), sobol, ranks, tuple(_notes(draws, sobol)))


def chance_correlation(draws: Draws) -> tuple[str, float]:
    """The two factors that go together most in a sample, and their rank correlation's size."""
    numbers = [key for key, values in draws.factors.items() if values.dtype.kind in "fiu"]
    ranks = [rankdata(draws.factors[key]) for key in numbers]
    pairs = [
        (f"{numbers[a]} and {numbers[b]}", abs(float(np.corrcoef(ranks[a], ranks[b])[0, 1])))
        for a, b in itertools.combinations(range(len(numbers)), 2)
        if np.ptp(ranks[a]) > 0.0 and np.ptp(ranks[b]) > 0.0
    ]
    return max(pairs, key=lambda pair: pair[1], default=("", 0.0))


def _notes(draws: Draws, sobol: Sequence[SobolIndices]) -> Iterator[str]:
    count = draws.finished.size
    missing = count - int(draws.finished.sum())
    if missing:
        said = (
            f"{missing} of {count} cases have no result. A draw counts for a difference where both "
            "candidates have one; what is left need not stand for all draws."
        )
        if missing > count // 20:
            said += " More than one in twenty is missing: see for which values before you go on."
        yield said
    if not draws.is_sample:
        yield (
            f"A {draws.kind} design is no sample of what is uncertain: shares of its cases are no "
            "probabilities, and there are no intervals, Sobol indices or rank correlations."
        )
        return
    if draws.kind == "list":
        yield "The listed cases count as draws, each as likely as the others."
    if draws.kind in ("latin_hypercube", "sobol"):
        yield (
            f"Sobol indices need a saltelli design; from {draws.kind} there are rank correlations, "
            "which see what rises or falls with a factor and nothing else."
        )
        yield "Intervals are those of independent draws; an even sample is a little better."
        pair, most = chance_correlation(draws)
        if most > MUCH_BY_CHANCE:
            yield (
                f"In this sample {pair} go together by chance (rank correlation {most:.2f} in "
                "size): what is owed to one shows with the other too. More draws, or another seed."
            )
    if draws.kind == "saltelli":
        blocks = draws.values.shape[1] // (len(draws.factors) + 2)
        dropped = max((one.dropped for one in sobol), default=0)
        yield (
            f"Differences and probabilities are over the {2 * blocks} rows of the saltelli design "
            "that are draws of their own; its other rows repeat columns of these."
        )
        if dropped:
            yield (
                f"Up to {dropped} of {blocks} blocks of the saltelli design are incomplete and "
                "dropped from the indices."
            )
        if not sobol:
            yield f"No output has {FEWEST_BLOCKS} complete blocks and a spread: no Sobol indices."
