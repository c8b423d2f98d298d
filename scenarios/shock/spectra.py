# SPDX-License-Identifier: MIT
"""Power spectral densities of the accelerations, and transmissibility between segments.

The record is the first 150 ms from touchdown, less the straight line through its first and last
sample, in a rectangular window. A tapered window would take away the impact itself, which stands at
the beginning, and a fitted line is drawn up by it (``docs/theory/shock.md`` has the figures). Zeros
are added to a spacing of half a hertz, which draws a smooth line and tells nothing new: what is
resolved is 1 / T, 6.7 Hz. Otherwise after Shorten & Winslow 1992 (Int J Sport Biomech 8:288).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.signal import periodogram

from scenarios.shock.history import ShockHistory

Array = NDArray[np.float64]
STRIDE_S = 0.150
"""Record that a density is normalised to; a shorter one is taken as silent to its end."""
STEPS_PER_PERIOD = 20
"""Least time steps in a period: the integrator lengthens it by 0.8 %, (2 pi / 20)^2 / 12."""
SPACING_HZ = 0.5
TOP_HZ = 100.0
"""Densities are given up to here, or to what the time step resolves."""
LEAST_INPUT = 0.01
"""Transmissibility is masked where the input's density is below this part of its largest."""
BANDS_HZ: Mapping[str, tuple[float, float]] = {
    "active": (3.0, 8.0),
    "impact": (10.0, 20.0),
    "high": (20.0, 60.0),
}
"""Movement of the body, impact of the leg (Shorten & Winslow 1992), and above."""
IMPACT_FROM_HZ = 9.0


@dataclass(frozen=True, slots=True, eq=False)
class Spectrum:
    """Density of one axial acceleration.

    Attributes:
        frequency_hz: (m,) rising from 0.
        top_hz: what the frequencies end at; bands that reach farther are not given.
        psd_g2_per_hz: (m,) one-sided; its integral is the mean square over 150 ms.
    """

    site: str
    frequency_hz: Array
    psd_g2_per_hz: Array
    top_hz: float


@dataclass(frozen=True, slots=True, eq=False)
class Transmissibility:
    """Ratio of two densities.

    Attributes:
        ratio_db: (m,) 10 log10 of output over input, NaN where the input is too weak.
        bands_db: the same of the power in each band, taken where the input is not masked; a band
            that is masked by half or more is absent.
    """

    below: str
    above: str
    frequency_hz: Array
    ratio_db: Array
    bands_db: Mapping[str, float]


def resolvable_hz(step_ms: float) -> float:
    """Highest frequency that a time step resolves, 20 steps to a period.

    Raises:
        ValueError: the step is not greater than 0.
    """
    if not step_ms > 0.0:
        raise ValueError(f"step_ms: greater than 0, got {step_ms:g}")
    return 1000.0 / (STEPS_PER_PERIOD * step_ms)


def unresolved_bands(step_ms: float) -> tuple[str, ...]:
    """Bands that a time step is too large for."""
    top = resolvable_hz(step_ms) * (1.0 + 1e-9)
    return tuple(name for name, (_, high) in BANDS_HZ.items() if high > top)


def resolution_hz(history: ShockHistory) -> float:
    """Width of what the record tells apart, 1 / T."""
    return 1.0 / (_record_length(history) * history.step_s)


def spectrum(history: ShockHistory, site: str) -> Spectrum:
    """Density of a segment's axial acceleration up to what the time step resolves.

    Raises:
        KeyError: the history has no such segment.
    """
    motion = history.site(site)
    if motion is None:
        raise KeyError(site)
    count = _record_length(history)
    record = motion.axial_g[history.touchdown :][:count]
    record = record - np.linspace(record[0], record[-1], count)
    rate = 1.0 / history.step_s
    padded = max(2 ** int(np.ceil(np.log2(rate / SPACING_HZ))), count)
    frequency, psd = periodogram(
        record, rate, window="boxcar", nfft=padded, detrend=False, scaling="density"
    )
    top = min(TOP_HZ, resolvable_hz(1000.0 * history.step_s)) * (1.0 + 1e-9)
    kept = frequency <= top
    psd[0] *= 2.0  # halved by scipy; the density of a transient is continuous at 0
    psd *= count * history.step_s / STRIDE_S
    return Spectrum(site, frequency[kept], psd[kept], top)


def band_power(found: Spectrum, band: str) -> float | None:
    """Power (g2) of a band by trapezia; None where the spectrum ends below the band's top."""
    inside = _inside(found, band)
    if inside is None:
        return None
    return float(np.trapezoid(found.psd_g2_per_hz[inside], found.frequency_hz[inside]))


def peak_frequency_hz(found: Spectrum) -> float | None:
    """Frequency of the largest local maximum from 9 Hz on; None where there is none."""
    psd = found.psd_g2_per_hz
    middle = (psd[1:-1] > psd[:-2]) & (psd[1:-1] >= psd[2:])
    places = 1 + np.flatnonzero(middle & (found.frequency_hz[1:-1] >= IMPACT_FROM_HZ))
    if len(places) == 0:
        return None
    return float(found.frequency_hz[places[np.argmax(psd[places])]])


def transmissibility(below: Spectrum, above: Spectrum) -> Transmissibility:
    """What of the lower segment's power arrives at the upper one.

    Raises:
        ValueError: the spectra have different frequencies.
    """
    if not np.array_equal(below.frequency_hz, above.frequency_hz):
        raise ValueError(f"{below.site}, {above.site}: spectra of different frequencies")
    source, arrived = below.psd_g2_per_hz, above.psd_g2_per_hz
    strong = (source > LEAST_INPUT * source.max()) & (arrived > 0.0)
    ratio = np.full(len(source), np.nan)
    ratio[strong] = 10.0 * np.log10(arrived[strong] / source[strong])
    bands = {}
    for name in BANDS_HZ:
        inside = _inside(below, name)
        if inside is not None and 2 * np.count_nonzero(inside & strong) > np.count_nonzero(inside):
            used = inside & strong
            bands[name] = float(10.0 * np.log10(arrived[used].sum() / source[used].sum()))
    return Transmissibility(below.site, above.site, below.frequency_hz, ratio, bands)


def _record_length(history: ShockHistory) -> int:
    """Samples in use."""
    return min(len(history.time_s) - history.touchdown, round(STRIDE_S / history.step_s))


def _inside(found: Spectrum, band: str) -> NDArray[np.bool_] | None:
    """Frequencies of a band, None where the spectrum ends below its top."""
    low, high = BANDS_HZ[band]
    if high > found.top_hz:
        return None
    return np.asarray((found.frequency_hz >= low) & (found.frequency_hz <= high))
