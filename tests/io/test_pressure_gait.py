# SPDX-License-Identifier: MIT
"""In-shoe pressure as the loading of a stance: force, centre, balance, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from scenarios.errors import ScenarioError
from scenarios.gait import GaitRequest, StanceGait, Walker, build_gait, measured_gait
from scenarios.gait.measured import PERCENT
from scenarios.gait.pressure_gait import pressure_gait, pressure_path
from scenarios.schema_subject import Subject
from tests.helpers.gait_trial import Trial
from tests.helpers.pressure_files import (
    LENGTH_MM,
    OUTLINE_MM,
    Grid,
    expected,
    pedar,
    sensors_csv,
    vertical,
)

WALKER = Walker(70.0, 1.75, "right", LENGTH_MM, OUTLINE_MM)
SUBJECT = Subject(body_mass_kg=70.0, height_m=1.75, foot_length_mm=LENGTH_MM)
WEIGHT = 70.0 * 9.80665
INNER = slice(20, -20)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return pedar(tmp_path_factory.mktemp("pedar"))


@pytest.fixture(scope="module")
def gait(file: Path) -> StanceGait:
    return pressure_gait(file, WALKER, 1.3)


def said(gait: StanceGait, *words: str) -> bool:
    return any(all(word in warning for word in words) for warning in gait.warnings)


def test_force_has_the_measured_shape_and_carries_body_weight(gait: StanceGait) -> None:
    force, centre = expected(PERCENT)
    shape = gait.grf_n[:, 1] / gait.grf_n[INNER, 1].mean()
    assert shape[INNER] == pytest.approx(force[INNER] / force[INNER].mean(), abs=0.03)
    # Both feet over a stride: a mean of one body weight, so that nothing accelerates upwards.
    impulse = np.trapezoid(gait.grf_n[:, 1], PERCENT) / 100.0 * gait.duration_s
    assert 2.0 * impulse / gait.stride_s == pytest.approx(WEIGHT, rel=0.02)
    assert abs(gait.mean_acceleration_mm_s2[1]) < 30.0
    assert np.abs(gait.cop_foot_mm - centre)[INNER].max() < 3.0
    assert gait.source == "pressure" and gait.stride_s == pytest.approx(1.0)
    assert vertical(np.array([0.25])) > vertical(np.array([0.5]))


def test_what_was_taken_is_said(gait: StanceGait, file: Path) -> None:
    assert said(gait, str(file), "right insole", "5 steps")
    assert said(gait, "Pedar", "areas", "outline of the simulated foot")
    assert said(gait, "scaled by", "assumed areas")
    assert said(gait, "left insole", "50% of a stride later")
    assert said(gait, "shear", "built-in")


def test_shear_and_angles_are_the_built_in_ones(gait: StanceGait) -> None:
    base = build_gait(GaitRequest(), SUBJECT, OUTLINE_MM)
    enough = base.grf_n[:, 1] > 0.1 * WEIGHT
    for axis in (0, 2):
        ratio = gait.grf_n[enough, axis] / gait.grf_n[enough, 1]
        assert ratio == pytest.approx(base.grf_n[enough, axis] / base.grf_n[enough, 1], rel=1e-9)
    assert np.array_equal(gait.ankle_deg, base.ankle_deg)
    assert np.array_equal(gait.tibia_rotation, base.tibia_rotation)


def test_one_side_is_mirrored_half_a_stride_later(tmp_path: Path, gait: StanceGait) -> None:
    alone = pressure_gait(Grid(cell_mm=12.0).asf(tmp_path), WALKER, 1.3)
    assert said(alone, "no left insole", "mirrored")
    assert said(alone, "scaled by", "measured areas")
    assert alone.grf_n[INNER, 1] == pytest.approx(gait.grf_n[INNER, 1], abs=0.06 * WEIGHT)
    early = alone.percent < 10.0
    assert alone.other_grf_n[early, 1].max() > 0.1 * WEIGHT
    with pytest.raises(ScenarioError, match="left insole"):
        pressure_gait(Grid(cell_mm=12.0).asf(tmp_path), replace(WALKER, side="left"), 1.3)


def test_left_foot_takes_the_left_insole(file: Path, gait: StanceGait) -> None:
    left = pressure_gait(file, replace(WALKER, side="left"), 1.3)
    assert said(left, "left insole", "4 steps")
    assert left.cop_foot_mm[INNER] == pytest.approx(gait.cop_foot_mm[INNER], abs=1.0)


def test_a_longer_foot_scales_the_path(file: Path, gait: StanceGait) -> None:
    long = Walker(70.0, 1.75, "right", 1.2 * LENGTH_MM, 1.2 * OUTLINE_MM)
    found = pressure_gait(file, long, 1.3)
    assert found.cop_foot_mm == pytest.approx(1.2 * gait.cop_foot_mm, abs=0.5)


def test_one_step_is_chosen_by_its_number(file: Path) -> None:
    one = pressure_gait(file, WALKER, 1.3, 2)
    assert said(one, "step 2")
    with pytest.raises(ScenarioError, match="0 to 4"):
        pressure_gait(file, WALKER, 1.3, 99)


def test_uneven_insoles_and_another_speed_are_said(tmp_path: Path, file: Path) -> None:
    lines = file.read_text().split("\n")
    uneven = [
        line
        if i < 10 or not line.strip()
        else "\t".join(
            c if j == 0 or j > 99 or not c.strip() else f"{0.7 * float(c):.3f}"
            for j, c in enumerate(line.split("\t"))
        )
        for i, line in enumerate(lines)
    ]
    path = tmp_path / "uneven.asc"
    path.write_text("\n".join(uneven))
    assert said(pressure_gait(path, WALKER, 1.3), "carries 35% more", "calibration")
    assert said(pressure_gait(file, WALKER, 1.9), "built-in gait at 1.9 m/s", "gait.speed_m_s")


def test_force_of_another_unit_is_refused(tmp_path: Path, file: Path) -> None:
    heavy = sensors_csv(tmp_path, factor=6.0)
    with pytest.raises(ScenarioError, match="of body weight over a stride"):
        pressure_gait(heavy, WALKER, 1.3)
    with pytest.raises(ScenarioError, match=r"subject\.body_mass_kg"):
        pressure_gait(file, replace(WALKER, body_mass_kg=250.0), 1.3)


def test_beside_forces_it_gives_the_centre_alone(tmp_path: Path, file: Path) -> None:
    forces, angles = Trial().write(tmp_path)
    plain = measured_gait(forces, angles, WALKER)
    request = GaitRequest(1.3, forces, angles, pressure_file=file)
    both = build_gait(request, SUBJECT, OUTLINE_MM)
    assert np.array_equal(both.grf_n, plain.grf_n)
    assert np.array_equal(both.ankle_deg, plain.ankle_deg)
    path = pressure_path(file, WALKER)
    defined = both.cop_defined
    assert both.cop_foot_mm[defined] == pytest.approx(path.cop_mm[defined], abs=1e-9)
    assert said(both, str(file), "its force is not used")
    assert not said(both, "moved")


@pytest.mark.data
def test_the_measured_record_carries_its_walker(data_dir: Path, evidence: object) -> None:
    path = data_dir / "pressure" / "pedar_walking.asc"
    gait = pressure_gait(path, WALKER, 1.3)
    up = gait.grf_n[:, 1] / WEIGHT
    early, late = PERCENT < 45, PERCENT > 60
    source = "Winter 2009: two peaks of 1.1 to 1.2, a valley of 0.7 to 0.8 body weights"
    case = "Stance from in-shoe pressure"
    for quantity, value, low, high in (
        ("first peak of the vertical force", up[early].max(), 1.0, 1.3),
        ("valley between the peaks", up[(PERCENT > 30) & (PERCENT < 65)].min(), 0.6, 0.9),
        ("second peak of the vertical force", up[late].max(), 1.0, 1.3),
    ):
        evidence.within("foot", case, quantity, value, low=low, high=high, unit="BW", source=source)
    start, end = gait.cop_foot_mm[[0, -1], 0] / LENGTH_MM
    for quantity, value, low, high in (
        ("centre of pressure at contact / foot length", start, 0.05, 0.2),
        ("centre of pressure at toe-off / foot length", end, 0.7, 1.0),
    ):
        evidence.within(
            "foot", case, quantity, value, low=low, high=high, source="heel to toes, by definition"
        )
