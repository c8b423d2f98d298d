# SPDX-License-Identifier: MIT
"""From a tagged mesh on rank 0 to a distributed dolfinx mesh with its tags.

The numbering of the input survives distribution: every local cell and tagged
facet knows its position in the input arrays, which is how histories and
checkpoints stay independent of the number of ranks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import basix.ufl
import dolfinx
import numpy as np
import ufl
from mpi4py import MPI
from numpy.typing import NDArray

from simulator.compat import owned_by

Ints = NDArray[np.int64]


class TaggedMeshLike(Protocol):
    """Plain arrays of a simplex mesh; see ``meshes.tagged.TaggedMesh``."""

    @property
    def points(self) -> NDArray[np.float64]:
        """Vertices (n, 3), mm."""
        ...

    @property
    def cells(self) -> Ints:
        """Vertices of each tetrahedron, (m, 4)."""
        ...

    @property
    def cell_tags(self) -> NDArray[np.int32]:
        """Region of each cell."""
        ...

    @property
    def facets(self) -> Ints:
        """Vertices of each tagged facet, (k, 3)."""
        ...

    @property
    def facet_tags(self) -> NDArray[np.int32]:
        """Surface of each tagged facet."""
        ...


@dataclass(frozen=True, slots=True)
class DistributedMesh:
    """A dolfinx mesh with tags and the way back to the input numbering.

    Attributes:
        mesh: The distributed mesh (mm).
        cell_tags: Region number of every local cell.
        facet_tags: Surface number of the tagged local exterior facets.
        cell_ids: Input number of each local cell, ghosts included.
        facet_ids: Input number of each facet of ``facet_tags.indices``.
    """

    mesh: dolfinx.mesh.Mesh
    cell_tags: dolfinx.mesh.MeshTags
    facet_tags: dolfinx.mesh.MeshTags
    cell_ids: Ints
    facet_ids: Ints


def _sorted_rows(rows: Ints) -> Ints:
    return np.ascontiguousarray(np.sort(rows, axis=1))


def _row_keys(rows: Ints) -> NDArray[np.void]:
    return rows.view(np.dtype((np.void, rows.dtype.itemsize * rows.shape[1]))).ravel()


def distribute(
    comm: MPI.Comm, tagged: TaggedMeshLike | None, owners: NDArray[Any] | None = None
) -> DistributedMesh:
    """Distribute a tetrahedral mesh that rank 0 holds; collective.

    Args:
        comm: Communicator of the analysis.
        tagged: The mesh on rank 0, ``None`` elsewhere.
        owners: Rank of each cell, read on rank 0; ``None`` there leaves it to a graph partitioner.

    Raises:
        ValueError: If a tagged facet is not an exterior facet of the mesh.
    """
    if comm.rank == 0:
        assert tagged is not None
        points, cells = tagged.points, tagged.cells.astype(np.int64)
        tables = (
            tagged.cell_tags.astype(np.int32),
            _sorted_rows(tagged.facets.astype(np.int64)),
            tagged.facet_tags.astype(np.int32),
        )
    else:
        points, cells = np.empty((0, 3)), np.empty((0, 4), dtype=np.int64)
        tables = None
    chosen = comm.bcast(owners is not None) and comm.size > 1
    mine = owners if comm.rank == 0 and owners is not None else np.empty(0)
    cell_table, facet_table, facet_values = comm.bcast(tables)

    element = ufl.Mesh(basix.ufl.element("Lagrange", "tetrahedron", 1, shape=(3,)))
    mesh = dolfinx.mesh.create_mesh(
        comm, cells=cells, x=points, e=element, partitioner=owned_by(mine) if chosen else None
    )
    topology = mesh.topology
    tdim = topology.dim
    topology.create_connectivity(tdim - 1, tdim)
    cell_ids = np.asarray(topology.original_cell_index, dtype=np.int64)
    cell_tags = dolfinx.mesh.meshtags(
        mesh, tdim, np.arange(len(cell_ids), dtype=np.int32), cell_table[cell_ids]
    )

    exterior = np.sort(dolfinx.mesh.exterior_facet_indices(topology)).astype(np.int32)
    nodes = dolfinx.mesh.entities_to_geometry(mesh, tdim - 1, exterior)
    inputs = np.asarray(mesh.geometry.input_global_indices, dtype=np.int64)
    keys = _row_keys(_sorted_rows(inputs[nodes.reshape(-1, 3)]))
    table = _row_keys(facet_table)
    order = np.argsort(table, kind="stable")
    place = np.minimum(np.searchsorted(table[order], keys), max(len(table) - 1, 0))
    ids = order[place] if len(table) else np.zeros(len(keys), dtype=np.int64)
    found = table[ids] == keys if len(table) else np.zeros(len(keys), dtype=bool)
    matched = comm.allreduce(int(found.sum()))
    if matched != len(table):
        raise ValueError(f"{len(table) - matched} of {len(table)} tagged facets are not exterior")
    facet_tags = dolfinx.mesh.meshtags(mesh, tdim - 1, exterior[found], facet_values[ids[found]])
    return DistributedMesh(mesh, cell_tags, facet_tags, cell_ids, ids[found].astype(np.int64))
