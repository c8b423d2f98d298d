# SPDX-License-Identifier: MIT
"""A worker: takes cases of a study, one after another, and runs them in its own process.

    python -m scenarios.sweep.worker FOLDER [--part K/N]
    mpirun -n R python -m mpi4py -m scenarios.sweep.worker FOLDER ...

Imports, compiled forms, meshes and calibrations are shared by all cases that a worker takes. A
case is taken by the lock of its result folder; ``--part`` makes workers of machines that do not
share locks take different cases.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from scenarios.errors import CommandError, Interrupted, NotWritten, ScenarioError
from scenarios.folder import ResultFolder
from scenarios.sweep.cases import Case, LoadedStudy, scenario_of
from scenarios.sweep.store import Plan, StudyFolder
from scenarios.sweep.study import Study

if TYPE_CHECKING:
    from mpi4py import MPI

KEPT_OF_A_TABLE = ("fields", "checkpoint")
"""Removed of a finished case that keeps its tables."""
KEPT_OF_A_SUMMARY = ("summary.json", "manifest.json", "scenario.toml")
INTERRUPTED = Interrupted.exit_code


def work(folder: StudyFolder, comm: MPI.Intracomm, part: tuple[int, int] = (0, 1)) -> int:
    """Run cases until none is left for this worker; collective.

    Args:
        folder: of a prepared study.
        comm: ranks that run one case together.
        part: K and N: the K-th of N workers takes every N-th case only.

    Returns:
        0, or 130 when a signal asked to end.
    """
    plan = comm.bcast(folder.plan() if comm.rank == 0 else None)
    loaded = loaded_again(plan)
    for case in plan.distinct[part[0] :: part[1]]:
        claimed = comm.bcast(_claim(folder, case) if comm.rank == 0 else None)
        if not claimed:
            continue
        try:
            _run(folder, loaded, case, comm)
        except Interrupted:
            return INTERRUPTED
        finally:
            _leave(folder)
    return 0


def loaded_again(plan: Plan) -> LoadedStudy:
    """The study of a plan, which was validated when it was made."""
    return LoadedStudy(Study.model_validate(plan.study, strict=False), plan.where, Path(plan.base))


def _claim(folder: StudyFolder, case: Case) -> bool:
    """Whether this worker is to run a case; its number then stands in the worker's record."""
    if folder.status(case) != "waiting":
        return False
    record = _record(folder)
    record.parent.mkdir(exist_ok=True)
    record.write_text(case.digest, encoding="ascii")
    return True


def _leave(folder: StudyFolder) -> None:
    from scenarios.launch import is_speaker

    if is_speaker():
        _record(folder).unlink(missing_ok=True)


def _record(folder: StudyFolder) -> Path:
    name = os.environ.get("SOLESPINE_WORKER", str(os.getpid()))
    return folder.path / "workers" / name


def _run(folder: StudyFolder, loaded: LoadedStudy, case: Case, comm: MPI.Intracomm) -> None:
    """Run one case; what it fails of is noted and the next case may follow.

    Raises:
        Interrupted: a signal asked to end.
    """
    from scenarios.agreement import agree
    from scenarios.run import run_scenario

    result = ResultFolder(folder.case_path(case), writer=comm.rank == 0)
    scenario = scenario_of(loaded, case.values, f"case {case.number}")

    def claim() -> str:
        return result.claim("resume", case.digest)

    try:
        if agree(comm, claim) == "finished":
            return
        run_scenario(scenario, result, comm, resume=True)
        if comm.rank == 0:
            _tidy(folder.case_path(case), loaded.study.run.keep)
    except (Interrupted, NotWritten):
        raise
    except ScenarioError as error:
        if "is being written by another run" not in error.problem and comm.rank == 0:
            folder.note_failure(case, str(error), final=True)
    except CommandError as error:
        if comm.rank == 0:
            folder.note_failure(case, str(error), final=True)
    except Exception as error:
        if comm.size > 1:
            raise  # other ranks may wait: the whole worker ends and its driver notes the case
        folder.note_failure(case, f"{type(error).__name__}: {error}", final=True)
        traceback.print_exc()
    finally:
        result.release()


def _tidy(path: Path, keep: str) -> None:
    """Remove what a finished case is not to keep."""
    if keep == "all":
        return
    for entry in path.iterdir():
        gone = entry.name in KEPT_OF_A_TABLE
        if keep == "summary":
            gone = entry.name not in KEPT_OF_A_SUMMARY and not entry.name.startswith(".")
        if gone:
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink(missing_ok=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Entry of the worker's process."""
    parser = argparse.ArgumentParser(prog="scenarios.sweep.worker")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--part", default="0/1", help="K/N: every N-th case from the K-th on")
    given = parser.parse_args(arguments)
    first, _, count = given.part.partition("/")
    from mpi4py import MPI

    comm = MPI.COMM_WORLD
    try:
        return work(StudyFolder(given.folder), comm, (int(first), int(count)))
    except CommandError as error:
        if comm.rank == 0:
            print(f"solespine: {error}", file=sys.stderr)
        return error.exit_code


if __name__ == "__main__":
    sys.exit(main())
