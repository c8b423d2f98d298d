# SPDX-License-Identifier: MIT
"""Plantar undersides of the bones as smooth heights over the plan form.

Each bone that touches plantar tissue is a rounded bar along a straight axis in the plan: with s
the distance to the axis over the half width, its underside is the height along the axis plus
``depth * rise(s)``, an ellipse that levels off outside. Between bones the heights are blended so
that within every bone's own half width the result is that bone's underside exactly.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.interpolate import PchipInterpolator

from meshes.foot_dimensions import FootDimensions
from meshes.foot_landmarks import SEGMENTS, FootLandmarks
from meshes.plantar import SoleRounding
from meshes.sole_correction import SoleCorrection
from meshes.tagged import FloatArray

TOE_FREE_LENGTH_SHARE = 0.085
"""Tissue between a metatarsal head's centre and the first attached toe bone, over foot length."""


SHAFT_OF_HEAD = np.array([0.65, 0.50, 0.50, 0.50, 0.50])
"""Half thickness of metatarsal shafts over the radius of their heads, where these are round
(engineering estimate; heads are 16 mm high in the second and 13 in the fifth ray, Fraser 2017)."""

NECK_MM = 1.0
"""How smoothly a round head passes into its shaft."""


@dataclass(frozen=True, slots=True)
class BoneUnderside:
    """One bone's plantar surface.

    Attributes:
        segment: index in `SEGMENTS`.
        start: (2,) plan point (x, z) where the axis begins, mm.
        end: (2,) plan point where it ends.
        stations: (n,) shares of the axis, from 0 to 1, at which the rest is given.
        under: (n,) heights of the lowest line.
        half_width: (n,) half widths.
        depth: (n,) semi-axes of the elliptic section upward.
        level: share of the half width where the ellipse starts to level off.
        attached: share of the half width over which tissue is attached.
    """

    segment: int
    start: FloatArray
    end: FloatArray
    stations: FloatArray
    under: FloatArray
    half_width: FloatArray
    depth: FloatArray
    level: float
    attached: float

    def coordinate(self, x: FloatArray, z: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return (t, s): share of the axis, and distance to it over the half width."""
        axis = self.end - self.start
        gap_x, gap_z = x - self.start[0], z - self.start[1]
        t = np.clip((gap_x * axis[0] + gap_z * axis[1]) / (axis @ axis), 0.0, 1.0)
        distance = np.hypot(gap_x - t * axis[0], gap_z - t * axis[1])
        return t, distance / PchipInterpolator(self.stations, self.half_width)(t)

    def height(self, x: FloatArray, z: FloatArray) -> FloatArray:
        """Return the height of the underside, levelled off beside the bone, mm."""
        t, s = self.coordinate(x, z)
        under = PchipInterpolator(self.stations, self.under)(t)
        depth = PchipInterpolator(self.stations, self.depth)(t)
        return np.asarray(under + depth * self._rise(s))

    def footprint(self) -> FloatArray:
        """Return the closed plan curve (n, 2) within which tissue is attached."""
        axis = self.end - self.start
        length = float(np.hypot(*axis))
        along = axis / length
        across = np.array([-along[1], along[0]])
        t = np.linspace(0.0, 1.0, 60)
        radius = self.attached * np.asarray(PchipInterpolator(self.stations, self.half_width)(t))
        centre = self.start + t[:, None] * axis
        angle = np.linspace(0.0, np.pi, 40)[1:-1, None]
        last = self.end + radius[-1] * (np.sin(angle) * along + np.cos(angle) * across)
        first = self.start - radius[0] * (np.sin(angle) * along + np.cos(angle) * across)
        left, right = centre + radius[:, None] * across, centre - radius[:, None] * across
        return np.vstack([left, last, right[::-1], first])

    def _rise(self, s: FloatArray) -> FloatArray:
        level = self.level
        at_level = 1.0 - np.sqrt(1.0 - level**2)
        slope = level / np.sqrt(1.0 - level**2)
        ellipse = 1.0 - np.sqrt(1.0 - np.clip(s, 0.0, level) ** 2)
        beyond = np.maximum(s - level, 0.0)
        further = 0.25 * (1.0 - np.exp(-beyond * slope / 0.25))
        return np.where(s <= level, ellipse, at_level + further)


class BoneCeiling:
    """Upper surface of the plantar tissue as a height over the plan form."""

    def __init__(
        self,
        bones: tuple[BoneUnderside, ...],
        correction: SoleCorrection | SoleRounding | None = None,
    ) -> None:
        """Store the bones; they follow a scanned or round sole: tissue keeps its thickness."""
        self.bones = bones
        self.correction = correction

    def __call__(self, x: FloatArray, z: FloatArray) -> FloatArray:
        """Return heights: each bone's underside within its half width, blended between bones."""
        total = np.zeros(np.broadcast(x, z).shape)
        weights = np.zeros_like(total)
        for bone in self.bones:
            _, s = bone.coordinate(x, z)
            weight = np.maximum(s - bone.level, 1e-7) ** -2.0
            total += weight * bone.height(x, z)
            weights += weight
        if self.correction is not None:
            return total / weights + self.correction.lift(x, z)
        return total / weights


def plantar_bones(
    dimensions: FootDimensions, landmarks: FootLandmarks
) -> tuple[BoneUnderside, ...]:
    """Build the undersides of all bones with plantar tissue, calcaneus to toes."""
    return (
        _calcaneus(dimensions, landmarks),
        _midfoot(dimensions, landmarks),
        *(_metatarsal(dimensions, landmarks, ray) for ray in range(5)),
        _hallux(dimensions, landmarks),
        _toes(dimensions, landmarks),
    )


def _calcaneus(dimensions: FootDimensions, landmarks: FootLandmarks) -> BoneUnderside:
    length, width = dimensions.length_mm, dimensions.heel_width_mm
    pad, arch = dimensions.heel_pad_thickness_mm, dimensions.arch_height_mm
    tuberosity = 0.28 * width
    return BoneUnderside(
        segment=SEGMENTS.index("calcaneus"),
        start=np.array([0.024 * length + tuberosity, 0.0]),
        end=np.array([landmarks.chopart[0] - 0.070 * length, 0.05 * width]),
        stations=np.array([0.0, 0.30, 0.65, 1.0]),
        under=np.array([0.0, 0.04, 0.15, 0.24]) * arch
        + np.array([1.0, 1.0, 0.60, 0.30]) * pad
        + np.array([0.0, 0.0, 0.026, 0.046]) * length,
        half_width=np.array([tuberosity, tuberosity, 0.235 * width, 0.21 * width]),
        depth=width * np.array([0.31, 0.30, 0.25, 0.22]),
        level=0.84,
        attached=0.80,
    )


def _midfoot(dimensions: FootDimensions, landmarks: FootLandmarks) -> BoneUnderside:
    length, width, arch = dimensions.length_mm, dimensions.ball_width_mm, dimensions.arch_height_mm
    pad = dimensions.heel_pad_thickness_mm
    lateral = 0.026 * length + 0.30 * pad + 0.18 * arch
    medial = lateral + 0.36 * arch
    return BoneUnderside(
        segment=SEGMENTS.index("midfoot"),
        start=np.array([0.420 * length, -0.165 * width]),
        end=np.array([0.383 * length, 0.270 * width]),
        stations=np.array([0.0, 0.35, 0.70, 1.0]),
        under=np.array(
            [medial, 0.25 * lateral + 0.75 * medial, 0.8 * lateral + 0.2 * medial, lateral]
        ),
        half_width=np.full(4, 0.036 * length),
        depth=np.full(4, 0.024 * length),
        level=0.85,
        attached=0.80,
    )


def _metatarsal(dimensions: FootDimensions, landmarks: FootLandmarks, ray: int) -> BoneUnderside:
    """Head and distal shaft; the fifth, on the lateral border, over most of its length."""
    width = dimensions.ball_width_mm
    head, base = landmarks.heads[ray], landmarks.bases[ray]
    radius = landmarks.head_radius[ray]
    half = np.array([0.112, 0.063, 0.063, 0.063, 0.066])[ray] * width
    attached = 0.74
    direction = (head - base) / np.hypot(*(head - base)[[0, 2]])
    end = head + direction * (0.014 * dimensions.length_mm - attached * half)
    from_base = (0.66, 0.66, 0.66, 0.66, 0.30)[ray]
    start = base + from_base * (head - base)
    shaft = 0.80 * radius
    lowest = head[1] - radius
    bar = BoneUnderside(
        segment=SEGMENTS.index("metatarsal_1") + ray,
        start=start[[0, 2]],
        end=end[[0, 2]],
        stations=np.array([0.0, 0.50, 0.80, 1.0]),
        under=np.array(
            [
                start[1] - shaft,
                0.35 * (start[1] - shaft) + 0.65 * lowest,
                lowest + 0.02 * radius,
                lowest,
            ]
        ),
        half_width=half * np.array([0.86, 0.93, 1.0, 1.0]),
        depth=radius * np.array([0.85, 0.90, 1.0, 1.0]),
        level=0.80,
        attached=attached,
    )
    if dimensions.metatarsal_roundness == 0.0:
        return bar
    slope = float((base[1] - head[1]) / np.hypot(*(head - base)[[0, 2]]))
    return _rounded(bar, dimensions.metatarsal_roundness, radius, SHAFT_OF_HEAD[ray], slope)


def _rounded(
    bar: BoneUnderside, share: float, radius: float, shaft: float, slope: float
) -> BoneUnderside:
    """Return a metatarsal between the level bar and a round head on a thinner shaft.

    Args:
        bar: the metatarsal whose head runs level into its shaft.
        share: 0 the bar, 1 the round head.
        radius: of the head, mm.
        shaft: half thickness of the shaft over that radius.
        slope: rise of the shaft backwards.
    """
    stations: FloatArray = np.linspace(0.0, 1.0, 13, dtype=np.float64)
    behind = (1.0 - stations) * np.hypot(*(bar.end - bar.start))
    on_head = np.minimum(behind / radius, 1.0)
    sphere = radius * (1.0 - np.sqrt(1.0 - on_head**2)) + 5.0 * np.maximum(behind - radius, 0.0)
    neck = (1.0 - shaft) * radius + slope * behind
    rise = -NECK_MM * np.logaddexp(-sphere / NECK_MM, -neck / NECK_MM)
    level = PchipInterpolator(bar.stations, bar.under)(stations)
    return replace(
        bar,
        stations=stations,
        under=(1.0 - share) * level + share * (bar.under[-1] + np.maximum(rise - rise[-1], 0.0)),
        half_width=np.asarray(PchipInterpolator(bar.stations, bar.half_width)(stations)),
        depth=np.asarray(PchipInterpolator(bar.stations, bar.depth)(stations)),
    )


def _hallux(dimensions: FootDimensions, landmarks: FootLandmarks) -> BoneUnderside:
    length, width = dimensions.length_mm, dimensions.ball_width_mm
    half = 0.088 * width
    attached = 0.78
    head, tip = landmarks.heads[0], landmarks.hallux_tip
    start = head[0] + TOE_FREE_LENGTH_SHARE * length + attached * half
    end = tip[0] - half
    share = (start - head[0]) / (tip[0] - head[0])
    pad = dimensions.toe_pad_thickness_mm
    return BoneUnderside(
        segment=SEGMENTS.index("hallux"),
        start=np.array([start, head[2] + share * (tip[2] - head[2])]),
        end=np.array([end, tip[2]]),
        stations=np.array([0.0, 0.6, 1.0]),
        under=pad + length * np.array([0.012, 0.0, 0.0]),
        half_width=np.full(3, half),
        depth=np.full(3, 0.030 * length),
        level=0.80,
        attached=attached,
    )


def _toes(dimensions: FootDimensions, landmarks: FootLandmarks) -> BoneUnderside:
    """Toes 2 to 5 as one bar across the foot under their phalanges."""
    length, width = dimensions.length_mm, dimensions.ball_width_mm
    return BoneUnderside(
        segment=SEGMENTS.index("toes"),
        start=np.array([0.897 * length, 0.040 * width]),
        end=np.array([0.808 * length, 0.325 * width]),
        stations=np.array([0.0, 0.5, 1.0]),
        under=np.full(3, dimensions.toe_pad_thickness_mm),
        half_width=np.array([0.054 * length, 0.034 * length + 0.040 * width, 0.105 * width]),
        depth=np.full(3, 0.026 * length),
        level=0.80,
        attached=0.75,
    )
