# SPDX-License-Identifier: MIT
"""What contact terms take and give: increments, history, output, resultants."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.contact.facet import Array, IntArray

BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class TangentBlocks:
    """Dense blocks to be added to the matrix: ``setValuesRCV(rows, cols, values)``.

    Attributes:
        rows: (n, r) global scalar dofs.
        cols: (n, c) global scalar dofs; a number may stand twice in a row.
        values: (n, r, c) in N/mm.
    """

    rows: IntArray
    cols: IntArray
    values: Array


@dataclass(frozen=True, slots=True)
class ContactIncrement:
    """One evaluation on this rank.

    The residual is minus the contact force on the nodes, so that it stands beside
    internal minus external force; ``tangent`` is its derivative. Counts are local.

    Attributes:
        dofs: (n, 3) global scalar dofs.
        values: (n, 3) residual, N.
        tangent: blocks, empty when no tangent was asked for.
        active: points with pressure.
        slipping: active points on the friction cone.
        missed: points without a partner within the search radius.
        outside_pattern: active pairs that the last pattern does not hold; when the sum
            over ranks is not zero, call ``update_candidates`` and rebuild the matrix.
        max_penetration_mm: largest geometric overlap.
    """

    dofs: IntArray
    values: Array
    tangent: tuple[TangentBlocks, ...]
    active: int
    slipping: int
    missed: int
    outside_pattern: int
    max_penetration_mm: float


@dataclass(frozen=True, slots=True)
class ContactState:
    """History of n quadrature points after an accepted step.

    Attributes:
        point: (n,) global numbers of the points.
        anchor_facet: (n,) facet that carries the point to which the elastic slip is
            measured, -1 where there is none (always 0 or -1 on a plane).
        anchor: (n, 3) its local coordinates on the facet (two used) or, on a plane,
            its position in mm.
        closure_mm: (n,) closure at the accepted step (negative: open).
        shift_mm: (n,) closure that augmentation has added.
    """

    point: IntArray
    anchor_facet: IntArray
    anchor: Array
    closure_mm: Array
    shift_mm: Array


@dataclass(frozen=True, slots=True)
class ContactOutput:
    """Fields at the local quadrature points of the slave surface.

    Tractions act on the slave and are per reference area; per current area they are
    larger by ``area_reference_mm2 / area_current_mm2``.

    Attributes:
        point: (n,) global numbers of the points.
        reference_mm: (n, 3) reference positions.
        current_mm: (n, 3) current positions.
        area_reference_mm2: (n,) area weights.
        area_current_mm2: (n,) area weights.
        normal: (n, 3) direction in which pressure acts on the slave.
        pressure_mpa: (n,) not negative.
        traction_mpa: (n, 3) tangential traction.
        gap_mm: (n,) negative when penetrating, NaN without a partner.
        slipping: (n,) mask.
    """

    point: IntArray
    reference_mm: Array
    current_mm: Array
    area_reference_mm2: Array
    area_current_mm2: Array
    normal: Array
    pressure_mpa: Array
    traction_mpa: Array
    gap_mm: Array
    slipping: BoolArray


@dataclass(frozen=True, slots=True)
class Resultant:
    """Force (3,) N and moment (3,) N mm about a point, on the slave body."""

    force_n: Array
    moment_nmm: Array


def block_dofs(blocks: IntArray) -> IntArray:
    """Scalar dofs (n, 3 k) of block dofs (n, k)."""
    return (3 * blocks[:, :, None] + np.arange(3)).reshape(blocks.shape[0], 3 * blocks.shape[1])


def nodal_sums(blocks: IntArray, values: Array) -> tuple[IntArray, Array]:
    """Add up vectors (n, k, 3) at block dofs (n, k): dofs (m,) ascending and sums (m, 3)."""
    nodes, place = np.unique(blocks, return_inverse=True)
    place = place.ravel()
    sums = np.empty((nodes.size, 3))
    for component in range(3):
        weights = values[:, :, component].ravel()
        sums[:, component] = np.bincount(place, weights=weights, minlength=nodes.size)
    return nodes, sums
