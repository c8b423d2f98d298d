"""Tests of specimens with a known law, made without the code that fits them.

Slow tests come from the laws' own UFL expressions. Tests over time are marched sample by sample,
each with a lateral stretch found by bracketing.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from scipy.optimize import brentq

from materials.evaluation import confined_mpa, simple_shear_mpa, uniaxial_mpa
from materials.fitting.read import MODES, MechanicalTest
from materials.law import Law
from materials.ogden import HyperFoam, Ogden
from materials.polynomial import MooneyRivlin
from materials.prony import PronySeries
from materials.solids import CompressibleNeoHookean, NeoHookean

SERIES = PronySeries((0.2, 0.15, 0.1), (0.1, 1.0, 10.0))
HOLD_S = np.concatenate([np.linspace(0.0, 0.05, 11), 0.05 + np.geomspace(0.01, 30.0, 60)])
"""Times of a ramp of 50 ms and a hold of 30 s."""


def ramp(top: float, times_s: np.ndarray = HOLD_S, ramp_s: float = 0.05) -> np.ndarray:
    return top * np.minimum(times_s / ramp_s, 1.0)


def slow_stress(law: Law, kind: str, strain: np.ndarray) -> np.ndarray:
    """Nominal stress (MPa) of a slow test; strain and stress negative in compression."""
    if kind == "simple_shear":
        return simple_shear_mpa(law, strain)
    if kind == "confined_compression":
        return confined_mpa(law, 1.0 + strain)
    return uniaxial_mpa(law, 1.0 + strain)[0]


def principal(law: Law, axial: float, side: float) -> tuple[np.ndarray, float]:
    """Kirchhoff stress along and across a bar that relaxes, and the pressure that does not."""
    volume = axial * side**2
    stretches = np.array([axial, side])
    terms = list(zip(law.shear_moduli_mpa, law.exponents, strict=True))
    if isinstance(law, HyperFoam):
        beta = law.poisson_ratio / (1 - 2 * law.poisson_ratio)
        return sum(2 * m / a * (stretches**a - volume ** (-a * beta)) for m, a in terms), 0.0
    shape = volume ** (-1 / 3) * stretches
    powers = [2 * m / a * (shape**a - (shape[0] ** a + 2 * shape[1] ** a) / 3) for m, a in terms]
    return sum(powers), law.initial_bulk_modulus_mpa / 2 * (volume**2 - 1)


def as_terms(law: Law) -> Ogden | HyperFoam:
    """Neo-Hookean and Mooney-Rivlin laws by the terms that they are."""
    match law:
        case NeoHookean():
            return Ogden((law.shear_modulus_mpa,), (2.0,), law.poisson_ratio)
        case MooneyRivlin():
            return Ogden((2 * law.c10_mpa, 2 * law.c01_mpa), (2.0, -2.0), law.poisson_ratio)
        case CompressibleNeoHookean():
            return HyperFoam((law.shear_modulus_mpa,), (2.0,), law.poisson_ratio)
    return law


def uniaxial_over_time(law: Law, series: PronySeries, strain, times_s) -> np.ndarray:
    """Nominal stress (MPa) of a bar with free sides, marched from sample to sample."""
    law = as_terms(law)
    gains, tau = np.array(series.gains), np.array(series.times_s)
    H, before, found = np.zeros((len(tau), 2)), np.zeros(2), []
    for n, axial in enumerate(1.0 + np.asarray(strain)):
        dt = times_s[n] - times_s[n - 1] if n else 0.0
        decay = np.exp(-dt / tau)
        rise = gains * ((1.0 - decay) * tau / dt if dt > 0.0 else 1.0)

        def state(side, axial=axial, decay=decay, rise=rise, H=H, before=before):
            relaxing, lasting = principal(law, axial, side)
            second = relaxing / (axial**2, side**2)
            memory = decay[:, None] * H + rise[:, None] * (second - before)
            return relaxing + memory.sum(axis=0) * (axial**2, side**2) + lasting, second, memory

        side = 1.0
        if abs(state(side)[0][1]) > 1e-14:
            side = brentq(lambda s, state=state: state(s)[0][1], 0.8, 1.8, xtol=1e-13)
        total, before, H = state(side)
        found.append(total[0] / axial)
    return np.array(found)


def specimen(kind: str, strain, stress, times_s=None, mode: str | None = None) -> MechanicalTest:
    """A test as `read_test` gives it; strain and stress negative in compression."""
    name = f"{kind}.csv"
    return MechanicalTest(name, kind, mode or kind, np.asarray(strain), np.asarray(stress), times_s)


def three_tests(law: Law, series: PronySeries = SERIES, samples: int = 30):
    """Slow compression and shear to a half, and a hold at 30 % of compression."""
    strain = np.linspace(0.0, 0.5, samples)[1:]
    hold = ramp(-0.3)
    return [
        specimen(
            "uniaxial_compression", -strain, slow_stress(law, "uniaxial_compression", -strain)
        ),
        specimen("simple_shear", strain, slow_stress(law, "simple_shear", strain)),
        specimen(
            "relaxation",
            hold,
            uniaxial_over_time(law, series, hold, HOLD_S),
            HOLD_S,
            "uniaxial_compression",
        ),
    ]


def noisy(tests, share: float, seed: int):
    """The tests with independent Gaussian noise of a share of the stress."""
    random = np.random.default_rng(seed)
    return [
        specimen(
            test.kind,
            test.strain,
            test.stress_mpa * (1.0 + share * random.normal(size=len(test.strain))),
            test.time_s,
            test.mode,
        )
        for test in tests
    ]


def write_test(path: Path, test: MechanicalTest, *remarks: str) -> Path:
    """A test file; strain and stress positive in the sense of the test."""
    sign = MODES[test.mode][1]
    columns = [100.0 * sign * test.strain, 1e3 * sign * test.stress_mpa]
    header = "strain_percent,stress_kpa"
    if test.time_s is not None:
        columns, header = [test.time_s, *columns], "time_s," + header
    said = [f"# test: {test.kind}", *remarks]
    if test.kind in ("relaxation", "cyclic"):
        said.append(f"# mode: {test.mode}")
    rows = [",".join(f"{value:.9g}" for value in row) for row in zip(*columns, strict=True)]
    path.write_text("\n".join([*said, header, *rows]) + "\n", encoding="utf-8")
    return path
