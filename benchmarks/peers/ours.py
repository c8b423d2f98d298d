# SPDX-License-Identifier: MIT
"""solespine's solution of a case, in a process of its own.

    python -m benchmarks.peers.ours CASE SIZE PRESET FILE

The held surfaces are rigid segments; stiff drives bring the plate where it is wanted. All else is
what an analysis uses: equilibrium, Newton's method, linear solvers, steps with cut-back.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import dolfinx
import numpy as np
from mpi4py import MPI
from numpy.typing import NDArray

from benchmarks.peers.cases import BASE, BODY, CASES, PLATE, SOLE, TOP, Case
from simulator import compat
from simulator.coarse_space import CoarseSpace
from simulator.connectors import Connectors, RotationDrive, TranslationDrive
from simulator.contact import ContactLaw, ContactSurface, PairContact, PlaneContact
from simulator.equilibrium import Equilibrium
from simulator.linear import LinearSolver
from simulator.mesh import DistributedMesh, distribute
from simulator.newton import NewtonReport, NewtonSettings, solve
from simulator.reduction import Reduction
from simulator.segments import Segments
from simulator.solid import COMPILER_OPTIONS, Solid
from simulator.stepping import Counters, March, march
from simulator.terms import ContactTerm, Drives, FixedLoading
from tests.helpers.contact_bodies import Tagged

Array = NDArray[np.float64]

NAMES = {BASE: "base", PLATE: "plate"}
HELD_N_PER_MM = 1e8
"""Stiffness of the drives: a micrometre under 100 N."""
HELD_NMM_PER_RAD = 1e11
TOLERANCE_N = 1e-5
"""Residual at which a step ends (N), a ten millionth of the loads here."""
FOUR_POINTS = np.full((4, 3), 0.138196601125011)
FOUR_POINTS[[1, 2, 3], [0, 1, 2]] = 0.585410196624969


def body_alone(case: Case, size: str) -> Tagged:
    """The mesh without what stands for a rigid plane in the other solver."""
    whole = case.body(case.sizes[size])
    if case.touch is None or not case.touch.rigid:
        return whole
    kept = whole.cell_tags == BODY
    count = int(whole.cells[kept].max()) + 1
    facets = np.all(whole.facets < count, axis=1)
    return Tagged(
        whole.points[:count],
        whole.cells[kept],
        whole.cell_tags[kept],
        whole.facets[facets],
        whole.facet_tags[facets],
    )


class Problem:
    """A case ready to be solved on one rank."""

    def __init__(self, case: Case, size: str, preset: str):
        self.case = case
        tagged = body_alone(case, size)
        self.mesh: DistributedMesh = distribute(MPI.COMM_SELF, tagged)
        u = dolfinx.fem.Function(compat.vector_space(self.mesh.mesh, 2))
        present = np.unique(tagged.cell_tags).tolist()
        laws = {region: case.laws[region] for region in present}
        self.solid = Solid(u, self.mesh.cell_tags, laws)
        surfaces = {NAMES[tag]: tag for tag in (BASE, PLATE) if tag in tagged.facet_tags}
        places = [_middle(tagged, tag) for tag in surfaces.values()]
        self.segments = Segments(tuple(surfaces), np.array(places))
        self.reduction = Reduction(u.function_space, self.mesh.facet_tags, self.segments, surfaces)
        self.contact = self._touch(u.function_space)
        terms: list[ContactTerm] = [self.contact] if self.contact is not None else []
        self.equilibrium = Equilibrium(
            self.reduction, self.solid, Connectors(self.segments, (), ()), terms
        )
        coarse = CoarseSpace(self.reduction, self.mesh.facet_tags, surfaces)
        self.linear = LinearSolver(preset, coarse)
        self.state = March.begun(0.0, Counters())

    def _touch(self, space: dolfinx.fem.FunctionSpace) -> PlaneContact | PairContact | None:
        touch = self.case.touch
        if touch is None:
            return None
        law = ContactLaw(touch.penalty_mpa_per_mm, 0.0, touch.friction, touch.slip_mm)
        find = self.mesh.facet_tags.find
        sole = ContactSurface(space, find(SOLE), 6)
        if touch.rigid:
            return PlaneContact(sole, (0.0, 0.0, 0.0), (0.0, 1.0, 0.0), law)
        return PairContact(sole, ContactSurface(space, find(TOP)), law)

    def solve(self) -> None:
        """Walk through all steps.

        Raises:
            simulator.stepping.StepsExhausted: They become too short.
        """
        settings = NewtonSettings(TOLERANCE_N, max_iterations=30, beyond=0)
        count = self.case.increments
        stops = np.arange(1, count * len(self.case.motions) + 1) / count

        def solve_at(t: float) -> NewtonReport:
            self.equilibrium.loading = FixedLoading(self._drives(t), len(self.segments))
            return solve(self.equilibrium, self.linear, settings)

        march(self.equilibrium, solve_at, self.state, stops.tolist(), lambda *_: None)

    def _drives(self, t: float) -> Drives:
        """Hold the segments where they belong at a time of one unit a step."""
        knots = np.vstack([np.zeros(3), *self.case.motions])
        moved = np.array([np.interp(t, np.arange(len(knots)), column) for column in knots.T])
        turns, places = [], []
        for name, place in zip(self.segments.names, self.segments.reference_mm, strict=True):
            target = place + (moved if name == NAMES[PLATE] else 0.0)
            spring = np.full(3, HELD_N_PER_MM)
            places.append(TranslationDrive(name, np.zeros(3), spring, target))
            stiffness = HELD_NMM_PER_RAD * np.eye(3)
            turns.append(RotationDrive(name, np.eye(3), stiffness, np.zeros(3)))
        return Drives({}, tuple(turns), tuple(places))

    def reaction_n(self) -> Array:
        """Force that holds the plate."""
        nodal = self.equilibrium.nodal_residual()
        levers = self.reduction.levers(self.equilibrium.u, self.equilibrium.poses)
        wrench, _ = self.reduction.segment_forces(nodal, levers)
        return wrench[self.segments.index(NAMES[PLATE]), :3]

    def region_of_nodes(self) -> NDArray[np.int32]:
        """Region that each node belongs to; bodies share none."""
        region = np.zeros(self.reduction.local, dtype=np.int32)
        region[self.reduction.space.dofmap.list] = self.mesh.cell_tags.values[:, None]
        return region

    def stress_mpa(self) -> Array:
        """Mean Cauchy stress over the points of each cell in input order, as xx yy zz xy xz yz."""
        stress = np.zeros((len(self.mesh.cell_ids), 6))
        for region in self.solid.laws:
            expression = dolfinx.fem.Expression(
                self.solid.cauchy(region), FOUR_POINTS, jit_options=COMPILER_OPTIONS
            )
            cells = self.solid.cells(region)
            values = expression.eval(self.mesh.mesh, cells).reshape(len(cells), 4, 3, 3)
            mean = values.mean(axis=1)
            stress[self.mesh.cell_ids[cells]] = mean[:, [0, 1, 2, 0, 0, 1], [0, 1, 2, 1, 2, 2]]
        return stress


def _middle(tagged: Tagged, tag: int) -> Array:
    nodes = np.unique(tagged.facets[tagged.facet_tags == tag])
    return tagged.points[nodes].mean(axis=0)


def main() -> None:
    """Solve one case and write what it gives."""
    name, size, preset, path = sys.argv[1:]
    problem = Problem(CASES[name], size, preset)
    begun = time.process_time()
    problem.solve()
    solved = time.process_time() - begun
    found = {
        "nodes": problem.reduction.coordinates,
        "region": problem.region_of_nodes(),
        "displacement": problem.equilibrium.u.x.array.reshape(-1, 3),
        "reaction": problem.reaction_n(),
        "solve_cpu_s": solved,
        "iterations": problem.state.counters.newton_iterations,
        "krylov": problem.state.counters.krylov_iterations,
        "increments": problem.state.counters.steps,
        "rejected": problem.state.counters.rejected,
        "preset": problem.linear.preset,
        "stress": problem.stress_mpa(),
    }
    if problem.contact is not None:
        output = problem.contact.output()
        found |= {
            "contact_at": output.current_mm,
            "contact_area": output.area_current_mm2,
            "contact_force": output.pressure_mpa * output.area_reference_mm2,
        }
    np.savez(Path(path), **found)


if __name__ == "__main__":
    main()
