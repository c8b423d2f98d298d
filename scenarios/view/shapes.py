# SPDX-License-Identifier: MIT
"""Bodies as they are shown: deformation magnified, a part cut away, values to be coloured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyvista
from numpy.typing import NDArray
from vtkmodules.vtkFiltersModeling import vtkContourLoopExtraction

from scenarios.view.colours import Paint, part_numbers, values_of
from scenarios.view.controls import Cut
from scenarios.view.names import DISPLACEMENT
from scenarios.view.reading import DEFORMATION, Drawn, shaded

Array = NDArray[np.float64]

SHOWN = "shown"
"""Name of the data that are coloured."""
_NORMALS = {"x": (1.0, 0.0, 0.0), "y": (0.0, 1.0, 0.0), "z": (0.0, 0.0, 1.0)}


@dataclass(frozen=True, slots=True)
class Plane:
    """A cut in the world: what lies on the side that the normal points to is taken away."""

    origin_mm: Array
    normal: Array


def warped(mesh: Any, scale: float) -> Any:
    """A shallow copy of a grid or surface with its deformation magnified."""
    moved = mesh.copy(deep=False)
    if scale != 1.0 and DEFORMATION in mesh.point_data:
        shift = (scale - 1.0) * np.asarray(mesh.point_data[DEFORMATION])
        # The setter of `points` would move those of the original, which a shallow copy shares.
        moved.SetPoints(pyvista.vtk_points(np.asarray(mesh.points) + shift))
    return moved


def plane_of(cut: Cut | None, bodies: Sequence[Drawn]) -> Plane | None:
    """The plane that a cut stands for in the extent of some bodies."""
    if cut is None or not bodies:
        return None
    bounds = np.array([body.skin.bounds for body in bodies]).reshape(-1, 3, 2)
    low, high = bounds[:, :, 0].min(axis=0), bounds[:, :, 1].max(axis=0)
    normal = np.array(_NORMALS[cut.axis]) * (-1.0 if cut.flipped else 1.0)
    return Plane(low + cut.share * (high - low), normal)


def skin_shape(body: Drawn, paint: Paint, scale: float, plane: Plane | None) -> Any:
    """The outer surface of a body, without what a plane takes away."""
    mesh = warped(body.skin, scale)
    if scale != 1.0 and DEFORMATION in body.skin.point_data:
        mesh = shaded(mesh)
    if plane is not None and mesh.n_cells:
        mesh = mesh.clip(normal=tuple(plane.normal), origin=tuple(plane.origin_mm))
    return with_values(mesh, body.name, paint)


def section_shape(body: Drawn, paint: Paint, scale: float, plane: Plane) -> Any:
    """The face that a plane cuts through a body; for bones a plain lid on their hollow surface."""
    at = {"normal": tuple(plane.normal), "origin": tuple(plane.origin_mm)}
    if body.solid:
        return with_values(warped(body.grid, scale).slice(**at), body.name, paint)
    outline = warped(body.grid, scale).slice(**at)
    if not outline.n_points:
        return outline
    return _lid(outline)


def with_values(mesh: Any, name: str, paint: Paint) -> Any:
    """The mesh with `SHOWN`, of points, or of cells for regions; without where it has no field."""
    if paint.field is None:
        return mesh
    if paint.in_parts:
        data, values = mesh.cell_data, part_numbers(name, mesh.cell_data, paint.parts)
    else:
        data, values = mesh.point_data, values_of(mesh.point_data, paint.field)
    if values is not None:
        data[SHOWN] = values.astype(np.float32)
    return mesh


def reference_of(mesh: Any, point: int, scale: float) -> Array:
    """Place in the unloaded reference of a point of a shown mesh; itself without displacement."""
    place = np.asarray(mesh.points[point], dtype=np.float64)
    if DEFORMATION in mesh.point_data:
        place = place - (scale - 1.0) * np.asarray(mesh.point_data[DEFORMATION][point])
    if DISPLACEMENT in mesh.point_data:
        place = place - np.asarray(mesh.point_data[DISPLACEMENT][point])
    return place


def _lid(outline: Any) -> Any:
    """Closed outlines of a bone filled with a plain face."""
    loops = vtkContourLoopExtraction()
    loops.SetInputData(outline)
    loops.SetOutputModeToPolygons()
    loops.Update()
    return pyvista.wrap(loops.GetOutput())
