"""Discs and column: sizes, orientation, tags, posture, refusal."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from meshes.disc import DISC_RESOLUTIONS, DiscDimensions, build_disc
from meshes.errors import MeshError
from meshes.spine import LEVELS, SpineDimensions, build_spine
from meshes.tags import Surface


def polygon_area(outline: np.ndarray) -> float:
    x, z = outline.T
    return 0.5 * float(np.sum(np.roll(x, -1) * z - x * np.roll(z, -1)))


def corner_volumes(points: np.ndarray, cells: np.ndarray) -> np.ndarray:
    corner = points[cells]
    volumes = []
    for a in range(8):
        near = [a ^ 1, a ^ 2, a ^ 4]
        sign = (-1.0) ** bin(a).count("1")
        edges = np.stack([corner[:, b] - corner[:, a] for b in near], axis=1)
        volumes.append(sign * np.linalg.det(edges))
    return np.array(volumes)


@pytest.mark.parametrize("resolution", DISC_RESOLUTIONS)
def test_outlines_hold_their_areas_and_cells_are_right_handed(resolution):
    disc = build_disc(DiscDimensions(), resolution)
    assert polygon_area(disc.outline_mm) == pytest.approx(1706.0, rel=1e-12)
    assert polygon_area(disc.nucleus_outline_mm) == pytest.approx(855.0, rel=1e-12)
    assert corner_volumes(disc.points, disc.cells).min() > 0.0
    rings, around, high = DISC_RESOLUTIONS[resolution]
    assert len(disc.cells) == rings * around * high


def test_every_boundary_facet_is_tagged_once():
    disc = build_disc(DiscDimensions(), (2, 8, 2))
    faces = [(0, 1, 2, 3), (4, 5, 6, 7), (0, 1, 4, 5), (2, 3, 6, 7), (0, 2, 4, 6), (1, 3, 5, 7)]
    every = np.sort(np.concatenate([disc.cells[:, list(face)] for face in faces]), axis=1)
    unique, count = np.unique(every, axis=0, return_counts=True)
    boundary = unique[count == 1]
    tagged = np.unique(np.sort(disc.mesh.facets, axis=1), axis=0)
    np.testing.assert_array_equal(tagged, boundary)
    assert len(disc.mesh.facets) == len(boundary)
    wall = disc.points[disc.mesh.facets_with(Surface.CAVITY)]
    outer = disc.points[disc.mesh.facets_with(Surface.ANNULUS_OUTER)]
    assert np.abs(wall[..., 2]).max() < np.abs(outer[..., 2]).max()


def test_endplates_are_planes_with_the_wedge_between_them():
    size = DiscDimensions(wedge_deg=12.0)
    disc = build_disc(size)
    normals = []
    for facets in (disc.lower_facets, disc.upper_facets):
        points = disc.points[np.unique(facets)]
        _, singular, axes = np.linalg.svd(points - points.mean(axis=0))
        assert singular[2] < 1e-9
        normals.append(axes[2] * np.sign(axes[2, 1]))
    angle = np.degrees(np.arccos(np.clip(normals[0] @ normals[1], -1.0, 1.0)))
    assert angle == pytest.approx(12.0, abs=1e-6)
    front, back = disc.points[:, 0].argmax(), disc.points[:, 0].argmin()
    assert abs(disc.points[front, 1]) > abs(disc.points[back, 1])


def test_fibres_cross_at_thirty_degrees_to_the_disc_plane():
    disc = build_disc(DiscDimensions(wedge_deg=0.0))
    np.testing.assert_allclose(np.linalg.norm(disc.fibres, axis=-1), 1.0)
    np.testing.assert_allclose(np.abs(disc.fibres[:, :, 1]), 0.5, atol=1e-12)
    np.testing.assert_allclose(disc.fibres[:, 0, 1], -disc.fibres[:, 1, 1], atol=1e-12)
    centre = disc.points[disc.cells].mean(axis=1)
    round_it = np.cross([0.0, 1.0, 0.0], centre)
    round_it /= np.linalg.norm(round_it, axis=1, keepdims=True)
    assert np.abs(np.einsum("ij,ikj->ik", round_it, disc.fibres)).min() > 0.7


def test_disc_is_symmetric_about_the_sagittal_plane():
    points = build_disc(DiscDimensions()).points
    mirrored = points * np.array([1.0, 1.0, -1.0])
    distance = np.linalg.norm(points[:, None] - mirrored[None], axis=-1).min(axis=1)
    assert distance.max() < 1e-9


@pytest.mark.parametrize(
    ("change", "parameter"),
    [
        ({"height_mm": 1.0}, "height_mm"),
        ({"wedge_deg": 24.0, "height_mm": 5.0}, "wedge_deg"),
        ({"nucleus_area_mm2": 1500.0}, "nucleus_area_mm2"),
        ({"area_mm2": float("nan")}, "area_mm2"),
    ],
)
def test_impossible_discs_are_refused_by_name(change, parameter):
    with pytest.raises(MeshError) as refused:
        build_disc(replace(DiscDimensions(), **change))
    assert refused.value.parameter == parameter


def test_unknown_resolution_is_refused():
    with pytest.raises(MeshError, match="coarse"):
        build_disc(DiscDimensions(), "middling")


@pytest.mark.parametrize("lordosis", [20.0, 50.5, 75.0])
def test_lordosis_is_the_angle_between_l1_and_sacrum(lordosis):
    column = build_spine(SpineDimensions(lordosis_deg=lordosis))
    tilt = [np.degrees(np.arctan2(v.frame[1, 0], v.frame[0, 0])) for v in column.levels]
    first, last = column.levels[0], column.levels[-1]
    lower = tilt[0] - 0.5 * first.disc.dimensions.wedge_deg
    scale = lordosis / 50.5
    upper = tilt[-1] + 0.5 * last.disc.dimensions.wedge_deg + scale * -2.5
    assert upper - lower == pytest.approx(lordosis, abs=1e-9)
    assert lower == pytest.approx(-0.8 * lordosis)


def test_column_stands_upright_and_scales_with_stature():
    short, tall = (build_spine(SpineDimensions(stature_mm=s)) for s in (1600.0, 1920.0))
    assert tuple(level.name for level in short.levels) == LEVELS
    heights = [level.centre_mm[1] for level in short.levels]
    assert heights == sorted(heights)
    for a, b in zip(short.levels, tall.levels, strict=True):
        np.testing.assert_allclose(b.centre_mm, 1.2 * a.centre_mm)
        assert b.disc.dimensions.area_mm2 == pytest.approx(1.44 * a.disc.dimensions.area_mm2)
        assert a.centre_mm[2] == 0.0


def test_vertebrae_touch_their_discs():
    column = build_spine()
    for index, level in enumerate(column.levels):
        for surface, upper in (
            (column.vertebrae[index], False),
            (column.vertebrae[index + 1], True),
        ):
            rim = level.centre_mm + level.disc.endplate_outline(upper) @ level.frame.T
            gap = np.linalg.norm(rim[:, None] - surface.points_mm[None], axis=-1).min(axis=1)
            assert gap.max() < 1e-9, (level.name, surface.name)


def test_posture_out_of_range_is_refused():
    with pytest.raises(MeshError, match="lordosis_deg"):
        build_spine(SpineDimensions(lordosis_deg=120.0))
