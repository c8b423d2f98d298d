# SPDX-License-Identifier: MIT
"""The built-in gait against its tables, its invariants, and quiet standing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.integrate import trapezoid

from scenarios.gait import (
    GaitError,
    GaitRequest,
    Walker,
    build_gait,
    built_in_gait,
    standing_gait,
)
from scenarios.gait.normative import durations_s, ground_reaction
from tests.helpers.gait_trial import WALKER, Subject

FINE = np.linspace(0.0, 100.0, 401)
OUTLINE = WALKER.outline_mm


@pytest.mark.parametrize(
    ("speed", "first", "valley", "second"),
    [
        (1.31, 1.18, 0.76, 1.19),
        (1.31 * 1.15, 1.24, 0.67, 1.22),
        (1.31 * 1.30, 1.33, 0.60, 1.25),
        (1.31 * 1.45, 1.47, 0.51, 1.24),
    ],
)
def test_peaks_of_the_four_trials(speed: float, first: float, valley: float, second: float) -> None:
    up = ground_reaction(FINE, min(speed, 1.9), 1.75).force_bw[:, 1]
    assert up[FINE < 40].max() == pytest.approx(first, abs=0.06)
    assert up[(FINE > 30) & (FINE < 65)].min() == pytest.approx(valley, abs=0.03)
    assert up[FINE > 60].max() == pytest.approx(second, abs=0.03)


@pytest.mark.parametrize("speed", [1.1, 1.2, 1.31, 1.5, 1.7, 1.9])
def test_invariants_of_steady_walking(speed: float) -> None:
    ground = ground_reaction(FINE, speed, 1.75)
    part = ground.stance_s / ground.stride_s
    mean = trapezoid(ground.force_bw, FINE / 100.0, axis=0)
    assert 2.0 * mean[1] * part == pytest.approx(1.0, abs=1e-3)
    assert ground.mean_bw == pytest.approx(1.0, abs=0.03)
    assert mean[0] == pytest.approx(0.0, abs=1e-3)
    assert ground.force_bw[:, 1].min() >= 0.0


def test_faster_is_shorter_and_taller_is_longer() -> None:
    stance, stride = durations_s(1.31, 1.75)
    assert (stance, stride) == (pytest.approx(0.603), pytest.approx(1.015))
    assert durations_s(1.9, 1.75)[0] == pytest.approx(0.510, abs=1e-3)
    assert durations_s(1.1, 1.75)[1] > stride
    assert durations_s(1.31, 1.90)[1] > stride


@pytest.mark.parametrize("speed", [1.09, 1.91, 0.0])
def test_speeds_without_tables_are_refused(speed: float) -> None:
    with pytest.raises(GaitError, match=r"gait.speed_m_s.*1.1 to 1.9 m/s"):
        built_in_gait(speed, WALKER)


def test_forces_scale_with_body_mass_and_path_with_the_foot() -> None:
    big = built_in_gait(1.3, Walker(140.0, 1.75, "right", 510.0, 2.0 * OUTLINE))
    small = built_in_gait(1.3, WALKER)
    assert np.allclose(big.grf_n, 2.0 * small.grf_n)
    assert np.allclose(big.cop_foot_mm, 2.0 * small.cop_foot_mm)
    assert np.allclose(big.com_acceleration_mm_s2, small.com_acceleration_mm_s2)


def test_acceleration_is_that_of_both_feet() -> None:
    gait = built_in_gait(1.5, WALKER)
    total = gait.grf_n + gait.other_grf_n - [0.0, 70.0 * 9.80665, 0.0]
    given = gait.com_acceleration_mm_s2 + gait.mean_acceleration_mm_s2
    assert np.allclose(given, 1000.0 * total / 70.0)
    assert np.abs(gait.mean_acceleration_mm_s2).max() < 30.0
    single = gait.other_grf_n[:, 1] == 0.0
    assert single.sum() > 80
    assert gait.grf_n[single, 2].max() < 0.0, "the ground pushes a right foot medially"
    assert gait.other_grf_n[30:].max(axis=0)[2] > 30.0, "and the left one to the right"
    assert np.ptp(gait.com_acceleration_mm_s2[:, 1]) > 2000.0


def test_interpolation_is_smooth_and_passes_through_the_samples() -> None:
    gait = built_in_gait(1.3, WALKER)
    here = gait.at(gait.percent[77])
    for name in (
        "grf_n",
        "cop_foot_mm",
        "ankle_deg",
        "hip_deg",
        "tibia_rotation",
        "pelvis_rotation",
        "com_acceleration_mm_s2",
    ):
        assert np.allclose(getattr(here, name), getattr(gait, name)[77], atol=1e-9), name
    rotation = gait.at(33.21).tibia_rotation
    assert np.allclose(rotation @ rotation.T, np.eye(3), atol=1e-12)
    step = 1e-3
    before, after = gait.at(40.0 - step), gait.at(40.0 + step)
    turned = (after.thorax_rotation @ before.thorax_rotation.T - np.eye(3)) / (
        2.0 * step / 100.0 * gait.duration_s
    )
    spin = gait.at(40.0).thorax_angular_velocity_rad_s
    assert np.allclose([turned[2, 1], turned[0, 2], turned[1, 0]], spin, atol=0.02)


@pytest.mark.parametrize("percent", [-0.1, 100.1])
def test_outside_the_stance_is_refused(percent: float) -> None:
    with pytest.raises(ValueError, match="outside the stance"):
        built_in_gait(1.3, WALKER).at(percent)


def test_path_stays_on_the_foot() -> None:
    assert built_in_gait(1.3, WALKER).cop_outside_mm < 5.0


def test_standing_is_still_and_carries_its_share() -> None:
    gait = standing_gait(WALKER, 0.5)
    now = gait.at(42.0)
    assert np.allclose(now.grf_n + now.other_grf_n, [0.0, 70.0 * 9.80665, 0.0])
    assert np.allclose(now.grf_n, now.other_grf_n)
    assert np.allclose(now.tibia_rotation, np.eye(3))
    assert not now.cop_defined and np.isnan(now.cop_foot_mm).all()
    assert not np.any(now.thorax_angular_acceleration_rad_s2)
    assert np.allclose(standing_gait(WALKER, 1.0).other_grf_n, 0.0)


def test_scenario_without_files_is_the_built_in_gait() -> None:
    gait = build_gait(GaitRequest(speed_m_s=1.4), Subject(), OUTLINE)
    assert gait.source == "built-in" and gait.speed_m_s == 1.4
    with pytest.raises(GaitError, match=r"without gait\.grf_file"):
        build_gait(GaitRequest(kinematics_file=Path("a.mot")), Subject(), OUTLINE)
