# SPDX-License-Identifier: MIT
"""A regularised height field through scattered heights: smooth, and zero away from data."""

from __future__ import annotations

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import spsolve

from meshes.sole_correction import spline_rows
from meshes.tagged import FloatArray

SPACING_SHARE = 1.0 / 64.0
"""Of the grid over foot length: 4 mm, below the edges of a coarse mesh."""

SMOOTH_MM = 1.4
"""Waves shorter than 2 pi times this are smoothed away."""

DECAY_MM = 13.0
"""Distance over which the field goes to zero outside the data."""


def height_field(
    plan: FloatArray,
    height: FloatArray,
    weight: FloatArray,
    corner: FloatArray,
    spacing: float,
    shape: tuple[int, int],
    smooth_mm: float = SMOOTH_MM,
) -> FloatArray:
    """Return the coefficients (nx, nz) of a spline surface through weighted heights.

    Minimises the weighted squares of the misfits, plus the squared curvature times
    ``smooth_mm`` to the fourth, plus the squared height itself times what makes it fade within
    `DECAY_MM` where there are no data.

    Args:
        plan: (m, 2) points.
        height: (m,) there.
        weight: (m,) plan area that a point stands for, times its trust.
        corner: (2,) of the grid.
        spacing: of the grid.
        shape: number of splines along x and z.
        smooth_mm: length below which detail is lost.
    """
    along = spline_rows(plan[:, 0], corner[0], spacing, shape[0])
    across = spline_rows(plan[:, 1], corner[1], spacing, shape[1])
    rows = _row_products(along, across)
    scaled = rows.multiply(weight[:, None]).tocsr()
    matrix = (rows.T @ scaled).tocsc()
    curvature = _curvature(shape) / spacing**2
    bend = smooth_mm**4
    fade = bend / DECAY_MM**4 * spacing**2
    matrix = matrix + bend * curvature + fade * sparse.identity(shape[0] * shape[1], format="csc")
    solution = spsolve(matrix.tocsc(), scaled.T @ height)
    return np.asarray(solution).reshape(shape)


def _row_products(one: sparse.csr_array, two: sparse.csr_array) -> sparse.csr_array:
    """Row by row Kronecker products of matrices with four entries in each row."""
    one, two = sparse.csr_array(one), sparse.csr_array(two)
    count, wide = one.shape[0], two.shape[1]
    first, second = one.indices.reshape(count, -1), two.indices.reshape(count, -1)
    columns = (first[:, :, None] * wide + second[:, None, :]).reshape(count, -1)
    data = one.data.reshape(count, -1)[:, :, None] * two.data.reshape(count, -1)[:, None, :]
    each = columns.shape[1]
    return sparse.csr_array(
        (data.ravel(), columns.ravel(), each * np.arange(count + 1)),
        shape=(count, one.shape[1] * wide),
    )


def _curvature(shape: tuple[int, int]) -> sparse.csc_array:
    """Squared second differences of a grid, the mixed ones twice."""
    (bend_x, slope_x, unit_x), (bend_z, slope_z, unit_z) = (_differences(n) for n in shape)
    total = (
        sparse.kron(bend_x.T @ bend_x, unit_z)
        + 2.0 * sparse.kron(slope_x.T @ slope_x, slope_z.T @ slope_z)
        + sparse.kron(unit_x, bend_z.T @ bend_z)
    )
    return sparse.csc_array(total)


def _differences(count: int) -> tuple[sparse.csr_array, sparse.csr_array, sparse.csr_array]:
    ones = np.ones(count)
    bend = sparse.diags_array(
        [ones, -2.0 * ones, ones], offsets=[0, 1, 2], shape=(count - 2, count)
    )
    slope = sparse.diags_array([-ones, ones], offsets=[0, 1], shape=(count - 1, count))
    unit = sparse.identity(count, format="csr")
    return bend.tocsr(), slope.tocsr(), sparse.csr_array(unit)
