# SPDX-License-Identifier: MIT
"""A worker of a search: asks for a design, runs it, tells how it ended, and asks again.

    python -m scenarios.optimise.worker FOLDER
    mpirun -n R python -m mpi4py -m scenarios.optimise.worker FOLDER

Any number of workers share one folder, on one machine or on many that see it.
"""

from __future__ import annotations

import argparse
import os
import socket
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from scenarios.agreement import agree
from scenarios.errors import CommandError, Interrupted
from scenarios.optimise.load import LoadedSearch
from scenarios.optimise.store import Pruned, SearchFolder
from scenarios.progress import SilentProgress
from scenarios.reuse import Reuse
from scenarios.signals import interruptible
from scenarios.sweep.cases import Case, scenario_of
from scenarios.sweep.worker import INTERRUPTED, run_case, tidy

if TYPE_CHECKING:
    from mpi4py import MPI

    from scenarios.optimise.desk import Desk

MODULE = "scenarios.optimise.worker"
OF_SLURM = "slurm-"


class Stopped(Interrupted):
    """A run was ended because its design cannot be one of the best any more.

    Args:
        pruned: why.
    """

    def __init__(self, pruned: Pruned) -> None:
        self.pruned = pruned
        super().__init__(pruned)

    def __str__(self) -> str:
        """The one line that is shown."""
        return f"pruned at {self.pruned.percent:g} % of stance: {self.pruned.reason}"


class Watch(SilentProgress):
    """Looks at a run after each instant and ends it where it is hopeless; collective.

    Args:
        comm: ranks of the run.
        judge: asked on rank 0, with the instant in per cent of stance.
        last: the last instant, after which nothing is saved any more.
    """

    def __init__(
        self, comm: MPI.Intracomm, judge: Callable[[float], Pruned | None], last: float
    ) -> None:
        self._comm = comm
        self._judge = judge
        self._last = last

    def instant(self, done: float, note: str) -> None:
        """Look at what the run has written.

        Raises:
            Stopped: on every rank.
        """
        if done >= self._last:
            return
        pruned = agree(self._comm, lambda: self._judge(done))
        if pruned is not None:
            raise Stopped(pruned)


def work(folder: SearchFolder, comm: MPI.Intracomm) -> int:
    """Run designs until none is left to ask for; collective.

    Args:
        folder: of a search that was begun.
        comm: ranks that run one design together.

    Returns:
        0, or 130 when a signal asked to end.

    Raises:
        ScenarioError: no search, or its base cannot be read any more.
        NotWritten: no room for results.
    """
    plan = agree(comm, folder.plan)
    search = agree(comm, plan.loaded)
    reuse = Reuse(search.study.run.reuse)
    signs = folder.sign_on(_name()) if comm.rank == 0 else None
    try:
        desk = _desk(folder, search) if comm.rank == 0 else None
        with interruptible() as asked:
            while True:
                if comm.allreduce(int(asked.is_set)):
                    return INTERRUPTED
                case = agree(comm, lambda: desk.next() if desk else None)
                if case is None:
                    return 0
                if not _run(folder, search, case, desk, comm, reuse):
                    return INTERRUPTED
                agree(comm, lambda: desk.settle() if desk else None)
    finally:
        if signs is not None:
            signs.sign_off()


def _run(
    folder: SearchFolder,
    search: LoadedSearch,
    case: Case,
    desk: Desk | None,
    comm: MPI.Intracomm,
    reuse: Reuse,
) -> bool:
    """Run one design; False where a signal asked to end."""

    def judge(percent: float) -> Pruned | None:
        pruned = desk.hopeless(case, percent) if desk else None
        if pruned is not None:
            # While the case is still locked: nobody else takes it for one that waits.
            folder.note_pruned(case, pruned)
        return pruned

    progress = Watch(comm, judge, _last_instant(search, case))
    try:
        run_case(folder, search.loaded, case, comm, progress, reuse)
    except Stopped:
        reuse.forget()  # of a run that was left on its way
        if comm.rank == 0:
            tidy(folder.case_path(case), search.study.run.keep)
    except Interrupted:
        return False
    return True


def _last_instant(search: LoadedSearch, case: Case) -> float:
    """Before which a run may be ended; at once where it has but one instant, or none is certain."""
    scenario = scenario_of(search.loaded, case.values, f"trial {case.number}")
    of_stance = scenario.analysis == "stance" and search.study.search.pruning != "none"
    return float(max(scenario.output.instants)) if of_stance else -1.0


def _desk(folder: SearchFolder, search: LoadedSearch) -> Desk:
    from scenarios.optimise.desk import Desk

    return Desk(folder, search, _name(), shared=_name().startswith(OF_SLURM))


def _name() -> str:
    """Of this worker, as whoever started it names it."""
    return os.environ.get("SOLESPINE_WORKER", f"{socket.gethostname()}-{os.getpid()}")


def main(arguments: Sequence[str] | None = None) -> int:
    """Entry of the worker's process."""
    parser = argparse.ArgumentParser(prog=MODULE)
    parser.add_argument("folder", type=Path)
    given = parser.parse_args(arguments)
    from mpi4py import MPI

    comm = MPI.COMM_WORLD
    try:
        return work(SearchFolder(given.folder), comm)
    except CommandError as error:
        if comm.rank == 0:
            print(f"solespine: {error}", file=sys.stderr)
        return error.exit_code


if __name__ == "__main__":
    sys.exit(main())
