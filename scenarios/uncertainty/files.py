# SPDX-License-Identifier: MIT
"""The whole analysis of a study as CSV files in its folder, for other programs."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np

from scenarios.compare_outputs import output_unit
from scenarios.errors import NotWritten
from scenarios.folder import write_atomically
from scenarios.uncertainty.differences import PairedDifference
from scenarios.uncertainty.effects import Effects
from scenarios.uncertainty.indices import RankCorrelations, SobolIndices
from scenarios.uncertainty.intervals import Interval
from scenarios.uncertainty.wording import verdict_text

DIFFERENCES, INDICES, RANKS = "differences.csv", "sobol_indices.csv", "rank_correlations.csv"


def write_effects(effects: Effects) -> tuple[Path, ...]:
    """Write the whole analysis into the study's folder as CSV.

    Returns:
        The files: differences between candidates, and Sobol indices or rank correlations.

    Raises:
        NotWritten: no room for them.
    """
    written = []
    tables = (
        (DIFFERENCES, [_difference_record(one) for one in effects.differences]),
        (INDICES, [row for one in effects.sobol for row in _sobol_records(one)]),
        (RANKS, [row for one in effects.ranks for row in _rank_records(one)]),
    )
    for name, rows in tables:
        path = effects.draws.where / name
        try:
            if not rows:
                path.unlink(missing_ok=True)
                continue
            write_atomically(path, _csv(rows))
        except OSError as error:
            raise NotWritten(str(path), error.strerror or str(error)) from error
        written.append(path)
    return tuple(written)


def _csv(rows: Sequence[dict[str, object]]) -> str:
    stream = io.StringIO()
    out = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
    out.writeheader()
    out.writerows(rows)
    return stream.getvalue()


def _difference_record(one: PairedDifference) -> dict[str, object]:
    mean, median, chance = (
        interval or Interval(np.nan, np.nan)
        for interval in (one.mean_interval, one.median_interval, one.probability)
    )
    return {
        "output": one.output,
        "unit": output_unit(one.output),
        "first": one.first,
        "second": one.second,
        "pairs": one.pairs,
        **_blank_nan("mean", one.mean, mean),
        **_blank_nan("median", one.median, median),
        "standard_deviation": one.deviation,
        "lower": one.lower,
        "equal": one.equal,
        **_blank_nan("probability_lower", one.share_lower, chance),
        "variance_ratio": "" if one.gain is None else one.gain,
        "verdict": verdict_text(one),
    }


def _blank_nan(name: str, value: float, interval: Interval) -> dict[str, object]:
    ends: Iterable[tuple[str, float]] = (("_low", interval.low), ("_high", interval.high))
    return {name: value} | {f"{name}{end}": "" if np.isnan(x) else x for end, x in ends}


def _sobol_records(one: SobolIndices) -> Iterator[dict[str, object]]:
    for place, key in enumerate(one.factors):
        yield {
            "output": one.output,
            "of": one.what,
            "factor": key,
            "first": one.first[place],
            "first_half_interval": one.first_error[place],
            "total": one.total[place],
            "total_half_interval": one.total_error[place],
            "blocks": one.blocks,
            "dropped_blocks": one.dropped,
        }


def _rank_records(one: RankCorrelations) -> Iterator[dict[str, object]]:
    for place, key in enumerate(one.factors):
        yield {
            "output": one.output,
            "of": one.what,
            "factor": key,
            "spearman": one.values[place],
            "low": one.low[place],
            "high": one.high[place],
            "draws": one.draws,
        }
