# SPDX-License-Identifier: MIT
"""Measures of hexahedra in tensor-product order, and the nodes of their quadratic element."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from meshes.tagged import FloatArray, IntArray

VTK_ORDER = (0, 1, 3, 2, 4, 5, 7, 6)
"""Vertices of a hexahedron in VTK's order, as numbers of the tensor-product order."""

_EDGES = (
    *((0, 1), (2, 3), (4, 5), (6, 7)),
    *((0, 2), (1, 3), (4, 6), (5, 7)),
    *((0, 4), (1, 5), (2, 6), (3, 7)),
)
_FACES = ((0, 1, 2, 3), (4, 5, 6, 7), (0, 1, 4, 5), (2, 3, 6, 7), (0, 2, 4, 6), (1, 3, 5, 7))
_FACE_EDGES = ((0, 1), (2, 3), (0, 2), (1, 3))
_GAUSS = 0.5 + np.array([-0.5, 0.5]) / np.sqrt(3.0)


@dataclass(frozen=True, slots=True)
class HexQuality:
    """Measures of the cells of one hexahedral mesh.

    Attributes:
        cells: number of cells.
        vertices: number of vertices in use.
        min_scaled_jacobian: least over cells of the determinant of the three unit edges at the
            worst corner: 1 for a brick, negative if inverted.
        mean_scaled_jacobian: its mean over cells.
        volume_mm3: total volume.
    """

    cells: int
    vertices: int
    min_scaled_jacobian: float
    mean_scaled_jacobian: float
    volume_mm3: float


def hex_quality(points: FloatArray, cells: IntArray) -> HexQuality:
    """Measure hexahedra.

    Args:
        points: (n, 3) vertices, mm.
        cells: (m, 8) vertex numbers in tensor-product order.
    """
    corner = points[cells]
    scaled = np.full(len(cells), np.inf)
    for vertex in range(8):
        edges = np.empty((len(cells), 3, 3))
        for axis in range(3):
            sign = -1.0 if vertex & (1 << axis) else 1.0
            edge = sign * (corner[:, vertex ^ (1 << axis)] - corner[:, vertex])
            edges[:, axis] = edge / np.linalg.norm(edge, axis=1)[:, None]
        scaled = np.minimum(scaled, np.linalg.det(edges))
    return HexQuality(
        cells=len(cells),
        vertices=len(np.unique(cells)),
        min_scaled_jacobian=float(scaled.min()),
        mean_scaled_jacobian=float(scaled.mean()),
        volume_mm3=float(_volumes(corner).sum()),
    )


def quadratic_nodes(cells: IntArray, without: IntArray) -> int:
    """Count the nodes of the 27-node element that lie on none of some facets.

    Args:
        cells: (m, 8) vertex numbers in tensor-product order.
        without: (k, 4) quadrilaterals in tensor-product order whose nodes do not count.
    """

    def distinct(parts: tuple[tuple[int, ...], ...], of: IntArray) -> int:
        every = np.concatenate([np.sort(of[:, list(part)], axis=1) for part in parts])
        return len(np.unique(every, axis=0))

    all_nodes = len(np.unique(cells)) + distinct(_EDGES, cells) + distinct(_FACES, cells)
    held = len(np.unique(without)) + distinct(_FACE_EDGES, without) + len(without)
    return all_nodes + len(cells) - held


def _volumes(corner: FloatArray) -> FloatArray:
    """Volumes (m,) by 8 Gauss points, exact for trilinear hexahedra."""
    total = np.zeros(len(corner))
    for place in np.stack(np.meshgrid(_GAUSS, _GAUSS, _GAUSS), axis=-1).reshape(-1, 3):
        gradient = np.empty((8, 3))
        for vertex in range(8):
            bit = [(vertex >> axis) & 1 for axis in range(3)]
            value = [place[a] if bit[a] else 1.0 - place[a] for a in range(3)]
            slope = [1.0 if b else -1.0 for b in bit]
            for axis in range(3):
                others = [value[a] for a in range(3) if a != axis]
                gradient[vertex, axis] = slope[axis] * others[0] * others[1]
        total += np.linalg.det(np.einsum("mvi,va->mia", corner, gradient)) / 8.0
    return total
