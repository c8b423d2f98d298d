# SPDX-License-Identifier: MIT
"""The rigid chain of an impact: segments, masses and bushings from the foot to the thorax.

The segments of the foot model come first, in their order; all others stand above them in the
foot frame, upright, as the unloaded configuration. Each has its centre of mass as reference
point. Source: docs/theory/impact.md, "Chain above the foot".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from meshes.foot import FootGeometry
from meshes.spine import VERTEBRAE
from scenarios.impact.masses import (
    LEG_SOFT_SHARE,
    OTHER_LEG,
    OTHER_LEG_SOFT,
    SOFT_NAMES,
    SOFT_SHARES,
    body_masses,
    bone_and_soft,
    foot_masses,
    tissue_mass,
)
from scenarios.impact.stiffness import (
    HIP,
    KNEE,
    LEG_WOBBLE,
    TRUNK,
    TRUNK_WOBBLE,
    ChainDefaults,
    ChainOptions,
    Wobble,
    bone_joint,
    disc_joint,
    foot_joint_damping,
    foot_joint_stiffness,
    rotational,
    thoracic_joint,
)
from scenarios.schema import Scenario
from scenarios.upper.anatomy import UpperAnatomy
from simulator.bushings import Bushing
from simulator.dynamics.inertia import RigidMass
from simulator.segments import Segments
from simulator.upper_body import GRAVITY_MM_S2

Array = NDArray[np.float64]

BONES = ("femur", "pelvis", *VERTEBRAE, "trunk")
"""Bones above the tibia, from below."""


@dataclass(frozen=True, slots=True)
class Link:
    """Two segments that planned motion keeps together in a point.

    Attributes:
        name: of the bushing or joint there, empty within the foot, which moves as one.
        inner: segment nearer to the pelvis.
        outer: segment further from it.
        point_mm: in the unloaded configuration, shape (3,).
    """

    name: str
    inner: str
    outer: str
    point_mm: Array


@dataclass(frozen=True, eq=False)
class ImpactChain:
    """All rigid segments of an impact with what they weigh and what joins them.

    Attributes:
        segments: of the foot model first, then those above.
        masses: of segments; the plantar tissue in elements is left out.
        tissue: that tissue as one body, for inverse dynamics only.
        bushings: between the segments above the foot.
        joint_stiffness: of muscles about ankle and subtalar joint, N mm/rad.
        joint_damping: about the axes of the foot's joints, N mm s/rad.
        links: from the pelvis outwards, so that each inner segment comes before its outer ones.
        foot: of the subject.
        anatomy: of the subject above the knee.
        options: that it was built with.
    """

    segments: Segments
    masses: tuple[RigidMass, ...]
    tissue: RigidMass
    bushings: tuple[Bushing, ...]
    joint_stiffness: dict[str, float]
    joint_damping: dict[str, float]
    links: tuple[Link, ...]
    foot: FootGeometry
    anatomy: UpperAnatomy
    options: ChainOptions

    @property
    def gravity_mm_s2(self) -> Array:
        """Acceleration of free fall; weights belong to the inertia, not to the drives."""
        return GRAVITY_MM_S2

    @property
    def foot_names(self) -> tuple[str, ...]:
        """The segments of the foot model."""
        return tuple(segment.name for segment in self.foot.segments)

    @property
    def total_mass_t(self) -> float:
        """Mass of the body, that of the plantar tissue included."""
        return sum(mass.mass_t for mass in self.masses) + self.tissue.mass_t

    @property
    def left_hip_mm(self) -> Array:
        """Centre of the other hip in the unloaded configuration, shape (3,)."""
        return self.anatomy.limb.hip_left

    def bushing(self, name: str) -> Bushing:
        """Return the bushing called ``name``."""
        return self._bushings[name]

    @cached_property
    def _bushings(self) -> dict[str, Bushing]:
        return {bushing.name: bushing for bushing in self.bushings}

    @cached_property
    def beyond(self) -> dict[str, tuple[int, ...]]:
        """Indices of each segment and all that hang on it further from the pelvis."""
        names: dict[str, list[str]] = {name: [name] for name in self.segments.names}
        for link in reversed(self.links):
            names[link.inner] += names[link.outer]
        index = self.segments.index
        return {name: tuple(index(one) for one in found) for name, found in names.items()}

    @cached_property
    def above_hips(self) -> tuple[int, ...]:
        """Indices of pelvis, spine and trunk with their soft tissue."""
        leg = set(self.beyond["femur"])
        return tuple(k for k in self.beyond["pelvis"] if k not in leg)

    @cached_property
    def linked(self) -> frozenset[str]:
        """Names of the bushings and joints that keep the tree of links together."""
        return frozenset(link.name for link in self.links if link.name)


def build_chain(
    scenario: Scenario,
    foot: FootGeometry,
    anatomy: UpperAnatomy,
    levels: Array,
    tissue_mass_t: float,
    options: ChainOptions | None = None,
) -> ImpactChain:
    """Build the chain of a subject.

    Args:
        scenario: subject and lumbar options.
        foot: of the subject.
        anatomy: of the same subject, standing on the ankle of that foot.
        levels: slow stiffness of the lumbar levels, L5-S1 first, shape (5, 6, 6); see
            ``scenarios.impact.stiffness.level_stiffness``.
        tissue_mass_t: of the plantar tissue in elements, tonne.
        options: wobbling masses and factors.

    Raises:
        ValueError: If the elements weigh more than the foot.
    """
    options = options or ChainDefaults()
    mass_kg = scenario.subject.body_mass_kg
    whole = body_masses(anatomy, mass_kg, scenario.lumbar.trunk_offset_mm)
    other_leg = whole.pop(OTHER_LEG)
    bones, soft = dict(whole), []
    if options.wobbling_masses:
        for name, share in SOFT_SHARES.items():
            bones[name], part = bone_and_soft(whole[name], share, SOFT_NAMES[name])
            soft.append((name, part))
        other_leg, part = bone_and_soft(other_leg, LEG_SOFT_SHARE, OTHER_LEG_SOFT)
        soft.append(("pelvis", part))

    names = [segment.name for segment in foot.segments] + list(BONES)
    places = [segment.reference_mm for segment in foot.segments]
    places += [bones[name].centre_mm for name in BONES]
    names += [part.segment for _, part in soft]
    places += [part.centre_mm for _, part in soft]
    bushings = _bones(anatomy, levels, options)
    bushings += [_wobbling(bone, part) for bone, part in soft]
    return ImpactChain(
        segments=Segments(tuple(names), np.array(places)),
        masses=(
            *foot_masses(foot, mass_kg, tissue_mass_t),
            *bones.values(),
            other_leg,
            *(part for _, part in soft),
        ),
        tissue=tissue_mass(foot, tissue_mass_t),
        bushings=tuple(bushings),
        joint_stiffness=foot_joint_stiffness(options),
        joint_damping=foot_joint_damping(tuple(j.name for j in foot.joints), options),
        links=_links(foot, bushings),
        foot=foot,
        anatomy=anatomy,
        options=options,
    )


def _bones(anatomy: UpperAnatomy, levels: Array, options: ChainOptions) -> list[Bushing]:
    limb, spine, hips = anatomy.limb, anatomy.spine, anatomy.hips_mm
    level, up = np.eye(3), spine.upper_endplate_mm + hips
    found = [
        Bushing("knee", "femur", "tibia", limb.knee, level, *bone_joint(KNEE, options)),
        Bushing("hip", "pelvis", "femur", limb.hip, level, *bone_joint(HIP, options)),
    ]
    lower = "pelvis"
    for one, passive in zip(spine.levels, levels, strict=True):
        place = hips + one.centre_mm
        matrices = disc_joint(passive, options)
        found.append(Bushing(one.name, lower, one.upper, place, one.frame, *matrices))
        lower = one.upper
    found.append(Bushing("thorax", lower, "trunk", up, level, *thoracic_joint(options)))
    muscles = rotational(TRUNK, options.muscle_stiffness_factor, options.joint_damping_factor)
    found.append(Bushing("trunk_muscles", "pelvis", "trunk", up, level, *muscles))
    return found


def _wobbling(bone: str, part: RigidMass) -> Bushing:
    leg = part.segment in (SOFT_NAMES["tibia"], SOFT_NAMES["femur"], OTHER_LEG_SOFT)
    law: Wobble = LEG_WOBBLE if leg else TRUNK_WOBBLE
    return Bushing(part.segment, bone, part.segment, part.centre_mm, np.eye(3), *law.matrices(part))


def _links(foot: FootGeometry, bushings: Sequence[Bushing]) -> tuple[Link, ...]:
    """Tree from the pelvis: up the spine, down the leg, and soft tissue on its bones."""
    by_name = {bushing.name: bushing for bushing in bushings}
    joints = {joint.name: joint for joint in foot.joints}
    hip, knee = by_name["hip"], by_name["knee"]
    ankle, subtalar = joints["ankle"], joints["subtalar"]
    found = [
        Link("hip", "pelvis", "femur", hip.point_mm),
        Link("knee", "femur", "tibia", knee.point_mm),
        Link("ankle", "tibia", "talus", ankle.centre_mm),
        Link("subtalar", "talus", "calcaneus", subtalar.centre_mm),
    ]
    for segment in foot.segments:
        if segment.name not in ("tibia", "talus", "calcaneus"):
            found.append(Link("", "calcaneus", segment.name, segment.reference_mm))
    for bushing in bushings:
        if bushing.name not in ("hip", "knee", "trunk_muscles"):
            found.append(Link(bushing.name, bushing.proximal, bushing.distal, bushing.point_mm))
    return tuple(found)
