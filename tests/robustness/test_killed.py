# SPDX-License-Identifier: MIT
"""Signals and killed ranks: a message, an exit code, nothing lost, no waiting for ever."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from scenarios.folder import read_manifest
from scenarios.summary import read_summary
from scenarios.table import read_numbers
from tests.scenarios.test_cli import NO_MPI, PROJECT, command

RUN = ("run", "walking", "-o", "r", "-q")
END_S = 60.0


def begun(folder: Path, before: Sequence[str], *arguments: str) -> subprocess.Popen[str]:
    """Start a slow run and wait until its first rows are written."""
    process = subprocess.Popen(
        [*before, sys.executable, "-m", "tests.scenarios.doubled_command", *RUN, *arguments],
        cwd=folder,
        env={**NO_MPI, "PYTHONPATH": str(PROJECT), "DOUBLE": "slow", "OMP_NUM_THREADS": "1"},
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    history, until = folder / "r" / "history.csv", time.monotonic() + END_S
    while time.monotonic() < until and not (history.is_file() and history.stat().st_size > 20):
        assert process.poll() is None, process.communicate()[1]
        time.sleep(0.02)
    return process


def ranks_of(process: subprocess.Popen[str]) -> list[int]:
    """Process ids of the ranks, found among the descendants by their environment."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            variables = (entry / "environ").read_bytes().split(b"\0")
            words = (entry / "cmdline").read_bytes().split(b"\0")
        except (OSError, ValueError):
            continue
        rank = [v for v in variables if v.startswith(b"OMPI_COMM_WORLD_RANK=")]
        if rank and b"-m" in words and descends(int(entry.name), process.pid):
            found.append((int(rank[0].partition(b"=")[2]), int(entry.name)))
    return [pid for _, pid in sorted(found)]


def descends(pid: int, ancestor: int) -> bool:
    while pid > 1:
        if pid == ancestor:
            return True
        try:
            text = Path(f"/proc/{pid}/stat").read_text()
        except OSError:
            return False
        pid = int(text.rpartition(")")[2].split()[1])
    return False


def resumed_to_the_end(folder: Path) -> None:
    for _ in range(50):  # ranks of a killed launcher need a moment to end
        result = command(folder, *RUN, "--resume")
        if "being written" not in result.stderr:
            break
        time.sleep(0.2)
    assert result.returncode == 0, result.stderr
    assert read_summary(folder / "r").converged
    percent = read_numbers(folder / "r" / "history.csv")["percent"]
    assert percent == [5.0 * k for k in range(1, 20)]


@pytest.mark.mpi
@pytest.mark.parametrize("rank", [0, 1])
def test_a_killed_rank_ends_the_command(tmp_path: Path, rank: int) -> None:
    process = begun(tmp_path, (), "-n", "2")
    ranks = ranks_of(process)
    assert len(ranks) == 2
    killed_at = time.monotonic()
    os.kill(ranks[rank], signal.SIGKILL)
    _, err = process.communicate(timeout=END_S)
    assert time.monotonic() - killed_at < END_S
    assert process.returncode not in (0, 2, 3, 130)
    assert "solespine: a rank was killed" in err and "--resume" in err
    assert not (tmp_path / "r" / "summary.json").exists()
    resumed_to_the_end(tmp_path)


@pytest.mark.mpi
@pytest.mark.parametrize(
    ("number", "ranks"), [(signal.SIGINT, 2), (signal.SIGTERM, 1), (signal.SIGUSR1, 1)]
)
def test_signals_end_in_good_order(tmp_path: Path, number: signal.Signals, ranks: int) -> None:
    process = begun(tmp_path, (), "-n", str(ranks))
    process.send_signal(number)
    _, err = process.communicate(timeout=END_S)
    assert process.returncode == 130
    assert "--resume goes on" in err
    assert read_manifest(tmp_path / "r")["status"] == "interrupted"
    resumed_to_the_end(tmp_path)


@pytest.mark.mpi
def test_a_scheduler_that_ends_every_rank(tmp_path: Path) -> None:
    """Slurm's `srun` sends SIGTERM to all tasks at the time limit."""
    process = begun(tmp_path, ("mpirun", "-n", "2"))
    for pid in ranks_of(process):
        os.kill(pid, signal.SIGTERM)
    _, err = process.communicate(timeout=END_S)
    assert process.returncode != 0
    assert "--resume goes on" in err
    assert read_manifest(tmp_path / "r")["status"] == "interrupted"
    resumed_to_the_end(tmp_path)


@pytest.mark.mpi
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_to_mpirun_loses_no_row(tmp_path: Path, number: signal.Signals) -> None:
    process = begun(tmp_path, ("mpirun", "-n", "2"))
    process.send_signal(number)
    process.communicate(timeout=END_S)
    assert process.returncode != 0
    assert not (tmp_path / "r" / "summary.json").exists()
    resumed_to_the_end(tmp_path)


def test_a_second_run_is_refused_and_the_first_unharmed(tmp_path: Path) -> None:
    process = begun(tmp_path, ())
    for mode in ("--resume", "--overwrite"):
        result = command(tmp_path, *RUN, mode)
        assert result.returncode == 2
        assert f"being written by another run (process {process.pid} on" in result.stderr
    _, err = process.communicate(timeout=END_S)
    assert process.returncode == 0, err
    assert len(read_numbers(tmp_path / "r" / "history.csv")["percent"]) == 19
    assert not (tmp_path / "r" / ".lock").exists()
