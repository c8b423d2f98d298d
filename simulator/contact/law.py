# SPDX-License-Identifier: MIT
"""Contact law at a point: penalty pressure with smooth closure and Coulomb friction."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

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
        slip_mm: tangential way over which friction builds up (see :func:`coulomb`).
    """

    penalty_mpa_per_mm: float
    smoothing_mm: float = 0.1
    friction: float = 0.0
    slip_mm: float = 0.2

    def __post_init__(self) -> None:
        if not self.penalty_mpa_per_mm > 0.0:
            raise ValueError(f"penalty_mpa_per_mm must be positive: {self.penalty_mpa_per_mm}")
        if self.smoothing_mm < 0.0:
            raise ValueError(f"smoothing_mm must not be negative: {self.smoothing_mm}")
        if self.friction < 0.0:
            raise ValueError(f"friction must not be negative: {self.friction}")
        if not self.slip_mm > 0.0:
            raise ValueError(f"slip_mm must be positive: {self.slip_mm}")

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
        traction: (n, 3) on the slave, MPa.
        by_slip: (n, 3, 3) derivative by the way from the anchor, MPa/mm.
        secant: (n,) size of the traction over that of the way, MPa/mm.
        by_pressure: (n, 3) derivative by the contact pressure.
        kept: (n, 3) part of that way that the history keeps, mm; the rest is slip.
        slipping: (n,) mask of points on the cone.
    """

    traction: Array
    by_slip: Array
    secant: Array
    by_pressure: Array
    kept: Array
    slipping: NDArray[np.bool_]

    def stiffness(self, lagged: bool) -> Array:
        """Derivative (n, 3, 3) by the way, or the secant in all directions where ``lagged``."""
        return -self.secant[:, None, None] * np.eye(3) if lagged else self.by_slip

    def spread(self, index: IntArray, count: int) -> FrictionResponse:
        """The same among ``count`` points, zero where none of these is."""

        def spread(values: NDArray[Any]) -> NDArray[Any]:
            all_values = np.zeros((count, *values.shape[1:]), dtype=values.dtype)
            all_values[index] = values
            return all_values

        return FrictionResponse(*(spread(getattr(self, item.name)) for item in fields(self)))

    def take(self, chosen: IntArray) -> FrictionResponse:
        """The same of some of the points."""
        return FrictionResponse(
            self.traction[chosen],
            self.by_slip[chosen],
            self.secant[chosen],
            self.by_pressure[chosen],
            self.kept[chosen],
            self.slipping[chosen],
        )


def coulomb(way: Array, pressure: Array, friction: float, slip_mm: float) -> FrictionResponse:
    """Friction against the tangential way (n, 3) of points from their anchors.

    The traction rises as a parabola to the cone of radius ``friction * pressure``, which
    it reaches with a level end at ``slip_mm`` whatever the pressure. A stiffness that does
    not fall with the pressure lets points at the rim of contact slip after microns, and
    Newton's method then frees them one row of facets an iteration.
    """
    limit = friction * pressure
    size = np.sqrt(dot(way, way))
    ratio = size / slip_mm
    early = np.minimum(ratio, 1.0)
    # Level of the traction over the way, and its slope, both times slip_mm.
    secant = np.where(ratio > 1.0, 1.0 / np.maximum(ratio, 1.0), 2.0 - early)
    slope = 2.0 - 2.0 * early
    direction = way / np.where(size > 0.0, size, 1.0)[:, None]
    along = direction[:, :, None] * direction[:, None, :]
    by_slip = secant[:, None, None] * np.eye(3) + (slope - secant)[:, None, None] * along
    level = early * (2.0 - early)
    return FrictionResponse(
        traction=-(limit * level)[:, None] * direction,
        by_slip=-(limit / slip_mm)[:, None, None] * by_slip,
        secant=limit / slip_mm * secant,
        by_pressure=-(friction * level)[:, None] * direction,
        kept=(early * slip_mm)[:, None] * direction,
        slipping=ratio >= 1.0,
    )
