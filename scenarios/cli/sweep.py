# SPDX-License-Identifier: MIT
"""The command ``sweep``: many cases of one scenario, into one table."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from scenarios.cli.parser import Arguments
from scenarios.errors import ScenarioError
from scenarios.source import user_path

if TYPE_CHECKING:
    from scenarios.sweep.store import Plan, Status, StudyFolder


def sweep(arguments: Arguments) -> int:
    """Run a study, or say how it stands."""
    from scenarios.sweep.cases import load_study
    from scenarios.sweep.local import default_workers, log_path, run_local
    from scenarios.sweep.store import StudyFolder
    from scenarios.sweep.table import write_table

    for flag, number in (("--workers", arguments.workers), ("-n", arguments.ranks)):
        if number is not None and not 1 <= number <= 1024:
            raise ScenarioError(flag, "", f"got {number}", allowed="1 to 1024")
    if arguments.status:
        folder = StudyFolder(_folder_of(arguments, Path(arguments.study).stem))
        plan = folder.plan()
        write_table(folder, plan)
        _say(folder, plan)
        return 0
    loaded = load_study(arguments.study, arguments.limit)
    study = loaded.study
    folder = StudyFolder(_folder_of(arguments, study.name))
    plan = folder.prepare(loaded, resume=arguments.resume, extend=arguments.extend)
    if arguments.retry:
        folder.forget_failures()
    ranks = arguments.ranks or study.run.ranks
    workers = arguments.workers or study.run.workers or default_workers(ranks)
    shown = _display(arguments.quiet)
    code = run_local(folder, plan, workers=workers, ranks=ranks, show=shown)
    write_table(folder, plan)
    _say(folder, plan)
    if log_path(folder).stat().st_size:
        print(f"messages of the workers: {log_path(folder)}")
    return code


def _folder_of(arguments: Arguments, name: str) -> Path:
    return user_path(arguments.output) if arguments.output else Path("results") / name


def _display(quiet: bool) -> Callable[[Mapping[Status, int], int], None]:
    """One line whenever a number changes, with the time that is left by the cases so far."""
    started, last = time.monotonic(), ""
    before: int | None = None

    def show(count: Mapping[Status, int], workers: int) -> None:
        nonlocal last, before
        done = count.get("finished", 0) + count.get("failed", 0)
        before = done if before is None else before
        text = ", ".join(f"{number} {status}" for status, number in sorted(count.items()) if number)
        if quiet or text == last:
            return
        last = text
        left = count.get("waiting", 0) + count.get("running", 0)
        new, seconds = done - before, time.monotonic() - started
        rest = f"; about {_time(seconds / new * left)} left" if new and left else ""
        print(f"{_time(seconds)}  {text}{rest}", file=sys.stderr, flush=True)

    return show


def _say(folder: StudyFolder, plan: Plan) -> None:
    from scenarios.sweep.store import STATUSES
    from scenarios.sweep.table import NAME

    found = list(folder.statuses(plan))
    for status in STATUSES:
        number = sum(1 for _, one in found if one == status)
        if number:
            print(f"{number:6d} {status}")
    for case, status in found:
        if status in ("failed", "refused"):
            failure = folder.failure(case) if status == "failed" else None
            print(f"case {case.number}: {failure.reason if failure else case.refusal}")
    print(f"table: {folder.path / NAME}")


def _time(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"
