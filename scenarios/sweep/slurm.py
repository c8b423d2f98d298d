# SPDX-License-Identifier: MIT
"""Run a study on a cluster: a job array of workers, one job script, three of Slurm's commands.

Each job of the array is a worker (`scenarios.sweep.worker`) that takes every N-th case, so that
nothing depends on locks that nodes share. Before its time limit a job is asked to end after its
step; ``--resume`` submits what is left.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from scenarios.errors import ScenarioError, listed, nearest, one_line
from scenarios.folder import write_atomically
from scenarios.sweep import local
from scenarios.sweep.store import Plan, StudyFolder
from scenarios.sweep.study import SlurmOptions, Study

JOBS = "jobs.json"
SCRIPT = "job.sh"
WARNING_S = 300
"""Before its time limit a job is asked to end after the step at hand."""
ASK_S = 60.0
"""That Slurm's commands may take to answer."""


@dataclass(frozen=True, slots=True)
class Job:
    """A job of the array that the queue still has.

    Attributes:
        name: number of array and job, such as ``17_3``.
        state: in Slurm's words, such as ``RUNNING``.
        reason: why it waits, or the node that it runs on.
    """

    name: str
    state: str
    reason: str


def job_script(
    folder: StudyFolder, plan: Plan, study: Study, *, ranks: int | None, workers: int | None
) -> str:
    """The job script of a study.

    Args:
        folder: of the study.
        plan: of the folder.
        study: for its table ``slurm``.
        ranks: of a case, in place of the study's.
        workers: jobs, in place of the study's.
    """
    jobs = max(1, min(workers or study.slurm.workers, len(plan.distinct)))
    shares = f'--part "$SLURM_ARRAY_TASK_ID/{jobs}"'
    return array_script(folder, study, local.MODULE, ranks=ranks, jobs=jobs, arguments=shares)


def array_script(
    folder: StudyFolder,
    study: Study,
    module: str,
    *,
    ranks: int | None,
    jobs: int,
    arguments: str = "",
) -> str:
    """The job script of an array of workers.

    Args:
        folder: of the study.
        study: for its table ``slurm``.
        module: what a worker runs.
        ranks: of a case, in place of the study's.
        jobs: of the array.
        arguments: of the worker after the folder, as the shell takes them.
    """
    options = study.slurm
    count = ranks or options.ranks or study.run.ranks
    path = folder.path.resolve()
    lines = {
        "job-name": f"solespine-{study.name}",
        "array": f"0-{jobs - 1}",
        "output": f"{path}/slurm-%A_%a.out",
        "open-mode": "append",
        "signal": f"B:USR1@{WARNING_S}",
    }
    text = f"{shlex.join([sys.executable, '-m', module, str(path)])} {arguments}".rstrip()
    if count > 1:
        start = options.mpirun.replace("{ranks}", str(count))
        text = text.replace(" -m ", " -m mpi4py -m ", 1)
        text = f"{start} {text}" if start else text
    named = 'export SOLESPINE_WORKER="slurm-${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID"'
    return _script(lines, options, count, [*options.setup, named], text)


def run_script(name: str, arguments: Sequence[str], ranks: int) -> str:
    """The job script of a single run.

    Args:
        name: of the scenario.
        arguments: of the command ``solespine``.
        ranks: that it starts.
    """
    lines = {
        "job-name": f"solespine-{name}",
        "output": "solespine-%j.out",
        "open-mode": "append",
        # The command hands it on to its ranks as a wish to end after the step.
        "signal": f"B:TERM@{WARNING_S}",
    }
    command = shlex.join([sys.executable, "-m", "scenarios.cli", *arguments])
    return _script(lines, SlurmOptions(), ranks, [], command)


def _script(
    lines: Mapping[str, str], options: SlurmOptions, ranks: int, before: Sequence[str], command: str
) -> str:
    given = {
        **lines,
        "ntasks": str(ranks),
        "cpus-per-task": "1",
        "partition": options.partition,
        "time": options.time,
        "mem-per-cpu": None if options.memory_mb is None else f"{options.memory_mb}M",
    }
    launcher = options.launcher if options.launcher is not None else _own_launcher()
    return "\n".join(
        [
            "#!/bin/bash",
            *(f"#SBATCH --{key}={value}" for key, value in given.items() if value is not None),
            *(f"#SBATCH {line}" for line in options.options),
            "export OMP_NUM_THREADS=1",
            *before,
            # In place of the shell, so that the signal before the time limit reaches it.
            f"exec {launcher} {command}".replace("exec  ", "exec "),
            "",
        ]
    )


def _own_launcher() -> str:
    """``env/run`` where this command itself was started by it."""
    inside = os.environ.get("SOLESPINE_INSIDE")
    return shlex.quote(f"{inside}/env/run") if inside else ""


def write_script(folder: StudyFolder, text: str) -> Path:
    """Keep the job script in the study's folder."""
    path = folder.path / SCRIPT
    write_atomically(path, text)
    return path


def check_cluster(partition: str | None, where: str) -> None:
    """Refuse before anything is written what Slurm would refuse.

    Raises:
        ScenarioError: there is no ``sbatch``, Slurm does not answer, or it has no such partition.
    """
    if shutil.which("sbatch") is None:
        raise ScenarioError(
            "--on",
            "",
            "there is no sbatch on this machine",
            allowed="local, or --print-sbatch, whose script a machine with Slurm takes",
        )
    names = _ask("sinfo", "--noheader", "--format=%R").split()
    if partition is not None and partition not in names:
        raise ScenarioError(
            where,
            "slurm.partition",
            f"no partition {partition!r}",
            allowed=listed(dict.fromkeys(names)),
            suggestion=nearest(partition, names),
        )


def submit(folder: StudyFolder, script: Path) -> str:
    """Submit the job array; its number is kept in the folder.

    Raises:
        ScenarioError: Slurm refuses it.
    """
    number = _ask("sbatch", "--parsable", str(script)).strip().partition(";")[0]
    kept = [*job_numbers(folder), number]
    write_atomically(folder.path / JOBS, json.dumps(kept) + "\n")
    return number


def job_numbers(folder: StudyFolder) -> tuple[str, ...]:
    """Numbers of all arrays that were submitted for a study."""
    try:
        found = json.loads((folder.path / JOBS).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return ()
    return tuple(str(number) for number in found)


def queue(folder: StudyFolder) -> tuple[Job, ...]:
    """Jobs of a study that wait or run; none where there is no Slurm."""
    numbers = job_numbers(folder)
    if not numbers or shutil.which("squeue") is None:
        return ()
    try:
        # Asked for a number that is long gone, squeue fails; it is asked for all of this user.
        text = _ask("squeue", "--noheader", "--array", "--me", "--format=%F|%i|%T|%R")
    except ScenarioError:
        return ()
    rows = [line.strip().split("|", 3) for line in text.splitlines() if line.count("|") >= 3]
    return tuple(Job(row[1], row[2], row[3]) for row in rows if row[0] in numbers)


def cancel(folder: StudyFolder) -> int:
    """End all jobs of a study; returns how many there were.

    Raises:
        ScenarioError: Slurm refuses.
    """
    jobs = queue(folder)
    if jobs:
        _ask("scancel", *dict.fromkeys(job.name.partition("_")[0] for job in jobs))
    return len(jobs)


def _ask(*command: str) -> str:
    """What one of Slurm's commands prints.

    Raises:
        ScenarioError: it is not there, fails, or does not answer.
    """
    try:
        result = subprocess.run(command, capture_output=True, text=True, timeout=ASK_S, check=False)
    except OSError as error:
        raise ScenarioError(command[0], "", f"cannot be started: {error.strerror}") from None
    except subprocess.TimeoutExpired:
        raise ScenarioError(command[0], "", f"does not answer in {ASK_S:g} s") from None
    if result.returncode != 0:
        said = one_line(result.stderr.strip().removeprefix(f"{command[0]}: "))
        raise ScenarioError(command[0], "", said or f"ended with code {result.returncode}")
    return result.stdout
