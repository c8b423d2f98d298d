# SPDX-License-Identifier: MIT
"""The commands that follow an insole up: compare --visits, insole suggest, insole wearing-in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from scenarios.cli.parser import Arguments
from scenarios.errors import NotWritten
from scenarios.followup.files import output_file, write_text
from scenarios.launch import is_speaker
from scenarios.source import user_path


def compare_visits(arguments: Arguments) -> int:
    """Print the differences of visits, and write them and their course."""
    if not is_speaker():
        return 0
    from scenarios.followup.differences import course_of
    from scenarios.followup.places import COMMAND, find_visits
    from scenarios.followup.tables import course_text, file_text
    from scenarios.followup.visits import read_visits

    path = output_file(arguments.output, COMMAND, (".csv", ".json"))
    course = course_of(read_visits(find_visits(arguments.folders), arguments.side))
    written: tuple[str, ...] = ()
    if path is not None:
        from scenarios.figures.followup import save_course_figure

        write_text(path, file_text(course, path))
        written = _drawn(lambda place: save_course_figure(course, place), path)
    # Last, so that a pipe that is closed early costs no file.
    print("\n".join((course_text(course), *written)))
    return 0


def suggest(arguments: Arguments) -> int:
    """Write the changes that a result asks for, as scenarios, and say what to run."""
    if not is_speaker():
        return 0
    from scenarios.followup import suggest_files
    from scenarios.followup.suggest import asked_of, read_marks, read_source, suggestions

    marks = read_marks(arguments.marks)
    source = read_source(arguments.scenario)
    folder = suggest_files.new_folder(arguments.output, source)
    asked = asked_of(source, marks)
    found = suggestions(source, asked, all_rules=arguments.all_rules)
    if found:
        suggest_files.write_suggestions(folder, source, found)
    print(suggest_files.suggestions_text(folder if found else None, source, asked, found))
    return 0


def wearing_in(arguments: Arguments) -> int:
    """Print the hours a day on a new insole, and write and draw them."""
    if not is_speaker():
        return 0
    from scenarios.followup import wearing_in as wearing
    from scenarios.followup.visits import computed_visit

    path = output_file(arguments.output, wearing.COMMAND, (".csv",))
    new = computed_visit(user_path(arguments.folder), "new")
    old = computed_visit(user_path(arguments.baseline), "old")
    habits = wearing.Habits(
        growth_percent=arguments.growth_percent_per_day,
        steps_per_day=arguments.steps_per_day,
        standing_hours=arguments.standing_hours,
        waking_hours=arguments.waking_hours,
        cadence=arguments.cadence,
    )
    found = wearing.wearing_in(new, old, habits)
    written: tuple[str, ...] = ()
    if path is not None:
        from scenarios.figures.wearing_in import save_wearing_figure

        write_text(path, wearing.wearing_csv(found))
        written = _drawn(lambda place: save_wearing_figure(found, place), path)
    print("\n".join((wearing.wearing_text(found), *written)))
    return 0


def _drawn(save: Callable[[Path], Path], path: Path) -> tuple[str, ...]:
    """Draw beside a written file; returns what to say of both.

    Raises:
        NotWritten: the picture cannot be written.
    """
    picture = path.with_suffix(".png")
    try:
        save(picture)
    except OSError as error:
        raise NotWritten(str(picture), error.strerror or type(error).__name__) from None
    return f"written: {path}", f"picture: {picture}"
