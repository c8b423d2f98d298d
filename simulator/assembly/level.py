# SPDX-License-Identifier: MIT
"""One level of elements, quadratic or linear: nodes, rows and the structure that loops read.

A node beyond the bodies' partition, which contact needs on a rank, stands after the local ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from petsc4py import PETSc

from simulator.assembly.rows import BlockRows
from simulator.reduction import Reduction
from simulator.rotations import skew
from simulator.segments import ROTATION_LENGTH_MM
from simulator.sparsity import Keys, keys_of_groups, merge_keys

Array = NDArray[np.float64]
Ints = NDArray[Any]
_LOW = 0xFFFFFFFF


class NodeTable:
    """Nodes that a rank writes for: its local ones, then others; collective.

    Args:
        reduction: Where nodes belong.
        beyond: Global nodes of the space that are not local, ascending.

    Attributes:
        number: Global node of each.
        target: Block of ``y``: the node's own, or that of its segment's translation.
        held: Whether the node follows a segment.
        arm: Derivative of a held node's place by the segment's rotation, shape (n, 3, 3).
    """

    def __init__(self, reduction: Reduction, beyond: Ints):
        r = reduction
        self.reduction = r
        local = r.space.dofmap.index_map.local_to_global(np.arange(r.local, dtype=np.int32))
        self.number = np.concatenate([local, beyond]).astype(np.int64)
        self._order = np.argsort(self.number, kind="stable").astype(np.int32)
        self._ascending = self.number[self._order]
        found = fetched(r, _targets(r), self.number, 1)[:, 0]
        there = np.rint(found).astype(np.int64)
        self.held = (there < 0).astype(np.uint8)
        self.target = np.where(there >= 0, there, r.y_tail + 2 * (-1 - there))
        self.arm: Array = np.zeros((len(self.number), 3, 3))
        self._far = np.flatnonzero(self.held[r.local :]) + r.local
        self._followed: tuple[NodeTable, Ints, Ints] | None = None
        self._fetch_far = bool(r.comm.allreduce(len(self._far)))

    def follow(self, other: NodeTable, nodes: Ints) -> NDArray[np.int32]:
        """Add held nodes of another table, by their place there; returns their places in this one.

        They turn with that table's, after it.
        """
        tail = self.reduction.y_tail - other.reduction.y_tail
        places = np.arange(len(self.target), len(self.target) + len(nodes), dtype=np.int32)
        self.target = np.concatenate([self.target, other.target[nodes] + tail])
        self.held = np.concatenate([self.held, other.held[nodes]])
        self.arm = np.concatenate([self.arm, np.zeros((len(nodes), 3, 3))])
        self._followed = (other, nodes, places)
        return places

    def index(self, nodes: Ints) -> NDArray[np.int32]:
        """Return the places of global nodes in this table; they must be there."""
        return self._order[np.searchsorted(self._ascending, nodes)]

    def turn(self, levers: Array) -> None:
        """Set the arms from the levers of the attached local nodes, shape (m, 3); collective."""
        r = self.reduction
        self.arm[r.attached] = -skew(levers) / ROTATION_LENGTH_MM
        if self._fetch_far:
            own: Array = np.zeros((r.owned, 3))
            own[r.attached_owned] = levers[r.attached < r.owned]
            far = fetched(r, own.ravel(), self.number[self._far], 3)
            self.arm[self._far] = -skew(far) / ROTATION_LENGTH_MM
        if self._followed is not None:
            other, nodes, places = self._followed
            self.arm[places] = other.arm[nodes]


def fetched(reduction: Reduction, own: Array, nodes: Ints, block: int) -> Array:
    """Return blocks of values that owners give, by global node, shape (n, block); collective.

    Args:
        reduction: Of the nodes.
        own: Values of the owned nodes, shape (block owned,).
        nodes: Global nodes.
        block: Values a node.
    """
    comm = reduction.comm
    vector = PETSc.Vec().createMPI((block * reduction.owned, None), bsize=block, comm=comm)
    vector.array_w[:] = own
    wanted = PETSc.IS().createBlock(block, nodes.astype(PETSc.IntType), comm=PETSc.COMM_SELF)
    local = PETSc.Vec().createSeq(block * len(nodes), comm=PETSc.COMM_SELF)
    scatter = PETSc.Scatter().create(vector, wanted, local, None)
    scatter.scatter(vector, local)
    values: Array = local.array_r.copy().reshape(-1, block)
    for left in (scatter, local, wanted, vector):
        left.destroy()
    return values


def _targets(r: Reduction) -> Array:
    """For each owned node: block of ``y``, or minus one minus its segment."""
    target: NDArray[Any] = -1.0 - r.segment_of_node[: r.owned]
    target[r.free] = r.y_start + np.arange(len(r.free))
    return target


class Level:
    """Nodes and rows of one level for one pattern; collective.

    Args:
        reduction: Of this level.
        beyond: Global nodes that contact needs and that are not local, ascending.

    Attributes:
        table: Of the nodes.
        cell_nodes: Nodes of the owned cells.
        mesh_keys: Of what the cells fill.
        rows, row, tail_place, cell_places: After ``make_rows``: the rows; that of each node; the
            places of the dense block of segments; of the pairs of nodes of each cell.
    """

    mesh_keys: Keys
    rows: BlockRows
    row: NDArray[np.int32]
    tail_place: Ints
    cell_places: NDArray[np.int32]

    def __init__(self, reduction: Reduction, beyond: Ints):
        r = reduction
        self.reduction = r
        self.table = NodeTable(r, beyond)
        cells = r.space.mesh.topology.index_map(3).size_local
        self.cell_nodes = np.ascontiguousarray(r.space.dofmap.list[:cells])

    def keys(self, rows: NDArray[np.int32], columns: NDArray[np.int32]) -> Keys:
        """Return the keys of rectangles of nodes (n, r) x (n, c), by place in the table."""
        target, tail = self.table.target, self.reduction.y_tail
        keys = keys_of_groups(target[rows], target[columns])
        # A held node has a row and a column of the rotation beside the translation's.
        end = tail + 2 * len(self.reduction.segments)
        row, column = keys >> 32, keys & _LOW
        beside = keys[(column >= tail) & (column < end)] + 1
        keys = np.concatenate([keys, beside])
        row = keys >> 32
        below = keys[(row >= tail) & (row < end)] + (1 << 32)
        return merge_keys([keys, below])

    def make_rows(self, parts: Sequence[Keys], starts: NDArray[np.int64]) -> None:
        """Make the rows for cells, segments and other keys; collective."""
        r = self.reduction
        tail = r.y_tail + np.arange(r.tail_blocks if r.comm.rank == 0 else 0, dtype=np.int64)
        dense = (tail[:, None] << 32 | tail).ravel()
        self.rows = BlockRows(r.comm, merge_keys([self.mesh_keys, *parts, dense]), starts)
        self.row = self.rows.row_of(self.table.target)
        self.tail_place = self.rows.places(tail[:, None], tail[None, :])
