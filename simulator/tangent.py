# SPDX-License-Identifier: MIT
"""The reduced tangent ``P^T K P`` by index.

Of a free node ``P`` has one entry, so that nearly all of the product is a copy; only what
touches a bone is multiplied, by the levers of its nodes. It is written straight into PETSc's
block format, whose products are two to three times faster than those of AIJ. On one rank that
costs what PETSc's product and a copy cost, on several less, for a new pattern a third; and the
matrix in AIJ is never made (docs/decisions/solver.md).

Each rank keeps the rows of its nodes. Rows of segments belong to rank 0; what other ranks have
for them is sent there, summed by segment and column.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from mpi4py import MPI
from numpy.typing import NDArray
from petsc4py import PETSc

from simulator.reduction import Reduction
from simulator.rotations import skew
from simulator.segments import ROTATION_LENGTH_MM
from simulator.sparsity import blocks_of

Array = NDArray[np.float64]
Ints = NDArray[Any]


class ReducedTangent:
    """``P^T K P`` for one pattern of ``K``; collective.

    Args:
        reduction: Where the nodes belong.
        stiffness: ``K`` with rows of nodes and segments, AIJ of block size 3 with whole blocks;
            its values are read anew by :meth:`update`.

    Attributes:
        stiffness: ``K``.
        projection: ``P`` for the present levers.
        matrix: The product in block format; one object, values renewed.
        diagonal: Its diagonal blocks, a new object for new values: PETSc goes on giving the
            inverted blocks of the first values of a matrix whose pattern stays.
    """

    def __init__(self, reduction: Reduction, stiffness: PETSc.Mat):
        self.reduction = reduction
        self.stiffness = stiffness
        self.projection = reduction.create_projection()
        r, comm = reduction, reduction.comm
        row, column, place = blocks_of(stiffness)
        targets, self._levers_of = _target_vector(r), _vector(r, 3)
        met, back = np.unique(column, return_inverse=True)
        there = np.rint(_fetched(targets, _index_set(met, 1, comm), 1)[:, 0]).astype(np.int64)
        here = np.rint(targets.array_r).astype(np.int64)[row]
        ahead = there[back]
        held = met[there < 0]
        self._held = _index_set(held, 3, comm)
        lever_at = np.cumsum(there < 0) - 1

        # Segments are negative: -1 is the first.
        free_row, free_column = here >= 0, ahead >= 0
        plain = np.flatnonzero(free_row & free_column)
        right = np.flatnonzero(free_row & ~free_column)
        left = np.flatnonzero(~free_row & free_column)
        both = np.flatnonzero(~free_row & ~free_column)
        tail = r.y_tail
        self._plain_place = place[plain]
        self._right = _Sums(place, right, here[right] << 32 | -1 - ahead[right])
        self._left = _Sums(place, left, (-1 - here[left]) << 32 | ahead[left])
        self._both = _Sums(place, both, (-1 - here[both]) << 32 | -1 - ahead[both])
        self._right_lever = lever_at[back[self._right.order]]
        self._both_lever = lever_at[back[self._both.order]]
        self._left_node, self._both_node = row[self._left.order], row[self._both.order]

        keys = [here[plain] << 32 | ahead[plain]]
        first, segment = self._right.key >> 32, self._right.key & 0xFFFFFFFF
        right_key = (first << 32) | (tail + 2 * segment)
        keys += [right_key, right_key + 1]
        segment, last = self._left.key >> 32, self._left.key & 0xFFFFFFFF
        left_key = ((tail + 2 * segment) << 32) | last
        sent: list[Ints] = comm.gather(left_key) or []
        keys += [part + (turn << 32) for part in sent for turn in (0, 1)]
        self._keys = np.unique(np.concatenate(keys))
        self._plain_slot = self._slot(here[plain] << 32 | ahead[plain])
        self._right_slot = [self._slot(right_key + turn) for turn in (0, 1)]
        self._sent_slot = [[self._slot(part + (turn << 32)) for turn in (0, 1)] for part in sent]
        self._tail_slot = self._slots_of_segments()

        rows = (self._keys >> 32) - r.y_start
        self._columns = (self._keys & 0xFFFFFFFF).astype(PETSc.IntType)
        count = np.bincount(rows, minlength=r.y_blocks)
        self._pointer = np.concatenate([[0], np.cumsum(count)]).astype(PETSc.IntType)
        self._middle = np.flatnonzero(self._columns == r.y_start + rows)
        size = (3 * r.y_blocks, None)
        blocks = np.zeros((len(self._keys), 3, 3))
        csr = (self._pointer, self._columns, blocks.ravel())
        self.matrix = PETSc.Mat().createBAIJ((size, size), 3, csr=csr, comm=comm)
        self.diagonal = self._create_diagonal(blocks)

    def _slot(self, keys: Ints) -> Ints:
        return np.searchsorted(self._keys, keys)

    def _slots_of_segments(self) -> Ints:
        """Place of each block between two segments' unknowns (2 n, 2 n); empty off rank 0."""
        r = self.reduction
        if r.comm.rank != 0:
            return np.empty((0, 0), dtype=np.int64)
        at = r.y_tail + np.arange(2 * len(r.segments), dtype=np.int64)
        return self._slot(at[:, None] << 32 | at)

    def update(self, levers: Array) -> None:
        """Multiply again with the present values of ``K``; collective.

        Args:
            levers: Of the attached local nodes, shape (m, 3).
        """
        r = self.reduction
        r.update_projection(self.projection, levers)
        values = self.stiffness.getValuesCSR()[2]
        own = np.zeros((r.ext_blocks, 3))
        own[r.attached_owned] = levers[r.attached < r.owned]
        self._levers_of.array_w[:] = own.ravel()
        arm = -skew(own) / ROTATION_LENGTH_MM
        far = -skew(_fetched(self._levers_of, self._held, 3)) / ROTATION_LENGTH_MM

        blocks = np.zeros((len(self._keys), 3, 3))
        blocks[self._plain_slot] = values[self._plain_place]
        part = self._right.blocks(values)
        blocks[self._right_slot[0]] = self._right.total(part)
        blocks[self._right_slot[1]] = self._right.total(part @ far[self._right_lever])

        part = self._left.blocks(values)
        turned = arm[self._left_node].transpose(0, 2, 1) @ part
        sent = r.comm.gather((self._left.total(part), self._left.total(turned)))
        between = r.comm.reduce(self._between_segments(values, arm, far))
        if sent is not None:
            for slots, sums in zip(self._sent_slot, sent, strict=True):
                for slot, one in zip(slots, sums, strict=True):
                    blocks[slot] += one
            blocks[self._tail_slot] += between
        self.matrix.setValuesBlockedCSR(self._pointer, self._columns, blocks.ravel())
        self.matrix.assemble()
        self.diagonal.destroy()
        self.diagonal = self._create_diagonal(blocks)

    def _between_segments(self, values: Array, arm: Array, far: Array) -> Array:
        """This rank's part of the blocks between segments, shape (2 n, 2 n, 3, 3)."""
        count = len(self.reduction.segments)
        sums = np.zeros((2 * count, 2 * count, 3, 3))
        one, two = self._both.key >> 32, self._both.key & 0xFFFFFFFF
        plain = self._both.blocks(values)
        turned = arm[self._both_node].transpose(0, 2, 1) @ plain
        levers = far[self._both_lever]
        for row, part in enumerate((plain, turned)):
            sums[2 * one + row, 2 * two] = self._both.total(part)
            sums[2 * one + row, 2 * two + 1] = self._both.total(part @ levers)
        return sums

    def _create_diagonal(self, blocks: Array) -> PETSc.Mat:
        m = self.matrix
        place = np.arange(len(self._middle) + 1, dtype=PETSc.IntType)
        columns = m.getOwnershipRange()[0] // 3 + place[:-1]
        csr = (place, columns, blocks[self._middle].ravel())
        return PETSc.Mat().createBAIJ(m.getSizes(), 3, csr=csr, comm=m.comm)


class _Sums:
    """Blocks of ``K`` that add up under one key, in the order of keys.

    Attributes:
        key: Keys, ascending.
        order: Entries of ``K`` (blocks) in the order of their keys.
    """

    def __init__(self, place: Ints, chosen: Ints, keys: Ints):
        order = np.argsort(keys, kind="stable")
        self.order = chosen[order]
        self.key, self._first = np.unique(keys[order], return_index=True)
        self._place = place[self.order]

    def blocks(self, values: Array) -> Array:
        """Blocks of all entries, shape (n, 3, 3)."""
        return values[self._place]

    def total(self, blocks: Array) -> Array:
        """Sum of each key's blocks, shape (keys, 3, 3)."""
        if not len(self.key):
            return np.zeros((0, 3, 3))
        return np.add.reduceat(blocks, self._first, axis=0)


def _vector(reduction: Reduction, block: int) -> PETSc.Vec:
    vector = PETSc.Vec().create(reduction.comm)
    vector.setSizes((block * reduction.ext_blocks, None), bsize=block)
    vector.setType("mpi")
    vector.setUp()
    return vector


def _target_vector(reduction: Reduction) -> PETSc.Vec:
    """For each block of ``K``: block of ``y``, or minus one minus its segment."""
    r = reduction
    target = _vector(r, 1)
    values: NDArray[Any] = -1.0 - r.segment_of_node[: r.owned]
    values[r.free] = r.y_start + np.arange(len(r.free))
    if r.comm.rank == 0:
        values = np.concatenate([values, r.y_tail + np.arange(r.tail_blocks)])
    target.array_w[:] = values
    return target


def _index_set(blocks: Ints, size: int, comm: MPI.Comm) -> PETSc.IS:
    return PETSc.IS().createBlock(size, blocks.astype(PETSc.IntType), comm=comm)


def _fetched(vector: PETSc.Vec, wanted: PETSc.IS, block: int) -> Array:
    """Blocks of a distributed vector by global number, shape (n, block); collective."""
    local = PETSc.Vec().createSeq(wanted.getLocalSize(), comm=PETSc.COMM_SELF)
    scatter = PETSc.Scatter().create(vector, wanted, local, None)
    scatter.scatter(vector, local)
    values: Array = local.array_r.copy().reshape(-1, block)
    for left in (scatter, local):
        left.destroy()
    return values
