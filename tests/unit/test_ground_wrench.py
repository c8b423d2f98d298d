# SPDX-License-Identifier: MIT
"""What the ground carries: insole, its hold, and what of a sole hangs beyond the insole."""

from __future__ import annotations

import numpy as np
from mpi4py import MPI

from scenarios.foot_model import build_foot_model
from scenarios.foot_posture import ground_wrench
from scenarios.schema import Scenario


def test_toes_in_front_of_a_short_insole_press_the_ground() -> None:
    insole = {"length": "three_quarter", "material": "eva_35"}
    scenario = Scenario.model_validate({"analysis": "standing", "insole": insole})
    model = build_foot_model(MPI.COMM_SELF, scenario, scenario.insole)
    assert model.floor is not None
    u = model.equilibrium.u
    down = [0.0, model.ground_height_mm - 1.0, 0.0]
    u.x.array[:] = np.tile(down, u.x.array.size // 3)
    total = np.zeros(u.x.array.size)
    for term in model.equilibrium.contacts:
        term.update_candidates(u)
        increment = term.evaluate(u, False)
        np.add.at(total, increment.dofs.ravel(), increment.values.ravel())
    force, moment = ground_wrench(model)
    nodal = -total.reshape(-1, 3)
    places = model.equilibrium.reduction.space.tabulate_dof_coordinates() + u.x.array.reshape(-1, 3)
    assert np.allclose(force, nodal.sum(axis=0), rtol=1e-9)
    assert np.allclose(moment, np.cross(places, nodal).sum(axis=0), rtol=1e-8)
    alone = model.floor.resultant().force_n[1]
    assert alone > 1e-3 * force[1]
