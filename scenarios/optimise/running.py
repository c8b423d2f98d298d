# SPDX-License-Identifier: MIT
"""What is certain of a run's outputs while it goes on.

Some outputs are the largest value over the instants of stance, others the smallest. They can only
grow, or fall, until the run ends: what they are now bounds what they will be. Read from the run's
own tables, after each instant that it writes.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from scenarios.channels import QUASI_STATIC
from scenarios.history import level_prefix
from scenarios.plantar import sensor_peaks
from scenarios.plantar_table import read_sensor_maps
from scenarios.schema import Scenario
from scenarios.sections import Level
from scenarios.table import read_numbers

GROWING_OF_A_LEVEL = (
    *("compression_n", "disc_pressure_mpa", "annulus_max_principal_strain"),
    *("endplate_stress_mpa", "muscle_force_n"),
)
"""Never negative under the trunk's weight, so that the value of largest size is the largest.
Shear and moments change their sign: nothing is certain of their peaks."""
RANGES = (
    *("rearfoot_eversion_deg", "tibial_rotation_deg", "pelvic_tilt_deg"),
    *("pelvic_obliquity_deg", "lumbar_lordosis_deg"),
)


@dataclass(frozen=True, slots=True)
class Bound:
    """Between what numbers an output will be.

    Attributes:
        low: it is at least this.
        high: it is at most this.
    """

    low: float = -math.inf
    high: float = math.inf


Bounds = Mapping[str, Bound]


def running_bounds(folder: Path, scenario: Scenario) -> dict[str, Bound]:
    """Bounds of the outputs of a run from what it has written so far, by key of the summary.

    Args:
        folder: of the run.
        scenario: that it solves.

    Returns:
        Nothing for an analysis of which nothing is certain.
    """
    if scenario.analysis not in QUASI_STATIC:
        return {}
    found: dict[str, Bound] = {}
    history = folder / "history.csv"
    if history.is_file():
        found |= _of_history(read_numbers(history))
    pressure = folder / "plantar_pressure.csv"
    if pressure.is_file():
        found |= _of_pressure(pressure, scenario.subject.foot_length_mm)
    return found


def _of_history(columns: Mapping[str, Sequence[float]]) -> dict[str, Bound]:
    found: dict[str, Bound] = {}
    _keep(found, columns, "insole_compressive_strain", "insole.peak_compressive_strain", _grows)
    _keep(found, columns, "insole_energy_j", "insole.energy_stored_j", _grows)
    for level in get_args(Level):
        for name in GROWING_OF_A_LEVEL:
            column, key = f"{level_prefix(level)}{name}", f"lumbar.{level}.{name}"
            _keep(found, columns, column, f"{key}.peak", _grows)
    for name in RANGES:
        _keep(found, columns, name, f"alignment.{name}.max", _largest)
        _keep(found, columns, name, f"alignment.{name}.min", _smallest)
    return found


def _of_pressure(path: Path, foot_length_mm: float) -> dict[str, Bound]:
    found: dict[str, Bound] = {}
    for sensors in read_sensor_maps(path):
        for region, peak in sensor_peaks(sensors, foot_length_mm).items():
            key = f"plantar.peak_pressure_kpa.{region}"
            found[key] = Bound(low=max(peak, found[key].low) if key in found else peak)
    return found


def _keep(
    found: dict[str, Bound],
    columns: Mapping[str, Sequence[float]],
    column: str,
    key: str,
    bound: Callable[[Sequence[float]], Bound | None],
) -> None:
    values = [value for value in columns.get(column, ()) if math.isfinite(value)]
    made = bound(values) if values else None
    if made is not None:
        found[key] = made


def _grows(values: Sequence[float]) -> Bound | None:
    return Bound(low=max(values)) if min(values) >= 0.0 else None


def _largest(values: Sequence[float]) -> Bound:
    return Bound(low=max(values))


def _smallest(values: Sequence[float]) -> Bound:
    return Bound(high=min(values))
