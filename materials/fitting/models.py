# SPDX-License-Identifier: MIT
"""Models that can be fitted: which numbers are free, within which bounds, and the law they give.

Numbers are fitted in coordinates in which a linear interval is honest: the logarithm of a modulus
(but Mooney-Rivlin's two coefficients as they are, for one of them is often zero), an exponent as
it is, -ln(1 - 2 nu), which is nearly the logarithm of the bulk modulus, and the gains
g_i / (1 - sum g) of a Prony series, in which the stress is linear. The bounds keep every modulus
positive, so that each term has positive stiffness at any strain, and the weights' sum below 1.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from materials.fitting.terms import PowerTerms, terms_of
from materials.law import SOFT_TISSUE_DENSITY_T_MM3, Law
from materials.ogden import HyperFoam, Ogden
from materials.polynomial import MooneyRivlin
from materials.record import nearest
from materials.solids import PLANTAR_POISSON_RATIO, CompressibleNeoHookean, NeoHookean

Array = NDArray[np.float64]

MODELS = (
    "neo_hookean",
    "mooney_rivlin",
    "ogden-1",
    "ogden-2",
    "ogden-3",
    "compressible_neo_hookean",
    "hyperfoam-1",
    "hyperfoam-2",
    "hyperfoam-3",
)

LARGEST_EXPONENT = 40.0
"""Bound of exponents: beyond it a tenth of strain multiplies a stress by fifty."""
_LARGEST_POISSON_RATIO = 0.4995
_LARGEST_GAIN = 200.0
_LOG_MODULUS = (np.log(1.0e-9), np.log(1.0e4))


class UnknownModel(ValueError):
    """There is no model of that name; the message holds the nearest match."""


@dataclass(frozen=True, slots=True)
class Model:
    """What is fitted.

    Attributes:
        name: One of `MODELS`.
        terms: Number of terms.
        poisson_ratio: Its value, or None where it is fitted.
        relaxation_times_s: tau_i of the Prony series, fixed; empty without one.
    """

    name: str
    terms: int
    poisson_ratio: float | None
    relaxation_times_s: tuple[float, ...] = ()

    @property
    def law_name(self) -> str:
        """Name of the law in a material record."""
        return self.name.partition("-")[0]

    @property
    def isochoric(self) -> bool:
        """Whether the law is a nearly incompressible one."""
        return self.law_name in ("neo_hookean", "mooney_rivlin", "ogden")

    @property
    def linear_moduli(self) -> bool:
        """Whether moduli are fitted as they are, not by their logarithm."""
        return self.law_name == "mooney_rivlin"

    @property
    def fixed_exponents(self) -> tuple[float, ...] | None:
        """Exponents that belong to the law, None where they are fitted."""
        if self.law_name == "mooney_rivlin":
            return (2.0, -2.0)
        return (2.0,) if self.law_name.endswith("neo_hookean") else None

    @property
    def names(self) -> tuple[str, ...]:
        """The coordinates, in the order of `pack`."""
        rays = [str(i) for i in range(1, self.terms + 1)]
        moduli = ["c10", "c01"] if self.linear_moduli else [f"ln mu_{i}" for i in rays]
        exponents = [] if self.fixed_exponents else [f"alpha_{i}" for i in rays]
        ratio = ["-ln(1 - 2 nu)"] if self.poisson_ratio is None else []
        gains = [f"gain_{i}" for i in range(1, len(self.relaxation_times_s) + 1)]
        return (*moduli, *exponents, *ratio, *gains)

    @property
    def curved(self) -> tuple[int, ...]:
        """Coordinates that may trade places with others along a curve."""
        free = self.fixed_exponents is None and self.terms > 1
        count = len(self.names) - len(self.relaxation_times_s)
        return tuple(range(count)) if free or self.poisson_ratio is None else ()

    def bounds(self) -> tuple[Array, Array]:
        """Lowest and highest values of the coordinates."""
        low, high = (0.0, 1.0e4) if self.linear_moduli else _LOG_MODULUS
        pairs = [(low, high)] * self.terms
        if not self.fixed_exponents:
            pairs += [(-LARGEST_EXPONENT, LARGEST_EXPONENT)] * self.terms
        if self.poisson_ratio is None:
            pairs.append((0.0, -np.log1p(-2.0 * _LARGEST_POISSON_RATIO)))
        pairs += [(0.0, _LARGEST_GAIN)] * len(self.relaxation_times_s)
        lowest, highest = np.array(pairs).T
        return lowest, highest

    def pack(
        self,
        moduli_mpa: Sequence[float],
        exponents: Sequence[float],
        poisson_ratio: float,
        gains: Sequence[float],
    ) -> Array:
        """Coordinates of given numbers; those of mu_i of Ogden's form."""
        moduli = np.array(moduli_mpa, dtype=float)
        parts = [moduli / 2.0 if self.linear_moduli else np.log(moduli)]
        if not self.fixed_exponents:
            parts.append(np.array(exponents, dtype=float))
        if self.poisson_ratio is None:
            parts.append(np.array([-np.log1p(-2.0 * poisson_ratio)]))
        parts.append(np.array(gains, dtype=float))
        return np.concatenate(parts)

    def _unpack(self, x: Array) -> tuple[Array, Array, float]:
        """mu_i of Ogden's form, exponents and Poisson's ratio."""
        m = self.terms
        moduli = 2.0 * x[:m] if self.linear_moduli else np.exp(x[:m])
        exponents = np.array(self.fixed_exponents or x[m : 2 * m])
        ratio = self.poisson_ratio
        if ratio is None:
            ratio = float(-np.expm1(-x[m if self.fixed_exponents else 2 * m]) / 2.0)
        return moduli, exponents, ratio

    def power_terms(self, x: Array) -> PowerTerms:
        """The law's terms at given coordinates."""
        moduli, exponents, ratio = self._unpack(x)
        factor = 2.0 * (1.0 + ratio) / (3.0 * (1.0 - 2.0 * ratio))
        bulk = float(moduli.sum() * factor) if self.isochoric else None
        return PowerTerms(moduli, exponents, ratio, bulk)

    def gains(self, x: Array) -> Array:
        """Gains of the Prony series at given coordinates."""
        return x[len(x) - len(self.relaxation_times_s) :]

    def weights(self, x: Array) -> Array:
        """Weights g_i of the Prony series; their sum is below 1 whatever the gains."""
        gains = self.gains(x)
        return np.asarray(gains / (1.0 + gains.sum()))

    def law(self, x: Array, density_t_mm3: float = SOFT_TISSUE_DENSITY_T_MM3) -> Law:
        """The law at given coordinates."""
        moduli, exponents, ratio = self._unpack(x)
        mu, alpha = tuple(map(float, moduli)), tuple(map(float, exponents))
        match self.law_name:
            case "neo_hookean":
                return NeoHookean(mu[0], ratio, density_t_mm3)
            case "compressible_neo_hookean":
                return CompressibleNeoHookean(mu[0], ratio, density_t_mm3)
            case "mooney_rivlin":
                return MooneyRivlin(mu[0] / 2.0, mu[1] / 2.0, ratio, density_t_mm3)
            case "ogden":
                return Ogden(mu, alpha, ratio, density_t_mm3)
            case _:
                return HyperFoam(mu, alpha, ratio, density_t_mm3)

    def sorted(self, x: Array) -> Array:
        """The same law with its terms in descending order of exponents."""
        if self.fixed_exponents:
            return x
        m = self.terms
        order = np.argsort(-x[m : 2 * m], kind="stable")
        return np.concatenate([x[:m][order], x[m : 2 * m][order], x[2 * m :]])


def model_of(
    name: str,
    poisson_ratio: float | str | None = None,
    relaxation_times_s: Sequence[float] = (),
) -> Model:
    """A model by name.

    Args:
        name: One of `MODELS`.
        poisson_ratio: A number, "fit", or None for 0.475 of nearly incompressible laws and 0 of
            the others.
        relaxation_times_s: Of the Prony series.

    Raises:
        UnknownModel: There is none of that name.
        ValueError: Poisson's ratio is not in [0, 0.5), or the times are not positive and ascending.
    """
    if name not in MODELS:
        raise UnknownModel(
            f"no model {name!r}{nearest(name, MODELS)} (allowed: {', '.join(MODELS)})"
        )
    counted = re.search(r"-(\d)$", name)
    terms = int(counted[1]) if counted else 2 if name == "mooney_rivlin" else 1
    times = tuple(float(time) for time in relaxation_times_s)
    if any(not 0.0 < t < np.inf for t in times) or any(np.diff(times) <= 0.0):
        raise ValueError(f"relaxation times must be positive and ascend, got {times}")
    if poisson_ratio == "fit":
        return Model(name, terms, None, times)
    nearly = not (name.startswith("hyperfoam") or name.startswith("compressible"))
    ratio = (PLANTAR_POISSON_RATIO if nearly else 0.0) if poisson_ratio is None else poisson_ratio
    try:
        ratio = float(ratio)
    except ValueError:
        ratio = np.nan
    if not 0.0 <= ratio < 0.5:
        raise ValueError(f"Poisson's ratio must lie in [0, 0.5) or be 'fit', got {poisson_ratio!r}")
    return Model(name, terms, ratio, times)


def coordinates_of(model: Model, law: Law, gains: Sequence[float] = ()) -> Array:
    """Coordinates of a law and gains: what a fit of the model should find for that law."""
    terms = terms_of(law)
    return model.sorted(model.pack(terms.moduli_mpa, terms.exponents, terms.poisson_ratio, gains))  # type: ignore[arg-type]
