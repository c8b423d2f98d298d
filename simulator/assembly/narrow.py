# SPDX-License-Identifier: MIT
"""The reduced tangent in single precision, for the many products of a linear solve.

A linear solve leaves 1e-4 of its right-hand side at the least, rounding of the matrix 6e-8 of each
entry: the step of Newton's method does not feel it, and residuals are never made from it
(docs/performance.md). Only between segments, whose drives may be a million times as stiff as
tissue, what rounding takes is added to products again.
"""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
from mpi4py import MPI
from numpy.typing import NDArray

from simulator.compiled.library import loops, pointer
from simulator.sparsity import Keys

Array = NDArray[np.float64]
Narrow = NDArray[np.float32]
_LOW = 0xFFFFFFFF
_TAG = 72
POWERS = 15
"""Power iterations for the largest eigenvalue, which they miss by 7 % (docs/performance.md)."""


class NarrowMatrix:
    """Rows of one rank, with what they need of other ranks; collective.

    Args:
        comm: Communicator.
        keys: Ascending keys ``row << 32 | column`` of the owned rows, in blocks of three.
        starts: First row of each rank, then the end, shape (ranks + 1,).
        dense: Rows at the end of this rank's that have all columns among themselves.

    Attributes:
        rows: Owned block rows.
        largest: Estimate of the largest eigenvalue of D^-1 A, D the diagonal blocks, for the values
            at the last ``estimate``.
    """

    def __init__(self, comm: MPI.Comm, keys: Keys, starts: NDArray[np.int64], dense: int = 0):
        self.comm = comm
        compiled = loops(comm)
        self._lib, self._ffi = compiled.lib, compiled.ffi
        first, end = int(starts[comm.rank]), int(starts[comm.rank + 1])
        self.rows = end - first
        column = keys & _LOW
        away = (column < first) | (column >= end)
        ghosts = np.unique(column[away])
        local = column - first
        local[away] = self.rows + np.searchsorted(ghosts, column[away])
        self._column = local.astype(np.int32)
        count = np.bincount((keys >> 32) - first, minlength=self.rows)
        self._start = np.concatenate([[0], np.cumsum(count)]).astype(np.int64)
        self._exchange(ghosts, starts)
        stiff = np.arange(end - dense, end, dtype=np.int64)
        self._dense, self._dense_place = dense, np.searchsorted(keys, stiff[:, None] << 32 | stiff)
        self._rounded: Array = np.zeros((3 * dense, 3 * dense))

        self._made_start = np.zeros(self.rows + 1, dtype=np.int64)
        self._made_column = np.zeros(len(keys), dtype=np.int32)
        self._values = np.zeros(9 * len(keys) + 3, dtype=np.float32)
        self._inverse = np.zeros(9 * self.rows, dtype=np.float32)
        self._matrix = self._ffi.new("narrow*")
        self._matrix.rows = self.rows
        self._matrix.start = pointer(self._made_start)
        self._matrix.column = pointer(self._made_column)
        self._matrix.values = pointer(self._values)
        self._matrix.inverse = pointer(self._inverse)
        size = 3 * (self.rows + len(ghosts))
        self._wide = np.zeros(size)
        self._x = np.zeros(size, dtype=np.float32)
        self._step = np.zeros(3 * self.rows, dtype=np.float32)
        self._x_at, self._step_at = pointer(self._x), pointer(self._step)
        self._begin = np.sin(np.arange(3 * first, 3 * end, dtype=float) ** 1.3)
        self.largest = 1.0

    def _exchange(self, ghosts: NDArray[Any], starts: NDArray[np.int64]) -> None:
        """Agree on who sends what; collective."""
        cuts = np.searchsorted(ghosts, starts)
        asked = [ghosts[a:b] for a, b in itertools.pairwise(cuts)]
        wanted = self.comm.alltoall(asked)
        self._wanted = [
            (rank, (part - starts[self.comm.rank]).astype(np.int64))
            for rank, part in enumerate(wanted)
            if len(part)
        ]
        self._given = [
            (rank, slice(3 * (self.rows + cuts[rank]), 3 * (self.rows + cuts[rank + 1])))
            for rank in range(self.comm.size)
            if len(asked[rank])
        ]

    def _fill(self, x: NDArray[Any]) -> None:
        """Bring other ranks' values behind the own ones; collective."""
        if self.comm.size == 1:
            return
        own = x[: 3 * self.rows].reshape(-1, 3)
        sent = [np.ascontiguousarray(own[part]) for _, part in self._wanted]
        asked = [self.comm.Irecv(x[part], rank, _TAG) for rank, part in self._given]
        for (rank, _), values in zip(self._wanted, sent, strict=True):
            asked.append(self.comm.Isend(values, rank, _TAG))
        MPI.Request.Waitall(asked)

    def renew(self, blocks: Array) -> None:
        """Take the values of the owned rows, shape (keys, 9); collective."""
        blocks = np.ascontiguousarray(blocks)
        self._lib.copy_blocks(
            self._matrix,
            pointer(self._start),
            pointer(self._column),
            pointer(blocks),
        )
        size = 3 * self._dense
        stiff: NDArray[Any] = blocks[self._dense_place].reshape(self._dense, self._dense, 3, 3)
        stiff = stiff.transpose(0, 2, 1, 3).reshape(size, size)
        self._rounded = stiff - stiff.astype(np.float32)

    def estimate(self) -> None:
        """Estimate the largest eigenvalue, from nothing that is older than the values; collective.

        A run that is resumed, whose matrices are new, then goes the unbroken one's way.
        """
        own = self._x[: 3 * self.rows]
        own[:] = self._begin
        for _ in range(POWERS):
            own /= self._norm(own)
            self._smooth_once(self._ffi.NULL, 0.0, 1.0)
        self.largest = self._norm(own)

    def _norm(self, own: Narrow) -> float:
        return math.sqrt(self.comm.allreduce(float(own @ own)))

    def _smooth_once(self, b: Any, keep: float, gain: float) -> None:
        """One step on ``_x`` for a right-hand side's address."""
        self._fill(self._x)
        self._lib.smooth(
            self._matrix,
            b,
            self._x_at,
            self._step_at,
            keep,
            gain,
        )

    def multiply(self, x: Array, out: Array) -> None:
        """Write the product with own values (3 rows,) into ``out``; collective."""
        self._wide[: 3 * self.rows] = x
        self._fill(self._wide)
        self._lib.multiply(self._matrix, pointer(self._wide), pointer(out))
        if self._dense:
            out[-3 * self._dense :] += self._rounded @ x[-3 * self._dense :]

    def smooth(self, b: Array, x: Array, steps: int, lowest: float, highest: float) -> Array:
        """Return ``x`` after steps of Chebyshev's iteration for ``A x = b``; collective.

        Args:
            b: Own right-hand side, shape (3 rows,).
            x: Own guess.
            steps: Number of steps; each is one product.
            lowest: End of the interval that is smoothed, as a share of the largest eigenvalue.
            highest: Its other end.
        """
        own = self._x[: 3 * self.rows]
        own[:] = x
        right = b.astype(np.float32)
        right_at = pointer(right)
        # Saad 2003, Iterative methods for sparse linear systems, algorithm 12.1.
        middle = 0.5 * (highest + lowest) * self.largest
        half = 0.5 * (highest - lowest) * self.largest
        sigma = middle / half
        rho, keep, gain = 1.0 / sigma, 0.0, 1.0 / middle
        for _ in range(steps):
            self._smooth_once(right_at, keep, gain)
            after = 1.0 / (2.0 * sigma - rho)
            keep, gain, rho = after * rho, 2.0 * after / half, after
        return own.astype(float)
