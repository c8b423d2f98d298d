# SPDX-License-Identifier: MIT
"""Triangulated surfaces of scans: sampling, bodies, thinning and the plane that they lie on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial import ConvexHull, Delaunay, QhullError

from meshes.tagged import FloatArray, IntArray

if TYPE_CHECKING:
    import pyvista

MOST_TRIANGLES = 400_000
"""Beyond these a scan is thinned: 1 mm edges on a whole foot and shank need a quarter of it."""

PLANE_TOLERANCE = 0.012
"""Unevenness of a background over the scan's diagonal: foam is not flat."""

_GOLDEN = np.array([0.7548776662466927, 0.5698402909980532])


@dataclass(frozen=True, slots=True)
class ScanSurface:
    """A triangulated surface, open or closed.

    Attributes:
        points: (n, 3) vertices in the file's coordinates.
        triangles: (t, 3) vertex numbers.
    """

    points: FloatArray
    triangles: IntArray

    @property
    def diagonal(self) -> float:
        """Length of the diagonal of the bounding box."""
        return float(np.linalg.norm(np.ptp(self.points, axis=0)))

    def normals_and_areas(self) -> tuple[FloatArray, FloatArray]:
        """Return unit normals (t, 3), zero for slivers, and areas (t,)."""
        a, b, c = (self.points[self.triangles[:, i]] for i in range(3))
        normal = np.cross(b - a, c - a)
        size = np.linalg.norm(normal, axis=1)
        return normal / np.where(size > 0.0, size, 1.0)[:, None], 0.5 * size

    def part(self, chosen: IntArray) -> ScanSurface:
        """Return the surface of some triangles, given by number or as a mask."""
        triangles = self.triangles[chosen]
        used, again = np.unique(triangles, return_inverse=True)
        return ScanSurface(self.points[used], again.reshape(-1, 3).astype(np.int64))

    def moved(self, matrix: FloatArray, origin: FloatArray) -> ScanSurface:
        """Return the surface with points ``(p - origin) @ matrix.T``."""
        return replace(self, points=(self.points - origin) @ matrix.T)


@dataclass(frozen=True, slots=True)
class Samples:
    """Points spread over a surface at even density, with the unit normals there."""

    points: FloatArray
    normals: FloatArray


def sample(surface: ScanSurface, count: int) -> Samples:
    """Spread points over a surface, the same ones each time.

    Args:
        surface: to sample.
        count: about how many points.
    """
    normals, areas = surface.normals_and_areas()
    along = np.cumsum(areas)
    wanted = (np.arange(count) + 0.5) * along[-1] / count
    which = np.minimum(np.searchsorted(along, wanted), len(areas) - 1)
    shares = np.modf(0.5 + np.arange(1, count + 1)[:, None] * _GOLDEN)[0]
    folded = shares.sum(axis=1) > 1.0
    shares[folded] = 1.0 - shares[folded]
    a, b, c = (surface.points[surface.triangles[which, i]] for i in range(3))
    points = a + shares[:, :1] * (b - a) + shares[:, 1:] * (c - a)
    return Samples(points, normals[which])


def bodies(surface: ScanSurface) -> list[ScanSurface]:
    """Split a surface into connected parts, the largest area first."""
    triangles = surface.triangles
    edges = np.vstack([triangles[:, [0, 1]], triangles[:, [1, 2]]])
    ones = np.ones(len(edges), dtype=np.int8)
    size = len(surface.points)
    _, label = connected_components(coo_matrix((ones, edges.T), shape=(size, size)), directed=False)
    of_triangle = label[triangles[:, 0]]
    _, areas = surface.normals_and_areas()
    total = np.bincount(of_triangle, areas)
    order = [int(part) for part in np.argsort(-total) if total[part] > 1e-4 * total.max()]
    return [surface.part(np.flatnonzero(of_triangle == part)) for part in order[:20]]


def thinned(surface: ScanSurface, most: int = MOST_TRIANGLES) -> ScanSurface:
    """Cluster the vertices of a surface that has too many triangles (VTK's binned decimation)."""
    if len(surface.triangles) <= most:
        return surface
    import pyvista
    from vtkmodules.vtkFiltersCore import vtkBinnedDecimation

    _, areas = surface.normals_and_areas()
    edge = float(np.sqrt(2.0 * areas.sum() / most))
    divisions = np.clip(np.ptp(surface.points, axis=0) / edge, 1, 2000).astype(int)
    reduce = vtkBinnedDecimation()
    reduce.SetInputData(polydata(surface))
    reduce.SetNumberOfDivisions(*(int(n) for n in divisions))
    reduce.SetPointGenerationModeToBinAverages()
    reduce.Update()
    return from_polydata(pyvista.wrap(reduce.GetOutput()))


def polydata(surface: ScanSurface) -> pyvista.PolyData:
    """Return a surface as PyVista has it."""
    import pyvista

    faces = np.column_stack([np.full(len(surface.triangles), 3), surface.triangles])
    return pyvista.PolyData(surface.points, faces.ravel())


def from_polydata(mesh: pyvista.PolyData) -> ScanSurface:
    """Return a surface of triangles only from PyVista's."""
    triangles = np.asarray(mesh.regular_faces, dtype=np.int64)
    return ScanSurface(np.asarray(mesh.points, dtype=np.float64), triangles)


@dataclass(frozen=True, slots=True)
class Background:
    """The plane on which a scanned body stands out.

    Attributes:
        normal: (3,) unit normal towards the body.
        level: the plane is ``normal @ p = level``.
        tolerance: half thickness of the band of points that belong to it.
    """

    normal: FloatArray
    level: float
    tolerance: float

    def of_body(self, points: FloatArray) -> np.ndarray:
        """Return which points (n, 3) stand out of it."""
        return np.asarray(points @ self.normal - self.level > 2.0 * self.tolerance)


def background(samples: Samples, diagonal: float) -> Background | None:
    """Find the plane round the foot, if there is one.

    A plane is the background when a good part of the surface lies in it, all the rest on one
    side, and its points reach beyond the rest seen along the normal: the flat of a sole does not.
    """
    points = samples.points[:: max(1, len(samples.points) // 4000)]
    random = np.random.default_rng(1)
    tolerance = PLANE_TOLERANCE * diagonal
    best, most = None, 0
    for _ in range(400):
        a, b, c = points[random.choice(len(points), 3, replace=False)]
        normal = np.cross(b - a, c - a)
        size = np.linalg.norm(normal)
        if size < 1e-3 * diagonal**2:
            continue
        count = int(np.sum(np.abs((points - a) @ (normal / size)) < 0.5 * tolerance))
        if count > most:
            best, most = (normal / size, float(a @ normal / size)), count
    if best is None or most < 0.12 * len(points):
        return None
    normal, level = best
    for _ in range(5):
        near = points[np.abs(points @ normal - level) < tolerance]
        centre = near.mean(axis=0)
        normal = np.linalg.svd(near - centre, full_matrices=False)[2][2]
        level = float(normal @ centre)
    height = points @ normal - level
    if np.sum(height > tolerance) < np.sum(height < -tolerance):
        normal, level, height = -normal, -level, -height
    body, plane = points[height > 2.0 * tolerance], points[np.abs(height) < tolerance]
    if len(body) < 0.1 * len(points) or np.mean(height < -2.0 * tolerance) > 0.02:
        return None
    flat = np.linalg.svd(normal[None], full_matrices=True)[2][1:]
    try:
        hull = Delaunay((body @ flat.T)[ConvexHull(body @ flat.T).vertices])
    except QhullError:
        return None
    beyond = float(np.mean(hull.find_simplex(plane @ flat.T) < 0))
    return Background(normal, level, tolerance) if beyond > 0.35 else None
