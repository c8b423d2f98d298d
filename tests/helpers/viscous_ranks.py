# SPDX-License-Identifier: MIT
"""A viscous block below rigid segments, pulled in steps of unequal length, on any ranks.

``viscous_ranks FILE [OTHER]``: takes two steps, saves to FILE, takes a third; with OTHER, restores
that state, saved on other ranks, and takes the third step from there too. Prints the state of
two steps, as it was and as it is back, and what each third step ends with, in an order that no
rank count changes.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import dolfinx
import numpy as np
from mpi4py import MPI

from materials.prony import PronySeries
from materials.solids import NeoHookean
from simulator import compat
from simulator.checkpoint import global_state, read_checkpoint, set_global_state, write_checkpoint
from simulator.coarse_space import CoarseSpace
from simulator.connectors import Connectors
from simulator.equilibrium import Equilibrium
from simulator.linear import LinearSolver
from simulator.mesh import DistributedMesh, distribute
from simulator.newton import NewtonSettings, solve
from simulator.nodes import NodeOrder
from simulator.reduction import Reduction
from simulator.solid import Solid
from simulator.terms import FixedLoading
from tests.helpers.segment_block import BANDS, JOINTS, SEGMENTS, SURFACES, box_mesh, drives

SERIES = {1: PronySeries((0.3, 0.25, 0.15), (0.01, 0.1, 1.0)), 3: PronySeries((0.2,), (0.02,))}
"""Of two regions; the one between them has none."""


def build(comm: MPI.Comm) -> tuple[Equilibrium, LinearSolver, DistributedMesh]:
    """The block in three regions, one of them elastic; collective."""
    mesh = distribute(comm, box_mesh(regions=3) if comm.rank == 0 else None)
    u = dolfinx.fem.Function(compat.vector_space(mesh.mesh, 2))
    laws = {1: NeoHookean(0.05, 0.45), 2: NeoHookean(0.06, 0.45), 3: NeoHookean(0.04, 0.45)}
    solid = Solid(u, mesh.cell_tags, laws, series=SERIES)
    reduction = Reduction(u.function_space, mesh.facet_tags, SEGMENTS, SURFACES)
    equilibrium = Equilibrium(reduction, solid, Connectors(SEGMENTS, JOINTS, BANDS), [])
    coarse = CoarseSpace(reduction, mesh.facet_tags, SURFACES)
    return equilibrium, LinearSolver("direct", coarse), mesh


def advance(equilibrium: Equilibrium, solver: LinearSolver, dt_s: float, share: float) -> None:
    """One committed step to a share of the force; collective."""
    equilibrium.solid.begin_step(dt_s)
    force = share * np.array([2.0, -8.0, 0.5])
    equilibrium.loading = FixedLoading(drives(force), len(SEGMENTS))
    report = solve(equilibrium, solver, NewtonSettings(1e-10, max_iterations=40))
    assert report.converged, report
    equilibrium.commit()


def shown(equilibrium: Equilibrium, nodes: NodeOrder) -> dict[str, list[float]]:
    """Displacements, forces of regions and histories; collective."""
    history = equilibrium.solid.history
    assert history is not None
    u = nodes.gather(equilibrium.u.x.array.reshape(-1, 3)[: nodes.owned])
    forces = nodes.gather(equilibrium.solid.region_forces([1, 2]))
    state = history.state_global(nodes)
    if u is None or forces is None or state is None:
        return {}
    return {
        "displacements": u.ravel().tolist(),
        "forces": forces.ravel().tolist(),
        "terms": state.terms.ravel().tolist(),
        "relaxing": state.relaxing.ravel().tolist(),
    }


def main() -> None:
    """Step, save, go on; restore and go on."""
    comm = MPI.COMM_WORLD
    equilibrium, solver, mesh = build(comm)
    nodes = NodeOrder(equilibrium.reduction.space, mesh)
    equilibrium.refresh_pattern()
    for dt_s, share in ((0.01, 0.5), (0.002, 0.8)):
        advance(equilibrium, solver, dt_s, share)
    state = global_state(equilibrium, nodes)
    found = {"saved": shown(equilibrium, nodes)}
    if comm.rank == 0:
        write_checkpoint(Path(sys.argv[1]), state)
    advance(equilibrium, solver, 0.05, 1.0)
    found["run"] = shown(equilibrium, nodes)
    if len(sys.argv) > 2:
        other = read_checkpoint(Path(sys.argv[2])) if comm.rank == 0 else None
        set_global_state(equilibrium, nodes, other)
        found["back"] = shown(equilibrium, nodes)
        advance(equilibrium, solver, 0.05, 1.0)
        found["restored"] = shown(equilibrium, nodes)
    if comm.rank == 0:
        print(json.dumps(found))


if __name__ == "__main__":
    main()
