# SPDX-License-Identifier: MIT
"""One run from input to summary: foot and insole, then pelvis and spine, instant by instant."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from scenarios.agreement import agree
from scenarios.calibration_store import (
    FILE,
    from_cache,
    keep_in_cache,
    missing_instants,
    read_calibration,
    write_calibration,
)
from scenarios.calibration_terms import calibration_key
from scenarios.errors import NotConverged, ScenarioError
from scenarios.fields import keep_until, write_instant
from scenarios.foot_loads import Calibration, FootLoads
from scenarios.foot_model import build_foot_model
from scenarios.foot_output import bodies, foot_instant, plantar_instant
from scenarios.foot_run import CalibrationRecord, FootRun, foot_run
from scenarios.foot_summary import RunRecord, summary_of
from scenarios.gait.stance import StanceGait
from scenarios.history import history_row
from scenarios.plantar import regional_loads, sense
from scenarios.plantar_table import sensor_rows
from scenarios.run import RunContext
from scenarios.schema import Insole, Scenario
from scenarios.summary import Role, Summary, read_summary
from scenarios.table import GrowingTable
from scenarios.upper import UpperModel, UpperState
from simulator.checkpoint import (
    SavedState,
    global_state,
    read_checkpoint,
    set_global_state,
    write_checkpoint,
)
from simulator.loading import FootLoading
from simulator.newton import NewtonReport
from simulator.stepping import March, StepsExhausted

CHECKPOINT = "state.pickle"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """All that a run needs to go on: written after each accepted step."""

    state: SavedState
    march: March
    record: CalibrationRecord
    results: RunRecord
    upper: UpperState
    since_newton: int
    since_krylov: int


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


def baseline_table(scenario: Scenario) -> Insole:
    """Return the insole on which posture is calibrated."""
    base = scenario.baseline
    if base is None or base.calibration_dir is not None:
        return scenario.insole
    return base


def friction_of(scenario: Scenario, table: Insole) -> float:
    """Return the friction that holds the foot."""
    contact = scenario.contact
    return contact.friction_foot_ground if table.is_barefoot else contact.friction_foot_insole


@dataclass(slots=True)
class Session:
    """A run in progress; all methods are collective."""

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
        role, calibration, key = self._calibration()
        model = build_foot_model(context.comm, scenario, scenario.insole)
        self.clock.lap("mesh")
        upper = UpperModel.build(context.comm, scenario, self.gait)
        loads = FootLoads(
            self.gait,
            model.ground_height_mm,
            friction_of(scenario, scenario.insole),
            calibration,
        )
        run = foot_run(model, loads, scenario, context.folder.log)
        saved = self._saved()
        last = saved.results.last_percent if saved is not None else None
        context.begin(dofs=model.dofs + upper.dofs, cells=model.cells, last_percent=last or 0.0)
        context.progress.start(self.title, 100.0)
        self.clock.lap("setup")
        state = upper.initial()
        part = _Part(self, run, upper, RunRecord(), state)
        if saved is None:
            part.begin()
        else:
            part.resume(saved)
        part.go_on()
        self.clock.lap("solve")
        if role == "baseline":
            found = run.record.calibration()
            if context.comm.rank == 0:
                keep_in_cache(key, found)
                write_calibration(context.folder.path / "calibration" / FILE, found)
        memory = context.comm.allreduce(memory_mb())
        warnings = (*self.gait.warnings, *upper.warnings)
        return summary_of(
            scenario, model, loads, part.results, run.march.counters, role, key, memory,
            context.comm.size, self.clock.parts, time.monotonic() - self.clock.start, warnings,
            upper.dofs,
        )  # fmt: skip

    def _saved(self) -> Checkpoint | None:
        context = self.context
        path = context.folder.checkpoint_path / CHECKPOINT
        saved = None
        if context.resume and context.comm.rank == 0:
            saved = read_checkpoint(path)
        return context.comm.bcast(saved)

    def _calibration(self) -> tuple[Role, Calibration | None, str]:
        """Return role, calibration and its hash; solves the baseline where none is kept."""
        context, scenario = self.context, self.context.scenario
        base = scenario.baseline
        key = calibration_key(scenario, baseline_table(scenario))
        if base is None:
            return "baseline", None, key
        if base.calibration_dir is not None:
            return "candidate", *self._from_folder(base.calibration_dir)
        found = agree(context.comm, lambda: from_cache(key, self.instants))
        if found is None:
            context.progress.start(f"{self.title}, baseline", 100.0)
            found = self._solve_baseline(base)
            if context.comm.rank == 0:
                keep_in_cache(key, found)
        return "candidate", found, key

    def _from_folder(self, folder: Path) -> tuple[Calibration, str]:
        def look() -> tuple[Calibration, str]:
            found = read_calibration(folder / "calibration" / FILE)
            key = read_summary(folder).calibration
            if found is None or key is None:
                raise ScenarioError(
                    self.context.scenario.name,
                    "baseline.calibration_dir",
                    f"{folder} holds no calibration",
                    allowed="a finished baseline result",
                )
            missing = missing_instants(found, self.instants)
            if missing:
                raise ScenarioError(
                    self.context.scenario.name,
                    "baseline.calibration_dir",
                    f"{folder} was not solved at {', '.join(f'{p:g}' for p in missing[:3])} %",
                    allowed="a baseline with the same output instants",
                )
            return found, key

        return agree(self.context.comm, look)

    def _solve_baseline(self, table: Insole) -> Calibration:
        context, scenario = self.context, self.context.scenario
        model = build_foot_model(context.comm, scenario, table)
        loads = FootLoads(self.gait, model.ground_height_mm, friction_of(scenario, table))
        run = foot_run(model, loads, scenario, lambda _: None)
        try:
            run.start(self.instants[0], lambda _: None)
            run.go_on(self.instants, lambda where, _: context.progress.update(where.at, "baseline"))
        except StepsExhausted as error:
            raise _not_converged(error, "on the baseline insole") from error
        return run.record.calibration()


def _not_converged(error: StepsExhausted, where: str = "") -> NotConverged:
    reason = (
        f"Newton gave up {where} with steps at their least (reason {error.report.reason}); "
        "try a finer resolution, a thicker or stiffer insole, or less friction"
    )
    return NotConverged(" ".join(reason.split()), f"{error.at:.2f} % of stance")


@dataclass(slots=True)
class _Part:
    """The march of one insole with everything written on the way."""

    session: Session
    run: FootRun
    upper: UpperModel
    results: RunRecord
    state: UpperState
    newton: int = 0
    krylov: int = 0

    def begin(self) -> None:
        first = self.session.instants[0]
        keep_until(self.session.context.folder.fields_path, -1.0) if self._writes() else None
        try:
            self.run.start(first, self._approached)
        except StepsExhausted as error:
            raise _not_converged(error, "while making first contact") from error
        counters = self.run.march.counters
        self.newton, self.krylov = counters.newton_iterations, counters.krylov_iterations
        self._instant(first)
        self._checkpoint()

    def _writes(self) -> bool:
        return self.session.context.comm.rank == 0

    def _approached(self, share: float) -> None:
        self.session.context.progress.update(0.0, f"first contact {100 * share:.0f} %")

    def resume(self, saved: Checkpoint) -> None:
        model = self.run.model
        self.run.march, self.run.record = saved.march, saved.record
        self.results, self.state = saved.results, saved.upper
        self.newton, self.krylov = saved.since_newton, saved.since_krylov
        load = self.run.loads.at(saved.march.at)
        model.equilibrium.loading = FootLoading(load, model.segments, model.joint_names)
        model.equilibrium.refresh_pattern()
        root = saved.state if self._writes() else None
        set_global_state(model.equilibrium, model.nodes, root)
        if self._writes():
            keep_until(self.session.context.folder.fields_path, saved.results.last_percent or 0.0)

    def go_on(self) -> None:
        try:
            self.run.go_on(self.session.instants, self._accepted)
        except StepsExhausted as error:
            raise _not_converged(error) from error

    def _accepted(self, where: March, report: NewtonReport) -> None:
        context = self.session.context
        self.newton += report.iterations
        self.krylov += report.krylov_iterations
        context.progress.update(where.at, f"{where.at:.1f} % of stance")
        if any(abs(where.at - p) < 1e-9 for p in self.session.instants):
            self._instant(where.at)
        self._checkpoint()
        context.end_if_interrupted()

    def _checkpoint(self) -> None:
        model, context = self.run.model, self.session.context
        state = global_state(model.equilibrium, model.nodes)
        if self._writes():
            content = Checkpoint(
                state, self.run.march, self.run.record, self.results, self.state,
                self.newton, self.krylov,
            )  # fmt: skip
            write_checkpoint(context.folder.checkpoint_path / CHECKPOINT, content)

    def _instant(self, percent: float) -> None:
        """Everything that one output instant writes."""
        session, model = self.session, self.run.model
        context, scenario = session.context, session.context.scenario
        gait, poses = session.gait, model.equilibrium.poses
        foot = foot_instant(model, self.run.loads, percent, self.newton, self.krylov)
        self.newton = self.krylov = 0
        plantar = plantar_instant(model, percent)
        tibia = poses.rotation[model.segments.index("tibia")]
        i = model.segments.index("tibia")
        ankle = poses.point(i, model.segments.reference_mm[i], model.foot.landmarks.ankle)
        heading = gait.heading
        above = self.upper.instant(
            percent,
            heading @ tibia,
            gait.at(percent).tibia_rotation,
            heading @ ankle,
            state=self.state,
        )
        self.state = above.state
        self.results.add(
            foot, above.pelvis, above.levels,
            regional_loads(plantar, scenario.subject.foot_length_mm),
        )  # fmt: skip
        context.history.add(history_row(foot, above.pelvis, above.levels))
        if self._writes():
            table = GrowingTable(context.folder.path / "plantar_pressure.csv")
            table.add_rows(sensor_rows(sense(plantar)))
            table.close()
        if scenario.output.fields:
            shown = (*bodies(model), *self.upper.bodies(above, frame=heading.T))
            if self._writes():
                write_instant(context.folder.fields_path, percent, foot.time_s, shown)
        level = next(x for x in above.levels if x.level == "L4-L5")
        context.progress.instant(
            percent,
            f"{foot.grf_y_n:.0f} N, L4-L5 {level.compression_n:.0f} N, "
            f"{foot.newton_iterations} Newton",
        )


def make_gait(context: RunContext, build: Callable[[], StanceGait]) -> StanceGait:
    """Build the gait on rank 0 and give it to all ranks; collective."""
    return agree(context.comm, build)


def percent_grid(instants: Sequence[float]) -> tuple[float, ...]:
    """Return output instants as plain floats."""
    return tuple(float(p) for p in np.asarray(instants))
