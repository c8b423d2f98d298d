# SPDX-License-Identifier: MIT
"""Insoles that cannot be made are refused by the dimension at fault, with what is allowed."""

from __future__ import annotations

import re
from typing import Any

import pytest

from meshes.errors import MeshError
from meshes.foot import FootGeometry, build_foot
from meshes.foot_dimensions import FootDimensions
from meshes.insole import build_insole
from meshes.insole_dimensions import InsoleDimensions
from scenarios.errors import ScenarioError
from scenarios.loading import load_scenario
from scenarios.shapes import foot_shapes

COVER = "material='eva_20', thickness_mm=2.0"
SHORT: dict[str, Any] = {"length": "three_quarter"}


@pytest.fixture(scope="module")
def foot() -> FootGeometry:
    return build_foot(FootDimensions(), "coarse")


@pytest.mark.parametrize(
    ("shape", "name", "reason"),
    [
        (SHORT | {"forefoot_post_deg": 3.0}, "forefoot_post_deg", "in front of a three-quarter"),
        (SHORT | {"first_ray_cutout_mm": 2.0}, "first_ray_cutout_mm", "in front of"),
        (SHORT | {"toes_thickness_mm": 3.0}, "toes_thickness_mm", "toes lie in front of"),
        (SHORT | {"zones": ("toes",)}, "zones", "toes lie in front of"),
        (SHORT | {"edge_thickness_mm": 2.5, "thickness_mm": 2.0}, "edge_thickness_mm", "is more"),
        (
            SHORT | {"metatarsal_pad_height_mm": 5.0, "metatarsal_pad_behind_mm": 3.0},
            "metatarsal_pad_behind_mm",
            "beyond the end of a three-quarter",
        ),
        (SHORT | {"zones": ("forefoot",), "end_behind_heads_mm": 55.0}, "end_behind", "range"),
        ({"first_ray_cutout_mm": 5.5}, "first_ray_cutout_mm", "under the first metatarsal head"),
        ({"forefoot_thickness_mm": 1.0, "cover_thickness_mm": 1.0}, "forefoot_th", "this region"),
        ({"rearfoot_post_deg": 12.0}, "rearfoot_post_deg", "thin at its edge"),
        ({"metatarsal_pad_height_mm": 3.0, "metatarsal_pad_width_mm": 80.0}, "_width", "comes"),
        ({"heel_plug_diameter_mm": 50.0}, "heel_plug_diameter_mm", "too wide for a heel of 63.8"),
        ({"heel_plug_diameter_mm": 4.0}, "heel_plug_diameter_mm", "out of range"),
        ({"conformity": 1.0, "heel_cup_depth_mm": 24.0}, "heel_cup_depth_mm", "deeper than the"),
        ({"conformity": 1.0, "arch_height_mm": 50.0}, "arch_height_mm", "navicular at 43.4"),
        ({"cover_thickness_mm": 3.0, "shell_thickness_mm": 2.5}, "thickness_mm", "between cover"),
    ],
)
def test_what_cannot_be_made_is_refused_by_name(
    foot: FootGeometry, shape: dict[str, Any], name: str, reason: str
) -> None:
    with pytest.raises(MeshError, match=reason) as caught:
        build_insole(foot, InsoleDimensions(**shape))
    assert name in caught.value.parameter
    assert caught.value.allowed


@pytest.mark.parametrize(
    ("shape", "name"),
    [
        ({"first_ray_cutout_mm": 5.5}, "first_ray_cutout_mm"),
        ({"heel_plug_diameter_mm": 58.0}, "heel_plug_diameter_mm"),
        ({"conformity": 1.0, "heel_cup_depth_mm": 25.0}, "heel_cup_depth_mm"),
        ({"conformity": 0.9, "arch_height_mm": 55.0}, "arch_height_mm"),
        (SHORT | {"metatarsal_pad_height_mm": 5.0, "metatarsal_pad_behind_mm": 3.0}, "behind_mm"),
        ({"rearfoot_post_deg": 11.0}, "thickness_mm"),
    ],
)
def test_what_a_refusal_allows_is_enough(
    foot: FootGeometry, shape: dict[str, Any], name: str
) -> None:
    with pytest.raises(MeshError) as caught:
        build_insole(foot, InsoleDimensions(**shape))
    key = next(f for f in InsoleDimensions.__slots__ if f.endswith(name))
    advised = re.findall(r"at (?:most|least) ([\d.]+)", caught.value.allowed)[-1]
    assert build_insole(foot, InsoleDimensions(**shape | {key: float(advised)})).mesh.cells.size


@pytest.mark.parametrize(
    ("said", "key"),
    [
        (("zones=[{region='toes', thickness_mm=1.0}]", "layers=[]"), None),
        (
            (
                "zones=[{region='heel', material='cork'}, {region='toes', thickness_mm=1.0}]",
                f"layers=[{{{COVER}}}, {{material='eva_35', thickness_mm=4}}]",
            ),
            "insole.zones[1].thickness_mm",
        ),
        (("arch_stiffness_factor=2.0", "zones=[{region='arch', material='cork'}]"), "insole"),
        (("zones=[{region='arch', thickness_mm=4.0}]",), "insole.zones[0]"),
        (("zones=[{region='heel'}]",), "insole.zones[0]"),
        (("infill.material='pa12'",), "insole.infill.material"),
        (("infill.material='no_such'",), "insole.infill.material"),
        (("infill.relative_density=0.5",), "insole.infill.relative_density"),
        (("heel_plug_diameter_mm=30", "heel_plug_material='none'"), "insole.heel_plug_material"),
        (("material='none'", "infill.relative_density=0.2"), "insole"),
        (("outline_offset_mm=14",), "insole.outline_offset_mm"),
    ],
)
def test_a_scenario_is_refused_by_its_key(said: tuple[str, ...], key: str | None) -> None:
    settings = [f"insole.{one}" for one in said]
    if key is None:
        scenario = load_scenario("standing", settings=settings).scenario
        assert foot_shapes(scenario, scenario.insole)[1] is not None
        return
    with pytest.raises(ScenarioError) as caught:
        scenario = load_scenario("standing", settings=settings).scenario
        foot_shapes(scenario, scenario.insole)
    assert caught.value.key == key
    assert caught.value.allowed
