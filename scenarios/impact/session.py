# SPDX-License-Identifier: MIT
"""One impact from input to summary."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from meshes.foot import foot_outline
from scenarios.agreement import agree
from scenarios.baseline import friction_of
from scenarios.foot_posture import neutral_arch_height_mm
from scenarios.gait.build import walker_of
from scenarios.gait.built_in import standing_gait
from scenarios.geometry import scenario_geometry
from scenarios.impact.build import build_movement
from scenarios.impact.march import ImpactCheckpoint, ImpactMarch
from scenarios.impact.model import ImpactModel, build_impact
from scenarios.impact.movement import Movement
from scenarios.impact.schedule import ImpactSchedule
from scenarios.loading import foot_dimensions
from scenarios.mesh_bodies import Geometry, unknowns
from scenarios.plantar import plantar_section, summarise
from scenarios.recorded_march import saved_checkpoint
from scenarios.run import RunContext
from scenarios.schema_subject import subject_warnings
from scenarios.session import Clock, memory_mb
from scenarios.shock.history import G_MM_S2, LevelTransient, ShockHistory, SiteMotion
from scenarios.shock.summarise import insole_with_energy, shock_section, shock_warnings
from scenarios.shock.tables import write_spectra
from scenarios.strain_range import material_warnings
from scenarios.subject_section import subject_section
from scenarios.summary import (
    Alignment,
    InsoleSummary,
    MinMax,
    SolverSummary,
    Summary,
    WallTimes,
)
from scenarios.upper import lumbar_section
from scenarios.wear import wear_warnings
from scenarios.wear_section import wear_section
from simulator.upper_body import LEVELS


@dataclass(slots=True)
class ImpactSession:
    """A run in progress; methods are collective.

    Attributes:
        context: Where the run writes.
        clock: Wall seconds so far.
    """

    context: RunContext
    clock: Clock = field(default_factory=Clock)

    def run(self) -> Summary:
        """Solve, write rows, fields and checkpoints, and return the summary.

        Raises:
            ScenarioError: Before anything is written.
            NotConverged: When a step cannot be made short enough.
            Interrupted: After a step, when a signal asked for it.
        """
        context, scenario = self.context, self.context.scenario
        impact = scenario.impact
        geometry = scenario_geometry(context.comm, scenario)
        friction = friction_of(scenario, scenario.insole)
        movement = agree(
            context.comm,
            lambda: build_movement(scenario, geometry.foot, geometry.upper.size, friction),
        )
        saved = self._begin(geometry)
        self.clock.lap("mesh")
        outline = foot_outline(foot_dimensions(scenario.subject))
        gait = standing_gait(walker_of(scenario.subject, outline), 0.5)
        model = build_impact(context.comm, scenario, geometry, gait, movement, context.folder.log)
        schedule = ImpactSchedule.of(impact)
        context.progress.start("impact", 100.0)
        part = ImpactMarch(context, model, schedule, impact.clearance_mm, model.upper.initial())
        self.clock.lap("setup")
        if saved is None:
            part.begin()
        else:
            part.resume(saved)
        part.go_on()
        self.clock.lap("solve")
        memory = context.comm.allreduce(memory_mb())
        solver = SolverSummary(
            dofs=model.foot.dofs + model.upper.dofs,
            cells=model.foot.cells,
            mpi_ranks=context.comm.size,
            steps=part.where.counters.steps,
            newton_iterations=part.where.counters.newton_iterations,
            krylov_iterations=part.where.counters.krylov_iterations,
            memory_mb=memory,
            wall_s=WallTimes(**self.clock.parts, total=time.monotonic() - self.clock.start),
        )
        return self._summary(model, movement, part, solver)

    def _begin(self, geometry: Geometry) -> ImpactCheckpoint | None:
        """Begin to write; what is refused before left no trace."""
        context = self.context
        meshed = [body for body in (geometry.foot, geometry.insole) if body is not None]
        nodes = sum(body.mesh.quality().p2_nodes for body in meshed)
        saved = saved_checkpoint(context, lambda: nodes, ImpactCheckpoint)
        last = saved.results.last_percent if saved is not None else None
        context.begin(
            dofs=unknowns(geometry),
            cells=sum(len(body.mesh.cells) for body in meshed),
            last_percent=-1.0 if last is None else last,
        )
        return saved

    def _summary(
        self, model: ImpactModel, movement: Movement, part: ImpactMarch, solver: SolverSummary
    ) -> Summary:
        scenario, results = self.context.scenario, part.results
        subject, foot = scenario.subject, model.foot
        weight = subject.body_mass_kg * 9.80665
        history = shock_history(part, weight)
        if self.context.comm.rank == 0:
            write_spectra(self.context.folder.path, history)
        times = np.array([now.time_s for now in results.instants])
        neutral = neutral_arch_height_mm(foot.foot.landmarks)
        insole = None
        if foot.insole is not None:
            strain = max(now.insole_compressive_strain for now in results.instants)
            insole = InsoleSummary(
                peak_compressive_strain=strain, wear=wear_section(scenario.insole)
            )
            insole = insole_with_energy(insole, history)
        return Summary(
            scenario=scenario.name,
            analysis=scenario.analysis,
            converged=True,
            resolution=scenario.resolution,
            solver=solver,
            subject=subject_section(subject),
            plantar=plantar_section(summarise(results.loads, times)),
            alignment=Alignment(
                rearfoot_eversion_deg=_range([n.rearfoot_eversion_deg for n in results.instants]),
                arch_height_drop_mm=neutral - min(n.arch_height_mm for n in results.instants),
            ),
            lumbar=lumbar_section(
                results.levels, [now.percent for now in results.instants], weight
            ),
            shock=shock_section(history),
            insole=insole,
            warnings=(
                *subject_warnings(subject),
                *movement.warnings,
                *model.upper.warnings,
                *shock_warnings(history),
                *wear_warnings(scenario.insole),
                *material_warnings(scenario.insole, foot.materials, results.strains),
            ),
        )


def shock_history(part: ImpactMarch, body_weight_n: float) -> ShockHistory:
    """The time histories of a finished march."""
    instants = part.results.instants
    sites = []
    for k, first in enumerate(instants[0].accelerations):
        rows = [now.accelerations[k] for now in instants]
        values = np.array([[row.x_g, row.y_g, row.z_g] for row in rows])
        sites.append(SiteMotion(first.site, values * G_MM_S2))
    levels = [
        LevelTransient(
            name,
            np.array([row[k].compression_n for row in part.results.levels]),
            np.array([row[k].shear_ap_n for row in part.results.levels]),
            np.array([row[k].disc_pressure_mpa for row in part.results.levels]),
        )
        for k, name in enumerate(LEVELS)
    ]
    shod = part.model.foot.insole is not None
    return ShockHistory(
        time_s=np.array([now.time_s for now in instants]),
        body_weight_n=body_weight_n,
        ground_force_n=np.array([[now.grf_x_n, now.grf_y_n, now.grf_z_n] for now in instants]),
        sites=tuple(sites),
        levels=tuple(levels),
        insole_work_j=np.array([now.insole_work_j for now in instants]) if shod else None,
        insole_stored_j=np.array([now.insole_stored_j for now in instants]) if shod else None,
    )


def _range(values: Sequence[float]) -> MinMax:
    return MinMax(min=float(min(values)), max=float(max(values)))
