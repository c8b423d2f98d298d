# SPDX-License-Identifier: MIT
"""Run a study on this machine: several workers, each a process or a group of ranks."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from scenarios.errors import CommandError, Interrupted, ScenarioError, one_line
from scenarios.launch import end_with_parent, usable_cores
from scenarios.sweep.store import Plan, Status, StudyFolder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

MODULE = "scenarios.sweep.worker"
POLL_S = 0.5
MOST_FRUITLESS = 3
"""Workers that may end one after the other while no case is finished or failed."""


@dataclass(slots=True)
class _Worker:
    name: str
    process: subprocess.Popen[bytes]
    log: TextIO
    done_before: int


class WorkersFail(CommandError):
    """Workers end before they have done anything, and would for ever.

    Args:
        log: what they printed.
    """

    def __init__(self, log: Path) -> None:
        self.log = log
        super().__init__(log)

    def __str__(self) -> str:
        """The one line that is shown."""
        try:
            lines = self.log.read_text(encoding="utf-8", errors="replace").split("\n")
        except OSError:
            lines = []
        last = next((line for line in reversed(lines) if line.strip()), "they said nothing")
        said = one_line(last.removeprefix("solespine: "))
        return f"workers end without a result: {said} ({self.log})"


def default_workers(ranks: int) -> int:
    """Cases at a time: cores over ranks, at least one."""
    return max(1, usable_cores() // ranks)


def run_local(
    folder: StudyFolder,
    plan: Plan,
    *,
    workers: int,
    ranks: int,
    show: Callable[[Mapping[Status, int], int], None],
    module: str | None = None,
) -> int:
    """Run all cases that wait; returns when none is left.

    Args:
        folder: prepared.
        plan: of the folder.
        workers: at a time.
        ranks: of each.
        show: called now and then with the number of cases by status and of workers.
        module: what a worker runs, that of a sweep by default.

    Returns:
        0, or 130 when a signal asked to end: running cases then end after their step.

    Raises:
        ScenarioError: several ranks, and there is no ``mpirun``.
        WorkersFail: workers end, one after the other, without a case finished or failed.
    """
    team: list[_Worker] = []
    fruitless = 0
    with _signals(team) as asked:
        try:
            while True:
                begun = time.monotonic()
                count = _count(folder, plan)
                wanted = 0 if asked() else min(workers, count["waiting"] + len(team))
                while len(team) < wanted:
                    team.append(_start(folder, ranks, _done(count), module or MODULE))
                show(count, len(team))
                # A worker whose driver was killed may still end its step: nobody else has its case.
                if not team and (asked() or not count["running"]):
                    break
                time.sleep(max(POLL_S, 10.0 * (time.monotonic() - begun)))
                for worker in [w for w in team if w.process.poll() is not None]:
                    team.remove(worker)
                    _ended(folder, plan, worker, asked())
                    count = _count(folder, plan)
                    if _done(count) > worker.done_before:
                        fruitless = 0
                    elif worker.process.returncode or count["waiting"]:
                        fruitless += 1
                if fruitless >= MOST_FRUITLESS and not asked():
                    raise WorkersFail(log_path(folder))
        finally:
            for worker in team:
                worker.process.terminate()
    return Interrupted.exit_code if asked() else 0


def _done(count: Mapping[Status, int]) -> int:
    return sum(number for status, number in count.items() if status not in ("running", "waiting"))


def _count(folder: StudyFolder, plan: Plan) -> Counter[Status]:
    return Counter(status for _, status in folder.statuses(plan))


def _start(folder: StudyFolder, ranks: int, done_before: int, module: str) -> _Worker:
    name = f"{os.getpid()}-{time.monotonic_ns()}"
    command = [sys.executable, "-m", module, str(folder.path)]
    if ranks > 1:
        mpirun = shutil.which("mpirun")
        if mpirun is None:
            raise ScenarioError("run.ranks", "", "there is no mpirun", allowed="1, or install MPI")
        command = [mpirun, "-n", str(ranks), sys.executable, "-m", "mpi4py", *command[1:]]
    log = (folder.path / "workers.log").open("a", encoding="utf-8")
    environment = {"OMP_NUM_THREADS": "1", **os.environ, "SOLESPINE_WORKER": name}
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        env=environment,
        start_new_session=True,  # Ctrl-C comes to the driver only, which hands it on
        preexec_fn=end_with_parent,
    )
    return _Worker(name, process, log, done_before)


def _ended(folder: StudyFolder, plan: Plan, worker: _Worker, asked: bool) -> None:
    """Note the case of a worker that died; what it had finished is finished."""
    worker.log.close()
    record = folder.path / "workers" / worker.name
    try:
        digest = record.read_text(encoding="ascii")
    except OSError:
        return
    record.unlink(missing_ok=True)
    case = folder.case_of(plan, digest)
    if case is None or asked or folder.status(case) != "waiting":
        return
    folder.note_lost_worker(case, f"its worker ended with {_end(worker.process.returncode)}")


def _end(code: int) -> str:
    try:
        return f"code {code}" if code >= 0 else signal.Signals(-code).name
    except ValueError:
        return f"signal {-code}"


@contextmanager
def _signals(team: Sequence[_Worker]) -> Iterator[Callable[[], bool]]:
    """Hand SIGINT and SIGTERM on: the first asks workers to end after a step, a second at once."""
    count = 0

    def hand_on(number: int, frame: FrameType | None) -> None:
        nonlocal count
        count += 1
        for worker in team:
            worker.process.send_signal(signal.SIGTERM if count > 1 else signal.SIGUSR1)

    before = {n: signal.signal(n, hand_on) for n in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield lambda: count > 0
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def log_path(folder: StudyFolder) -> Path:
    """What workers print."""
    return folder.path / "workers.log"
