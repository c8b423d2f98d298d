# SPDX-License-Identifier: MIT
"""Derivative of the two-sided contact force of a point by the nodes it depends on.

Notation follows docs/theory/contact.md: slave point x, its unit normal n from the
tangents a_1, a_2; partner y(eta) on the master with tangents b_1, b_2; gap g with
y = x + g n; force density q = p n - t.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from simulator.contact.facet import Array, IntArray, dot, skew
from simulator.contact.law import FrictionResponse
from simulator.contact.search import inverse_columns


@dataclass(frozen=True, slots=True)
class ActivePoints:
    """The n points under pressure.

    Attributes:
        index: (n,) places among the local points.
        weight: (n,) reference area weights.
        slave_shape: (n, 6) and ``slave_slopes`` (n, 2, 6) of the slave facet.
        tangents: (n, 2, 3), ``normal`` (n, 3), ``jacobian`` (n,) of the slave facet.
        master_shape: (n, 6), ``master_slopes`` (n, 2, 6) at the partner.
        base: (n, 2, 3) tangents of the master facet.
        gap: (n,) mm; ``pressure`` (n,) MPa and its ``stiffness`` (n,) MPa/mm.
        anchor_facet: (n,) master facet of the anchor or -1; ``anchor_shape`` (n, 6).
        offset: (n, 3) from the anchor to the point.
        share, share_slope: (n,) part of the step under pressure.
        friction: response of the friction law, ``None`` without friction.
    """

    index: IntArray
    weight: Array
    slave_shape: Array
    slave_slopes: Array
    tangents: Array
    normal: Array
    jacobian: Array
    master_shape: Array
    master_slopes: Array
    base: Array
    gap: Array
    pressure: Array
    stiffness: Array
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
        """Force on the master per reference area, q (n, 3)."""
        push = self.pressure[:, None] * self.normal
        return push if self.friction is None else push - self.friction.traction


@dataclass(frozen=True, slots=True)
class PointOperators:
    """Derivatives of q and of the partner's local coordinates.

    Attributes:
        force: (n, 5, 3, 3) by: x, a_1, a_2 of the slave, y at the partner (sign
            reversed), the anchor (sign reversed).
        place: (n, 2, 5, 3) of the two local coordinates of the partner, likewise.
    """

    force: Array
    place: Array

    def take(self, chosen: IntArray) -> PointOperators:
        """The same of some of the points."""
        return PointOperators(self.force[chosen], self.place[chosen])


def operators(points: ActivePoints, tangential: float) -> PointOperators:
    """Differentiate at each point; ``tangential`` is the stick stiffness, MPa/mm."""
    n = points.normal
    count = n.shape[0]
    tangent_plane = np.eye(3) - n[:, :, None] * n[:, None, :]
    over = (1.0 / points.jacobian)[:, None, None]
    turn = np.zeros((count, 3, 3, 3))
    turn[:, 1] = -over * (tangent_plane @ skew(points.tangents[:, 1]))
    turn[:, 2] = over * (tangent_plane @ skew(points.tangents[:, 0]))
    r1, r2, r3, _ = inverse_columns(points.base[:, 0], points.base[:, 1], -n)
    rows = np.stack([r1, r2, r3], axis=1)
    moved = points.gap[:, None, None, None] * turn
    moved[:, 0] += np.eye(3)
    solved = rows[:, None] @ moved

    place = np.zeros((count, 2, 5, 3))
    place[:, :, :3] = solved[:, :, :2].transpose(0, 2, 1, 3)
    place[:, :, 3] = rows[:, :2]
    gap_by = np.zeros((count, 5, 3))
    gap_by[:, :3] = solved[:, :, 2]
    gap_by[:, 3] = r3

    pressure_by = -points.stiffness[:, None, None] * gap_by
    force = n[:, None, :, None] * pressure_by[:, :, None, :]
    force[:, :3] += points.pressure[:, None, None, None] * turn
    if points.friction is not None:
        force -= _traction_derivative(points, tangential, tangent_plane, turn, gap_by, pressure_by)
    return PointOperators(force, place)


def _traction_derivative(
    points: ActivePoints,
    tangential: float,
    tangent_plane: Array,
    turn: Array,
    gap_by: Array,
    pressure_by: Array,
) -> Array:
    assert points.friction is not None
    n, d = points.normal, points.offset
    along = dot(n, d)
    slip = np.zeros((n.shape[0], 5, 3, 3))
    slip[:, 0] = slip[:, 4] = tangent_plane
    slip[:, 1:3] = -along[:, None, None, None] * turn[:, 1:]
    slip[:, 1:3] -= n[:, None, :, None] * (d[:, None, None, :] @ turn[:, 1:])
    slip *= points.share[:, None, None, None]
    across = d - along[:, None] * n
    share_by = -points.share_slope[:, None, None] * gap_by
    slip += across[:, None, :, None] * share_by[:, :, None, :]
    by_trial = points.friction.by_trial[:, None]
    by_pressure = points.friction.by_pressure
    return -tangential * (by_trial @ slip) + by_pressure[:, None, :, None] * pressure_by[:, :, None]


def stiffness_blocks(
    points: ActivePoints, operators: PointOperators, separate_anchor: bool
) -> Array:
    """Blocks (n, 36, 36), or (n, 36, 54) where the anchor has its own facet.

    Rows are the slave and the partner facet's nodes; columns the same, then the nodes
    of the anchor's facet.
    """
    count = points.index.size
    columns = np.zeros((count, 18 if separate_anchor else 12, 5))
    columns[:, :6, 0] = points.slave_shape
    columns[:, :6, 1:3] = points.slave_slopes.transpose(0, 2, 1)
    columns[:, 6:12, 3] = -points.master_shape
    columns[:, -6:, 4] = -points.anchor_shape
    width = columns.shape[1]
    parts = np.empty((count, 3, 3, width, 3))
    flat = columns @ operators.force.reshape(count, 5, 9)
    parts[:, 0] = flat.reshape(count, width, 3, 3).transpose(0, 2, 1, 3)
    shift = columns[:, None] @ operators.place
    parts[:, 1:] = points.density[:, None, :, None, None] * shift[:, :, None]

    rows = np.zeros((count, 12, 3))
    rows[:, :6, 0] = points.slave_shape
    rows[:, 6:, 0] = -points.master_shape
    rows[:, 6:, 1:] = -points.master_slopes.transpose(0, 2, 1)
    rows *= points.weight[:, None, None]
    return (rows @ parts.reshape(count, 3, -1)).reshape(count, 36, 3 * width)
