# SPDX-License-Identifier: MIT
"""Generalised-alpha on Lie groups: rates at the end of a step from the increment over it.

Equilibrium holds at the end of each step; the parameters enter through an auxiliary acceleration
(Arnold & Bruls 2007, Multibody Syst Dyn 18:185; Bruls, Cardona & Arnold 2012, Mech Mach Theory
48:121). Translations, displacements and coordinates of dampers are vectors; a rotation's increment
is its rotation vector in world axes from the start of the step. Rates are then linear in the
increment, ``velocity = B x + v`` and ``acceleration = A x + w``, and a residual that holds them is
a function of the place alone. Source: docs/theory/impact.md, "Time integration".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Scheme:
    """Parameters of the method (Chung & Hulbert 1993, J Appl Mech 60:371).

    Attributes:
        alpha_m: Weight of the old auxiliary acceleration.
        alpha_f: Weight of the old acceleration.
        beta: Newmark's, of displacement.
        gamma: Newmark's, of velocity.
    """

    alpha_m: float
    alpha_f: float
    beta: float
    gamma: float

    @classmethod
    def with_radius(cls, rho_infinity: float) -> Scheme:
        """Second order, with spectral radius ``rho_infinity`` at high frequency.

        Raises:
            ValueError: Unless it lies in [0, 1]; 1 dissipates nothing, 0 all of it in a step.
        """
        if not 0.0 <= rho_infinity <= 1.0:
            raise ValueError(f"rho_infinity must lie in [0, 1], got {rho_infinity!r}")
        m = (2.0 * rho_infinity - 1.0) / (rho_infinity + 1.0)
        f = rho_infinity / (rho_infinity + 1.0)
        return cls(m, f, (1.0 - m + f) ** 2 / 4.0, 0.5 - m + f)

    @classmethod
    def first_order(cls) -> Scheme:
        """For the accelerations of an initial state, of which it asks for none before.

        The increment is that of a steady acceleration: nodes on bones go round with them, and by
        backward differences (``beta = 1``) would be pulled inwards half as much as they are.
        """
        return cls(0.0, 0.0, 0.5, 1.0)

    def step(self, dt_s: float) -> Step:
        """Return the method for one step size."""
        return Step(self, dt_s)


@dataclass(frozen=True, slots=True)
class Step:
    """The method for one step size."""

    scheme: Scheme
    dt_s: float

    @property
    def acceleration_factor(self) -> float:
        """``A`` (1/s2): acceleration at the end by increment."""
        s = self.scheme
        return (1.0 - s.alpha_m) / ((1.0 - s.alpha_f) * s.beta * self.dt_s**2)

    @property
    def velocity_factor(self) -> float:
        """``B`` (1/s): velocity at the end by increment."""
        return self.scheme.gamma / (self.scheme.beta * self.dt_s)


@dataclass(frozen=True, slots=True)
class Rates:
    """Velocity and accelerations of coordinates of one kind, all of one shape.

    Attributes:
        velocity: Per s.
        acceleration: Per s2, true.
        auxiliary: Per s2, of the method.
    """

    velocity: Array
    acceleration: Array
    auxiliary: Array

    @classmethod
    def started(cls, velocity: Array, acceleration: Array | None = None) -> Rates:
        """Rates of an initial state; no acceleration where it is not given."""
        a = np.zeros_like(velocity) if acceleration is None else acceleration
        return cls(velocity.copy(), a.copy(), a.copy())

    def _auxiliary(self, step: Step, increment: Array) -> Array:
        s, dt = step.scheme, step.dt_s
        reach = increment / dt - self.velocity - (0.5 - s.beta) * dt * self.auxiliary
        return np.asarray(reach / (s.beta * dt))

    def velocity_offset(self, step: Step) -> Array:
        """``v``: velocity at the end of a step without increment."""
        return self.advanced(step, np.zeros_like(self.velocity)).velocity

    def acceleration_offset(self, step: Step) -> Array:
        """``w``: acceleration at the end of a step without increment."""
        return self.advanced(step, np.zeros_like(self.velocity)).acceleration

    def advanced(self, step: Step, increment: Array) -> Rates:
        """Rates at the end of a step with an increment."""
        s, dt = step.scheme, step.dt_s
        a = self._auxiliary(step, increment)
        velocity: Array = self.velocity + dt * ((1.0 - s.gamma) * self.auxiliary + s.gamma * a)
        acceleration: Array = (1.0 - s.alpha_m) * a + s.alpha_m * self.auxiliary
        acceleration = (acceleration - s.alpha_f * self.acceleration) / (1.0 - s.alpha_f)
        return Rates(velocity, np.asarray(acceleration), a)

    def predicted(self, step: Step) -> Array:
        """Increment at which the auxiliary acceleration would stay."""
        return np.asarray(step.dt_s * self.velocity + 0.5 * step.dt_s**2 * self.auxiliary)
