# SPDX-License-Identifier: MIT
"""Storage files and their faults: each is refused by file, column and what is allowed."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from scenarios.gait import GaitError, Walker, measured_gait
from scenarios.gait.storage import read_storage
from tests.helpers.gait_trial import WALKER, Trial, refused, write_storage


@pytest.fixture
def trial() -> Trial:
    return Trial()


def edited(path: Path, change: Callable[[list[str]], list[str]]) -> Path:
    path.write_text("\n".join(change(path.read_text().splitlines())) + "\n")
    return path


def test_absent_file_names_the_nearest_one(trial: Trial, tmp_path: Path) -> None:
    trial.write(tmp_path)
    error = refused(tmp_path / "grff.mot")
    assert "grff.mot" in error.file and error.suggestion == "grf.mot" and error.exit_code == 2


def test_error_survives_being_sent_to_other_ranks(tmp_path: Path) -> None:
    error = refused(tmp_path / "no.mot")
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is GaitError and str(again) == str(error)


def test_binary_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.c3d").write_bytes(bytes(range(256)))
    assert "C3D" in refused(tmp_path / "a.c3d").allowed


def denied(*_: object, **__: object) -> None:
    raise PermissionError(13, "Permission denied")


@pytest.mark.parametrize("call", ["read_text", "is_file"])
def test_file_that_may_not_be_read_is_refused(
    trial: Trial, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    forces, _ = trial.write(tmp_path)
    monkeypatch.setattr(Path, call, denied)
    error = refused(forces)
    assert error.file == str(forces) and error.exit_code == 2
    assert error.message == "cannot be read: Permission denied"


def test_header_without_end_is_refused(trial: Trial, tmp_path: Path) -> None:
    forces, _ = trial.write(tmp_path)
    edited(forces, lambda lines: [line for line in lines if line != "endheader"])
    assert refused(forces).key == "endheader"


def test_cut_off_file_is_refused(trial: Trial, tmp_path: Path) -> None:
    forces, _ = trial.write(tmp_path)
    edited(forces, lambda lines: lines[:-100])
    error = refused(forces)
    assert error.key == "nrows" and "cut off" in error.message


def test_missing_number_in_a_row_names_the_line(trial: Trial, tmp_path: Path) -> None:
    forces, _ = trial.write(tmp_path)
    edited(forces, lambda lines: [*lines[:50], lines[50].rsplit("\t", 1)[0], *lines[51:]])
    assert refused(forces).key == "line 51"


def test_text_among_numbers_names_the_column(trial: Trial, tmp_path: Path) -> None:
    forces, _ = trial.write(tmp_path)

    def break_it(lines: list[str]) -> list[str]:
        parts = lines[60].split("\t")
        parts[2] = "1,5"
        return [*lines[:60], "\t".join(parts), *lines[61:]]

    error = refused(edited(forces, break_it))
    assert error.key == "ground_force_vy" and "1,5" in error.message


def test_time_that_runs_back_is_refused(trial: Trial, tmp_path: Path) -> None:
    trial.force_time[100] = trial.force_time[99] - 0.01
    error = refused(trial.write(tmp_path)[0])
    assert error.key == "time" and "increase" in error.allowed


def test_time_in_milliseconds_is_refused(trial: Trial, tmp_path: Path) -> None:
    trial.force_time = 1000.0 * trial.force_time
    assert "seconds" in refused(trial.write(tmp_path)[0]).allowed


def test_same_label_twice_is_refused_only_where_needed(trial: Trial, tmp_path: Path) -> None:
    forces, angles = trial.write(tmp_path)
    edited(forces, lambda x: [line.replace("1_ground_force", "ground_force") for line in x])
    error = refused(forces)
    assert error.key == "ground_force_vx" and "columns 2, 9" in error.message
    edited(angles, lambda x: [line.replace("R.Toe.Tip", "R.Toe.Med") for line in x])
    forces = write_storage(tmp_path / "good.mot", trial.force_time, trial.force_columns)
    assert measured_gait(forces, angles, WALKER).source == "measured"


def test_short_gaps_are_bridged_and_long_ones_refused(trial: Trial, tmp_path: Path) -> None:
    clean = measured_gait(*trial.write(tmp_path), WALKER)
    knee = trial.angle_columns["knee_angle_r"]
    knee[30] = np.nan
    bridged = measured_gait(*trial.write(tmp_path), WALKER)
    assert np.abs(bridged.knee_deg - clean.knee_deg).max() < 1.0
    knee[30:36] = np.nan
    error = refused(*trial.write(tmp_path))
    assert error.key == "knee_angle_r" and "6 rows" in error.message


@pytest.mark.parametrize(
    ("factor", "said"),
    [(1e-3, "kN"), (1.0 / 686.5, "body weight"), (100.0 / 686.5, "per cent"), (1 / 70.0, "N/kg")],
)
def test_forces_in_another_unit_are_refused(
    trial: Trial, tmp_path: Path, factor: float, said: str
) -> None:
    for name in trial.force_columns:
        if "_v" in name:
            trial.force_columns[name] = trial.force_columns[name] * factor
    error = refused(*trial.write(tmp_path))
    assert error.key == "ground_force_vy" and said in error.message and "newtons" in error.allowed


def test_vertical_axis_must_be_y_and_up(trial: Trial, tmp_path: Path) -> None:
    force = trial.force_columns
    force["ground_force_vy"] *= -1.0
    assert "points down" in refused(*trial.write(tmp_path)).message
    force["ground_force_vy"] *= -1.0
    force["ground_force_vy"], force["ground_force_vz"] = (
        force["ground_force_vz"],
        force["ground_force_vy"],
    )
    assert "along z" in refused(*trial.write(tmp_path)).message


def test_points_in_millimetres_are_refused(trial: Trial, tmp_path: Path) -> None:
    trial.force_columns["ground_force_px"] = 1000.0 * trial.force_columns["ground_force_px"]
    error = refused(*trial.write(tmp_path))
    assert error.key == "ground_force_px" and "mm" in error.message


def test_angles_in_radians_need_the_header_to_say_so(trial: Trial, tmp_path: Path) -> None:
    clean = measured_gait(*trial.write(tmp_path), WALKER)
    for name in trial.angle_columns:
        if not name.startswith("R.") and "_t" not in name[-3:]:
            trial.angle_columns[name] = np.radians(trial.angle_columns[name])
    error = refused(*trial.write(tmp_path))
    assert error.key == "knee_angle_r" and "radians" in error.message
    same = measured_gait(*trial.write(tmp_path, degrees="no"), WALKER)
    assert np.abs(same.knee_deg - clean.knee_deg).max() < 1e-4


def test_degrees_under_a_header_of_radians_are_refused(trial: Trial, tmp_path: Path) -> None:
    assert "inDegrees=no" in refused(*trial.write(tmp_path, degrees="no")).message
    assert refused(*trial.write(tmp_path, degrees="maybe")).key == "inDegrees"


def test_missing_columns_suggest_the_nearest_label(trial: Trial, tmp_path: Path) -> None:
    forces, angles = trial.write(tmp_path)
    edited(angles, lambda x: [line.replace("knee_angle_r", "knee_flexion_r") for line in x])
    error = refused(forces, angles)
    assert error.key == "knee_angle_r" and error.suggestion == "knee_flexion_r"
    edited(forces, lambda x: [line.replace("ground_force_vz", "ground_force_fz") for line in x])
    assert refused(forces, None).key in ("ground_force_vz", "1_ground_force_vz")


def test_file_without_forces_and_force_of_one_side_only(trial: Trial, tmp_path: Path) -> None:
    _, angles = trial.write(tmp_path)
    assert "no ground reaction forces" in refused(angles).message
    right = {f"R_{n}": v for n, v in trial.force_columns.items() if not n.startswith("1_")}
    path = write_storage(tmp_path / "one.mot", trial.force_time, right)
    left = Walker(70.0, 1.75, "left", 255.0, WALKER.outline_mm)
    assert "no force of the left foot" in refused(path, None, left).message


def test_no_stance_and_wrong_index(trial: Trial, tmp_path: Path) -> None:
    forces, angles = trial.write(tmp_path)
    with pytest.raises(GaitError, match="2 complete stances"):
        measured_gait(forces, angles, WALKER, stance_index=5)
    keep = trial.force_time < trial.start_s + 0.5 * trial.stance_s
    short = {name: values[keep] for name, values in trial.force_columns.items()}
    path = write_storage(tmp_path / "short.mot", trial.force_time[keep], short)
    assert "no complete stance" in refused(path, None).message


def test_angles_of_another_time_are_refused(trial: Trial, tmp_path: Path) -> None:
    trial.angle_time = trial.angle_time + 100.0
    assert "joint angles cover" in refused(*trial.write(tmp_path)).message


def test_body_mass_warns_then_refuses(trial: Trial, tmp_path: Path) -> None:
    files = trial.write(tmp_path)

    def walker(mass: float) -> Walker:
        return Walker(mass, 1.75, "right", 255.0, WALKER.outline_mm)

    assert not [w for w in measured_gait(*files, walker(72.0)).warnings if "carries" in w]
    assert [w for w in measured_gait(*files, walker(80.0)).warnings if "carries 70.0 kg" in w]
    assert refused(*files, walker(110.0)).key == "subject.body_mass_kg"


def test_drifting_plate_is_refused(trial: Trial, tmp_path: Path) -> None:
    trial.force_columns["ground_force_vx"] += (
        0.08 * 686.0 * (trial.force_columns["ground_force_vy"] > 0)
    )
    assert "m/s2" in refused(*trial.write(tmp_path)).message


def test_pressure_outside_the_foot_is_refused(trial: Trial, tmp_path: Path) -> None:
    trial.force_columns["ground_force_pz"] += 0.09
    error = refused(*trial.write(tmp_path))
    assert error.key == "ground_force_px" and "leaves the foot" in error.message


def test_both_headers_are_read(trial: Trial, tmp_path: Path) -> None:
    _, angles = trial.write(tmp_path)
    assert read_storage(angles).in_degrees is True
    simm = ["first trial", "nRows=3", "nColumns=2", "", "datacolumns 2", "datarows 3", "endheader"]
    path = tmp_path / "simm.mot"
    path.write_text("\n".join([*simm, "time\ta", "0 1", "0.1 2", "0.2 3"]) + "\n")
    table = read_storage(path)
    assert table.in_degrees is None and table.column("a").tolist() == [1.0, 2.0, 3.0]
