# SPDX-License-Identifier: MIT
"""Viscous history on one, two and three ranks, and from a checkpoint of other ranks."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np

from tests.helpers.evidence import Evidence


def test_history_is_the_same_on_any_ranks_also_from_a_checkpoint(
    mpirun: Callable, tmp_path: Path, evidence: Evidence
) -> None:
    found = {}
    for ranks in (1, 2, 3):
        files = [tmp_path / str(n) for n in (ranks, ranks - 1) if n]
        run = mpirun(ranks, "-m", "tests.helpers.viscous_ranks", *files)
        found[ranks] = json.loads(run.stdout.splitlines()[-1])
    one = {
        after: {name: np.array(values) for name, values in found[1][after].items()}
        for after in ("saved", "run")
    }
    assert np.abs(one["saved"]["terms"]).max() > 1e-4
    for ranks in (2, 3):
        of_others = f"checkpoint of {ranks - 1}"
        for run, after, what in (
            ("run", "run", "run"),
            ("back", "saved", f"{of_others}, as restored"),
            ("restored", "run", f"{of_others}, one step later"),
        ):
            worst = max(
                float(np.abs(np.array(found[ranks][run][name]) - values).max())
                / float(np.abs(values).max())
                for name, values in one[after].items()
            )
            evidence.within(
                "parallel", "Viscous block in three steps",
                f"largest difference of {ranks} ranks to one, {what}", worst, high=1e-9,
            )  # fmt: skip
