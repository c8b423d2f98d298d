# SPDX-License-Identifier: MIT
"""``compare.csv``: a row for each output of each run against the first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from scenarios.compare import Comparison
from scenarios.compare_outputs import WITHOUT_PERCENT, group_of
from scenarios.compare_verdict import side_of
from scenarios.errors import ScenarioError
from scenarios.followup.files import Cell, csv_text, write_text
from scenarios.source import user_path

COLUMNS = (
    *("run", "output", "group", "unit", "first", "other", "difference", "percent"),
    *("mesh_error", "against_mesh", "parameter_sd", "against_parameters", "verdict"),
)


def output_folder(given: str | None) -> Path | None:
    """The folder that ``-o`` names, which need not be there; None without the flag.

    Raises:
        ScenarioError: a file is in the way, or the name is a file's.
    """
    if given is None:
        return None
    path = user_path(given)
    allowed = "a folder for compare.html and compare.csv"
    if path.suffix in (".csv", ".html", ".json") and not path.is_dir():
        raise ScenarioError("compare", "-o", f"got {given!r}", allowed=allowed)
    there = next((each for each in (path, *path.parents) if each.exists()), path)
    if not there.is_dir():
        raise ScenarioError("compare", "-o", f"{there} is a file", allowed=allowed)
    return path


def write_table(folder: Path, comparisons: Sequence[Comparison]) -> Path:
    """Write ``compare.csv``, all outputs of all runs.

    Raises:
        NotWritten: the folder or file cannot be written.
    """
    make_folder(folder)
    path = folder / "compare.csv"
    write_text(path, csv_text(COLUMNS, list(_rows(comparisons))))
    return path


def make_folder(folder: Path) -> None:
    """Make the folder where it is not there.

    Raises:
        ScenarioError: it cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ScenarioError("compare", "-o", f"{folder}: {error.strerror}") from None


def _rows(comparisons: Sequence[Comparison]) -> Iterator[list[Cell]]:
    for comparison in comparisons:
        for item in comparison.differences:
            percent = None if item.unit in WITHOUT_PERCENT else item.percent
            yield [
                comparison.folder,
                item.key,
                group_of(item.key) or "other",
                item.unit,
                item.first,
                item.other,
                item.change,
                percent,
                item.error,
                side_of(item.change, item.error),
                item.deviation,
                side_of(item.change, item.spread),
                item.said,
            ]
