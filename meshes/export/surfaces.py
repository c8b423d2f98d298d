# SPDX-License-Identifier: MIT
"""An insole as closed surfaces: the whole, and one for each layer and zone of its core."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from meshes.export.bodies import ClosedSurface, column
from meshes.export.borders import zone_borders
from meshes.export.plan import cut_plan
from meshes.insole import InsoleGeometry
from meshes.tagged import FloatArray, IntArray, TagArray
from meshes.tags import Region


@dataclass(frozen=True, slots=True)
class InsoleSurfaces:
    """Closed surfaces of an insole in the foot frame, all on one plan mesh.

    Attributes:
        plan: (p, 2) points x, z of the plan mesh.
        triangles: (t, 3) of the plan mesh.
        region: (t,) `Region` of the core over each triangle.
        thickness_mm: (p,) from bottom to top.
        whole: the insole as one body.
        bodies: its parts from below, by the `Region` that a run's cells carry.
    """

    plan: FloatArray
    triangles: IntArray
    region: TagArray
    thickness_mm: FloatArray
    whole: ClosedSurface
    bodies: Mapping[int, ClosedSurface]


def insole_surfaces(insole: InsoleGeometry, size_mm: float) -> InsoleSurfaces:
    """Build the surfaces of an insole.

    Args:
        insole: its shape, layers and zones.
        size_mm: edge length in plan.

    Raises:
        MeshError: a plan form that cannot be meshed, or a layer without thickness.
    """
    points, triangles = cut_plan(insole.outline_xz, zone_borders(insole.plan), size_mm)
    heights, layers = insole.layers_at(*points.T)
    core = insole.region_at(*points[triangles].mean(axis=1).T)
    bodies = {}
    for lower, upper, layer in zip(heights[:-1], heights[1:], map(int, layers), strict=True):
        if layer != Region.INSOLE:
            bodies[layer] = column(points, triangles, lower, upper)
            continue
        for tag in map(int, np.unique(core)):
            bodies[tag] = column(points, triangles[core == tag], lower, upper)
    return InsoleSurfaces(
        plan=points,
        triangles=triangles,
        region=core,
        thickness_mm=heights[-1] - heights[0],
        whole=column(points, triangles, heights[0], heights[-1]),
        bodies=bodies,
    )
