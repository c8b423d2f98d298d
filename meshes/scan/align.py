# SPDX-License-Identifier: MIT
"""A scan in anatomical axes: plantar side, toes, body side and landmarks found, or given."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from meshes.errors import MeshError
from meshes.foot_dimensions import FootDimensions
from meshes.foot_landmarks import foot_landmarks
from meshes.scan.surface import Background, Samples
from meshes.scan.template import Pose, SoleFit, fit_outline, fit_sole
from meshes.scan.view import CAP_SHARE, DepthMap, depth_map, plantar_directions
from meshes.tagged import FloatArray

Side = Literal["right", "left"]
SIDES: tuple[Side, Side] = ("right", "left")
LANDMARKS = ("heel", "metatarsal_1", "metatarsal_5")
ROUGH_MM = 255.0
"""Foot length to which a scan is brought before its unit is known; lengths are shares of it."""

WORST_OUTLINE = 0.030
WORST_SOLE = 0.030
"""Misfit over foot length beyond which a surface shows no sole; feet and imprints reach 0.012."""

NO_SIDE = 0.92
"""Misfit of the better side over that of the other, beyond which it is no foot."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A scan laid under the parametric foot.

    Model coordinates have x forward, y up, z to the foot's lateral side: a left foot is mirrored.

    Attributes:
        frame: (3, 3) rows are the model axes in scan coordinates, mirrored for a left foot.
        centre: (3,) scan point at the model's origin.
        scale: model lengths over scan lengths.
        side: of the foot that was scanned.
        doubt: misfit of this side over that of the other, 1 where they cannot be told apart.
        pose: of the parametric foot in the model's plan.
        sole: its arch and tilt.
    """

    frame: FloatArray
    centre: FloatArray
    scale: float
    side: Side
    doubt: float
    pose: Pose
    sole: SoleFit

    def points(self, scan: FloatArray) -> FloatArray:
        """Return scan points (n, 3) in model coordinates."""
        return np.asarray(self.scale * (scan - self.centre) @ self.frame.T)

    def directions(self, scan: FloatArray) -> FloatArray:
        """Return scan vectors (n, 3) in model axes."""
        return np.asarray(scan @ self.frame.T)

    def to_scan(self, model: FloatArray) -> FloatArray:
        """Return model points (n, 3) in scan coordinates."""
        return np.asarray(model @ self.frame / self.scale + self.centre)

    @property
    def to_length(self) -> float:
        """What brings the fitted foot to a length of `ROUGH_MM`."""
        return ROUGH_MM / self.pose.dimensions.length_mm

    def in_foot(self, scan: FloatArray) -> FloatArray:
        """Return scan points (n, 3) in the axes of the fitted foot, at `ROUGH_MM`."""
        model = self.points(scan)
        plan = self.pose.to_foot(model[:, [0, 2]])
        return self.to_length * np.column_stack([plan[:, 0], model[:, 1], plan[:, 1]])

    def axes_in_foot(self, scan: FloatArray) -> FloatArray:
        """Return scan vectors (n, 3) in the axes of the fitted foot."""
        model = self.directions(scan)
        plan = self.pose.to_foot(model[:, [0, 2]] + self.pose.origin)
        return np.column_stack([plan[:, 0], model[:, 1], plan[:, 1]])

    @property
    def misfit(self) -> float:
        """Outline and sole together, over foot length."""
        return self.pose.misfit + self.sole.misfit


def place(
    samples: Samples,
    plane: Background | None,
    marks: FloatArray | None = None,
    side: Side | None = None,
) -> Placed:
    """Find how a scan lies, from its shape or from three landmarks.

    Args:
        samples: of the scanned body, background included.
        plane: the background, if there is one.
        marks: (3, 3) heel, first and fifth metatarsal head in scan coordinates; found when None.
        side: of the foot; found when None.

    Raises:
        MeshError: no side of the surface looks like a sole.
    """
    tried: list[Placed] = []
    for down in plantar_directions(samples, plane):
        if marks is not None:
            down = _normal_of(marks, down)
        tried += _over_direction(samples, plane, down, marks)
    if not tried:
        raise _no_sole("nothing that lies flat")
    allowed = [one for one in tried if side in (None, one.side)]
    if not allowed:
        raise MeshError(
            "landmarks", f"they are not those of a {side} foot", "heel, first and fifth head"
        )
    best = min(allowed, key=lambda one: one.misfit)
    other = [one.misfit for one in tried if one.side != best.side and _same_view(one, best)]
    for _ in range(3):
        best = _levelled(samples, plane, best, marks)
    if best.pose.misfit > WORST_OUTLINE or best.sole.misfit > WORST_SOLE:
        length = best.pose.dimensions.length_mm
        raise _no_sole(
            f"{'' if marks is None else 'with these landmarks '}the nearest view is "
            f"{100 * best.pose.misfit:.1f} % of foot length off in outline and "
            f"{100 * best.sole.misfit:.1f} % in height ({length / best.scale:.4g} units long)"
        )
    doubt = best.misfit / min(other) if other else 0.0
    if side is None and doubt > NO_SIDE:
        raise _no_sole("what lies flat could be a left foot as well as a right one")
    return Placed(
        best.frame, best.centre, best.scale, best.side, min(1.0, doubt), best.pose, best.sole
    )


def marks_of(placed: Placed, grid: DepthMap) -> FloatArray:
    """Return the skin (3, 3) under heel and outer metatarsal heads, in model coordinates."""
    dimensions = placed.pose.dimensions
    known = foot_landmarks(dimensions)
    plan = np.array([known.heel_centre, known.heads[0], known.heads[4]])[:, [0, 2]]
    plan = placed.pose.to_plan(plan)
    x, z = grid.centres()
    skin = []
    for one in plan:
        near = np.hypot(x - one[0], z - one[1]) < 0.035 * dimensions.length_mm
        heights = grid.height[near & np.isfinite(grid.height)]
        if len(heights) == 0:
            raise _no_sole("a hole under the heel or a metatarsal head")
        skin.append(float(np.mean(np.sort(heights)[: max(1, len(heights) // 3)])))
    return np.column_stack([plan[:, 0], skin, plan[:, 1]])


def foot_grid(samples: Samples, plane: Background | None, placed: Placed) -> DepthMap:
    """Return the depth map of a placed scan without its background."""
    points = placed.points(samples.points)
    normals = placed.directions(samples.normals)
    if plane is not None:
        kept = plane.of_body(samples.points)
        points, normals = points[kept], normals[kept]
    low = _sole_level(points)
    near = points[:, 1] < low + 0.45 * ROUGH_MM
    return depth_map(points[near], normals[near], ROUGH_MM / 230.0)


def _over_direction(
    samples: Samples, plane: Background | None, down: FloatArray, marks: FloatArray | None
) -> Iterator[Placed]:
    """Fit both ends and both sides, looking along one direction."""
    body = samples.points
    if plane is not None:
        body = body[plane.of_body(body)]
    centre = body.mean(axis=0)
    low = body[(body @ down) > (body @ down).max() - 0.12 * _extent(body)]
    flat = np.linalg.svd(down[None], full_matrices=True)[2][1:]
    spread = np.linalg.svd((low - low.mean(axis=0)) @ flat.T, full_matrices=False)[2]
    along = spread[0] @ flat
    across = np.cross(along, -down)
    span = np.ptp((low - centre) @ along)
    if span <= 0.0 or np.ptp((low - centre) @ across) < 0.15 * span:
        return
    scale = ROUGH_MM / float(span)
    for side in SIDES:
        for toes in (1.0, -1.0):
            mirror = 1.0 if side == "right" else -1.0
            frame = np.array([toes * along, -down, toes * mirror * across])
            fitted = _fit(samples, plane, Placed(frame, centre, scale, side, 1.0, *_UNFITTED))
            if fitted is None or (marks is not None and not _agrees(fitted, marks)):
                continue
            yield fitted


def _fit(
    samples: Samples, plane: Background | None, start: Placed, fixed_axis: bool = False
) -> Placed | None:
    """Fit outline and sole in the frame as it is; the model's scale follows the fitted length."""
    grid = foot_grid(samples, plane, start)
    mask = grid.silhouette(_cap(grid, start.sole))
    if mask.sum() < 1000:
        return None
    known = start.pose if np.isfinite(start.pose.misfit) else None
    pose = fit_outline(mask, grid, start=known, fixed_axis=fixed_axis)
    sole = fit_sole(pose, grid)
    return Placed(start.frame, start.centre, start.scale, start.side, start.doubt, pose, sole)


def _levelled(
    samples: Samples, plane: Background | None, placed: Placed, marks: FloatArray | None
) -> Placed:
    """Turn the frame so that the landmarks lie level and the foot's axis along x; fit again."""
    if marks is None:
        points = marks_of(placed, foot_grid(samples, plane, placed))
    else:
        points = placed.points(marks)
    up = np.cross(points[2] - points[0], points[1] - points[0])
    up *= np.sign(up[1]) / np.linalg.norm(up)
    share = 0.245 / (0.245 + 0.420)
    ahead = points[1] + share * (points[2] - points[1]) - points[0]
    if marks is None:
        c, s = np.cos(placed.pose.yaw), np.sin(placed.pose.yaw)
        ahead = np.array([c, 0.0, s])
    ahead = ahead - (ahead @ up) * up
    ahead /= np.linalg.norm(ahead)
    turn = np.array([ahead, up, np.cross(ahead, up)])
    # The model's origin moves to the heel landmark, whose place in the foot is known.
    scale = placed.scale * ROUGH_MM / placed.pose.dimensions.length_mm
    frame = turn @ placed.frame
    centre = placed.to_scan(points[:1])[0]
    heel = foot_landmarks(placed.pose.dimensions).heel_centre
    shift = np.array([-heel[0] * scale / placed.scale, 0.0])
    begin = Pose(0.0, shift, _scaled(placed.pose, ROUGH_MM), 0.0)
    start = Placed(frame, centre, scale, placed.side, placed.doubt, begin, placed.sole)
    fitted = _fit(samples, plane, start, fixed_axis=marks is not None)
    return placed if fitted is None else fitted


def _scaled(pose: Pose, length: float) -> FootDimensions:
    one = pose.dimensions
    ratio = length / one.length_mm
    return FootDimensions(length, one.ball_width_mm * ratio, one.heel_width_mm * ratio)


def _cap(grid: DepthMap, sole: SoleFit) -> float:
    heights = grid.height[np.isfinite(grid.height)]
    return float(np.percentile(heights, 2.0)) + CAP_SHARE * ROUGH_MM


def _sole_level(points: FloatArray) -> float:
    return float(np.percentile(points[:, 1], 0.5)) if len(points) else 0.0


def _normal_of(marks: FloatArray, down: FloatArray) -> FloatArray:
    normal = np.cross(marks[1] - marks[0], marks[2] - marks[0])
    normal = normal / np.linalg.norm(normal)
    return np.asarray(normal * np.sign(normal @ down))


def _agrees(placed: Placed, marks: FloatArray) -> bool:
    """Whether given landmarks lie as those of a foot: heel behind, first head medial."""
    points = placed.points(marks)
    return bool(points[0, 0] < points[1:, 0].min() and points[1, 2] < points[2, 2])


def _same_view(one: Placed, two: Placed) -> bool:
    return bool(one.frame[1] @ two.frame[1] > 0.99)


def _extent(points: FloatArray) -> float:
    return float(np.linalg.norm(np.ptp(points, axis=0)))


def _no_sole(what: str) -> MeshError:
    return MeshError(
        "scan_file",
        f"no plantar side was found: {what}",
        "a scan that shows the whole sole from heel to toes",
    )


_UNFITTED = (
    Pose(0.0, np.zeros(2), None, np.inf),  # type: ignore[arg-type]
    SoleFit(0.0, np.zeros(3), np.inf, 0.0),
)
