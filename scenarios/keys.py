# SPDX-License-Identifier: MIT
"""The keys of a scenario as data: for messages, documentation and path rules.

Everything here is derived from `scenarios.schema`, so that a key is described in
one place only.
"""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from scenarios.schema import Scenario

SHORT: Mapping[str, str] = {"wear": "insole.wear", "scan": "subject.scan"}
"""Tables that may be named by a shorter name: wear is that of the insole which is studied."""

UNITS: Mapping[str, str] = {
    "kg": "kg",
    "m": "m",
    "mm": "mm",
    "ms": "ms",
    "mm_s": "mm/s",
    "hz": "Hz",
    "deg": "deg",
    "percent": "%",
    "m_s": "m/s",
    "n": "N",
}


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a scenario.

    Attributes:
        name: dotted key; ``[]`` marks an entry of a list of tables.
        description: what it means.
        default: default as text, empty where the key must be given.
        allowed: accepted values as text, with unit.
        is_path: whether the value names a file or folder.
    """

    name: str
    description: str
    default: str
    allowed: str
    is_path: bool


@cache
def scenario_keys() -> tuple[Key, ...]:
    """All keys in the order of the documentation."""
    return tuple(_keys_of(Scenario, ""))


def keys_of(model: type[BaseModel]) -> tuple[Key, ...]:
    """All keys of another kind of file, such as a study."""
    return tuple(_keys_of(model, ""))


@cache
def table_names() -> tuple[str, ...]:
    """Names of the tables, such as ``insole`` and ``insole.wear``."""
    return tuple(_tables_of(Scenario, ""))


def find_key(name: str) -> Key | None:
    """The key of that dotted name; ``insole.layers[0].material`` finds the list's key."""
    plain = "".join("[]" if part.isdigit() else part for part in _split_indices(name))
    return _by_name().get(plain)


@cache
def _by_name() -> Mapping[str, Key]:
    return {key.name: key for key in scenario_keys()}


def keys_in(table: str) -> tuple[str, ...]:
    """Names of the keys and tables directly in a table; the top level is the empty name."""
    prefix = f"{table}." if table else ""
    names = (*(key.name for key in scenario_keys()), *table_names())
    found = [name.removeprefix(prefix) for name in names if name.startswith(prefix)]
    direct = tuple(name for name in found if "." not in name and "[" not in name)
    return direct if table else (*direct, *SHORT)


def unit_of(name: str) -> str:
    """The unit that a key's name carries, empty for a pure number or a word."""
    last = name.rpartition(".")[2]
    for suffix in sorted(UNITS, key=len, reverse=True):
        if last.endswith(f"_{suffix}"):
            return UNITS[suffix]
    return ""


def _split_indices(name: str) -> Iterator[str]:
    for part in name.replace("]", "[").split("["):
        if part:
            yield part


def _tables_of(model: type[BaseModel], prefix: str) -> Iterator[str]:
    for name, info in model.model_fields.items():
        table = table_of(info.annotation)
        if table is not None:
            yield f"{prefix}{name}"
            yield from _tables_of(table, f"{prefix}{name}.")


def _keys_of(model: type[BaseModel], prefix: str) -> Iterator[Key]:
    for name, info in model.model_fields.items():
        dotted = f"{prefix}{name}"
        table = table_of(info.annotation)
        if table is not None:
            yield from _keys_of(table, f"{dotted}.")
            continue
        yield Key(
            name=dotted,
            description=info.description or "",
            default=_default_text(info),
            allowed=_allowed_text(dotted, info),
            is_path=_is_path(info.annotation),
        )
        entry = _entry_of(info.annotation)
        if entry is not None:
            yield from _keys_of(entry, f"{dotted}[].")


def _alternatives(annotation: Any) -> tuple[Any, ...]:
    if get_origin(annotation) in (Union, types.UnionType):
        return tuple(a for a in get_args(annotation) if a is not type(None))
    return (annotation,)


def table_of(annotation: Any) -> type[BaseModel] | None:
    """The model of a key that is a table, also of one that may be absent."""
    for option in _alternatives(annotation):
        if isinstance(option, type) and issubclass(option, BaseModel):
            return option
    return None


def _entry_of(annotation: Any) -> type[BaseModel] | None:
    for option in _alternatives(annotation):
        if get_origin(option) is tuple:
            return table_of(get_args(option)[0])
    return None


def _is_path(annotation: Any) -> bool:
    options = _alternatives(annotation)
    return any(o is Path or Path in get_args(o) for o in options)


def _extra(info: FieldInfo) -> Mapping[str, Any]:
    return info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}


def _default_text(info: FieldInfo) -> str:
    text = _extra(info).get("default_text")
    if isinstance(text, str):
        return text
    if info.is_required():
        return ""
    default = info.get_default()
    if default is None:
        return "not given"
    if default == ():
        return "[]"
    if isinstance(default, bool):
        return str(default).lower()
    return f"{default:g}" if isinstance(default, float) else str(default)


def _allowed_text(name: str, info: FieldInfo) -> str:
    text = _extra(info).get("allowed_text")
    if isinstance(text, str):
        return text
    annotation = info.annotation
    for option in _alternatives(annotation):
        if get_origin(option) is Literal:
            return ", ".join(str(word) for word in get_args(option))
    if _is_path(annotation):
        return "a folder" if name.endswith("_dir") else "a file"
    if annotation is bool:
        return "true or false"
    if _entry_of(annotation) is not None:
        return "a list of tables"
    if {float, int} & set(_alternatives(annotation)):
        return _range_text(name, info)
    return "text"


def _range_text(name: str, info: FieldInfo) -> str:
    low = high = None
    for item in info.metadata:
        low = getattr(item, "ge", low)
        high = getattr(item, "le", high)
    unit = unit_of(name)
    text = _bounds(low, high, info) + (f" {unit}" if unit else "")
    return f"whole number, {text}" if int in _alternatives(info.annotation) else text


def _bounds(low: float | None, high: float | None, info: FieldInfo) -> str:
    if low is not None and high is not None:
        return f"{low:g} to {high:g}"
    if low is not None:
        return f"{low:g} and more"
    return (
        "above 0" if any(getattr(item, "gt", None) == 0.0 for item in info.metadata) else "number"
    )
