# SPDX-License-Identifier: MIT
"""The command ``optimise``: a search for the best designs of one scenario."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from scenarios.cli.parser import Arguments
from scenarios.cli.sweep import check_counts, display, folder_of, name_of
from scenarios.errors import NotConverged, ScenarioError

if TYPE_CHECKING:
    from scenarios.optimise.load import LoadedSearch
    from scenarios.optimise.store import SearchFolder, SearchPlan

MOST_SAID = 20
"""Designs of the front and failed trials that are named; the files have all."""


def optimise(arguments: Arguments) -> int:
    """Run a search, submit it, say how it stands, or cancel its jobs."""
    check_counts(arguments)
    if arguments.status or arguments.cancel:
        return _of_begun(arguments)
    from scenarios.optimise.load import load_search
    from scenarios.optimise.store import SearchFolder
    from scenarios.sweep import slurm

    search = load_search(arguments.study)
    if arguments.on == "slurm" and not arguments.print_sbatch:
        slurm.check_cluster(search.study.slurm.partition, search.where)
    folder = SearchFolder(folder_of(arguments, search.study.name))
    if slurm.queue(folder):
        raise ScenarioError(
            str(folder.path), "", "jobs run it", allowed="--status, or --cancel first"
        )
    plan, dropped = folder.begin(search, resume=arguments.resume, extend=arguments.extend)
    try:
        if dropped:
            print(f"the journal was damaged: {dropped} lines dropped, their trials are run again")
        if arguments.on == "slurm" or arguments.print_sbatch:
            return _submit(arguments, search, folder, plan)
        return _run(arguments, search, folder, plan)
    finally:
        folder.release()


def _run(arguments: Arguments, search: LoadedSearch, folder: SearchFolder, plan: SearchPlan) -> int:
    from scenarios.optimise.worker import MODULE
    from scenarios.sweep.local import default_workers, log_path, run_local

    options = search.study.run
    ranks = arguments.ranks or options.ranks
    workers = arguments.workers or options.workers or default_workers(ranks)
    shown = display(arguments.quiet)
    try:
        code = run_local(folder, plan, workers=workers, ranks=ranks, show=shown, module=MODULE)
    finally:
        count = _written(search, folder, plan)
    log = log_path(folder)
    if log.is_file() and log.stat().st_size:
        print(f"messages of the workers: {log}")
    return code or (NotConverged.exit_code if count["failed"] else 0)


def _submit(
    arguments: Arguments, search: LoadedSearch, folder: SearchFolder, plan: SearchPlan
) -> int:
    from scenarios.optimise.worker import MODULE
    from scenarios.sweep import slurm

    left = sum(status == "waiting" for _, status in folder.statuses(plan))
    jobs = max(1, min(arguments.workers or search.study.slurm.workers, left))
    text = slurm.array_script(folder, search.study, MODULE, ranks=arguments.ranks, jobs=jobs)
    script = slurm.write_script(folder, text)
    if arguments.print_sbatch:
        print(text, end="")
        return 0
    if not left:
        return NotConverged.exit_code if _written(search, folder, plan)["failed"] else 0
    print(f"job {slurm.submit(folder, script)} of {script}")
    print(f"solespine optimise {arguments.study} --status says how it stands")
    return 0


def _of_begun(arguments: Arguments) -> int:
    """Say how a search stands that was begun, after its jobs were cancelled if that is asked."""
    from scenarios.optimise.store import SearchFolder
    from scenarios.sweep import slurm

    folder = SearchFolder(folder_of(arguments, name_of(arguments.study)))
    plan = folder.plan()
    if arguments.cancel:
        print(f"jobs: {slurm.cancel(folder)} cancelled; --resume goes on")
        return 0
    _written(plan.loaded(as_it_was=False), folder, plan)
    if folder.is_driven():
        print("a command runs it")
    for job in slurm.queue(folder):
        print(f"job {job.name}: {job.state.lower()} {job.reason}")
    return 0


def _written(search: LoadedSearch, folder: SearchFolder, plan: SearchPlan) -> Counter[str]:
    """Write table, front and page as the search stands, and say it; numbers by status."""
    from scenarios.optimise.front import CSV, DESIGNS, design_name, front_of, write_front
    from scenarios.optimise.page import NAME, write_page
    from scenarios.optimise.table import write_table

    records = folder.trials(plan)
    front = front_of(search.study.goals, records)
    write_table(folder, plan, records, front)
    write_front(folder.path, search, front)
    write_page(folder, plan, records, front)
    count: Counter[str] = Counter(status for _, status in folder.statuses(plan))
    for status, number in count.items():
        print(f"{number:6d} {status}")
    failed = [record for record in records if record.status == "failed"]
    for record in failed[:MOST_SAID]:
        print(f"trial {record.number}: {record.reason}")
    for record in front.trials[:MOST_SAID]:
        values = zip(front.goals, record.goals, strict=True)
        said = ", ".join(f"{goal.key} {value:.4g}" for goal, value in values)
        knee = " (knee)" if record.number == front.knee else ""
        print(f"front: {DESIGNS}/{design_name(record)}.toml{knee}: {said}")
    if len(front.trials) > MOST_SAID:
        print(f"... and {len(front.trials) - MOST_SAID} more in {CSV}")
    print(f"page: {folder.path / NAME}")
    return count
