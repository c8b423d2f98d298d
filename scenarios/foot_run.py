# SPDX-License-Identifier: MIT
"""Marches foot and insole through stance, or stands it up, and keeps what a run needs."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from scenarios.foot_loads import Calibration, FootLoads
from scenarios.foot_model import FootModel
from scenarios.foot_posture import foot_posture
from scenarios.foot_schedule import stance_stops
from scenarios.foot_start import approach
from scenarios.schema import Scenario
from simulator.loading import FootLoad, FootLoading
from simulator.newton import NewtonReport, NewtonSettings, solve
from simulator.stepping import Counters, March, march
from simulator.trails import Guide, Stop

Array = NDArray[np.float64]

BETWEEN = 10.0
"""Tolerance of a step between two outputs, in that of an output."""
GUIDED = 30.0
"""The same of a step that begins at a guess: its first iterations are those of a small error."""
CUT_BEFORE_DAMPING = 1
"""Halvings of a step after which one that fails is solved with damping."""
DAMPED_ITERATIONS = 40


@dataclass(slots=True)
class CalibrationRecord:
    """Torques, angles and moments of accepted steps, for candidates to come."""

    percent: list[float] = field(default_factory=list)
    torque_nmm: list[Array] = field(default_factory=list)
    angle_rad: list[Array] = field(default_factory=list)
    tibia_moment_nmm: list[Array] = field(default_factory=list)
    posture: list[Array] = field(default_factory=list)

    def add(self, model: FootModel, percent: float) -> None:
        """Record the present equilibrium."""
        loading = model.equilibrium.loading
        assert isinstance(loading, FootLoading)
        state = model.equilibrium.connector_state()
        angle = state.joint_angle_rad[loading.joints]
        self.percent.append(percent)
        self.angle_rad.append(angle)
        self.torque_nmm.append(loading.torque_nmm(angle, model.equilibrium.extra))
        self.tibia_moment_nmm.append(state.rotation_moment_nmm[0].copy())
        self.posture.append(foot_posture(model).numbers())

    def calibration(self) -> Calibration:
        """Return what candidates need."""
        return Calibration(
            np.array(self.percent),
            np.array(self.torque_nmm),
            np.array(self.angle_rad),
            np.array(self.tibia_moment_nmm),
            np.array(self.posture),
        )


@dataclass(slots=True)
class FootRun:
    """Where a run of foot and insole stands.

    Attributes:
        model: Foot and insole.
        loads: Loads over stance.
        settings: Newton's tolerances.
        march: Position and counters.
        record: What candidates need.
        log: Receives one line a Newton iteration.
        body_mass_kg: Of the subject.
        most_halvings: How often a step is halved.
        guide: Where solved cases have been; ``None`` where there is no use for it.
    """

    model: FootModel
    loads: FootLoads
    settings: NewtonSettings
    march: March
    record: CalibrationRecord
    log: Callable[[str], None]
    body_mass_kg: float
    most_halvings: int
    guide: Guide | None = None
    begun: float = field(default_factory=time.monotonic)

    def solve_load(
        self, load: FootLoad, stop: Stop | None = None, settings: NewtonSettings | None = None
    ) -> NewtonReport:
        """Put a load on foot and tibia and solve; collective.

        Args:
            load: To be put on.
            stop: Which one of the march it is; ``None`` aside from it.
            settings: Others than those of an output.
        """
        model = self.model
        model.equilibrium.loading = FootLoading(load, model.segments, model.joint_names)
        settings = settings or self.settings

        def solved(settings: NewtonSettings) -> NewtonReport:
            return solve(model.equilibrium, model.linear, settings, self.log)

        if self.guide is None or stop is None:
            report = solved(settings)
        else:
            as_output = settings.tolerance_n == self.settings.tolerance_n
            exact = as_output and stop[0] != "contact"
            near_n = self.settings.tolerance_n * (1.0 if exact else GUIDED)
            report = self.guide.solve(model.equilibrium, stop, settings, near_n, solved, self.log)
        if not report.converged:
            self.log(f"  step given up: reason {report.reason} {report.message}")
        return report

    def solve_at(self, percent: float, settings: NewtonSettings | None = None) -> NewtonReport:
        """Set the load of an instant and solve; collective."""
        self.log(f"{percent:7.3f} % of stance")
        return self.solve_load(self.loads.at(percent), ("stance", percent), settings)

    def _solve_past(self, percent: float, settings: NewtonSettings) -> NewtonReport:
        """Solve for an instant, after some cut-backs also past the end of a branch; collective."""
        equilibrium = self.model.equilibrium
        saved = equilibrium.save() if self.march.halvings >= CUT_BEFORE_DAMPING else None
        report = self.solve_at(percent, settings)
        if report.converged or saved is None:
            return report
        self.log("  damped, past a place where tissue buckles")
        equilibrium.restore(saved)
        damped = replace(settings, damped=True, max_iterations=DAMPED_ITERATIONS)
        second = self.solve_at(percent, damped)
        second.add(report)
        return second

    def start(self, percent: float, shown: Callable[[float], None]) -> None:
        """Make contact at the first instant; collective.

        Raises:
            StepsExhausted: If that fails.
        """
        counters = self.march.counters
        # A candidate comes down as its baseline did: friction remembers the way.
        posture = replace(self.loads, calibration=None)
        approach(self.model, posture, percent, self.solve_load, counters, shown, self.most_halvings)
        if self.loads.calibration is None:
            self._close(percent, counters)
        else:
            self._release(percent, counters)
        self.march = March.begun(percent, counters)
        self.record.add(self.model, percent)

    def _hand_over(
        self, percent: float, counters: Counters, load: Callable[[float], FootLoad]
    ) -> None:
        """Go from share 0 to share 1 of a load at one instant; collective."""

        def solve_at(share: float) -> NewtonReport:
            self.log(f"{percent:7.3f} % of stance, handed over {share:.3f}")
            return self.solve_load(load(share), ("hand over", share))

        march(
            self.model.equilibrium,
            solve_at,
            March.begun(0.0, counters),
            (1.0,),
            lambda *_: None,
            self.most_halvings,
        )

    def _close(self, percent: float, counters: Counters) -> None:
        """Hand the torques over from held angles to the closure of an instant; collective."""
        load = self.loads.at(percent)
        self._hand_over(percent, counters, lambda share: replace(load, weight=share * load.weight))

    def _release(self, percent: float, counters: Counters) -> None:
        """Hand over from a held posture to a baseline's torques and moments; collective."""
        load, equilibrium = self.loads.at(percent), self.model.equilibrium
        loading = equilibrium.loading
        frozen = load.alpha_nmm
        assert isinstance(loading, FootLoading) and frozen is not None
        state = equilibrium.connector_state()
        alpha = loading.torque_nmm(load.angle_rad, equilibrium.extra)
        moment = state.rotation_moment_nmm[0] * np.array([1.0, 1.0, 0.0])
        self._hand_over(
            percent,
            counters,
            lambda share: replace(
                load,
                alpha_nmm=alpha + share * (frozen - alpha),
                tibia_moment_nmm=moment + share * (load.tibia_moment_nmm - moment),
            ),
        )

    def go_on(
        self,
        instants: Sequence[float],
        accepted: Callable[[March, NewtonReport], None],
    ) -> None:
        """March to the last instant; collective.

        Raises:
            StepsExhausted: When steps become too short.
        """

        def keep(where: March, report: NewtonReport) -> None:
            self.record.add(self.model, where.at)
            accepted(where, report)

        start = min(instants)
        between = replace(self.settings, tolerance_n=BETWEEN * self.settings.tolerance_n, beyond=0)

        def solve_at(percent: float) -> NewtonReport:
            shown = any(abs(percent - instant) < 1e-6 for instant in instants)
            return self._solve_past(percent, self.settings if shown else between)

        march(
            self.model.equilibrium,
            solve_at,
            self.march,
            stance_stops(self.loads, self.body_mass_kg, start, instants),
            keep,
            self.most_halvings,
        )


def foot_run(
    model: FootModel, loads: FootLoads, scenario: Scenario, log: Callable[[str], None]
) -> FootRun:
    """Return a run that has not begun."""
    weight = scenario.subject.body_mass_kg * 9.80665
    settings = NewtonSettings(
        tolerance_n=scenario.solver.relative_tolerance * weight,
        max_iterations=scenario.solver.max_newton_iterations,
    )
    return FootRun(
        model=model,
        loads=loads,
        settings=settings,
        march=March.begun(0.0, Counters()),
        record=CalibrationRecord(),
        log=log,
        body_mass_kg=scenario.subject.body_mass_kg,
        most_halvings=scenario.solver.max_cutbacks,
    )
