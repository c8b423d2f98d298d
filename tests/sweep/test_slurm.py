# SPDX-License-Identifier: MIT
"""Studies on a cluster: the job script, what Slurm would refuse, and a real Slurm of one node."""

from __future__ import annotations

import os
import subprocess
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from scenarios.cli import main
from scenarios.errors import ScenarioError
from scenarios.sweep import slurm
from scenarios.sweep.cases import load_study
from scenarios.sweep.store import StudyFolder
from tests.helpers.one_node_slurm import is_there, one_node_slurm
from tests.helpers.sweep_command import completed, masses, prepared, run, thicknesses, written
from tests.helpers.sweep_double import DIES

TABLE = """
[slurm]
partition = "short"
time = "12:00:00"
workers = 2
memory_mb = 4000
options = ["--account=gait"]
setup = ["module load dolfinx"]
launcher = "nice"
"""


def script(tmp_path: Path, text: str, ranks: int | None = None) -> list[str]:
    folder, plan = prepared(tmp_path, text)
    study = load_study(str(tmp_path / "study.toml")).study
    return slurm.job_script(folder, plan, study, ranks=ranks, workers=None).splitlines()


def test_the_job_script_has_what_the_study_says(tmp_path: Path) -> None:
    lines = script(tmp_path, thicknesses(5) + TABLE)
    for option in (
        *("job-name=solespine-study", "array=0-1", "ntasks=1", "partition=short"),
        *("time=12:00:00", "mem-per-cpu=4000M", "account=gait", "signal=B:USR1@300"),
    ):
        assert f"#SBATCH --{option}" in lines
    assert "module load dolfinx" in lines
    assert lines[-1].startswith("exec nice ")
    assert lines[-1].endswith(f'worker {tmp_path}/study --part "$SLURM_ARRAY_TASK_ID/2"')


def test_several_ranks_are_started_by_the_launcher_of_the_cluster(tmp_path: Path) -> None:
    lines = script(tmp_path, thicknesses(2) + "[slurm]\nranks = 4\nlauncher = ''\n")
    assert "#SBATCH --ntasks=4" in lines and "#SBATCH --array=0-1" in lines
    assert lines[-1].startswith("exec mpirun -n 4 ") and " -m mpi4py -m scenarios" in lines[-1]
    study = load_study(written(tmp_path, thicknesses(2) + "[slurm]\nmpirun = 'srun'\n")).study
    folder = StudyFolder(tmp_path / "study")
    text = slurm.job_script(folder, folder.plan(), study, ranks=3, workers=1)
    assert "#SBATCH --ntasks=3" in text and " srun " in text and "array=0-0" in text


def test_a_job_script_is_shown_without_slurm(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    written(tmp_path, thicknesses(3))
    assert main(["sweep", "study.toml", "--print-sbatch"]) == 0
    out = capsys.readouterr().out
    assert (
        out.startswith("#!/bin/bash\n#SBATCH")
        and out == (tmp_path / "results" / "study" / "job.sh").read_text()
    )
    assert not list((tmp_path / "results" / "study" / "cases").iterdir())
    assert subprocess.run(["/bin/bash", "-n"], input=out, text=True, check=False).returncode == 0


def test_without_slurm_nothing_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    written(tmp_path, thicknesses(3))
    assert main(["sweep", "study.toml", "--on", "slurm"]) == 2
    assert "there is no sbatch on this machine" in capsys.readouterr().err
    assert [p.name for p in tmp_path.iterdir()] == ["study.toml"]


def stand_in(folder: Path, name: str, text: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


def test_what_slurm_would_refuse_is_refused_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    stand_in(tmp_path, "sbatch", "exit 1")
    stand_in(tmp_path, "sinfo", "printf 'short\\nlong\\n'")
    slurm.check_cluster("short", "s")
    slurm.check_cluster(None, "s")
    with pytest.raises(ScenarioError, match=r"no partition 'shor'; allowed: short, long; did you"):
        slurm.check_cluster("shor", "s")
    stand_in(tmp_path, "sinfo", "echo 'sinfo: error: cannot connect' >&2; exit 1")
    with pytest.raises(ScenarioError, match=r"^sinfo: error: cannot connect"):
        slurm.check_cluster(None, "s")


def test_a_study_that_jobs_run_is_not_run_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    stand_in(tmp_path, "squeue", "echo '17|17_0|RUNNING|node1'; echo '18|18_0|RUNNING|node2'")
    stand_in(tmp_path, "scancel", f'echo "$@" > {tmp_path}/cancelled')
    folder, _ = prepared(tmp_path, thicknesses(3))
    (folder.path / "jobs.json").write_text('["16", "17"]')
    assert main(["sweep", "study.toml", "-o", "study", "--resume"]) == 2
    assert "jobs run it" in capsys.readouterr().err
    assert main(["sweep", "study", "--status"]) == 0
    assert "job 17_0: running node1" in capsys.readouterr().out
    assert main(["sweep", "study", "--cancel"]) == 0
    assert (tmp_path / "cancelled").read_text() == "17\n"


def test_a_single_run_as_a_job(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("scenarios.cli.study.check_scenario", lambda loaded: ())
    command = ["run", "standing", "-n", "4", "--set", "insole.thickness_mm=8", "--print-sbatch"]
    assert main(command) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "#SBATCH --ntasks=4" in lines and "#SBATCH --job-name=solespine-standing" in lines
    given = "-m scenarios.cli run standing -n 4 --set insole.thickness_mm=8 --resume"
    assert lines[-1].endswith(given)
    assert main(["run", "standin", "--print-sbatch"]) == 2
    assert not list(tmp_path.iterdir())


@pytest.fixture
def cluster(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Mapping[str, str]]:
    """A real Slurm; commands that the test starts find it."""
    if not is_there():
        pytest.skip("no slurmctld here: SOLESPINE_GROUPS=slurm env/run brings it")
    with one_node_slurm(tmp_path_factory.mktemp("slurm")) as variables:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        yield variables


def until_gone(folder: Path, within_s: float = 120.0) -> None:
    end = time.monotonic() + within_s
    while slurm.queue(StudyFolder(folder / "study")):
        assert time.monotonic() < end
        time.sleep(0.3)


def finished(folder: Path) -> int:
    return len(list((folder / "study" / "cases").glob("*/summary.json")))


@pytest.mark.group
def test_a_study_on_a_real_slurm(tmp_path: Path, cluster: Mapping[str, str]) -> None:
    """A case that kills its job is begun twice, the others once."""
    more = '[slurm]\npartition = "short"\nworkers = 2\n'
    written(tmp_path, masses(70.0, 80.0, DIES, 90.0) + more.replace("short", "shrt"))
    code, out = run(tmp_path, "--on", "slurm")
    assert code == 2 and "no partition 'shrt'" in out and "did you mean short?" in out
    assert not (tmp_path / "study").exists()
    written(tmp_path, masses(70.0, 80.0, DIES, 90.0) + more)
    for attempt in range(3):
        flags = ["--resume"] if attempt else []
        code, out = run(tmp_path, "--on", "slurm", *flags)
        assert code == (3 if attempt == 2 else 0), out
        until_gone(tmp_path)
        code, status = run(tmp_path, "--status")
        assert code == 0 and "3 finished" in status, status
    assert "1 failed" in out and "was killed" in out
    assert Counter(completed(tmp_path)).total() == 3
    assert len(slurm.job_numbers(StudyFolder(tmp_path / "study"))) == 2


@pytest.mark.group
def test_jobs_are_cancelled_and_resumed(tmp_path: Path, cluster: Mapping[str, str]) -> None:
    written(tmp_path, thicknesses(4) + "[slurm]\nworkers = 1\n")
    code, out = run(tmp_path, "--on", "slurm", seconds=8.0)
    assert code == 0 and "job 1 of" in out, out
    end = time.monotonic() + 60
    while not finished(tmp_path) and time.monotonic() < end:
        time.sleep(0.1)
    code, out = run(tmp_path, "--status")
    assert "job 1_0: running" in out
    code, out = run(tmp_path, "--resume")
    assert code == 2 and "jobs run it" in out
    code, out = run(tmp_path, "--cancel")
    assert code == 0 and "1 cancelled" in out
    until_gone(tmp_path)
    before = finished(tmp_path)
    assert 0 < before < 4
    code, out = run(tmp_path, "--on", "slurm", "--resume")
    assert code == 0, out
    until_gone(tmp_path)
    assert finished(tmp_path) == 4
    assert set(Counter(completed(tmp_path)).values()) == {1}
