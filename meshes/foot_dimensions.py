# SPDX-License-Identifier: MIT
"""The measurable dimensions of a foot, their defaults, types and allowed ranges."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, get_args

from meshes.errors import MeshError, require_range

FootType = Literal["neutral", "flat", "cavus"]

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

ARCH_SHARE: dict[FootType, float] = {"neutral": 0.170, "flat": 0.110, "cavus": 0.225}
"""Navicular height over foot length of three types of foot (Williams & McClay 2000, unloaded)."""


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

    Raises:
        MeshError: a dimension is out of its range (the ranges of all but the length are shares
            of the length).
    """

    length_mm: float = 255.0
    ball_width_mm: float = FROM_LENGTH
    heel_width_mm: float = FROM_LENGTH
    arch_height_mm: float = FROM_LENGTH
    heel_pad_thickness_mm: float = FROM_LENGTH
    forefoot_pad_thickness_mm: float = FROM_LENGTH
    toe_pad_thickness_mm: float = FROM_LENGTH

    def __post_init__(self) -> None:
        require_range("length_mm", self.length_mm, 120.0, 340.0)
        for name, (share, low, high) in _PER_LENGTH.items():
            value = float(getattr(self, name))
            if math.isnan(value):
                value = share * self.length_mm
                object.__setattr__(self, name, value)
            require_range(name, value, low * self.length_mm, high * self.length_mm)
        if self.ball_width_mm < 1.15 * self.heel_width_mm:
            raise MeshError(
                "ball_width_mm",
                f"{self.ball_width_mm:g} leaves no room beside a heel of {self.heel_width_mm:g}",
                f"at least 1.15 times heel_width_mm, {1.15 * self.heel_width_mm:.1f}",
            )

    @classmethod
    def of_type(cls, foot_type: FootType, length_mm: float = 255.0) -> FootDimensions:
        """Return typical dimensions of a neutral, flat or cavus foot.

        Raises:
            MeshError: the type is not known.
        """
        if foot_type not in ARCH_SHARE:
            known = ", ".join(get_args(FootType))
            raise MeshError("foot_type", f"{foot_type!r} is not known", known)
        return cls(length_mm=length_mm, arch_height_mm=ARCH_SHARE[foot_type] * length_mm)
