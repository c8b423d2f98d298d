# SPDX-License-Identifier: MIT
"""How far a difference between two candidates varies over what is uncertain."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from scenarios.errors import ScenarioError, listed
from scenarios.uncertainty.draws import SAMPLES, Draws, read_draws

FEWEST = 3
"""Pairs from which a standard deviation is taken."""


def paired_spread(study_dir: Path) -> dict[str, float]:
    """Standard deviation of the paired difference between candidates, of each output.

    The difference is taken within a draw, so that what both candidates share of the uncertainty is
    not in it. A draw counts where both candidates have a result.

    Args:
        study_dir: folder of a study that compares candidates (``[compare]``).

    Returns:
        By the output's column of the table, which is its key in ``summary.json``, in its unit:
        the largest over the pairs of candidates. An output that no pair has often enough is left
        out.

    Raises:
        ScenarioError: no study's folder, no candidates, a design that is no sample, or too few
            draws that two of them finished.
    """
    draws = read_draws(study_dir)
    if len(draws.candidates) < 2:
        raise ScenarioError(
            str(study_dir),
            "compare",
            "compares no candidates, so that there is no paired difference",
            allowed="a study with [compare] (docs/guide/uncertainty.md)",
        )
    if not draws.is_sample:
        raise ScenarioError(
            str(study_dir),
            "design.kind",
            f"{draws.kind} is no sample of what is uncertain: its spread is that of its levels",
            allowed=listed(SAMPLES),
        )
    found = spread_of(draws)
    if not found:
        both = [draws.finished[a] & draws.finished[b] & draws.sample for a, b in draws.pairs]
        most = max(int(np.sum(pair)) for pair in both)
        raise ScenarioError(
            str(study_dir),
            "",
            f"{most} draws are finished for two candidates",
            allowed=f"{FEWEST} or more: solespine sweep STUDY --resume",
        )
    return found


def spread_of(draws: Draws) -> dict[str, float]:
    """The same of draws that were read; empty without enough pairs."""
    largest: dict[str, float] = {}
    for pair in draws.pairs:
        differences = draws.difference(pair)[draws.sample]
        counted = np.sum(~np.isnan(differences), axis=0)
        for place in np.flatnonzero(counted >= FEWEST):
            name = draws.outputs[place]
            deviation = float(np.nanstd(differences[:, place], ddof=1))
            largest[name] = max(deviation, largest.get(name, 0.0))
    return {name: largest[name] for name in draws.outputs if name in largest}
