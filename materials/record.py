# SPDX-License-Identifier: MIT
"""What a record of the material library is, and the check of its TOML form.

    [sources]
    erdemir = "Erdemir et al. 2006, J Biomech 39:1279"

    [heel_pad]
    title = "Heel pad, in vivo"
    kind = "tissue"
    law = "ogden"
    status = "published"
    shear_modulus_1 = { value = 16.45, unit = "kPa", range = [8, 25], source = "erdemir", ... }

A quantity has value (a number or a list), unit, range, source (a key of `[sources]`) and
confidence. Which quantities a record must and may have follows from its law.
"""

import difflib
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from materials.prony import PronySeries
from materials.quantities import (
    CONFIDENCE,
    DIMENSIONS,
    FAMILIES,
    KINDS,
    LAWS,
    NUMBERED,
    OPTIONAL,
    STATUSES,
    STRAIN_LIMITS,
    TO_INTERNAL,
)

_TEXTS = ("title", "kind", "family", "law", "status", "notes")
_FIELDS = ("value", "unit", "range", "source", "confidence")


class MaterialFileError(ValueError):
    """A material file breaks the schema; the message names file, key and what is allowed."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number (or list of numbers) with all that is needed to judge it.

    Attributes:
        value: As given, in `unit`.
        unit: A key of `TO_INTERNAL`.
        range: Lowest and highest credible value, in `unit`.
        source: Where the digits come from.
        confidence: A key of `CONFIDENCE`.
    """

    value: float | tuple[float, ...]
    unit: str
    range: tuple[float, float]
    source: str
    confidence: str

    @property
    def number(self) -> float:
        """The value in mm, N, s, MPa, tonne.

        Raises:
            TypeError: The quantity is a list.
        """
        if isinstance(self.value, tuple):
            raise TypeError("this quantity is a list: use numbers")
        return self.value * TO_INTERNAL[self.unit]

    @property
    def numbers(self) -> tuple[float, ...]:
        """The values of a list (or the one value) in mm, N, s, MPa, tonne."""
        values = self.value if isinstance(self.value, tuple) else (self.value,)
        return tuple(value * TO_INTERNAL[self.unit] for value in values)


@dataclass(frozen=True, slots=True)
class MaterialRecord:
    """One record of the library.

    Attributes:
        name: Name that scenarios use.
        title: What it is, in words.
        kind: One of `KINDS`.
        law: Name of the law that its quantities belong to.
        status: "published", "engineering default" where the digits are nobody's measurement, or
            "measured" where they were fitted to tests of the user's own.
        notes: Anything a user must know; may be empty.
        quantities: By name.
        file: File that the record stands in.
        family: One of `FAMILIES`, or empty.
    """

    name: str
    title: str
    kind: str
    law: str
    status: str
    notes: str
    quantities: Mapping[str, Quantity]
    file: str
    family: str = ""

    def number(self, quantity: str) -> float:
        """A quantity in mm, N, s, MPa, tonne.

        Raises:
            KeyError: The record has no such quantity.
        """
        return self.quantities[quantity].number

    def numbers(self, quantity: str) -> tuple[float, ...]:
        """A list of quantities in mm, N, s, MPa, tonne; see `number`."""
        return self.quantities[quantity].numbers


def nearest(word: str, allowed: Iterable[str]) -> str:
    """`did you mean ...` for a wrong word, or the empty string."""
    matches = difflib.get_close_matches(word, list(allowed), n=1, cutoff=0.5)
    return f"; did you mean {matches[0]!r}?" if matches else ""


def parse_records(document: Mapping[str, Any], file: str) -> tuple[MaterialRecord, ...]:
    """Check the content of a material file.

    Args:
        document: The parsed TOML.
        file: Name of the file, for messages.

    Raises:
        MaterialFileError: With file, key and what is allowed.
    """
    sources = document.get("sources", {})
    if not isinstance(sources, dict) or not all(isinstance(s, str) for s in sources.values()):
        raise MaterialFileError(f"{file}: sources: must be a table of strings")
    records = []
    for name, table in document.items():
        if name == "sources":
            continue
        if not isinstance(table, dict):
            raise MaterialFileError(f"{file}: {name}: must be a table")
        records.append(_record(name, table, sources, file))
    return tuple(records)


def _record(
    name: str, table: Mapping[str, Any], sources: Mapping[str, str], file: str
) -> MaterialRecord:
    """One checked record."""
    text = {key: table.get(key, "") for key in _TEXTS}
    for key, allowed in (("kind", KINDS), ("law", tuple(LAWS)), ("status", STATUSES)):
        _one_of(text[key], allowed, f"{file}: {name}.{key}")
    if text["family"]:
        _one_of(text["family"], FAMILIES, f"{file}: {name}.family")
    if not text["title"]:
        raise MaterialFileError(f"{file}: {name}.title: is missing")
    required = LAWS[text["law"]]
    known = {**OPTIONAL, **required}
    quantities: dict[str, Quantity] = {}
    for key, entry in table.items():
        if key in _TEXTS:
            continue
        pattern = next((p for p in known if re.fullmatch(p, key)), None)
        if pattern is None:
            hint = nearest(key, [*_TEXTS, *known])
            raise MaterialFileError(
                f"{file}: {name}.{key}: not a key of law {text['law']!r}{hint or _list(known)}"
            )
        quantities[key] = _quantity(entry, sources, known[pattern], f"{file}: {name}.{key}")
    for pattern in required:
        if not any(re.fullmatch(pattern, key) for key in quantities):
            key = pattern.replace(NUMBERED, "_1")
            raise MaterialFileError(f"{file}: {name}.{key}: is missing (law {text['law']!r})")
    _refuse_inconsistent(quantities, f"{file}: {name}")
    return MaterialRecord(name=name, **text, quantities=quantities, file=file)


def _refuse_inconsistent(quantities: Mapping[str, Quantity], where: str) -> None:
    """Raise a MaterialFileError where quantities do not go with each other or have no meaning."""
    for one, other in (
        ("prony_weights", "prony_times"),
        ("compression_strains", "compression_stresses"),
    ):
        counts = [len(quantities[key].numbers) if key in quantities else 0 for key in (one, other)]
        if counts[0] != counts[1]:
            raise MaterialFileError(
                f"{where}.{one}: {counts[0]} numbers, {other} has {counts[1]}: as many are needed"
            )
    if "prony_weights" in quantities:
        try:
            PronySeries(*(quantities[f"prony_{part}"].numbers for part in ("weights", "times")))
        except ValueError as error:
            key = "prony_times" if str(error).startswith("prony_times") else "prony_weights"
            text = str(error).removeprefix(f"{key} ")
            raise MaterialFileError(f"{where}.{key}: {text}") from error
    for key in STRAIN_LIMITS:
        limit = quantities[key].number if key in quantities else 0.5
        if not 0.0 < limit < (1.0 if key == "valid_compression" else math.inf):
            above = " below 1" if key == "valid_compression" else ""
            raise MaterialFileError(f"{where}.{key}: {limit:g} is no strain above 0{above}")


def _quantity(entry: Any, sources: Mapping[str, str], dimension: str, where: str) -> Quantity:
    """One checked quantity."""
    if not isinstance(entry, dict):
        raise MaterialFileError(f"{where}: must be a table with {', '.join(_FIELDS)}")
    for key in entry:
        if key not in _FIELDS:
            hint = nearest(key, _FIELDS)
            raise MaterialFileError(f"{where}.{key}: unknown key{hint or _list(_FIELDS)}")
    for key in _FIELDS:
        if key not in entry:
            raise MaterialFileError(f"{where}.{key}: is missing")
    _one_of(entry["unit"], DIMENSIONS[dimension], f"{where}.unit")
    _one_of(entry["confidence"], tuple(CONFIDENCE), f"{where}.confidence")
    _one_of(entry["source"], tuple(sources), f"{where}.source")
    value, bounds = entry["value"], entry["range"]
    values = value if isinstance(value, list) else [value]
    if not values or not all(_is_number(v) for v in values):
        raise MaterialFileError(f"{where}.value: must be a number or a list of numbers")
    if not (isinstance(bounds, list) and len(bounds) == 2 and all(map(_is_number, bounds))):
        raise MaterialFileError(f"{where}.range: must be [lowest, highest]")
    if not all(bounds[0] <= v <= bounds[1] for v in values):
        raise MaterialFileError(f"{where}.value: {value} lies outside its range {bounds}")
    return Quantity(
        value=tuple(map(float, value)) if isinstance(value, list) else float(value),
        unit=entry["unit"],
        range=(float(bounds[0]), float(bounds[1])),
        source=sources[entry["source"]],
        confidence=entry["confidence"],
    )


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _one_of(value: object, allowed: tuple[str, ...], where: str) -> None:
    """Raise a MaterialFileError unless `value` is one of the allowed words."""
    if value not in allowed:
        problem = f"{value!r} is not allowed" if value else "is missing"
        raise MaterialFileError(f"{where}: {problem}{nearest(str(value), allowed)}{_list(allowed)}")


def _list(allowed: Iterable[str]) -> str:
    """The allowed words, in brackets."""
    return f" (allowed: {', '.join(str(word).replace(NUMBERED, '_1...') for word in allowed)})"
