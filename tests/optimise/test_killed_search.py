# SPDX-License-Identifier: MIT
"""Workers and drivers that are killed: no trial lost, none run twice, the same in the end."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from scenarios.optimise.records import TrialRecord
from scenarios.optimise.store import SearchFolder
from tests.helpers.evidence import Evidence
from tests.helpers.search_command import MODULE, prepared, run, search, start
from tests.helpers.sweep_command import PROJECT, completed, written

TRIALS = 64
"""More than two workers finish between ten kills, on a fast machine too."""
RUN_S = 0.1
KILLS = 10
OPTIONS = f'trials = {TRIALS}\nsampler = "random"\npruning = "none"'


@dataclass
class Team:
    """Workers without a driver, as jobs of a cluster are, of a process that forks them."""

    server: subprocess.Popen[str]
    started: int = 0

    def start(self) -> int:
        """A new worker; its process."""
        assert self.server.stdin is not None and self.server.stdout is not None
        self.started += 1
        self.server.stdin.write(f"w{self.started}\n")
        self.server.stdin.flush()
        return int(self.server.stdout.readline())


@contextmanager
def team_of(folder: Path) -> Iterator[Team]:
    """Workers on the study of a folder."""
    server = subprocess.Popen(
        [sys.executable, "-m", MODULE, str(folder / "study"), "--serve"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(PROJECT), "SWEEP_DOUBLE_S": str(RUN_S)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield Team(server)
    finally:
        server.communicate(timeout=60)


def is_there(process: int) -> bool:
    """Whether a worker has not ended."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def finished(folder: Path) -> dict[str, int]:
    """Finished designs and when each was."""
    found = (folder / "study" / "cases").glob("*/summary.json")
    return {path.parent.name: path.stat().st_mtime_ns for path in found}


def records_of(folder: Path) -> tuple[TrialRecord, ...]:
    made = SearchFolder(folder / "study")
    return made.trials(made.plan())


def wait_for(condition: Callable[[], bool], seconds: float = 60.0) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "nothing happens"
        time.sleep(0.02)


def test_two_workers_one_killed_at_random_ten_times(tmp_path: Path, evidence: Evidence) -> None:
    """Nobody drives them; a new worker takes the place of a killed one, as jobs do."""
    there, unbroken = tmp_path / "killed", tmp_path / "unbroken"
    for folder in (there, unbroken):
        folder.mkdir()
        prepared(folder, search(OPTIONS))
    chance = random.Random(5)
    seen: dict[str, int] = {}
    with team_of(there) as workers:
        team = [workers.start(), workers.start()]
        for _ in range(KILLS):
            before = len(finished(there))
            wait_for(lambda count=before: len(finished(there)) > count)  # type: ignore[misc]
            time.sleep(chance.uniform(0.0, 2.0 * RUN_S))
            victim = chance.randrange(2)
            os.kill(team[victim], signal.SIGKILL)
            now = finished(there)
            assert seen.items() <= now.items(), "a finished design was lost or run again"
            seen = now
            team[victim] = workers.start()
        wait_for(lambda: not any(is_there(process) for process in team))
        last = workers.start()
        wait_for(lambda: not is_there(last))
    with team_of(unbroken) as workers:
        only = workers.start()
        wait_for(lambda: not is_there(only))
    killed, whole = records_of(there), records_of(unbroken)
    times = Counter(completed(there))
    case = f"Two workers on one search, {KILLS} killed"
    evidence.within("search", case, "finished trials", len(killed), low=TRIALS, high=TRIALS)
    evidence.within("search", case, "runs of one design", max(times.values()), high=1)
    assert {r.status for r in killed} == {r.status for r in whole} == {"finished"}
    # A worker that is killed between its result and the line of the log leaves none.
    assert len(times) >= len({r.digest for r in killed}) - KILLS
    assert len({r.worker for r in killed}) > 1
    same = {r.digest for r in killed} & {r.digest for r in whole}
    assert len(same) >= TRIALS - 2  # a lost trial's place may be asked for once more


def test_a_killed_driver_and_resume(tmp_path: Path) -> None:
    written(tmp_path, search(OPTIONS.replace(str(TRIALS), "6")))
    process = start(tmp_path, "--workers", "2", seconds=0.6)
    wait_for(lambda: len(finished(tmp_path)) >= 1)
    process.kill()
    process.communicate()
    code, out = run(tmp_path, "--workers", "2")
    assert code == 2 and "allowed: --resume" in out
    before = finished(tmp_path)
    process = start(tmp_path, "--resume", "--workers", "2", seconds=0.6)
    wait_for(lambda: len(finished(tmp_path)) > len(before))
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 130, out
    kept = finished(tmp_path)
    assert before.items() <= kept.items() and len(kept) < 6
    code, out = run(tmp_path, "--resume", "--workers", "2")
    assert code == 0, out
    assert "6 finished" in out and "page: study/report.html" in out
    assert kept.items() <= finished(tmp_path).items()
    assert set(Counter(completed(tmp_path)).values()) == {1}
    code, out = run(tmp_path, "--status")
    assert code == 0 and "6 finished" in out and "front: designs/trial_" in out
