# SPDX-License-Identifier: MIT
"""Map of an exported insole's thickness, with contour lines in mm."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from matplotlib.tri import Triangulation

from scenarios.figures import style
from scenarios.insole_export import ExportedInsole, file_axes

LEVELS = 12
"""At most as many contour lines."""

_EVEN_MM = 0.05
"""A thickness that differs by less has no contour lines."""


def save_thickness_map(insole: ExportedInsole, path: Path) -> Path:
    """Draw the map and write it as PNG; returns its path."""
    with style.paper():
        return style.save(_figure(insole), path)


def contour_step_mm(low: float, high: float) -> float:
    """Distance of contour lines: 0.1, 0.2, 0.5, 1, 2 or 5 mm."""
    return next((s for s in (0.1, 0.2, 0.5, 1.0, 2.0) if s * LEVELS >= high - low), 5.0)


def _figure(insole: ExportedInsole) -> Figure:
    surfaces = insole.surfaces
    left = file_axes(insole.side)[1, 2]
    mesh = Triangulation(surfaces.plan[:, 0], left * surfaces.plan[:, 1], surfaces.triangles)
    thickness = surfaces.thickness_mm
    low, high = float(thickness.min()), float(thickness.max())
    figure = Figure(figsize=(style.WIDTH_IN, 3.9), layout="constrained")
    axes = figure.add_subplot()
    axes.set_title(f"{insole.title}, {insole.side} foot: thickness {low:.1f} to {high:.1f} mm")
    if high - low < _EVEN_MM:
        axes.tricontourf(mesh, np.zeros(len(thickness)), levels=[-1.0, 1.0], colors=[style.SKY])
        axes.text(*_middle(mesh), f"{high:.1f} mm everywhere", ha="center", va="center")
    else:
        step = contour_step_mm(low, high)
        levels = step * np.arange(np.floor(low / step), np.ceil(high / step) + 1.0)
        # A flat part that is just one of the levels belongs above it, as a whole.
        thickness = thickness + 1e-3
        filled = axes.tricontourf(mesh, thickness, levels=levels, cmap="viridis")
        lines = axes.tricontour(mesh, thickness, levels=levels, colors="white", linewidths=0.6)
        axes.clabel(lines, fmt="%g", fontsize=6.5)
        figure.colorbar(filled, ax=axes, label="thickness (mm)", shrink=0.8)
    axes.set_aspect("equal")
    axes.set_xlabel("x, forward (mm)")
    axes.set_ylabel("y, left (mm)")
    return figure


def _middle(mesh: Triangulation) -> tuple[float, float]:
    return float(np.mean(mesh.x)), float(np.mean(mesh.y))
