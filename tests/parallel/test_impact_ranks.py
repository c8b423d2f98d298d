# SPDX-License-Identifier: MIT
"""An impact gives the same summary on one, two and three ranks, and when it is taken up again.

A heel that is set down fast on an insole: all of the chain, viscous solids, contact with friction
on both sides of the insole, the discs at each output.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from scenarios.table import read_numbers
from tests.helpers.evidence import Evidence
from tests.helpers.rank_runs import agreeing_summary
from tests.helpers.real_command import BARE_OUTPUT, run
from tests.helpers.summaries import differences, read

FAST = (
    *("--set", "impact.vertical_velocity_mm_s=-600"),
    *("--set", "impact.clearance_mm=0", "--set", "impact.duration_ms=6"),
    *("--set", "output.figures=false"),
)
HARD = (
    *("--set", "impact.vertical_velocity_mm_s=-1000"),
    *("--set", "impact.clearance_mm=0", "--set", "impact.duration_ms=20"),
    *("--set", "output.figures=false"),
)
"""Long and hard enough for the sacrum to move: the first acceleration is known to 2e-7 g."""


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_every_number_is_equal_on_one_two_and_three_ranks(
    mpirun: Callable, evidence: Evidence, tmp_path: Path
) -> None:
    summary = agreeing_summary(
        mpirun, evidence, "Heel strike", tmp_path, "heel_strike", *BARE_OUTPUT, *HARD
    )
    assert summary["shock"]["largest_force_bw"] > 0.01
    assert summary["insole"]["energy_absorbed_j"] > 0.0


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_resumed_impact_ends_as_the_unbroken_one(evidence: Evidence, tmp_path: Path) -> None:
    study = ("run", "heel_strike", *BARE_OUTPUT, *FAST, "--set", "impact.step_ms=0.5")
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    run(*study, "-o", whole)
    # The last checkpoint of a run of twelve steps is that of the tenth.
    shutil.copytree(whole, broken)
    for name in ("summary.json", "spectra.csv"):
        (broken / name).unlink()
    run(*study, "-o", broken, "--resume")
    assert len(read_numbers(broken / "history.csv")["percent"]) == 7
    unequal = differences(read(whole), read(broken))
    print(*unequal[:5], sep="\n")
    evidence.within(
        "parallel",
        "Heel strike, resumed",
        "largest difference to an unbroken run, any number of the summary",
        max((size for size, _ in unequal), default=0.0),
        high=1e-6,
    )
