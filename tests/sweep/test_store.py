# SPDX-License-Identifier: MIT
"""A study's folder: statuses, failures, taking up again, extending, one command at a time."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scenarios.errors import ScenarioError
from scenarios.folder import ResultFolder
from scenarios.sweep.cases import load_study
from scenarios.sweep.store import StudyFolder, is_locked
from tests.helpers.sweep_command import STUDY, completed, masses, prepared, thicknesses, written
from tests.helpers.sweep_double import DIVERGES
from tests.sweep.conftest import InProcess


def again(tmp_path: Path, text: str, *, resume: bool = False, extend: bool = False) -> StudyFolder:
    folder = StudyFolder(tmp_path / "study")
    try:
        folder.prepare(load_study(written(tmp_path, text)), resume=resume, extend=extend)
    finally:
        folder.release()
    return folder


def test_a_study_that_was_begun_is_taken_up_only_when_asked(tmp_path: Path) -> None:
    prepared(tmp_path, masses(70.0))
    with pytest.raises(ScenarioError, match=r"holds a study that was begun.*--resume"):
        again(tmp_path, masses(70.0))
    again(tmp_path, masses(70.0), resume=True)


def test_resume_begins_what_was_not_begun(tmp_path: Path) -> None:
    assert again(tmp_path, masses(70.0), resume=True).plan().cases[0].number == 1


CHANGES = [
    (masses(70.0, 81.0), "factors differs"),
    (masses(70.0, 80.0) + "[design]\nkind = 'latin_hypercube'\nsamples = 3", "design differs"),
    (masses(70.0, 80.0).replace("false", "true"), "settings differs"),
    (masses(70.0, 80.0).replace('"standing"', '"walking"'), "scenario differs"),
]


@pytest.mark.parametrize(("text", "what"), CHANGES, ids=[what for _, what in CHANGES])
def test_a_study_that_was_changed_is_refused(tmp_path: Path, text: str, what: str) -> None:
    folder, _ = prepared(tmp_path, masses(70.0, 80.0))
    before = (folder.path / "plan.json").read_text()
    with pytest.raises(ScenarioError, match=rf"made by another study: {what}.*--extend"):
        again(tmp_path, text, resume=True)
    assert (folder.path / "plan.json").read_text() == before


def test_an_input_file_that_was_changed_is_seen(tmp_path: Path) -> None:
    base = tmp_path / "base.toml"
    base.write_text('analysis = "standing"\n')
    text = masses(70.0).replace('"standing"', '"base.toml"')
    prepared(tmp_path, text)
    base.write_text('analysis = "standing"\ninsole.thickness_mm = 4.0\n')
    with pytest.raises(ScenarioError, match="the base scenario or its input files differ"):
        again(tmp_path, text, resume=True)


def test_how_cases_are_run_may_change(tmp_path: Path) -> None:
    prepared(tmp_path, masses(70.0))
    more = "[run]\nworkers = 2\n[slurm]\npartition = 'x'\n"
    again(
        tmp_path,
        "outputs = ['plantar.peak_pressure_kpa.heel']\n" + masses(70.0) + more,
        resume=True,
    )


def test_extending_keeps_what_both_have(tmp_path: Path, worker: InProcess) -> None:
    folder, _ = prepared(tmp_path, masses(70.0, 80.0))
    worker(folder)
    folder = again(tmp_path, masses(80.0, 90.0, 70.0), extend=True)
    plan = folder.plan()
    assert [s for _, s in folder.statuses(plan)] == ["finished", "waiting", "finished"]
    worker(folder)
    assert len(completed(tmp_path)) == 3


def test_failed_cases_wait_again_after_a_retry(tmp_path: Path, worker: InProcess) -> None:
    folder, plan = prepared(tmp_path, masses(DIVERGES))
    worker(folder)
    assert folder.status(plan.cases[0]) == "failed"
    again(tmp_path, masses(DIVERGES), resume=True)
    assert folder.status(plan.cases[0]) == "failed"
    folder.forget_failures()
    assert folder.status(plan.cases[0]) == "waiting"


def test_equal_cases_are_computed_once(tmp_path: Path, worker: InProcess) -> None:
    text = f"{STUDY}[design]\nkind = 'list'\ncases = [{{}}, {{insole = {{thickness_mm = 6.0}}}}]"
    folder, plan = prepared(tmp_path, text)
    assert len(plan.distinct) == 1 and plan.distinct[0].number == 1
    worker(folder)
    assert [s for _, s in folder.statuses(plan)] == ["finished", "finished"]
    assert len(completed(tmp_path)) == 1


def test_a_worker_is_lost_twice_before_its_case_is_given_up(tmp_path: Path) -> None:
    folder, plan = prepared(tmp_path, masses(70.0))
    case = plan.cases[0]
    folder.note_lost_worker(case, "killed")
    assert folder.status(case) == "waiting"
    folder.note_lost_worker(case, "killed")
    assert folder.status(case) == "failed"


def test_records_of_workers_that_are_no_more(tmp_path: Path) -> None:
    """Killed with its driver: nothing against the case. A job of Slurm: an attempt."""
    folder, plan = prepared(tmp_path, masses(70.0, 80.0))
    for name, case in (("123-4", plan.cases[0]), ("slurm-17_0", plan.cases[1])):
        (folder.path / "workers" / name).write_text(case.digest)
    again(tmp_path, masses(70.0, 80.0), resume=True)
    assert folder.failure(plan.cases[0]) is None
    failure = folder.failure(plan.cases[1])
    assert failure is not None and failure.attempts == 1 and "slurm-17_0" in failure.reason
    assert not list((folder.path / "workers").iterdir())


def test_one_command_at_a_time(tmp_path: Path) -> None:
    folder = StudyFolder(tmp_path / "study")
    loaded = load_study(written(tmp_path, masses(70.0)))
    folder.prepare(loaded, resume=False, extend=False)
    assert folder.is_driven()
    with pytest.raises(ScenarioError, match="is being written by another run"):
        StudyFolder(folder.path).prepare(loaded, resume=True, extend=False)
    folder.release()
    assert not folder.is_driven()


def test_a_folder_of_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "study").mkdir()
    (tmp_path / "study" / "thesis.tex").write_text("x")
    with pytest.raises(ScenarioError, match="is not empty and holds no study"):
        again(tmp_path, masses(70.0), resume=True)
    assert [p.name for p in (tmp_path / "study").iterdir()] == ["thesis.tex"]


def test_a_command_that_was_killed_while_it_began_can_be_repeated(tmp_path: Path) -> None:
    for name in ("cases", "failures"):
        (tmp_path / "study" / name).mkdir(parents=True)
    (tmp_path / "study" / ".lock").touch()
    (tmp_path / "study" / ".plan.json.new").touch()
    again(tmp_path, masses(70.0))


@pytest.mark.parametrize("text", ["", "{}", '{"schema": "solespine.study/1"}', "[1]"])
def test_a_plan_that_is_damaged_is_said(tmp_path: Path, text: str) -> None:
    folder, _ = prepared(tmp_path, masses(70.0))
    (folder.path / "plan.json").write_text(text)
    with pytest.raises(ScenarioError, match=r"study"):
        folder.plan()


def test_a_result_that_is_half_there_is_not_finished(tmp_path: Path, worker: InProcess) -> None:
    folder, plan = prepared(tmp_path, masses(70.0, 80.0, 90.0))
    worker(folder)
    one, two, _ = (folder.case_path(case) for case in plan.cases)
    (one / "summary.json").write_text("{")
    manifest = json.loads((two / "manifest.json").read_text())
    (two / "manifest.json").write_text(json.dumps({**manifest, "scenario_sha256": "0"}))
    statuses = [s for _, s in StudyFolder(folder.path).statuses(plan)]
    assert statuses == ["waiting", "waiting", "finished"]


def test_a_study_without_any_case_that_goes_together_is_refused(tmp_path: Path) -> None:
    text = (
        f'{STUDY}[[factors]]\nkey = "subject.foot_length_mm"\nvalues = [215.0]\n'
        '[[factors]]\nkey = "subject.ball_width_mm"\nvalues = [125.0]\n'
    )
    with pytest.raises(ScenarioError, match="no case can be computed; case 1: subject"):
        again(tmp_path, text)
    assert not (tmp_path / "study").exists()


def test_looking_at_a_lock_does_not_see_others_who_look(tmp_path: Path) -> None:
    result = ResultFolder(tmp_path / "r")
    assert not is_locked(tmp_path / "r")
    result.claim("new", "0")
    assert is_locked(tmp_path / "r") and is_locked(tmp_path / "r")
    result.release()
    assert not is_locked(tmp_path / "r")


def test_thicknesses_make_the_cases_that_they_name(tmp_path: Path) -> None:
    _, plan = prepared(tmp_path, thicknesses(4))
    assert [case.values["insole.thickness_mm"] for case in plan.cases] == [3.0, 5.0, 7.0, 9.0]
