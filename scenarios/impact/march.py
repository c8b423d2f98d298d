# SPDX-License-Identifier: MIT
"""The march of an impact through time, with everything written on the way."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from scenarios.baseline import not_converged
from scenarios.errors import Interrupted
from scenarios.fields import keep_until, write_instant
from scenarios.foot_output import bodies, plantar_instant, region_strains
from scenarios.history import impact_row
from scenarios.impact.bodies import chain_bodies
from scenarios.impact.instant import InsoleWork, impact_instant, lumbar_instant
from scenarios.impact.model import ImpactModel, touch_down
from scenarios.impact.schedule import ImpactSchedule
from scenarios.plantar import RegionLoads, regional_loads, sense
from scenarios.plantar_table import sensor_rows
from scenarios.recorded_march import CHECKPOINT
from scenarios.run import RunContext
from scenarios.strain_range import Strains, keep_most
from scenarios.table import GrowingTable
from scenarios.upper import UpperState
from simulator.checkpoint import SavedState, global_state, set_global_state, write_checkpoint
from simulator.dynamics.saved import SavedMotion, global_motion, set_global_motion
from simulator.newton import NewtonReport
from simulator.results import ImpactInstant, LevelInstant
from simulator.stepping import Counters, March, StepsExhausted, march

ERROR_MM = 2e-3
"""Largest error estimate of a step at the places of accelerometers; beyond it the step is halved.
An acceleration that changes by 1.5 g within a millisecond is as much."""
FINEST = 3
"""How often the estimate alone halves a step."""
CHECKPOINT_EVERY = 10
"""Accepted steps between two checkpoints; one more is written where a signal ends the run."""


@dataclass(slots=True)
class ImpactRecord:
    """Records of the output instants so far."""

    instants: list[ImpactInstant] = field(default_factory=list)
    levels: list[tuple[LevelInstant, ...]] = field(default_factory=list)
    loads: list[RegionLoads] = field(default_factory=list)
    strains: Strains = field(default_factory=dict)

    @property
    def last_percent(self) -> float | None:
        """The last output instant."""
        return self.instants[-1].percent if self.instants else None


@dataclass(frozen=True, slots=True)
class ImpactCheckpoint:
    """All that a run needs to go on."""

    state: SavedState
    motion: SavedMotion
    march: March
    results: ImpactRecord
    discs: UpperState
    work_nmm: float
    since: tuple[int, int]

    def fits(self, nodes: int) -> bool:
        """Whether the state is one of so many nodes."""
        return self.state.u is not None and self.state.u.size == 3 * nodes


@dataclass(slots=True)
class ImpactMarch:
    """An impact in progress; methods are collective.

    Attributes:
        context: Where results are written.
        model: What moves.
        schedule: Stops, outputs, fields.
        clearance_mm: At touchdown.
        discs: Of the last output.
        results: Records of the outputs so far.
        where: Position and counters.
        work: On the insole.
        newton, krylov: Iterations since the last output.
    """

    context: RunContext
    model: ImpactModel
    schedule: ImpactSchedule
    clearance_mm: float
    discs: UpperState
    results: ImpactRecord = field(default_factory=ImpactRecord)
    where: March = field(default_factory=lambda: March.begun(0.0, Counters()))
    work: InsoleWork = field(init=False)
    newton: int = 0
    krylov: int = 0

    def __post_init__(self) -> None:
        self.work = InsoleWork(self.model)

    def begin(self) -> None:
        """Set everything in motion and write the first instant.

        Raises:
            NotConverged: If no accelerations are found.
        """
        if self._writes:
            keep_until(self.context.folder.fields_path, -1.0)
        touch_down(self.model, self.clearance_mm)
        self.work.add_step()
        self._instant(0.0)

    def resume(self, saved: ImpactCheckpoint) -> None:
        """Take up a saved state."""
        foot, nodes = self.model.foot, self.model.foot.nodes
        root = saved if self._writes else None
        foot.equilibrium.refresh_pattern()
        set_global_state(foot.equilibrium, nodes, None if root is None else root.state)
        motion = set_global_motion(foot.equilibrium, nodes, None if root is None else root.motion)
        self.model.system.motion = motion
        self.where, self.results, self.discs = saved.march, saved.results, saved.discs
        self.work.total_nmm = saved.work_nmm
        self.work.add_step()
        self.newton, self.krylov = saved.since
        if self._writes:
            keep_until(self.context.folder.fields_path, saved.results.last_percent or 0.0)

    def go_on(self) -> None:
        """March to the end.

        Raises:
            NotConverged: When a step cannot be made short enough.
            Interrupted: After a step, when a signal asked for it.
        """
        try:
            march(
                self.model.foot.equilibrium,
                self._solve_at,
                self.where,
                self.schedule.stops_ms,
                self._accepted,
                self.context.scenario.solver.max_cutbacks,
            )
        except StepsExhausted as error:
            raise not_converged(error) from error
        except Interrupted:
            self._checkpoint()
            raise

    @property
    def _writes(self) -> bool:
        return self.context.comm.rank == 0

    def _solve_at(self, time_ms: float) -> NewtonReport:
        """Solve the step that ends at a time; too great an error of time counts as not solved."""
        system, where, log = self.model.system, self.where, self.context.folder.log
        log(f"{time_ms:8.3f} ms")
        report = system.step(where.at / 1e3, time_ms / 1e3)
        if not report.converged:
            log(f"  step given up: reason {report.reason} {report.message}")
            return report
        error = system.error_mm(self.model.watched)
        if error > ERROR_MM and where.halvings < FINEST:
            log(f"  step given up: accelerations change too fast, error {error:.1e} mm")
            return replace(report, converged=False)
        return report

    def _accepted(self, where: March, report: NewtonReport) -> None:
        context = self.context
        self.model.system.accept()
        self.work.add_step()
        self.newton += report.iterations
        self.krylov += report.krylov_iterations
        percent = self.schedule.percent(where.at)
        context.progress.update(percent, f"{where.at:.1f} ms")
        if self.schedule.is_output(where.at):
            self._instant(where.at)
        if where.counters.steps % CHECKPOINT_EVERY == 0:
            self._checkpoint()
        context.end_if_interrupted()

    def _checkpoint(self) -> None:
        foot, motion = self.model.foot, self.model.system.motion
        assert motion is not None
        state = global_state(foot.equilibrium, foot.nodes)
        moving = global_motion(motion, foot.nodes)
        if self._writes:
            content: Any = ImpactCheckpoint(
                state,
                moving,
                self.where,
                self.results,
                self.discs,
                self.work.total_nmm,
                (self.newton, self.krylov),
            )
            write_checkpoint(self.context.folder.checkpoint_path / CHECKPOINT, content)

    def _instant(self, time_ms: float) -> None:
        """Everything that one output instant writes."""
        context, model, end = self.context, self.model, self.schedule.end_ms
        percent = self.schedule.percent(time_ms)
        now = impact_instant(model, time_ms / 1e3, end / 1e3, self.work, self.newton, self.krylov)
        self.newton = self.krylov = 0
        levels, self.discs, load, solved = lumbar_instant(model, percent, self.discs)
        plantar = plantar_instant(model.foot, percent)
        keep_most(self.results.strains, region_strains(model.foot))
        loads = regional_loads(plantar, context.scenario.subject.foot_length_mm)
        self.results.instants.append(now)
        self.results.levels.append(levels)
        self.results.loads.append(loads)
        context.history.add(impact_row(now, levels))
        if self.schedule.has_fields(time_ms):
            if self._writes:
                table = GrowingTable(context.folder.path / "plantar_pressure.csv")
                table.add_rows(sensor_rows(sense(plantar)))
                table.close()
            if context.scenario.output.fields:
                shown = (*bodies(model.foot), *chain_bodies(model, load, solved))
                if self._writes:
                    write_instant(context.folder.fields_path, percent, now.time_s, shown)
            level = next(x for x in levels if x.level == "L4-L5")
            context.progress.instant(
                percent, f"{now.grf_y_n:.0f} N, L4-L5 {level.compression_n:.0f} N"
            )
