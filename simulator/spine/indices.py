# SPDX-License-Identifier: MIT
"""Index work of the annulus: dofs, facets by their input vertices, blocks of the stiffness."""

from __future__ import annotations

from collections.abc import Sequence

import basix.ufl
import dolfinx
import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Ints = NDArray[np.int64]


def node_grid() -> Ints:
    """Local node (3, 3, 3) of the quadratic hexahedron at local coordinates (i, j, k) / 2."""
    places = basix.ufl.element("Lagrange", "hexahedron", 2).basix_element.points
    grid = np.empty((3, 3, 3), dtype=np.int64)
    i, j, k = np.rint(2.0 * np.asarray(places)).astype(np.int64).T
    grid[i, j, k] = np.arange(len(places))
    return grid


def scalar_dofs(nodes: Ints) -> Ints:
    """Dofs (3 k,) of nodes (k,), three each."""
    return np.asarray((3 * nodes[:, None] + np.arange(3)).reshape(-1), dtype=np.int64)


def sorted_tags(*groups: tuple[NDArray[np.int32], int]) -> tuple[NDArray[np.int32], ...]:
    """Facets of all groups in ascending order, and the tag of each."""
    entities = np.concatenate([facets for facets, _ in groups])
    values = np.concatenate([np.full(len(f), tag, dtype=np.int32) for f, tag in groups])
    order = np.argsort(entities)
    return entities[order].astype(np.int32), values[order]


def match_facets(mesh: dolfinx.mesh.Mesh, groups: Sequence[Ints]) -> tuple[NDArray[np.int32], ...]:
    """Local facets whose vertices are the given input vertices, per group."""
    topology = mesh.topology
    topology.create_connectivity(2, 3)
    exterior = np.sort(dolfinx.mesh.exterior_facet_indices(topology)).astype(np.int32)
    nodes = dolfinx.mesh.entities_to_geometry(mesh, 2, exterior).reshape(-1, 4)
    inputs = np.asarray(mesh.geometry.input_global_indices, dtype=np.int64)
    known = {
        tuple(map(int, row)): int(facet)
        for row, facet in zip(np.sort(inputs[nodes], axis=1), exterior, strict=True)
    }
    found = []
    for group in groups:
        rows = [tuple(map(int, row)) for row in np.sort(group, axis=1)]
        missing = [row for row in rows if row not in known]
        if missing:
            raise ValueError(f"{len(missing)} tagged facets are not on the annulus' boundary")
        found.append(np.sort(np.array([known[row] for row in rows], dtype=np.int32)))
    return tuple(found)


def block_index(
    matrix: dolfinx.la.MatrixCSR, free: Ints, upper: Ints
) -> tuple[sparse.csr_matrix, ...]:
    """Sparse matrices whose data are positions in ``matrix.data``, one for each block."""
    full = matrix.to_scipy()
    positions = np.arange(full.data.size, dtype=np.float64).reshape(full.data.shape) + 1.0
    if isinstance(full, sparse.bsr_matrix):
        full = sparse.bsr_matrix((positions, full.indices, full.indptr), full.shape)
    else:
        full = sparse.csr_matrix((positions, full.indices, full.indptr), full.shape)
    full = full.tocsr()
    blocks = []
    for rows, columns in ((free, free), (free, upper), (upper, upper)):
        block = full[rows][:, columns].tocsr()
        block.sort_indices()
        block.data = block.data.astype(np.int64) - 1
        blocks.append(block)
    return tuple(blocks)
