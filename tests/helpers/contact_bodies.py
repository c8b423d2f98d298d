# SPDX-License-Identifier: MIT
"""Small meshes for contact tests: boxes and curved blocks of Kuhn tetrahedra."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import permutations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Tagged:
    """Arrays of a tetrahedral mesh with tags."""

    points: Array
    cells: NDArray[np.int64]
    cell_tags: NDArray[np.int32]
    facets: NDArray[np.int64]
    facet_tags: NDArray[np.int32]


def grid_block(
    shape: tuple[int, int, int],
    place: Callable[[Array], Array],
    cell_tag: int,
    bottom: int,
    top: int,
) -> Tagged:
    """Block of ``shape`` cubes mapped by ``place`` from the unit cube (y is up).

    Facets at y = 0 carry the tag ``bottom``, those at y = 1 ``top``.
    """
    nx, ny, nz = shape
    index = np.arange((nx + 1) * (ny + 1) * (nz + 1)).reshape(nx + 1, ny + 1, nz + 1)
    unit = np.stack(
        np.meshgrid(*(np.linspace(0.0, 1.0, n + 1) for n in shape), indexing="ij"), axis=-1
    ).reshape(-1, 3)
    cells = []
    for order in permutations(range(3)):
        at = np.zeros(3, dtype=int)
        corners = [at.copy()]
        for axis in order:
            at[axis] += 1
            corners.append(at.copy())
        cells.append(
            np.stack(
                [index[i : i + nx, j : j + ny, k : k + nz].ravel() for i, j, k in corners],
                axis=1,
            )
        )
    tetrahedra = np.concatenate(cells)
    points = place(unit)
    edges = points[tetrahedra[:, 1:]] - points[tetrahedra[:, :1]]
    flipped = np.linalg.det(edges) < 0.0
    tetrahedra[flipped] = tetrahedra[flipped][:, [0, 2, 1, 3]]
    local = np.array([[1, 2, 3], [0, 2, 3], [0, 1, 3], [0, 1, 2]])
    faces = tetrahedra[:, local].reshape(-1, 3)
    height = unit[faces][:, :, 1]
    low, high = np.all(height == 0.0, axis=1), np.all(height == 1.0, axis=1)
    facets = np.concatenate([faces[low], faces[high]])
    tags = np.concatenate([np.full(low.sum(), bottom), np.full(high.sum(), top)])
    return Tagged(
        points,
        tetrahedra,
        np.full(tetrahedra.shape[0], cell_tag, dtype=np.int32),
        facets,
        tags.astype(np.int32),
    )


def box(
    shape: tuple[int, int, int],
    low: tuple[float, float, float],
    high: tuple[float, float, float],
    cell_tag: int,
    bottom: int,
    top: int,
) -> Tagged:
    """Straight block between two corners."""
    a, b = np.array(low), np.array(high)
    return grid_block(shape, lambda unit: a + unit * (b - a), cell_tag, bottom, top)


def merge(*bodies: Tagged) -> Tagged:
    """Bodies side by side, not connected."""
    starts = np.cumsum([0] + [body.points.shape[0] for body in bodies])
    return Tagged(
        np.concatenate([body.points for body in bodies]),
        np.concatenate([body.cells + start for body, start in zip(bodies, starts, strict=False)]),
        np.concatenate([body.cell_tags for body in bodies]),
        np.concatenate([body.facets + start for body, start in zip(bodies, starts, strict=False)]),
        np.concatenate([body.facet_tags for body in bodies]),
    )
