# SPDX-License-Identifier: MIT
"""Stress inside a vertebra at one instant: a sagittal and a frontal cut."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LogNorm, Normalize
from matplotlib.figure import Figure
from matplotlib.tri import Triangulation
from numpy.typing import NDArray

from scenarios.figures import style
from scenarios.figures.solids import plane_section, to_pyvista
from simulator.results import Body

Array = NDArray[np.float64]
STRESS, STRAIN = "cauchy_von_mises_mpa", "min_principal_strain"
STRAIN_MAP = "magma_r"


def vertebra_figure(body: Body, name: str, percent: float, run_ms: float | None = None) -> Figure:
    """Von Mises stress above, compressive strain of cancellous bone below.

    Left the midplane seen from the right (front to the right), right the frontal plane through
    the middle seen from behind (right side to the right).

    Args:
        body: ``vertebra_...`` of the field files.
        name: such as ``"L4"``.
        percent: instant, for the title.
        run_ms: how long an impact is followed; None for stance.
    """
    up = body.points_mm[body.cells[:, 4:]].mean(axis=1) - body.points_mm[body.cells[:, :4]].mean(1)
    up = up.mean(axis=0) / np.linalg.norm(up.mean(axis=0))
    forward = np.array([1.0, 0.0, 0.0]) - up[0] * up
    forward /= np.linalg.norm(forward)
    right = np.cross(forward, up)
    centre = body.points_mm.mean(axis=0)
    region = np.rint(body.cell_data["region"]).astype(int)
    parts = [_part(body, region == k) for k in range(3)]
    stress = LogNorm(0.1, style.nice_top(float(np.quantile(body.cell_data[STRESS], 0.998))))
    strain = -100.0 * body.cell_data[STRAIN][region == 0]
    strains = Normalize(0.0, style.nice_top(float(np.quantile(strain, 0.995))))
    reach = 1.03 * float(np.abs((body.points_mm - centre) @ np.stack([forward, right], 1)).max())
    figure = Figure(figsize=(6.4, 4.3))
    axes = figure.subplots(
        2, 2, gridspec_kw={"left": 0.01, "right": 0.82, "bottom": 0.02, "top": 0.9, "wspace": 0.03}
    )
    for column, (normal, across) in enumerate(((right, forward), (forward, right))):
        flat = np.stack([across, up], axis=1)
        for row, panel in enumerate(axes[:, column]):
            for k, part in enumerate(parts):
                cut = plane_section(to_pyvista(part), centre, normal, STRAIN if row else STRESS)
                at = (cut.points_mm - centre) @ flat
                grid = Triangulation(at[:, 0], at[:, 1], cut.triangles)
                if row and k:
                    panel.tripcolor(grid, np.zeros(len(at)), cmap="Greys", vmin=-1, vmax=3)
                    continue
                values = np.asarray(cut.values)
                panel.tripcolor(
                    grid,
                    -100.0 * values if row else np.maximum(values, 0.1),
                    shading="gouraud",
                    cmap=STRAIN_MAP if row else style.STRESS_MAP,
                    norm=strains if row else stress,
                    rasterized=True,
                )
            panel.set_xlim(-reach, reach)
            panel.set_aspect("equal")
            panel.set_axis_off()
        axes[0, column].set_title(("midplane, front to the right", "frontal, from behind")[column])
    for bottom, norm, colours, label in (
        (0.5, stress, style.STRESS_MAP, "von Mises (MPa)"),
        (0.03, strains, STRAIN_MAP, "cancellous compressive\nstrain (%)"),
    ):
        place = figure.add_axes((0.84, bottom + 0.02, 0.02, 0.36))
        bar = figure.colorbar(ScalarMappable(norm, colours), cax=place)
        bar.set_label(label)
    figure.suptitle(
        f"{name}, {style.instant_text(percent, run_ms)}", x=0.01, y=0.99, ha="left", fontsize=9
    )
    return figure


def _part(body: Body, chosen: NDArray[np.bool_]) -> Body:
    data = {name: values[chosen] for name, values in body.cell_data.items()}
    return replace(body, cells=body.cells[chosen], cell_data=data)
