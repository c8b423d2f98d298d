# SPDX-License-Identifier: MIT
"""Closed surfaces of an insole and of its parts, layer by layer and zone by zone.

All bodies stand on one plan mesh, and layers share their border: what touches has the same points,
so that bodies fit without gap or overlap and their volumes add up to that of the whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from meshes.errors import MeshError
from meshes.tagged import FloatArray, IntArray

SMALLEST_AREA_MM2 = 1e-6
"""Of a triangle; a smaller one has edges that rounding can turn over."""

DIGITS = 4
"""Decimals of coordinates in mm: the same number in single precision, whatever the format."""


@dataclass(frozen=True, slots=True)
class ClosedSurface:
    """Triangles that enclose a volume, counter-clockwise seen from outside.

    Attributes:
        points: (n, 3) mm.
        triangles: (t, 3) numbers of points.
    """

    points: FloatArray
    triangles: IntArray

    @property
    def volume_mm3(self) -> float:
        """The enclosed volume, by the divergence theorem."""
        a, b, c = np.moveaxis(self.points[self.triangles] - self.points.mean(axis=0), 1, 0)
        return float(np.einsum("ij,ij->", a, np.cross(b, c)) / 6.0)

    def mapped(self, axes: FloatArray, shift_mm: Sequence[float]) -> ClosedSurface:
        """Return a copy in other axes, rounded to `DIGITS`; mirrored axes keep the outside out.

        Args:
            axes: (3, 3) rows are the new axes in the old frame.
            shift_mm: (3,) of all points in the new axes.
        """
        moved = np.round(self.points @ axes.T + np.asarray(shift_mm), DIGITS)
        flipped = bool(np.linalg.det(axes) < 0.0)
        return ClosedSurface(moved, self.triangles[:, ::-1] if flipped else self.triangles)


def column(
    plan: FloatArray, triangles: IntArray, lower: FloatArray, upper: FloatArray
) -> ClosedSurface:
    """Close the space between two heights over some triangles of a plan mesh.

    Parts that meet in a single point only are kept apart, each with a point of its own there.

    Args:
        plan: (p, 2) points x, z of the whole plan mesh.
        triangles: (t, 3) those under the body, counter-clockwise in the (x, z) plane.
        lower: (p,) heights y of the lower side.
        upper: (p,) heights y of the upper side, above the lower ones.

    Raises:
        MeshError: the two sides touch or cross.
    """
    gap = float((upper - lower)[triangles].min())
    if gap <= 0.0:
        raise MeshError("thickness_mm", f"a body is {gap:.2g} mm thick", "above 0 everywhere")
    points, faces, count = [], [], 0
    for part in _parts(triangles):
        used, corners = np.unique(triangles[part], return_inverse=True)
        corners = corners.reshape(-1, 3)
        x, z = plan[used].T
        points += [np.column_stack([x, lower[used], z]), np.column_stack([x, upper[used], z])]
        # Counter-clockwise in (x, z) looks down, as y = z cross x.
        faces.append(np.vstack([corners, corners[:, ::-1] + len(used), _wall(corners)]) + count)
        count += 2 * len(used)
    return ClosedSurface(np.vstack(points), np.vstack(faces))


def _wall(corners: IntArray) -> IntArray:
    """Triangles of the walls; the upper points follow the lower ones."""
    upper = int(corners.max()) + 1
    edges = np.vstack([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [2, 0]]])
    _, index, count = np.unique(
        np.sort(edges, axis=1), axis=0, return_index=True, return_counts=True
    )
    start, end = edges[index[count == 1]].T
    # The diagonal depends on the points alone, so that both neighbours of a wall have the same.
    rising = start < end
    first = np.where(
        rising[:, None],
        np.column_stack([end, start, end + upper]),
        np.column_stack([end, start, start + upper]),
    )
    second = np.where(
        rising[:, None],
        np.column_stack([start, start + upper, end + upper]),
        np.column_stack([start + upper, end + upper, end]),
    )
    return np.vstack([first, second])


def _parts(triangles: IntArray) -> list[IntArray]:
    """Numbers of the triangles of each part that holds together by edges."""
    count = len(triangles)
    edges = np.sort(np.vstack([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]]))
    owner = np.tile(np.arange(count), 3)
    order = np.lexsort(edges.T)
    same = np.all(edges[order[1:]] == edges[order[:-1]], axis=1)
    one, two = owner[order[:-1]][same], owner[order[1:]][same]
    graph = coo_matrix((np.ones(len(one)), (one, two)), shape=(count, count))
    parts, label = connected_components(graph, directed=False)
    return [np.flatnonzero(label == part) for part in range(parts)]


def check_closed(surface: ClosedSurface, name: str) -> None:
    """Refuse a surface that is no closed, oriented manifold.

    Raises:
        MeshError: naming the body and what is wrong.
    """
    for problem, wrong in surface_faults(surface).items():
        if wrong:
            raise MeshError("export", f"{name} has {wrong} {problem}", "a closed surface")


def surface_faults(surface: ClosedSurface) -> dict[str, int]:
    """Count what a closed surface must not have, by name; all are 0 for a sound one."""
    points, triangles = surface.points, surface.triangles
    if not np.isfinite(points).all():
        return {"points that are no numbers": int((~np.isfinite(points)).any(axis=1).sum())}
    a, b, c = np.moveaxis(points[triangles], 1, 0)
    area = 0.5 * np.linalg.norm(np.cross(b - a, c - a), axis=1)
    edges = np.vstack([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]])
    forward = np.where(edges[:, 0] < edges[:, 1], 1, -1)
    _, place, count = np.unique(
        np.sort(edges, axis=1), axis=0, return_inverse=True, return_counts=True
    )
    balance = np.bincount(place.reshape(-1), weights=forward)
    return {
        "triangles without area": int((area < SMALLEST_AREA_MM2).sum()),
        "edges that are not shared by two triangles": int((count != 2).sum()),
        "edges whose triangles do not agree on outside": int(((count == 2) & (balance != 0)).sum()),
        "volumes that are not positive": int(surface.volume_mm3 <= 0.0),
    }
