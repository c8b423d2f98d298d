"""What all tests share: the data folder, runs on several ranks, order among ranks."""

from __future__ import annotations

import gc
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.helpers.evidence import Evidence

PROJECT = Path(__file__).resolve().parents[1]
# Set by Open MPI, MPICH and srun. Asking MPI itself would start it in the main process of every
# test run, also of those that never need it.
LAUNCHERS = ("OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "SLURM_STEP_NUM_TASKS")
UNDER_MPI = any(int(os.environ.get(name, "1")) > 1 for name in LAUNCHERS)


def pytest_configure(config: pytest.Config) -> None:
    """Gives the session a store of calibrations of its own, before test modules copy the
    environment for the commands that they start; meshes and compiled forms are the user's."""
    folder = tempfile.mkdtemp(prefix="solespine-calibrations-")
    os.environ["SOLESPINE_CALIBRATIONS"] = folder
    config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))


def data_folder() -> Path | None:
    """The data folder: `$SOLESPINE_DATA`, else `shared/data` beside the checkout."""
    named = os.environ.get("SOLESPINE_DATA")
    folder = Path(named) if named else PROJECT.parent / "shared" / "data"
    return folder if folder.is_dir() else None


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """The data folder; tests that ask for it are skipped where there is none."""
    folder = data_folder()
    if folder is None:
        pytest.skip("skipped: data folder absent")
    return folder


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Marks tests by the fixtures that they use, so that `-m "not mpi"` needs no second list.

    Tests marked `validation` run for minutes each; they are left out unless `-m` names them.
    """
    if "validation" not in (config.option.markexpr or ""):
        long = [item for item in items if item.get_closest_marker("validation")]
        config.hook.pytest_deselected(items=long)
        items[:] = [item for item in items if item not in long]
    for item in items:
        names = getattr(item, "fixturenames", ())
        if "data_dir" in names:
            item.add_marker(pytest.mark.data)
        if "mpirun" in names:
            item.add_marker(pytest.mark.mpi)


@pytest.fixture
def evidence(request: pytest.FixtureRequest) -> Iterator[Evidence]:
    """Checks figures and keeps them for `docs/verification.md` (tests/helpers/evidence.py)."""
    found = Evidence(request.path.stem)
    yield found
    found.write()


@pytest.fixture(autouse=True)
def ranks_in_step() -> Iterator[None]:
    """Under MPI: frees collective objects on all ranks at the same place, waits for the slowest."""
    yield
    if UNDER_MPI:
        from mpi4py import MPI

        # Collecting at different times on different ranks destroys PETSc objects out of order.
        gc.collect()
        MPI.COMM_WORLD.Barrier()


@pytest.fixture
def rank_tmp_path(tmp_path: Path) -> Path:
    """A temporary folder that is the same on all ranks."""
    if not UNDER_MPI:
        return tmp_path
    from mpi4py import MPI

    return Path(MPI.COMM_WORLD.bcast(str(tmp_path), root=0))


MpiRun = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def mpirun() -> MpiRun:
    """Python with some arguments on n ranks: `mpirun(n, *args, timeout=300, check=True, cwd, env)`.

    `mpirun(2, "script.py", "--flag")` runs a script, `mpirun(2, "-m", "pytest", "x.py")` a module.
    """
    if UNDER_MPI:
        pytest.skip("starts mpirun itself, so it runs on one rank only")

    def run(
        n: int,
        *args: object,
        timeout: float = 300,
        check: bool = True,
        cwd: Path = PROJECT,
        env: dict[str, str] | None = None,
    ) -> subprocess.CompletedProcess[str]:
        # mpi4py as the runner: an exception on one rank ends all instead of leaving them waiting.
        command = ["mpirun", "-n", str(n), sys.executable, "-m", "mpi4py", *map(str, args)]
        environment = {**os.environ, "OMP_NUM_THREADS": "1"}
        if "PRTE_MCA_mapby" not in environment:  # set by env/run for Open MPI 6
            # More ranks than cores, for Open MPI 5 and 4; env/run sets the same.
            environment.setdefault("PRTE_MCA_rmaps_default_mapping_policy", ":oversubscribe")
            environment.setdefault("OMPI_MCA_rmaps_base_oversubscribe", "1")
            environment.setdefault("OMPI_MCA_mpi_yield_when_idle", "1")
        environment.update(env or {})
        with subprocess.Popen(
            command,
            cwd=cwd,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        ) as process:
            try:
                out, err = process.communicate(timeout=timeout)
            except subprocess.TimeoutExpired:
                out, err = _end(process)
                pytest.fail(f"{n} ranks took over {timeout} s: {args}\n{out}\n{err}", pytrace=False)
        if check and process.returncode != 0:
            pytest.fail(
                f"exit code {process.returncode} on {n} ranks: {args}\n{out}\n{err}", pytrace=False
            )
        return subprocess.CompletedProcess(command, process.returncode, out, err)

    return run


def _end(process: subprocess.Popen[str]) -> tuple[str, str]:
    """Ends mpirun and its ranks: politely first, as only mpirun knows where its ranks are."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, number)
            return process.communicate(timeout=10)
        except subprocess.TimeoutExpired:
            continue
        except ProcessLookupError:
            break
    return process.communicate()
