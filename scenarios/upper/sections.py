# SPDX-License-Identifier: MIT
"""The lumbar and pelvic parts of ``summary.json`` from the output instants."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from scenarios.summary import Alignment, Level, LumbarLevel, MinMax, Peak
from simulator.results import LevelInstant, PelvisInstant


def lumbar_section(
    levels: Sequence[Sequence[LevelInstant]], percent: Sequence[float], body_weight_n: float
) -> dict[Level, LumbarLevel]:
    """Peak and mean of every quantity of every level.

    The peak is the value of largest size with its sign (shear and moments change
    sign); the mean is over time, by trapezia between the output instants.

    Args:
        levels: of each instant.
        percent: the instants, rising.
        body_weight_n: of the subject.
    """
    if not levels:
        return {}
    section: dict[Level, LumbarLevel] = {}
    for index, level in enumerate(levels[0]):
        history = [instant[index] for instant in levels]
        section[_level(level.level)] = LumbarLevel(
            compression_n=peak([i.compression_n for i in history], percent, body_weight_n),
            shear_ap_n=peak([i.shear_ap_n for i in history], percent, body_weight_n),
            shear_ml_n=peak([i.shear_ml_n for i in history], percent, body_weight_n),
            flexion_moment_nm=peak([i.flexion_moment_nm for i in history], percent),
            disc_pressure_mpa=peak([i.disc_pressure_mpa for i in history], percent),
            annulus_max_principal_strain=peak(
                [i.annulus_max_principal_strain for i in history], percent
            ),
            endplate_stress_mpa=peak([i.endplate_stress_mpa for i in history], percent),
            muscle_force_n=peak([i.muscle_force_n for i in history], percent, body_weight_n),
        )
    return section


def pelvis_section(pelvis: Sequence[PelvisInstant]) -> Alignment:
    """Smallest and largest pelvic angles and lordosis; the rest of the section is empty."""
    if not pelvis:
        return Alignment()
    return Alignment(
        pelvic_tilt_deg=_range([i.pelvic_tilt_deg for i in pelvis]),
        pelvic_obliquity_deg=_range([i.pelvic_obliquity_deg for i in pelvis]),
        lumbar_lordosis_deg=_range([i.lumbar_lordosis_deg for i in pelvis]),
    )


def pelvis_residual(pelvis: Sequence[PelvisInstant]) -> tuple[float | None, float | None]:
    """Largest bottom-up mismatch of force (N) and moment (Nm); None where not known."""
    return (
        _largest([i.residual_force_n for i in pelvis]),
        _largest([i.residual_moment_nm for i in pelvis]),
    )


def _level(name: str) -> Level:
    found: dict[str, Level] = {
        "L5-S1": "L5-S1",
        "L4-L5": "L4-L5",
        "L3-L4": "L3-L4",
        "L2-L3": "L2-L3",
        "L1-L2": "L1-L2",
    }
    return found[name]


def peak(
    values: Sequence[float], percent: Sequence[float], body_weight_n: float | None = None
) -> Peak:
    """The value of largest size with its sign, the mean over time, and where the peak is."""
    array, at = np.asarray(values, dtype=float), np.asarray(percent, dtype=float)
    largest = int(np.argmax(np.abs(array)))
    mean = float(array[0])
    if len(array) > 1:
        mean = float(np.sum(0.5 * (array[1:] + array[:-1]) * np.diff(at)) / (at[-1] - at[0]))
    return Peak(
        peak=float(array[largest]),
        mean=mean,
        peak_bw=None if body_weight_n is None else float(array[largest]) / body_weight_n,
        at_percent=float(at[largest]) if len(array) > 1 else None,
    )


def _range(values: Sequence[float]) -> MinMax:
    return MinMax(min=float(min(values)), max=float(max(values)))


def _largest(values: Sequence[float]) -> float | None:
    known = [value for value in values if np.isfinite(value)]
    return max(known) if known else None
