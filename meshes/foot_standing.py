# SPDX-License-Identifier: MIT
"""Ankle and subtalar angle at which a foot stands flat with its rearfoot everted or inverted."""

from __future__ import annotations

import numpy as np
from scipy.optimize import fsolve
from scipy.spatial.transform import Rotation

from meshes.foot_dimensions import FootDimensions
from meshes.foot_flexibility import range_of_motion
from meshes.foot_landmarks import subtalar_axis, talocrural_axis
from meshes.foot_types import NEUTRAL_REARFOOT_ANGLE_DEG
from meshes.tagged import FloatArray

PLANTARFLEXION_DEG_PER_RANGE = 1.6
"""How far the rearfoot points down as a flexible arch flattens in standing, per range of motion
beyond a neutral foot's; set so that the forefoot keeps its load (docs/theory/foot.md)."""


def standing_angles_deg(
    dimensions: FootDimensions, rearfoot_angle_deg: float, loaded: bool = True
) -> tuple[float, float]:
    """Dorsiflexion of the ankle and inversion of the subtalar joint in relaxed standing.

    Both count from a neutral foot, whose angles are zero. The calcaneus is everted by what the
    rearfoot angle has more than a neutral foot's, the leg is upright, and the foot points neither
    up nor down but by what its arch flattens more: where the subtalar joint pronates, which lifts
    the toes, the talus plantarflexes.

    Args:
        dimensions: of the foot, which say how its subtalar axis lies.
        rearfoot_angle_deg: eversion of the calcaneus in relaxed standing.
        loaded: whether the arch is flattened; in gait it is so for a part of stance only.
    """
    eversion = rearfoot_angle_deg - NEUTRAL_REARFOOT_ANGLE_DEG
    flattened = range_of_motion(dimensions) - 1.0 if loaded else 0.0
    down = np.radians(PLANTARFLEXION_DEG_PER_RANGE * flattened)
    if eversion == 0.0 and down == 0.0:
        return 0.0, 0.0
    ankle, subtalar = talocrural_axis(), subtalar_axis(dimensions)

    def misfit(angles_rad: FloatArray) -> list[float]:
        calcaneus = Rotation.from_rotvec(angles_rad[0] * ankle) * Rotation.from_rotvec(
            angles_rad[1] * subtalar
        )
        pitch = float(calcaneus.as_matrix()[1, 0])
        return [pitch + np.sin(down), float(calcaneus.as_rotvec()[0]) + np.radians(eversion)]

    start = -np.radians(eversion) / subtalar[0]
    found = fsolve(misfit, [-start * subtalar[2] / ankle[2], start], xtol=1e-12)
    return float(np.degrees(found[0])), float(np.degrees(found[1]))
