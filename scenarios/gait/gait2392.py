# SPDX-License-Identifier: MIT
"""Segment orientations from the joint coordinates of the OpenSim model gait2392.

Every joint is a sequence of body-fixed rotations: pelvis and lumbar joint about
Z, X, Y (tilt or extension, list or bending, rotation), hip about Z, X, Y
(flexion, adduction, rotation), knee about Z, ankle and subtalar joint each about
one oblique axis. Rotations are from the segment's axes to the laboratory's
(X forward, Y up, Z right) and are the identity in the model's neutral pose.

Source: OpenSim gait2392 (Delp et al. 1990; opensim-org/opensim-models),
axes and joint places as in the model file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.rotations import exponential

Array = NDArray[np.float64]

ANKLE_AXIS = np.array([-0.10501355, -0.17402245, 0.97912632])
SUBTALAR_AXIS = np.array([0.78717961, 0.60474746, -0.12094949])
STATURE_MM = 1800.0
HIP_IN_PELVIS_MM = np.array([-70.7, -66.1, 83.5])
LUMBOSACRAL_IN_PELVIS_MM = np.array([-100.7, 81.5, 0.0])
KNEE_IN_FEMUR_MM = np.array([-4.5, -395.8, 0.0])
ANKLE_IN_TIBIA_MM = np.array([0.0, -430.0, 0.0])
HEEL_IN_TALUS_MM = np.array([-48.8, -42.0, 7.9])
"""Origin of the model's calcaneus: rear of the heel bone."""


@dataclass(frozen=True, slots=True)
class Orientations:
    """Orientations of the segments of one side and the trunk, each (n, 3, 3)."""

    pelvis: Array
    femur: Array
    tibia: Array
    talus: Array
    calcaneus: Array
    thorax: Array


def sequence(axes: Array, angles_deg: Array) -> Array:
    """Product of body-fixed rotations.

    Args:
        axes: rotation axes in their order, shape (m, 3).
        angles_deg: shape (n, m).

    Returns:
        Rotation matrices, shape (n, 3, 3).
    """
    result = np.tile(np.eye(3), (len(angles_deg), 1, 1))
    for axis, angle in zip(axes, np.radians(angles_deg).T, strict=True):
        result = result @ exponential(angle[:, None] * (axis / np.linalg.norm(axis)))
    return np.asarray(result)


ZXY = np.array([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])


def zxy_angles_deg(rotations: Array) -> Array:
    """Body-fixed Z, X, Y angles (degrees) of rotation matrices (n, 3, 3), shape (n, 3)."""
    r = rotations
    x = np.arcsin(np.clip(r[:, 2, 1], -1.0, 1.0))
    z = np.arctan2(-r[:, 0, 1], r[:, 1, 1])
    y = np.arctan2(-r[:, 2, 0], r[:, 2, 2])
    return np.degrees(np.stack([z, x, y], axis=1))


def orientations(leg: Mapping[str, Array], trunk: Mapping[str, Array]) -> Orientations:
    """Orientations of pelvis, leg and thorax.

    Args:
        leg: degrees by coordinate; absent subtalar angle counts as zero.
        trunk: degrees by coordinate; absent lumbar angles count as zero.
    """
    zero = np.zeros_like(leg["knee_angle"])

    def stack(source: Mapping[str, Array], *names: str) -> Array:
        return np.stack([source.get(name, zero) for name in names], axis=1)

    pelvis = sequence(ZXY, stack(trunk, "pelvis_tilt", "pelvis_list", "pelvis_rotation"))
    hip = sequence(ZXY, stack(leg, "hip_flexion", "hip_adduction", "hip_rotation"))
    femur = pelvis @ hip
    tibia = femur @ sequence(ZXY[:1], stack(leg, "knee_angle"))
    talus = tibia @ sequence(ANKLE_AXIS[None], stack(leg, "ankle_angle"))
    calcaneus = talus @ sequence(SUBTALAR_AXIS[None], stack(leg, "subtalar_angle"))
    lumbar = stack(trunk, "lumbar_extension", "lumbar_bending", "lumbar_rotation")
    return Orientations(pelvis, femur, tibia, talus, calcaneus, pelvis @ sequence(ZXY, lumbar))


def joint_places_mm(pose: Orientations, pelvis_mm: Array, stature_m: float) -> dict[str, Array]:
    """Places of hip, knee, ankle, heel and lumbosacral joint, each (n, 3) in mm.

    The model's distances are scaled by stature (the model stands 1.80 m tall).
    """
    scale = 1000.0 * stature_m / STATURE_MM
    hip = pelvis_mm + scale * pose.pelvis @ HIP_IN_PELVIS_MM
    knee = hip + scale * pose.femur @ KNEE_IN_FEMUR_MM
    ankle = knee + scale * pose.tibia @ ANKLE_IN_TIBIA_MM
    return {
        "lumbosacral": pelvis_mm + scale * pose.pelvis @ LUMBOSACRAL_IN_PELVIS_MM,
        "hip": hip,
        "knee": knee,
        "ankle": ankle,
        "heel": ankle + scale * pose.talus @ HEEL_IN_TALUS_MM,
    }
