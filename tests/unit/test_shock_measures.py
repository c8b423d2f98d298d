# SPDX-License-Identifier: MIT
"""Measures of an impact on signals whose answers are known."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from scenarios.shock.history import LevelTransient, ShockHistory, SiteMotion
from scenarios.shock.measures import (
    attenuation_percent,
    ground_measures,
    insole_energy,
    level_measures,
    site_measures,
)
from scenarios.shock.slopes import average_slope, steepest_slope
from tests.helpers.evidence import Evidence
from tests.helpers.shock_signals import (
    WEIGHT_N,
    axial,
    clark_force_bw,
    clock,
    half_sine,
    history,
    raised_cosine,
)


def test_two_mass_force_has_the_impact_peak_of_its_sum(evidence: Evidence) -> None:
    """Sampled twice a millisecond, beside the maximum of the function itself."""
    time = clock(0.5)
    found = ground_measures(history(time, clark_force_bw(time)))
    exact = minimize_scalar(
        lambda t: -float(clark_force_bw(np.array([t]))[0]), bounds=(0.015, 0.040), method="bounded"
    )
    fine = np.linspace(0.0, exact.x, 200_001)
    force = clark_force_bw(fine)
    rise = -exact.fun
    chord = 0.6 * rise / float(np.diff(np.interp([0.2 * rise, 0.8 * rise], force, fine))[0])
    steepest = float(np.gradient(force, fine).max())
    assert found.peak is not None
    assert found.peak.kind == "maximum"
    assert found.rate_bw_per_s is not None
    assert found.rate_max_bw_per_s is not None
    assert found.rise_end_s == found.peak.time_s
    case = "Two-mass force of running (Clark 2017), 0.5 ms"
    source = "maximum and slopes of the function"
    for quantity, value, tolerance in (
        ("impact peak / exact", found.peak.force_bw / rise, 1e-3),
        ("time of the peak / exact", found.peak.time_s / exact.x, 0.01),
        ("loading rate 20-80 % / exact", found.rate_bw_per_s / chord, 2e-3),
        ("largest loading rate / exact", found.rate_max_bw_per_s / steepest, 2e-3),
    ):
        evidence.within(
            "shock", case, quantity, value, low=1 - tolerance, high=1 + tolerance, source=source
        )


def test_a_force_without_dip_has_a_shoulder() -> None:
    """A slower leg on a quick body: the slope falls and rises again, the force never falls."""
    time = clock(0.5)
    force = raised_cosine(time, 0.020, 0.020, 0.35) + raised_cosine(time, 0.070, 0.070, 2.2)
    assert np.all(np.diff(force[:100]) >= 0.0)
    found = ground_measures(history(time, force)).peak
    assert found is not None
    assert found.kind == "shoulder"
    slope = np.gradient(force, time)
    inside = (time > 0.015) & (time < 0.045)
    assert found.time_s == pytest.approx(time[inside][np.argmin(slope[inside])])
    assert found.force_bw == pytest.approx(np.interp(found.time_s, time, force))


def test_a_smooth_rise_has_no_impact_peak_but_a_rate() -> None:
    """Rates are then of the rise to the largest force within 50 ms of contact."""
    time = clock(1.0)
    found = ground_measures(history(time, 20.0 * time))
    assert found.peak is None
    # 20 N of this body are passed in the second millisecond.
    assert found.contact_s == pytest.approx(0.001)
    assert found.rise_end_s == pytest.approx(0.051)
    assert found.rate_bw_per_s == pytest.approx(20.0)
    assert found.rate_max_bw_per_s == pytest.approx(20.0)
    assert found.largest_bw == pytest.approx(3.0)


def test_a_later_maximum_is_no_impact_peak() -> None:
    time = clock(1.0)
    force = raised_cosine(time, 0.055, 0.055, 1.5)
    assert ground_measures(history(time, force)).peak is None
    assert ground_measures(history(time, raised_cosine(time, 0.049, 0.049, 1.5))).peak is not None


def test_ripples_are_no_impact_peak() -> None:
    """Falls of less than 0.02 BW, such as a contact that opens and closes leaves."""
    time = clock(0.5)
    force = np.interp(time, [0.0, 0.040, 0.060, 0.150], [0.0, 1.0, 0.6, 2.4])
    ripple = 0.014 * np.sin(2.0 * np.pi * 500.0 * time)
    assert np.any(np.diff((force + ripple)[:60]) < 0.0)
    found = ground_measures(history(time, force + ripple)).peak
    assert found is not None
    assert found.time_s == pytest.approx(0.040, abs=1e-3)
    assert found.force_bw == pytest.approx(1.0, abs=0.02)


def test_time_before_touchdown_is_left_out() -> None:
    time = clock(0.5, start_ms=-30.0)
    force = np.where(time < 0.0, 0.0, clark_force_bw(time))
    early = force + raised_cosine(time, -0.015, 0.010, 0.5)
    assert ground_measures(history(time, early)) == ground_measures(history(time, force))
    shaken = axial("tibia", half_sine(time, -0.02, 0.01, 9.0) + half_sine(time, 0.01, 0.02, 4.0))
    assert site_measures(history(time), shaken).peak_g == pytest.approx(4.0, rel=1e-3)


def test_no_force_has_no_rates() -> None:
    found = ground_measures(history(clock(1.0)))
    assert found.peak is None
    assert found.rate_bw_per_s is None
    assert found.largest_bw == 0.0


def test_slopes_of_a_quarter_sine_are_closed_form() -> None:
    """Fractions are of the value: t(20 %) = asin(0.2) of the quarter period."""
    time = np.linspace(0.0, 1.0, 2001)
    values = np.sin(0.5 * np.pi * time)
    chord = 0.6 / (2.0 / np.pi * (np.arcsin(0.8) - np.arcsin(0.2)))
    assert average_slope(time, values, 0, 2000) == pytest.approx(chord, rel=1e-6)
    assert steepest_slope(time, values, 0, 2000) == pytest.approx(0.5 * np.pi, rel=1e-3)
    assert average_slope(time, -values, 0, 2000) is None
    assert average_slope(time, 3.0 + values, 0, 2000) == pytest.approx(chord, rel=1e-6)


@pytest.mark.parametrize("step_ms", [0.25, 0.5, 1.0])
def test_half_sine_acceleration(step_ms: float, evidence: Evidence) -> None:
    """Peak, time and rates of 3 g over 24 ms that begin 10 ms after touchdown."""
    time = clock(step_ms)
    site = axial("L3", half_sine(time, 0.010, 0.024, 3.0))
    found = site_measures(history(time), site)
    chord = 0.6 * 3.0 / (0.024 / np.pi * (np.arcsin(0.8) - np.arcsin(0.2)))
    assert found.is_local
    assert found.rate_g_per_s is not None
    assert found.rate_max_g_per_s is not None
    assert found.at_s == pytest.approx(0.022)
    assert found.rise_s == pytest.approx(0.022)
    case = f"Half-sine acceleration, {step_ms:g} ms"
    for quantity, value, tolerance in (
        ("peak / exact", found.peak_g / 3.0, 1e-6),
        ("rate 20-80 % / exact", found.rate_g_per_s / chord, 5e-3),
        ("largest rate / exact", found.rate_max_g_per_s / (3.0 * np.pi / 0.024), 5e-3),
    ):
        evidence.within(
            "shock", case, quantity, value, low=1 - tolerance, high=1 + tolerance,
            source="closed form",
        )  # fmt: skip


def test_peak_is_the_axial_part_in_g() -> None:
    time = clock(1.0)
    pulse = half_sine(time, 0.0, 0.04, 1.0)
    motion = np.stack([5.0 * pulse, 2.0 * pulse, -7.0 * pulse], axis=1) * 9806.65
    site = SiteMotion("sacrum", motion)
    assert site_measures(history(time), site).peak_g == pytest.approx(2.0)
    assert site.resultant_g.max() == pytest.approx(np.sqrt(78.0))


def test_impact_peak_of_a_segment_is_local() -> None:
    """The support's slow rise may be higher at the end of 75 ms; ripples of it do not count."""
    time = clock(0.5)
    rise = 12.0 * np.clip(time - 0.03, 0.0, None)
    site = axial("trunk", half_sine(time, 0.005, 0.03, 0.4) + rise)
    found = site_measures(history(time), site)
    assert found.is_local
    assert found.at_s < 0.035
    alone = site_measures(history(time), axial("trunk", rise + 1e-3 * np.sin(5000.0 * time)))
    assert not alone.is_local
    assert alone.at_s == pytest.approx(0.075)


def test_attenuation_from_tibia_to_sacrum() -> None:
    time = clock(0.5)
    low, high = (
        site_measures(history(time), axial(name, half_sine(time, 0.01, 0.02, height)))
        for name, height in (("tibia", 5.0), ("sacrum", 2.0))
    )
    assert attenuation_percent(low, high) == pytest.approx(60.0)
    assert attenuation_percent(high, low) == pytest.approx(-150.0)
    down = site_measures(history(time), axial("L3", -1.0 - time))
    assert attenuation_percent(low, down) is None
    assert attenuation_percent(down, low) is None


def test_lumbar_transient() -> None:
    time = clock(0.5)
    wave = raised_cosine(time, 0.060, 0.030, 1.0)
    level = LevelTransient("L4-L5", 500.0 + 300.0 * wave, 40.0 - 25.0 * wave, 0.4 + 0.3 * wave)
    found = level_measures(history(time), level)
    assert found.compression_n.initial == pytest.approx(500.0)
    assert found.compression_n.peak == pytest.approx(800.0)
    assert found.compression_n.change == pytest.approx(300.0)
    assert found.compression_n.at_s == pytest.approx(0.060)
    assert found.compression_n.rate_max == pytest.approx(300.0 * np.pi / 2 / 0.030, rel=2e-3)
    assert found.shear_ap_n.peak == pytest.approx(15.0)
    assert found.shear_ap_n.rate_max == pytest.approx(-25.0 * np.pi / 2 / 0.030, rel=2e-3)
    assert found.disc_pressure_mpa.change == pytest.approx(0.3)


def test_rise_on_a_falling_load() -> None:
    """A wave of 300 N on 900 N that fall by 3 N a millisecond."""
    time = clock(0.5)
    load = 900.0 - 3000.0 * time + np.interp(time, [0.0, 0.040, 0.050, 0.150], [0, 0, 300.0, 0])
    level = LevelTransient("L4-L5", load, np.zeros(len(time)), 1e-3 * load)
    found = level_measures(history(time), level)
    assert found.compression_n.change == pytest.approx(150.0)
    assert found.compression_n.rise == pytest.approx(300.0 - 30.0)
    assert found.compression_n.rate_max == pytest.approx(30_000.0 - 3000.0)
    falling = LevelTransient("L4-L5", 900.0 - time, 0.0 * time, 1.0 + time)
    found = level_measures(history(time), falling)
    assert found.compression_n.change == 0.0
    assert found.compression_n.rise == 0.0
    assert found.disc_pressure_mpa.rise == pytest.approx(0.150)


def test_insole_energy_is_balanced() -> None:
    """A spring with a damper, still pressed at the end: the damper has c w^2 A^2 int cos^2 wt."""
    time = clock(0.1, end_ms=80.0)
    w, stroke, stiffness, viscosity = 2.0 * np.pi * 5.0, 4.0, 200.0, 0.8
    depth, speed = stroke * np.sin(w * time), stroke * w * np.cos(w * time)
    force = stiffness * depth + viscosity * speed
    steps = 0.5 * (force[1:] + force[:-1]) * np.diff(depth)
    work = 1e-3 * np.concatenate([[0.0], np.cumsum(steps)])
    stored = 1e-3 * 0.5 * stiffness * depth**2
    found = insole_energy(history(time, insole_work_j=work, insole_stored_j=stored))
    assert found is not None
    end = time[-1]
    lost = 1e-3 * viscosity * (w * stroke) ** 2 * (0.5 * end + np.sin(2.0 * w * end) / (4.0 * w))
    assert stored[-1] > 0.3
    assert found.lost_j == pytest.approx(lost, rel=1e-4)
    assert found.absorbed_j == pytest.approx(work.max())
    assert found.stored_end_j is not None
    assert found.lost_j is not None
    parts = found.returned_j + found.lost_j + found.stored_end_j
    assert parts == pytest.approx(found.absorbed_j)
    assert found.lost_percent == pytest.approx(100.0 * lost / work.max(), rel=1e-4)
    alone = insole_energy(history(time, insole_work_j=work))
    assert alone is not None
    assert alone.lost_j is None
    assert alone.lost_percent is None
    assert insole_energy(history(time)) is None


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"time_s": np.array([0.0, 1e-3, 3e-3, 4e-3])}, "equal steps"),
        ({"time_s": np.array([0.0, 1e-3, 1e-3, 2e-3])}, "later than"),
        ({"time_s": 1.0 + np.arange(4) * 1e-3}, "touchdown"),
        ({"body_weight_n": 0.0}, "body_weight_n"),
        ({"ground_force_n": np.zeros((4, 2))}, "ground_force_n"),
        ({"ground_force_n": np.full((4, 3), np.nan)}, "finite"),
        ({"insole_work_j": np.zeros(3)}, "insole_work_j: 3 instants"),
        ({"sites": (SiteMotion("L3", np.zeros((5, 3))),)}, "L3: 5 instants"),
        ({"sites": (SiteMotion("L3", np.zeros((4, 3))),) * 2}, "twice"),
        ({"levels": (LevelTransient("L4-L5", *np.zeros((3, 5))),)}, "L4-L5 compression_n"),
    ],
)
def test_a_history_that_is_none_is_refused(change: dict[str, object], words: str) -> None:
    values: dict[str, object] = {
        "time_s": np.arange(4) * 1e-3,
        "body_weight_n": WEIGHT_N,
        "ground_force_n": np.zeros((4, 3)),
    }
    ShockHistory(**values)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=words):
        ShockHistory(**{**values, **change})  # type: ignore[arg-type]


def test_an_unknown_segment_is_refused() -> None:
    with pytest.raises(ValueError, match="one of tibia"):
        SiteMotion("head", np.zeros((4, 3)))  # type: ignore[arg-type]


def test_contact_counts_from_the_threshold_of_force_plates() -> None:
    """A heel that touches softly for 30 ms has its impact peak at 75 ms, 45 ms after contact."""
    time = clock(1.0)
    late = np.clip(time - 0.030, 0.0, None)
    found = ground_measures(history(time, np.sin(np.pi * late / 0.090) ** 2 * (late < 0.090)))
    assert found.contact_s == pytest.approx(0.034, abs=0.002)
    assert found.peak is not None and found.peak.time_s == pytest.approx(0.075, abs=1e-9)
    assert ground_measures(history(time, 0.0 * time)).contact_s is None
