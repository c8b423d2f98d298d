# SPDX-License-Identifier: MIT
"""Loads of foot and tibia at one instant, and the rows that close the joint torques.

Ankle and subtalar torque are ``tau = alpha + k (theta_measured - theta)``. On the
baseline insole ``alpha`` is unknown and closed, joint by joint, by a blend of two
conditions: the ground's moment about the measured centre of pressure vanishes
(weight ``b``), or the joint angle is the measured one (weight ``1 - b``). The first
keeps a share of the second, ``MISFIT_NMM_PER_RAD``. For a
candidate ``alpha`` is frozen. Source: docs/theory/stance.md, "Closure".
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from simulator.connectors import (
    ConnectorState,
    JointDrive,
    RotationDrive,
    TranslationDrive,
)
from simulator.reduction import EXTRA_SCALARS
from simulator.rotations import skew
from simulator.segments import ROTATION_LENGTH_MM, Poses, Segments
from simulator.terms import ClosureState, Drives

Array = NDArray[np.float64]

HELD_NMM_PER_RAD = 2e9
"""Impedance that holds a prescribed rotation: 0.003 degrees under 100 N m."""
MISFIT_NMM_PER_RAD = np.radians(1.0) ** -1 * np.array([750.0, 375.0])
"""Moment about the measured centre of pressure per angle of ankle and subtalar joint off the
measured one: 0.75 and 0.375 N m per degree, so that 4 mm of the path under 700 N weigh as much
as 4 and 7 degrees, about what each is known to (docs/decisions/closure.md)."""
ANGLE_NMM_PER_RAD = HELD_NMM_PER_RAD / 1e3
"""Torque that an angle's error is weighed like where it closes alone: that of a stiff joint."""
CLOSED_JOINTS = ("ankle", "subtalar")
CLOSURE_AXES = np.array([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]])
"""Axis of the moment that each torque balances: sagittal (Z) and frontal (X)."""


def angle_share_nmm_per_rad(weight: float) -> Array:
    """What an angle's error counts in the closing rows at a weight ``b``, shape (2,)."""
    return (1.0 - weight) * ANGLE_NMM_PER_RAD + weight * MISFIT_NMM_PER_RAD


@dataclass(frozen=True, slots=True)
class FootLoad:
    """What acts on foot and tibia at one instant, in the stance frame.

    Attributes:
        force_n: Force on each loaded segment, by name; their sum is minus the ground reaction.
        tibia_rotation: Rotation that the tibia is held at, shape (3, 3).
        tibia_stiffness_nmm_per_rad: Impedance about it in world axes, shape (3, 3).
        tibia_moment_nmm: Moment on the tibia besides that impedance, shape (3,).
        angle_rad: Measured ankle and subtalar angle, shape (2,).
        stiffness_nmm_per_rad: ``k`` of both torques, shape (2,).
        alpha_nmm: Frozen ``alpha``, shape (2,); ``None`` where it is unknown.
        weight: ``b`` of each joint, shape (2,).
        centre_mm: Measured centre of pressure on the ground, shape (3,).
        guide_n_per_mm: Springs on the tibia's position, (3,); zero once contact carries.
        guide_mm: Place that they pull to, shape (3,).
        other: Drives of further joints, by name.
    """

    force_n: dict[str, Array]
    tibia_rotation: Array
    tibia_stiffness_nmm_per_rad: Array
    tibia_moment_nmm: Array
    angle_rad: Array
    stiffness_nmm_per_rad: Array
    alpha_nmm: Array | None
    weight: Array
    centre_mm: Array
    guide_n_per_mm: Array = field(default_factory=lambda: np.zeros(3))
    guide_mm: Array = field(default_factory=lambda: np.zeros(3))
    other: dict[str, JointDrive] = field(default_factory=dict)


def held() -> Array:
    """Return the impedance of a fully prescribed rotation, shape (3, 3)."""
    return HELD_NMM_PER_RAD * np.eye(3)


class FootLoading:
    """Drives and closure of a ``FootLoad``.

    Args:
        load: What acts.
        segments: The segments; ``tibia`` among them.
        joints: Names of all joints, in the order of the connectors.

    Attributes:
        joints: Places of ankle and subtalar joint in that order.
    """

    def __init__(self, load: FootLoad, segments: Segments, joints: tuple[str, ...]):
        self.load = load
        self.segments = segments
        self.joints = [joints.index(name) for name in CLOSED_JOINTS]

    def alpha(self, extra: Array) -> Array:
        """Return both ``alpha`` (N mm), frozen or from the extra scalars."""
        if self.load.alpha_nmm is not None:
            return self.load.alpha_nmm
        return extra[:2] * ROTATION_LENGTH_MM

    def torque_nmm(self, angle_rad: Array, extra: Array) -> Array:
        """Return the torques ``alpha + k (theta_measured - theta)`` at given angles, shape (2,)."""
        load = self.load
        return self.alpha(extra) + load.stiffness_nmm_per_rad * (load.angle_rad - angle_rad)

    def drives(self, extra: Array) -> Drives:
        """Return what acts for given extra scalars (N)."""
        load = self.load
        alpha = self.alpha(extra)
        joints = dict(load.other)
        for i, name in enumerate(CLOSED_JOINTS):
            joints[name] = JointDrive(alpha[i], load.stiffness_nmm_per_rad[i], load.angle_rad[i])
        rotation = RotationDrive(
            "tibia", load.tibia_rotation, load.tibia_stiffness_nmm_per_rad, load.tibia_moment_nmm
        )
        forces = []
        for name, force in load.force_n.items():
            if name == "tibia":
                forces.append(TranslationDrive(name, force, load.guide_n_per_mm, load.guide_mm))
            else:
                forces.append(TranslationDrive(name, force))
        return Drives(joints, (rotation,), tuple(forces))

    def ground_moment(self, poses: Poses, connectors: ConnectorState) -> tuple[Array, Array]:
        """Moment of all that is not ground about the measured centre of pressure.

        In equilibrium it is minus the ground's moment about that point. Returns the
        moment (3,) in N mm and its derivative by the segments' unknowns (3, 6 n).
        """
        load = self.load
        moment = connectors.rotation_moment_nmm[0].copy()
        rows = connectors.rotation_moment_gradient[0].copy()
        for name, force in load.force_n.items():
            s = self.segments.index(name)
            total = force.copy()
            if name == "tibia":
                total -= load.guide_n_per_mm * (poses.position_mm[s] - load.guide_mm)
            arm = poses.position_mm[s] - load.centre_mm
            moment += np.cross(arm, total)
            rows[:, 6 * s : 6 * s + 3] -= skew(total)
            if name == "tibia":
                rows[:, 6 * s : 6 * s + 3] -= skew(arm) * load.guide_n_per_mm
        return moment, rows

    def closure(self, poses: Poses, connectors: ConnectorState, extra: Array) -> ClosureState:
        """Close both torques; scalars that are not unknown are held at zero."""
        n = 6 * len(self.segments)
        value, rows = extra.copy(), np.zeros((EXTRA_SCALARS, n))
        by_extra, columns = np.eye(EXTRA_SCALARS), np.zeros((n, EXTRA_SCALARS))
        if self.load.alpha_nmm is not None:
            return ClosureState(value, rows, by_extra, columns)
        moment, moment_rows = self.ground_moment(poses, connectors)
        for i, joint in enumerate(self.joints):
            b, axis = self.load.weight[i], CLOSURE_AXES[i]
            error = connectors.joint_angle_rad[joint] - self.load.angle_rad[i]
            gradient = connectors.joint_angle_gradient[joint]
            share = angle_share_nmm_per_rad(float(b))[i]
            value[i] = (b * axis @ moment + share * error) / ROTATION_LENGTH_MM
            rows[i] = (b * axis @ moment_rows + share * gradient) / ROTATION_LENGTH_MM
            by_extra[i, i] = 0.0
            columns[:, i] = -gradient * ROTATION_LENGTH_MM
        return ClosureState(value, rows, by_extra, columns)
