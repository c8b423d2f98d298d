# SPDX-License-Identifier: MIT
"""Movements after touchdown: curves and rates, the leg's velocities, and their anchor."""

from __future__ import annotations

import numpy as np
import pytest

from scenarios.gait.posture import foot_angles_deg
from scenarios.impact.movement import ANGLES, ROTATIONS, Movement, angular_velocity
from scenarios.impact.running import FINE, running_force, running_movement
from scenarios.impact.touchdown import leg_motion, step_start_velocity_mm_s
from scenarios.impact.walking import walking_movement
from simulator.rotations import exponential, logarithm
from tests.helpers import movement as given
from tests.helpers.evidence import Evidence

STEP_S = 1e-5
INSTANTS = (0.01, 0.0473, 0.09, 0.149)


@pytest.fixture(params=["walking", "running"])
def movement(request: pytest.FixtureRequest) -> Movement:
    return given.walking() if request.param == "walking" else given.running()


def to_world(vector: np.ndarray, toe_out_deg: float) -> np.ndarray:
    return exponential(np.array([0.0, -np.radians(toe_out_deg), 0.0])) @ vector


def turned_rad_s(movement: Movement, name: str, time: float) -> np.ndarray:
    before, after = (getattr(movement.at(time + s), name) for s in (-STEP_S, STEP_S))
    return logarithm(after @ before.T) / (2.0 * STEP_S)


def test_angular_velocity_of_any_rotation_vector() -> None:
    rng = np.random.default_rng(3)
    for size in (0.0, 1e-6, 5e-5, 0.3, 2.5):
        vector, rate = rng.normal(size=3), rng.normal(size=3)
        vector *= size / np.linalg.norm(vector)
        before, after = (exponential(vector + s * rate) for s in (-STEP_S, STEP_S))
        found = logarithm(after @ before.T) / (2.0 * STEP_S)
        assert np.allclose(angular_velocity(vector, rate), found, atol=1e-8)


def test_rates_are_those_of_the_curves(movement: Movement) -> None:
    for time in INSTANTS:
        now = movement.at(time)
        for name in ROTATIONS:
            spin = getattr(now, name.replace("rotation", "velocity_rad_s"))
            assert np.allclose(spin, turned_rad_s(movement, name, time), atol=1e-6), name
        for name in ANGLES:
            before, after = (getattr(movement.at(time + s), name) for s in (-STEP_S, STEP_S))
            rate = np.radians(after - before) / (2.0 * STEP_S)
            assert getattr(now, name.replace("deg", "rate_rad_s")) == pytest.approx(rate, abs=1e-6)


def test_rates_at_touchdown_are_those_of_the_first_milliseconds(movement: Movement) -> None:
    now, soon = movement.at(0.0), movement.at(1e-6)
    for name in ANGLES:
        rate = np.radians(getattr(soon, name) - getattr(now, name)) / 1e-6
        assert getattr(now, name.replace("deg", "rate_rad_s")) == pytest.approx(rate, abs=1e-3)
    spin = logarithm(soon.tibia_rotation @ now.tibia_rotation.T) / 1e-6
    assert np.allclose(now.tibia_velocity_rad_s, spin, atol=1e-3)


def test_curves_are_smooth(movement: Movement) -> None:
    times = np.linspace(0.0, given.END_S, 601)
    rates = np.array(
        [[getattr(movement.at(t), f"{n}_rate_rad_s") for n in ("ankle", "knee")] for t in times]
    )
    spins = np.array([movement.at(t).tibia_velocity_rad_s for t in times])
    accelerations = np.diff(np.hstack([rates, spins]), axis=0) / np.diff(times)[:, None]
    assert np.abs(accelerations).max() < 600.0  # rad/s2; a kink of 1 rad/s would give 4000
    for name in ROTATIONS:
        rotation = getattr(movement.at(0.0714), name)
        assert np.allclose(rotation @ rotation.T, np.eye(3), atol=1e-12)


def test_before_touchdown_and_beyond_the_end_the_ends_hold(movement: Movement) -> None:
    assert movement.at(-1.0).time_s == 0.0 and movement.at(-1.0).knee_deg == movement.knee_deg[0]
    late = movement.at(9.0)
    assert late.time_s == movement.end_s == given.END_S
    assert np.allclose(late.tibia_rotation, movement.tibia_rotation[-1])
    assert np.allclose(late.ground_force_n, movement.ground_force_n[-1])


def test_walking_follows_its_gait_in_the_frame_of_the_foot() -> None:
    movement, gait = given.walking(), given.gait()
    for time in (0.0, 0.033, 0.1, 0.15):
        now, then = movement.at(time), gait.at(100.0 * time / gait.duration_s)
        for name in ANGLES:
            assert getattr(now, name) == pytest.approx(getattr(then, name), abs=0.1), name
        for name in ROTATIONS:
            off = logarithm(getattr(now, name) @ (gait.heading.T @ getattr(then, name)).T)
            assert np.degrees(np.abs(off)).max() < 0.15, name
        assert np.allclose(gait.heading @ now.other_force_n, then.other_grf_n, atol=0.5)
        assert np.allclose(
            gait.heading @ now.com_acceleration_mm_s2, then.com_acceleration_mm_s2, atol=5.0
        )
        assert np.allclose(now.cop_foot_mm, then.cop_foot_mm, atol=0.5)
        assert now.ground_force_n[1] == pytest.approx(then.grf_n[1], abs=0.5)
    shear = np.hypot(*movement.ground_force_n[:, [0, 2]].T)
    assert np.all(shear <= 0.8 * given.FRICTION * movement.ground_force_n[:, 1] + 1e-6)
    slippery = walking_movement(gait, given.foot(), given.SIZE, 0.1, 0.15)
    shear = np.hypot(*slippery.ground_force_n[:, [0, 2]].T)
    assert shear[1:].max() > 0.05 * movement.ground_force_n[:, 1].max()
    assert np.all(shear <= 0.08 * slippery.ground_force_n[:, 1] + 1e-6)


def test_velocities_of_the_leg_are_those_of_its_places(movement: Movement) -> None:
    foot, size = given.foot(), given.SIZE
    for time in INSTANTS:
        now = leg_motion(movement.at(time), foot, size)
        point = now.heel_point_mm
        ends = [
            leg_motion(movement.at(time + s), foot, size, heel_point_mm=point)
            for s in (-STEP_S, STEP_S)
        ]
        for name in ("subtalar", "ankle", "knee", "hip", "pelvis"):
            before, after = (getattr(end, f"{name}_mm") for end in ends)
            moved = (after - before) / (2.0 * STEP_S)
            assert np.allclose(getattr(now, f"{name}_mm_s"), moved, atol=0.02), name
        for name in ("foot", "talus", "femur"):
            before, after = (getattr(end, f"{name}_rotation") for end in ends)
            spin = logarithm(after @ before.T) / (2.0 * STEP_S)
            assert np.allclose(getattr(now, f"{name}_velocity_rad_s"), spin, atol=1e-5), name
    carried = leg_motion(movement.at(0.0), foot, size, np.array([100.0, -300.0, 20.0]))
    still = leg_motion(movement.at(0.0), foot, size)
    assert np.allclose(carried.pelvis_mm_s - still.pelvis_mm_s, [100.0, -300.0, 20.0])


def test_velocity_at_the_start_of_a_step_of_known_accelerations() -> None:
    period, a, b, c = 0.4, 2000.0, 900.0, 500.0
    time = np.linspace(0.0, period, 2001)
    wave = 2.0 * np.pi * time / period
    acceleration = np.stack(
        [b * np.sin(wave) + 30.0, a * np.sin(wave) - 50.0, c * np.sin(0.5 * wave)], axis=1
    )
    found = step_start_velocity_mm_s(time, acceleration, 1.2)
    size = period / (2.0 * np.pi)
    assert np.allclose(found, [1200.0 - b * size, -a * size, -2.0 * c * size], atol=0.1)


@pytest.mark.parametrize("speed", [1.1, 1.3, 1.9])
def test_touchdown_in_walking(speed: float, evidence: Evidence) -> None:
    movement = given.walking(speed)
    toe_out = given.gait(speed).toe_out_deg
    leg = leg_motion(movement.at(0.0), given.foot(), given.SIZE, movement.heel_velocity_mm_s)
    heel, pelvis = (
        1e-3 * to_world(v, toe_out) for v in (movement.heel_velocity_mm_s, leg.pelvis_mm_s)
    )
    case = f"Touchdown, walking at {speed:g} m/s"
    check = {"unit": "m/s", "source": "heel velocity before contact 0.2 to 0.5 m/s (M)"}
    evidence.within("shock", case, "heel downwards", -heel[1], low=0.2, high=0.5, **check)
    check["source"] = "inverted pendulum of 3 to 5 cm: 0.05 to 0.3 m/s (M)"
    evidence.within("shock", case, "pelvis downwards", -pelvis[1], low=0.05, high=0.3, **check)
    assert pelvis[0] == pytest.approx(speed, rel=0.08)
    assert 0.0 < heel[0] < 0.8 * speed
    assert leg.heel_point_mm[0] < 30.0
    assert movement.at(0.0).tibia_velocity_rad_s[2] < -1.0, "the tibia rolls forwards"


def test_the_pelvis_or_what_is_given_sets_the_heel() -> None:
    free = given.walking().heel_velocity_mm_s
    forced = given.walking(given=(None, -350.0, None)).heel_velocity_mm_s
    assert np.allclose(forced, [free[0], -350.0, free[2]])
    assert np.allclose(
        given.running(given=(700.0, -1000.0, None)).heel_velocity_mm_s[:2], [700.0, -1000.0]
    )


def test_no_longer_than_the_foot_stands() -> None:
    gait = given.gait()
    with pytest.raises(ValueError, match="longer than the stance"):
        walking_movement(gait, given.foot(), given.SIZE, 0.5, gait.duration_s + 1e-3)
    with pytest.raises(ValueError, match="longer than the stance"):
        running_movement(4.5, 70.0, given.foot(), given.SIZE, 0.5, 0.2)


@pytest.mark.parametrize("speed", [2.5, 3.3, 4.5])
def test_running_carries_the_body_over_a_step(speed: float, evidence: Evidence) -> None:
    force = running_force(speed)
    time = np.linspace(0.0, force.stance_s, 2001)
    up = force.vertical(100.0 * time / force.stance_s)
    assert np.trapezoid(up, time) / force.step_s == pytest.approx(1.0, abs=1e-3)
    assert np.trapezoid(force.ap(FINE), FINE) / 100.0 == pytest.approx(0.0, abs=1e-3)
    if speed == 3.3:
        evidence.within(
            "shock",
            "Running tables",
            "vertical force over a step, as tabulated",
            force.mean_bw,
            low=0.95,
            high=1.05,
            unit="BW",
            source="steady running carries the body",
        )
        assert force.stance_s == pytest.approx(0.236)
    step = np.linspace(0.0, force.step_s, 4001)
    gained = np.trapezoid(force.acceleration_mm_s2(step), step, axis=0)
    assert np.allclose(gained, 0.0, atol=15.0)


@pytest.mark.parametrize("speed", [2.4, 4.6])
def test_speeds_of_running_without_tables_are_refused(speed: float) -> None:
    with pytest.raises(ValueError, match=r"2\.5 to 4\.5 m/s"):
        running_force(speed)


def test_touchdown_in_running(evidence: Evidence) -> None:
    movement = given.running()
    leg = leg_motion(movement.at(0.0), given.foot(), given.SIZE, movement.heel_velocity_mm_s)
    heel, pelvis = (1e-3 * to_world(v, 6.0) for v in (movement.heel_velocity_mm_s, leg.pelvis_mm_s))
    case = "Touchdown, running at 3.3 m/s"
    check = {"unit": "m/s", "source": "rear-foot running, typical (M)"}
    evidence.within("shock", case, "heel downwards", -heel[1], low=0.9, high=1.2, **check)
    evidence.within("shock", case, "pelvis downwards", -pelvis[1], low=0.5, high=0.9, **check)
    assert pelvis[0] == pytest.approx(3.3, abs=0.1)
    assert 0.2 < heel[0] < 1.0
    assert not movement.other_force_n.any()
    assert np.allclose(movement.com_acceleration_mm_s2[0], [0.0, -9806.65, 0.0], atol=800.0)


def test_the_running_foot_lies_flat_and_the_hip_travels_at_the_speed(evidence: Evidence) -> None:
    movement = given.running()
    pitch, speed, height = [], [], []
    point = leg_motion(movement.at(0.0), given.foot(), given.SIZE).heel_point_mm
    for time in np.linspace(0.25, 0.5, 12) * 0.236:
        leg = leg_motion(movement.at(time), given.foot(), given.SIZE, heel_point_mm=point)
        pitch.append(foot_angles_deg(leg.foot_rotation[None])[0])
        speed.append(1e-3 * to_world(leg.hip_mm_s, 6.0)[0])
        height.append(leg.hip_mm[1])
    assert np.abs(pitch).max() < 1.2
    evidence.within(
        "shock",
        "Running tables",
        "hip's speed over the flat foot / running speed",
        np.mean(speed) / 3.3,
        low=0.9,
        high=1.1,
        source="the hip travels with the body",
    )
    start = leg_motion(movement.at(0.0), given.foot(), given.SIZE).hip_mm[1]
    assert 35.0 < start - min(height) < 65.0, "the hip sinks by about as much as the body does"
