# SPDX-License-Identifier: MIT
"""Stiffness of the foot's joints: what ligaments and bone contact do that bands do not.

No source gives joint by joint stiffnesses of one foot, so these are engineering
defaults. Stiff freedoms are bone on bone: large enough that the joint does not
open. Free ones are set so that, with the fascia and the plantar ligaments, the
navicular sinks 5 to 9 mm from unloaded to standing (Brody 1982) and the toes
bend by 50 to 60 degrees at push-off under a few newton metres.

The ligaments from the leg and the talus to the foot are slack in the middle of the subtalar
joint's range: a foot without load everts by 10 degrees under 3 N m, for which straight bands that
are taut in neutral would ask for 26. What the joint opposes within that range is its own
stiffness (`scenarios.foot_loads`).

They belong to a neutral foot of 255 mm. A foot of another size has them as its shape in proportion
would have (moments with the cube of length, bands with length), whatever the body's weight; a
low-arched or pronated foot is more flexible, a high-arched or supinated one stiffer.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from materials.build import foot_ligament, plantar_fascia_ray
from meshes.anatomy import BandGeometry, JointGeometry
from meshes.foot_dimensions import FootDimensions
from meshes.foot_flexibility import range_of_motion
from meshes.foot_landmarks import foot_landmarks, subtalar_axis
from simulator.connectors import Band, Joint
from simulator.rotations import about

BONE_CONTACT_N_PER_MM = 2.0e3
BONE_CONTACT_NMM_PER_RAD = 5.0e6
FREE_NMM_PER_RAD = {
    "ankle": 0.0,
    "subtalar": 0.0,
    "midfoot": 3.0e4,
    "tarsometatarsal": 2.5e4,
    "mtp_1": 4.0e3,
    "mtp_2": 6.0e3,
}
"""Stiffness about the axis of a hinge, about all three of a ball."""
CUBIC_NMM_PER_RAD3 = {
    "midfoot": 3.0e7,
    "tarsometatarsal": 5.0e7,
    "mtp_1": 3.0e3,
    "mtp_2": 4.5e3,
}
"""Stiffening towards the end of the range: midfoot and tarsometatarsal joints lock within a few
degrees, which lets the heel rise at push-off."""


ARCH_JOINTS = ("midfoot", "tarsometatarsal")
ARCH_BANDS = ("fascia", "long_plantar", "short_plantar", "spring", "plantar_tarsometatarsal")
"""What carries the arch, and is flexible or stiff with the type of foot; names begin so."""


ABOVE_SUBTALAR = ("tibia", "talus")
"""Segments on the near side of the subtalar joint."""
SUBTALAR_FREE_DEG = 10.0
"""Eversion and inversion of the calcaneus at which a ligament across the subtalar joint comes taut.

Up to there the passive moment is at most twice its straight line from neutral (polynomials of
DeMers et al. 2017, J Biomech 52:17, about three axes of a foot without load)."""


def foot_joints(joints: Sequence[JointGeometry], dimensions: FootDimensions) -> tuple[Joint, ...]:
    """Return connectors for the joints of a foot of these dimensions."""
    size, wide = dimensions.scale**3, range_of_motion(dimensions)
    made = []
    for joint in joints:
        key = "tarsometatarsal" if joint.name.startswith("tarsometatarsal") else joint.name
        wider = wide if key in ARCH_JOINTS else 1.0
        free = size / wider * FREE_NMM_PER_RAD[key]
        off = free if joint.kind == "ball" else BONE_CONTACT_NMM_PER_RAD
        made.append(
            Joint(
                joint.name,
                joint.proximal,
                joint.distal,
                joint.centre_mm,
                joint.axis,
                BONE_CONTACT_N_PER_MM,
                off,
                free,
                cubic_nmm_per_rad3=size / wider**3 * CUBIC_NMM_PER_RAD3.get(key, 0.0),
            )
        )
    return tuple(made)


def foot_bands(bands: Sequence[BandGeometry], dimensions: FootDimensions) -> tuple[Band, ...]:
    """Return connectors for the plantar fascia and the ligaments of a foot of these dimensions."""
    made = []
    for band in bands:
        points = np.array([point for _, point in band.points])
        length = float(np.linalg.norm(np.diff(points, axis=0), axis=1).sum())
        # The fascia's stiffness is that of a whole one, a ligament's of a cross-section.
        if band.name.startswith("fascia"):
            curve, size = plantar_fascia_ray(length), dimensions.scale
        else:
            curve, size = foot_ligament(length), dimensions.scale**2
        ramp = curve.ramps[0]
        names = tuple(name for name, _ in band.points)
        wider = range_of_motion(dimensions) if band.name.startswith(ARCH_BANDS) else 1.0
        stiffness = size / wider * ramp.stiffness_n_per_mm
        slack = subtalar_slack_mm(names, points, dimensions)
        made.append(Band(band.name, names, points, stiffness, ramp.toe_mm, slack))
    return tuple(made)


def subtalar_slack_mm(
    names: Sequence[str], points_mm: NDArray[np.float64], dimensions: FootDimensions
) -> float:
    """Return how much a band lengthens within the free range of the subtalar joint.

    Args:
        names: Segments of its points, from origin to insertion.
        points_mm: The points of the unloaded foot, shape (n, 3).
        dimensions: Of the foot.
    """
    if names[0] not in ABOVE_SUBTALAR or names[-1] in ABOVE_SUBTALAR:
        return 0.0
    axis, centre = subtalar_axis(dimensions), foot_landmarks(dimensions).subtalar
    # The calcaneus everts by the axis' forward part of the turn.
    turn = np.radians(SUBTALAR_FREE_DEG) / axis[0]
    arm, origin = points_mm[-1] - centre, points_mm[0] - centre
    lengths = [np.linalg.norm(about(axis, way * turn) @ arm - origin) for way in (-1.0, 0.0, 1.0)]
    return float(max(lengths) - lengths[1])
