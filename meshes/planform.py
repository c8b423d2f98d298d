# SPDX-License-Identifier: MIT
"""Triangles in the plan form: an outline with closed curves that edges must follow (gmsh)."""

from __future__ import annotations

from collections.abc import Sequence

import gmsh
import numpy as np

from meshes.errors import MeshError
from meshes.outline import SignedDistance, SizeField, resample_by_size
from meshes.tagged import FloatArray, IntArray


def triangulate(
    outline: FloatArray, loops: Sequence[FloatArray], size: SizeField
) -> tuple[FloatArray, IntArray]:
    """Triangulate the inside of a closed curve.

    Args:
        outline: (n, 2) closed polyline.
        loops: closed polylines inside it, apart from each other, whose edges become mesh edges.
        size: edge length wanted at plan points.

    Returns:
        Points (p, 2) and triangles (t, 3), counter-clockwise in the (x, z) plane.

    Raises:
        MeshError: gmsh could not mesh the plan form.
    """
    clearance = SignedDistance(outline)
    for loop in loops:
        near = clearance(loop[:, 0], loop[:, 1])
        if near.min() < 0.3 * float(size(*loop[[near.argmin()]].T)[0]):
            raise MeshError(
                "plan form",
                f"a bone's footprint comes within {near.min():.1f} mm of the outline",
                "a third of an edge length inside it",
            )
    borders = [resample_by_size(outline, size), *loops]
    started = not gmsh.isInitialized()
    if started:
        gmsh.initialize(readConfigFiles=False, interruptible=False)
    try:
        return _with_gmsh(borders, size)
    except MeshError:
        raise
    except Exception as error:
        raise MeshError(
            "plan form", f"gmsh failed: {error}", "an outline that encloses the bones' footprints"
        ) from error
    finally:
        if started:
            gmsh.finalize()


def _with_gmsh(borders: Sequence[FloatArray], size: SizeField) -> tuple[FloatArray, IntArray]:
    for name, value in (
        ("General.Terminal", 0),
        ("General.NumThreads", 1),
        ("Mesh.Algorithm", 6),
        ("Mesh.RandomSeed", 1),
        ("Mesh.Smoothing", 20),
        ("Mesh.MeshSizeExtendFromBoundary", 0),
        ("Mesh.MeshSizeFromPoints", 0),
    ):
        gmsh.option.setNumber(name, value)
    model = gmsh.model
    model.add("planform")
    try:
        loops = []
        for border in borders:
            corners = [model.geo.addPoint(float(x), float(z), 0.0) for x, z in border]
            ends = [*corners[1:], corners[0]]
            loops.append([model.geo.addLine(a, b) for a, b in zip(corners, ends, strict=True)])
        surface = model.geo.addPlaneSurface([model.geo.addCurveLoop(loops[0])])
        model.geo.synchronize()
        for line in (line for loop in loops for line in loop):
            model.mesh.setTransfiniteCurve(line, 2)
        for loop in loops[1:]:
            model.mesh.embed(1, loop, 2, surface)

        def wanted(_d: int, _t: int, x: float, z: float, _y: float, _lc: float) -> float:
            return float(size(np.array([x]), np.array([z]))[0])

        model.mesh.setSizeCallback(wanted)
        model.mesh.generate(2)
        model.mesh.removeSizeCallback()
        numbers, coordinates, _ = model.mesh.getNodes()
        _, triangles = model.mesh.getElementsByType(2)
    finally:
        model.remove()
    return renumbered(
        np.asarray(numbers, dtype=np.int64),
        np.asarray(coordinates, dtype=np.float64).reshape(-1, 3)[:, :2],
        np.asarray(triangles, dtype=np.int64).reshape(-1, 3),
    )


def renumbered(
    numbers: IntArray, points: FloatArray, triangles: IntArray
) -> tuple[FloatArray, IntArray]:
    """Keep the points of triangles, numbered from the heel forward, and orient all triangles."""
    place = np.full(int(numbers.max()) + 1, -1, dtype=np.int64)
    place[numbers] = np.arange(len(numbers))
    corners = place[triangles]
    used = np.unique(corners)
    used = used[np.lexsort((points[used, 1], np.round(points[used, 0], 9)))]
    rank = np.full(len(points), -1, dtype=np.int64)
    rank[used] = np.arange(len(used))
    points, corners = points[used], rank[corners]
    a, b, c = (points[corners[:, i]] for i in range(3))
    area = (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (c[:, 0] - a[:, 0]) * (b[:, 1] - a[:, 1])
    corners = np.where(area[:, None] > 0.0, corners, corners[:, [0, 2, 1]])
    return points, corners[np.lexsort(corners.T[::-1])]
