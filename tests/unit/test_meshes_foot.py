# SPDX-License-Identifier: MIT
"""The foot: sound cells on random feet, anatomy in its frame, surfaces where they should be."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from meshes.errors import MeshError
from meshes.extrude import extrude
from meshes.foot import FootGeometry, build_foot
from meshes.foot_dimensions import _PER_LENGTH, FootDimensions
from meshes.foot_landmarks import SEGMENTS
from meshes.outline import SignedDistance, foot_outline, grown, inside
from meshes.plantar import LATERAL_ARCH_SHARE
from meshes.tagged import boundary_facets, tet_quality, tet_volumes
from meshes.tags import FOOT_REGIONS, Region, Surface


@pytest.fixture(scope="module")
def foot() -> FootGeometry:
    return build_foot(FootDimensions(), "coarse")


def test_coarse_foot_has_the_size_that_a_run_is_planned_with(foot: FootGeometry) -> None:
    quality = foot.mesh.quality()
    assert 38_000 < 3 * quality.p2_nodes < 47_000
    assert quality.min_dihedral_deg > 12.0
    assert quality.min_radius_ratio > 0.25
    assert quality.mean_radius_ratio > 0.75


def test_frame_starts_at_the_heel_and_the_lowest_sole(foot: FootGeometry) -> None:
    sole = foot.mesh.points[np.unique(foot.mesh.facets_with(Surface.PLANTAR))]
    low, high = sole.min(axis=0), sole.max(axis=0)
    assert low[0] == pytest.approx(0.0, abs=0.3)
    assert high[0] == pytest.approx(255.0, abs=0.6)
    assert low[1] == pytest.approx(0.0, abs=0.05)
    width = high[2] - low[2]
    assert width == pytest.approx(foot.dimensions.ball_width_mm, rel=0.05)
    assert high[2] > -low[2], "the fifth ray is lateral, at positive z"
    second_head = foot.landmarks.heads[1]
    assert second_head[2] == 0.0


def test_facets_are_the_whole_boundary_each_once_and_point_outward(foot: FootGeometry) -> None:
    mesh = foot.mesh
    found, owner, _ = boundary_facets(mesh.cells)
    key = {tuple(sorted(facet)): cell for facet, cell in zip(found, owner, strict=True)}
    assert len(key) == len(mesh.facets)
    cells = np.array([key[tuple(sorted(facet))] for facet in mesh.facets])
    corner = mesh.points[mesh.facets]
    normal = np.cross(corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0])
    inward = mesh.points[mesh.cells[cells]].mean(axis=1) - corner.mean(axis=1)
    assert np.all(np.einsum("fi,fi->f", normal, inward) < 0.0)


def test_plantar_nodes_lie_on_the_plantar_height(foot: FootGeometry) -> None:
    sole = foot.mesh.points[np.unique(foot.mesh.facets_with(Surface.PLANTAR))]
    assert np.allclose(sole[:, 1], foot.plantar_height(sole[:, 0], sole[:, 2]), atol=1e-9)


def test_bone_nodes_lie_on_their_bone_and_on_no_other(foot: FootGeometry) -> None:
    seen: set[int] = set()
    for bone in foot.bones:
        nodes = np.unique(foot.mesh.facets_with(Surface.BONE_FIRST + bone.segment))
        assert len(nodes) >= 10, SEGMENTS[bone.segment]
        x, y, z = foot.mesh.points[nodes].T
        assert np.allclose(y, bone.height(x, z), atol=1e-5)
        _, s = bone.coordinate(x, z)
        assert s.max() < bone.level, "attached beyond the ellipse of the bone"
        assert seen.isdisjoint(nodes.tolist()), "two bones share a vertex"
        seen.update(nodes.tolist())


def test_tissue_is_as_thick_as_asked_under_heel_and_heads(foot: FootGeometry) -> None:
    dimensions, heads = foot.dimensions, foot.landmarks.heads
    start = foot.bones[0].start
    heel = foot.ceiling(*start[:, None]) - foot.plantar_height(*start[:, None])
    assert heel == pytest.approx(dimensions.heel_pad_thickness_mm, abs=1e-6)
    x = heads[:, 0] - 6.0
    pad = foot.ceiling(x, heads[:, 2]) - foot.plantar_height(x, heads[:, 2])
    assert pad == pytest.approx(dimensions.forefoot_pad_thickness_mm, abs=0.8)


def test_tissue_is_free_across_the_toe_joints(foot: FootGeometry) -> None:
    for name, proximal in (("hallux", "metatarsal_1"), ("toes", "metatarsal_2")):
        ends = [
            foot.mesh.points[
                np.unique(foot.mesh.facets_with(Surface.BONE_FIRST + SEGMENTS.index(part)))
            ]
            for part in (proximal, name)
        ]
        gap = ends[1][:, 0].min() - ends[0][:, 0].max()
        if name == "hallux":
            assert gap > 14.0
    for ray, head in enumerate(foot.landmarks.heads):
        toe = SEGMENTS.index("hallux" if ray == 0 else "toes")
        nodes = foot.mesh.points[np.unique(foot.mesh.facets_with(Surface.BONE_FIRST + toe))]
        nearest = np.linalg.norm((nodes - head)[:, [0, 2]], axis=1).min()
        assert nearest > 18.0, f"toe bone attached {nearest:.1f} mm from head {ray + 1}"


def test_every_zone_has_cells_in_order_from_the_heel(foot: FootGeometry) -> None:
    centres = foot.mesh.points[foot.mesh.cells].mean(axis=1)
    means = [centres[foot.mesh.cell_tags == region, 0].mean() for region in FOOT_REGIONS]
    assert np.all(np.diff(means) > 20.0)
    assert centres[foot.mesh.cell_tags == Region.HEEL_PAD, 0].max() < 0.33 * 255.0


def test_arch_is_high_medially_and_low_laterally(foot: FootGeometry) -> None:
    middle = 0.435 * 255.0
    relief = foot.plantar_height.relief(np.full(2, middle), np.array([-28.0, 30.0]))
    assert relief.arch[0] > 0.85 * foot.plantar_height.arch_apex_mm
    assert relief.arch[1] == pytest.approx(
        LATERAL_ARCH_SHARE * foot.plantar_height.arch_apex_mm, rel=0.05
    )


def test_rear_of_the_heel_is_rounded_past_the_slope_of_heel_strike(foot: FootGeometry) -> None:
    x = np.linspace(0.0, 25.0, 200)
    slope = -np.gradient(foot.plantar_height(x, 0.0 * x), x)
    at_strike = x[np.argmin(np.abs(slope - np.tan(np.radians(23.0))))]
    assert 6.0 < at_strike < 18.0
    assert 1.2 < slope[0] < 2.2


def test_a_held_rim_is_all_of_the_upper_side_behind_the_tuberosity(foot: FootGeometry) -> None:
    held = build_foot(replace(foot.dimensions, heel_rim_held=True))
    np.testing.assert_array_equal(held.mesh.points, foot.mesh.points)
    changed = held.mesh.facet_tags != foot.mesh.facet_tags
    centres = foot.mesh.points[foot.mesh.facets[changed]].mean(axis=1)
    calcaneus = foot.ceiling.bones[0]
    assert set(foot.mesh.facet_tags[changed]) == {int(Surface.FOOT_FREE)}
    assert set(held.mesh.facet_tags[changed]) == {Surface.BONE_FIRST + calcaneus.segment}
    assert centres[:, 0].max() < calcaneus.start[0] + 4.0
    rim = held.mesh.facets[held.mesh.facet_tags == int(Surface.FOOT_FREE)]
    behind = foot.mesh.points[rim].mean(axis=1)
    behind = behind[behind[:, 0] < 0.5 * calcaneus.start[0]]
    upper = foot.ceiling(behind[:, 0], behind[:, 2])
    assert np.all(behind[:, 1] < upper - 0.5), "only the side is left free"


def test_same_dimensions_give_the_same_mesh() -> None:
    first, second = (build_foot(FootDimensions(length_mm=240.0)).mesh for _ in range(2))
    assert np.array_equal(first.points, second.points)
    assert np.array_equal(first.cells, second.cells)


def test_random_feet_are_sound_from_child_to_large_adult() -> None:
    rng = np.random.default_rng(20)
    for _ in range(60):
        length = rng.uniform(130.0, 330.0)
        values = {
            name: length * rng.uniform(low, high) for name, (_, low, high) in _PER_LENGTH.items()
        }
        values["ball_width_mm"] = max(values["ball_width_mm"], 1.16 * values["heel_width_mm"])
        foot = build_foot(FootDimensions(length_mm=length, **values))
        quality = foot.mesh.quality()
        assert quality.min_scaled_jacobian > 0.05, values
        assert quality.min_dihedral_deg > 9.0, values
        assert quality.min_radius_ratio > 0.15, values


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("length_mm", 50.0),
        ("ball_width_mm", 200.0),
        ("arch_height_mm", 2.0),
        ("heel_pad_thickness_mm", -1.0),
    ],
)
def test_impossible_dimension_is_refused_by_name(name: str, value: float) -> None:
    with pytest.raises(MeshError, match=name) as caught:
        FootDimensions(**{name: value})
    assert "to" in caught.value.allowed


def test_heel_wider_than_the_ball_is_refused() -> None:
    with pytest.raises(MeshError, match="ball_width_mm"):
        FootDimensions(heel_width_mm=80.0, ball_width_mm=82.0)


def test_unknown_resolution_and_type_are_refused() -> None:
    with pytest.raises(MeshError, match="coarse, standard, fine"):
        build_foot(FootDimensions(), "medium")  # type: ignore[arg-type]
    with pytest.raises(MeshError, match="neutral, flat, cavus"):
        FootDimensions.of_type("high")  # type: ignore[arg-type]


def test_foot_types_differ_in_the_arch_only() -> None:
    flat, cavus = (FootDimensions.of_type(kind) for kind in ("flat", "cavus"))  # type: ignore[arg-type]
    assert flat.arch_height_mm < FootDimensions().arch_height_mm < cavus.arch_height_mm
    assert flat.heel_width_mm == cavus.heel_width_mm


def test_segments_joints_and_bands_fit_together(foot: FootGeometry) -> None:
    assert tuple(segment.name for segment in foot.segments) == SEGMENTS
    names = set(SEGMENTS)
    for joint in foot.joints:
        assert {joint.proximal, joint.distal} <= names
        assert np.linalg.norm(joint.axis) == pytest.approx(1.0)
    distal = [joint.distal for joint in foot.joints]
    assert sorted([*distal, "tibia"]) == sorted(SEGMENTS), "a tree with each segment once"
    for band in foot.bands:
        assert {segment for segment, _ in band.points} <= names
        assert len({segment for segment, _ in band.points}) == len(band.points)
    foot_mass = sum(segment.mass_kg_fraction for segment in foot.segments[1:])
    assert foot_mass == pytest.approx(0.0137)


def test_axes_turn_the_foot_the_way_that_positive_angles_say(foot: FootGeometry) -> None:
    joints = {joint.name: joint for joint in foot.joints}
    forward, lateral = np.array([1.0, 0.0, 0.0]), np.array([0.0, 0.0, 1.0])
    for name in ("ankle", "mtp_1", "mtp_2"):
        assert np.cross(joints[name].axis, forward)[1] > 0.5, f"{name}: + lifts the toes"
    assert np.cross(joints["subtalar"].axis, lateral)[1] < -0.3, "+ lowers the lateral border"
    ankle = foot.landmarks
    assert ankle.ankle[0] - ankle.achilles_insertion[0] == pytest.approx(50.0, abs=4.0)


def test_fascia_wraps_each_head_at_its_radius(foot: FootGeometry) -> None:
    fascia = [band for band in foot.bands if band.name.startswith("fascia")]
    assert len(fascia) == 5
    for ray, band in enumerate(fascia):
        _, under = band.points[1]
        assert np.linalg.norm(under - foot.landmarks.heads[ray]) == pytest.approx(
            band.wrap_radius_mm
        )
        heights = [point[1] for _, point in band.points]
        assert min(heights) > foot.plantar_height(under[0], under[2]) + 5.0


def test_closed_surfaces_for_pictures(foot: FootGeometry) -> None:
    for segment in foot.segments:
        corner = segment.surface_points[segment.surface_triangles]
        volume = np.einsum("ti,ti->", corner[:, 0], np.cross(corner[:, 1], corner[:, 2])) / 6.0
        assert volume > 500.0, segment.name
        assert np.all(np.isfinite(segment.gyration_mm))


def test_outline_tools() -> None:
    outline = foot_outline(FootDimensions())
    distance = SignedDistance(outline)
    point = np.array([50.0, 120.0, 300.0, -5.0]), np.array([0.0, 5.0, 0.0, 0.0])
    assert np.array_equal(distance(*point) > 0.0, inside(outline, *point))
    wider = grown(outline, 4.0)
    assert distance(*wider.T).max() == pytest.approx(-4.0, abs=0.7)


def test_extruded_block_is_filled_exactly() -> None:
    plan = np.array([[0.0, 0.0], [2.0, 0.0], [2.0, 1.0], [0.0, 1.0]])
    lower = np.insert(plan, 1, 0.0, axis=1)
    upper = np.insert(plan, 1, [1.0, 2.0, 3.0, 1.5], axis=1)
    triangles = np.array([[0, 1, 2], [0, 2, 3]])
    layers = extrude(lower, upper, triangles, np.linspace(0.0, 1.0, 4))
    volumes = tet_volumes(layers.points, layers.cells)
    assert volumes.min() > 0.0
    assert volumes.sum() == pytest.approx((1.0 + 2.0 + 3.0) / 3 + (1.0 + 3.0 + 1.5) / 3)
    folded = extrude(upper, lower, triangles, np.linspace(0.0, 1.0, 4))
    assert tet_volumes(folded.points, folded.cells).max() < 0.0


def test_quality_of_known_tetrahedra() -> None:
    corners = np.array([[1.0, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1]])
    regular = tet_quality(corners, np.array([[0, 2, 1, 3]]))
    if regular.min_scaled_jacobian < 0.0:
        regular = tet_quality(corners, np.array([[0, 1, 2, 3]]))
    assert regular.min_scaled_jacobian == pytest.approx(1.0)
    assert regular.min_radius_ratio == pytest.approx(1.0)
    assert regular.min_dihedral_deg == pytest.approx(np.degrees(np.arccos(1 / 3)))
    assert regular.p2_nodes == 10
    flat = corners.copy()
    flat[3] = flat[:3].mean(axis=0) + 1e-3
    with pytest.raises(MeshError, match="too low"):
        tet_quality(flat, np.array([[0, 1, 2, 3]])).require("test", 5.0, 0.1)
