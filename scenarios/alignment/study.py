# SPDX-License-Identifier: MIT
"""A candidate against its baseline at one instant, with the joints' stiffness as it is and varied.

The baseline's foot is that of its calibration; what stands on it is solved here, from the same
gait. For another stiffness the candidate is solved again from where it stands, and put back.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scenarios.alignment.figures import FACTORS, AlignmentInstant, Figures, change, figures
from scenarios.alignment.standing import stands_mirrored
from scenarios.errors import NotConverged
from scenarios.foot_posture import FootPosture, foot_posture, neutral_arch_height_mm
from scenarios.foot_run import FootRun
from scenarios.schema import Scenario
from scenarios.upper import UpperInstant, UpperModel, UpperState
from simulator.chain import Y_AXIS, Z_AXIS
from simulator.chain_reaction import ChainReaction
from simulator.loading import FootLoading
from simulator.newton import NewtonReport
from simulator.rotations import about
from simulator.stepping import Counters, March, StepsExhausted, march

Array = NDArray[np.float64]

CENTRE_OF_MASS = 0.56
"""Height of the body's centre of mass over stature (de Leva 1996, from memory)."""
MOST_HALVINGS = 3
"""Of the way from a stiffness to its half or double."""


NO_POSTURE = (
    "the calibration was made by an earlier version: it does not hold the baseline's posture, so "
    "that there is no alignment_change"
)


@dataclass
class AlignmentStudy:
    """Compares a candidate in progress with its baseline; methods are collective.

    Attributes:
        run: Foot and insole of the candidate.
        upper: Everything above the knee.
        reaction: How a deviation of the tibia goes up.
        neutral_arch_mm: Height of the arch of the unloaded foot.
        heights_mm: By how much the hip of this side stands higher than the other, on the
            baseline and now.
        centre_of_mass_mm: Its height over the ground in standing, ``None`` in movement.
        factors: On the stiffness of the joints, besides 1.
        warnings: What could not be solved.
    """

    run: FootRun
    upper: UpperModel
    reaction: ChainReaction
    neutral_arch_mm: float
    heights_mm: tuple[float, float] = (0.0, 0.0)
    centre_of_mass_mm: float | None = None
    factors: tuple[float, ...] = FACTORS
    warnings: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Leave the vertebra's inner stress to the run itself."""
        self.upper = replace(self.upper, vertebra=None)

    def baseline_posture(self, percent: float) -> FootPosture | None:
        """Of the baseline's foot, ``None`` where its calibration does not hold it."""
        calibration = self.run.loads.calibration
        numbers = None if calibration is None else calibration.posture_at(percent)
        return None if numbers is None else FootPosture.of_numbers(numbers)

    def carried_tibia(self, posture: FootPosture, baseline: FootPosture) -> Array:
        """Orientation of the tibia that the chain above starts from, stance frame, (3, 3).

        A standing person keeps the direction of the feet, which in the model turn a little on
        their soft tissue: that is taken off. And the line of gravity keeps its distance from
        the forefoot (Bendix 1984): where the ankle moves against this, the body leans back.
        """
        tibia = posture.tibia_rotation
        if self.centre_of_mass_mm is None:
            return tibia
        turn = np.radians(posture.foot_direction_deg - baseline.foot_direction_deg)
        behind = baseline.forefoot_ahead_mm - posture.forefoot_ahead_mm
        lean = behind / (self.centre_of_mass_mm - posture.ankle_height_mm)
        return np.asarray(about(Z_AXIS, lean) @ about(Y_AXIS, -turn) @ tibia)

    def at(
        self, percent: float, above: UpperInstant, state: UpperState | None
    ) -> AlignmentInstant | None:
        """Change at an instant that the candidate has just been solved at.

        Args:
            percent: Of stance.
            above: What stands on the candidate.
            state: Discs that this was started from.

        Returns:
            ``None`` where the baseline's posture is not known.
        """
        baseline = self.baseline_posture(percent)
        if baseline is None:
            return None
        before = self._figures(percent, baseline, baseline, self.heights_mm[0], state)
        here = figures(foot_posture(self.run.model), self.neutral_arch_mm, above)
        return AlignmentInstant(
            percent, before, change(here, before), self._varied(percent, baseline, before, state)
        )

    def _figures(
        self,
        percent: float,
        posture: FootPosture,
        baseline: FootPosture,
        height: float,
        state: UpperState | None,
    ) -> Figures:
        heading = self.run.loads.gait.heading
        above = self.upper.instant(
            percent,
            heading @ self.carried_tibia(posture, baseline),
            heading @ baseline.tibia_rotation,
            np.array([0.0, posture.ankle_height_mm, 0.0]),
            height,
            state,
            self.reaction,
        )
        return figures(posture, self.neutral_arch_mm, above)

    def _varied(
        self, percent: float, baseline: FootPosture, before: Figures, state: UpperState | None
    ) -> dict[float, Figures | None]:
        run = self.run
        found: dict[float, Figures | None] = dict.fromkeys(self.factors)
        equilibrium, loads = run.model.equilibrium, run.loads
        saved = equilibrium.save()
        stop = None if run.guide is None else run.guide.before
        try:
            for factor in self.factors:
                if self._solve(percent, factor):
                    posture = foot_posture(run.model)
                    height = self.heights_mm[1]
                    try:
                        now = self._figures(percent, posture, baseline, height, state)
                    except NotConverged as error:
                        self._say(percent, factor, str(error))
                    else:
                        found[factor] = change(now, before)
                equilibrium.restore(saved)
                if run.guide is not None:
                    run.guide.before = stop
        finally:
            run.loads = loads
            load = loads.at(percent)
            equilibrium.loading = FootLoading(load, run.model.segments, run.model.joint_names)
        return found

    def _solve(self, percent: float, factor: float) -> bool:
        """Solve with another stiffness, in steps if need be."""
        run, loads = self.run, self.run.loads
        counters: Counters = run.march.counters

        def solve_at(share: float) -> NewtonReport:
            stiffness = factor**share
            run.log(f"{percent:7.3f} % of stance, stiffness of joints times {stiffness:.3f}")
            run.loads = replace(loads, stiffness_factor=stiffness)
            stop = (f"stiffness {stiffness:.6g}", percent)
            return run.solve_load(run.loads.at(percent), stop)

        start = March.begun(0.0, counters)
        try:
            march(run.model.equilibrium, solve_at, start, (1.0,), _nothing, MOST_HALVINGS)
        except StepsExhausted as error:
            self._say(percent, factor, f"no equilibrium beyond {factor**error.at:.2f}")
            return False
        finally:
            run.loads = loads
        return True

    def _say(self, percent: float, factor: float, reason: str) -> None:
        self.warnings.append(
            f"alignment at {factor:g} times the stiffness of the joints was not found at "
            f"{percent:g} % of stance: {reason}"
        )


def alignment_study(
    scenario: Scenario, run: FootRun, upper: UpperModel, one_sided_height_mm: float
) -> AlignmentStudy:
    """The study of a candidate as its scenario asks for it.

    Args:
        scenario: Of the candidate.
        run: Foot and insole, not begun.
        upper: Everything above the knee.
        one_sided_height_mm: By how much the hip of this side stands higher than the other.
    """
    standing = scenario.analysis == "standing"
    calibration = run.loads.calibration
    assert calibration is not None
    wanted = scenario.alignment.stiffness_study
    if wanted is None:
        wanted = standing
    return AlignmentStudy(
        run=run,
        upper=upper,
        reaction=ChainReaction(mirrored=stands_mirrored(scenario)),
        neutral_arch_mm=neutral_arch_height_mm(run.model.foot.landmarks),
        heights_mm=(scenario.subject.leg_length_difference_mm, one_sided_height_mm),
        centre_of_mass_mm=1e3 * CENTRE_OF_MASS * scenario.subject.height_m if standing else None,
        factors=FACTORS if wanted else (),
        warnings=[] if calibration.posture is not None else [NO_POSTURE],
    )


def _nothing(*_: Any) -> None:
    """Nothing is kept of the way."""
