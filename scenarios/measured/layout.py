# SPDX-License-Identifier: MIT
"""Where the sensors of an insole lie: in parts of the insole, and on a foot's outline.

A sensor's place is kept as a part of the insole's length and of its width there, so that it can be
laid onto another foot: the insole's own outline goes to the outline of the foot.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

PEDAR_ROWS = (5, *([7] * 12), 6, 4)
"""Sensors in each row of a Pedar insole, from the heel forwards, each from medial to lateral."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Places of m sensors.

    Attributes:
        along: part of the insole's length, 0 at the rear edge, shape (m,).
        across: part of its width there, 0 at the medial and 1 at the lateral edge, shape (m,).
        share: area of each sensor in parts of the length times the width there, shape (m,);
            what a sensor of unknown area covers of the sole.
        area_mm2: areas, shape (m,); None where the file does not know them.
        place_mm: (x, z) from the rear edge forwards and to the lateral side, shape (m, 2), or None.
        said: what the layout is, for messages.
    """

    along: Array
    across: Array
    share: Array
    area_mm2: Array | None
    place_mm: Array | None
    said: str

    @property
    def length_mm(self) -> float | None:
        """Length of the field of sensors."""
        if self.place_mm is None or self.area_mm2 is None:
            return None
        edge = float(np.sqrt(np.median(self.area_mm2)))
        return float(np.ptp(self.place_mm[:, 0])) + edge


def pedar_layout() -> Layout:
    """Rows of equal height, sensors of equal width in each; areas are not in the file."""
    rows = len(PEDAR_ROWS)
    along = np.repeat((np.arange(rows) + 0.5) / rows, PEDAR_ROWS)
    across = np.concatenate([(np.arange(n) + 0.5) / n for n in PEDAR_ROWS])
    share = np.repeat([1.0 / (rows * n) for n in PEDAR_ROWS], PEDAR_ROWS)
    return Layout(
        along,
        across,
        share,
        None,
        None,
        "Pedar: 15 rows of equal height from heel to toes; sensor areas, which the file does not "
        "hold, from the outline of the simulated foot",
    )


def placed_layout(place_mm: Array, area_mm2: Array, said: str) -> Layout:
    """Layout of sensors whose places are known.

    The insole's edges at a sensor are those of the sensors within one and a half sensor widths
    before and behind it.

    Args:
        place_mm: (x, z), x forwards from anywhere, z to the lateral side, shape (m, 2).
        area_mm2: shape (m,).
        said: for messages.
    """
    edge = np.sqrt(area_mm2)
    x, z = place_mm[:, 0], place_mm[:, 1]
    rear, front = float((x - 0.5 * edge).min()), float((x + 0.5 * edge).max())
    step = 1.5 * float(np.median(edge))
    near = np.abs(x[:, None] - x[None, :]) <= step
    medial = np.where(near, (z - 0.5 * edge)[None, :], np.inf).min(axis=1)
    lateral = np.where(near, (z + 0.5 * edge)[None, :], -np.inf).max(axis=1)
    width = lateral - medial
    return Layout(
        along=np.asarray((x - rear) / (front - rear), dtype=float),
        across=(z - medial) / width,
        share=area_mm2 / ((front - rear) * width),
        area_mm2=np.asarray(area_mm2, dtype=float),
        place_mm=np.column_stack([x - rear, z]),
        said=said,
    )


def on_outline(layout: Layout, outline_mm: Array, foot_length_mm: float) -> tuple[Array, Array]:
    """Places and areas of the sensors on a foot.

    Args:
        layout: of the insole.
        outline_mm: closed plan form of the foot in the foot frame, shape (n, 2).
        foot_length_mm: its length.

    Returns:
        (x, z) in the foot frame, shape (m, 2), and areas in mm2, shape (m,): those of the
        file where it has them, else the parts of the sole that the sensors cover.
    """
    x = layout.along * foot_length_mm
    medial, lateral = _edges(outline_mm, np.clip(x, 1.0, foot_length_mm - 1.0))
    z = medial + layout.across * (lateral - medial)
    area = layout.area_mm2
    if area is None:
        area = layout.share * foot_length_mm * (lateral - medial)
    return np.column_stack([x, z]), np.asarray(area)


def _edges(outline: Array, x: Array) -> tuple[Array, Array]:
    """Least and greatest z of a closed polygon at each x."""
    start, stop = outline, np.roll(outline, -1, axis=0)
    low: Array = np.full(len(x), np.inf)
    high: Array = np.full(len(x), -np.inf)
    for a, b in zip(start, stop, strict=True):
        if a[0] == b[0]:
            continue
        part = (x - a[0]) / (b[0] - a[0])
        inside = (part >= 0.0) & (part <= 1.0)
        z = a[1] + part * (b[1] - a[1])
        low = np.where(inside, np.minimum(low, z), low)
        high = np.where(inside, np.maximum(high, z), high)
    return low, high
