# SPDX-License-Identifier: MIT
"""An equilibrium in motion: its rates, one time step, the accelerations that it starts with."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.bushings import BushingDrive
from simulator.connectors import JointDrive
from simulator.dynamics.alpha import Rates, Scheme, Step
from simulator.dynamics.inertia import SegmentRates
from simulator.dynamics.mass import Inertia
from simulator.equilibrium import Equilibrium
from simulator.linear import LinearSolver
from simulator.newton import NewtonReport, NewtonSettings, solve
from simulator.rotations import exponential, logarithm
from simulator.segments import Poses, increment_scale
from simulator.terms import Drives, FixedLoading

Array = NDArray[Any]

SETTLING = 1e3
"""Acceleration by displacement (1/s2) with which a state settles: it holds what nothing else
does, softly enough to change no force."""
FIRST_TOLERANCE_N = 5e-4
"""What the first accelerations may leave at the least: places of a metre over the square of so
short a step round to a ten thousandth of a newton, which iterations beyond it get to."""
FIRST_STEP_S = 1.5e-5
"""Of the step that finds the accelerations of an initial state (s)."""


@dataclass(frozen=True, slots=True)
class Motion:
    """Rates of everything that moves.

    Attributes:
        nodes: Displacements of all local nodes, ghosts too, shape (3 m,).
        segments: Reference points and rotations in world axes, shape (n, 6).
        joints: Joint angles, shape (j,).
        bushings: Coordinates of bushings, shape (b, 6).
    """

    nodes: Rates
    segments: Rates
    joints: Rates
    bushings: Rates

    @property
    def segment_rates(self) -> SegmentRates:
        """Velocities of the segments."""
        v = self.segments.velocity
        return SegmentRates(v[:, :3], v[:, 3:])


@dataclass(frozen=True, slots=True)
class _Start:
    """The state that a step begins from."""

    u: Array
    poses: Poses
    joints: Array
    bushings: Array


class MovingSystem:
    """An equilibrium with inertia, stepped in time; methods are collective.

    Args:
        equilibrium: Holds the state; its inertia is an ``Inertia``.
        linear: Solver of its tangent.
        scheme: Of the time integration.
        drives_at: What acts on the segments at a time (s), dampers aside.
        joint_damping: Damper about the axis of joints, N mm s/rad, by name.
        settings: Newton's tolerances.
        log: Called with one line a Newton iteration.
    """

    def __init__(
        self,
        equilibrium: Equilibrium,
        linear: LinearSolver,
        scheme: Scheme,
        drives_at: Callable[[float], Drives],
        joint_damping: Mapping[str, float],
        settings: NewtonSettings,
        log: Callable[[str], None] | None = None,
    ):
        assert isinstance(equilibrium.inertia, Inertia)
        self.equilibrium = equilibrium
        self.inertia = equilibrium.inertia
        self.linear = linear
        self.scheme = scheme
        self.drives_at = drives_at
        self.settings = settings
        self.log = log
        names = [joint.name for joint in equilibrium.connectors.joints]
        self._joint_damping = np.array([joint_damping.get(name, 0.0) for name in names])
        self._joint_names = names
        bushings = equilibrium.bushings.bushings if equilibrium.bushings is not None else ()
        self._bushings = bushings
        self.motion: Motion | None = None
        self._next: Motion | None = None

    def undamp(self) -> None:
        """Take all dampers off, for checks of energy."""
        self._joint_damping = np.zeros_like(self._joint_damping)
        nothing = np.zeros((6, 6))
        self._bushings = tuple(replace(b, damping=nothing) for b in self._bushings)

    # -- start -------------------------------------------------------------------------------

    def settle(
        self, time_s: float, segments: SegmentRates, nodes_mm_s2: Array, segments_mm_s2: Array
    ) -> NewtonReport:
        """Deform the present state so that its forces balance given accelerations.

        Without it joints would begin unstressed, and what they have to carry would come as a
        blow. Gaps and tissue change by microns; histories of the solids begin here.

        Args:
            time_s: Of the state.
            segments: Velocities of the segments.
            nodes_mm_s2: Acceleration of all local nodes, ghosts too, shape (3 m,).
            segments_mm_s2: Of the segments, rotations in rad/s2, shape (n, 6).
        """
        e = self.equilibrium
        velocity = np.hstack([segments.velocity_mm_s, segments.spin_rad_s])
        self.inertia.hold(SETTLING, nodes_mm_s2, segments_mm_s2, velocity, e.poses)
        e.solid.begin_step(np.inf)
        self._load_steadily(time_s, velocity)
        report = solve(e, self.linear, self.settings, self.log)
        if report.converged:
            e.commit()
        return report

    def _load_steadily(self, time_s: float, velocity: Array) -> None:
        """Put on the drives of an instant, dampers as the forces that go with velocities."""
        joints, bushings = self._coordinate_rates(velocity)
        drives = self.drives_at(time_s)
        torques, loads = dict(drives.joints), dict(drives.bushings)
        for i in np.flatnonzero(self._joint_damping):
            drive = torques.get(self._joint_names[i], JointDrive())
            torque = drive.torque_nmm - float(self._joint_damping[i] * joints[i])
            torques[self._joint_names[i]] = replace(drive, torque_nmm=torque)
        for i, bushing in enumerate(self._bushings):
            load = loads.get(bushing.name, BushingDrive())
            damped = load.load - bushing.damping @ bushings[i]
            loads[bushing.name] = replace(load, load=damped)
        size = len(velocity)
        self.equilibrium.loading = FixedLoading(
            replace(drives, joints=torques, bushings=loads), size
        )

    def set_in_motion(self, time_s: float, nodes: Array, segments: SegmentRates) -> NewtonReport:
        """Give velocities to the present state and find its accelerations.

        Args:
            time_s: Of the state.
            nodes: Velocity of all local nodes, ghosts too, shape (3 m,).
            segments: Of the segments; nodes on bones must move with them.
        """
        velocity = np.hstack([segments.velocity_mm_s, segments.spin_rad_s])
        here = self._here()
        joints, bushings = self._coordinate_rates(velocity)
        begun = Motion(*(Rates.started(v) for v in (nodes, velocity, joints, bushings)))
        saved = self.equilibrium.save()
        self.motion = begun
        rounding = replace(
            self.settings,
            tolerance_n=max(self.settings.tolerance_n, FIRST_TOLERANCE_N),
            beyond=2,
        )
        report = self._solve(Scheme.first_order().step(FIRST_STEP_S), time_s, here, rounding)
        if report.converged:
            assert self._next is not None
            after = self._next
            pairs = (
                (begun.nodes, after.nodes),
                (begun.segments, after.segments),
                (begun.joints, after.joints),
                (begun.bushings, after.bushings),
            )
            self.motion = Motion(*(Rates.started(b.velocity, a.acceleration) for b, a in pairs))
        self._next = None
        self.equilibrium.restore(saved)
        self._load_steadily(time_s, velocity)
        return report

    def _coordinate_rates(self, velocity: Array) -> tuple[Array, Array]:
        """Rates of joint angles and bushing coordinates from those of the segments."""
        e = self.equilibrium
        flat = velocity.ravel()
        scale = increment_scale(len(velocity))
        joints: Array = e.connectors.evaluate(e.poses, {}).joint_angle_gradient @ (flat / scale)
        if e.bushings is None:
            return joints, np.zeros((0, 6))
        return joints, e.bushings.evaluate(e.poses, {}).coordinate_rows @ flat

    # -- one step ----------------------------------------------------------------------------

    def step(self, begin_s: float, end_s: float) -> NewtonReport:
        """Solve a step from the present state; keep it with :meth:`accept`.

        A step that is given up, or not to be kept, is undone by the equilibrium's ``restore``.
        """
        step = self.scheme.step(end_s - begin_s)
        return self._solve(step, end_s, self._here())

    def accept(self) -> None:
        """Make the rates of the last step the present ones."""
        assert self._next is not None, "no step was solved"
        self.motion, self._next = self._next, None

    def error_mm(self, segments: Sequence[int]) -> float:
        """Largest error estimate of the last step over some segments' reference points (mm).

        Difference to the next order, ``|beta - 1/6| dt^2`` times the change of acceleration
        (Zienkiewicz & Xie 1991, Earthq Eng Struct Dyn 20:871).
        """
        assert self._next is not None and self.motion is not None
        step = self._step
        change = self._next.segments.acceleration - self.motion.segments.acceleration
        size = np.linalg.norm(change[list(segments), :3], axis=1).max()
        return float(abs(step.scheme.beta - 1.0 / 6.0) * step.dt_s**2 * size)

    def _here(self) -> _Start:
        e = self.equilibrium
        joints = e.connectors.evaluate(e.poses, {}).joint_angle_rad
        bushings: Array = np.zeros((0, 6))
        if e.bushings is not None:
            bushings = e.bushings.evaluate(e.poses, {}).coordinates
        return _Start(e.u.x.array.copy(), e.poses, joints, bushings)

    def _solve(
        self, step: Step, end_s: float, here: _Start, settings: NewtonSettings | None = None
    ) -> NewtonReport:
        motion, e = self.motion, self.equilibrium
        assert motion is not None, "the system was not set in motion"
        self._step = step
        self.inertia.begin(step, motion.nodes, motion.segments, here.poses)
        e.solid.begin_step(step.dt_s)
        drives = self._damped(self.drives_at(end_s), step, here)
        e.loading = FixedLoading(drives, len(e.poses.position_mm))
        self._predict(step, here)
        report = solve(e, self.linear, settings or self.settings, self.log)
        if report.converged:
            self._next = self._motion_after(step, here)
        return report

    def _predict(self, step: Step, here: _Start) -> None:
        """Move on with the present rates, as a first guess."""
        motion, e = self.motion, self.equilibrium
        assert motion is not None
        way = motion.segments.predicted(step)
        turn = exponential(way[:, 3:])
        e.poses = Poses(here.poses.position_mm + way[:, :3], turn @ here.poses.rotation)
        values = (here.u + motion.nodes.predicted(step)).reshape(-1, 3)
        e.reduction.displace(e.u, values[e.reduction.free].ravel(), e.poses)

    def _motion_after(self, step: Step, here: _Start) -> Motion:
        motion, e = self.motion, self.equilibrium
        assert motion is not None
        now = self._here()
        turned = logarithm(e.poses.rotation @ np.swapaxes(here.poses.rotation, -1, -2))
        way = np.hstack([e.poses.position_mm - here.poses.position_mm, turned])
        return Motion(
            motion.nodes.advanced(step, now.u - here.u),
            motion.segments.advanced(step, way),
            motion.joints.advanced(step, now.joints - here.joints),
            motion.bushings.advanced(step, now.bushings - here.bushings),
        )

    # -- dampers -----------------------------------------------------------------------------

    def _damped(self, drives: Drives, step: Step, here: _Start) -> Drives:
        """Add the dampers, in a step springs whose rest is where they would do nothing."""
        motion, b = self.motion, step.velocity_factor
        assert motion is not None
        joints = dict(drives.joints)
        rest = here.joints - motion.joints.velocity_offset(step) / b
        for i in np.flatnonzero(self._joint_damping):
            name = self._joint_names[i]
            joints[name] = _with_damper(
                joints.get(name, JointDrive()), b * float(self._joint_damping[i]), float(rest[i])
            )
        bushings = dict(drives.bushings)
        where = here.bushings - motion.bushings.velocity_offset(step) / b
        for i, bushing in enumerate(self._bushings):
            bushings[bushing.name] = replace(
                bushings.get(bushing.name, BushingDrive()),
                extra_stiffness=b * bushing.damping,
                extra_target=where[i],
            )
        return replace(drives, joints=joints, bushings=bushings)


def _with_damper(drive: JointDrive, stiffness: float, rest: float) -> JointDrive:
    """Two springs in one."""
    total = drive.stiffness_nmm_per_rad + stiffness
    target = (drive.stiffness_nmm_per_rad * drive.target_rad + stiffness * rest) / total
    return JointDrive(drive.torque_nmm, total, target)
