# SPDX-License-Identifier: MIT
"""From gait to the load of foot and tibia at any instant, on a baseline or a candidate.

Frames: the stance frame has X along the foot's long axis at foot-flat; it is the
world turned by the toe-out angle. The unloaded foot lies in it as in the foot frame.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scenarios.gait.carried import FootForces, foot_forces
from scenarios.gait.stance import StanceGait
from simulator.loading import HELD_NMM_PER_RAD, FootLoad, held

Array = NDArray[np.float64]

NMM_PER_DEG_TO_RAD = 180.0 / np.pi * 1e3
"""N m per degree in N mm per rad."""

ANKLE_NM_PER_DEG = 4.0
SUBTALAR_NM_PER_DEG = 1.25
"""Stiffness that goes with the closed torques. A candidate that walks has what the load overturns
besides (`Levers`). Engineering defaults, reported at half and twice the value.

All stiffnesses here are those of a body of 70 kg; they grow with its mass, as what they hold does
(ankle impedance of people is given per kilogram: Rouse et al. 2014)."""
REFERENCE_MASS_KG = 70.0

PASSIVE_SUBTALAR_NM_PER_DEG = 0.117
PASSIVE_SUBTALAR_PER_WEIGHT = 4.0
"""Subtalar joint of a person who stands, and its growth with the share of body weight on the foot.

Without load 9.5, 3.6 and 6.0 N m a radian about the foot's long, upright and lateral axis (DeMers
et al. 2017, J Biomech 52:17), in work 6.7 about the subtalar axis. From no load to half of body
weight the stiffness triples in a straight line (Villamar et al. 2022, J Biomech, 111282)."""

LEG_FRONTAL_NM_PER_DEG = 4.0
LEG_TRANSVERSE_NM_PER_DEG = 1.0
"""What hip and knee oppose to a tilt or turn of a candidate's tibia (engineering defaults)."""

KNEE_FRONTAL_NM_PER_DEG = 10.0
"""Varus and valgus stiffness of a loaded, extended knee (engineering default; Markolf 1976
measured 5 to 15 N m a degree without load, from memory)."""

FOOT_MASS_SHARE = 0.0137
"""Mass of the foot over body mass (de Leva 1996)."""
GRAVITY_MM_S2 = 9806.65
ANKLE_HEIGHT = 3
"""Place of the ankle's height among the numbers of a posture (`scenarios.foot_posture`)."""


def standing_subtalar_nm_per_deg(body_weight_share: float) -> float:
    """What the subtalar joint of a person opposes who stands at ease on both feet.

    Args:
        body_weight_share: On this foot.
    """
    return PASSIVE_SUBTALAR_NM_PER_DEG * (1.0 + PASSIVE_SUBTALAR_PER_WEIGHT * body_weight_share)


def mirrored_leg_nm_per_deg(shank_over_thigh: float) -> tuple[float, float]:
    """What a leg opposes that stands beside its mirror image.

    Foot and hip keep their places, so that a tilt of the tibia by one degree tilts the femur
    by ``-r`` and bends the knee by ``1 + r``; both ends of the leg feel the knee's moment times
    that. Nothing but the two hips' own rotation opposes a turn.

    Args:
        shank_over_thigh: ``r``, ratio of the lengths.
    """
    frontal = KNEE_FRONTAL_NM_PER_DEG * (1.0 + shank_over_thigh) ** 2
    return frontal, LEG_TRANSVERSE_NM_PER_DEG


def smoothstep(x: float) -> float:
    """Rise from 0 to 1 with level ends, clipped outside."""
    x = min(max(x, 0.0), 1.0)
    return x * x * (3.0 - 2.0 * x)


@dataclass(frozen=True, slots=True)
class ClosureWindow:
    """Where the measured centre of pressure closes the torques, in per cent of stance.

    The weight rises over ``rise``, is one in between, and falls over ``fall``; outside
    an edge of the foot carries and the measured angles close them.
    """

    rise: tuple[float, float] = (12.0, 20.0)
    fall: tuple[float, float] = (45.0, 60.0)

    def weight(self, percent: float) -> float:
        """Weight ``b`` of the centre of pressure."""
        up = smoothstep((percent - self.rise[0]) / (self.rise[1] - self.rise[0]))
        down = smoothstep((percent - self.fall[0]) / (self.fall[1] - self.fall[0]))
        return up * (1.0 - down)

    @property
    def full(self) -> tuple[float, float]:
        """Per cent of stance where the weight is one."""
        return self.rise[1], self.fall[0]


@dataclass(frozen=True, slots=True)
class Calibration:
    """What a baseline freezes for its candidates, over per cent of stance.

    Attributes:
        percent: Accepted steps, shape (n,).
        torque_nmm: Ankle and subtalar torque, shape (n, 2).
        angle_rad: Their angles, shape (n, 2).
        tibia_moment_nmm: Moment that held the tibia, stance frame, shape (n, 3).
        posture: Numbers of `scenarios.foot_posture.FootPosture`, shape (n, 10); ``None`` in a
            calibration of an earlier version.
    """

    percent: Array
    torque_nmm: Array
    angle_rad: Array
    tibia_moment_nmm: Array
    posture: Array | None = None

    def at(self, percent: float) -> tuple[Array, Array, Array]:
        """Interpolate torque, angle and moment between accepted steps."""
        return tuple(
            np.array([np.interp(percent, self.percent, column) for column in table.T])
            for table in (self.torque_nmm, self.angle_rad, self.tibia_moment_nmm)
        )  # type: ignore[return-value]

    def posture_at(self, percent: float) -> Array | None:
        """Numbers of the baseline's posture, interpolated as in `at`; ``None`` where not kept."""
        if self.posture is None:
            return None
        columns = self.posture.T
        return np.array([np.interp(percent, self.percent, column) for column in columns])


@dataclass(frozen=True, slots=True)
class Levers:
    """Heights that a load on the leg overturns a candidate's joints with (mm).

    A joint that turns by an angle takes the load aside by its height times that, so that a load
    ``F`` takes ``F h`` off its stiffness. What a person opposes is known, if at all, as what is
    left: muscles hold the load besides (docs/theory/stance.md, "Candidates").

    Attributes:
        ankle: Of the ankle over the ground, where a calibration does not tell it.
        below: Of the ankle over the subtalar joint.
        leg: Of the point of the tibia that is loaded, over the ankle.
    """

    ankle: float = 0.0
    below: float = 0.0
    leg: float = 0.0

    def of_foot(self, posture: Array | None) -> Array:
        """Of ankle and subtalar joint over the ground, shape (2,).

        Args:
            posture: Numbers of the baseline's posture, where they are known.
        """
        ankle = self.ankle if posture is None else float(posture[ANKLE_HEIGHT])
        return np.array([ankle, ankle - self.below])


@dataclass(frozen=True)
class FootLoads:
    """Load of foot and tibia as a function of per cent of stance.

    Attributes:
        gait: The stance.
        ground_height_mm: Height of the ground in the stance frame.
        friction: Least coefficient between foot and ground.
        calibration: Of the baseline; ``None`` when this run is the baseline.
        window: Where the centre of pressure closes the torques.
        stiffness_factor: Factor on the torques' stiffness and on that of a candidate's leg.
        leg_nm_per_deg: What the leg opposes to a tilt and a turn of a candidate's tibia.
        subtalar_nm_per_deg: What the subtalar joint opposes.
        levers: Of the load, that stiffness holds besides; ``None`` leaves them out.
    """

    gait: StanceGait
    ground_height_mm: float
    friction: float
    calibration: Calibration | None = None
    window: ClosureWindow = field(default_factory=ClosureWindow)
    stiffness_factor: float = 1.0
    leg_nm_per_deg: tuple[float, float] = (LEG_FRONTAL_NM_PER_DEG, LEG_TRANSVERSE_NM_PER_DEG)
    subtalar_nm_per_deg: float = SUBTALAR_NM_PER_DEG
    levers: Levers | None = None

    @property
    def stiffness_nmm_per_rad(self) -> Array:
        """Stiffness of ankle and subtalar torque, shape (2,)."""
        pair = np.array([ANKLE_NM_PER_DEG, self.subtalar_nm_per_deg])
        return self._stiffer * NMM_PER_DEG_TO_RAD * pair

    @property
    def _stiffer(self) -> float:
        return self.stiffness_factor * (self.gait.body_mass_kg / REFERENCE_MASS_KG)

    def forces(self, percent: float) -> FootForces:
        """Ground reaction at an instant."""
        return foot_forces(self.gait, percent, self.friction)

    def tibia_rotation(self, percent: float) -> Array:
        """Tibia in the stance frame, shape (3, 3)."""
        return self.gait.heading.T @ self.gait.at(percent).tibia_rotation

    def closure_weight(self, percent: float) -> float:
        """Weight ``b`` of the measured centre of pressure on a baseline at an instant."""
        return self.window.weight(percent) if self.gait.at(percent).cop_defined else 0.0

    def at(self, percent: float, share: float = 1.0) -> FootLoad:
        """Load at an instant; ``share`` scales the force for the approach."""
        now = self.gait.at(percent)
        carried = share * self.forces(percent).carried_n
        weight = FOOT_MASS_SHARE * self.gait.body_mass_kg * 1e-3 * GRAVITY_MM_S2
        foot = np.array([0.0, -share * weight, 0.0])
        centre = np.array([now.cop_foot_mm[0], self.ground_height_mm, now.cop_foot_mm[1]])
        angle = np.radians([now.ankle_deg, now.subtalar_deg])
        load: dict[str, Any] = {
            "force_n": {"tibia": -carried - foot, "midfoot": foot},
            "tibia_rotation": self.tibia_rotation(percent),
            "stiffness_nmm_per_rad": self.stiffness_nmm_per_rad,
            "centre_mm": np.nan_to_num(centre),
        }
        if self.calibration is None:
            b = self.closure_weight(percent)
            return FootLoad(
                **load,
                tibia_stiffness_nmm_per_rad=held(),
                tibia_moment_nmm=np.zeros(3),
                angle_rad=angle,
                alpha_nmm=None,
                weight=np.array([b, b]),
            )
        torque, angle, moment = self.calibration.at(percent)
        leg = self._stiffer * NMM_PER_DEG_TO_RAD * np.array(self.leg_nm_per_deg)
        if self.levers is not None:
            pressed_n = max(float(carried[1]), 0.0)
            heights = self.levers.of_foot(self.calibration.posture_at(percent))
            load["stiffness_nmm_per_rad"] += pressed_n * heights
            leg[0] += pressed_n * self.levers.leg
        return FootLoad(
            **load,
            tibia_stiffness_nmm_per_rad=np.diag([leg[0], leg[1], HELD_NMM_PER_RAD]),
            tibia_moment_nmm=moment * np.array([1.0, 1.0, 0.0]),
            angle_rad=angle,
            alpha_nmm=torque,
            weight=np.zeros(2),
        )
