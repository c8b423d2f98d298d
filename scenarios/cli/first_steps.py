# SPDX-License-Identifier: MIT
"""The commands that help to begin: a new file, and what editors know of it."""

from __future__ import annotations

import sys
from pathlib import Path

from scenarios.cli.parser import Arguments
from scenarios.errors import ScenarioError
from scenarios.launch import is_speaker
from scenarios.source import user_path

_NEXT = {"scenario": "check", "study": "sweep", "search": "optimise"}


def new(arguments: Arguments) -> int:
    """Write a commented scenario, study or search, and its JSON schema beside it.

    Raises:
        ScenarioError: there is something in its place, or it cannot be written.
    """
    if not is_speaker():
        return 0
    from scenarios import scenario_template as templates
    from scenarios.json_schema import schema_text

    kind, analysis = arguments.file_kind, arguments.analysis
    if kind != "scenario" and arguments.reader is not None:
        raise ScenarioError("new", "--for", "is of a scenario", allowed=f"--{kind} without it")
    file = _place(arguments.file or f"{kind}.toml")
    schema = file.with_name(f"{kind}.schema.json")
    if kind == "study":
        text = templates.study_template(analysis, schema.name)
    elif kind == "search":
        text = templates.search_template(analysis, schema.name)
    else:
        reader = arguments.reader or "researcher"
        text = templates.scenario_template(analysis, reader, schema.name)
    _write_new(file, text)
    print(f"{file}: a {kind} to change")
    _add_schema(schema, schema_text(kind), kind)
    print(f"next: solespine {_NEXT[kind]} {file}")
    return 0


def schema(arguments: Arguments) -> int:
    """Print the JSON schema of a scenario, a study or a search."""
    if not is_speaker():
        return 0
    from scenarios.json_schema import schema_text

    sys.stdout.write(schema_text(arguments.file_kind))
    return 0


def completion(arguments: Arguments) -> int:
    """Print the completion script of a shell."""
    if not is_speaker():
        return 0
    from scenarios.cli.completion import script

    print(script(arguments.shell))
    return 0


def _place(name: str) -> Path:
    """Where a new file goes, refused before anything is written."""
    file = user_path(name)
    if file.suffix != ".toml":
        near = f"{name}.toml" if file.name and not file.suffix else ""
        raise ScenarioError(
            name, "", "is no name of a TOML file", allowed="a name in .toml", suggestion=near
        )
    try:
        if file.exists() or file.is_symlink():
            raise ScenarioError(name, "", "is there already", allowed="a new file")
        if not file.parent.is_dir():
            raise ScenarioError(name, "", f"no such folder: {file.parent}", allowed="a new file")
    except (OSError, ValueError):  # a name too long, or with a null byte
        raise ScenarioError(name, "", "cannot be a file", allowed="a new file") from None
    return file


def _write_new(file: Path, text: str) -> None:
    """Write a file that is not there; what came into its place meanwhile stays."""
    try:
        with file.open("x", encoding="utf-8") as stream:
            stream.write(text)
    except FileExistsError:
        raise ScenarioError(str(file), "", "is there already", allowed="a new file") from None
    except OSError as error:
        problem = f"cannot be written: {error.strerror}"
        raise ScenarioError(str(file), "", problem, allowed="another FILE") from None


def _add_schema(file: Path, text: str, kind: str) -> None:
    """Write the schema where none is; say so where another one is."""
    if not file.exists():
        _write_new(file, text)
        print(f"{file}: for editors")
    elif file.read_bytes() != text.encode():
        flag = "" if kind == "scenario" else f" --{kind}"
        print(f"{file}: of another version, left as it is; solespine schema{flag} prints today's")
