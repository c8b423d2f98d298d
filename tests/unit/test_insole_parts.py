# SPDX-License-Identifier: MIT
"""Parts of an insole: each changes the shape by what its number says, where it says."""

from __future__ import annotations

import math

import numpy as np
import pytest

from meshes.foot import FootGeometry, build_foot
from meshes.foot_dimensions import FootDimensions
from meshes.insole import InsoleGeometry, build_insole
from meshes.insole_dimensions import InsoleDimensions
from meshes.insole_regions import ZONE_ENDS, ZONE_TAGS
from meshes.tagged import TaggedMesh, tet_volumes
from meshes.tags import Region, Surface
from scenarios import plantar

LENGTH_MM = 255.0
DOME_SHARE = 0.5 - 2.0 / math.pi**2
"""Mean over an ellipse of the square of the cosine that falls from 1 in the middle to 0."""


@pytest.fixture(scope="module")
def foot() -> FootGeometry:
    return build_foot(FootDimensions(), "coarse")


@pytest.fixture(scope="module")
def plate(foot: FootGeometry) -> InsoleGeometry:
    return build_insole(foot, InsoleDimensions())


def volume(mesh: TaggedMesh, *tags: int) -> float:
    each = np.abs(tet_volumes(mesh.points, mesh.cells))
    return float(each[np.isin(mesh.cell_tags, tags)].sum() if tags else each.sum())


def along(insole: InsoleGeometry, z: float, count: int = 800) -> tuple[np.ndarray, np.ndarray]:
    x = np.linspace(0.0, LENGTH_MM, count)
    return x, insole.top_height(x, np.full(count, z))


def test_offset_moves_the_outline_outward(foot: FootGeometry) -> None:
    near, far = (
        build_insole(foot, InsoleDimensions(offset_mm=o)).outline_xz.max(axis=0) for o in (3.0, 9.0)
    )
    assert far - near == pytest.approx([6.0, 6.0], abs=0.4)


def test_zones_have_their_thickness_and_pass_smoothly(foot: FootGeometry) -> None:
    own = {"heel": 10.0, "midfoot": 6.0, "forefoot": 4.0, "toes": 3.0}
    insole = build_insole(
        foot, InsoleDimensions(**{f"{n}_thickness_mm": t for n, t in own.items()})
    )
    middle = {"heel": 0.12, "midfoot": 0.41, "forefoot": 0.66, "toes": 0.93}
    for name, share in middle.items():
        height = float(insole.top_height(share * LENGTH_MM, 0.0))
        assert height + 6.0 == pytest.approx(own[name], abs=0.02), name
    for border, (behind, ahead) in zip(
        ZONE_ENDS.values(), ((10.0, 6.0), (6.0, 4.0), (4.0, 3.0)), strict=True
    ):
        assert insole.top_height(border * LENGTH_MM, 5.0) + 6.0 == pytest.approx(
            0.5 * (behind + ahead)
        )
    heights = along(insole, 0.0)[1]
    assert np.diff(heights).max() <= 1e-12
    assert np.diff(heights).min() > -0.1


def test_arch_moves_forward_with_its_region(foot: FootGeometry) -> None:
    places, fronts = [], []
    for position in (-10.0, 0.0, 15.0):
        insole = build_insole(
            foot, InsoleDimensions(conformity=1.0, arch_position_mm=position, zones=("arch",))
        )
        x, height = along(insole, -28.0)
        places.append(x[np.argmax(height)] - position)
        arch = insole.region_at(x, np.full(len(x), -28.0)) == Region.INSOLE_ARCH
        fronts.append(x[arch].max() - position)
    assert places == pytest.approx([places[1]] * 3, abs=1.5)
    assert fronts == pytest.approx([fronts[1]] * 3, abs=1.0)
    assert places[1] == pytest.approx(0.435 * LENGTH_MM, abs=3.0)


def test_pad_is_a_dome_behind_the_heads(foot: FootGeometry, plate: InsoleGeometry) -> None:
    shape = InsoleDimensions(
        metatarsal_pad_height_mm=6.0,
        metatarsal_pad_behind_mm=12.0,
        metatarsal_pad_length_mm=50.0,
        metatarsal_pad_width_mm=40.0,
    )
    insole = build_insole(foot, shape)
    head = foot.landmarks.heads[2]
    x, height = along(insole, float(head[2]), 4000)
    assert x[np.argmax(height)] == pytest.approx(head[0] - 12.0 - 0.4 * 50.0, abs=0.1)
    assert height.max() == pytest.approx(6.0, abs=1e-4)
    assert x[height > 0.0].max() == pytest.approx(head[0] - 12.0, abs=0.1)
    assert np.ptp(x[height > 0.0]) == pytest.approx(50.0, abs=0.2)
    # As oblique as the heads: lateral of the middle the dome lies further back.
    back = along(insole, float(head[2]) + 15.0, 4000)
    assert back[0][back[1] > 0.0].max() < head[0] - 20.0
    dome = 6.0 * math.pi / 4.0 * 50.0 * 40.0 * DOME_SHARE
    assert volume(insole.mesh) - volume(plate.mesh) == pytest.approx(dome, rel=0.1)


def test_cut_out_relieves_the_first_head(foot: FootGeometry, plate: InsoleGeometry) -> None:
    insole = build_insole(foot, InsoleDimensions(first_ray_cutout_mm=3.0))
    heads = foot.landmarks.heads
    depth = insole.top_height(heads[:, 0], heads[:, 2])
    assert depth == pytest.approx([-3.0, 0.0, 0.0, 0.0, 0.0])
    half = math.pi * 0.085 * LENGTH_MM * 0.16 * foot.dimensions.ball_width_mm
    lost = volume(plate.mesh) - volume(insole.mesh)
    assert 0.16 * 3.0 * half < lost < 3.0 * half
    ring = 1.01 * np.array([0.085 * LENGTH_MM, 0.16 * foot.dimensions.ball_width_mm])
    assert insole.top_height(heads[0, 0] + ring[0], heads[0, 2]) == 0.0
    assert insole.top_height(heads[0, 0], heads[0, 2] + ring[1]) == 0.0


def test_plug_is_a_cylinder_under_the_heel(foot: FootGeometry) -> None:
    insole = build_insole(foot, InsoleDimensions(heel_plug_diameter_mm=36.0, zones=("heel",)))
    plug = volume(insole.mesh, Region.INSOLE_PLUG)
    assert plug == pytest.approx(math.pi * 18.0**2 * 6.0, rel=0.05)
    inside = insole.mesh.cell_tags == Region.INSOLE_PLUG
    used = insole.mesh.points[insole.mesh.cells[inside]].reshape(-1, 3)
    away = np.hypot(*(used[:, [0, 2]] - foot.landmarks.heel_centre[[0, 2]]).T)
    assert away.max() == pytest.approx(18.0, abs=0.01), "the mesh follows the plug's border"
    assert insole.region_at(*foot.landmarks.heel_centre[[0, 2]]) == Region.INSOLE_PLUG


def test_regions_in_plan_are_those_of_the_cells(foot: FootGeometry) -> None:
    names = ("heel", "midfoot", "forefoot", "toes", "arch")
    shape = InsoleDimensions(zones=names, heel_plug_diameter_mm=30.0, cover_thickness_mm=2.0)
    insole = build_insole(foot, shape)
    mesh = insole.mesh
    core = mesh.cell_tags != Region.INSOLE_COVER
    x, _, z = mesh.points[mesh.cells[core]].mean(axis=1).T
    assert np.array_equal(insole.region_at(x, z), mesh.cell_tags[core])
    assert set(mesh.cell_tags) == {
        *(int(ZONE_TAGS[name]) for name in names),
        *(int(Region.INSOLE_PLUG), int(Region.INSOLE_COVER)),
    }
    assert volume(mesh, Region.INSOLE_COVER) == pytest.approx(volume(mesh) / 3.0)


def test_zones_are_those_in_which_pressure_is_reported() -> None:
    assert tuple(ZONE_ENDS.values()) == (
        *(plantar.HEEL_END, plantar.MIDFOOT_END, plantar.FOREFOOT_END),
    )


def test_three_quarter_ends_thin_behind_the_heads(foot: FootGeometry) -> None:
    shape = InsoleDimensions(length="three_quarter", end_behind_heads_mm=9.0, thickness_mm=5.0)
    insole = build_insole(foot, shape)
    heads = foot.landmarks.heads[1:4]
    for x, _, z in heads:
        near = np.abs(insole.outline_xz[:, 1] - z) < 1.0
        assert insole.outline_xz[near, 0].max() == pytest.approx(x - 9.0, abs=0.7)
        assert insole.top_height(x - 9.0, z) + 5.0 == pytest.approx(1.0)
        assert insole.top_height(x - 40.0, z) == pytest.approx(0.0, abs=1e-9)
        assert insole.support_height(x, z) == -5.0
        assert insole.support_height(x - 40.0, z) == pytest.approx(0.0, abs=1e-9)
    top = insole.mesh.points[np.unique(insole.mesh.facets_with(Surface.INSOLE_TOP))]
    assert top[:, 1].min() == pytest.approx(-4.0, abs=0.05)


def test_layers_keep_their_thickness_and_are_skived_at_the_end(foot: FootGeometry) -> None:
    shape = InsoleDimensions(
        thickness_mm=6.0, cover_thickness_mm=1.5, shell_thickness_mm=2.0, length="three_quarter"
    )
    insole = build_insole(foot, shape)
    heights, layers = insole.layers_at([40.0, insole.plan.end_x(0.0)], [0.0, 0.0])
    assert list(layers) == [Region.INSOLE_SHELL, Region.INSOLE, Region.INSOLE_COVER]
    assert np.diff(heights[:, 0]) == pytest.approx([2.0, 2.5, 1.5])
    assert np.diff(heights[:, 1]) == pytest.approx([2 / 3 * 4 / 7, 1 / 3, 2 / 3 * 3 / 7])
    full = build_insole(foot, InsoleDimensions(cover_thickness_mm=1.5, shell_thickness_mm=2.0))
    assert np.diff(full.layers_at(250.0, 0.0)[0]) == pytest.approx([2.0, 2.5, 1.5])
