# SPDX-License-Identifier: MIT
"""Height of the unloaded sole over the plan form: arch, toe sulcus, cleft, rounding and rim."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from meshes.foot_dimensions import REFERENCE_LENGTH_MM, FootDimensions
from meshes.foot_landmarks import line_of_heads_x
from meshes.outline import SignedDistance
from meshes.sole_correction import SoleCorrection
from meshes.tagged import FloatArray

PLANTAR_ARCH_SHARE = 0.37
"""Highest plantar skin of the medial arch over the height of the navicular."""

LATERAL_ARCH_SHARE = 0.075
"""Height of the lateral border in midfoot over that of the medial one."""

_SULCUS_Z = (-0.60, -0.40, -0.20, 0.00, 0.20, 0.40, 0.60)
_SULCUS_X = (0.812, 0.815, 0.818, 0.822, 0.800, 0.757, 0.705)


HEEL_BULGE_MM = (45.0, 5.0)
"""Radius of the heel's convexity across the foot, and the height at which it levels off; these and
the next of a foot of 255 mm, by least squares to an imprint of a right foot in foam, which was
loaded in part: an unloaded sole is rounder still (docs/guide/orthotics.md)."""
HEEL_CENTRE_SHARE = 0.133
HEEL_LONGER = 1.3
"""Of the heel's convexity: its middle over foot length, and how much longer it is than wide."""

BALL_BULGE_MM = (65.0, 3.5)
"""The same of the ball along the foot."""
BALL_BULGE_ACROSS_MM = (105.0, 3.5)
BALL_BEHIND_HEADS_SHARE = 0.016
BALL_CENTRE_SHARE = 0.10
"""How far the middle of the ball lies behind the heads over foot length, and lateral of the long
axis over ball width."""


@dataclass(frozen=True, slots=True)
class SoleRounding:
    """Convexity of heel and ball; an unloaded sole without it is as plane as a footprint.

    Bones follow it, as they do a scanned sole, so that tissue keeps its thickness.

    Attributes:
        dimensions: of the foot, its roundness among them.
    """

    dimensions: FootDimensions

    def height(self, x: FloatArray, z: FloatArray) -> FloatArray:
        """Return what it adds to the plantar height at plan points, mm; nothing at the toes."""
        foot, size = self.dimensions, self.dimensions.length_mm / REFERENCE_LENGTH_MM
        length, width = foot.length_mm, foot.ball_width_mm
        along = (x - HEEL_CENTRE_SHARE * length) / HEEL_LONGER
        heel = _bulge(np.hypot(along, z), HEEL_BULGE_MM, size)
        middle = line_of_heads_x(foot, z) - BALL_BEHIND_HEADS_SHARE * length
        ball = _bulge(x - middle, BALL_BULGE_MM, size)
        ball = ball + _bulge(z - BALL_CENTRE_SHARE * width, BALL_BULGE_ACROSS_MM, size)
        fore = smooth_step((x / length - 0.30) / 0.20)
        toes = smooth_step((x / length - sulcus_share(z / width)) / 0.04 + 0.5)
        whole = ((1.0 - fore) * heel + fore * ball) * (1.0 - toes)
        return np.asarray(foot.sole_roundness * whole)

    lift = height
    """By how much the bones follow."""


def _bulge(distance: FloatArray, shape_mm: tuple[float, float], size: float) -> FloatArray:
    """Rise at a distance from the middle: of a radius there, levelling off at a height."""
    radius, most = size * shape_mm[0], size * shape_mm[1]
    return np.asarray(most * (1.0 - np.exp(-(distance**2) / (2.0 * radius * most))))


@dataclass(frozen=True, slots=True)
class SoleRelief:
    """Parts of the plantar height at some plan points, mm, all of one shape.

    Attributes:
        arch: medial longitudinal arch.
        grooves: sulcus behind the toes, cleft beside the hallux and rounding of heel and ball; of a
            scanned foot, which has none of that rounding, what the scan adds inside the rim.
        rim: rounding up to the outline, continued with its slope outside; of a scanned foot what
            the scan adds there too.
    """

    arch: FloatArray
    grooves: FloatArray
    rim: FloatArray


class PlantarSurface:
    """Plantar skin of the unloaded foot as a height y over plan points (x, z).

    Heel, ball and toe pads lie at y = 0, or touch it where the sole is round. Valid outside the
    outline too, where the rim goes on with the slope that it has at the outline. A scanned foot
    has a `SoleCorrection` on top.
    """

    def __init__(
        self,
        dimensions: FootDimensions,
        outline: FloatArray,
        correction: SoleCorrection | None = None,
    ) -> None:
        """Store dimensions, outline (n, 2), the scanned one of a scan, and what the scan adds."""
        self.dimensions = dimensions
        self.distance = SignedDistance(outline)
        self.correction = correction

    def __call__(self, x: ArrayLike, z: ArrayLike) -> FloatArray:
        """Return heights, mm, of the shape to which x and z broadcast."""
        relief = self.relief(x, z)
        return relief.arch + relief.grooves + relief.rim

    def relief(self, x: ArrayLike, z: ArrayLike) -> SoleRelief:
        """Return the parts whose sum is the height."""
        px, pz = np.broadcast_arrays(np.asarray(x, dtype=float), np.asarray(z, dtype=float))
        relief = SoleRelief(self._arch(px, pz), self._grooves(px, pz), self._rim(px, pz))
        if self.correction is None:
            if self.dimensions.sole_roundness == 0.0:
                return relief
            round_too = relief.grooves + SoleRounding(self.dimensions).height(px, pz)
            return SoleRelief(relief.arch, round_too, relief.rim)
        added = self.correction.height(px, pz)
        radius, _ = self._rim_shape(px)
        at_rim = added * smooth_step(1.0 - self.distance(px, pz) / radius)
        return SoleRelief(relief.arch, relief.grooves + (added - at_rim), relief.rim + at_rim)

    @property
    def arch_apex_mm(self) -> float:
        """Height of the highest plantar skin of the medial arch."""
        if self.correction is not None:
            return PLANTAR_ARCH_SHARE * self.correction.arch_height_mm
        return PLANTAR_ARCH_SHARE * self.dimensions.arch_height_mm

    def sulcus_x(self, z: FloatArray) -> FloatArray:
        """Return x of the groove between ball and toes at z, mm."""
        width, length = self.dimensions.ball_width_mm, self.dimensions.length_mm
        return length * np.asarray(np.interp(z / width, _SULCUS_Z, _SULCUS_X))

    def _arch(self, x: FloatArray, z: FloatArray) -> FloatArray:
        length, width = self.dimensions.length_mm, self.dimensions.ball_width_mm
        offset = x / length - 0.435
        span = np.where(offset < 0.0, 0.195, 0.205)
        along = np.cos(0.5 * np.pi * np.clip(offset / span, -1.0, 1.0)) ** 2
        across = smooth_step((0.24 - z / width) / 0.66)
        across = LATERAL_ARCH_SHARE + (1.0 - LATERAL_ARCH_SHARE) * across
        return np.asarray(self.arch_apex_mm * along * across)

    def _grooves(self, x: FloatArray, z: FloatArray) -> FloatArray:
        length, width = self.dimensions.length_mm, self.dimensions.ball_width_mm
        behind = x - self.sulcus_x(z)
        sulcus = 0.014 * length * np.exp(-0.5 * (behind / (0.023 * length)) ** 2)
        beside = (z / width + 0.095) / 0.055
        cleft = 0.008 * length * np.exp(-0.5 * beside**2) * smooth_step(behind / (0.05 * length))
        return np.asarray(sulcus + cleft)

    def _rim(self, x: FloatArray, z: FloatArray) -> FloatArray:
        radius, aspect = self._rim_shape(x)
        steep = 0.85
        depth = steep * (1.0 - self.distance(x, z) / radius)
        ring = np.clip(depth, 0.0, steep)
        root = np.sqrt(1.0 - ring**2)
        outside = np.maximum(depth - steep, 0.0) * steep / np.sqrt(1.0 - steep**2)
        return np.asarray(radius * aspect * (1.0 - root + outside))

    def _rim_shape(self, x: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Width of the rim and its height over that width."""
        length = self.dimensions.length_mm
        where = x / length
        radius = length * np.interp(where, (0.0, 0.10, 0.22, 0.36), (0.082, 0.062, 0.050, 0.034))
        return radius, np.interp(where, (0.0, 0.14, 0.36), (1.10, 0.95, 0.85))


def sulcus_share(across: ArrayLike) -> FloatArray:
    """Return x over foot length of the toe sulcus at z over ball width."""
    return np.asarray(np.interp(np.asarray(across, dtype=np.float64), _SULCUS_Z, _SULCUS_X))


def smooth_step(value: ArrayLike) -> FloatArray:
    """Rise from 0 at 0 to 1 at 1 with level ends and continuous curvature."""
    t = np.clip(np.asarray(value, dtype=np.float64), 0.0, 1.0)
    return np.asarray(t**3 * (10.0 - 15.0 * t + 6.0 * t**2))
