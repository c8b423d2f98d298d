# SPDX-License-Identifier: MIT
"""Pressure as a plain table (``.csv``): a column for each sensor, or frames of a grid.

Comment lines ``# name: value`` come first. Columns:

    # unit: kPa
    # side: right                      (or column names that end with _left and _right)
    # x_mm: 12, 12, 25                 one value a sensor, from the rear edge forwards
    # z_mm: -10, 10, 0                 one value a sensor, to the lateral side
    # area_mm2: 150                    one value, or one a sensor
    time_s,p1,p2,p3
    0.00,0,0,0

Grid, seen from above (``frame`` in the first line after the comments):

    # unit: kPa
    # side: left
    # rate_hz: 50
    # row_spacing_mm: 10
    # column_spacing_mm: 10
    # first_row: toes                  (or heel)
    frame 1
    B,0,0,B
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from scenarios.errors import ScenarioError, nearest
from scenarios.measured.frames import FRAME, grid_layout, read_frames
from scenarios.measured.layout import placed_layout
from scenarios.measured.record import (
    SIDES,
    Insole,
    PressureRecord,
    Side,
    check_time,
    check_values,
    is_number,
)
from scenarios.measured.units import pressure_factor, refuse_length

Array = NDArray[np.float64]

NAMES = (
    *("unit", "side", "x_mm", "z_mm", "area_mm2", "rate_hz", "row_spacing_mm"),
    *("column_spacing_mm", "first_row", "sensor_type", "limit_kpa"),
)
AREAS_MM2 = (4.0, 2500.0)
"""Areas of a sensor that can be."""


def table_record(file: str, text: str) -> PressureRecord:
    """Read the text of a table.

    Args:
        file: its name, for messages.
        text: its contents.

    Raises:
        ScenarioError: a missing or unknown entry, a unit that is not known, places that are no
            insole's, ragged rows, times that are not even, or values that no sensor gives.
    """
    lines = text.replace("\r\n", "\n").split("\n")
    header, first = _header(file, lines)
    factor = pressure_factor(file, "# unit", header.get("unit"))
    if first < len(lines) and FRAME.match(lines[first].strip()):
        return _grid(file, header, factor, lines, first)
    return _columns(file, header, factor, lines, first)


def _header(file: str, lines: list[str]) -> tuple[dict[str, str], int]:
    """Entries, and the number of lines before the first that is no comment."""
    found: dict[str, str] = {}
    for number, line in enumerate(lines):
        text = line.strip()
        if not text.startswith("#"):
            if text:
                return found, number
            continue
        name, colon, value = text.lstrip("# ").partition(":")
        name = name.strip().lower()
        if not colon:
            continue
        if name in NAMES:
            found[name] = value.strip()
        elif near := nearest(name, NAMES, cutoff=0.7):
            raise ScenarioError(
                file, f"line {number + 1}, # {name}", "no such entry", suggestion=near
            )
    return found, len(lines)


def _need(file: str, header: Mapping[str, str], name: str) -> str:
    if not header.get(name):
        raise ScenarioError(
            file,
            f"# {name}",
            "no such comment line",
            allowed=f"# {name}: value, before the numbers",
            suggestion=nearest(name, header),
        )
    return header[name]


def _side(file: str, header: Mapping[str, str]) -> Side:
    said = _need(file, header, "side").lower()
    for side in SIDES:
        if said == side:
            return side
    raise ScenarioError(
        file, "# side", f"'{said}' found", allowed="left, right", suggestion=nearest(said, SIDES)
    )


def _number(file: str, header: Mapping[str, str], name: str, low: float, high: float) -> float:
    text = _need(file, header, name)
    value = float(text) if is_number(text) else float("nan")
    if not low <= value <= high:
        raise ScenarioError(file, f"# {name}", f"'{text}' found", allowed=f"{low:g} to {high:g}")
    return value


def _values(file: str, header: Mapping[str, str], name: str, count: int) -> Array:
    """One number a sensor."""
    cells = [cell.strip() for cell in _need(file, header, name).split(",")]
    if name == "area_mm2" and len(cells) == 1:
        cells = cells * count
    if len(cells) != count:
        raise ScenarioError(
            file, f"# {name}", f"{len(cells)} values", allowed=f"{count}, one a sensor"
        )
    wrong = next((c for c in cells if not is_number(c) or not np.isfinite(float(c))), None)
    if wrong is not None:
        raise ScenarioError(file, f"# {name}", f"'{wrong}' is not a number")
    return np.array([float(cell) for cell in cells])


def _limit(file: str, header: Mapping[str, str]) -> float | None:
    return _number(file, header, "limit_kpa", 50.0, 5000.0) if "limit_kpa" in header else None


def _columns(
    file: str, header: Mapping[str, str], factor: float, lines: list[str], first: int
) -> PressureRecord:
    body = [(i, line) for i, line in enumerate(lines[first:], first + 1) if line.strip()]
    if len(body) < 3:
        raise ScenarioError(
            file,
            "",
            "holds less than names and two rows of numbers",
            allowed="time_s, then a sensor a name",
        )
    names = [name.strip() for name in body[0][1].split(",")]
    if names[0] != "time_s":
        raise ScenarioError(
            file,
            f"line {body[0][0]}",
            f"the first column is called '{names[0]}'",
            allowed="time_s: seconds",
        )
    rows = np.array([_row(file, i, line, names) for i, line in body[1:]])
    numbers = np.array([i for i, _ in body[1:]], dtype=np.int64)
    step_s = float(np.median(np.diff(rows[:, 0])))
    if not 0.0 < step_s < 1.0:
        raise ScenarioError(
            file, "time_s", f"a step of {step_s:g}", allowed="seconds that increase, 1 s at most"
        )
    check_time(file, numbers, rows[:, 0], step_s)
    pressure = factor * rows[:, 1:]
    check_values(file, numbers, names[1:], pressure)
    place = np.column_stack([_values(file, header, n, len(names) - 1) for n in ("x_mm", "z_mm")])
    area = _values(file, header, "area_mm2", len(names) - 1)
    if not (AREAS_MM2[0] <= area.min() and area.max() <= AREAS_MM2[1]):
        raise ScenarioError(
            file,
            "# area_mm2",
            f"{area.min():g} to {area.max():g}",
            allowed=f"{AREAS_MM2[0]:g} to {AREAS_MM2[1]:g} mm2 a sensor",
        )
    sides = _sides_of(file, header, names[1:])
    insoles: dict[Side, Insole] = {}
    for side in SIDES:
        mine = np.array([s == side for s in sides])
        if not mine.any():
            continue
        layout = placed_layout(place[mine], area[mine], "places and areas of sensors from the file")
        refuse_length(file, "# x_mm", layout.length_mm or 0.0)
        insoles[side] = Insole(
            side,
            np.arange(1, int(mine.sum()) + 1, dtype=np.int64),
            pressure[:, mine],
            layout,
            _limit(file, header),
        )
    return PressureRecord(
        file=file,
        time_s=rows[:, 0],
        rate_hz=1.0 / step_s,
        left=insoles.get("left"),
        right=insoles.get("right"),
        header={"sensor type": header.get("sensor_type", ""), **header},
        masks={},
    )


def _sides_of(file: str, header: Mapping[str, str], names: list[str]) -> list[Side]:
    ends: list[Side | None] = [
        next((side for side in SIDES if name.lower().endswith(f"_{side}")), None) for name in names
    ]
    if all(end is None for end in ends):
        return [_side(file, header)] * len(names)
    found: list[Side] = []
    for name, end in zip(names, ends, strict=True):
        if end is None:
            raise ScenarioError(
                file, name, "names no side, though others do", allowed=f"{name}_left, {name}_right"
            )
        found.append(end)
    return found


def _row(file: str, number: int, line: str, names: list[str]) -> list[float]:
    cells = [cell.strip() for cell in line.split(",")]
    if len(cells) != len(names):
        raise ScenarioError(
            file,
            f"line {number}",
            f"{len(cells)} values under {len(names)} names",
            allowed="one value a name; the file may be cut off",
        )
    for name, cell in zip(names, cells, strict=True):
        if not is_number(cell):
            raise ScenarioError(
                file,
                f"line {number}, {name}",
                f"'{cell}' is not a number",
                allowed="numbers with a decimal point",
            )
    return [float(cell) for cell in cells]


def _grid(
    file: str, header: Mapping[str, str], factor: float, lines: list[str], first: int
) -> PressureRecord:
    side = _side(file, header)
    rate_hz = _number(file, header, "rate_hz", 1.0, 10_000.0)
    row_mm, column_mm = (
        _number(file, header, f"{name}_spacing_mm", 1e-3, 100.0) for name in ("row", "column")
    )
    starts = _need(file, header, "first_row").lower()
    if starts not in ("toes", "heel"):
        raise ScenarioError(file, "# first_row", f"'{starts}' found", allowed="toes, heel")
    frames = read_frames(file, lines[first:], first + 1)
    pressure = factor * frames.values[:, frames.present]
    check_values(file, frames.lines, frames.labels, pressure)
    layout = grid_layout(
        frames.present,
        side,
        row_mm,
        column_mm,
        row_mm * column_mm,
        f"cells of {row_mm:g} by {column_mm:g} mm",
        toes_first=starts == "toes",
    )
    refuse_length(file, "# row_spacing_mm", layout.length_mm or 0.0)
    count = pressure.shape[1]
    insole = Insole(
        side, np.arange(1, count + 1, dtype=np.int64), pressure, layout, _limit(file, header)
    )
    return PressureRecord(
        file=file,
        time_s=(frames.numbers - frames.numbers[0]) / rate_hz,
        rate_hz=rate_hz,
        left=insole if side == "left" else None,
        right=insole if side == "right" else None,
        header={"sensor type": header.get("sensor_type", ""), **header},
        masks={},
    )
