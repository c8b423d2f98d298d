# SPDX-License-Identifier: MIT
"""A search's folder: what is resumed and what refused, lost trials, damaged journals."""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path

import pytest

from scenarios.cli import main
from scenarios.errors import ScenarioError
from scenarios.folder import ResultFolder
from scenarios.optimise.desk import Desk
from scenarios.optimise.journal import DAMAGED, NAME, mend_journal, open_journal, open_study
from scenarios.optimise.load import load_search
from scenarios.optimise.store import SearchFolder, SearchPlan
from scenarios.sweep.cases import Case
from tests.helpers.search_command import goals, prepared, search
from tests.helpers.search_double import GOALS
from tests.helpers.sweep_command import completed, written
from tests.optimise.conftest import Worker

START = 'start = [{ "insole.thickness_mm" = %s, "subject.body_mass_kg" = 60.0 }]'


def begin(tmp_path: Path, text: str, *, resume: bool = True, extend: bool = False) -> SearchPlan:
    folder = SearchFolder(tmp_path / "study")
    try:
        plan, _ = folder.begin(load_search(written(tmp_path, text)), resume=resume, extend=extend)
    finally:
        folder.release()
    return plan


def desk(folder: SearchFolder, plan: SearchPlan, worker: str) -> Desk:
    return Desk(folder, plan.loaded(), worker, shared=False)


CHANGED = [
    ('scenario = "walking"', 'scenario = "running"', "scenario differs"),
    ('"output.stance_percent" = 20', '"output.stance_percent" = 25', "settings differs"),
    ("range = [3.0, 9.0]", "range = [3.0, 8.0]", "factors differs"),
    (goals(GOALS[0]), goals("insole.thickness_mm"), "goals differs"),
    ("at_most = 9.0", "at_most = 8.0", "constraints differs"),
    ("trials = 4", "trials = 4\nseed = 2", "search.seed differs"),
    ("trials = 4", 'trials = 4\npruning = "none"', "search.pruning differs"),
]


def test_a_changed_search_is_refused_and_says_what_differs(tmp_path: Path) -> None:
    text = search("trials = 4")
    begin(tmp_path, text)
    for old, new, said in CHANGED:
        assert old in text
        with pytest.raises(ScenarioError) as error:
            begin(tmp_path, text.replace(old, new))
        assert said in str(error.value) and "--extend" in str(error.value)
    begin(tmp_path, text.replace("trials = 4", "trials = 9"))
    begin(tmp_path, search("trials = 9", "[run]\nworkers = 1\n"))
    with pytest.raises(ScenarioError, match="holds a search that was begun; allowed: --resume"):
        begin(tmp_path, text, resume=False)


def test_a_base_that_was_changed_is_refused(tmp_path: Path, worker: Worker) -> None:
    base = tmp_path / "base.toml"
    base.write_text('analysis = "stance"\n')
    text = search("trials = 2").replace('"walking"', '"base.toml"')
    folder, _ = prepared(tmp_path, text)
    base.write_text('analysis = "stance"\ninsole.heel_lift_mm = 3.0\n')
    with pytest.raises(ScenarioError, match="base scenario or its input files differ"):
        begin(tmp_path, text)
    with pytest.raises(ScenarioError, match="are not what they were"):
        worker(folder)
    assert completed(tmp_path) == []
    assert main(["optimise", str(folder.path), "-o", str(folder.path), "--status"]) == 0


def test_another_search_in_the_folder_keeps_what_was_run(tmp_path: Path, worker: Worker) -> None:
    text = search('trials = 12\nsampler = "random"')
    folder, plan = prepared(tmp_path, text)
    worker(folder)
    done = len(completed(tmp_path))
    pruned = [r for r in folder.trials(plan) if r.status == "pruned"]
    assert done and pruned
    plan = begin(tmp_path, text.replace("at_most = 9.0", "at_most = 99.0"), extend=True)
    assert folder.trials(plan) == () and (folder.path / "journal-1.log").is_file()
    worker(folder)
    after = Counter(completed(tmp_path))
    assert set(after.values()) == {1} and sum(after.values()) > done
    assert len(folder.trials(plan)) == 12


def test_a_design_is_run_once(tmp_path: Path, worker: Worker) -> None:
    text = search('trials = 40\nsampler = "random"\npruning = "none"')
    text = text.replace("range = [3.0, 9.0]", "range = [4.0, 6.0]\nlevels = 3")
    text = text.replace("range = [50.0, 100.0]", "values = [55.0, 65.0, 75.0]")
    folder, plan = prepared(tmp_path, text)
    worker(folder)
    records = folder.trials(plan)
    assert len(completed(tmp_path)) == len({r.digest for r in records}) <= 9
    first = {r.digest: r for r in reversed(records)}
    for record in records:
        assert record.goals == first[record.digest].goals and record.status == "finished"
        assert record.same_as == (0 if record is first[record.digest] else record.same_as)
    assert sum(r.same_as > 0 for r in records) == 40 - len(first)


def test_failed_and_refused_designs_have_reasons_and_the_search_goes_on(
    tmp_path: Path, worker: Worker
) -> None:
    starts = ", ".join(
        f'{{ "insole.thickness_mm" = {t}, "insole.heel_cup_depth_mm" = {d} }}'
        for t, d in ((9.0, 10.0), (3.0, 10.0), (5.0, 10.0), (3.0, 0.0))
    )
    text = search(f"trials = 6\nstart = [{starts}]")
    text = text.replace("[search]", '[[factors]]\nkey = "insole.heel_cup_depth_mm"\n'
                        "range = [0.0, 20.0]\n[search]")  # fmt: skip
    folder, plan = prepared(tmp_path, text)
    assert worker(folder) == 0
    records = folder.trials(plan)
    assert [r.start for r in records] == [True] * 4 + [False] * 2
    ends = [(r.status, r.reason) for r in records[:3]]
    assert ends[0] == ("failed", "not converged at 40 % of stance: try a finer step")
    assert ends[1] == ("failed", "study.toml: insole.thickness_mm: cannot be meshed")
    assert ends[2][0] in ("finished", "pruned")


def test_values_that_do_not_go_together_are_refused_before_they_are_run(
    tmp_path: Path, worker: Worker
) -> None:
    text = search('trials = 10\nsampler = "random"').replace(
        "[search]",
        '[[factors]]\nkey = "subject.ball_width_mm"\nvalues = [90.0, 125.0]\n'
        '[[factors]]\nkey = "subject.foot_length_mm"\nvalues = [215.0, 265.0]\n[search]',
    )
    folder, plan = prepared(tmp_path, text)
    worker(folder)
    records = folder.trials(plan)
    refused = [r for r in records if r.status == "refused"]
    assert refused and len(records) == 10 and len(refused) < 10
    for record in refused:
        assert record.digest == "" and "subject." in record.reason
        assert record.values["subject.ball_width_mm"] == 125.0


def test_an_output_that_a_run_does_not_have(tmp_path: Path, worker: Worker) -> None:
    folder, plan = prepared(tmp_path, search("trials = 2").replace(GOALS[0], "scan.sole_rms_mm"))
    worker(folder)
    assert {(r.status, r.reason) for r in folder.trials(plan) if r.status != "pruned"} == {
        ("failed", "its summary has no scan.sole_rms_mm")
    }


def test_a_trial_whose_worker_died_is_taken_up_by_another(tmp_path: Path, worker: Worker) -> None:
    folder, plan = prepared(tmp_path, search(f"trials = 3\n{START % 5.0}"))
    case = desk(folder, plan, "dead").next()
    assert case is not None and case.number == 1
    record = folder.trials(plan)[0]
    assert record.worker == "dead" and folder.trial_status(record) == "waiting"
    signs = folder.sign_on("alive")
    assert folder.is_alive("alive")
    taken = desk(folder, plan, "alive").next()
    assert taken == case and folder.trial_status(folder.trials(plan)[0]) == "running"
    other = desk(folder, plan, "other").next()
    assert other is not None and other.number == 2, "a trial of a living worker was taken"
    signs.sign_off()
    assert not folder.is_alive("alive")
    worker(folder)
    records = folder.trials(plan)
    assert [r.number for r in records] == [1, 2, 3]
    assert set(Counter(completed(tmp_path)).values()) == {1}


def test_a_worker_of_another_machine_is_believed_by_its_signs(tmp_path: Path) -> None:
    folder, _ = prepared(tmp_path, search())
    sign = folder.path / "workers" / ".far.sign"
    sign.write_text("another-machine")
    assert folder.is_alive("far")
    old = sign.stat().st_mtime - 1000.0
    os.utime(sign, (old, old))
    assert not folder.is_alive("far")


def test_a_run_whose_end_was_not_told_is_not_run_again(tmp_path: Path, worker: Worker) -> None:
    """Its worker was killed between the result and the journal."""
    folder, plan = prepared(tmp_path, search(f"trials = 1\n{START % 5.0}"))
    done, same = prepared(_there(tmp_path / "b"), search(f"trials = 1\n{START % 5.0}"))
    worker(done)
    assert desk(folder, plan, "dead").next() is not None
    result = done.trials(same)[0]
    done.case_path(result.case).rename(folder.case_path(result.case))
    worker(folder)
    assert folder.trials(plan)[0].goals == result.goals and completed(tmp_path) == []


def _there(folder: Path) -> Path:
    folder.mkdir()
    return folder


def test_a_trial_without_a_design_is_lost_and_not_counted(tmp_path: Path, worker: Worker) -> None:
    """Its worker was killed while the design was chosen, one parameter after the other."""
    folder, plan = prepared(tmp_path, search(f"trials = 3\n{START % 5.0}"))
    storage = open_journal(folder.path, shared=False)
    study = open_study(storage, None, None)
    trial = study.ask()
    trial.suggest_float("insole.thickness_mm", 3.0, 9.0)
    trial.set_user_attr("worker", "dead")
    worker(folder)
    records = folder.trials(plan)
    assert len(records) == 3 and [r.start for r in records].count(True) == 1
    assert all(r.values for r in records) and {r.status for r in records} <= {"finished", "pruned"}


def test_no_more_trials_than_asked_for_when_two_ask_at_once(tmp_path: Path, worker: Worker) -> None:
    folder, plan = prepared(tmp_path, search("trials = 4"))
    worker(folder)
    study = open_study(open_journal(folder.path, shared=False), None, None)
    late = desk(folder, plan, "late")
    study.ask()  # another worker's, that saw three trials too
    assert late._asked() is None
    assert len(folder.trials(plan)) == 5  # the other one ends its own
    assert sum(status == "waiting" for _, status in folder.statuses(plan)) <= 1


def test_a_design_that_another_run_has_is_left_to_it(tmp_path: Path, worker: Worker) -> None:
    folder, plan = prepared(tmp_path, search(f"trials = 2\n{START % 5.0}"))
    case = desk(folder, plan, "dead").next()
    assert case is not None
    other = ResultFolder(folder.case_path(case))
    other.claim("resume", case.digest)
    assert worker(folder) == 0
    assert folder.trial_status(folder.trials(plan)[0]) == "running"
    other.release()
    assert worker(folder) == 0
    assert folder.trials(plan)[0].status in ("finished", "pruned")


def test_a_design_that_kills_its_workers_is_given_up(tmp_path: Path, worker: Worker) -> None:
    folder, plan = prepared(tmp_path, search(f"trials = 2\n{START % 5.0}"))
    case = desk(folder, plan, "slurm-7_0").next()
    assert case is not None
    for _ in range(2):
        (folder.path / "workers" / "slurm-7_0").write_text(case.digest)
        begin(tmp_path, search(f"trials = 2\n{START % 5.0}"))
    worker(folder)
    first = folder.trials(plan)[0]
    assert first.status == "failed" and "its worker slurm-7_0 was killed" in first.reason


@pytest.mark.parametrize(
    "tail",
    [b'{"op_code": 4, "wor', b"\0" * 60, b'{"a": 1}{"b": 2}\n'],
    ids=["half", "empty", "two"],
)
def test_a_journal_that_was_torn_is_mended(tmp_path: Path, worker: Worker, tail: bytes) -> None:
    text = search('trials = 6\nsampler = "random"')
    folder, plan = prepared(tmp_path, text)
    worker(folder)
    before, ran = folder.trials(plan), len(completed(tmp_path))
    path = folder.path / NAME
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([*lines[:-25], tail, *lines[-25:]]))
    (folder.path / f"{NAME}.lock").symlink_to(path)
    assert mend_journal(folder.path) >= 25 and mend_journal(folder.path) == 0
    assert (folder.path / DAMAGED).is_file()
    assert len(folder.trials(plan)) < 6 or folder.trials(plan) != before
    begin(tmp_path, text)
    worker(folder)
    after = folder.trials(plan)
    assert [r.values for r in after] == [r.values for r in before]
    assert [r.goals for r in after] == [r.goals for r in before]
    assert len(completed(tmp_path)) == ran


def test_a_folder_that_holds_something_else(tmp_path: Path) -> None:
    (tmp_path / "study").mkdir()
    (tmp_path / "study" / "letter.txt").write_text("dear")
    with pytest.raises(ScenarioError, match="is not empty and holds no search"):
        begin(tmp_path, search())
    (tmp_path / "study" / "letter.txt").unlink()
    (tmp_path / "study" / "plan.json").write_text(json.dumps({"schema": "solespine.study/1"}))
    with pytest.raises(ScenarioError, match="holds no search"):
        begin(tmp_path, search())


def test_one_command_at_a_time(tmp_path: Path) -> None:
    folder = SearchFolder(tmp_path / "study")
    folder.begin(load_search(written(tmp_path, search())), resume=False, extend=False)
    with pytest.raises(ScenarioError, match="is being written by another run"):
        begin(tmp_path, search())
    folder.release()
    begin(tmp_path, search())


def test_case_of_any_content(tmp_path: Path) -> None:
    folder, plan = prepared(tmp_path, search())
    assert folder.case_of(plan, "ab") == Case(0, {}, "ab") and folder.case_of(plan, "") is None
