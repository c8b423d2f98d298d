# SPDX-License-Identifier: MIT
"""Angles and heights of the foot's bones at the present equilibrium."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from meshes.foot_landmarks import FootLandmarks
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
        tibia_rotation: Stance frame, shape (3, 3).
    """

    rearfoot_eversion_deg: float
    tibial_rotation_deg: float
    arch_height_mm: float
    ankle_height_mm: float
    tibia_rotation: Array

    def numbers(self) -> Array:
        """All of it as an array of shape (7,), the rotation as a vector."""
        return np.array([
            self.rearfoot_eversion_deg, self.tibial_rotation_deg, self.arch_height_mm,
            self.ankle_height_mm, *logarithm(self.tibia_rotation),
        ])  # fmt: skip

    @classmethod
    def of_numbers(cls, numbers: Array) -> FootPosture:
        """The posture that `numbers` stands for."""
        eversion, rotation, arch, ankle = (float(value) for value in numbers[:4])
        return cls(eversion, rotation, arch, ankle, exponential(numbers[4:]))


def foot_posture(model: FootModel) -> FootPosture:
    """Read the posture off the segments' poses."""
    poses, segments = model.equilibrium.poses, model.segments
    i = segments.index("tibia")
    tibia = poses.rotation[i]
    calcaneus = poses.rotation[segments.index("calcaneus")]
    hindfoot = np.degrees(logarithm(tibia.T @ calcaneus))
    tibial = np.degrees(logarithm(tibia @ np.eye(3)))
    ankle = poses.point(i, segments.reference_mm[i], model.foot.landmarks.ankle)
    return FootPosture(
        rearfoot_eversion_deg=-float(hindfoot[0]),
        tibial_rotation_deg=float(tibial[1]),
        arch_height_mm=arch_height_mm(model),
        ankle_height_mm=float(ankle[1]) - model.ground_height_mm,
        tibia_rotation=np.array(tibia),
    )


def arch_height_mm(model: FootModel) -> float:
    """Height of the navicular over the line from calcaneal tubercle to first metatarsal head."""
    poses, segments = model.equilibrium.poses, model.segments
    marks = model.foot.landmarks

    def current(name: str, point: Array) -> Array:
        i = segments.index(name)
        return poses.point(i, segments.reference_mm[i], point)

    navicular = current("midfoot", marks.navicular)
    heel = current("calcaneus", marks.calcaneal_tubercle)
    head = current("metatarsal_1", marks.heads[0])
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
