# SPDX-License-Identifier: MIT
"""Factors of the linear elements in single precision, as a preconditioner that PETSc calls.

A triangular solve takes as long as its factors take to be read, and a preconditioner needs no more
than seven digits: half the bytes, half the time, half the memory (docs/performance.md). Segments
and scalars stay outside of the factors. Their drives may be a million times as stiff as tissue,
which seven digits do not bear; they are eliminated to a dense block, of double precision.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from mpi4py import MPI
from numpy.typing import NDArray
from petsc4py import PETSc
from scipy.linalg import lu_factor, lu_solve

from simulator.assembly.rows import BlockRows
from simulator.compiled.library import factors, pointer

Array = NDArray[Any]
ROOM_PERCENT = (25, 60, 150, 400)
"""Room beyond what the analysis foresees, one after the other where pivots need more."""
NO_ROOM = (-8, -9)


class CoarseFactor:
    """``A^-1`` of what ranks wrote into their rows, without bringing it to the owners first.

    Context of a PETSc preconditioner; made, called and destroyed by all ranks together.

    Args:
        rows: Blocks by global numbers; read again at each ``setUp``.
        owned: Block rows of this rank.
        outer: Block rows at the end of rank 0's that stay outside of the factors.
    """

    def __init__(self, rows: BlockRows, owned: int, outer: int):
        comm = rows.comm
        self._comm, self._rows = comm, rows
        compiled = factors(comm)
        self._lib, self._ffi = compiled.lib, compiled.ffi
        first = comm.bcast(owned - outer if comm.rank == 0 else 0)
        self._counts = [3 * count for count in comm.allgather(owned)]
        self._tail = slice(3 * first, 3 * (first + outer))
        row = np.repeat(rows.row, np.diff(rows.start))
        inside = [(first <= part) & (part < first + outer) for part in (row, rows.column)]
        self._within = np.flatnonzero(inside[0] & inside[1])
        place = 3 * (row[self._within] - first), 3 * (rows.column[self._within] - first)
        axes = np.arange(3)
        self._row = place[0][:, None, None] + axes[:, None]
        self._column = place[1][:, None, None] + axes
        self._kept = np.flatnonzero(~(inside[0] & inside[1]))
        shape = (len(self._kept), 3, 3)
        entries = [
            np.broadcast_to(3 * part[self._kept][:, None, None] + axis + 1, shape)
            for part, axis in ((row, axes[:, None]), (rows.column, axes))
        ]
        self._entries = [np.ascontiguousarray(part.ravel(), dtype=np.int32) for part in entries]
        self._values = np.zeros(9 * len(self._kept), dtype=np.float32)
        self._outer = np.arange(self._tail.start + 1, self._tail.stop + 1, dtype=np.int32)
        self._dense = np.zeros((3 * outer, 3 * outer), dtype=np.float32)
        self._reduced = np.zeros(3 * outer, dtype=np.float32)
        size = sum(self._counts)
        self._all = np.zeros(size if comm.rank == 0 else 0, dtype=np.float32)
        self._closed: Any = None
        self._works = False
        self._handle = self._open(size)

    def _open(self, size: int) -> Any:
        made = self._ffi.new("void**")
        code = self._lib.factor_open(
            made, self._comm.py2f(), size, len(self._values), pointer(self._entries[0]),
            pointer(self._entries[1]), len(self._outer), pointer(self._outer),
            pointer(self._dense), self._comm.rank == 0,
        )  # fmt: skip
        if code < 0:
            raise RuntimeError(f"MUMPS cannot analyse the linear elements: {code}")
        return made[0]

    def setUp(self, pc: PETSc.PC) -> None:
        """Factorise the present values; called by PETSc, collective."""
        blocks = self._rows.blocks
        self._values.reshape(-1, 9)[:] = blocks[self._kept]
        for room in ROOM_PERCENT:
            code = self._lib.factor_renew(self._handle, pointer(self._values), room)
            if code not in NO_ROOM:
                break
        outer = np.zeros(self._dense.shape)
        np.add.at(outer, (self._row, self._column), blocks[self._within].reshape(-1, 3, 3))
        whole = np.zeros_like(outer) if self._comm.rank == 0 else None
        self._comm.Reduce(outer, whole)
        self._works = code >= 0
        if self._works and whole is not None:
            self._closed = lu_factor(whole + self._dense, check_finite=False)

    def apply(self, pc: PETSc.PC, b: PETSc.Vec, x: PETSc.Vec) -> None:
        """Write ``A^-1 b``, no number where there is none; called by PETSc, collective."""
        comm, tail = self._comm, self._tail
        if not self._works:
            x.set(np.nan)
            return
        own = b.array_r.astype(np.float32)
        if comm.rank == 0:
            own[tail] = 0.0
        self._gather(own)
        solve = self._lib.factor_solve
        values, reduced = pointer(self._all), pointer(self._reduced)
        solve(self._handle, 1, values, reduced)
        outer = np.zeros(len(self._reduced))
        if comm.rank == 0:
            right = b.array_r[tail] + self._reduced
            outer = lu_solve(self._closed, right, check_finite=False)
            self._reduced[:] = outer
        solve(self._handle, 2, values, reduced)
        self._scatter(own)
        x.array_w[:] = own
        if comm.rank == 0:
            x.array_w[tail] = outer

    def _gather(self, own: Array) -> None:
        if self._comm.size == 1:
            self._all[:] = own
        else:
            self._comm.Gatherv(own, (self._all, self._counts) if self._comm.rank == 0 else None)

    def _scatter(self, own: Array) -> None:
        if self._comm.size == 1:
            own[:] = self._all
        else:
            self._comm.Scatterv((self._all, self._counts) if self._comm.rank == 0 else None, own)

    def destroy(self, pc: PETSc.PC) -> None:
        """Give back all memory; called by PETSc, collective."""
        if self._handle is not None and not MPI.Is_finalized():
            self._lib.factor_close(self._handle)
        self._handle = None
