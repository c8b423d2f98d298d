# SPDX-License-Identifier: MIT
"""Values at a point of the material, followed over time and found again on another mesh."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scenarios.view.controls import Probe
from scenarios.view.names import DISPLACEMENT, REGION, SEGMENT, body_label, field_of, part_label
from scenarios.view.reading import DEFORMATION, Drawn

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a probe reads at one instant of one result.

    Attributes:
        place_mm: where the point is now, as computed.
        shown_mm: where it is drawn, deformation magnified.
        rows: pairs of what is read and its value with unit.
    """

    place_mm: tuple[float, float, float]
    shown_mm: tuple[float, float, float]
    rows: tuple[tuple[str, str], ...]


def read_probe(body: Drawn, probe: Probe, scale: float) -> Reading:
    """Values at the node nearest to the probe's place in the reference.

    Nodal data are of that node; cell data are of one of its cells, the one whose middle is
    nearest, as stored and not averaged.
    """
    grid = body.grid
    points = np.asarray(grid.points, dtype=np.float64)
    moved = _vectors(grid, DISPLACEMENT)
    reference = points if moved is None else points - moved
    wanted = np.array(probe.reference_mm)
    node = int(np.argmin(np.sum((reference - wanted) ** 2, axis=1)))
    place = points[node]
    deformation = _vectors(grid, DEFORMATION)
    shift = np.zeros(3) if deformation is None else (scale - 1.0) * deformation[node]
    rows = [("body", body_label(body.name))]
    cells = grid.point_cell_ids(node)
    if cells:
        middles = [reference[grid.get_cell(c).point_ids].mean(axis=0) for c in cells]
        cell = cells[int(np.argmin([np.sum((m - wanted) ** 2) for m in middles]))]
        rows += _cell_rows(body, cell)
    rows += _node_rows(body, node)
    rows.append(("place (x, y, z)", _place(place)))
    return Reading(_triple(place), _triple(place + shift), tuple(rows))


def _cell_rows(body: Drawn, cell: int) -> list[tuple[str, str]]:
    rows: list[tuple[str, str]] = []
    for name in body.grid.cell_data:
        value = float(body.grid.cell_data[name][cell])
        if name in (REGION, SEGMENT):
            rows.insert(0, ("part", part_label(body.name, name, value)))
        else:
            field = field_of(name)
            rows.append((field.label, field.text(value)))
    return rows


def _node_rows(body: Drawn, node: int) -> list[tuple[str, str]]:
    rows: list[tuple[str, str]] = []
    for name in body.grid.point_data:
        if name == DEFORMATION or name in body.grid.cell_data:
            continue
        field, value = field_of(name), np.asarray(body.grid.point_data[name][node])
        rows.append(
            (field.label, field.text(float(np.linalg.norm(value))))
            if value.ndim
            else (field.label, field.text(float(value)))
        )
        if value.ndim:
            rows.append((f"{field.label} (x, y, z)", _place(value)))
    return rows


def _vectors(grid: object, name: str) -> Array | None:
    data = grid.point_data  # type: ignore[attr-defined]
    return np.asarray(data[name], dtype=np.float64) if name in data else None


def _place(point: Array) -> str:
    return ", ".join(f"{value:.1f}" for value in point) + " mm"


def _triple(point: Array) -> tuple[float, float, float]:
    x, y, z = (float(value) for value in point)
    return x, y, z
