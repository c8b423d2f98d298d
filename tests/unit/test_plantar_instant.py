# SPDX-License-Identifier: MIT
"""Pressure under the sole is force over the area that the skin has now, as a sensor reads it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from mpi4py import MPI

from scenarios.foot_output import plantar_instant
from scenarios.plantar import SENSOR_AREA_MM2, sense
from simulator.contact.records import ContactOutput

STRETCH = 1.25
PRESSURE_MPA, SHEAR_MPA = 0.1, 0.02


def stretched(points: int = 6) -> Any:
    """A model of which only the skin is there: one sensor cell, stretched by a quarter."""
    reference = np.column_stack([np.linspace(1.0, 11.0, points), *np.zeros((2, points))])
    area = np.full(points, SENSOR_AREA_MM2 / points)
    traction = np.tile([SHEAR_MPA, 0.0, -SHEAR_MPA], (points, 1))
    output = ContactOutput(
        point=np.arange(points)[::-1],
        reference_mm=reference,
        current_mm=reference * STRETCH,
        area_reference_mm2=area,
        area_current_mm2=STRETCH * area,
        normal=np.tile([0.0, 1.0, 0.0], (points, 1)),
        pressure_mpa=np.full(points, PRESSURE_MPA),
        traction_mpa=traction,
        gap_mm=np.zeros(points),
        slipping=np.zeros(points, dtype=bool),
    )
    comm = SimpleNamespace(mesh=SimpleNamespace(comm=MPI.COMM_SELF))
    return SimpleNamespace(plantar=SimpleNamespace(output=lambda: output), distributed=comm)


def test_stretched_skin_carries_the_same_force_on_more_area() -> None:
    instant = plantar_instant(stretched(), 50.0)
    assert instant.area_mm2.sum() == pytest.approx(STRETCH * SENSOR_AREA_MM2)
    assert instant.pressure_mpa == pytest.approx(PRESSURE_MPA / STRETCH)
    assert instant.shear_x_mpa == pytest.approx(SHEAR_MPA / STRETCH)
    assert instant.shear_z_mpa == pytest.approx(-SHEAR_MPA / STRETCH)
    force = instant.pressure_mpa @ instant.area_mm2
    assert force == pytest.approx(PRESSURE_MPA * SENSOR_AREA_MM2)


def test_a_cell_is_that_of_the_unloaded_skin() -> None:
    """Its place does not move with the skin, its reading is per present area."""
    instant = plantar_instant(stretched(), 50.0)
    assert instant.x_mm[0] == pytest.approx(11.0)
    sensors = sense(instant)
    assert len(sensors.pressure_kpa) == 1
    assert sensors.pressure_kpa[0] == pytest.approx(1e3 * PRESSURE_MPA / STRETCH)
