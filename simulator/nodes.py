# SPDX-License-Identifier: MIT
"""An order of the mesh's nodes that does not depend on the number of ranks.

A node's key is the least ``10 * cell + place`` over the cells that hold it, in the
input numbering of cells. Rank 0 sees nodal data in the order of keys: checkpoints
and field files are then the same on any number of ranks.
"""

from __future__ import annotations

from typing import Any

import dolfinx
import numpy as np
from numpy.typing import NDArray
from petsc4py import PETSc

from simulator.mesh import DistributedMesh

Array = NDArray[np.float64]
_NODES = 10
VTK_ORDER = np.array([0, 1, 2, 3, 9, 6, 8, 7, 5, 4])
"""Places of a quadratic tetrahedron's nodes, from basix's order to VTK's."""


class NodeOrder:
    """Gathers nodal and cell data of a quadratic space to rank 0, and back; collective."""

    def __init__(self, space: dolfinx.fem.FunctionSpace, distributed: DistributedMesh):
        self.comm = space.mesh.comm
        self.space = space
        self.owned = space.dofmap.index_map.size_local
        cells = space.dofmap.list
        keys = _NODES * distributed.cell_ids[:, None] + np.arange(_NODES)
        mark = dolfinx.fem.Function(space)
        block = mark.x.array.reshape(-1, 3)
        block[:] = -np.inf
        # PETSc reduces to the greatest value, so keys are negated; floating point holds them
        # exactly up to 9e15, far beyond any mesh.
        np.maximum.at(block[:, 0], cells.ravel(), -keys.ravel().astype(float))
        mark.x.petsc_vec.ghostUpdate(PETSc.InsertMode.MAX_VALUES, PETSc.ScatterMode.REVERSE)
        mark.x.scatter_forward()
        block[:, 0] *= -1.0
        self._keys = block[: self.owned, 0].astype(np.int64)
        parts = self.comm.gather(self._keys)
        self._order: NDArray[Any] | None = None
        self._counts: NDArray[Any] | None = None
        table: NDArray[Any] | None = None
        if parts is not None:
            together = np.concatenate(parts)
            self._order = np.argsort(together, kind="stable")
            self._counts = np.cumsum([len(p) for p in parts])[:-1]
            table = together[self._order]
        owned_cells = space.mesh.topology.index_map(3).size_local
        self._cell_ids = distributed.cell_ids[:owned_cells]
        node_keys = block[:, 0].astype(np.int64)[cells[:owned_cells]]
        self.cells: NDArray[Any] | None = None
        self.cell_tags: NDArray[Any] | None = None
        parts = self.comm.gather(
            (self._cell_ids, node_keys, distributed.cell_tags.values[:owned_cells])
        )
        if parts is not None:
            assert table is not None
            ids = np.concatenate([p[0] for p in parts])
            order = np.argsort(ids, kind="stable")
            self._cell_order = order
            self.cells = np.searchsorted(table, np.concatenate([p[1] for p in parts])[order])
            self.cell_tags = np.concatenate([p[2] for p in parts])[order]

    def gather(self, values: Array) -> Array | None:
        """Bring values of owned nodes (n, k) to rank 0, in the order of keys."""
        parts = self.comm.gather(np.asarray(values)[: self.owned])
        return None if parts is None else np.concatenate(parts)[self._order]

    def scatter(self, values: Array | None) -> Array:
        """Give each rank the values of its owned nodes from rank 0's array."""
        parts = None
        if self.comm.rank == 0:
            assert values is not None
            assert self._order is not None and self._counts is not None
            together = np.empty_like(values)
            together[self._order] = values
            parts = np.split(together, self._counts)
        return self.comm.scatter(parts)

    def gather_cells(self, values: Array) -> Array | None:
        """Bring values of owned cells to rank 0, in the input order of cells."""
        parts = self.comm.gather(np.asarray(values)[: len(self._cell_ids)])
        return None if parts is None else np.concatenate(parts)[self._cell_order]

    def scatter_cells(self, values: Array | None) -> Array:
        """Give each rank the values of its owned cells from rank 0's array in input order."""
        ids = self.comm.gather(self._cell_ids)
        parts = None
        if ids is not None:
            assert values is not None
            together = np.empty_like(values)
            together[self._cell_order] = values
            parts = np.split(together, np.cumsum([len(part) for part in ids])[:-1])
        return self.comm.scatter(parts)
