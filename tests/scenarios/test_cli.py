# SPDX-License-Identifier: MIT
"""The command line: exit codes, one message, nothing written, ranks and signals."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from scenarios.cli import main
from scenarios.folder import read_manifest
from scenarios.summary import read_summary
from scenarios.table import read_numbers
from tests.scenarios.doubled_command import DOUBLES

PROJECT = Path(__file__).resolve().parents[2]
NO_MPI = {
    name: value
    for name, value in os.environ.items()
    if not name.startswith(("OMPI_COMM", "PMIX", "PMI_"))
}


@pytest.fixture
def doubled(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The command with a doubled analysis, in an empty working directory."""
    for module, name, double in DOUBLES:
        monkeypatch.setattr(module, name, double)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def command(
    folder: Path, *arguments: str, ending: str = "", ranks: int | None = None, timeout: float = 120
) -> subprocess.CompletedProcess[str]:
    flags = [] if ranks is None else ["-n", str(ranks)]
    return subprocess.run(
        [sys.executable, "-m", "tests.scenarios.doubled_command", *arguments, *flags],
        cwd=folder,
        env={**NO_MPI, "PYTHONPATH": str(PROJECT), "DOUBLE": ending},
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )


def test_help_is_immediate_and_imports_nothing_heavy() -> None:
    program = (
        "import sys, scenarios.cli as c\n"
        "try: c.main(['run', '--help'])\n"
        "except SystemExit: pass\n"
        "heavy = {'numpy', 'pydantic', 'rich', 'mpi4py', 'dolfinx', 'scipy', 'matplotlib'}\n"
        "print('heavy:', sorted(heavy & set(sys.modules)))\n"
    )
    started = time.perf_counter()
    result = subprocess.run(
        [sys.executable, "-c", program], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    assert time.perf_counter() - started < 2.0  # 0.1 s on an idle machine
    assert "heavy: []" in result.stdout
    assert "--set KEY=VALUE" in result.stdout


WRONG = [
    ([], "COMMAND is missing"),
    (["rum", "walking"], "did you mean run?"),
    (["run"], "SCENARIO is missing"),
    (["run", "walking", "--resolution", "fin"], "did you mean fine?"),
    (["run", "walking", "--resolutoin", "fine"], "did you mean --resolution?"),
    (["run", "walking", "--resume", "--overwrite"], "not allowed with"),
    (["run", "walking", "-n", "x"], "invalid int"),
    (["run", "walking", "-n", "0"], "1 to"),
    (["run", "walkng"], "did you mean walking?"),
    (["run", "walking", "--set", "insole.material=eva35"], "did you mean eva_35?"),
    (["run", "walking", "--set", "subject.body_mass_kg=-70"], "15 to 200 kg"),
    (["run", "walking", "-o", "file"], "is a file"),
    (["run", "walking", "-o", "file/below"], "is a file"),
    (["run", "walking", "-o", "other"], "holds no result"),
    (["mesh", "walking", "--set", "x=1"], "unknown key"),
    (["check", "walking", "--set", "analysis=shock"], "standing, stance"),
    (
        ["check", "walking", "--set", "insole.zones=[{region='heal', material='cork'}]"],
        "did you mean heel?",
    ),
    (["compare", "other"], "two result folders"),
    (["compare", "other", "nowhere"], "holds no result"),
    (["report", "nowhere"], "no such folder"),
    (["view", "nowhere"], "no such folder"),
    (["view", "other"], "no field files"),
    (["materials"], "ACTION is missing"),
    (["materials", "show", "eva35"], "did you mean eva_35?"),
]


@pytest.mark.parametrize(("arguments", "word"), WRONG, ids=[" ".join(w[0]) or "-" for w in WRONG])
def test_wrong_input_ends_with_one_line(
    doubled: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], word: str
) -> None:
    (doubled / "file").write_text("x")
    (doubled / "other").mkdir()
    (doubled / "other" / "thesis.tex").write_text("x")
    before = sorted(doubled.rglob("*"))
    assert main(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert err.startswith("solespine: ")
    assert word in err
    assert sorted(doubled.rglob("*")) == before


def test_wrong_content_found_by_the_mesher_leaves_nothing(
    doubled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOUBLE", "refuse")
    assert main(["run", "walking", "-o", "deep/er"]) == 2
    assert list(doubled.iterdir()) == []


def test_run_resume_refuse_overwrite(
    doubled: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["run", "walking"]) == 0
    out, err = capsys.readouterr()
    assert "results: results/walking/report.html" in out
    assert re.search(r"cost: about \d+ thousand unknowns, .* GiB", err)
    assert err.count("stance ") >= 19  # one plain line per output instant
    folder = doubled / "results" / "walking"
    names = {"scenario.toml", "summary.json", "history.csv", "run.log", "manifest.json"}
    assert names <= {path.name for path in folder.iterdir()}
    assert main(["run", "walking"]) == 2
    assert main(["run", "walking", "--resume"]) == 0
    assert "nothing to do" in capsys.readouterr().out
    assert main(["run", "walking", "--resume", "--set", "insole.thickness_mm=7"]) == 2
    assert "another scenario" in capsys.readouterr().err
    assert main(["run", "walking", "--overwrite", "--set", "insole.thickness_mm=7"]) == 0
    assert "thickness_mm = 7.0" in (folder / "scenario.toml").read_text()


def test_resume_starts_an_absent_run(doubled: Path) -> None:
    assert main(["run", "walking", "-o", "r", "--resume", "--quiet"]) == 0
    assert read_summary(doubled / "r").converged


def test_a_resolved_scenario_is_the_same_study(doubled: Path) -> None:
    assert main(["run", "walking", "-o", "a", "-q"]) == 0
    assert main(["run", "a/scenario.toml", "-o", "b", "-q"]) == 0
    first, second = (read_manifest(doubled / name) for name in "ab")
    assert first["scenario_sha256"] == second["scenario_sha256"]


def test_not_converged_keeps_what_was_computed(
    doubled: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOUBLE", "diverge")
    assert main(["run", "walking", "-o", "r", "-q"]) == 3
    assert "45.0 % of stance: try a finer step" in capsys.readouterr().err
    folder = doubled / "r"
    assert read_numbers(folder / "history.csv")["percent"][-1] == 40.0
    assert read_manifest(folder)["status"] == "not converged"
    assert not (folder / "summary.json").exists()
    monkeypatch.setenv("DOUBLE", "")
    assert main(["run", "walking", "-o", "r", "-q", "--resume"]) == 0
    assert main(["run", "walking", "-o", "unbroken", "-q"]) == 0
    history = (folder / "history.csv").read_text()
    assert history == (doubled / "unbroken" / "history.csv").read_text()


def test_a_failed_report_does_not_lose_the_run(
    doubled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOUBLE", "no report")
    assert main(["run", "walking", "-o", "r", "-q"]) == 0
    assert "no fonts" in read_summary(doubled / "r").warnings[0]


def test_the_time_of_the_report_is_part_of_the_total(doubled: Path) -> None:
    assert main(["run", "walking", "-o", "r", "-q"]) == 0
    assert main(["run", "walking", "-o", "s", "-q", "--set", "output.figures=false"]) == 0
    walls = []
    for name in "rs":
        solver = read_summary(doubled / name).solver
        assert solver is not None and solver.wall_s is not None
        walls.append(solver.wall_s)
    assert walls[0].report is not None and walls[0].report >= 0.05
    assert walls[0].total == pytest.approx(1.5 + walls[0].report)
    assert (walls[1].report, walls[1].total) == (None, 1.5)


def test_a_mesh_is_no_run(doubled: Path) -> None:
    assert main(["mesh", "walking", "-o", "r", "-q"]) == 0
    assert main(["run", "walking", "-o", "r", "-q", "--resume"]) == 2


def test_check_writes_nothing(doubled: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "walking", "--set", "insole.material=none"]) == 0
    out = capsys.readouterr().out
    assert "walking: stance, coarse, barefoot" in out
    assert "cost: about" in out
    assert list(doubled.iterdir()) == []


def test_materials(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)  # where the picture goes
    assert main(["materials", "list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert any(line.startswith("eva_35 ") for line in lines)
    assert main(["materials", "show", "eva_35"]) == 0
    shown = capsys.readouterr().out
    assert "MPa" in shown
    assert "[1]" in shown


def test_compare_prints_differences(doubled: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in "ab":
        assert main(["run", "walking", "-o", name, "-q"]) == 0
    capsys.readouterr()
    assert main(["compare", "a", "b"]) == 0
    assert capsys.readouterr().out.startswith("b against a")


def test_a_closed_pipe_is_no_traceback(tmp_path: Path) -> None:
    line = f"{sys.executable} -m scenarios.cli materials list | head -n 1"
    result = subprocess.run(
        ["sh", "-c", line], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    assert result.stderr == ""
    assert result.stdout.count("\n") == 1


@pytest.mark.mpi
def test_ranks_started_by_the_command(tmp_path: Path) -> None:
    result = command(tmp_path, "run", "walking", "-o", "r", ranks=2)
    assert result.returncode == 0, result.stderr
    summary = read_summary(tmp_path / "r")
    assert summary.solver is not None
    assert summary.solver.mpi_ranks == 2
    assert json.loads((tmp_path / "r" / "manifest.json").read_text())["ranks"] == 2
    assert result.stdout.count("results:") == 1
    assert result.stderr.count("cost:") == 1


@pytest.mark.mpi
@pytest.mark.parametrize(("ending", "code"), [("refuse", 2), ("diverge", 3)])
def test_exit_codes_of_several_ranks(tmp_path: Path, ending: str, code: int) -> None:
    result = command(tmp_path, "run", "walking", "-o", "r", "-q", ending=ending, ranks=2)
    assert result.returncode == code
    assert result.stderr.count("\n") == 1, result.stderr
    assert (tmp_path / "r").exists() == (ending == "diverge")


@pytest.mark.mpi
def test_wrong_input_starts_no_ranks(tmp_path: Path) -> None:
    result = command(tmp_path, "run", "walking", "--set", "insole.x=1", ranks=2)
    assert result.returncode == 2
    assert result.stderr.count("\n") == 1


@pytest.mark.mpi
def test_a_rank_that_fails_ends_all(tmp_path: Path) -> None:
    result = command(
        tmp_path, "run", "walking", "-o", "r", "-q", ending="fail on one rank", ranks=2, timeout=60
    )
    assert result.returncode not in (0, 2, 3, 130)
    assert "this rank fails" in result.stderr


def test_one_verdict_under_mpirun(tmp_path: Path, mpirun) -> None:
    environment = {"PYTHONPATH": str(PROJECT)}
    arguments = (
        "-m",
        "tests.scenarios.doubled_command",
        "run",
        "walking",
        "-o",
        str(tmp_path / "r"),
    )
    wrong = mpirun(2, *arguments, "--set", "insole.x=1", check=False, env=environment)
    assert wrong.returncode == 2
    assert wrong.stderr.count("solespine: --set: insole.x: unknown key") == 1
    assert list(tmp_path.iterdir()) == []
    other = mpirun(2, *arguments, "-n", "3", check=False, env=environment)
    assert other.returncode == 2
    assert "mpirun has started 2" in other.stderr
    mpirun(2, *arguments, "-n", "2", env=environment)
    assert read_summary(tmp_path / "r").converged


@pytest.mark.mpi
@pytest.mark.parametrize(
    ("number", "ranks"),
    [(signal.SIGINT, 1), (signal.SIGTERM, 2), (signal.SIGKILL, 1), (signal.SIGKILL, 2)],
)
def test_ended_in_mid_run_and_resumed(tmp_path: Path, number: signal.Signals, ranks: int) -> None:
    arguments = ["run", "walking", "-o", "r", "-q", "-n", str(ranks)]
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.scenarios.doubled_command", *arguments],
        cwd=tmp_path,
        env={**NO_MPI, "PYTHONPATH": str(PROJECT), "DOUBLE": "slow"},
        stderr=subprocess.PIPE,
        text=True,
    )
    history = tmp_path / "r" / "history.csv"
    until = time.monotonic() + 60
    while time.monotonic() < until and not (history.is_file() and history.stat().st_size > 20):
        time.sleep(0.02)
    process.send_signal(number)
    _, err = process.communicate(timeout=60)
    if number is signal.SIGKILL:
        assert process.returncode == -signal.SIGKILL
    else:
        assert process.returncode == 130
        assert "--resume goes on" in err
        assert read_manifest(tmp_path / "r")["status"] == "interrupted"
    assert not (tmp_path / "r" / "summary.json").exists()
    for _ in range(50):  # ranks of a killed launcher need a moment to end
        result = command(tmp_path, "run", "walking", "-o", "r", "-q", "--resume")
        if "being written" not in result.stderr:
            break
        time.sleep(0.2)
    assert result.returncode == 0, result.stderr
    percent = read_numbers(history)["percent"]
    assert percent == [5.0 * k for k in range(1, 20)]
