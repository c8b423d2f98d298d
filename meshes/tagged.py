# SPDX-License-Identifier: MIT
"""A mesh with tagged cells and boundary facets, its measures of quality, and merging."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from meshes.errors import MeshError

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
TagArray = NDArray[np.int32]

TET_FACETS = ((1, 2, 3), (0, 2, 3), (0, 1, 3), (0, 1, 2))
"""Local vertices of the four facets of a tetrahedron, facet i opposite vertex i."""

TET_EDGES = ((0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3))
"""Local vertices of the six edges of a tetrahedron."""


@dataclass(frozen=True, slots=True)
class MeshQuality:
    """Measures of the cells of one tetrahedral mesh.

    Attributes:
        cells: number of cells.
        vertices: number of vertices in use.
        p2_nodes: vertices plus edges, the nodes of a quadratic displacement field.
        min_scaled_jacobian: least over cells of ``det / (product of three edge lengths)`` at the
            worst corner, times sqrt(2): 1 for the regular tetrahedron, negative if inverted.
        mean_scaled_jacobian: its mean over cells.
        min_radius_ratio: least over cells of three times inradius over circumradius (1 is best).
        mean_radius_ratio: its mean over cells.
        min_dihedral_deg: smallest angle between two faces of any cell.
        max_dihedral_deg: largest angle between two faces of any cell.
        volume_mm3: total volume.
    """

    cells: int
    vertices: int
    p2_nodes: int
    min_scaled_jacobian: float
    mean_scaled_jacobian: float
    min_radius_ratio: float
    mean_radius_ratio: float
    min_dihedral_deg: float
    max_dihedral_deg: float
    volume_mm3: float

    def require(self, body: str, min_dihedral_deg: float, min_radius_ratio: float) -> None:
        """Refuse a mesh below a floor.

        Raises:
            MeshError: naming the body and the measure that is too low.
        """
        for name, value, floor in (
            ("min_scaled_jacobian", self.min_scaled_jacobian, 0.0),
            ("min_dihedral_deg", self.min_dihedral_deg, min_dihedral_deg),
            ("min_radius_ratio", self.min_radius_ratio, min_radius_ratio),
        ):
            if not value > floor:
                raise MeshError(
                    name, f"{value:.3g} in the {body} mesh is too low", f"above {floor:g}"
                )


@dataclass(frozen=True, slots=True)
class TaggedMesh:
    """Vertices, cells and boundary facets with tags; several bodies may be disconnected.

    Attributes:
        points: (n, 3) vertex coordinates, mm.
        cells: (m, 4) tetrahedra of positive volume, or (m, 8) hexahedra in tensor-product order
            (vertex ``i + 2 j + 4 k`` lies at local coordinates (i, j, k), as basix numbers them;
            VTK swaps 2 with 3 and 6 with 7).
        cell_tags: (m,) values of `meshes.tags.Region`.
        facets: (k, 3) triangles, or (k, 4) quadrilaterals in tensor-product order, vertex numbers.
        facet_tags: (k,) values of `meshes.tags.Surface` (bone i: ``BONE_FIRST + i``).
    """

    points: FloatArray
    cells: IntArray
    cell_tags: TagArray
    facets: IntArray
    facet_tags: TagArray

    def quality(self) -> MeshQuality:
        """Measure the cells (tetrahedra only)."""
        return tet_quality(self.points, self.cells)

    def facets_with(self, *tags: int) -> IntArray:
        """Return the facets that carry any of the tags."""
        return self.facets[np.isin(self.facet_tags, np.asarray(tags, dtype=np.int32))]

    def translated(self, offset_mm: Sequence[float]) -> TaggedMesh:
        """Return a copy moved by a vector (3,)."""
        moved = self.points + np.asarray(offset_mm, dtype=np.float64)
        return TaggedMesh(moved, self.cells, self.cell_tags, self.facets, self.facet_tags)


def merge(meshes: Sequence[TaggedMesh]) -> TaggedMesh:
    """Put bodies into one mesh without joining them.

    Args:
        meshes: meshes of one cell type; coincident points of different bodies stay apart.

    Returns:
        One mesh, bodies in the given order.
    """
    offsets = np.cumsum([0, *(len(mesh.points) for mesh in meshes[:-1])])
    return TaggedMesh(
        points=np.vstack([mesh.points for mesh in meshes]),
        cells=np.vstack([m.cells + o for m, o in zip(meshes, offsets, strict=True)]),
        cell_tags=np.concatenate([mesh.cell_tags for mesh in meshes]),
        facets=np.vstack([m.facets + o for m, o in zip(meshes, offsets, strict=True)]),
        facet_tags=np.concatenate([mesh.facet_tags for mesh in meshes]),
    )


def tet_volumes(points: FloatArray, cells: IntArray) -> FloatArray:
    """Signed volumes (m,) of tetrahedra, mm3."""
    corner = points[cells]
    edge = corner[:, 1:] - corner[:, :1]
    return np.asarray(np.linalg.det(edge) / 6.0)


def boundary_facets(cells: IntArray) -> tuple[IntArray, IntArray, IntArray]:
    """Find the facets that belong to one tetrahedron only.

    Returns:
        Facets (k, 3), the cell (k,) and the local facet number (k,) of each.
    """
    every = np.concatenate([cells[:, list(local)] for local in TET_FACETS])
    owner = np.tile(np.arange(len(cells)), 4)
    local = np.repeat(np.arange(4), len(cells))
    _, first, count = np.unique(
        np.sort(every, axis=1), axis=0, return_index=True, return_counts=True
    )
    chosen = np.sort(first[count == 1])
    return every[chosen], owner[chosen], local[chosen]


def unique_edges(cells: IntArray) -> IntArray:
    """Edges (e, 2) of tetrahedra, each once, vertex numbers ascending."""
    pairs = np.concatenate([cells[:, list(edge)] for edge in TET_EDGES])
    return np.asarray(np.unique(np.sort(pairs, axis=1), axis=0))


def tet_quality(points: FloatArray, cells: IntArray) -> MeshQuality:
    """Measure tetrahedra; see `MeshQuality` for the definitions."""
    volume = tet_volumes(points, cells)
    corner = points[cells]
    length = {
        edge: np.linalg.norm(corner[:, edge[1]] - corner[:, edge[0]], axis=1) for edge in TET_EDGES
    }
    scaled = np.full(len(cells), np.inf)
    for vertex in range(4):
        product = np.prod(
            [value for edge, value in length.items() if vertex in edge], axis=0, dtype=np.float64
        )
        scaled = np.minimum(scaled, 6.0 * volume / product * np.sqrt(2.0))
    normal = [_facet_area_vector(corner, local) for local in TET_FACETS]
    area = [np.linalg.norm(vector, axis=1) for vector in normal]
    inradius = 3.0 * volume / np.sum(area, axis=0)
    a, b, c = (
        length[first] * length[second]
        for first, second in (((0, 1), (2, 3)), ((0, 2), (1, 3)), ((0, 3), (1, 2)))
    )
    heron = (a + b + c) * (a + b - c) * (a - b + c) * (b + c - a)
    circumradius = np.sqrt(np.maximum(heron, 0.0)) / (24.0 * np.abs(volume))
    ratio = 3.0 * inradius / circumradius
    dihedral = []
    for i in range(4):
        for j in range(i + 1, 4):
            cosine = -np.einsum("ij,ij->i", normal[i], normal[j]) / (area[i] * area[j])
            dihedral.append(np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0))))
    used = np.unique(cells)
    return MeshQuality(
        cells=len(cells),
        vertices=len(used),
        p2_nodes=len(used) + len(unique_edges(cells)),
        min_scaled_jacobian=float(scaled.min()),
        mean_scaled_jacobian=float(scaled.mean()),
        min_radius_ratio=float(ratio.min()),
        mean_radius_ratio=float(ratio.mean()),
        min_dihedral_deg=float(np.min(dihedral)),
        max_dihedral_deg=float(np.max(dihedral)),
        volume_mm3=float(volume.sum()),
    )


def _facet_area_vector(corner: FloatArray, local: tuple[int, int, int]) -> FloatArray:
    """Area vectors (m, 3) of one facet of every cell, pointing out of the cell."""
    first, second, third = (corner[:, index] for index in local)
    vector = 0.5 * np.cross(second - first, third - first)
    inside = corner.mean(axis=1) - first
    outward = np.where(np.einsum("ij,ij->i", vector, inside) > 0.0, -1.0, 1.0)
    return np.asarray(vector * outward[:, None])
