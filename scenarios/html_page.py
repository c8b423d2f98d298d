# SPDX-License-Identifier: MIT
"""Pages of one file: template, style and script together, nothing fetched from elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import jinja2

from scenarios.figures.pressure_cells import PressureCells, cells_data, cells_svg, palette

TEMPLATES = Path(__file__).with_name("templates")


@dataclass(frozen=True, slots=True)
class CellMap:
    """A pressure map as a page shows it.

    Attributes:
        svg: the drawing of peaks.
        data: values at every instant, for the script.
        largest: peak of all, kPa.
        top: end of the colour scale, kPa.
    """

    svg: str
    data: dict[str, Any]
    largest: str
    top: str


def render(template: str, **values: Any) -> str:
    """A page from a template; text is escaped, a value that is missing is an error."""
    return _environment().get_template(template).render(palette=palette(), **values)


def cell_map(cells: PressureCells, top: float, name: str, words: str) -> CellMap:
    """A run's pressure map on a scale that ends at ``top`` kPa."""
    return CellMap(
        svg=cells_svg(cells, top, name, words),
        data=cells_data(cells, top),
        largest=f"{float(cells.peak_kpa.max()):.0f}",
        top=f"{top:g}",
    )


@cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
