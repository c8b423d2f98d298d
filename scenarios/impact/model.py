# SPDX-License-Identifier: MIT
"""Everything that an impact moves, put together and set going at touchdown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from mpi4py import MPI
from numpy.typing import NDArray

from meshes.spine import VERTEBRAE
from scenarios.errors import NotConverged
from scenarios.foot_model import FootModel, build_foot_model, foot_nodes, tissue_mass_t
from scenarios.foot_start import place
from scenarios.gait.stance import StanceGait
from scenarios.impact.chain import ImpactChain, build_chain
from scenarios.impact.feedforward import FeedForward, planned_motion
from scenarios.impact.movement import Movement
from scenarios.impact.posture import initial_state
from scenarios.impact.stiffness import level_stiffness
from scenarios.mesh_bodies import Geometry
from scenarios.schema import Scenario
from scenarios.upper import UpperModel
from simulator.dynamics.alpha import Scheme
from simulator.dynamics.system import MovingSystem
from simulator.newton import NewtonSettings
from simulator.segments import Poses

Array = NDArray[np.float64]

LOOSER = 10.0
"""Newton residual of a step over that of a quasi-static instant: an error of a step is an
acceleration of a ten millionth of g of the whole body, and does not add up to a lost balance."""
WATCHED = ("tibia", "femur", "pelvis", *VERTEBRAE, "trunk")


@dataclass(frozen=True, eq=False)
class ImpactModel:
    """One impact, ready to be stepped.

    Attributes:
        movement: What the body is meant to do.
        chain: Segments, masses, bushings.
        foot: Foot, insole and their equilibrium with the chain.
        upper: Lumbar column; its discs give stiffness before, and pressure at the outputs.
        system: Integrator.
    """

    movement: Movement
    chain: ImpactChain
    foot: FootModel
    upper: UpperModel
    system: MovingSystem

    @property
    def watched(self) -> tuple[int, ...]:
        """Segments whose accelerations are results; they decide how long a step may be."""
        return tuple(self.foot.segments.index(name) for name in WATCHED)


def build_impact(
    comm: MPI.Intracomm,
    scenario: Scenario,
    geometry: Geometry,
    gait: StanceGait,
    movement: Movement,
    log: Callable[[str], None],
    viscous: bool = True,
) -> ImpactModel:
    """Put the parts together, at rest in the unloaded configuration; collective.

    Args:
        comm: All ranks.
        scenario: The study.
        geometry: Foot, insole and limb.
        gait: What the lumbar column was told of posture in standing.
        movement: From touchdown on.
        log: Receives one line a Newton iteration.
        viscous: Whether the solids relax.

    Raises:
        ScenarioError: On every rank, for a shape that cannot be meshed.
        NotConverged: On every rank, where the lumbar column finds no standing.
    """
    impact = scenario.impact
    upper = UpperModel.build(comm, scenario, gait)
    levels = comm.bcast(level_stiffness(upper.column, upper.standing))
    chain = build_chain(
        scenario, geometry.foot, geometry.upper, levels, tissue_mass_t(geometry.foot), impact
    )
    foot = build_foot_model(comm, scenario, scenario.insole, chain, viscous)
    forward = FeedForward(chain, movement)
    weight = scenario.subject.body_mass_kg * 9.80665
    settings = NewtonSettings(
        tolerance_n=LOOSER * scenario.solver.relative_tolerance * weight,
        max_iterations=scenario.solver.max_newton_iterations,
        lagged=0,
        beyond=0,
    )
    system = MovingSystem(
        foot.equilibrium,
        foot.linear,
        Scheme.with_radius(impact.rho_infinity),
        forward.at,
        chain.joint_damping,
        settings,
        log,
    )
    return ImpactModel(movement, chain, foot, upper, system)


def touch_down(model: ImpactModel, clearance_mm: float) -> None:
    """Put all segments into the posture of touchdown and set them in motion; collective.

    Args:
        model: In the unloaded configuration.
        clearance_mm: Between the lowest point of the sole and what is under it.

    Raises:
        NotConverged: If no accelerations are found.
    """
    now, foot = model.movement.at(0.0), model.foot
    angles = np.radians([now.ankle_deg, now.subtalar_deg])
    place(foot, now.tibia_rotation, angles, -clearance_mm)
    equilibrium = foot.equilibrium
    count, put = len(model.chain.foot_names), equilibrium.poses
    of_foot = Poses(put.position_mm[:count], put.rotation[:count])
    equilibrium.poses, rates = initial_state(model.chain, model.movement, of_foot)
    equilibrium.refresh_pattern()
    planned = planned_motion(model.chain, model.movement, 0.0)
    accelerations = np.hstack([planned.accelerations_mm_s2, planned.spin_rates_rad_s2])
    moving = _with_the_heel(model, accelerations, rates.spin_rad_s)
    report = model.system.settle(0.0, rates, moving, accelerations)
    if report.converged:
        velocity = np.hstack([rates.velocity_mm_s, rates.spin_rad_s])
        report = model.system.set_in_motion(0.0, _with_the_heel(model, velocity), rates)
    if not report.converged:
        raise NotConverged(
            f"no accelerations were found (reason {report.reason} {report.message})", "touchdown"
        )


def _with_the_heel(model: ImpactModel, segments: Array, spins: Array | None = None) -> Array:
    """Rates of all local nodes (3 m,) where the foot moves as one body and the insole rests.

    Args:
        model: Of the impact.
        segments: Rates of the segments, shape (n, 6).
        spins: Angular velocities, shape (n, 3), where the rates are accelerations.
    """
    equilibrium, reduction = model.foot.equilibrium, model.foot.equilibrium.reduction
    tissue = foot_nodes(reduction.space, model.foot.distributed, model.foot.insole_regions)
    heel = model.foot.segments.index("calcaneus")
    x = reduction.coordinates + equilibrium.u.x.array.reshape(-1, 3)
    arm = x[tissue] - equilibrium.poses.position_mm[heel]
    values = np.zeros((reduction.local, 3))
    values[tissue] = segments[heel, :3] + np.cross(segments[heel, 3:], arm)
    if spins is not None:
        values[tissue] += np.cross(spins[heel], np.cross(spins[heel], arm))
    return values.ravel()
