# SPDX-License-Identifier: MIT
"""Densities and transmissibility of signals whose spectra are known in closed form."""

from __future__ import annotations

import numpy as np
import pytest

from scenarios.shock.spectra import (
    BANDS_HZ,
    Spectrum,
    band_power,
    peak_frequency_hz,
    resolution_hz,
    resolvable_hz,
    spectrum,
    transmissibility,
    unresolved_bands,
)
from tests.helpers.evidence import Evidence
from tests.helpers.shock_signals import (
    axial,
    clock,
    half_sine,
    half_sine_density,
    history,
    on_spring,
    raised_cosine,
    spring_transmissibility,
)


def of(time: np.ndarray, **signals: np.ndarray) -> list[Spectrum]:
    record = history(time, sites=tuple(axial(name, values) for name, values in signals.items()))
    return [spectrum(record, name) for name in signals]


def test_density_of_a_half_sine(evidence: Evidence) -> None:
    """Beside its Fourier integral, in every band."""
    time = clock(0.5)
    found = of(time, tibia=half_sine(time, 0.065, 0.020, 5.0))[0]
    exact = half_sine_density(found.frequency_hz, 0.020, 5.0)
    for low, high in BANDS_HZ.values():
        inside = (found.frequency_hz >= low) & (found.frequency_hz <= high)
        power = np.trapezoid(found.psd_g2_per_hz[inside], found.frequency_hz[inside])
        wanted = np.trapezoid(exact[inside], found.frequency_hz[inside])
        evidence.within(
            "shock", "Density of a half-sine of 20 ms", f"power {low:g}-{high:g} Hz / exact",
            float(power / wanted), low=0.998, high=1.002,
            source="Fourier integral",
        )  # fmt: skip


def test_density_integrates_to_the_mean_square(evidence: Evidence) -> None:
    """Parseval, of a signal without power above what is kept, on a slope that is taken off."""
    time = clock(0.25)
    packet = np.exp(-(((time - 0.06) / 0.012) ** 2)) * np.cos(2 * np.pi * 18.0 * (time - 0.06))
    found = of(time, L3=packet + 3.0 + 4.0 * time)[0]
    power = np.trapezoid(found.psd_g2_per_hz, found.frequency_hz)
    evidence.within(
        "shock", "Density of a wave packet", "its integral / mean square over 150 ms",
        float(power / np.mean(packet[:600] ** 2)), low=0.999, high=1.001, source="Parseval",
    )  # fmt: skip


def test_density_of_noise_is_flat_at_its_variance() -> None:
    """2 sigma^2 dt, the mean of 60 records that begin and end at zero."""
    time = clock(0.5)
    noise = 0.3 * np.random.default_rng(3).standard_normal((60, len(time)))
    noise[:, [0, 299]] = 0.0
    mean = np.mean([of(time, L3=record)[0].psd_g2_per_hz for record in noise], axis=0)
    assert float(mean.mean()) == pytest.approx(2.0 * 0.3**2 * 0.5e-3, rel=0.1)


def test_a_shorter_record_counts_as_silent_to_150_ms() -> None:
    """A pulse in the middle of 100 ms has the density that it has in 150 ms."""
    short, long = clock(0.5, end_ms=100.0), clock(0.5, end_ms=150.0)
    first, other = (of(t, L3=half_sine(t, 0.045, 0.01, 2.0))[0] for t in (short, long))
    inside = first.frequency_hz > 15.0
    ratio = first.psd_g2_per_hz[inside] / other.psd_g2_per_hz[inside]
    assert np.abs(ratio - 1.0).max() < 0.06
    assert resolution_hz(history(short)) == pytest.approx(10.0, rel=0.01)
    assert resolution_hz(history(clock(0.5, end_ms=400.0))) == pytest.approx(1.0 / 0.150)


def test_transmissibility_of_a_mass_on_a_spring(evidence: Evidence) -> None:
    """Resonance at 20 Hz above a base that is hit by a half-sine, beside the closed form."""
    time = clock(0.5)
    tuning, damping = 20.0, 0.35
    base = half_sine(time, 0.003, 0.012, 5.0)
    found = transmissibility(*of(time, tibia=base, sacrum=on_spring(time, base, tuning, damping)))
    exact = 20.0 * np.log10(
        spring_transmissibility(np.maximum(found.frequency_hz, 1e-9), tuning, damping)
    )
    inside = (found.frequency_hz >= 10.0) & (found.frequency_hz <= 60.0)
    distance = float(np.nanmax(np.abs(found.ratio_db - exact)[inside]))
    case = "Transmissibility of a mass on a spring"
    evidence.within(
        "shock", case, "largest distance from the closed form, 10-60 Hz", distance,
        high=0.1, unit="dB", source="|H| of one mass; record of 150 ms",
    )  # fmt: skip
    density = half_sine_density(found.frequency_hz, 0.012, 5.0)
    for band in ("impact", "high"):
        low, high = BANDS_HZ[band]
        used = (found.frequency_hz >= low) & (found.frequency_hz <= high)
        wanted = 10.0 * np.log10(
            (density * 10.0 ** (exact / 10.0))[used].sum() / density[used].sum()
        )
        evidence.within(
            "shock", case, f"band {low:g}-{high:g} Hz less closed form",
            found.bands_db[band] - float(wanted), low=-0.05, high=0.05, unit="dB",
            source="|H| of one mass",
        )  # fmt: skip
    evidence.curve(
        "shock", case, "frequency (Hz)", "transmissibility (dB)",
        {
            "from two records of 150 ms": (found.frequency_hz[inside], found.ratio_db[inside]),
            "closed form": (found.frequency_hz[inside], exact[inside]),
        },
    )  # fmt: skip
    assert peak_of(found.frequency_hz[inside], found.ratio_db[inside]) == pytest.approx(
        peak_of(found.frequency_hz[inside], exact[inside]), abs=1.5
    )


def test_transmissibility_with_the_body_moving_below(evidence: Evidence) -> None:
    """The same impact on a body that comes down at 1 g and is carried: half a decibel."""
    time = clock(0.5)
    base = half_sine(time, 0.003, 0.012, 5.0)
    body = 2.2 * raised_cosine(time, 0.100, 0.120, 1.0) - 1.0
    found = transmissibility(
        *of(time, tibia=base + 0.8 * body, sacrum=on_spring(time, base, 20.0, 0.35) + body)
    )
    inside = (found.frequency_hz >= 10.0) & (found.frequency_hz <= 60.0)
    exact = 20.0 * np.log10(spring_transmissibility(found.frequency_hz[inside], 20.0, 0.35))
    evidence.within(
        "shock", "Transmissibility of a mass on a spring, body moving",
        "largest distance from the closed form, 10-60 Hz",
        float(np.nanmax(np.abs(found.ratio_db[inside] - exact))), high=0.6, unit="dB",
        source="|H| of one mass; 1.3-4.7 dB with a fitted line taken off",
    )  # fmt: skip


def peak_of(frequency: np.ndarray, values: np.ndarray) -> float:
    return float(frequency[np.nanargmax(values)])


def test_weak_input_is_masked() -> None:
    """A slow pulse has nothing above 30 Hz: no ratio is given there, nor the band of it."""
    time = clock(0.5)
    slow = np.exp(-(((time - 0.075) / 0.018) ** 2))
    found = transmissibility(*of(time, tibia=slow, L1=0.5 * slow + 1e-4 * np.sin(250.0 * time)))
    above = found.frequency_hz > 35.0
    assert np.isnan(found.ratio_db[above]).all()
    assert "high" not in found.bands_db
    assert found.bands_db["active"] == pytest.approx(20.0 * np.log10(0.5), abs=0.01)


def test_peak_frequency_is_that_of_the_impact() -> None:
    """A damped wave of 16 Hz on a larger slow movement."""
    time = clock(0.5)
    wave = np.exp(-25.0 * time) * np.sin(2 * np.pi * 16.0 * time)
    slow = 1.5 * raised_cosine(time, 0.1, 0.1, 1.0)
    assert peak_frequency_hz(of(time, tibia=2.0 * wave + slow)[0]) == pytest.approx(16.0, abs=2.0)
    ramp = np.exp(-(((time - 0.075) / 0.05) ** 2))
    assert peak_frequency_hz(Spectrum("L3", time, -time, 100.0)) is None
    assert len(of(time, L3=ramp)) == 1


@pytest.mark.parametrize(
    ("step_ms", "top", "bands"),
    [(0.25, 200.0, ()), (0.5, 100.0, ()), (1.0, 50.0, ("high",)), (4.0, 12.5, ("impact", "high"))],
)
def test_frequencies_that_a_step_resolves(
    step_ms: float, top: float, bands: tuple[str, ...]
) -> None:
    """A twentieth of a period at most; nothing above is given."""
    assert resolvable_hz(step_ms) == pytest.approx(top)
    assert unresolved_bands(step_ms) == bands
    time = clock(step_ms)
    found = of(time, tibia=half_sine(time, 0.0, 0.05, 1.0))[0]
    assert found.frequency_hz[-1] <= min(100.0, top) * (1 + 1e-9)
    for name in BANDS_HZ:
        assert (band_power(found, name) is None) == (name in bands)
        assert name not in bands or name not in transmissibility(found, found).bands_db


def test_a_step_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="greater than 0"):
        resolvable_hz(0.0)


def test_spectra_of_different_clocks_are_refused() -> None:
    with pytest.raises(ValueError, match="different frequencies"):
        transmissibility(*(of(clock(step), L3=np.ones(len(clock(step))))[0] for step in (0.5, 1.0)))


def test_a_segment_that_is_not_there() -> None:
    with pytest.raises(KeyError):
        spectrum(history(clock(1.0)), "tibia")
