# SPDX-License-Identifier: MIT
"""The tangent of deformable bodies, cell by cell: what a loop over cells of one law reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import basix
import dolfinx
import numpy as np
import ufl
from numpy.typing import NDArray

from simulator import compat

Array = NDArray[np.float64]
MASS_DEGREE = 4
"""Of the quadrature: exact for the mass of quadratic elements with straight edges."""


@dataclass(frozen=True, slots=True)
class CellKernel:
    """Derivative of the stress by the deformation gradient in cells of one law's structure.

    Attributes:
        cells: Owned cells.
        expression: Compiled; keeps the kernel alive.
        kernel: Address of the kernel.
        coefficients: Functions that it reads, in its order.
    """

    cells: NDArray[np.int32]
    expression: dolfinx.fem.Expression
    kernel: int
    coefficients: tuple[dolfinx.fem.Function, ...]


def cell_kernel(
    elasticity: Any, cells: NDArray[np.int32], points: Array, jit_options: Any
) -> CellKernel:
    """Compile the derivative of a stress; collective.

    Args:
        elasticity: First elasticity tensor as UFL, shape (3, 3, 3, 3): derivative of the first
            Piola-Kirchhoff stress by the deformation gradient.
        cells: Owned cells that it is for.
        points: Of the quadrature, on the reference cell.
        jit_options: Of dolfinx.
    """
    axes = range(3)
    # The loop runs along the components of both vectors, for one pair of directions at a time.
    parts = [elasticity[a, i, b, j] for i in axes for j in axes for a in axes for b in axes]
    expression = dolfinx.fem.Expression(ufl.as_vector(parts), points, jit_options=jit_options)
    made = expression.ufcx_expression
    if made.num_constants:
        raise ValueError("a law's numbers enter as fields, not as constants")
    known = ufl.algorithms.extract_coefficients(expression.ufl_expression)
    order = [made.original_coefficient_positions[i] for i in range(made.num_coefficients)]
    return CellKernel(
        cells,
        expression,
        compat.address(made.tabulate_tensor_float64),
        tuple(known[i] for i in order),
    )


@dataclass(frozen=True, slots=True)
class CellQuadrature:
    """Points of a cell: weights (n,), slopes (n, 10, 3) of shape functions, mass (10, 10)."""

    points: Array
    weights: Array
    slopes: Array
    mass: Array


def cell_quadrature(degree: int) -> CellQuadrature:
    """Return that of quadratic tetrahedra for a degree, on the reference cell."""
    element = basix.create_element(
        basix.ElementFamily.P, basix.CellType.tetrahedron, 2, basix.LagrangeVariant.gll_warped
    )
    points, weights = basix.make_quadrature(basix.CellType.tetrahedron, degree)
    slopes = np.moveaxis(element.tabulate(1, points)[1:, :, :, 0], 0, 2)
    at, by = basix.make_quadrature(basix.CellType.tetrahedron, MASS_DEGREE)
    shapes = element.tabulate(0, at)[0, :, :, 0]
    mass = np.einsum("q,qi,qj->ij", by, shapes, shapes)
    return CellQuadrature(points, weights, np.ascontiguousarray(slopes), mass)
