# SPDX-License-Identifier: MIT
"""What drives the chain: springs at rest on the planned motion, and the loads that it needs.

Inverse dynamics of the planned motion, from the outer segments to the pelvis, gives the force
and moment that each bushing and joint has to carry. At touchdown all of it is there, so that
the accelerations of the chain begin as planned and nothing jumps: forces as the preload of
springs, whose rest then stays where it is, moments as feed-forward loads, which go on with the
ground reaction that the movement expects. The other foot's reaction acts at its hip; the moment
that is then left acts on the pelvis, where the other leg and the arms would have it.

All of it depends on the movement alone, so a candidate insole meets the same drives.
Source: docs/theory/impact.md, "Chain above the foot".
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from scenarios.impact.chain import ImpactChain
from scenarios.impact.movement import Movement, MovementInstant
from scenarios.impact.posture import (
    chained,
    chained_accelerations,
    orientation,
    planned_poses,
    spin_rates,
)
from scenarios.impact.stiffness import NM, OTHER_HIP, TRUNK_HOLD_NM_PER_RAD
from simulator.bushings import Bushing, BushingDrive, Bushings
from simulator.connectors import JointDrive, RotationDrive, TranslationDrive
from simulator.equilibrium import Drives
from simulator.segments import Poses

Array = NDArray[np.float64]

FOOT_JOINTS = ("ankle", "subtalar")


@dataclass(frozen=True, slots=True)
class PlannedMotion:
    """The planned motion at an instant.

    Attributes:
        now: what the movement gives.
        poses: of all segments; the subtalar joint where it is in the unloaded configuration.
        spins_rad_s: angular velocities, shape (n, 3).
        rates: of reference points and rotations, pelvis at rest, shape (n, 6).
        accelerations_mm_s2: of the reference points, shape (n, 3).
        spin_rates_rad_s2: shape (n, 3).
    """

    now: MovementInstant
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


class FeedForward:
    """Drives of a chain along a movement.

    Args:
        chain: of the subject.
        movement: from touchdown on.
    """

    def __init__(self, chain: ImpactChain, movement: Movement):
        self.chain = chain
        self.movement = movement
        self._bushings = Bushings(chain.segments, chain.bushings)
        motion = planned_motion(chain, movement, 0.0)
        forces, coordinates, _ = self._needed(motion, wrenches(chain, motion))
        self._stretch = np.zeros_like(forces)
        for k, (bushing, force) in enumerate(zip(chain.bushings, forces, strict=True)):
            held = slice(0, 6 if is_wobbling(bushing) else 3)
            if bushing.name in chain.outwards:
                spring = bushing.stiffness[held, held]
                self._stretch[k, held] = np.linalg.solve(spring, force[held])
        self._start = coordinates

    def at(self, time_s: float) -> Drives:
        """Drives at an instant.

        Dampers of bushings and joints are not among them, but what these take on the planned
        motion is, so that they damp the departure from it alone.
        """
        chain = self.chain
        motion = planned_motion(chain, self.movement, time_s)
        needed = wrenches(chain, motion)
        forces, coordinates, rates = self._needed(motion, needed)
        bushings = {}
        for k, bushing in enumerate(chain.bushings):
            if is_wobbling(bushing):
                bushings[bushing.name] = BushingDrive(target=self._start[k] - self._stretch[k])
                continue
            load = bushing.damping @ rates[k]
            load[3:] += (bushing.stiffness @ self._stretch[k] - forces[k])[3:]
            bushings[bushing.name] = BushingDrive(load, coordinates[k] - self._stretch[k])
        moment = needed.other_hip_nmm + np.cross(
            _arm(chain, motion.poses, "pelvis", chain.left_hip_mm), needed.other_hip_n
        )
        now = motion.now
        return Drives(
            joints={name: self._joint(name, motion, needed) for name in FOOT_JOINTS},
            rotations=(
                RotationDrive(
                    "pelvis",
                    now.pelvis_rotation,
                    self._muscles(OTHER_HIP.stiffness_nm_per_rad),
                    moment,
                ),
                RotationDrive(
                    "trunk",
                    now.thorax_rotation,
                    self._muscles((TRUNK_HOLD_NM_PER_RAD,) * 3),
                    np.zeros(3),
                ),
            ),
            translations=(TranslationDrive("pelvis", needed.other_hip_n),),
            bushings=bushings,
        )

    def _muscles(self, stiffness_nm_per_rad: tuple[float, float, float]) -> Array:
        factor = NM * self.chain.options.muscle_stiffness_factor
        return factor * np.diag(stiffness_nm_per_rad)

    def _joint(self, name: str, motion: PlannedMotion, needed: Wrenches) -> JointDrive:
        chain = self.chain
        joint = next(joint for joint in chain.foot.joints if joint.name == name)
        carrier = chain.segments.index(joint.proximal)
        axis = motion.poses.rotation[carrier] @ joint.axis
        rate = float(getattr(motion.now, f"{name}_rate_rad_s"))
        return JointDrive(
            torque_nmm=float(axis @ needed.carried[name][3:]) + chain.joint_damping[name] * rate,
            stiffness_nmm_per_rad=chain.joint_stiffness[name],
            target_rad=float(np.radians(getattr(motion.now, f"{name}_deg"))),
        )

    def _needed(self, motion: PlannedMotion, needed: Wrenches) -> tuple[Array, Array, Array]:
        """What bushings need along their coordinates, coordinates and rates, (bushings, 6) each.

        The first are derivatives of energy by the coordinates; zero for bushings beside the
        tree of links.
        """
        chain = self.chain
        segments, state = chain.segments, self._bushings.evaluate(motion.poses, {})
        forces = np.zeros((len(chain.bushings), 6))
        for k, bushing in enumerate(chain.bushings):
            if bushing.name not in chain.outwards:
                continue
            force, moment = np.split(needed.carried[bushing.name], 2)
            arm = _arm(chain, motion.poses, bushing.distal, bushing.point_mm)
            by_motion = -np.concatenate([force, moment + np.cross(arm, force)])
            o = segments.index(bushing.distal)
            rows = state.coordinate_rows[k][:, 6 * o : 6 * o + 6]
            forces[k] = np.linalg.solve(rows.T, by_motion)
        return forces, state.coordinates, state.coordinate_rows @ motion.rates.ravel()


def is_wobbling(bushing: Bushing) -> bool:
    """Whether a bushing hangs soft tissue on its bone."""
    return bushing.name == bushing.distal


def planned_motion(chain: ImpactChain, movement: Movement, time_s: float) -> PlannedMotion:
    """The planned motion at an instant.

    Orientations and their rates are the movement's; the one translation that is left
    follows from the balance of momentum with the forces on both feet.
    """
    now = movement.at(time_s)
    poses = planned_poses(chain, movement, time_s)
    spins = orientation(chain, now).spin_rad_s
    rates = np.hstack([chained(chain, poses, spins), spins])
    turning = spin_rates(chain, movement, time_s)
    gained = chained_accelerations(chain, poses, spins, turning)
    relative = PlannedMotion(now, poses, spins, rates, gained, turning)
    lacking = now.ground_force_n + now.other_force_n - inertial(chain, relative).force_n.sum(axis=0)
    return replace(relative, accelerations_mm_s2=gained + lacking / chain.total_mass_t)


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
    under = motion.poses.point(heel, segments.reference_mm[heel], sole)

    def held(members: Iterable[int], point: Array) -> Array:
        there = np.isin(parts.segment, list(members))
        force = parts.force_n[there].sum(axis=0)
        arm = parts.centre_mm[there] - point
        moment = (parts.moment_nmm[there] + np.cross(arm, parts.force_n[there])).sum(axis=0)
        if heel in members:
            force = force - now.ground_force_n
            moment = moment - np.cross(under - point, now.ground_force_n)
        return np.concatenate([force, moment])

    carried = {}
    for link in chain.links:
        if link.name:
            k = segments.index(link.outer)
            point = motion.poses.point(k, segments.reference_mm[k], link.point_mm)
            carried[link.name] = held(chain.outwards[link.name], point)
    p = segments.index("pelvis")
    left = motion.poses.point(p, segments.reference_mm[p], chain.left_hip_mm)
    whole = held(range(len(segments)), left)
    return Wrenches(carried, now.other_force_n, whole[3:])


def _arm(chain: ImpactChain, poses: Poses, segment: str, point_mm: Array) -> Array:
    """From a segment's reference point to a point of it, world axes."""
    k = chain.segments.index(segment)
    return np.asarray(poses.rotation[k] @ (point_mm - chain.segments.reference_mm[k]))
