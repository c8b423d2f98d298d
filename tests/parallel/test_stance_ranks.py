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

from tests.helpers.real_command import BARE_OUTPUT
from tests.helpers.summaries import differences, read

INSTANTS = ("--set", "output.stance_percent=[5,6]")


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_every_number_is_equal_on_one_two_and_three_ranks(mpirun: Callable, tmp_path: Path) -> None:
    found = {}
    for ranks in (1, 2, 3):
        folder = tmp_path / str(ranks)
        options = (*BARE_OUTPUT, *INSTANTS, "-o", folder)
        mpirun(ranks, "-m", "scenarios.cli", "run", "walking", *options, timeout=600)
        found[ranks] = read(folder)
        assert found[ranks]["solver"]["mpi_ranks"] == ranks
    for ranks in (2, 3):
        unequal = differences(found[1], found[ranks])
        print(f"{ranks} ranks:", *[f"{d:.1e} {key}" for d, key in unequal[:5]], sep="\n  ")
        assert not [pair for pair in unequal if pair[0] > 1e-6]
        assert found[ranks]["solver"]["steps"] == found[1]["solver"]["steps"]
    assert found[1]["plantar"]["peak_pressure_kpa"]["heel"] > 10.0
