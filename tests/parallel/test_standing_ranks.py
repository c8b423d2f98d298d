# SPDX-License-Identifier: MIT
"""Standing gives the same summary on one, two and three ranks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.helpers.real_command import BARE_OUTPUT, BAREFOOT
from tests.helpers.summaries import differences, read

# Lightly loaded: three solves of full load would take most of the suite's time.
LIGHT = ("--set", "standing.body_weight_share=0.1")


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_every_number_is_equal_on_one_two_and_three_ranks(mpirun: Callable, tmp_path: Path) -> None:
    found = {}
    for ranks in (1, 2, 3):
        folder = tmp_path / str(ranks)
        options = (*BAREFOOT, *BARE_OUTPUT, *LIGHT, "-o", folder)
        mpirun(ranks, "-m", "scenarios.cli", "run", "standing", *options, timeout=900)
        found[ranks] = read(folder)
        assert found[ranks]["solver"]["mpi_ranks"] == ranks
    for ranks in (2, 3):
        unequal = differences(found[1], found[ranks])
        print(f"{ranks} ranks:", *[f"{d:.1e} {key}" for d, key in unequal[:5]], sep="\n  ")
        assert not [pair for pair in unequal if pair[0] > 1e-6]
    assert found[1]["plantar"]["peak_pressure_kpa"]["whole"] > 10.0
