# SPDX-License-Identifier: MIT
"""Plantar pressure maps over stance, and the map of peaks with regions."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.collections import PolyCollection
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch, Polygon
from matplotlib.path import Path as Line
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from scenarios.figures import style
from scenarios.plantar import (
    FOREFOOT_END,
    HALLUX_BORDER,
    HEEL_END,
    MIDFOOT_END,
    SensorMap,
    sensor_side_mm,
    zones,
)

Array = NDArray[np.float64]
_ZONE_ALIGN = ("center", "center", "center", "right", "left")
"""Side of the peak's label for each `Zone`: hallux and other toes are close."""


def pressure_figure(
    maps: Sequence[SensorMap],
    outline_mm: Array | None,
    foot_length_mm: float | None,
    cop_mm: Array | None = None,
    run_ms: float | None = None,
) -> Figure:
    """Small multiples at 10 % steps and the map of peaks, on one colour scale.

    Args:
        maps: sensor maps of the output instants.
        outline_mm: foot outline (x, z), shape (n, 2), or None.
        foot_length_mm: for the borders of the regions; None leaves them out.
        cop_mm: centre of pressure (x, z) at each map, shape (len(maps), 2), or None.
        run_ms: how long an impact is followed; None for stance.
    """
    chosen = _every_tenth(maps)
    top = style.nice_top(max(float(m.pressure_kpa.max(initial=0.0)) for m in maps))
    norm = Normalize(0.0, top)
    panels = len(chosen) + 1
    columns = min(panels, 6)
    rows = -(-panels // columns)
    figure = Figure(figsize=(max(1.22 * columns + 0.9, 3.6), 2.62 * rows + 0.35))
    right = 1 - 0.85 / figure.get_figwidth()
    gaps = {"left": 0.01, "right": right, "bottom": 0.01, "top": 0.955, "wspace": 0.02}
    axes = figure.subplots(rows, columns, squeeze=False, gridspec_kw={**gaps, "hspace": 0.1}).flat
    window = _window(maps, outline_mm)
    for panel, index in zip(axes, chosen, strict=False):
        _draw_map(panel, maps[index], outline_mm, norm, window)
        title = style.instant_text(maps[index].percent, run_ms).removesuffix(" of stance")
        panel.set_title(title, fontsize=9, pad=2)
        peak = float(maps[index].pressure_kpa.max(initial=0.0))
        _note(panel, window, f"{peak:.0f} kPa")
        if cop_mm is not None and np.isfinite(cop_mm[index]).all():
            _mark_cop(panel, cop_mm[index])
    last = axes[len(chosen)]
    peaks = peak_map(maps)
    _draw_map(last, peaks, outline_mm, norm, window)
    last.set_title("peak" if len(chosen) > 1 else "regions", fontsize=9, pad=2)
    if foot_length_mm is not None:
        _draw_regions(last, peaks, foot_length_mm, window)
    if cop_mm is not None and len(chosen) > 1:
        last.plot(cop_mm[:, 1], cop_mm[:, 0], color=style.SKY, lw=1.4)
    for panel in list(axes)[panels:]:
        panel.set_visible(False)
    _colour_bar(figure, norm, right)
    return figure


def peak_map(maps: Sequence[SensorMap]) -> SensorMap:
    """Largest pressure of each sensor cell over all instants."""
    cells = np.concatenate([np.stack([m.column, m.row], axis=1) for m in maps])
    unique, owner = np.unique(cells, axis=0, return_inverse=True)
    peak = np.zeros(len(unique))
    np.maximum.at(peak, owner.reshape(-1), np.concatenate([m.pressure_kpa for m in maps]))
    side = sensor_side_mm()
    zero = np.zeros(len(unique))
    x, z = (unique[:, 0] + 0.5) * side, unique[:, 1] * side
    return SensorMap(np.nan, unique[:, 0], unique[:, 1], x, z, zero, peak, zero, zero)


def smooth_pressure(sensors: SensorMap, fine: int = 8) -> tuple[Array, Array, Array]:
    """Sensor means spread by a Gaussian of half a cell: smooth, positive, no overshoot.

    Returns:
        z (m,), x (n,) and pressure in kPa (n, m) on a grid ``fine`` times finer
        than the cells.
    """
    side, pad = sensor_side_mm(), 2
    low = np.array([sensors.column.min(), sensors.row.min()]) - pad
    shape = np.array([sensors.column.max(), sensors.row.max()]) - low + 1 + pad
    coarse = np.zeros(shape)
    coarse[sensors.column - low[0], sensors.row - low[1]] = sensors.pressure_kpa
    values = gaussian_filter(np.kron(coarse, np.ones((fine, fine))), 0.5 * fine, mode="constant")
    x = (low[0] + (np.arange(values.shape[0]) + 0.5) / fine) * side
    z = (low[1] - 0.5 + (np.arange(values.shape[1]) + 0.5) / fine) * side
    return z, x, values


def _every_tenth(maps: Sequence[SensorMap]) -> list[int]:
    """Instants nearest to each 10 % (within 2.5 %), in order."""
    percent = np.array([m.percent for m in maps])
    nearest = {int(np.abs(percent - p).argmin()): p for p in range(0, 101, 10)}
    return sorted(i for i, p in nearest.items() if abs(percent[i] - p) <= 2.5) or [len(maps) - 1]


def _window(maps: Sequence[SensorMap], outline: Array | None) -> tuple[float, float, float, float]:
    """Limits (z low, z high, x low, x high) that hold foot and cells."""
    x = np.concatenate([m.x_mm for m in maps])
    z = np.concatenate([m.z_mm for m in maps])
    if outline is not None:
        x, z = outline[:, 0], outline[:, 1]
    return float(z.min()) - 6, float(z.max()) + 6, float(x.min()) - 16, float(x.max()) + 6


def _draw_map(
    axes: Axes,
    sensors: SensorMap,
    outline: Array | None,
    norm: Normalize,
    window: tuple[float, float, float, float],
) -> None:
    half = sensor_side_mm() / 2
    corners = np.array([[-half, -half], [half, -half], [half, half], [-half, half]])
    squares = np.stack([sensors.z_mm, sensors.x_mm], axis=1)[:, None, :] + corners
    cells = PolyCollection(list(squares), cmap=style.PRESSURE_MAP, norm=norm)
    cells.set_array(sensors.pressure_kpa)
    cells.set_edgecolor("#00000012")
    cells.set_linewidth(0.3)
    axes.add_collection(cells)
    z, x, values = smooth_pressure(sensors)
    levels = np.linspace(0, norm.vmax or 1.0, 6)[1:-1]
    lines = None
    if values.max() > levels[0]:
        lines = axes.contour(z, x, values, levels=levels, colors=style.INK, linewidths=0.45)
    if outline is not None:
        polygon = outline[:, ::-1]
        clip = PathPatch(Line(polygon), transform=axes.transData)
        cells.set_clip_path(clip)
        if lines is not None:
            lines.set_clip_path(clip)
        axes.add_patch(Polygon(polygon, fill=False, ec=style.GREY, lw=0.9))
    axes.set_xlim(window[:2])
    axes.set_ylim(window[2:])
    axes.set_aspect("equal")
    axes.set_axis_off()


def _note(axes: Axes, window: tuple[float, float, float, float], text: str) -> None:
    axes.text(
        (window[0] + window[1]) / 2, window[2] + 3, text, ha="center", va="bottom", fontsize=8
    )


def _mark_cop(axes: Axes, cop: Array) -> None:
    axes.plot(cop[1], cop[0], "o", ms=4.5, mfc=style.SKY, mec="white", mew=0.8)


def _draw_regions(
    axes: Axes, peaks: SensorMap, length: float, window: tuple[float, float, float, float]
) -> None:
    for border in (HEEL_END, MIDFOOT_END, FOREFOOT_END):
        axes.plot(window[:2], [border * length] * 2, color=style.GREY, lw=0.6, ls=(0, (3, 2)))
    edge = HALLUX_BORDER * length
    axes.plot([edge, edge], [FOREFOOT_END * length, window[3]], color=style.GREY, lw=0.6, ls=":")
    zone = zones(peaks.x_mm, peaks.z_mm, length)
    for value in range(len(_ZONE_ALIGN)):
        inside = np.flatnonzero(zone == value)
        if len(inside) and peaks.pressure_kpa[inside].max() > 0:
            top = inside[peaks.pressure_kpa[inside].argmax()]
            axes.annotate(
                f"{peaks.pressure_kpa[top]:.0f}",
                (peaks.z_mm[top], peaks.x_mm[top]),
                ha=_ZONE_ALIGN[value],
                va="center",
                fontsize=7.5,
                bbox={"boxstyle": "round,pad=0.12", "fc": "white", "ec": "none", "alpha": 0.85},
            )
    _note(axes, window, f"{peaks.pressure_kpa.max():.0f} kPa")


def _colour_bar(figure: Figure, norm: Normalize, right: float) -> None:
    place = figure.add_axes((right + 0.015, 0.16, 0.016, 0.68))
    bar = figure.colorbar(ScalarMappable(norm, style.PRESSURE_MAP), cax=place)
    bar.set_label("sensor pressure (kPa), cells of 1.5 cm²")
    bar.outline.set_linewidth(0.5)  # type: ignore[operator]
