# SPDX-License-Identifier: MIT
"""Prints which cells each rank owns of a mesh whose owners are named."""

from __future__ import annotations

import json

from mpi4py import MPI

from meshes.shares import vertical_shares
from simulator.mesh import distribute
from tests.helpers.segment_block import box_mesh

comm = MPI.COMM_WORLD
tagged = box_mesh()
owners = vertical_shares(tagged.points, tagged.cells, comm.size)
mesh = distribute(comm, tagged if comm.rank == 0 else None, owners)
owned = mesh.mesh.topology.index_map(3).size_local
found = comm.gather(mesh.cell_ids[:owned].tolist())
if comm.rank == 0:
    print(json.dumps(found))
