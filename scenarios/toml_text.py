# SPDX-License-Identifier: MIT
"""Write plain data as TOML, which the standard library can only read."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path

_BARE_KEY = re.compile(r"^[A-Za-z0-9_-]+$")


def toml_text(data: Mapping[str, object]) -> str:
    """The TOML text of nested mappings of plain values; None is left out.

    Args:
        data: values are text, numbers, booleans, paths, sequences or mappings; a
            sequence of mappings is written as inline tables.

    Returns:
        Text that `tomllib.loads` reads back to equal values, paths as text.
    """
    lines: list[str] = []
    _write_table(data, "", lines)
    return "\n".join(lines).strip("\n") + "\n"


def _write_table(data: Mapping[str, object], prefix: str, lines: list[str]) -> None:
    tables = []
    for key, value in data.items():
        if isinstance(value, Mapping):
            tables.append((key, value))
        elif value is not None:
            lines.append(f"{_key(key)} = {_value(value)}")
    for key, table in tables:
        name = f"{prefix}{_key(key)}"
        lines.extend(["", f"[{name}]"])
        _write_table(table, f"{name}.", lines)


def _key(key: str) -> str:
    return key if _BARE_KEY.fullmatch(key) else _text(key)


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, str | Path):
        return _text(str(value))
    if isinstance(value, Mapping):
        items = (f"{_key(k)} = {_value(v)}" for k, v in value.items() if v is not None)
        return "{ " + ", ".join(items) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_value(item) for item in value) + "]"
    raise TypeError(f"TOML has no {type(value).__name__}")
