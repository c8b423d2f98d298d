# SPDX-License-Identifier: MIT
"""A seated person's foot in elements on a plate that moves up and down.

The shank stands upright and does not turn. It carries its own mass and the part of the thigh's
that rests on the knee; bone moves with it, soft tissue wobbles, as in the chain of an impact.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from types import SimpleNamespace

import numpy as np
from mpi4py import MPI
from numpy.typing import NDArray
from scipy.optimize import least_squares

from materials.build import series_of
from materials.library import load
from scenarios.foot_model import (
    FootModel,
    build_foot_model,
    build_geometry,
    foot_segments,
    tissue_mass_t,
)
from scenarios.foot_start import place
from scenarios.impact.masses import LEG_SOFT_SHARE, TONNE_PER_KG, foot_masses
from scenarios.impact.stiffness import (
    LEG_WOBBLE,
    ChainDefaults,
    foot_joint_damping,
    foot_joint_stiffness,
)
from scenarios.schema import Scenario
from simulator.bushings import Bushing
from simulator.connectors import JointDrive, RotationDrive, TranslationDrive
from simulator.dynamics.alpha import Scheme
from simulator.dynamics.inertia import RigidMass, SegmentRates
from simulator.dynamics.system import MovingSystem
from simulator.newton import NewtonSettings, solve
from simulator.segments import Segments
from simulator.terms import Drives, FixedLoading
from simulator.upper_body import GRAVITY_MM_S2, SHANK, THIGH

Array = NDArray[np.float64]

BODY_KG = 70.0
THIGH_ON_KNEE = 1.0 / 3.0
"""Part of the thigh that rests on the knee of a seated person, about its moment of inertia about
the hip over the square of its length (0.28) and below its weight there if no seat carried it."""
SHANK_HELD = 1e7
"""Stiffness that keeps the shank from turning, N mm/rad."""
OVERLAP_MM = 0.05
TOLERANCE_N, LOADING_N = 1e-3, 0.05
"""Newton's residual of a step, and while the weight comes on."""
SETTLED_MM = 2e-3
HELD = 10.0
"""Acceleration by displacement (1/s2) that holds what friction and plate do not."""


@dataclass(frozen=True, eq=False)
class SeatedLeg:
    """Foot, shank and what rests on the knee, at rest on the plate.

    Attributes:
        model: Foot in elements with its segments.
        system: Integrator.
        mass_kg: On the plate, tissue in elements included.
        soft_kg: Part of it that wobbles about the bones.
    """

    model: FootModel
    system: MovingSystem
    mass_kg: float
    soft_kg: float

    @property
    def ankle_mm(self) -> float:
        """Height of the shank's reference point, which moves as the malleoli do."""
        return float(self._height("tibia"))

    @property
    def plate_n(self) -> float:
        """Vertical force of the plate on the foot."""
        return float(self.model.ground.resultant().force_n[1])

    def _height(self, name: str) -> float:
        return float(self.model.equilibrium.poses.position_mm[self.model.segments.index(name), 1])


def seated_leg(
    added_kg: float = 0.0,
    *,
    on_bone: bool = True,
    thigh_on_knee: float = THIGH_ON_KNEE,
    log: Callable[[str], None] | None = None,
) -> SeatedLeg:
    """Build the leg and let it come to rest under its weight.

    Args:
        added_kg: On the knee.
        on_bone: Whether that moves with the shank, or lies on soft tissue as the leg's own.
        thigh_on_knee: Part of the thigh's mass that the shank carries.
        log: Receives a line an iteration.
    """
    scenario = Scenario(name="seated")
    barefoot = scenario.insole.model_copy(update={"material": "none"})
    foot, _ = build_geometry(MPI.COMM_SELF, scenario, barefoot)
    own = foot_segments(foot)
    centre = own.reference_mm[own.index("tibia")]
    leg_t = TONNE_PER_KG * BODY_KG * (SHANK + thigh_on_knee * THIGH)
    added_t = TONNE_PER_KG * added_kg
    soft_t = LEG_SOFT_SHARE * leg_t + (0.0 if on_bone else added_t)
    bone_t = leg_t + added_t - soft_t
    turning = 1e4 * np.eye(3)
    soft = RigidMass("soft", soft_t, centre, soft_t * turning)
    masses = [
        *foot_masses(foot, BODY_KG, tissue_mass_t(foot)),
        RigidMass("tibia", bone_t, centre, bone_t * turning),
        soft,
    ]
    segments = Segments((*own.names, "soft"), np.vstack([own.reference_mm, centre]))
    hang = Bushing("soft", "tibia", "soft", centre, np.eye(3), *LEG_WOBBLE.matrices(soft))
    chain = SimpleNamespace(segments=segments, masses=tuple(masses), bushings=(hang,))
    model = build_foot_model(MPI.COMM_SELF, scenario, barefoot, chain)
    mass_t = sum(mass.mass_t for mass in masses)
    system = _on_the_plate(model, mass_t, log)
    mass_t += system.inertia.tissue_mass_t()
    return SeatedLeg(model, system, mass_t / TONNE_PER_KG, soft_t / TONNE_PER_KG)


def _on_the_plate(
    model: FootModel, mass_t: float, log: Callable[[str], None] | None
) -> MovingSystem:
    options = ChainDefaults()
    carried, weight = [0.0], -mass_t * GRAVITY_MM_S2
    joints = {n: JointDrive(0.0, k, 0.0) for n, k in foot_joint_stiffness(options).items()}
    upright = RotationDrive("tibia", np.eye(3), SHANK_HELD * np.eye(3), np.zeros(3))

    def drives_at(_: float) -> Drives:
        return Drives(joints, (upright,), (TranslationDrive("tibia", carried[0] * weight),))

    system = MovingSystem(
        model.equilibrium,
        model.linear,
        Scheme.with_radius(0.8),
        drives_at,
        foot_joint_damping(model.joint_names, options),
        NewtonSettings(TOLERANCE_N, max_iterations=25, beyond=0),
        log,
    )
    place(model, np.eye(3), np.zeros(2), OVERLAP_MM)
    count = len(model.segments)
    model.equilibrium.refresh_pattern()
    still = SegmentRates(np.zeros((count, 3)), np.zeros((count, 3)))
    nodes = np.zeros(model.equilibrium.u.x.array.size)
    exact = system.settings
    for share in (0.8, 0.4, 0.0):
        carried[0] = share
        system.settings = replace(exact, tolerance_n=LOADING_N)
        _settle(system, still, nodes, np.inf if share else SETTLED_MM)
    system.settings = exact
    _settle(system, still, nodes, SETTLED_MM)
    report = system.set_in_motion(0.0, nodes, still)
    assert report.converged, report
    return system


def _settle(system: MovingSystem, still: SegmentRates, nodes: Array, within_mm: float) -> None:
    """Settle again and again, since what holds a state while it settles carries some weight."""
    e = system.equilibrium
    count = len(e.poses.position_mm)
    for _ in range(20):
        before = e.poses.position_mm.copy()
        report = system.settle(0.0, still, nodes, np.zeros((count, 6)))
        assert report.converged, report
        if np.abs(e.poses.position_mm - before).max() < within_mm:
            return
    raise AssertionError("the leg does not come to rest")


# -- base motion -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Shaken:
    """What a short lift of the plate does: time, ways from rest (n,), accelerations (n,)."""

    time_s: Array
    plate_mm: Array
    ankle_mm: Array
    heel_mm: Array
    ankle_mm_s2: Array
    heel_mm_s2: Array

    def transmissibility(self, frequency_hz: Array) -> Array:
        """Motion of the ankle over that of the plate by frequency, of Fourier's integrals.

        The record must last until the ankle is back at rest.
        """
        waves = np.exp(-2j * np.pi * np.outer(frequency_hz, self.time_s))
        return np.abs(waves @ self.ankle_mm / (waves @ self.plate_mm))


PULSE_MM, PULSE_S = 0.1, 0.024
"""Height and duration of the lift, a squared sine: 0.35 g at most, no zero below 83 Hz."""
STEP_S = 3e-3
"""At 12 Hz the integrator lengthens a period by about half a per cent."""


def shake(leg: SeatedLeg, end_s: float = 0.15, step_s: float = STEP_S) -> Shaken:
    """Lift and lower the plate once, and follow shank and heel."""
    system, ground, index = leg.system, leg.model.ground, leg.model.segments.index
    followed = [index("tibia"), index("calcaneus")]
    level = float(ground.origin[1])
    start = leg.model.equilibrium.poses.position_mm[followed, 1].copy()
    rows = [np.zeros(6)]
    for i in range(round(end_s / step_s)):
        begin, end = i * step_s, (i + 1) * step_s
        way = PULSE_MM * np.sin(np.pi * end / PULSE_S) ** 2 if end < PULSE_S else 0.0
        ground.origin[1] = level + way
        report = system.step(begin, end)
        assert report.converged, (end, report)
        leg.model.equilibrium.commit()
        system.accept()
        assert system.motion is not None
        place = leg.model.equilibrium.poses.position_mm[followed, 1] - start
        rows.append(np.array([end, way, *place, *system.motion.segments.acceleration[followed, 1]]))
    return Shaken(*np.array(rows).T)


def ringing(time_s: Array, way: Array) -> tuple[float, float]:
    """Frequency (Hz, damped) and damping ratio of what rings freely, creep and rest aside."""
    t = time_s - time_s[0]

    def parts(log_values: Array) -> Array:
        decay, turn, creep = np.exp(log_values)
        swing = np.exp(-decay * t)
        return np.column_stack(
            [swing * np.cos(turn * t), swing * np.sin(turn * t), np.exp(-creep * t)]
        )

    def error(log_values: Array) -> Array:
        columns = parts(log_values)
        return np.asarray(columns @ np.linalg.lstsq(columns, way, rcond=None)[0] - way)

    scale = float(np.abs(way).max())
    found = min(
        (
            least_squares(
                lambda x: error(x) / scale, np.log([0.2 * 2 * np.pi * f, 2 * np.pi * f, 20.0])
            )
            for f in (12.0, 18.0, 25.0, 35.0)
        ),
        key=lambda fit: float(fit.cost),
    )
    decay, turn, _ = np.exp(found.x)
    return float(turn / (2 * np.pi)), float(decay / np.hypot(decay, turn))


# -- stiffness at rest, and what follows from it -----------------------------------------------


def stiffness_n_per_mm(leg: SeatedLeg, sudden: bool, force_n: float = 0.5) -> float:
    """Force on the shank over its way, of the foot at rest on the plate.

    Args:
        leg: At rest.
        sudden: The answer to a sudden force, nothing relaxed; else to a slow one.
        force_n: Added, then taken off.
    """
    system, e = leg.system, leg.model.equilibrium
    heights = []
    count = len(leg.model.segments)
    still = np.zeros((count, 6))
    saved, loading = e.save(), e.loading
    for sign in (1.0, -1.0):
        drives = system.drives_at(0.0)
        push = TranslationDrive("tibia", np.array([0.0, -sign * force_n, 0.0]))
        e.loading = FixedLoading(replace(drives, translations=(*drives.translations, push)), count)
        system.inertia.hold(HELD, np.zeros(e.u.x.array.size), still, still, e.poses)
        e.solid.begin_step(0.0 if sudden else np.inf)
        report = solve(e, system.linear, system.settings, system.log)
        assert report.converged, report
        heights.append(leg.ankle_mm)
        e.restore(saved)
    e.loading = loading
    return 2.0 * force_n / (heights[1] - heights[0])


def mass_on_tissue(leg: SeatedLeg, slow: float, sudden: float, frequency_hz: Array) -> Array:
    """Transmissibility of a mass on two springs, all tissue relaxing by one series.

    Dampers of the foot's joints are left out.

    Args:
        leg: Gives masses: soft tissue hangs on the mass as it does on the shank.
        slow: Stiffness of slow deformation (N/mm).
        sudden: Of a sudden one.
        frequency_hz: Where.
    """
    series = series_of(load("heel_pad"))
    assert series is not None
    turn = 2j * np.pi * np.asarray(frequency_hz)
    share = sum(
        g * turn * t / (1.0 + turn * t) for g, t in zip(series.weights, series.times_s, strict=True)
    ) / sum(series.weights)
    spring = slow + (sudden - slow) * share
    hang = LEG_WOBBLE.stiffness_per_s2 + LEG_WOBBLE.damping_per_s * turn
    soft = TONNE_PER_KG * leg.soft_kg
    moved = TONNE_PER_KG * leg.mass_kg - soft + soft * hang / (hang + turn**2)
    return np.abs(spring / (spring + turn**2 * moved))
