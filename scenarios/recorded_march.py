# SPDX-License-Identifier: MIT
"""The march of one insole through all instants, with everything written on the way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from scenarios.alignment.figures import AlignmentInstant
from scenarios.alignment.study import AlignmentStudy
from scenarios.baseline import not_converged
from scenarios.fields import keep_until, write_instant
from scenarios.foot_output import (
    bodies,
    foot_instant,
    force_imbalance,
    plantar_instant,
    region_strains,
)
from scenarios.foot_posture import foot_posture
from scenarios.foot_run import CalibrationRecord, FootRun
from scenarios.foot_summary import RunRecord
from scenarios.history import history_row
from scenarios.plantar import regional_loads, sense
from scenarios.plantar_table import sensor_rows
from scenarios.run import RunContext
from scenarios.strain_range import keep_most
from scenarios.table import GrowingTable
from scenarios.upper import UpperInstant, UpperModel, UpperState, vertebra_instant
from simulator.checkpoint import (
    SavedState,
    global_state,
    read_checkpoint,
    set_global_state,
    write_checkpoint,
)
from simulator.loading import FootLoading
from simulator.newton import NewtonReport
from simulator.results import PlantarInstant
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

    def fits(self, nodes: int) -> bool:
        """Whether the state is one of so many nodes."""
        return self.state.u is not None and self.state.u.size == 3 * nodes


UNREADABLE = (
    "the checkpoint is damaged, or of another version of solespine or its meshes: "
    "the run begins anew"
)


class Fitting(Protocol):
    """A checkpoint that knows what it belongs to."""

    def fits(self, nodes: int) -> bool:
        """Whether the state is one of so many nodes."""
        ...


Saved = TypeVar("Saved", bound=Fitting)


def saved_checkpoint(
    context: RunContext, nodes: Callable[[], int], kind: type[Saved]
) -> Saved | None:
    """Read the checkpoint that a run may go on from; collective.

    Args:
        context: of the run.
        nodes: counts those of foot and insole as they are meshed now.
        kind: of checkpoint that the analysis writes.
    """
    path = context.folder.checkpoint_path / CHECKPOINT
    saved: Any = None
    if context.resume and context.comm.rank == 0 and path.exists():
        saved = read_checkpoint(path)
        if not (isinstance(saved, kind) and saved.fits(nodes())):
            saved = None
            context.folder.log(UNREADABLE)
            context.progress.message(f"warning: {UNREADABLE}")
    found: Saved | None = context.comm.bcast(saved)
    return found


@dataclass(slots=True)
class RecordedMarch:
    """Foot, insole and all above in progress; methods are collective.

    Attributes:
        context: where results are written.
        run: foot and insole.
        upper: everything above the knee.
        instants: outputs, per cent of stance.
        state: of the discs at the last output.
        results: records of the outputs so far.
        one_sided_height_mm: by how much this side of the pelvis is lifted.
        study: of a candidate against its baseline, None for a baseline.
        newton, krylov: iterations since the last output.
    """

    context: RunContext
    run: FootRun
    upper: UpperModel
    instants: Sequence[float]
    state: UpperState
    results: RunRecord
    one_sided_height_mm: float = 0.0
    study: AlignmentStudy | None = None
    newton: int = 0
    krylov: int = 0

    def begin(self) -> None:
        """Make first contact and write the first instant.

        Raises:
            NotConverged: If that fails.
            Interrupted: Between its steps; nothing is kept of an unfinished contact.
        """
        first = self.instants[0]
        if self._writes:
            keep_until(self.context.folder.fields_path, -1.0)
        try:
            self.run.start(first, self._approached)
        except StepsExhausted as error:
            raise not_converged(error, "while making first contact") from error
        counters = self.run.march.counters
        self.newton, self.krylov = counters.newton_iterations, counters.krylov_iterations
        self._instant(first)
        self._checkpoint()

    def resume(self, saved: Checkpoint) -> None:
        """Take up a saved state."""
        model = self.run.model
        self.run.march, self.run.record = saved.march, saved.record
        self.results, self.state = saved.results, saved.upper
        self.newton, self.krylov = saved.since_newton, saved.since_krylov
        load = self.run.loads.at(saved.march.at)
        model.equilibrium.loading = FootLoading(load, model.segments, model.joint_names)
        model.equilibrium.refresh_pattern()
        root = saved.state if self._writes else None
        set_global_state(model.equilibrium, model.nodes, root)
        if self._writes:
            keep_until(self.context.folder.fields_path, saved.results.last_percent or 0.0)

    def go_on(self) -> None:
        """March to the last instant.

        Raises:
            NotConverged: When a step cannot be made short enough.
            Interrupted: After a step, when a signal asked for it.
        """
        try:
            self.run.go_on(self.instants, self._accepted)
        except StepsExhausted as error:
            raise not_converged(error) from error

    @property
    def _writes(self) -> bool:
        return self.context.comm.rank == 0

    def _approached(self, share: float) -> None:
        self.context.progress.update(0.0, f"first contact {100 * share:.0f} %")
        self.context.end_if_interrupted()

    def _accepted(self, where: March, report: NewtonReport) -> None:
        context, run = self.context, self.run
        self.newton += report.iterations
        self.krylov += report.krylov_iterations
        self.results.balanced(force_imbalance(run.model, run.loads))
        context.progress.update(where.at, f"{where.at:.1f} % of stance")
        if any(abs(where.at - p) < 1e-9 for p in self.instants):
            self._instant(where.at)
        self._checkpoint()
        context.end_if_interrupted()

    def _checkpoint(self) -> None:
        model, context = self.run.model, self.context
        state = global_state(model.equilibrium, model.nodes)
        if self._writes:
            content = Checkpoint(
                state,
                self.run.march,
                self.run.record,
                self.results,
                self.state,
                self.newton,
                self.krylov,
            )
            write_checkpoint(context.folder.checkpoint_path / CHECKPOINT, content)

    def _instant(self, percent: float) -> None:
        """Everything that one output instant writes."""
        context, model = self.context, self.run.model
        strains = region_strains(model)
        foot = foot_instant(model, self.run.loads, percent, self.newton, self.krylov, strains)
        keep_most(self.results.strains, strains)
        self.newton = self.krylov = 0
        plantar = plantar_instant(model, percent)
        before, above = self.state, self._above(percent)
        self.state = above.state
        length = context.scenario.subject.foot_length_mm
        inner = vertebra_instant(above.vertebra)
        self.results.add(foot, above.pelvis, above.levels, regional_loads(plantar, length), inner)
        self._write_pressure(plantar)
        if context.scenario.output.fields:
            heading = self.run.loads.gait.heading
            shown = (*bodies(model), *self.upper.bodies(above, frame=heading.T))
            if self._writes:
                write_instant(context.folder.fields_path, percent, foot.time_s, shown)
        # Last, since fields and pressures are read off what was solved last.
        change = self._change(percent, above, before)
        context.history.add(history_row(foot, above.pelvis, above.levels, inner, change))
        level = next(x for x in above.levels if x.level == "L4-L5")
        context.progress.instant(
            percent,
            f"{foot.grf_y_n:.0f} N, L4-L5 {level.compression_n:.0f} N, "
            f"{foot.newton_iterations} Newton",
        )

    def _above(self, percent: float) -> UpperInstant:
        """Pose and solve what stands on the tibia as it is now."""
        model, gait = self.run.model, self.run.loads.gait
        poses, i = model.equilibrium.poses, model.segments.index("tibia")
        tibia, baseline, reaction = poses.rotation[i], gait.at(percent).tibia_rotation, None
        if self.study is not None:
            reaction = self.study.reaction
            known = self.study.baseline_posture(percent)
            if known is not None:
                baseline = gait.heading @ known.tibia_rotation
                tibia = self.study.carried_tibia(foot_posture(model), known)
        ankle = poses.point(i, model.segments.reference_mm[i], model.foot.landmarks.ankle)
        return self.upper.instant(
            percent,
            gait.heading @ tibia,
            baseline,
            gait.heading @ ankle,
            self.one_sided_height_mm,
            state=self.state,
            reaction=reaction,
        )

    def _change(
        self, percent: float, above: UpperInstant, state: UpperState
    ) -> AlignmentInstant | None:
        """What is other than on the baseline; nothing of the state is other after it."""
        found = None if self.study is None else self.study.at(percent, above, state)
        if found is not None:
            self.results.alignment.append(found)
        return found

    def _write_pressure(self, plantar: PlantarInstant) -> None:
        if self._writes:
            table = GrowingTable(self.context.folder.path / "plantar_pressure.csv")
            table.add_rows(sensor_rows(sense(plantar)))
            table.close()
