# SPDX-License-Identifier: MIT
"""OpenSim storage files (``.mot``, ``.sto``): header, labels, numbers.

A text header that ends with ``endheader``, one line of column labels, rows of
numbers. Two headers are in use: the OpenSim one (``nRows``, ``nColumns``,
``inDegrees``) and the older SIMM one (``datarows``, ``datacolumns``), which
carries no ``inDegrees`` and means degrees.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from scenarios.errors import nearest
from scenarios.gait.errors import GaitError

Array = NDArray[np.float64]

LONGEST_GAP_S = 0.05
"""Longest time without numbers that is bridged by interpolation, s: missing values or rows."""
LARGEST = 1e9
"""Largest number in any unit of forces, places and angles; beyond it sums and splines overflow."""
_STEPS = 1.5
"""A step longer than this many usual ones is a gap, where the usual ones are long too."""


@dataclass(frozen=True, slots=True)
class Storage:
    """Contents of one storage file.

    Attributes:
        file: path as given.
        labels: column labels without the time column.
        time_s: strictly increasing times, shape (n,).
        values: shape (n, number of labels); may hold NaN.
        in_degrees: what the header says of angles, ``None`` where it is silent.
    """

    file: str
    labels: tuple[str, ...]
    time_s: Array
    values: Array
    in_degrees: bool | None

    def column(self, label: str, *, gaps: bool = False) -> Array:
        """Return one column by its exact label, shape (n,).

        Args:
            label: exact label.
            gaps: keep NaN as they are; otherwise gaps up to ``LONGEST_GAP_S``
                are bridged linearly and longer ones refused.

        Raises:
            GaitError: label absent, present twice with different numbers, with a
                number above ``LARGEST``, or with a gap that is too long.
        """
        at = [i for i, name in enumerate(self.labels) if name == label]
        if not at:
            raise GaitError(
                self.file, label, "column not found", suggestion=nearest(label, self.labels)
            )
        first = self.values[:, at[0]]
        for other in at[1:]:
            if not np.allclose(first, self.values[:, other], equal_nan=True):
                raise GaitError(
                    self.file,
                    label,
                    f"stands over columns {', '.join(str(i + 2) for i in at)} with different "
                    "numbers, so it is not known which is meant",
                    allowed="labels that occur once",
                )
        large = np.flatnonzero(np.isfinite(first) & (np.abs(first) > LARGEST))
        if large.size:
            raise GaitError(
                self.file,
                label,
                f"{first[large[0]]:g} at {self.time_s[large[0]]:.4g} s",
                allowed=f"numbers up to {LARGEST:g}",
            )
        return first.copy() if gaps else self._bridged(label, first)

    def _bridged(self, label: str, values: Array) -> Array:
        bad = ~np.isfinite(values)
        if not bad.any():
            return values.copy()
        last = len(values) - 1
        edges = np.flatnonzero(np.diff(np.r_[0, bad.astype(np.int8), 0]))
        for start, stop in zip(edges[::2], edges[1::2], strict=True):
            length = self.time_s[min(stop, last)] - self.time_s[max(start - 1, 0)]
            if start == 0 or stop > last or length > LONGEST_GAP_S:
                raise GaitError(
                    self.file,
                    label,
                    f"no numbers from {self.time_s[start]:.4g} s to {self.time_s[stop - 1]:.4g} s "
                    f"({stop - start} rows)",
                    allowed=f"gaps up to {LONGEST_GAP_S:g} s inside the record",
                )
        filled = values.copy()
        filled[bad] = np.interp(self.time_s[bad], self.time_s[~bad], values[~bad])
        return filled


def read_storage(file: str | Path) -> Storage:
    """Read a ``.mot`` or ``.sto`` file.

    Raises:
        GaitError: file absent, no header or labels, ragged or missing rows,
            text among the numbers, time absent or not increasing.
    """
    lines = text_lines(Path(file))
    end = next((i for i, line in enumerate(lines) if line.strip().lower() == "endheader"), None)
    if end is None:
        raise GaitError(file, "endheader", "no such line", allowed="OpenSim .mot or .sto")
    header = _header(lines[:end])
    body = [(i, line) for i, line in enumerate(lines[end + 1 :], end + 2) if line.strip()]
    if len(body) < 3:
        raise GaitError(file, "endheader", "followed by less than labels and two rows of numbers")
    labels = _labels(body[0][1])
    if labels[0].lower() != "time":
        raise GaitError(
            file, "time", f"the first column is called '{labels[0]}'", allowed="time, in seconds"
        )
    values = np.array([_row(file, number, line, labels) for number, line in body[1:]])
    _check_counts(file, header, values.shape)
    check_time(file, values[:, 0])
    degrees = header.get("indegrees")
    if degrees is not None and degrees.lower() not in ("yes", "no"):
        raise GaitError(file, "inDegrees", f"'{degrees}' found", allowed="yes, no")
    return Storage(
        file=str(file),
        labels=tuple(labels[1:]),
        time_s=values[:, 0],
        values=values[:, 1:],
        in_degrees=None if degrees is None else degrees.lower() == "yes",
    )


def refuse_missing_rows(file: str, time_s: Array, start_s: float, end_s: float) -> None:
    """Refuse rows that are missing where they are used.

    Args:
        file: where the rows come from.
        time_s: times of the rows, shape (n,).
        start_s: beginning of the time that is used.
        end_s: end of it.

    Raises:
        GaitError: a step above ``LONGEST_GAP_S`` in that time, and above what is usual
            in the file (a record may be sampled that slowly).
    """
    steps = np.diff(time_s)
    longest = max(LONGEST_GAP_S, _STEPS * float(np.median(steps)))
    used = (time_s[:-1] < end_s) & (time_s[1:] > start_s)
    wrong = np.flatnonzero(used & (steps > longest))
    if wrong.size:
        before, after = time_s[wrong[0]], time_s[wrong[0] + 1]
        raise GaitError(
            file,
            "time",
            f"no rows from {before:.4g} s to {after:.4g} s, inside the stride that is used "
            f"({start_s:.3f} to {end_s:.3f} s)",
            allowed=f"steps up to {longest:.3g} s; another stance by gait.stance_index",
        )


def text_lines(path: Path, kind: str = "OpenSim .mot or .sto") -> list[str]:
    """The lines of a text file.

    Args:
        path: the file.
        kind: what it should be, for the message.

    Raises:
        GaitError: no such file, one that cannot be read, or no text.
    """
    try:
        if not path.is_file():
            beside = sorted(p.name for p in path.parent.glob("*")) if path.parent.is_dir() else []
            raise GaitError(path, "", "file not found", suggestion=nearest(path.name, beside))
        return path.read_text(encoding="utf-8-sig").splitlines()
    except OSError as error:
        raise GaitError(path, "", f"cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise GaitError(path, "", "is not text", allowed=kind) from None


def _header(lines: list[str]) -> dict[str, str]:
    entries: dict[str, str] = {}
    for line in lines:
        text = line.strip()
        parts = text.split("=", 1) if "=" in text else text.split(None, 1)
        if len(parts) == 2:
            entries[parts[0].strip().lower()] = parts[1].strip()
    return entries


def _labels(line: str) -> list[str]:
    names = [part.strip() for part in (line.split("\t") if "\t" in line else line.split())]
    while names and not names[-1]:
        names.pop()
    return names


def _row(file: str | Path, number: int, line: str, labels: list[str]) -> list[float]:
    parts = line.split()
    if len(parts) != len(labels):
        raise GaitError(
            file,
            f"line {number}",
            f"{len(parts)} values under {len(labels)} labels",
            allowed="one value a label, a missing one written NaN",
        )
    try:
        return [float(part) for part in parts]
    except ValueError:
        column = next(i for i, part in enumerate(parts) if not is_number(part))
        raise GaitError(
            file, labels[column], f"line {number}: '{parts[column]}' is not a number"
        ) from None


def is_number(text: str) -> bool:
    """Whether Python reads it as one."""
    try:
        float(text)
    except ValueError:
        return False
    return True


def _check_counts(file: str | Path, header: dict[str, str], shape: tuple[int, ...]) -> None:
    for keys, found in ((("nrows", "datarows"), shape[0]), (("ncolumns", "datacolumns"), shape[1])):
        for key in keys:
            said = header.get(key, "")
            if said.isdecimal() and (len(said) > 18 or int(said) != found):
                raise GaitError(
                    file,
                    key,
                    f"the header says {said}, the file holds {found}: cut off or edited",
                )


def check_time(file: str | Path, time: Array) -> None:
    """Refuse times that are no numbers, run back or are no seconds.

    Raises:
        GaitError: names file and row.
    """
    if not np.isfinite(time).all():
        raise GaitError(file, "time", "holds values that are not numbers")
    wrong = np.flatnonzero(np.diff(time) <= 0.0)
    if wrong.size:
        row = int(wrong[0])
        raise GaitError(
            file,
            "time",
            f"{time[row]:g} s is followed by {time[row + 1]:g} s (row {row + 2} of the data)",
            allowed="times that increase from row to row",
        )
    step = float(np.median(np.diff(time)))
    if step > 0.2:
        raise GaitError(
            file, "time", f"a step of {step:g}", allowed="seconds, five rows a second or more"
        )
