# SPDX-License-Identifier: MIT
"""A foot at one instant by the product's own march, with posture and Achilles as levers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from mpi4py import MPI
from numpy.typing import NDArray

from meshes.foot import foot_outline
from scenarios.foot_loads import FootLoads
from scenarios.foot_model import FootModel, build_foot_model
from scenarios.foot_output import ACHILLES_LEVER_MM, foot_instant, plantar_instant
from scenarios.foot_run import FootRun, foot_run
from scenarios.gait.build import walker_of
from scenarios.gait.built_in import built_in_gait, standing_gait
from scenarios.gait.stance import StanceGait
from scenarios.loading import foot_dimensions
from scenarios.plantar import RegionLoads, SensorMap, regional_loads, sense
from scenarios.schema import Scenario
from simulator.loading import HELD_NMM_PER_RAD, FootLoad, FootLoading
from simulator.results import FootInstant
from simulator.stepping import March, march

Array = NDArray[np.float64]
STANDING, WALKING = "standing", "stance"
SPEED_M_S = 1.3


@dataclass(frozen=True)
class Seen:
    """A foot in equilibrium.

    Attributes:
        instant: As in a row of the history.
        loads: By region.
        sensors: Pressure by sensor cell.
        navicular_mm: Height of the navicular tuberosity over the ground.
    """

    instant: FootInstant
    loads: RegionLoads
    sensors: SensorMap
    navicular_mm: float

    def area_cm2(self, threshold_kpa: float) -> float:
        """Area of the sensor cells at or above a threshold."""
        on = self.sensors.pressure_kpa >= threshold_kpa
        return float(self.sensors.area_mm2[on].sum()) / 100.0

    def shares_percent(self) -> dict[str, float]:
        """Share of force by region."""
        whole = self.loads.force_n.whole
        return {name: 100.0 * force / whole for name, force in self.loads.force_n.items()}


class BareFoot:
    """A foot that has come down in a posture, bare by default; its loads can be changed from there.

    Args:
        analysis: ``STANDING``, or ``WALKING`` with the built-in gait.
        percent: Instant of stance.
        ankle_deg: Dorsiflexion at which the ankle is held, in place of the gait's.
        subtalar_deg: Inversion at which the subtalar joint is held, in place of the gait's.
        force_factor: On the ground reaction.
        insole: Table of an insole, in place of the bare ground.
        subject: Keys of the subject.
    """

    def __init__(
        self,
        analysis: str = STANDING,
        percent: float = 50.0,
        *,
        ankle_deg: float | None = None,
        subtalar_deg: float | None = None,
        force_factor: float = 1.0,
        insole: Mapping[str, object] | None = None,
        **subject: object,
    ) -> None:
        under = {"material": "none"} if insole is None else dict(insole)
        data = {"analysis": analysis, "insole": under, "subject": subject}
        self.scenario = Scenario.model_validate(data)
        self.percent = percent
        outline = foot_outline(foot_dimensions(self.scenario.subject))
        walker = walker_of(self.scenario.subject, outline)
        gait = standing_gait(walker) if analysis == STANDING else built_in_gait(SPEED_M_S, walker)
        changed: dict[str, Array] = {"grf_n": force_factor * gait.grf_n}
        for name, angle in (("ankle_deg", ankle_deg), ("subtalar_deg", subtalar_deg)):
            if angle is not None:
                changed[name] = np.full(len(gait.percent), angle)
        # Posture is what the angles say: no centre of pressure closes the torques.
        closed = {"cop_defined": np.zeros(len(gait.percent), dtype=bool)}
        self.gait: StanceGait = replace(gait, **changed, **closed)
        self.model: FootModel = build_foot_model(MPI.COMM_SELF, self.scenario, self.scenario.insole)
        friction = self.scenario.contact.friction_foot_ground
        self.loads = FootLoads(self.gait, self.model.ground_height_mm, friction)
        self.run: FootRun = foot_run(self.model, self.loads, self.scenario, lambda _: None)
        self.run.start(percent, lambda _: None)

    def seen(self) -> Seen:
        """What there is to see now."""
        model = self.model
        marks, i = model.foot.landmarks, model.segments.index("midfoot")
        place = model.equilibrium.poses.point(i, model.segments.reference_mm[i], marks.navicular)
        under = plantar_instant(model, self.percent)
        return Seen(
            foot_instant(model, self.loads, self.percent, 0, 0),
            regional_loads(under, model.foot.dimensions.length_mm),
            sense(under),
            float(place[1]) - model.ground_height_mm,
        )

    def pull_achilles(self, force_n: float) -> Seen:
        """Give the Achilles a force in place of the ankle an angle; the subtalar angle stays."""
        equilibrium = self.model.equilibrium
        loading = equilibrium.loading
        assert isinstance(loading, FootLoading)
        load = self.loads.at(self.percent)
        angle = equilibrium.connector_state().joint_angle_rad[loading.joints]
        now = loading.torque_nmm(angle, equilibrium.extra)
        lever = ACHILLES_LEVER_MM * self.model.foot.dimensions.scale
        then = np.array([-force_n * lever, now[1]])
        stiff = np.array([0.0, HELD_NMM_PER_RAD / 10.0])

        def load_at(share: float) -> FootLoad:
            return replace(
                load,
                alpha_nmm=now + share * (then - now),
                stiffness_nmm_per_rad=stiff,
                angle_rad=angle,
                weight=np.zeros(2),
            )

        self._march(load_at)
        return self.seen()

    def _march(self, load_at: Callable[[float], FootLoad]) -> None:
        march(
            self.model.equilibrium,
            lambda share: self.run.solve_load(load_at(share)),
            March.begun(0.0, self.run.march.counters),
            (1.0,),
            lambda *_: None,
        )
