# SPDX-License-Identifier: MIT
"""Messages and bytes of one Newton iteration, counted on any number of ranks.

    mpirun -n 8 python -m mpi4py -m benchmarks.communication [--resolution standard] [--json FILE]

The foot is brought into contact (first solve of ``standing``); one tangent is then assembled and
what its structures send is read off them. More ranks than cores are fine: nothing is timed.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

SINGLE, DOUBLE = 4, 8


@dataclass(frozen=True, slots=True)
class Counts:
    """Of one Newton iteration's parts, the most on any rank unless said.

    Attributes:
        ranks: Number of ranks.
        dofs: Of quadratic elements.
        neighbours: Ranks that one product talks to; ``neighbours_root`` those of rank 0, which has
            the rows of segments.
        ghosts: Nodes of other ranks that a product needs; ``ghosts_root`` those of rank 0.
        smoothing_bytes: That one step of smoothing brings.
        product_bytes: That one product in double precision brings.
        tangent_bytes: Blocks of other ranks' rows, of both levels, for one tangent.
        contact_bytes: Places of all nodes of the surface under the sole, on each rank, for one
            evaluation.
        coarse_rows: Rows of the linear elements on all ranks.
    """

    ranks: int
    dofs: int
    neighbours: int
    neighbours_root: int
    ghosts: int
    ghosts_root: int
    smoothing_bytes: int
    product_bytes: int
    tangent_bytes: int
    contact_bytes: int
    coarse_rows: int


def counted(equilibrium: Any, linear: Any) -> Counts:
    """Assemble a tangent and count; collective."""
    comm = equilibrium.comm
    tangent, _ = equilibrium.tangent(coarse=linear.coarse_reduction)
    narrow = tangent.narrow
    ghosts = sum(part.stop - part.start for _, part in narrow._given) // 3
    sent = 0
    for level in (tangent._fine, tangent._coarse):
        rows = level.rows
        sent += sum((part.stop - part.start) for _, part in getattr(rows, "_sent", []))
    masters = [getattr(contact, "master", None) for contact in equilibrium.contacts]
    surfaces = {id(surface): surface for surface in masters if surface is not None}
    gathered = sum(surface.nodes.size for surface in surfaces.values()) * 3 * DOUBLE
    per_rank = comm.allgather((len(narrow._given), ghosts, 9 * DOUBLE * sent))
    table = np.array(per_rank)
    index_map = equilibrium.reduction.space.dofmap.index_map
    return Counts(
        ranks=comm.size,
        dofs=3 * index_map.size_global,
        neighbours=int(table[:, 0].max()),
        neighbours_root=int(table[0, 0]),
        ghosts=int(table[:, 1].max()),
        ghosts_root=int(table[0, 1]),
        smoothing_bytes=int(table[:, 1].max()) * 3 * SINGLE,
        product_bytes=int(table[:, 1].max()) * 3 * DOUBLE,
        tangent_bytes=int(table[:, 2].max()),
        contact_bytes=gathered,
        coarse_rows=3 * linear.coarse_reduction.space.dofmap.index_map.size_global,
    )


def main() -> int:
    """Count and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--resolution", default="coarse")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()

    from mpi4py import MPI

    from scenarios import foot_run
    from scenarios.cli import main as solespine

    comm = MPI.COMM_WORLD
    solve = foot_run.solve

    def once(equilibrium: Any, linear: Any, *rest: Any) -> Any:
        report = solve(equilibrium, linear, *rest)
        counts = counted(equilibrium, linear)
        if comm.rank == 0:
            print(json.dumps(asdict(counts), indent=1))
            if given.json is not None:
                given.json.write_text(json.dumps(asdict(counts), indent=1) + "\n")
        comm.Barrier()
        raise SystemExit(int(report.reason < 0))

    foot_run.solve = once
    made = comm.bcast(tempfile.mkdtemp() if comm.rank == 0 else None)
    return solespine(["run", "standing", "--resolution", given.resolution, "-o", f"{made}/run"])


if __name__ == "__main__":
    raise SystemExit(main())
