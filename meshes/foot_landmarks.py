# SPDX-License-Identifier: MIT
"""Positions of the joints and bony landmarks of the foot, from its dimensions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.interpolate import PchipInterpolator

from meshes.foot_dimensions import FootDimensions
from meshes.tagged import FloatArray

SEGMENTS = (
    "tibia",
    "talus",
    "calcaneus",
    "midfoot",
    "metatarsal_1",
    "metatarsal_2",
    "metatarsal_3",
    "metatarsal_4",
    "metatarsal_5",
    "hallux",
    "toes",
)
"""Rigid segments of the foot; bone i carries the facet tag ``BONE_FIRST + i``."""

_HEAD_X = np.array([0.725, 0.745, 0.722, 0.687, 0.645])
_HEAD_Z = np.array([-0.245, 0.000, 0.145, 0.285, 0.420])
_HEAD_RADIUS = np.array([0.040, 0.031, 0.031, 0.031, 0.032])
_BASE_X = np.array([0.490, 0.458, 0.455, 0.443, 0.415])
_BASE_Z = np.array([-0.165, -0.035, 0.090, 0.205, 0.320])
_BASE_ARCH = np.array([0.86, 0.95, 0.87, 0.70, 0.50])

STEEPER_DEG_PER_ARCH = 130.0
FLATTER_DEG_PER_INDEX = 0.3
DEVIATION_DEG_PER_INDEX = 1.0
"""Of the subtalar axis, per navicular height over foot length and per point of posture index: about
33 degrees of inclination in a flat foot and 51 in a cavus one (engineering defaults)."""


@dataclass(frozen=True, slots=True)
class FootLandmarks:
    """Points in the foot frame, mm; metatarsals 1 to 5 along the first axis where there are five.

    Attributes:
        heads: (5, 3) centres of the metatarsal heads, which are the toe joints' centres.
        head_radius: (5,) radii of the heads.
        bases: (5, 3) centres of the tarsometatarsal joints.
        ankle: talocrural centre, halfway between the malleoli.
        subtalar: point of the subtalar axis under the ankle.
        chopart: centre of the midtarsal joint.
        navicular: tuberosity of the navicular, at the height of the arch.
        calcaneal_tubercle: origin of the plantar fascia.
        achilles_insertion: on the back of the calcaneus.
        achilles_origin: on the tibia, the direction of the tendon.
        heel_centre: plantar skin under the tuberosity.
        malleolus_medial: tip of the medial malleolus.
        malleolus_lateral: tip of the lateral malleolus.
        hallux_tip: end of the distal phalanx of the hallux.
    """

    heads: FloatArray
    head_radius: FloatArray
    bases: FloatArray
    ankle: FloatArray
    subtalar: FloatArray
    chopart: FloatArray
    navicular: FloatArray
    calcaneal_tubercle: FloatArray
    achilles_insertion: FloatArray
    achilles_origin: FloatArray
    heel_centre: FloatArray
    malleolus_medial: FloatArray
    malleolus_lateral: FloatArray
    hallux_tip: FloatArray


def foot_landmarks(dimensions: FootDimensions) -> FootLandmarks:
    """Place the landmarks.

    Metatarsal lengths are 0.24 to 0.29 of foot length with the second head foremost, the ankle
    lies 0.22 of it before the heel and 0.27 above the sole (ANSUR malleolus heights), which gives
    the Achilles tendon a lever of about 50 mm in a foot of 255 mm (Maganaris et al. 1998). The tip
    of the lateral malleolus is lower and further back than the medial one (Inman 1976).
    """
    length, width = dimensions.length_mm, dimensions.ball_width_mm
    arch = dimensions.arch_height_mm
    radius = _HEAD_RADIUS * length
    head_y = dimensions.forefoot_pad_thickness_mm + radius
    heads = np.column_stack([_HEAD_X * length, head_y, _HEAD_Z * width])
    base_y = np.logaddexp(
        (head_y + 0.012 * length) / (0.01 * length), _BASE_ARCH * arch / (0.01 * length)
    )
    bases = np.column_stack([_BASE_X * length, 0.01 * length * base_y, _BASE_Z * width])
    ankle = np.array([0.220 * length, 0.270 * length, 0.0])
    heel = np.array([0.094 * length, 0.0, 0.0])
    half = 0.122 * length
    axis = talocrural_axis()
    return FootLandmarks(
        heads=heads,
        head_radius=radius,
        bases=bases,
        ankle=ankle,
        subtalar=ankle - [0.0, 0.045 * length, 0.0],
        chopart=np.array([0.352 * length, 0.060 * length + 0.70 * arch, 0.03 * width]),
        navicular=np.array([0.395 * length, arch, -0.250 * width]),
        calcaneal_tubercle=np.array(
            [0.170 * length, dimensions.heel_pad_thickness_mm + 0.05 * arch, -0.02 * width]
        ),
        achilles_insertion=np.array([0.024 * length, 0.145 * length, 0.0]),
        achilles_origin=np.array([0.030 * length, 1.20 * length, 0.0]),
        heel_centre=heel,
        malleolus_medial=ankle - half * axis,
        malleolus_lateral=ankle + half * axis,
        hallux_tip=np.array([0.965 * length, dimensions.toe_pad_thickness_mm, -0.215 * width]),
    )


def line_of_heads_x(dimensions: FootDimensions, z: FloatArray) -> FloatArray:
    """Return x of the smooth line through the metatarsal heads at z, level beyond them, mm."""
    across = np.clip(z / dimensions.ball_width_mm, _HEAD_Z[0], _HEAD_Z[-1])
    return np.asarray(dimensions.length_mm * PchipInterpolator(_HEAD_Z, _HEAD_X)(across))


def talocrural_axis() -> FloatArray:
    """Unit vector of the ankle's axis, pointing to the lateral side (dorsiflexion is positive).

    It makes 82 degrees with the long axis of the tibia and 84 degrees with that of the foot, its
    lateral end lower and further back (Inman 1976).
    """
    axis = np.array([-np.tan(np.radians(6.0)), -np.tan(np.radians(8.0)), 1.0])
    return np.asarray(axis / np.linalg.norm(axis))


def subtalar_inclination_deg(dimensions: FootDimensions) -> float:
    """Rise of the subtalar axis: 42 in a neutral foot (Manter 1941, Isman & Inman 1969).

    Lower in a low-arched or pronated foot, steeper in a high-arched or supinated one (Root 1977,
    Kirby 2001); by how much is an engineering default. Kept within Isman and Inman's 20 to 68.
    """
    steeper = STEEPER_DEG_PER_ARCH * dimensions.arch_excess
    flatter = FLATTER_DEG_PER_INDEX * dimensions.pronation
    return float(np.clip(42.0 + steeper - flatter, 20.0, 68.0))


def subtalar_deviation_deg(dimensions: FootDimensions) -> float:
    """Medial turn of the subtalar axis: 16 in a neutral foot (Manter 1941; Inman 23 +- 11).

    More in a pronated foot (Kirby 2001); by how much is an engineering default. Kept within Isman
    and Inman's 4 to 47.
    """
    more = DEVIATION_DEG_PER_INDEX * dimensions.pronation
    return float(np.clip(16.0 + more, 4.0, 47.0))


def subtalar_axis(dimensions: FootDimensions) -> FloatArray:
    """Unit vector of the subtalar axis, pointing forward (inversion is positive)."""
    up = np.radians(subtalar_inclination_deg(dimensions))
    inward = np.radians(subtalar_deviation_deg(dimensions))
    return np.array([np.cos(up) * np.cos(inward), np.sin(up), -np.cos(up) * np.sin(inward)])
