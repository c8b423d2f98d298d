# SPDX-License-Identifier: MIT
"""Closed plan-form curves: foot outline, offset curves, signed distance, points inside."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.interpolate import CubicSpline
from scipy.spatial import cKDTree

from meshes.foot_dimensions import FootDimensions
from meshes.sole_correction import SoleCorrection
from meshes.tagged import FloatArray

SizeField = Callable[[FloatArray, FloatArray], FloatArray]
"""Edge length wanted at plan points x, z (arrays of one shape), mm."""

_OUTLINE = (
    # x per length, z per ball width (medial negative), z per half heel width
    (0.000, 0.000, 0.00),
    (0.022, 0.000, -0.60),
    (0.070, 0.000, -0.92),
    (0.140, 0.000, -1.00),
    (0.250, -0.080, -0.78),
    (0.400, -0.290, -0.08),
    (0.540, -0.355, 0.00),
    (0.660, -0.410, 0.00),
    (0.735, -0.420, 0.00),
    (0.820, -0.398, 0.00),
    (0.900, -0.375, 0.00),
    (0.960, -0.325, 0.00),
    (0.993, -0.230, 0.00),
    (0.998, -0.120, 0.00),
    (0.985, 0.020, 0.00),
    (0.950, 0.165, 0.00),
    (0.905, 0.295, 0.00),
    (0.850, 0.415, 0.00),
    (0.780, 0.505, 0.00),
    (0.690, 0.545, 0.00),
    (0.610, 0.540, 0.00),
    (0.480, 0.440, 0.09),
    (0.330, 0.230, 0.55),
    (0.220, 0.060, 0.88),
    (0.140, 0.000, 1.00),
    (0.070, 0.000, 0.92),
    (0.022, 0.000, 0.60),
)


def foot_outline(
    dimensions: FootDimensions, count: int = 720, correction: SoleCorrection | None = None
) -> FloatArray:
    """Sample the closed outline of a right foot, seen from above.

    Args:
        dimensions: of the foot.
        count: number of points, evenly spaced along the curve.
        correction: what a scan adds to the parametric outline.

    Returns:
        (count, 2) points (x, z), mm, from the rearmost heel along the medial side; the least x is
        0 and the greatest the foot's length; not closed by a repeated point.
    """
    control = np.asarray(_OUTLINE)
    z = control[:, 1] * dimensions.ball_width_mm + control[:, 2] * 0.5 * dimensions.heel_width_mm
    points = np.column_stack([control[:, 0] * dimensions.length_mm, z])
    closed = np.vstack([points, points[:1]])
    chord = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(closed, axis=0), axis=1))])
    dense = CubicSpline(chord, closed, bc_type="periodic")(np.linspace(0.0, chord[-1], 6000)[:-1])
    low, high = dense[:, 0].min(), dense[:, 0].max()
    dense[:, 0] = (dense[:, 0] - low) * dimensions.length_mm / (high - low)
    if correction is not None:
        shift = correction.outline_shift
        return resample(resample(dense, len(shift)) + shift, count)
    return resample(dense, count)


def resample(curve: FloatArray, count: int) -> FloatArray:
    """Place points evenly along a closed polyline (n, 2), starting at its first point."""
    closed = np.vstack([curve, curve[:1]])
    along = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(closed, axis=0), axis=1))])
    wanted = np.linspace(0.0, along[-1], count + 1)[:-1]
    return np.column_stack([np.interp(wanted, along, closed[:, axis]) for axis in range(2)])


def resample_by_size(curve: FloatArray, size: SizeField, fewest: int = 6) -> FloatArray:
    """Place points along a closed polyline at the spacing that a size field asks for."""
    fine = resample(curve, 1500)
    closed = np.vstack([fine, fine[:1]])
    step = np.linalg.norm(np.diff(closed, axis=0), axis=1)
    middle = 0.5 * (closed[1:] + closed[:-1])
    edges = np.concatenate([[0.0], np.cumsum(step / size(middle[:, 0], middle[:, 1]))])
    count = max(fewest, round(float(edges[-1])))
    wanted = np.linspace(0.0, edges[-1], count + 1)[:-1]
    return np.column_stack([np.interp(wanted, edges, closed[:, axis]) for axis in range(2)])


def inside(curve: FloatArray, x: FloatArray, z: FloatArray) -> np.ndarray:
    """Tell which plan points lie inside a closed polyline (even-odd rule)."""
    shape = np.broadcast(x, z).shape
    px, pz = (np.broadcast_to(value, shape).ravel() for value in (x, z))
    result = np.zeros(px.shape, dtype=bool)
    ends = np.roll(curve, -1, axis=0)
    for (x0, z0), (x1, z1) in zip(curve, ends, strict=True):
        if z0 == z1:
            continue
        crosses = (z0 > pz) != (z1 > pz)
        result ^= crosses & (px < (x1 - x0) * (pz - z0) / (z1 - z0) + x0)
    return result.reshape(shape)


class SignedDistance:
    """Distance of plan points to a closed polyline, positive inside.

    Called with x and z (arrays of one shape) it returns distances of that shape, mm.
    """

    def __init__(self, curve: FloatArray) -> None:
        """Index the segments of a closed polyline (n, 2) with points evenly spaced."""
        self.curve = curve
        self._ends = np.roll(curve, -1, axis=0)
        self._tree = cKDTree(0.5 * (curve + self._ends))
        area = np.sum(curve[:, 0] * self._ends[:, 1] - self._ends[:, 0] * curve[:, 1])
        self._sign = 1.0 if area > 0.0 else -1.0

    def __call__(self, x: FloatArray, z: FloatArray) -> FloatArray:
        """Return the signed distances."""
        return self.nearest(x, z)[0]

    def nearest(self, x: FloatArray, z: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return signed distances (...) and the unit inward normals (..., 2) of the curve there."""
        shape = np.broadcast(x, z).shape
        point = np.column_stack([np.broadcast_to(value, shape).ravel() for value in (x, z)])
        _, near = self._tree.query(point, k=3)
        start, end = self.curve[near], self._ends[near]
        edge = end - start
        along = np.einsum("pki,pki->pk", point[:, None] - start, edge)
        along = np.clip(along / np.einsum("pki,pki->pk", edge, edge), 0.0, 1.0)
        gap = point[:, None] - (start + along[..., None] * edge)
        distance = np.linalg.norm(gap, axis=2)
        best = np.argmin(distance, axis=1)
        rows = np.arange(len(point))
        edge = edge[rows, best]
        normal = self._sign * np.column_stack([-edge[:, 1], edge[:, 0]])
        normal /= np.linalg.norm(normal, axis=1)[:, None]
        side = np.where(np.einsum("pi,pi->p", gap[rows, best], normal) >= 0.0, 1.0, -1.0)
        signed = side * distance[rows, best]
        return signed.reshape(shape), normal.reshape((*shape, 2))


def grown(curve: FloatArray, offset_mm: float, count: int = 720) -> FloatArray:
    """Offset a closed curve outward and smooth it.

    Args:
        curve: (n, 2) closed polyline.
        offset_mm: outward distance, at least 0.
        count: number of points of the result.

    Returns:
        (count, 2) closed polyline.
    """
    fine = resample(curve, count)
    tangent = np.roll(fine, -1, axis=0) - np.roll(fine, 1, axis=0)
    tangent /= np.linalg.norm(tangent, axis=1)[:, None]
    ends = np.roll(fine, -1, axis=0)
    area = np.sum(fine[:, 0] * ends[:, 1] - ends[:, 0] * fine[:, 1])
    outward = np.sign(area) * np.column_stack([tangent[:, 1], -tangent[:, 0]])
    return resample(smoothed(fine + offset_mm * outward, 40), count)


def smoothed(curve: FloatArray, passes: int) -> FloatArray:
    """Round a closed polyline (n, 2): each pass moves every point half-way to its neighbours."""
    for _ in range(passes):
        curve = 0.5 * curve + 0.25 * (np.roll(curve, 1, axis=0) + np.roll(curve, -1, axis=0))
    return curve
