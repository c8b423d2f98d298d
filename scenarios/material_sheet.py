# SPDX-License-Identifier: MIT
"""``materials show``: one material with its numbers, sources, and what follows from them."""

from __future__ import annotations

from collections.abc import Iterator

from materials import build
from materials.evaluation import uniaxial_mpa
from materials.law import Law, young_modulus_mpa
from materials.quantities import CONFIDENCE
from materials.record import MaterialRecord, Quantity
from scenarios.material_search import cycle_loss

STRAINS = (0.10, 0.25, 0.50)
"""Compression at which the stress of a material is told."""
FREQUENCIES_HZ = (1.0, 10.0)
"""Walking and heel strike, in round numbers."""


def material_text(record: MaterialRecord) -> Iterator[str]:
    """A material with values, ranges, sources, how far to trust them, and derived figures."""
    yield f"{record.name}: {record.title}"
    family = f", family {record.family}" if record.family else ""
    yield f"kind {record.kind}{family}, law {record.law}, {record.status}"
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
    yield from _derived(record)


def _derived(record: MaterialRecord) -> Iterator[str]:
    """What follows from the law and the Prony series."""
    try:
        law = build.law_of(record)
    except build.NoLaw:
        return
    yield "derived, long term:"
    yield _line("Young's modulus at small strain", f"{young_modulus_mpa(law):.4g} MPa")
    yield _line("Poisson's ratio at small strain", f"{law.poisson_ratio:.4g}")
    valid = record.quantities.get("valid_compression")
    for strain in STRAINS:
        beyond = valid is not None and strain > valid.number + 1e-9
        note = "  (beyond the range of the law)" if beyond else ""
        yield _line(f"stress at {100 * strain:.0f} % compression", _compressed(law, strain) + note)
    series = build.series_of(record)
    if series is None:
        return
    yield "derived, over time:"
    yield _line("sum of the Prony weights", f"{sum(series.weights):.3g}")
    yield _line("sudden over long-term stiffness", f"{series.instantaneous_ratio:.3g}")
    for frequency in FREQUENCIES_HZ:
        factor = float(series.loss_factor(frequency))
        lost = 100.0 * cycle_loss(float(series.loss_ratio(frequency)))
        text = f"{factor:.3f}  ({lost:.0f} % of the energy of a load cycle)"
        yield _line(f"loss factor at {frequency:.0f} Hz", text)
    if "energy_loss" in record.quantities:
        told = 100.0 * record.number("energy_loss")
        yield _line("loss that the record tells of", f"{told:.0f} %, which runs do not use")


def _line(what: str, value: str) -> str:
    return f"  {what:32} {value}"


def _compressed(law: Law, strain: float) -> str:
    """Nominal stress of a bar compressed by a strain."""
    try:
        kpa = -1e3 * float(uniaxial_mpa(law, [1.0 - strain])[0][0])
    except ArithmeticError:
        return "none is found"
    return f"{kpa:.4g} kPa" if kpa < 1e4 else f"{kpa / 1e3:.4g} MPa"


def _value(quantity: Quantity) -> str:
    values = quantity.value if isinstance(quantity.value, tuple) else (quantity.value,)
    unit = "" if quantity.unit == "1" else f" {quantity.unit}"
    low, high = quantity.range
    return f"{', '.join(f'{v:g}' for v in values)}{unit}  (credible {low:g} to {high:g})"
