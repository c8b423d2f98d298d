# SPDX-License-Identifier: MIT
"""A trial with known answers comes back from files, in every way that it can be written."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from scenarios.gait import StanceGait, Walker, measured_gait
from scenarios.gait.contacts import find_contacts
from scenarios.gait.forces import FootForce
from scenarios.gait.measured import PERCENT
from scenarios.gait.normative import pressure_path_mm
from tests.helpers.gait_trial import WALKER, Trial, write_storage


def read(trial: Trial, folder: Path, walker: Walker = WALKER) -> StanceGait:
    return measured_gait(*trial.write(folder), walker)


def renamed(trial: Trial, right: str, left: str) -> dict[str, np.ndarray]:
    return {
        (
            name.replace("1_ground_force", left)
            if name.startswith("1_")
            else name.replace("ground_force", right)
        ): values
        for name, values in trial.force_columns.items()
        if "torque" not in name
    }


@pytest.mark.parametrize("belt", [0.0, 1.3])
def test_stance_and_path_are_found(belt: float, tmp_path: Path) -> None:
    trial = Trial(belt_m_s=belt)
    gait = read(trial, tmp_path)
    assert gait.duration_s == pytest.approx(trial.stance_s, abs=0.004)
    assert gait.stride_s == pytest.approx(trial.stride_s, abs=0.002)
    assert gait.surface == ("treadmill" if belt else "overground")
    assert gait.speed_m_s == pytest.approx(1.3, abs=0.01)
    assert gait.toe_out_deg == pytest.approx(7.0, abs=0.05)
    error = gait.cop_foot_mm - pressure_path_mm(PERCENT, 255.0)
    assert np.abs(error[gait.cop_defined]).max() < 1.0
    assert np.abs(gait.registration_offset_mm).max() < 0.5


def test_without_markers_the_chain_places_the_foot(tmp_path: Path) -> None:
    gait = read(Trial(belt_m_s=1.3).without_markers(), tmp_path)
    error = gait.cop_foot_mm - pressure_path_mm(PERCENT, 255.0)
    assert np.abs(error[gait.cop_defined]).max() < 6.0
    assert any("kinematic chain" in w for w in gait.warnings)
    assert gait.speed_m_s == pytest.approx(1.3, abs=0.03)


def test_without_angles_the_belt_is_fitted_and_said(tmp_path: Path) -> None:
    forces, _ = Trial(belt_m_s=1.2).write(tmp_path)
    gait = measured_gait(forces, None, WALKER)
    assert gait.surface == "treadmill" and gait.speed_m_s == pytest.approx(1.2, abs=0.03)
    assert any("no kinematics_file" in w for w in gait.warnings)


def test_without_points_the_normative_path_is_used_and_said(tmp_path: Path) -> None:
    trial = Trial()
    trial.force_columns = {n: v for n, v in trial.force_columns.items() if "_p" not in n}
    gait = read(trial, tmp_path)
    assert any("no centre of pressure" in w for w in gait.warnings)
    assert gait.residual_force_n is not None


@pytest.mark.parametrize(
    ("right", "left"),
    [
        ("1_ground_force", "2_ground_force"),
        ("ground_force_r", "ground_force_l"),
        ("R_ground_force", "L_ground_force"),
        ("ground_force_1", "ground_force_2"),
    ],
)
def test_label_variants_give_the_same_gait(right: str, left: str, tmp_path: Path) -> None:
    trial = Trial()
    plain = read(trial, tmp_path)
    _, angles = trial.write(tmp_path)
    forces = write_storage(tmp_path / "v.mot", trial.force_time, renamed(trial, right, left))
    gait = measured_gait(forces, angles, WALKER)
    assert np.array_equal(gait.grf_n, plain.grf_n)
    assert np.array_equal(gait.other_grf_n, plain.other_grf_n)


def test_forces_and_angles_in_one_file(tmp_path: Path) -> None:
    trial = Trial()
    plain = read(trial, tmp_path)
    forces = {
        name: np.interp(trial.angle_time, trial.force_time, values)
        for name, values in trial.force_columns.items()
    }
    path = write_storage(tmp_path / "all.mot", trial.angle_time, {**trial.angle_columns, **forces})
    gait = measured_gait(path, path, WALKER)
    assert gait.duration_s == pytest.approx(plain.duration_s, abs=0.02)
    assert np.abs(gait.knee_deg - plain.knee_deg).max() < 4.0


def test_left_foot_is_the_mirror_image_of_a_right_one(tmp_path: Path) -> None:
    trial = Trial()
    right = read(trial, tmp_path)
    force, angle = trial.force_columns, trial.angle_columns
    trial.force_columns = {
        (n.removeprefix("1_") if n.startswith("1_") else f"1_{n}"): v
        * (-1.0 if n[-1] == "z" else 1)
        for n, v in force.items()
    }
    signs = {"pelvis_list", "pelvis_rotation", "lumbar_bending", "lumbar_rotation", "pelvis_tz"}
    swapped = {}
    for name, values in angle.items():
        other = {"_r": "_l", "_l": "_r"}.get(name[-2:])
        label = name[:-2] + other if other else name.replace("R.", "L.")
        flip = name in signs or (name.startswith("R.") and name.endswith("_tz"))
        swapped[label] = values * (-1.0 if flip else 1.0)
    trial.angle_columns = swapped
    left = read(trial, tmp_path, Walker(70.0, 1.75, "left", 255.0, WALKER.outline_mm))
    assert left.side == "left"
    for name in (
        "grf_n",
        "other_grf_n",
        "cop_foot_mm",
        "knee_deg",
        "hip_deg",
        "pelvis_deg",
        "tibia_rotation",
        "thorax_rotation",
        "com_acceleration_mm_s2",
    ):
        assert np.allclose(getattr(left, name), getattr(right, name), atol=1e-6), name


@pytest.mark.parametrize("heading_deg", [90.0, 180.0, -60.0])
def test_trial_in_another_direction_is_turned(heading_deg: float, tmp_path: Path) -> None:
    trial = Trial()
    plain = read(trial, tmp_path)
    c, s = np.cos(np.radians(heading_deg)), np.sin(np.radians(heading_deg))
    for columns, stems in (
        (
            trial.force_columns,
            ["ground_force_v", "ground_force_p", "1_ground_force_v", "1_ground_force_p"],
        ),
        (
            trial.angle_columns,
            ["pelvis_t", "R.Heel_t", "R.Toe.Tip_t", "R.Toe.Med_t", "R.Toe.Lat_t"],
        ),
    ):
        for stem in stems:
            x, z = columns[f"{stem}x"], columns[f"{stem}z"]
            columns[f"{stem}x"], columns[f"{stem}z"] = c * x + s * z, -s * x + c * z
    trial.angle_columns["pelvis_rotation"] = trial.angle_columns["pelvis_rotation"] + heading_deg
    turned = read(trial, tmp_path)
    assert any("was turned" in w for w in turned.warnings)
    assert np.abs(turned.cop_foot_mm - plain.cop_foot_mm).max() < 1.0
    assert np.abs(turned.grf_n - plain.grf_n).max() < 8.0


def test_missing_plate_is_the_mirrored_foot_and_said(tmp_path: Path) -> None:
    trial = Trial()
    both = read(trial, tmp_path)
    trial.force_columns = {n: v for n, v in trial.force_columns.items() if not n.startswith("1_")}
    one = read(trial, tmp_path)
    assert any("no force of the other foot" in w for w in one.warnings)
    assert np.abs(one.other_grf_n - both.other_grf_n).max() < 30.0
    assert np.abs(one.com_acceleration_mm_s2 - both.com_acceleration_mm_s2).max() < 500.0
    assert one.residual_force_n is None


def test_record_shorter_than_a_stride(tmp_path: Path) -> None:
    trial = Trial(end_s=1.0)
    gait = read(trial, tmp_path)
    assert any("no whole stride" in w for w in gait.warnings)
    assert any("less than the stride" in w for w in gait.warnings)
    assert gait.stride_s == pytest.approx(trial.stride_s, rel=0.06)
    assert gait.duration_s == pytest.approx(trial.stance_s, abs=0.004)


def test_locked_columns_count_as_not_measured(tmp_path: Path) -> None:
    trial = Trial()
    gait = read(trial, tmp_path)
    assert any("subtalar_angle is constant" in w for w in gait.warnings)
    trial.angle_columns["subtalar_angle_r"] = trial.angle_columns["subtalar_angle_l"]
    gait = read(trial, tmp_path)
    assert not any("subtalar" in w for w in gait.warnings)


def test_mean_acceleration_is_removed_over_the_stride(tmp_path: Path) -> None:
    trial = Trial()
    trial.force_columns["ground_force_vx"] += 10.0 * (trial.force_columns["ground_force_vy"] > 0)
    gait = read(trial, tmp_path)
    share = trial.stance_s / trial.stride_s
    assert gait.mean_acceleration_mm_s2[0] == pytest.approx(1000 * 10.0 / 70.0 * share, abs=10.0)
    total = gait.grf_n + gait.other_grf_n - [0.0, 70.0 * 9.80665, 0.0]
    raw = gait.com_acceleration_mm_s2 + gait.mean_acceleration_mm_s2
    assert np.abs(raw - 1000.0 * total / 70.0).max() < 50.0


def test_chatter_about_the_threshold_begins_no_new_contact() -> None:
    time = np.arange(0.0, 1.0, 0.001)
    force = np.where((time > 0.2) & (time < 0.8), 700.0, 0.0)
    force[800:860] = 15.0 + 10.0 * np.sin(np.arange(60.0))
    force[800:860] = np.maximum(force[800:860], 12.0)
    zero = np.zeros((len(time), 3))
    up = np.stack([zero[:, 0], force, zero[:, 0]], axis=1)
    contacts = find_contacts(FootForce(time, up, zero, zero[:, 0]))
    assert len(contacts) == 1 and contacts[0].complete
    assert contacts[0].start_s == pytest.approx(0.2, abs=0.002)


def test_second_stance_can_be_asked_for(tmp_path: Path) -> None:
    forces, angles = Trial(end_s=2.9).write(tmp_path)
    first = measured_gait(forces, angles, WALKER, stance_index=0)
    second = measured_gait(forces, angles, WALKER, stance_index=1)
    assert np.abs(first.grf_n - second.grf_n).max() < 15.0
    assert np.abs(first.cop_foot_mm - second.cop_foot_mm)[first.cop_defined].max() < 1.5
