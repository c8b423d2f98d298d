# SPDX-License-Identifier: MIT
"""Polynomials of the isochoric invariants: Mooney-Rivlin and the second-order polynomial.

W = sum C_ij (I1b - 3)^i (I2b - 3)^j + U(J) with I1b = J^(-2/3) I1, I2b = J^(-4/3) I2 and U(J) as in
`law.volumetric_energy`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import ufl
from ufl.core.expr import Expr

from materials.law import (
    SOFT_TISSUE_DENSITY_T_MM3,
    Parameters,
    Scalar,
    bulk_modulus_mpa,
    poisson_ratio_of,
    require_poisson_ratio,
    require_positive,
    resolve,
    volumetric_energy,
    volumetric_piola,
)
from materials.solids import PLANTAR_POISSON_RATIO


def _isochoric(F: Expr, value: Mapping[str, Scalar]) -> Expr:
    """Isochoric energy of the coefficients that `value` holds."""
    C = F.T * F
    J = ufl.det(F)
    scale = ufl.exp(-2.0 / 3.0 * ufl.ln(J))
    a = scale * ufl.tr(C) - 3
    b = scale * scale * (ufl.tr(C) ** 2 - ufl.inner(C, C)) / 2 - 3
    isochoric = value["c10_mpa"] * a + value["c01_mpa"] * b
    if "c20_mpa" in value:
        isochoric += value["c20_mpa"] * a * a + value["c11_mpa"] * a * b + value["c02_mpa"] * b * b
    return isochoric


def _energy(F: Expr, value: Mapping[str, Scalar]) -> Expr:
    """Energy of the coefficients that `value` holds."""
    return _isochoric(F, value) + volumetric_energy(ufl.det(F), value["bulk_modulus_mpa"])


def _first_piola(F: Expr, value: Mapping[str, Scalar], bulk_modulus: Scalar) -> Expr:
    """Derivative of `_energy` with respect to F; without U(J) where the bulk modulus is 0."""
    C = F.T * F
    J = ufl.det(F)
    scale = ufl.exp(-2.0 / 3.0 * ufl.ln(J))
    trace = ufl.tr(C)
    I1 = scale * trace
    I2 = scale * scale * (trace * trace - ufl.inner(C, C)) / 2
    by_first, by_second = value["c10_mpa"], value["c01_mpa"]
    if "c20_mpa" in value:
        a, b = I1 - 3, I2 - 3
        by_first = by_first + 2 * value["c20_mpa"] * a + value["c11_mpa"] * b
        by_second = by_second + value["c11_mpa"] * a + 2 * value["c02_mpa"] * b
    pressure = (
        bulk_modulus / 2 * (J * J - 1) - 2.0 / 3.0 * by_first * I1 - 4.0 / 3.0 * by_second * I2
    )
    return (
        2 * scale * (by_first + by_second * I1) * F
        - 2 * scale * scale * by_second * F * C
        + pressure * ufl.inv(F).T
    )


@dataclass(frozen=True, slots=True)
class MooneyRivlin:
    """W = C10 (I1b - 3) + C01 (I2b - 3) + U(J).

    Attributes:
        c10_mpa: C10.
        c01_mpa: C01.
        poisson_ratio: At small strain; gives the bulk modulus.
        density_t_mm3: Mass per reference volume.

    Raises:
        ValueError: C10 + C01 or the density is not positive, or Poisson's ratio not in [0, 0.5).
    """

    c10_mpa: float
    c01_mpa: float
    poisson_ratio: float = PLANTAR_POISSON_RATIO
    density_t_mm3: float = SOFT_TISSUE_DENSITY_T_MM3

    def __post_init__(self) -> None:
        require_positive(
            initial_shear_modulus_mpa=self.initial_shear_modulus_mpa,
            density_t_mm3=self.density_t_mm3,
        )
        require_poisson_ratio(self.poisson_ratio)

    @property
    def initial_shear_modulus_mpa(self) -> float:
        """Shear modulus at small strain, 2 (C10 + C01), MPa."""
        return 2.0 * (self.c10_mpa + self.c01_mpa)

    @property
    def initial_bulk_modulus_mpa(self) -> float:
        """Bulk modulus at small strain, MPa."""
        return bulk_modulus_mpa(self.initial_shear_modulus_mpa, self.poisson_ratio)

    def parameters(self) -> dict[str, float]:
        """`c10_mpa`, `c01_mpa`, `bulk_modulus_mpa`."""
        return {
            "c10_mpa": self.c10_mpa,
            "c01_mpa": self.c01_mpa,
            "bulk_modulus_mpa": self.initial_bulk_modulus_mpa,
        }

    def energy(self, F: Expr, p: Parameters | None = None) -> Expr:
        """Strain energy per reference volume, MPa; see `Law.energy`."""
        return _energy(F, resolve(self.parameters(), p))

    def relaxing_energy(self, F: Expr, p: Parameters | None = None) -> Expr:
        """Isochoric energy, MPa; see `Law.relaxing_energy`."""
        return _isochoric(F, resolve(self.parameters(), p))

    def first_piola(self, F: Expr, p: Parameters | None = None) -> Expr:
        """First Piola-Kirchhoff stress, (3, 3), MPa; see `Law.first_piola`."""
        value = resolve(self.parameters(), p)
        return _first_piola(F, value, value["bulk_modulus_mpa"])

    def relaxing_piola(self, F: Expr, p: Parameters | None = None) -> Expr:
        """Isochoric part of the stress, (3, 3), MPa; see `Law.relaxing_piola`."""
        return _first_piola(F, resolve(self.parameters(), p), 0.0)

    def lasting_piola(self, F: Expr, p: Parameters | None = None) -> Expr:
        """Volumetric part of the stress, (3, 3), MPa; see `Law.lasting_piola`."""
        value = resolve(self.parameters(), p)
        return volumetric_piola(F, ufl.det(F), value["bulk_modulus_mpa"])


@dataclass(frozen=True, slots=True)
class Polynomial:
    """The second-order polynomial, terms i + j of 1 and 2.

    Negative coefficients, as in the set fitted to Lemmon's heel-pad data, are allowed as long as
    the initial shear modulus is positive; such a set is not polyconvex and may lose ellipticity in
    large shear.

    Attributes:
        c10_mpa: C10, and so on.
        poisson_ratio: At small strain; gives the bulk modulus.
        density_t_mm3: Mass per reference volume.

    Raises:
        ValueError: C10 + C01 or the density is not positive, or Poisson's ratio not in [0, 0.5).
    """

    c10_mpa: float
    c01_mpa: float
    c20_mpa: float
    c11_mpa: float
    c02_mpa: float
    poisson_ratio: float = PLANTAR_POISSON_RATIO
    density_t_mm3: float = SOFT_TISSUE_DENSITY_T_MM3

    def __post_init__(self) -> None:
        require_positive(
            initial_shear_modulus_mpa=self.initial_shear_modulus_mpa,
            density_t_mm3=self.density_t_mm3,
        )
        require_poisson_ratio(self.poisson_ratio)

    @classmethod
    def from_abaqus(
        cls,
        coefficients_mpa: tuple[float, float, float, float, float],
        d1_per_mpa: float,
        density_t_mm3: float = SOFT_TISSUE_DENSITY_T_MM3,
    ) -> Self:
        """From (C10, C01, C20, C11, C02) and D1 = 2 / K (D2 = 0)."""
        shear = 2.0 * (coefficients_mpa[0] + coefficients_mpa[1])
        ratio = poisson_ratio_of(shear, 2.0 / d1_per_mpa)
        return cls(*coefficients_mpa, poisson_ratio=ratio, density_t_mm3=density_t_mm3)

    @property
    def initial_shear_modulus_mpa(self) -> float:
        """Shear modulus at small strain, 2 (C10 + C01), MPa."""
        return 2.0 * (self.c10_mpa + self.c01_mpa)

    @property
    def initial_bulk_modulus_mpa(self) -> float:
        """Bulk modulus at small strain, MPa."""
        return bulk_modulus_mpa(self.initial_shear_modulus_mpa, self.poisson_ratio)

    def parameters(self) -> dict[str, float]:
        """`c10_mpa`, `c01_mpa`, `c20_mpa`, `c11_mpa`, `c02_mpa`, `bulk_modulus_mpa`."""
        return {
            "c10_mpa": self.c10_mpa,
            "c01_mpa": self.c01_mpa,
            "c20_mpa": self.c20_mpa,
            "c11_mpa": self.c11_mpa,
            "c02_mpa": self.c02_mpa,
            "bulk_modulus_mpa": self.initial_bulk_modulus_mpa,
        }

    def energy(self, F: Expr, p: Parameters | None = None) -> Expr:
        """Strain energy per reference volume, MPa; see `Law.energy`."""
        return _energy(F, resolve(self.parameters(), p))

    def relaxing_energy(self, F: Expr, p: Parameters | None = None) -> Expr:
        """Isochoric energy, MPa; see `Law.relaxing_energy`."""
        return _isochoric(F, resolve(self.parameters(), p))

    def first_piola(self, F: Expr, p: Parameters | None = None) -> Expr:
        """First Piola-Kirchhoff stress, (3, 3), MPa; see `Law.first_piola`."""
        value = resolve(self.parameters(), p)
        return _first_piola(F, value, value["bulk_modulus_mpa"])

    def relaxing_piola(self, F: Expr, p: Parameters | None = None) -> Expr:
        """Isochoric part of the stress, (3, 3), MPa; see `Law.relaxing_piola`."""
        return _first_piola(F, resolve(self.parameters(), p), 0.0)

    def lasting_piola(self, F: Expr, p: Parameters | None = None) -> Expr:
        """Volumetric part of the stress, (3, 3), MPa; see `Law.lasting_piola`."""
        value = resolve(self.parameters(), p)
        return volumetric_piola(F, ufl.det(F), value["bulk_modulus_mpa"])
