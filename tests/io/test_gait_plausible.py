# SPDX-License-Identifier: MIT
"""Angles, steps in time and pressure paths that no walker has are refused or said by name."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from scenarios.gait import GaitRequest, StanceGait, build_gait, measured_gait
from tests.helpers.gait_trial import WALKER, Subject, Trial, refused

REQUIRED = (
    "pelvis_tilt",
    "pelvis_list",
    "pelvis_rotation",
    "hip_flexion_r",
    "hip_adduction_r",
    "hip_rotation_r",
    "knee_angle_r",
    "ankle_angle_r",
)


@pytest.fixture
def trial() -> Trial:
    return Trial()


def said(gait: StanceGait, *words: str) -> list[str]:
    """Warnings that hold all the words."""
    return [w for w in gait.warnings if all(word in w for word in words)]


@pytest.mark.parametrize("label", REQUIRED)
def test_one_angle_in_radians_is_refused_by_name(trial: Trial, tmp_path: Path, label: str) -> None:
    trial.angle_columns[label] = np.radians(trial.angle_columns[label])
    error = refused(*trial.write(tmp_path))
    assert error.key == label and "radians" in error.message and "inDegrees" in error.allowed


@pytest.mark.parametrize("label", ["subtalar_angle_r", "lumbar_rotation", "hip_flexion_l"])
def test_an_angle_that_is_not_required_has_its_unit_checked_too(
    trial: Trial, tmp_path: Path, label: str
) -> None:
    trial.angle_columns["subtalar_angle_r"] = trial.angle_columns["subtalar_angle_l"]
    trial.angle_columns[label] = np.radians(trial.angle_columns[label])
    assert refused(*trial.write(tmp_path)).key == label


@pytest.mark.parametrize("label", REQUIRED)
def test_one_angle_in_degrees_under_a_header_of_radians(
    trial: Trial, tmp_path: Path, label: str
) -> None:
    for name in trial.angle_columns:
        if not name.startswith("R.") and "_t" not in name[-3:] and name != label:
            trial.angle_columns[name] = np.radians(trial.angle_columns[name])
    error = refused(*trial.write(tmp_path, degrees="no"))
    assert error.key == label and "inDegrees=no" in error.message


@pytest.mark.parametrize("label", REQUIRED)
@pytest.mark.parametrize("value", [0.0, 12.0])
def test_constant_angle_is_refused_by_name(
    trial: Trial, tmp_path: Path, label: str, value: float
) -> None:
    trial.angle_columns[label] = np.full_like(trial.angle_time, value)
    error = refused(*trial.write(tmp_path))
    assert error.key == label and "constant" in error.message
    assert "subtalar_angle" in error.allowed


def test_jump_by_a_whole_turn_is_refused(trial: Trial, tmp_path: Path) -> None:
    trial.angle_columns["hip_rotation_r"][90:] += 360.0
    assert refused(*trial.write(tmp_path)).key == "hip_rotation_r"


def test_other_leg_that_does_not_move_gives_no_residual(trial: Trial, tmp_path: Path) -> None:
    trial.angle_columns["ankle_angle_l"] *= 0.0
    assert measured_gait(*trial.write(tmp_path), WALKER).residual_force_n is None


def test_knee_that_counts_flexion_positive_is_turned_and_said(trial: Trial, tmp_path: Path) -> None:
    plain = measured_gait(*trial.write(tmp_path), WALKER)
    assert not said(plain, "knee_angle")
    for side in "rl":
        trial.angle_columns[f"knee_angle_{side}"] *= -1.0
    turned = measured_gait(*trial.write(tmp_path), WALKER)
    assert np.allclose(turned.knee_deg, plain.knee_deg, atol=1e-5)
    assert np.allclose(turned.tibia_rotation, plain.tibia_rotation, atol=1e-6)
    assert turned.residual_moment_nmm is not None and plain.residual_moment_nmm is not None
    assert np.allclose(turned.residual_moment_nmm, plain.residual_moment_nmm, atol=1.0)
    assert said(turned, "knee_angle_r", "flexion") and said(turned, "knee_angle_l", "flexion")


@pytest.mark.parametrize(("factor", "offset"), [(-0.3, 0.0), (1.0, 35.0), (0.2, 9.0)])
def test_knee_whose_sign_is_not_plain_is_refused(
    trial: Trial, tmp_path: Path, factor: float, offset: float
) -> None:
    knee = trial.angle_columns["knee_angle_r"]
    trial.angle_columns["knee_angle_r"] = factor * knee + offset
    error = refused(*trial.write(tmp_path))
    assert error.key == "knee_angle_r" and "hyperextended" in error.message
    assert "extension positive" in error.allowed


def test_offset_of_the_ankle_is_bounded_and_said(trial: Trial, tmp_path: Path) -> None:
    ankle = trial.angle_columns["ankle_angle_r"].copy()
    plain = measured_gait(*trial.write(tmp_path), WALKER)
    assert not said(plain, "ankle_angle_r")
    trial.angle_columns["ankle_angle_r"] = ankle + 10.0
    shifted = measured_gait(*trial.write(tmp_path), WALKER)
    assert np.allclose(shifted.ankle_deg, plain.ankle_deg, atol=0.2)
    assert said(shifted, "ankle_angle_r", "8.6 degrees", "dorsiflexion")
    for shift, sense in ((20.0, "dorsiflexion"), (-20.0, "plantarflexion")):
        trial.angle_columns["ankle_angle_r"] = ankle + shift
        error = refused(*trial.write(tmp_path))
        assert error.key == "ankle_angle_r" and "flat" in error.message
        assert sense in error.message and "15 degrees" in error.allowed


def test_measured_toe_angle_is_not_used_and_said(trial: Trial, tmp_path: Path) -> None:
    files = trial.write(tmp_path)
    assert said(measured_gait(*files, WALKER), "mtp_angle is constant", "passive law")
    trial.angle_columns["mtp_angle_r"] = 10.0 * np.sin(trial.angle_time)
    trial.angle_columns["mtp_angle_r"][20:60] = np.nan
    gait = measured_gait(*trial.write(tmp_path), WALKER)
    assert said(gait, "mtp_angle is measured", "not used", "passive law")
    del trial.angle_columns["mtp_angle_r"]
    gait = measured_gait(*trial.write(tmp_path), WALKER)
    assert said(gait, "mtp_angle is not in the file", "passive law")


def without_rows(trial: Trial, first_s: float, last_s: float, *, forces: bool) -> Trial:
    """The trial without its rows between two times."""
    time = trial.force_time if forces else trial.angle_time
    keep = (time < first_s) | (time > last_s)
    columns = trial.force_columns if forces else trial.angle_columns
    for name in columns:
        columns[name] = columns[name][keep]
    if forces:
        trial.force_time = time[keep]
    else:
        trial.angle_time = time[keep]
    return trial


@pytest.mark.parametrize("forces", [True, False], ids=["forces", "angles"])
def test_missing_rows_in_the_stance_are_refused(trial: Trial, tmp_path: Path, forces: bool) -> None:
    middle = trial.start_s + 0.5 * trial.stance_s
    files = without_rows(trial, middle - 0.1, middle + 0.1, forces=forces).write(tmp_path)
    error = refused(*files)
    assert error.key == "time" and "no rows" in error.message
    assert error.file == str(files[0 if forces else 1]) and "0.05 s" in error.allowed


@pytest.mark.parametrize("forces", [True, False], ids=["forces", "angles"])
def test_missing_rows_in_the_rest_of_the_stride_are_refused(
    trial: Trial, tmp_path: Path, forces: bool
) -> None:
    swing = trial.start_s + 0.5 * (trial.stance_s + trial.stride_s)
    files = without_rows(trial, swing - 0.1, swing + 0.1, forces=forces).write(tmp_path)
    assert "no rows" in refused(*files).message


@pytest.mark.parametrize("forces", [True, False], ids=["forces", "angles"])
def test_missing_rows_elsewhere_do_no_harm(trial: Trial, tmp_path: Path, forces: bool) -> None:
    after = trial.start_s + trial.stride_s + 0.4
    files = without_rows(trial, after, after + 0.2, forces=forces).write(tmp_path)
    assert measured_gait(*files, WALKER).source == "measured"


def test_one_missing_row_and_rows_that_are_all_far_apart_are_read(
    trial: Trial, tmp_path: Path
) -> None:
    clean = measured_gait(*trial.write(tmp_path), WALKER)
    middle = trial.start_s + 0.5 * trial.stance_s
    files = without_rows(trial, middle - 0.008, middle + 0.008, forces=False).write(tmp_path)
    assert np.abs(measured_gait(*files, WALKER).knee_deg - clean.knee_deg).max() < 1.0
    slow = Trial()
    keep = slice(None, None, 4)
    slow.angle_time = slow.angle_time[keep]
    slow.angle_columns = {name: values[keep] for name, values in slow.angle_columns.items()}
    assert np.diff(slow.angle_time).min() > 0.05
    assert measured_gait(*slow.write(tmp_path), WALKER).source == "measured"


@pytest.mark.parametrize("shift_m", [-0.08, -0.04, 0.04, 0.08])
def test_path_that_markers_place_off_the_foot_is_refused(
    trial: Trial, tmp_path: Path, shift_m: float
) -> None:
    trial.force_columns["ground_force_px"] += shift_m
    error = refused(*trial.write(tmp_path))
    assert error.key == "ground_force_px"
    assert "leaves the foot by" in error.message and "markers" in error.message
    assert "20 mm" in error.allowed


def test_path_that_markers_place_a_little_off_the_foot_is_moved_and_said(
    trial: Trial, tmp_path: Path
) -> None:
    trial.force_columns["ground_force_px"] += 0.02
    gait = measured_gait(*trial.write(tmp_path), WALKER)
    assert said(gait, "ran over an end of the foot", "-13 mm")


def test_points_that_are_missing_in_the_stance_are_held_and_said(
    trial: Trial, tmp_path: Path
) -> None:
    assert not said(measured_gait(*trial.write(tmp_path), WALKER), "ground_force_px")
    middle = trial.start_s + 0.5 * trial.stance_s
    gap = np.abs(trial.force_time - middle) < 0.1 * trial.stance_s
    trial.force_columns["ground_force_px"][gap] = np.nan
    gait = measured_gait(*trial.write(tmp_path), WALKER)
    assert said(gait, "ground_force_px", "20% of the stance", "held")


def test_path_without_markers_is_moved_further(trial: Trial, tmp_path: Path) -> None:
    trial.without_markers().force_columns["ground_force_px"] += 0.05
    gait = measured_gait(*trial.write(tmp_path), WALKER)
    assert np.linalg.norm(gait.registration_offset_mm) > 30.0
    trial.force_columns["ground_force_px"] += 0.10
    error = refused(*trial.write(tmp_path))
    assert "kinematic chain" in error.message and "80 mm" in error.allowed


@pytest.mark.parametrize(("asked", "warned"), [(1.1, True), (1.3, False), (1.6, True)])
def test_speed_beside_a_trial_of_another_is_said(
    trial: Trial, tmp_path: Path, asked: float, warned: bool
) -> None:
    forces, angles = trial.write(tmp_path)
    gait = build_gait(GaitRequest(asked, forces, angles), Subject(), WALKER.outline_mm)
    assert gait.speed_m_s == pytest.approx(1.3, abs=0.01)
    assert bool(said(gait, f"{asked:g} m/s", "gait.speed_m_s", "1.30 m/s")) is warned


def test_speed_that_the_trial_does_not_show_is_the_one_given(tmp_path: Path) -> None:
    forces, _ = Trial().write(tmp_path)
    gait = build_gait(GaitRequest(1.6, forces), Subject(), WALKER.outline_mm)
    assert gait.speed_m_s == 1.6 and not said(gait, "gait.speed_m_s")
