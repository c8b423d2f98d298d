# SPDX-License-Identifier: MIT
"""Coloured surfaces of the chain: whole body, cut spine, cut foot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import matplotlib as mpl
import numpy as np
from matplotlib.colors import Normalize, to_rgb
from numpy.typing import NDArray

from scenarios.figures import style
from scenarios.figures.render import Surface
from scenarios.figures.solids import Skin, medial_half, skin, to_pyvista
from simulator.results import Body

Array = NDArray[np.float64]

STRESS = "cauchy_von_mises_mpa"
CONTACT = "contact_pressure_mpa"
BONE, PLAIN, GROUND = to_rgb("#e8dcc3"), to_rgb("#c9ced6"), to_rgb("#eef0f2")


@dataclass(frozen=True, slots=True)
class ChainInstant:
    """Bodies of one instant with what is drawn on them.

    Attributes:
        percent: instant, per cent of stance or of an impact.
        bodies: stored bodies, by the names of the field files.
        disc_pressure_mpa: pairs of body name and nucleus pressure.
        grf_n: ground reaction on the foot in the world, or None.
        run_ms: how long an impact is followed; None for stance.
    """

    percent: float
    bodies: tuple[Body, ...]
    disc_pressure_mpa: tuple[tuple[str, float], ...]
    grf_n: Array | None
    run_ms: float | None = None


def whole_surfaces(instant: ChainInstant, stress: Normalize, pressure: Normalize) -> list[Surface]:
    """All bodies: tissue and insole by stress, discs by pressure, bones plain."""
    surfaces = []
    for body in instant.bodies:
        if body.name.startswith("disc"):
            surfaces.append(
                _plain(skin(to_pyvista(body), None), _disc_colour(instant, body, pressure))
            )
        elif body.cell_type == "triangle":
            surfaces.append(_plain(Skin(body.points_mm, body.cells, None), BONE))
        else:
            surfaces.append(_coloured(skin(to_pyvista(body), STRESS), stress))
    return surfaces


def spine_surfaces(instant: ChainInstant, pressure: Normalize) -> list[Surface]:
    """Medial half of vertebrae and discs, seen from the right.

    Each is cut where its own midplane was in standing: a plane in space would leave splinters
    of processes of a spine that bends or turns.
    """
    discs = [body for body in instant.bodies if body.name.startswith("disc")]
    if not discs:
        return []
    border = float(np.mean([_standing_mm(body)[:, 2].mean() for body in discs]))
    surfaces = []
    for body in instant.bodies:
        if body in discs or body.name.startswith("vertebra"):
            colour = _disc_colour(instant, body, pressure) if body in discs else BONE
            half = medial_half(to_pyvista(body), border)
            if half.n_cells:
                surfaces.append(_plain(skin(half, None), colour))
    return surfaces


def _standing_mm(body: Body) -> Array:
    moved = body.point_data.get("displacement_mm")
    return body.points_mm if moved is None else body.points_mm - moved


def foot_surfaces(instant: ChainInstant, stress: Normalize) -> list[Surface]:
    """Tissue and insole cut along the long axis of the foot, bones whole behind the cut."""
    surfaces = []
    for body in instant.bodies:
        foot = body.name.startswith(("foot", "insole"))
        if foot:
            half = medial_half(to_pyvista(body), 0.0)
            if half.n_cells and body.cell_type == "triangle":
                surfaces.append(_plain(skin(half, None), BONE))
            elif half.n_cells:
                surfaces.append(_coloured(skin(half, STRESS), stress))
    return surfaces


def _plain(part: Skin, colour: tuple[float, float, float]) -> Surface:
    return Surface(part.points_mm, part.triangles, np.tile(colour, (len(part.points_mm), 1)))


def _coloured(part: Skin, norm: Normalize) -> Surface:
    if part.values is None:
        return _plain(part, PLAIN)
    colours = style.TISSUE_MAP(norm(1000.0 * part.values))[:, :3]
    return Surface(part.points_mm, part.triangles, np.asarray(colours, dtype=np.float64))


def _disc_colour(instant: ChainInstant, body: Body, norm: Normalize) -> tuple[float, float, float]:
    values = dict(instant.disc_pressure_mpa)
    if body.name not in values:
        return PLAIN
    red, green, blue, _ = mpl.colormaps[style.STRESS_MAP](float(norm(values[body.name])))
    return red, green, blue


def stress_top(instants: Sequence[ChainInstant]) -> float:
    """Colour limit in kPa that leaves the highest half per cent of values above it."""
    values = [
        data[STRESS].ravel()
        for instant in instants
        for body in instant.bodies
        if body.name.startswith(("foot", "insole"))
        for data in (body.cell_data, body.point_data)
        if STRESS in data
    ]
    if not values:
        return 1.0
    return style.nice_top(1000.0 * float(np.quantile(np.concatenate(values), 0.995)))


def pressure_top(instants: Sequence[ChainInstant]) -> float:
    """Colour limit in MPa that holds the disc pressures of all instants."""
    values = [value for instant in instants for _, value in instant.disc_pressure_mpa]
    return style.nice_top(max(values, default=1.0))


def ground_surface(instants: Sequence[ChainInstant]) -> Surface | None:
    """Plate under the lowest point of all instants, a little larger than the foot's path."""
    points = [
        body.points_mm
        for instant in instants
        for body in instant.bodies
        if body.name.startswith(("foot", "insole"))
    ]
    if not points:
        return None
    low, high = np.concatenate(points).min(axis=0), np.concatenate(points).max(axis=0)
    x, z = (low[0] - 30.0, high[0] + 30.0), (low[2] - 40.0, high[2] + 40.0)
    y = low[1] - 0.5
    corners = np.array([[x[0], y, z[0]], [x[1], y, z[0]], [x[1], y, z[1]], [x[0], y, z[1]]])
    faces = np.array([[0, 2, 1], [0, 3, 2]])
    return Surface(corners, faces, np.tile(GROUND, (4, 1)))
