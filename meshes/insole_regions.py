# SPDX-License-Identifier: MIT
"""The plan form of an insole: its outline, where it ends, and which region a point belongs to."""

from __future__ import annotations

import math
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike
from scipy.interpolate import PchipInterpolator

from meshes.errors import MeshError
from meshes.foot import FootGeometry
from meshes.insole_dimensions import InsoleDimensions, ZoneName
from meshes.outline import grown, resample, smoothed
from meshes.tagged import FloatArray, TagArray
from meshes.tags import Region

ZONE_ENDS: dict[ZoneName, float] = {"heel": 0.31, "midfoot": 0.51, "forefoot": 0.81}
"""Front border of the zones in parts of foot length; the toes go on to the end."""

_ALONG: tuple[ZoneName, ...] = ("heel", "midfoot", "forefoot", "toes")

ARCH_LEVEL = 0.30
"""The arch region is where the foot's medial arch rises over this part of its apex."""

ZONE_TAGS: dict[ZoneName, Region] = {
    "heel": Region.INSOLE_HEEL,
    "midfoot": Region.INSOLE_MIDFOOT,
    "forefoot": Region.INSOLE_FOREFOOT,
    "toes": Region.INSOLE_TOES,
    "arch": Region.INSOLE_ARCH,
}
"""Cell tag of each zone."""


class InsolePlan:
    """Outline and regions of an insole under a foot; all lengths mm in the foot frame.

    Attributes:
        foot: under which it lies.
        dimensions: its shape.
        plug_centre_xz: (2,) centre of the heel plug, under the foot's heel.
    """

    def __init__(self, foot: FootGeometry, dimensions: InsoleDimensions) -> None:
        """Store foot and shape."""
        self.foot = foot
        self.dimensions = dimensions
        self.plug_centre_xz = foot.landmarks.heel_centre[[0, 2]]
        heads = foot.landmarks.heads
        heads = heads[np.argsort(heads[:, 2])]
        self._heads_z, self._heads_x = heads[:, 2], heads[:, 0]
        self._heads = PchipInterpolator(self._heads_z, self._heads_x)

    def heads_x(self, z: ArrayLike) -> FloatArray:
        """Return x of the line through the metatarsal heads at z, straight beyond its ends."""
        at = np.asarray(z, dtype=float)
        within = np.clip(at, self._heads_z[0], self._heads_z[-1])
        slope = self._heads.derivative()
        first, last = float(slope(self._heads_z[0])), float(slope(self._heads_z[-1]))
        beyond = np.where(at < within, first, last) * (at - within)
        return np.asarray(self._heads(within) + beyond)

    def end_x(self, z: ArrayLike) -> FloatArray:
        """Return x of the front edge of a three-quarter insole at z."""
        return self.heads_x(z) - self.dimensions.end_behind_heads_mm

    @cached_property
    def outline_xz(self) -> FloatArray:
        """(720, 2) closed outline from the rearmost heel along the medial side."""
        whole = grown(self.foot.outline_xz, self.dimensions.offset_mm)
        return self._cut(whole) if self.dimensions.is_short else whole

    @cached_property
    def plug_xz(self) -> FloatArray | None:
        """(96, 2) border of the heel plug; None where there is none."""
        radius = 0.5 * self.dimensions.heel_plug_diameter_mm
        if radius == 0.0:
            return None
        angle = np.linspace(0.0, 2.0 * np.pi, 97)[:-1]
        ring = radius * np.column_stack([np.cos(angle), np.sin(angle)])
        return np.asarray(self.plug_centre_xz + ring)

    def region_at(self, x: ArrayLike, z: ArrayLike) -> TagArray:
        """Return the `Region` of the core at plan points; cover and shell lie over and under it.

        The plug goes before the arch and the arch before heel, midfoot, forefoot and toes. Where
        no zone is named the core is ``INSOLE``. Points outside the outline count as well.
        """
        px, pz = np.broadcast_arrays(np.asarray(x, dtype=float), np.asarray(z, dtype=float))
        region = np.full(px.shape, int(Region.INSOLE), dtype=np.int32)
        share = px / self.foot.dimensions.length_mm
        start = -math.inf
        for name in _ALONG:
            end = ZONE_ENDS.get(name, math.inf)
            if name in self.dimensions.zones:
                region[(share >= start) & (share < end)] = ZONE_TAGS[name]
            start = end
        if "arch" in self.dimensions.zones:
            region[self.arch_share(px, pz) > ARCH_LEVEL] = Region.INSOLE_ARCH
        if self.dimensions.heel_plug_diameter_mm > 0.0:
            away = np.hypot(px - self.plug_centre_xz[0], pz - self.plug_centre_xz[1])
            region[away < 0.5 * self.dimensions.heel_plug_diameter_mm] = Region.INSOLE_PLUG
        return region

    def arch_share(self, x: FloatArray, z: FloatArray) -> FloatArray:
        """Return the height of the medial arch support over its apex, of the shape of x and z."""
        sole = self.foot.plantar_height
        arch = sole.relief(x - self.dimensions.arch_position_mm, z).arch
        return np.asarray(arch / sole.arch_apex_mm)

    def _cut(self, whole: FloatArray) -> FloatArray:
        """The part of an outline behind the front edge, its corners rounded."""
        fine = resample(whole, 2880)
        ahead = fine[:, 0] > self.end_x(fine[:, 1])
        first = int(np.argmax(ahead))
        last = len(ahead) - int(np.argmax(ahead[::-1]))
        if not ahead.any() or ahead[0] or not ahead[first:last].all():
            raise MeshError(
                "end_behind_heads_mm",
                "the line of the metatarsal heads does not cross the outline once on each side",
                "a foot whose heads lie inside its outline",
            )
        z = np.linspace(fine[first, 1], fine[last % len(fine), 1], 400)
        curve = np.vstack([fine[:first], np.column_stack([self.end_x(z), z]), fine[last:]])
        return resample(smoothed(resample(curve, 720), 24), 720)
