# SPDX-License-Identifier: MIT
"""Derivative of the two-sided contact force of a point by the nodes it depends on.

Notation follows docs/theory/contact.md: slave point x; partner y(eta) on the master
with tangents b_1, b_2 and smoothed unit normal n(eta); gap g with x = y + g n; force
density on the slave q = p n + t.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from simulator.contact.facet import Array, IntArray, dot
from simulator.contact.law import FrictionResponse
from simulator.contact.search import inverse_columns

INPUTS = 3


@dataclass(frozen=True, slots=True)
class ActivePoints:
    """The n points under pressure.

    Attributes:
        index: (n,) places among the local points.
        weight: (n,) reference area weights.
        slave_shape: (n, 6) of the slave facet.
        master_shape: (n, 6), ``master_slopes`` (n, 2, 6) at the partner.
        tangents: (n, 2, 3) of the master facet, ``normal`` (n, 3) smoothed, ``bend``
            (n, 2, 3) its derivatives along the facet.
        gap: (n,) mm; ``pressure`` (n,) MPa and its ``stiffness`` (n,) MPa/mm.
        rim_slopes: (n, 2) derivative of the pressure by the local coordinates beyond a rim.
        anchor_facet: (n,) master facet of the anchor or -1; ``anchor_shape`` (n, 6).
        offset: (n, 3) from the anchor to the point.
        share, share_slope: (n,) part of the step under pressure and its derivative.
        friction: response of the friction law, ``None`` without friction.
    """

    index: IntArray
    weight: Array
    slave_shape: Array
    master_shape: Array
    master_slopes: Array
    tangents: Array
    normal: Array
    bend: Array
    gap: Array
    pressure: Array
    stiffness: Array
    rim_slopes: Array
    anchor_facet: IntArray
    anchor_shape: Array
    offset: Array
    share: Array
    share_slope: Array
    friction: FrictionResponse | None

    def take(self, chosen: IntArray) -> ActivePoints:
        """The same of some of the points."""
        parts = {item.name: getattr(self, item.name) for item in fields(self)}
        friction = parts.pop("friction")
        picked = {name: value[chosen] for name, value in parts.items()}
        return ActivePoints(**picked, friction=friction and friction.take(chosen))

    @property
    def density(self) -> Array:
        """Force on the slave per reference area, q (n, 3)."""
        push = self.pressure[:, None] * self.normal
        return push if self.friction is None else push + self.friction.traction


@dataclass(frozen=True, slots=True)
class PointOperators:
    """Derivatives of q and of the partner's local coordinates.

    Attributes:
        force: (n, 3, 3, 3) by x, y (sign reversed) and the anchor (sign reversed).
        place: (n, 2, 3, 3) of the two local coordinates of the partner, likewise.
    """

    force: Array
    place: Array

    def take(self, chosen: IntArray) -> PointOperators:
        """The same of some of the points."""
        return PointOperators(self.force[chosen], self.place[chosen])


def operators(points: ActivePoints, lagged: bool = False) -> PointOperators:
    """Differentiate at each point.

    Complete at fixed nodal normals; that these turn with the master's deformation is
    left out, which costs little and saves the neighbouring facets' columns.
    """
    n = points.normal
    tangent_plane = np.eye(3) - n[:, :, None] * n[:, None, :]
    columns = points.tangents + points.gap[:, None, None] * points.bend
    r1, r2, r3 = inverse_columns(columns[:, 0], columns[:, 1], n)
    moving = np.array([1.0, 1.0, 0.0])[:, None]
    place = np.stack([r1, r2], axis=1)[:, :, None] * moving
    gap_by = r3[:, None] * moving
    turn = points.bend.transpose(0, 2, 1)[:, None] @ place.transpose(0, 2, 1, 3)
    pressure_by = -points.stiffness[:, None, None] * gap_by
    pressure_by += (points.rim_slopes[:, None, None, :] @ place.transpose(0, 2, 1, 3))[:, :, 0]
    force = n[:, None, :, None] * pressure_by[:, :, None, :]
    force += points.pressure[:, None, None, None] * turn
    if points.friction is not None:
        force += _traction_derivative(points, tangent_plane, turn, gap_by, pressure_by, lagged)
    return PointOperators(force, place)


def _traction_derivative(
    points: ActivePoints,
    tangent_plane: Array,
    turn: Array,
    gap_by: Array,
    pressure_by: Array,
    lagged: bool,
) -> Array:
    assert points.friction is not None
    n, d = points.normal, points.offset
    along = dot(n, d)
    slip = -along[:, None, None, None] * turn
    slip -= n[:, None, :, None] * (d[:, None, None, :] @ turn)
    slip[:, 0] += tangent_plane
    slip[:, 2] += tangent_plane
    slip *= points.share[:, None, None, None]
    across = d - along[:, None] * n
    share_by = -points.share_slope[:, None, None] * gap_by
    slip += across[:, None, :, None] * share_by[:, :, None, :]
    by_pressure = points.friction.by_pressure
    change = points.friction.stiffness(lagged)[:, None] @ slip
    return change + by_pressure[:, None, :, None] * pressure_by[:, :, None]


def stiffness_blocks(
    points: ActivePoints, operators: PointOperators, first: IntArray, separate_anchor: bool
) -> Array:
    """Blocks (m, 36, 36), or (m, 36, 54) where the anchor has its own facet.

    Rows are the slave and the partner facet's nodes; columns the same, then the nodes
    of the anchor's facet. Points from ``first[i]`` up to ``first[i + 1]`` share their
    facets and one block.
    """
    count = points.index.size
    columns = np.zeros((count, 18 if separate_anchor else 12, INPUTS))
    columns[:, :6, 0] = points.slave_shape
    columns[:, 6:12, 1] = -points.master_shape
    columns[:, -6:, 2] = -points.anchor_shape
    width = columns.shape[1]
    parts = np.empty((count, 3, 3, width, 3))
    flat = columns @ operators.force.reshape(count, INPUTS, 9)
    parts[:, 0] = flat.reshape(count, width, 3, 3).transpose(0, 2, 1, 3)
    shift = columns[:, None] @ operators.place
    parts[:, 1:] = points.density[:, None, :, None, None] * shift[:, :, None]

    rows = np.zeros((count, 3, 12))
    rows[:, 0, :6] = -points.slave_shape
    rows[:, 0, 6:] = points.master_shape
    rows[:, 1:, 6:] = points.master_slopes
    rows *= points.weight[:, None, None]

    blocks = np.empty((first.size, 12, 9 * width))
    sizes = np.diff(np.append(first, count))
    for size in np.unique(sizes):
        chosen = np.flatnonzero(sizes == size)
        members = first[chosen][:, None] + np.arange(size)
        left = rows[members].reshape(chosen.size, 3 * size, 12)
        right = parts[members].reshape(chosen.size, 3 * size, 9 * width)
        blocks[chosen] = left.transpose(0, 2, 1) @ right
    return blocks.reshape(first.size, 36, 3 * width)
