# SPDX-License-Identifier: MIT
"""The calibration that a run stands on: its own, a finished baseline's, or one to be solved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from scenarios.agreement import agree
from scenarios.calibration_store import FILE, from_cache, missing_instants, read_calibration
from scenarios.calibration_terms import calibration_key
from scenarios.compare import LUMBAR_CHANGE_LIMIT
from scenarios.errors import NotConverged, ScenarioError
from scenarios.foot_loads import Calibration, FootLoads
from scenarios.foot_model import build_foot_model
from scenarios.foot_run import foot_run
from scenarios.gait.stance import StanceGait
from scenarios.loading import resolved_scenario
from scenarios.run import RunContext
from scenarios.schema import Scenario
from scenarios.schema_insole import Insole
from scenarios.summary import Role, Summary, read_summary
from simulator.newton import NewtonReport
from simulator.stepping import March, StepsExhausted


@dataclass(frozen=True, slots=True)
class CalibrationPlan:
    """Where a run's calibration comes from, decided before anything is written.

    Attributes:
        role: of the run.
        key: identity of the calibration.
        found: the calibration of a candidate, ``None`` where it must be solved.
        to_solve: insole of the baseline that must be solved first, if any.
        table: insole of the baseline, ``None`` for a baseline itself.
        reference: summary of a baseline with the same lumbar column, where there is one.
    """

    role: Role
    key: str
    found: Calibration | None = None
    to_solve: Insole | None = None
    table: Insole | None = None
    reference: Summary | None = None


def plan_calibration(context: RunContext, instants: Sequence[float]) -> CalibrationPlan:
    """Look for the calibration of a run; collective.

    Args:
        context: of the run.
        instants: outputs, per cent of stance, that a calibration must hold.

    Raises:
        ScenarioError: on every rank, for a folder without the calibration it should hold.
    """
    scenario, base = context.scenario, context.scenario.baseline
    if base is None:
        return CalibrationPlan("baseline", calibration_key(scenario, scenario.insole))
    if base.calibration_dir is not None:
        folder = base.calibration_dir
        return agree(context.comm, lambda: _from_folder(scenario, folder, instants))
    key = calibration_key(scenario, base)
    found = agree(context.comm, lambda: from_cache(key, instants))
    return CalibrationPlan("candidate", key, found, base if found is None else None, base)


def _from_folder(scenario: Scenario, folder: Path, instants: Sequence[float]) -> CalibrationPlan:
    found, summary = read_calibration(folder / "calibration" / FILE), read_summary(folder)
    if found is None or summary.calibration is None:
        raise ScenarioError(
            scenario.name,
            "baseline.calibration_dir",
            f"{folder} holds no calibration",
            allowed="a finished baseline result",
        )
    missing = missing_instants(found, instants)
    if missing:
        raise ScenarioError(
            scenario.name,
            "baseline.calibration_dir",
            f"{folder} was not solved at {', '.join(f'{p:g}' for p in missing[:3])} % of stance",
            allowed="a baseline with the same output instants",
        )
    there = resolved_scenario(folder / "scenario.toml")
    reference = summary if there.lumbar == scenario.lumbar else None
    return CalibrationPlan(
        "candidate", summary.calibration, found, table=there.insole, reference=reference
    )


def lumbar_change_warnings(reference: Summary | None, summary: Summary) -> tuple[str, ...]:
    """Say where a candidate's peak compression is far from its baseline's.

    Args:
        reference: of the baseline, ``None`` where it is not known.
        summary: of the candidate.
    """
    before = {} if reference is None else reference.lumbar or {}
    said = []
    for level, now in (summary.lumbar or {}).items():
        there = before.get(level)
        if there is None or there.compression_n is None or now.compression_n is None:
            continue
        change = now.compression_n.peak / there.compression_n.peak - 1.0
        if abs(change) > LUMBAR_CHANGE_LIMIT:
            said.append(
                f"peak compression of {level} changes by {100 * change:+.0f} % from the baseline: "
                "measured effects of insoles on lumbar compression are 0 to 5 % in walking"
            )
    return tuple(said)


def friction_of(scenario: Scenario, table: Insole) -> float:
    """Return the friction that holds the foot."""
    contact = scenario.contact
    return contact.friction_foot_ground if table.is_barefoot else contact.friction_foot_insole


def solve_baseline(
    context: RunContext, gait: StanceGait, table: Insole, instants: Sequence[float], title: str
) -> Calibration:
    """Solve a baseline for a candidate; nothing of it is written but the log; collective.

    Raises:
        NotConverged: when a step cannot be made short enough.
        Interrupted: after a step, when a signal asked for it; a resumed run begins it anew.
    """
    scenario, progress = context.scenario, context.progress
    progress.start(f"{title}, baseline", 100.0)
    context.folder.log("baseline: begun")
    model = build_foot_model(context.comm, scenario, table)
    loads = FootLoads(gait, model.ground_height_mm, friction_of(scenario, table))
    run = foot_run(model, loads, scenario, context.folder.log)

    def approached(share: float) -> None:
        progress.update(0.0, f"baseline, first contact {100 * share:.0f} %")
        context.end_if_interrupted()

    def accepted(where: March, report: NewtonReport) -> None:
        progress.update(where.at, f"baseline, {where.at:.1f} % of stance")
        context.end_if_interrupted()

    try:
        run.start(instants[0], approached)
        run.go_on(instants, accepted)
    except StepsExhausted as error:
        raise not_converged(error, "on the baseline insole") from error
    context.folder.log("baseline: solved")
    return run.record.calibration()


def not_converged(error: StepsExhausted, where: str = "") -> NotConverged:
    """The end of a run whose steps became too short."""
    reason = (
        f"Newton gave up {where} with steps at their least (reason {error.report.reason}); "
        "try a finer resolution, a thicker or stiffer insole, or less friction"
    )
    return NotConverged(" ".join(reason.split()), f"{error.at:.2f} % of stance")
