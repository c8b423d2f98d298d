# SPDX-License-Identifier: MIT
"""Stress in the discs at one instant: a transverse and a sagittal section per level."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.patches import Polygon
from matplotlib.tri import Triangulation
from numpy.typing import NDArray

from scenarios.figures import style
from scenarios.figures.outline import section_loops
from scenarios.figures.solids import Skin, disc_frame, plane_section, to_pyvista
from simulator.results import Body

Array = NDArray[np.float64]
STRESS = "cauchy_von_mises_mpa"
NUCLEUS_MAP = "Blues"


@dataclass(frozen=True, slots=True)
class DiscState:
    """One disc with its level and the pressure of its nucleus (None where unknown)."""

    level: str
    body: Body
    nucleus_mpa: float | None


@dataclass(frozen=True, slots=True)
class _Section:
    """A cut in picture coordinates, with the loops of its border, outermost first."""

    plane: Array
    cut: Skin
    loops: tuple[Array, ...]


def disc_figure(
    discs: Sequence[DiscState], percent: float, run_ms: float | None = None
) -> Figure | None:
    """Sections of every level on one scale; None where no disc carries a stress field.

    The upper row looks down on the mid-height of each disc (front of the body to
    the top, its right side to the right), the lower row on the sagittal midplane
    from the right (front to the right). The cavity of the nucleus is filled with
    the colour of its pressure.

    Args:
        discs: levels from above.
        percent: instant, for the title.
        run_ms: how long an impact is followed; None for stance.
    """
    drawn = [disc for disc in discs if _carries_stress(disc.body)]
    pairs = [(_transverse(disc), _sagittal(disc)) for disc in drawn]
    if not pairs:
        return None
    values = [v.cut.values for pair in pairs for v in pair if v.cut.values is not None]
    stress = Normalize(0.0, style.nice_top(float(np.quantile(np.concatenate(values), 0.995))))
    known = [disc.nucleus_mpa for disc in drawn if disc.nucleus_mpa is not None]
    nucleus = Normalize(0.0, style.nice_top(max(known, default=1.0)))
    columns = len(drawn)
    width = min(1.25 * columns, style.WIDTH_IN - 1.75)
    spans = [np.concatenate([pair[row].plane for pair in pairs]) for row in (0, 1)]
    heights = [width / columns * float(np.divide(*np.ptp(span, axis=0)[::-1])) for span in spans]
    total = sum(heights) + 0.75
    figure = Figure(figsize=(width + 1.75, total))
    right = width / (width + 1.75)
    axes = figure.subplots(
        2,
        columns,
        squeeze=False,
        gridspec_kw={
            "left": 0.005, "right": right, "bottom": 0.06, "top": 1 - 0.45 / total, "wspace": 0.04,
            "hspace": 0.15, "height_ratios": heights,
        },
    )  # fmt: skip
    for column, disc in enumerate(drawn):
        for row in (0, 1):
            fill = disc.nucleus_mpa
            panel = axes[row, column]
            _draw(panel, pairs[column][row], stress, None if fill is None else (fill, nucleus))
            _frame(panel, spans[row])
        axes[0, column].set_title(disc.level, fontsize=9, loc="center", pad=3)
        if disc.nucleus_mpa is not None:
            _label(axes[0, column], f"{disc.nucleus_mpa:.2f}\nMPa")
    figure.suptitle(style.instant_text(percent, run_ms), x=0.01, y=0.99, ha="left", fontsize=9)
    for left, norm, name, label in (
        (right + 0.015, stress, style.STRESS_MAP, "annulus, von Mises (MPa)"),
        (right + 0.125, nucleus, NUCLEUS_MAP, "nucleus, pressure (MPa)"),
    ):
        bar = figure.colorbar(
            ScalarMappable(norm, name), cax=figure.add_axes((left, 0.08, 0.014, 0.8))
        )
        bar.set_label(label, labelpad=1)
        bar.ax.tick_params(labelsize=7.5, pad=1.5)
        bar.outline.set_linewidth(0.5)  # type: ignore[operator]
    return figure


def _carries_stress(body: Body) -> bool:
    return STRESS in body.point_data or STRESS in body.cell_data


def _transverse(disc: DiscState) -> _Section:
    centre, forward, up, right = disc_frame(disc.body.points_mm)
    return _section(disc.body, (centre, up), np.stack([right, forward], axis=1))


def _sagittal(disc: DiscState) -> _Section:
    centre, forward, up, right = disc_frame(disc.body.points_mm)
    return _section(disc.body, (centre, right), np.stack([forward, up], axis=1))


def _section(body: Body, plane: tuple[Array, Array], axes: Array) -> _Section:
    cut = plane_section(to_pyvista(body), plane[0], plane[1], STRESS)
    flat = (cut.points_mm - plane[0]) @ axes
    return _Section(flat, cut, section_loops(flat, cut.triangles))


def _draw(
    axes: Axes, section: _Section, stress: Normalize, nucleus: tuple[float, Normalize] | None
) -> None:
    if nucleus is not None:
        for hole in _cavity(section):
            value, norm = nucleus
            colour = mpl.colormaps[NUCLEUS_MAP](float(norm(value)))
            axes.add_patch(Polygon(hole, fc=colour, ec="none", zorder=0))
    values = section.cut.values
    if values is not None and len(section.cut.triangles):
        axes.tripcolor(
            Triangulation(section.plane[:, 0], section.plane[:, 1], section.cut.triangles),
            values,
            shading="gouraud",
            cmap=style.STRESS_MAP,
            norm=stress,
            rasterized=True,
        )
    for loop in section.loops:
        axes.add_patch(Polygon(loop, fill=False, ec=style.INK, lw=0.5))


def _cavity(section: _Section) -> tuple[Array, ...]:
    """Where the nucleus is: inside the second loop, or between the two halves of a cut ring."""
    if len(section.loops) < 2:
        return ()
    first, second = section.loops[:2]
    inside = np.all(
        (second.min(axis=0) > first.min(axis=0)) & (second.max(axis=0) < first.max(axis=0))
    )
    if inside:
        return (second,)
    front, back = (first, second) if first[:, 0].mean() > second[:, 0].mean() else (second, first)
    edge_front, edge_back = _wall(front, -1.0), _wall(back, 1.0)
    return (np.vstack([edge_back, edge_front[::-1]]),)


def _wall(loop: Array, side: float) -> Array:
    """Points of a loop on the side of the cavity, from below."""
    heights = np.linspace(loop[:, 1].min(), loop[:, 1].max(), 9)
    points = []
    for low, high in pairwise(heights):
        near = loop[(loop[:, 1] >= low) & (loop[:, 1] <= high)]
        if len(near):
            points.append(near[(side * near[:, 0]).argmax()])
    return np.array(points)


def _frame(axes: Axes, plane: Array) -> None:
    low, high = plane.min(axis=0), plane.max(axis=0)
    pad = 0.04 * float((high - low).max())
    axes.set_xlim(low[0] - pad, high[0] + pad)
    axes.set_ylim(low[1] - pad, high[1] + pad)
    axes.set_aspect("equal")
    axes.set_axis_off()


def _label(axes: Axes, text: str) -> None:
    box = {"boxstyle": "round,pad=0.15", "fc": "white", "ec": "none", "alpha": 0.75}
    axes.text(0, 0, text, ha="center", va="center", fontsize=7.5, bbox=box)
