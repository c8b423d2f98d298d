# SPDX-License-Identifier: MIT
"""Run under mpirun: a frictional contact problem; rank 0 prints its results as JSON."""

from __future__ import annotations

import json

import numpy as np
from mpi4py import MPI

from simulator.contact import ContactLaw, ContactSurface, PairContact, PlaneContact
from tests.helpers.contact_bodies import box, merge
from tests.helpers.contact_newton import commit, neo_hookean, solve


def main() -> None:
    comm = MPI.COMM_WORLD
    lower = box((4, 1, 4), (0, -4, 0), (10, 0, 10), 1, 1, 2)
    upper = box((3, 2, 3), (1.3, 0.02, 1.1), (8.1, 5, 8.4), 2, 3, 4)
    model = neo_hookean(merge(lower, upper), {1: (1.0, 0.3), 2: (0.2, 0.4)}, comm)
    surfaces = {tag: ContactSurface(model.space, model.facets(tag)) for tag in (1, 2, 3)}
    law = ContactLaw(2.0, friction=0.4)
    pair = PairContact(surfaces[3], surfaces[2], law)
    ground = PlaneContact(surfaces[1], (0, -4, 0), (0, 1, 0), law, tack_mpa_per_mm=1e-3)
    model.terms = [pair, ground]
    model.target = np.zeros(model.u.x.array.size)
    for component in range(3):
        model.fix(model.dofs(4, component))
    for step in (1, 2):
        model.target[model.dofs(4, 1)] = -0.3 * step
        model.target[model.dofs(4, 0)] = 0.1 * step
        solve(model, 1e-11)
        commit(model)
    record = pair.state_global()
    pair.restore_global(record)
    increment = pair.evaluate(model.u, False)
    active = comm.allreduce(increment.active)
    force, moment = pair.resultant().force_n, pair.resultant().moment_nmm
    floor, tack = ground.resultant().force_n, ground.tack_force().force_n
    size = 3 * model.space.dofmap.index_map.size_local
    norm = np.sqrt(comm.allreduce(float(model.u.x.array[:size] @ model.u.x.array[:size])))
    if comm.rank == 0:
        assert record is not None
        values = [norm, *force, *moment, *floor, *tack, *record.closure_mm, *record.anchor.ravel()]
        print(json.dumps({"values": [float(v) for v in values], "active": active}))


if __name__ == "__main__":
    main()
