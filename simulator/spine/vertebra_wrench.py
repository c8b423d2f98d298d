# SPDX-License-Identifier: MIT
"""Resultants on a vertebra: what enters it beside the tractions of its two discs.

A vertebra is in equilibrium under the discs and connectors of both levels, the weight and inertia
of its slice of the trunk, and what the muscles of the two levels leave on it. All are taken from
the solved column, in the frame of the standing vertebra, and none is made to fit: what they leave
over is the force balance that is reported.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.rotations import interpolate
from simulator.spine.records import LevelResult

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Wrench:
    """A force (3,), N, and its moment (3,) about the origin, N mm."""

    force: Array
    moment: Array

    @classmethod
    def at(cls, point: Array, force: Array, moment: Array | None = None) -> Wrench:
        """A force through a point, with a couple."""
        couple = np.zeros(3) if moment is None else moment
        return cls(np.asarray(force, dtype=float), np.cross(point, force) + couple)

    @classmethod
    def of_nodes(cls, points: Array, forces: Array) -> Wrench:
        """Resultant of nodal forces (n, 3)."""
        return cls(forces.sum(axis=0), np.cross(points, forces).sum(axis=0))

    @classmethod
    def zero(cls) -> Wrench:
        """Nothing."""
        return cls(np.zeros(3), np.zeros(3))

    def __add__(self, other: Wrench) -> Wrench:
        """Sum about the same origin."""
        return Wrench(self.force + other.force, self.moment + other.moment)

    def __neg__(self) -> Wrench:
        """The reaction."""
        return Wrench(-self.force, -self.moment)

    def turned(self, axes: Array, origin: Array) -> Wrench:
        """In another frame, in which this one has its origin there and these axes (3, 3)."""
        force = axes @ self.force
        return Wrench(force, axes @ self.moment + np.cross(origin, force))


@dataclass(frozen=True, slots=True)
class LevelView:
    """How vectors of a level's disc frame stand in the vertebra.

    Attributes:
        axes: (3, 3) from the disc's lower frame to that of the vertebra.
        origin_mm: (3,) where the disc's fixed reference centre lies in the vertebra.
    """

    axes: Array
    origin_mm: Array


def view_from_above(centre_mm: Array, axes: Array, result: LevelResult) -> LevelView:
    """The level below a vertebra, which is the upper one of it.

    Args:
        centre_mm: (3,) of the disc in standing, vertebra's frame.
        axes: (3, 3) of the disc in standing, vertebra's frame.
        result: of the level.
    """
    turned = axes @ result.state.rotation.T
    return LevelView(turned, centre_mm - turned @ result.state.translation)


def muscle_wrench(result: LevelResult) -> Wrench:
    """Of a level's muscles on its upper vertebra, disc's frame, about its reference centre."""
    middle = interpolate(np.eye(3), result.state.rotation, 0.5)
    moment = middle @ result.muscle_moment_nm * 1.0e3
    return Wrench(-result.muscle_force_n * middle[:, 1], moment)


def sag_moment(result: LevelResult, force_n: Array) -> Wrench:
    """Moment of the load above about a level whose upper vertebra has moved.

    The chain carries masses at places that the compression of discs does not move, and the muscles
    balance the moment about those. In the vertebra itself the disc below pushes where it is.

    Args:
        result: of the level below the vertebra.
        force_n: (3,) of all above on it, disc's frame.
    """
    moment = np.asarray(np.cross(result.state.translation, force_n), dtype=np.float64)
    return Wrench(np.zeros(3), -moment)


def spread(wrench: Wrench, points: Array, weights: Array) -> Array:
    """Least nodal forces (n, 3) on points with a given resultant.

    Forces are ``w (a + b x r)``, as a rigid plate on springs of stiffness w would share them.

    Args:
        wrench: about the origin.
        points: (n, 3).
        weights: (n,) such as areas; nodes of weight zero get nothing.
    """
    share = weights / weights.sum()
    centre = share @ points
    arms = points - centre
    square = np.einsum("ni,ni->n", arms, arms)
    inertia = (share * square).sum() * np.eye(3) - np.einsum("n,ni,nj->ij", share, arms, arms)
    couple = wrench.moment - np.cross(centre, wrench.force)
    turn = np.linalg.solve(inertia, couple)
    return np.asarray(share[:, None] * (wrench.force + np.cross(turn, arms)))
