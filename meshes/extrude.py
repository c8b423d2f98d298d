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
        lower: (t, 3) facets of the lower surface, in the order of the plan triangles.
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

    Prisms are split by vertex number, so that neighbours share the diagonal of their common
    face; the direction of the diagonals alternates from layer to layer.

    Args:
        lower: (n, 3) points of the lower surface.
        upper: (n, 3) points of the upper surface.
        triangles: (t, 3) plan triangles.
        shares: (layers + 1,) or, where they differ from point to point, (layers + 1, n) increasing
            heights of the layers' borders from 0 to 1.

    Returns:
        The cells; a cell of negative volume means that the surfaces fold or cross.
    """
    count = len(lower)
    layers = len(shares) - 1
    every = np.broadcast_to(shares.reshape(layers + 1, -1), (layers + 1, count))
    points = np.vstack([lower + share[:, None] * (upper - lower) for share in every])
    ordered = np.sort(triangles, axis=1)
    one, two, three = ordered.T
    stack = []
    for layer in range(layers):
        down, up = layer * count, (layer + 1) * count
        if layer % 2:
            down, up = up, down
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
        upper=triangles + layers * count,
        side=_side_facets(triangles, count, layers),
    )


def _oriented(points: FloatArray, cells: IntArray, triangles: IntArray, layers: int) -> IntArray:
    """Swap vertices by the sign the cell has over the flat plan, so that folds stay negative."""
    count = len(points) // (layers + 1)
    plan = points[:count, [0, 2]]
    flat = np.vstack([np.insert(plan, 1, float(layer), axis=1) for layer in range(layers + 1)])
    wrong = tet_volumes(flat, cells) < 0.0
    return np.where(wrong[:, None], cells[:, [0, 2, 1, 3]], cells)


def _side_facets(triangles: IntArray, count: int, layers: int) -> IntArray:
    edges = np.sort(np.vstack([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]]))
    unique, seen = np.unique(edges, axis=0, return_counts=True)
    low, high = unique[seen == 1].T
    facets = []
    for layer in range(layers):
        down, up = layer * count, (layer + 1) * count
        if layer % 2:
            down, up = up, down
        facets.append(np.column_stack([low + down, high + down, high + up]))
        facets.append(np.column_stack([low + down, low + up, high + up]))
    return np.vstack(facets)
