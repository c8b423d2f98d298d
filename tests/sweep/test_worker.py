# SPDX-License-Identifier: MIT
"""A worker: each case by itself, none twice, parts, signals, what is kept."""

from __future__ import annotations

import os
import signal
from collections import Counter
from pathlib import Path

import pytest

import scenarios.run
from scenarios.errors import NotWritten, ScenarioError
from scenarios.folder import ResultFolder
from scenarios.sweep.store import StudyFolder
from scenarios.sweep.worker import part_of
from tests.helpers.sweep_command import completed, masses, prepared, thicknesses
from tests.helpers.sweep_double import DIVERGES, NO_ROOM, RAISES, REFUSED, QuickAnalysis
from tests.sweep.conftest import InProcess


def test_one_case_that_fails_does_not_stop_the_rest(tmp_path: Path, worker: InProcess) -> None:
    folder, plan = prepared(tmp_path, masses(70.0, DIVERGES, RAISES, REFUSED, 80.0))
    assert worker(folder) == 0
    statuses = [status for _, status in folder.statuses(plan)]
    assert statuses == ["finished", "failed", "failed", "failed", "finished"]
    reasons = [f.reason for f in map(folder.failure, plan.cases) if f is not None]
    assert reasons == [
        "not converged at 40 % of stance: try a finer step",
        "RuntimeError: a bug",
        "study.toml: insole.thickness_mm: cannot be meshed",
    ]
    assert not list((folder.path / "workers").iterdir())


def test_finished_and_failed_cases_are_not_run_again(tmp_path: Path, worker: InProcess) -> None:
    folder, plan = prepared(tmp_path, masses(70.0, DIVERGES, 80.0))
    worker(folder)
    before = {p: p.stat().st_mtime_ns for p in folder.path.glob("cases/*/summary.json")}
    assert worker(StudyFolder(folder.path)) == 0
    assert {p: p.stat().st_mtime_ns for p in before} == before
    assert len(completed(tmp_path)) == 2
    failure = folder.failure(plan.cases[1])
    assert failure is not None and failure.attempts == 1 and failure.final


def test_parts_are_disjoint_and_cover_all(tmp_path: Path, worker: InProcess) -> None:
    folder, plan = prepared(tmp_path, thicknesses(8))
    for k in range(3):
        worker(folder, (k, 3))
        done = [i for i, (_, s) in enumerate(folder.statuses(plan)) if s == "finished"]
        assert {i % 3 for i in done} == set(range(k + 1))
    assert set(Counter(completed(tmp_path)).values()) == {1} and len(completed(tmp_path)) == 8


@pytest.mark.parametrize("text", ["3/3", "1", "a/b", "-1/2", "1/0"])
def test_a_part_that_cannot_be(text: str) -> None:
    with pytest.raises(ScenarioError, match="K/N"):
        part_of(text)


def test_a_case_that_another_run_has_is_left_to_it(tmp_path: Path, worker: InProcess) -> None:
    folder, plan = prepared(tmp_path, masses(70.0, 80.0))
    other = ResultFolder(folder.case_path(plan.cases[0]))
    other.claim("resume", plan.cases[0].digest)
    assert worker(folder) == 0
    assert [s for _, s in folder.statuses(plan)] == ["running", "finished"]
    other.release()
    assert folder.failure(plan.cases[0]) is None
    assert worker(folder) == 0
    assert [s for _, s in folder.statuses(plan)] == ["finished", "finished"]


def test_a_base_that_was_changed_since_is_not_run(tmp_path: Path, worker: InProcess) -> None:
    base = tmp_path / "base.toml"
    base.write_text('analysis = "standing"\n')
    folder, plan = prepared(tmp_path, masses(70.0).replace('"standing"', '"base.toml"'))
    base.write_text('analysis = "standing"\ninsole.thickness_mm = 4.0\n')
    assert worker(folder) == 0
    failure = folder.failure(plan.cases[0])
    assert failure is not None and "is not what was planned" in failure.reason
    assert completed(tmp_path) == []


def test_a_full_disk_ends_the_worker_and_is_not_held_against_the_case(
    tmp_path: Path, worker: InProcess
) -> None:
    folder, plan = prepared(tmp_path, masses(NO_ROOM, 80.0))
    with pytest.raises(NotWritten):
        worker(folder)
    assert folder.failure(plan.cases[0]) is None
    assert not list((folder.path / "workers").iterdir())


class Signalled:
    """An analysis that gets a signal which it does not look at any more."""

    @staticmethod
    def run(context: scenarios.run.RunContext) -> object:
        summary = QuickAnalysis.run(context)
        os.kill(os.getpid(), signal.SIGTERM)
        return summary


def test_a_signal_at_the_end_of_a_case_ends_the_worker(
    tmp_path: Path, worker: InProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An orphan would go on with all other cases for ever."""
    folder, _ = prepared(tmp_path, thicknesses(3))
    monkeypatch.setattr(scenarios.run, "analysis_module", lambda name: Signalled)
    before = signal.getsignal(signal.SIGTERM)
    assert worker(folder) == 130
    assert len(completed(tmp_path)) == 1
    assert signal.getsignal(signal.SIGTERM) == before


class Writing:
    """An analysis with files of each kind."""

    @staticmethod
    def run(context: scenarios.run.RunContext) -> object:
        summary = QuickAnalysis.run(context)
        for name in ("fields", "checkpoint", "figures"):
            (context.folder.path / name).mkdir()
        context.history.add({"percent": 5.0})
        return summary


@pytest.mark.parametrize(
    ("keep", "names"),
    [
        ("all", {"fields", "checkpoint", "figures", "history.csv", "run.log"}),
        ("tables", {"figures", "history.csv", "run.log"}),
        ("summary", set()),
    ],
)
def test_what_a_finished_case_keeps(
    tmp_path: Path, worker: InProcess, monkeypatch: pytest.MonkeyPatch, keep: str, names: set[str]
) -> None:
    monkeypatch.setattr(scenarios.run, "analysis_module", lambda name: Writing)
    folder, plan = prepared(tmp_path, masses(70.0) + f'[run]\nkeep = "{keep}"\n')
    worker(folder)
    found = {entry.name for entry in folder.case_path(plan.cases[0]).iterdir()}
    assert found == names | {"summary.json", "manifest.json", "scenario.toml"}
    assert folder.status(plan.cases[0]) == "finished"
