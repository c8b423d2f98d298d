# SPDX-License-Identifier: MIT
"""From two results to hours a day: loads, limits, files, and what is refused."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from scenarios.cli import main
from scenarios.errors import ScenarioError
from scenarios.followup.visits import computed_visit
from scenarios.followup.wearing_in import HONEST, Habits, WearingIn, wearing_in, wearing_text
from tests.helpers.visit_folders import result

OLD = {"whole": 90.0, "heel": 80.0, "midfoot": 10.0, "forefoot": 60.0}
NEW = {"whole": 99.0, "heel": 60.0, "midfoot": 30.0, "forefoot": 63.0}


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    old = result(tmp_path / "old", integral=OLD, role="baseline")
    return result(tmp_path / "new", integral=NEW), old


def schedule(folders: tuple[Path, Path], **habits: float) -> WearingIn:
    new, old = (computed_visit(folder, folder.name) for folder in folders)
    return wearing_in(new, old, Habits(**{"growth_percent": 10.0, **habits}))


def test_the_region_whose_integral_grows_limits_the_hours(folders: tuple[Path, Path]) -> None:
    found = schedule(folders, steps_per_day=6000.0)
    assert tuple(found.old) == ("heel", "midfoot", "forefoot"), "the whole sole is no region"
    assert found.count == 3000.0
    share = 0.5 * (1.1**4 - 1.0)
    assert found.days[3].share == pytest.approx(share) and found.days[3].limited_by == "midfoot"
    assert found.hours(found.days[3]) == pytest.approx(16.0 * share)
    assert found.doses(found.days[3])["midfoot"] == pytest.approx(3000.0 * 10.0 * 1.1**4)
    assert found.is_full and found.days[-1].number == 12


def test_text_states_assumptions_and_that_nothing_is_claimed(folders: tuple[Path, Path]) -> None:
    text = wearing_text(schedule(folders, steps_per_day=6000.0, cadence=100.0))
    assert f"assumption: {HONEST}" in text and "no clinical evidence" in HONEST
    for said in ("linear", "spread evenly over 16 waking hours", "no recovery", "3000 steps"):
        assert said in text
    day = next(line.split() for line in text.splitlines() if line.split()[:1] == ["1"])
    assert day == ["1", "0:48", "5.0", "3", "midfoot"]


def test_standing_counts_hours(tmp_path: Path) -> None:
    old = result(tmp_path / "old", {"heel": 100.0}, analysis="standing", role="baseline")
    new = result(tmp_path / "new", {"heel": 150.0}, analysis="standing")
    found = schedule((new, old), standing_hours=4.0, waking_hours=10.0)
    assert found.hours(found.days[0]) == pytest.approx(2.0)
    assert found.doses(found.days[0])["heel"] == pytest.approx(440.0)


def test_files(folders: tuple[Path, Path], tmp_path: Path) -> None:
    table = tmp_path / "days.csv"
    words = ["--steps-per-day", "6000", "--growth-percent-per-day", "10", "-o", str(table)]
    assert (
        main(["insole", "wearing-in", str(folders[0]), "--baseline", str(folders[1]), *words]) == 0
    )
    assert table.with_suffix(".png").read_bytes()[:4] == b"\x89PNG"
    with table.open() as stream:
        rows = list(csv.DictReader(stream))
    assert [row["day"] for row in rows] == [str(n) for n in range(13)]
    assert float(rows[0]["dose_midfoot_kpa_s"]) == 30000.0 and rows[0]["wear_h"] == "0.0"
    grown = [float(row["growth_midfoot_percent"]) for row in rows[1:]]
    assert grown[:-1] == pytest.approx([10.0] * 11) and 0.0 < grown[-1] < 10.0
    assert float(rows[-1]["wear_h"]) == 16.0 and rows[-1]["limited_by"] == ""


@pytest.mark.parametrize(
    ("habits", "key"),
    [
        ({}, "--steps-per-day"),
        ({"standing_hours": 4.0}, "--steps-per-day"),
        ({"steps_per_day": 10.0}, "--steps-per-day"),
        ({"steps_per_day": 6000.0, "growth_percent": 0.0}, "--growth-percent-per-day"),
        ({"steps_per_day": 6000.0, "growth_percent": float("nan")}, "--growth-percent-per-day"),
        ({"steps_per_day": 6000.0, "waking_hours": 30.0}, "--waking-hours"),
        ({"steps_per_day": 90000.0, "cadence": 80.0}, "--cadence"),
    ],
)
def test_habits_out_of_range(
    habits: dict[str, float], key: str, folders: tuple[Path, Path]
) -> None:
    with pytest.raises(ScenarioError) as caught:
        schedule(folders, **habits)
    assert caught.value.key == key


def test_results_that_do_not_go_together(folders: tuple[Path, Path], tmp_path: Path) -> None:
    standing = result(tmp_path / "standing", analysis="standing")
    with pytest.raises(ScenarioError, match="analysis: is stance"):
        schedule((folders[0], standing), steps_per_day=6000.0)
    bare = result(tmp_path / "bare")
    with pytest.raises(ScenarioError, match="pressure_time_integral_kpa_s: holds no"):
        schedule((folders[0], bare), steps_per_day=6000.0)
    impact = result(tmp_path / "impact", integral=OLD, analysis="impact", role=None)
    with pytest.raises(ScenarioError, match="is impact, which is no whole step"):
        schedule((impact, impact), steps_per_day=6000.0)
