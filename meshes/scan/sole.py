# SPDX-License-Identifier: MIT
"""Outline and sole of a scan that lies in foot axes, as differences from the parametric foot."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy import ndimage

from meshes.foot_bones import plantar_bones
from meshes.foot_dimensions import FootDimensions
from meshes.foot_landmarks import foot_landmarks
from meshes.outline import SignedDistance, foot_outline
from meshes.plantar import PlantarSurface
from meshes.scan.residual import DECAY_MM, SPACING_SHARE, height_field
from meshes.scan.view import DepthMap, depth_map
from meshes.sole_correction import SoleCorrection
from meshes.tagged import FloatArray

OUTLINE_POINTS = 720

STEEPEST = 0.42
"""Vertical share of the normal below which skin is the foot's side and not its sole: 65 degrees."""

_REACH_SHARE = 0.10
"""How far the scan's outline is looked for from the parametric one, over foot length."""

_SMOOTH_POINTS = 4.0
"""Of the outline's shift, in points of the outline: 3.6 mm."""

BONE_CLEARANCE_SHARE = 0.022
"""Tissue kept between outline and attached bone over foot length, or what the parametric foot has
there where that is less: a mesh needs room for an edge."""


def outline_shift(
    dimensions: FootDimensions, inside: Callable[[FloatArray], FloatArray]
) -> FloatArray:
    """Find the silhouette along the normals of the parametric outline.

    Args:
        dimensions: of the parametric foot.
        inside: signed distance of plan points (n, 2) to the silhouette's border, positive inside.

    Returns:
        (n, 2) what is to be added to `OUTLINE_POINTS` points of the outline.
    """
    curve = foot_outline(dimensions, OUTLINE_POINTS)
    outward = _outward(curve)
    most = _REACH_SHARE * dimensions.length_mm
    steps = np.linspace(-most, most, 161)
    probes = curve[:, None, :] + steps[None, :, None] * outward[:, None, :]
    value = inside(probes.reshape(-1, 2)).reshape(len(curve), len(steps))
    leaves = (value[:, :-1] >= 0.0) & (value[:, 1:] < 0.0)
    share = value[:, :-1] / np.where(leaves, value[:, :-1] - value[:, 1:], 1.0)
    at = np.where(leaves, steps[:-1] + share * (steps[1] - steps[0]), np.inf)
    nearest = at[np.arange(len(curve)), np.argmin(np.abs(at), axis=1)]
    known = np.isfinite(nearest)
    place = np.arange(len(curve))
    if known.any():
        nearest = np.interp(place, place[known], nearest[known], period=len(curve))
    else:
        nearest = np.zeros(len(curve))
    smooth = ndimage.gaussian_filter1d(nearest, _SMOOTH_POINTS, mode="wrap")
    return _clear_of_bones(dimensions, curve, curve + smooth[:, None] * outward) - curve


def fit_correction(
    dimensions: FootDimensions,
    shift: FloatArray,
    grid: DepthMap,
    smooth_mm: float,
    digest: str,
) -> tuple[SoleCorrection, float]:
    """Fit a smooth height over the plan to what the parametric sole leaves.

    Args:
        dimensions: of the parametric foot.
        shift: of its outline.
        grid: heights of the scan in foot axes.
        smooth_mm: see `meshes.scan.residual.height_field`.
        digest: name of the result.

    Returns:
        The correction, and the root mean square height that it had to add, mm.
    """
    length = dimensions.length_mm
    spacing = SPACING_SHARE * length
    arch = dimensions.arch_height_mm
    bare = SoleCorrection(shift, np.zeros(2), spacing, np.zeros((4, 4)), arch, digest)
    outline = foot_outline(dimensions, correction=bare)
    parametric = PlantarSurface(dimensions, outline)
    x, z = grid.centres()
    depth = parametric.distance(x, z)
    used = np.isfinite(grid.height) & (depth > 0.3) & (grid.facing > STEEPEST)
    height = grid.height[used] - parametric(x[used], z[used])
    corner = outline.min(axis=0) - DECAY_MM
    count = np.ceil((np.ptp(outline, axis=0) + 2.0 * DECAY_MM) / spacing).astype(int) + 3
    coefficients = height_field(
        np.column_stack([x[used], z[used]]),
        height,
        grid.cell**2 * grid.facing[used],
        corner,
        spacing,
        (int(count[0]), int(count[1])),
        smooth_mm,
    )
    rms = float(np.sqrt(np.mean(height**2)))
    return SoleCorrection(shift, corner, spacing, coefficients, arch, digest), rms


def lowest_mm(plantar: PlantarSurface) -> float:
    """Height of the lowest skin inside the outline."""
    curve = plantar.distance.curve
    x, z = (
        np.linspace(low, high, count)
        for low, high, count in zip(curve.min(axis=0), curve.max(axis=0), (240, 100), strict=True)
    )
    px, pz = np.meshgrid(x, z, indexing="ij")
    inner = plantar.distance(px, pz) > 0.0
    return float(plantar(px[inner], pz[inner]).min())


def sole_points(
    points: FloatArray, normals: FloatArray, outline: FloatArray, most: int = 20_000
) -> tuple[FloatArray, float]:
    """Choose the skin of the sole: seen from below, inside the outline, not steep.

    Returns:
        Points (m, 3), evenly spread, and the share of the plan inside the outline that has any.
    """
    grid = depth_map(points, normals, float(np.ptp(outline[:, 0])) / 160.0)
    distance = SignedDistance(outline)
    x, z = grid.centres()
    inner = distance(x, z) > 0.0
    coverage = float(np.mean(np.isfinite(grid.height[inner])))
    place = np.round((points[:, [0, 2]] - grid.origin) / grid.cell).astype(int)
    place = np.clip(place, 0, np.array(grid.height.shape) - 1)
    layer = points[:, 1] - grid.height[place[:, 0], place[:, 1]]
    chosen = (np.abs(layer) < 2.5) & (np.abs(normals[:, 1]) > STEEPEST)
    chosen[chosen] = distance(points[chosen, 0], points[chosen, 2]) > 0.0
    found = points[chosen]
    step = max(1.0, len(found) / most)
    return found[(np.arange(min(len(found), most)) * step).astype(int)], coverage


def _clear_of_bones(
    dimensions: FootDimensions, parametric: FloatArray, curve: FloatArray
) -> FloatArray:
    """Move an outline outward where it would come too near to where bones are attached."""
    landmarks = foot_landmarks(dimensions)
    feet = np.vstack([b.footprint() for b in plantar_bones(dimensions, landmarks)])
    wanted = np.minimum(
        SignedDistance(parametric)(feet[:, 0], feet[:, 1]),
        BONE_CLEARANCE_SHARE * dimensions.length_mm,
    )
    for _ in range(40):
        have, normal = SignedDistance(curve).nearest(feet[:, 0], feet[:, 1])
        missing = wanted - have
        if missing.max() < 0.05:
            break
        push = np.zeros_like(curve)
        for worst in np.argsort(-missing)[:12]:
            if missing[worst] <= 0.0:
                break
            near = np.linalg.norm(curve - feet[worst], axis=1)
            bump = np.exp(-0.5 * (np.maximum(near - near.min(), 0.0) / 4.0) ** 2)
            step = -missing[worst] * bump[:, None] * normal[worst]
            push = np.where(np.abs(step) > np.abs(push), step, push)
        curve = curve + push
    return curve


def _outward(curve: FloatArray) -> FloatArray:
    tangent = np.roll(curve, -1, axis=0) - np.roll(curve, 1, axis=0)
    tangent /= np.linalg.norm(tangent, axis=1)[:, None]
    ends = np.roll(curve, -1, axis=0)
    area = np.sum(curve[:, 0] * ends[:, 1] - ends[:, 0] * curve[:, 1])
    return np.asarray(np.sign(area) * np.column_stack([tangent[:, 1], -tangent[:, 0]]))
