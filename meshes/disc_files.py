# SPDX-License-Identifier: MIT
"""A measured disc from files: hexahedra in rings with fibres, as ArtiSynth's models keep them.

``NAME_AN_R1.node`` (number, x, y, z in m), ``NAME_AN_R1.elem`` (eight nodes first, then flags) for
each ring of the annulus from the nucleus outwards, ``NAME_NP.node`` and ``.elem`` for the nucleus,
and ``NAME_AN_R1I.fiber``, ``NAME_AN_R1A.fiber``, ... with lines of nodes that fibres run through on
a ring's inner and outer face. File axes: x anterior, y left, z cranial. The disc in the result is
in its own frame and in mm: x anterior, y cranial and normal to the endplates' mean, z right.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from meshes.errors import MeshError

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
Nodes = dict[int, FloatArray]

_MM = 1.0e3
_TENSOR = [0, 1, 3, 2, 4, 5, 7, 6]
"""Ring order of a hexahedron's faces to tensor-product order."""
_FACES = ((0, 1, 2, 3), (4, 5, 6, 7), (0, 1, 4, 5), (2, 3, 6, 7), (0, 2, 4, 6), (1, 3, 5, 7))


@dataclass(frozen=True, slots=True)
class MeasuredDisc:
    """Annulus and cavity of a measured disc in its own frame; fits where a `DiscMesh` does.

    Attributes:
        points: (n, 3) vertices, mm.
        cells: (m, 8) hexahedra, tensor-product order.
        fibres: (m, 2, 3) unit vectors of the two families.
        ring_position: (m,) place across the annulus, 0 inner to 1 outer.
        lower_facets: (k, 4) on the lower endplate.
        upper_facets: (k, 4) on the upper endplate.
        cavity_facets: (k, 4) of the wall that the nucleus' cells share.
        upper_plate_outline_mm: (c, 3) rim of the nucleus on the upper endplate, in order.
        lower_plate_outline_mm: (c, 3) the same on the lower one.
        area_mm2: mean area of disc and endplates.
        nucleus_area_mm2: mean area of nucleus and endplates.
        height_mm: mean distance of the endplates over the annulus.
    """

    points: FloatArray
    cells: IntArray
    fibres: FloatArray
    ring_position: FloatArray
    lower_facets: IntArray
    upper_facets: IntArray
    cavity_facets: IntArray
    upper_plate_outline_mm: FloatArray
    lower_plate_outline_mm: FloatArray
    area_mm2: float
    nucleus_area_mm2: float
    height_mm: float


def read_disc(folder: Path, name: str = "L45", rings: int = 4) -> MeasuredDisc:
    """Read a disc.

    Args:
        folder: Where the files are.
        name: How their names begin.
        rings: Number of rings of the annulus.

    Raises:
        MeshError: for a file that is missing or not what it should be, with its name.
    """
    nodes: Nodes = {}
    parts = [f"{name}_AN_R{ring}" for ring in range(1, rings + 1)]
    tables = []
    for part in (*parts, f"{name}_NP"):
        nodes |= _read_nodes(folder / f"{part}.node")
        tables.append(_read_cells(folder / f"{part}.elem", nodes))
    pairs: set[tuple[int, int]] = set()
    for ring, part in enumerate(parts):
        for side in ("I", "A") if ring == 0 else ("A",):
            pairs |= _read_fibres(folder / f"{part}{side}.fiber")

    numbers = np.array(sorted({int(i) for table in tables[:-1] for i in table.flat}))
    place = {int(number): index for index, number in enumerate(numbers)}
    points = np.array([nodes[int(number)] for number in numbers])[:, [0, 2, 1]]
    points[:, 2] *= -1.0
    annulus = np.concatenate(tables[:-1])
    cells = np.vectorize(place.__getitem__)(annulus)
    inner = _faces(tables[-1])
    outside = _boundary(annulus)
    cavity = [face for face in outside if tuple(sorted(face)) in inner]
    rest = np.vectorize(place.__getitem__)([f for f in outside if tuple(sorted(f)) not in inner])
    wall = np.vectorize(place.__getitem__)(cavity)
    if not len(wall):
        raise MeshError("nucleus", f"{name}_NP shares no face with the annulus", "a closed cavity")

    lower, upper = _endplates(points, rest)
    rims = [_rim(points, wall, plate) for plate in (lower, upper)]
    points, rims = _to_own_frame(points, lower, upper, rims)
    nucleus = [_area(rim) for rim in rims]
    whole = [
        area + _facet_area(points, plate)
        for area, plate in zip(nucleus, (lower, upper), strict=True)
    ]
    gap = points[np.unique(upper), 1].mean() - points[np.unique(lower), 1].mean()
    position = (np.arange(rings) + 0.5) / rings
    fibre_pairs = {(place[a], place[b]) for a, b in pairs if a in place and b in place}
    return MeasuredDisc(
        points=points,
        cells=_right_handed(points, cells),
        fibres=_directions(points, cells, fibre_pairs),
        ring_position=np.repeat(position, [len(table) for table in tables[:-1]]),
        lower_facets=lower,
        upper_facets=upper,
        cavity_facets=wall,
        upper_plate_outline_mm=rims[1],
        lower_plate_outline_mm=rims[0],
        area_mm2=float(np.mean(whole)),
        nucleus_area_mm2=float(np.mean(nucleus)),
        height_mm=float(gap),
    )


def _table(path: Path, columns: int) -> FloatArray:
    """Numbers of a text file, at least so many in each row."""
    if not path.is_file():
        raise MeshError(path.name, f"is missing in {path.parent}", "an existing file")
    try:
        table = np.loadtxt(path, ndmin=2)
    except (ValueError, UnicodeDecodeError) as error:
        raise MeshError(path.name, f"is not a table of numbers: {error}", "numbers") from None
    if table.size == 0 or table.shape[1] < columns or not np.isfinite(table).all():
        raise MeshError(path.name, "has too few columns", f"{columns} finite numbers in a row")
    return np.asarray(table, dtype=np.float64)


def _read_nodes(path: Path) -> Nodes:
    table = _table(path, 4)
    if np.abs(table[:, 1:4]).max() > 2.0:
        raise MeshError(path.name, "lies metres away from its origin", "coordinates in m")
    return {int(row[0]): _MM * row[1:4] for row in table}


def _read_cells(path: Path, nodes: Nodes) -> IntArray:
    cells = _table(path, 8)[:, :8].astype(np.int64)
    unknown = sorted({int(i) for i in cells.flat} - nodes.keys())
    if unknown:
        raise MeshError(path.name, f"names node {unknown[0]}, which is in no .node file", "nodes")
    return np.asarray(cells[:, _TENSOR])


def _read_fibres(path: Path) -> set[tuple[int, int]]:
    """Pairs of neighbouring nodes on fibres, each pair in both orders."""
    if not path.is_file():
        raise MeshError(path.name, f"is missing in {path.parent}", "an existing file")
    lines = path.read_text(encoding="utf-8", errors="replace").split("\n")
    try:
        count = int(lines[0])
        rows = [[int(word) for word in line.split()] for line in lines[1 : count + 1]]
    except ValueError:
        raise MeshError(path.name, "is not a list of fibres", "a count, then nodes") from None
    if len(rows) != count or min(map(len, rows), default=0) < 2:
        raise MeshError(path.name, f"does not hold {count} fibres", "two nodes or more in each")
    steps = [pair for row in rows for pair in pairwise(row)]
    return {*steps, *((b, a) for a, b in steps)}


def _faces(cells: IntArray) -> set[tuple[int, ...]]:
    return {tuple(sorted(int(i) for i in cell[list(face)])) for cell in cells for face in _FACES}


def _boundary(cells: IntArray) -> list[IntArray]:
    """Faces that belong to one cell only, tensor-product order."""
    every = np.concatenate([cells[:, list(face)] for face in _FACES])
    _, first, count = np.unique(
        np.sort(every, axis=1), axis=0, return_index=True, return_counts=True
    )
    return list(every[first[count == 1]])


def _normals(points: FloatArray, facets: IntArray) -> FloatArray:
    corner = points[facets]
    cross = np.cross(corner[:, 3] - corner[:, 0], corner[:, 2] - corner[:, 1])
    return np.asarray(cross / np.linalg.norm(cross, axis=1, keepdims=True))


def _endplates(points: FloatArray, facets: IntArray) -> tuple[IntArray, IntArray]:
    """Facets whose normals are near the disc's axis, below and above its middle."""
    steep = facets[np.abs(_normals(points, facets)[:, 1]) > 0.7]
    high = points[steep].mean(axis=1)
    plane, *_ = np.linalg.lstsq(
        np.column_stack([high[:, [0, 2]], np.ones(len(high))]), high[:, 1], rcond=None
    )
    above = high[:, 1] > high[:, [0, 2]] @ plane[:2] + plane[2]
    return steep[~above], steep[above]


def _rim(points: FloatArray, wall: IntArray, plate: IntArray) -> FloatArray:
    """Nodes (c, 3) that wall and endplate share, in order round the disc."""
    shared = points[np.intersect1d(wall, plate)]
    middle = shared.mean(axis=0)
    return np.asarray(shared[np.argsort(np.arctan2(*(shared - middle)[:, [2, 0]].T))])


def _area_vector(outline: FloatArray) -> FloatArray:
    return np.asarray(0.5 * np.cross(outline, np.roll(outline, -1, axis=0)).sum(axis=0))


def _area(outline: FloatArray) -> float:
    return float(np.linalg.norm(_area_vector(outline)))


def _facet_area(points: FloatArray, facets: IntArray) -> float:
    """Area of quadrilaterals projected on the mid-plane."""
    corner = points[facets]
    cross = np.cross(corner[:, 3] - corner[:, 0], corner[:, 2] - corner[:, 1])
    return float(0.5 * np.abs(cross[:, 1]).sum())


def _to_own_frame(
    points: FloatArray, lower: IntArray, upper: IntArray, rims: Iterable[FloatArray]
) -> tuple[FloatArray, list[FloatArray]]:
    """Turn the mean normal of the endplates to y and move the middle of the disc to the origin."""
    rims = list(rims)
    normals = np.concatenate([_normals(points, lower), _normals(points, upper)])
    up = (normals * np.sign(normals[:, 1:2])).mean(axis=0)
    up /= np.linalg.norm(up)
    right = np.cross([1.0, 0.0, 0.0], up)
    right /= np.linalg.norm(right)
    axes = np.column_stack([np.cross(up, right), up, right])
    origin = 0.5 * (points[np.unique(lower)].mean(axis=0) + points[np.unique(upper)].mean(axis=0))
    return (points - origin) @ axes, [(rim - origin) @ axes for rim in rims]


def _right_handed(points: FloatArray, cells: IntArray) -> IntArray:
    """Cells with the first axis turned round where they are left-handed."""
    corner = points[cells]
    edges = np.stack([corner[:, k] - corner[:, 0] for k in (1, 2, 4)], axis=1)
    left = np.linalg.det(edges) < 0.0
    turned = np.array(cells)
    turned[left] = cells[left][:, [1, 0, 3, 2, 5, 4, 7, 6]]
    return turned


def _directions(points: FloatArray, cells: IntArray, pairs: set[tuple[int, int]]) -> FloatArray:
    """Mean direction (m, 2, 3) of each family's fibres on a cell's faces.

    The families rise to the left and to the right, seen from outside.
    """
    result = np.zeros((len(cells), 2, 3))
    for index, cell in enumerate(cells):
        centre = points[cell].mean(axis=0)
        round_it = np.cross([0.0, 1.0, 0.0], centre)
        for a in range(8):
            for b in range(a + 1, 8):
                if (int(cell[a]), int(cell[b])) in pairs:
                    step = points[cell[b]] - points[cell[a]]
                    step *= np.sign(step[1]) / np.linalg.norm(step)
                    result[index, int(step @ round_it > 0.0)] += step
    sizes = np.linalg.norm(result, axis=-1, keepdims=True)
    if sizes.min() == 0.0:
        bad = int(np.argmin(sizes.min(axis=(1, 2))))
        raise MeshError("fibres", f"do not cross cell {bad + 1} in both senses", "two families")
    return np.asarray(result / sizes)
