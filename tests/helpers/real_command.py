# SPDX-License-Identifier: MIT
"""The real command in a process of its own, for tests that solve."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
BAREFOOT = ("--set", "insole.material=none")
BARE_OUTPUT = ("--set", "output.figures=false", "--set", "output.fields=false")
NO_MPI = {
    name: value
    for name, value in os.environ.items()
    if not name.startswith(("OMPI_COMM", "PMIX", "PMI_"))
}
# Nothing to mesh with and nothing to compile with: only what is cached can be used.
NO_TOOLS = """
import sys
import gmsh
def refuse(*_, **__):
    raise RuntimeError("meshing, though the mesh is cached")
gmsh.initialize = refuse
from scenarios.cli import main
sys.exit(main())
"""


def start(*arguments: object, tools: bool = True) -> subprocess.Popen[str]:
    """Start the command on one rank; without ``tools`` meshing or compiling makes it fail."""
    program = ["-m", "scenarios.cli"] if tools else ["-c", NO_TOOLS]
    nothing = {} if tools else {"CC": "/bin/false", "CXX": "/bin/false"}
    return subprocess.Popen(
        [sys.executable, *program, *map(str, arguments)],
        cwd=PROJECT,
        env={**NO_MPI, **nothing, "OMP_NUM_THREADS": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def run(*arguments: object, tools: bool = True, timeout: float = 1200) -> str:
    """Run the command on one rank to a good end and return what it printed."""
    process = start(*arguments, tools=tools)
    try:
        out, _ = process.communicate(timeout=timeout)
    finally:
        process.kill()
    assert process.returncode == 0, out
    return out
