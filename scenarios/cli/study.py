# SPDX-License-Identifier: MIT
"""The commands that take a scenario: run, mesh, check."""

from __future__ import annotations

import sys
import time
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from scenarios.check import check_scenario
from scenarios.cli.parser import Arguments
from scenarios.cli.results import key_figures
from scenarios.cost import estimate
from scenarios.errors import CommandError, NotWritten
from scenarios.folder import Mode, ResultFolder, State, check_folder
from scenarios.identity import scenario_hash
from scenarios.launch import is_speaker, launch, launched_rank, must_launch, usable_cores
from scenarios.loading import Loaded, load_scenario
from scenarios.schema import Scenario
from scenarios.source import user_path
from scenarios.subject_scan import scan_lines, subject_scan
from scenarios.summary import Summary
from scenarios.wear import wear_words

if TYPE_CHECKING:
    from mpi4py import MPI

LEAVE_TOGETHER_S = 20.0
T = TypeVar("T")


def check(arguments: Arguments) -> int:
    """Validate a scenario and say what a run would do; nothing is written."""
    if not is_speaker():
        return 0
    loaded = _load(arguments)
    warnings = check_scenario(loaded)
    folder = _folder_path(arguments, loaded)
    if arguments.output or arguments.resume or arguments.overwrite:
        check_folder(folder, _mode(arguments), scenario_hash(loaded.scenario))
    scenario = loaded.scenario
    print(f"{loaded.where}: {scenario.analysis}, {scenario.resolution}, {_insole_text(loaded)}")
    for line in _scan_text(loaded):
        print(line)
    print(f"cost: {estimate(scenario, arguments.ranks or 1)}")
    for warning in warnings:
        print(f"warning: {warning}")
    return 0


def run(arguments: Arguments) -> int:
    """Simulate a scenario, or print the job that would."""
    if arguments.print_sbatch:
        return _print_sbatch(arguments)
    return _study(arguments, "run")


def _print_sbatch(arguments: Arguments) -> int:
    from scenarios.sweep.slurm import run_script

    must_launch(arguments.ranks)
    loaded = _load(arguments)
    check_scenario(loaded)
    given = [word for word in arguments.argv if word != "--print-sbatch"]
    if not (arguments.resume or arguments.overwrite):
        given.append("--resume")  # a job that is submitted again goes on
    print(run_script(loaded.scenario.name, given, arguments.ranks or 1), end="")
    return 0


def mesh(arguments: Arguments) -> int:
    """Make meshes and pictures only."""
    return _study(arguments, "mesh")


def _study(arguments: Arguments, command: str) -> int:
    if must_launch(arguments.ranks):
        loaded = _load(arguments)
        check_scenario(loaded)
        digest = scenario_hash(loaded.scenario, command=command)
        check_folder(_folder_path(arguments, loaded, command), _mode(arguments), digest)
        return launch(arguments.argv, arguments.ranks or 1)

    claimed: list[ResultFolder] = []

    def prepare() -> tuple[Loaded, tuple[str, ...], State]:
        loaded = _load(arguments)
        warnings = check_scenario(loaded)
        folder = ResultFolder(_folder_path(arguments, loaded, command))
        state = folder.claim(_mode(arguments), scenario_hash(loaded.scenario, command=command))
        claimed.append(folder)
        return loaded, warnings, state

    try:
        if launched_rank() is None:
            loaded, warnings, state = prepare()  # before MPI is started: refused at once
            from mpi4py import MPI

            comm = MPI.COMM_WORLD
        else:
            from mpi4py import MPI

            from scenarios.agreement import agree

            comm = MPI.COMM_WORLD
            loaded, warnings, state = agree(comm, prepare)
        path = _folder_path(arguments, loaded, command)
        folder = claimed[0] if claimed else ResultFolder(path, writer=False)
        if state == "finished":
            if comm.rank == 0:
                print(f"{path}: finished before, nothing to do")
            return 0
        _say_before(arguments, loaded, warnings, comm, command)
        summary = _together(comm, lambda: _simulate(arguments, loaded, folder, comm, command))
        if comm.rank == 0:
            said = () if arguments.quiet else warnings
            _say_after(folder, summary, [w for w in summary.warnings if w not in said])
        return 0
    finally:
        for folder in claimed:
            folder.release()


def _simulate(
    arguments: Arguments, loaded: Loaded, folder: ResultFolder, comm: MPI.Intracomm, command: str
) -> Summary:
    from scenarios.progress import make_progress
    from scenarios.run import run_scenario

    progress = make_progress(shown=comm.rank == 0, quiet=arguments.quiet)
    return run_scenario(
        loaded.scenario,
        folder,
        comm,
        resume=arguments.resume,
        progress=progress,
        command=command,
    )


def _say_after(folder: ResultFolder, summary: Summary, warnings: Sequence[str]) -> None:
    for line in key_figures(summary):
        print(line)
    for warning in warnings:
        print(f"warning: {warning}")
    report = folder.path / "report.html"
    print(f"results: {report if report.is_file() else folder.path}")


def _together(comm: MPI.Intracomm, work: Callable[[], T]) -> T:
    """Do work on every rank; a rank that fails ends all.

    A `CommandError` is raised by all ranks together, so its exit code is the
    command's. Where it is not, as with a file that cannot be written, or where
    anything else is raised, the other ranks would wait for ever: they are aborted.
    """
    if comm.size == 1:
        return work()
    leaving = comm.Dup()
    try:
        return work()
    except CommandError as error:
        barrier = leaving.Ibarrier()
        alone = isinstance(error, NotWritten)
        until = time.monotonic() + (0.0 if alone else LEAVE_TOGETHER_S)
        while not barrier.Test():
            if time.monotonic() > until:
                place = "" if alone else f"rank {comm.rank}: "
                print(f"solespine: {place}{error}", file=sys.stderr, flush=True)
                comm.Abort(error.exit_code)
            time.sleep(0.01)
        raise
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
        comm.Abort(1)
        raise


def _load(arguments: Arguments) -> Loaded:
    return load_scenario(
        arguments.scenario, settings=arguments.settings, resolution=arguments.resolution
    )


def _mode(arguments: Arguments) -> Mode:
    if arguments.overwrite:
        return "overwrite"
    return "resume" if arguments.resume else "new"


def _folder_path(arguments: Arguments, loaded: Loaded, command: str = "run") -> Path:
    if arguments.output:
        return user_path(arguments.output)
    name = loaded.scenario.name + ("_mesh" if command == "mesh" else "")
    return Path("results") / name


def _say_before(
    arguments: Arguments,
    loaded: Loaded,
    warnings: tuple[str, ...],
    comm: MPI.Intracomm,
    command: str,
) -> None:
    if comm.rank != 0 or arguments.quiet:
        return
    scenario = loaded.scenario
    print(
        f"{scenario.name}: {scenario.analysis}, {scenario.resolution}, {_insole_text(loaded)}",
        file=sys.stderr,
    )
    for line in _scan_text(loaded):
        print(line, file=sys.stderr)
    if command == "run":
        _say_cost(scenario, comm.size)
    for warning in warnings:
        print(f"warning: {warning}", file=sys.stderr)
    sys.stderr.flush()


def _scan_text(loaded: Loaded) -> tuple[str, ...]:
    scan = subject_scan(loaded.scenario.subject)
    return () if scan is None else scan_lines(scan)


def _insole_text(loaded: Loaded) -> str:
    insole = loaded.scenario.insole
    if insole.is_barefoot:
        return "barefoot"
    return f"{insole.made_of}{wear_words(insole)}"


def _say_cost(scenario: Scenario, ranks: int) -> None:
    print(f"cost: {estimate(scenario, ranks)}", file=sys.stderr)
    cores = usable_cores()
    if ranks == 1 and cores > 1:
        print(f"hint: this machine has {cores} cores; -n {cores} uses them", file=sys.stderr)
