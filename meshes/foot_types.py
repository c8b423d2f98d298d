# SPDX-License-Identifier: MIT
"""Types of foot by what the clinic measures: navicular height, posture index, rearfoot angle."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

FootType = Literal["neutral", "flat", "cavus", "overpronating", "supinating"]

LOWEST_POSTURE_INDEX, HIGHEST_POSTURE_INDEX = -12.0, 12.0
"""Six items of -2 to 2 each (Redmond, Crosbie & Ouvrier 2006, Clin Biomech 21:89)."""
NEUTRAL_POSTURE_INDEX = 4.0
"""Mean of healthy adults (Redmond, Crane & Menz 2008, J Foot Ankle Res 1:6)."""
NEUTRAL_ARCH_SHARE = 0.170


@dataclass(frozen=True, slots=True)
class TypicalFoot:
    """What a type of foot has by default, and what it may have.

    Attributes:
        arch_share: height of the navicular tuberosity over foot length, unloaded.
        posture_index: FPI-6.
        index_range: least and greatest posture index that the type allows.
        share_range: least and greatest arch share that the type allows.
    """

    arch_share: float
    posture_index: float
    index_range: tuple[float, float] = (LOWEST_POSTURE_INDEX, HIGHEST_POSTURE_INDEX)
    share_range: tuple[float, float] = (0.0, 1.0)


TYPICAL: dict[FootType, TypicalFoot] = {
    "neutral": TypicalFoot(NEUTRAL_ARCH_SHARE, NEUTRAL_POSTURE_INDEX, (0.0, 6.0)),
    "flat": TypicalFoot(0.110, 8.0, (0.0, 12.0), (0.0, 0.170)),
    "cavus": TypicalFoot(0.225, -2.0, (-12.0, 6.0), (0.170, 1.0)),
    "overpronating": TypicalFoot(0.145, 11.0, (6.0, 12.0)),
    "supinating": TypicalFoot(0.190, -5.0, (-12.0, 0.0)),
}
"""Arch shares: neutral, flat and cavus from Williams & McClay 2000 (unloaded), the other two
between them (engineering default). Posture indices: normal 0 to 5, pronated 6 to 9, highly pronated
from 10, supinated below 0 (Redmond 2006); the value within its class is an engineering default."""


def type_of_index(posture_index: float) -> FootType:
    """The type that a posture index alone speaks for."""
    if posture_index >= TYPICAL["overpronating"].index_range[0]:
        return "overpronating"
    return "neutral" if posture_index >= 0.0 else "supinating"


NEUTRAL_REARFOOT_ANGLE_DEG = 4.0
"""Calcaneal eversion of a neutral foot in relaxed standing: 3 to 7 in the literature (Astrom &
Arvidson 1995, Sobel 1999; from memory), within the 1 to 5 of a posture index of 0 to 5."""
REARFOOT_DEG_PER_INDEX = 0.75
"""Engineering default: the index's calcaneal item is 1 up to 5 degrees of eversion, 2 beyond, at
indices of about 6 and 12, and -1 up to 5 degrees of inversion."""


def rearfoot_angle_deg(posture_index: float) -> float:
    """Calcaneal eversion in relaxed standing that goes with a posture index, degrees."""
    more = REARFOOT_DEG_PER_INDEX * (posture_index - NEUTRAL_POSTURE_INDEX)
    return NEUTRAL_REARFOOT_ANGLE_DEG + more
