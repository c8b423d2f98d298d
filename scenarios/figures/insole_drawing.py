# SPDX-License-Identifier: MIT
"""Drawing of an exported insole at 1:1: plan, two sections, dimensions, title block; a PDF."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Polygon, Rectangle

from scenarios.figures import style
from scenarios.figures.insole_sheet import (
    Array,
    NamedPoint,
    Section,
    breadths,
    heel_section,
    long_section,
    named_points,
    plan_loops,
    to_plan,
)
from scenarios.insole_export import ExportedInsole, file_axes

MM_PER_INCH = 25.4
PAGES = {"A4": (297.0, 210.0), "A3": (420.0, 297.0), "A2": (594.0, 420.0)}
"""Landscape pages in mm; the first on which the drawing has room is taken."""

MARGIN, GAP, LINE, ROW = 8.0, 4.0, 4.0, 3.5
"""Of the frame to the paper's edge, between views, lines of text, and rows of the legend; mm."""

TABLE, TITLE = 52.0, 92.0
"""Breadth of the table of points and of the title block, mm."""

_FILL = 0.45
_THIN, _THICK = 0.35, 0.9
_SMALL, _TEXT = 6.5, 7.5


def save_drawing(insole: ExportedInsole, path: Path) -> Path:
    """Draw the insole and write it as PDF; returns its path."""
    with style.paper():
        figure = drawing(insole)
        partial = path.with_name(f".{path.name}.part")
        figure.savefig(
            partial, format="pdf", metadata={"Creator": "solespine", "CreationDate": None}
        )
        partial.replace(path)
    return path


def drawing(insole: ExportedInsole) -> Figure:
    """Return the drawing as a figure whose one axes has mm of paper as its units."""
    outline = to_plan(insole, insole.geometry.outline_xz)
    low, size = outline.min(axis=0), np.ptp(outline, axis=0)
    along, heel, points = long_section(insole), heel_section(insole), named_points(insole)
    title = 4.0 * LINE + 3.0 + len(insole.bodies) * ROW
    below = max(heel.size[1] + 2.0 * LINE, (len(points) + 1) * LINE, title)
    needed_width = max(size[0] + 4.0 * LINE, heel.size[0] + TABLE + TITLE + 6.0 * LINE)
    needed_height = 3.0 * LINE + size[1] + along.size[1] + 2.0 * (GAP + LINE) + below
    page = next(
        (
            name
            for name, (width, height) in PAGES.items()
            if needed_width <= width - 2.0 * MARGIN and needed_height <= height - 2.0 * MARGIN
        ),
        list(PAGES)[-1],
    )
    width, height = PAGES[page]
    figure = Figure(figsize=(width / MM_PER_INCH, height / MM_PER_INCH))
    axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    axes.set(xlim=(0.0, width), ylim=(0.0, height))
    axes.set_axis_off()
    frame = (width - 2.0 * MARGIN, height - 2.0 * MARGIN)
    axes.add_patch(Rectangle((MARGIN, MARGIN), *frame, fill=False, lw=_THICK, ec=style.INK))

    left = 0.5 * (width - size[0])
    top = height - MARGIN - 3.0 * LINE
    _plan(axes, insole, np.array([left, top - size[1]]) - low, points)
    base = top - size[1] - GAP - LINE - along.size[1]
    _section(axes, along, np.array([left - low[0], base]), float(along.heights[-1].max()))
    bottom = MARGIN + 0.5 * GAP
    place = np.array([MARGIN + GAP + 3.0 * LINE - heel.along.min(), bottom + 2.0 * LINE])
    _section(axes, heel, place, heel.size[1])
    _table(axes, points, width - MARGIN - TITLE - TABLE, MARGIN + (len(points) + 1) * LINE)
    _title(axes, insole, page, Rectangle((width - MARGIN - TITLE, MARGIN), TITLE, title))
    return figure


def _plan(axes: Axes, insole: ExportedInsole, to: Array, points: tuple[NamedPoint, ...]) -> None:
    """Zones, outline, pad, dimensions and named points; ``to`` moves the plan onto the paper."""
    for tag, colour, loop in plan_loops(insole):
        axes.add_patch(Polygon(loop + to, fc=_tint(colour), lw=0.0))
        axes.add_patch(Polygon(loop + to, fill=False, ec=style.INK, lw=_THIN))
        _name_zone(axes, insole, tag, loop, to)
    outline = to_plan(insole, insole.geometry.outline_xz) + to
    axes.add_patch(Polygon(outline, fill=False, ec=style.INK, lw=_THICK))
    shape, top = insole.geometry.dimensions, insole.geometry.top_height
    if shape.metatarsal_pad_height_mm > 0.0:
        ring = to_plan(insole, top.pad_outline()) + to
        axes.add_patch(Polygon(ring, fill=False, ec=style.INK, lw=_THIN, ls=(0, (6, 3))))
    start, end = outline[:, 0].min(), outline[:, 0].max()
    axis = to_plan(insole, np.zeros(2))[1] + to[1]
    axes.plot(
        [start - LINE, end + LINE], [axis, axis], color=style.INK, lw=_THIN, ls=(0, (18, 3, 3, 3))
    )
    for x, side in ((start - LINE, "right"), (end + LINE, "left")):
        axes.text(x, axis, "A", ha=side, va="center", fontsize=_TEXT, weight="bold")
    _measure(axes, (start, outline[:, 1].max() + LINE), (end, outline[:, 1].max() + LINE))
    for breadth in breadths(insole):
        x, low, high = breadth.x + to[0], breadth.low + to[1], breadth.high + to[1]
        _measure(axes, (x, low), (x, high), at=0.3)
        if breadth.name == "heel":
            for y, side in ((low - 0.5, "top"), (high + 0.5, "bottom")):
                axes.text(x, y, "B", ha="center", va=side, fontsize=_TEXT, weight="bold")
    for number, point in enumerate(points, start=1):
        x, y = point.xy + to
        axes.plot(x, y, marker="+", color=style.INK, ms=6.0, mew=0.8)
        axes.text(x + 1.2, y + 0.8, str(number), fontsize=_TEXT)


def _name_zone(axes: Axes, insole: ExportedInsole, tag: int, loop: Array, to: Array) -> None:
    """Write the name of a zone at the lower end of its border, unless that is a hole in it."""
    middle = 0.5 * (loop[:, 0].min() + loop[:, 0].max())
    low = loop[np.abs(loop[:, 0] - middle) < 2.0 * insole.size_mm, 1].min()
    x, y = middle, low + 3.0
    _, left = file_axes(insole.side)[:2, 2]
    if len(insole.bodies) > 1 and insole.geometry.region_at(x, left * y) == tag:
        name = next(body.zone for body in insole.bodies if body.region == tag)
        axes.text(
            x + to[0], y + to[1], name, fontsize=_SMALL, ha="center", va="center", style="italic"
        )


def _section(axes: Axes, section: Section, to: Array, height: float) -> None:
    """A cut with its layers filled, and its greatest height."""
    x = section.along + to[0]
    for lower, upper, colours in zip(
        section.heights[:-1], section.heights[1:], section.colours, strict=True
    ):
        for colour in dict.fromkeys(colours):
            own = [one == colour for one in colours]
            # Up to the next point, which has the next colour.
            here = [one or before for one, before in zip(own, [False, *own[:-1]], strict=True)]
            axes.fill_between(
                x, to[1] + lower, to[1] + upper, where=here, color=_tint(colour), lw=0.0
            )
        axes.plot(x, to[1] + lower, color=style.INK, lw=_THIN)
    axes.plot(x, to[1] + section.heights[-1], color=style.INK, lw=_THICK)
    ends = [0, -1]
    axes.plot(x, np.full_like(x, to[1]), color=style.INK, lw=_THICK)
    for end in ends:
        axes.plot([x[end]] * 2, to[1] + section.heights[[0, -1], end], color=style.INK, lw=_THICK)
    highest = int(np.argmax(section.heights[-1]))
    _measure(
        axes, (x[0] - LINE, to[1]), (x[0] - LINE, to[1] + height), (x[highest], to[1] + height)
    )
    axes.text(
        0.5 * (x[0] + x[-1]), to[1] - 1.0, section.name, ha="center", va="top", fontsize=_TEXT
    )


def _tint(colour: str) -> tuple[float, ...]:
    """A colour as light as paper wants it, opaque."""
    return tuple(1.0 - _FILL * (1.0 - part) for part in to_rgb(colour))


def _measure(
    axes: Axes,
    start: tuple[float, float],
    end: tuple[float, float],
    of: tuple[float, float] | None = None,
    at: float = 0.5,
) -> None:
    """A dimension line with its length in mm; a thin line to the point it is the measure of."""
    axes.annotate(
        "",
        start,
        end,
        arrowprops={
            "arrowstyle": "<|-|>,head_width=0.12",
            "lw": _THIN,
            "fc": style.INK,
            "shrinkA": 0,
            "shrinkB": 0,
        },
    )
    upright = start[0] == end[0]
    if of is not None:
        axes.plot([end[0], of[0]], [end[1], of[1]], color=style.GREY, lw=_THIN)
    axes.text(
        start[0] + at * (end[0] - start[0]) - 1.2 * upright,
        start[1] + at * (end[1] - start[1]) + 0.8 * (not upright),
        f"{np.hypot(end[0] - start[0], end[1] - start[1]):.1f}",
        rotation=90 if upright else 0,
        ha="right" if upright else "center",
        va="center" if upright else "bottom",
        fontsize=_TEXT,
    )


def _table(axes: Axes, points: tuple[NamedPoint, ...], left: float, top: float) -> None:
    """Thickness at the named points."""
    axes.text(left, top, "thickness (mm)", fontsize=_TEXT, weight="bold", va="top")
    for row, point in enumerate(points, start=1):
        y = top - row * LINE
        axes.text(left, y, f"{row}  {point.name}", fontsize=_TEXT, va="top")
        axes.text(
            left + TABLE - GAP,
            y,
            f"{point.thickness_mm:.1f}",
            fontsize=_TEXT,
            va="top",
            ha="right",
        )


def _title(axes: Axes, insole: ExportedInsole, page: str, frame: Rectangle) -> None:
    """Name, side, size, materials, scale and a bar that tells whether the print is 1:1."""
    frame.set(fc="white", ec=style.INK, lw=_THICK)
    axes.add_patch(frame)
    left, bottom, y = frame.get_x(), frame.get_y(), frame.get_y() + frame.get_height() - 1.5
    axes.text(left + 2.0, y, insole.title, fontsize=10, weight="bold", va="top")
    y -= 1.4 * LINE
    axes.text(left + 2.0, y, insole.description, fontsize=_TEXT, va="top")
    shape = insole.geometry.dimensions
    layers = {"cover": shape.cover_thickness_mm, "shell": shape.shell_thickness_mm}
    for body in insole.bodies:
        y -= ROW if body is not insole.bodies[0] else LINE
        swatch = Rectangle((left + 2.0, y - 2.6), 4.0, 2.4, fc=_tint(body.colour))
        swatch.set(ec=style.INK, lw=_THIN)
        axes.add_patch(swatch)
        thick = f", {layers[body.zone]:g} mm" if body.zone in layers else ""
        axes.text(left + 7.5, y, body.name + thick, fontsize=_TEXT, va="top")
    x, y = left + TITLE - 54.0, bottom + LINE
    bar = ([x, x, x, x + 50.0, x + 50.0, x + 50.0], [y - 1, y + 1, y, y, y - 1, y + 1])
    axes.plot(*bar, color=style.INK, lw=_THICK)
    axes.text(x + 25.0, y + 0.8, "50 mm when printed at 100 %", fontsize=_SMALL, ha="center")
    axes.text(left + 2.0, y - 1.0, f"1:1 on {page}, mm", fontsize=_TEXT, weight="bold")
    axes.text(left + 2.0, bottom + 1.0, "solespine: for research only", fontsize=0.9 * _SMALL)
