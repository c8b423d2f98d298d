# SPDX-License-Identifier: MIT
"""The nucleus: a fluid between the inner wall of the annulus and two rigid endplates.

The volume is the surface integral of x . n / 3 over wall and plates. The wall
is the annulus' part; here are the plates. The lower one is at rest.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.rotations import skew

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Plate:
    """The nucleus' part of one endplate, a plane polygon that moves rigidly.

    Attributes:
        centroid: (3,) reference position, mm.
        area_vector: (3,) area times the normal that points out of the cavity, mm2.
    """

    centroid: Array
    area_vector: Array

    @property
    def area_mm2(self) -> float:
        """Area, mm2."""
        return float(np.linalg.norm(self.area_vector))

    def volume(self, translation: Array, rotation: Array) -> float:
        """Part of the cavity's volume, mm3, for the pose x = translation + rotation X."""
        place = translation + rotation @ self.centroid
        return float(place @ (rotation @ self.area_vector)) / 3.0

    def gradient(self, translation: Array, rotation: Array) -> Array:
        """Derivative (6,) by translation and by a spatial rotation increment."""
        area: Array = rotation @ self.area_vector
        return np.asarray(np.concatenate([area, np.cross(area, translation)]) / 3.0)

    def hessian(self, translation: Array, rotation: Array) -> Array:
        """Derivative (6, 6) of the gradient; rotations compose from the left."""
        area = rotation @ self.area_vector
        result = np.zeros((6, 6))
        result[:3, 3:] = -skew(area)
        result[3:, :3] = skew(area)
        result[3:, 3:] = skew(translation) @ skew(area)
        return np.asarray(result / 3.0)


def polygon_plate(outline_mm: Array, outward: Array) -> Plate:
    """Make a plate from its corner points (c, 3) in order, and a vector on its outer side."""
    middle = outline_mm.mean(axis=0)
    first = outline_mm - middle
    second = np.roll(first, -1, axis=0)
    triangles = 0.5 * np.cross(first, second)
    vector = triangles.sum(axis=0)
    normal = vector / np.linalg.norm(vector)
    areas = triangles @ normal
    centroid = middle + (areas[:, None] * (first + second) / 3.0).sum(axis=0) / areas.sum()
    sign = 1.0 if normal @ outward > 0.0 else -1.0
    return Plate(centroid=centroid, area_vector=sign * vector)
