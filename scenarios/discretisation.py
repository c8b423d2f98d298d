# SPDX-License-Identifier: MIT
"""How far a resolution's outputs are from those of a finer mesh.

``discretisation.toml`` holds the measured differences by analysis, resolution and
output. What is not measured is not there, and is then absent from a summary. It was
measured on baselines: there gait prescribes posture, so that angles and what follows
from them alone carry next to no error of the mesh. On a candidate they are free, and
nothing is known of their error.
"""

from __future__ import annotations

import tomllib
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

from scenarios.summary import DiscretisationError, Summary, main_outputs

TABLE = Path(__file__).with_name("discretisation.toml")

PRESCRIBED_ON_BASELINE = (
    "alignment.*_deg.*",
    "lumbar.*.shear_*",
    "lumbar.*.flexion_moment_nm.*",
)
"""Outputs whose error a candidate does not share with the baselines it was measured on."""


def error_of(analysis: str, resolution: str, key: str) -> DiscretisationError | None:
    """The estimated error of one output, None where it is not measured.

    Args:
        analysis: ``"standing"``, ``"stance"`` or ``"impact"``.
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


def is_prescribed_on_baseline(key: str) -> bool:
    """Whether gait alone sets an output of a baseline, and only of a baseline."""
    return any(fnmatchcase(key, pattern) for pattern in PRESCRIBED_ON_BASELINE)


def with_errors(summary: Summary) -> Summary:
    """The summary with the error estimates of its outputs, as far as measured for its role."""
    errors = {}
    for key, _ in main_outputs(summary):
        if summary.role == "candidate" and is_prescribed_on_baseline(key):
            continue
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
