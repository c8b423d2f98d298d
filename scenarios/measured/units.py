# SPDX-License-Identifier: MIT
"""Units of pressure files, and what tells that one is not what it says."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from scenarios.errors import ScenarioError, nearest

Array = NDArray[np.float64]

PRESSURE_KPA: Mapping[str, float] = {
    "kpa": 1.0,
    "n/cm2": 10.0,
    "mpa": 1000.0,
    "psi": 6.894757,
    "mmhg": 0.1333224,
    "kg/cm2": 98.0665,
}
"""Units of pressure in lower case, in kPa."""
LEAST_PEAK_KPA = 60.0
"""Under a walking adult some sensor reads more; the softest insoles leave 100 kPa."""
LEAST_RATE_HZ = 25.0
"""Slower records miss the loading of the heel, which takes a tenth of a second."""
INSOLE_MM = (120.0, 350.0)
"""Lengths of insoles."""


def pressure_factor(file: str, key: str, unit: str | None) -> float:
    """Factor of a unit to kPa.

    Raises:
        ScenarioError: no unit, or one that is not known.
    """
    name = (unit or "").strip().lower().replace(" ", "").replace("²", "2").replace("^2", "2")
    if name not in PRESSURE_KPA:
        raise ScenarioError(
            file,
            key,
            f"unit '{unit}'" if name else "no unit",
            allowed="kPa, N/cm2, MPa, psi, mmHg, kg/cm2",
            suggestion=nearest(name, PRESSURE_KPA) if name else "",
        )
    return PRESSURE_KPA[name]


def refuse_low_peak(file: str, key: str, peak_kpa: float) -> None:
    """Refuse a peak over the steps that no walking adult has.

    Args:
        file: for the message.
        key: what it is of.
        peak_kpa: median over the steps of the largest reading.

    Raises:
        ScenarioError: names the unit that it looks like.
    """
    if peak_kpa >= LEAST_PEAK_KPA:
        return
    guesses = (("MPa", 1000.0), ("N/cm2", 10.0), ("psi", 6.894757))
    fits = [name for name, factor in guesses if 100.0 <= factor * peak_kpa <= 1000.0]
    looks = f", which looks like {' or '.join(fits)}" if fits else ""
    raise ScenarioError(
        file,
        key,
        f"the steps peak at {peak_kpa:.3g} kPa{looks}",
        allowed=f"walking with peaks above {LEAST_PEAK_KPA:g} kPa; say the unit that the file has",
    )


def refuse_length(file: str, key: str, length_mm: float) -> None:
    """Refuse a field of sensors that is no insole's.

    Raises:
        ScenarioError: names the unit that it looks like.
    """
    low, high = INSOLE_MM
    if low <= length_mm <= high:
        return
    fits = [
        name
        for name, factor in (("m", 1000.0), ("cm", 10.0), ("inches", 25.4), ("0.1 mm", 0.1))
        if low <= factor * length_mm <= high
    ]
    raise ScenarioError(
        file,
        key,
        f"sensors over a length of {length_mm:.4g} mm"
        + (f", which looks like {' or '.join(fits)}" if fits else ""),
        allowed=f"{low:g} to {high:g} mm",
    )
