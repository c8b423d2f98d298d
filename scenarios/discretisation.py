# SPDX-License-Identifier: MIT
"""How far a resolution's outputs are from those of a finer mesh.

``discretisation.toml`` holds the measured differences by analysis, resolution and
output. What is not measured is not there, and is then absent from a summary.
"""

from __future__ import annotations

import tomllib
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

from scenarios.summary import DiscretisationError, Summary, main_outputs

TABLE = Path(__file__).with_name("discretisation.toml")


def error_of(analysis: str, resolution: str, key: str) -> DiscretisationError | None:
    """The estimated error of one output, None where it is not measured.

    Args:
        analysis: ``"standing"`` or ``"stance"``.
        resolution: of the run.
        key: dotted key of ``summary.json``, such as ``"lumbar.L4-L5.compression_n.peak"``;
            the first entry of the table whose pattern fits is used.
    """
    for pattern, error in _table().get((analysis, resolution), ()):
        # The instant of a peak is no peak: what fits the one says nothing of the other.
        if fnmatchcase(key, pattern) and _of_instant(key) == _of_instant(pattern):
            return error
    return None


def _of_instant(key: str) -> bool:
    return key.endswith("at_percent")


def with_errors(summary: Summary) -> Summary:
    """The summary with the error estimates of its outputs, as far as measured."""
    errors = {}
    for key, _ in main_outputs(summary):
        error = error_of(summary.analysis, summary.resolution, key)
        if error is not None:
            errors[key] = error
    return summary.model_copy(update={"discretisation_error": errors or None})


@cache
def _table() -> dict[tuple[str, str], tuple[tuple[str, DiscretisationError], ...]]:
    data = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    return {
        (analysis, resolution): tuple(
            (pattern, DiscretisationError(**row)) for pattern, row in rows.items()
        )
        for analysis, resolutions in data.items()
        for resolution, rows in resolutions.items()
    }
