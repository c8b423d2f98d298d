# SPDX-License-Identifier: MIT
"""Zones of an insole: which cells they take, and of which material."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from materials.law import young_modulus_mpa
from meshes.foot import FootGeometry, build_foot
from meshes.foot_dimensions import FootDimensions
from meshes.insole import build_insole
from meshes.insole_regions import ZONE_TAGS
from meshes.tagged import TaggedMesh
from meshes.tags import Region
from scenarios.insole_table import insole_dimensions, insole_laws, insole_materials
from scenarios.leg_length import heel_height_mm
from scenarios.schema_insole import Infill, Insole, Layer, Wear, Zone

LENGTH_MM = 255.0
ALONG = ("heel", "midfoot", "forefoot", "toes")
THREE = (
    Layer(material="eva_20", thickness_mm=1.5),
    Layer(material="eva_35", thickness_mm=4.0),
    Layer(material="cork", thickness_mm=1.5),
)


@pytest.fixture(scope="module")
def foot() -> FootGeometry:
    return build_foot(FootDimensions(), "coarse")


def _mesh(foot: FootGeometry, table: Insole) -> tuple[TaggedMesh, TaggedMesh]:
    without = table.model_copy(update={"zones": ()})
    return tuple(build_insole(foot, insole_dimensions(one)).mesh for one in (without, table))


def _volume(mesh: TaggedMesh, tag: int) -> float:
    a, b, c, d = np.moveaxis(mesh.points[mesh.cells[mesh.cell_tags == tag]], 1, 0)
    return float(np.abs(np.einsum("ij,ij->i", np.cross(b - a, c - a), d - a)).sum() / 6.0)


def test_zone_takes_the_cells_of_its_region_and_no_other(foot: FootGeometry) -> None:
    table = Insole(zones=(Zone(region="heel", material="eva_20"),))
    plain, mesh = _mesh(foot, table)
    heel = mesh.cell_tags == Region.INSOLE_HEEL
    centre = mesh.points[mesh.cells].mean(axis=1)[:, 0]
    assert centre[heel].max() < 0.31 * LENGTH_MM <= centre[~heel].min()
    assert (mesh.cell_tags[~heel] == plain.cell_tags[~heel]).all()
    # The plate has one thickness, so that the zone's volume is its part of the outline.
    x = np.linspace(-10.0, LENGTH_MM + 10.0, 2000)
    outline = build_insole(foot, insole_dimensions(table), "coarse").outline_xz
    side, other = (outline[outline[:, 1] * sign > 0.0] for sign in (1.0, -1.0))
    breadth = _breadth(side, x) + _breadth(other, x)
    share = breadth[x < 0.31 * LENGTH_MM].sum() / breadth.sum()
    found = _volume(mesh, Region.INSOLE_HEEL) / _volume(plain, Region.INSOLE)
    assert found == pytest.approx(share, abs=0.02)


def _breadth(side: np.ndarray, x: np.ndarray) -> np.ndarray:
    order = np.argsort(side[:, 0])
    return np.interp(x, side[order, 0], np.abs(side[order, 1]), left=0.0, right=0.0)


def test_four_zones_leave_nothing_of_the_core(foot: FootGeometry) -> None:
    names = ("eva_20", "eva_35", "eva_50", "cork")
    table = Insole(
        zones=tuple(Zone(region=r, material=m) for r, m in zip(ALONG, names, strict=True))  # type: ignore[arg-type]
    )
    plain, mesh = _mesh(foot, table)
    tags = [int(ZONE_TAGS[region]) for region in ALONG]
    assert set(mesh.cell_tags) == set(tags)
    whole = sum(_volume(mesh, tag) for tag in tags)
    assert whole == pytest.approx(_volume(plain, Region.INSOLE), rel=1e-12)
    materials = insole_materials(table)
    assert [materials[tag] for tag in tags] == list(names)


def test_zone_lies_between_cover_and_shell(foot: FootGeometry) -> None:
    table = Insole(layers=THREE, zones=(Zone(region="heel", material="poron_soft"),))
    plain, mesh = _mesh(foot, table)
    for layer in (Region.INSOLE_COVER, Region.INSOLE_SHELL):
        assert ((mesh.cell_tags == layer) == (plain.cell_tags == layer)).all()
    heel = mesh.points[mesh.cells[mesh.cell_tags == Region.INSOLE_HEEL]][..., 1]
    assert heel.min() == pytest.approx(-5.5)
    assert heel.max() == pytest.approx(-1.5)
    materials = insole_materials(table)
    assert materials[Region.INSOLE_HEEL] == "poron_soft"
    assert materials[Region.INSOLE] == "eva_35"


def test_plug_arch_and_infill_reach_their_cells(foot: FootGeometry) -> None:
    table = Insole(
        layers=THREE,
        zones=(Zone(region="heel", material="eva_50"), Zone(region="toes", thickness_mm=8.0)),
        infill=Infill(material="tpu_85a", relative_density=0.25),
        arch_stiffness_factor=0.25,
        heel_plug_diameter_mm=30.0,
        heel_plug_material="gel_soft",
    )
    materials, laws = insole_materials(table), insole_laws(table)
    _, mesh = _mesh(foot, table)
    assert set(mesh.cell_tags) == set(materials) == set(laws)
    assert materials == {
        Region.INSOLE_COVER: "eva_20",
        Region.INSOLE: "tpu_85a_lattice_25",
        Region.INSOLE_SHELL: "cork",
        Region.INSOLE_ARCH: "tpu_85a_lattice_25",
        Region.INSOLE_HEEL: "eva_50",
        Region.INSOLE_PLUG: "gel_soft",
    }
    core, arch = (young_modulus_mpa(laws[r]) for r in (Region.INSOLE, Region.INSOLE_ARCH))
    assert core == pytest.approx(0.65 * 20.0 * 0.25**2)
    assert arch == pytest.approx(0.25 * core)
    assert table.materials == ("eva_20", "tpu_85a_lattice_25", "cork", "eva_50", "gel_soft")


def test_a_zone_of_thickness_alone_has_no_tag_and_lifts_the_heel(foot: FootGeometry) -> None:
    table = Insole(zones=(Zone(region="heel", thickness_mm=9.0),), heel_lift_mm=2.0)
    assert set(_mesh(foot, table)[1].cell_tags) == {Region.INSOLE}
    assert insole_dimensions(table).heel_thickness_mm == 9.0
    assert heel_height_mm(table) == 11.0


@pytest.mark.parametrize("factor", [0.3, 4.0])
@pytest.mark.parametrize("name", ["eva_35", "cork", "silicone_gel", "soft_reference"])
def test_an_arch_factor_scales_any_law(name: str, factor: float) -> None:
    table = Insole(material=name, arch_stiffness_factor=factor)
    laws = insole_laws(table)
    plain, arch = laws[int(Region.INSOLE)], laws[int(Region.INSOLE_ARCH)]
    assert young_modulus_mpa(arch) == pytest.approx(factor * young_modulus_mpa(plain))
    assert (arch.poisson_ratio, arch.density_t_mm3) == (plain.poisson_ratio, plain.density_t_mm3)


@pytest.mark.parametrize(
    "more", [{"material": "cork"}, {"layers": THREE}, {"wear": Wear(hours=500.0)}]
)
def test_a_stiffness_factor_scales_every_material_and_is_nothing_at_one(
    more: dict[str, Any],
) -> None:
    table = Insole(
        **more,
        zones=(Zone(region="heel", material="gel_soft"),),
        arch_stiffness_factor=2.0,
        heel_plug_diameter_mm=30.0,
    )
    plain = insole_laws(table)
    # The same numbers, not only close ones: a scenario without the key is as it was.
    assert insole_laws(table.model_copy(update={"stiffness_factor": 1.0})) == plain
    stiff = insole_laws(table.model_copy(update={"stiffness_factor": 1.7}))
    assert len(plain) >= 4 and set(stiff) == set(plain)
    for region, law in plain.items():
        assert young_modulus_mpa(stiff[region]) == pytest.approx(1.7 * young_modulus_mpa(law))
        assert stiff[region].poisson_ratio == law.poisson_ratio
        assert stiff[region].density_t_mm3 == law.density_t_mm3


def test_a_worn_insole_is_thinner_in_every_zone() -> None:
    table = Insole(zones=(Zone(region="heel", thickness_mm=9.0),), wear=Wear(hours=500.0))
    new = insole_dimensions(table.model_copy(update={"wear": None}))
    worn = insole_dimensions(table)
    lost = new.thickness_mm - worn.thickness_mm
    assert lost > 0.1
    assert new.heel_thickness_mm - worn.heel_thickness_mm == pytest.approx(lost)
