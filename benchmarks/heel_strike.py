# SPDX-License-Identifier: MIT
"""Energy of a heel strike in which nothing dissipates, over the model of the scenario itself.

    python benchmarks/heel_strike.py [--step-ms 1.0] [--duration-ms 60]

The solids keep their laws without viscosity, contact has no friction, joints and soft tissue no
dampers, the time integration none either (spectral radius 1), and what drives the chain stays what
it is at touchdown, so that it has an energy. Printed are the parts of the energy by time, and the
largest departure of their sum over the kinetic energy that the leg brings and over what the impact
turns round. Times and memory of the scenario stand in the ``summary.json`` of a run.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

import numpy as np
from mpi4py import MPI

from meshes.foot import foot_outline
from scenarios.gait.build import walker_of
from scenarios.gait.built_in import standing_gait
from scenarios.geometry import scenario_geometry
from scenarios.impact.build import build_movement
from scenarios.impact.model import ImpactModel, build_impact, touch_down
from scenarios.loading import foot_dimensions, load_scenario
from simulator.dynamics.energy import Energy, energy
from simulator.dynamics.inertia import SegmentInertia
from simulator.terms import Drives
from simulator.upper_body import GRAVITY_MM_S2

CONSERVATIVE = (
    "impact.rho_infinity=1.0",
    "impact.joint_damping_factor=0.0",
    "contact.friction_foot_insole=0.0",
    "contact.friction_foot_ground=0.0",
)

MOST_HALVINGS = 4


def conservative_model(comm: MPI.Intracomm, settings: Sequence[str]) -> ImpactModel:
    """Build the scenario without anything that dissipates; collective."""
    scenario = load_scenario("heel_strike", settings=(*CONSERVATIVE, *settings)).scenario
    geometry = scenario_geometry(comm, scenario)
    movement = build_movement(scenario, geometry.foot, geometry.upper.size, 0.5)
    walker = walker_of(scenario.subject, foot_outline(foot_dimensions(scenario.subject)))
    model = build_impact(
        comm,
        scenario,
        geometry,
        standing_gait(walker, 0.5),
        movement,
        lambda _: None,
        viscous=False,
    )
    system = model.system
    system.undamp()
    touch_down(model, scenario.impact.clearance_mm)
    start = system.drives_at(0.0)
    system.drives_at = lambda _: start
    return model


def energies(
    model: ImpactModel, step_s: float, duration_s: float, drives: Drives
) -> tuple[list[float], list[Energy]]:
    """March and measure after each step; collective."""
    masses = SegmentInertia(model.foot.segments, model.chain.masses, GRAVITY_MM_S2)
    times, found = [0.0], [energy(model.system, drives, masses)]
    while times[-1] < duration_s - 0.5 * step_s:
        times.append(_advance(model, times[-1], times[-1] + step_s))
        found.append(energy(model.system, drives, masses))
    return times, found


def _advance(model: ImpactModel, begin_s: float, end_s: float, halvings: int = 0) -> float:
    """Step from one time to another, in halves where that does not converge; collective."""
    equilibrium = model.foot.equilibrium
    saved = equilibrium.save()
    if model.system.step(begin_s, end_s).converged:
        equilibrium.commit()
        model.system.accept()
        return end_s
    if halvings == MOST_HALVINGS:
        raise RuntimeError(f"no convergence at {1e3 * begin_s:g} ms")
    equilibrium.restore(saved)
    middle = _advance(model, begin_s, 0.5 * (begin_s + end_s), halvings + 1)
    return _advance(model, middle, end_s, halvings + 1)


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--step-ms", type=float, default=1.0)
    parser.add_argument("--duration-ms", type=float, default=60.0)
    parser.add_argument("--set", action="append", default=[], dest="settings")
    given = parser.parse_args()
    comm = MPI.COMM_WORLD
    model = conservative_model(comm, given.settings)
    drives = model.system.drives_at(0.0)
    times, found = energies(model, given.step_ms / 1e3, given.duration_ms / 1e3, drives)
    if comm.rank != 0:
        return
    total = np.array([item.total for item in found])
    kinetic = np.array([item.kinetic for item in found])
    print("ms, kinetic, height, strain, connectors, contact, sum less that at touchdown (N mm)")
    for time, item, whole in zip(times, found, total, strict=True):
        parts = (item.kinetic, item.height, item.strain, item.connectors, item.contact)
        print(f"{1e3 * time:7.2f} " + " ".join(f"{part:14.3f}" for part in parts), end="")
        print(f" {whole - total[0]:12.4f}")
    drift = float(np.abs(total - total[0]).max())
    turned = float(np.ptp([item.strain + item.contact for item in found]))
    print(f"drift over kinetic energy of the body: {drift / kinetic[0]:.2e}")
    print(f"drift over the energy that tissue, insole and contact take up: {drift / turned:.2e}")


if __name__ == "__main__":
    main()
