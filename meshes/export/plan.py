# SPDX-License-Identifier: MIT
"""Plan form of one edge length whose edges follow the borders of zones (gmsh).

Outline and borders are smooth curves between their corners, and the plane is cut along them, so
that a border stays as sharp and as smooth as it is drawn whatever the edge length.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import gmsh
import numpy as np

from meshes.errors import MeshError
from meshes.planform import renumbered
from meshes.tagged import FloatArray, IntArray

CORNER_DEG = 25.0
"""A polyline that turns by more than this at a point has a corner there."""

KNOT_MM = 3.0
"""Distance of the points through which a smooth curve is drawn; all 0.9 mm ones cost seconds."""

FEWEST_KNOTS = 24
"""Of a small one."""

SMALLEST_EDGE_SHARE = 1e-3
"""Of the edge length: shorter edges mean that a border runs along another curve."""


def cut_plan(
    outline: FloatArray, borders: Sequence[FloatArray], size_mm: float
) -> tuple[FloatArray, IntArray]:
    """Triangulate the inside of a closed curve, cut along borders.

    Args:
        outline: (n, 2) closed polyline, its first point not repeated.
        borders: (m, 2) polylines that become mesh edges where they are inside; closed where the
            first point is repeated at the end; they may cross each other and the outline.
        size_mm: edge length.

    Returns:
        Points (p, 2) and triangles (t, 3), counter-clockwise in the (x, z) plane.

    Raises:
        MeshError: gmsh could not mesh the plan form, or a border nearly runs along another curve.
    """
    started = not gmsh.isInitialized()
    if started:
        gmsh.initialize(readConfigFiles=False, interruptible=False)
    try:
        points, triangles = _with_gmsh(outline, borders, size_mm)
    except Exception as error:
        raise MeshError(
            "plan form", f"gmsh failed: {error}", "an outline that does not cross itself"
        ) from error
    finally:
        if started:
            gmsh.finalize()
    edge = points[triangles] - points[np.roll(triangles, 1, axis=1)]
    shortest = float(np.linalg.norm(edge, axis=2).min())
    if shortest < SMALLEST_EDGE_SHARE * size_mm:
        raise MeshError(
            "plan form",
            f"borders run {shortest:.2g} mm apart",
            f"at least {SMALLEST_EDGE_SHARE * size_mm:.2g} mm, or none at all",
        )
    return points, triangles


def _with_gmsh(
    outline: FloatArray, borders: Sequence[FloatArray], size_mm: float
) -> tuple[FloatArray, IntArray]:
    for name, value in (
        ("General.Terminal", 0),
        ("General.NumThreads", 1),
        ("Mesh.Algorithm", 6),
        ("Mesh.RandomSeed", 1),
        ("Mesh.MeshSizeFromPoints", 0),
        ("Mesh.MeshSizeMin", size_mm),
        ("Mesh.MeshSizeMax", size_mm),
    ):
        gmsh.option.setNumber(name, value)
    model, occ = gmsh.model, gmsh.model.occ
    model.add("plan")
    try:
        face = occ.addPlaneSurface([occ.addCurveLoop(_curves(np.vstack([outline, outline[:1]])))])
        cuts = [(1, curve) for border in borders for curve in _curves(border)]
        if cuts:
            occ.fragment([(2, face)], cuts)
        occ.synchronize()
        outside = [c for c in model.getEntities(1) if not len(model.getAdjacencies(*c)[0])]
        model.removeEntities(outside, recursive=True)
        model.mesh.generate(2)
        numbers, coordinates, _ = model.mesh.getNodes()
        _, triangles = model.mesh.getElementsByType(2)
    finally:
        model.remove()
        for name, value in (("Mesh.MeshSizeMin", 0.0), ("Mesh.MeshSizeMax", 1e22)):
            gmsh.option.setNumber(name, value)
    return renumbered(
        np.asarray(numbers, dtype=np.int64),
        np.asarray(coordinates, dtype=np.float64).reshape(-1, 3)[:, :2],
        np.asarray(triangles, dtype=np.int64).reshape(-1, 3),
    )


def _curves(line: FloatArray) -> list[int]:
    """Smooth curves between the corners of a polyline, numbered as gmsh numbers them."""
    occ = gmsh.model.occ
    closed = bool(np.allclose(line[0], line[-1]))
    corners = _corners(line, closed)
    if closed and len(corners):
        line = np.roll(line[:-1], -corners[0], axis=0)
        line = np.vstack([line, line[:1]])
        corners = corners - corners[0]
    stops = sorted({*map(int, corners), 0, len(line) - 1})
    ends = [
        occ.addPoint(line[stop, 0], line[stop, 1], 0.0) for stop in stops[: len(stops) - closed]
    ]
    ends += ends[:1] * closed
    found = []
    for i, (start, stop) in enumerate(pairwise(stops)):
        between = [occ.addPoint(x, z, 0.0) for x, z in _knots(line[start : stop + 1])]
        make = occ.addSpline if between else occ.addLine
        chain = [ends[i], *between, ends[i + 1]]
        found.append(make(chain) if between else make(*chain))
    return found


def _knots(line: FloatArray) -> FloatArray:
    """Inner points of a smooth polyline, evenly thinned out where they lie close."""
    length = float(np.linalg.norm(np.diff(line, axis=0), axis=1).sum())
    pieces = min(len(line) - 1, max(FEWEST_KNOTS, round(length / KNOT_MM)))
    return line[np.round(np.linspace(0.0, len(line) - 1, pieces + 1)).astype(np.int64)[1:-1]]


def _corners(line: FloatArray, closed: bool) -> IntArray:
    """Numbers of the points at which a polyline turns sharply; its ends where it is open."""
    way = np.diff(line, axis=0)
    way /= np.linalg.norm(way, axis=1)[:, None]
    after = np.roll(way, -1, axis=0) if closed else way[1:]
    before = way if closed else way[:-1]
    turn = np.degrees(np.arccos(np.clip(np.einsum("ij,ij->i", before, after), -1.0, 1.0)))
    found = np.flatnonzero(turn > CORNER_DEG) + 1
    return np.sort(found % (len(line) - 1)) if closed else found
