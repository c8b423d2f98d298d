# SPDX-License-Identifier: MIT
"""Exact pattern of matrices of 3 x 3 blocks, as sorted numbers of row and column.

Blocks come from cells, from contact pairs and from the dense block of segments. An exact pattern
is what makes reassembly cheap, and inserting hundreds of thousands of contact blocks into a matrix
without one is not.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from mpi4py import MPI
from numpy.typing import NDArray
from petsc4py import PETSc

Keys = NDArray[np.int64]
_LOW = 0xFFFFFFFF


def keys_of_groups(rows: NDArray[Any], columns: NDArray[Any]) -> Keys:
    """Return each (row, column) pair of block rectangles (n, r) x (n, c) once, as one number."""
    pairs = (rows[:, :, None].astype(np.int64) << 32) | columns[:, None, :]
    return np.unique(pairs)


def merge_keys(parts: Sequence[Keys]) -> Keys:
    """Return the union of key arrays, ascending."""
    return np.unique(np.concatenate(parts)) if parts else np.empty(0, dtype=np.int64)


def create_matrix(comm: MPI.Comm, keys: Keys, owned: int, first: int) -> PETSc.Mat:
    """Return a zero AIJ matrix of block size 3 with the pattern of ``keys``; collective.

    Args:
        comm: Communicator.
        keys: Ascending keys of the owned rows.
        owned: Owned block rows.
        first: First owned block row.
    """
    rows, columns = (keys >> 32) - first, keys & _LOW
    count = np.bincount(rows, minlength=owned)
    indptr = np.concatenate([[0], np.cumsum(np.repeat(3 * count, 3))]).astype(PETSc.IntType)
    one = (3 * columns[:, None] + np.arange(3)).ravel()
    blocks = np.concatenate([[0], np.cumsum(3 * count)])
    # Every scalar row of a block repeats the block row's columns.
    lengths = np.repeat(3 * count, 3)
    begin = np.repeat(blocks[:-1], 3)
    within = np.arange(indptr[-1]) - np.repeat(indptr[:-1].astype(np.int64), lengths)
    indices = one[np.repeat(begin, lengths) + within].astype(PETSc.IntType)
    size = (3 * owned, None)
    matrix = PETSc.Mat().createAIJ((size, size), bsize=3, csr=(indptr, indices), comm=comm)
    matrix.setOption(PETSc.Mat.Option.NEW_NONZERO_LOCATION_ERR, True)
    return matrix
