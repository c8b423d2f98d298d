# SPDX-License-Identifier: MIT
"""Fibre families in a ground substance: the annulus fibrosus of the disc.

W = W_matrix(F) + sum over families of phi(I4), I4 = |F a|^2 with the unit direction a in the
reference configuration. Fibres carry tension only (phi' = 0 for I4 <= 1), and I4 is that of the
full F, not of its isochoric part: with the isochoric one a fibre would answer to volume change.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol, Self

import numpy as np
import ufl
from numpy.typing import ArrayLike
from scipy.optimize import nnls
from ufl.core.expr import Expr

from materials.law import Law, Parameters, Scalar, require_positive, resolve

MATRIX = "matrix."
"""Prefix of the matrix's names among the parameters of `FibreFamilies`."""


def smooth_ramp(x: Expr, width: float) -> Expr:
    """0 for x <= 0, x - width/2 for x >= width, and a parabola between (continuous slope)."""
    parabola = x * x / (2 * width)
    beyond = ufl.conditional(ufl.gt(x, width), x - width / 2, parabola)
    return ufl.conditional(ufl.gt(x, 0.0), beyond, 0.0)


def smooth_ramp_integral(x: Expr, width: float) -> Expr:
    """Integral of `smooth_ramp` from 0."""
    cubic = x * x * x / (6 * width)
    beyond = ufl.conditional(ufl.gt(x, width), x * x / 2 - width / 2 * x + width * width / 6, cubic)
    return ufl.conditional(ufl.gt(x, 0.0), beyond, 0.0)


class Fibre(Protocol):
    """The answer of one family as a function of I4."""

    def parameters(self) -> dict[str, float]:
        """Numbers by name."""
        ...

    def energy(self, I4: Expr, value: Parameters) -> Expr:
        """phi(I4), MPa."""
        ...

    def tension(self, I4: Expr, value: Parameters) -> Expr:
        """2 dphi/dI4, MPa: the second Piola-Kirchhoff stress along the fibre."""
        ...


@dataclass(frozen=True, slots=True)
class ExponentialFibre:
    """phi = k1 / (2 k2) (exp(k2 E^2) - 1) with E the ramped I4 - 1 (Holzapfel, Gasser, Ogden 2000).

    The ramp rounds the onset of tension over `toe_strain` of stretch, so that the tangent is
    continuous there.

    Attributes:
        k1_mpa: Stress-like coefficient of one family (its volume fraction included).
        k2: Exponent.
        toe_strain: Width of the rounded onset, as a stretch minus 1.

    Raises:
        ValueError: A value is not positive.
    """

    k1_mpa: float
    k2: float
    toe_strain: float = 1.0e-3

    def __post_init__(self) -> None:
        require_positive(k1_mpa=self.k1_mpa, k2=self.k2, toe_strain=self.toe_strain)

    def parameters(self) -> dict[str, float]:
        """`k1_mpa`, `k2`."""
        return {"k1_mpa": self.k1_mpa, "k2": self.k2}

    def energy(self, I4: Expr, value: Parameters) -> Expr:
        """phi(I4), MPa."""
        strain = smooth_ramp(I4 - 1, 2 * self.toe_strain)
        k1, k2 = value["k1_mpa"], value["k2"]
        return k1 / (2 * k2) * (ufl.exp(k2 * strain * strain) - 1)

    def tension(self, I4: Expr, value: Parameters) -> Expr:
        """2 dphi/dI4, MPa."""
        excess = ufl.variable(I4 - 1)
        strain = smooth_ramp(excess, 2 * self.toe_strain)
        slope = ufl.diff(strain, excess)
        k1, k2 = value["k1_mpa"], value["k2"]
        return 2 * k1 * strain * slope * ufl.exp(k2 * strain * strain)


@dataclass(frozen=True, slots=True)
class CurveFibre:
    """A nominal stress-strain curve: straight segments, rounded at the breaks.

    phi' = volume_fraction * sum of slopes_i * ramp(lambda - 1 - breaks_i), the ramps being
    `smooth_ramp` of width 2 * rounding, begun at break - rounding (at 0 for the first break).

    Attributes:
        break_strains: Strains (lambda - 1) where the slope changes, ascending, not negative.
        slope_changes_mpa: Change of the slope of the fibre's stress there; the sums up to each
            break must be positive.
        volume_fraction: Share of this family in the composite's volume.
        rounding_strain: Half width of the rounding.

    Raises:
        ValueError: Counts differ, breaks are not ascending, or the curve falls.
    """

    break_strains: tuple[float, ...]
    slope_changes_mpa: tuple[float, ...]
    volume_fraction: float
    rounding_strain: float = 1.0e-3

    def __post_init__(self) -> None:
        require_positive(volume_fraction=self.volume_fraction, rounding_strain=self.rounding_strain)
        if not self.break_strains or len(self.break_strains) != len(self.slope_changes_mpa):
            raise ValueError("as many break_strains as slope_changes_mpa are needed, at least one")
        if self.break_strains[0] < 0.0 or any(np.diff(self.break_strains) <= 0.0):
            raise ValueError(f"break_strains must ascend from 0, got {self.break_strains}")
        if any(np.cumsum(self.slope_changes_mpa) < 0.0):
            raise ValueError("the curve falls: a sum of slope_changes_mpa is negative")

    @classmethod
    def from_table(
        cls,
        strains: ArrayLike,
        stresses_mpa: ArrayLike,
        break_strains: Sequence[float],
        volume_fraction: float,
        rounding_strain: float = 1.0e-3,
    ) -> Self:
        """Least squares to a table of nominal fibre stress, with slopes that are not negative.

        Args:
            strains: (n,) lambda - 1.
            stresses_mpa: (n,) stress of the fibre itself.
            break_strains: Where the slope may change.
            volume_fraction: As the attribute.
            rounding_strain: As the attribute.
        """
        x = np.asarray(strains, dtype=float)
        edges = np.append(np.asarray(break_strains, dtype=float), np.inf)
        share = np.clip(x[:, None] - edges[:-1], 0.0, np.diff(edges))
        slopes, _ = nnls(share, np.asarray(stresses_mpa, dtype=float))
        changes = np.diff(slopes, prepend=0.0)
        return cls(
            tuple(float(b) for b in break_strains),
            tuple(float(c) for c in changes),
            volume_fraction,
            rounding_strain,
        )

    def parameters(self) -> dict[str, float]:
        """`slope_change_1_mpa`, ..., `volume_fraction`."""
        changes = {
            f"slope_change_{i}_mpa": change
            for i, change in enumerate(self.slope_changes_mpa, start=1)
        }
        return {**changes, "volume_fraction": self.volume_fraction}

    def _sum(self, strain: Expr, value: Parameters, ramp: Any) -> Expr:
        """Volume fraction times the sum of slope changes times ramps."""
        total: Scalar = 0.0
        for i, begin in enumerate(self.break_strains, start=1):
            start = max(begin - self.rounding_strain, 0.0)
            total += value[f"slope_change_{i}_mpa"] * ramp(strain - start, 2 * self.rounding_strain)
        return value["volume_fraction"] * total

    def energy(self, I4: Expr, value: Parameters) -> Expr:
        """phi(I4), MPa."""
        return self._sum(ufl.sqrt(I4) - 1, value, smooth_ramp_integral)

    def tension(self, I4: Expr, value: Parameters) -> Expr:
        """2 dphi/dI4, MPa."""
        stretch = ufl.sqrt(I4)
        return self._sum(stretch - 1, value, smooth_ramp) / stretch


@dataclass(frozen=True, slots=True)
class FibreFamilies:
    """A matrix with fibre families that all answer alike.

    `k1_mpa` or `volume_fraction` among the parameters scales all fibres, so that a coefficient in
    space makes them softer towards the inside of a disc.

    Attributes:
        matrix: Law of the ground substance; the initial moduli are those of the matrix.
        fibre: Answer of one family.
        directions: Unit vectors in the reference configuration, one for each family: UFL
            expressions of shape (3,) (`with_directions`).
    """

    matrix: Law
    fibre: Fibre
    directions: tuple[Expr, ...] = field(default=(), compare=False, repr=False)

    def with_directions(self, *directions: Expr) -> Self:
        """The same law with fibre directions."""
        return replace(self, directions=directions)

    @property
    def density_t_mm3(self) -> float:
        """Mass per reference volume."""
        return self.matrix.density_t_mm3

    @property
    def poisson_ratio(self) -> float:
        """That of the matrix."""
        return self.matrix.poisson_ratio

    @property
    def initial_shear_modulus_mpa(self) -> float:
        """That of the matrix, MPa."""
        return self.matrix.initial_shear_modulus_mpa

    @property
    def initial_bulk_modulus_mpa(self) -> float:
        """That of the matrix, MPa."""
        return self.matrix.initial_bulk_modulus_mpa

    def parameters(self) -> dict[str, float]:
        """Those of the matrix with the prefix `matrix.`, then those of the fibre."""
        matrix = {MATRIX + name: value for name, value in self.matrix.parameters().items()}
        return {**matrix, **self.fibre.parameters()}

    def _split(self, p: Parameters | None) -> tuple[dict[str, Scalar], dict[str, Scalar]]:
        """Resolved parameters of the matrix and of the fibre."""
        value = resolve(self.parameters(), p)
        matrix = {name.removeprefix(MATRIX): v for name, v in value.items() if MATRIX in name}
        return matrix, {name: v for name, v in value.items() if MATRIX not in name}

    def _require_directions(self) -> None:
        """Raise a ValueError if the law has no directions yet."""
        if not self.directions:
            raise ValueError("fibre directions are missing: use law.with_directions(a01, a02)")

    def energy(self, F: Expr, p: Parameters | None = None) -> Expr:
        """Strain energy per reference volume, MPa; see `Law.energy`.

        Raises:
            ValueError: The law has no directions.
        """
        matrix, fibre = self._split(p)
        return self._energy_with_fibres(self.matrix.energy(F, matrix), F, fibre)

    def relaxing_energy(self, F: Expr, p: Parameters | None = None) -> Expr:
        """That part of the matrix, and the fibres; see `Law.relaxing_energy`.

        Raises:
            ValueError: The law has no directions.
        """
        matrix, fibre = self._split(p)
        return self._energy_with_fibres(self.matrix.relaxing_energy(F, matrix), F, fibre)

    def _energy_with_fibres(self, total: Expr, F: Expr, fibre: dict[str, Scalar]) -> Expr:
        """An energy with that of the fibres added to it."""
        self._require_directions()
        for direction in self.directions:
            along = F * direction
            total += self.fibre.energy(ufl.inner(along, along), fibre)
        return total

    def first_piola(self, F: Expr, p: Parameters | None = None) -> Expr:
        """First Piola-Kirchhoff stress, (3, 3), MPa; see `Law.first_piola`.

        Raises:
            ValueError: The law has no directions.
        """
        matrix, fibre = self._split(p)
        return self._with_fibres(self.matrix.first_piola(F, matrix), F, fibre)

    def relaxing_piola(self, F: Expr, p: Parameters | None = None) -> Expr:
        """That part of the matrix, and the fibres; see `Law.relaxing_piola`.

        Raises:
            ValueError: The law has no directions.
        """
        matrix, fibre = self._split(p)
        return self._with_fibres(self.matrix.relaxing_piola(F, matrix), F, fibre)

    def lasting_piola(self, F: Expr, p: Parameters | None = None) -> Expr:
        """That part of the matrix; see `Law.lasting_piola`."""
        return self.matrix.lasting_piola(F, self._split(p)[0])

    def _with_fibres(self, total: Expr, F: Expr, fibre: dict[str, Scalar]) -> Expr:
        """A stress with that of the fibres added to it."""
        self._require_directions()
        for direction in self.directions:
            along = F * direction
            tension = self.fibre.tension(ufl.inner(along, along), fibre)
            total += tension * ufl.outer(along, direction)
        return total
