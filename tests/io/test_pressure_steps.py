# SPDX-License-Identifier: MIT
"""Steps and regions of measured pressure: known ones, and the medians of a real record."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from scenarios.errors import ScenarioError
from scenarios.measured import (
    PEDAR_ROWS_MASK,
    Side,
    measured_regions,
    median_and_spread,
    read_pressure,
    step_range,
)
from tests.helpers.evidence import Evidence
from tests.helpers.pedar_file import ROWS, PedarFile, walk

RECORD = "Biomechanical-Pandas, pressure_example.asc: Pedar, 17 steps a side"
CASE = "Pedar record, in-shoe walking"
PUBLISHED = {
    "left": {"heel": 273.0, "midfoot": 65.0, "forefoot": 185.0, "toes": 200.0},
    "right": {"heel": 303.0, "midfoot": 70.0, "forefoot": 223.0, "toes": 335.0},
}
HEEL_TO_25 = {**PEDAR_ROWS_MASK, "heel": range(1, 26), "midfoot": range(26, 55)}
"""Mask of the published medians: it counts one sensor of the heel's last row to the midfoot."""


def regions_of(made: PedarFile, folder: Path, side: Side = "right", **options: object):
    return measured_regions(read_pressure(made.write(folder)), side, **options)


def test_steps_and_regions_of_a_known_walk(tmp_path: Path) -> None:
    found = regions_of(walk(6), tmp_path)
    assert len(found.duration_s) == 6 and found.duration_s == pytest.approx(0.6, abs=0.02)
    for name, peak in (("heel", 300.0), ("midfoot", 60.0), ("forefoot", 220.0), ("toes", 320.0)):
        region = found.regions[name]
        middle, low, high = median_and_spread(region.peak_kpa)
        assert middle == pytest.approx(peak, rel=0.01) and low <= middle <= high
        assert region.peak_kpa[[0, -1]] == pytest.approx([0.9 * peak, 1.1 * peak], rel=0.01)
        assert step_range(region.peak_kpa) == pytest.approx((0.925 * peak, 1.075 * peak), rel=0.01)
    heel = found.regions["heel"]
    # A half sine over 0.36 s.
    assert np.median(heel.integral_kpa_s) == pytest.approx(300.0 * 0.36 * 2 / np.pi, rel=0.01)
    assert np.median(heel.peak_percent) == pytest.approx(30.0, abs=100 / 30)  # a frame
    assert heel.curve_kpa.shape == (6, 101)
    assert heel.curve_kpa[2].argmax() == pytest.approx(30, abs=100 / 30)
    assert found.regions["whole"].peak_kpa == pytest.approx(found.regions["toes"].peak_kpa)


def test_sides_are_those_of_the_columns(tmp_path: Path) -> None:
    made = walk(4, left_peaks={"heel": 111.0})
    assert np.median(regions_of(made, tmp_path, "left").regions["heel"].peak_kpa) == pytest.approx(
        111.0, rel=0.01
    )


@pytest.mark.parametrize("name", ROWS)
def test_borders_of_the_regions(tmp_path: Path, name: str) -> None:
    """A sensor that reads more than all others raises the peak of its own region only."""
    for sensor in ROWS[name]:
        made = walk(3)
        stance = made.pressure[:, 99:].sum(axis=1) > 0
        made.pressure[stance, 99 + sensor - 1] = 500.0
        found = regions_of(made, tmp_path)
        raised = {key for key in ROWS if found.regions[key].peak_kpa.min() == 500.0}
        assert raised == {name}


def test_contacts_that_are_no_steady_steps_are_left_out(tmp_path: Path) -> None:
    made = walk(7)
    right = made.pressure[:, 99:]
    right[:3, :] = 100.0  # begun before the record
    right[-5:, :] = 100.0  # not ended in it
    right[10 + 250 : 60 + 250, :] = 100.0  # stands for a second
    right[310:340, :] *= 0.4  # treads lightly
    found = regions_of(made, tmp_path)
    assert len(found.duration_s) == 5
    assert "2 contacts that the record begins or ends in" in found.remarks[0]
    assert "2 steps unlike the others" in found.remarks[1]
    assert len(regions_of(made, tmp_path, steady=False).duration_s) == 7


@pytest.mark.parametrize("offset", [0.0, 50.0])
def test_a_record_without_steps_is_refused(tmp_path: Path, offset: float) -> None:
    made = PedarFile(np.full((60, 198), offset))
    with pytest.raises(ScenarioError, match="right insole: no") as caught:
        regions_of(made, tmp_path)
    assert "lifted" in caught.value.allowed


@pytest.mark.parametrize(
    ("mask", "problem"),
    [
        ({**ROWS, "heal": range(1, 5)}, "no such region"),
        ({"heel": range(1, 5)}, "missing"),
        ({**PEDAR_ROWS_MASK, "toes": range(90, 103)}, "no sensor 100"),
        ({**PEDAR_ROWS_MASK, "toes": range(0)}, "no sensors"),
    ],
)
def test_a_wrong_mask_is_refused(tmp_path: Path, mask: dict, problem: str) -> None:
    with pytest.raises(ScenarioError, match=problem):
        regions_of(walk(3), tmp_path, mask=mask)


@pytest.mark.parametrize("side", ["left", "right"])
def test_medians_of_a_real_record(data_dir: Path, evidence: Evidence, side: Side) -> None:
    """All complete steps, masked as the published medians are."""
    path = data_dir / "pressure" / "pedar_walking.asc"
    found = measured_regions(path, side, mask=HEEL_TO_25, steady=False)
    assert len(found.duration_s) == 17
    for name, published in PUBLISHED[side].items():
        evidence.within(
            "foot",
            CASE,
            f"median peak, {side} {name}",
            float(np.median(found.regions[name].peak_kpa)),
            low=0.97 * published,
            high=1.03 * published,
            unit="kPa",
            source=RECORD,
        )


@pytest.mark.parametrize("side", ["left", "right"])
def test_steady_steps_and_whole_rows_tell_the_same(data_dir: Path, side: Side) -> None:
    """But for the left midfoot: without the sensor of the heel's last row it reads 42.5 kPa."""
    found = measured_regions(data_dir / "pressure" / "pedar_walking.asc", side)
    assert len(found.duration_s) == 15
    expected = PUBLISHED[side] | ({"midfoot": 42.5} if side == "left" else {})
    for name, value in expected.items():
        assert np.median(found.regions[name].peak_kpa) == pytest.approx(value, rel=0.03)


@pytest.mark.parametrize("side", ["left", "right"])
def test_sensors_lie_in_rows_of_seven_from_medial_to_lateral(data_dir: Path, side: Side) -> None:
    """The numbering, which the file does not tell, shows in the record itself."""
    pressure = read_pressure(data_dir / "pressure" / "pedar_walking.asc").insole(side).pressure_kpa
    peak = pressure.max(axis=0)
    for first in (27, 34, 41, 48):  # rows of the midfoot: the arch reads nothing
        assert peak[first - 1 : first + 1].max() == 0.0
        assert peak[first + 4 : first + 6].min() > 0.0
    forefoot = pressure[:, 54:82]
    with np.errstate(invalid="ignore"):
        alike = {
            k: np.mean([np.corrcoef(forefoot[:, i], forefoot[:, i + k])[0, 1] for i in range(7)])
            for k in (5, 6, 7, 8)
        }
    assert max(alike, key=alike.get) == 7
    assert peak[89] == peak[82:].max()  # the hallux is the first of its row


def test_a_mask_of_the_file_that_leaves_sensors_out_is_told(tmp_path: Path) -> None:
    made = walk(3)
    made.masks["right insole"] = ",".join(map(str, range(3, 100)))
    assert "leaves out, counted here: 1, 2" in regions_of(made, tmp_path).remarks[-1]
