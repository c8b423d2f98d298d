# SPDX-License-Identifier: MIT
"""Solves the block on all ranks and prints counts and poses as JSON."""

from __future__ import annotations

import json

from mpi4py import MPI

from simulator.newton import NewtonSettings, solve
from tests.helpers.segment_block import build


def main() -> None:
    """Solve and print."""
    comm = MPI.COMM_WORLD
    block = build(comm)
    report = solve(block.equilibrium, block.solver("iterative"), NewtonSettings(1e-8))
    if comm.rank == 0:
        print(
            json.dumps(
                {
                    "newton": report.iterations,
                    "krylov": report.krylov_iterations,
                    "position_mm": block.equilibrium.poses.position_mm.tolist(),
                }
            )
        )


if __name__ == "__main__":
    main()
