# SPDX-License-Identifier: MIT
"""Text export of the Pedar in-shoe system (``.asc``): header, labels, a line per frame.

The header says in free text what the file is: sensor type, total time, time per frame,
scanning rate, the unit, and groups of sensors (``mask definition``). A line of labels
follows, ``time[secs]``, 1 to 99 of the left insole, 1 to 99 of the right one, then a line
of numbers for each frame. The areas of the sensors, which differ from size to size, are
not in the file: forces cannot be had from it.
"""

from __future__ import annotations

import re

import numpy as np

from scenarios.errors import ScenarioError
from scenarios.measured.layout import pedar_layout
from scenarios.measured.record import (
    Insole,
    PressureRecord,
    check_time,
    check_values,
    is_number,
)

SENSORS = 99
TIME_LABEL = "time[secs]"
_ENTRY = re.compile(r"\s*([^:\t]+?)\s*:\s*([^\t]*?)\s*(?:\t|$)")
_UNIT = re.compile(r"pressure values in\s+(.+?)\s*$", re.IGNORECASE)
_RATES = (
    ("total time [secs]", "total time"),
    ("time per frame [secs]", "time per frame"),
    ("scanning rate [hz]", "scanning rate"),
)


def pedar_record(file: str, text: str) -> PressureRecord:
    """Read the text of a Pedar export.

    Args:
        file: its name, for messages.
        text: its contents.

    Raises:
        ScenarioError: no Pedar export, another unit or number of columns, rates that
            contradict each other, frames that are missing, or values that no sensor gives.
    """
    lines = text.replace("\r\n", "\n").split("\n")
    labels_at = next(
        (i for i, line in enumerate(lines) if line.lower().lstrip().startswith(TIME_LABEL)), None
    )
    if labels_at is None:
        raise ScenarioError(
            file, TIME_LABEL, "no such line of labels", allowed="a Pedar text export (.asc)"
        )
    header, masks = _header(file, lines[:labels_at])
    names = _labels(file, labels_at + 1, lines[labels_at])
    body = [(i, line) for i, line in enumerate(lines[labels_at + 1 :], labels_at + 2)]
    rows = [(i, _numbers(file, i, line, names)) for i, line in body if line.strip()]
    if len(rows) < 2:
        raise ScenarioError(file, f"line {labels_at + 1}", "followed by less than two frames")
    numbers = np.array([i for i, _ in rows], dtype=np.int64)
    values = np.array([row for _, row in rows], dtype=np.float64)
    rate_hz, step_s = _check_rates(file, header, len(rows))
    check_time(file, numbers, values[:, 0], step_s)
    check_values(file, numbers, names[1:], values[:, 1:])
    sensors, layout = np.arange(1, SENSORS + 1), pedar_layout()
    return PressureRecord(
        file=file,
        time_s=values[:, 0],
        rate_hz=rate_hz,
        left=Insole("left", sensors, values[:, 1 : SENSORS + 1], layout),
        right=Insole("right", sensors, values[:, SENSORS + 1 :], layout),
        header=header,
        masks=masks,
    )


def _header(file: str, lines: list[str]) -> tuple[dict[str, str], dict[str, tuple[int, ...]]]:
    """Entries by lower-case name, and the masks; checks the unit."""
    entries: dict[str, str] = {}
    masks: dict[str, tuple[int, ...]] = {}
    unit, in_masks = None, False
    for number, line in enumerate(lines, 1):
        if found := _UNIT.match(line.strip()):
            unit = found[1]
        elif line.strip().lower().startswith("mask definition"):
            in_masks = True
        elif in_masks and ":" in line:
            name, _, numbers = line.partition(":")
            masks[name.strip().lower()] = _mask(file, number, numbers)
        elif not in_masks:
            entries |= {name.lower(): value for name, value in _ENTRY.findall(line) if value}
    if unit is None or unit.lower() != "kpa":
        raise ScenarioError(
            file,
            "pressure values in",
            "no such entry in the header" if unit is None else f"'{unit}' found",
            allowed="kPa: export the record in kPa",
        )
    return {**entries, "pressure values in": unit}, masks


def _mask(file: str, number: int, text: str) -> tuple[int, ...]:
    parts = [part.strip() for part in text.split(",") if part.strip()]
    wrong = next((p for p in parts if not (_is_count(p) and 1 <= int(p) <= SENSORS)), None)
    if wrong is not None:
        raise ScenarioError(
            file,
            f"line {number}, mask definition",
            f"'{wrong}' is no sensor",
            allowed=f"numbers from 1 to {SENSORS} with commas between them",
        )
    return tuple(int(part) for part in parts)


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 6


def _labels(file: str, number: int, line: str) -> list[str]:
    """Name of each column for messages: time, left 1 ... left 99, right 1 ... right 99."""
    found = line.strip()[len(TIME_LABEL) :].split()
    once = [str(i) for i in range(1, SENSORS + 1)]
    if found != once + once:
        problem = f"{len(found)} sensors"
        if len(found) == 2 * SENSORS:
            at = next(i for i, label in enumerate(found) if label != (once + once)[i])
            problem = f"label '{found[at]}' over column {at + 2}"
        raise ScenarioError(
            file,
            f"line {number}, labels",
            problem,
            allowed=f"{TIME_LABEL}, 1 to {SENSORS} of the left and 1 to {SENSORS} of the right "
            "insole: export both",
        )
    return ["time", *(f"{side} sensor {i}" for side in ("left", "right") for i in once)]


def _numbers(file: str, number: int, line: str, names: list[str]) -> list[float]:
    parts = line.split()
    if len(parts) != len(names):
        raise ScenarioError(
            file,
            f"line {number}",
            f"{len(parts)} numbers under {len(names)} labels",
            allowed="one number a label; the file is cut off or edited",
        )
    try:
        if "_" in line:  # Python takes 1_0 for a number
            raise ValueError
        return [float(part) for part in parts]
    except ValueError:
        at = next(i for i, part in enumerate(parts) if not is_number(part))
        raise ScenarioError(
            file,
            f"line {number}, {names[at]}",
            f"'{parts[at]}' is not a number",
            allowed="numbers with a decimal point",
        ) from None


def _check_rates(file: str, header: dict[str, str], frames: int) -> tuple[float, float]:
    """Frames per second and time between two (s), if all that the header says agrees."""
    total_s, step_s, rate_hz = (_rate(file, header, key, title) for key, title in _RATES)
    if abs(step_s * rate_hz - 1.0) > 0.01:
        raise ScenarioError(
            file,
            "scanning rate",
            f"{rate_hz:g} Hz and a time per frame of {step_s:g} s contradict each other",
            allowed="one over the other",
        )
    rounding_s = 1e-5 * frames  # the header gives the time per frame with five decimals
    if abs(frames * step_s - total_s) > 1.5 * step_s + rounding_s:
        raise ScenarioError(
            file,
            "total time",
            f"the header says {total_s:g} s, the file holds {frames} frames of {step_s:g} s: "
            "cut off or edited",
            allowed=f"{round(total_s / step_s)} frames",
        )
    return rate_hz, step_s


def _rate(file: str, header: dict[str, str], key: str, title: str) -> float:
    text = header.get(key)
    if text is None:
        raise ScenarioError(file, title, "no such entry in the header", allowed=f"{key}: a number")
    value = float(text) if is_number(text) else -1.0
    if not 0.0 < value < 1e6:
        raise ScenarioError(file, title, f"'{text}' found", allowed="a number above 0")
    return value
