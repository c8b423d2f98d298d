# SPDX-License-Identifier: MIT
"""Plan outline of the unloaded foot, recovered from the stored soft tissue."""

from __future__ import annotations

import numpy as np
from contourpy import contour_generator
from numpy.typing import NDArray

from simulator.results import Body

Array = NDArray[np.float64]

_FACES = {
    "tetra": ((0, 1, 2), (0, 1, 3), (1, 2, 3), (0, 2, 3)),
    "triangle": ((0, 1, 2),),
}
_FACES["tetra10"] = _FACES["tetra"]


def boundary_triangles(cells: NDArray[np.int64], cell_type: str) -> NDArray[np.int64]:
    """Corner triangles that belong to one cell only, shape (k, 3); hexahedra have none here."""
    faces = _FACES.get(cell_type)
    if faces is None:
        return np.empty((0, 3), dtype=np.int64)
    triangles = np.concatenate([cells[:, face] for face in faces])
    _, first, count = np.unique(
        np.sort(triangles, axis=1), axis=0, return_index=True, return_counts=True
    )
    return triangles[np.sort(first[count == 1])]


def plan_outline(tissue: Body, step_mm: float = 1.0) -> Array | None:
    """Border of the plan projection of a body in its unloaded state.

    The boundary triangles are painted on a grid of ``step_mm`` and the border of
    the painted area is followed, so that any mesh will do.

    Returns:
        Closed polygon (x, z) in the frame of the reference, shape (n, 2); None
        where the body carries no ``displacement_mm`` or has no cells to paint.
    """
    displacement = tissue.point_data.get("displacement_mm")
    triangles = boundary_triangles(tissue.cells, tissue.cell_type)
    if displacement is None or not len(triangles):
        return None
    plan = (tissue.points_mm - displacement)[:, [0, 2]]
    low = plan[triangles].min(axis=(0, 1)) - 3 * step_mm
    shape = np.ceil((plan[triangles].max(axis=(0, 1)) - low) / step_mm).astype(int) + 4
    painted = np.zeros(shape)
    for corners in (plan[triangles] - low) / step_mm:
        _paint(painted, corners)
    lines = contour_generator(z=painted.T, name="serial").lines(0.5)
    if not lines:
        return None
    longest = max((np.asarray(line) for line in lines), key=len)
    return _smooth(longest * step_mm + low)


def _paint(grid: Array, corners: Array) -> None:
    """Set the grid points inside one triangle (given in grid units) to one."""
    a, b, c = corners
    det = (b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1])
    if abs(det) < 1e-9:
        return
    first = np.floor(corners.min(axis=0)).astype(int)
    last = np.ceil(corners.max(axis=0)).astype(int) + 1
    i, j = np.ogrid[first[0] : last[0], first[1] : last[1]]
    s = ((i - a[0]) * (c[1] - a[1]) - (j - a[1]) * (c[0] - a[0])) / det
    t = ((b[0] - a[0]) * (j - a[1]) - (b[1] - a[1]) * (i - a[0])) / det
    inside = (s >= -1e-6) & (t >= -1e-6) & (s + t <= 1 + 1e-6)
    grid[first[0] : last[0], first[1] : last[1]][inside] = 1.0


def _smooth(line: Array, width: int = 5) -> Array:
    """Running mean along a closed line, against the stairs of the grid."""
    ring = line[:-1]
    shifts = range(-(width // 2), width // 2 + 1)
    mean = np.mean([np.roll(ring, shift, axis=0) for shift in shifts], axis=0)
    return np.vstack([mean, mean[:1]])


def section_loops(plane: Array, triangles: NDArray[np.int64]) -> tuple[Array, ...]:
    """Closed borders of a triangulated plane region, the longest first.

    Args:
        plane: point positions, shape (n, 2); points that coincide are joined.
        triangles: shape (m, 3).
    """
    if not len(triangles):
        return ()
    _, first, joined = np.unique(np.round(plane, 4), axis=0, return_index=True, return_inverse=True)
    corners = joined.reshape(-1)[triangles]
    sides = np.sort(np.concatenate([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [0, 2]]]), 1)
    unique, count = np.unique(sides[sides[:, 0] != sides[:, 1]], axis=0, return_counts=True)
    neighbours: dict[int, list[int]] = {}
    for a, b in unique[count == 1].tolist():
        neighbours.setdefault(a, []).append(b)
        neighbours.setdefault(b, []).append(a)
    loops = []
    while neighbours:
        loop = [next(iter(neighbours))]
        while neighbours.get(loop[-1]):
            after = neighbours[loop[-1]].pop()
            if loop[-1] in neighbours.get(after, ()):
                neighbours[after].remove(loop[-1])
            loop.append(after)
        for node in loop:
            if not neighbours.get(node, [0]):
                neighbours.pop(node)
        if len(loop) > 3:
            loops.append(plane[first[loop]])
    return tuple(sorted(loops, key=_length, reverse=True))


def _length(line: Array) -> float:
    return float(np.linalg.norm(np.diff(line, axis=0), axis=1).sum())
