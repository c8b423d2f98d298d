# SPDX-License-Identifier: MIT
"""Searches on a cluster: the job script, and a real Slurm of one node."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from scenarios.cli import main
from scenarios.optimise.store import SearchFolder
from scenarios.sweep import slurm
from tests.helpers.one_node_slurm import is_there, one_node_slurm
from tests.helpers.search_command import run, search
from tests.helpers.sweep_command import completed, written

SLURM = '[slurm]\npartition = "short"\nworkers = 2\n'


def test_the_job_script_starts_workers_that_share_one_search(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", "")
    written(tmp_path, search("trials = 20", f"{SLURM}ranks = 3\n"))
    assert main(["optimise", "study.toml", "-o", "study", "--on", "slurm"]) == 2
    assert "there is no sbatch" in capsys.readouterr().err and not (tmp_path / "study").exists()
    assert main(["optimise", "study.toml", "-o", "study", "--on", "slurm", "--print-sbatch"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "#SBATCH --array=0-1" in lines and "#SBATCH --ntasks=3" in lines
    assert "mpirun -n 3 " in lines[-1] and "-m mpi4py -m scenarios.optimise.worker" in lines[-1]
    assert lines[-1].endswith(str((tmp_path / "study").resolve()))
    assert any(line.startswith('export SOLESPINE_WORKER="slurm-') for line in lines)


@pytest.fixture
def cluster(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """A Slurm of one node."""
    if not is_there():
        pytest.skip("no slurmctld here: SOLESPINE_GROUPS=slurm env/run brings it")
    with one_node_slurm(tmp_path_factory.mktemp("slurm")) as variables:
        _use(variables, monkeypatch)
        yield


def _use(variables: Mapping[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)


def _wait_until(condition: object, seconds: float = 120.0) -> None:
    end = time.monotonic() + seconds
    assert callable(condition)
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.3)


@pytest.mark.group
def test_a_search_on_a_real_slurm(tmp_path: Path, cluster: None) -> None:
    """Two jobs on one journal, cancelled half way and submitted again."""
    folder = SearchFolder(tmp_path / "study")
    text = search('trials = 12\nsampler = "random"\npruning = "none"', SLURM)
    written(tmp_path, text)
    code, out = run(tmp_path, "--on", "slurm", seconds=10.0)
    assert code == 0 and "job 1 of" in out, out
    _wait_until(lambda: len(completed(tmp_path)) >= 2)
    code, out = run(tmp_path, "--status")
    assert code == 0 and "job 1_0: running" in out, out
    code, out = run(tmp_path, "--resume")
    assert code == 2 and "jobs run it" in out
    code, out = run(tmp_path, "--cancel")
    assert code == 0 and "cancelled" in out
    _wait_until(lambda: not slurm.queue(folder))
    assert len(completed(tmp_path)) < 12
    code, out = run(tmp_path, "--on", "slurm", "--resume")
    assert code == 0, out
    _wait_until(lambda: not slurm.queue(folder))
    code, out = run(tmp_path, "--status")
    assert "12 finished" in out, out
    assert set(Counter(completed(tmp_path)).values()) == {1}
    records = folder.trials(folder.plan())
    assert len(records) == 12 and len({r.worker for r in records}) >= 2
