# SPDX-License-Identifier: MIT
"""A stance that is killed and taken up again ends as the unbroken one."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import numpy as np
import pytest

from scenarios.table import read_numbers
from tests.helpers.evidence import Evidence
from tests.helpers.real_command import BARE_OUTPUT, BAREFOOT, run, start
from tests.helpers.summaries import differences, read

INSTANTS = (5.0, 7.0)
"""With a step between them that writes no output: a checkpoint off the instants."""
STUDY = (
    *("run", "walking", *BAREFOOT, *BARE_OUTPUT),
    *("--set", f"output.stance_percent={list(INSTANTS)}"),
)


def wait_for_change(process: subprocess.Popen[str], path: Path, before: int, seconds: float) -> int:
    """Wait until a file is another one than ``before`` (its time in ns, 0 for none)."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        now = path.stat().st_mtime_ns if path.exists() else 0
        if now != before:
            return now
        if process.poll() is not None:
            pytest.fail(f"ended with {process.returncode}: {process.communicate()[0]}")
        time.sleep(0.02)
    raise AssertionError(f"{path.name} did not change in {seconds} s")


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_killed_and_resumed_run_ends_as_the_unbroken_one(
    evidence: Evidence, tmp_path: Path
) -> None:
    unbroken, broken = tmp_path / "unbroken", tmp_path / "broken"
    saved = Path("checkpoint") / "state.pickle"
    process = start(*STUDY, "-o", unbroken)
    try:
        # A stopped process leaves the same files behind as a killed one, and can go on.
        written = wait_for_change(process, unbroken / saved, 0, 900)
        os.killpg(process.pid, signal.SIGSTOP)
        shutil.copytree(unbroken, broken, copy_function=shutil.copy2)
        os.killpg(process.pid, signal.SIGCONT)
        out, _ = process.communicate(timeout=900)
        assert process.returncode == 0, out
    finally:
        process.kill()
    assert not (broken / "summary.json").exists()
    assert len(read_numbers(broken / "history.csv")["percent"]) == 1

    process = start(*STUDY, "-o", broken, "--resume")
    try:
        wait_for_change(process, broken / saved, written, 900)
        os.killpg(process.pid, signal.SIGKILL)
    finally:
        process.kill()
        process.communicate(timeout=30)
    assert not (broken / "summary.json").exists()
    assert len(read_numbers(broken / "history.csv")["percent"]) == 1

    run(*STUDY, "-o", broken, "--resume")
    first, other = read(unbroken), read(broken)
    unequal = differences(first, other)
    print(*unequal[:5], sep="\n")
    evidence.within(
        "parallel",
        "Walking, killed twice and resumed",
        "largest difference to an unbroken run, any number of the summary",
        max((size for size, _ in unequal), default=0.0),
        high=1e-8,
    )
    assert first["solver"]["steps"] == other["solver"]["steps"]
    # The matrix's pattern is made anew, sums run in another order, and a residual next to the
    # tolerance may fall on either side of it.
    counts = [s["solver"]["newton_iterations"] for s in (first, other)]
    assert abs(counts[0] - counts[1]) <= 2
    assert first["solver"]["steps"] >= 6
    rows, others = (read_numbers(f / "history.csv") for f in (unbroken, broken))
    np.testing.assert_array_equal(rows["percent"], INSTANTS)
    for name, column in rows.items():
        if not name.endswith("_iterations"):
            np.testing.assert_allclose(others[name], column, rtol=1e-8, atol=1e-8, err_msg=name)
    cells, others = (read_numbers(f / "plantar_pressure.csv") for f in (unbroken, broken))
    for name, column in cells.items():
        np.testing.assert_allclose(others[name], column, rtol=1e-7, atol=1e-7, err_msg=name)
