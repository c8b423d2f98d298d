# SPDX-License-Identifier: MIT
"""Which rank gets which cells of foot and insole.

A partitioner of the mesh's graph sees two bodies that do not hang together, and gives all of the
insole to one rank: that one has all of the ground's contact, and each point of the sole meets an
insole of another rank. Vertical cuts leave what meets on one rank; the first goes along the foot,
since heel and forefoot carry one after the other.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

LENGTH, WIDTH = 0, 2
"""Axes that cuts are across; none is across the height."""


def vertical_shares(
    points_mm: NDArray[np.float64], cells: NDArray[Any], ranks: int
) -> NDArray[np.int32]:
    """Return a rank for each cell, from 0; ranks get equal numbers but for one.

    Args:
        points_mm: shape (n, 3).
        cells: shape (m, 4).
        ranks: number of them.
    """
    centres: NDArray[np.float64] = points_mm[cells].mean(axis=1)
    shares = np.zeros(len(cells), dtype=np.int32)
    _cut(centres, np.arange(len(cells)), (0, ranks), shares, WIDTH)
    return shares


def _cut(
    centres: NDArray[np.float64],
    part: NDArray[np.int64],
    ranks: tuple[int, int],
    shares: NDArray[np.int32],
    axis: int | None = None,
) -> None:
    """Give cells to ranks ``first`` to ``end - 1``, across the longer axis where none is named."""
    first, end = ranks
    if end - first == 1:
        shares[part] = first
        return
    if axis is None:
        reach = np.ptp(centres[part], axis=0) if len(part) else np.zeros(3)
        axis = LENGTH if reach[LENGTH] > reach[WIDTH] else WIDTH
    middle = (first + end) // 2
    count = len(part) * (middle - first) // (end - first)
    ordered = part[np.argsort(centres[part, axis], kind="stable")]
    _cut(centres, ordered[:count], (first, middle), shares)
    _cut(centres, ordered[count:], (middle, end), shares)
