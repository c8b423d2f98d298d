# SPDX-License-Identifier: MIT
"""Changes that a result asks for: which, how large, and that what is written runs."""

from __future__ import annotations

import csv
import tomllib
from pathlib import Path

import pytest

from scenarios.cli import main
from scenarios.errors import ScenarioError
from scenarios.followup import modifications as change
from scenarios.followup import rules, suggest
from scenarios.followup.design import changed_insole, small_data, with_insole
from scenarios.followup.modifications import NoChange
from scenarios.followup.rules import RULES
from scenarios.followup.suggest import (
    Suggestion,
    asked_of,
    read_marks,
    read_source,
    suggestions,
)
from scenarios.loading import Loaded, load_scenario
from scenarios.schema import Scenario
from scenarios.schema_insole import Insole
from tests.helpers.visit_folders import result

GUIDE = Path(__file__).parents[2] / "docs" / "guide" / "followup.md"
LOW = {"heel": 100.0, "midfoot": 50.0, "forefoot": 40.0}


@pytest.fixture
def schema_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """No meshing: `test_a_folder_that_runs` is for that."""
    monkeypatch.setattr(suggest, "check_scenario", lambda loaded: ())


def standing(folder: Path, pressure: dict[str, float], **more: object) -> Path:
    return result(folder, LOW | pressure, analysis="standing", role="baseline", **more)


def found(folder: Path, **more: bool) -> dict[str, Suggestion]:
    source = read_source(str(folder))
    return {one.name: one for one in suggestions(source, asked_of(source, {}), **more)}


def test_each_change_is_by_a_step() -> None:
    plain = Insole()
    assert change.more_conformity(plain) == {"conformity": 0.5}
    assert change.more_conformity(Insole(conformity=0.8)) == {"conformity": 1.0}
    assert change.less_conformity(Insole(conformity=1.0)) == {"conformity": 0.75}
    assert change.deeper_cup(Insole(conformity=1.0)) == {"heel_cup_depth_mm": 15.0}
    assert change.medial_post(Insole(rearfoot_post_deg=11.0)) == {"rearfoot_post_deg": 12.0}
    assert change.thicker(plain) == {"thickness_mm": 8.0}
    assert change.metatarsal_pad(plain) == {"metatarsal_pad_height_mm": 4.0}
    assert change.softer_arch(plain) == {"arch_stiffness_factor": 0.5}
    assert change.stiffer_arch(Insole(conformity=1.0)) == {"arch_stiffness_factor": 2.0}
    assert change.firmer(plain) == {"material": "eva_50"}
    assert change.softer_heel(plain) == {"zones": [{"region": "heel", "material": "plastazote_70"}]}
    plug = {"heel_plug_diameter_mm": 30.0, "heel_plug_material": "plastazote_70"}
    assert change.heel_plug(plain) == plug


@pytest.mark.parametrize(
    ("make", "insole"),
    [
        (change.more_conformity, Insole(conformity=1.0)),
        (change.less_conformity, Insole()),
        (change.deeper_cup, Insole()),
        (change.deeper_cup, Insole(conformity=1.0, heel_cup_depth_mm=25.0)),
        (change.medial_post, Insole(rearfoot_post_deg=12.0)),
        (change.thicker, Insole(thickness_mm=29.0)),
        (change.metatarsal_pad, Insole(metatarsal_pad_height_mm=12.0)),
        (change.heel_plug, Insole(heel_plug_diameter_mm=20.0)),
        (change.stiffer_arch, Insole()),
        (change.softer_arch, Insole(arch_stiffness_factor=0.1)),
        (change.firmer, Insole(material="carbon")),
        (change.softer_heel, Insole(material="rigid_reference")),
    ],
)
def test_what_cannot_be_changed_says_why(make: object, insole: Insole) -> None:
    with pytest.raises(NoChange, match=r"\w"):
        make(insole)


def test_layers_and_zones_keep_what_does_not_change() -> None:
    layers = ({"material": "poron_soft", "thickness_mm": 2.0},)
    layers += ({"material": "eva_35", "thickness_mm": 4.0},)
    zones = ({"region": "heel", "material": "eva_50", "thickness_mm": 5.0},)
    insole = Insole.model_validate({"layers": layers, "zones": zones})
    thicker = changed_insole(insole, change.thicker(insole))
    assert [layer.thickness_mm for layer in thicker.layers] == [2.0, 6.0]
    assert thicker.thickness_mm == 8.0
    firmer = changed_insole(insole, change.firmer(insole))
    assert [layer.material for layer in firmer.layers] == ["poron_soft", "eva_50"]
    softer = changed_insole(insole, change.softer_heel(insole))
    assert softer.zones[0].thickness_mm == 5.0 and softer.zones[0].material == "plastazote_115"
    both = changed_insole(softer, change.softer_forefoot(softer))
    assert [zone.region for zone in both.zones] == ["heel", "forefoot"]
    lattice = Insole.model_validate({"infill": {"relative_density": 0.2}})
    assert changed_insole(lattice, change.firmer(lattice)).infill.relative_density == 0.283


@pytest.mark.usefixtures("schema_only")
def test_only_what_is_beyond_its_mark_asks(tmp_path: Path) -> None:
    assert found(standing(tmp_path / "low", {})) == {}
    assert found(standing(tmp_path / "at", {"heel": 139.0})) == {}
    beyond = found(standing(tmp_path / "heel", {"heel": 139.1}))
    assert list(beyond) == ["conformity", "heel_cup", "heel_plug"], "one rule needs no combination"
    assert beyond["heel_cup"].text == "" and "conformity is 0" in beyond["heel_cup"].problem
    source = read_source(str(tmp_path / "low"))
    marked = asked_of(source, read_marks(["heel_pressure=99"]))
    assert [one.rule.name for one in marked if one.is_beyond] == ["heel_pressure"]


@pytest.mark.usefixtures("schema_only")
def test_the_first_of_each_rule_together(tmp_path: Path) -> None:
    folder = standing(tmp_path / "now", {"heel": 200.0, "forefoot": 80.0})
    made = found(folder)
    assert list(made)[-1] == "combined" and "metatarsal_pad" in made
    data = tomllib.loads(made["combined"].text)["insole"]
    assert (data["conformity"], data["metatarsal_pad_height_mm"]) == (0.5, 4.0)
    singles = [one for name, one in made.items() if name != "combined" and one.text]
    assert all(len(one.change) == 1 or one.name == "heel_plug" for one in singles)
    assert [asked.rule.name for asked, _ in made["conformity"].reasons] == [
        "heel_pressure",
        "forefoot_pressure",
    ]


def test_every_rule_of_stance_and_impact_reads_its_number() -> None:
    for rule in RULES:
        outputs = {key: float(i) * 1e4 for i, key in enumerate(rule.keys)} | {rule.keys[-1]: 1e4}
        assert rule.value(outputs) == 1e4
        assert rule.value({}) is None
    eversion = next(rule for rule in RULES if rule.name == "eversion")
    assert eversion.value(dict(zip(eversion.keys, (-3.0, 4.0), strict=True))) == 7.0
    assert [rule.name for rule in RULES if "impact" in rule.marks] == [
        *("loading_rate", "tibial_shock", "foam_strain")
    ]


def test_a_folder_that_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    now = standing(tmp_path / "now", {"heel": 200.0, "forefoot": 80.0})
    out = tmp_path / "next"
    assert main(["insole", "suggest", str(now), "-o", str(out)]) == 0
    text = capsys.readouterr().out
    assert "nothing is said of pain" in text
    with (out / "suggestions.csv").open() as stream:
        rows = list(csv.DictReader(stream))
    files = {row["file"] for row in rows if row["file"]}
    assert files == {path.name for path in out.glob("*.toml")}
    for row in rows:
        assert row["source"] and row["reason"] and row["asked"] == "yes"
        assert bool(row["file"]) == bool(row["command"]) != bool(row["problem"])
        assert row["command"] in text
    for file in out.glob("*.toml"):
        words = file.read_text()
        assert "above the mark of" in words and "# was " in words and "nothing of pain" in words
        scenario = load_scenario(str(file)).scenario
        assert scenario.baseline.calibration_dir == now, "paired with the result it comes from"
        assert scenario.insole.material == "eva_35" and scenario.analysis == "standing"
    assert main(["insole", "suggest", str(now), "-o", str(out)]) == 2, "never over another"
    assert "is not empty" in capsys.readouterr().err


@pytest.mark.usefixtures("schema_only")
def test_nothing_asks_and_nothing_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    now, out = standing(tmp_path / "now", {}), tmp_path / "next"
    assert main(["insole", "suggest", str(now), "-o", str(out)]) == 0
    assert "nothing asks for a change" in capsys.readouterr().out and not out.exists()
    assert main(["insole", "suggest", str(now), "--all", "-o", str(out)]) == 0
    assert {"thicker.toml", "firmer.toml", "combined.toml"} <= {p.name for p in out.iterdir()}


@pytest.mark.usefixtures("schema_only")
def test_a_scenario_without_a_result(tmp_path: Path) -> None:
    file = tmp_path / "study.toml"
    file.write_text('analysis = "standing"\n[insole]\nconformity = 0.5\n')
    source = read_source(str(file))
    asked = [one for one in asked_of(source, {}) if one.rule.name == "heel_pressure"]
    made = {one.name: one for one in suggestions(source, asked)}
    assert list(made) == ["conformity", "heel_cup", "heel_plug"]
    data = tomllib.loads(made["heel_cup"].text)
    assert data["baseline"]["conformity"] == 0.5, "compared with the current design"
    assert data["insole"]["heel_cup_depth_mm"] == 15.0


@pytest.mark.parametrize("key", ["insole.conformity", "baseline.calibration_dir"])
def test_what_the_mesher_or_the_baseline_refuses(
    key: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A shape is left out with its reason; anything else is wrong with what was given."""
    now = standing(tmp_path / "now", {"heel": 200.0})

    def refuse(loaded: Loaded) -> None:
        if loaded.scenario.insole.conformity > 0.0:
            raise ScenarioError("x", key, "no such shape")

    monkeypatch.setattr(suggest, "check_scenario", refuse)
    if key.startswith("baseline"):
        with pytest.raises(ScenarioError, match=f"{now}: {key}: no such shape"):
            found(now)
        return
    made = found(now)
    assert made["conformity"].problem == f"{key}: no such shape" and not made["conformity"].text
    assert made["heel_plug"].text


def test_a_small_scenario_is_the_same_scenario() -> None:
    subject = {"foot_type": "flat", "body_mass_kg": 81.0}
    insole = {"zones": ({"region": "heel", "material": "eva_20"},), "wear": {"hours": 10.0}}
    whole = Scenario.model_validate({"subject": subject, "insole": insole})
    small = small_data(with_insole(whole, whole.insole, "x"))
    assert set(small) == {"name", "analysis", "resolution", "subject", "insole"}
    assert set(small["subject"]) == set(subject)
    assert set(small["insole"]) == {"material", "thickness_mm", "zones", "wear"}
    again = Scenario.model_validate(small | {"name": whole.name})
    assert again.model_dump() == whole.model_dump()


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (["--mark", "heel_presure=3"], "did you mean heel_pressure?"),
        (["--mark", "heel_pressure"], "allowed: a number above 0"),
        (["--mark", "heel_pressure=-1"], "allowed: a number above 0"),
        (["-o", "now"], "now is not empty"),
    ],
)
def test_wrong_flags(
    words: list[str], text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    standing(tmp_path / "now", {"heel": 200.0})
    monkeypatch.chdir(tmp_path)
    assert main(["insole", "suggest", "now", *words]) == 2
    assert text in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["now"]


def test_a_bare_foot_has_no_insole_to_change(tmp_path: Path) -> None:
    bare = standing(tmp_path / "bare", {}, scenario={"insole": {"material": "none"}})
    with pytest.raises(ScenarioError, match=r'insole.material: is "none"'):
        read_source(str(bare))


def test_the_guide_holds_the_rules() -> None:
    text = GUIDE.read_text(encoding="utf-8")
    assert rules.renewed(text) == text, "python -m scenarios.followup.rules docs/guide/followup.md"
    names = [made.name for rule in RULES for made in rule.changes]
    makes = {made.name: made.make for rule in RULES for made in rule.changes}
    assert all(makes[made.name] is made.make for rule in RULES for made in rule.changes), names
