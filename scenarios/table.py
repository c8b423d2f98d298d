# SPDX-License-Identifier: MIT
"""CSV files that grow by a row per output instant and survive a killed run.

Floats are written so that they read back to the same bits; a resumed run drops
the rows behind its checkpoint and a torn last line, then goes on.
"""

from __future__ import annotations

import csv
import math
import os
from collections.abc import Mapping, Sequence
from numbers import Integral
from pathlib import Path
from typing import IO

Cell = float | int | str


class GrowingTable:
    """A CSV file whose rows are flushed as they come.

    Args:
        path: the file; made with its header by the first row.
        writer: whether this rank writes.
    """

    def __init__(self, path: Path, *, writer: bool = True) -> None:
        self.path = path
        self.writer = writer
        self._stream: IO[str] | None = None
        self._columns: tuple[str, ...] = ()

    def keep(self, column: str, last: float) -> None:
        """Drop the rows whose ``column`` is above ``last``, and a torn last line.

        Called once by a resumed run before its first row; without a file it does
        nothing.
        """
        if not self.writer or not self.path.is_file():
            return
        columns, rows = read_table(self.path)
        if column not in columns:
            self.path.unlink()
            return
        place = columns.index(column)
        kept = [row for row in rows if _number(row[place]) <= last + 1e-9]
        beside = self.path.with_name(f".{self.path.name}.new")
        with beside.open("w", encoding="utf-8", newline="") as stream:
            out = csv.writer(stream, lineterminator="\n")
            out.writerow(columns)
            out.writerows(kept)
        beside.replace(self.path)

    def add(self, row: Mapping[str, Cell]) -> None:
        """Write one row; see `add_rows`."""
        self.add_rows([row])

    def add_rows(self, rows: Sequence[Mapping[str, Cell]]) -> None:
        """Write rows and flush them to the disk; NaN becomes an empty cell.

        Raises:
            ValueError: the columns are not those of the first row.
        """
        if not self.writer or not rows:
            return
        stream = self._open(tuple(rows[0]))
        out = csv.writer(stream, lineterminator="\n")
        for row in rows:
            if tuple(row) != self._columns:
                raise ValueError(f"{self.path.name}: columns {tuple(row)}, not {self._columns}")
            out.writerow([_text(value) for value in row.values()])
        stream.flush()
        os.fsync(stream.fileno())

    def _open(self, columns: tuple[str, ...]) -> IO[str]:
        if self._stream is None:
            exists = self.path.is_file() and self.path.stat().st_size > 0
            if exists:
                columns = read_table(self.path)[0]
            self._columns = columns
            self._stream = self.path.open("a", encoding="utf-8", newline="")
            if not exists:
                csv.writer(self._stream, lineterminator="\n").writerow(columns)
        return self._stream

    def close(self) -> None:
        """Close the file; a later row opens it again."""
        if self._stream is not None:
            self._stream.close()
            self._stream = None


def read_table(path: Path) -> tuple[tuple[str, ...], list[list[str]]]:
    """Columns and complete rows of a CSV file; a torn last line is left out."""
    text = path.read_text(encoding="utf-8", errors="replace")
    whole = text[: text.rfind("\n") + 1]
    lines = list(csv.reader(whole.splitlines()))
    if not lines:
        return (), []
    columns = tuple(lines[0])
    return columns, [row for row in lines[1:] if len(row) == len(columns)]


def read_numbers(path: Path) -> dict[str, list[float]]:
    """Columns of a CSV file of numbers by name; an empty cell is NaN."""
    columns, rows = read_table(path)
    return {
        name: [float(row[i]) if row[i] else math.nan for row in rows]
        for i, name in enumerate(columns)
    }


def _number(text: str) -> float:
    """A cell as a number; what is none is behind every instant."""
    try:
        return float(text)
    except ValueError:
        return math.inf


def _text(value: Cell) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, Integral):
        return str(int(value))
    number = float(value)
    return repr(number) if math.isfinite(number) else ""
