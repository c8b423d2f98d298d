# SPDX-License-Identifier: MIT
"""A block pressed and dragged on a plane: save it, or restore it on other ranks, and look at it.

``checkpoint_ranks save FILE`` solves and saves, ``checkpoint_ranks restore FILE`` restores; both
print what a state gives in an order that no rank count changes.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
from mpi4py import MPI

from simulator.checkpoint import (
    global_state,
    read_checkpoint,
    set_global_state,
    write_checkpoint,
)
from simulator.contact import ContactLaw, ContactSurface, PlaneContact
from simulator.newton import NewtonSettings, solve
from simulator.nodes import NodeOrder
from simulator.terms import FixedLoading
from tests.helpers.segment_block import SEGMENTS, Block, build, drives


def main() -> None:
    """Save or restore, then print residuals and round trips."""
    comm = MPI.COMM_WORLD
    what, path = sys.argv[1], Path(sys.argv[2])
    block = build(comm)
    equilibrium = block.equilibrium
    space = equilibrium.reduction.space
    sole = ContactSurface(space, block.facet_tags.find(1))
    plane = PlaneContact(sole, (0, 0.3, 0), (0, 1, 0), ContactLaw(0.5, friction=0.4))
    equilibrium.contacts = (plane,)
    nodes = NodeOrder(space, block.distributed)
    equilibrium.refresh_pattern()
    if what == "save":
        _press(block)
        state = global_state(equilibrium, nodes)
        if comm.rank == 0:
            write_checkpoint(path, state)
    else:
        set_global_state(equilibrium, nodes, read_checkpoint(path) if comm.rank == 0 else None)
    _print(block, nodes, plane)


def _press(block: Block) -> None:
    """Two committed steps, so that some points stick and some have slipped."""
    settings = NewtonSettings(1e-10, max_iterations=60)
    for share in (0.25, 0.5, 0.75, 1.0):
        force = share * np.array([2.0, -8, 0.5])
        loading = FixedLoading(drives(force), len(SEGMENTS))
        block.equilibrium.loading = loading
        report = solve(block.equilibrium, block.solver("direct"), settings)
        assert report.converged, report
        block.equilibrium.commit()


def _print(block: Block, nodes: NodeOrder, plane: PlaneContact) -> None:
    equilibrium = block.equilibrium
    comm = equilibrium.comm
    u = equilibrium.u.x.array.reshape(-1, 3)[: nodes.owned].copy()
    back = nodes.scatter(nodes.gather(u))
    np.testing.assert_array_equal(back, u)
    residuals = []
    for shift in (0.0, 0.02):  # the second one shows the friction that the history gives
        equilibrium.u.x.array.reshape(-1, 3)[:, 0] += shift
        nodal = equilibrium.nodal_residual().reshape(-1, 3)
        residuals.append(nodes.gather(nodal))
    friction = plane.resultant().force_n
    x = nodes.gather(equilibrium.reduction.coordinates[: nodes.owned])
    owned = block.distributed.mesh.topology.index_map(3).size_local
    ids = nodes.gather_cells(block.distributed.cell_ids[:owned])
    if comm.rank == 0:
        assert x is not None and nodes.cells is not None and nodes.cell_tags is not None
        print(
            json.dumps(
                {
                    "residuals": [r.tolist() for r in residuals if r is not None],
                    "poses": equilibrium.poses.position_mm.tolist(),
                    "friction": friction.tolist(),
                    "nodes": x.tolist(),
                    "cells": nodes.cells.tolist(),
                    "cell_ids": np.asarray(ids).tolist(),
                    "cell_tags": nodes.cell_tags.tolist(),
                }
            )
        )


if __name__ == "__main__":
    main()
