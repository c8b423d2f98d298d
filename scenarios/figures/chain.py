# SPDX-License-Identifier: MIT
"""The loaded chain from insole to lumbar spine, and the cut foot, at a few instants."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from numpy.typing import NDArray

from scenarios.figures import style
from scenarios.figures.chain_surfaces import (
    CONTACT,
    ChainInstant,
    foot_surfaces,
    ground_surface,
    pressure_top,
    spine_surfaces,
    stress_top,
    whole_surfaces,
)
from scenarios.figures.render import Panel, Surface, render_panels
from scenarios.figures.views import View, aligned, fitted

Array = NDArray[np.float64]
Images = Sequence[NDArray[np.uint8]]

CHAIN_DPI = 210
BAR_IN, TITLE_IN, GAP_IN = 0.95, 0.28, 0.06
ARROW_CHAIN_MM, ARROW_FOOT_MM = 380.0, 55.0
"""Length of the arrow of one body weight in either picture."""


@dataclass(frozen=True, slots=True)
class ChainImages:
    """What is drawn by VTK, before titles, arrows and scales.

    Attributes:
        spine, whole, foot: panels of each row, one per instant or none.
        images: of all of them in that order.
        stress, pressure: scales of their colours.
    """

    spine: Sequence[Panel]
    whole: Sequence[Panel]
    foot: Sequence[Panel]
    images: Images
    stress: Normalize
    pressure: Normalize


def chain_images(instants: Sequence[ChainInstant]) -> ChainImages:
    """Draw the bodies; may be called beside other drawing, as it leaves matplotlib's state alone.

    Args:
        instants: up to four instants with their bodies.

    Raises:
        RenderError: the bodies cannot be drawn on this machine.
    """
    stress = Normalize(0.0, stress_top(instants))
    pressure = Normalize(0.0, pressure_top(instants))
    ground = ground_surface(instants)
    plate = () if ground is None else (ground,)
    spine = _row([spine_surfaces(i, pressure) for i in instants], (0.0, 0.0), 400, ())
    whole = _row([whole_surfaces(i, stress, pressure) for i in instants], (28.0, 6.0), 400, plate)
    foot = _row([foot_surfaces(i, stress) for i in instants], (6.0, 7.0), 760, ())
    images = render_panels([*spine, *whole, *foot])
    return ChainImages(spine, whole, foot, images, stress, pressure)


def chain_figures(
    instants: Sequence[ChainInstant], drawn: ChainImages, body_weight_n: float | None
) -> tuple[Figure, Figure | None]:
    """The chain (cut spine above, whole below, a column per instant) and the cut foot.

    Args:
        instants: those of the images.
        drawn: the images.
        body_weight_n: for the arrow of the ground reaction; None leaves it out.
    """
    rows = [row for row in (drawn.spine, drawn.whole) if row]
    norms = (drawn.stress, drawn.pressure)
    chain = _chain(rows, drawn.images, instants, body_weight_n, norms)
    if not drawn.foot:
        return chain, None
    images = drawn.images[len(drawn.spine) + len(drawn.whole) :]
    return chain, _foot(drawn.foot, images, instants, body_weight_n, drawn.stress)


def _row(
    parts: Sequence[Sequence[Surface]],
    angles: tuple[float, float],
    pixels: int,
    plate: tuple[Surface, ...],
) -> list[Panel]:
    """One panel per instant in one window size; none where an instant has nothing."""
    if not all(parts):
        return []
    points = [np.concatenate([part.points_mm for part in row]) for row in parts]
    views = aligned([fitted(cloud, *angles, 0.03) for cloud in points])
    return [Panel(v, (*row, *plate), pixels) for v, row in zip(views, parts, strict=True)]


def _chain(
    rows: Sequence[Sequence[Panel]],
    images: Images,
    instants: Sequence[ChainInstant],
    weight: float | None,
    norms: tuple[Normalize, Normalize],
) -> Figure:
    columns = len(instants)
    ratios = [row[0].view.height_mm / row[0].view.width_mm for row in rows]
    width = min(1.62 * columns, style.WIDTH_IN - BAR_IN) if columns > 1 else 1.9
    figure, grid = _grid(width, [width / columns * ratio for ratio in ratios], columns)
    for row, panels in enumerate(rows):
        for column, panel in enumerate(panels):
            axes = figure.add_subplot(grid[row, column])
            _show(axes, panel, images[row * columns + column])
            if row == 0:
                axes.set_title(_title(instants[column]), fontsize=9)
            if column == 0:
                _scale_bar(axes, panel.view)
            if row == len(rows) - 1:
                _arrow(axes, panel.view, instants[column], weight, ARROW_CHAIN_MM)
    right = width / (width + BAR_IN)
    if any(instant.disc_pressure_mpa for instant in instants):
        _bar(figure, (right, 0.58, 0.3), norms[1], "disc pressure (MPa)", style.STRESS_MAP)
    label = "von Mises stress,\ntissue and insole (kPa)"
    _bar(figure, (right, 0.08, 0.3), norms[0], label, style.TISSUE_MAP)
    return figure


def _title(instant: ChainInstant) -> str:
    return style.instant_text(instant.percent, instant.run_ms)


def _foot(
    panels: Sequence[Panel],
    images: Images,
    instants: Sequence[ChainInstant],
    weight: float | None,
    stress: Normalize,
) -> Figure:
    columns = min(len(panels), 2)
    rows = -(-len(panels) // columns)
    width = style.WIDTH_IN - BAR_IN if columns > 1 else 4.0
    ratio = panels[0].view.height_mm / panels[0].view.width_mm
    figure, grid = _grid(width, [width / columns * ratio + 0.2] * rows, columns)
    for index, (panel, image) in enumerate(zip(panels, images, strict=True)):
        axes = figure.add_subplot(grid[index // columns, index % columns])
        _show(axes, panel, image)
        axes.set_title(_title(instants[index]), fontsize=9)
        _arrow(axes, panel.view, instants[index], weight, ARROW_FOOT_MM)
        if index == 0:
            _scale_bar(axes, panel.view)
    place = (width / (width + BAR_IN), 0.15, 0.68)
    _bar(figure, place, stress, "von Mises stress (kPa)", style.TISSUE_MAP)
    return figure


def _grid(width_in: float, heights_in: Sequence[float], columns: int):  # type: ignore[no-untyped-def]
    height = sum(heights_in) + GAP_IN * (len(heights_in) - 1) + TITLE_IN + 0.1
    figure = Figure(figsize=(width_in + BAR_IN, height))
    grid = figure.add_gridspec(
        len(heights_in),
        columns,
        height_ratios=heights_in,
        left=0.005,
        right=width_in / (width_in + BAR_IN),
        bottom=0.1 / height,
        top=1 - TITLE_IN / height,
        wspace=0.02,
        hspace=GAP_IN * len(heights_in) / sum(heights_in),
    )
    return figure, grid


def _show(axes: Axes, panel: Panel, image: NDArray[np.uint8]) -> None:
    axes.imshow(image, extent=panel.view.extent(), interpolation="antialiased")
    axes.set_axis_off()
    axes.set_anchor("S")


def _arrow(
    axes: Axes, view: View, instant: ChainInstant, weight_n: float | None, scale_mm: float
) -> None:
    """Ground reaction from the centre of the stored contact pressure."""
    foot = next((b for b in instant.bodies if CONTACT in b.point_data), None)
    if foot is None or instant.grf_n is None or weight_n is None:
        return
    load = np.maximum(foot.point_data[CONTACT].ravel(), 0.0)
    if load.sum() <= 0.0:
        return
    start_mm = load @ foot.points_mm / load.sum()
    start = view.project(start_mm)
    tip = view.project(start_mm + instant.grf_n / weight_n * scale_mm)
    arrow = {"arrowstyle": "-|>", "color": style.BLUE, "lw": 1.7, "shrinkA": 0, "shrinkB": 0}
    axes.annotate("", tuple(tip), tuple(start), arrowprops=arrow)
    size = float(np.linalg.norm(instant.grf_n)) / weight_n
    axes.annotate(
        f"{size:.2f} BW",
        tuple(tip),
        (0, 3),
        textcoords="offset points",
        color=style.BLUE,
        fontsize=8,
        ha="center",
        va="bottom",
        bbox={"boxstyle": "round,pad=0.1", "fc": "white", "ec": "none", "alpha": 0.8},
    )
    left, right, bottom, top = view.extent()
    axes.set_xlim(left, right)
    axes.set_ylim(bottom, top)


def _scale_bar(axes: Axes, view: View) -> None:
    room = view.width_mm / 2.2
    power = 10.0 ** np.floor(np.log10(room))
    length = power * next(s for s in (5, 2, 1) if s * power <= room)
    left, _, bottom, _ = view.extent()
    x, y = left + 0.03 * view.width_mm, bottom + 0.004 * view.height_mm
    axes.plot([x, x + length], [y, y], color=style.INK, lw=1.4, solid_capstyle="butt")
    axes.annotate(f"{length:.0f} mm", (x, y), (0, 2), textcoords="offset points", fontsize=7.5)
    axes.set_xlim(view.extent()[:2])
    axes.set_ylim(view.extent()[2:])


def _bar(
    figure: Figure, place: tuple[float, float, float], norm: Normalize, label: str, name: object
) -> None:
    right, low, height = place
    axes = figure.add_axes((right + 0.02, low, 0.018, height))
    bar = figure.colorbar(ScalarMappable(norm, name), cax=axes)  # type: ignore[arg-type]
    bar.set_label(label)
    bar.outline.set_linewidth(0.5)  # type: ignore[operator]
