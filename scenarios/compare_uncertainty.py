# SPDX-License-Identifier: MIT
"""The spread of a paired difference over uncertain parameters, from a study of that."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from scenarios.errors import ScenarioError
from scenarios.summary import read_summary


def deviations_of(study: Path, folders: Sequence[Path]) -> dict[str, float]:
    """Standard deviation of the paired difference by output.

    Args:
        study: folder of a study of uncertainty that compares candidates.
        folders: results that are to be compared.

    Raises:
        ScenarioError: no such study, too few of its draws finished, or one of another analysis
            than a result.
    """
    from scenarios.uncertainty.spread import paired_spread

    found = paired_spread(study)
    cases = (path.parent for path in sorted((study / "cases").glob("*/summary.json")))
    case = next(cases, None)
    if case is not None:
        analysis = read_summary(case).analysis
        for folder in folders:
            other = read_summary(folder).analysis
            if other != analysis:
                raise ScenarioError(
                    "compare",
                    "--uncertainty",
                    f"{study} is of the analysis {analysis}, {folder} of {other}",
                    allowed="a study of the same analysis",
                )
    return found
