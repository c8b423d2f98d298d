# SPDX-License-Identifier: MIT
"""Sensor averaging and regional loads against closed-form pressure fields."""

from pathlib import Path

import numpy as np
import pytest
from scipy.special import erf

from scenarios.plantar import (
    FOREFOOT_END,
    HALLUX_BORDER,
    HEEL_END,
    MIDFOOT_END,
    SENSOR_AREA_MM2,
    Zone,
    centre_of_pressure,
    regional_loads,
    sense,
    sensor_side_mm,
    summarise,
    zones,
)
from scenarios.plantar_table import COLUMNS, read_sensor_maps, sensor_rows
from scenarios.table import GrowingTable
from simulator.results import PlantarInstant

LENGTH = 255.0


def field(pressure, x_range=(0.0, LENGTH), z_range=(-40.0, 40.0), step=1.0, percent=50.0):
    """Pressure function sampled at the centres of a fine plan grid."""
    x, z = np.meshgrid(
        np.arange(x_range[0] + step / 2, x_range[1], step),
        np.arange(z_range[0] + step / 2, z_range[1], step),
    )
    x, z = x.ravel(), z.ravel()
    p = pressure(x, z)
    area = np.full_like(x, step**2)
    return PlantarInstant(percent, x, z, area, p, 0.1 * p, -0.2 * p)


def gaussian(x, z):
    return 0.3 * np.exp(-((x - 36.0) ** 2 + z**2) / (2 * 15.0**2))


def test_uniform_pressure_is_read_as_it_is_in_full_cells():
    side = sensor_side_mm()
    whole_cells = field(
        lambda x, z: 0.1 + 0 * x, (0.0, 6 * side), (-2.5 * side, 2.5 * side), step=side / 10
    )
    sensors = sense(whole_cells)
    assert len(sensors.column) == 30
    np.testing.assert_allclose(sensors.pressure_kpa, 100.0, rtol=1e-12)
    np.testing.assert_allclose(sensors.area_mm2, SENSOR_AREA_MM2, rtol=1e-12)


def test_force_is_conserved_whatever_the_field():
    instant = field(gaussian)
    sensors = sense(instant)
    force = instant.pressure_mpa @ instant.area_mm2
    assert sensors.pressure_kpa @ sensors.area_mm2 / 1000 == pytest.approx(force, rel=1e-12)
    assert sensors.shear_z_kpa @ sensors.area_mm2 / 1000 == pytest.approx(-0.2 * force, rel=1e-12)
    loads = regional_loads(instant, LENGTH)
    parts = loads.force_n
    assert parts.whole == pytest.approx(force, rel=1e-12)
    assert parts.heel + parts.midfoot + parts.forefoot + parts.toes == pytest.approx(force)


def test_gaussian_peaks_sensor_and_raw():
    """The mean of a Gaussian over its central cell is a product of error functions."""
    side = sensor_side_mm()
    centre = 2.5 * side
    bump = field(
        lambda x, z: 0.3 * np.exp(-((x - centre) ** 2 + z**2) / (2 * 8.0**2)), step=side / 40
    )
    loads = regional_loads(bump, LENGTH)
    mean = (np.sqrt(2 * np.pi) * 8 / side * erf(side / 2 / (8 * np.sqrt(2)))) ** 2
    assert loads.peak_pressure_kpa.heel == pytest.approx(300 * mean, rel=1e-3)
    assert loads.peak_pressure_raw_kpa.heel == pytest.approx(300, rel=1e-3)
    assert loads.peak_pressure_kpa.whole == loads.peak_pressure_kpa.heel
    x, z = centre_of_pressure(bump)
    assert x == pytest.approx(centre, abs=0.1)
    assert z == pytest.approx(0.0, abs=1e-3)


def test_half_covered_cell_reads_half_and_steep_skin_does_not_overread():
    side = sensor_side_mm()
    half = field(lambda x, z: 0.2 + 0 * x, (0, side / 2), (-side / 2, side / 2), step=side / 20)
    assert sense(half).pressure_kpa == pytest.approx([100.0])
    steep = field(lambda x, z: 0.2 + 0 * x, (0, side), (-side / 2, side / 2), step=side / 20)
    steep = PlantarInstant(
        0.0,
        steep.x_mm,
        steep.z_mm,
        3 * steep.area_mm2,
        steep.pressure_mpa,
        steep.shear_x_mpa,
        steep.shear_z_mpa,
    )
    assert sense(steep).pressure_kpa == pytest.approx([200.0])


def test_zones_follow_per_cent_of_length_and_hallux_is_medial():
    x = np.array([0.30, 0.32, 0.50, 0.52, 0.80, 0.82, 0.82, -0.01, 1.01]) * LENGTH
    z = np.array([0, 0, 0, 0, -30.0, 1.1 * HALLUX_BORDER * LENGTH, 0.0, 0, -20.0])
    expected = [
        Zone.HEEL,
        Zone.MIDFOOT,
        Zone.MIDFOOT,
        Zone.FOREFOOT,
        Zone.FOREFOOT,
        Zone.HALLUX,
        Zone.LESSER_TOES,
        Zone.HEEL,
        Zone.HALLUX,
    ]
    assert zones(x, z, LENGTH).tolist() == [zone.value for zone in expected]
    assert (HEEL_END, MIDFOOT_END, FOREFOOT_END) == (0.31, 0.51, 0.81)


def test_uniform_field_shares_are_shares_of_length():
    loads = regional_loads(field(lambda x, z: 0.05 + 0 * x, step=0.5), LENGTH)
    summary = summarise([loads], np.array([0.0]))
    share = summary.load_share_percent
    assert share.heel == pytest.approx(31.0, abs=0.2)
    assert share.midfoot == pytest.approx(20.0, abs=0.2)
    assert share.forefoot == pytest.approx(30.0, abs=0.2)
    assert share.toes == pytest.approx(19.0, abs=0.2)
    assert summary.pressure_time_integral_kpa_s is None
    assert summary.contact_area_mm2.whole == pytest.approx(LENGTH * 80, rel=1e-9)


def test_integral_and_impulse_over_stance():
    """A triangular pulse of 0.6 s: integral half of peak x time, share of the impulse."""
    loads = [
        regional_loads(field(lambda x, z, s=s: s * (0.1 + 0 * x), percent=100 * t), LENGTH)
        for t, s in ((0.0, 0.0), (0.5, 1.0), (1.0, 0.0))
    ]
    summary = summarise(loads, np.array([0.0, 0.3, 0.6]))
    assert summary.pressure_time_integral_kpa_s is not None
    assert summary.pressure_time_integral_kpa_s.heel == pytest.approx(
        0.3 * summary.peak_pressure_kpa.heel
    )
    assert summary.load_share_percent.whole == pytest.approx(100.0)
    with pytest.raises(ValueError, match="3 instants"):
        summarise(loads, np.array([0.0]))


def test_light_touch_is_no_contact_area():
    light = field(lambda x, z: 0.0005 + 0 * x)
    assert regional_loads(light, LENGTH).contact_area_mm2.whole == 0.0


def test_table_round_trip_and_unfinished_line(tmp_path: Path):
    path = tmp_path / "plantar_pressure.csv"
    maps = [sense(field(gaussian, step=2.0, percent=p)) for p in (0.0, 5.0, 10.0)]
    table = GrowingTable(path)
    for sensors in maps:
        table.add_rows(sensor_rows(sensors))
    table.close()
    assert path.read_text().splitlines()[0] == ",".join(COLUMNS)
    back = read_sensor_maps(path)
    assert [m.percent for m in back] == [0.0, 5.0, 10.0]
    np.testing.assert_array_equal(back[1].pressure_kpa, maps[1].pressure_kpa)
    np.testing.assert_array_equal(back[1].row, maps[1].row)
    with path.open("a") as stream:
        stream.write("15,0,0,6.1")
    assert len(read_sensor_maps(path)) == 3
    path.write_text("a,b\n1,2\n")
    with pytest.raises(ValueError, match="header"):
        read_sensor_maps(path)
