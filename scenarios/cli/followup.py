# SPDX-License-Identifier: MIT
"""The commands that follow an insole up: compare --visits, insole suggest, insole wearing-in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from scenarios.cli.parser import Arguments
from scenarios.errors import NotWritten
from scenarios.followup.files import output_file, write_text


def compare_visits(arguments: Arguments) -> int:
    """Print the differences of visits, and write them and their course."""
    from scenarios.followup.differences import course_of
    from scenarios.followup.places import COMMAND, find_visits
    from scenarios.followup.tables import course_text, file_text
    from scenarios.followup.visits import read_visits

    path = output_file(arguments.output, COMMAND, (".csv", ".json"))
    course = course_of(read_visits(find_visits(arguments.folders), arguments.side))
    print(course_text(course))
    if path is not None:
        from scenarios.figures.followup import save_course_figure

        write_text(path, file_text(course, path))
        print(f"written: {path}")
        _draw(lambda place: save_course_figure(course, place), path)
    return 0


def _draw(save: Callable[[Path], Path], path: Path) -> None:
    """Draw beside a written file.

    Raises:
        NotWritten: the picture cannot be written.
    """
    picture = path.with_suffix(".png")
    try:
        print(f"picture: {save(picture)}")
    except OSError as error:
        raise NotWritten(str(picture), error.strerror or type(error).__name__) from None
