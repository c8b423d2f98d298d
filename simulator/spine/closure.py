# SPDX-License-Identifier: MIT
"""What is prescribed on the upper vertebra of a level: rotation or moment, and force."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from simulator.rotations import interpolate

Array = NDArray[np.float64]


class Closure(Protocol):
    """What is prescribed on the upper vertebra."""

    @property
    def target_rotation(self) -> Array | None:
        """Prescribed rotation, or None when the moment is prescribed."""
        ...

    @property
    def scale_n(self) -> float:
        """Size of the load, to which residuals are compared."""
        ...

    def force(self, passive_moment_nmm: Array) -> tuple[Array, Array]:
        """Force (3,) on the upper vertebra and its derivative (3, 3) by the passive moment."""
        ...

    def moment(self) -> Array:
        """Prescribed moment (3,) about the disc's reference centre (free rotation only)."""
        ...


@dataclass(frozen=True, slots=True)
class PrescribedLoad:
    """Dead force on the upper vertebra, with its rotation or its moment prescribed.

    Attributes:
        force_n: (3,) force through the disc's reference centre.
        rotation: (3, 3), or None to prescribe the moment.
        moment_nmm: (3,) about the disc's reference centre.
    """

    force_n: Array
    rotation: Array | None = None
    moment_nmm: Array | None = None

    @property
    def target_rotation(self) -> Array | None:
        """Prescribed rotation."""
        return self.rotation

    @property
    def scale_n(self) -> float:
        """Size of the load, at least 100 N."""
        return max(100.0, float(np.linalg.norm(self.force_n)))

    def force(self, passive_moment_nmm: Array) -> tuple[Array, Array]:
        """The dead force."""
        return self.force_n, np.zeros((3, 3))

    def moment(self) -> Array:
        """The prescribed moment, zero by default."""
        return np.zeros(3) if self.moment_nmm is None else self.moment_nmm


@dataclass(frozen=True, slots=True)
class PartialLoad:
    """A load approached by a fraction of the way from an equilibrium.

    Attributes:
        load: The whole load.
        fraction: Of the way.
        force_n: (3,) of the equilibrium.
        moment_nmm: (3,) of the equilibrium, about the disc's reference centre.
        rotation: (3, 3) of the equilibrium.
    """

    load: Closure
    fraction: float
    force_n: Array
    moment_nmm: Array
    rotation: Array

    @property
    def target_rotation(self) -> Array | None:
        """Prescribed rotation on the way."""
        goal = self.load.target_rotation
        return None if goal is None else interpolate(self.rotation, goal, self.fraction)

    @property
    def scale_n(self) -> float:
        """Size of the whole load."""
        return self.load.scale_n

    def force(self, passive_moment_nmm: Array) -> tuple[Array, Array]:
        """Force on the way and its derivative."""
        force, derivative = self.load.force(passive_moment_nmm)
        return self.force_n + self.fraction * (force - self.force_n), self.fraction * derivative

    def moment(self) -> Array:
        """Moment on the way."""
        return self.moment_nmm + self.fraction * (self.load.moment() - self.moment_nmm)
