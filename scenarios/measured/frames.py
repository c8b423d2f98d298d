# SPDX-License-Identifier: MIT
"""Frames of a grid of sensors: a line ``Frame n``, then rows of cells with commas between them.

``B`` or an empty cell is a place without a sensor. F-Scan exports and plain tables share this.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scenarios.errors import ScenarioError
from scenarios.measured.layout import Layout, placed_layout
from scenarios.measured.record import Side, is_number

Array = NDArray[np.float64]

FRAME = re.compile(r"frame\s+(\d+)\b", re.IGNORECASE)
BLANK = ("B", "")
MOST_CELLS = 40_000


@dataclass(frozen=True, slots=True)
class Frames:
    """Readings of a grid.

    Attributes:
        values: in the file's unit, shape (frames, rows, columns); NaN without a sensor.
        lines: line of the file of each frame.
        numbers: frame numbers as the file has them.
    """

    values: Array
    lines: NDArray[np.int64]
    numbers: NDArray[np.int64]

    @property
    def present(self) -> NDArray[np.bool_]:
        """Where there is a sensor, shape (rows, columns)."""
        return np.isfinite(self.values[0])

    @property
    def labels(self) -> list[str]:
        """Name of each sensor for messages, in the order of ``values[:, present]``."""
        return [f"row {i + 1}, column {j + 1}" for i, j in np.argwhere(self.present)]


def read_frames(file: str, lines: Sequence[str], first_line: int) -> Frames:
    """Read all frames.

    Args:
        file: for messages.
        lines: from the first frame on.
        first_line: number of the first of them in the file.

    Raises:
        ScenarioError: no frames, frames of different shape, cells that are no numbers, sensors
            that come and go, frame numbers with gaps.
    """
    blocks: list[tuple[int, int, list[list[float]]]] = []
    for number, line in enumerate(lines, first_line):
        text = line.strip()
        if not text or text == "@@":
            continue
        if found := FRAME.match(text):
            blocks.append((number, int(found[1]), []))
        elif blocks:
            blocks[-1][2].append(_row(file, number, text))
        else:
            raise ScenarioError(
                file, f"line {number}", f"'{text[:20]}' before the first frame", allowed="Frame 1"
            )
    if len(blocks) < 2:
        raise ScenarioError(file, "Frame", f"{len(blocks)} frames", allowed="two frames or more")
    shape = (len(blocks[0][2]), len(blocks[0][2][0]) if blocks[0][2] else 0)
    if not 0 < shape[0] * shape[1] <= MOST_CELLS:
        raise ScenarioError(file, "Frame", f"a grid of {shape[0]} rows by {shape[1]} columns")
    for at_line, frame, rows in blocks:
        wrong = next((i for i, row in enumerate(rows) if len(row) != shape[1]), None)
        if len(rows) != shape[0] or wrong is not None:
            said = f"{len(rows)} rows" if wrong is None else f"{len(rows[wrong])} cells in a row"
            raise ScenarioError(
                file,
                f"line {at_line}, frame {frame}",
                said,
                allowed=f"{shape[0]} rows of {shape[1]} as in the first frame; the file may be "
                "cut off",
            )
    values = np.array([rows for _, _, rows in blocks])
    lines_at = np.array([line for line, _, _ in blocks], dtype=np.int64)
    numbers = np.array([frame for _, frame, _ in blocks], dtype=np.int64)
    changed = (np.isfinite(values) != np.isfinite(values[0])).any(axis=(1, 2))
    if changed.any():
        at = int(np.argmax(changed))
        raise ScenarioError(
            file, f"line {lines_at[at]}, frame {numbers[at]}", "sensors come or go here"
        )
    steps = np.diff(numbers)
    if (steps != 1).any():
        at = int(np.argmax(steps != 1))
        raise ScenarioError(
            file,
            f"line {lines_at[at + 1]}",
            f"frame {numbers[at]} is followed by {numbers[at + 1]}",
            allowed="every frame",
        )
    return Frames(values, lines_at, numbers)


def _row(file: str, line: int, text: str) -> list[float]:
    """Readings of one row; plain numbers and ``B`` the quick way."""
    cells = text.split(",")
    if not set(text.lower()) & set("nif_"):
        try:
            return [float("nan") if cell == "B" else float(cell) for cell in cells]
        except ValueError:
            pass
    return [_cell(file, line, cell) for cell in cells]


def _cell(file: str, line: int, cell: str) -> float:
    text = cell.strip()
    if text.upper() in BLANK:
        return float("nan")
    if not is_number(text) or not np.isfinite(float(text)):
        raise ScenarioError(
            file, f"line {line}", f"'{text}' is no reading", allowed="numbers, B without a sensor"
        )
    return float(text)


def grid_layout(
    present: NDArray[np.bool_],
    side: Side,
    row_mm: float,
    column_mm: float,
    area_mm2: float,
    said: str,
    *,
    toes_first: bool = True,
    left_first: bool = True,
) -> Layout:
    """Layout of a grid as seen from above.

    Args:
        present: where there is a sensor, shape (rows, columns).
        side: the foot.
        row_mm: distance of rows.
        column_mm: distance of columns.
        area_mm2: of a sensor.
        said: for messages.
        toes_first: whether the first row is at the toes.
        left_first: whether the first column is on the left.
    """
    row, column = np.nonzero(present)
    x = row_mm * (-row if toes_first else row)
    to_right = column_mm * (column if left_first else -column)
    z = to_right if side == "right" else -to_right
    place = np.column_stack([x, z]).astype(float)
    return placed_layout(place, np.full(len(row), area_mm2), said)
