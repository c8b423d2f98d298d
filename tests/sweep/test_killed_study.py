# SPDX-License-Identifier: MIT
"""Drivers and workers that are killed: no finished case lost, none run twice, the same table."""

from __future__ import annotations

import json
import os
import random
import signal
import time
from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.helpers.sweep_command import completed, masses, run, start, thicknesses, written
from tests.helpers.sweep_double import DIES, DIVERGES, NO_ROOM

CASES = 40
CASE_S = 0.15
KILLS = 20


def workers_of(folder: Path) -> list[int]:
    """Processes that work on a study, whoever started them."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            words = (entry / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if b"tests.helpers.sweep_double" in words and _is_there(entry, folder):
            found.append(int(entry.name))
    return found


def _is_there(entry: Path, folder: Path) -> bool:
    try:
        return Path(os.readlink(entry / "cwd")) == folder
    except OSError:
        return False


def finished(folder: Path) -> dict[str, int]:
    """Finished cases and when each was."""
    found = (folder / "study" / "cases").glob("*/summary.json")
    return {path.parent.name: path.stat().st_mtime_ns for path in found}


def without_workers(folder: Path, within_s: float) -> bool:
    until = time.monotonic() + within_s
    while time.monotonic() < until:
        if not workers_of(folder):
            return True
        time.sleep(0.02)
    return False


def rows(folder: Path) -> list[dict[str, object]]:
    return pq.read_table(folder / "study" / "table.parquet").to_pylist()


def test_killed_at_random_twenty_times(tmp_path: Path) -> None:
    """Of the kills a quarter meet the driver, whose workers must end with it."""
    there, unbroken = tmp_path / "killed", tmp_path / "unbroken"
    for folder in (there, unbroken):
        folder.mkdir()
        written(folder, thicknesses(CASES))
    chance = random.Random(3)
    seen: dict[str, int] = {}
    driver = start(there, "--workers", "2", seconds=CASE_S)
    kills = Counter[str]()
    while kills.total() < KILLS:
        time.sleep(chance.uniform(0.1, 0.45))
        assert len(workers_of(there)) <= 2
        if driver.poll() is not None:  # all cases are done or given up: those are tried again
            driver = start(there, "--resume", "--retry", "--workers", "2", seconds=CASE_S)
        if kills["driver"] * 4 < kills.total() and workers_of(there):
            driver.kill()
            driver.communicate()
            kills["driver"] += 1
            assert without_workers(there, 10.0), "orphans go on"
            driver = start(there, "--resume", "--retry", "--workers", "2", seconds=CASE_S)
        elif team := workers_of(there):
            os.kill(chance.choice(team), signal.SIGKILL)
            kills["worker"] += 1
        now = finished(there)
        assert seen.items() <= now.items(), "a finished case was lost or run again"
        seen = now
    driver.communicate(timeout=120)
    code, out = run(there, "--resume", "--retry", "--workers", "2")
    assert code == 0, out
    assert set(Counter(completed(there)).values()) == {1}
    assert seen.items() <= finished(there).items() and len(finished(there)) == CASES
    code, out = run(unbroken)
    assert code == 0, out
    assert rows(there) == rows(unbroken)
    print(kills)


def test_workers_of_a_killed_command_end_after_their_step(tmp_path: Path) -> None:
    written(tmp_path, thicknesses(40))
    process = start(tmp_path, "--workers", "1", seconds=1.0)
    until = time.monotonic() + 60
    while not finished(tmp_path) and time.monotonic() < until:
        time.sleep(0.02)
    process.kill()
    process.communicate()
    ended = without_workers(tmp_path, 10.0)
    for orphan in workers_of(tmp_path):
        os.kill(orphan, signal.SIGKILL)
    assert ended and len(finished(tmp_path)) < 40


def test_a_case_that_kills_its_workers_is_given_up_and_the_rest_is_done(tmp_path: Path) -> None:
    written(tmp_path, masses(70.0, DIES, 80.0, 90.0))
    code, out = run(tmp_path, "--workers", "1")
    assert code == 3
    assert "3 finished" in out and "1 failed" in out
    assert "case 2: its worker ended with SIGKILL" in out
    assert len(completed(tmp_path)) == 3


def test_workers_that_only_fail_end_the_study(tmp_path: Path) -> None:
    """A full disk: no driver may start workers for ever."""
    written(tmp_path, masses(NO_ROOM))
    code, out = run(tmp_path, "--workers", "1")
    assert code == 1
    assert "workers end without a result" in out and "No space left on device" in out
    assert "1 waiting" not in out.splitlines()[-1]


def test_a_signal_ends_cases_after_their_step_and_resume_goes_on(tmp_path: Path) -> None:
    written(tmp_path, thicknesses(6))
    process = start(tmp_path, "--workers", "2", seconds=0.8)
    until = time.monotonic() + 60
    while not finished(tmp_path) and time.monotonic() < until:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 130, out
    assert without_workers(tmp_path, 5.0)
    assert not list((tmp_path / "study" / "failures").iterdir())
    before = finished(tmp_path)
    assert 0 < len(before) < 6
    code, out = run(tmp_path, "--resume")
    assert code == 0, out
    assert before.items() <= finished(tmp_path).items() and len(finished(tmp_path)) == 6


def test_a_second_command_is_refused_while_the_first_runs(tmp_path: Path) -> None:
    written(tmp_path, thicknesses(3))
    process = start(tmp_path, seconds=1.5)
    until = time.monotonic() + 60
    while not workers_of(tmp_path) and time.monotonic() < until:
        time.sleep(0.02)
    code, out = run(tmp_path, "--resume")
    assert code == 2 and "is being written by another run" in out
    code, out = run(tmp_path, "--status")
    assert code == 0 and "table: study/table.parquet" in out and "a command runs it" in out
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 0, out
    assert set(Counter(completed(tmp_path)).values()) == {1}


@pytest.mark.mpi
def test_cases_on_two_ranks_each(tmp_path: Path) -> None:
    """What one case fails of, all ranks of its worker leave together, for the next case."""
    written(tmp_path, masses(70.0, DIVERGES, 80.0))
    code, out = run(tmp_path, "--workers", "1", "-n", "2")
    assert code == 3, out
    assert "2 finished" in out and "case 2: not converged at 40 % of stance" in out
    manifests = (tmp_path / "study" / "cases").glob("*/manifest.json")
    assert {json.loads(path.read_text())["ranks"] for path in manifests} == {2}
