# SPDX-License-Identifier: MIT
"""What a process takes: time and memory, as the system counts them."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ONE_THREAD = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "CCX_NPROC_STIFFNESS": "1",
    "CCX_NPROC_EQUATION_SOLVER": "1",
    "CCX_NPROC_RESULTS": "1",
}


@dataclass(frozen=True, slots=True)
class Cost:
    """Wall and processor time (s) and the largest resident memory (MB) of a process."""

    wall_s: float
    cpu_s: float
    memory_mb: float


def measured(command: Sequence[str], folder: Path, log: Path, limit_s: float) -> tuple[Cost, int]:
    """Run a command on one thread and return its cost and exit code.

    Raises:
        TimeoutError: It took longer than the limit and was ended.
    """
    begun = time.monotonic()
    with log.open("wb") as out:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env={**os.environ, **ONE_THREAD},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
        while True:
            found, status, usage = os.wait4(process.pid, os.WNOHANG)
            if found:
                break
            if time.monotonic() - begun > limit_s:
                process.kill()
                os.wait4(process.pid, 0)
                raise TimeoutError(f"{command[0]} took over {limit_s:.0f} s; see {log}")
            time.sleep(0.02)
    process.returncode = os.waitstatus_to_exitcode(status)
    cost = Cost(time.monotonic() - begun, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024.0)
    return cost, process.returncode
