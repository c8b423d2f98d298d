"""env/run as seen from inside: what it promises about the command it runs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
RUN = PROJECT / "env" / "run"
inside = pytest.mark.skipif(
    os.environ.get("SOLESPINE_INSIDE") != str(PROJECT), reason="not started by env/run"
)


def test_without_command_it_explains_itself():
    done = subprocess.run([str(RUN)], capture_output=True, text=True)
    assert done.returncode == 2
    assert "env/run COMMAND" in done.stdout


@inside
def test_exit_code_input_and_folder_pass_through(tmp_path):
    command = [str(RUN), "bash", "-c", "cat; pwd; exit 7"]
    done = subprocess.run(command, input="hello\n", capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 7
    assert done.stdout.splitlines() == ["hello", str(tmp_path)]


@inside
def test_python_is_the_projects_own():
    assert Path(sys.prefix).name.startswith(".venv")
    assert Path(sys.prefix).parent == PROJECT


@pytest.mark.mpi
def test_more_ranks_than_cores_start_at_the_same_time(mpirun):
    done = mpirun(3, "-c", "from mpi4py import MPI; print(MPI.COMM_WORLD.allreduce(1))")
    # Lines of different ranks may run into each other.
    assert "".join(done.stdout.split()) == "333"


def test_pictures_without_a_screen(tmp_path):
    """In a process of its own, as a missing driver ends the process."""
    code = (
        "import pyvista; plotter = pyvista.Plotter(off_screen=True)\n"
        "plotter.add_mesh(pyvista.Sphere()); plotter.screenshot('a.png')"
    )
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=True, timeout=120)
    assert (tmp_path / "a.png").stat().st_size > 2000


def test_linear_algebra_is_optimised_and_real():
    """PETSc, and so MUMPS, uses OpenBLAS or another tuned BLAS, and real numbers."""
    from petsc4py import PETSc

    assert PETSc.ScalarType().dtype.kind == "f"
    maps = Path("/proc/self/maps")
    if maps.exists():
        names = {line.split()[-1] for line in maps.read_text().splitlines() if ".so" in line}
        assert any(word in name for name in names for word in ("openblas", "mkl", "blis", "armpl"))
