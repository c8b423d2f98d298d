# SPDX-License-Identifier: MIT
"""The movement of rear-foot running after touchdown, from tables.

The body comes down in free flight: the other foot carries nothing. Every number stands in
``scenarios/gait/tables/running.toml`` with its source and confidence.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import trapezoid
from scipy.interpolate import CubicSpline, PchipInterpolator

from meshes.foot import FootGeometry
from scenarios.gait.forces import STANDARD_GRAVITY
from scenarios.gait.gait2392 import ZXY, sequence
from scenarios.gait.normative import table_file
from scenarios.impact.movement import Movement
from scenarios.impact.touchdown import step_start_velocity_mm_s
from scenarios.impact.walking import Given, anchored, time_grid
from simulator.chain import Limb
from simulator.rotations import exponential

Array = NDArray[np.float64]

FINE = np.asarray(np.linspace(0.0, 100.0, 401), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class RunningForce:
    """Force of the ground on the foot and the times.

    Attributes:
        stance_s, step_s: contact, and contact and flight together.
        vertical, ap: body weights as functions of per cent of stance.
        mean_bw: vertical force of the tables on average over a step, before it was scaled
            to one body weight.
    """

    stance_s: float
    step_s: float
    vertical: PchipInterpolator
    ap: PchipInterpolator
    mean_bw: float

    def acceleration_mm_s2(self, time_s: Array) -> Array:
        """Of the centre of mass over a step, forwards, up and to the right, shape (n, 3)."""
        percent = 100.0 * np.minimum(time_s / self.stance_s, 1.0)
        down = time_s <= self.stance_s
        up = np.where(down, self.vertical(percent), 0.0) - 1.0
        forward = np.where(down, self.ap(percent), 0.0)
        return np.asarray(1e3 * STANDARD_GRAVITY * np.stack([forward, up, 0.0 * up], axis=1))


def running_speeds_m_s() -> tuple[float, float]:
    """Speeds for which the tables hold, m/s."""
    low, high = table_file("running.toml")["speed"]["valid_m_s"]
    return float(low), float(high)


def running_force(speed_m_s: float) -> RunningForce:
    """The ground reaction at a speed: its shape is kept, its size carries the body over a step.

    Raises:
        ValueError: outside the range of the tables.
    """
    tables = table_file("running.toml")
    low, high = running_speeds_m_s()
    if not low <= speed_m_s <= high:
        raise ValueError(f"running at {speed_m_s:g} m/s; allowed: {low:g} to {high:g} m/s")
    share = speed_m_s / tables["speed"]["reference_m_s"]
    times, force = tables["time"], tables["force"]
    stance = times["stance_s"] * share ** times["stance_power_of_speed"]
    step = 0.5 * times["stride_s"]
    at = np.linspace(0.0, 100.0, len(force["vertical"]))
    vertical, ap = np.array(force["vertical"]), np.array(force["ap"])
    curve = PchipInterpolator(at, vertical)
    mean = float(trapezoid(curve(FINE), FINE)) / 100.0 * stance / step
    drift = trapezoid(PchipInterpolator(at, ap)(FINE), FINE) / trapezoid(curve(FINE), FINE)
    return RunningForce(
        stance_s=float(stance),
        step_s=step,
        vertical=PchipInterpolator(at, vertical / mean),
        ap=PchipInterpolator(at, ap - drift * vertical),
        mean_bw=mean,
    )


def running_movement(
    speed_m_s: float,
    body_mass_kg: float,
    foot: FootGeometry,
    size: Limb,
    friction: float,
    duration_s: float,
    heel_velocity_mm_s: Given = (None, None, None),
    walking_angles_deg: tuple[float, float] = (0.0, 0.0),
) -> Movement:
    """Curves of running from touchdown.

    Args:
        speed_m_s: of running.
        body_mass_kg: of the whole body.
        foot: of the subject.
        size: lengths of the leg and the pelvis.
        friction: least coefficient between foot and ground; the expected shear is clipped.
        duration_s: how far the curves reach, at most the duration of stance.
        heel_velocity_mm_s: components of the heel's velocity at touchdown that replace
            those that follow from the pelvis's.
        walking_angles_deg: what the curves of ankle and subtalar joint are raised by for a foot
            that is not neutral.

    Raises:
        ValueError: a speed without tables, or longer than stance.
    """
    force = running_force(speed_m_s)
    if duration_s > force.stance_s:
        raise ValueError(f"{duration_s:g} s is longer than the stance ({force.stance_s:.3g} s)")
    tables = table_file("running.toml")
    time = time_grid(duration_s)
    percent = 100.0 * time / force.stance_s
    turn = exponential(np.array([0.0, np.radians(tables["foot"]["toe_out_deg"]), 0.0]))

    def curve(values: list[float]) -> Array:
        return np.asarray(CubicSpline(np.linspace(0.0, 100.0, len(values)), values)(percent))

    def rotations(name: str) -> Array:
        angles = [curve(tables["angles"][f"{name}_{axis}"]) for axis in "zxy"]
        return np.asarray(turn @ sequence(ZXY, np.stack(angles, axis=1)))

    weight = body_mass_kg * STANDARD_GRAVITY
    up, forward = np.maximum(force.vertical(percent), 0.0), force.ap(percent)
    limit = 0.8 * friction * up
    forward = np.clip(forward, -limit, limit)
    ground = weight * np.stack([forward, up, 0.0 * up], axis=1)
    path = np.stack([curve(tables["foot"][f"{axis}_over_length"]) for axis in "xz"], axis=1)
    movement = Movement(
        kind="running",
        source="built-in",
        time_s=time,
        body_mass_kg=body_mass_kg,
        speed_m_s=speed_m_s,
        tibia_rotation=rotations("tibia"),
        ankle_deg=curve(tables["angles"]["ankle"]) + walking_angles_deg[0],
        subtalar_deg=curve(tables["angles"]["subtalar"]) + walking_angles_deg[1],
        knee_deg=curve(tables["angles"]["knee"]),
        pelvis_rotation=rotations("pelvis"),
        thorax_rotation=rotations("thorax"),
        ground_force_n=ground @ turn.T,
        cop_foot_mm=foot.dimensions.length_mm * path,
        other_force_n=np.zeros((len(time), 3)),
        com_acceleration_mm_s2=force.acceleration_mm_s2(time) @ turn.T,
        heel_velocity_mm_s=np.zeros(3),
        warnings=(
            "built-in running: forces of one subject, low-passed at 50 Hz; angles are typical "
            "curves of rear-foot running; the rate of steps does not follow speed",
        ),
    )
    step = np.asarray(np.linspace(0.0, force.step_s, 2001), dtype=np.float64)
    velocity = step_start_velocity_mm_s(step, force.acceleration_mm_s2(step), speed_m_s)
    heel = anchored(movement, foot, size, turn @ velocity, heel_velocity_mm_s)
    return replace(movement, heel_velocity_mm_s=heel)
