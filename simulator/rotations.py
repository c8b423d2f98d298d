# SPDX-License-Identifier: MIT
"""Rotations as matrices: exponential and logarithm maps, composed incrementally.

All functions take stacks: the last axes hold the vector (3,) or matrix (3, 3),
leading axes are free. Source: docs/theory/reduction.md, section "Rotations".
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

Array = NDArray[Any]


def skew(vector: Array) -> Array:
    """Return the matrix ``S`` with ``S @ a = vector x a``; shape (..., 3, 3)."""
    x, y, z = np.moveaxis(np.asarray(vector, dtype=float), -1, 0)
    zero = np.zeros_like(x)
    rows = [zero, -z, y, z, zero, -x, -y, x, zero]
    return np.stack(rows, axis=-1).reshape(*x.shape, 3, 3)


def exponential(vector: Array) -> Array:
    """Return the rotation matrix of a rotation vector (rad)."""
    vector = np.asarray(vector, dtype=float)
    flat = Rotation.from_rotvec(vector.reshape(-1, 3)).as_matrix()
    return flat.reshape(*vector.shape[:-1], 3, 3)


def logarithm(matrix: Array) -> Array:
    """Return the rotation vector (rad) of a rotation matrix, length at most pi."""
    matrix = np.asarray(matrix, dtype=float)
    flat = Rotation.from_matrix(matrix.reshape(-1, 3, 3)).as_rotvec()
    return flat.reshape(*matrix.shape[:-2], 3)


def interpolate(matrix0: Array, matrix1: Array, fraction: float) -> Array:
    """Return the rotation a ``fraction`` of the way along the shortest path."""
    return exponential(fraction * logarithm(matrix1 @ np.swapaxes(matrix0, -1, -2))) @ matrix0


def about(axis: Array, angle_rad: float) -> Array:
    """Return the rotation by ``angle_rad`` about ``axis`` (any length)."""
    axis = np.asarray(axis, dtype=float)
    return exponential(axis / np.linalg.norm(axis) * angle_rad)
