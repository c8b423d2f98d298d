# SPDX-License-Identifier: MIT
"""The order of nodes that no number of ranks changes, on one rank; several in test_checkpoint."""

from __future__ import annotations

import numpy as np
import pytest
from mpi4py import MPI

from simulator.nodes import VTK_ORDER, NodeOrder
from tests.helpers.segment_block import Block, build

# Ends of each edge of VTK's quadratic tetrahedron, for its nodes 4 to 9.
VTK_EDGES = ((0, 1), (1, 2), (2, 0), (0, 3), (1, 3), (2, 3))


@pytest.fixture(scope="module")
def block() -> Block:
    return build(MPI.COMM_SELF)


@pytest.fixture(scope="module")
def nodes(block: Block) -> NodeOrder:
    return NodeOrder(block.equilibrium.reduction.space, block.distributed)


def test_gather_and_scatter_are_inverse(block: Block, nodes: NodeOrder) -> None:
    values = np.random.default_rng(3).normal(size=(nodes.owned, 2))
    gathered = nodes.gather(values)
    assert gathered is not None
    np.testing.assert_array_equal(nodes.scatter(gathered), values)


def test_cells_point_at_their_nodes_in_vtk_order(block: Block, nodes: NodeOrder) -> None:
    x = nodes.gather(block.equilibrium.reduction.coordinates)
    assert x is not None and nodes.cells is not None
    points = x[nodes.cells[:, VTK_ORDER]]
    for place, (a, b) in enumerate(VTK_EDGES, start=4):
        middle = (points[:, a] + points[:, b]) / 2
        np.testing.assert_allclose(points[:, place], middle, atol=1e-12)
    edges = points[:, 1:4] - points[:, :1]
    assert (np.linalg.det(edges) > 0.0).all()


def test_every_node_has_a_place_of_its_own(nodes: NodeOrder) -> None:
    assert nodes.cells is not None
    np.testing.assert_array_equal(np.unique(nodes.cells), np.arange(nodes.owned))


def test_cells_come_in_the_input_order(block: Block, nodes: NodeOrder) -> None:
    ids = nodes.gather_cells(block.distributed.cell_ids)
    assert ids is not None
    np.testing.assert_array_equal(ids, np.arange(len(ids)))
