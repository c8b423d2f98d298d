# SPDX-License-Identifier: MIT
"""Result folders: one writer, refusals, resume, atomic summary, torn rows."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from pathlib import Path

import pytest

from scenarios.errors import ScenarioError
from scenarios.folder import ResultFolder, check_folder, read_manifest, write_atomically
from scenarios.lock import FolderLock
from scenarios.summary import (
    Alignment,
    LumbarLevel,
    Peak,
    Plantar,
    Regions,
    Summary,
    finite_or_none,
    main_outputs,
    read_summary,
    summary_text,
)
from scenarios.table import GrowingTable, read_numbers, read_table

PROJECT = Path(__file__).resolve().parents[2]
A, B = "a" * 64, "b" * 64


def summary(*, converged: bool = True) -> Summary:
    peak = Peak(peak=900.0, mean=600.0, peak_bw=1.3, at_percent=15.0)
    return Summary(
        scenario="walking",
        analysis="stance",
        converged=converged,
        resolution="coarse",
        role="baseline",
        plantar=Plantar(peak_pressure_kpa=Regions(heel=250.0)),
        alignment=Alignment(),
        lumbar={"L4-L5": LumbarLevel(compression_n=peak)},
    )


def finished(path: Path, digest: str = A, *, converged: bool = True) -> None:
    folder = ResultFolder(path)
    folder.claim("overwrite" if path.exists() else "new", digest)
    folder.begin("name = 'walking'\n", {"scenario_sha256": digest})
    folder.finish(summary(converged=converged))
    folder.release()


def test_a_run_from_claim_to_summary(tmp_path: Path) -> None:
    path = tmp_path / "results" / "walking"
    folder = ResultFolder(path)
    assert folder.claim("new", A) == "new"
    folder.log("early")
    assert sorted(p.name for p in path.iterdir()) == [".lock"]
    folder.begin("name = 'walking'\n", {"scenario_sha256": A})
    assert "early" in (path / "run.log").read_text()
    assert not (path / "summary.json").exists()
    folder.finish(summary())
    folder.release()
    assert summary_text(read_summary(path)) == summary_text(summary())
    manifest = read_manifest(path)
    assert manifest["status"] == "finished"
    assert manifest["ended"] >= manifest["started"]
    assert not (path / ".lock").exists()


def test_release_without_begin_leaves_no_trace(tmp_path: Path) -> None:
    folder = ResultFolder(tmp_path / "a" / "b" / "c")
    folder.claim("new", A)
    folder.release()
    assert list(tmp_path.iterdir()) == []


def test_overwrite_without_begin_keeps_the_old_result(tmp_path: Path) -> None:
    finished(tmp_path / "r")
    before = {p.name: p.read_bytes() for p in (tmp_path / "r").iterdir()}
    folder = ResultFolder(tmp_path / "r")
    assert folder.claim("overwrite", B) == "new"
    folder.release()
    assert {p.name: p.read_bytes() for p in (tmp_path / "r").iterdir()} == before


def test_overwrite_removes_what_is_ours_only(tmp_path: Path) -> None:
    path = tmp_path / "r"
    finished(path)
    (path / "checkpoint").mkdir()
    (path / "checkpoint" / "state").write_text("x")
    (path / "notes.md").write_text("mine")
    folder = ResultFolder(path)
    folder.claim("overwrite", B)
    folder.begin("", {"scenario_sha256": B})
    folder.release()
    assert not (path / "checkpoint").exists()
    assert not (path / "summary.json").exists()
    assert (path / "notes.md").read_text() == "mine"


@pytest.mark.parametrize("mode", ["new", "resume", "overwrite"])
def test_a_folder_of_other_things_is_never_taken(tmp_path: Path, mode: str) -> None:
    (tmp_path / "thesis.tex").write_text("x")
    with pytest.raises(ScenarioError, match="holds no result"):
        ResultFolder(tmp_path).claim(mode, A)  # type: ignore[arg-type]
    assert [p.name for p in tmp_path.iterdir()] == ["thesis.tex"]


def test_an_empty_folder_is_taken(tmp_path: Path) -> None:
    folder = ResultFolder(tmp_path)
    assert folder.claim("new", A) == "new"
    folder.release()
    assert tmp_path.is_dir()


def test_existing_results_are_refused(tmp_path: Path) -> None:
    finished(tmp_path / "r")
    with pytest.raises(ScenarioError, match=r"holds a result; allowed: --resume, --overwrite"):
        ResultFolder(tmp_path / "r").claim("new", A)
    (tmp_path / "r" / "summary.json").unlink()
    with pytest.raises(ScenarioError, match="holds an unfinished result"):
        ResultFolder(tmp_path / "r").claim("new", A)


def test_a_file_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "f").write_text("x")
    for path in (tmp_path / "f", tmp_path / "f" / "r"):
        with pytest.raises(ScenarioError, match="is a file"):
            ResultFolder(path).claim("new", A)


def test_resume(tmp_path: Path) -> None:
    path = tmp_path / "r"
    assert check_folder(path, "resume", A) == "new"
    finished(path)
    assert check_folder(path, "resume", A) == "finished"
    with pytest.raises(ScenarioError, match="another scenario"):
        check_folder(path, "resume", B)
    finished(path, converged=False)
    assert check_folder(path, "resume", A) == "resumed"
    (path / "summary.json").write_text("{")
    assert check_folder(path, "resume", A) == "resumed"


def test_resumed_begin_keeps_rows_and_start(tmp_path: Path) -> None:
    path = tmp_path / "r"
    finished(path, converged=False)
    (path / "history.csv").write_text("percent\n5.0\n")
    started = read_manifest(path)["started"]
    folder = ResultFolder(path)
    assert folder.claim("resume", A) == "resumed"
    folder.begin("", {"scenario_sha256": A})
    folder.end("interrupted")
    folder.release()
    manifest = read_manifest(path)
    assert (path / "history.csv").exists()
    assert not (path / "summary.json").exists()
    assert manifest["started"] == started
    assert len(manifest["resumed"]) == 1
    assert manifest["status"] == "interrupted"


def test_one_writer(tmp_path: Path) -> None:
    first = ResultFolder(tmp_path / "r")
    first.claim("new", A)
    first.begin("", {"scenario_sha256": A})
    for mode in ("resume", "overwrite"):
        with pytest.raises(ScenarioError, match=f"being written by another run.*{os.getpid()}"):
            ResultFolder(tmp_path / "r").claim(mode, A)  # type: ignore[arg-type]
    first.release()
    second = ResultFolder(tmp_path / "r")
    assert second.claim("resume", A) == "resumed"
    second.release()


def test_a_killed_writer_leaves_no_lock(tmp_path: Path) -> None:
    program = (
        "import os, signal, sys; from pathlib import Path\n"
        "from scenarios.folder import ResultFolder\n"
        "f = ResultFolder(Path(sys.argv[1])); f.claim('new', 'a' * 64)\n"
        "f.begin('', {'scenario_sha256': 'a' * 64}); os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    path = tmp_path / "r"
    command = [sys.executable, "-c", program, str(path)]
    assert subprocess.run(command, cwd=PROJECT, check=False).returncode == -9
    assert (path / FolderLock.NAME).exists()
    folder = ResultFolder(path)
    assert folder.claim("resume", A) == "resumed"
    folder.release()


def test_other_ranks_write_nothing(tmp_path: Path) -> None:
    folder = ResultFolder(tmp_path / "r", writer=False)
    folder.claim("new", A)
    folder.log("x")
    folder.begin("", {})
    folder.finish(summary())
    folder.release()
    table = GrowingTable(tmp_path / "t.csv", writer=False)
    table.add({"percent": 1.0})
    table.keep("percent", 0.0)
    assert list(tmp_path.iterdir()) == []


def test_summary_is_whole_or_absent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "summary.json"
    path.write_text("old")

    def fails(self: Path, target: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", fails)
    with pytest.raises(OSError, match="No space"):
        write_atomically(path, "new")
    assert path.read_text() == "old"


def test_absent_quantities_are_absent() -> None:
    data = json.loads(summary_text(summary()))
    assert data["schema"] == "solespine.summary/1"
    assert data["plantar"] == {"peak_pressure_kpa": {"heel": 250.0}}
    assert "alignment" not in data
    assert "shock" not in data
    assert "null" not in summary_text(summary())
    assert data["warnings"] == []


def test_summary_refuses_what_is_no_number() -> None:
    for value in (math.nan, math.inf):
        with pytest.raises(ValueError, match="finite"):
            Peak(peak=value, mean=1.0)
        assert finite_or_none(value) is None
    with pytest.raises(ValueError, match="Extra"):
        Summary.model_validate({**json.loads(summary_text(summary())), "lumber": {}})


def test_main_outputs_have_no_counters() -> None:
    assert dict(main_outputs(summary())) == {
        "plantar.peak_pressure_kpa.heel": 250.0,
        "lumbar.L4-L5.compression_n.peak": 900.0,
        "lumbar.L4-L5.compression_n.mean": 600.0,
        "lumbar.L4-L5.compression_n.peak_bw": 1.3,
        "lumbar.L4-L5.compression_n.at_percent": 15.0,
    }


def test_rows_read_back_to_the_bit(tmp_path: Path) -> None:
    table = GrowingTable(tmp_path / "history.csv")
    values = [0.1 + 0.2, math.pi * 1e-17, -0.0, 1e300]
    for i, value in enumerate(values):
        table.add({"percent": float(i), "force_n": value, "newton_iterations": i})
        assert len(read_table(table.path)[1]) == i + 1  # on the disk at once
    table.close()
    assert read_numbers(table.path)["force_n"] == values
    assert (table.path.read_text().splitlines()[0]) == "percent,force_n,newton_iterations"


def test_not_a_number_is_an_empty_cell(tmp_path: Path) -> None:
    table = GrowingTable(tmp_path / "history.csv")
    table.add({"percent": 5.0, "cop_x_mm": math.nan})
    assert table.path.read_text().splitlines()[1] == "5.0,"
    assert math.isnan(read_numbers(table.path)["cop_x_mm"][0])


def test_columns_are_fixed_by_the_first_row(tmp_path: Path) -> None:
    table = GrowingTable(tmp_path / "history.csv")
    table.add({"percent": 5.0, "force_n": 1.0})
    with pytest.raises(ValueError, match="columns"):
        table.add({"force_n": 1.0, "percent": 10.0})


def test_a_resumed_table_drops_late_and_torn_rows(tmp_path: Path) -> None:
    path = tmp_path / "history.csv"
    path.write_text("percent,force_n\n5.0,1.0\n10.0,2.0\n15.0,3.0\n20.0,4.")
    table = GrowingTable(path)
    table.keep("percent", 10.0)
    table.add({"percent": 15.0, "force_n": 3.5})
    table.close()
    assert path.read_text() == "percent,force_n\n5.0,1.0\n10.0,2.0\n15.0,3.5\n"


def test_a_table_torn_in_its_header_starts_again(tmp_path: Path) -> None:
    path = tmp_path / "history.csv"
    path.write_text("perc")
    table = GrowingTable(path)
    table.keep("percent", 10.0)
    table.add({"percent": 15.0})
    assert path.read_text() == "percent\n15.0\n"


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff", b'{"schema": "other"}'])
def test_broken_summaries_are_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "summary.json").write_bytes(content)
    with pytest.raises(ScenarioError, match=r"summary\.json"):
        read_summary(tmp_path)
