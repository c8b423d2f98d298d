# SPDX-License-Identifier: MIT
"""Zones of an insole: which cells they take, and of which material."""

from __future__ import annotations

import numpy as np
import pytest

from meshes.foot import FootGeometry, build_foot
from meshes.foot_dimensions import FootDimensions
from meshes.insole import build_insole
from meshes.tagged import TaggedMesh
from meshes.tags import Region
from scenarios.insole_table import ZONES, insole_dimensions, insole_materials, zoned
from scenarios.schema_insole import Insole, Layer, Zone

LENGTH_MM = 255.0
THREE = (
    Layer(material="eva_20", thickness_mm=1.5),
    Layer(material="eva_35", thickness_mm=4.0),
    Layer(material="cork", thickness_mm=1.5),
)


@pytest.fixture(scope="module")
def foot() -> FootGeometry:
    return build_foot(FootDimensions(), "coarse")


def _mesh(foot: FootGeometry, table: Insole) -> tuple[TaggedMesh, TaggedMesh]:
    plain = build_insole(foot, insole_dimensions(table), "coarse").mesh
    return plain, zoned(plain, table, LENGTH_MM)


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
        zones=tuple(Zone(region=r, material=m) for r, m in zip(ZONES, names, strict=True))  # type: ignore[arg-type]
    )
    plain, mesh = _mesh(foot, table)
    assert set(mesh.cell_tags) == {int(tag) for tag, _ in ZONES.values()}
    whole = sum(_volume(mesh, int(tag)) for tag, _ in ZONES.values())
    assert whole == pytest.approx(_volume(plain, Region.INSOLE), rel=1e-12)
    materials = insole_materials(table)
    assert [materials[int(tag)] for tag, _ in ZONES.values()] == list(names)


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


def test_table_without_zones_leaves_the_mesh_alone(foot: FootGeometry) -> None:
    plain, mesh = _mesh(foot, Insole())
    assert mesh is plain
