# SPDX-License-Identifier: MIT
"""Plan meshes cut along borders, and closed surfaces on them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from meshes.errors import MeshError
from meshes.export.bodies import ClosedSurface, check_closed, column, surface_faults
from meshes.export.plan import cut_plan
from scenarios.insole_export import file_axes

SQUARE = np.array([[0.0, 0.0], [40.0, 0.0], [40.0, 20.0], [0.0, 20.0]])


def circle(radius: float, count: int = 90) -> np.ndarray:
    angle = np.linspace(0.0, 2.0 * np.pi, count + 1)
    ring = radius * np.column_stack([np.cos(angle), np.sin(angle)])
    return np.vstack([ring[:-1], ring[:1]])


def area(points: np.ndarray, triangles: np.ndarray) -> np.ndarray:
    a, b, c = np.moveaxis(points[triangles], 1, 0)
    return 0.5 * ((b - a)[:, 0] * (c - a)[:, 1] - (b - a)[:, 1] * (c - a)[:, 0])


def block(size_mm: float = 4.0) -> ClosedSurface:
    plan, triangles = cut_plan(SQUARE, (), size_mm)
    return column(plan, triangles, np.zeros(len(plan)), np.full(len(plan), 3.0))


def test_borders_that_cross_each_other_and_the_outline_become_edges() -> None:
    line = np.array([[15.0, -5.0], [15.0, 25.0]])
    ring = np.array([15.0, 10.0]) + circle(6.0)
    plan, triangles = cut_plan(SQUARE, (line, ring), 2.0)
    assert area(plan, triangles).sum() == pytest.approx(800.0, rel=1e-12)
    assert area(plan, triangles).min() > 0.2
    # No triangle reaches over a border.
    corner = plan[triangles]
    side = np.sign(np.round(corner[..., 0] - 15.0, 6))
    assert (np.abs(side.sum(axis=1)) == np.abs(side).sum(axis=1)).all()
    away = np.round(np.linalg.norm(corner - [15.0, 10.0], axis=2) - 6.0, 3)
    assert not ((away.min(axis=1) < 0.0) & (away.max(axis=1) > 0.0)).any()
    edge = np.linalg.norm(corner - np.roll(corner, 1, axis=1), axis=2)
    assert edge.max() < 3.2


def test_corners_stay_and_curves_between_them_are_smooth() -> None:
    slice_of_ring = np.vstack([circle(30.0)[:46], [[0.0, 0.0]]])[:-1]
    plan, triangles = cut_plan(slice_of_ring, (), 3.0)
    for corner in (slice_of_ring[0], slice_of_ring[-1]):
        assert np.linalg.norm(plan - corner, axis=1).min() < 1e-9
    rim = plan[np.linalg.norm(plan, axis=1) > 29.0]
    on_arc = np.abs(np.linalg.norm(rim, axis=1) - 30.0)
    assert on_arc.max() < 2e-3, "points of the arc lie on the curve, not on its chords"
    assert area(plan, triangles).sum() == pytest.approx(450.0 * np.pi, rel=3e-3)


def test_a_border_along_the_outline_within_a_hair_is_refused() -> None:
    hair = np.array([[-5.0, 1e-4], [45.0, 1e-4]])
    with pytest.raises(MeshError, match="borders run"):
        cut_plan(SQUARE, (hair,), 2.0)


def test_a_column_is_closed_and_has_its_volume() -> None:
    surface = block()
    assert not any(surface_faults(surface).values())
    assert surface.volume_mm3 == pytest.approx(2400.0, rel=1e-12)
    check_closed(surface, "block")


def test_neighbours_share_the_triangles_of_their_wall() -> None:
    line = np.array([[15.0, -5.0], [15.0, 25.0]])
    plan, triangles = cut_plan(SQUARE, (line,), 3.0)
    lower, upper = np.zeros(len(plan)), 3.0 + 0.1 * plan[:, 0]
    left = plan[triangles].mean(axis=1)[:, 0] < 15.0
    parts = [column(plan, triangles[own], lower, upper) for own in (left, ~left)]
    walls = []
    for part in parts:
        corner = np.round(part.points[part.triangles], 9)
        wall = corner[(corner[..., 0] == 15.0).all(axis=1)]
        walls.append({tuple(sorted(map(tuple, one))) for one in wall.tolist()})
    assert walls[0] == walls[1] != set()
    whole = column(plan, triangles, lower, upper).volume_mm3
    assert sum(part.volume_mm3 for part in parts) == pytest.approx(whole, rel=1e-12)


def test_parts_that_meet_in_a_point_are_apart() -> None:
    plan = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [-1.0, 0.0], [0.0, -1.0]])
    surface = column(plan, np.array([[0, 1, 2], [0, 3, 4]]), np.zeros(5), np.ones(5))
    assert len(surface.points) == 12
    assert not any(surface_faults(surface).values())
    assert surface.volume_mm3 == pytest.approx(1.0)


def test_a_body_without_thickness_is_refused() -> None:
    plan, triangles = cut_plan(SQUARE, (), 5.0)
    with pytest.raises(MeshError, match="thickness_mm"):
        column(plan, triangles, np.zeros(len(plan)), 10.0 - plan[:, 0])


@pytest.mark.parametrize(
    ("fault", "change"),
    [
        ("shared by two", lambda s: replace(s, triangles=s.triangles[1:])),
        ("agree on outside", lambda s: replace(s, triangles=_turned(s.triangles))),
        ("not positive", lambda s: replace(s, triangles=s.triangles[:, ::-1])),
        ("without area", lambda s: replace(s, points=s.points * [1.0, 0.0, 1.0])),
        ("no numbers", lambda s: replace(s, points=s.points * np.nan)),
    ],
    ids=("open", "turned", "inside out", "flat", "not finite"),
)
def test_every_fault_of_a_surface_is_refused_by_name(fault: str, change) -> None:
    with pytest.raises(MeshError, match=fault):
        check_closed(change(block()), "block")


def _turned(triangles: np.ndarray) -> np.ndarray:
    changed = triangles.copy()
    changed[0] = changed[0, ::-1]
    return changed


def test_a_left_insole_is_the_mirror_image_and_not_inside_out() -> None:
    surface = block()
    right, left = (surface.mapped(file_axes(side), (0.0, 0.0, 0.0)) for side in ("right", "left"))
    assert np.array_equal(right.points * [1.0, -1.0, 1.0], left.points)
    for one in (right, left):
        assert not any(surface_faults(one).values())
        assert one.points[:, 2].min() == 0.0 and one.points[:, 2].max() == 3.0
