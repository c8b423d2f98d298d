# SPDX-License-Identifier: MIT
"""A worker: takes cases of a study, one after another, and runs them in its own process.

    python -m scenarios.sweep.worker FOLDER [--part K/N]
    mpirun -n R python -m mpi4py -m scenarios.sweep.worker FOLDER ...

Imports, compiled forms, meshes and calibrations are shared by all cases that a worker takes, models
and solved states where the study allows it (`scenarios.reuse`). A case is taken by the lock of its
result folder; ``--part`` makes workers of machines that do not share locks take different cases.
"""

from __future__ import annotations

import argparse
import os
import shutil
import socket
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from scenarios.errors import (
    CommandError,
    Interrupted,
    NotConverged,
    NotWritten,
    ScenarioError,
    one_line,
)
from scenarios.folder import ResultFolder
from scenarios.identity import scenario_hash
from scenarios.lock import FolderBusy
from scenarios.progress import Progress
from scenarios.reuse import Reuse
from scenarios.schema import Scenario
from scenarios.signals import interruptible
from scenarios.sweep.cases import Case, LoadedStudy, loaded_case, with_base
from scenarios.sweep.order import in_order
from scenarios.sweep.store import Plan, StudyFolder
from scenarios.sweep.study import Study

if TYPE_CHECKING:
    from mpi4py import MPI

KEPT_OF_A_TABLE = ("fields", "checkpoint")
"""Removed of a finished case that keeps its tables."""
KEPT_OF_A_SUMMARY = ("summary.json", "manifest.json", "scenario.toml")
INTERRUPTED = Interrupted.exit_code
PASSES = 3
"""Over the cases: who only looks at a case may be in the way of who takes it."""


def work(folder: StudyFolder, comm: MPI.Intracomm, part: tuple[int, int] = (0, 1)) -> int:
    """Run cases until none is left for this worker; collective.

    Args:
        folder: of a prepared study.
        comm: ranks that run one case together.
        part: K and N: the K-th of N workers takes every N-th case only.

    Returns:
        0, or 130 when a signal asked to end.

    Raises:
        ScenarioError: no study, or its base cannot be read any more.
        NotWritten: no room for results.
    """
    from scenarios.agreement import agree

    plan = agree(comm, folder.plan)
    loaded = agree(comm, lambda: loaded_again(plan))
    reuse = Reuse(loaded.study.run.reuse)
    with interruptible() as asked:
        left = in_order(plan.distinct[part[0] :: part[1]], loaded.study.design.kind)
        for _ in range(PASSES):
            busy = []
            for case in left:
                if comm.allreduce(int(asked.is_set)):
                    return INTERRUPTED
                if comm.bcast(folder.status(case) if comm.rank == 0 else None) != "waiting":
                    continue
                try:
                    if not run_case(folder, loaded, case, comm, reuse=reuse):
                        busy.append(case)
                except Interrupted:
                    return INTERRUPTED
            left = busy
    return 0


def loaded_again(plan: Plan) -> LoadedStudy:
    """The study of a plan, which was validated when it was made."""
    return with_base(Study.model_validate(plan.study, strict=False), plan.where, Path(plan.base))


def _record(folder: StudyFolder) -> Path:
    name = os.environ.get("SOLESPINE_WORKER", f"{socket.gethostname()}-{os.getpid()}")
    return folder.path / "workers" / name


def _forget(folder: StudyFolder) -> None:
    """Remove the record of the case at hand: it is not what ends this worker."""
    from scenarios.launch import is_speaker

    if is_speaker():
        _record(folder).unlink(missing_ok=True)


def run_case(
    folder: StudyFolder,
    loaded: LoadedStudy,
    case: Case,
    comm: MPI.Intracomm,
    progress: Progress | None = None,
    reuse: Reuse | None = None,
) -> bool:
    """Run one case; what it fails of is noted and the next case may follow.

    Args:
        folder: of the study.
        loaded: the study.
        case: of it.
        comm: ranks that run it together.
        progress: told of each instant that is written.
        reuse: what this worker keeps from case to case, if anything.

    Returns:
        False where somebody else has the case's folder at this moment.

    Raises:
        Interrupted: a signal asked to end.
        NotWritten: no room for results.
    """
    from scenarios.agreement import agree

    result = ResultFolder(folder.case_path(case), writer=comm.rank == 0)
    reason = ""
    try:
        scenario = agree(comm, lambda: _claimed(folder, loaded, case, result))
        if scenario is None:
            return False
        if not isinstance(scenario, str):
            _simulate(folder, loaded, case, result, scenario, comm, progress, reuse)
    except (Interrupted, NotWritten):
        _forget(folder)
        raise
    except CommandError as error:
        reason = str(error)
    except Exception as error:
        if comm.size > 1:
            raise  # other ranks may wait: the whole worker ends and its driver notes the case
        reason = f"{type(error).__name__}: {one_line(str(error))}"
        traceback.print_exc()
    finally:
        if reason and reuse is not None:
            reuse.forget()  # a case that fails may leave anything
        if reason and comm.rank == 0:
            folder.note_failure(case, reason, final=True)
        result.release()
    _forget(folder)
    return True


def _claimed(
    folder: StudyFolder, loaded: LoadedStudy, case: Case, result: ResultFolder
) -> Scenario | Literal["finished"] | None:
    """The scenario of a case whose folder this worker now has, on rank 0.

    Returns:
        ``None`` where another run has it.

    Raises:
        ScenarioError: the case is not what it was when the study was planned, or it is refused
            as `solespine run` would refuse it.
    """
    from scenarios.check import check_scenario

    given = loaded_case(loaded, case.values, f"case {case.number}")
    if scenario_hash(given.scenario) != case.digest:
        raise ScenarioError(
            loaded.where,
            "",
            f"case {case.number} is not what was planned: its base or an input file was changed",
            allowed="solespine sweep STUDY --extend",
        )
    try:
        state = result.claim("resume", case.digest)
    except FolderBusy:
        # Another run's, or the glance of one that looks who runs: later is early enough.
        return None
    if state == "finished":
        return "finished"
    # Whoever finds this record without its worker knows which case ended it.
    record = _record(folder)
    record.parent.mkdir(exist_ok=True)
    record.write_text(case.digest, encoding="ascii")
    check_scenario(given)
    return given.scenario


def _simulate(
    folder: StudyFolder,
    loaded: LoadedStudy,
    case: Case,
    result: ResultFolder,
    scenario: Scenario,
    comm: MPI.Intracomm,
    progress: Progress | None,
    reuse: Reuse | None,
) -> None:
    from scenarios.run import run_scenario

    summary = run_scenario(scenario, result, comm, resume=True, progress=progress, reuse=reuse)
    if not summary.converged:
        raise NotConverged("its summary says so", "the end")
    if comm.rank == 0:
        tidy(folder.case_path(case), loaded.study.run.keep)


def tidy(path: Path, keep: str) -> None:
    """Remove what a finished case is not to keep."""
    if keep == "all":
        return
    for entry in path.iterdir():
        gone = entry.name in KEPT_OF_A_TABLE
        if keep == "summary":
            gone = entry.name not in KEPT_OF_A_SUMMARY and not entry.name.startswith(".")
        if gone:
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink(missing_ok=True)


def part_of(text: str) -> tuple[int, int]:
    """K and N of ``K/N``, K from 0.

    Raises:
        ScenarioError: anything else.
    """
    first, slash, count = text.partition("/")
    if not (slash and first.isdigit() and count.isdigit() and int(first) < int(count)):
        raise ScenarioError("--part", "", f"got {text}", allowed="K/N with K from 0 to N - 1")
    return int(first), int(count)


def main(arguments: Sequence[str] | None = None) -> int:
    """Entry of the worker's process."""
    parser = argparse.ArgumentParser(prog="scenarios.sweep.worker")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--part", default="0/1", help="K/N: every N-th case from the K-th on")
    given = parser.parse_args(arguments)
    part = part_of(given.part)
    from mpi4py import MPI

    comm = MPI.COMM_WORLD
    try:
        return work(StudyFolder(given.folder), comm, part)
    except CommandError as error:
        if comm.rank == 0:
            print(f"solespine: {error}", file=sys.stderr)
        return error.exit_code


if __name__ == "__main__":
    sys.exit(main())
