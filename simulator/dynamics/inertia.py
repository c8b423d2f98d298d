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


@dataclass(frozen=True, slots=True)
class InertiaState:
    """Inertia of all masses, rotations scaled as the unknowns are.

    Attributes:
        gradient_n: Inertia forces less weights, shape (6 n,).
        tangent_n_per_mm: Its derivative by the increments of the poses, but for half the skew part
            that a moment has, as in the Hessians of connectors; shape (6 n, 6 n).
    """

    gradient_n: Array
    tangent_n_per_mm: Array


@cache
def _function() -> ca.Function:
    d = ca.SX.sym("d", 6)
    x, r, r0 = ca.SX.sym("x", 3), ca.SX.sym("r", 3, 3), ca.SX.sym("r0", 3, 3)
    factors = ca.SX.sym("factors", 2)
    rate, gain = ca.SX.sym("rate", 6), ca.SX.sym("gain", 6)
    mass, arm, inertia = ca.SX.sym("mass"), ca.SX.sym("arm", 3), ca.SX.sym("inertia", 3, 3)
    gravity = ca.SX.sym("gravity", 3)
    turned = turn(d[3:6], r)
    angle = log(turned @ r0.T)
    spin = factors[1] * angle + rate[3:6]
    spin_up = factors[0] * angle + gain[3:6]
    here = factors[0] * (x + d[0:3]) + gain[0:3]
    lever = turned @ arm
    centre = here + ca.cross(spin_up, lever) + ca.cross(spin, ca.cross(spin, lever))
    body = turned @ inertia @ turned.T
    force = mass * (centre - gravity)
    moment = ca.cross(lever, force) + body @ spin_up + ca.cross(spin, body @ spin)
    residual = ca.vertcat(force, moment)
    tangent = ca.jacobian(residual, d)
    # Tangents of energies are symmetric and leave half a moment out; in balance all halves cancel.
    tangent[3:6, 3:6] += ca.skew(moment) / 2
    zero = ca.DM.zeros(6)
    out = [ca.substitute(e, d, zero) for e in (residual, tangent)]
    inputs = [x, r, r0, factors, rate, gain, mass, arm, inertia, gravity]
    return ca.Function("inertia", inputs, out)


class SegmentInertia:
    """Masses of all segments, evaluated on every rank alike.

    Args:
        segments: The segments.
        masses: What they weigh; a segment without one has no inertia.
        gravity_mm_s2: Acceleration of free fall, shape (3,).
    """

    def __init__(
        self, segments: Segments, masses: Sequence[RigidMass], gravity_mm_s2: Array | None = None
    ):
        self.segments = segments
        self.masses = tuple(masses)
        self.gravity_mm_s2 = np.zeros(3) if gravity_mm_s2 is None else gravity_mm_s2
        self._index = [segments.index(m.segment) for m in masses]
        self._arms = [
            m.centre_mm - segments.reference_mm[i] for m, i in zip(masses, self._index, strict=True)
        ]

    def evaluate(
        self, poses: Poses, start: Poses, factors: tuple[float, float], rate: Array, gain: Array
    ) -> InertiaState:
        """Inertia forces at the end of a step.

        Args:
            poses: Where the segments are.
            start: Where they were at the start of the step.
            factors: Of acceleration (1/s2) and velocity (1/s) by increment.
            rate: Velocity without increment, shape (n, 6); rotations in rad/s.
            gain: Acceleration without increment, shape (n, 6).
        """
        size = 6 * len(self.segments)
        gradient, tangent = np.zeros(size), np.zeros((size, size))
        for mass, i, arm in zip(self.masses, self._index, self._arms, strict=True):
            residual, by_pose = _function()(
                poses.position_mm[i] - start.position_mm[i], poses.rotation[i], start.rotation[i],
                factors, rate[i], gain[i], mass.mass_t, arm, mass.inertia_t_mm2,
                self.gravity_mm_s2,
            )  # fmt: skip
            where = slice(6 * i, 6 * i + 6)
            gradient[where] += np.asarray(residual).ravel()
            tangent[where, where] += np.asarray(by_pose)
        scale = increment_scale(len(self.segments))
        return InertiaState(gradient * scale, tangent * np.outer(scale, scale))

    def kinetic_nmm(self, poses: Poses, rates: SegmentRates) -> float:
        """Kinetic energy of all masses (N mm)."""
        total = 0.0
        for mass, i, arm in zip(self.masses, self._index, self._arms, strict=True):
            velocity = rates.at(i, poses.rotation[i] @ arm)
            spin = poses.rotation[i].T @ rates.spin_rad_s[i]
            total += 0.5 * mass.mass_t * float(velocity @ velocity)
            total += 0.5 * float(spin @ mass.inertia_t_mm2 @ spin)
        return total

    def momentum(self, poses: Poses, rates: SegmentRates) -> tuple[Array, Array]:
        """Momentum (N s) and angular momentum about the origin (N mm s), each (3,)."""
        linear, angular = np.zeros(3), np.zeros(3)
        for mass, i, arm in zip(self.masses, self._index, self._arms, strict=True):
            r = poses.rotation[i]
            part = mass.mass_t * rates.at(i, r @ arm)
            linear += part
            angular += np.cross(poses.position_mm[i] + r @ arm, part)
            angular += r @ mass.inertia_t_mm2 @ r.T @ rates.spin_rad_s[i]
        return linear, angular

    def potential_nmm(self, poses: Poses) -> float:
        """Energy of height (N mm)."""
        total = 0.0
        for mass, i, arm in zip(self.masses, self._index, self._arms, strict=True):
            place = poses.position_mm[i] + poses.rotation[i] @ arm
            total -= mass.mass_t * float(self.gravity_mm_s2 @ place)
        return total
