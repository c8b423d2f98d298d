# SPDX-License-Identifier: MIT
"""Readings of fine grids averaged to the size that pressures are compared at.

Peaks grow as sensors shrink, so that a peak is only comparable over one area. In-shoe systems
with capacitive sensors read 1.5 cm2, and so does the computed side (`scenarios.plantar`); cells of
26 mm2 are averaged over blocks of about that area. A block that the insole covers in part counts
whole, so that it reads less, as a sensor on the edge does.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from scenarios.measured.layout import Layout
from scenarios.measured.record import Insole
from scenarios.plantar import SENSOR_AREA_MM2

FINE_MM2 = 100.0
"""Sensors below this area are averaged."""


def sensor_sized(insole: Insole) -> tuple[Insole, str]:
    """The insole as one with sensors of about 1.5 cm2 would read it.

    Returns:
        The insole itself where its sensors are that large or their areas are unknown, else one
        of blocks; and what was done, empty if nothing.
    """
    layout = insole.layout
    if layout is None or layout.area_mm2 is None or layout.place_mm is None:
        return insole, ""
    area = float(np.median(layout.area_mm2))
    if area >= FINE_MM2:
        return insole, ""
    edge = float(np.sqrt(area))
    along = max(1, round(float(np.sqrt(SENSOR_AREA_MM2)) / edge))
    across = max(1, round(SENSOR_AREA_MM2 / area / along))
    numbers, size = _blocks(layout, along * edge, across * edge), along * across * area
    names, block = np.unique(numbers, axis=0, return_inverse=True)
    block = np.asarray(block).ravel()
    weights = np.zeros((len(block), len(names)))
    weights[np.arange(len(block)), block] = layout.area_mm2
    covered = weights.sum(axis=0)

    def mean(values: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(values @ weights / covered)

    coarse = Layout(
        along=mean(layout.along),
        across=mean(layout.across),
        share=np.asarray(layout.share @ (weights > 0.0)),
        area_mm2=covered,
        place_mm=np.column_stack([mean(v) for v in layout.place_mm.T]),
        said=layout.said,
    )
    pressure = insole.pressure_kpa @ weights / np.maximum(size, covered)
    sized = replace(
        insole,
        sensors=np.arange(1, len(names) + 1, dtype=np.int64),
        pressure_kpa=pressure,
        layout=coarse,
        limit_kpa=None,
    )
    return sized, (
        f"readings of sensors of {area:.3g} mm2 are averaged over blocks of {size:.3g} mm2, the "
        "area at which pressures are compared"
    )


def _blocks(layout: Layout, along_mm: float, across_mm: float) -> NDArray[np.int64]:
    """Block numbers of each sensor, shape (m, 2)."""
    place = layout.place_mm
    assert place is not None
    corner = place.min(axis=0)
    return np.floor((place - corner) / [along_mm, across_mm] + 1e-6).astype(np.int64)
