# SPDX-License-Identifier: MIT
"""Closed surfaces for pictures: rounded bars of changing elliptic section, and ellipsoids."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from meshes.tagged import FloatArray, IntArray

Surface = tuple[FloatArray, IntArray]
"""Points (n, 3) and outward triangles (t, 3)."""


def bar(
    axis: ArrayLike,
    half_width: ArrayLike,
    half_height: ArrayLike,
    up: ArrayLike = (0.0, 1.0, 0.0),
    around: int = 24,
) -> Surface:
    """Sweep an ellipse along a polyline and close it with rounded ends.

    Args:
        axis: (n, 3) centres of the sections, n at least 2, mm.
        half_width: (n,) semi-axes across ``up`` and the axis.
        half_height: (n,) semi-axes towards ``up``.
        up: (3,) direction of the height, not along the axis.
        around: points of one section.
    """
    line = np.asarray(axis, dtype=float)
    wide = np.broadcast_to(np.asarray(half_width, dtype=float), len(line))
    high = np.broadcast_to(np.asarray(half_height, dtype=float), len(line))
    tangent = np.gradient(line, axis=0)
    tangent /= np.linalg.norm(tangent, axis=1)[:, None]
    side = np.cross(tangent, np.asarray(up, dtype=float))
    side /= np.linalg.norm(side, axis=1)[:, None]
    above = np.cross(side, tangent)
    caps = np.linspace(0.0, np.pi / 2, 6)[1:]
    rings = [(i, 0.0, 1.0) for i in range(len(line))]
    rings = [(0, -np.sin(c), np.cos(c)) for c in caps[-2::-1]] + rings
    rings += [(len(line) - 1, np.sin(c), np.cos(c)) for c in caps[:-1]]
    angle = np.linspace(0.0, 2.0 * np.pi, around + 1)[:-1]
    points = []
    for i, along, scale in rings:
        cap = 0.5 * (wide[i] + high[i])
        centre = line[i] + along * cap * tangent[i]
        ring = np.outer(np.cos(angle) * wide[i], side[i]) + np.outer(
            np.sin(angle) * high[i], above[i]
        )
        points.append(centre + scale * ring)
    first = line[0] - 0.5 * (wide[0] + high[0]) * tangent[0]
    last = line[-1] + 0.5 * (wide[-1] + high[-1]) * tangent[-1]
    return _stitch(points, first, last, around)


def ellipsoid(
    centre: ArrayLike, semi_axes: ArrayLike, around: int = 28, along: int = 15
) -> Surface:
    """Sample an ellipsoid with semi-axes along X, Y and Z."""
    middle, half = np.asarray(centre, dtype=float), np.asarray(semi_axes, dtype=float)
    angle = np.linspace(0.0, 2.0 * np.pi, around + 1)[:-1]
    points = []
    for polar in np.linspace(0.0, np.pi, along)[1:-1]:
        ring = np.column_stack(
            [
                np.full(around, -np.cos(polar)),
                np.sin(angle) * np.sin(polar),
                np.cos(angle) * np.sin(polar),
            ]
        )
        points.append(middle + ring * half)
    ends = [middle + np.array([sign, 0.0, 0.0]) * half for sign in (-1.0, 1.0)]
    return _stitch(points, ends[0], ends[1], around)


def joined(surfaces: Sequence[Surface]) -> Surface:
    """Put closed surfaces into one list of points and triangles without cutting them."""
    offsets = np.cumsum([0, *(len(points) for points, _ in surfaces[:-1])])
    points = np.vstack([points for points, _ in surfaces])
    parts = [tri + offset for (_, tri), offset in zip(surfaces, offsets, strict=True)]
    return points, np.vstack(parts)


def _stitch(rings: list[FloatArray], first: FloatArray, last: FloatArray, around: int) -> Surface:
    points = np.vstack([*rings, first, last])
    triangles = []
    here, after = np.arange(around), np.roll(np.arange(around), -1)
    for ring in range(len(rings) - 1):
        low, high = ring * around, (ring + 1) * around
        triangles.append(np.column_stack([here + low, after + low, after + high]))
        triangles.append(np.column_stack([here + low, after + high, here + high]))
    start, end = len(points) - 2, len(points) - 1
    top = (len(rings) - 1) * around
    triangles.append(np.column_stack([np.full(around, start), after, here]))
    triangles.append(np.column_stack([np.full(around, end), here + top, after + top]))
    faces = np.vstack(triangles).astype(np.int64)
    corner = points[faces]
    volume = np.einsum("ti,ti->", corner[:, 0], np.cross(corner[:, 1], corner[:, 2]))
    return points, faces if volume > 0.0 else faces[:, ::-1]
