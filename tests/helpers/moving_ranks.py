# SPDX-License-Identifier: MIT
"""A block that lands on a rough floor with everything on it, stepped on any number of ranks.

``moving_ranks FILE [OTHER]``: takes steps, saves state and motion to FILE, goes on; with OTHER,
restores what was saved there on other ranks and goes on from it too. Prints what each way ends
with, in an order that no rank count changes.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from mpi4py import MPI

from materials.prony import PronySeries
from materials.solids import NeoHookean
from simulator.checkpoint import global_state, read_checkpoint, set_global_state, write_checkpoint
from simulator.dynamics.saved import global_motion, set_global_motion
from simulator.nodes import NodeOrder
from tests.helpers.moving_block import Moving, jointed_block, tumble

STEP_S, BEFORE, AFTER = 5e-4, 6, 4
LAW = NeoHookean(0.05, 0.45)
SERIES = {1: PronySeries((0.3, 0.2), (0.003, 0.03))}


def shown(moving: Moving, nodes: NodeOrder) -> dict[str, list[float]]:
    """Displacements, rates, poses and the floor's force; collective."""
    e, motion = moving.equilibrium, moving.system.motion
    assert motion is not None
    u = nodes.gather(e.u.x.array.reshape(-1, 3)[: nodes.owned])
    rates = global_motion(motion, nodes)
    floor = e.contacts[0].resultant().force_n
    if u is None or rates.nodes is None:
        return {}
    velocity, acceleration, auxiliary = rates.nodes.reshape(-1, 3, 3).transpose(1, 0, 2)
    found = {
        "displacements": u,
        "velocities": velocity,
        "accelerations": acceleration,
        "auxiliary": auxiliary,
        "segments": motion.segments.velocity,
        "accelerations of segments": motion.segments.acceleration,
        "joints": motion.joints.velocity,
        "bushings": motion.bushings.velocity,
        "places": e.poses.position_mm,
        "floor": floor,
    }
    return {name: values.ravel().tolist() for name, values in found.items()}


def main() -> None:
    """Step, save, go on; restore and go on."""
    comm = MPI.COMM_WORLD
    moving = jointed_block(comm=comm, law=LAW, series=SERIES, rho=0.8)
    e = moving.equilibrium
    nodes = NodeOrder(e.reduction.space, moving.mesh)
    e.refresh_pattern()
    tumble(moving)
    moving.run(STEP_S, BEFORE)
    assert moving.system.motion is not None
    saved = global_state(e, nodes), global_motion(moving.system.motion, nodes)
    if comm.rank == 0:
        write_checkpoint(Path(sys.argv[1]), saved)
    moving.run(STEP_S, AFTER, start_s=BEFORE * STEP_S)
    found = {"run": shown(moving, nodes)}
    if len(sys.argv) > 2:
        state, motion = read_checkpoint(Path(sys.argv[2])) if comm.rank == 0 else (None, None)
        set_global_state(e, nodes, state)
        moving.system.motion = set_global_motion(e, nodes, motion)
        moving.run(STEP_S, AFTER, start_s=BEFORE * STEP_S)
        found["restored"] = shown(moving, nodes)
    if comm.rank == 0:
        print(json.dumps(found))


if __name__ == "__main__":
    main()
