# SPDX-License-Identifier: MIT
"""Curves along which the core of an insole changes its material."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from contourpy import contour_generator

from meshes.insole_regions import ARCH_LEVEL, ZONE_ENDS, InsolePlan
from meshes.tagged import FloatArray

_BEYOND_MM = 10.0
"""By how much the arch's border is followed beyond the outline."""

_STEP_MM = 0.5
"""Of the grid on which it is followed: 0.01 mm from the curve."""


def zone_borders(plan: InsolePlan) -> tuple[FloatArray, ...]:
    """Return the borders of zones, arch and heel plug as polylines that reach over the outline.

    Returns:
        (n, 2) points x, z of each; the first is repeated at the end where the border is closed.
    """
    zones = plan.dimensions.zones
    low, high = plan.outline_xz[:, 1].min() - 1.0, plan.outline_xz[:, 1].max() + 1.0
    borders = [
        np.array([[x, low], [x, high]])
        for (rear, end), (front, _) in pairwise([*ZONE_ENDS.items(), ("toes", 1.0)])
        if rear in zones or front in zones
        for x in (end * plan.foot.dimensions.length_mm,)
    ]
    if "arch" in zones:
        borders += _arch_borders(plan)
    if plan.plug_xz is not None:
        borders.append(np.vstack([plan.plug_xz, plan.plug_xz[:1]]))
    return tuple(borders)


def _arch_borders(plan: InsolePlan) -> list[FloatArray]:
    low, high = plan.outline_xz.min(axis=0) - _BEYOND_MM, plan.outline_xz.max(axis=0) + _BEYOND_MM
    x, z = (np.arange(low[i], high[i], _STEP_MM) for i in range(2))
    share = plan.arch_share(*np.meshgrid(x, z, indexing="ij"))
    lines = contour_generator(x=z, y=x, z=share, name="serial").lines(ARCH_LEVEL)
    return [np.asarray(line)[:, ::-1] for line in lines if len(line) > 2]
