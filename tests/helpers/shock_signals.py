# SPDX-License-Identifier: MIT
"""Signals of an impact with known answers: pulses, two masses, a mass on a spring."""

from __future__ import annotations

import numpy as np
from scipy.signal import lsim

from scenarios.shock.history import G_MM_S2, LevelTransient, ShockHistory, SiteMotion

G_M_S2 = 9.80665
WEIGHT_N = 70.0 * G_M_S2
SITE_TUNING = {
    "femur": (35.0, 0.30, 0.003),
    "sacrum": (22.0, 0.30, 0.006),
    "L5": (20.0, 0.30, 0.007),
    "L3": (18.0, 0.32, 0.008),
    "L1": (16.0, 0.34, 0.009),
    "trunk": (9.0, 0.35, 0.012),
}
"""Natural frequency (Hz), damping ratio and delay (s) of made-up segments above the tibia."""


def clock(step_ms: float = 0.5, end_ms: float = 150.0, start_ms: float = 0.0) -> np.ndarray:
    """Equal steps from start to end, in seconds."""
    return 1e-3 * np.arange(round(start_ms / step_ms), round(end_ms / step_ms) + 1) * step_ms


def half_sine(time: np.ndarray, begin: float, length: float, height: float) -> np.ndarray:
    """Half a period of a sine, zero outside."""
    phase = (time - begin) / length
    return np.where((phase > 0.0) & (phase < 1.0), height * np.sin(np.pi * phase), 0.0)


def half_sine_density(frequency: np.ndarray, length: float, height: float) -> np.ndarray:
    """One-sided density of a half-sine over 150 ms, 2 |X|^2 / T, from its Fourier integral."""
    x = 2.0 * frequency * length
    transform = 2.0 * height * length / np.pi * np.cos(0.5 * np.pi * x) / (1.0 - x**2)
    return 2.0 * transform**2 / 0.150


def raised_cosine(time: np.ndarray, middle: float, half: float, height: float) -> np.ndarray:
    """One wave of 1 + cos, zero at both ends."""
    phase = (time - middle) / half
    return np.where(np.abs(phase) < 1.0, 0.5 * height * (1.0 + np.cos(np.pi * phase)), 0.0)


def clark_force_bw(
    time: np.ndarray, shank_m_s: float = 1.6, rise_s: float = 0.030, contact_s: float = 0.25
) -> np.ndarray:
    """Vertical force of running in body weights, by two masses (Clark 2017, JEB 220:247).

    Eight per cent of the body, lower leg and foot, loses ``shank_m_s`` in the time of
    its rise; the rest carries a whole stride of the body, with 0.11 s in the air.
    """
    first = 2.0 * 0.08 * (shank_m_s / rise_s + G_M_S2) / G_M_S2
    impulse = (contact_s + 0.11) - 0.5 * first * 2.0 * rise_s
    second = impulse / (0.5 * contact_s)
    return raised_cosine(time, rise_s, rise_s, first) + raised_cosine(
        time, 0.5 * contact_s, 0.5 * contact_s, second
    )


def on_spring(
    time: np.ndarray, base: np.ndarray, frequency_hz: float, damping: float
) -> np.ndarray:
    """Acceleration of a mass on spring and damper above a moving base, exact between samples."""
    w = 2.0 * np.pi * frequency_hz
    system = ([2.0 * damping * w, w**2], [1.0, 2.0 * damping * w, w**2])
    return np.asarray(lsim(system, base, time - time[0])[1])


def spring_transmissibility(
    frequency: np.ndarray, frequency_hz: float, damping: float
) -> np.ndarray:
    """The same in closed form: |H| of a mass on spring and damper."""
    r = frequency / frequency_hz
    loss = (2.0 * damping * r) ** 2
    return np.sqrt((1.0 + loss) / ((1.0 - r**2) ** 2 + loss))


def axial(name: str, values_g: np.ndarray) -> SiteMotion:
    """A segment that moves along its axis only."""
    motion = np.zeros((len(values_g), 3))
    motion[:, 1] = values_g * G_MM_S2
    return SiteMotion(name, motion)  # type: ignore[arg-type]


def history(time: np.ndarray, force_bw: np.ndarray | None = None, **more: object) -> ShockHistory:
    """A history of some of the series; the force is zero where it is not given."""
    force = np.zeros((len(time), 3))
    if force_bw is not None:
        force[:, 1] = force_bw * WEIGHT_N
    return ShockHistory(time, WEIGHT_N, force, **more)  # type: ignore[arg-type]


def running_impact(softness: float = 1.0, step_ms: float = 0.5) -> ShockHistory:
    """Everything that an impact has, made up to look like running.

    Args:
        softness: stretches and lowers the pulse at the tibia.
        step_ms: of the samples.
    """
    time = clock(step_ms)
    force = clark_force_bw(time, rise_s=0.022 * softness)
    shock = half_sine(time, 0.004, 0.024 * softness, 6.0 / softness)
    shock -= half_sine(time, 0.004 + 0.024 * softness, 0.03, 1.5)
    body = raised_cosine(time, 0.125, 0.125, 1.0) - 0.4
    sites = [axial("tibia", shock + 0.5 * body)]
    for name, (tuning, damping, delay) in SITE_TUNING.items():
        moved = np.interp(time - delay, time, shock, left=0.0)
        sites.append(axial(name, 0.4 * on_spring(time, moved, tuning, damping) + body))
    trunk = sites[-1].axial_g
    levels = []
    for index, level in enumerate(("L5-S1", "L4-L5", "L3-L4", "L2-L3", "L1-L2")):
        compression = (1.15 - 0.04 * index) * WEIGHT_N * (1.0 + 0.75 * (trunk - trunk[0]))
        levels.append(
            LevelTransient(level, compression, 0.1 * compression, compression / (0.66 * 1706.0))
        )
    loaded = np.minimum(force, 1.0)
    stored = 1.2 * softness * loaded**2
    lost = 0.4 * np.maximum.accumulate(stored)
    return ShockHistory(
        time_s=time,
        body_weight_n=WEIGHT_N,
        ground_force_n=np.stack([-0.2 * force, force, 0.05 * force], axis=1) * WEIGHT_N,
        sites=tuple(sites),
        levels=tuple(levels),
        insole_work_j=stored + lost,
        insole_stored_j=stored,
    )
