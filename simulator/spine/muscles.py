# SPDX-License-Identifier: MIT
"""Muscles of one level: from the moment that is left over to a force on the disc.

The disc carries its passive moment; the muscles carry the rest of the external
moment, each component with a lever arm, and press the level together by it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from simulator.rotations import interpolate

Array = NDArray[np.float64]

MuscleKind = Literal["equivalent", "follower", "none"]


@dataclass(frozen=True, slots=True)
class MuscleRule:
    """How muscles balance a level, with sources of the lever arms.

    Attributes:
        kind: ``"equivalent"``: one extensor, flexor and lateral muscle a level. ``"follower"``: a
            constant force through the vertebral centres, no moment (Patwardhan 1999).
            ``"none"``: no muscles; the external moment is carried by nobody and only reported.
        extensor_mm: Lever of the erector spinae and multifidus, 55 to 60 mm (design default 57).
        flexor_mm: Lever of rectus abdominis and obliques, about 100 mm.
        lateral_mm: Lever in the frontal plane, 70 to 80 mm.
        axial_mm: Axial moment over compression of the obliques: fibres at 45 degrees on a radius of
            about 120 mm turn as much as they press (engineering default).
        cocontraction_n: Constant compression C0, fitted on the pressure of standing only.
        follower_n: Force of the follower kind; 500 N in standing (Rohlmann 2009).
        rounding_nmm: Moment below which |m| is rounded, so that Newton's method sees no kink.
    """

    kind: MuscleKind = "equivalent"
    extensor_mm: float = 57.0
    flexor_mm: float = 100.0
    lateral_mm: float = 75.0
    axial_mm: float = 120.0
    cocontraction_n: float = 0.0
    follower_n: float = 500.0
    rounding_nmm: float = 100.0

    def force(self, moment_nmm: Array) -> tuple[float, Array]:
        """Compression by the muscles, N, and its derivative (3,) by their moment.

        Args:
            moment_nmm: (3,) moment of the muscles on the upper vertebra in the disc's axes;
                positive about z extends, so the extensors give it.
        """
        if self.kind == "none":
            return 0.0, np.zeros(3)
        if self.kind == "follower":
            return self.follower_n, np.zeros(3)
        size = np.sqrt(moment_nmm**2 + self.rounding_nmm**2)
        absolute, slope = size - self.rounding_nmm, moment_nmm / size
        lateral, axial, _ = absolute
        sagittal = float(moment_nmm[2])
        extension = 0.5 * (absolute[2] + sagittal)
        flexion = 0.5 * (absolute[2] - sagittal)
        force = (
            lateral / self.lateral_mm
            + axial / self.axial_mm
            + extension / self.extensor_mm
            + flexion / self.flexor_mm
            + self.cocontraction_n
        )
        derivative = np.array(
            [
                slope[0] / self.lateral_mm,
                slope[1] / self.axial_mm,
                0.5 * (slope[2] + 1.0) / self.extensor_mm + 0.5 * (slope[2] - 1.0) / self.flexor_mm,
            ]
        )
        return float(force), derivative


@dataclass(frozen=True, slots=True)
class LevelLoad:
    """What acts on the upper vertebra of one level, in the disc's frame, muscles included.

    Attributes:
        rotation: (3, 3) prescribed rotation of the upper vertebra relative to the lower one.
        force_n: (3,) force of all that is above.
        moment_nmm: (3,) its moment about the disc's reference centre.
        rule: The muscles.
        middle: (3, 3) axes of the loaded disc as columns, half the rotation.
    """

    rotation: Array
    force_n: Array
    moment_nmm: Array
    rule: MuscleRule
    middle: Array = field(init=False)

    def __post_init__(self) -> None:
        """Turn the axes half way."""
        object.__setattr__(self, "middle", interpolate(np.eye(3), self.rotation, 0.5))

    @property
    def target_rotation(self) -> Array:
        """The prescribed rotation."""
        return self.rotation

    @property
    def scale_n(self) -> float:
        """Size of the load, at least 100 N."""
        return max(100.0, float(np.linalg.norm(self.force_n)))

    def moment(self) -> Array:
        """Moment of all that is above; the rotation is prescribed, so it only moves muscles."""
        return self.moment_nmm

    def muscle_force(self, passive_moment_nmm: Array) -> tuple[float, Array]:
        """Muscle force, N, and its derivative (3,) by the passive moment."""
        moment = self.middle.T @ (passive_moment_nmm - self.moment_nmm)
        force, slope = self.rule.force(moment)
        return force, np.asarray(self.middle @ slope)

    def force(self, passive_moment_nmm: Array) -> tuple[Array, Array]:
        """Force on the upper vertebra with muscles, and its derivative by the passive moment.

        Args:
            passive_moment_nmm: (3,) moment that the disc and its connectors carry, about the
                disc's reference centre.

        Returns:
            The force (3,) and its derivative (3, 3).
        """
        muscle, slope = self.muscle_force(passive_moment_nmm)
        normal = self.middle[:, 1]
        return self.force_n - normal * muscle, np.asarray(-np.outer(normal, slope))
