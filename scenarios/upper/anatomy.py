# SPDX-License-Identifier: MIT
"""Thigh, pelvis, lumbar column and masses of a subject."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from meshes.limb import LimbGeometry, build_limb
from meshes.spine import SpineDimensions, SpineGeometry, build_spine
from simulator.chain import Limb
from simulator.upper_body import UpperBody, upper_body

Array = NDArray[np.float64]


class Person(Protocol):
    """Whose body it is; see `scenarios.schema.Subject`."""

    @property
    def body_mass_kg(self) -> float:
        """Mass of the whole body."""

    @property
    def height_m(self) -> float:
        """Stature."""


@dataclass(frozen=True, slots=True)
class UpperAnatomy:
    """Geometry and masses above the knee in standing.

    Attributes:
        limb: thigh and pelvis on an upright shank; places and surfaces.
        size: lengths of the same leg and pelvis.
        spine: lumbar column, origin at the midpoint of the hips.
    """

    limb: LimbGeometry
    size: Limb
    spine: SpineGeometry

    @property
    def hips_mm(self) -> Array:
        """Midpoint of the hips in standing, where `limb` stands, shape (3,)."""
        return 0.5 * (self.limb.hip + self.limb.hip_left)

    @property
    def disc_centres_mm(self) -> Array:
        """Disc centres in standing from the midpoint of the hips, L5-S1 first, (5, 3)."""
        return np.array([level.centre_mm for level in self.spine.levels])

    def masses(self, body_mass_kg: float, trunk_offset_mm: float) -> UpperBody:
        """Segments above the pelvis, cut at these discs.

        Args:
            body_mass_kg: of the whole body.
            trunk_offset_mm: their centre in front of L5-S1 in standing.
        """
        return upper_body(
            body_mass_kg,
            self.limb.stature_mm / 1000.0,
            self.disc_centres_mm[:, 1],
            trunk_offset_mm,
        )


def upper_anatomy(
    person: Person, lordosis_deg: float, resolution: str, ankle_mm: Array
) -> UpperAnatomy:
    """Build the geometry above the knee.

    Args:
        person: mass and stature.
        lordosis_deg: in standing, between the upper endplates of L1 and S1.
        resolution: of the discs.
        ankle_mm: centre of the ankle in standing, shape (3,).

    Raises:
        MeshError: a dimension out of range, or a disc that cannot be built.
    """
    stature = 1000.0 * person.height_m
    limb = build_limb(stature, person.body_mass_kg, ankle_mm)
    spine = build_spine(SpineDimensions(stature_mm=stature, lordosis_deg=lordosis_deg), resolution)
    size = Limb(
        shank_mm=float(limb.knee[1] - limb.ankle[1]),
        thigh_mm=float(limb.hip[1] - limb.knee[1]),
        hip_distance_mm=float(limb.hip[2] - limb.hip_left[2]),
        lumbosacral_mm=spine.levels[0].centre_mm,
    )
    return UpperAnatomy(limb=limb, size=size, spine=spine)
