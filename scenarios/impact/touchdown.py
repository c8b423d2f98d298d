# SPDX-License-Identifier: MIT
"""The leg's velocities at touchdown, and the one anchor that makes them absolute.

Angles and their rates give velocities relative to the heel only. The anchor is the
pelvis, which moves as the centre of mass does: its velocity follows from the ground
reaction of the same gait. See ``docs/theory/impact.md``, section "Touchdown".
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import cumulative_trapezoid, trapezoid

from meshes.foot import FootGeometry
from scenarios.gait.stance import StanceGait
from scenarios.impact.movement import MovementInstant
from simulator.chain import Limb, leg_pose
from simulator.rotations import about

Array = NDArray[np.float64]

Z_AXIS = np.array([0.0, 0.0, 1.0])


@dataclass(frozen=True, slots=True)
class LegMotion:
    """Places of a leg from the heel's lowest point up, and their velocities.

    Attributes:
        heel_point_mm: the lowest point of the turned sole, in the foot frame.
        subtalar_mm, ankle_mm, knee_mm, hip_mm, pelvis_mm: joint centres and the middle of
            the hips, from the heel's lowest point, stance frame, shape (3,).
        subtalar_mm_s, ...: their velocities.
        foot_rotation, talus_rotation, femur_rotation: shape (3, 3).
        foot_velocity_rad_s, talus_velocity_rad_s, femur_velocity_rad_s: angular
            velocities in the axes of the stance frame, shape (3,).
    """

    heel_point_mm: Array
    subtalar_mm: Array
    ankle_mm: Array
    knee_mm: Array
    hip_mm: Array
    pelvis_mm: Array
    subtalar_mm_s: Array
    ankle_mm_s: Array
    knee_mm_s: Array
    hip_mm_s: Array
    pelvis_mm_s: Array
    foot_rotation: Array
    talus_rotation: Array
    femur_rotation: Array
    foot_velocity_rad_s: Array
    talus_velocity_rad_s: Array
    femur_velocity_rad_s: Array


def leg_motion(
    now: MovementInstant,
    foot: FootGeometry,
    size: Limb,
    heel_velocity_mm_s: Array | None = None,
    heel_point_mm: Array | None = None,
) -> LegMotion:
    """Places and velocities of the leg at an instant.

    Args:
        now: rotations, angles and rates.
        foot: of the subject.
        size: lengths of the same leg and pelvis.
        heel_velocity_mm_s: of the heel's lowest point, at rest where left out.
        heel_point_mm: that point in the foot frame, the lowest of the sole where left out.
    """
    joints = {joint.name: joint for joint in foot.joints}
    ankle, subtalar = joints["ankle"], joints["subtalar"]
    tibia = now.tibia_rotation
    talus = tibia @ about(ankle.axis, np.radians(now.ankle_deg))
    whole = talus @ about(subtalar.axis, np.radians(now.subtalar_deg))
    if heel_point_mm is None:
        points = foot.mesh.points
        heel_point_mm = points[int(np.argmin(points @ whole[1]))]
    below = whole @ (subtalar.centre_mm - heel_point_mm)
    between = talus @ (ankle.centre_mm - subtalar.centre_mm)
    leg = leg_pose(size, below + between, tibia, now.knee_deg)
    half = now.pelvis_rotation @ np.array([0.0, 0.0, 0.5 * size.hip_distance_mm])

    # A distal segment turns by the positive angle about the axis that its neighbour carries.
    of_tibia = now.tibia_velocity_rad_s
    of_talus = of_tibia + now.ankle_rate_rad_s * tibia @ _unit(ankle.axis)
    of_foot = of_talus + now.subtalar_rate_rad_s * talus @ _unit(subtalar.axis)
    of_femur = of_tibia + now.knee_rate_rad_s * tibia @ Z_AXIS

    start = np.zeros(3) if heel_velocity_mm_s is None else np.asarray(heel_velocity_mm_s)
    at_subtalar = start + np.cross(of_foot, below)
    at_ankle = at_subtalar + np.cross(of_talus, between)
    at_knee = at_ankle + np.cross(of_tibia, leg.knee_mm - below - between)
    at_hip = at_knee + np.cross(of_femur, leg.hip_mm - leg.knee_mm)
    return LegMotion(
        heel_point_mm=heel_point_mm,
        subtalar_mm=below,
        ankle_mm=below + between,
        knee_mm=leg.knee_mm,
        hip_mm=leg.hip_mm,
        pelvis_mm=leg.hip_mm - half,
        subtalar_mm_s=at_subtalar,
        ankle_mm_s=at_ankle,
        knee_mm_s=at_knee,
        hip_mm_s=at_hip,
        pelvis_mm_s=at_hip - np.cross(now.pelvis_velocity_rad_s, half),
        foot_rotation=whole,
        talus_rotation=talus,
        femur_rotation=leg.femur_rotation,
        foot_velocity_rad_s=of_foot,
        talus_velocity_rad_s=of_talus,
        femur_velocity_rad_s=of_femur,
    )


def _unit(axis: Array) -> Array:
    return np.asarray(axis / np.linalg.norm(axis))


def walking_velocity_mm_s(gait: StanceGait) -> Array:
    """Velocity of the centre of mass at heel strike in the world, shape (3,).

    Half a stride later the other foot strikes, so that the acceleration over half a stride
    says all; the stance lasts longer than that.
    """
    time = np.asarray(np.linspace(0.0, 0.5 * gait.stride_s, 401), dtype=np.float64)
    percent = np.minimum(100.0 * time / gait.duration_s, 100.0)
    columns = [np.interp(percent, gait.percent, c) for c in gait.com_acceleration_mm_s2.T]
    acceleration = np.stack(columns, axis=1)
    return step_start_velocity_mm_s(time, acceleration, gait.speed_m_s)


def step_start_velocity_mm_s(time_s: Array, acceleration_mm_s2: Array, speed_m_s: float) -> Array:
    """Velocity of the centre of mass at the start of one of many equal steps, shape (3,).

    Steady, symmetric movement leaves the speed as the mean forwards and zero as the mean
    upwards, and turns the sideward velocity round from one step to the next. What the
    accelerations forwards and upwards have left over on average is taken off.

    Args:
        time_s: instants from contact to the other foot's contact, shape (n,).
        acceleration_mm_s2: world axes, shape (n, 3).
        speed_m_s: mean of the forward velocity.
    """
    left_over = trapezoid(acceleration_mm_s2, time_s, axis=0) / time_s[-1]
    acceleration = acceleration_mm_s2 - left_over * np.array([1.0, 1.0, 0.0])
    gained = cumulative_trapezoid(acceleration, time_s, axis=0, initial=0.0)
    mean = trapezoid(gained, time_s, axis=0) / time_s[-1]
    return np.array([1000.0 * speed_m_s - mean[0], -mean[1], -0.5 * gained[-1, 2]])
