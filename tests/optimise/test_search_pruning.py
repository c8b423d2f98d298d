# SPDX-License-Identifier: MIT
"""Runs that are ended early: only those whose designs cannot be on the front, whatever comes."""

from __future__ import annotations

import csv
import shutil
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from scenarios.loading import load_scenario
from scenarios.optimise.front import front_of
from scenarios.optimise.running import Bound, running_bounds
from scenarios.optimise.store import SearchFolder
from scenarios.summary import read_summary
from scenarios.sweep.table import outputs
from tests.helpers.evidence import Evidence
from tests.helpers.search_command import goals, prepared, search
from tests.helpers.search_double import FORCES, GOALS
from tests.optimise.conftest import Worker
from tests.scenarios.synthetic import make_result
from tests.scenarios.synthetic_bodies import LENGTH

PERCENTS = np.arange(5.0, 100.0, 10.0)


def percents_run(folder: SearchFolder) -> float:
    """Stances that all runs of a search computed together."""
    done = 0.0
    for history in folder.path.glob("cases/*/history.csv"):
        with history.open() as stream:
            done += max(float(row["percent"]) for row in csv.DictReader(stream))
    return done / 100.0


@pytest.mark.parametrize("limits", [True, False])
def test_the_front_is_the_same_with_and_without(
    tmp_path: Path, worker: Worker, evidence: Evidence, limits: bool
) -> None:
    """Designs by chance do not depend on what became of others: both searches ask for the same."""
    found, computed = [], []
    for pruning in ("none", "certain"):
        there = tmp_path / pruning
        there.mkdir()
        text = search(f'trials = 70\nsampler = "random"\npruning = "{pruning}"')
        if not limits:
            text = text.replace("at_most = 9.0", "at_most = 900.0")
        folder, plan = prepared(there, text)
        assert worker(folder) == 0
        found.append(folder.trials(plan))
        computed.append(percents_run(folder))
    assert [r.values for r in found[0]] == [r.values for r in found[1]]
    whole, pruned = (front_of(plan.search().goals, records) for records in found)
    assert len(whole.trials) >= 3
    assert [r.number for r in whole.trials] == [r.number for r in pruned.trials]
    assert [r.goals for r in whole.trials] == [r.goals for r in pruned.trials]
    assert whole.knee == pruned.knee and whole.course[-1] is not None
    ends = Counter(r.status for r in found[1])
    assert ends["pruned"] > 10 and Counter(r.status for r in found[0])["finished"] == 70
    for record in found[1]:
        if record.status == "pruned":
            assert record.percent in (20.0, 40.0, 60.0) and record.reason
            other = found[0][record.number - 1]
            assert not other.feasible or other.digest not in {r.digest for r in whole.trials}
    case = "Pruning by certain bounds, 70 designs" + ("" if limits else ", no constraints")
    evidence.within(
        "search",
        case,
        "stances computed, of those without pruning",
        computed[1] / computed[0],
        high=0.95,
    )
    same = len({r.digest for r in whole.trials} ^ {r.digest for r in pruned.trials})
    evidence.within("search", case, "designs of the front that differ", same, high=0)


def test_running_bounds_are_the_summary_at_the_end(tmp_path: Path) -> None:
    """And on the way they hold: what they bound is never outside in the end."""
    folder = make_result(tmp_path / "walk", PERCENTS, PERCENTS[:1])
    scenario = load_scenario("walking").scenario
    subject = scenario.subject.model_copy(update={"foot_length_mm": LENGTH})
    scenario = scenario.model_copy(update={"subject": subject})
    summary = read_summary(folder)
    reached = outputs(summary, every=True)
    for count in (1, 4, len(PERCENTS)):
        part = tmp_path / f"part{count}"
        part.mkdir()
        for name in ("history.csv", "plantar_pressure.csv"):
            _first_instants(folder / name, part / name, PERCENTS[count - 1])
        bounds = running_bounds(part, scenario)
        checked = {key: bound for key, bound in bounds.items() if key in reached}
        assert len(checked) > 20 and "plantar.peak_pressure_kpa.heel" in checked
        for key, bound in checked.items():
            assert bound.low <= reached[key] <= bound.high, key
            if count == len(PERCENTS):
                assert reached[key] in (bound.low, bound.high), key
    assert "lumbar.L4-L5.shear_ap_n.peak" not in bounds
    assert running_bounds(part, scenario.model_copy(update={"analysis": "impact"})) == {}


def _first_instants(source: Path, target: Path, last: float) -> None:
    lines = source.read_text().splitlines(keepends=True)
    column = lines[0].rstrip().split(",").index("percent")
    rows = [line for line in lines[1:] if float(line.split(",")[column]) <= last]
    target.write_text("".join([lines[0], *rows]))


def test_what_can_fall_or_change_its_sign_bounds_nothing(tmp_path: Path) -> None:
    folder = make_result(tmp_path / "walk", PERCENTS, PERCENTS[:1])
    scenario = load_scenario("walking").scenario
    history = folder / "history.csv"
    rows = list(csv.DictReader(history.read_text().splitlines()))
    rows[3]["l4_l5_compression_n"] = "-5000.0"
    with history.open("w", newline="") as stream:
        out = csv.DictWriter(stream, rows[0].keys())
        out.writeheader()
        out.writerows(rows)
    assert "lumbar.L4-L5.compression_n.peak" not in running_bounds(folder, scenario)
    assert "lumbar.L3-L4.compression_n.peak" in running_bounds(folder, scenario)


def test_a_design_that_its_own_numbers_rule_out_is_not_run(tmp_path: Path, worker: Worker) -> None:
    text = search("trials = 30").replace(
        f'key = "{FORCES[0]}"\nat_most = 9.0', 'key = "insole.thickness_mm"\nat_most = 5.0'
    )
    folder, plan = prepared(tmp_path, text)
    worker(folder)
    records = folder.trials(plan)
    thick = [r for r in records if float(str(r.values["insole.thickness_mm"])) > 5.0]
    assert thick and all(r.status == "pruned" and r.percent == 0.0 for r in thick)
    assert not any(folder.case_path(r.case).exists() for r in thick)
    assert "insole.thickness_mm at most 5 is broken by" in thick[0].reason


def test_a_design_that_was_pruned_is_not_run_again(tmp_path: Path, worker: Worker) -> None:
    folder, plan = prepared(tmp_path, search("trials = 20"))
    worker(folder)
    before = folder.trials(plan)
    pruned = next(r for r in before if r.status == "pruned" and r.percent)
    history = folder.case_path(pruned.case) / "history.csv"
    stamp = history.stat().st_mtime_ns
    values = ", ".join(f'"{key}" = {value!r}' for key, value in pruned.values.items())
    (tmp_path / "again").mkdir()
    again, plan = prepared(tmp_path / "again", search(f"trials = 1\nstart = [{{ {values} }}]"))
    for name in ("cases", "pruned"):
        shutil.rmtree(again.path / name)
        shutil.copytree(folder.path / name, again.path / name)
    worker(again)
    first = again.trials(plan)[0]
    assert replace(first, start=False, number=pruned.number, worker="", ended="") == replace(
        pruned, worker="", ended=""
    )
    assert history.stat().st_mtime_ns == stamp


def test_the_median_of_one_goal(tmp_path: Path, worker: Worker) -> None:
    ends = {}
    for pruning in ("certain", "median"):
        there = tmp_path / pruning
        there.mkdir()
        text = search(f'trials = 30\nsampler = "random"\npruning = "{pruning}"')
        text = text.replace(goals(*GOALS), goals(GOALS[1])).replace("at_most = 9.0", "at_most = 99")
        folder, plan = prepared(there, text)
        worker(folder)
        ends[pruning] = folder.trials(plan)
    reasons = Counter(r.reason.partition(" is beyond")[1] for r in ends["median"])
    assert reasons[" is beyond"] >= 1
    assert {r.percent for r in ends["median"] if "median" in r.reason} <= {20.0, 40.0, 60.0}
    best = [min(r.goals[0] for r in records if r.goals) for records in ends.values()]
    assert best[0] == best[1]


def test_bounds_of_both_sides() -> None:
    from scenarios.optimise.judge import stop_reason
    from scenarios.optimise.study import Constraint, Goal, Search

    study = Search.model_construct(
        goals=(Goal(key="a"), Goal(key="b", direction="maximise")),
        constraints=(Constraint(key="c", at_least=1.0, at_most=3.0),),
    )
    bounds = {"a": Bound(low=2.0), "b": Bound(high=5.0), "c": Bound(0.0, 4.0)}
    assert stop_reason(study, bounds, [(2.0, 5.0)]) is None
    assert stop_reason(study, bounds, [(2.0, 5.1)]) is not None
    assert stop_reason(study, bounds, [(1.9, 4.9)]) is None
    assert stop_reason(study, bounds | {"b": Bound()}, [(-9.0, 9.0)]) is None
    for c in (Bound(low=3.1), Bound(high=0.9)):
        found = stop_reason(study, bounds | {"c": c}, [])
        assert found is not None and found[0].startswith("c at ")
    assert stop_reason(study, bounds | {"c": Bound(low=3.0)}, []) is None
