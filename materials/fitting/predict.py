# SPDX-License-Identifier: MIT
"""Nominal stress that a law has in a test, at once or over time.

Over time stand stresses of a Prony series on top of the law's, S = S_law + sum H_i in the second
Piola-Kirchhoff stress, with the update of the solver for strain that grows linearly in a step:

    H_i <- exp(-dt / tau_i) H_i + gamma_i (tau_i / dt) (1 - exp(-dt / tau_i)) dS_relaxing

so that a ramp of finite length is followed, not taken for a jump. A first sample that is already
strained is a jump.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.linalg import solve_banded

from materials.fitting.terms import PowerTerms

Array = NDArray[np.float64]

UNIAXIAL, SHEAR, CONFINED = "uniaxial", "shear", "confined"
LONGEST_STEP = 0.01
"""Strain beyond which the time between two samples is divided."""
_MOST_ITERATIONS = 100
_LATERAL_TOLERANCE = 1.0e-11


class Memory:
    """Stress history of the terms of a Prony series at given times.

    Args:
        times_s: (n,), not descending; equal neighbours are a jump.
        relaxation_times_s: tau_i, (m,).
    """

    def __init__(self, times_s: Array, relaxation_times_s: ArrayLike) -> None:
        self.relaxation_times_s = np.atleast_1d(np.asarray(relaxation_times_s, dtype=float))
        steps = np.diff(times_s, prepend=times_s[0])
        ratio = steps[None, :] / self.relaxation_times_s[:, None]
        with np.errstate(invalid="ignore", divide="ignore"):
            self._rise = np.where(ratio > 0.0, -np.expm1(-ratio) / ratio, 1.0)
        decay = np.exp(-ratio)
        self._bands = np.ones((len(ratio), 2, len(times_s)))
        self._bands[:, 1, :-1] = -decay[:, 1:]

    def history(self, stress: Array, gains: Array) -> Array:
        """Sum of H_i over time, of the shape of `stress` (n, ...), for gains gamma_i (m,)."""
        change = np.diff(stress, axis=0, prepend=np.zeros_like(stress[:1]))
        total = np.zeros_like(stress)
        for gain, rise, bands in zip(gains, self._rise, self._bands, strict=True):
            if gain != 0.0:
                driven = change * rise.reshape(-1, *(1,) * (change.ndim - 1))
                total += gain * solve_banded((1, 0), bands, driven, check_finite=False)
        return total

    def instant(self, gains: Array) -> Array:
        """Part of sum H_i that goes with the stress of the same instant, as a factor (n,)."""
        return np.asarray(gains @ self._rise)


@dataclass(frozen=True)
class Predictor:
    """Nominal stress at the samples of one test.

    Attributes:
        mode: UNIAXIAL, SHEAR or CONFINED.
        strain: Nominal strain (n,), negative in compression; gamma in shear.
        memory: History over the samples and what is put between them; None for a slow test.
        fine_strain: Strain with what is put between the samples.
        kept: Places of the samples in `fine_strain`.
    """

    mode: str
    strain: Array
    memory: Memory | None
    fine_strain: Array
    kept: NDArray[np.int64]

    def __call__(self, terms: PowerTerms, gains: ArrayLike = ()) -> Array:
        """Nominal stress (n,), MPa, for gains gamma_i of the Prony series.

        Raises:
            ArithmeticError: No lateral stretch makes the sides free.
        """
        factors = np.asarray(gains, dtype=float)
        if self.memory is None or not factors.any():
            return nominal_mpa(self.mode, terms, self.strain)
        memory = self.memory
        stress = nominal_mpa(
            self.mode,
            terms,
            self.fine_strain,
            lambda relaxing: memory.history(relaxing, factors),
            memory.instant(factors),
        )
        return stress[self.kept]


def predictor(
    mode: str,
    strain: ArrayLike,
    times_s: ArrayLike | None = None,
    relaxation_times_s: ArrayLike = (),
) -> Predictor:
    """What predicts a test; without times or relaxation times it is a slow one."""
    samples = np.asarray(strain, dtype=float)
    places = np.arange(len(samples))
    if times_s is None or np.size(relaxation_times_s) == 0:
        return Predictor(mode, samples, None, samples, places)
    times = np.asarray(times_s, dtype=float)
    parts = np.ones(len(samples), dtype=int)
    parts[1:] = np.maximum(1, np.ceil(np.abs(np.diff(samples)) / LONGEST_STEP).astype(int))
    kept = np.cumsum(parts) - 1
    fine = np.arange(kept[-1] + 1, dtype=float)
    memory = Memory(np.interp(fine, kept, times), relaxation_times_s)
    return Predictor(mode, samples, memory, np.interp(fine, kept, samples), kept)


def nominal_mpa(
    mode: str,
    terms: PowerTerms,
    strain: Array,
    history: Callable[[Array], Array] | None = None,
    instant: Array | float = 0.0,
) -> Array:
    """Nominal stress (n,) at strains in their order in time, MPa.

    Args:
        mode: UNIAXIAL (free sides), SHEAR (simple, P_12) or CONFINED (sides held).
        terms: The law.
        strain: (n,), see `Predictor`.
        history: Gives sum H_i for the law's relaxing second Piola-Kirchhoff stress, column by
            column; None without one.
        instant: See `Memory.instant`.

    Raises:
        ArithmeticError: No lateral stretch makes the sides free.
    """
    if mode == SHEAR:
        return _shear(terms, strain, history)
    logs = np.zeros((len(strain), 3))
    logs[:, 0] = np.log1p(strain)
    if mode == UNIAXIAL:
        logs[:, 1:] = -terms.poisson_ratio * logs[:, :1]
        if terms.isochoric:
            return _free_sides(terms, logs, history, instant)
    stretch = 1.0 + strain
    relaxing = terms.relaxing_mpa(logs)[:, 0] / stretch**2
    if history is not None:
        relaxing = relaxing + history(relaxing)
    return np.asarray(stretch * relaxing + terms.lasting_mpa(logs.sum(axis=1)) / stretch)


def _shear(terms: PowerTerms, gamma: Array, history: Callable[[Array], Array] | None) -> Array:
    """P_12 of F = 1 + gamma e1 e2: S_12 + gamma S_22; the volume does not change."""
    root = np.sqrt(4.0 + gamma**2)
    logs = np.zeros((len(gamma), 3))
    logs[:, 0] = np.arcsinh(gamma / 2.0)
    logs[:, 1] = -logs[:, 0]
    principal = terms.relaxing_mpa(logs)
    half = (principal[:, 0] - principal[:, 1]) / root
    if history is None:
        return np.asarray(half)
    across = (principal[:, 0] + principal[:, 1] - half * gamma) / 2.0
    second = np.column_stack([half - gamma * across, across])
    second = second + history(second)
    return np.asarray(second[:, 0] + gamma * second[:, 1])


def _free_sides(
    terms: PowerTerms,
    logs: Array,
    history: Callable[[Array], Array] | None,
    instant: Array | float,
) -> Array:
    """Uniaxial stress of a law with a bulk modulus; `logs` holds the first guess of the sides.

    Newton's method on all instants at once; what one instant leaves in those after it follows
    from iteration to iteration.
    """
    logs = logs.copy()
    small = 1.0e-7
    for _ in range(_MOST_ITERATIONS):
        second, total = _second_piola(terms, logs, history)
        volume = logs.sum(axis=1)
        lasting = terms.lasting_mpa(volume)
        squared = np.exp(2.0 * logs[:, 1])
        residual = squared * total[:, 1] + lasting
        moved = logs.copy()
        moved[:, 1:] += small
        slope = (terms.relaxing_mpa(moved)[:, 1] - squared * second[:, 1]) / small
        slope = (1.0 + instant) * slope
        slope += 2.0 * squared * (total[:, 1] - (1.0 + instant) * second[:, 1])
        slope += 4.0 * lasting + 2.0 * (terms.bulk_modulus_mpa or 0.0)
        step = np.clip(-residual / slope, -0.1, 0.1)
        logs[:, 1:] += step[:, None]
        if np.abs(step).max() < _LATERAL_TOLERANCE:
            stretch = np.exp(logs[:, 0])
            total = _second_piola(terms, logs, history)[1]
            return np.asarray(stretch * total[:, 0] + terms.lasting_mpa(logs.sum(axis=1)) / stretch)
    raise ArithmeticError("no lateral stretch makes the sides free of stress")


def _second_piola(
    terms: PowerTerms, logs: Array, history: Callable[[Array], Array] | None
) -> tuple[Array, Array]:
    """Relaxing second Piola-Kirchhoff stress, axial and lateral, of the law and with history."""
    law = terms.relaxing_mpa(logs)[:, :2] * np.exp(-2.0 * logs[:, :2])
    return law, law if history is None else law + history(law)
