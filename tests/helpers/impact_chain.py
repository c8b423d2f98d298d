"""The chain of an impact without elements: built cheaply, and linearised about a posture."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from meshes.foot import FootGeometry
from scenarios.foot_joints import foot_bands, foot_joints
from scenarios.impact.chain import ImpactChain, build_chain
from scenarios.impact.feedforward import FeedForward
from scenarios.impact.inverse import planned_motion
from scenarios.impact.movement import Movement
from scenarios.impact.posture import initial_state, planned_poses
from scenarios.impact.stiffness import ChainDefaults
from scenarios.impact.walking import walking_movement
from scenarios.schema import Scenario
from scenarios.schema_insole import Insole
from scenarios.shapes import foot_shapes
from scenarios.upper.anatomy import UpperAnatomy, upper_anatomy
from simulator.bushings import Bushings
from simulator.connectors import Connectors
from simulator.dynamics.alpha import Rates, Scheme
from simulator.dynamics.inertia import SegmentInertia
from simulator.rotations import logarithm
from simulator.segments import Poses, increment_scale
from simulator.terms import Drives
from simulator.upper_body import GRAVITY_MM_S2
from tests.helpers.upper import walking

LEVELS = np.tile(np.diag([300.0, 1000.0, 430.0, 8.5e4, 2.8e5, 5.0e4]), (5, 1, 1))
"""Round stiffness of the five levels, so that most tests need no disc in elements."""
LEVELS[:, 1, 5] = LEVELS[:, 5, 1] = -2.0e3

TISSUE_T = 4e-4
BODY_KG = 70.0
X, Y, Z = range(3)
SAGITTAL = (0, 1, 5)
"""Freedoms of a segment in the sagittal plane: forward, up, and the turn about Z."""


@cache
def person() -> tuple[Scenario, FootGeometry, UpperAnatomy]:
    scenario = Scenario(insole=Insole(material="none"))
    foot, _ = foot_shapes(scenario, scenario.insole)
    anatomy = upper_anatomy(
        scenario.subject, scenario.lumbar.lordosis_deg, "coarse", foot.landmarks.ankle
    )
    return scenario, foot, anatomy


def chain_of(levels: np.ndarray = LEVELS, **options: object) -> ImpactChain:
    chosen = replace(ChainDefaults(), **options)  # type: ignore[arg-type]
    return build_chain(*person(), levels, TISSUE_T, chosen)


@cache
def usual_chain() -> ImpactChain:
    return chain_of()


@cache
def usual_walk() -> Movement:
    _, foot, anatomy = person()
    return walking_movement(walking(), foot, anatomy.size, 0.5, 0.15)


@cache
def usual_drives() -> FeedForward:
    return FeedForward(usual_chain(), usual_walk())


def standing_still() -> Movement:
    """Upright on both feet, each with half of the weight."""
    time = np.linspace(0.0, 0.1, 11)
    upright, none = np.tile(np.eye(3), (11, 1, 1)), np.zeros((11, 3))
    half = np.tile(-0.5e-3 * BODY_KG * GRAVITY_MM_S2, (11, 1))
    return Movement(
        kind="walking",
        source="built-in",
        time_s=time,
        body_mass_kg=BODY_KG,
        speed_m_s=0.0,
        tibia_rotation=upright,
        ankle_deg=none[:, 0],
        subtalar_deg=none[:, 0],
        knee_deg=none[:, 0],
        pelvis_rotation=upright,
        thorax_rotation=upright,
        ground_force_n=half,
        cop_foot_mm=np.tile([56.0, 0.0], (11, 1)),
        other_force_n=half,
        com_acceleration_mm_s2=none,
        heel_velocity_mm_s=np.zeros(3),
        warnings=(),
    )


def feet_of(chain: ImpactChain, movement: Movement, shift_mm: tuple[float, ...]) -> Poses:
    """The foot's segments in the posture of touchdown, put somewhere."""
    poses, count = planned_poses(chain, movement, 0.0), len(chain.foot_names)
    return Poses(poses.position_mm[:count] + np.asarray(shift_mm), poses.rotation[:count])


@dataclass(frozen=True)
class Linear:
    """Stiffness (with weights), damping and mass (6 n, 6 n) about a posture; names of segments."""

    stiffness: np.ndarray
    damping: np.ndarray
    mass: np.ndarray
    names: tuple[str, ...]

    def without(self, *fixed: str) -> Linear:
        free = np.concatenate(
            [np.arange(6 * k, 6 * k + 6) for k, n in enumerate(self.names) if n not in fixed]
        )
        parts = (m[np.ix_(free, free)] for m in (self.stiffness, self.damping, self.mass))
        return Linear(*parts, tuple(n for n in self.names if n not in fixed))

    def roots(self) -> np.ndarray:
        """Complex rates of all damped modes, 1/s."""
        size = len(self.mass)
        below = np.linalg.solve(self.mass, -np.hstack([self.stiffness, self.damping]))
        return np.linalg.eigvals(np.vstack([np.eye(2 * size)[size:], below]))

    def driven(self, base: tuple[str, ...], frequency_hz: float) -> tuple[float, float]:
        """Base moved up and down, all else free in the sagittal plane.

        Returns:
            Size of the apparent mass at the base (t), and of the trunk's motion over the base's.
        """
        rate = 2.0 * np.pi * frequency_hz
        whole = self.stiffness + 1j * rate * self.damping - rate**2 * self.mass
        index = np.arange(6 * len(self.names)).reshape(-1, 6)
        moved = np.array([name in base for name in self.names])
        held, free = index[moved].ravel(), index[~moved][:, SAGITTAL].ravel()
        up = np.tile(np.eye(6)[Y], moved.sum())
        answer = -np.linalg.solve(whole[np.ix_(free, free)], whole[np.ix_(free, held)] @ up)
        reaction = whole[np.ix_(held, held)] @ up + whole[np.ix_(held, free)] @ answer
        trunk = answer[list(free).index(index[self.names.index("trunk"), Y])]
        return abs(up @ reaction) / rate**2, abs(trunk)


def linearised(chain: ImpactChain, poses: Poses, drives: Drives) -> Linear:
    scale = increment_scale(len(chain.segments))
    plain = np.outer(scale, scale)
    bushings = Bushings(chain.segments, chain.bushings).evaluate(poses, drives.bushings)
    bones = foot_joints(chain.foot.joints, chain.foot.dimensions)
    joints = Connectors(chain.segments, bones, ()).evaluate(
        poses, drives.joints, drives.rotations, drives.translations
    )
    damping = sum(
        rows.T @ bushing.damping @ rows
        for rows, bushing in zip(bushings.coordinate_rows, chain.bushings, strict=True)
    )
    for joint, row in zip(chain.foot.joints, joints.joint_angle_gradient / scale, strict=True):
        damping = damping + chain.joint_damping[joint.name] * np.outer(row, row)
    still = np.zeros((len(chain.segments), 6))
    with_weight, mass = (
        SegmentInertia(chain.segments, chain.masses, gravity)
        .evaluate(poses, poses, (1.0, 0.0), still, still)
        .tangent_n_per_mm
        / plain
        for gravity in (chain.gravity_mm_s2, np.zeros(3))
    )
    stiffness = bushings.hessian + joints.hessian_n_per_mm / plain + with_weight - mass
    even = 0.5 * (stiffness + stiffness.T)
    return Linear(even, np.asarray(damping), 0.5 * (mass + mass.T), chain.segments.names)


def follow(drives: FeedForward, end_s: float, step_s: float) -> Poses:
    """Step the chain alone, with the planned ground reaction on the foot.

    The foot's tissue moves with the calcaneus; generalised alpha and Newton's method as in
    ``simulator.dynamics.system``.
    """
    chain, walk = drives.chain, drives.movement
    segments, masses = chain.segments, (*chain.masses, chain.tissue)
    inertia = SegmentInertia(segments, masses, chain.gravity_mm_s2)
    bushings = Bushings(segments, chain.bushings)
    size = chain.foot.dimensions
    bones = foot_joints(chain.foot.joints, size), foot_bands(chain.foot.bands, size)
    foot = Connectors(segments, *bones)
    poses, rates = initial_state(chain, walk, feet_of(chain, walk, (0.0, 0.0, 0.0)))
    plan = planned_motion(chain, walk, 0.0)
    velocity = np.hstack([rates.velocity_mm_s, rates.spin_rad_s])
    moving = Rates.started(velocity, np.hstack([plan.accelerations_mm_s2, plan.spin_rates_rad_s2]))
    of_bushings = Rates.started(bushings.evaluate(poses, {}).coordinate_rows @ velocity.ravel())
    step, heel = Scheme.with_radius(0.8).step(step_s), segments.index("calcaneus")
    scale = increment_scale(len(segments))
    for time in np.arange(1, round(end_s / step_s) + 1) * step_s:
        begun, where = poses, bushings.evaluate(poses, {}).coordinates
        factor = step.velocity_factor
        rest = where - of_bushings.velocity_offset(step) / factor
        now, ground = drives.at(time), planned_motion(chain, walk, time).ground_n
        damped = {
            b.name: replace(
                now.bushings[b.name], extra_stiffness=factor * b.damping, extra_target=rest[k]
            )
            for k, b in enumerate(chain.bushings)
        }
        centre = walk.at(time).cop_foot_mm
        sole = np.array([centre[0], 0.0, centre[1]]) - segments.reference_mm[heel]
        offsets = moving.velocity_offset(step), moving.acceleration_offset(step)
        for _ in range(4):
            parts = (
                bushings.evaluate(poses, damped),
                foot.evaluate(poses, now.joints, now.rotations, now.translations),
                inertia.evaluate(poses, begun, (step.acceleration_factor, factor), *offsets),
            )
            residual = parts[0].gradient * scale + parts[1].gradient_n + parts[2].gradient_n
            push = np.concatenate([ground, np.cross(poses.rotation[heel] @ sole, ground)])
            residual[6 * heel : 6 * heel + 6] -= push * scale[:6]
            tangent = parts[0].hessian * np.outer(scale, scale)
            tangent += parts[1].hessian_n_per_mm + parts[2].tangent_n_per_mm
            poses = poses.advanced(-np.linalg.solve(tangent, residual).reshape(-1, 6))
        turn = logarithm(poses.rotation @ np.swapaxes(begun.rotation, -1, -2))
        way = np.hstack([poses.position_mm - begun.position_mm, turn])
        moving = moving.advanced(step, way)
        of_bushings = of_bushings.advanced(step, bushings.evaluate(poses, {}).coordinates - where)
    return poses
