# SPDX-License-Identifier: MIT
"""Which pairs of facets the matrix must have room for during a load step."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from simulator.contact.facet import IntArray


class CandidatePairs:
    """Superset of the facet pairs that one load step may use, on one rank.

    Slave facets are counted locally, master facets globally. Beside slave-master
    pairs there are master-master pairs: friction couples the facet in contact with
    the facet that carries the anchor of the elastic slip.
    """

    def __init__(self, num_slave: int, ring: sparse.csr_array) -> None:
        """Start empty; ``ring`` (F, F) tells which master facets share a corner."""
        self._count = ring.shape[0]
        self._ring = ring
        self._num_slave = num_slave
        self._pairs: IntArray = np.empty(0, dtype=np.int64)
        self._couples: IntArray = np.empty(0, dtype=np.int64)

    def key(self, first: IntArray, second: IntArray) -> IntArray:
        """One number for a pair of facets."""
        return first * self._count + second

    def outside(self, slave: IntArray, master: IntArray, anchor: IntArray) -> int:
        """Count points whose pairs the superset does not hold; anchor -1 is none."""
        missing = ~_contains(self._pairs, self.key(slave, master))
        other = (anchor >= 0) & (anchor != master)
        if other.any():
            missing[other] |= ~_contains(self._pairs, self.key(slave[other], anchor[other]))
            missing[other] |= ~_contains(self._couples, self.key(master[other], anchor[other]))
        return int(missing.sum())

    def rebuild(
        self, slave: IntArray, master: IntArray, anchor: IntArray, frictional: bool
    ) -> None:
        """Set the superset to the given pairs plus one ring of master facets.

        Args:
            slave: (n,) local slave facets of points near contact.
            master: (n,) their partners.
            anchor: (n,) facets of their anchors, -1 for none.
            frictional: whether anchors matter.
        """
        has = anchor >= 0
        rows = np.concatenate([slave, slave[has]])
        cols = np.concatenate([master, anchor[has]])
        shape = (self._num_slave, self._count)
        actual = sparse.csr_array((np.ones(rows.size, dtype=bool), (rows, cols)), shape=shape)
        grown = (actual.astype(np.int32) @ self._ring.astype(np.int32)).tocoo()
        self._pairs = np.unique(self.key(grown.row.astype(np.int64), grown.col.astype(np.int64)))
        self._couples = np.empty(0, dtype=np.int64)
        if frictional and self._pairs.size:
            used = np.unique(self._pairs % self._count)
            ring = self._ring[used].tocoo()
            near = self.key(used[ring.row], ring.col.astype(np.int64))
            explicit = self.key(master[has], anchor[has])
            couples = np.unique(np.concatenate([near, explicit]))
            self._couples = couples[couples // self._count != couples % self._count]

    def pairs(self) -> tuple[IntArray, IntArray]:
        """Local slave facets (k,) and master facets (k,)."""
        return self._pairs // self._count, self._pairs % self._count

    def couples(self) -> tuple[IntArray, IntArray]:
        """Master facets in contact (k,) and master facets with anchors (k,)."""
        return self._couples // self._count, self._couples % self._count


def _contains(ordered: IntArray, values: IntArray) -> np.ndarray:
    if ordered.size == 0:
        return np.zeros(values.shape, dtype=bool)
    place = np.minimum(np.searchsorted(ordered, values), ordered.size - 1)
    return np.asarray(ordered[place] == values)
