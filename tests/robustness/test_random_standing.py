# SPDX-License-Identifier: MIT
"""Real runs of standing with inputs spread at random over all documented ranges."""

from __future__ import annotations

import os
import signal
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from tests.helpers.any_input import at_random, flags
from tests.helpers.evidence import Evidence
from tests.helpers.real_command import BARE_OUTPUT, start
from tests.helpers.summaries import read

CASES = 20
LIMIT_S = 400.0
STOP_S = 120.0
ENDS = {0: "done", 2: "refused", 3: "not converged", 130: "stopped for time"}


def ended(process: subprocess.Popen[str]) -> str:
    """What a run printed; one that takes long is asked to end, and must do so."""
    try:
        return process.communicate(timeout=LIMIT_S)[0]
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGINT)
        return process.communicate(timeout=STOP_S)[0]
    finally:
        process.kill()


@pytest.mark.validation
@pytest.mark.timeout(int(CASES * (LIMIT_S + STOP_S)))
def test_random_standing_runs_or_is_refused(tmp_path: Path, evidence: Evidence) -> None:
    ends: Counter[str] = Counter()
    for number in range(CASES):
        folder = tmp_path / str(number)
        said = flags(at_random(number))
        options = [part for flag in said for part in ("--set", flag)]
        process = start("run", "standing", "-q", *BARE_OUTPUT, *options, "-o", folder)
        out = ended(process)
        end = ENDS.get(process.returncode, "failed")
        print(number, end, out.splitlines()[-1:], flush=True)
        ends[end] += 1
        assert "Traceback" not in out, out
        assert end != "failed", out
        assert folder.exists() == (end != "refused")
        if end == "done":
            assert read(folder)["converged"]
    accepted = CASES - ends["refused"]
    case = "Standing, random inputs"
    for name in ENDS.values():
        evidence.within("solver", case, f"{name}, of {CASES}", ends[name], low=0, high=CASES)
    share = ends["done"] / (accepted - ends["stopped for time"])
    evidence.within("solver", case, "converged, of those that ended", share, low=0.9, high=1.0)
