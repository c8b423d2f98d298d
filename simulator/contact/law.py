# SPDX-License-Identifier: MIT
"""Contact law at a point: penalty pressure with smooth closure and Coulomb friction."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.contact.facet import Array, IntArray, dot


@dataclass(frozen=True, slots=True)
class ContactLaw:
    """Constants of one contact interface.

    Attributes:
        penalty_mpa_per_mm: slope of pressure over penetration once fully closed
            (see :func:`penalty_stiffness`).
        smoothing_mm: penetration over which the pressure rises as a parabola
            before it goes on as a straight line; zero gives a kink at closure.
        friction: Coulomb coefficient, zero for a frictionless interface.
        tangential_ratio: elastic tangential stiffness over ``penalty_mpa_per_mm``.
        rounding: of the corner between stick and slip (see :func:`coulomb`).
    """

    penalty_mpa_per_mm: float
    smoothing_mm: float = 0.1
    friction: float = 0.0
    tangential_ratio: float = 0.5
    rounding: float = 1.0

    def __post_init__(self) -> None:
        if not self.penalty_mpa_per_mm > 0.0:
            raise ValueError(f"penalty_mpa_per_mm must be positive: {self.penalty_mpa_per_mm}")
        if self.smoothing_mm < 0.0:
            raise ValueError(f"smoothing_mm must not be negative: {self.smoothing_mm}")
        if self.friction < 0.0:
            raise ValueError(f"friction must not be negative: {self.friction}")
        if not self.tangential_ratio > 0.0:
            raise ValueError(f"tangential_ratio must be positive: {self.tangential_ratio}")
        if not 0.0 < self.rounding <= 1.0:
            raise ValueError(f"rounding must be above 0 and at most 1: {self.rounding}")

    @property
    def tangential_mpa_per_mm(self) -> float:
        """Elastic stiffness of a sticking point."""
        return self.tangential_ratio * self.penalty_mpa_per_mm

    def pressure(self, closure_mm: Array) -> tuple[Array, Array]:
        """Pressure (MPa) and its slope (MPa/mm) at closures (n,); open is negative."""
        closed = np.maximum(closure_mm, 0.0)
        if self.smoothing_mm == 0.0:
            slope: Array = np.where(closed > 0.0, self.penalty_mpa_per_mm, 0.0)
            return slope * closed, slope
        early = np.minimum(closed, self.smoothing_mm)
        slope = self.penalty_mpa_per_mm * early / self.smoothing_mm
        return slope * (closed - 0.5 * early), slope


def penalty_stiffness(modulus_mpa: float, size_mm: float, factor: float = 50.0) -> float:
    """Penalty in MPa/mm from the softer body's modulus and facet size.

    Fifty leaves a mean penetration of a few hundredths of a millimetre at plantar
    pressures; a thousand spoils convergence.
    """
    return factor * modulus_mpa / size_mm


@dataclass(frozen=True, slots=True)
class FrictionResponse:
    """Tangential traction and its derivatives at n points.

    Attributes:
        traction: (n, 3) on the slave.
        by_trial: (n, 3, 3) derivative by the trial traction.
        by_pressure: (n, 3) derivative by the contact pressure.
        kept: (n, 3) trial traction that the history keeps; slip is what it loses.
        slipping: (n,) mask of points on the cone.
    """

    traction: Array
    by_trial: Array
    by_pressure: Array
    kept: Array
    slipping: NDArray[np.bool_]

    def take(self, chosen: IntArray) -> FrictionResponse:
        """The same of some of the points."""
        return FrictionResponse(
            self.traction[chosen],
            self.by_trial[chosen],
            self.by_pressure[chosen],
            self.kept[chosen],
            self.slipping[chosen],
        )


def coulomb(
    trial: Array, pressure: Array, friction: float, rounding: float = 1.0
) -> FrictionResponse:
    """Return a trial traction (n, 3) to the friction cone of radius ``friction * pressure``.

    The corner between stick and slip is a parabola over trial tractions of
    ``1 - rounding`` to ``1 + rounding`` radii, which keeps Newton's method from
    going to and fro between the two. Below it a point sticks elastically, above it
    the traction is the cone's radius.
    """
    limit = friction * pressure
    size = np.sqrt(dot(trial, trial))
    ratio = size / np.where(limit > 0.0, limit, 1.0)
    ratio = np.where(limit > 0.0, ratio, np.where(size > 0.0, np.inf, 0.0))
    low, high = 1.0 - rounding, 1.0 + rounding
    bent = np.clip(ratio, low, high)
    level = np.minimum(ratio, high) - (bent - low) ** 2 / (4.0 * rounding)
    slope = np.where(ratio < high, 1.0 - (bent - low) / (2.0 * rounding), 0.0)
    direction = trial / np.where(size > 0.0, size, 1.0)[:, None]
    secant = np.where(ratio > 0.0, level / np.where(ratio > 0.0, ratio, 1.0), 1.0)
    along = direction[:, :, None] * direction[:, None, :]
    by_trial = secant[:, None, None] * np.eye(3)
    by_trial += (slope - secant)[:, None, None] * along
    steady = level - np.minimum(ratio, high) * slope
    return FrictionResponse(
        traction=(limit * level)[:, None] * direction,
        by_trial=by_trial,
        by_pressure=(friction * steady)[:, None] * direction,
        kept=(np.minimum(ratio, high) * limit)[:, None] * direction,
        slipping=ratio >= high,
    )
