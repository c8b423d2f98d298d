# SPDX-License-Identifier: MIT
"""The command ``sweep``: many cases of one scenario, into one table."""

from __future__ import annotations

import math
import sys
import time
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from scenarios.cli.parser import Arguments
from scenarios.errors import NotConverged, ScenarioError
from scenarios.source import user_path

if TYPE_CHECKING:
    from scenarios.sweep.cases import LoadedStudy
    from scenarios.sweep.store import Plan, Status, StudyFolder

MOST_SAID = 20
"""Failed and refused cases that are named; the table has all."""
EVERY_S = 2.0
"""Between two lines of the progress display."""


def sweep(arguments: Arguments) -> int:
    """Run a study, submit it, say how it stands, or cancel its jobs."""
    check_counts(arguments)
    if arguments.limit is not None and arguments.limit < 1:
        raise ScenarioError("--limit", "", f"got {arguments.limit}", allowed="1 or more cases")
    if arguments.status or arguments.cancel:
        return _of_begun(arguments)
    if arguments.effects:
        return _effects(arguments)
    from scenarios.sweep import slurm
    from scenarios.sweep.cases import load_study
    from scenarios.sweep.store import StudyFolder

    loaded = load_study(arguments.study, arguments.limit)
    if arguments.on == "slurm" and not arguments.print_sbatch:
        slurm.check_cluster(loaded.study.slurm.partition, loaded.where)
    folder = StudyFolder(folder_of(arguments, loaded.study.name))
    jobs = slurm.queue(folder)
    if jobs:
        raise ScenarioError(
            str(folder.path), "", "jobs run it", allowed="--status, or --cancel first"
        )
    plan = folder.prepare(loaded, resume=arguments.resume, extend=arguments.extend)
    try:
        if arguments.retry:
            folder.forget_failures()
        if arguments.on == "slurm" or arguments.print_sbatch:
            return _submit(arguments, loaded, folder, plan)
        return _run(arguments, loaded, folder, plan)
    finally:
        folder.release()


def check_counts(arguments: Arguments) -> None:
    """Refuse numbers of workers and ranks that cannot be.

    Raises:
        ScenarioError: naming the flag.
    """
    for flag, number in (("--workers", arguments.workers), ("-n", arguments.ranks)):
        if number is not None and not 1 <= number <= 1024:
            raise ScenarioError(flag, "", f"got {number}", allowed="1 to 1024")


def _run(arguments: Arguments, loaded: LoadedStudy, folder: StudyFolder, plan: Plan) -> int:
    from scenarios.sweep.local import default_workers, log_path, run_local
    from scenarios.sweep.table import write_table

    options = loaded.study.run
    ranks = arguments.ranks or options.ranks
    workers = arguments.workers or options.workers or default_workers(ranks)
    shown = display(arguments.quiet)
    try:
        code = run_local(folder, plan, workers=workers, ranks=ranks, show=shown)
    finally:
        write_table(folder, plan)
    count = _say(folder, plan)
    log = log_path(folder)
    if log.is_file() and log.stat().st_size:
        print(f"messages of the workers: {log}")
    return code or (NotConverged.exit_code if count.get("failed") else 0)


def _submit(arguments: Arguments, loaded: LoadedStudy, folder: StudyFolder, plan: Plan) -> int:
    from scenarios.sweep import slurm
    from scenarios.sweep.table import write_table

    ranks, workers = arguments.ranks, arguments.workers
    text = slurm.job_script(folder, plan, loaded.study, ranks=ranks, workers=workers)
    script = slurm.write_script(folder, text)
    if arguments.print_sbatch:
        print(text, end="")
        return 0
    if all(status != "waiting" for _, status in folder.statuses(plan)):
        write_table(folder, plan)
        return NotConverged.exit_code if _say(folder, plan).get("failed") else 0
    print(f"job {slurm.submit(folder, script)} of {script}")
    print(f"solespine sweep {arguments.study} --status says how it stands")
    return 0


def _of_begun(arguments: Arguments) -> int:
    """Say how a study stands that was begun, after its jobs were cancelled if that is asked."""
    from scenarios.sweep import slurm
    from scenarios.sweep.store import StudyFolder
    from scenarios.sweep.table import write_table

    folder = StudyFolder(folder_of(arguments, name_of(arguments.study)))
    plan = folder.plan()
    if arguments.cancel:
        print(f"jobs: {slurm.cancel(folder)} cancelled; --resume goes on")
        return 0
    write_table(folder, plan)
    _say(folder, plan)
    if folder.is_driven():
        print("a command runs it")
    for job in slurm.queue(folder):
        print(f"job {job.name}: {job.state.lower()} {job.reason}")
    return 0


def _effects(arguments: Arguments) -> int:
    """Print what candidates and factors of a study do; the files have all of it."""
    from scenarios.uncertainty.effects import read_effects
    from scenarios.uncertainty.files import write_effects
    from scenarios.uncertainty.wording import effects_text

    effects = read_effects(folder_of(arguments, name_of(arguments.study)))
    print(effects_text(effects))
    for path in write_effects(effects):
        print(f"file: {path}")
    return 0


def name_of(study: str) -> str:
    """Name of a study whose file may have been changed or broken since it was begun."""
    path = user_path(study)
    try:
        name = tomllib.loads(path.read_text(encoding="utf-8")).get("name")
    except (OSError, ValueError):
        name = None
    return name if isinstance(name, str) else path.stem


def folder_of(arguments: Arguments, name: str) -> Path:
    """The folder of a study of that name."""
    if arguments.output:
        return user_path(arguments.output)
    given = user_path(arguments.study)
    return given if (given / "plan.json").is_file() else Path("results") / name


def display(quiet: bool) -> Callable[[Mapping[Status, int], int], None]:
    """One line whenever a number changes, with the time that is left by the cases so far."""
    started, last, said = time.monotonic(), "", -math.inf
    before: int | None = None

    def show(count: Mapping[Status, int], workers: int) -> None:
        nonlocal last, said, before
        done = sum(count.get(status, 0) for status in ("finished", "failed", "pruned"))
        before = done if before is None else before
        text = ", ".join(f"{number} {status}" for status, number in sorted(count.items()) if number)
        now = time.monotonic()
        # A study of days is not to fill the screen; its end is always said.
        if quiet or text == last or (workers and now - said < EVERY_S):
            return
        last, said = text, now
        left = count.get("waiting", 0) + count.get("running", 0)
        new, seconds = done - before, time.monotonic() - started
        rest = f"; about {_time(seconds / new * left)} left" if new and left else ""
        print(f"{_time(seconds)}  {text}{rest}", file=sys.stderr, flush=True)

    return show


def _say(folder: StudyFolder, plan: Plan) -> dict[Status, int]:
    from scenarios.sweep.store import STATUSES
    from scenarios.sweep.table import NAME

    found = list(folder.statuses(plan))
    count = {one: sum(1 for _, status in found if status == one) for one in STATUSES}
    for status, number in count.items():
        if number:
            print(f"{number:6d} {status}")
    unhappy = [(case, status) for case, status in found if status in ("failed", "refused")]
    for case, status in unhappy[:MOST_SAID]:
        failure = folder.failure(case) if status == "failed" else None
        print(f"case {case.number}: {failure.reason if failure else case.refusal}")
    if len(unhappy) > MOST_SAID:
        print(f"... and {len(unhappy) - MOST_SAID} more, in the table")
    print(f"table: {folder.path / NAME}")
    return count


def _time(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"
