# SPDX-License-Identifier: MIT
"""One command on one, two and three ranks, whose summaries must agree."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.helpers.evidence import Evidence
from tests.helpers.summaries import differences, read

TOLERANCE = 1e-6


def agreeing_summary(
    mpirun: Callable, evidence: Evidence, case: str, folder: Path, *arguments: object
) -> dict[str, Any]:
    """Run a scenario on one, two and three ranks and return the summary of one rank.

    Args:
        mpirun: Fixture.
        evidence: Fixture that checks the largest difference and keeps it.
        case: Its name there.
        folder: Of the results.
        arguments: Scenario and options of ``solespine run``.

    Raises:
        AssertionError: A number differs by more than `TOLERANCE` of itself or of its unit's
            floor, or a run took another number of steps.
    """
    found = {}
    for ranks in (1, 2, 3):
        command = ("-m", "scenarios.cli", "run", *arguments, "-o", folder / str(ranks))
        mpirun(ranks, *command, timeout=900)
        found[ranks] = read(folder / str(ranks))
        assert found[ranks]["solver"]["mpi_ranks"] == ranks
    for ranks in (2, 3):
        unequal = differences(found[1], found[ranks])
        print(f"{ranks} ranks:", *[f"{d:.1e} {key}" for d, key in unequal[:5]], sep="\n  ")
        evidence.within(
            "parallel",
            case,
            f"largest difference of {ranks} ranks to one, any number of the summary",
            max((size for size, _ in unequal), default=0.0),
            high=TOLERANCE,
        )
        assert found[ranks]["solver"]["steps"] == found[1]["solver"]["steps"]
    return found[1]
