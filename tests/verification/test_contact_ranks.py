# SPDX-License-Identifier: MIT
"""Contact gives the same numbers on any number of ranks."""

from __future__ import annotations

import json
from collections.abc import Callable

import numpy as np


def test_one_two_and_three_ranks_agree(mpirun: Callable) -> None:
    found = [
        json.loads(mpirun(n, "-m", "tests.helpers.contact_ranks").stdout.splitlines()[-1])
        for n in (1, 2, 3)
    ]
    assert found[0]["active"] > 50
    for other in found[1:]:
        assert other["active"] == found[0]["active"]
        assert np.allclose(other["values"], found[0]["values"], rtol=1e-9, atol=1e-9)
