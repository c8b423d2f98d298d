# SPDX-License-Identifier: MIT
"""The pressure map as a drawing of a page: cells that say their value, instants to choose.

The peak of each cell is drawn; the values at every instant go along as data, so that a script
can show them. Without a script the map of peaks stands, with a title on each cell.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.colors import to_hex
from numpy.typing import NDArray

from scenarios.figures import style
from scenarios.plantar import (
    FOREFOOT_END,
    HEEL_END,
    MIDFOOT_END,
    SensorMap,
    Zone,
    sensor_side_mm,
    zones,
)

Array = NDArray[np.float64]
COLOURS = 33
"""Steps of the colour scale."""
PIXELS_PER_MM = 1.15
MARGIN_MM = 5.0


@dataclass(frozen=True, slots=True)
class PressureCells:
    """Sensor cells of one run at all its instants.

    Attributes:
        x_mm, z_mm: cell centres in the foot frame, shape (m,).
        peak_kpa: largest of all instants, shape (m,).
        labels: of the instants.
        frames_kpa: values, shape (instants, m).
        region: of each cell, empty words where the foot's length is not known.
        outline_mm: border of the foot (x, z), shape (n, 2), or None.
        foot_length_mm: None where it is not known.
    """

    x_mm: Array
    z_mm: Array
    peak_kpa: Array
    labels: tuple[str, ...]
    frames_kpa: Array
    region: tuple[str, ...]
    outline_mm: Array | None
    foot_length_mm: float | None


def pressure_cells(
    maps: Sequence[SensorMap],
    foot_length_mm: float | None,
    outline_mm: Array | None = None,
    run_ms: float | None = None,
) -> PressureCells | None:
    """Gather the maps of a run; None where no cell is loaded."""
    if not maps or not any(each.pressure_kpa.any() for each in maps):
        return None
    cells = np.concatenate([np.stack([each.column, each.row], axis=1) for each in maps])
    unique, owner = np.unique(cells, axis=0, return_inverse=True)
    frames = np.zeros((len(maps), len(unique)))
    start = 0
    for frame, each in zip(frames, maps, strict=True):
        frame[owner.reshape(-1)[start : start + len(each.row)]] = each.pressure_kpa
        start += len(each.row)
    side = sensor_side_mm()
    x, z = (unique[:, 0] + 0.5) * side, unique[:, 1] * side
    region = ("",) * len(unique)
    if foot_length_mm is not None:
        names = [zone.name.lower().replace("_", " ") for zone in Zone]
        region = tuple(names[zone] for zone in zones(x, z, foot_length_mm))
    return PressureCells(
        x_mm=x,
        z_mm=z,
        peak_kpa=frames.max(axis=0),
        labels=tuple(style.instant_text(each.percent, run_ms) for each in maps),
        frames_kpa=frames,
        region=region,
        outline_mm=outline_mm,
        foot_length_mm=foot_length_mm,
    )


def scale_top(cells: Sequence[PressureCells]) -> float:
    """End of the colour scale that holds all maps, kPa."""
    return style.nice_top(max(float(each.peak_kpa.max()) for each in cells))


def palette() -> tuple[str, ...]:
    """Colours from zero to the end of the scale."""
    return tuple(to_hex(style.PRESSURE_MAP(part)) for part in np.linspace(0.0, 1.0, COLOURS))


def cells_data(cells: PressureCells, top: float) -> dict[str, Any]:
    """What the script of a page needs to show an instant and to say a value."""
    return {
        "top": top,
        "unit": "kPa",
        "labels": list(cells.labels),
        "frames": np.round(cells.frames_kpa).astype(int).tolist(),
        "peak": np.round(cells.peak_kpa).astype(int).tolist(),
        "region": list(cells.region),
    }


def cells_svg(cells: PressureCells, top: float, name: str, words: str) -> str:
    """The map of peaks as SVG, medial side to the left, toes up.

    Args:
        cells: of the run.
        top: end of the colour scale, kPa.
        name: makes identities of the drawing unique in a page.
        words: what it shows, for a reader that does not see it.
    """
    window = _window(cells)
    left, bottom, width, height = window
    half = sensor_side_mm() / 2
    colours = palette()
    parts = [
        f'<svg class="cells" viewBox="0 0 {width:.1f} {height:.1f}" '
        f'width="{PIXELS_PER_MM * width:.0f}" height="{PIXELS_PER_MM * height:.0f}" role="img">',
        f"<title>{words}</title>",
    ]
    clip = ""
    if cells.outline_mm is not None:
        points = " ".join(
            f"{z - left:.1f},{height - (x - bottom):.1f}" for x, z in cells.outline_mm
        )
        parts.append(f'<clipPath id="{name}-foot"><polygon points="{points}"/></clipPath>')
        clip = f' clip-path="url(#{name}-foot)"'
    parts.append(f"<g{clip}>")
    for x, z, value, region in zip(
        cells.x_mm, cells.z_mm, cells.peak_kpa, cells.region, strict=True
    ):
        fill = colours[min(COLOURS - 1, round((COLOURS - 1) * value / top))]
        corner = f'x="{z - half - left:.1f}" y="{height - (x + half - bottom):.1f}"'
        said = f"{value:.0f} kPa{', ' if region else ''}{region}"
        parts.append(
            f'<rect {corner} width="{2 * half:.2f}" height="{2 * half:.2f}" fill="{fill}">'
            f"<title>{said}</title></rect>"
        )
    parts.append("</g>")
    if cells.foot_length_mm is not None:
        for border in (HEEL_END, MIDFOOT_END, FOREFOOT_END):
            y = height - (border * cells.foot_length_mm - bottom)
            parts.append(f'<path class="border" d="M0 {y:.1f}H{width:.1f}"/>')
    if cells.outline_mm is not None:
        parts.append(f'<polygon class="outline" points="{points}"/>')
    return "".join([*parts, "</svg>"])


def _window(cells: PressureCells) -> tuple[float, float, float, float]:
    """Left, bottom, width and height of the drawing in the foot frame, mm."""
    half = sensor_side_mm() / 2
    x = np.array([cells.x_mm.min() - half, cells.x_mm.max() + half])
    z = np.array([cells.z_mm.min() - half, cells.z_mm.max() + half])
    if cells.outline_mm is not None:
        x, z = cells.outline_mm[:, 0], cells.outline_mm[:, 1]
    low = np.array([z.min(), x.min()]) - MARGIN_MM
    size = np.array([z.max(), x.max()]) + MARGIN_MM - low
    return float(low[0]), float(low[1]), float(size[0]), float(size[1])
