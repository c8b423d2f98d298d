# SPDX-License-Identifier: MIT
"""Laws as CalculiX writes them.

CalculiX (manual, ``*HYPERELASTIC`` and ``*HYPERFOAM``) has these energies:

    ARRUDA-BOYCE   mu ((I1b - 3)/2 + (I1b^2 - 9)/(20 l^2) + ...) + ((J^2 - 1)/2 - ln J) / D
    NEO HOOKE      C10 (I1b - 3) + (J - 1)^2 / D1
    OGDEN          sum 2 mu_i/a_i^2 (l1b^a_i + l2b^a_i + l3b^a_i - 3) + (J - 1)^2 / D1
    HYPERFOAM      sum 2 mu_i/a_i^2 (l1^a_i + l2^a_i + l3^a_i - 3 + (J^(-a_i b) - 1)/b)

The first, with a locking stretch ``l`` that nothing reaches, is solespine's ``NeoHookean`` with
D = 2/K, volume change included; the last is its ``HyperFoam``. Its ``Ogden`` differs in the
energy of volume change alone, which ``QuadraticVolume`` exchanges in a benchmark.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import ufl

from materials.law import resolve, volumetric_energy, volumetric_piola
from materials.ogden import HyperFoam, Ogden
from materials.solids import CompressibleNeoHookean, NeoHookean

LOCKING_STRETCH = 1e5
"""Arruda-Boyce chains this long add 3e-11 of the neo-Hookean energy."""
ABSENT = 1e30
"""Compressibility (1/MPa) of a volumetric term that is not there; zero would mean a default."""
PER_LINE = 8
"""Constants that CalculiX reads from a line."""


@dataclass(frozen=True, slots=True)
class QuadraticVolume:
    """A nearly incompressible law with K/2 (J - 1)^2 for its energy of volume change.

    Attributes:
        base: The law that gives all else.
    """

    base: NeoHookean | Ogden

    def parameters(self) -> dict[str, float]:
        """Those of ``base``."""
        return self.base.parameters()

    def energy(self, F: Any, p: Any = None) -> Any:
        """Strain energy per reference volume, MPa."""
        bulk, J = resolve(self.parameters(), p)["bulk_modulus_mpa"], ufl.det(F)
        return self.base.energy(F, p) - volumetric_energy(J, bulk) + bulk / 2 * (J - 1) ** 2

    def first_piola(self, F: Any, p: Any = None) -> Any:
        """First Piola-Kirchhoff stress, MPa."""
        bulk, J = resolve(self.parameters(), p)["bulk_modulus_mpa"], ufl.det(F)
        change = bulk * (J - 1) * J * ufl.inv(F).T
        return self.base.first_piola(F, p) - volumetric_piola(F, J, bulk) + change


Law = NeoHookean | QuadraticVolume | HyperFoam | CompressibleNeoHookean


def calculix_card(law: Law) -> list[str]:
    """Lines of the material card.

    Raises:
        TypeError: CalculiX has no such law.
        ValueError: It has fewer terms.
    """
    match law:
        case NeoHookean(shear_modulus_mpa=mu, initial_bulk_modulus_mpa=bulk):
            return _lines("*HYPERELASTIC, ARRUDA-BOYCE", [mu, LOCKING_STRETCH, 2.0 / bulk])
        case QuadraticVolume(base=NeoHookean() as base):
            constants = [base.shear_modulus_mpa / 2.0, 2.0 / base.initial_bulk_modulus_mpa]
            return _lines("*HYPERELASTIC, NEO HOOKE", constants)
        case QuadraticVolume(base=Ogden() as base):
            terms = _terms(base.shear_moduli_mpa, base.exponents)
            volume = [2.0 / base.initial_bulk_modulus_mpa] + [ABSENT] * (len(terms) // 2 - 1)
            return _lines(f"*HYPERELASTIC, OGDEN, N={len(terms) // 2}", terms + volume)
        case HyperFoam():
            terms = _terms(law.shear_moduli_mpa, law.exponents)
            ratios = [law.poisson_ratio] * (len(terms) // 2)
            return _lines(f"*HYPERFOAM, N={len(terms) // 2}", terms + ratios)
        case CompressibleNeoHookean():
            constants = [law.shear_modulus_mpa, 2.0, law.poisson_ratio]
            return _lines("*HYPERFOAM, N=1", constants)
    raise TypeError(f"CalculiX has no law like {type(law).__name__} with its volume change")


def _terms(moduli: tuple[float, ...], exponents: tuple[float, ...]) -> list[float]:
    if len(moduli) > 3:
        raise ValueError(f"CalculiX knows three terms at the most, not {len(moduli)}")
    return [value for pair in zip(moduli, exponents, strict=True) for value in pair]


def _lines(keyword: str, constants: list[float]) -> list[str]:
    rows = [constants[i : i + PER_LINE] for i in range(0, len(constants), PER_LINE)]
    return [keyword, *(", ".join(f"{value:.12e}" for value in row) for row in rows)]
