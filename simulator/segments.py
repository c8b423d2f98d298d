# SPDX-License-Identifier: MIT
"""Rigid segments: names, reference points and poses that compose incrementally."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.rotations import exponential

Array = NDArray[Any]

ROTATION_LENGTH_MM = 50.0
"""Length that scales rotations in the unknowns: ``q = (translation, length * angle)``.

It gives every unknown the unit mm and every residual the unit N, so that one
norm measures them all and Jacobi smoothing sees comparable diagonals.
"""


@dataclass(frozen=True, slots=True)
class Segments:
    """The rigid segments of an analysis in a fixed order.

    Attributes:
        names: One name a segment, such as ``"calcaneus"``.
        reference_mm: Reference points in the unloaded configuration, shape (n, 3).
    """

    names: tuple[str, ...]
    reference_mm: Array

    def __len__(self) -> int:
        return len(self.names)

    def index(self, name: str) -> int:
        """Return the place of the segment called ``name``.

        Raises:
            KeyError: If there is none.
        """
        try:
            return self.names.index(name)
        except ValueError:
            raise KeyError(f"no segment {name!r}; there are {', '.join(self.names)}") from None

    def neutral(self) -> Poses:
        """Return the poses of the unloaded configuration."""
        return Poses(self.reference_mm.copy(), np.tile(np.eye(3), (len(self), 1, 1)))


@dataclass(frozen=True, slots=True)
class Poses:
    """Where all segments are.

    Attributes:
        position_mm: Current place of each reference point, shape (n, 3).
        rotation: Rotation from the unloaded configuration, shape (n, 3, 3).
    """

    position_mm: Array
    rotation: Array

    def advanced(self, increment_mm: Array) -> Poses:
        """Return the poses after increments (n, 6), rotations scaled and in the world frame."""
        turn = exponential(increment_mm[:, 3:] / ROTATION_LENGTH_MM)
        return Poses(self.position_mm + increment_mm[:, :3], turn @ self.rotation)

    def point(self, index: int, reference_mm: Array, point_mm: Array) -> Array:
        """Return the current place of a point given in the unloaded configuration."""
        return self.position_mm[index] + self.rotation[index] @ (point_mm - reference_mm)

    def moved(self, displacement_mm: Sequence[float] | Array) -> Poses:
        """Return all poses translated together."""
        return Poses(self.position_mm + np.asarray(displacement_mm), self.rotation.copy())


def increment_scale(count: int) -> Array:
    """Return ``d(mm, rad) / d(unknown)`` for the six unknowns of each segment, shape (6 n,)."""
    return np.tile(np.r_[np.ones(3), np.full(3, 1.0 / ROTATION_LENGTH_MM)], count)
