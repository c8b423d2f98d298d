# SPDX-License-Identifier: MIT
"""Inverse dynamics of the planned motion: what each bushing and joint of the chain has to carry.

Source: docs/theory/impact.md, "Chain above the foot".
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from scenarios.foot_loads import smoothstep
from scenarios.impact.chain import ImpactChain
from scenarios.impact.movement import Movement, MovementInstant
from scenarios.impact.posture import (
    chained,
    chained_accelerations,
    orientation,
    planned_poses,
    spin_rates,
)
from simulator.segments import Poses

Array = NDArray[np.float64]

GROUND_RISE_S = 0.02
"""Within this time the expected ground reaction sets in; at touchdown there is none, though a
measured one begins at the threshold of contact."""


@dataclass(frozen=True, slots=True)
class PlannedMotion:
    """The planned motion at an instant.

    Attributes:
        now: what the movement gives.
        ground_n: expected reaction on the foot, none at touchdown, shape (3,).
        poses: of all segments; the subtalar joint where it is in the unloaded configuration.
        spins_rad_s: angular velocities, shape (n, 3).
        rates: of reference points and rotations, pelvis at rest, shape (n, 6).
        accelerations_mm_s2: of the reference points, shape (n, 3).
        spin_rates_rad_s2: shape (n, 3).
    """

    now: MovementInstant
    ground_n: Array
    poses: Poses
    spins_rad_s: Array
    rates: Array
    accelerations_mm_s2: Array
    spin_rates_rad_s2: Array


@dataclass(frozen=True, slots=True)
class Inertial:
    """Forces of inertia less weights, mass by mass, world axes.

    Attributes:
        segment: index of the segment, shape (m,).
        centre_mm: shape (m, 3).
        force_n: shape (m, 3).
        moment_nmm: about the centre, shape (m, 3).
    """

    segment: NDArray[np.int64]
    centre_mm: Array
    force_n: Array
    moment_nmm: Array


@dataclass(frozen=True, slots=True)
class Wrenches:
    """What holds the planned motion, world axes.

    Attributes:
        carried: by name of bushing or joint, force (N) that it exerts on the segments beyond
            it and moment (N mm) about its point, shape (6,).
        other_hip_n: force of the other leg on the pelvis at the left hip, shape (3,).
        other_hip_nmm: moment on the pelvis about the left hip that closes the balance, (3,).
    """

    carried: dict[str, Array]
    other_hip_n: Array
    other_hip_nmm: Array


def planned_motion(chain: ImpactChain, movement: Movement, time_s: float) -> PlannedMotion:
    """The planned motion at an instant.

    Orientations and their rates are the movement's, and so are the angular accelerations of
    the leg. All above the hips is planned to accelerate as one, as in the quasi-static analyses:
    second derivatives of the trunk's angles are too uncertain to put its mass on their arm. The
    one translation that is left follows from the balance of momentum with the forces on both
    feet.
    """
    now = movement.at(time_s)
    poses = planned_poses(chain, movement, time_s)
    spins = orientation(chain, now).spin_rad_s
    rates = np.hstack([chained(chain, poses, spins), spins])
    turning = spin_rates(chain, movement, time_s)
    turning[list(chain.above_hips)] = 0.0
    gained = chained_accelerations(chain, poses, spins, turning)
    ground = now.ground_force_n - _missing(movement, time_s)
    relative = PlannedMotion(now, ground, poses, spins, rates, gained, turning)
    lacking = ground + now.other_force_n - inertial(chain, relative).force_n.sum(axis=0)
    return replace(relative, accelerations_mm_s2=gained + lacking / chain.total_mass_t)


def _missing(movement: Movement, time_s: float) -> Array:
    """What the force at touchdown takes from the expected one shortly after."""
    share = 1.0 - smoothstep(time_s / GROUND_RISE_S)
    return np.asarray(share * movement.at(0.0).ground_force_n)


def inertial(chain: ImpactChain, motion: PlannedMotion) -> Inertial:
    """Forces of inertia less weights of all masses, the plantar tissue as one body."""
    masses = (*chain.masses, chain.tissue)
    segments, poses = chain.segments, motion.poses
    owner = np.array([segments.index(mass.segment) for mass in masses])
    weight = np.array([mass.mass_t for mass in masses])[:, None]
    turned = poses.rotation[owner]
    places = np.array([mass.centre_mm for mass in masses]) - segments.reference_mm[owner]
    arm = np.einsum("kij,kj->ki", turned, places)
    body = np.array([mass.inertia_t_mm2 for mass in masses])
    inertia = turned @ body @ np.swapaxes(turned, -1, -2)
    spin, turning = motion.spins_rad_s[owner], motion.spin_rates_rad_s2[owner]
    centre = motion.accelerations_mm_s2[owner] + np.cross(turning, arm)
    centre += np.cross(spin, np.cross(spin, arm))
    momentum = np.einsum("kij,kj->ki", inertia, spin)
    return Inertial(
        segment=owner,
        centre_mm=poses.position_mm[owner] + arm,
        force_n=weight * (centre - chain.gravity_mm_s2),
        moment_nmm=np.einsum("kij,kj->ki", inertia, turning) + np.cross(spin, momentum),
    )


def wrenches(chain: ImpactChain, motion: PlannedMotion) -> Wrenches:
    """Inverse dynamics of a planned motion.

    The ground reaction acts on the foot at that point of the flat sole where the movement has
    its centre of pressure.
    """
    now, segments, parts = motion.now, chain.segments, inertial(chain, motion)
    sole = np.array([now.cop_foot_mm[0], 0.0, now.cop_foot_mm[1]])
    heel = segments.index("calcaneus")
    under = place_of(chain, motion.poses, "calcaneus", sole)

    def held(members: Iterable[int], point: Array) -> Array:
        there = np.isin(parts.segment, list(members))
        force = parts.force_n[there].sum(axis=0)
        arm = parts.centre_mm[there] - point
        moment = (parts.moment_nmm[there] + np.cross(arm, parts.force_n[there])).sum(axis=0)
        if heel in members:
            force = force - motion.ground_n
            moment = moment - np.cross(under - point, motion.ground_n)
        return np.concatenate([force, moment])

    carried = {}
    for link in chain.links:
        if link.name:
            point = place_of(chain, motion.poses, link.outer, link.point_mm)
            carried[link.name] = held(chain.beyond[link.outer], point)
    left = place_of(chain, motion.poses, "pelvis", chain.left_hip_mm)
    whole = held(range(len(segments)), left)
    return Wrenches(carried, now.other_force_n, whole[3:])


def place_of(chain: ImpactChain, poses: Poses, segment: str, point_mm: Array) -> Array:
    """Where a point of a segment is, given in the unloaded configuration."""
    k = chain.segments.index(segment)
    return np.asarray(poses.point(k, chain.segments.reference_mm[k], point_mm))
