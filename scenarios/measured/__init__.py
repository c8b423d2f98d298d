# SPDX-License-Identifier: MIT
"""Measured plantar pressure: files, steps, and what each region of the foot carries."""

from scenarios.measured.read import is_pressure_file, read_pressure
from scenarios.measured.record import SIDES, Insole, PressureRecord, Side
from scenarios.measured.regions import (
    PEDAR_ROWS_MASK,
    REGIONS,
    MeasuredRegions,
    RegionSteps,
    measured_regions,
    median_and_spread,
    step_range,
)

__all__ = [
    "PEDAR_ROWS_MASK",
    "REGIONS",
    "SIDES",
    "Insole",
    "MeasuredRegions",
    "PressureRecord",
    "RegionSteps",
    "Side",
    "is_pressure_file",
    "measured_regions",
    "median_and_spread",
    "read_pressure",
    "step_range",
]
