# SPDX-License-Identifier: MIT
"""Principal stresses of the laws that are fitted, in numpy.

All of them are sums of powers of principal stretches: the neo-Hookean law is Ogden's with the
exponent 2, Mooney-Rivlin's has 2 and -2, the compressible neo-Hookean law is the hyperfoam law
with 2. A fit asks for thousands of stresses, so they are written out here instead of interpreted
from UFL; tests hold them against the laws' own.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from materials.law import Law
from materials.ogden import HyperFoam, Ogden
from materials.polynomial import MooneyRivlin
from materials.solids import CompressibleNeoHookean, NeoHookean

Array = NDArray[np.float64]

_SMALL_EXPONENT = 1.0e-9


@dataclass(frozen=True, slots=True)
class PowerTerms:
    """A law as terms 2 mu_i / alpha_i^2 (sum_k l_k^alpha_i - 3).

    Attributes:
        moduli_mpa: mu_i, (m,); their sum is the shear modulus at small strain.
        exponents: alpha_i, (m,).
        poisson_ratio: At small strain.
        bulk_modulus_mpa: Of U(J) = K/4 (J^2 - 1 - 2 ln J), beside which the terms see isochoric
            stretches; None where they see full ones (hyperfoam).
    """

    moduli_mpa: Array
    exponents: Array
    poisson_ratio: float
    bulk_modulus_mpa: float | None

    @property
    def isochoric(self) -> bool:
        """Whether the law is split into an isochoric and a volumetric part."""
        return self.bulk_modulus_mpa is not None

    def relaxing_mpa(self, logs: Array) -> Array:
        """Principal Kirchhoff stresses (n, 3) of the part that relaxes over time, MPa.

        Args:
            logs: Logarithms of the principal stretches, (n, 3).
        """
        if self.isochoric:
            powers = self._powers(logs - logs.mean(axis=1, keepdims=True))
            stress = 2.0 * powers @ self.moduli_mpa
            return np.asarray(stress - stress.mean(axis=1, keepdims=True))
        beta = self.poisson_ratio / (1.0 - 2.0 * self.poisson_ratio)
        volume = self._powers(-beta * logs.sum(axis=1, keepdims=True))
        return np.asarray(2.0 * (self._powers(logs) - volume) @ self.moduli_mpa)

    def lasting_mpa(self, log_volume: ArrayLike) -> Array:
        """Kirchhoff stress of the volume change, of the shape of ln J, MPa; it does not relax."""
        doubled = np.expm1(2.0 * np.asarray(log_volume, dtype=float))
        return np.asarray((self.bulk_modulus_mpa or 0.0) / 2.0 * doubled)

    def kirchhoff_mpa(self, logs: Array) -> Array:
        """Principal Kirchhoff stresses (n, 3), MPa; see `relaxing_mpa`."""
        return self.relaxing_mpa(logs) + self.lasting_mpa(logs.sum(axis=1))[:, None]

    def _powers(self, logs: Array) -> Array:
        """(l^alpha - 1) / alpha, whose limit at alpha = 0 is ln l; shape (*logs.shape, m)."""
        safe = np.where(np.abs(self.exponents) < _SMALL_EXPONENT, _SMALL_EXPONENT, self.exponents)
        return np.asarray(np.expm1(logs[..., None] * safe) / safe)


def terms_of(law: Law) -> PowerTerms:
    """The terms of a law.

    Raises:
        TypeError: The law is not a sum of powers of stretches.
    """
    bulk: float | None = None
    moduli: tuple[float, ...]
    exponents: tuple[float, ...]
    match law:
        case NeoHookean():
            moduli, exponents = (law.shear_modulus_mpa,), (2.0,)
            bulk = law.initial_bulk_modulus_mpa
        case CompressibleNeoHookean():
            moduli, exponents = (law.shear_modulus_mpa,), (2.0,)
        case MooneyRivlin():
            moduli, exponents = (2.0 * law.c10_mpa, 2.0 * law.c01_mpa), (2.0, -2.0)
            bulk = law.initial_bulk_modulus_mpa
        case Ogden():
            moduli, exponents = law.shear_moduli_mpa, law.exponents
            bulk = law.initial_bulk_modulus_mpa
        case HyperFoam():
            moduli, exponents = law.shear_moduli_mpa, law.exponents
        case _:
            raise TypeError(f"{type(law).__name__} is not a sum of powers of principal stretches")
    return PowerTerms(np.array(moduli), np.array(exponents), law.poisson_ratio, bulk)
