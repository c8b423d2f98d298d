# SPDX-License-Identifier: MIT
"""Suggestions as a folder of scenarios with a list of what to run, and as text."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path

from scenarios.errors import NotWritten, ScenarioError
from scenarios.followup.files import Cell, csv_text, write_text
from scenarios.followup.suggest import COMMAND, Asked, Source, Suggestion, change_words
from scenarios.source import user_path
from scenarios.text_table import aligned_lines

LIST = "suggestions.csv"
COLUMNS = (
    *("name", "file", "changes", "rule", "number", "value", "unit", "mark", "asked"),
    *("reason", "source", "command", "problem"),
)


def new_folder(given: str | None, source: Source) -> Path:
    """Folder for the scenarios: what ``-o`` names, else ``suggestions/NAME``.

    Raises:
        ScenarioError: it holds something, or is no folder.
    """
    path = Path("suggestions") / source.scenario.name if given is None else user_path(given)
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        what = "is not empty" if path.is_dir() else "is no folder"
        raise ScenarioError(COMMAND, "-o", f"{path} {what}", allowed="a new or an empty folder")
    return path


def write_suggestions(folder: Path, source: Source, found: Sequence[Suggestion]) -> None:
    """Write the scenarios and ``suggestions.csv``.

    Raises:
        NotWritten: the folder or a file cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise NotWritten(str(folder), error.strerror or type(error).__name__) from None
    for one in found:
        if one.text:
            write_text(folder / f"{one.name}.toml", one.text)
    write_text(folder / LIST, csv_text(COLUMNS, _rows(folder, source, found)))


def suggestions_text(
    folder: Path | None, source: Source, asked: Sequence[Asked], found: Sequence[Suggestion]
) -> str:
    """What the rules saw, what was written, and what to run.

    Args:
        folder: that was written, None where nothing was.
        source: the current design.
        asked: the rules with their numbers.
        found: the suggestions.
    """
    scenario = source.scenario
    lines = [f"{source.where}: {scenario.analysis}, insole of {scenario.insole.made_of}"]
    if source.result is None:
        lines.append("no result: every change that can be made is listed, none is asked for")
    else:
        lines += [one.words for one in asked if one.value is not None]
    if folder is None:
        lines.append("nothing asks for a change; --all writes what could be tried all the same")
        return "\n".join(lines)
    rows: list[tuple[str, ...]] = [("file", "change", "asked for by")]
    for one in found:
        by = ", ".join(dict.fromkeys(rule.rule.name for rule, _ in one.reasons if rule.is_beyond))
        change = change_words(one.change, source.scenario.insole)
        if not one.text:
            change = f"not made: {one.problem}"
        rows.append((f"{one.name}.toml" if one.text else one.name, change, by or "-"))
    lines += ["", *aligned_lines(rows, left=range(3)), "", f"written: {folder}", "to run:"]
    made = [one for one in found if one.text]
    lines += [f"  {_command(folder, one)}" for one in made]
    if source.result is not None:
        visits = [f"now={source.where}", *(f"{one.name}={_result(folder, one)}" for one in made)]
        lines.append(f"  {shlex.join(['solespine', 'compare', '--visits', *visits])}")
    lines += [
        "note: what a change does is for the runs to say; one that lowers one number may raise "
        "another",
        "note: predicted mechanical load under stated assumptions; nothing is said of pain",
    ]
    return "\n".join(lines)


def _rows(folder: Path, source: Source, found: Sequence[Suggestion]) -> list[list[Cell]]:
    rows: list[list[Cell]] = []
    for one in found:
        file = f"{one.name}.toml" if one.text else None
        change = change_words(one.change, source.scenario.insole) or None
        command = _command(folder, one) if one.text else None
        for rule, made in one.reasons:
            rows.append(
                [
                    *(one.name, file, change, rule.rule.name, rule.rule.title, rule.value),
                    *(rule.rule.unit, rule.mark, "yes" if rule.is_beyond else "no"),
                    *(made.reason, made.source, command, one.problem or None),
                ]
            )
    return rows


def _command(folder: Path, one: Suggestion) -> str:
    file = str(folder / f"{one.name}.toml")
    return shlex.join(["solespine", "run", file, "-o", _result(folder, one)])


def _result(folder: Path, one: Suggestion) -> str:
    return str(folder / "results" / one.name)
