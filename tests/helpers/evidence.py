# SPDX-License-Identifier: MIT
"""Figures that a test reached beside what it wanted, kept for ``docs/verification.md``.

A test takes the fixture ``evidence`` and checks by it, so that page and check cannot differ:

    evidence.within("contact", "Hertz, sphere on plane", "peak pressure / theory", peak / theory,
                    low=0.97, high=1.03, source="Hertz 1881")

Figures are written, one file a test module, where the environment variable names a folder
(``SOLESPINE_EVIDENCE``, set by ``python -m tests.verification_page``); else they are only checked.
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np

VARIABLE = "SOLESPINE_EVIDENCE"
SECTIONS = {
    "laws": "Constitutive laws",
    "materials": "Materials over time",
    "orthotics": "Orthotics",
    "elements": "Elements",
    "reduction": "Rigid segments in a deformable body",
    "contact": "Contact",
    "solver": "Solver and steps",
    "parallel": "Parallel runs",
    "discs": "Discs and the lumbar column",
    "vertebra": "Stress inside a vertebra",
    "foot": "Foot and plantar pressure",
    "scans": "Feet from scans",
    "lumbar": "Lumbar load",
    "alignment": "Alignment",
    "shock": "Shock",
    "mesh": "Dependence on the mesh",
    "search": "Search for designs",
    "peers": "Beside another solver",
    "studies": "Studies of many cases",
}
"""Sections of the page in their order, by the name that tests give."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One number reached, and what was wanted.

    Attributes:
        low: Least value wanted; None if there is no lower bound.
        high: Greatest value wanted; None if there is no upper bound.
        reason: Why a figure outside its range stays there; empty for one inside.
    """

    section: str
    case: str
    quantity: str
    reached: float
    low: float | None
    high: float | None
    unit: str
    source: str
    reason: str = ""

    @property
    def inside(self) -> bool:
        """Whether the figure lies within its range."""
        above = self.low is None or self.reached >= self.low
        return bool(above and (self.high is None or self.reached <= self.high))


@dataclass(frozen=True, slots=True)
class Curve:
    """A plot: named series of (x, y), a range of the literature as a band, a theoretical order.

    Attributes:
        series: (x values, y values) by legend entry.
        band: Range of y that the literature gives: two numbers, or (x, low, high) lists.
        order: Slope of a straight line that is drawn beside the series in logarithmic axes.
    """

    section: str
    case: str
    x_label: str
    y_label: str
    series: dict[str, tuple[list[float], list[float]]]
    band: tuple[float, float] | tuple[list[float], list[float], list[float]] | None = None
    band_label: str = ""
    logarithmic: bool = False
    order: float | None = None


@dataclass
class Evidence:
    """What the tests of one module found."""

    module: str
    figures: list[Figure] = field(default_factory=list)
    curves: list[Curve] = field(default_factory=list)

    def within(
        self,
        section: str,
        case: str,
        quantity: str,
        reached: float,
        *,
        low: float | None = None,
        high: float | None = None,
        unit: str = "",
        source: str = "",
    ) -> None:
        """Check that a figure lies within its range and keep it.

        Raises:
            AssertionError: It does not.
        """
        figure = Figure(section, case, quantity, float(reached), low, high, unit, source)
        self.figures.append(_known(figure))
        assert figure.inside, f"{case}: {quantity} {reached:g} {unit}, wanted {low} to {high}"

    def outside(
        self,
        section: str,
        case: str,
        quantity: str,
        reached: float,
        *,
        low: float | None = None,
        high: float | None = None,
        unit: str = "",
        source: str = "",
        reason: str,
        guard: tuple[float, float],
    ) -> None:
        """Keep a figure that is known to miss its range, with the reason, and guard it.

        Arguments are those of ``within``, and:

        Args:
            reason: Why it misses, in one sentence.
            guard: Range that it was measured in, so that it does not wander off unseen.

        Raises:
            AssertionError: It left the guard, or reached its range after all: then ``within``
                is the right call.
        """
        figure = Figure(section, case, quantity, float(reached), low, high, unit, source, reason)
        self.figures.append(_known(figure))
        assert not figure.inside, f"{case}: {quantity} is inside its range now: use within()"
        assert guard[0] <= reached <= guard[1], (
            f"{case}: {quantity} {reached:g} {unit} left {guard}"
        )

    def curve(
        self,
        section: str,
        case: str,
        x_label: str,
        y_label: str,
        series: dict[str, tuple[object, object]],
        *,
        band: object = None,
        band_label: str = "",
        logarithmic: bool = False,
        order: float | None = None,
    ) -> None:
        """Keep a plot; see ``Curve``."""
        lists = {
            name: (np.asarray(x, float).tolist(), np.asarray(y, float).tolist())
            for name, (x, y) in series.items()
        }
        kept = None
        if band is not None:
            kept = tuple(np.asarray(part, float).tolist() for part in band)
        self.curves.append(
            _known(
                Curve(section, case, x_label, y_label, lists, kept, band_label, logarithmic, order)
            )
        )

    def write(self) -> None:
        """Add what was found to the module's file in the folder of the environment variable."""
        folder = os.environ.get(VARIABLE)
        if not folder or not (self.figures or self.curves):
            return
        path = Path(folder) / f"{re.sub(r'^test_', '', self.module)}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        found = json.loads(path.read_text()) if path.exists() else {"figures": [], "curves": []}
        found["figures"] += [asdict(figure) for figure in self.figures]
        found["curves"] += [asdict(curve) for curve in self.curves]
        path.write_text(json.dumps(_rounded(found), indent=1) + "\n", encoding="utf-8")


def _known(item: Figure | Curve) -> Figure | Curve:
    if item.section not in SECTIONS:
        raise ValueError(f"section {item.section!r}: one of {', '.join(SECTIONS)}")
    return item


def _rounded(value: object) -> object:
    """Six digits: more would change from machine to machine."""
    if isinstance(value, float):
        return float(f"{value:.6g}")
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(item) for item in value]
    return value
