# SPDX-License-Identifier: MIT
"""``plantar_pressure.csv``: a row per output instant and sensor cell."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from scenarios.plantar import SensorMap

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


def append_sensor_map(path: Path, sensors: SensorMap) -> None:
    """Add the rows of one instant and flush them to disk (the file is made when absent)."""
    fresh = not path.exists() or path.stat().st_size == 0
    with path.open("a", encoding="utf-8", newline="") as stream:
        stream.write((",".join(COLUMNS) + "\n" if fresh else "") + _rows(sensors))
        stream.flush()
        os.fsync(stream.fileno())


def write_sensor_maps(path: Path, maps: Sequence[SensorMap]) -> None:
    """Write the whole file anew, replacing it in one step (used when a run is resumed)."""
    text = ",".join(COLUMNS) + "\n" + "".join(_rows(sensors) for sensors in maps)
    partial = path.with_suffix(".csv.part")
    partial.write_text(text, encoding="utf-8")
    partial.replace(path)


def read_sensor_maps(path: Path) -> tuple[SensorMap, ...]:
    """Read the file back, one map per instant in the order of the file.

    A last line that a killed run left unfinished is dropped.

    Raises:
        ValueError: another header, or a broken line before the last one.
    """
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    if not lines or lines[0].strip() != ",".join(COLUMNS):
        raise ValueError(f"{path}: header is not {','.join(COLUMNS)}")
    if not lines[-1].endswith("\n"):
        lines.pop()
    rows = list(csv.reader(lines[1:]))
    broken = [number for number, row in enumerate(rows, 2) if len(row) != len(COLUMNS)]
    if broken:
        raise ValueError(f"{path}: line {broken[0]} does not have {len(COLUMNS)} columns")
    table = np.array(rows, dtype=np.float64).reshape(-1, len(COLUMNS))
    starts = np.flatnonzero(np.diff(table[:, 0])) + 1
    return tuple(_map(part) for part in np.split(table, starts) if len(part))


def keep_until(path: Path, percent: float) -> None:
    """Drop rows after ``percent`` (a resumed run writes them again); absent file: nothing."""
    if path.exists():
        maps = read_sensor_maps(path)
        write_sensor_maps(path, [m for m in maps if m.percent <= percent + 1e-9])


def _map(part: np.ndarray) -> SensorMap:
    columns = part.T
    return SensorMap(
        float(part[0, 0]), columns[1].astype(np.int64), columns[2].astype(np.int64), *columns[3:]
    )


def _rows(sensors: SensorMap) -> str:
    """Rows with 10 digits: enough for 1e-8 between two runs, short enough to read."""
    text = io.StringIO()
    for index in range(len(sensors.column)):
        values = (
            sensors.x_mm[index],
            sensors.z_mm[index],
            sensors.area_mm2[index],
            sensors.pressure_kpa[index],
            sensors.shear_x_kpa[index],
            sensors.shear_z_kpa[index],
        )
        cell = f"{sensors.percent:.10g},{sensors.column[index]},{sensors.row[index]},"
        text.write(cell + ",".join(f"{value:.10g}" for value in values) + "\n")
    return text.getvalue()
