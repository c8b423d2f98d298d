# SPDX-License-Identifier: MIT
"""Ranks' shares of a body and an insole under it."""

from __future__ import annotations

import json
from collections.abc import Callable

import numpy as np
import pytest

from meshes.shares import vertical_shares
from tests.helpers.segment_block import box_mesh

GRID = np.stack(np.meshgrid(*(np.arange(n) for n in (24, 4, 8)), indexing="ij"), -1).reshape(-1, 3)
"""Lower corners of cubes along a foot (x), up (y) and across (z)."""


def _cells() -> tuple[np.ndarray, np.ndarray]:
    corner = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]])
    points = (GRID[:, None] + corner).reshape(-1, 3).astype(float)
    return points, np.arange(len(points)).reshape(-1, 4)


@pytest.mark.parametrize("ranks", [1, 2, 3, 4, 5, 8])
def test_cells_are_shared_out_equally(ranks: int) -> None:
    shares = vertical_shares(*_cells(), ranks)
    count = np.bincount(shares, minlength=ranks)
    assert len(count) == ranks
    assert np.ptp(count) <= ranks


@pytest.mark.parametrize("ranks", [2, 4])
def test_what_lies_below_is_on_the_same_rank(ranks: int) -> None:
    shares = vertical_shares(*_cells(), ranks).reshape(24, 4, 8)
    assert (shares == shares[:, :1]).all()


def test_first_cut_leaves_both_ranks_heel_and_forefoot() -> None:
    shares = vertical_shares(*_cells(), 2).reshape(24, 4, 8)
    for part in (shares[:6], shares[-6:]):
        assert part.mean() == pytest.approx(0.5)


def test_more_ranks_than_cells_leave_some_without() -> None:
    points, cells = _cells()
    shares = vertical_shares(points, cells[:2], 3)
    assert shares.max() < 3
    assert len(np.unique(shares)) == 2


def test_a_mesh_is_given_to_the_ranks_that_are_named(mpirun: Callable) -> None:
    found = json.loads(mpirun(2, "-m", "tests.helpers.shares_ranks").stdout.splitlines()[-1])
    expected = vertical_shares(box_mesh().points, box_mesh().cells, 2)
    for rank, cells in enumerate(found):
        assert sorted(cells) == np.flatnonzero(expected == rank).tolist()
