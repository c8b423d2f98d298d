# SPDX-License-Identifier: MIT
"""From gait to the foot's load: closure window, clipped shear, sums of forces, frames."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from scenarios.foot_loads import (
    ANKLE_HEIGHT,
    FOOT_MASS_SHARE,
    Calibration,
    ClosureWindow,
    FootLoads,
    Levers,
    smoothstep,
)
from scenarios.foot_posture import FootPosture
from scenarios.foot_summary import _warnings
from scenarios.gait.built_in import built_in_gait, standing_gait
from scenarios.gait.measured import Walker
from scenarios.gait.stance import StanceGait
from simulator.loading import HELD_NMM_PER_RAD
from simulator.rotations import exponential

OUTLINE = np.array([[0.0, -30], [255, -40], [255, 40], [0, 30]])
WALKER = Walker(70.0, 1.75, "right", 255.0, OUTLINE)
WEIGHT_N = 70.0 * 9.80665
GROUND_MM = -6.0


@pytest.fixture(scope="module")
def walk() -> StanceGait:
    return built_in_gait(1.3, WALKER)


def sheared(force_n: tuple[float, float, float], toe_out_deg: float = 0.0) -> StanceGait:
    still = standing_gait(WALKER)
    n = len(still.percent)
    path = np.tile([100.0, 4.0], (n, 1))
    return replace(
        still,
        grf_n=np.tile(force_n, (n, 1)),
        cop_foot_mm=path,
        cop_defined=np.ones(n, dtype=bool),
        toe_out_deg=toe_out_deg,
    )


def frozen() -> Calibration:
    percent = np.array([10.0, 20.0])
    return Calibration(
        percent,
        np.array([[-1e4, 100.0], [-3e4, 300.0]]),
        np.array([[0.1, 0.0], [0.2, -0.1]]),
        np.array([[1e3, 2e3, 3e3], [3e3, 2e3, 1e3]]),
    )


def test_window_rises_holds_and_falls_smoothly() -> None:
    window = ClosureWindow()
    percent = np.linspace(0.0, 100.0, 2001)
    weight = np.array([window.weight(p) for p in percent])
    first, last = window.full
    assert (weight[(percent >= first) & (percent <= last)] == 1.0).all()
    assert not weight[percent <= window.rise[0]].any()
    assert not weight[percent >= window.fall[1]].any()
    assert (np.diff(weight)[percent[1:] <= first] >= 0.0).all()
    assert (np.diff(weight)[percent[1:] >= last] <= 0.0).all()
    assert np.abs(np.diff(weight)).max() < 1.6 * 0.05 / (window.rise[1] - window.rise[0])
    assert weight[(percent >= 20.0) & (percent <= 45.0)].all()


def test_smoothstep_is_level_at_both_ends() -> None:
    assert [smoothstep(x) for x in (-1.0, 0.0, 0.5, 1.0, 2.0)] == [0.0, 0.0, 0.5, 1.0, 1.0]
    assert smoothstep(1e-4) < 1e-7
    assert 1.0 - smoothstep(1.0 - 1e-4) < 1e-7


def test_shear_within_friction_is_carried_as_measured() -> None:
    forces = FootLoads(sheared((50.0, 500.0, -20.0)), GROUND_MM, 0.6).forces(50.0)
    np.testing.assert_allclose(forces.carried_n, forces.measured_n)


def test_shear_beyond_friction_is_shortened_in_its_direction() -> None:
    forces = FootLoads(sheared((300.0, 500.0, -400.0)), GROUND_MM, 0.6).forces(50.0)
    np.testing.assert_allclose(forces.measured_n, [300, 500, -400])
    np.testing.assert_allclose(forces.carried_n, [144, 500, -192])
    assert np.hypot(*forces.carried_n[[0, 2]]) < 0.6 * 500


def test_without_pressing_no_shear() -> None:
    forces = FootLoads(sheared((30.0, -2.0, 0.0)), GROUND_MM, 0.6).forces(50.0)
    np.testing.assert_allclose(forces.carried_n, [0, -2, 0])


def test_clipping_is_said_with_friction_and_instants() -> None:
    loads = FootLoads(sheared((300.0, 500.0, 0.0)), GROUND_MM, 0.3)
    foot = [
        SimpleNamespace(percent=5.0, grf_error_relative=0.2),
        SimpleNamespace(percent=10.0, grf_error_relative=1e-12),
    ]
    said = [w for w in _warnings(foot, loads) if "clipped" in w]  # type: ignore[arg-type]
    assert len(said) == 1
    assert "friction 0.3" in said[0] and "at 5 %" in said[0]
    assert not [w for w in _warnings(foot[1:], loads) if "clipped" in w]  # type: ignore[arg-type]


@pytest.mark.parametrize("share", [1.0, 0.3, 0.0])
@pytest.mark.parametrize("percent", [2.0, 30.0, 80.0])
def test_forces_on_segments_sum_to_minus_the_ground_reaction(
    walk: StanceGait, percent: float, share: float
) -> None:
    loads = FootLoads(walk, GROUND_MM, 0.6)
    load = loads.at(percent, share)
    total = sum(load.force_n.values())
    np.testing.assert_allclose(total, -share * loads.forces(percent).carried_n, atol=1e-10)
    np.testing.assert_allclose(load.force_n["midfoot"], [0, -share * FOOT_MASS_SHARE * WEIGHT_N, 0])


def test_stance_frame_has_x_along_the_foot() -> None:
    """A foot that toes out by 10 degrees feels a force along its own axis as pure X."""
    out = np.radians(10.0)
    along = np.array([np.cos(out), 0.0, np.sin(out)])
    gait = sheared((0.0, 500.0, 0.0), toe_out_deg=10.0)
    gait = replace(gait, grf_n=np.tile(40.0 * along + [0, 500, 0], (5, 1)))
    forces = FootLoads(gait, GROUND_MM, 0.6).forces(50.0)
    np.testing.assert_allclose(forces.measured_n, [40, 500, 0], atol=1e-9)
    turn = exponential(np.array([0.0, -out, 0.0]))
    gait = replace(gait, tibia_rotation=np.tile(turn, (5, 1, 1)))
    rotation = FootLoads(gait, GROUND_MM, 0.6).at(50.0).tibia_rotation
    np.testing.assert_allclose(rotation, np.eye(3), atol=1e-9)


def test_baseline_holds_the_tibia_and_leaves_torques_open(walk: StanceGait) -> None:
    loads = FootLoads(walk, GROUND_MM, 0.6)
    load = loads.at(30.0)
    assert load.alpha_nmm is None
    np.testing.assert_array_equal(load.weight, [1, 1])
    np.testing.assert_array_equal(load.tibia_stiffness_nmm_per_rad, HELD_NMM_PER_RAD * np.eye(3))
    cop = walk.at(30.0).cop_foot_mm
    np.testing.assert_allclose(load.centre_mm, [cop[0], GROUND_MM, cop[1]])
    np.testing.assert_allclose(
        np.degrees(load.angle_rad), [walk.at(30.0).ankle_deg, walk.at(30.0).subtalar_deg]
    )


def test_without_a_centre_of_pressure_angles_close_the_torques() -> None:
    """In standing the centre of pressure is a result; nothing undefined reaches the rows."""
    load = FootLoads(standing_gait(WALKER), GROUND_MM, 0.6).at(30.0)
    np.testing.assert_array_equal(load.weight, [0, 0])
    assert np.isfinite(load.centre_mm).all()


def test_candidate_has_frozen_torques_and_a_leg_that_gives_across_progression() -> None:
    loads = FootLoads(sheared((0.0, 500.0, 0.0)), GROUND_MM, 0.6, frozen())
    load = loads.at(15.0)
    assert load.alpha_nmm is not None
    np.testing.assert_allclose(load.alpha_nmm, [-2e4, 200])
    np.testing.assert_allclose(load.angle_rad, [0.15, -0.05])
    np.testing.assert_allclose(load.tibia_moment_nmm, [2e3, 2e3, 0])
    np.testing.assert_array_equal(load.weight, [0, 0])
    stiffness = np.diag(load.tibia_stiffness_nmm_per_rad)
    assert stiffness[2] == HELD_NMM_PER_RAD
    assert (stiffness[:2] < 1e-3 * HELD_NMM_PER_RAD).all()


def test_stiffness_factor_scales_both_torques() -> None:
    base = FootLoads(standing_gait(WALKER), GROUND_MM, 0.6)
    twice = replace(base, stiffness_factor=2.0)
    np.testing.assert_allclose(twice.stiffness_nmm_per_rad, 2 * base.stiffness_nmm_per_rad)
    assert base.stiffness_nmm_per_rad[0] == pytest.approx(4e3 * 180 / np.pi)


def test_muscles_hold_what_the_load_overturns_besides() -> None:
    """Each joint keeps its stiffness once the load's own, force times height, is taken off."""
    levers = Levers(ankle=75.0, below=12.0, leg=240.0)
    bare = FootLoads(sheared((0.0, 500.0, 0.0)), GROUND_MM, 0.6, frozen())
    net, held_up = bare.at(50.0), replace(bare, levers=levers).at(50.0)
    carried = bare.forces(50.0).carried_n[1]
    more = held_up.stiffness_nmm_per_rad - net.stiffness_nmm_per_rad
    np.testing.assert_allclose(more, [75.0 * carried, 63.0 * carried])
    leg = np.diag(held_up.tibia_stiffness_nmm_per_rad - net.tibia_stiffness_nmm_per_rad)
    np.testing.assert_allclose(leg, [240.0 * carried, 0.0, 0.0])
    baseline = replace(bare, calibration=None)
    np.testing.assert_array_equal(
        baseline.at(50.0).stiffness_nmm_per_rad,
        replace(baseline, levers=levers).at(50.0).stiffness_nmm_per_rad,
    )


def test_height_of_the_ankle_is_that_of_the_baseline_where_it_is_known() -> None:
    posture = np.zeros(10)
    posture[ANKLE_HEIGHT] = 110.0
    levers = Levers(ankle=75.0, below=12.0, leg=240.0)
    np.testing.assert_array_equal(levers.of_foot(posture), [110.0, 98.0])
    np.testing.assert_array_equal(levers.of_foot(None), [75.0, 63.0])
    told = FootPosture(0.0, 0.0, 0.0, 110.0, 0.0, 0.0, 0.0, np.eye(3)).numbers()
    assert told[ANKLE_HEIGHT] == 110.0


def test_stiffness_grows_with_the_body_that_it_holds() -> None:
    base, heavy = (
        FootLoads(standing_gait(replace(WALKER, body_mass_kg=mass)), GROUND_MM, 0.6, frozen())
        for mass in (70.0, 140.0)
    )
    np.testing.assert_allclose(heavy.stiffness_nmm_per_rad, 2 * base.stiffness_nmm_per_rad)
    legs = [np.diag(loads.at(50.0).tibia_stiffness_nmm_per_rad) for loads in (base, heavy)]
    np.testing.assert_allclose(legs[1][:2], 2 * legs[0][:2])
