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

import numpy as np
from numpy.typing import NDArray

from scenarios.foot_joints import foot_bands, foot_joints
from scenarios.impact.chain import ImpactChain
from scenarios.impact.inverse import (
    PlannedMotion,
    Wrenches,
    inertial,
    place_of,
    planned_motion,
    wrenches,
)
from scenarios.impact.movement import Movement
from scenarios.impact.stiffness import NM, OTHER_HIP, TRUNK_HOLD_NM_PER_RAD
from simulator.bushings import Bushing, BushingDrive, Bushings
from simulator.connectors import Connectors, JointDrive, RotationDrive, TranslationDrive
from simulator.segments import Poses, increment_scale
from simulator.terms import Drives

Array = NDArray[np.float64]

FOOT_JOINTS = ("ankle", "subtalar")


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
        foot = chain.foot
        joints = foot_joints(foot.joints, foot.dimensions)
        bones = joints, foot_bands(foot.bands, foot.dimensions)
        self._connectors = Connectors(chain.segments, *bones)
        motion = planned_motion(chain, movement, 0.0)
        forces, coordinates, _ = self._needed(motion, wrenches(chain, motion))
        self._stretch = np.zeros_like(forces)
        for k, (bushing, force) in enumerate(zip(chain.bushings, forces, strict=True)):
            held = slice(0, 6 if is_wobbling(bushing) else 3)
            if bushing.name in chain.linked:
                spring = bushing.stiffness[held, held]
                self._stretch[k, held] = np.linalg.solve(spring, force[held])
        self._start = coordinates
        self._held: dict[str, Array] = {}
        self._held = self._foot_loads(motion)

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
        rotations, translations = self._held_drives(motion)
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
                *rotations,
            ),
            translations=(TranslationDrive("pelvis", needed.other_hip_n), *translations),
            bushings=bushings,
        )

    def _foot_loads(self, motion: PlannedMotion) -> dict[str, Array]:
        """What the foot's joints have to carry at touchdown beyond their torques.

        Joints and ligaments of the foot model know no preload. What holds each bone against
        inertia, weight and stretched ligaments is found as the balance that is lacking; it
        acts between neighbours, so that it adds up to nothing.

        Returns:
            By outer segment force (N) and moment (N mm) about the link's point on it, in the
            axes of the inner segment, shape (6,).
        """
        chain, segments, poses = self.chain, self.chain.segments, motion.poses
        lacking = self.residual(motion)
        found = {}
        for link in chain.links:
            if link.outer not in chain.foot_names or link.inner not in chain.foot_names:
                continue
            wrench = np.zeros(6)
            point = place_of(chain, poses, link.outer, link.point_mm)
            for k in chain.beyond[link.outer]:
                force, moment = np.split(lacking[k], 2)
                arm = poses.position_mm[k] - point
                wrench += np.concatenate([force, moment + np.cross(arm, force)])
            axes = poses.rotation[segments.index(link.inner)]
            found[link.outer] = np.concatenate([axes.T @ wrench[:3], axes.T @ wrench[3:]])
        return found

    def _held_drives(
        self, motion: PlannedMotion
    ) -> tuple[list[RotationDrive], list[TranslationDrive]]:
        """The preload of the foot's joints as loads on both their segments."""
        chain, poses = self.chain, motion.poses
        total = {name: np.zeros(6) for name in chain.foot_names if self._held}
        for link in chain.links:
            if link.outer not in self._held:
                continue
            axes = poses.rotation[chain.segments.index(link.inner)]
            force, moment = (axes @ part for part in np.split(self._held[link.outer], 2))
            for name, sign in ((link.outer, 1.0), (link.inner, -1.0)):
                arm = _arm(chain, poses, name, link.point_mm)
                total[name] += sign * np.concatenate([force, moment + np.cross(arm, force)])
        rotations, translations = [], []
        for name, load in total.items():
            turned = poses.rotation[chain.segments.index(name)]
            rotations.append(RotationDrive(name, turned, np.zeros((3, 3)), load[3:]))
            translations.append(TranslationDrive(name, load[:3]))
        return rotations, translations

    def residual(self, motion: PlannedMotion) -> Array:
        """Force and moment that the planned motion at touchdown lacks, by segment, (n, 6).

        Inertia, weights, drives, bushings and joints with their dampers and the ligaments of
        the foot; in balance all are zero. Moments about the reference points, N and N mm.
        """
        chain, poses = self.chain, motion.poses
        drives, scale = self.at(motion.now.time_s), increment_scale(len(chain.segments))
        rates = motion.rates.ravel()
        bushings = self._bushings.evaluate(poses, drives.bushings)
        joints = self._connectors.evaluate(
            poses, drives.joints, drives.rotations, drives.translations
        )
        total = bushings.gradient + joints.gradient_n / scale
        for bushing, rows in zip(chain.bushings, bushings.coordinate_rows, strict=True):
            total += rows.T @ (bushing.damping @ (rows @ rates))
        for joint, row in zip(chain.foot.joints, joints.joint_angle_gradient / scale, strict=True):
            total += chain.joint_damping[joint.name] * (row @ rates) * row
        found = total.reshape(-1, 6)
        parts = inertial(chain, motion)
        arms = parts.centre_mm - poses.position_mm[parts.segment]
        np.add.at(found[:, :3], parts.segment, parts.force_n)
        turning = parts.moment_nmm + np.cross(arms, parts.force_n)
        np.add.at(found[:, 3:], parts.segment, turning)
        return found

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
            if bushing.name not in chain.linked:
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


def _arm(chain: ImpactChain, poses: Poses, segment: str, point_mm: Array) -> Array:
    """From a segment's reference point to a point of it, world axes."""
    k = chain.segments.index(segment)
    return np.asarray(poses.rotation[k] @ (point_mm - chain.segments.reference_mm[k]))
