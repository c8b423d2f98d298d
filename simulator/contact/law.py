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
    """

    penalty_mpa_per_mm: float
    smoothing_mm: float = 0.1
    friction: float = 0.0
    tangential_ratio: float = 1.0

    def __post_init__(self) -> None:
        if not self.penalty_mpa_per_mm > 0.0:
            raise ValueError(f"penalty_mpa_per_mm must be positive: {self.penalty_mpa_per_mm}")
        if self.smoothing_mm < 0.0:
            raise ValueError(f"smoothing_mm must not be negative: {self.smoothing_mm}")
        if self.friction < 0.0:
            raise ValueError(f"friction must not be negative: {self.friction}")
        if not self.tangential_ratio > 0.0:
            raise ValueError(f"tangential_ratio must be positive: {self.tangential_ratio}")

    @property
    def tangential_mpa_per_mm(self) -> float:
        """Elastic stiffness of a sticking point."""
        return self.tangential_ratio * self.penalty_mpa_per_mm

    def pressure(self, closure_mm: Array) -> tuple[Array, Array]:
        """Pressure (MPa) and its slope (MPa/mm) at closures (n,); open is negative."""
        closed = np.maximum(closure_mm, 0.0)
        if self.smoothing_mm == 0.0:
            return self.penalty_mpa_per_mm * closed, self.penalty_mpa_per_mm * (closed > 0.0)
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
        slipping: (n,) mask.
    """

    traction: Array
    by_trial: Array
    by_pressure: Array
    slipping: NDArray[np.bool_]

    def take(self, chosen: IntArray) -> FrictionResponse:
        """The same of some of the points."""
        return FrictionResponse(
            self.traction[chosen],
            self.by_trial[chosen],
            self.by_pressure[chosen],
            self.slipping[chosen],
        )


def coulomb(trial: Array, pressure: Array, friction: float) -> FrictionResponse:
    """Return a trial traction (n, 3) to the friction cone ``|t| <= friction * pressure``."""
    size = np.sqrt(dot(trial, trial))
    limit = friction * pressure
    slipping = size > limit
    safe = np.where(size > 0.0, size, 1.0)
    direction = trial / safe[:, None]
    ratio = np.where(slipping, limit / safe, 1.0)
    traction = ratio[:, None] * trial
    by_trial = np.empty((trial.shape[0], 3, 3))
    by_trial[:] = np.eye(3)
    by_trial -= np.where(slipping, 1.0, 0.0)[:, None, None] * (
        direction[:, :, None] * direction[:, None, :]
    )
    by_trial *= ratio[:, None, None]
    by_pressure = np.where(slipping[:, None], friction * direction, 0.0)
    return FrictionResponse(traction, by_trial, by_pressure, slipping)
