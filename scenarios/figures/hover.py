# SPDX-License-Identifier: MIT
"""A drawn figure as SVG, and where its curves lie, so that a page can say their values."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

POINTS_PER_INCH = 72.0
FEWEST = 3
"""Points from which a line is a curve, not a mark."""


@dataclass(frozen=True, slots=True)
class Chart:
    """A figure for a page.

    Attributes:
        svg: the drawing, without prologue, ready to stand in HTML.
        data: size, panels and curves with their values, for the script of the page.
    """

    svg: str
    data: dict[str, Any]


def chart_of(figure: Figure, name: str) -> Chart | None:
    """Draw a figure of curves as SVG.

    Args:
        figure: with lines over a common x; others are drawn and say nothing.
        name: unique in the page, of identities in the drawing.

    Returns:
        None where no panel has a curve.
    """
    panels = [axes for axes in figure.axes if axes.get_visible() and _curves(axes)]
    if not panels:
        return None
    for index, axes in enumerate(panels):
        for place, line in enumerate(_curves(axes)):
            line.set_gid(f"{name}-{index}-{place}")
    stream = io.StringIO()
    # Text stays text: it is smaller, is found by a search and scales with the page.
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": name}):
        figure.savefig(stream, format="svg", metadata={"Date": None, "Creator": None})
    width, height = (POINTS_PER_INCH * float(size) for size in figure.get_size_inches())
    found = [_panel(axes, name, index, width, height) for index, axes in enumerate(panels)]
    return Chart(_inline(stream.getvalue()), {"size": [width, height], "panels": found})


def _curves(axes: Axes) -> list[Any]:
    return [line for line in axes.get_lines() if np.size(line.get_xdata()) >= FEWEST]


def _panel(axes: Axes, name: str, index: int, width: float, height: float) -> dict[str, Any]:
    box = axes.get_position()
    corners = [box.x0 * width, (1 - box.y1) * height, box.x1 * width, (1 - box.y0) * height]
    title = axes.get_title(loc="left") or axes.get_title()
    return {
        "box": _rounded(corners),
        "x": _rounded(axes.get_xlim()),
        "y": [float(value) for value in axes.get_ylim()],
        "log": axes.get_yscale() == "log",
        "title": title,
        "across": axes.get_xlabel(),
        "unit": axes.get_ylabel(),
        "curves": [
            {
                "name": _name(str(line.get_label()), title),
                "id": f"{name}-{index}-{place}",
                "colour": str(line.get_color()),
                "x": _rounded(line.get_xdata()),
                "y": _rounded(line.get_ydata()),
            }
            for place, line in enumerate(_curves(axes))
        ],
    }


def _name(label: str, title: str) -> str:
    """What a curve is called: its label as it was before matplotlib's signs, else the title."""
    return title if label.startswith("_") else label.replace(r"\$", "$").lstrip("\u200b")


def _rounded(values: Any) -> list[float | None]:
    """Five digits that count; None where there is no value."""
    numbers = np.asarray(values, dtype=np.float64).reshape(-1)
    return [float(f"{v:.5g}") if np.isfinite(v) else None for v in numbers]


def _inline(text: str) -> str:
    """The element of a written SVG file alone, without addresses of name spaces."""
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    text = re.sub(r' xmlns(:\w+)?="[^"]*"', "", text)
    # The page sets the size; the view box keeps the shape.
    text = re.sub(r'^(<svg[^>]*?) width="[^"]*"', r"\1", text)
    text = re.sub(r'^(<svg[^>]*?) height="[^"]*"', r"\1", text)
    text = text.replace("'DejaVu Sans'", "'DejaVu Sans', sans-serif")
    return re.sub(r"\n\s*", "\n", text)
