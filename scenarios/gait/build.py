# SPDX-License-Identifier: MIT
"""The gait of a scenario: measured where files are given, else built in."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from scenarios.gait.built_in import built_in_gait
from scenarios.gait.errors import GaitError
from scenarios.gait.measured import Walker, measured_gait
from scenarios.gait.stance import StanceGait

Array = NDArray[np.float64]

OTHER_SPEED_M_S = 0.05
"""Difference between the trial's speed and the scenario's that is worth a word."""


class GaitSpec(Protocol):
    """What a scenario says of gait; see `scenarios.schema.Gait`."""

    @property
    def speed_m_s(self) -> float:
        """Walking speed."""

    @property
    def grf_file(self) -> Path | None:
        """Ground reaction forces, or none."""

    @property
    def kinematics_file(self) -> Path | None:
        """Joint angles, or none."""

    @property
    def stance_index(self) -> int | None:
        """Which complete stance, from 0, or none for the best."""

    @property
    def plate_sides(self) -> tuple[str, ...] | None:
        """Foot on each plate of a C3D file, or none to find it out."""

    @property
    def pressure_file(self) -> Path | None:
        """In-shoe pressure, or none."""


class SubjectSpec(Protocol):
    """What a scenario says of the subject; see `scenarios.schema.Subject`."""

    @property
    def body_mass_kg(self) -> float:
        """Mass of the body."""

    @property
    def height_m(self) -> float:
        """Stature."""

    @property
    def side(self) -> str:
        """``"right"`` or ``"left"``."""

    @property
    def foot_length_mm(self) -> float:
        """Length of the simulated foot."""

    @property
    def standing_angles_deg(self) -> tuple[float, float]:
        """Ankle dorsiflexion and subtalar inversion of relaxed standing against a neutral foot."""

    @property
    def walking_angles_deg(self) -> tuple[float, float]:
        """What normative curves of ankle and subtalar joint are raised by for this foot."""


@dataclass(frozen=True, slots=True)
class GaitRequest:
    """A `GaitSpec` of plain values, for use without a scenario."""

    speed_m_s: float = 1.3
    grf_file: Path | None = None
    kinematics_file: Path | None = None
    stance_index: int | None = None
    plate_sides: tuple[str, ...] | None = None
    pressure_file: Path | None = None


def build_gait(spec: GaitSpec, subject: SubjectSpec, outline_mm: Array) -> StanceGait:
    """Make the gait that a scenario asks for.

    The same on every rank: reads files and computes, without communication.

    Args:
        spec: what the scenario says of gait.
        subject: of the subject.
        outline_mm: plan form of the simulated foot in the foot frame, (n, 2) as (x, z).

    Raises:
        GaitError: input that is wrong or cannot be used.
    """
    # Here, for measured pressure stands on the contacts of a gait: at the top it would be a circle.
    from scenarios.gait.pressure_gait import pressure_gait, pressure_path

    walker = walker_of(subject, outline_mm)
    if spec.grf_file is None:
        if spec.kinematics_file is not None:
            raise GaitError(
                spec.kinematics_file, "gait.kinematics_file", "given without gait.grf_file"
            )
        if spec.pressure_file is not None:
            return pressure_gait(spec.pressure_file, walker, spec.speed_m_s, spec.stance_index)
        return built_in_gait(spec.speed_m_s, walker)
    pressure = None if spec.pressure_file is None else pressure_path(spec.pressure_file, walker)
    gait = measured_gait(
        spec.grf_file,
        spec.kinematics_file,
        walker,
        spec.stance_index,
        spec.speed_m_s,
        plate_sides=spec.plate_sides,
        pressure=pressure,
    )
    if abs(gait.speed_m_s - spec.speed_m_s) <= OTHER_SPEED_M_S:
        return gait
    said = (
        f"the walking speed is the trial's own, {gait.speed_m_s:.2f} m/s: gait.speed_m_s "
        f"({spec.speed_m_s:g} m/s) is not used"
    )
    return replace(gait, warnings=(*gait.warnings, said))


def walker_of(subject: SubjectSpec, outline_mm: Array) -> Walker:
    """The part of a subject that the gait needs."""
    return Walker(
        body_mass_kg=subject.body_mass_kg,
        height_m=subject.height_m,
        side=subject.side,
        foot_length_mm=subject.foot_length_mm,
        outline_mm=np.asarray(outline_mm, dtype=float),
        standing_angles_deg=subject.standing_angles_deg,
        walking_angles_deg=subject.walking_angles_deg,
    )
