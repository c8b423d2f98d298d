# SPDX-License-Identifier: MIT
"""Rows of 3 x 3 blocks that a rank writes, and how they come to the ranks that own them."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
from mpi4py import MPI
from numpy.typing import NDArray

from simulator.sparsity import Keys, merge_keys

Array = NDArray[np.float64]
_LOW = 0xFFFFFFFF
_TAG = 71


class BlockRows:
    """Blocks under keys ``row << 32 | column`` in the block numbers of ``y``; collective.

    Args:
        comm: Communicator.
        keys: Ascending keys of what this rank writes, whoever owns the row.
        starts: First row of each rank, then the end, shape (ranks + 1,).

    Attributes:
        row: Rows that this rank writes, ascending.
        start: Where each of them begins among the keys, and the end.
        column: Column of each key.
        blocks: What is written, shape (keys, 9), row by row of a block.
        owned_keys: Ascending keys of the owned rows, of all ranks.
    """

    def __init__(self, comm: MPI.Comm, keys: Keys, starts: NDArray[np.int64]):
        self.comm = comm
        self.row, first = np.unique(keys >> 32, return_index=True)
        self.start = np.append(first, len(keys)).astype(np.int64)
        self.column = keys & _LOW
        self.blocks = np.zeros((len(keys), 9))
        self._keys = keys
        if comm.size == 1:
            self.owned_keys = keys
            return
        cuts = np.searchsorted(keys, starts.astype(np.int64) << 32)
        parts = [keys[a:b] for a, b in itertools.pairwise(cuts)]
        others = [p[:0] if rank == comm.rank else p for rank, p in enumerate(parts)]
        received = comm.alltoall(others)
        self.owned_keys = merge_keys([parts[comm.rank], *received])
        self._mine = slice(cuts[comm.rank], cuts[comm.rank + 1])
        self._place = np.searchsorted(self.owned_keys, parts[comm.rank])
        self._sent = [
            (rank, slice(cuts[rank], cuts[rank + 1]))
            for rank in range(comm.size)
            if rank != comm.rank and len(parts[rank])
        ]
        self._received = [
            (rank, np.searchsorted(self.owned_keys, part), np.empty((len(part), 9)))
            for rank, part in enumerate(received)
            if len(part)
        ]
        self._owned = np.zeros((len(self.owned_keys), 9))

    def row_of(self, rows: NDArray[Any]) -> NDArray[np.int32]:
        """Return where global rows stand among those that are written; anywhere if not there."""
        place = np.searchsorted(self.row, rows)
        return np.minimum(place, len(self.row) - 1).astype(np.int32)

    def places(self, rows: NDArray[Any], columns: NDArray[Any]) -> NDArray[Any]:
        """Return where blocks of global rows and columns stand; they must be there."""
        wanted = rows.astype(np.int64) << 32 | columns
        return np.searchsorted(self._keys, wanted)

    def exchange(self) -> Array:
        """Bring what was written to the owners; collective.

        Returns:
            Blocks of the owned rows in the order of ``owned_keys``, shape (n, 9); valid until
            the next call.
        """
        if self.comm.size == 1:
            return self.blocks
        asked = [self.comm.Irecv(buffer, rank, _TAG) for rank, _, buffer in self._received]
        asked += [self.comm.Isend(self.blocks[part], rank, _TAG) for rank, part in self._sent]
        self._owned[:] = 0.0
        self._owned[self._place] = self.blocks[self._mine]
        MPI.Request.Waitall(asked)
        for _, place, buffer in self._received:
            self._owned[place] += buffer
        return self._owned
