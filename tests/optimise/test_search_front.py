# SPDX-License-Identifier: MIT
"""The front of a problem that is known, by any sampler; the same seed, the same trials."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import optuna
import pytest
from numpy.typing import NDArray

from scenarios.optimise.front import front_of
from scenarios.optimise.judge import known_bounds, stop_reason, verdict
from scenarios.optimise.load import load_search
from scenarios.optimise.records import TrialRecord
from scenarios.optimise.study import Goal
from tests.helpers.evidence import Evidence
from tests.helpers.search_command import goals, limits, prepared, search
from tests.helpers.search_double import FORCES, GOALS, LIMIT, front_f2, outputs_of
from tests.helpers.sweep_command import written
from tests.optimise.conftest import Worker

SOURCE = "problem CONSTR: Deb et al. 2002, doi:10.1109/4235.996017"
F1 = (7.0 / 18.0, 1.0)
TRIALS = 120


def dominated_share(points: NDArray[np.float64]) -> float:
    """Area that points dominate, of what the known front does, below f1 = 1 and f2 = 9."""
    known = np.linspace(*F1, 4001)
    whole = np.trapezoid([9.0 - front_f2(x) for x in known], known)
    inside = points[(points[:, 0] <= F1[1]) & (points[:, 1] <= 9.0)]
    inside = inside[np.argsort(inside[:, 0])]
    lowest = np.minimum.accumulate(inside[:, 1])
    ends = np.append(inside[1:, 0], F1[1])
    return float(np.sum((ends - inside[:, 0]) * (9.0 - lowest)) / whole)


@pytest.mark.parametrize(("sampler", "least"), [("tpe", 0.90), ("nsga2", 0.80)])
def test_a_known_front_is_found(
    tmp_path: Path, worker: Worker, evidence: Evidence, sampler: str, least: float
) -> None:
    folder, plan = prepared(tmp_path, search(f'trials = {TRIALS}\nsampler = "{sampler}"'))
    assert worker(folder) == 0
    records = folder.trials(plan)
    assert len(records) == TRIALS
    front = front_of(plan.search().goals, records)
    points = np.array([record.goals for record in front.trials])
    for record in front.trials:
        thickness, mass = record.values.values()
        assert isinstance(thickness, float) and isinstance(mass, float)
        reached = outputs_of(thickness, mass)
        assert record.goals == reached[:2] and max(reached[2:]) <= LIMIT
    assert all(f2 >= front_f2(f1) - 1e-9 for f1, f2 in points)
    case = f"Search for a known front, {sampler}, {TRIALS} designs"
    share = dominated_share(points)
    evidence.within(
        "search", case, "area dominated, of that of the front", share, low=least, source=SOURCE
    )
    broken = max(value for r in front.trials for value in (r.violations or {}).values())
    evidence.within("search", case, "largest violation on the front", broken, high=0.0)
    told = {tuple(trial.values) for trial in _study(folder.path).best_trials}
    assert told == {tuple(point) for point in points.tolist()}, "Optuna has another front"
    known = np.linspace(F1[0] + 0.01, F1[1], 60)
    evidence.curve(
        "search",
        case,
        "first goal",
        "second goal",
        {
            "found": (points[:, 0], points[:, 1]),
            "known front": (known, [front_f2(x) for x in known]),
        },
    )


def _study(folder: Path) -> optuna.Study:
    from scenarios.optimise.journal import open_journal, open_study

    return open_study(open_journal(folder, shared=False), None, None)


def test_one_goal_under_constraints(tmp_path: Path, worker: Worker) -> None:
    text = search("trials = 60").replace(goals(*GOALS), goals(GOALS[0]))
    folder, plan = prepared(tmp_path, text)
    worker(folder)
    front = front_of(plan.search().goals, folder.trials(plan))
    assert len(front.trials) == 1 and front.knee == 0
    assert F1[0] <= front.trials[0].goals[0] < F1[0] + 0.06
    course = [value for value in front.course if value is not None]
    assert course == sorted(course, reverse=True) and course[-1] == front.trials[0].goals[0]


def test_maximise_and_at_least(tmp_path: Path, worker: Worker) -> None:
    """Turned round: the largest f1 that keeps f1 below 0.7 and f2 above 3."""
    text = search("trials = 50").replace(
        goals(*GOALS), goals(GOALS[0]) + 'direction = "maximise"\n'
    )
    text = text.replace(
        limits(),
        f'[[constraints]]\nkey = "{GOALS[0]}"\nat_most = 0.7\n'
        f'[[constraints]]\nkey = "{GOALS[1]}"\nat_least = 3.0\n',
    )
    folder, plan = prepared(tmp_path, text)
    worker(folder)
    records = folder.trials(plan)
    best = front_of(plan.search().goals, records).trials[0]
    assert 0.6 < best.goals[0] <= 0.7
    assert outputs_of(*map(float, best.values.values()))[1] >= 3.0  # type: ignore[arg-type]
    assert best.goals[0] == max(r.goals[0] for r in records if r.feasible)


def test_the_same_seed_asks_for_the_same_designs_stopped_or_not(
    tmp_path: Path, worker: Worker
) -> None:
    asked = []
    for name, seed, steps in (("a", 3, (30,)), ("b", 3, (9, 10, 30)), ("c", 4, (30,))):
        there = tmp_path / name
        there.mkdir()
        for trials in steps:
            folder, plan = prepared(there, search(f"trials = {trials}\nseed = {seed}"))
            worker(folder)
        asked.append([record.values for record in folder.trials(plan)])
    assert asked[0] == asked[1]
    assert all(a != c for a, c in itertools.product(asked[0], asked[2]))
    assert len({str(values) for values in asked[0]}) == 30


def test_all_kinds_of_factors(tmp_path: Path, worker: Worker) -> None:
    text = f"""scenario = "standing"
[settings]
"output.figures" = false
[[factors]]
key = "insole.material"
values = ["eva_20", "eva_35", "poron_soft"]
[[factors]]
key = "insole.heel_lift_mm"
values = [0.0, 2.0, 8.0]
[[factors]]
key = "insole.thickness_mm"
range = [3.0, 9.0]
levels = 4
[[factors]]
key = "subject.body_mass_kg"
range = [50, 100]
integer = true
[[factors]]
key = "contact.friction_foot_insole"
range = [0.1, 1.0]
log = true
{goals(GOALS[0])}
[search]
trials = 25
sampler = "random"
[[search.start]]
insole = {{ material = "poron_soft", heel_lift_mm = 8.0, thickness_mm = 5.0 }}
subject.body_mass_kg = 71
"""
    folder, plan = prepared(tmp_path, text)
    worker(folder)
    rows = [record.values for record in folder.trials(plan)]
    assert {row["insole.material"] for row in rows} == {"eva_20", "eva_35", "poron_soft"}
    assert {row["insole.heel_lift_mm"] for row in rows} == {0.0, 2.0, 8.0}
    assert {row["insole.thickness_mm"] for row in rows} == {3.0, 5.0, 7.0, 9.0}
    assert all(isinstance(row["subject.body_mass_kg"], int) for row in rows)
    first = {key: value for key, value in rows[0].items() if key != "contact.friction_foot_insole"}
    assert list(first.values()) == ["poron_soft", 8.0, 5.0, 71]
    assert folder.trials(plan)[0].start and not folder.trials(plan)[1].start


def _finished(number: int, *reached: float) -> TrialRecord:
    return TrialRecord(number, "finished", {}, f"{number}" * 16, goals=reached, violations={})


def test_front_and_hypervolume_by_hand() -> None:
    """Points (0, 2), (1, 1), (2, 0) and the beaten (2, 2), whose margin gives (2.2, 2.2)."""
    records = [_finished(k, *xy) for k, xy in enumerate(((2, 2), (0, 2), (1, 1), (2, 0)), start=1)]
    twice = TrialRecord(5, "finished", {}, "2" * 16, goals=(0, 2), violations={}, same_as=2)
    broken = TrialRecord(6, "finished", {}, "6", goals=(-1, -1), violations={"x": 0.1})
    front = front_of([Goal(key="a"), Goal(key="b")], [*records, twice, broken])
    assert [record.number for record in front.trials] == [2, 3, 4]
    assert front.knee in (2, 3, 4) and front.reference == pytest.approx((2.2, 2.2))
    areas = np.array([0.04, 0.44, 0.44 + 1.2**2 - 0.2 * 1.2, 0.0, 0.0, 0.0])
    areas[3:] = areas[2] + 0.2 * 1.0
    assert front.course == pytest.approx(areas / 2.2**2)
    turned = front_of([Goal(key="a"), Goal(key="b", direction="maximise")], records)
    assert [record.number for record in turned.trials] == [2]


def test_a_constraint_is_kept_at_its_limit(tmp_path: Path) -> None:
    study = load_search(written(tmp_path, search())).study
    numbers = dict(zip((*GOALS, *FORCES), (1.0, 1.0, LIMIT, LIMIT), strict=True))
    assert verdict(study, numbers).feasible
    assert not verdict(study, numbers | {FORCES[1]: LIMIT + 1e-9}).feasible
    assert stop_reason(study, known_bounds(numbers), [(1.0, 1.0)]) is None
    assert stop_reason(study, known_bounds(numbers), [(1.0, 0.9)]) is not None
