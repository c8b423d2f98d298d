# SPDX-License-Identifier: MIT
"""Where the values of a scenario come from: a file or library name, and flags.

The result is a flat mapping from dotted keys to values, each with the place in
which it was given, so that a message can name it. Nothing is validated here but
the text itself.
"""

from __future__ import annotations

import datetime
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from scenarios.errors import ScenarioError, listed, nearest
from scenarios.keys import SHORT, scenario_keys

LIBRARY = Path(__file__).with_name("library")
MAX_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class Given:
    """One value as it was given.

    Attributes:
        value: the TOML value.
        where: file or flag, as the user wrote it.
        base: folder that relative paths refer to.
    """

    value: object
    where: str
    base: Path


@dataclass(frozen=True, slots=True)
class ScenarioFile:
    """A scenario's text and its place: ``name`` is the stem or the library name."""

    path: Path
    where: str
    name: str


@cache
def library_names() -> tuple[str, ...]:
    """Names of the scenarios that come with solespine."""
    return tuple(sorted(path.stem for path in LIBRARY.glob("*.toml")))


def find_scenario(scenario: str) -> ScenarioFile:
    """The file behind SCENARIO: a library name, else a path.

    Raises:
        ScenarioError: no such name or file, a folder, or not a regular file.
    """
    names = library_names()
    if scenario in names:
        return ScenarioFile(LIBRARY / f"{scenario}.toml", scenario, scenario)
    allowed = f"a TOML file, or {listed(names)}"
    path = user_path(scenario)
    near = nearest(path.stem, names)
    try:
        if path.is_file():
            return ScenarioFile(path, scenario, path.stem)
        if path.is_dir():
            problem = "is a folder"
            inside = path / "scenario.toml"
            near = str(inside) if inside.is_file() else near
        else:
            problem = "is not a regular file" if path.exists() else "no such scenario"
            near = near or nearest(str(path), _toml_files_beside(path))
    except (OSError, ValueError):  # a name too long, or with a null byte
        problem = "no such scenario"
    shown = scenario if len(scenario) <= 200 else scenario[:200] + "..."
    raise ScenarioError(shown or "SCENARIO", "", problem, allowed=allowed, suggestion=near)


def user_path(text: str) -> Path:
    """A path as a person writes it, ``~`` replaced where there is such a home."""
    try:
        return Path(text).expanduser()
    except RuntimeError:  # a user who is not known
        return Path(text)


def _toml_files_beside(path: Path) -> list[str]:
    try:
        return sorted(str(p) for p in path.parent.glob("*.toml"))[:200]
    except (OSError, ValueError):
        return []


def read_scenario_file(file: ScenarioFile) -> dict[str, Given]:
    """The flat values of a TOML file; paths in it are relative to the file.

    Raises:
        ScenarioError: unreadable, not UTF-8, not TOML, or a key by its short and its long name.
    """
    try:
        with file.path.open("rb") as stream:
            raw = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise ScenarioError(file.where, "", f"cannot be read: {error.strerror}") from None
    if len(raw) > MAX_BYTES:
        raise ScenarioError(file.where, "", "is no scenario", allowed="a TOML file below 1 MB")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise ScenarioError(
            file.where, "", f"is not UTF-8 (line {line})", allowed="TOML text in UTF-8"
        ) from None
    try:
        data = tomllib.loads(text.replace("\r\n", "\n"))
    except (ValueError, RecursionError) as error:  # a number of thousands of digits too
        raise ScenarioError(file.where, "", f"is not TOML: {_reason(error)}") from None
    base = file.path.resolve().parent
    return spelled_out({key: Given(value, file.where, base) for key, value in flattened(data)})


def _reason(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "nested too deeply"
    text = str(error)
    if text.startswith("Cannot overwrite a value"):
        return text.replace("Cannot overwrite a value", "a key is given twice")
    return text[:1].lower() + text[1:]


def flattened(data: Mapping[str, object], prefix: str = "") -> Iterator[tuple[str, object]]:
    """Leaves of nested tables by dotted key; an empty table is a leaf of its own."""
    for key, value in data.items():
        name = prefix + (f'"{key}"' if "." in key else key)
        if isinstance(value, dict) and value:
            yield from flattened(value, f"{name}.")
        else:
            yield name, value


def read_settings(settings: Sequence[str], base: Path) -> dict[str, Given]:
    """The flat values of ``--set KEY=VALUE``; a table is taken apart into its keys.

    Args:
        settings: the arguments of the flag, in the order given.
        base: working directory, which relative paths refer to.

    Raises:
        ScenarioError: no ``=``, an empty key, or two values for one key.
    """
    given: dict[str, Given] = {}
    for setting in settings:
        key, equals, text = setting.partition("=")
        key = key.strip()
        if not equals or not key or not all(key.split(".")):
            raise ScenarioError(
                "--set",
                setting,
                "is not KEY=VALUE",
                allowed="such as insole.thickness_mm=8",
                suggestion=nearest(key, (k.name for k in scenario_keys())) if key else "",
            )
        value = setting_value(text)
        leaves = [(key, value)]
        if isinstance(value, dict) and value:
            leaves = list(flattened(value, f"{key}."))
        for name, leaf in leaves:
            add_setting(given, name, Given(leaf, "--set", base))
    return spelled_out(given)


def spelled_out(given: Mapping[str, Given]) -> dict[str, Given]:
    """Values with the short names of tables made long.

    Raises:
        ScenarioError: a key is given by both names.
    """
    found: dict[str, Given] = {}
    for name, item in given.items():
        table, dot, rest = name.partition(".")
        full = f"{SHORT.get(table, table)}{dot}{rest}"
        if full != name and full in given:
            raise ScenarioError(
                item.where, name, f"is given beside {full}", allowed="one of the two"
            )
        found[full] = item
    return found


def setting_value(text: str) -> object:
    """VALUE read as TOML, else as text; dates and several lines are text."""
    try:
        parsed = tomllib.loads(f"value = {text}")
    except (ValueError, RecursionError):
        return text.strip()
    value: object = parsed.get("value")
    dates = (datetime.date, datetime.time)
    return text.strip() if len(parsed) != 1 or isinstance(value, dates) else value


def add_setting(given: dict[str, Given], name: str, new: Given) -> None:
    """Add a flag's value; the same key with another value is refused.

    Raises:
        ScenarioError: the key, or a table over or under it, has another value.
    """
    for other, old in given.items():
        if other == name:
            if old.value == new.value and type(old.value) is type(new.value):
                return
            raise ScenarioError(
                f"{old.where} and {new.where}" if old.where != new.where else new.where,
                name,
                f"is given twice, as {old.value!r} and as {new.value!r}",
                allowed="one value for a key",
            )
        if other.startswith(f"{name}.") or name.startswith(f"{other}."):
            raise ScenarioError(
                new.where, name, f"is given beside {other}", allowed="the table, or its keys"
            )
    given[name] = new


def merged(file: Mapping[str, Given], settings: Mapping[str, Given]) -> dict[str, Given]:
    """File and flags together: a flag replaces the file's value of the same key."""
    result = dict(file)
    for name, given in settings.items():
        under = [key for key in result if key.startswith(f"{name}.")]
        if given.value == {} and under:
            continue
        for key in under:
            del result[key]
        result[name] = given
    return result


def nested(flat: Mapping[str, object]) -> dict[str, object]:
    """The tables of a flat mapping; a value that is in a table's place stays there."""
    tree: dict[str, object] = {}
    for name, value in flat.items():
        *tables, last = name.split(".")
        place = tree
        for table in tables:
            below = place.setdefault(table, {})
            if not isinstance(below, dict):
                break
            place = below
        else:
            place.setdefault(last, value)
    return tree
