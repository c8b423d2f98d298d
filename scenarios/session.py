# SPDX-License-Identifier: MIT
"""One run from input to summary: shapes, calibration, foot and insole, pelvis and spine."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from scenarios.agreement import agree
from scenarios.alignment.standing import held_in_standing
from scenarios.alignment.study import alignment_study
from scenarios.baseline import (
    CalibrationPlan,
    friction_of,
    lumbar_change_warnings,
    plan_calibration,
    solve_baseline,
)
from scenarios.calibration_store import FILE, keep_in_cache, write_calibration
from scenarios.foot_loads import Calibration, FootLoads
from scenarios.foot_posture import load_levers
from scenarios.foot_run import foot_run
from scenarios.foot_summary import RunRecord, summary_of
from scenarios.gait.stance import StanceGait
from scenarios.geometry import scenario_geometry
from scenarios.leg_length import leg_length_warnings, pelvic_height_mm
from scenarios.mesh_bodies import unknowns
from scenarios.recorded_march import Checkpoint, RecordedMarch, saved_checkpoint
from scenarios.reuse import Reuse
from scenarios.run import RunContext
from scenarios.schema_subject import subject_warnings
from scenarios.summary import Summary
from scenarios.wear import wear_warnings


@dataclass(slots=True)
class Clock:
    """Wall seconds by part of the run."""

    start: float = field(default_factory=time.monotonic)
    parts: dict[str, float] = field(default_factory=dict)
    _last: float = field(default_factory=time.monotonic)

    def lap(self, part: str) -> None:
        """Count the time since the last lap to a part."""
        now = time.monotonic()
        self.parts[part] = self.parts.get(part, 0.0) + now - self._last
        self._last = now


def memory_mb() -> float:
    """Peak memory of this rank."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0


@dataclass(slots=True)
class Session:
    """A run in progress; all methods are collective.

    Attributes:
        context: where the run writes.
        gait: of the analysis.
        instants: outputs, per cent of stance.
        title: of the progress display.
        clock: wall seconds so far.
    """

    context: RunContext
    gait: StanceGait
    instants: Sequence[float]
    title: str
    clock: Clock = field(default_factory=Clock)

    def run(self) -> Summary:
        """Solve, write rows, fields and checkpoints, and return the summary.

        Raises:
            ScenarioError: Before anything is written.
            NotConverged: When a step cannot be made short enough.
            Interrupted: After a step, when a signal asked for it.
        """
        context, scenario = self.context, self.context.scenario
        plan = plan_calibration(context, self.instants)
        reuse = context.reuse or Reuse(enabled=False)
        reuse.make_room(context.comm, scenario)
        context.reused = reuse.words(context.comm, scenario)
        saved = self._begin(plan)
        self.clock.lap("mesh")
        calibration = self._calibration(plan)
        model = reuse.foot(context.comm, scenario)
        upper = reuse.upper(context.comm, scenario, self.gait)
        friction = friction_of(scenario, scenario.insole)
        loads = FootLoads(
            self.gait, model.ground_height_mm, friction, calibration, levers=load_levers(model)
        )
        loads = held_in_standing(loads, scenario, upper.anatomy.size)
        run = foot_run(model, loads, scenario, context.folder.log)
        run.guide = reuse.guide()
        context.progress.start(self.title, 100.0)
        subject = scenario.subject
        height = pelvic_height_mm(subject, scenario.insole, plan.table)
        study = None
        if calibration is not None:
            study = alignment_study(scenario, run, upper, height)
        part = RecordedMarch(
            context, run, upper, self.instants, upper.initial(), RunRecord(), height, study
        )
        self.clock.lap("setup")
        if saved is None:
            part.begin()
        else:
            part.resume(saved)
        part.go_on()
        if saved is None:
            reuse.solved(context.comm, run.guide)
        self.clock.lap("solve")
        if plan.role == "baseline":
            self._keep(plan, run.record.calibration(), in_folder=True)
        memory = context.comm.allreduce(memory_mb())
        one_sided = leg_length_warnings(scenario.insole, height, subject.leg_length_difference_mm)
        person = subject_warnings(subject)
        worn = wear_warnings(scenario.insole)
        unsolved = () if study is None else tuple(study.warnings)
        warnings = (*self.gait.warnings, *upper.warnings, *person, *one_sided, *worn, *unsolved)
        summary = summary_of(
            scenario, model, loads, part.results, run.march.counters, plan.role, plan.key, memory,
            context.comm.size, self.clock.parts, time.monotonic() - self.clock.start, warnings,
            upper.dofs,
        )  # fmt: skip
        said = lumbar_change_warnings(plan.reference, summary)
        return summary.model_copy(update={"warnings": (*summary.warnings, *said)})

    def _begin(self, plan: CalibrationPlan) -> Checkpoint | None:
        """Mesh all that will be solved, then begin to write; what is refused left no trace."""
        context = self.context
        geometry = scenario_geometry(context.comm, context.scenario, plan.to_solve)
        bodies = [body for body in (geometry.foot, geometry.insole) if body is not None]
        saved = saved_checkpoint(
            context, lambda: sum(body.mesh.quality().p2_nodes for body in bodies), Checkpoint
        )
        last = saved.results.last_percent if saved is not None else None
        context.begin(
            dofs=unknowns(geometry),
            cells=sum(len(body.mesh.cells) for body in bodies),
            last_percent=last or 0.0,
        )
        return saved

    def _calibration(self, plan: CalibrationPlan) -> Calibration | None:
        """The calibration of a candidate, solved where none is kept."""
        if plan.to_solve is None:
            return plan.found
        found = solve_baseline(self.context, self.gait, plan.to_solve, self.instants, self.title)
        self._keep(plan, found)
        self.clock.lap("baseline")
        return found

    def _keep(self, plan: CalibrationPlan, found: Calibration, in_folder: bool = False) -> None:
        if self.context.comm.rank == 0:
            keep_in_cache(plan.key, found)
            if in_folder:
                write_calibration(self.context.folder.path / "calibration" / FILE, found)


def make_gait(context: RunContext, build: Callable[[], StanceGait]) -> StanceGait:
    """Build the gait on rank 0 and give it to all ranks; collective."""
    return agree(context.comm, build)


def percent_grid(instants: Sequence[float]) -> tuple[float, ...]:
    """Return output instants as plain floats."""
    return tuple(float(p) for p in np.asarray(instants))
