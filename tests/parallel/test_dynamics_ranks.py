# SPDX-License-Identifier: MIT
"""A landing on one, two and three ranks, and from a checkpoint of other ranks."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np

from tests.helpers.evidence import Evidence


def test_motion_is_the_same_on_any_ranks_also_from_a_checkpoint(
    mpirun: Callable, tmp_path: Path, evidence: Evidence
) -> None:
    found = {}
    for ranks in (1, 2, 3):
        files = [tmp_path / str(n) for n in (ranks, ranks - 1) if n]
        run = mpirun(ranks, "-m", "tests.helpers.moving_ranks", *files)
        found[ranks] = json.loads(run.stdout.splitlines()[-1])
    one = {name: np.array(values) for name, values in found[1]["run"].items()}
    assert one["floor"][1] > 1.0
    for ranks in (2, 3):
        for way, what in (("run", "run"), ("restored", f"from a checkpoint of {ranks - 1}")):
            worst = max(
                float(np.abs(np.array(found[ranks][way][name]) - values).max())
                / float(np.abs(values).max())
                for name, values in one.items()
            )
            evidence.within(
                "parallel", "Block that lands, 10 steps",
                f"largest difference of {ranks} ranks to one, {what}", worst, high=1e-8,
            )  # fmt: skip
