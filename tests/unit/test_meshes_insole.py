# SPDX-License-Identifier: MIT
"""Insole, limb and cache: shapes follow their numbers, refusals name what is at fault."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from meshes import cache
from meshes import insole as insole_module
from meshes.errors import MeshError
from meshes.foot import FootGeometry, build_foot
from meshes.foot_dimensions import FootDimensions
from meshes.insole import InsoleDimensions, InsoleGeometry, build_insole
from meshes.limb import build_limb
from meshes.outline import SignedDistance
from meshes.tagged import boundary_facets, merge
from meshes.tags import Region, Surface


@pytest.fixture(scope="module")
def foot() -> FootGeometry:
    return build_foot(FootDimensions(), "coarse")


def _top(insole: InsoleGeometry) -> np.ndarray:
    return insole.mesh.points[np.unique(insole.mesh.facets_with(Surface.INSOLE_TOP))]


def test_flat_insole_is_a_plate_of_its_thickness(foot: FootGeometry) -> None:
    insole = build_insole(foot, InsoleDimensions(thickness_mm=6.0))
    assert np.all(_top(insole)[:, 1] == 0.0)
    bottom = insole.mesh.points[np.unique(insole.mesh.facets_with(Surface.INSOLE_BOTTOM))]
    assert np.allclose(bottom[:, 1], -6.0)
    assert insole.overlap_mm == 0.0
    quality = insole.mesh.quality()
    assert 3 * quality.p2_nodes < 22_000
    assert quality.min_dihedral_deg > 10.0
    assert len(boundary_facets(insole.mesh.cells)[0]) == len(insole.mesh.facets)


def test_insole_reaches_beyond_the_foot_all_round(foot: FootGeometry) -> None:
    insole = build_insole(foot, InsoleDimensions(offset_mm=4.0))
    margin = SignedDistance(insole.outline_xz)(*foot.outline_xz.T)
    assert margin.min() > 2.5


def test_total_contact_follows_the_sole_and_never_enters_it(foot: FootGeometry) -> None:
    shape = InsoleDimensions(conformity=1.0, heel_cup_depth_mm=20.0)
    insole = build_insole(foot, shape)
    sole = foot.mesh.points[np.unique(foot.mesh.facets_with(Surface.PLANTAR))]
    inner = sole[foot.plantar_height.distance(sole[:, 0], sole[:, 2]) > 9.0]
    gap = inner[:, 1] - insole.top_height(inner[:, 0], inner[:, 2])
    behind = inner[:, 0] > 25.0
    assert np.abs(gap[behind]).max() < 0.15
    assert insole.overlap_mm < 1e-9


def test_conformity_scales_the_relief(foot: FootGeometry) -> None:
    x, z = np.array([110.0]), np.array([-28.0])
    heights = [
        float(build_insole(foot, InsoleDimensions(conformity=c)).top_height(x, z)[0])
        for c in (0.0, 0.5, 1.0)
    ]
    assert heights[0] == 0.0
    assert heights[1] == pytest.approx(0.5 * heights[2])
    assert heights[2] > 9.0


def test_cup_depth_bounds_the_rim_of_the_heel(foot: FootGeometry) -> None:
    for depth in (0.0, 6.0, 14.0):
        insole = build_insole(foot, InsoleDimensions(conformity=1.0, heel_cup_depth_mm=depth))
        heel = _top(insole)[_top(insole)[:, 0] < 30.0]
        assert heel[:, 1].max() <= depth + 1e-9
        assert heel[:, 1].max() >= 0.75 * depth


def test_own_arch_height_replaces_the_foots(foot: FootGeometry) -> None:
    insole = build_insole(foot, InsoleDimensions(conformity=1.0, arch_height_mm=25.0))
    follows = build_insole(foot, InsoleDimensions(conformity=1.0))
    assert insole.overlap_mm > 5.0
    assert _top(insole)[:, 1].max() > _top(follows)[:, 1].max() + 5.0


def test_medial_post_raises_the_medial_side_by_its_angle(foot: FootGeometry) -> None:
    insole = build_insole(foot, InsoleDimensions(rearfoot_post_deg=4.0))
    x, z = np.full(3, 30.0), np.array([-20.0, 0.0, 20.0])
    expected = -z * np.tan(np.radians(4.0))
    assert np.allclose(insole.top_height(x, z), expected)
    assert np.allclose(insole.top_height(x + 160.0, z), 0.0)
    front = build_insole(foot, InsoleDimensions(forefoot_post_deg=-3.0))
    assert front.top_height(190.0, -20.0) == pytest.approx(-20.0 * np.tan(np.radians(3.0)))


def test_heel_lift_raises_the_heel_and_runs_out(foot: FootGeometry) -> None:
    insole = build_insole(foot, InsoleDimensions(heel_lift_mm=8.0))
    assert np.allclose(insole.top_height(np.array([20.0, 200.0]), np.zeros(2)), [8.0, 0.0])


def test_cover_and_shell_are_layers_of_their_thickness(foot: FootGeometry) -> None:
    shape = InsoleDimensions(
        thickness_mm=6.0, conformity=1.0, cover_thickness_mm=1.5, shell_thickness_mm=2.0
    )
    mesh = build_insole(foot, shape).mesh
    assert set(mesh.cell_tags) == {Region.INSOLE, Region.INSOLE_COVER, Region.INSOLE_SHELL}
    shell = mesh.points[np.unique(mesh.cells[mesh.cell_tags == Region.INSOLE_SHELL])]
    assert set(np.round(shell[:, 1], 9)) == {-6.0, -4.0}


@pytest.mark.parametrize(
    ("shape", "name"),
    [
        ({"thickness_mm": 0.2}, "thickness_mm"),
        ({"conformity": 1.4}, "conformity"),
        ({"heel_cup_depth_mm": -1.0}, "heel_cup_depth_mm"),
        ({"rearfoot_post_deg": 40.0}, "rearfoot_post_deg"),
        ({"cover_thickness_mm": 4.0, "shell_thickness_mm": 2.0}, "thickness_mm"),
    ],
)
def test_impossible_shape_is_refused_by_name(shape: dict[str, float], name: str) -> None:
    with pytest.raises(MeshError, match=name):
        InsoleDimensions(**shape)


def test_post_that_cuts_through_a_thin_insole_is_refused(foot: FootGeometry) -> None:
    with pytest.raises(MeshError, match="thickness_mm of at least"):
        build_insole(foot, InsoleDimensions(thickness_mm=2.0, rearfoot_post_deg=8.0))


def test_merged_bodies_stay_apart(foot: FootGeometry) -> None:
    insole = build_insole(foot, InsoleDimensions())
    both = merge([foot.mesh, insole.mesh])
    assert both.quality().volume_mm3 == pytest.approx(
        foot.mesh.quality().volume_mm3 + insole.mesh.quality().volume_mm3
    )
    top = np.unique(both.facets_with(Surface.INSOLE_TOP))
    assert top.min() >= len(foot.mesh.points)
    assert np.array_equal(both.points[top], _top(insole))


def test_cache_returns_the_same_mesh_and_survives_a_broken_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dimensions = FootDimensions(length_mm=230.0)
    first = cache.cached_foot(dimensions, "coarse", tmp_path)
    (stored,) = tmp_path.glob("foot-*.npz")
    sound = cache.load_mesh(stored)
    assert sound is not None
    assert np.array_equal(sound.points, first.mesh.points)
    stored.write_bytes(stored.read_bytes()[:200])
    again = cache.cached_foot(dimensions, "coarse", tmp_path)
    assert np.array_equal(again.mesh.cells, first.mesh.cells)
    other = cache.cached_foot(FootDimensions(length_mm=231.0), "coarse", tmp_path)
    assert len(list(tmp_path.glob("*"))) == 2
    assert other.mesh.points[:, 0].max() > first.mesh.points[:, 0].max()

    def refuse(*_: object) -> None:
        raise AssertionError("meshed although the cache has it")

    monkeypatch.setattr("meshes.foot._soft_tissue", refuse)
    cache.cached_foot(dimensions, "coarse", tmp_path)
    insole = cache.cached_insole(first, InsoleDimensions(), "coarse", tmp_path)
    assert insole.mesh.quality().min_scaled_jacobian > 0.0


def test_limb_stands_on_the_ankle_with_the_masses_of_its_sex(foot: FootGeometry) -> None:
    limb = build_limb(1750.0, 70.0, foot.landmarks.ankle)
    assert np.array_equal(limb.ankle, foot.landmarks.ankle)
    assert limb.hip[1] == pytest.approx(0.53 * 1750.0, rel=0.02)
    assert limb.knee[1] == pytest.approx(0.285 * 1750.0, rel=0.03)
    assert limb.hip_left[2] < limb.hip[2]
    assert limb.sacrum[1] > limb.hip[1]
    assert limb.sacrum[0] < limb.hip[0]
    masses = [segment.mass_kg_fraction for segment in limb.segments]
    assert masses == [0.0433, 0.1416, 0.1117]
    assert build_limb(1650.0, 60.0, sex="female").segments[1].mass_kg_fraction == 0.1478
    knee = limb.joints[0]
    assert np.cross(knee.axis, [0.0, -1.0, 0.0])[0] < 0.0, "flexion carries the foot back"
    with pytest.raises(MeshError, match="stature_mm"):
        build_limb(175.0, 70.0)


def test_a_thin_cover_on_a_thick_core_leaves_no_needles(
    foot: FootGeometry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Short edges in plan, which the cover asks for, make needles of one layer of core cells."""
    shape = InsoleDimensions(
        thickness_mm=28.0, cover_thickness_mm=0.55, arch_height_mm=20.0, conformity=1.0
    )
    quality = build_insole(foot, shape).mesh.quality()
    assert quality.min_dihedral_deg > insole_module.MIN_DIHEDRAL_DEG
    monkeypatch.setattr(insole_module, "ATTEMPTS", insole_module.ATTEMPTS[:1])
    with pytest.raises(MeshError, match="min_dihedral_deg"):
        build_insole(foot, shape)
