# SPDX-License-Identifier: MIT
"""The commands that help to begin: a new file, and what editors know of it."""

from __future__ import annotations

import sys
from pathlib import Path

from scenarios.cli.parser import Arguments
from scenarios.errors import ScenarioError
from scenarios.launch import is_speaker
from scenarios.source import user_path


def new(arguments: Arguments) -> int:
    """Write a commented scenario or study, and its JSON schema beside it.

    Raises:
        ScenarioError: there is something in its place, or it cannot be written.
    """
    if not is_speaker():
        return 0
    from scenarios.json_schema import schema_text
    from scenarios.scenario_template import SCHEMA_FILES, scenario_template, study_template

    study = arguments.of_study
    if study and arguments.reader is not None:
        raise ScenarioError("new", "--for", "is of a scenario", allowed="--study without it")
    file = _place(arguments.file or ("study.toml" if study else "scenario.toml"))
    schema = file.with_name(SCHEMA_FILES[study])
    if study:
        text = study_template(arguments.analysis, schema.name)
    else:
        text = scenario_template(arguments.analysis, arguments.reader or "researcher", schema.name)
    _write_new(file, text)
    print(f"{file}: a {'study' if study else 'scenario'} to change")
    _add_schema(schema, schema_text(study=study), study=study)
    then = "sweep" if study else "check"
    print(f"next: solespine {then} {file}")
    return 0


def schema(arguments: Arguments) -> int:
    """Print the JSON schema of a scenario or a study."""
    if not is_speaker():
        return 0
    from scenarios.json_schema import schema_text

    sys.stdout.write(schema_text(study=arguments.of_study))
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


def _add_schema(file: Path, text: str, *, study: bool) -> None:
    """Write the schema where none is; say so where another one is."""
    if not file.exists():
        _write_new(file, text)
        print(f"{file}: for editors")
    elif file.read_bytes() != text.encode():
        flag = " --study" if study else ""
        print(f"{file}: of another version, left as it is; solespine schema{flag} prints today's")
