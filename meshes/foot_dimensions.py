# SPDX-License-Identifier: MIT
"""The measurable dimensions of a foot, their defaults, types and allowed ranges."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import get_args

from meshes.errors import MeshError, require_range
from meshes.foot_types import (
    HIGHEST_POSTURE_INDEX,
    LOWEST_POSTURE_INDEX,
    NEUTRAL_ARCH_SHARE,
    NEUTRAL_POSTURE_INDEX,
    TYPICAL,
    FootType,
)

REFERENCE_LENGTH_MM = 255.0
"""Length of the foot that unscaled values belong to."""

FROM_LENGTH = float("nan")
"""Default of a dimension that is scaled from the foot's length."""

_PER_LENGTH = {
    "ball_width_mm": (0.375, 0.31, 0.46),
    "heel_width_mm": (0.250, 0.19, 0.32),
    "arch_height_mm": (0.170, 0.08, 0.27),
    "heel_pad_thickness_mm": (0.067, 0.040, 0.110),
    "forefoot_pad_thickness_mm": (0.043, 0.026, 0.070),
    "toe_pad_thickness_mm": (0.035, 0.022, 0.055),
}
"""Name: default, lowest, highest share of the foot's length."""

ROUNDEST = 1.5
"""Largest roundness of a sole, in that of the imprint it is scaled by."""


@dataclass(frozen=True, slots=True)
class FootDimensions:
    """Dimensions of an unloaded foot; those left out are scaled from its length.

    Defaults are shares of foot length: ball and heel breadth from ANSUR II (Gordon et al. 2014),
    navicular height from Williams & McClay (2000), heel pad 16 to 18 mm (De Clercq et al. 1994),
    tissue under the metatarsal heads 10 to 13 mm and under the toes about 9 mm (ultrasound).

    Attributes:
        length_mm: heel to the tip of the longest toe, 120 to 340.
        ball_width_mm: breadth over the first and fifth metatarsal heads.
        heel_width_mm: greatest breadth of the heel.
        arch_height_mm: height of the navicular tuberosity over the sole.
        heel_pad_thickness_mm: skin to calcaneus at the lowest point of the tuberosity.
        forefoot_pad_thickness_mm: skin to bone under the metatarsal heads.
        toe_pad_thickness_mm: skin to bone under the toes.
        posture_index: FPI-6, -12 (supinated) to 12 (pronated); turns the subtalar axis and sets
            how flexible the foot is, not its shape.
        sole_roundness: convexity of heel and ball, 0 (plane, as a footprint is) to 1.5; 1 is that
            of an imprint in foam (`meshes.plantar.SoleRounding`).
        metatarsal_roundness: 0 (the heads run level into shafts nearly as thick) to 1 (heads as
            round as they are high, on shafts half as thick).
        heel_rim_held: whether the tissue's rim behind the tuberosity follows the calcaneus, as
            skin and Achilles tendon hold it, or is free.

    Raises:
        MeshError: a dimension is out of its range (the ranges of all but the length are shares
            of the length).
    """

    length_mm: float = REFERENCE_LENGTH_MM
    ball_width_mm: float = FROM_LENGTH
    heel_width_mm: float = FROM_LENGTH
    arch_height_mm: float = FROM_LENGTH
    heel_pad_thickness_mm: float = FROM_LENGTH
    forefoot_pad_thickness_mm: float = FROM_LENGTH
    toe_pad_thickness_mm: float = FROM_LENGTH
    posture_index: float = NEUTRAL_POSTURE_INDEX
    sole_roundness: float = 0.0
    metatarsal_roundness: float = 0.0
    heel_rim_held: bool = False

    def __post_init__(self) -> None:
        require_range("length_mm", self.length_mm, 120.0, 340.0)
        for name, (share, low, high) in _PER_LENGTH.items():
            value = float(getattr(self, name))
            if math.isnan(value):
                value = share * self.length_mm
                object.__setattr__(self, name, value)
            require_range(name, value, low * self.length_mm, high * self.length_mm)
        index = self.posture_index
        require_range("posture_index", index, LOWEST_POSTURE_INDEX, HIGHEST_POSTURE_INDEX)
        require_range("sole_roundness", self.sole_roundness, 0.0, ROUNDEST)
        require_range("metatarsal_roundness", self.metatarsal_roundness, 0.0, 1.0)
        if self.ball_width_mm < 1.15 * self.heel_width_mm:
            raise MeshError(
                "ball_width_mm",
                f"{self.ball_width_mm:g} leaves no room beside a heel of {self.heel_width_mm:g}",
                f"at least 1.15 times heel_width_mm, {1.15 * self.heel_width_mm:.1f}",
            )

    @property
    def arch_excess(self) -> float:
        """Navicular height over foot length, less that of a neutral foot.

        Rounded to 1e-5, so that a default that went through a decimal file is zero.
        """
        return round(self.arch_height_mm / self.length_mm - NEUTRAL_ARCH_SHARE, 5)

    @property
    def pronation(self) -> float:
        """Posture index less that of a neutral foot."""
        return self.posture_index - NEUTRAL_POSTURE_INDEX

    @property
    def scale(self) -> float:
        """Length over that of the reference foot."""
        return self.length_mm / REFERENCE_LENGTH_MM

    @classmethod
    def of_type(cls, foot_type: FootType, length_mm: float = REFERENCE_LENGTH_MM) -> FootDimensions:
        """Return typical dimensions of a foot type.

        Raises:
            MeshError: the type is not known.
        """
        if foot_type not in TYPICAL:
            known = ", ".join(get_args(FootType))
            raise MeshError("foot_type", f"{foot_type!r} is not known", known)
        typical = TYPICAL[foot_type]
        return cls(
            length_mm=length_mm,
            arch_height_mm=typical.arch_share * length_mm,
            posture_index=typical.posture_index,
        )
