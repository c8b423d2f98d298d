# SPDX-License-Identifier: MIT
"""How far a scan's sole lies from the meshed one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from meshes.foot import FootGeometry
from meshes.tagged import FloatArray
from meshes.tags import Surface


@dataclass(frozen=True, slots=True)
class SoleDistances:
    """Distances of scan points inside the outline to the meshed plantar surface.

    Attributes:
        points: (m, 3) of the scan, foot frame, mm.
        distance_mm: (m,), positive where the scan lies below the mesh.
    """

    points: FloatArray
    distance_mm: FloatArray

    @property
    def rms_mm(self) -> float:
        """Root mean square distance."""
        return float(np.sqrt(np.mean(self.distance_mm**2)))

    @property
    def max_mm(self) -> float:
        """Largest distance."""
        return float(np.abs(self.distance_mm).max())

    def percentile_mm(self, percent: float) -> float:
        """Distance that a share of the points does not exceed."""
        return float(np.percentile(np.abs(self.distance_mm), percent))


def sole_distances(foot: FootGeometry, points: FloatArray) -> SoleDistances:
    """Measure distances of points (m, 3) to the plantar facets of a foot's mesh."""
    import pyvista

    facets = foot.mesh.facets_with(Surface.PLANTAR)
    used, again = np.unique(facets, return_inverse=True)
    faces = np.column_stack([np.full(len(facets), 3), again.reshape(-1, 3)])
    sole = pyvista.PolyData(foot.mesh.points[used], faces.ravel())
    measured = pyvista.PolyData(np.ascontiguousarray(points))
    measured = measured.compute_implicit_distance(sole)
    size = np.abs(np.asarray(measured["implicit_distance"], dtype=np.float64))
    below = points[:, 1] < foot.plantar_height(points[:, 0], points[:, 2])
    return SoleDistances(points, np.where(below, size, -size))
