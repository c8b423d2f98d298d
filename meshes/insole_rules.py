# SPDX-License-Identifier: MIT
"""What an insole cannot be under a given foot; the list for users is in docs/guide/insole.md."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from meshes.errors import MeshError
from meshes.insole_dimensions import MIN_THICKNESS_MM
from meshes.insole_regions import ZONE_TAGS, InsolePlan
from meshes.insole_top import InsoleTop
from meshes.outline import SignedDistance, inside
from meshes.tagged import FloatArray

PLUG_WIDTH_SHARE = 0.75
"""Widest heel plug over the width of the heel."""

CUP_SHARE = 1.25
"""Deepest cup over the height to which the sole rises at the insole's edge round the heel."""

PAD_MARGIN_MM = 2.0
"""Least distance of a pad from the outline."""

PLUG_MARGIN_SHARE = 0.015
"""Least distance of a plug from the outline, over foot length, and never under 3 mm."""

LEAST_ZONE_SHARE = 0.01
"""Least part of the plan form that a zone must take."""

_GRID_MM = 2.0


@dataclass(frozen=True, slots=True)
class PlanGrid:
    """Points inside an outline and on it.

    Attributes:
        x, z: (n,) positions, mm.
        interior: number of those inside, which come first.
    """

    x: FloatArray
    z: FloatArray
    interior: int


def plan_grid(outline: FloatArray) -> PlanGrid:
    """Fill an outline (n, 2) with points 2 mm apart and add its own."""
    low, high = outline.min(axis=0), outline.max(axis=0)
    axes = [np.arange(low[i] + 0.5 * _GRID_MM, high[i], _GRID_MM) for i in range(2)]
    x, z = (part.ravel() for part in np.meshgrid(*axes))
    within = inside(outline, x, z)
    both = np.vstack([np.column_stack([x[within], z[within]]), outline])
    return PlanGrid(both[:, 0], both[:, 1], int(within.sum()))


def check_rules(top: InsoleTop) -> None:
    """Refuse an insole that cannot be made, or not for this foot.

    Raises:
        MeshError: names the dimension at fault and what is allowed.
    """
    _check_cup(top)
    _check_arch(top)
    _check_plug(top.plan)
    _check_pad(top)
    grid = plan_grid(top.plan.outline_xz)
    _check_zones(top.plan, grid)
    _check_thickness(top, grid)


def _check_cup(top: InsoleTop) -> None:
    shape, outline = top.dimensions, top.plan.outline_xz
    if shape.conformity == 0.0:
        return
    heel = outline[outline[:, 0] < 0.2 * top.plan.foot.dimensions.length_mm]
    rise = float(top.plantar.relief(heel[:, 0], heel[:, 1]).rim.max())
    if shape.heel_cup_depth_mm > CUP_SHARE * rise:
        raise MeshError(
            "heel_cup_depth_mm",
            f"a cup of {shape.heel_cup_depth_mm:g} mm is deeper than the heel is round: the sole "
            f"rises by {rise:.1f} mm at the insole's edge",
            f"at most {_down(CUP_SHARE * rise)} mm, or a larger offset_mm",
        )


def _check_arch(top: InsoleTop) -> None:
    shape, bone = top.dimensions, top.plan.foot.dimensions.arch_height_mm
    if math.isnan(shape.arch_height_mm) or shape.conformity * shape.arch_height_mm <= bone:
        return
    raise MeshError(
        "arch_height_mm",
        f"an arch of {shape.conformity * shape.arch_height_mm:.1f} mm is higher than the foot's "
        f"navicular at {bone:.1f} mm",
        f"at most {_down(bone / shape.conformity)} mm at a conformity of {shape.conformity:g}",
    )


def _check_plug(plan: InsolePlan) -> None:
    ring = plan.plug_xz
    if ring is None:
        return
    foot, diameter = plan.foot.dimensions, plan.dimensions.heel_plug_diameter_mm
    margin = max(3.0, PLUG_MARGIN_SHARE * foot.length_mm)
    centre = plan.plug_centre_xz[:, None]
    room = float(SignedDistance(plan.outline_xz)(*centre)[0]) - margin
    most = min(PLUG_WIDTH_SHARE * foot.heel_width_mm, 2.0 * room)
    if diameter > most:
        raise MeshError(
            "heel_plug_diameter_mm",
            f"a plug of {diameter:g} mm is too wide for a heel of {foot.heel_width_mm:.1f} mm",
            f"at most {_down(most)} mm, or 0",
        )


def _check_pad(top: InsoleTop) -> None:
    shape = top.dimensions
    if shape.metatarsal_pad_height_mm == 0.0:
        return
    rim = top.pad_outline()
    if float(SignedDistance(top.plan.outline_xz)(rim[:, 0], rim[:, 1]).min()) >= PAD_MARGIN_MM:
        return
    length, width = top.pad_mm
    if shape.is_short:
        # The end is oblique: measured along the foot it is further away.
        ahead = float((rim[:, 0] - top.plan.end_x(rim[:, 1])).max()) + 1.6 * PAD_MARGIN_MM
        if ahead > 0.0:
            raise MeshError(
                "metatarsal_pad_behind_mm",
                "the pad reaches beyond the end of a three-quarter insole",
                f"at least {_up(shape.metatarsal_pad_behind_mm + ahead)}, a smaller "
                'end_behind_heads_mm, or length = "full"',
            )
    raise MeshError(
        "metatarsal_pad_width_mm, metatarsal_pad_length_mm",
        f"a pad of {length:.1f} by {width:.1f} mm comes within {PAD_MARGIN_MM:g} mm of the edge",
        "a smaller pad, or a larger offset_mm",
    )


def _check_zones(plan: InsolePlan, grid: PlanGrid) -> None:
    region = plan.region_at(grid.x[: grid.interior], grid.z[: grid.interior])
    for name in plan.dimensions.zones:
        if np.mean(region == ZONE_TAGS[name]) < LEAST_ZONE_SHARE:
            raise MeshError(
                "zones",
                f"nothing is left of the region {name}",
                "regions that other regions, the heel plug and a three-quarter length leave room",
            )


def _check_thickness(top: InsoleTop, grid: PlanGrid) -> None:
    shape = top.dimensions
    total = shape.thickness_mm + top.whole(grid.x, grid.z)
    if shape.is_short:
        total = np.where(top.taper_share(grid.x, grid.z) > 0.0, np.inf, total)
    thinnest = int(np.argmin(total))
    needed = MIN_THICKNESS_MM + shape.layers_mm
    lacks = needed - float(total[thinnest])
    if lacks <= 1e-9:
        return
    left, layers = f"{total[thinnest]:.2f} mm thin", "" if shape.layers_mm == 0.0 else " and layers"
    x, z = grid.x[thinnest : thinnest + 1], grid.z[thinnest : thinnest + 1]
    cut = shape.first_ray_cutout_mm * float(top.cutout_share(x, z)[0])
    wedge = float((z * top.post_slope(x))[0])
    zone = -float(top.zone_rise(x)[0])
    if cut >= max(wedge, zone):
        raise MeshError(
            "first_ray_cutout_mm",
            f"the insole would be {left} under the first metatarsal head",
            f"at least {needed:.2f} mm: a cut-out of at most {_down(max(0.0, cut - lacks))} mm, or "
            "a thicker insole",
        )
    if zone > wedge:
        names = ("heel", "midfoot", "forefoot", "toes")
        given = {
            n: t for n, t in zip(names, shape.own_thicknesses_mm, strict=True) if t is not None
        }
        name = min(given, key=lambda n: given[n])
        raise MeshError(
            f"{name}_thickness_mm",
            f"the insole would be {left} in this region",
            f"at least {needed:.2f} mm, the core{layers}",
        )
    enough = _up(shape.thickness_mm + lacks)
    raise MeshError(
        "rearfoot_post_deg, forefoot_post_deg",
        f"the insole would be {left} at its edge",
        f"at least {needed:.2f} mm: a smaller angle, or thickness_mm of at least {enough}",
    )


def _down(value: float) -> str:
    return f"{math.floor(10.0 * value) / 10.0:.1f}"


def _up(value: float) -> str:
    return f"{math.ceil(10.0 * value) / 10.0:.1f}"
