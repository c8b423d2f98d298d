# SPDX-License-Identifier: MIT
"""Spinal ligaments and facet joints: forces that depend on the pose of a vertebra only.

The pose is that of the upper vertebra relative to the lower one, in the disc's
frame: a material point X of it stands at x = translation + rotation X.
Generalised forces are (force, moment about the moving reference point), with
moments conjugate to spatial rotation increments.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from simulator.rotations import skew

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Reaction:
    """What a connector asks for at a pose: derivatives of its energy.

    Attributes:
        force: (6,) generalised force that holds the connector, N and N mm.
        stiffness: (6, 6) its derivative.
        magnitude: Force in the connector, N.
    """

    force: Array
    stiffness: Array
    magnitude: float


class Connector(Protocol):
    """Anything with a reaction to the relative pose."""

    @property
    def name(self) -> str:
        """For reports."""
        ...

    def reaction(self, translation: Array, rotation: Array) -> Reaction:
        """Reaction at the pose."""
        ...


class ForceCurve(Protocol):
    """Force of a connector, tension positive; see ``materials.curves``."""

    def force_n(self, elongation_mm: float, /) -> float:
        """Force at an elongation."""
        ...

    def slope_n_per_mm(self, elongation_mm: float, /) -> float:
        """Its derivative."""
        ...


@dataclass(frozen=True, slots=True)
class Ligament:
    """A straight band between a point of the lower and a point of the upper vertebra.

    Attributes:
        name: For reports, such as ``"LF right"``.
        lower_mm: (3,) attachment on the lower vertebra.
        upper_mm: (3,) attachment on the upper vertebra, reference pose.
        curve: Tension-only, of the elongation past the slack length.
        slack_length_mm: Length at which it becomes taut.
    """

    name: str
    lower_mm: Array
    upper_mm: Array
    curve: ForceCurve
    slack_length_mm: float

    def reaction(self, translation: Array, rotation: Array) -> Reaction:
        """Reaction at the pose."""
        arm = rotation @ self.upper_mm
        span = translation + arm - self.lower_mm
        length = float(np.linalg.norm(span))
        tension = self.curve.force_n(length - self.slack_length_mm)
        slope = self.curve.slope_n_per_mm(length - self.slack_length_mm)
        direction = span / length
        along = np.outer(direction, direction)
        point_stiffness = slope * along + tension / length * (np.eye(3) - along)
        force, stiffness = point_load(arm, tension * direction, point_stiffness)
        return Reaction(force, stiffness, tension)


@dataclass(frozen=True, slots=True)
class FacetJoint:
    """Contact of an inferior articular process with the vertebra below it.

    Attributes:
        name: For reports.
        point_mm: (3,) contact point on the upper vertebra, reference pose.
        normal: (3,) unit normal of the lower vertebra's facet, towards the upper one's.
        curve: Compression-only, of the change of the faces' distance; zero within the gap.
        further_gap_mm: Added to the curve's gap.
        share: Factor of the curve's force.
    """

    name: str
    point_mm: Array
    normal: Array
    curve: ForceCurve
    further_gap_mm: float = 0.0
    share: float = 1.0

    def reaction(self, translation: Array, rotation: Array) -> Reaction:
        """Reaction at the pose."""
        arm = rotation @ self.point_mm
        opening = float(self.normal @ (translation + arm - self.point_mm)) + self.further_gap_mm
        contact = self.share * self.curve.force_n(opening)
        slope = self.share * self.curve.slope_n_per_mm(opening)
        point_stiffness = slope * np.outer(self.normal, self.normal)
        force, stiffness = point_load(arm, contact * self.normal, point_stiffness)
        return Reaction(force, stiffness, -contact)


def point_load(arm: Array, force: Array, stiffness: Array) -> tuple[Array, Array]:
    """Generalised force (6,) and stiffness (6, 6) of a force on a point of the body.

    Args:
        arm: (3,) point less the moving reference point.
        force: (3,) derivative of the energy by the point's position.
        stiffness: (3, 3) derivative of the force by that position.
    """
    motion = np.hstack([np.eye(3), -skew(arm)])
    total = motion.T @ stiffness @ motion
    total[3:, 3:] += skew(force) @ skew(arm)
    return motion.T @ force, total


def total_reaction(
    connectors: Sequence[Connector], translation: Array, rotation: Array
) -> tuple[Array, Array]:
    """Sum of force (6,) and stiffness (6, 6) over all connectors."""
    force, stiffness = np.zeros(6), np.zeros((6, 6))
    for connector in connectors:
        reaction = connector.reaction(translation, rotation)
        force += reaction.force
        stiffness += reaction.stiffness
    return force, stiffness
