# SPDX-License-Identifier: MIT
"""Output files that the user names: where they may be, and how they are written."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from scenarios.errors import NotWritten, ScenarioError
from scenarios.folder import write_atomically
from scenarios.source import user_path

Cell = str | float | int | None


def output_file(given: str | None, command: str, kinds: Sequence[str]) -> Path | None:
    """The file that ``-o`` names, None without it.

    Args:
        given: value of the flag.
        command: for the message.
        kinds: suffixes that are understood, such as ``".csv"``.

    Raises:
        ScenarioError: another suffix, a folder, or a folder that is not there.
    """
    if given is None:
        return None
    path = user_path(given)
    allowed = " or ".join(f"a file FILE{kind}" for kind in kinds)
    if path.suffix.lower() not in kinds:
        raise ScenarioError(command, "-o", f"got {given!r}", allowed=allowed)
    if path.is_dir():
        raise ScenarioError(command, "-o", f"{path} is a folder", allowed=allowed)
    if not path.parent.is_dir():
        raise ScenarioError(command, "-o", f"no such folder: {path.parent}")
    return path


def csv_text(header: Sequence[str], rows: Sequence[Sequence[Cell]]) -> str:
    """Rows as CSV; None is an empty cell, floats read back to the same bits."""
    stream = io.StringIO()
    out = csv.writer(stream, lineterminator="\n")
    out.writerow(header)
    out.writerows(
        [["" if c is None else repr(c) if isinstance(c, float) else c for c in row] for row in rows]
    )
    return stream.getvalue()


def write_text(path: Path, text: str) -> None:
    """Write a whole file or none.

    Raises:
        NotWritten: the disk is full, or the folder cannot be written.
    """
    try:
        write_atomically(path, text)
    except OSError as error:
        raise NotWritten(str(path), error.strerror or type(error).__name__) from None
