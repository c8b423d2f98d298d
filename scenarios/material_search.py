# SPDX-License-Identifier: MIT
"""``materials list``: materials by kind, family, hardness, density and stiffness, in a table."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from materials import build, library
from materials.law import young_modulus_mpa
from materials.quantities import FAMILIES, KINDS
from materials.record import MaterialRecord
from scenarios.catalogue import own_records
from scenarios.errors import ScenarioError, listed, nearest
from scenarios.text_table import aligned_lines

COMMAND = "materials list"
NONE = "-"
HEADINGS = ("name", "family", "Shore A", "E0 MPa", "kg/m3", "loss %", "status")
NO_MATERIALS = ("friction", "wear")
"""Kinds that stand in the library beside materials; found when they are asked for."""
FOOTNOTE = (
    "E0: Young's modulus at small strain, long term; loss: energy lost in a load cycle at 1 Hz by "
    "the Prony series"
)

Range = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Figures:
    """What a material is found by; None where it has no such figure.

    Attributes:
        hardness_shore_a: Shore A hardness.
        modulus_mpa: Young's modulus of the long-term law at small strain.
        density_kg_m3: density.
        loss: share of the energy of a load cycle at 1 Hz that its Prony series loses.
    """

    hardness_shore_a: float | None
    modulus_mpa: float | None
    density_kg_m3: float | None
    loss: float | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What ``materials list`` was asked for; None is no condition.

    Attributes:
        kind: a kind or a family.
        family: a family.
        shore_a, density_kg_m3, modulus_mpa: lowest and highest value.
    """

    kind: str | None = None
    family: str | None = None
    shore_a: Range | None = None
    density_kg_m3: Range | None = None
    modulus_mpa: Range | None = None

    def takes(self, record: MaterialRecord, figures: Figures) -> bool:
        """Whether a material is what was asked for; one without the figure is not."""
        if self.kind is None and record.kind in NO_MATERIALS:
            return False
        if self.kind is not None and self.kind not in (record.kind, record.family):
            return False
        if self.family is not None and self.family != record.family:
            return False
        return all(
            _in(value, wanted)
            for value, wanted in (
                (figures.hardness_shore_a, self.shore_a),
                (figures.density_kg_m3, self.density_kg_m3),
                (figures.modulus_mpa, self.modulus_mpa),
            )
        )


def wanted(
    kind: str | None,
    family: str | None,
    shore_a: str | None,
    density_kg_m3: str | None,
    modulus_mpa: str | None,
) -> Wanted:
    """Read the flags of ``materials list``.

    Raises:
        ScenarioError: a word that is none, or a range that cannot be read.
    """
    for flag, word, words in (
        ("--kind", kind, (*KINDS, *FAMILIES)),
        ("--family", family, FAMILIES),
    ):
        if word is not None and word not in words:
            what = "kind or family" if flag == "--kind" else "family"
            raise ScenarioError(
                COMMAND,
                flag,
                f"no {what} {word!r}",
                allowed=listed(words),
                suggestion=nearest(word, words, cutoff=0.5),
            )
    return Wanted(
        kind,
        family,
        _range("--shore-a", shore_a, "20:40"),
        _range("--density-kg-m3", density_kg_m3, "100:250"),
        _range("--modulus-mpa", modulus_mpa, "0.2:2"),
    )


def figures_of(record: MaterialRecord) -> Figures:
    """What a material is found by."""
    has = record.quantities
    try:
        modulus = young_modulus_mpa(build.law_of(record))
    except build.NoLaw:
        modulus = None
    series = build.series_of(record)
    return Figures(
        record.number("hardness_shore_a") if "hardness_shore_a" in has else None,
        modulus,
        record.number("density") * 1e12 if "density" in has else None,
        cycle_loss(float(series.loss_ratio(1.0))) if series is not None else None,
    )


def cycle_loss(loss_ratio: float) -> float:
    """Share of the energy of a load cycle that is lost.

    A cycle from no strain to a peak and back as (1 - cos) / 2, again and again: the work of loading
    is E (1/2 + pi g / 8), that of unloading E (1/2 - pi g / 8), times the half peak squared.

    Args:
        loss_ratio: g, loss modulus over the long-term modulus E.
    """
    return 2.0 * math.pi * loss_ratio / (4.0 + math.pi * loss_ratio)


def found(what: Wanted, file: Path | None = None) -> list[tuple[MaterialRecord, Figures]]:
    """Materials that are what was asked for, insole materials first, those of a file at the top.

    Raises:
        ScenarioError: the file cannot be used.
    """
    records = list(own_records(file).values()) if file is not None else []
    records += sorted(map(library.load, library.names()), key=lambda r: r.kind != "insole")
    pairs = ((record, figures_of(record)) for record in records)
    return [pair for pair in pairs if what.takes(*pair)]


def table_lines(pairs: Sequence[tuple[MaterialRecord, Figures]]) -> Iterator[str]:
    """A heading, a line for each material, and what the columns are; or that there is none."""
    if not pairs:
        yield "no material is like that"
        return
    rows = [HEADINGS, *(_row(*pair) for pair in pairs)]
    yield from aligned_lines(rows, left=(0, 1, len(HEADINGS) - 1))
    yield FOOTNOTE


def _row(record: MaterialRecord, figures: Figures) -> tuple[str, ...]:
    loss = None if figures.loss is None else 100.0 * figures.loss
    numbers = (
        (figures.hardness_shore_a, ".4g"),
        (figures.modulus_mpa, ".3g" if (figures.modulus_mpa or 0.0) < 1e3 else ".0f"),
        (figures.density_kg_m3, ".0f"),
        (loss, ".0f"),
    )
    cells = [NONE if value is None else format(value, form) for value, form in numbers]
    if figures.hardness_shore_a is None and "hardness_shore_oo" in record.quantities:
        cells[0] = f"OO {record.number('hardness_shore_oo'):.4g}"
    return (record.name, record.family or record.kind, *cells, record.status)


def _in(value: float | None, limits: Range | None) -> bool:
    return limits is None or (value is not None and limits[0] <= value <= limits[1])


def _range(flag: str, text: str | None, example: str) -> Range | None:
    """Lowest and highest value of ``A:B``; a side that is left out is open."""
    if text is None:
        return None
    allowed = f"A:B with 0 <= A <= B, such as {example}; one side may be left out"
    low, colon, high = text.partition(":")
    try:
        limits = (float(low) if low.strip() else 0.0, float(high) if high.strip() else math.inf)
    except ValueError:
        limits = (math.nan, math.nan)
    if not colon or not (low.strip() or high.strip()) or not 0.0 <= limits[0] <= limits[1]:
        raise ScenarioError(COMMAND, flag, f"got {text!r}", allowed=allowed)
    return limits
