# SPDX-License-Identifier: MIT
"""Inertia of rigid segments: force and moment of a mass that moves with its segment.

The rates at the end of a step are linear in the step's increments (``simulator.dynamics.alpha``),
translation and rotation vector alike, so that the residual is a function of the pose alone and its
tangent is symbolic. Source: docs/theory/impact.md, "Rigid segments".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import casadi as ca
import numpy as np
from numpy.typing import NDArray

from simulator.connector_energy import log, turn
from simulator.segments import Poses, Segments, increment_scale

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class RigidMass:
    """Mass and inertia that move with a segment; several may share one.

    Attributes:
        segment: Name of the segment.
        mass_t: Mass, tonne.
        centre_mm: Centre of mass in the unloaded configuration, shape (3,).
        inertia_t_mm2: About the centre, axes of the unloaded configuration, shape (3, 3).
    """

    segment: str
    mass_t: float
    centre_mm: Array
    inertia_t_mm2: Array


@dataclass(frozen=True, slots=True)
class SegmentRates:
    """How segments move; world axes, shapes (n, 3).

    Attributes:
        velocity_mm_s: Of the reference points.
        spin_rad_s: Angular velocity.
    """

    velocity_mm_s: Array
    spin_rad_s: Array

    def at(self, index: int, arm_mm: Array) -> Array:
        """Velocity of a point at ``arm_mm`` (world axes) from a reference point."""
        return self.velocity_mm_s[index] + np.cross(self.spin_rad_s[index], arm_mm)
