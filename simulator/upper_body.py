# SPDX-License-Identifier: MIT
"""Loads of the lumbar discs from the top down, and the pelvis from the bottom up.

``force_n`` of a level is what all that is above applies to that disc's upper
vertebra, ``sum m_k (g - a_k)``; in quiet standing it points down with the weight
of the upper body. ``moment_nmm`` is about the disc's centre,
``sum (r_k - r_i) x m_k (g - a_k) - dH/dt``.

Segment masses, centres and radii of gyration: de Leva 1996, J Biomech 29:1223,
table 4 (males), confidence M+. Lumbar levels cut the trunk there where
`simulator.chain` has their discs; the slices in between have the trunk's mass per
length (0.076 % of body mass per mm of a 1741 mm man, 2.6-2.8 % a level).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from simulator.chain import LumbarChain

Array = NDArray[np.float64]

GRAVITY_MM_S2 = np.array([0.0, -9806.65, 0.0])
DE_LEVA_STATURE_MM = 1741.0
LEVELS = ("L5-S1", "L4-L5", "L3-L4", "L2-L3", "L1-L2")

HEAD, UPPER_TRUNK, MIDDLE_TRUNK, LOWER_TRUNK = 0.0694, 0.1596, 0.1633, 0.1117
UPPER_ARM, FOREARM, HAND = 0.0271, 0.0162, 0.0061
THIGH, SHANK, FOOT = 0.1416, 0.0433, 0.0137
HAND_TO_HEAD = 0.4911
"""Head, both arms, upper and middle trunk, in body masses."""

OMPHALION_MM = 145.7
"""Height of the cut between middle and lower trunk over the hips (1741 mm man)."""
MIDDLE_TRUNK_MM = 215.5
CENTRE_OFFSET_MM = 20.0
"""Centre of the upper body anterior to the L5-S1 disc in standing; about 8 Nm."""


@dataclass(frozen=True, slots=True)
class UpperBody:
    """Masses above the pelvis in standing.

    Attributes:
        mass_kg: of each segment, shape (k,).
        place_mm: standing centre relative to the L5-S1 disc, shape (k, 3).
        inertia_kg_mm2: principal moments about the centre (x, y, z), shape (k, 3).
        above: number of the five discs that lie below the segment, shape (k,).
        with_thorax: moves with the thorax, else with the vertebra below it, (k,).
        names: of the segments.
    """

    mass_kg: Array
    place_mm: Array
    inertia_kg_mm2: Array
    above: NDArray[np.int64]
    with_thorax: NDArray[np.bool_]
    names: tuple[str, ...]

    def mass_above(self, level: int) -> float:
        """Mass that disc ``level`` (0 is L5-S1) carries, kg."""
        return float(self.mass_kg[self.above > level].sum())


def upper_body(
    body_mass_kg: float,
    stature_m: float,
    disc_height_over_hip_mm: Array,
    centre_offset_mm: float = CENTRE_OFFSET_MM,
) -> UpperBody:
    """Segments above the pelvis of a standing person.

    Args:
        body_mass_kg: whole body.
        stature_m: height.
        disc_height_over_hip_mm: heights of the five disc centres over the hips,
            from L5-S1 up, shape (5,).
        centre_offset_mm: centre of all above L5-S1 anterior to that disc.
    """
    scale = 1000.0 * stature_m / DE_LEVA_STATURE_MM
    cuts = np.asarray(disc_height_over_hip_mm, dtype=float) / scale
    density = (LOWER_TRUNK / OMPHALION_MM, MIDDLE_TRUNK / MIDDLE_TRUNK_MM)
    xiphoid = OMPHALION_MM + MIDDLE_TRUNK_MM

    names, masses, heights, radii, above = [], [], [], [], []
    for i in range(5):
        top = cuts[i + 1] if i < 4 else xiphoid
        mass, centre = _slice(float(cuts[i]), float(top), density)
        names.append(f"trunk {LEVELS[i]} to {LEVELS[i + 1] if i < 4 else 'xiphoid'}")
        masses.append(mass)
        heights.append(centre)
        radii.append([95.0, 101.0, 65.0])
        above.append(i + 1)
    for name, mass, height, radius in (
        ("upper trunk", UPPER_TRUNK, 480.7, [122.0, 112.0, 77.0]),
        ("head", HEAD, 724.7, [73.6, 63.4, 76.5]),
        ("arms", 2.0 * (UPPER_ARM + FOREARM + HAND), 233.2, [270.0, 190.0, 190.0]),
    ):
        names.append(name)
        masses.append(mass)
        heights.append(height)
        radii.append(radius)
        above.append(5)
    mass_kg = body_mass_kg * np.array(masses)
    place = np.zeros((len(names), 3))
    place[:, 0] = centre_offset_mm
    place[:, 1] = scale * (np.array(heights) - cuts[0])
    return UpperBody(
        mass_kg=mass_kg,
        place_mm=place,
        inertia_kg_mm2=mass_kg[:, None] * (scale * np.array(radii)) ** 2,
        above=np.array(above),
        with_thorax=np.arange(len(names)) >= 5,
        names=tuple(names),
    )


def _slice(bottom: float, top: float, density: tuple[float, float]) -> tuple[float, float]:
    """Mass fraction and centre height of the trunk between two heights over the hips."""
    mass = moment = 0.0
    for low, high, per_mm in (
        (-np.inf, OMPHALION_MM, density[0]),
        (OMPHALION_MM, np.inf, density[1]),
    ):
        a, b = max(bottom, low), min(top, high)
        if b > a:
            mass += per_mm * (b - a)
            moment += per_mm * (b - a) * 0.5 * (a + b)
    return mass, moment / mass


class TrunkMotion(Protocol):
    """Motion of the trunk at one instant; see `scenarios.gait.stance.GaitInstant`."""

    @property
    def com_acceleration_mm_s2(self) -> Array:
        """Of the whole body, shape (3,)."""

    @property
    def pelvis_angular_velocity_rad_s(self) -> Array:
        """World axes, shape (3,)."""

    @property
    def pelvis_angular_acceleration_rad_s2(self) -> Array:
        """World axes, shape (3,)."""

    @property
    def thorax_angular_velocity_rad_s(self) -> Array:
        """World axes, shape (3,)."""

    @property
    def thorax_angular_acceleration_rad_s2(self) -> Array:
        """World axes, shape (3,)."""


@dataclass(frozen=True, slots=True)
class DiscLoads:
    """Loads of the five discs, L5-S1 first, in world axes.

    Attributes:
        force_n: of all above on the disc's upper vertebra, shape (5, 3).
        moment_nmm: id., about the disc's centre, shape (5, 3).
    """

    force_n: Array
    moment_nmm: Array


def segment_places_mm(body: UpperBody, chain: LumbarChain) -> tuple[Array, Array]:
    """Current centres relative to the L5-S1 disc (k, 3) and rotations (k, 3, 3)."""
    below = body.above - 1
    rotation = np.where(
        body.with_thorax[:, None, None], chain.thorax_rotation, chain.vertebra_rotation[below]
    )
    arm = body.place_mm - chain.standing_centre_mm[below]
    return chain.centre_mm[below] + np.einsum("kij,kj->ki", rotation, arm), rotation


def disc_loads(body: UpperBody, chain: LumbarChain, motion: TrunkMotion) -> DiscLoads:
    """Loads of the discs from the masses above them.

    All segments above the pelvis accelerate as the whole body's centre of mass
    does; their spin goes from that of the pelvis to that of the thorax with height.
    """
    place, force, spin_rate = _segment_loads(body, chain, motion)
    forces, moments = np.zeros((5, 3)), np.zeros((5, 3))
    for level in range(5):
        carried = body.above > level
        arm = place[carried] - chain.centre_mm[level]
        forces[level] = force[carried].sum(axis=0)
        moments[level] = (np.cross(arm, force[carried]) - spin_rate[carried]).sum(axis=0)
    return DiscLoads(forces, moments)


def slice_load(
    body: UpperBody, chain: LumbarChain, motion: TrunkMotion, level: int
) -> tuple[Array, Array]:
    """Weight and inertia of the trunk between a disc and the one above it.

    Args:
        body: masses above the pelvis.
        chain: pose of the lumbar spine.
        motion: accelerations.
        level: the disc below, 0 is L5-S1.

    Returns:
        Force (3,), N, and moment (3,) about that disc's centre, N mm, world axes.
    """
    place, force, spin_rate = _segment_loads(body, chain, motion)
    part = body.above == level + 1
    part &= ~body.with_thorax
    arm = place[part] - chain.centre_mm[level]
    moment = (np.cross(arm, force[part]) - spin_rate[part]).sum(axis=0)
    return force[part].sum(axis=0), moment


def _segment_loads(
    body: UpperBody, chain: LumbarChain, motion: TrunkMotion
) -> tuple[Array, Array, Array]:
    """Places relative to L5-S1, forces and rates of spin of all segments, each (k, 3)."""
    place, rotation = segment_places_mm(body, chain)
    mass = body.mass_kg[:, None]
    # kg mm / s2 is mN
    force = 1e-3 * mass * (GRAVITY_MM_S2 - motion.com_acceleration_mm_s2)
    share = np.where(body.with_thorax, 1.0, body.above / 6.0)[:, None]
    spin = _blend(share, motion.pelvis_angular_velocity_rad_s, motion.thorax_angular_velocity_rad_s)
    rate = _blend(
        share, motion.pelvis_angular_acceleration_rad_s2, motion.thorax_angular_acceleration_rad_s2
    )
    inertia = np.einsum("kij,kj,klj->kil", rotation, body.inertia_kg_mm2, rotation)
    momentum = np.einsum("kij,kj->ki", inertia, spin)
    # kg mm2 / s2 is 1e-3 N mm
    spin_rate = 1e-3 * (np.einsum("kij,kj->ki", inertia, rate) + np.cross(spin, momentum))
    return place, force, spin_rate


def _blend(share: Array, low: Array, high: Array) -> Array:
    return np.asarray((1.0 - share) * low + share * high)


@dataclass(frozen=True, slots=True)
class BottomUp:
    """What the legs and the pelvis pass on at L5-S1, over n instants.

    Attributes:
        force_n: that they can carry there, shape (n, 3); in balance it is minus
            the force that the upper body applies.
        moment_nmm: id., about the L5-S1 disc, shape (n, 3).
    """

    force_n: Array
    moment_nmm: Array


def bottom_up(
    ground_force_n: Array,
    ground_point_mm: Array,
    free_moment_nmm: Array,
    mass_kg: Array,
    centre_mm: Array,
    acceleration_mm_s2: Array,
    disc_mm: Array,
) -> BottomUp:
    """Inverse dynamics from the ground through legs and pelvis to L5-S1.

    The legs' own rates of spin are left out (a few Nm in swing).

    Args:
        ground_force_n: on both feet, shape (2, n, 3).
        ground_point_mm: points of application, shape (2, n, 3); zero without force.
        free_moment_nmm: about the vertical, shape (2, n).
        mass_kg: of the segments below L5-S1, shape (k,).
        centre_mm: their centres, shape (k, n, 3).
        acceleration_mm_s2: id., shape (k, n, 3).
        disc_mm: centre of the L5-S1 disc, shape (n, 3).
    """
    weight = 1e-3 * mass_kg[:, None, None] * (GRAVITY_MM_S2 - acceleration_mm_s2)
    force = ground_force_n.sum(axis=0) + weight.sum(axis=0)
    moment = np.cross(ground_point_mm - disc_mm, ground_force_n).sum(axis=0)
    moment += np.cross(centre_mm - disc_mm, weight).sum(axis=0)
    moment[:, 1] += free_moment_nmm.sum(axis=0)
    return BottomUp(force, moment)
