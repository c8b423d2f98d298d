# SPDX-License-Identifier: MIT
"""Neo-Hookean solids: the nearly incompressible one and the compressible one."""

from dataclasses import dataclass
from typing import Self

import ufl
from ufl.core.expr import Expr

from materials.law import (
    SOFT_TISSUE_DENSITY_T_MM3,
    Parameters,
    bulk_modulus_mpa,
    no_piola,
    require_poisson_ratio,
    require_positive,
    resolve,
    volumetric_energy,
    volumetric_piola,
)

PLANTAR_POISSON_RATIO = 0.475
"""Poisson's ratio of nearly incompressible laws unless told otherwise (Chokhandre 2012)."""


@dataclass(frozen=True, slots=True)
class NeoHookean:
    """W = mu/2 (J^(-2/3) tr C - 3) + U(J), for nearly incompressible solids.

    With nu clearly below 0.45 such a split softens in strong compression; take
    `CompressibleNeoHookean` there.

    Attributes:
        shear_modulus_mpa: mu.
        poisson_ratio: At small strain; gives the bulk modulus.
        density_t_mm3: Mass per reference volume.

    Raises:
        ValueError: A modulus or density is not positive, or Poisson's ratio not in [0, 0.5).
    """

    shear_modulus_mpa: float
    poisson_ratio: float = PLANTAR_POISSON_RATIO
    density_t_mm3: float = SOFT_TISSUE_DENSITY_T_MM3

    def __post_init__(self) -> None:
        require_positive(shear_modulus_mpa=self.shear_modulus_mpa, density_t_mm3=self.density_t_mm3)
        require_poisson_ratio(self.poisson_ratio)

    @property
    def initial_shear_modulus_mpa(self) -> float:
        """Shear modulus at small strain, MPa."""
        return self.shear_modulus_mpa

    @property
    def initial_bulk_modulus_mpa(self) -> float:
        """Bulk modulus at small strain, MPa."""
        return bulk_modulus_mpa(self.shear_modulus_mpa, self.poisson_ratio)

    def parameters(self) -> dict[str, float]:
        """`shear_modulus_mpa`, `bulk_modulus_mpa`."""
        return {
            "shear_modulus_mpa": self.shear_modulus_mpa,
            "bulk_modulus_mpa": self.initial_bulk_modulus_mpa,
        }

    def energy(self, F: Expr, p: Parameters | None = None) -> Expr:
        """Strain energy per reference volume, MPa; see `Law.energy`."""
        value = resolve(self.parameters(), p)
        volumetric = volumetric_energy(ufl.det(F), value["bulk_modulus_mpa"])
        return self.relaxing_energy(F, p) + volumetric

    def relaxing_energy(self, F: Expr, p: Parameters | None = None) -> Expr:
        """Isochoric energy, MPa; see `Law.relaxing_energy`."""
        value = resolve(self.parameters(), p)
        first = ufl.exp(-2.0 / 3.0 * ufl.ln(ufl.det(F))) * ufl.inner(F, F)
        return value["shear_modulus_mpa"] / 2 * (first - 3)

    def first_piola(self, F: Expr, p: Parameters | None = None) -> Expr:
        """First Piola-Kirchhoff stress, (3, 3), MPa; see `Law.first_piola`."""
        return self.relaxing_piola(F, p) + self.lasting_piola(F, p)

    def relaxing_piola(self, F: Expr, p: Parameters | None = None) -> Expr:
        """Isochoric part of the stress, (3, 3), MPa; see `Law.relaxing_piola`."""
        value = resolve(self.parameters(), p)
        scaled = value["shear_modulus_mpa"] * ufl.exp(-2.0 / 3.0 * ufl.ln(ufl.det(F)))
        return scaled * (F - ufl.inner(F, F) / 3 * ufl.inv(F).T)

    def lasting_piola(self, F: Expr, p: Parameters | None = None) -> Expr:
        """Volumetric part of the stress, (3, 3), MPa; see `Law.lasting_piola`."""
        value = resolve(self.parameters(), p)
        return volumetric_piola(F, ufl.det(F), value["bulk_modulus_mpa"])


@dataclass(frozen=True, slots=True)
class CompressibleNeoHookean:
    """W = mu/2 (tr C - 3 + (J^(-2 beta) - 1) / beta), beta = nu / (1 - 2 nu).

    Polyconvex for every nu in [0, 0.5) and stable to any compression; the hyperfoam law with the
    one exponent 2. At nu = 0 the bracket's last term is its limit -2 ln J. For elastic materials
    that are given by E and nu alone (insole shells, cork, linear reference materials).

    Attributes:
        shear_modulus_mpa: mu.
        poisson_ratio: At small strain.
        density_t_mm3: Mass per reference volume.

    Raises:
        ValueError: A modulus or density is not positive, or Poisson's ratio not in [0, 0.5).
    """

    shear_modulus_mpa: float
    poisson_ratio: float
    density_t_mm3: float = SOFT_TISSUE_DENSITY_T_MM3

    def __post_init__(self) -> None:
        require_positive(shear_modulus_mpa=self.shear_modulus_mpa, density_t_mm3=self.density_t_mm3)
        require_poisson_ratio(self.poisson_ratio)

    @classmethod
    def from_young(
        cls,
        young_modulus_mpa: float,
        poisson_ratio: float,
        density_t_mm3: float = SOFT_TISSUE_DENSITY_T_MM3,
    ) -> Self:
        """The law whose small-strain constants are E and nu."""
        return cls(young_modulus_mpa / (2.0 * (1.0 + poisson_ratio)), poisson_ratio, density_t_mm3)

    @property
    def initial_shear_modulus_mpa(self) -> float:
        """Shear modulus at small strain, MPa."""
        return self.shear_modulus_mpa

    @property
    def initial_bulk_modulus_mpa(self) -> float:
        """Bulk modulus at small strain, MPa."""
        return bulk_modulus_mpa(self.shear_modulus_mpa, self.poisson_ratio)

    def parameters(self) -> dict[str, float]:
        """`shear_modulus_mpa` and, unless nu is 0, `beta`."""
        shear = {"shear_modulus_mpa": self.shear_modulus_mpa}
        if self.poisson_ratio == 0.0:
            return shear
        return {**shear, "beta": self.poisson_ratio / (1.0 - 2.0 * self.poisson_ratio)}

    def energy(self, F: Expr, p: Parameters | None = None) -> Expr:
        """Strain energy per reference volume, MPa; see `Law.energy`."""
        value = resolve(self.parameters(), p)
        log_J = ufl.ln(ufl.det(F))
        volume = (
            (ufl.exp(-2 * value["beta"] * log_J) - 1) / value["beta"]
            if "beta" in value
            else -2 * log_J
        )
        return value["shear_modulus_mpa"] / 2 * (ufl.inner(F, F) - 3 + volume)

    def first_piola(self, F: Expr, p: Parameters | None = None) -> Expr:
        """First Piola-Kirchhoff stress, (3, 3), MPa; see `Law.first_piola`."""
        value = resolve(self.parameters(), p)
        inverse = ufl.inv(F).T
        if "beta" in value:
            inverse = ufl.exp(-2 * value["beta"] * ufl.ln(ufl.det(F))) * inverse
        return value["shear_modulus_mpa"] * (F - inverse)

    def relaxing_piola(self, F: Expr, p: Parameters | None = None) -> Expr:
        """The whole stress, (3, 3), MPa; see `Law.relaxing_piola`."""
        return self.first_piola(F, p)

    def lasting_piola(self, F: Expr, p: Parameters | None = None) -> Expr:
        """Zero, (3, 3); see `Law.lasting_piola`."""
        return no_piola()

    def relaxing_energy(self, F: Expr, p: Parameters | None = None) -> Expr:
        """The whole energy, MPa; see `Law.relaxing_energy`."""
        return self.energy(F, p)
