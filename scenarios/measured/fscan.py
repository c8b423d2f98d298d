# SPDX-License-Identifier: MIT
"""ASCII export of the F-Scan and other Tekscan systems (``.asf``): one foot a file.

Entries ``NAME value`` first, then ``ASCII_DATA @@`` and the frames of a grid, which is seen from
above with the toes in the first row. Which foot it is stands in the name of the file only.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import PureWindowsPath

import numpy as np

from scenarios.errors import ScenarioError, nearest
from scenarios.measured.frames import grid_layout, read_frames
from scenarios.measured.record import (
    LARGEST_KPA,
    Insole,
    PressureRecord,
    Side,
    check_values,
    is_number,
)
from scenarios.measured.units import PRESSURE_KPA, pressure_factor, refuse_length

DATA = "ASCII_DATA"
NEEDED = ("ROWS", "COLS", "ROW_SPACING", "COL_SPACING", "SECONDS_PER_FRAME", "UNITS")
LENGTH_MM = {"mm": 1.0, "millimeters": 1.0, "cm": 10.0, "in": 25.4, "inches": 25.4}
_SIDE = re.compile(r"(?:^|[^A-Za-z])((?i:left|right))(?:[^A-Za-z]|$)|[^A-Z]([LR])(?:[_\- ]?\d*)$")


def fscan_record(file: str, text: str) -> PressureRecord:
    """Read the text of an F-Scan export.

    Args:
        file: its name, for messages and for the side.
        text: its contents.

    Raises:
        ScenarioError: no such export, missing entries, units that are not known, no side, a
            file that is cut off, or values that no sensor gives.
    """
    lines = text.replace("\r\n", "\n").split("\n")
    at = next((i for i, line in enumerate(lines) if line.strip().upper().startswith(DATA)), None)
    if at is None:
        raise ScenarioError(
            file, f"{DATA} @@", "no such line", allowed="an ASCII export of F-Scan (.asf)"
        )
    header = _header(file, lines[:at])
    frames = read_frames(file, lines[at + 1 :], at + 2)
    side = side_of(file, header)
    rows, columns = frames.present.shape
    for name, found in (("ROWS", rows), ("COLS", columns)):
        if _number(file, header, name) != found:
            raise ScenarioError(
                file, name, f"the header says {header[name]}, the frames have {found}"
            )
    _check_count(file, header, len(frames.numbers))
    step_s = _number(file, header, "SECONDS_PER_FRAME")
    factor = pressure_factor(file, "UNITS", header["UNITS"])
    row_mm, column_mm = (_length(file, header, f"{name}_SPACING") for name in ("ROW", "COL"))
    limit = _saturation(file, header)
    pressure = factor * frames.values[:, frames.present]
    most = LARGEST_KPA if limit is None else max(LARGEST_KPA, 1.01 * limit)
    check_values(file, frames.lines, frames.labels, pressure, most)
    flipped = {name: header.get(f"MIRROR_{name}", "0") not in ("0", "") for name in ("ROW", "COL")}
    layout = grid_layout(
        frames.present,
        side,
        row_mm,
        column_mm,
        row_mm * column_mm,
        f"F-Scan: cells of {row_mm:g} by {column_mm:g} mm",
        toes_first=not flipped["ROW"],
        left_first=not flipped["COL"],
    )
    refuse_length(file, "ROW_SPACING", layout.length_mm or 0.0)
    insole = Insole(
        side, np.arange(1, pressure.shape[1] + 1, dtype=np.int64), pressure, layout, limit
    )
    return PressureRecord(
        file=file,
        time_s=step_s * (frames.numbers - frames.numbers[0]),
        rate_hz=1.0 / step_s,
        left=insole if side == "left" else None,
        right=insole if side == "right" else None,
        header={"sensor type": header.get("SENSOR_TYPE", "F-Scan"), **header},
        masks={},
    )


def side_of(file: str, header: Mapping[str, str]) -> Side:
    """The foot by the name of the file, or by the name that the file was recorded under.

    Raises:
        ScenarioError: neither ends with L or R, or has the word left or right.
    """
    for name in (file, header.get("FILENAME", "")):
        stem = PureWindowsPath(name).stem
        found = _SIDE.search(stem)
        if found:
            letter = (found[1] or found[2])[0].upper()
            return "left" if letter == "L" else "right"
    raise ScenarioError(
        file,
        "side",
        "the file does not say which foot it is of",
        allowed="a file name that ends with L or R, or has the word left or right",
    )


def _header(file: str, lines: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in lines:
        name, _, value = line.strip().partition(" ")
        if name.isupper() or "_" in name:
            found[name.rstrip(":").upper()] = value.strip()
    for name in NEEDED:
        if not found.get(name):
            raise ScenarioError(
                file, name, "no such entry in the header", suggestion=nearest(name, found)
            )
    return found


def _number(file: str, header: Mapping[str, str], name: str) -> float:
    text = header[name].split()[0]
    value = float(text) if is_number(text) else -1.0
    if not 0.0 < value < 1e6:
        raise ScenarioError(file, name, f"'{header[name]}' found", allowed="a number above 0")
    return value


def _length(file: str, header: Mapping[str, str], name: str) -> float:
    unit = (header[name].split()[1:] or [""])[0].lower()
    if unit not in LENGTH_MM:
        raise ScenarioError(
            file, name, f"unit '{unit}'" if unit else "no unit", allowed=", ".join(LENGTH_MM)
        )
    return LENGTH_MM[unit] * _number(file, header, name)


def _check_count(file: str, header: Mapping[str, str], frames: int) -> None:
    first, last = header.get("START_FRAME", ""), header.get("END_FRAME", "")
    if first.isdigit() and last.isdigit() and int(last) - int(first) + 1 != frames:
        raise ScenarioError(
            file,
            "END_FRAME",
            f"the header says frames {first} to {last}, the file holds {frames}: cut off or edited",
            allowed=f"{int(last) - int(first) + 1} frames",
        )


def _saturation(file: str, header: Mapping[str, str]) -> float | None:
    """Pressure at which a cell reads no more, kPa; None where the file does not say."""
    parts = header.get("SATURATION_PRESSURE", "").split()
    if len(parts) < 2 or not is_number(parts[0]) or parts[1].lower() not in PRESSURE_KPA:
        return None
    return float(parts[0]) * pressure_factor(file, "SATURATION_PRESSURE", parts[1])
