# SPDX-License-Identifier: MIT
"""A shape that cannot be meshed is refused by file and key, before anything is solved."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from meshes.errors import MeshError
from scenarios.check import check_scenario
from scenarios.errors import ScenarioError
from scenarios.loading import load_scenario
from scenarios.schema import Scenario
from scenarios.schema_insole import Insole, Layer
from scenarios.shapes import _foot_key, _insole_key, upper_refusal

PROJECT = Path(__file__).resolve().parents[2]
THIN = "rearfoot_post_deg = 12.0\nthickness_mm = 3.0\n"


def refusal(tmp_path: Path, text: str, *settings: str) -> ScenarioError:
    file = tmp_path / "study.toml"
    file.write_text(text)
    with pytest.raises(ScenarioError) as caught:
        check_scenario(load_scenario(str(file), settings=settings))
    return caught.value


@pytest.mark.parametrize("table", ["insole", "baseline"])
def test_a_wedge_that_leaves_no_edge_names_its_key(tmp_path: Path, table: str) -> None:
    error = refusal(tmp_path, f'analysis = "standing"\n[{table}]\n{THIN}')
    assert (Path(error.where).name, error.key) == ("study.toml", f"{table}.rearfoot_post_deg")
    assert error.problem.startswith("the insole would be -")
    assert "thickness_mm of at least" in error.allowed


def test_a_flag_is_named_where_it_gave_the_value(tmp_path: Path) -> None:
    error = refusal(tmp_path, "[insole]\nthickness_mm = 3.0", "insole.forefoot_post_deg=12")
    assert (error.where, error.key) == ("--set", "insole.forefoot_post_deg")


def test_refusals_speak_of_keys_not_of_the_meshers_names(tmp_path: Path) -> None:
    cup = refusal(tmp_path, "[insole]\nconformity = 1.0\nheel_cup_depth_mm = 25.0")
    assert cup.allowed.endswith("or a larger outline_offset_mm")
    layers = "layers = [{material='eva_35', thickness_mm=3.0}, {material='eva_20', thickness_mm=3}]"
    zone = "zones = [{region='heel', thickness_mm=1.0}]"
    thin = refusal(tmp_path, f"[insole]\n{layers}\n{zone}")
    assert thin.key == "insole.zones[0].thickness_mm"
    assert thin.problem.startswith("the insole would be 1.00 mm thin")


def test_flat_cells_name_the_table_and_the_measure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # No insole of the ranges has such cells, so the floor is raised; the cache knows no floor.
    monkeypatch.setattr("meshes.insole.MIN_DIHEDRAL_DEG", 80.0)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    error = refusal(tmp_path, "[insole]\nthickness_mm = 3.0\n")
    assert error.key == "insole"
    assert error.problem.startswith("min_dihedral_deg: ")


def test_layers_and_foot_dimensions_have_keys_of_their_own() -> None:
    layers = tuple(Layer(material="cork", thickness_mm=2.0) for _ in range(3))
    table = Insole(layers=layers)
    assert _insole_key("cover_thickness_mm", table, "insole") == "insole.layers[0].thickness_mm"
    assert _insole_key("shell_thickness_mm", table, "insole") == "insole.layers[2].thickness_mm"
    assert _insole_key("heel_lift_mm", table, "baseline") == "baseline.heel_lift_mm"
    assert _foot_key("length_mm") == "subject.foot_length_mm"
    assert _foot_key("heel_width_mm") == "subject.heel_width_mm"
    assert _foot_key("min_radius_ratio") == "subject"


def test_bodies_above_the_ankle_follow_from_stature_and_lordosis() -> None:
    refusals = [
        upper_refusal(Scenario(), MeshError(name, "9 is out of range", "1 to 2"))
        for name in ("stature_mm", "lordosis_deg", "wedge_deg")
    ]
    assert [error.key for error in refusals] == [
        "subject.height_m",
        "lumbar.lordosis_deg",
        "lumbar",
    ]
    assert refusals[1].problem == "9 is out of range"
    assert refusals[2].problem == "wedge_deg: 9 is out of range"


def test_a_check_starts_neither_mpi_nor_the_finite_element_library() -> None:
    """The command checks before it starts ranks."""
    program = (
        "import sys\n"
        "from scenarios.check import check_scenario\n"
        "from scenarios.loading import load_scenario\n"
        "check_scenario(load_scenario('walking'))\n"
        "print(sorted({'dolfinx', 'mpi4py', 'petsc4py'} & set(sys.modules)))\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", program], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "[]"
