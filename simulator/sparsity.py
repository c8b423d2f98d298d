# SPDX-License-Identifier: MIT
"""Exact pattern of the stiffness matrix, its blocks and its triple products.

Blocks of three come from cells, from contact pairs and from the dense block of
segments. Each rank collects the blocks that it will write; the owner of a row
gets them once. An exact pattern is what makes reassembly cheap, and inserting
hundreds of thousands of contact blocks into a matrix without one is not.
"""

from __future__ import annotations

import itertools
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


def send_to_owners(comm: MPI.Comm, keys: Keys, starts: NDArray[np.int64]) -> Keys:
    """Give each rank the keys of its rows; collective.

    Args:
        comm: Communicator.
        keys: Ascending keys of this rank.
        starts: First row of each rank, then the end, shape (ranks + 1,).
    """
    if comm.size == 1:
        return keys
    cuts = np.searchsorted(keys, starts.astype(np.int64) << 32)
    parts = [keys[a:b] for a, b in itertools.pairwise(cuts)]
    return merge_keys(comm.alltoall(parts))


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


def triple_product(a: PETSc.Mat, p: PETSc.Mat, result: PETSc.Mat | None = None) -> PETSc.Mat:
    """Return ``p^T a p``, in ``result`` where that comes from an earlier call; collective.

    PETSc's default algorithms are made for prolongations of many entries a row; with
    one or two they take five times as long for the pattern (docs/decisions/solver.md).
    """
    if result is not None:
        return a.ptap(p, result=result)
    options, name = PETSc.Options(), "matptap_via"
    given = options.getString(name, "")
    options[name] = given or ("rap" if a.comm.size == 1 else "nonscalable")
    try:
        return a.ptap(p)
    finally:
        options.delValue(name)
        if given:
            options[name] = given


def blocks_of(matrix: PETSc.Mat) -> tuple[Keys, Keys, NDArray[np.int32]]:
    """Return local row, global column and places of the values (n, 3, 3) of each block.

    Args:
        matrix: AIJ of block size 3 in whole blocks.
    """
    pointer, columns, _ = matrix.getValuesCSR()
    pointer = pointer[::3].astype(np.int64)
    start = pointer // 9
    count = np.diff(start)
    row = np.repeat(np.arange(len(count)), count)
    first = pointer[row] + 3 * (np.arange(len(row)) - start[row])
    axis = np.arange(3)
    within = 3 * count[row][:, None, None] * axis[:, None] + axis
    place = (first[:, None, None] + within).astype(np.int32)
    return row, columns[first].astype(np.int64) // 3, place
