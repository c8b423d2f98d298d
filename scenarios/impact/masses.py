# SPDX-License-Identifier: MIT
"""Masses of the chain: what each segment weighs, and what part of it wobbles about the bone.

Segment masses, centres and radii of gyration are those of de Leva 1996 that the quasi-static
analyses use (``meshes.limb``, ``simulator.upper_body``); their sum is the mass of the body.
How much of a segment is bone or moves with it, and how much wobbles, follows the four-mass
model of Liu & Nigg 2000 (J Biomech 33:219): 6.15 and 6 kg of the leg, 12.58 and 50.34 kg of
all above. Source: docs/theory/impact.md, "Chain above the foot".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from meshes.foot import FootGeometry
from meshes.spine import VERTEBRAE
from scenarios.upper.anatomy import UpperAnatomy
from simulator.dynamics.inertia import RigidMass
from simulator.upper_body import (
    DE_LEVA_STATURE_MM,
    FOOT,
    LOWER_TRUNK,
    MIDDLE_TRUNK_MM,
    OMPHALION_MM,
)

Array = NDArray[np.float64]

TONNE_PER_KG = 1e-3

LEG_SOFT_SHARE = 6.0 / (6.15 + 6.0)
TRUNK_SOFT_SHARE = 50.34 / (12.58 + 50.34)
"""Part of a segment's mass that wobbles (Liu & Nigg 2000)."""

SOFT_SHARES: Mapping[str, float] = {
    "tibia": LEG_SOFT_SHARE,
    "femur": LEG_SOFT_SHARE,
    "pelvis": TRUNK_SOFT_SHARE,
    **dict.fromkeys(VERTEBRAE, TRUNK_SOFT_SHARE),
    "trunk": TRUNK_SOFT_SHARE,
}
"""Bones with soft tissue about them; the foot's soft tissue is in its elements."""

SOFT_NAMES: Mapping[str, str] = {
    "tibia": "shank_soft",
    "femur": "thigh_soft",
    **{name: f"{name}_soft" for name in ("pelvis", *VERTEBRAE, "trunk")},
}
OTHER_LEG = "other_leg"
OTHER_LEG_SOFT = "other_leg_soft"
OTHER_LEG_GYRATION_MM = 80.0
"""Of the other leg about its hip, where a ball joint keeps its turning from the pelvis: only what
its soft part needs to have an inertia at all."""


def foot_masses(
    foot: FootGeometry, body_mass_kg: float, tissue_mass_t: float
) -> tuple[RigidMass, ...]:
    """Bones of the foot: its mass less that of the tissue in elements, in the bones' shares.

    Args:
        foot: of the subject.
        body_mass_kg: of the whole body.
        tissue_mass_t: of the plantar tissue that the elements carry, tonne.

    Raises:
        ValueError: If the elements weigh more than the whole foot.
    """
    remaining = FOOT * body_mass_kg * TONNE_PER_KG - tissue_mass_t
    if remaining <= 0.0:
        raise ValueError(
            f"the plantar tissue weighs {1e3 * tissue_mass_t:.2f} kg, more than the whole foot "
            f"of a body of {body_mass_kg:g} kg"
        )
    bones = [bone for bone in foot.segments if bone.name != "tibia"]
    share = remaining / sum(bone.mass_kg_fraction for bone in bones)
    return tuple(
        _turning(bone.name, share * bone.mass_kg_fraction, bone.reference_mm, bone.gyration_mm)
        for bone in bones
    )


def tissue_mass(foot: FootGeometry, tissue_mass_t: float) -> RigidMass:
    """The plantar tissue in elements as one body that moves with the calcaneus.

    For inverse dynamics only: in the equation of motion the elements carry it.
    """
    corners = foot.mesh.points[foot.mesh.cells[:, :4]]
    volume = np.abs(np.linalg.det(corners[:, 1:] - corners[:, :1])) / 6.0
    weight = volume / volume.sum()
    places = corners.mean(axis=1)
    centre = weight @ places
    arms = places - centre
    inertia = tissue_mass_t * _spread(weight, arms)
    return RigidMass("calcaneus", tissue_mass_t, centre, inertia)


def body_masses(
    anatomy: UpperAnatomy, body_mass_kg: float, trunk_offset_mm: float
) -> dict[str, RigidMass]:
    """Whole segments from the shank up, and the other leg at its hip.

    The lower trunk of de Leva ends at the navel; what of it lies above L5-S1 belongs to the
    vertebrae. The slice above L1-L2 is cut once more at the upper endplate of L1.

    Args:
        anatomy: of the subject.
        body_mass_kg: of the whole body.
        trunk_offset_mm: centre of the trunk in front of L5-S1 in standing.
    """
    limb, body = anatomy.limb, anatomy.masses(body_mass_kg, trunk_offset_mm)
    tonne = body_mass_kg * TONNE_PER_KG
    shank, thigh, lower_trunk = limb.segments
    masses = {
        bone.name: _turning(
            bone.name, tonne * bone.mass_kg_fraction, bone.reference_mm, bone.gyration_mm
        )
        for bone in (shank, thigh)
    }
    leg = tonne * (shank.mass_kg_fraction + thigh.mass_kg_fraction + FOOT)
    turning = np.full(3, OTHER_LEG_GYRATION_MM)
    masses[OTHER_LEG] = _turning("pelvis", leg, limb.hip_left, turning)

    hips, l5_s1 = anatomy.hips_mm, anatomy.hips_mm + anatomy.disc_centres_mm[0]
    scale = limb.stature_mm / DE_LEVA_STATURE_MM
    parts: dict[str, list[RigidMass]] = {name: [] for name in (*VERTEBRAE, "trunk")}
    for k, name in enumerate(body.names):
        whole = RigidMass(
            "trunk",
            TONNE_PER_KG * float(body.mass_kg[k]),
            l5_s1 + body.place_mm[k],
            TONNE_PER_KG * np.diag(body.inertia_kg_mm2[k]),
        )
        if body.with_thorax[k]:
            parts["trunk"].append(whole)
        elif body.above[k] < len(VERTEBRAE):
            parts[VERTEBRAE[body.above[k] - 1]].append(whole)
        else:
            assert "xiphoid" in name
            ends = np.array(
                [anatomy.disc_centres_mm[-1, 1], scale * (OMPHALION_MM + MIDDLE_TRUNK_MM)]
            )
            cut = (anatomy.spine.upper_endplate_mm[1] - ends[0]) / np.ptp(ends)
            low, high = _cut(whole, hips[1] + ends, float(cut))
            parts[VERTEBRAE[-1]].append(low)
            parts["trunk"].append(high)
    for name, pieces in parts.items():
        masses[name] = joined(name, pieces)

    above = sum(masses[name].mass_t for name in parts)
    pelvis = tonne - 2.0 * leg - above
    below = scale * OMPHALION_MM + hips[1]
    # The lower trunk's part above L5-S1, at the middle of its height.
    part = tonne * LOWER_TRUNK - pelvis
    middle = np.array([l5_s1[0] + trunk_offset_mm, 0.5 * (l5_s1[1] + below), hips[2]])
    centre = (tonne * LOWER_TRUNK * lower_trunk.reference_mm - part * middle) / pelvis
    masses["pelvis"] = _turning("pelvis", pelvis, centre, lower_trunk.gyration_mm)
    return masses


def bone_and_soft(mass: RigidMass, share: float, soft_name: str) -> tuple[RigidMass, RigidMass]:
    """Part a mass into bone and a wobbling part about the same centre."""
    bone = replace(
        mass, mass_t=(1.0 - share) * mass.mass_t, inertia_t_mm2=(1.0 - share) * mass.inertia_t_mm2
    )
    soft = RigidMass(soft_name, share * mass.mass_t, mass.centre_mm, share * mass.inertia_t_mm2)
    return bone, soft


def joined(segment: str, parts: Sequence[RigidMass]) -> RigidMass:
    """One rigid body of several."""
    weight = np.array([part.mass_t for part in parts])
    total = float(weight.sum())
    centre = weight @ np.array([part.centre_mm for part in parts]) / total
    inertia = np.zeros((3, 3))
    for part in parts:
        inertia += part.inertia_t_mm2
        inertia += part.mass_t * _spread(np.ones(1), (part.centre_mm - centre)[None])
    return RigidMass(segment, total, centre, inertia)


def _cut(mass: RigidMass, ends_mm: Array, share: float) -> tuple[RigidMass, RigidMass]:
    """Two pieces of a body of even mass per height; the lower has the share."""
    pieces = []
    for part, middle in ((share, 0.5 * share), (1.0 - share, 0.5 * (1.0 + share))):
        centre = mass.centre_mm.copy()
        centre[1] = ends_mm[0] + middle * (ends_mm[1] - ends_mm[0])
        pieces.append(
            replace(
                mass,
                mass_t=part * mass.mass_t,
                centre_mm=centre,
                inertia_t_mm2=part * mass.inertia_t_mm2,
            )
        )
    return pieces[0], pieces[1]


def _spread(weight: Array, arms: Array) -> Array:
    """Inertia of points with weights (k,) at arms (k, 3) from the origin, (3, 3)."""
    second = np.einsum("k,ki,kj->ij", weight, arms, arms)
    return np.asarray(np.trace(second) * np.eye(3) - second)


def _turning(name: str, mass_t: float, centre: NDArray[Any], gyration_mm: Array) -> RigidMass:
    return RigidMass(name, mass_t, np.asarray(centre), mass_t * np.diag(gyration_mm**2))
