# SPDX-License-Identifier: MIT
"""Laws of principal stretches: Ogden (nearly incompressible) and hyperfoam (compressible)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import ufl
from ufl.core.expr import Expr

from materials.law import (
    SOFT_TISSUE_DENSITY_T_MM3,
    Parameters,
    Scalar,
    bulk_modulus_mpa,
    cofactor_elasticity,
    no_elasticity,
    no_piola,
    require_poisson_ratio,
    require_positive,
    resolve,
    volumetric_elasticity,
    volumetric_energy,
    volumetric_piola,
)
from materials.solids import PLANTAR_POISSON_RATIO
from materials.spectral import (
    LogStretches,
    spectral_elasticity,
    spectral_energy,
    spectral_piola,
)

Terms = list[tuple[Scalar, Scalar]]


def _check_terms(shear_moduli_mpa: Sequence[float], exponents: Sequence[float]) -> None:
    """Raise a ValueError unless there are as many moduli as exponents, none zero, at least one."""
    if not shear_moduli_mpa or len(shear_moduli_mpa) != len(exponents):
        raise ValueError(
            "as many shear_moduli_mpa as exponents are needed, at least one; "
            f"got {len(shear_moduli_mpa)} and {len(exponents)}"
        )
    if any(exponent == 0.0 for exponent in exponents):
        raise ValueError("an exponent of 0 has no energy: leave the term out")


def _named_terms(shear_moduli_mpa: Sequence[float], exponents: Sequence[float]) -> dict[str, float]:
    """`shear_modulus_1_mpa`, `exponent_1`, `shear_modulus_2_mpa`, ..."""
    named: dict[str, float] = {}
    for i, (modulus, exponent) in enumerate(zip(shear_moduli_mpa, exponents, strict=True), start=1):
        named[f"shear_modulus_{i}_mpa"] = modulus
        named[f"exponent_{i}"] = exponent
    return named


def _terms(value: dict[str, Scalar], count: int) -> Terms:
    """The (modulus, exponent) pairs of resolved parameters."""
    return [(value[f"shear_modulus_{i}_mpa"], value[f"exponent_{i}"]) for i in range(1, count + 1)]


def _power_sum(terms: Terms, logs: tuple[Expr, Expr, Expr]) -> Expr:
    """Sum over terms of 2 mu / alpha^2 (sum_k exp(alpha/2 log_k) - 3)."""
    return sum(
        2 * modulus / (exponent * exponent) * (sum(ufl.exp(exponent / 2 * log) for log in logs) - 3)
        for modulus, exponent in terms
    )


def _volumetric(value: dict[str, Scalar], terms: Terms, J: Expr) -> Expr:
    """Of a hyperfoam: sum of 2 mu / alpha J^(-alpha beta), or of 2 mu / alpha at nu = 0."""
    if "beta" not in value:
        return sum(2 * modulus / exponent for modulus, exponent in terms)
    log_J = ufl.ln(J)
    return sum(
        2 * modulus / exponent * ufl.exp(-exponent * value["beta"] * log_J)
        for modulus, exponent in terms
    )


@dataclass(frozen=True, slots=True)
class Ogden:
    """W = sum 2 mu_i / alpha_i^2 (l1b^alpha_i + l2b^alpha_i + l3b^alpha_i - 3) + U(J).

    lkb = J^(-1/3) lk. This is the Abaqus convention, in which the initial shear modulus is the sum
    of the mu_i. FEBio writes c_i / m_i^2: the same numbers there mean half the stiffness
    (`from_febio`).

    Attributes:
        shear_moduli_mpa: mu_i.
        exponents: alpha_i, not zero.
        poisson_ratio: At small strain; gives the bulk modulus.
        density_t_mm3: Mass per reference volume.

    Raises:
        ValueError: Counts differ, an exponent is 0, the initial shear modulus or the density is
            not positive, or Poisson's ratio is not in [0, 0.5).
    """

    shear_moduli_mpa: tuple[float, ...]
    exponents: tuple[float, ...]
    poisson_ratio: float = PLANTAR_POISSON_RATIO
    density_t_mm3: float = SOFT_TISSUE_DENSITY_T_MM3

    def __post_init__(self) -> None:
        _check_terms(self.shear_moduli_mpa, self.exponents)
        require_positive(
            initial_shear_modulus_mpa=self.initial_shear_modulus_mpa,
            density_t_mm3=self.density_t_mm3,
        )
        require_poisson_ratio(self.poisson_ratio)

    @classmethod
    def from_febio(
        cls,
        moduli_mpa: Sequence[float],
        exponents: Sequence[float],
        poisson_ratio: float = PLANTAR_POISSON_RATIO,
        density_t_mm3: float = SOFT_TISSUE_DENSITY_T_MM3,
    ) -> Self:
        """From W = sum c_i / m_i^2 (...), the FEBio convention: mu_i = c_i / 2."""
        halves = tuple(modulus / 2.0 for modulus in moduli_mpa)
        return cls(halves, tuple(exponents), poisson_ratio, density_t_mm3)

    @property
    def initial_shear_modulus_mpa(self) -> float:
        """Shear modulus at small strain, sum of mu_i, MPa."""
        return sum(self.shear_moduli_mpa)

    @property
    def initial_bulk_modulus_mpa(self) -> float:
        """Bulk modulus at small strain, MPa."""
        return bulk_modulus_mpa(self.initial_shear_modulus_mpa, self.poisson_ratio)

    def parameters(self) -> dict[str, float]:
        """`shear_modulus_1_mpa`, `exponent_1`, ..., `bulk_modulus_mpa`."""
        return {
            **_named_terms(self.shear_moduli_mpa, self.exponents),
            "bulk_modulus_mpa": self.initial_bulk_modulus_mpa,
        }

    def _isochoric(self, value: dict[str, Scalar], logs: LogStretches) -> Expr:
        """Isochoric energy of the log stretches: their mean is ln J^(2/3)."""
        mean = (logs[0] + logs[1] + logs[2]) / 3
        shifted = (logs[0] - mean, logs[1] - mean, logs[2] - mean)
        return _power_sum(_terms(value, len(self.exponents)), shifted)

    def energy(self, F: Expr, p: Parameters | None = None) -> Expr:
        """Strain energy per reference volume, MPa; see `Law.energy`."""
        value = resolve(self.parameters(), p)
        volumetric = volumetric_energy(ufl.det(F), value["bulk_modulus_mpa"])
        return self.relaxing_energy(F, p) + volumetric

    def relaxing_energy(self, F: Expr, p: Parameters | None = None) -> Expr:
        """Isochoric energy, MPa; see `Law.relaxing_energy`."""
        value = resolve(self.parameters(), p)
        return spectral_energy(F, lambda logs: self._isochoric(value, logs))

    def first_piola(self, F: Expr, p: Parameters | None = None) -> Expr:
        """First Piola-Kirchhoff stress, (3, 3), MPa; see `Law.first_piola`."""
        return self.relaxing_piola(F, p) + self.lasting_piola(F, p)

    def relaxing_piola(self, F: Expr, p: Parameters | None = None) -> Expr:
        """Isochoric part of the stress, (3, 3), MPa; see `Law.relaxing_piola`."""
        value = resolve(self.parameters(), p)
        return spectral_piola(F, lambda logs: self._isochoric(value, logs))

    def lasting_piola(self, F: Expr, p: Parameters | None = None) -> Expr:
        """Volumetric part of the stress, (3, 3), MPa; see `Law.lasting_piola`."""
        value = resolve(self.parameters(), p)
        return volumetric_piola(F, ufl.det(F), value["bulk_modulus_mpa"])

    def relaxing_elasticity(self, F: Expr, p: Parameters | None = None) -> Expr:
        """Derivative of `relaxing_piola` by F, (3, 3, 3, 3), MPa."""
        value = resolve(self.parameters(), p)
        return spectral_elasticity(F, lambda logs: self._isochoric(value, logs))

    def lasting_elasticity(self, F: Expr, p: Parameters | None = None) -> Expr:
        """Derivative of `lasting_piola` by F, (3, 3, 3, 3), MPa."""
        return volumetric_elasticity(F, resolve(self.parameters(), p)["bulk_modulus_mpa"])


@dataclass(frozen=True, slots=True)
class HyperFoam:
    """W = sum 2 mu_i / alpha_i^2 [l1^alpha_i + l2^alpha_i + l3^alpha_i - 3 + g_i(J)].

    g_i = (J^(-alpha_i beta) - 1) / beta with beta = nu / (1 - 2 nu), one nu for all terms; at
    nu = 0 its limit -alpha_i ln J. The stretches are full, not isochoric ones (Ogden-Hill,
    Storakers 1986, the *HYPERFOAM law of Abaqus).

    Attributes:
        shear_moduli_mpa: mu_i.
        exponents: alpha_i, not zero.
        poisson_ratio: nu, in [0, 0.5).
        density_t_mm3: Mass per reference volume.

    Raises:
        ValueError: As for `Ogden`.
    """

    shear_moduli_mpa: tuple[float, ...]
    exponents: tuple[float, ...]
    poisson_ratio: float = 0.0
    density_t_mm3: float = SOFT_TISSUE_DENSITY_T_MM3

    def __post_init__(self) -> None:
        _check_terms(self.shear_moduli_mpa, self.exponents)
        require_positive(
            initial_shear_modulus_mpa=self.initial_shear_modulus_mpa,
            density_t_mm3=self.density_t_mm3,
        )
        require_poisson_ratio(self.poisson_ratio)

    @property
    def initial_shear_modulus_mpa(self) -> float:
        """Shear modulus at small strain, sum of mu_i, MPa."""
        return sum(self.shear_moduli_mpa)

    @property
    def initial_bulk_modulus_mpa(self) -> float:
        """Bulk modulus at small strain, sum of 2 mu_i (1/3 + beta), MPa."""
        return bulk_modulus_mpa(self.initial_shear_modulus_mpa, self.poisson_ratio)

    def parameters(self) -> dict[str, float]:
        """`shear_modulus_1_mpa`, `exponent_1`, ... and, unless nu is 0, `beta`."""
        named = _named_terms(self.shear_moduli_mpa, self.exponents)
        if self.poisson_ratio == 0.0:
            return named
        return {**named, "beta": self.poisson_ratio / (1.0 - 2.0 * self.poisson_ratio)}

    def energy(self, F: Expr, p: Parameters | None = None) -> Expr:
        """Strain energy per reference volume, MPa; see `Law.energy`."""
        value = resolve(self.parameters(), p)
        terms = _terms(value, len(self.exponents))
        log_J = ufl.ln(ufl.det(F))
        if "beta" in value:
            volume = sum(
                2
                * modulus
                / (exponent * exponent * value["beta"])
                * (ufl.exp(-exponent * value["beta"] * log_J) - 1)
                for modulus, exponent in terms
            )
        else:
            volume = -2 * sum(modulus / exponent for modulus, exponent in terms) * log_J
        return spectral_energy(F, lambda logs: _power_sum(terms, logs)) + volume

    def first_piola(self, F: Expr, p: Parameters | None = None) -> Expr:
        """First Piola-Kirchhoff stress, (3, 3), MPa; see `Law.first_piola`."""
        value = resolve(self.parameters(), p)
        terms = _terms(value, len(self.exponents))
        pressure = _volumetric(value, terms, ufl.det(F))
        return spectral_piola(F, lambda logs: _power_sum(terms, logs)) - pressure * ufl.inv(F).T

    def relaxing_piola(self, F: Expr, p: Parameters | None = None) -> Expr:
        """The whole stress, (3, 3), MPa; see `Law.relaxing_piola`."""
        return self.first_piola(F, p)

    def lasting_piola(self, F: Expr, p: Parameters | None = None) -> Expr:
        """Zero, (3, 3); see `Law.lasting_piola`."""
        return no_piola()

    def relaxing_elasticity(self, F: Expr, p: Parameters | None = None) -> Expr:
        """Derivative of `relaxing_piola` by F, (3, 3, 3, 3), MPa."""
        value = resolve(self.parameters(), p)
        terms = _terms(value, len(self.exponents))
        volume = cofactor_elasticity(F, lambda J: -_volumetric(value, terms, J) / J)
        return spectral_elasticity(F, lambda logs: _power_sum(terms, logs)) + volume

    def lasting_elasticity(self, F: Expr, p: Parameters | None = None) -> Expr:
        """Zero, (3, 3, 3, 3)."""
        return no_elasticity()

    def relaxing_energy(self, F: Expr, p: Parameters | None = None) -> Expr:
        """The whole energy, MPa; see `Law.relaxing_energy`."""
        return self.energy(F, p)
