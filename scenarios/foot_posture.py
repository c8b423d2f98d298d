# SPDX-License-Identifier: MIT
"""Angles and heights of the foot's bones at the present equilibrium."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from meshes.foot_landmarks import FootLandmarks
from scenarios.foot_loads import Levers
from scenarios.foot_model import FootModel
from simulator.rotations import exponential, logarithm

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class FootPosture:
    """Where the bones of the foot and the tibia stand, the same on every rank.

    Attributes:
        rearfoot_eversion_deg: Calcaneus against tibia about the tibia's x axis.
        tibial_rotation_deg: Of the tibia about y of the stance frame, internal positive.
        arch_height_mm: Navicular over the line from calcaneal tubercle to first metatarsal head.
        ankle_height_mm: Centre of the ankle over the ground.
        foot_direction_deg: Turn of the foot's long axis (calcaneal tubercle to second metatarsal
            head) about y from the unloaded foot, inwards positive.
        pressure_ahead_mm: Centre of pressure in front of the ankle.
        forefoot_ahead_mm: Second metatarsal head in front of the ankle.
        tibia_rotation: Stance frame, shape (3, 3).
    """

    rearfoot_eversion_deg: float
    tibial_rotation_deg: float
    arch_height_mm: float
    ankle_height_mm: float
    foot_direction_deg: float
    pressure_ahead_mm: float
    forefoot_ahead_mm: float
    tibia_rotation: Array

    def numbers(self) -> Array:
        """All of it as an array of shape (10,), the rotation as a vector."""
        return np.array([
            self.rearfoot_eversion_deg, self.tibial_rotation_deg, self.arch_height_mm,
            self.ankle_height_mm, self.foot_direction_deg, self.pressure_ahead_mm,
            self.forefoot_ahead_mm, *logarithm(self.tibia_rotation),
        ])  # fmt: skip

    @classmethod
    def of_numbers(cls, numbers: Array) -> FootPosture:
        """The posture that `numbers` stands for."""
        one, two, three, four, five, six, seven = (float(value) for value in numbers[:7])
        return cls(one, two, three, four, five, six, seven, exponential(numbers[7:]))


def foot_posture(model: FootModel) -> FootPosture:
    """Read the posture off the segments' poses and the ground; collective."""
    poses, segments = model.equilibrium.poses, model.segments
    tibia = poses.rotation[segments.index("tibia")]
    calcaneus = poses.rotation[segments.index("calcaneus")]
    hindfoot = np.degrees(logarithm(tibia.T @ calcaneus))
    tibial = np.degrees(logarithm(tibia @ np.eye(3)))
    ankle = bone_point(model, "tibia", model.foot.landmarks.ankle)
    head = bone_point(model, "metatarsal_2", model.foot.landmarks.heads[1])
    ground, moment = ground_wrench(model)
    cop_x = (moment[2] + model.ground_height_mm * ground[0]) / ground[1]
    return FootPosture(
        rearfoot_eversion_deg=-float(hindfoot[0]),
        tibial_rotation_deg=float(tibial[1]),
        arch_height_mm=arch_height_mm(model),
        ankle_height_mm=float(ankle[1]) - model.ground_height_mm,
        foot_direction_deg=foot_direction_deg(model),
        pressure_ahead_mm=float(cop_x - ankle[0]),
        forefoot_ahead_mm=float(head[0] - ankle[0]),
        tibia_rotation=np.array(tibia),
    )


def ground_wrench(model: FootModel) -> tuple[Array, Array]:
    """Force (N) of the ground on foot and insole and its moment about the origin; collective."""
    origin = np.zeros(3)
    found = [model.ground.resultant(origin), model.ground.tack_force(origin)]
    if model.floor is not None:
        found.append(model.floor.resultant(origin))
    force, moment = sum(r.force_n for r in found), sum(r.moment_nmm for r in found)
    return np.asarray(force), np.asarray(moment)


def foot_direction_deg(model: FootModel) -> float:
    """Turn of the foot's long axis about y, inwards positive."""
    marks = model.foot.landmarks
    before = marks.heads[1] - marks.calcaneal_tubercle
    now = bone_point(model, "metatarsal_2", marks.heads[1])
    now = now - bone_point(model, "calcaneus", marks.calcaneal_tubercle)
    turn = np.arctan2(-now[2], now[0]) - np.arctan2(-before[2], before[0])
    return float(np.degrees(turn))


def bone_point(model: FootModel, name: str, point: Array) -> Array:
    """Where a point of a bone, given in the unloaded foot, is now, shape (3,)."""
    segments = model.segments
    i = segments.index(name)
    return np.asarray(model.equilibrium.poses.point(i, segments.reference_mm[i], point))


def arch_height_mm(model: FootModel) -> float:
    """Height of the navicular over the line from calcaneal tubercle to first metatarsal head."""
    marks = model.foot.landmarks
    navicular = bone_point(model, "midfoot", marks.navicular)
    heel = bone_point(model, "calcaneus", marks.calcaneal_tubercle)
    head = bone_point(model, "metatarsal_1", marks.heads[0])
    along = head - heel
    away = navicular - heel
    normal = np.cross(np.cross(along, [0.0, 1.0, 0.0]), along)
    rise = float(away @ normal / np.linalg.norm(normal))
    return abs(rise)


def neutral_arch_height_mm(marks: FootLandmarks) -> float:
    """Arch height of the unloaded foot; see `arch_height_mm`."""
    along = marks.heads[0] - marks.calcaneal_tubercle
    away = marks.navicular - marks.calcaneal_tubercle
    normal = np.cross(np.cross(along, [0.0, 1.0, 0.0]), along)
    return abs(float(away @ normal / np.linalg.norm(normal)))


def load_levers(model: FootModel) -> Levers:
    """Return the heights that the load of the leg overturns joints with, of the unloaded foot."""
    marks, segments = model.foot.landmarks, model.segments
    ankle, subtalar = float(marks.ankle[1]), float(marks.subtalar[1])
    loaded = float(segments.reference_mm[segments.index("tibia")][1])
    return Levers(ankle - model.ground_height_mm, ankle - subtalar, loaded - ankle)
