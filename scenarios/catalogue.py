# SPDX-License-Identifier: MIT
"""Materials as a user sees them: accepted names, a list, and one in full."""

from __future__ import annotations

from collections.abc import Iterator

from materials.library import load, names
from materials.quantities import CONFIDENCE
from materials.record import Quantity
from scenarios.errors import ScenarioError, listed, nearest


def insole_materials() -> tuple[str, ...]:
    """Names that ``insole.material`` accepts beside ``"none"``, in library order."""
    return names("insole")


def material_lines() -> Iterator[str]:
    """Every material in a line, insole materials first."""
    records = [load(name) for name in names()]
    records.sort(key=lambda record: record.kind != "insole")
    width = max((len(record.name) for record in records), default=0)
    kinds = max((len(record.kind) for record in records), default=0)
    for record in records:
        yield f"{record.name:{width}}  {record.kind:{kinds}}  {record.title} [{record.status}]"


def material_text(name: str) -> Iterator[str]:
    """One material with values, ranges, sources and how far to trust them.

    Raises:
        ScenarioError: there is no such material.
    """
    if name not in names():
        raise ScenarioError(
            "materials",
            "",
            f"no material {name!r}",
            allowed=listed(names(), most=60),
            suggestion=nearest(name, names(), cutoff=0.4),
        )
    record = load(name)
    yield f"{record.name}: {record.title}"
    yield f"kind {record.kind}, law {record.law}, {record.status}"
    if record.notes:
        yield record.notes
    width = max((len(key) for key in record.quantities), default=0)
    sources: dict[str, int] = {}
    used: dict[str, str] = {}
    for key, quantity in record.quantities.items():
        number = sources.setdefault(quantity.source, len(sources) + 1)
        used[quantity.confidence] = CONFIDENCE[quantity.confidence]
        yield f"  {key:{width}}  {_value(quantity)}, {quantity.confidence} [{number}]"
    for source, number in sources.items():
        yield f"[{number}] {source}"
    for word, meaning in used.items():
        yield f"{word}: {meaning}"


def _value(quantity: Quantity) -> str:
    values = quantity.value if isinstance(quantity.value, tuple) else (quantity.value,)
    unit = "" if quantity.unit == "1" else f" {quantity.unit}"
    low, high = quantity.range
    return f"{', '.join(f'{v:g}' for v in values)}{unit}  (credible {low:g} to {high:g})"
