# SPDX-License-Identifier: MIT
"""What the part above the knee takes from one instant to the next, and what it gives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.chain_reaction import LimbAngles
from simulator.results import LevelInstant, PelvisInstant
from simulator.spine.disc import DiscState
from simulator.spine.records import LevelResult, LumbarLoad
from simulator.spine.vertebra_records import VertebraResult

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class UpperState:
    """Configuration of the five discs, L5-S1 first: plain arrays, for checkpoints.

    The same on any number of ranks; only a start for the next instant.

    Attributes:
        displacement_mm: of the annuli, shape (5, n).
        translation_mm: of the upper vertebrae, shape (5, 3).
        rotation: of the upper vertebrae relative to the lower ones, shape (5, 3, 3).
        pressure_mpa: of the nuclei, shape (5,).
    """

    displacement_mm: Array
    translation_mm: Array
    rotation: Array
    pressure_mpa: Array

    @classmethod
    def of(cls, results: Sequence[LevelResult]) -> UpperState:
        """Collect the configurations of solved levels."""
        states = [result.state for result in results]
        return cls(
            displacement_mm=np.array([state.displacement for state in states]),
            translation_mm=np.array([state.translation for state in states]),
            rotation=np.array([state.rotation for state in states]),
            pressure_mpa=np.array([state.pressure_mpa for state in states]),
        )

    def discs(self) -> tuple[DiscState, ...]:
        """The configuration of each disc."""
        parts = zip(
            self.displacement_mm, self.translation_mm, self.rotation, self.pressure_mpa, strict=True
        )
        return tuple(DiscState(u, t, r, float(p)) for u, t, r, p in parts)


@dataclass(frozen=True, slots=True)
class UpperPose:
    """Places and orientations above the knee, world, mm; rotations are from standing.

    Attributes:
        knee_mm: centre of the right knee, shape (3,).
        hips_mm: midpoint of both hip centres, shape (3,).
        femur_rotation: shape (3, 3).
        pelvis_rotation: shape (3, 3).
    """

    knee_mm: Array
    hips_mm: Array
    femur_rotation: Array
    pelvis_rotation: Array


@dataclass(frozen=True, slots=True)
class UpperInstant:
    """Everything above the knee at one instant, the same on every rank.

    Attributes:
        pelvis: alignment.
        levels: load of the discs, L5-S1 first.
        state: start of the next instant.
        newton_iterations: summed over the levels.
        pose: for pictures.
        load: posture and load of the column.
        solved: all that is known of the levels.
        angles: of knee, hip, pelvis and lumbar spine.
        vertebra: stress inside one of them, None where it is not asked for.
    """

    pelvis: PelvisInstant
    levels: tuple[LevelInstant, ...]
    state: UpperState
    newton_iterations: int
    pose: UpperPose
    load: LumbarLoad
    solved: tuple[LevelResult, ...]
    angles: LimbAngles
    vertebra: VertebraResult | None = None


@dataclass(frozen=True, slots=True)
class UpperShown:
    """What pictures of an instant need; see `UpperInstant`."""

    pose: UpperPose
    load: LumbarLoad
    solved: tuple[LevelResult, ...]
    vertebra: VertebraResult | None = None


def level_instant(result: LevelResult) -> LevelInstant:
    """The part of a level's result that is written at every instant."""
    return LevelInstant(
        level=result.level,
        compression_n=result.compression_n,
        shear_ap_n=result.shear_ap_n,
        shear_ml_n=result.shear_ml_n,
        flexion_moment_nm=result.flexion_moment_nm,
        disc_pressure_mpa=result.disc_pressure_mpa,
        annulus_max_principal_strain=result.annulus_max_principal_strain,
        endplate_stress_mpa=result.endplate_stress_mpa,
        muscle_force_n=result.muscle_force_n,
        rotation_flexion_deg=-float(result.rotation_deg[2]),
    )
