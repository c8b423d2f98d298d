# SPDX-License-Identifier: MIT
"""Standing gives the same summary on one, two and three ranks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.helpers.evidence import Evidence
from tests.helpers.rank_runs import agreeing_summary
from tests.helpers.real_command import BARE_OUTPUT, BAREFOOT

# Lightly loaded: three solves of full load would take most of the suite's time.
LIGHT = ("--set", "standing.body_weight_share=0.1")


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_every_number_is_equal_on_one_two_and_three_ranks(
    mpirun: Callable, evidence: Evidence, tmp_path: Path
) -> None:
    case = "Standing on a tenth of body weight"
    summary = agreeing_summary(
        mpirun, evidence, case, tmp_path, "standing", *BAREFOOT, *BARE_OUTPUT, *LIGHT
    )
    assert summary["plantar"]["peak_pressure_kpa"]["whole"] > 10.0
