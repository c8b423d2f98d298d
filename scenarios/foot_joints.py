# SPDX-License-Identifier: MIT
"""Stiffness of the foot's joints: what ligaments and bone contact do that bands do not.

No source gives joint by joint stiffnesses of one foot, so these are engineering
defaults. Stiff freedoms are bone on bone: large enough that the joint does not
open. Free ones are set so that, with the fascia and the plantar ligaments, the
navicular sinks 5 to 9 mm from unloaded to standing (Brody 1982) and the toes
bend by 50 to 60 degrees at push-off under a few newton metres.

They belong to a neutral foot of 255 mm. A foot of another size has them as its shape in proportion
would have (moments with the cube of length, bands with length), whatever the body's weight; a
low-arched or pronated foot is more flexible, a high-arched or supinated one stiffer.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from materials.build import foot_ligament, plantar_fascia_ray
from meshes.anatomy import BandGeometry, JointGeometry
from meshes.foot_dimensions import FootDimensions
from meshes.foot_flexibility import range_of_motion
from simulator.connectors import Band, Joint

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
        made.append(Band(band.name, names, points, stiffness, ramp.toe_mm))
    return tuple(made)
