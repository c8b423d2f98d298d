# SPDX-License-Identifier: MIT
"""How the deviation of a candidate's tibia goes up the leg: knee, hip, pelvis, and its tilt.

A wedge turns the tibia in the frontal and the transverse plane. Knee, hip and pelvis
take that in turn (`simulator.chain.Compliance`), and the thigh's internal rotation in the
hip tilts the pelvis forward. World axes X forward, Y up, Z right, angles of the right leg;
see docs/theory/alignment.md for what is derived, taken from others, or assumed.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from simulator.chain import Compliance, Limb, LumbarChain, lordosis_deg, obliquity_rad
from simulator.chain import pelvis_angles_deg as _pelvis_angles_deg
from simulator.rotations import about, exponential

Array = NDArray[np.float64]

X_AXIS, _, Z_AXIS = np.eye(3)

TILT_PER_HIP_ROTATION = 0.28
"""Anterior pelvic tilt for a degree of internal rotation of the hip.

Bagwell, Fukuda & Powers 2016 (Gait & Posture 43:120) found 0.23 to 0.32 degrees of internal
rotation of the femur for a degree of anterior pelvic tilt in 16 standing subjects. Here the
coupling is used the other way round. By reciprocity both ratios are one where the two
motions meet the same stiffness, which is assumed. Not fitted to any wedge."""


@dataclass(frozen=True, slots=True)
class ChainReaction:
    """How a candidate's deviation is passed on.

    Attributes:
        compliance: Shares of knee, hip and pelvis.
        tilt_per_rotation: Anterior tilt over internal rotation of the hip.
        mirrored: Both feet stand and wear the same, so that the other leg deviates as the
            mirror image does: the pelvis neither lists nor turns, and feet and hips keep
            their distance.
    """

    compliance: Compliance = field(default_factory=Compliance)
    tilt_per_rotation: float = TILT_PER_HIP_ROTATION
    mirrored: bool = False


@dataclass(frozen=True, slots=True)
class Passed:
    """What each joint takes of a deviation: rotation vectors in the world, rad, shape (3,).

    Attributes:
        knee: Of the tibia against the femur.
        hip: Of the femur against the pelvis, what follows the pelvic tilt included.
        pelvis: Of the pelvis in the world, its anterior tilt included.
    """

    knee: Array
    hip: Array
    pelvis: Array


def passed_on(
    deviation: Array, long_axis: Array, rule: ChainReaction, shank_over_thigh: float = 1.0
) -> Passed:
    """Share a deviation of the tibia; the three parts add up to it.

    Args:
        deviation: Rotation vector of the tibia from the baseline's, world, rad, shape (3,).
        long_axis: Of the femur, world, shape (3,).
        rule: Of sharing.
        shank_over_thigh: Ratio of the lengths.
    """
    shares = rule.compliance
    # The knee of a leg that leans as a whole stays as it is.
    knee = shares.knee * deviation * (1.0 - Z_AXIS)
    pelvis = shares.pelvis * deviation
    pelvis[2] = shares.pelvis / (shares.pelvis + shares.hip) * deviation[2]
    if rule.mirrored:
        # The femur tilts the other way, by what keeps the hip in its place.
        knee[0] = (1.0 + shank_over_thigh) * deviation[0]
        pelvis = pelvis * Z_AXIS
    tilt = rule.tilt_per_rotation * float((deviation - knee - pelvis) @ long_axis)
    pelvis = pelvis - tilt * Z_AXIS
    return Passed(knee, deviation - knee - pelvis, pelvis)


def reacting_pelvis(
    size: Limb, gait_pelvis: Array, passed: Passed, one_sided_height_mm: float
) -> Array:
    """Orientation of a candidate's pelvis, shape (3, 3).

    Args:
        size: Lengths.
        gait_pelvis: Of the baseline, shape (3, 3).
        passed: Of `passed_on`.
        one_sided_height_mm: By how much the right hip stands higher than in the baseline
            while the left does not.
    """
    result = exponential(passed.pelvis) @ np.asarray(gait_pelvis, dtype=float)
    return np.asarray(about(X_AXIS, -obliquity_rad(size, one_sided_height_mm)) @ result)


@dataclass(frozen=True, slots=True)
class LimbAngles:
    """Joint angles of one instant, degrees, with the signs of ISB (Wu 2002, Grood & Suntay 1983).

    Flexion, adduction and internal rotation are positive; so are anterior tilt, right side up
    and right side forward of the pelvis. Knee and hip are Cardan angles Z, X, Y of the distal in
    the proximal segment; zero is standing, in which femur, tibia and pelvis are aligned.
    """

    knee_flexion_deg: float
    knee_adduction_deg: float
    knee_internal_rotation_deg: float
    hip_flexion_deg: float
    hip_adduction_deg: float
    hip_internal_rotation_deg: float
    pelvic_tilt_deg: float
    pelvic_obliquity_deg: float
    pelvic_rotation_deg: float
    lumbar_lordosis_deg: float


def limb_angles(
    tibia: Array, femur: Array, pelvis: Array, chain: LumbarChain, standing_deg: float
) -> LimbAngles:
    """Angles from orientations relative to standing, each of shape (3, 3).

    Args:
        tibia: Of the right leg, world.
        femur: Id.
        pelvis: World.
        chain: Of the lumbar column.
        standing_deg: Lordosis in standing.
    """
    knee = cardan_zxy_deg(femur.T @ tibia)
    hip = cardan_zxy_deg(pelvis.T @ femur)
    tilt, obliquity, turn = _pelvis_angles_deg(pelvis)
    return LimbAngles(
        -knee[0], knee[1], knee[2], *hip, tilt, obliquity, turn, lordosis_deg(chain, standing_deg)
    )


def cardan_zxy_deg(rotation: Array) -> tuple[float, float, float]:
    """Angles (degrees) about Z, the floating X, and Y of a rotation (3, 3)."""
    x = np.arcsin(np.clip(rotation[2, 1], -1.0, 1.0))
    z = np.arctan2(-rotation[0, 1], rotation[1, 1])
    y = np.arctan2(-rotation[2, 0], rotation[2, 2])
    return float(np.degrees(z)), float(np.degrees(x)), float(np.degrees(y))
