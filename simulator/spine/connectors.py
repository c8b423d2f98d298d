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
    def name(self) -> str: ...

    def reaction(self, translation: Array, rotation: Array) -> Reaction:
        """Reaction at the pose."""
        ...


@dataclass(frozen=True, slots=True)
class LigamentLaw:
    """Bilinear tension-only ligament, rounded over ``toe_strain`` at both kinks.

    Attributes:
        first_modulus_mpa: Modulus up to the transition.
        transition_strain: Strain where it stiffens.
        second_modulus_mpa: Modulus beyond.
        area_mm2: Cross-section of the whole ligament.
        toe_strain: Width of the rounding.
    """

    first_modulus_mpa: float
    transition_strain: float
    second_modulus_mpa: float
    area_mm2: float
    toe_strain: float = 0.02

    def tension(self, strain: float) -> tuple[float, float]:
        """Force, N, and its derivative by strain."""
        low, low_slope = ramp(strain, self.toe_strain)
        high, high_slope = ramp(strain - self.transition_strain, self.toe_strain)
        change = self.second_modulus_mpa - self.first_modulus_mpa
        return (
            self.area_mm2 * (self.first_modulus_mpa * low + change * high),
            self.area_mm2 * (self.first_modulus_mpa * low_slope + change * high_slope),
        )


LIGAMENT_LAWS: dict[str, LigamentLaw] = {
    "ALL": LigamentLaw(7.8, 0.12, 20.0, 63.7),
    "PLL": LigamentLaw(10.0, 0.11, 20.0, 20.0),
    "LF": LigamentLaw(15.0, 0.062, 19.5, 40.0),
    "CL": LigamentLaw(7.5, 0.25, 32.9, 60.0),
    "ITL": LigamentLaw(10.0, 0.18, 58.7, 3.6),
    "ISL": LigamentLaw(10.0, 0.14, 11.6, 40.0),
    "SSL": LigamentLaw(8.0, 0.20, 15.0, 30.0),
}
"""Spinal set: moduli of PMC5592017 table 2, areas of josr 2021 s13018-021-02237-4 table 1.

Areas are those of both sides together; paired ligaments share them.
"""


@dataclass(frozen=True, slots=True)
class FacetLaw:
    """Compression-only facet joint, rounded over ``rounding_mm`` at first contact.

    Attributes:
        gap_mm: Gap in the reference pose; 0.4 to 0.6 in published models.
        stiffness_n_mm: Force per overlap of one joint. The default is a confined cartilage modulus
            of 7.5 MPa (E 3.5, nu 0.4, calibrated in artisynth_lumbosacralSpineModel) on 100 mm2
            (engineering default) and two layers of 1 mm.
        rounding_mm: Overlap over which the stiffness comes in.
    """

    gap_mm: float = 0.5
    stiffness_n_mm: float = 375.0
    rounding_mm: float = 0.3


def ramp(x: float, width: float) -> tuple[float, float]:
    """Ramp max(x, 0) that comes in as a parabola over ``width``, and its slope."""
    if x <= 0.0:
        return 0.0, 0.0
    if x < width:
        return 0.5 * x * x / width, x / width
    return x - 0.5 * width, 1.0


@dataclass(frozen=True, slots=True)
class Ligament:
    """A straight band between a point of the lower and a point of the upper vertebra.

    Attributes:
        name: For reports, such as ``"LF right"``.
        lower_mm: (3,) attachment on the lower vertebra.
        upper_mm: (3,) attachment on the upper vertebra, reference pose.
        law: Tension-only law.
        share: Part of the law's area that this band carries.
    """

    name: str
    lower_mm: Array
    upper_mm: Array
    law: LigamentLaw
    share: float = 1.0

    def reaction(self, translation: Array, rotation: Array) -> Reaction:
        """Reaction at the pose."""
        rest = float(np.linalg.norm(self.upper_mm - self.lower_mm))
        arm = rotation @ self.upper_mm
        span = translation + arm - self.lower_mm
        length = float(np.linalg.norm(span))
        tension, slope = self.law.tension(length / rest - 1.0)
        tension, slope = self.share * tension, self.share * slope / rest
        direction = span / length
        along = np.outer(direction, direction)
        point_stiffness = slope * along + tension / length * (np.eye(3) - along)
        force, stiffness = point_load(arm, tension * direction, point_stiffness)
        return Reaction(force, stiffness, tension)


@dataclass(frozen=True, slots=True)
class FacetJoint:
    """Contact of an inferior articular process with the superior one below it.

    Attributes:
        name: For reports.
        point_mm: (3,) contact point on the upper vertebra, reference pose.
        normal: (3,) unit normal of the lower vertebra's facet, towards the upper one's.
        law: Compression-only law.
    """

    name: str
    point_mm: Array
    normal: Array
    law: FacetLaw

    def reaction(self, translation: Array, rotation: Array) -> Reaction:
        """Reaction at the pose."""
        arm = rotation @ self.point_mm
        gap = self.law.gap_mm + float(self.normal @ (translation + arm - self.point_mm))
        overlap, slope = ramp(-gap, self.law.rounding_mm)
        force_n = self.law.stiffness_n_mm * overlap
        point_stiffness = self.law.stiffness_n_mm * slope * np.outer(self.normal, self.normal)
        force, stiffness = point_load(arm, -force_n * self.normal, point_stiffness)
        return Reaction(force, stiffness, force_n)


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
