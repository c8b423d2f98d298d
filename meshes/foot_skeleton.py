# SPDX-License-Identifier: MIT
"""Rigid segments of the foot with their masses, and the joints between them."""

from __future__ import annotations

import numpy as np

from meshes.anatomy import JointGeometry, SegmentGeometry
from meshes.foot_bones import BoneUnderside
from meshes.foot_dimensions import FootDimensions
from meshes.foot_landmarks import SEGMENTS, FootLandmarks, subtalar_axis, talocrural_axis
from meshes.foot_pictures import foot_surfaces
from meshes.tagged import FloatArray

FOOT_MASS_FRACTION = 0.0137
SHANK_MASS_FRACTION = 0.0433
"""Male foot and shank over body mass (de Leva 1996, J Biomech 29:1223)."""

SHANK_GYRATION = (0.255, 0.103, 0.249)
"""Radii of gyration about X, Y, Z over shank length, id."""

SHANK_CENTRE_FROM_KNEE = 0.4459
SHANK_PER_FOOT_LENGTH = 1.70
"""Knee to ankle over foot length, at the mean body of de Leva (433 of 255 mm)."""

_SHARE_OF_FOOT = (0.0, 0.14, 0.30, 0.18, 0.085, 0.055, 0.05, 0.045, 0.045, 0.045, 0.055)
"""Division of the foot's mass by the volume of its parts (engineering estimate)."""


def foot_joints(dimensions: FootDimensions, landmarks: FootLandmarks) -> tuple[JointGeometry, ...]:
    """Return the joints from the ankle to the toes.

    The lesser toes are one segment, hinged to the second metatarsal (``mtp_2``); the third to
    fifth heads are tied to it by the bands ``plantar_plate_3`` to ``_5`` only, since hinges on
    four metatarsals would lock the toes and the rays together.
    """
    lateral = np.array([0.0, 0.0, 1.0])
    joints = [
        JointGeometry("ankle", "tibia", "talus", landmarks.ankle, talocrural_axis(), "hinge"),
        JointGeometry(
            "subtalar",
            "talus",
            "calcaneus",
            landmarks.subtalar,
            subtalar_axis(dimensions),
            "hinge",
        ),
        JointGeometry("midfoot", "calcaneus", "midfoot", landmarks.chopart, lateral, "ball"),
    ]
    for ray, base in enumerate(landmarks.bases, start=1):
        joints.append(
            JointGeometry(
                f"tarsometatarsal_{ray}", "midfoot", f"metatarsal_{ray}", base, lateral, "ball"
            )
        )
    heads = landmarks.heads
    for ray, toe, line in (
        (1, "hallux", heads[1] - heads[0]),
        (2, "toes", heads[4] - heads[1]),
    ):
        joints.append(
            JointGeometry(
                f"mtp_{ray}", f"metatarsal_{ray}", toe, heads[ray - 1], _toe_axis(line), "hinge"
            )
        )
    return tuple(joints)


def foot_segments(
    dimensions: FootDimensions, landmarks: FootLandmarks, bones: tuple[BoneUnderside, ...]
) -> tuple[SegmentGeometry, ...]:
    """Return the rigid segments in the order of `SEGMENTS`.

    The tibia carries the shank's mass; the other bones share the foot's, each with the radii of
    gyration of the ellipsoid that fills its bounding box.
    """
    segments = []
    for index, (points, triangles) in enumerate(foot_surfaces(dimensions, landmarks, bones)):
        if index == 0:
            shank = SHANK_PER_FOOT_LENGTH * dimensions.length_mm
            rise = (1.0 - SHANK_CENTRE_FROM_KNEE) * shank
            centre = landmarks.ankle + np.array([0.0, rise, 0.0])
            gyration = shank * np.asarray(SHANK_GYRATION)
            mass = SHANK_MASS_FRACTION
        else:
            low, high = points.min(axis=0), points.max(axis=0)
            centre = 0.5 * (low + high)
            squares = (high - low) ** 2 / 20.0
            gyration = np.sqrt(squares.sum() - squares)
            mass = FOOT_MASS_FRACTION * _SHARE_OF_FOOT[index]
        segments.append(SegmentGeometry(SEGMENTS[index], centre, points, triangles, mass, gyration))
    return tuple(segments)


def _toe_axis(line_of_heads: FloatArray) -> FloatArray:
    """Lateral unit axis halfway between the line of the heads and straight across the foot."""
    axis = line_of_heads / np.linalg.norm(line_of_heads) + np.array([0.0, 0.0, 1.0])
    axis[1] = 0.0
    return np.asarray(axis / np.linalg.norm(axis))
