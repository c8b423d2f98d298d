# SPDX-License-Identifier: MIT
"""Skins and cuts of stored bodies as triangles with a value at each point."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from simulator.results import Body

if TYPE_CHECKING:
    import pyvista

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Skin:
    """Triangles with one value at each point; ``values`` is None where the body has none."""

    points_mm: Array
    triangles: NDArray[np.int64]
    values: Array | None


def to_pyvista(body: Body) -> Any:
    """A stored body as a PyVista grid with its data."""
    import pyvista

    kind = {
        "triangle": pyvista.CellType.TRIANGLE,
        "tetra": pyvista.CellType.TETRA,
        "tetra10": pyvista.CellType.QUADRATIC_TETRA,
        "hexahedron": pyvista.CellType.HEXAHEDRON,
        "hexahedron27": pyvista.CellType.TRIQUADRATIC_HEXAHEDRON,
    }[body.cell_type]
    grid = pyvista.UnstructuredGrid({kind: body.cells}, body.points_mm)
    for name, values in body.point_data.items():
        grid.point_data[name] = values
    for name, values in body.cell_data.items():
        grid.cell_data[name] = values
    return grid


def skin(grid: pyvista.DataSet, name: str | None) -> Skin:
    """Outer surface; cell data are averaged to the points.

    Args:
        grid: a body, whole or cut.
        name: data to carry along; None or an absent name carries none.
    """
    if name is not None and name in grid.cell_data:
        grid = grid.cell_data_to_point_data()
    outer = surface(grid).triangulate().clean()
    values = None
    if name is not None and name in outer.point_data and outer.n_points:
        values = np.asarray(outer.point_data[name], dtype=np.float64)
    triangles = np.asarray(outer.faces).reshape(-1, 4)[:, 1:].astype(np.int64)
    return Skin(np.asarray(outer.points, dtype=np.float64), triangles, values)


def surface(grid: pyvista.DataSet) -> Any:
    """Outer faces, quadratic ones divided once; the filter itself, as its wrapper varies."""
    import pyvista
    from vtkmodules.vtkFiltersGeometry import vtkDataSetSurfaceFilter

    faces = vtkDataSetSurfaceFilter()
    faces.SetInputData(grid)
    faces.SetNonlinearSubdivisionLevel(1)
    faces.Update()
    return pyvista.wrap(faces.GetOutput())


def medial_half(grid: pyvista.DataSet, border_mm: float) -> Any:
    """The part with z below ``border_mm`` in the reference; as it stands without displacement."""
    z = np.asarray(grid.points)[:, 2].copy()
    if "displacement_mm" in grid.point_data:
        z -= np.asarray(grid.point_data["displacement_mm"])[:, 2]
    grid = grid.copy(deep=False)
    grid.point_data["cut_z_mm"] = z
    return grid.clip_scalar(scalars="cut_z_mm", value=border_mm, invert=True)


def plane_section(grid: pyvista.DataSet, origin: Array, normal: Array, name: str) -> Skin:
    """Section of a body with a plane, with the values of ``name`` on it."""
    if name in grid.cell_data:
        grid = grid.cell_data_to_point_data()
    cut = grid.slice(normal=tuple(normal), origin=tuple(origin)).triangulate()
    triangles = np.asarray(cut.faces).reshape(-1, 4)[:, 1:].astype(np.int64)
    values = np.asarray(cut.point_data[name], dtype=np.float64) if name in cut.point_data else None
    return Skin(np.asarray(cut.points, dtype=np.float64), triangles, values)


def disc_frame(points_mm: Array) -> tuple[Array, Array, Array, Array]:
    """Centre and axes (forward, up, right) of a disc, from its points.

    The axis of least extent is up; forward is the world's X without its part
    along up.
    """
    centre = (points_mm.min(axis=0) + points_mm.max(axis=0)) / 2
    _, _, directions = np.linalg.svd(points_mm - points_mm.mean(axis=0), full_matrices=False)
    up = directions[2] * np.sign(directions[2][1] or 1.0)
    forward = np.array([1.0, 0.0, 0.0]) - up[0] * up
    forward /= np.linalg.norm(forward)
    return centre, forward, up, np.cross(forward, up)
