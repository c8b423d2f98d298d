# SPDX-License-Identifier: MIT
"""How far pressures are from those of a reference solution."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import basix
import dolfinx
import numpy as np
import ufl
from numpy.typing import NDArray

from benchmarks.elements.formulations import Discretisation
from benchmarks.elements.problems import PAD_HALF_WIDTH_MM, PAD_HEIGHT_MM

Array = NDArray[np.float64]
POINTS = basix.make_quadrature(basix.CellType.tetrahedron, 2)[0]
"""The four points of the rule in use."""
CENTRE = np.full((1, 3), 0.25)


@dataclass(frozen=True, slots=True)
class PressureError:
    """Root mean square over cells, over that of the reference's pressure.

    Attributes:
        points: At the four integration points of each cell.
        mean: Of their means in each cell.
    """

    points: float
    mean: float


class PressureAt:
    """Pressure of a reference at points of space."""

    def __init__(self, reference: Discretisation):
        assert reference.p is not None
        self.p, self.mesh = reference.p, reference.mesh
        self.tree = dolfinx.geometry.bb_tree(self.mesh, self.mesh.topology.dim, padding=1e-6)

    def __call__(self, x: Array) -> Array:
        """Values at points (n, 3)."""
        points = np.array(x)
        if self.mesh.geometry.dim == 2:
            points[:, 2] = 0.0
        found = dolfinx.geometry.compute_collisions_points(self.tree, points)
        cells = dolfinx.geometry.compute_colliding_cells(self.mesh, found, points)
        first = np.array([cells.links(i)[0] for i in range(len(points))], dtype=np.int32)
        return self.p.eval(points, first).ravel()


def pressure_error(space: Discretisation, reference: PressureAt, problem: str) -> PressureError:
    """Compare cells away from edges where the pressure has no bound."""
    cells = np.arange(space.mesh.topology.index_map(3).size_local, dtype=np.int32)
    x = _at(ufl.SpatialCoordinate(space.mesh), POINTS, space.mesh, cells).reshape(len(cells), 4, 3)
    once = space.element.volumetric_degree == 1
    found = _at(space.pressure(1), CENTRE if once else POINTS, space.mesh, cells)
    values = np.broadcast_to(found.reshape(len(cells), -1), (len(cells), 4))
    wanted = reference(x.reshape(-1, 3)).reshape(len(cells), 4)
    kept = ~np.any(near_edges(x, problem), axis=1)
    corners = space.mesh.geometry.x[space.mesh.geometry.dofmap]
    volume = np.abs(np.linalg.det(corners[:, 1:] - corners[:, :1]))[kept]
    values, wanted = values[kept], wanted[kept]
    scale = np.sqrt(volume @ (wanted**2).mean(axis=1))
    apart = np.sqrt(volume @ ((values - wanted) ** 2).mean(axis=1))
    mean = np.sqrt(volume @ (values.mean(axis=1) - wanted.mean(axis=1)) ** 2)
    return PressureError(float(apart / scale), float(mean / scale))


def near_edges(x: Array, problem: str) -> Array:
    """Points next to an edge where a held surface meets a free one."""
    if problem == "cook":
        from_left = x[..., 0]
        ends = np.minimum(np.abs(x[..., 1] - 44.0), np.abs(x[..., 1]))
        return np.hypot(from_left, ends) < 8.0
    side = PAD_HALF_WIDTH_MM - np.maximum(x[..., 0], x[..., 2])
    plate = np.minimum(x[..., 1], PAD_HEIGHT_MM - x[..., 1])
    return np.hypot(side, plate) < 4.0


def _at(value: Any, points: Array, mesh: dolfinx.mesh.Mesh, cells: NDArray[np.int32]) -> Array:
    return np.asarray(dolfinx.fem.Expression(value, points).eval(mesh, cells))
