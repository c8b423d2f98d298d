# SPDX-License-Identifier: MIT
"""Layers of tetrahedra between a lower and an upper surface over one plan triangulation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from meshes.tagged import FloatArray, IntArray, tet_volumes


@dataclass(frozen=True, slots=True)
class Layers:
    """Extruded cells and their boundary.

    Attributes:
        points: (n (layers + 1), 3) vertices, layer by layer from below.
        cells: (3 t layers, 4) tetrahedra of positive volume.
        cell_triangle: (3 t layers,) plan triangle of each cell.
        cell_layer: (3 t layers,) layer of each cell, 0 the lowest.
        lower: (t, 3) facets of the lower surface, in the order of the plan triangles; the
            vertices of all facets run counter-clockwise seen from outside.
        upper: (t, 3) facets of the upper surface, in the order of the plan triangles.
        side: (s, 3) facets of the side walls.
    """

    points: FloatArray
    cells: IntArray
    cell_triangle: IntArray
    cell_layer: IntArray
    lower: IntArray
    upper: IntArray
    side: IntArray


def extrude(
    lower: FloatArray, upper: FloatArray, triangles: IntArray, shares: FloatArray
) -> Layers:
    """Fill the space between two surfaces that share one triangulation.

    Prisms are split by a ranking of the plan points, so that neighbours share the diagonal of
    their common face. Points rank by height, highest first: a diagonal then falls from a higher
    column's bottom to a lower column's top, which is the shorter of the two where layers slope.

    Args:
        lower: (n, 3) points of the lower surface.
        upper: (n, 3) points of the upper surface.
        triangles: (t, 3) plan triangles, counter-clockwise in the (x, z) plane.
        shares: (layers + 1,) or, where they differ from point to point, (layers + 1, n) increasing
            heights of the layers' borders from 0 to 1.

    Returns:
        The cells; a cell of negative volume means that the surfaces fold or cross.
    """
    count = len(lower)
    layers = len(shares) - 1
    every = np.broadcast_to(shares.reshape(layers + 1, -1), (layers + 1, count))
    points = np.vstack([lower + share[:, None] * (upper - lower) for share in every])
    rank = np.empty(count, dtype=np.int64)
    rank[np.lexsort((np.arange(count), -np.round(lower[:, 1] + upper[:, 1], 6)))] = np.arange(count)
    one, two, three = np.take_along_axis(triangles, np.argsort(rank[triangles], axis=1), axis=1).T
    stack = []
    for layer in range(layers):
        down, up = layer * count, (layer + 1) * count
        split = [
            np.column_stack([one + down, two + down, three + down, three + up]),
            np.column_stack([one + down, two + down, two + up, three + up]),
            np.column_stack([one + down, one + up, two + up, three + up]),
        ]
        stack.append(np.stack(split, axis=1).reshape(-1, 4))
    cells = np.vstack(stack)
    cells = _oriented(points, cells, triangles, layers)
    plan = np.tile(np.repeat(np.arange(len(triangles)), 3), layers)
    which = np.repeat(np.arange(layers), 3 * len(triangles))
    return Layers(
        points=points,
        cells=cells,
        cell_triangle=plan,
        cell_layer=which,
        lower=triangles,
        upper=triangles[:, ::-1] + layers * count,
        side=_side_facets(triangles, rank, layers),
    )


def _oriented(points: FloatArray, cells: IntArray, triangles: IntArray, layers: int) -> IntArray:
    """Swap vertices by the sign the cell has over the flat plan, so that folds stay negative."""
    count = len(points) // (layers + 1)
    plan = points[:count, [0, 2]]
    flat = np.vstack([np.insert(plan, 1, float(layer), axis=1) for layer in range(layers + 1)])
    wrong = tet_volumes(flat, cells) < 0.0
    return np.where(wrong[:, None], cells[:, [0, 2, 1, 3]], cells)


def _side_facets(triangles: IntArray, rank: IntArray, layers: int) -> IntArray:
    """Split the quadrilaterals of the side walls along the diagonals that the cells have."""
    directed = np.vstack([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]])
    _, index, seen = np.unique(
        np.sort(directed, axis=1), axis=0, return_index=True, return_counts=True
    )
    rim = directed[index[seen == 1]]
    forward = rank[rim[:, 0]] < rank[rim[:, 1]]
    first, second = np.where(forward[:, None], rim, rim[:, ::-1]).T
    facets = []
    for layer in range(layers):
        down, up = layer * len(rank), (layer + 1) * len(rank)
        low = np.column_stack([first + down, second + down, second + up])
        high = np.column_stack([first + down, second + up, first + up])
        facets += [np.where(forward[:, None], part[:, ::-1], part) for part in (low, high)]
    return np.vstack(facets)
