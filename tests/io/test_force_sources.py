# SPDX-License-Identifier: MIT
"""Ground reaction forces from C3D and plain tables: the same gait as from OpenSim files."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from scenarios.gait import GaitError, StanceGait, Walker, measured_gait
from tests.helpers.force_plates import PlateFile, of_storage, of_trial, with_markers, write_mot
from tests.helpers.gait_trial import WALKER, Trial

pytest.importorskip("ezc3d")

CURVES = ("grf_n", "other_grf_n", "cop_foot_mm", "com_acceleration_mm_s2")
LEFT = replace(WALKER, side="left")
Y_UP_LAB, X_UP_LAB = np.eye(3), np.array([[0.0, 1, 0], [-1, 0, 0], [0, 0, 1]])


@pytest.fixture(scope="module")
def made() -> PlateFile:
    return of_trial(Trial())


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory, made: PlateFile) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("trial")
    angles = Trial().write(folder)[1]
    return write_mot(made, folder / "walk.mot"), angles


def apart(one: StanceGait, other: StanceGait) -> dict[str, float]:
    """Largest differences of two gaits by curve."""
    return {n: float(np.abs(getattr(one, n) - getattr(other, n)).max()) for n in CURVES}


def same(one: StanceGait, other: StanceGait) -> None:
    found = apart(one, other)
    assert found["grf_n"] < 5e-3 and found["other_grf_n"] < 5e-3
    assert found["cop_foot_mm"] < 5e-3
    assert one.duration_s == pytest.approx(other.duration_s, abs=1e-5)


def refused(file: Path, walker: Walker = WALKER, **more: object) -> GaitError:
    with pytest.raises(GaitError) as caught:
        measured_gait(file, None, walker, **more)
    assert str(file) in str(caught.value)
    return caught.value


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"heading_deg": 90.0},
        {"heading_deg": -90.0},
        {"sign": -1.0},
        {"to_lab": Y_UP_LAB},
        {"to_lab": X_UP_LAB},
        {"units": ("N", "Nm", "m"), "origin_mm": (0.0, 0.0, -0.04)},
        {"units": ("kN", "Nm", "mm")},
        {"units": ("N", "Nm", "mm"), "origin_mm": (3.0, -2.0, -40.0)},
        {"origin_mm": (0.0, 0.0, 0.0)},
    ],
    ids=lambda change: ", ".join(f"{k}" for k in change) or "plain",
)
def test_c3d_in_any_axes_and_units_gives_the_gait_of_the_mot(
    tmp_path: Path, files: tuple[Path, Path], made: PlateFile, change: dict[str, object]
) -> None:
    forces, angles = files
    for walker in (WALKER, LEFT):
        if walker is LEFT and change:
            continue
        reference = measured_gait(forces, None if walker is LEFT else angles, walker)
        path = replace(made, **change).write_c3d(tmp_path / "walk.c3d")
        found = measured_gait(path, None if walker is LEFT else angles, walker)
        same(found, reference)
        assert any("taken for the vertical" in w for w in found.warnings)


def test_table_gives_the_gait_of_the_mot(
    tmp_path: Path, files: tuple[Path, Path], made: PlateFile
) -> None:
    forces, angles = files
    same(
        measured_gait(made.write_csv(tmp_path / "walk.csv"), angles, WALKER),
        measured_gait(forces, angles, WALKER),
    )
    metres = replace(made, point_mm=[p / 1000.0 for p in made.point_mm])
    names = {f"cop_{a}_mm_{side}": f"cop_{a}_m_{side}" for a in "xyz" for side in ("right", "left")}
    path = metres.write_csv(tmp_path / "metres.csv", change=names)
    same(measured_gait(path, None, LEFT), measured_gait(forces, None, LEFT))


@pytest.mark.data
def test_measured_trial_through_c3d_and_table(
    tmp_path: Path, data_dir: Path, evidence: object
) -> None:
    folder = data_dir / "gait"
    angles = folder / "subject01_walk1_ik.mot"
    trial = of_storage(folder / "subject01_walk1_grf.mot")
    # The file's times are rounded to 0.1 ms; C3D has a rate.
    trial.time_s = np.linspace(trial.time_s[0], trial.time_s[-1], len(trial.time_s))
    outline = WALKER.outline_mm * 270.0 / 255.0
    for side in ("right", "left"):
        walker = Walker(72.6, 1.80, side, 270.0, outline)
        reference = measured_gait(write_mot(trial, tmp_path / "walk.mot"), angles, walker)
        for path in (
            replace(trial, heading_deg=90.0).write_c3d(tmp_path / "walk.c3d"),
            trial.write_csv(tmp_path / "walk.csv"),
        ):
            found = measured_gait(path, angles, walker)
            off = apart(found, reference)
            for name, unit in (("grf_n", "N"), ("cop_foot_mm", "mm")):
                evidence.within(
                    "foot",
                    "Gait of one trial by three kinds of file",
                    f"{name} from {path.suffix}, {side} foot, against .mot",
                    off[name],
                    high=1e-3,
                    unit=unit,
                    source="the same forces written in each format",
                )


def test_plates_in_another_order_are_told_by_place_by_markers_and_by_the_key(
    tmp_path: Path, files: tuple[Path, Path], made: PlateFile
) -> None:
    reference = measured_gait(files[0], files[1], WALKER)
    marked = with_markers(made)
    order = slice(None, None, -1)
    swapped = replace(
        marked,
        force_n=marked.force_n[order],
        point_mm=marked.point_mm[order],
        free_moment_nmm=marked.free_moment_nmm[order],
    )
    found = measured_gait(swapped.write_c3d(tmp_path / "markers.c3d"), files[1], WALKER)
    same(found, reference)
    assert any("force plate 1 left" in w and "foot markers" in w for w in found.warnings)
    bare = replace(swapped, markers_mm={})
    path = bare.write_c3d(tmp_path / "bare.c3d")
    same(measured_gait(path, files[1], WALKER), reference)
    same(measured_gait(path, files[1], WALKER, plate_sides=("left", "right")), reference)
    with pytest.raises(GaitError):
        measured_gait(path, files[1], WALKER, plate_sides=("right", "left"))


def test_swapped_sides_are_said(tmp_path: Path, made: PlateFile) -> None:
    swapped = measured_gait(made.write_csv(tmp_path / "walk.csv", ("left", "right")), None, WALKER)
    assert any("sides swapped" in w and "outwards" in w for w in swapped.warnings)
    right = measured_gait(made.write_csv(tmp_path / "walk.csv"), None, WALKER)
    assert not any("sides swapped" in w for w in right.warnings)


def test_feet_on_one_line_are_refused_until_the_key_says(
    tmp_path: Path, files: tuple[Path, Path], made: PlateFile
) -> None:
    narrow = replace(made, point_mm=[p * [1.0, 1.0, 0.05] for p in made.point_mm])
    path = narrow.write_c3d(tmp_path / "narrow.c3d")
    error = refused(path)
    assert "right from left" in error.problem and "gait.plate_sides" in error.allowed
    told = measured_gait(path, None, WALKER, plate_sides=("right", "left"))
    assert told.grf_n == pytest.approx(measured_gait(files[0], None, WALKER).grf_n, abs=5e-3)


def test_a_foot_on_two_plates_is_one_foot(
    tmp_path: Path, files: tuple[Path, Path], made: PlateFile
) -> None:
    force, point, free = made.force_n[0], made.point_mm[0], made.free_moment_nmm[0]
    # A share on each of two plates, with centres of pressure 40 mm ahead of and behind the whole's.
    step = np.array([40.0, 0.0, 0.0])
    ahead, behind = point + step, point - step
    split = replace(
        made,
        force_n=[0.5 * force, 0.5 * force, made.force_n[1]],
        point_mm=[ahead, behind, made.point_mm[1]],
        free_moment_nmm=[0.5 * free, 0.5 * free, made.free_moment_nmm[1]],
    )
    path = split.write_c3d(tmp_path / "three.c3d")
    found = measured_gait(path, files[1], WALKER, plate_sides=("right", "right", "left"))
    reference = measured_gait(files[0], files[1], WALKER)
    off = apart(found, reference)
    assert off["grf_n"] < 0.01 and off["cop_foot_mm"] < 0.5


def test_a_plate_without_contact_is_named(tmp_path: Path, made: PlateFile) -> None:
    idle = replace(made, force_n=[made.force_n[0], 0.0 * made.force_n[1]])
    path = idle.write_c3d(tmp_path / "idle.c3d")
    error = refused(path, plate_sides=("right", "left"))
    assert error.key == "force plate 2" and "carries nothing" in error.problem
    assert refused(path, LEFT, plate_sides=("right", "none")).key == "force plate of the left foot"
    error = refused(path, plate_sides=("right",))
    assert error.key == "gait.plate_sides" and "2 force plates" in error.problem
    nothing = replace(made, force_n=[0.0 * f for f in made.force_n])
    error = refused(nothing.write_c3d(tmp_path / "nothing.c3d"))
    assert "no contact" in error.problem and "force plate 1" in error.key


def test_c3d_without_plates_or_cut_off_is_refused(tmp_path: Path, made: PlateFile) -> None:
    path = made.write_c3d(tmp_path / "bare.c3d", plates=False)
    assert "no force platforms" in refused(path).problem
    whole = made.write_c3d(tmp_path / "whole.c3d").read_bytes()
    cut = tmp_path / "cut.c3d"
    for part in (0.0, 0.001, 0.01, 0.3, 0.9, 0.99):
        cut.write_bytes(whole[: int(part * len(whole))])
        assert refused(cut).problem
    assert "cut off" in refused(cut).problem
    assert "not found" in refused(tmp_path / "hole.c3d").problem


@pytest.mark.parametrize(
    ("units", "key"),
    [(("lbf", "Nmm", "mm"), "unit of force"), (("N", "lbfin", "mm"), "unit of moment")],
)
def test_units_that_are_not_known_are_refused(
    tmp_path: Path, made: PlateFile, units: tuple[str, str, str], key: str
) -> None:
    error = refused(replace(made, units=units).write_c3d(tmp_path / "units.c3d"))
    assert key in error.key and units[0 if "force" in key else 1] in error.problem


def test_metres_called_mm_are_refused(tmp_path: Path, made: PlateFile) -> None:
    path = replace(made, units=("N", "Nm", "m"), origin_mm=(0, 0, 0)).write_c3d(tmp_path / "m.c3d")
    path.write_bytes(path.read_bytes().replace(b"POINT", b"POINT"))
    import ezc3d

    data = ezc3d.c3d(str(path))
    data["parameters"]["POINT"]["UNITS"]["value"] = ["mm"]
    data["data"]["meta_points"] = {}
    data.write(str(path))
    assert "corners" in refused(path).key


def test_without_the_package_the_message_says_how_to_get_it(
    tmp_path: Path, made: PlateFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = made.write_c3d(tmp_path / "walk.c3d")
    monkeypatch.setitem(sys.modules, "ezc3d", None)
    assert "pip install 'solespine[c3d]'" in refused(path).allowed


def test_sides_are_no_matter_of_a_file_that_names_them(
    tmp_path: Path, files: tuple[Path, Path]
) -> None:
    assert refused(files[0], plate_sides=("right", "left")).key == "gait.plate_sides"


CHANGED = {
    "force in kN": ({"force_y_n_right": "force_y_kn_right"}, "force_y_kn_right", "force_y_n_right"),
    "no unit": ({"force_y_n_right": "force_y_right"}, "force_y_right", "force_y_n_right"),
    "cop in cm": ({"cop_x_mm_right": "cop_x_cm_right"}, "cop_x_cm_right", "cop_x_m_right"),
    "mistyped": ({"force_y_n_right": "forse_y_n_right"}, "force_y_n_right", "forse_y_n_right"),
    "one cop": ({"cop_z_mm_right": "other"}, "cop_z_mm_right", "cop_x_mm_right"),
    "milliseconds": ({"time_s": "time_ms"}, "time_s", "seconds"),
    "no side": ({"force_x_n_right": "force_x_n"}, "force_x_n", "force_x_n_right"),
}


@pytest.mark.parametrize(("change", "key", "named"), CHANGED.values(), ids=CHANGED)
def test_columns_of_a_table_are_named(
    tmp_path: Path, made: PlateFile, change: dict[str, str], key: str, named: str
) -> None:
    error = refused(made.write_csv(tmp_path / "walk.csv", change=change))
    assert error.key == key
    assert named in str(error)


def test_numbers_of_a_table_are_checked(tmp_path: Path, made: PlateFile) -> None:
    path = made.write_csv(tmp_path / "walk.csv")
    lines = path.read_text().splitlines()

    def spoilt(*rows: str) -> GaitError:
        (tmp_path / "spoilt.csv").write_text("\n".join(rows))
        return refused(tmp_path / "spoilt.csv")

    assert "cut off" in spoilt(*lines[:900], lines[900][:30]).allowed
    assert "'12,5'" in spoilt(
        lines[1].replace(",", ";"), lines[2].replace(",", ";"), lines[3].replace(",", ";") + ",5"
    ).problem.replace(f"'{lines[3].split(',')[-1]},5'", "'12,5'")
    assert "not a number" in spoilt(*lines[:9], lines[9].replace(",", ",x", 1), *lines[10:]).problem
    assert "no complete stance" in spoilt(*lines[:300]).problem
    cells = [line.split(",") for line in lines]
    for row in cells[300:400]:
        row[2] = ""
    assert "no numbers from" in spoilt(*(",".join(row) for row in cells)).problem
    assert "the left one only" in refused(made.write_csv(tmp_path / "left.csv", ("left",))).problem
    millimetres = replace(made, point_mm=[p / 1000.0 for p in made.point_mm])
    assert "looks like metres" in refused(millimetres.write_csv(tmp_path / "m.csv")).problem
    kilo = replace(made, force_n=[f / 1000.0 for f in made.force_n])
    assert "kN" in refused(kilo.write_csv(tmp_path / "kn.csv")).problem


def test_a_file_that_the_library_falls_over_is_refused(
    tmp_path: Path, made: PlateFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = made.write_c3d(tmp_path / "broken.c3d")
    ended = subprocess.CompletedProcess([], -11)
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: ended)
    assert "it is broken" in refused(path).problem
