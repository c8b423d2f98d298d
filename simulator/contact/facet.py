# SPDX-License-Identifier: MIT
"""Quadratic triangle (six nodes): shape functions, quadrature, small vector algebra.

Node order: corners 0, 1, 2, then the mid-edge nodes opposite to corner 0, 1, 2.
Local coordinates are those of the unit triangle, barycentric coordinates
``(1 - a - b, a, b)``.
"""

from __future__ import annotations

import basix
import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
IntArray = NDArray[np.int64]

NODES_PER_FACET = 6
NODE_COORDINATES: Array = np.array(
    [[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.5, 0.5], [0.0, 0.5], [0.5, 0.0]]
)
SUB_TRIANGLES: IntArray = np.array([[0, 5, 4], [1, 3, 5], [2, 4, 3], [3, 4, 5]])


def shape_functions(eta: Array) -> Array:
    """Values of the six shape functions; ``eta`` (n, 2) gives (n, 6)."""
    a, b = eta[:, 0], eta[:, 1]
    c = 1.0 - a - b
    values = np.empty((eta.shape[0], NODES_PER_FACET))
    values[:, 0] = c * (2.0 * c - 1.0)
    values[:, 1] = a * (2.0 * a - 1.0)
    values[:, 2] = b * (2.0 * b - 1.0)
    values[:, 3] = 4.0 * a * b
    values[:, 4] = 4.0 * b * c
    values[:, 5] = 4.0 * a * c
    return values


def shape_gradients(eta: Array) -> Array:
    """Derivatives by the two local coordinates; ``eta`` (n, 2) gives (n, 2, 6)."""
    a, b = eta[:, 0], eta[:, 1]
    c = 1.0 - a - b
    slopes = np.zeros((eta.shape[0], 2, NODES_PER_FACET))
    slopes[:, 0, 0] = slopes[:, 1, 0] = 1.0 - 4.0 * c
    slopes[:, 0, 1] = 4.0 * a - 1.0
    slopes[:, 1, 2] = 4.0 * b - 1.0
    slopes[:, 0, 3] = 4.0 * b
    slopes[:, 1, 3] = 4.0 * a
    slopes[:, 0, 4] = -4.0 * b
    slopes[:, 1, 4] = 4.0 * (c - b)
    slopes[:, 0, 5] = 4.0 * (c - a)
    slopes[:, 1, 5] = -4.0 * a
    return slopes


def quadrature(degree: int) -> tuple[Array, Array]:
    """Points (n, 2) and weights (n,) on the unit triangle; the weights sum to 1/2.

    Degree 4 has 6 points, degree 6 has 12 (Xiao and Gimbutas 2010, as given by basix).

    Raises:
        ValueError: for a degree below 1.
    """
    if degree < 1:
        raise ValueError(f"contact quadrature degree must be at least 1, not {degree}")
    points, weights = basix.make_quadrature(basix.CellType.triangle, degree)
    return np.asarray(points), np.asarray(weights)


def cross(a: Array, b: Array) -> Array:
    """Row-wise vector product of (n, 3) arrays (faster than ``numpy.cross``)."""
    product = np.empty(np.broadcast_shapes(a.shape, b.shape))
    product[..., 0] = a[..., 1] * b[..., 2] - a[..., 2] * b[..., 1]
    product[..., 1] = a[..., 2] * b[..., 0] - a[..., 0] * b[..., 2]
    product[..., 2] = a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0]
    return product


def dot(a: Array, b: Array) -> Array:
    """Row-wise scalar product of (..., 3) arrays."""
    return a[..., 0] * b[..., 0] + a[..., 1] * b[..., 1] + a[..., 2] * b[..., 2]


def skew(a: Array) -> Array:
    """Matrices S (n, 3, 3) with ``S v = a x v`` for vectors ``a`` (n, 3)."""
    matrix = np.zeros((a.shape[0], 3, 3))
    matrix[:, 0, 1], matrix[:, 0, 2] = -a[:, 2], a[:, 1]
    matrix[:, 1, 0], matrix[:, 1, 2] = a[:, 2], -a[:, 0]
    matrix[:, 2, 0], matrix[:, 2, 1] = -a[:, 1], a[:, 0]
    return matrix
