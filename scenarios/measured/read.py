# SPDX-License-Identifier: MIT
"""A measured pressure file by its kind. A new kind is a reader and a row in `READERS`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from scenarios.errors import ScenarioError, nearest
from scenarios.measured.fscan import fscan_record
from scenarios.measured.pedar import pedar_record
from scenarios.measured.record import PressureRecord
from scenarios.measured.table import table_record

READERS: dict[str, Callable[[str, str], PressureRecord]] = {
    ".asc": pedar_record,
    ".asf": fscan_record,
    ".csv": table_record,
}
"""Reader by ending of the file name: file and its text in, record out."""


def is_pressure_file(path: str | Path) -> bool:
    """Whether this is meant as a file of pressure: an ending of one, or any file at all."""
    file = Path(path)
    return (file.suffix.lower() in READERS and not file.is_dir()) or file.is_file()


def read_pressure(path: str | Path) -> PressureRecord:
    """Read a file of measured plantar pressure.

    Args:
        path: the file; its ending says what it is (``.asc``: text export of Pedar, ``.asf``:
            ASCII export of F-Scan, ``.csv``: plain table).

    Raises:
        ScenarioError: no such file, an unknown kind, or contents that cannot be used;
            the message names file, line and column, and what is allowed.
    """
    file = Path(path)
    reader = READERS.get(file.suffix.lower())
    try:
        if not file.is_file():
            beside = sorted(p.name for p in file.parent.glob("*")) if file.parent.is_dir() else []
            raise ScenarioError(
                str(path), "", "file not found", suggestion=nearest(file.name, beside)
            )
        if reader is None:
            raise ScenarioError(
                str(path),
                "",
                "is no pressure file that can be read",
                allowed="a Pedar text export (.asc), an F-Scan export (.asf), a table (.csv)",
            )
        # The export is in the code page of the laboratory's computer; only ASCII matters in it.
        text = file.read_bytes().decode("latin-1")
    except OSError as error:
        raise ScenarioError(str(path), "", f"cannot be read: {error.strerror}") from None
    return reader(str(path), text)
