# SPDX-License-Identifier: MIT
"""Rigid chain above the foot: tibia, knee, hip, pelvis, lumbar levels, thorax.

Closed by kinematics: the pelvis follows the measured gait plus what a candidate's
deviation of the tibia and a one-sided height leave for it, the thorax is fixed, and
the lumbar levels share the angle in between. World axes X forward, Y up, Z right;
rotations are relative to standing; obliquity is positive with the right side up.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from simulator.rotations import about, exponential, logarithm

Array = NDArray[np.float64]

X_AXIS, Y_AXIS, Z_AXIS = np.eye(3)

LEVEL_SHARES = np.array(
    # about X (bending), about Y (rotation), about Z (extension)
    [
        [0.08, 0.035, 0.23],
        [0.16, 0.065, 0.22],
        [0.21, 0.065, 0.20],
        [0.16, 0.065, 0.19],
        [0.16, 0.070, 0.16],
    ]
)
"""Share of each level, L5-S1 to L1-L2, in the angle from pelvis to thorax.

In proportion to the ranges of motion of White & Panjabi (flexion and extension 17, 16,
15, 14, 12; bending 3, 6, 8, 6, 6; rotation 1, 2, 2, 2, 2 degrees; confidence M). The
lumbar spine takes all of extension, 0.77 of bending and 0.30 of rotation, the thoracic
spine the rest (engineering default).
"""


@dataclass(frozen=True, slots=True)
class Compliance:
    """How a deviation of the tibia is shared above it; the shares add up to one.

    The pelvis's share gives 1.5 degrees for a wedge of 10 (Pinto et al. 2008, 0.15
    degrees a degree); how knee and hip part the rest is an engineering default.
    """

    knee: float = 0.25
    hip: float = 0.60
    pelvis: float = 0.15

    def __post_init__(self) -> None:
        total = self.knee + self.hip + self.pelvis
        if abs(total - 1.0) > 1e-9 or min(self.knee, self.hip, self.pelvis) < 0.0:
            raise ValueError(f"shares of knee, hip and pelvis must add up to 1, not {total:g}")


@dataclass(frozen=True, slots=True)
class Limb:
    """Lengths of the leg and the pelvis in standing.

    Attributes:
        shank_mm: ankle to knee.
        thigh_mm: knee to hip.
        hip_distance_mm: between the hip centres.
        lumbosacral_mm: L5-S1 disc from the middle of the hips, shape (3,).
    """

    shank_mm: float
    thigh_mm: float
    hip_distance_mm: float
    lumbosacral_mm: Array = field(default_factory=lambda: np.array([-24.0, 108.0, 0.0]))


def limb(stature_m: float) -> Limb:
    """Limb of an average person.

    De Leva 1996 (shank 440 and thigh 422 mm at 1741 mm; M+), hip distance 180 mm at
    1.75 m, L5-S1 105-110 mm above and 25 mm behind the
    hips (pelvic tilt 13 degrees; Vialle et al. 2005, M).
    """
    scale = 1000.0 * stature_m / 1741.0
    return Limb(
        shank_mm=440.3 * scale,
        thigh_mm=422.2 * scale,
        hip_distance_mm=180.0 * stature_m / 1.75,
        lumbosacral_mm=scale * np.array([-24.0, 108.0, 0.0]),
    )


def standing_discs_mm(
    stature_m: float, lordosis_deg: float = 45.0, sacral_slope_deg: float = 40.0
) -> Array:
    """Disc centres in standing relative to L5-S1, L5-S1 first, shape (5, 3).

    An arc on which the tilt falls from the sacral slope to the slope less the lordosis
    at L1; 36 mm a level (vertebra 27, disc 9) at 1.75 m. For use without a mesh.
    """
    tilt = np.radians(sacral_slope_deg - lordosis_deg * (np.arange(4) + 0.7) / 5.0)
    step = 36.0 * stature_m / 1.75 * np.stack([np.sin(tilt), np.cos(tilt), 0.0 * tilt], axis=1)
    return np.vstack([np.zeros(3), np.cumsum(step, axis=0)])


@dataclass(frozen=True, slots=True)
class LegPose:
    """Places of one leg's joints in the world, mm, shape (3,), and its rotations."""

    knee_mm: Array
    hip_mm: Array
    femur_rotation: Array


def leg_pose(
    size: Limb,
    ankle_mm: Array,
    tibia_rotation: Array,
    knee_flexion_deg: float,
    deviation: Array | None = None,
    compliance: Compliance | None = None,
) -> LegPose:
    """Knee and hip from the ankle up.

    Args:
        size: lengths.
        ankle_mm: ankle centre in the world, shape (3,).
        tibia_rotation: of the tibia as it is, shape (3, 3).
        knee_flexion_deg: measured or normative.
        deviation: rotation vector (rad, world) of this tibia from the baseline's; the
            knee's share of it does not reach the femur.
        compliance: shares.
    """
    knee = ankle_mm + tibia_rotation @ (size.shank_mm * Y_AXIS)
    femur = tibia_rotation @ about(Z_AXIS, np.radians(knee_flexion_deg))
    if deviation is not None:
        femur = exponential(-(compliance or Compliance()).knee * np.asarray(deviation)) @ femur
    return LegPose(knee, knee + femur @ (size.thigh_mm * Y_AXIS), femur)


def obliquity_rad(size: Limb, one_sided_height_mm: float) -> float:
    """Pelvic obliquity from the right hip standing higher than the left; right up +."""
    share = np.clip(one_sided_height_mm / size.hip_distance_mm, -1.0, 1.0)
    return float(np.arcsin(share))


def pelvis_rotation(
    size: Limb,
    gait_pelvis: Array,
    tibia_rotation: Array | None = None,
    baseline_tibia_rotation: Array | None = None,
    one_sided_height_mm: float = 0.0,
    compliance: Compliance | None = None,
) -> Array:
    """Orientation of the pelvis from gait, deviation of the tibia and leg length.

    Args:
        size: lengths.
        gait_pelvis: of the baseline gait, shape (3, 3).
        tibia_rotation: of the candidate, or ``None`` for the baseline.
        baseline_tibia_rotation: of the baseline at the same instant.
        one_sided_height_mm: by how much the right hip stands higher than in the
            baseline while the left does not: a lift or a leg-length difference on one
            side. A lift under both feet leaves the pelvis level.
        compliance: shares of knee, hip and pelvis.

    Returns:
        Rotation from standing to current, shape (3, 3).
    """
    result = np.asarray(gait_pelvis, dtype=float)
    if tibia_rotation is not None and baseline_tibia_rotation is not None:
        deviation = logarithm(tibia_rotation @ baseline_tibia_rotation.T)
        result = exponential((compliance or Compliance()).pelvis * deviation) @ result
    if one_sided_height_mm:
        result = about(X_AXIS, -obliquity_rad(size, one_sided_height_mm)) @ result
    return np.asarray(result)


@dataclass(frozen=True, slots=True)
class LumbarChain:
    """Pose of the lumbar column, L5-S1 first, relative to the L5-S1 disc.

    Attributes:
        standing_centre_mm: disc centres in standing, shape (5, 3).
        centre_mm: carried by the chain, shape (5, 3), world axes.
        vertebra_rotation: of the vertebra above each disc (L5 to L1), (5, 3, 3).
        level_rotation: of each upper vertebra relative to the lower one, as rotation
            vectors in world axes (rad), shape (5, 3).
        pelvis_rotation, thorax_rotation: shape (3, 3).
    """

    standing_centre_mm: Array
    centre_mm: Array
    vertebra_rotation: Array
    level_rotation: Array
    pelvis_rotation: Array
    thorax_rotation: Array


def lumbar_chain(
    standing_centre_mm: Array,
    pelvis: Array,
    thorax: Array,
    shares: Array = LEVEL_SHARES,
) -> LumbarChain:
    """Share the rotation between pelvis and thorax over the levels.

    Args:
        standing_centre_mm: disc centres relative to L5-S1, shape (5, 3).
        pelvis: rotation from standing, shape (3, 3).
        thorax: id.
        shares: of bending, rotation and extension, shape (5, 3).
    """
    relative = logarithm(pelvis.T @ thorax)
    parts = relative * shares
    rotation = np.asarray(pelvis, dtype=float)
    vertebrae, centres, steps = [], [np.zeros(3)], []
    for level in range(5):
        steps.append(rotation @ parts[level])
        rotation = rotation @ exponential(parts[level])
        vertebrae.append(rotation)
        if level < 4:
            arm = standing_centre_mm[level + 1] - standing_centre_mm[level]
            centres.append(centres[-1] + rotation @ arm)
    return LumbarChain(
        standing_centre_mm=np.asarray(standing_centre_mm, dtype=float),
        centre_mm=np.array(centres),
        vertebra_rotation=np.array(vertebrae),
        level_rotation=np.array(steps),
        pelvis_rotation=np.asarray(pelvis, dtype=float),
        thorax_rotation=np.asarray(thorax, dtype=float),
    )


class ColumnPose(Protocol):
    """Pose of a column; see `simulator.spine.chain.ChainPose`."""

    @property
    def rotations(self) -> Array:
        """Of the sacrum and the vertebrae L5 to L1, from standing, shape (6, 3, 3)."""

    @property
    def centres_mm(self) -> Array:
        """Disc centres, L5-S1 first, shape (5, 3)."""


def carried(standing_centre_mm: Array, pose: ColumnPose, thorax: Array) -> LumbarChain:
    """The chain of a column that was posed elsewhere, so that loads use its places.

    Args:
        standing_centre_mm: disc centres in standing, any origin, shape (5, 3).
        pose: of the same column.
        thorax: rotation from standing, shape (3, 3).
    """
    standing = np.asarray(standing_centre_mm, dtype=float)
    steps = pose.rotations[1:] @ np.swapaxes(pose.rotations[:-1], -1, -2)
    return LumbarChain(
        standing_centre_mm=standing - standing[0],
        centre_mm=pose.centres_mm - pose.centres_mm[0],
        vertebra_rotation=pose.rotations[1:],
        level_rotation=logarithm(steps),
        pelvis_rotation=pose.rotations[0],
        thorax_rotation=np.asarray(thorax, dtype=float),
    )


def pelvis_angles_deg(rotation: Array) -> tuple[float, float, float]:
    """Anterior tilt, obliquity (right side up) and rotation (right side forward), degrees.

    Body-fixed rotations about Z, X, Y, as gait gives them.

    Args:
        rotation: from standing, shape (3, 3).
    """
    tilt = np.arctan2(rotation[0, 1], rotation[1, 1])
    obliquity = -np.arcsin(np.clip(rotation[2, 1], -1.0, 1.0))
    turn = np.arctan2(-rotation[2, 0], rotation[2, 2])
    return float(np.degrees(tilt)), float(np.degrees(obliquity)), float(np.degrees(turn))


def lordosis_deg(chain: LumbarChain, standing_deg: float) -> float:
    """Angle between L1 and the sacrum, degrees: standing plus extension since."""
    relative = logarithm(chain.pelvis_rotation.T @ chain.vertebra_rotation[-1])
    return standing_deg + float(np.degrees(relative[2]))
