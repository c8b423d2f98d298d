# SPDX-License-Identifier: MIT
"""``plantar_pressure.csv``: a row per output instant and sensor cell."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from scenarios.plantar import SensorMap
from scenarios.table import Cell, read_table

COLUMNS = (
    "percent",
    "column",
    "row",
    "x_mm",
    "z_mm",
    "area_mm2",
    "pressure_kpa",
    "shear_x_kpa",
    "shear_z_kpa",
)
"""Header of the file; positions are cell centres in the foot frame of the unloaded foot."""


def sensor_rows(sensors: SensorMap) -> list[dict[str, Cell]]:
    """Rows of one instant for a `scenarios.table.GrowingTable`."""
    percent = float(sensors.percent)
    return [
        dict(zip(COLUMNS, (percent, int(column), int(row), *map(float, values)), strict=True))
        for column, row, *values in zip(
            sensors.column,
            sensors.row,
            sensors.x_mm,
            sensors.z_mm,
            sensors.area_mm2,
            sensors.pressure_kpa,
            sensors.shear_x_kpa,
            sensors.shear_z_kpa,
            strict=True,
        )
    ]


def read_sensor_maps(path: Path) -> tuple[SensorMap, ...]:
    """Read the file back, one map per instant in the order of the file.

    A last line that a killed run left unfinished is dropped.

    Raises:
        ValueError: the file has another header.
    """
    columns, rows = read_table(path)
    if columns != COLUMNS:
        raise ValueError(f"{path}: header is not {','.join(COLUMNS)}")
    table = np.array(rows, dtype=np.float64).reshape(-1, len(COLUMNS))
    starts = np.flatnonzero(np.diff(table[:, 0])) + 1
    return tuple(_map(part) for part in np.split(table, starts) if len(part))


def _map(part: np.ndarray) -> SensorMap:
    columns = part.T
    return SensorMap(
        float(part[0, 0]), columns[1].astype(np.int64), columns[2].astype(np.int64), *columns[3:]
    )
