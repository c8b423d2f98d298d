# SPDX-License-Identifier: MIT
"""A printed lattice as a homogeneous solid, from the elastomer it is printed of and its density.

Gibson and Ashby's scaling of open cells whose struts bend (Cellular Solids, 1997): modulus
``E = 0.65 Es r^2`` (the constant is 0.3 to 1), collapse by elastic buckling at ``0.05 Es r^2``,
full density at a strain of ``1 - 1.4 r``, with r the relative density. A two-term hyperfoam joins
the three: its modulus is E exactly, its compression follows
``s = s_c tanh(E e / s_c) e_D / (e_D - e)`` within 14 % up to 0.87 of the strain of full density.

Valid for struts that bend (most strut lattices and open foams, not gyroid walls, octets or walls
along the load), for cells small beside the insole's thickness, for r of 0.05 to 0.35, and for
elastomers: stiff plastics yield and break where this law buckles.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares

from materials.build import law_of
from materials.law import young_modulus_mpa
from materials.record import MaterialRecord, Quantity

DENSITY_RANGE = (0.05, 0.35)
"""Relative densities of the rule: thinner struts cannot be printed, thicker ones do not bend."""

SOLID_FAMILIES = ("elastomer", "gel")

MODULUS_CONSTANT = 0.65
MODULUS_CONSTANT_RANGE = (0.3, 1.0)
COLLAPSE_CONSTANT = 0.05
FULL_DENSITY_CONSTANT = 1.4
TRUSTED_SHARE = 0.87
"""Of the strain of full density: up to there the law is fitted and trusted."""

_RULE = (
    "Gibson and Ashby, Cellular Solids 1997, open cells of bending struts (materials/lattice.py)"
)
_KEPT = ("energy_loss", "prony_weights", "prony_times")


class NoLattice(ValueError):
    """A solid of which no lattice can be described, or a density out of range."""


@dataclass(frozen=True, slots=True)
class LatticeTargets:
    """The three points that the rule gives.

    Attributes:
        young_modulus_mpa: E at small strain.
        collapse_mpa: s_c, stress of the plateau.
        full_density_strain: e_D, nominal compression at which struts touch.
    """

    young_modulus_mpa: float
    collapse_mpa: float
    full_density_strain: float

    @property
    def trusted_compression(self) -> float:
        """Nominal compression up to which the law is fitted."""
        return TRUSTED_SHARE * self.full_density_strain

    def stress_mpa(self, strain: NDArray[np.float64]) -> NDArray[np.float64]:
        """Nominal compressive stress at nominal compressive strains below full density."""
        full = self.full_density_strain
        rise = np.tanh(self.young_modulus_mpa * strain / self.collapse_mpa)
        return np.asarray(self.collapse_mpa * rise * full / (full - strain))


def lattice_targets(solid_modulus_mpa: float, relative_density: float) -> LatticeTargets:
    """Modulus, collapse stress and strain of full density by the rule."""
    scale = solid_modulus_mpa * relative_density**2
    return LatticeTargets(
        young_modulus_mpa=MODULUS_CONSTANT * scale,
        collapse_mpa=COLLAPSE_CONSTANT * scale,
        full_density_strain=1.0 - FULL_DENSITY_CONSTANT * relative_density,
    )


def lattice_name(solid: str, relative_density: float) -> str:
    """Name of a lattice as a material, such as ``tpu_95a_lattice_20`` of a density of 0.2."""
    return f"{solid}_lattice_{100.0 * relative_density:.6g}"


def lattice_record(solid: MaterialRecord, relative_density: float) -> MaterialRecord:
    """The record of a lattice of bending struts.

    Args:
        solid: What it is printed of, an elastomer or a gel; its modulus at small strain, density
            and relaxation are used.
        relative_density: Share of the volume that is solid, 0.05 to 0.35.

    Returns:
        A record of law "hyperfoam" with Poisson's ratio 0.

    Raises:
        NoLattice: Another kind of solid, or a density out of range.
    """
    if solid.family not in SOLID_FAMILIES:
        raise NoLattice(
            f"{solid.name} is no elastomer: its struts yield or break, and the rule is of buckling"
        )
    low, high = DENSITY_RANGE
    if not low <= relative_density <= high:
        raise NoLattice(f"a relative density of {relative_density:g} is not {low:g} to {high:g}")
    law = law_of(solid)
    targets = lattice_targets(young_modulus_mpa(law), relative_density)
    moduli, exponents = _fitted(targets)
    spread = [one / MODULUS_CONSTANT for one in MODULUS_CONSTANT_RANGE]
    quantities = {
        "poisson_ratio": _quantity(0.0, "1", (0.0, 0.1)),
        "density": _quantity(1e12 * law.density_t_mm3 * relative_density, "kg/m3"),
        "relative_density": _quantity(relative_density, "1"),
        "valid_compression": _quantity(targets.trusted_compression, "1"),
        "valid_tension": _quantity(0.1, "1", (0.05, 0.15)),
        "valid_shear": _quantity(0.2, "1", (0.1, 0.3)),
    }
    for i, (modulus, exponent) in enumerate(zip(moduli, exponents, strict=True), start=1):
        bounds = (modulus * spread[0], modulus * spread[1])
        quantities[f"shear_modulus_{i}"] = _quantity(modulus, "MPa", bounds)
        quantities[f"exponent_{i}"] = _quantity(exponent, "1")
    quantities |= {key: solid.quantities[key] for key in _KEPT if key in solid.quantities}
    return MaterialRecord(
        name=lattice_name(solid.name, relative_density),
        title=f"Lattice of {solid.title}, relative density {relative_density:g}",
        kind="insole",
        law="hyperfoam",
        status="engineering default",
        notes="Scaling rule: the unit cell decides by a factor of three.",
        quantities=quantities,
        file=solid.file,
        family="lattice",
    )


def _quantity(value: float, unit: str, bounds: tuple[float, float] | None = None) -> Quantity:
    return Quantity(value, unit, bounds or (value, value), _RULE, "fitted")


def _fitted(targets: LatticeTargets) -> tuple[tuple[float, float], tuple[float, float]]:
    """Moduli (MPa) and exponents of two terms; the moduli add up to E / 2, as nu is 0.

    Of given exponents the share of the second term is a linear problem; what is searched is the
    two exponents. They are rounded, so that they are the same on every machine.
    """
    strain = np.linspace(0.0, targets.trusted_compression, 60, dtype=np.float64)[1:]
    wanted = targets.stress_mpa(strain) / targets.young_modulus_mpa

    def term(exponent: float) -> NDArray[np.float64]:
        stretch = 1.0 - strain
        return np.asarray((1.0 / stretch - stretch ** (exponent - 1.0)) / exponent / wanted)

    def share(one: NDArray[np.float64], two: NDArray[np.float64]) -> float:
        ahead = two - one
        return float(np.clip(ahead @ (1.0 - one) / (ahead @ ahead), 0.0, 1.0))

    def error(exponents: NDArray[np.float64]) -> NDArray[np.float64]:
        one, two = term(exponents[0]), term(exponents[1])
        return one + share(one, two) * (two - one) - 1.0

    found = least_squares(error, (12.0, -3.0), bounds=([2.0, -30.0], [40.0, -0.5])).x
    first, second = (float(np.round(exponent, 3)) for exponent in found)
    part = float(np.round(share(term(first), term(second)), 6))
    whole = 0.5 * targets.young_modulus_mpa
    return (whole * (1.0 - part), whole * part), (first, second)
