# SPDX-License-Identifier: MIT
"""Candidates in quiet standing against one baseline, by the product's own steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from mpi4py import MPI

from meshes.foot import foot_outline
from scenarios.alignment.figures import AlignmentInstant, Figures
from scenarios.alignment.standing import held_in_standing
from scenarios.alignment.study import AlignmentStudy, alignment_study
from scenarios.analyses.standing import INSTANT_PERCENT
from scenarios.baseline import friction_of
from scenarios.foot_loads import Calibration, FootLoads
from scenarios.foot_model import build_foot_model
from scenarios.foot_posture import foot_posture
from scenarios.foot_run import FootRun, foot_run
from scenarios.gait.build import walker_of
from scenarios.gait.built_in import standing_gait
from scenarios.leg_length import pelvic_height_mm
from scenarios.loading import foot_dimensions
from scenarios.schema import Scenario
from scenarios.schema_insole import Insole
from scenarios.upper import UpperInstant, UpperModel
from tests.helpers.subtalar_balance import subtalar_moments_nm


@dataclass(frozen=True)
class Stood:
    """What a candidate changed: at the stiffness as it is, and by factor.

    Attributes:
        instant: The change.
        moments_nm: About the subtalar axis; see `subtalar_moments_nm`.
    """

    instant: AlignmentInstant
    moments_nm: Mapping[str, float]

    def __getitem__(self, name: str) -> float:
        return self.instant.change[name]

    def at(self, factor: float) -> Figures:
        """All changes with the joints' stiffness times a factor."""
        found = self.instant.change if factor == 1.0 else self.instant.with_stiffness[factor]
        assert found is not None, f"no equilibrium at {factor:g} times the stiffness"
        return found


class QuietStanding:
    """A baseline that candidates are set against; one rank."""

    def __init__(self, **insole: object) -> None:
        self.insole = insole
        self.scenario = self._scenario()
        subject = self.scenario.subject
        self.gait = standing_gait(walker_of(subject, foot_outline(foot_dimensions(subject))))
        self.upper = UpperModel.build(MPI.COMM_SELF, self.scenario, self.gait)
        self.upper = replace(self.upper, vertebra=None)
        run = self._run(self.scenario, None)
        self.calibration: Calibration = run.record.calibration()
        self.moments_nm = subtalar_moments_nm(run.model)

    def candidate(self, **insole: object) -> Stood:
        """A candidate on both feet."""
        scenario = self._scenario(**insole)
        return self._stood(scenario, self._run(scenario, self.calibration))

    def both_and_alone(self, **insole: object) -> tuple[Stood, Stood]:
        """A candidate on both feet, and then on the simulated foot alone, from where it stands."""
        scenario = self._scenario(**insole)
        run = self._run(scenario, self.calibration)
        both = self._stood(scenario, run)
        alone = self._scenario(**insole, both_feet=False)
        run.loads = self._loads(alone, run.model.ground_height_mm, self.calibration)
        assert run.solve_at(INSTANT_PERCENT).converged
        return both, self._stood(alone, run)

    def _scenario(self, **insole: object) -> Scenario:
        return Scenario(analysis="standing", insole=Insole.model_validate(self.insole | insole))

    def _loads(
        self, scenario: Scenario, ground_mm: float, calibration: Calibration | None
    ) -> FootLoads:
        friction = friction_of(scenario, scenario.insole)
        loads = FootLoads(self.gait, ground_mm, friction, calibration)
        return held_in_standing(loads, scenario, self.upper.anatomy.size)

    def _run(self, scenario: Scenario, calibration: Calibration | None) -> FootRun:
        model = build_foot_model(MPI.COMM_SELF, scenario, scenario.insole)
        loads = self._loads(scenario, model.ground_height_mm, calibration)
        run = foot_run(model, loads, scenario, lambda _: None)
        run.start(INSTANT_PERCENT, lambda _: None)
        return run

    def _stood(self, scenario: Scenario, run: FootRun) -> Stood:
        height = pelvic_height_mm(scenario.subject, scenario.insole, self.scenario.insole)
        study = alignment_study(scenario, run, self.upper, height)
        moments = subtalar_moments_nm(run.model)
        found = study.at(INSTANT_PERCENT, self._above(study, run), None)
        assert found is not None
        assert not study.warnings
        return Stood(found, moments)

    def _above(self, study: AlignmentStudy, run: FootRun) -> UpperInstant:
        baseline = study.baseline_posture(INSTANT_PERCENT)
        assert baseline is not None
        posture = foot_posture(run.model)
        heading = self.gait.heading
        return self.upper.instant(
            INSTANT_PERCENT,
            heading @ study.carried_tibia(posture, baseline),
            heading @ baseline.tibia_rotation,
            run.model.foot.landmarks.ankle,
            study.heights_mm[1],
            None,
            study.reaction,
        )
