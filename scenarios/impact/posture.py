# SPDX-License-Identifier: MIT
"""Planned posture of the chain at an instant: where all segments are and how they move.

The movement gives orientations of tibia, pelvis and thorax and the angles in between. Segments
then follow from one another with joints closed exactly, and so do their velocities and
accelerations; one translation of the whole remains, which the foot's place, the heel's velocity
or the balance of momentum settles.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from meshes.spine import VERTEBRAE
from scenarios.impact.chain import ImpactChain
from scenarios.impact.movement import Movement, MovementInstant, angular_velocity
from scenarios.impact.touchdown import leg_motion
from scenarios.upper.column import LUMBAR_PART
from simulator.dynamics.inertia import SegmentRates
from simulator.rotations import exponential, logarithm
from simulator.segments import Poses
from simulator.spine.chain import ROTATION_SHARES

Array = NDArray[np.float64]

SPIN_STEP_S = 5e-3
"""Angular accelerations are differences of angular velocities over twice this time."""

SAME_RAD = 1e-6
"""Difference of two rotations that are meant to be one."""


@dataclass(frozen=True, slots=True)
class Orientation:
    """Rotations of all segments and their angular velocities in world axes.

    Attributes:
        rotation: shape (n, 3, 3).
        spin_rad_s: shape (n, 3).
    """

    rotation: Array
    spin_rad_s: Array


def initial_state(
    chain: ImpactChain, movement: Movement, foot_poses: Poses
) -> tuple[Poses, SegmentRates]:
    """Poses and rates of all segments at touchdown.

    Args:
        chain: of the subject.
        movement: from touchdown on.
        foot_poses: of the foot's segments, put into the posture of touchdown; their places
            are kept and the chain stands on their tibia.

    Raises:
        ValueError: If the foot has another posture than the movement begins with.
    """
    poses = planned_poses(chain, movement, 0.0, foot_poses)
    now = movement.at(0.0)
    spins = orientation(chain, now).spin_rad_s
    arms = _heel_arm(chain, poses)
    velocity = chained(chain, poses, spins)
    heel = chain.segments.index("calcaneus")
    at_heel = velocity[heel] + np.cross(spins[heel], arms)
    velocity += movement.heel_velocity_mm_s - at_heel
    return poses, SegmentRates(velocity, spins)


def planned_poses(
    chain: ImpactChain, movement: Movement, time_s: float, foot_poses: Poses | None = None
) -> Poses:
    """Poses at an instant, joints closed.

    Args:
        chain: of the subject.
        movement: from touchdown on.
        time_s: since touchdown.
        foot_poses: of the foot's segments at that instant; left out, the subtalar joint stands
            where it does in the unloaded configuration.

    Raises:
        ValueError: If `foot_poses` has another posture.
    """
    turned = orientation(chain, movement.at(time_s)).rotation
    place = _closed(chain, turned)
    names = chain.foot_names
    if foot_poses is not None:
        count = len(names)
        away = np.linalg.norm(
            logarithm(turned[:count] @ np.swapaxes(foot_poses.rotation, -1, -2)), axis=1
        )
        worst = int(np.argmax(away))
        if away[worst] > SAME_RAD:
            raise ValueError(
                f"{names[worst]} stands {np.degrees(away[worst]):.2g} degrees from where the "
                "movement begins"
            )
        tibia = names.index("tibia")
        place += foot_poses.position_mm[tibia] - place[tibia]
        place[:count] = foot_poses.position_mm
        turned[:count] = foot_poses.rotation
    return Poses(place, turned)


def orientation(chain: ImpactChain, now: MovementInstant) -> Orientation:
    """Rotations and angular velocities of all segments at an instant of a movement.

    Lumbar levels share the lumbar part of the turn from pelvis to thorax, as in
    ``scenarios.upper.column``.
    """
    leg = leg_motion(
        now, chain.foot, chain.anatomy.size, heel_point_mm=chain.foot.landmarks.heel_centre
    )
    rotation = dict.fromkeys(chain.foot_names, leg.foot_rotation)
    spin = dict.fromkeys(chain.foot_names, leg.foot_velocity_rad_s)
    rotation |= {
        "talus": leg.talus_rotation,
        "tibia": now.tibia_rotation,
        "femur": leg.femur_rotation,
        "pelvis": now.pelvis_rotation,
        "trunk": now.thorax_rotation,
    }
    spin |= {
        "talus": leg.talus_velocity_rad_s,
        "tibia": now.tibia_velocity_rad_s,
        "femur": leg.femur_velocity_rad_s,
        "pelvis": now.pelvis_velocity_rad_s,
        "trunk": now.thorax_velocity_rad_s,
    }
    pelvis = now.pelvis_rotation
    whole = logarithm(pelvis.T @ now.thorax_rotation)
    change = np.linalg.solve(
        np.column_stack([angular_velocity(whole, unit) for unit in np.eye(3)]),
        pelvis.T @ (now.thorax_velocity_rad_s - now.pelvis_velocity_rad_s),
    )
    for name, share in zip(VERTEBRAE, np.cumsum(ROTATION_SHARES), strict=True):
        part = share * LUMBAR_PART
        rotation[name] = pelvis @ exponential(part * whole)
        turning = angular_velocity(part * whole, part * change)
        spin[name] = now.pelvis_velocity_rad_s + pelvis @ turning
    for link in chain.links:
        rotation.setdefault(link.outer, rotation[link.inner])
        spin.setdefault(link.outer, spin[link.inner])
    names = chain.segments.names
    return Orientation(
        np.array([rotation[name] for name in names]), np.array([spin[name] for name in names])
    )


def spin_rates(chain: ImpactChain, movement: Movement, time_s: float) -> Array:
    """Angular accelerations at an instant, world axes, shape (n, 3)."""
    middle = min(max(time_s, SPIN_STEP_S), movement.end_s - SPIN_STEP_S)
    after, before = (
        orientation(chain, movement.at(middle + step)).spin_rad_s
        for step in (SPIN_STEP_S, -SPIN_STEP_S)
    )
    return np.asarray((after - before) / (2.0 * SPIN_STEP_S))


def chained(chain: ImpactChain, poses: Poses, spins: Array) -> Array:
    """Velocities of the reference points that keep joints closed, pelvis at rest, (n, 3)."""
    return _followed(chain, poses.rotation, lambda k, arm: np.cross(spins[k], arm))


def chained_accelerations(chain: ImpactChain, poses: Poses, spins: Array, rates: Array) -> Array:
    """Accelerations of the reference points that keep joints closed, pelvis at rest, (n, 3)."""
    return _followed(
        chain,
        poses.rotation,
        lambda k, arm: np.cross(rates[k], arm) + np.cross(spins[k], np.cross(spins[k], arm)),
    )


def _followed(chain: ImpactChain, rotation: Array, of_arm: Callable[[int, Array], Array]) -> Array:
    """Add up what arms between joints give from the pelvis outwards, (n, 3).

    Args:
        chain: of the subject.
        rotation: of all segments.
        of_arm: value of an arm (3,) in world axes that turns with segment k.
    """
    segments = chain.segments
    found = np.zeros((len(segments), 3))
    for link in chain.links:
        i, o = segments.index(link.inner), segments.index(link.outer)
        inner, outer = (rotation[k] @ (link.point_mm - segments.reference_mm[k]) for k in (i, o))
        found[o] = found[i] + of_arm(i, inner) - of_arm(o, outer)
    return found


def _closed(chain: ImpactChain, turned: Array) -> Array:
    """Places of the reference points with joints closed, subtalar joint unmoved, (n, 3)."""
    segments = chain.segments
    place = _followed(chain, turned, lambda _, arm: arm)
    joint = next(link.point_mm for link in chain.links if link.name == "subtalar")
    k = segments.index("talus")
    return np.asarray(place + joint - place[k] - turned[k] @ (joint - segments.reference_mm[k]))


def _heel_arm(chain: ImpactChain, poses: Poses) -> Array:
    """From the calcaneus' reference point to the sole's lowest point, world axes, (3,)."""
    i = chain.segments.index("calcaneus")
    points = chain.foot.mesh.points
    lowest = points[int(np.argmin(points @ poses.rotation[i][1]))]
    return np.asarray(poses.rotation[i] @ (lowest - chain.segments.reference_mm[i]))
