# SPDX-License-Identifier: MIT
"""Stance gives the same summary on one, two and three ranks.

Two instants of heel contact on an insole: contact with friction on both sides of the insole, turned
bones, steps between the instants, and the lumbar column. The whole of stance agrees as well, as
long as no step fails on some numbers of ranks only (docs/decisions/snes.md).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.helpers.evidence import Evidence
from tests.helpers.rank_runs import agreeing_summary
from tests.helpers.real_command import BARE_OUTPUT

INSTANTS = ("--set", "output.stance_percent=[5,6]")


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_every_number_is_equal_on_one_two_and_three_ranks(
    mpirun: Callable, evidence: Evidence, tmp_path: Path
) -> None:
    case = "Heel contact on an insole"
    summary = agreeing_summary(mpirun, evidence, case, tmp_path, "walking", *BARE_OUTPUT, *INSTANTS)
    assert summary["plantar"]["peak_pressure_kpa"]["heel"] > 10.0
