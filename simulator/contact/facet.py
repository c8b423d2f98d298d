# SPDX-License-Identifier: MIT
"""Quadratic triangle (six nodes): shape functions, quadrature, small vector algebra.

Node order: corners 0, 1, 2, then the mid-edge nodes opposite to corner 0, 1, 2.
Local coordinates are those of the unit triangle, barycentric coordinates
``(1 - a - b, a, b)``.
"""

from __future__ import annotations

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

    Degree 2 has three points, degree 4 six (Strang and Fix 1973; Dunavant 1985).

    Raises:
        ValueError: for another degree.
    """
    if degree == 2:
        orbits = [(1.0 / 3.0, 1.0 / 6.0)]
    elif degree == 4:
        orbits = [
            (0.223381589678011, 0.445948490915965),
            (0.109951743655322, 0.091576213509771),
        ]
    else:
        raise ValueError(f"contact quadrature degree must be 2 or 4, not {degree}")
    points, weights = [], []
    for weight, near in orbits:
        far = 1.0 - 2.0 * near
        points += [(near, near), (far, near), (near, far)]
        weights += [0.5 * weight] * 3
    scale = 0.5 / sum(weights)
    return np.array(points), scale * np.array(weights)


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
