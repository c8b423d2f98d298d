# SPDX-License-Identifier: MIT
"""Height of an insole's top: relief of the sole, posts, lift, zones, pad, cut-out, tapered end."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from meshes.insole_regions import ZONE_ENDS, InsolePlan
from meshes.plantar import smooth_step
from meshes.tagged import FloatArray

BLEND_SHARE = 0.12
"""Part of foot length over which the thickness of one zone passes into that of the next."""

PAD_LENGTH_SHARE = 0.18
"""Length of a metatarsal pad over foot length, where it is not given."""

PAD_WIDTH_SHARE = 0.42
"""Width of a metatarsal pad over ball width, where it is not given."""

PAD_FRONT_SHARE = 0.4
"""Part of a pad's length in front of its highest point: a drop with its round end forward."""

CUTOUT_SHARES = (0.085, 0.16)
"""Half length over foot length and half width over ball width of the first-ray cut-out."""

TAPER_SHARES = (0.06, 0.30)
"""Least and greatest length of a three-quarter insole's tapered end over foot length."""

TAPER_SLOPE = 4.0
"""Length of that end over what it falls by, between these bounds."""


class InsoleTop:
    """Height of an insole's top over plan points; y = 0 is the top of a flat one."""

    def __init__(self, plan: InsolePlan) -> None:
        """Store the plan, which holds foot and shape."""
        self.plan = plan
        self.plantar = plan.foot.plantar_height
        self.dimensions = plan.dimensions
        self._length_mm = plan.foot.dimensions.length_mm
        self._width_mm = plan.foot.dimensions.ball_width_mm

    def __call__(self, x: ArrayLike, z: ArrayLike) -> FloatArray:
        """Return heights, mm, of the shape to which x and z broadcast."""
        px, pz = np.broadcast_arrays(np.asarray(x, dtype=float), np.asarray(z, dtype=float))
        height = self.whole(px, pz)
        if self.dimensions.is_short:
            # The top falls to the edge's thickness at the front end; a pad keeps its height there.
            edge = self.dimensions.edge_thickness_mm - self.dimensions.thickness_mm
            height = height + self.taper_share(px, pz) * (edge - height)
        if self.dimensions.metatarsal_pad_height_mm > 0.0:
            height = height + self.dimensions.metatarsal_pad_height_mm * self.pad_share(px, pz)
        return height

    def whole(self, x: FloatArray, z: FloatArray) -> FloatArray:
        """Return the height without pad and tapered end."""
        height = self._relief(x, z) + self._fill(x, z)
        if any(own is not None for own in self.dimensions.own_thicknesses_mm):
            height = height + self.zone_rise(x)
        if self.dimensions.first_ray_cutout_mm > 0.0:
            height = height - self.dimensions.first_ray_cutout_mm * self.cutout_share(x, z)
        return height

    def taper_share(self, x: FloatArray, z: FloatArray) -> FloatArray:
        """Return how far the tapered end has passed: 0 behind it, 1 from the front edge on."""
        return smooth_step((x - self.plan.end_x(z)) / self.taper_mm + 1.0)

    @property
    def pad_mm(self) -> tuple[float, float]:
        """Length and width of the metatarsal pad."""
        length = self.dimensions.metatarsal_pad_length_mm
        width = self.dimensions.metatarsal_pad_width_mm
        return (
            PAD_LENGTH_SHARE * self._length_mm if length is None else length,
            PAD_WIDTH_SHARE * self._width_mm if width is None else width,
        )

    @property
    def taper_mm(self) -> float:
        """Length of a three-quarter insole's tapered end."""
        falls = max(self.dimensions.zone_thicknesses_mm[1:3]) - self.dimensions.edge_thickness_mm
        low, high = (share * self._length_mm for share in TAPER_SHARES)
        return min(max(TAPER_SLOPE * falls, low), high)

    def pad_radius(self, x: FloatArray, z: FloatArray) -> FloatArray:
        """Return the distance from the pad's highest point over that of its border.

        The pad lies under the third ray, its front edge `metatarsal_pad_behind_mm` behind the line
        of the metatarsal heads and as oblique as the line from the second to the fourth head.
        """
        length, width = self.pad_mm
        (peak_x, peak_z), oblique = self._pad_place()
        ahead = x - oblique * (z - peak_z) - peak_x
        reach = np.where(ahead > 0.0, PAD_FRONT_SHARE, 1.0 - PAD_FRONT_SHARE) * length
        return np.asarray(np.hypot(ahead / reach, (z - peak_z) / (0.5 * width)))

    def pad_outline(self, count: int = 96) -> FloatArray:
        """Return the pad's border (count, 2) in plan."""
        length, width = self.pad_mm
        (peak_x, peak_z), oblique = self._pad_place()
        angle = np.linspace(0.0, 2.0 * np.pi, count, endpoint=False)
        along, across = np.cos(angle), 0.5 * width * np.sin(angle)
        ahead = np.where(along > 0.0, PAD_FRONT_SHARE, 1.0 - PAD_FRONT_SHARE) * length * along
        return np.column_stack([peak_x + ahead + oblique * across, peak_z + across])

    def _pad_place(self) -> tuple[tuple[float, float], float]:
        """Position of the pad's highest point, and forward by lateral slope of its axis."""
        heads = self.plan.foot.landmarks.heads
        front = heads[2, 0] - self.dimensions.metatarsal_pad_behind_mm
        oblique = (heads[3, 0] - heads[1, 0]) / (heads[3, 2] - heads[1, 2])
        peak = (float(front - PAD_FRONT_SHARE * self.pad_mm[0]), float(heads[2, 2]))
        return peak, float(oblique)

    def pad_share(self, x: FloatArray, z: FloatArray) -> FloatArray:
        """Return the pad's height over its greatest: a dome with a level border."""
        radius = self.pad_radius(x, z)
        return np.where(radius < 1.0, np.cos(0.5 * np.pi * radius) ** 2, 0.0)

    def cutout_share(self, x: FloatArray, z: FloatArray) -> FloatArray:
        """Return the depth under the first metatarsal head over its greatest."""
        head = self.plan.foot.landmarks.heads[0]
        along, across = CUTOUT_SHARES
        radius = np.hypot(
            (x - head[0]) / (along * self._length_mm), (z - head[2]) / (across * self._width_mm)
        )
        return 1.0 - smooth_step((radius - 0.4) / 0.6)

    def _relief(self, x: FloatArray, z: FloatArray) -> FloatArray:
        shape = self.dimensions
        if shape.conformity == 0.0:
            return np.zeros(x.shape)
        sole = self.plantar.relief(x, z)
        apex = self.plantar.arch_apex_mm
        wanted = apex if math.isnan(shape.arch_height_mm) else shape.arch_height_mm
        arch = sole.arch
        if shape.arch_position_mm != 0.0:
            arch = self.plantar.relief(x - shape.arch_position_mm, z).arch
        front = smooth_step((x / self.plantar.dimensions.length_mm - 0.24) / 0.16)
        most = shape.heel_cup_depth_mm + front * (shape.border_mm - shape.heel_cup_depth_mm)
        rise = arch * (wanted / apex) + sole.grooves + levelled(sole.rim, most)
        return np.asarray(shape.conformity * rise)

    def _fill(self, x: FloatArray, z: FloatArray) -> FloatArray:
        """Posts tilt about z = 0, so that they change alignment and not the heel's height."""
        share = x / self.plantar.dimensions.length_mm
        lift = self.dimensions.heel_lift_mm * (1.0 - smooth_step((share - 0.22) / 0.43))
        return np.asarray(lift - z * self.post_slope(x))

    def post_slope(self, x: FloatArray) -> FloatArray:
        """Return the slope across of both posts at x, medial side up positive."""
        share = x / self.plantar.dimensions.length_mm
        rear = math.tan(math.radians(self.dimensions.rearfoot_post_deg)) * (
            1.0 - smooth_step((share - 0.28) / 0.20)
        )
        fore = math.tan(math.radians(self.dimensions.forefoot_post_deg)) * smooth_step(
            (share - 0.42) / 0.20
        )
        return np.asarray(rear + fore)

    def zone_rise(self, x: FloatArray) -> FloatArray:
        """Return what zones of a thickness of their own add to the insole's, mm."""
        heel, *others = self.dimensions.zone_thicknesses_mm
        share = x / self._length_mm
        thickness = np.full(x.shape, heel)
        behind = heel
        for border, ahead in zip(ZONE_ENDS.values(), others, strict=True):
            passed = smooth_step((share - border) / BLEND_SHARE + 0.5)
            thickness = thickness + (ahead - behind) * passed
            behind = ahead
        return np.asarray(thickness - self.dimensions.thickness_mm)


def levelled(rise: FloatArray, most: FloatArray) -> FloatArray:
    """Follow ``rise`` up to half of ``most``, then level off smoothly below ``most``."""
    share = rise / np.maximum(most, 1e-9)
    bent = 0.5 + 0.5 * np.tanh(2.0 * share - 1.0)
    return np.where(share <= 0.5, rise, most * bent)
