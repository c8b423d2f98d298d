# SPDX-License-Identifier: MIT
"""What a machine does to the real command: an interrupt, a lost rank, a full disk.

Each ends within a minute, with a message and an exit code, and the run is taken up again from what
it left. Other faults are tried on a doubled analysis, in the files beside this one.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.helpers.real_command import BARE_OUTPUT, BAREFOOT, NO_MPI, PROJECT, run, start
from tests.helpers.summaries import read

STUDY = (*("run", "standing"), *BAREFOOT, *BARE_OUTPUT, "--set", "standing.body_weight_share=0.1")
END_S = 60.0
BEGUN_S = 120.0


@contextmanager
def running(*arguments: object) -> Iterator[subprocess.Popen[str]]:
    """A command that is ended in any case."""
    process = start(*arguments)
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate(timeout=END_S)


def wait_for_iterations(process: subprocess.Popen[str], folder: Path, count: int = 3) -> None:
    """Wait until a run is in the midst of its Newton iterations."""
    log, end = folder / "run.log", time.monotonic() + BEGUN_S
    while time.monotonic() < end:
        text = log.read_text(encoding="utf-8") if log.exists() else ""
        if text.count("newton") >= count:
            return
        assert process.poll() is None, process.communicate()[0]
        time.sleep(0.05)
    pytest.fail(f"no iterations in {BEGUN_S} s")


def assert_taken_up(folder: Path) -> None:
    """The folder has no summary yet, and the same command with ``--resume`` ends well."""
    assert not (folder / "summary.json").exists()
    run(*STUDY, "-o", folder, "--resume")
    assert read(folder)["converged"]


@pytest.mark.slow
def test_interrupted_run_can_be_taken_up(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    with running(*STUDY, "-o", folder) as process:
        wait_for_iterations(process, folder)
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=END_S)
    assert process.returncode == 130, out
    assert "--resume" in out and "Traceback" not in out
    assert_taken_up(folder)


@pytest.mark.slow
def test_lost_rank_ends_all_and_the_run_can_be_taken_up(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    with running(*STUDY, "-n", "2", "-o", folder) as process:
        wait_for_iterations(process, folder)
        os.kill(_a_rank(process.pid), signal.SIGKILL)
        out, _ = process.communicate(timeout=END_S)
    assert process.returncode not in (0, 2), out
    assert_taken_up(folder)


def _a_rank(ancestor: int) -> int:
    """Process number of the last rank of a command."""
    listing = subprocess.run(
        ["ps", "-e", "-o", "pid=,ppid=,args="], capture_output=True, text=True, check=True
    ).stdout
    rows = [line.split(None, 2) for line in listing.splitlines()]
    parents = {int(pid): int(parent) for pid, parent, _ in rows}

    def below(pid: int) -> bool:
        while pid in parents:
            pid = parents[pid]
            if pid == ancestor:
                return True
        return False

    ranks = [
        int(pid)
        for pid, _, words in rows
        if "scenarios.cli" in words and "mpirun" not in words and below(int(pid))
    ]
    assert len(ranks) >= 2, listing
    return max(ranks)


LIMITED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))
from scenarios.cli import main
sys.exit(main())
"""


@pytest.mark.slow
def test_full_disk_is_told_and_the_run_can_be_taken_up(tmp_path: Path) -> None:
    """No file may grow beyond 200 kB: the first checkpoint cannot be written."""
    folder = tmp_path / "run"
    program = LIMITED.format(limit=200_000)
    process = subprocess.run(
        [sys.executable, "-c", program, *map(str, (*STUDY, "-o", folder))],
        cwd=PROJECT,
        env={**NO_MPI, "OMP_NUM_THREADS": "1"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    out = process.stdout + process.stderr
    assert process.returncode == 1, out
    assert "Traceback" not in out
    assert "cannot be written: File too large" in out and "--resume" in out
    assert_taken_up(folder)


def test_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with running(*STUDY, "-o", tmp_path / "file" / "run") as process:
        out, _ = process.communicate(timeout=END_S)
    assert process.returncode == 2, out
    assert "Traceback" not in out and "file" in out
