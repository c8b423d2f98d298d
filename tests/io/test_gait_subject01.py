# SPDX-License-Identifier: MIT
"""The measured trial of the data folder, against figures worked out independently."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from scenarios.gait import GaitError, StanceGait, Walker, measured_gait
from scenarios.gait.gait2392 import ANKLE_AXIS, SUBTALAR_AXIS, sequence, zxy_angles_deg
from scenarios.gait.posture import foot_angles_deg

OUTLINE = (
    270.0
    / 255.0
    * np.array([[0, -32], [120, -45], [200, -50], [255, -20], [255, 20], [190, 48], [0, 32]])
)


def walker(side: str = "right", mass: float = 72.6) -> Walker:
    return Walker(mass, 1.80, side, 270.0, OUTLINE)


@pytest.fixture(scope="module")
def files(data_dir: Path) -> tuple[Path, Path]:
    folder = data_dir / "gait"
    return folder / "subject01_walk1_grf.mot", folder / "subject01_walk1_ik.mot"


@pytest.fixture(scope="module")
def gait(files: tuple[Path, Path]) -> StanceGait:
    return measured_gait(*files, walker())


def at(gait: StanceGait, values: np.ndarray, *percent: float) -> np.ndarray:
    return np.array([np.interp(p, gait.percent, values) for p in percent])


def test_times_and_surface(gait: StanceGait) -> None:
    assert gait.duration_s == pytest.approx(0.79, abs=0.005)
    assert gait.stride_s == pytest.approx(1.234, abs=0.005)
    assert gait.surface == "treadmill"
    assert 1.1 < gait.speed_m_s < 1.2


def test_vertical_force_peaks(gait: StanceGait) -> None:
    up = gait.grf_n[:, 1] / (72.6 * 9.80665)
    early, late = gait.percent < 45, gait.percent > 60
    middle = ~early & ~late | ((gait.percent > 30) & (gait.percent < 60))
    assert up[early].max() == pytest.approx(1.08, abs=0.01)
    assert up[late].max() == pytest.approx(1.08, abs=0.01)
    assert up[middle].min() == pytest.approx(0.84, abs=0.01)
    assert gait.grf_n[:, 0].min() / 712.0 == pytest.approx(-0.14, abs=0.01)
    assert gait.grf_n[:, 0].max() / 712.0 == pytest.approx(0.19, abs=0.01)


def test_angles_at_tenths_of_stance(gait: StanceGait) -> None:
    tenths = np.arange(0.0, 81.0, 10.0)
    ankle = [1.6, -1.7, 0.8, 4.7, 6.5, 7.9, 9.4, 11.4, 13.5]
    tibia = [-21.7, -9.8, 0.1, 4.7, 7.0, 9.5, 12.4, 16.4, 22.6]
    knee = [1, 16, 24, 22, 16, 12, 8, 6, 7]
    assert np.abs(at(gait, gait.ankle_deg, *tenths) - ankle).max() < 0.8
    inclination = -zxy_angles_deg(gait.tibia_rotation)[:, 0]
    assert np.abs(at(gait, inclination, *tenths) - tibia).max() < 2.0
    assert np.abs(at(gait, gait.knee_deg, *tenths) - knee).max() < 1.6


def test_foot_lies_flat_along_its_heading(gait: StanceGait) -> None:
    foot = (
        gait.heading.T
        @ gait.tibia_rotation
        @ sequence(ANKLE_AXIS[None], gait.ankle_deg[:, None])
        @ sequence(SUBTALAR_AXIS[None], gait.subtalar_deg[:, None])
    )
    flat = (gait.percent >= 20) & (gait.percent <= 45)
    assert np.abs(foot_angles_deg(foot)[flat].mean(axis=0)).max() < 0.01
    assert foot_angles_deg(foot)[0, 1] == pytest.approx(23.3, abs=0.8)
    assert abs(dict(gait.offsets_deg)["ankle"]) < 1.0
    assert 3.0 < gait.toe_out_deg < 15.0


def test_pressure_path_runs_from_heel_to_toes(gait: StanceGait) -> None:
    x, z = gait.cop_foot_mm.T
    assert np.all(np.diff(at(gait, x, *np.arange(0, 101, 10))) > 0.0)
    assert at(gait, x, 5)[0] < 40.0 and at(gait, x, 95)[0] > 230.0
    assert np.abs(z).max() < 25.0
    assert gait.cop_outside_mm < 20.0


def test_acceleration_needs_both_feet(gait: StanceGait) -> None:
    assert np.abs(gait.mean_acceleration_mm_s2).max() < 100.0
    single = (gait.percent > 25) & (gait.percent < 75)
    assert np.abs(gait.other_grf_n[single]).max() < 1.0
    assert gait.other_grf_n[0, 1] > 700.0 and gait.other_grf_n[-1, 1] > 700.0
    assert np.abs(gait.com_acceleration_mm_s2).max() < 4000.0


def test_residual_at_the_pelvis_is_small(gait: StanceGait) -> None:
    assert gait.residual_force_n is not None and gait.residual_moment_nmm is not None
    rms = np.sqrt((gait.residual_force_n**2).sum(axis=1).mean())
    assert rms < 0.06 * 72.6 * 9.81
    assert np.sqrt((gait.residual_moment_nmm**2).sum(axis=1).mean()) < 40e3


def test_what_was_substituted_is_said(gait: StanceGait) -> None:
    said = " ".join(gait.warnings)
    for words in (
        "subtalar_angle is constant",
        "mtp_angle is constant",
        "treadmill",
        "6 Hz",
        "more flexion at L5-S1",
    ):
        assert words in said


def test_left_stance_resembles_the_right_one(files: tuple[Path, Path], gait: StanceGait) -> None:
    left = measured_gait(*files, walker("left"))
    assert left.duration_s == pytest.approx(gait.duration_s, abs=0.03)
    assert np.abs(left.grf_n - gait.grf_n).max() < 120.0
    assert np.abs(left.knee_deg - gait.knee_deg).max() < 6.0
    assert np.abs(left.registration_offset_mm[0]) > 10.0


def test_mixed_file_with_one_label_twice_is_refused(files: tuple[Path, Path]) -> None:
    with pytest.raises(GaitError, match="ground_force_vx"):
        measured_gait(files[1], files[1], walker())


def test_wrong_mass_is_refused(files: tuple[Path, Path]) -> None:
    with pytest.raises(GaitError, match=r"carries 7[23]"):
        measured_gait(*files, walker(mass=110.0))
