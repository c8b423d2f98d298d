# SPDX-License-Identifier: MIT
"""What is done before a run on several ranks imports nothing that all ranks must import together.

The finite-element library starts MPI and PETSc; on a rank that prepares alone it waits for the
others for ever, or ends them all.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

PREPARE = """
import sys
from scenarios.cli import main

assert main(["check", sys.argv[1], "-n", "2", "-o", sys.argv[2]]) == 0
loaded = {name.partition(".")[0] for name in sys.modules}
print("imported:", *sorted(loaded & {"petsc4py", "mpi4py", "dolfinx", "slepc4py"}))
"""
"""The same reading, checks, digest and folder as before the ranks of a run are started."""


@pytest.mark.parametrize("name", ["heel_strike"])
def test_check_and_preparation_import_no_finite_element_library(name: str, tmp_path: Path) -> None:
    found = subprocess.run(
        [sys.executable, "-c", PREPARE, name, str(tmp_path / "result")],
        cwd=Path(__file__).parents[2],
        env={**os.environ, "SOLESPINE_CALIBRATIONS": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert found.returncode == 0, found.stderr
    assert found.stdout.splitlines()[-1].strip() == "imported:"
