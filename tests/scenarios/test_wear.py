# SPDX-License-Identifier: MIT
"""A worn insole: keys, thinner mesh and softer law, and what summary and report say of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from materials import build
from materials.evaluation import uniaxial_mpa
from materials.prony import PronySeries
from materials.wear import CYCLES_PER_HOUR, wear_model_of
from meshes.tags import Region
from scenarios import plantar
from scenarios.calibration_terms import calibration_key
from scenarios.check import check_scenario
from scenarios.errors import ScenarioError
from scenarios.insole_table import insole_dimensions, insole_laws, worn_series
from scenarios.leg_length import one_sided_height_mm
from scenarios.loading import load_scenario, resolved_scenario, scenario_data
from scenarios.report import _channels, _setting
from scenarios.schema import Scenario
from scenarios.schema_insole import Insole, Layer, Wear, Zone
from scenarios.summary import InsoleSummary, Summary, main_outputs, summary_data
from scenarios.toml_text import toml_text
from scenarios.wear import (
    ZONE_SHARES,
    layer_thicknesses_mm,
    thickness_mm,
    wear_warnings,
    wear_words,
)
from scenarios.wear_section import wear_section
from tests.helpers.own_foam import own_foam, own_quantity

WORN = Wear(hours=500.0)


def loaded(*settings: str, file: str = "standing") -> Scenario:
    return load_scenario(file, settings=settings).scenario


def refused(*settings: str) -> ScenarioError:
    with pytest.raises(ScenarioError) as caught:
        loaded(*settings)
    return caught.value


def set_of(material: str, cycles: float = 500.0 * CYCLES_PER_HOUR) -> float:
    model = wear_model_of(material)
    assert model is not None
    return model.at(cycles).set_share


def test_short_and_long_names_are_the_same_key(tmp_path: Path) -> None:
    scenario = loaded("wear.hours=500")
    assert scenario == loaded("insole.wear.hours=500") == loaded("wear={hours=500}")
    assert scenario.insole.wear == WORN
    (tmp_path / "study.toml").write_text("[wear]\nhours = 500\n")
    study = str(tmp_path / "study.toml")
    assert loaded(file=study).insole.wear == WORN
    assert loaded("insole.wear.hours=20", file=study).insole.wear == Wear(hours=20.0)
    resolved = tmp_path / "scenario.toml"
    resolved.write_text(toml_text(scenario_data(scenario)))
    assert resolved_scenario(resolved) == scenario
    assert "wear" not in toml_text(scenario_data(loaded()))


@pytest.mark.parametrize(
    ("settings", "key", "words"),
    [
        (["wear.hours=-1"], "insole.wear.hours", "-1 is out of range; allowed: 0 to 20000"),
        (["wear.cycles=-1"], "insole.wear.cycles", "out of range"),
        (["wear.cycles=2e8"], "insole.wear.cycles", "allowed: 0 to 100000000"),
        (["wear.hours=nan"], "insole.wear.hours", "nan"),
        (["wear.hours=1", "wear.cycles=1"], "insole.wear", "both given; allowed: one of the two"),
        (["wear.hours=1", "insole.wear.hours=1"], "wear.hours", "beside insole.wear.hours"),
        (["wear.hour=1"], "insole.wear.hour", "did you mean insole.wear.hours?"),
        (["wear=3"], "insole.wear", "a table with the keys hours, cycles"),
        (["baseline.wear.hours=-1"], "baseline.wear.hours", "out of range"),
    ],
)
def test_wrong_wear_is_refused(settings: list[str], key: str, words: str) -> None:
    error = refused(*settings)
    assert error.key == key
    assert words in str(error)


def test_a_candidate_is_worn_and_its_baseline_new() -> None:
    scenario = loaded("wear.hours=500", "baseline.material=eva_35")
    assert scenario.baseline is not None and scenario.baseline.wear is None
    assert thickness_mm(scenario.baseline) == 6.0 > thickness_mm(scenario.insole)
    both = loaded("wear.hours=500", "baseline={material='eva_35', wear={hours=500}}")
    assert both.baseline is not None
    assert thickness_mm(both.baseline) == thickness_mm(scenario.insole)
    keys = [calibration_key(one, one.baseline) for one in (scenario, both) if one.baseline]
    assert keys[0] != keys[1]


@pytest.mark.parametrize("wear", [None, Wear(), Wear(hours=0.0), Wear(cycles=0.0)])
def test_without_wear_all_is_as_it_was(wear: Wear | None) -> None:
    layers = (
        Layer(material="poron_soft", thickness_mm=2.1),
        Layer(material="eva_35", thickness_mm=4.7),
    )
    shapes: tuple[dict[str, Any], ...] = ({}, {"layers": layers}, {"thickness_mm": 5.3})
    for plain in (Insole(arch_height_mm=20.0, **shape) for shape in shapes):
        table = plain.model_copy(update={"wear": wear})
        assert insole_dimensions(table) == insole_dimensions(plain)
        assert insole_dimensions(table).thickness_mm == plain.thickness_mm
        assert insole_laws(table) == insole_laws(plain)
        assert wear_section(table) is None
        assert wear_warnings(table) == ()
        assert wear_words(table) == ""


def test_each_layer_gets_its_own_set_and_law() -> None:
    names = ("poron_soft", "eva_35", "polypropylene")
    new = (3.0, 6.0, 1.5)
    layers = tuple(Layer(material=m, thickness_mm=t) for m, t in zip(names, new, strict=True))
    shape = insole_dimensions(Insole(layers=layers, wear=WORN, heel_lift_mm=4.0))
    assert shape.cover_thickness_mm == pytest.approx(3.0 * (1.0 - set_of("poron_soft")))
    assert shape.shell_thickness_mm == 1.5
    core = 6.0 * (1.0 - set_of("eva_35"))
    whole = shape.cover_thickness_mm + core + shape.shell_thickness_mm
    assert shape.thickness_mm == pytest.approx(whole)
    assert (shape.heel_lift_mm, shape.heel_cup_depth_mm) == (4.0, 10.0)
    laws = insole_laws(Insole(layers=layers, wear=WORN))
    assert laws[Region.INSOLE_SHELL] == build.law("polypropylene")
    for tag, name in ((Region.INSOLE_COVER, "poron_soft"), (Region.INSOLE, "eva_35")):
        new_modulus = build.law(name).initial_shear_modulus_mpa
        assert laws[tag].initial_shear_modulus_mpa < 0.95 * new_modulus


def test_a_core_with_zones_gets_their_mean_set() -> None:
    ends = (plantar.HEEL_END, plantar.MIDFOOT_END, plantar.FOREFOOT_END, 1.0)
    lengths = [b - a for a, b in zip((0.0, *ends), ends, strict=False)]
    assert list(ZONE_SHARES.values()) == pytest.approx(lengths)
    heel = Zone(region="heel", material="plastazote_45")
    left = layer_thicknesses_mm(Insole(zones=(heel,), wear=WORN))[0] / 6.0
    mean = plantar.HEEL_END * set_of("plastazote_45") + 0.69 * set_of("eva_35")
    assert 1.0 - left == pytest.approx(mean)


def test_hours_are_cycles_of_walking() -> None:
    hours, cycles = Insole(wear=WORN), Insole(wear=Wear(cycles=500.0 * 3456.0))
    assert thickness_mm(hours) == pytest.approx(thickness_mm(cycles), rel=1e-12)
    assert (wear_words(hours), wear_words(cycles)) == (", worn 500 h", ", worn 1.728e+06 cycles")


def test_a_worn_foam_relaxes_less_and_tissue_as_before() -> None:
    series = PronySeries((0.12, 0.1), (0.01, 0.1))
    found = worn_series({int(Region.INSOLE): series, 1: series}, Insole(wear=WORN))
    assert found[1] is series
    model = wear_model_of("eva_35")
    assert model is not None
    factor = model.at(500.0 * CYCLES_PER_HOUR).damping_factor
    assert found[int(Region.INSOLE)].weights == pytest.approx((0.12 * factor, 0.1 * factor))
    assert found[int(Region.INSOLE)].times_s == series.times_s


def test_height_under_one_foot_is_that_of_the_worn_insole() -> None:
    table = Insole(wear=WORN, both_feet=False)
    assert one_sided_height_mm(table, Insole()) == pytest.approx(-6.0 * set_of("eva_35"))


def test_what_has_no_effect_is_said() -> None:
    scenario = load_scenario(
        "standing", settings=["insole.material=pa12", "wear.hours=9", "baseline.wear.hours=9"]
    )
    first, other = check_scenario(scenario)
    assert first == (
        "insole.wear has no effect on pa12: no wear of it is known (docs/theory/wear.md)"
    )
    assert other.startswith("wear of foams (baseline.wear)") and "default" in other
    assert wear_warnings(Insole(material="none", wear=WORN)) == (
        "insole.wear has no effect barefoot",
    )
    assert thickness_mm(Insole(material="none", wear=WORN)) == 6.0


def test_wear_of_a_user_s_own_material(tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    both = ["set_final", "set_cycles"]
    text = own_foam("foam_x") + "".join(own_quantity(name) for name in both)
    file.write_text(text)
    settings = [f"insole.material_file={file}", "insole.material=foam_x", "wear.cycles=0.2"]
    scenario = load_scenario("standing", settings=settings)
    check_scenario(scenario)
    assert thickness_mm(scenario.scenario.insole) == pytest.approx(6.0 * 0.9)
    file.write_text(own_foam("foam_x") + own_quantity("set_final"))
    with pytest.raises(ScenarioError, match="set_final is given without set_cycles") as caught:
        check_scenario(load_scenario("standing", settings=settings))
    assert caught.value.key == "insole.material_file"


def test_an_insole_that_wears_too_thin_is_refused_by_its_wear() -> None:
    thin = ["insole.material=plastazote_45", "insole.thickness_mm=1.2", "wear.hours=500"]
    with pytest.raises(ScenarioError, match="worn 500 h") as caught:
        check_scenario(load_scenario("standing", settings=thin))
    assert caught.value.key == "insole.thickness_mm"


def summary_with(table: Insole) -> Summary:
    return Summary(
        scenario="x",
        analysis="standing",
        converged=True,
        resolution="coarse",
        insole=InsoleSummary(peak_compressive_strain=0.2, wear=wear_section(table)),
    )


def test_summary_says_what_was_lost() -> None:
    layers = (Layer(material="eva_35", thickness_mm=4.0), Layer(material="cork", thickness_mm=2.0))
    section = wear_section(Insole(layers=layers, wear=WORN))
    assert section is not None and set(section.materials) == {"eva_35"}
    left = section.materials["eva_35"]
    assert section.thickness_lost_mm == pytest.approx(4.0 * left.set_share)
    assert section.thickness_mm + section.thickness_lost_mm == pytest.approx(6.0)
    worn, new = insole_laws(Insole(wear=WORN))[Region.INSOLE], build.law("eva_35")
    factor = worn.initial_shear_modulus_mpa / new.initial_shear_modulus_mpa
    assert left.stiffness_factor == pytest.approx(factor)
    stress = [uniaxial_mpa(law, [0.5])[0][0] for law in (worn, new)]
    assert left.stress_factor_half == pytest.approx(stress[0] / stress[1])
    assert left.stress_factor_half < 0.9
    summary = summary_with(Insole(layers=layers, wear=WORN))
    assert Summary.model_validate(summary_data(summary)) == summary
    assert dict(main_outputs(summary)) == {"insole.peak_compressive_strain": 0.2}


def test_report_says_what_was_lost() -> None:
    table = Insole(wear=WORN)
    summary, text = summary_with(table), toml_text(scenario_data(Scenario(insole=table)))
    rows = dict(_setting(summary, text))
    assert "0.522 mm of thickness lost, 5.48 mm left" in rows["Wear"]
    assert "set 8.69 %" in rows["Wear of eva_35"]
    length = next(c for c, _ in _channels(summary, {}, text) if c.name.startswith("3"))
    assert ("height lost by wear of the insole (mm)", "0.522") in length.rows
    plain = summary_with(Insole())
    assert "Wear" not in dict(_setting(plain, ""))
