# SPDX-License-Identifier: MIT
"""The Python interface: loading and changing, and a run with an analysis that solves nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from scenarios.api import NotConverged, ScenarioError, change, check, load, read, run
from scenarios.loading import load_scenario
from tests.scenarios.doubled_command import DOUBLES
from tests.scenarios.synthetic import make_result


@pytest.fixture
def doubled(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    for module, name, double in DOUBLES:
        monkeypatch.setattr(module, name, double)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_changes_are_what_set_would_do(tmp_path: Path) -> None:
    made = load("standing", {"insole.thickness_mm": 8, "insole": {"material": "cork"}})
    flags = ["insole.thickness_mm=8", "insole.material=cork"]
    assert made.scenario == load_scenario("standing", settings=flags).scenario
    file = tmp_path / "mine.toml"
    file.write_text('analysis = "standing"\n[subject]\nheight_m = 1.6\n')
    assert load(file).scenario.subject.height_m == 1.6
    assert load(file).scenario.name == "mine"


def test_what_follows_from_a_changed_value_follows_again() -> None:
    small = load("standing", {"subject.height_m": 1.5})
    tall = change(small, {"subject.height_m": 1.9})
    lengths = [found.scenario.subject.foot_length_mm for found in (small, tall)]
    assert lengths[0] / 1.5 == pytest.approx(lengths[1] / 1.9, rel=1e-4)
    assert small.scenario.subject.height_m == 1.5
    layered = change(tall, {"insole.layers": [{"material": "cork", "thickness_mm": 6.0}]})
    assert layered.scenario.insole.layers[0].material == "cork"
    assert change(layered, {}).scenario == layered.scenario


def test_wrong_changes_name_the_key() -> None:
    with pytest.raises(
        ScenarioError, match=r"insole\.thickness_mm: 50 is out of range.*1 to 30 mm"
    ):
        load("standing", {"insole.thickness_mm": 50})
    with pytest.raises(ScenarioError, match=r"did you mean insole\.thickness_mm"):
        change(load("standing"), {"insole.thicknes_mm": 5})
    with pytest.raises(ScenarioError, match="did you mean standing"):
        load("standng")


def test_check_meshes_and_warns() -> None:
    assert check(load("standing")) == ()
    assert "built-in gait" in check(load("walking"))[0]


def test_run_resume_overwrite_and_read(doubled: Path) -> None:
    scenario = load("walking", {"output.stance_percent": 20})
    result = run(scenario)
    assert result.folder == Path("results/walking")
    assert result.numbers["insole.energy_stored_j"] == 0.3
    assert result.history["percent"] == [20.0, 40.0, 60.0, 80.0]
    assert result.summary.insole is not None
    with pytest.raises(ScenarioError, match="holds a result"):
        run(scenario)
    with pytest.raises(ScenarioError, match="one of the two"):
        run(scenario, resume=True, overwrite=True)
    assert run(scenario, resume=True).numbers == result.numbers
    again = run(change(scenario, {"insole.thickness_mm": 7}), overwrite=True)
    assert "thickness_mm = 7" in (again.folder / "scenario.toml").read_text()
    assert read("results/walking").numbers == again.numbers


def test_what_fails_keeps_its_kind(doubled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOUBLE", "diverge")
    with pytest.raises(NotConverged, match="try a finer step"):
        run(load("walking"), "out")
    monkeypatch.setenv("DOUBLE", "refuse")
    with pytest.raises(ScenarioError):
        run(load("walking"), "none")
    assert not (doubled / "none").exists()
    with pytest.raises(ScenarioError, match="is not finished"):
        read("out")


def test_tables_are_lists_by_column(tmp_path: Path) -> None:
    import numpy as np

    result = read(make_result(tmp_path / "r", np.array([10.0, 50.0]), np.array([])))
    history, plantar = result.history, result.plantar_pressure
    assert history["percent"] == [10.0, 50.0]
    assert set(plantar["percent"]) == {10.0, 50.0}
    peak = max(plantar["pressure_kpa"])
    whole = result.numbers["plantar.peak_pressure_kpa.whole"]
    assert peak == pytest.approx(whole, rel=0.1)
    assert result.report == tmp_path / "r" / "report.html"
