# SPDX-License-Identifier: MIT
"""Ranks: which one this process is, and starting several with ``-n N``.

Started by `mpirun`, a process learns its rank from the environment, so that the
other ranks keep silent before MPI is imported. With ``-n N`` the command starts
itself under ``mpirun -n N`` with `mpi4py`'s runner, which ends all ranks when one
of them fails.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import FrameType

from scenarios.errors import Interrupted, ScenarioError

RANK_VARIABLES = ("OMPI_COMM_WORLD_RANK", "PMIX_RANK", "PMI_RANK", "MV2_COMM_WORLD_RANK")
SIZE_VARIABLES = ("OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "MV2_COMM_WORLD_SIZE")
MODULE = "scenarios.cli"
EXIT_CODE_FILE = "SOLESPINE_EXIT_CODE_FILE"
"""Where rank 0 leaves the exit code for `launch`; `mpirun` reports other codes at length."""
MAX_RANKS = 4096
LARGEST_OWN_CODE = 128
"""Exit codes above it say that a signal ended a process."""


def launched_rank() -> int | None:
    """The rank that a launcher gave this process, None without a launcher."""
    return _first_number(RANK_VARIABLES)


def launched_size() -> int | None:
    """The number of ranks that a launcher started, None when it is not known."""
    return _first_number(SIZE_VARIABLES)


def usable_cores() -> int:
    """Processor cores that this process may use, at least one."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return cores or 1


def is_speaker() -> bool:
    """Whether this process prints: rank 0, or the only one."""
    return launched_rank() in (None, 0)


def must_launch(ranks: int | None) -> bool:
    """Whether ``-n`` asks this process to start others.

    Raises:
        ScenarioError: a number that cannot be, or one that differs from what
            `mpirun` has already started.
    """
    if ranks is None:
        return False
    if not 1 <= ranks <= MAX_RANKS:
        raise ScenarioError("-n", "", f"got {ranks}", allowed=f"1 to {MAX_RANKS} ranks")
    if launched_rank() is None:
        return ranks > 1
    size = launched_size()
    if size is not None and size != ranks:
        raise ScenarioError(
            "-n", "", f"got {ranks}, mpirun has started {size}", allowed="one of the two"
        )
    return False


def launch(arguments: Sequence[str], ranks: int) -> int:
    """Run the command line again on several ranks and return its exit code.

    The first SIGINT or SIGTERM asks the ranks to end after the step at hand, the
    second ends them. They end with this process, however it ends.

    Raises:
        ScenarioError: there is no `mpirun`.
    """
    mpirun = shutil.which("mpirun")
    if mpirun is None:
        raise ScenarioError("-n", "", "there is no mpirun", allowed="-n 1, or install MPI")
    command = [mpirun, "-n", str(ranks), sys.executable, "-m", "mpi4py", "-m", MODULE]
    with tempfile.TemporaryDirectory(prefix="solespine-") as folder:
        code_file = Path(folder) / "exit_code"
        code = _run([*command, *arguments], {EXIT_CODE_FILE: str(code_file)})
        if code > LARGEST_OWN_CODE and code != Interrupted.exit_code:
            print(f"solespine: {_killed(code)}", file=sys.stderr)
        return int(code_file.read_text()) if code == 0 and code_file.is_file() else code


def _killed(code: int) -> str:
    """What is to be said when ranks ended by a signal, which they cannot say themselves."""
    how = f"ended with code {code}"
    if code == 128 + signal.SIGKILL:
        how = "killed: by hand, or because the machine ran out of memory"
    return (
        f"a rank was {how}; what was computed is kept, --resume goes on from the last accepted step"
    )


def exit_code_of_all(code: int) -> int:
    """What this rank returns when all ranks leave together with an exit code.

    Under `launch` rank 0 writes the code down and every rank returns 0.
    """
    file = os.environ.get(EXIT_CODE_FILE)
    if file is None or launched_rank() is None:
        return code
    if is_speaker():
        Path(file).write_text(str(code))
    return 0


def _run(command: Sequence[str], variables: Mapping[str, str]) -> int:
    """Run a command, handing signals on to it, and return its exit code."""
    threads = {"OMP_NUM_THREADS": os.environ.get("OMP_NUM_THREADS", "1")}
    child = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        env={**os.environ, **threads, **variables},
        start_new_session=True,  # the terminal's Ctrl-C comes here only, and is handed on once
        preexec_fn=end_with_parent,
    )
    asked = False

    def hand_on(number: int, frame: FrameType | None) -> None:
        nonlocal asked
        child.send_signal(signal.SIGTERM if asked else signal.SIGUSR1)
        asked = True

    before = {n: signal.signal(n, hand_on) for n in (signal.SIGINT, signal.SIGTERM)}
    try:
        code = child.wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if asked and code != 0:
        return Interrupted.exit_code
    return code if code >= 0 else 128 - code


def end_with_parent() -> None:
    """In a child: ask Linux to end it when this process is killed; elsewhere nothing."""
    if sys.platform == "linux":
        set_parent_death_signal = 1
        ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGTERM)


def _first_number(names: Sequence[str]) -> int | None:
    for name in names:
        text = os.environ.get(name, "")
        if text.isdigit():
            return int(text)
    return None
