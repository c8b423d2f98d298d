# SPDX-License-Identifier: MIT
"""Simple surfaces of vertebrae and sacrum, for pictures; nothing is computed on them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

_WAIST = (1.0, 0.94, 0.9, 0.94, 1.0)
"""Width of a body from its lower to its upper endplate."""

_PROCESSES = (
    ((-0.9, -0.55, 0.3), (-1.75, -0.4, 0.62), 0.16),
    ((-0.9, -0.55, -0.3), (-1.75, -0.4, -0.62), 0.16),
    ((-1.7, -0.35, 0.62), (-2.0, -0.65, 0.0), 0.18),
    ((-1.7, -0.35, -0.62), (-2.0, -0.65, 0.0), 0.18),
    ((-1.3, -0.4, 0.62), (-1.5, -0.3, 1.75), 0.12),
    ((-1.3, -0.4, -0.62), (-1.5, -0.3, -1.75), 0.12),
    ((-1.95, -0.6, 0.0), (-3.5, -1.0, 0.0), 0.2),
    ((-1.7, -0.5, 0.68), (-1.65, -1.3, 0.75), 0.16),
    ((-1.7, -0.5, -0.68), (-1.65, -1.3, -0.75), 0.16),
)
"""Pedicles, laminae, transverse, spinous and inferior articular processes.

Start, end and half thickness in units of (half depth, body height, half width) from the middle of
the upper endplate.
"""


@dataclass(frozen=True, slots=True)
class VertebraSurface:
    """Triangulated surface of one bone.

    Attributes:
        name: ``"sacrum"`` or ``"L5"`` to ``"L1"``.
        points_mm: (n, 3), world in standing.
        triangles: (k, 3).
    """

    name: str
    points_mm: FloatArray
    triangles: IntArray


def vertebra_surface(name: str, lower: FloatArray, upper: FloatArray) -> VertebraSurface:
    """Loft a body between two endplates and add its processes.

    Args:
        name: of the vertebra.
        lower: (c, 3) outline of the lower endplate, world.
        upper: (c, 3) outline of the upper one, corner by corner.
    """
    points, triangles = _loft(lower, upper, _WAIST)
    middle = upper.mean(axis=0)
    height = float(np.linalg.norm(middle - lower.mean(axis=0)))
    cranial = (middle - lower.mean(axis=0)) / height
    right = np.array([0.0, 0.0, 1.0])
    anterior = np.cross(cranial, right)
    depth, width = 0.5 * np.ptp(upper @ anterior), 0.5 * np.ptp(upper @ right)
    axes = np.column_stack([depth * anterior, height * cranial, width * right])
    for start, end, half in _PROCESSES:
        first = middle + axes @ np.array(start)
        second = middle + axes @ np.array(end)
        bar, faces = _bar(first, second, half * depth)
        triangles = np.vstack([triangles, faces + len(points)])
        points = np.vstack([points, bar])
    return VertebraSurface(name, points, triangles)


def sacrum_surface(endplate: FloatArray) -> VertebraSurface:
    """Taper a sacrum below its endplate (c, 3)."""
    middle = endplate.mean(axis=0)
    first, second = endplate - middle, np.roll(endplate, -1, axis=0) - middle
    normal = np.cross(first, second).sum(axis=0)
    normal *= np.sign(normal[1]) / np.linalg.norm(normal)
    width = float(np.ptp(endplate[:, 2]))
    backward = np.cross(np.array([0.0, 0.0, 1.0]), normal)
    tip = middle - 2.0 * width * normal + 0.5 * width * backward
    lower = tip + 0.35 * first
    points, triangles = _loft(lower, endplate, (1.0, 1.5, 1.55, 1.3, 1.0))
    return VertebraSurface("sacrum", points, triangles)


def _loft(
    lower: FloatArray, upper: FloatArray, widths: tuple[float, ...]
) -> tuple[FloatArray, IntArray]:
    """Closed surface of rings between two outlines, scaled about their middles."""
    rings = []
    for t, scale in zip(np.linspace(0.0, 1.0, len(widths)), widths, strict=True):
        outline = (1.0 - t) * lower + t * upper
        middle = outline.mean(axis=0)
        rings.append(middle + scale * (outline - middle))
    around = len(lower)
    points = np.vstack([*rings, lower.mean(axis=0), upper.mean(axis=0)])
    here = np.arange(around)
    after = np.roll(here, -1)
    faces = []
    for k in range(len(rings) - 1):
        a, b = k * around, (k + 1) * around
        faces.append(np.column_stack([a + here, a + after, b + after]))
        faces.append(np.column_stack([a + here, b + after, b + here]))
    last = (len(rings) - 1) * around
    bottom, top = np.full(around, len(points) - 2), np.full(around, len(points) - 1)
    faces.append(np.column_stack([bottom, after, here]))
    faces.append(np.column_stack([top, last + here, last + after]))
    return points, np.vstack(faces).astype(np.int64)


def _bar(start: FloatArray, end: FloatArray, half: float) -> tuple[FloatArray, IntArray]:
    """Octagonal bar between two points."""
    along = (end - start) / np.linalg.norm(end - start)
    helper = np.array([0.0, 1.0, 0.0]) if abs(along[1]) < 0.9 else np.array([1.0, 0.0, 0.0])
    side = np.cross(along, helper)
    side /= np.linalg.norm(side)
    other = np.cross(along, side)
    angle = 2.0 * np.pi * np.arange(8) / 8
    ring = half * (np.cos(angle)[:, None] * side + np.sin(angle)[:, None] * other)
    return _loft(start + ring, end + ring, (1.0, 1.0))
