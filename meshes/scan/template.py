# SPDX-License-Identifier: MIT
"""The parametric foot laid over a scan: which way it points, its side, its dimensions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import least_squares

from meshes.foot_dimensions import FootDimensions
from meshes.outline import SignedDistance, foot_outline
from meshes.plantar import PlantarSurface
from meshes.scan.view import DepthMap, border, signed_field
from meshes.tagged import FloatArray

_LOW = np.array([-0.6, -np.inf, -np.inf, 0.75, 0.315, 0.195])
_HIGH = np.array([0.6, np.inf, np.inf, 1.25, 0.455, 0.315])
"""Yaw, shift, length over a first guess, widths over length: within the parametric foot's."""
_START = (0.375, 0.250)
_ARCH_RANGE = (0.085, 0.265)


@dataclass(frozen=True, slots=True)
class Pose:
    """Where the parametric foot lies in a plan, and how large it is.

    Attributes:
        yaw: turn of the foot's axis from the plan's x towards z, rad.
        origin: (2,) plan point of the foot's x = z = 0.
        dimensions: of the foot, arch height not yet fitted.
        misfit: root mean square distance of the silhouette to the outline over foot length.
    """

    yaw: float
    origin: FloatArray
    dimensions: FootDimensions
    misfit: float

    def to_foot(self, plan: FloatArray) -> FloatArray:
        """Return plan points (n, 2) in the foot's own axes."""
        c, s = np.cos(self.yaw), np.sin(self.yaw)
        gap = plan - self.origin
        return np.column_stack([c * gap[:, 0] + s * gap[:, 1], -s * gap[:, 0] + c * gap[:, 1]])

    def to_plan(self, foot: FloatArray) -> FloatArray:
        """Return points (n, 2) of the foot's axes in the plan."""
        c, s = np.cos(self.yaw), np.sin(self.yaw)
        turned = np.column_stack([c * foot[:, 0] - s * foot[:, 1], s * foot[:, 0] + c * foot[:, 1]])
        return np.asarray(self.origin + turned)


def fit_outline(
    mask: np.ndarray, grid: DepthMap, *, start: Pose | None = None, fixed_axis: bool = False
) -> Pose:
    """Fit turn, place, length, ball and heel breadth to a silhouette.

    Distances are taken both ways, from the outline to the silhouette and back, so that neither
    has a part that the other knows nothing of.

    Args:
        mask: silhouette on the grid, toes roughly towards +x, lateral towards +z.
        grid: of the mask.
        start: a fit nearby.
        fixed_axis: keep turn and sideways place as they are in ``start``.
    """
    points = border(mask, grid)
    chosen = points[:: max(1, len(points) // 160)]
    field = signed_field(mask, grid)
    if start is None:
        low, high = chosen[:, 0].min(), chosen[:, 0].max()
        rear = chosen[chosen[:, 0] < low + 0.2 * (high - low), 1]
        scale, middle = high - low, 0.5 * (rear.min() + rear.max())
        first = np.array([0.0, low, middle, 1.0, *_START])
    else:
        one = start.dimensions
        scale = one.length_mm
        shares = (one.ball_width_mm / scale, one.heel_width_mm / scale)
        first = np.array([start.yaw, *start.origin, 1.0, *shares])
    unit = np.array([1.0, scale, scale, 1.0, 1.0, 1.0])
    first = np.clip(first / unit, _LOW + 1e-6, _HIGH - 1e-6)
    free = np.array([1, 3, 4, 5] if fixed_axis else [0, 1, 2, 3, 4, 5])

    def posed(values: FloatArray) -> Pose:
        every = first.copy()
        every[free] = values
        return _pose(every * unit, scale)

    def gaps(values: FloatArray) -> FloatArray:
        pose = posed(values)
        curve = foot_outline(pose.dimensions, 160)
        plan = pose.to_foot(chosen)
        out = field.at(pose.to_plan(curve))
        back = SignedDistance(curve)(plan[:, 0], plan[:, 1])
        return np.asarray(np.concatenate([out, back]) / scale)

    found = least_squares(
        gaps,
        first[free],
        bounds=(_LOW[free], _HIGH[free]),
        loss="soft_l1",
        f_scale=0.012,
        max_nfev=25,
        ftol=1e-4,
        xtol=1e-4,
        x_scale=np.array([0.1, 0.05, 0.05, 0.05, 0.03, 0.03])[free],
    )
    pose = posed(found.x)
    misfit = float(np.sqrt(np.mean(gaps(found.x) ** 2))) * scale / pose.dimensions.length_mm
    return Pose(pose.yaw, pose.origin, pose.dimensions, misfit)


@dataclass(frozen=True, slots=True)
class SoleFit:
    """Arch and tilt that bring the parametric sole nearest to a depth map.

    Attributes:
        arch_height: of the navicular.
        plane: (3,) height at the foot's origin and slopes along x and z.
        misfit: root mean square height difference over foot length.
        coverage: share of the inner sole with data.
    """

    arch_height: float
    plane: FloatArray
    misfit: float
    coverage: float


def fit_sole(pose: Pose, grid: DepthMap, tilt: bool = True) -> SoleFit:
    """Fit arch height and a plane to the heights inside the outline, away from the rim."""
    length = pose.dimensions.length_mm
    flat = FootDimensions(
        length_mm=length,
        ball_width_mm=pose.dimensions.ball_width_mm,
        heel_width_mm=pose.dimensions.heel_width_mm,
        arch_height_mm=0.17 * length,
    )
    sole = PlantarSurface(flat, foot_outline(flat, 360))
    x, z = grid.centres()
    plan = pose.to_foot(np.column_stack([x.ravel(), z.ravel()]))
    inner = sole.distance(plan[:, 0], plan[:, 1]) > 0.04 * length
    height = grid.height.ravel()
    here = inner & np.isfinite(height)
    coverage = float(here.sum() / max(1, inner.sum()))
    if here.sum() < 50:
        return SoleFit(flat.arch_height_mm, np.zeros(3), np.inf, coverage)
    relief = sole.relief(plan[here, 0], plan[here, 1])
    wanted = height[here] - relief.rim - relief.grooves
    rows = np.column_stack([np.ones(here.sum()), plan[here] / length])
    if not tilt:
        rows = rows[:, :1]
    weight = np.ones(len(wanted))
    arch, solution = 0.0, np.zeros(rows.shape[1])
    shape = relief.arch / flat.arch_height_mm
    for _ in range(4):
        with_arch = np.column_stack([rows, shape]) * weight[:, None]
        best = np.linalg.lstsq(with_arch, wanted * weight, rcond=None)[0]
        arch = float(np.clip(best[-1], _ARCH_RANGE[0] * length, _ARCH_RANGE[1] * length))
        rest = wanted - arch * shape
        solution = np.linalg.lstsq(rows * weight[:, None], rest * weight, rcond=None)[0]
        gap = rest - rows @ solution
        weight = 1.0 / np.sqrt(1.0 + (gap / (0.012 * length)) ** 2)
    misfit = float(np.sqrt(np.mean(gap**2))) / length
    plane = np.zeros(3)
    plane[: len(solution)] = solution
    plane[1:] /= length
    return SoleFit(arch, plane, misfit, coverage)


def _pose(values: FloatArray, scale: float) -> Pose:
    length = values[3] * scale
    width = values[4] * length
    heel = min(values[5] * length, width / 1.151)
    return Pose(float(values[0]), values[1:3], FootDimensions(length, width, heel), np.inf)
