# SPDX-License-Identifier: MIT
"""Contact gives the same numbers on any number of ranks."""

from __future__ import annotations

import json
from collections.abc import Callable

import numpy as np

from tests.helpers.evidence import Evidence


def test_one_two_and_three_ranks_agree(evidence: Evidence, mpirun: Callable) -> None:
    found = [
        json.loads(mpirun(n, "-m", "tests.helpers.contact_ranks").stdout.splitlines()[-1])
        for n in (1, 2, 3)
    ]
    assert found[0]["active"] > 50
    first = np.array(found[0]["values"])
    for ranks, other in zip((2, 3), found[1:], strict=True):
        assert other["active"] == found[0]["active"]
        values, known = np.array(other["values"]), np.isfinite(first)
        assert np.array_equal(values[~known], first[~known])
        error = np.abs(values - first)[known] / (1.0 + np.abs(first[known]))
        evidence.within(
            "parallel", f"Contact on {ranks} ranks", "difference from one rank, largest",
            float(error.max()), high=1e-9,
        )  # fmt: skip
