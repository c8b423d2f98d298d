# SPDX-License-Identifier: MIT
"""Bushings: a spring and a damper in all six freedoms between two rigid segments.

A disc with its ligaments and muscles, a hip, a knee, soft tissue that wobbles about its bone.
The coordinates are the gap of the two attached points and the rotation vector of the distal
segment, both in axes that are fixed to the proximal one. Energy and its derivatives are symbolic,
as those of ``simulator.connectors``. Source: docs/theory/impact.md, "Bushings".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import casadi as ca
import numpy as np
from numpy.typing import NDArray

from simulator.connector_energy import derivatives, log, turn
from simulator.segments import Poses, Segments

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Bushing:
    """Spring and damper between two segments.

    Matrices act on (gap x, y, z in mm; rotation about x, y, z in rad) in the bushing's axes.

    Attributes:
        name: Such as ``"knee"`` or ``"L4-L5"``.
        proximal: Segment that carries the axes.
        distal: Segment that moves in them.
        point_mm: Where both are attached in the unloaded configuration, shape (3,).
        axes: Axes in the unloaded configuration as columns, shape (3, 3).
        stiffness: Symmetric, shape (6, 6): N/mm, N/rad, N mm/rad.
        damping: Symmetric, shape (6, 6): the same times s.
    """

    name: str
    proximal: str
    distal: str
    point_mm: Array
    axes: Array
    stiffness: Array
    damping: Array


@dataclass(frozen=True, slots=True)
class BushingDrive:
    """What drives one bushing at an instant.

    Attributes:
        load: Force (N) and moment (N mm) that act along the coordinates besides the spring:
            those of the distal segment on its surroundings are its negative; shape (6,).
        target: Coordinates at which the spring rests, shape (6,).
        extra_stiffness: Of a second spring (a damper in a time step), shape (6, 6).
        extra_target: Where that rests, shape (6,).
    """

    load: Array = field(default_factory=lambda: np.zeros(6))
    target: Array = field(default_factory=lambda: np.zeros(6))
    extra_stiffness: Array = field(default_factory=lambda: np.zeros((6, 6)))
    extra_target: Array = field(default_factory=lambda: np.zeros(6))


@dataclass(frozen=True, slots=True)
class BushingState:
    """All bushings at given poses; rotations in rad, unscaled.

    Attributes:
        energy_nmm: Total energy.
        gradient: By translations (N) and rotations (N mm), shape (6 n,).
        hessian: Its derivative, shape (6 n, 6 n), symmetric.
        coordinates: Of each bushing, shape (bushings, 6).
        coordinate_rows: Their derivative, shape (bushings, 6, 6 n).
    """

    energy_nmm: float
    gradient: Array
    hessian: Array
    coordinates: Array
    coordinate_rows: Array


@cache
def _function() -> ca.Function:
    d = ca.SX.sym("d", 12)
    c1, c2 = ca.SX.sym("c1", 3), ca.SX.sym("c2", 3)
    r1, r2 = ca.SX.sym("r1", 3, 3), ca.SX.sym("r2", 3, 3)
    p1, p2, axes = ca.SX.sym("p1", 3), ca.SX.sym("p2", 3), ca.SX.sym("axes", 3, 3)
    k, rest = ca.SX.sym("k", 6, 6), ca.SX.sym("rest", 6)
    k2, rest2, load = ca.SX.sym("k2", 6, 6), ca.SX.sym("rest2", 6), ca.SX.sym("load", 6)
    turned1, turned2 = turn(d[3:6], r1), turn(d[9:12], r2)
    gap = (c2 + d[6:9] + turned2 @ p2) - (c1 + d[0:3] + turned1 @ p1)
    relative = ca.vertcat(turned1.T @ gap, log(turned1.T @ turned2))
    xi = ca.vertcat(axes.T @ relative[:3], axes.T @ relative[3:])
    e1, e2 = xi - rest, xi - rest2
    energy = ca.dot(e1, k @ e1) / 2 + ca.dot(e2, k2 @ e2) / 2 - ca.dot(load, xi)
    inputs = [c1, r1, c2, r2, p1, p2, axes, k, rest, k2, rest2, load]
    return derivatives("bushing", d, inputs, energy, xi)


class Bushings:
    """All bushings of an analysis, evaluated on every rank alike."""

    def __init__(self, segments: Segments, bushings: tuple[Bushing, ...]):
        self.segments = segments
        self.bushings = bushings
        reference = segments.reference_mm
        self._index = [(segments.index(b.proximal), segments.index(b.distal)) for b in bushings]
        self._arms = [
            (b.point_mm - reference[p], b.point_mm - reference[d])
            for b, (p, d) in zip(bushings, self._index, strict=True)
        ]

    def index(self, name: str) -> int:
        """Return the place of a bushing."""
        return [b.name for b in self.bushings].index(name)

    def evaluate(self, poses: Poses, drives: Mapping[str, BushingDrive]) -> BushingState:
        """Sum energy, gradient and Hessian of all bushings at ``poses``."""
        size = 6 * len(self.segments)
        gradient, hessian = np.zeros(size), np.zeros((size, size))
        xi = np.zeros((len(self.bushings), 6))
        rows = np.zeros((len(self.bushings), 6, size))
        energy, c, r = 0.0, poses.position_mm, poses.rotation
        for i, (bushing, (a, b)) in enumerate(zip(self.bushings, self._index, strict=True)):
            drive = drives.get(bushing.name, BushingDrive())
            e, g, h, x, row = _function()(
                c[a], r[a], c[b], r[b], *self._arms[i], bushing.axes,
                bushing.stiffness, drive.target, drive.extra_stiffness, drive.extra_target,
                drive.load,
            )  # fmt: skip
            where = np.r_[6 * a : 6 * a + 6, 6 * b : 6 * b + 6]
            energy += float(e)
            gradient[where] += np.asarray(g).ravel()
            hessian[np.ix_(where, where)] += np.asarray(h)
            xi[i] = np.asarray(x).ravel()
            rows[i][:, where] = np.asarray(row)
        return BushingState(energy, gradient, hessian, xi, rows)
