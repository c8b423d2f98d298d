# SPDX-License-Identifier: MIT
"""Prony series: how the part of a law that relaxes does so over time.

A law of the library is the long-term one. A series with weights g_i and times tau_i adds stress on
top of it, S = S_law + sum H_i with H_i' + H_i / tau_i = g_i / (1 - sum g) S_relax', S_relax being
the stress of the part that relaxes (`Law.relaxing_piola`). The answer to a sudden deformation is
1 / (1 - sum g) times the long-term one.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from materials.law import require_positive

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class PronySeries:
    """g_R(t) = 1 - sum g_i (1 - exp(-t / tau_i)), the share of a sudden stress left at time t.

    Attributes:
        weights: g_i, shares of the instantaneous stress that relax; their sum is below 1.
        times_s: tau_i, ascending, s.

    Raises:
        ValueError: Counts differ or are zero, a number is not positive, the weights sum to 1 or
            more, or the times do not ascend.
    """

    weights: tuple[float, ...]
    times_s: tuple[float, ...]

    def __post_init__(self) -> None:
        if not self.weights or len(self.weights) != len(self.times_s):
            raise ValueError(
                "as many prony_weights as prony_times are needed, at least one; "
                f"got {len(self.weights)} and {len(self.times_s)}"
            )
        for i, (weight, time) in enumerate(zip(self.weights, self.times_s, strict=True), start=1):
            require_positive(**{f"prony_weights[{i}]": weight, f"prony_times[{i}]": time})
        if sum(self.weights) >= 1.0:
            raise ValueError(f"prony_weights must sum to less than 1, got {sum(self.weights):g}")
        if any(np.diff(self.times_s) <= 0.0):
            raise ValueError(f"prony_times must ascend, got {self.times_s}")

    @property
    def long_term_share(self) -> float:
        """Share of a sudden stress that stays, 1 - sum g."""
        return 1.0 - sum(self.weights)

    @property
    def instantaneous_ratio(self) -> float:
        """Stiffness of a sudden deformation over that of a slow one, 1 / (1 - sum g)."""
        return 1.0 / self.long_term_share

    @property
    def gains(self) -> tuple[float, ...]:
        """g_i / (1 - sum g): the weights by the long-term stress."""
        return tuple(weight / self.long_term_share for weight in self.weights)

    def relaxation(self, time_s: ArrayLike) -> Array:
        """Share of a sudden stress that is left after a time (s), of the shape of `time_s`."""
        times = np.asarray(time_s, dtype=float)[..., None]
        return 1.0 + np.asarray(np.expm1(-times / self.times_s) @ np.array(self.weights))

    def complex_ratio(self, frequency_hz: ArrayLike) -> NDArray[np.complex128]:
        """Complex modulus of small oscillations over the long-term modulus, by frequency (Hz)."""
        turns = 2j * np.pi * np.asarray(frequency_hz, dtype=float)[..., None]
        phases = turns * np.array(self.times_s)
        ratio: NDArray[np.complex128] = 1.0 + phases / (1.0 + phases) @ np.array(self.gains)
        return ratio

    def storage_ratio(self, frequency_hz: ArrayLike) -> Array:
        """Storage modulus over the long-term modulus, by frequency (Hz)."""
        return np.asarray(self.complex_ratio(frequency_hz).real)

    def loss_ratio(self, frequency_hz: ArrayLike) -> Array:
        """Loss modulus over the long-term modulus, by frequency (Hz)."""
        return np.asarray(self.complex_ratio(frequency_hz).imag)

    def loss_factor(self, frequency_hz: ArrayLike) -> Array:
        """Loss over storage modulus (the tangent of the phase), by frequency (Hz)."""
        ratio = self.complex_ratio(frequency_hz)
        return np.asarray(ratio.imag / ratio.real)
