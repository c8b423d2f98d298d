# SPDX-License-Identifier: MIT
"""What a viewer finds in a result folder, and what it says of a wrong one."""

from __future__ import annotations

from pathlib import Path

import pytest

from scenarios.errors import ScenarioError
from scenarios.view.controls import chosen_position, focus_bodies, positions
from scenarios.view.names import body_label, field_of, part_label
from scenarios.view.result import ViewResult, chosen_bodies, chosen_field, open_result
from tests.view.conftest import PERCENTS, write_result


def test_a_walk_is_described(result: ViewResult) -> None:
    assert [instant.percent for instant in result.instants] == list(PERCENTS)
    assert result.bodies[:3] == ("foot_tissue", "insole", "foot_bones")
    discs = [name for name in result.bodies if name.startswith("disc")]
    assert discs[0] == "disc_l5_s1"
    assert discs[-1] == "disc_l1_l2"
    assert [field.name for field in result.fields][:3] == [
        "cauchy_von_mises_mpa",
        "contact_pressure_mpa",
        "displacement_mm",
    ]
    assert result.fields[-1].name == "region"
    assert result.carriers["contact_pressure_mpa"] == ("foot_tissue",)
    assert result.title == "walk: walking, insole eva_35, 6 mm"
    assert result.subject == "70 kg, 1.75 m, neutral foot, coarse mesh"
    assert result.when(result.instants[1]) == "50 % of stance, 0.300 s"


def test_names_are_a_readers() -> None:
    assert body_label("disc_l4_l5") == "disc L4-L5"
    assert body_label("vertebra_l4") == "inside of L4"
    assert part_label("foot_tissue", "region", 3.0) == "forefoot pad"
    assert part_label("vertebra_l4", "region", 1.0) == "cortical shell"
    assert part_label("vertebrae", "segment", 2.0) == "L4"
    assert part_label("insole", "region", 99.0) == "region 99"
    assert field_of("cauchy_von_mises_mpa").title == "von Mises stress (MPa)"
    assert field_of("contact_pressure_mpa").text(0.25) == "250 kPa"
    assert field_of("max_principal_strain").title == "largest principal strain"
    assert field_of("heat_n").title == "heat (N)"


def test_instants_are_chosen_by_the_nearest(result: ViewResult) -> None:
    assert positions([result]) == PERCENTS
    assert chosen_position([result], None) == 50.0
    assert chosen_position([result], "12") == 10.0
    assert result.at(71.0).percent == 90.0
    for wrong in ("400", "-60", "late", "nan"):
        with pytest.raises(ScenarioError, match="10, 50, 90 % of stance"):
            chosen_position([result], wrong)


def test_an_impact_counts_milliseconds(tmp_path: Path, result: ViewResult, cube_body) -> None:
    impact = open_result(
        write_result(tmp_path / "hit", {0.0: [cube_body], 10.0: [cube_body]}, "impact")
    )
    assert positions([impact]) == (0.0, 60.0)
    assert impact.when(impact.instants[1]) == "60 ms after touchdown"
    with pytest.raises(ScenarioError, match="per cent of stance"):
        positions([impact, result])


def test_a_field_is_found_or_the_nearest_named(result: ViewResult) -> None:
    assert chosen_field(result, None).name == "cauchy_von_mises_mpa"
    assert chosen_field(result, "contact pressure").name == "contact_pressure_mpa"
    with pytest.raises(ScenarioError, match="did you mean contact_pressure_mpa") as caught:
        chosen_field(result, "contact_presure_mpa")
    assert "displacement_mm" in str(caught.value)


def test_bodies_are_found_by_their_beginning(result: ViewResult) -> None:
    assert chosen_bodies([result], ["foot", "insole"]) == {"foot_tissue", "foot_bones", "insole"}
    assert len(chosen_bodies([result], ["disc"])) == 5
    # A whole name takes that body alone.
    assert chosen_bodies([result], ["leg_bones"]) == {"leg_bones"}
    with pytest.raises(ScenarioError, match="did you mean insole"):
        chosen_bodies([result], ["insoles"])
    with pytest.raises(ScenarioError, match="no body ''"):
        chosen_bodies([result], [""])


def test_focus_takes_its_bodies_or_all() -> None:
    names = ("foot_tissue", "leg_bones", "disc_l4_l5")
    assert focus_bodies(names, "foot") == ("foot_tissue",)
    assert focus_bodies(names, "spine") == ("disc_l4_l5",)
    assert focus_bodies(names, "all") == names
    assert focus_bodies(("leg_bones",), "foot") == ("leg_bones",)


def test_wrong_folders_are_told_apart(tmp_path: Path, own_walk: Path) -> None:
    with pytest.raises(ScenarioError, match="no such folder"):
        open_result(tmp_path / "none")
    (tmp_path / "empty").mkdir()
    with pytest.raises(ScenarioError, match="holds no result"):
        open_result(tmp_path / "empty")
    (own_walk / "fields" / "solespine.pvd").unlink()
    with pytest.raises(ScenarioError, match=r"output\.fields = true"):
        open_result(own_walk)
    (own_walk / "summary.json").unlink()
    with pytest.raises(ScenarioError, match="is not finished"):
        open_result(own_walk)


def test_an_unfinished_run_shows_what_is_there(own_walk: Path) -> None:
    (own_walk / "summary.json").unlink()
    result = open_result(own_walk)
    assert not result.finished
    assert len(result.instants) == len(PERCENTS)


def test_torn_and_lost_files_are_named(own_walk: Path) -> None:
    file = own_walk / "fields" / "insole_010.00.vtu"
    whole = file.read_bytes()
    for part in (
        whole[: len(whole) // 2],
        b"",
        b"PK\x03\x04",
        whole.replace(b"displ", b"\xffispl"),
    ):
        file.write_bytes(part)
        with pytest.raises(ScenarioError, match=r"insole_010\.00\.vtu"):
            open_result(own_walk)
    file.unlink()
    with pytest.raises(ScenarioError, match="is listed"):
        open_result(own_walk)
    (own_walk / "fields" / "solespine.pvd").write_text("<VTKFile><Coll")
    with pytest.raises(ScenarioError, match=r"solespine\.pvd.*cannot be read"):
        open_result(own_walk)


def test_a_result_without_its_scenario_is_named_by_its_folder(own_walk: Path) -> None:
    (own_walk / "scenario.toml").write_text("analysis = ")
    assert open_result(own_walk).title == "own"
