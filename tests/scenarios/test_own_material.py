# SPDX-License-Identifier: MIT
"""A scenario with a material of the user's own file: names, refusals, identity, what it becomes."""

from __future__ import annotations

from pathlib import Path

import pytest

from materials.law import young_modulus_mpa
from meshes.tags import Region
from scenarios.calibration_terms import calibration_key
from scenarios.catalogue import insole_materials, insole_record
from scenarios.cli import main
from scenarios.errors import ScenarioError
from scenarios.identity import scenario_hash
from scenarios.insole_table import insole_laws
from scenarios.loading import load_scenario
from scenarios.schema import Scenario
from scenarios.schema_insole import Insole
from tests.helpers.own_material import write_own

STUDY = """
analysis = "standing"
[insole]
material_file = "my.toml"
layers = [{ material = "my_foam", thickness_mm = 3 }, { material = "eva_35", thickness_mm = 3 }]
"""


def study(folder: Path, text: str = STUDY, settings: tuple[str, ...] = ()) -> Scenario:
    file = folder / "study.toml"
    file.write_text(text)
    return load_scenario(str(file), settings=settings, working_directory=folder).scenario


def test_a_file_is_found_beside_the_scenario_and_its_names_used(tmp_path: Path) -> None:
    file = write_own(tmp_path)
    scenario = study(tmp_path)
    assert scenario.insole.material_file == file
    assert insole_materials(file)[-1] == "my_foam"
    assert insole_materials() == insole_materials(file)[:-1]
    laws = insole_laws(scenario.insole)
    assert young_modulus_mpa(laws[Region.INSOLE_COVER]) == pytest.approx(0.5)
    assert young_modulus_mpa(laws[Region.INSOLE]) == pytest.approx(2.07, abs=0.01)
    assert insole_record(scenario.insole, "eva_35").file == "insole_foams_closed.toml"


def test_set_names_file_and_material(tmp_path: Path) -> None:
    write_own(tmp_path)
    settings = ("insole.material_file=my.toml", "insole.material=my_foam")
    scenario = load_scenario("standing", settings=settings, working_directory=tmp_path).scenario
    assert insole_record(scenario.insole, "my_foam").title == "Foam of the workshop"


def test_a_baseline_has_a_file_of_its_own(tmp_path: Path) -> None:
    write_own(tmp_path)
    base = '\n[baseline]\nmaterial = "my_foam"\n'
    with pytest.raises(ScenarioError, match="no insole material 'my_foam'"):
        study(tmp_path, STUDY + base)
    scenario = study(tmp_path, STUDY + base + 'material_file = "my.toml"\n')
    assert scenario.baseline is not None
    assert insole_record(scenario.baseline, "my_foam").number("young_modulus") == 0.5


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("my_foam]", "eva_35]", ["insole.material_file", "eva_35", "name of the library"]),
        ("my_foam]", "none]", ["insole.material_file", "none", "name of the library"]),
        ("my_foam]", "my_form]", ["insole.layers[0].material", "did you mean my_form?"]),
        ('kind = "insole"', 'kind = "tissue"', ["no insole material 'my_foam'"]),
        ("value = 500", "value = 50", ["my.toml", "my_foam.young_modulus.value", "range"]),
        ("value = 0.1", "value = 0.5", ["my.toml", "my_foam.poisson_ratio.value", "range"]),
        ('unit = "kPa"', 'unit = "psi"', ["my_foam.young_modulus.unit", "allowed: Pa, kPa"]),
        ("[sources]", "[sources", ["my.toml", "not valid TOML"]),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_by_key(
    tmp_path: Path, old: str, new: str, words: list[str]
) -> None:
    write_own(tmp_path, old, new)
    with pytest.raises(ScenarioError) as refusal:
        study(tmp_path)
    assert str(tmp_path / "study.toml") in refusal.value.where
    for word in words:
        assert word in str(refusal.value), str(refusal.value)


def test_numbers_that_no_law_takes_are_refused(tmp_path: Path) -> None:
    write_own(
        tmp_path,
        'value = 500, unit = "kPa", range = [400, 600]',
        'value = -5, unit = "kPa", range = [-9, 600]',
    )
    with pytest.raises(ScenarioError, match="must be positive"):
        study(tmp_path)


def test_a_missing_file_is_refused_with_the_nearest(tmp_path: Path) -> None:
    write_own(tmp_path)
    with pytest.raises(ScenarioError, match="no such file") as refusal:
        study(tmp_path, STUDY.replace("my.toml", "mi.toml"))
    assert refusal.value.suggestion.endswith("my.toml")


def test_content_of_the_file_is_part_of_what_a_result_is(tmp_path: Path) -> None:
    write_own(tmp_path)
    scenario = study(tmp_path)
    before = scenario_hash(scenario), calibration_key(scenario, scenario.insole)
    other = tmp_path / "elsewhere"
    other.mkdir()
    write_own(other)
    moved = study(other)
    assert (scenario_hash(moved), calibration_key(moved, moved.insole)) == before
    write_own(tmp_path, "value = 500", "value = 510")
    after = scenario_hash(scenario), calibration_key(scenario, scenario.insole)
    assert after[0] != before[0] and after[1] != before[1]


def test_a_candidate_of_an_own_file_shares_the_baseline_of_the_library(tmp_path: Path) -> None:
    write_own(tmp_path)
    base = '\n[baseline]\nmaterial = "eva_35"\n'
    one, two = study(tmp_path, STUDY + base), study(tmp_path, base)
    assert one.baseline is not None and two.baseline is not None
    assert two.analysis == "stance"
    one = one.model_copy(update={"analysis": "stance"})
    assert calibration_key(one, one.baseline) == calibration_key(two, two.baseline)


def test_worn_tables_take_own_materials(tmp_path: Path) -> None:
    file = write_own(tmp_path)
    table = Insole.model_validate(
        {"material": "my_foam", "material_file": file, "wear": {"hours": 200.0}}
    )
    assert young_modulus_mpa(insole_laws(table)[Region.INSOLE]) == pytest.approx(0.5)


def test_check_warns_of_a_solid_that_the_elements_cannot_follow(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    write_own(tmp_path, "value = 0.1,", "value = 0.495,")
    (tmp_path / "study.toml").write_text(STUDY)
    monkeypatch.chdir(tmp_path)
    assert main(["check", "study.toml"]) == 0
    assert "warning: my_foam: Poisson's ratio 0.495 is above 0.49" in capsys.readouterr().out
    write_own(tmp_path)
    assert main(["check", "study.toml"]) == 0
    assert "Poisson" not in capsys.readouterr().out
