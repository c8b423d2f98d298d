# SPDX-License-Identifier: MIT
"""The material library: records by name, from the TOML files beside this module."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from pathlib import Path
from types import MappingProxyType

from materials.quantities import KINDS
from materials.record import (
    MaterialFileError,
    MaterialRecord,
    nearest,
    parse_records,
)


class UnknownMaterial(ValueError):
    """There is no material of that name; the message holds the nearest match."""


def load(name: str) -> MaterialRecord:
    """The record of a material.

    Raises:
        UnknownMaterial: With the nearest name and the names of the library.
    """
    records = _library()
    if name not in records:
        raise UnknownMaterial(
            f"no material is named {name!r}{nearest(name, records) or '.'} "
            f"The library has: {', '.join(sorted(records))}"
        )
    return records[name]


def names(kind: str | None = None) -> tuple[str, ...]:
    """Names in the library, in the order of its files.

    Args:
        kind: One of `record.KINDS`, or None for all.

    Raises:
        ValueError: There is no such kind.
    """
    if kind is not None and kind not in KINDS:
        raise ValueError(f"no kind {kind!r}; there are {', '.join(KINDS)}")
    return tuple(name for name, record in _library().items() if kind in (None, record.kind))


def read_file(path: Path) -> tuple[MaterialRecord, ...]:
    """Records of a user's material file, checked as those of the library.

    Raises:
        MaterialFileError: The file cannot be read, is not TOML or breaks the schema.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise MaterialFileError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise MaterialFileError(f"{path}: not valid TOML: it is not UTF-8 text") from error
    return _parse(text, str(path))


def _parse(text: str, file: str) -> tuple[MaterialRecord, ...]:
    """Records of TOML text."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise MaterialFileError(f"{file}: not valid TOML: {error}") from error
    return parse_records(document, file)


@cache
def _library() -> Mapping[str, MaterialRecord]:
    """All records that ship with the package."""
    records: dict[str, MaterialRecord] = {}
    folder = resources.files("materials") / "library"
    for file in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if not file.name.endswith(".toml"):
            continue
        for record in _parse(file.read_text(encoding="utf-8"), file.name):
            if record.name in records:
                other = records[record.name].file
                raise MaterialFileError(f"{file.name}: {record.name}: already in {other}")
            records[record.name] = record
    return MappingProxyType(records)
