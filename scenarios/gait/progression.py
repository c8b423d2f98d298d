# SPDX-License-Identifier: MIT
"""Turn a trial so that it progresses along +X."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from scenarios.gait.angles import JointAngles
from scenarios.gait.forces import FootForce, GroundForces
from simulator.rotations import exponential

Array = NDArray[np.float64]

SMALLEST_TURN_DEG = 10.0
"""Below this the mean rotation of the pelvis is asymmetry, not heading."""


def turned_forwards(
    forces: GroundForces, angles: JointAngles | None
) -> tuple[GroundForces, JointAngles | None, tuple[str, ...]]:
    """Turn forces, markers and pelvis about the vertical into +X.

    The heading is the mean rotation of the pelvis; without angles the forces tell
    only forwards from backwards (braking comes first). Forces whose reader found the walking
    direction by itself are +X already but for a quarter turn's rest, which is the angles'.

    Returns:
        Forces and angles in the direction of progression, and what was turned.
    """
    if angles is None:
        if forces.forwards or not _brakes_last(forces.foot):
            return forces, None, ()
        heading = 180.0
    else:
        heading = float(np.mean(np.unwrap(np.radians(angles.trunk["pelvis_rotation"]))))
        heading = float(np.degrees(np.angle(np.exp(1j * heading))))
        if abs(heading) < SMALLEST_TURN_DEG:
            return forces, angles, ()
    turn = exponential(np.array([0.0, -np.radians(heading), 0.0]))
    of_forces = turn
    if forces.forwards:
        rest = heading - 90.0 * round(heading / 90.0)
        if abs(rest) < SMALLEST_TURN_DEG:
            heading, rest = heading - rest, 0.0
        turn = exponential(np.array([0.0, -np.radians(heading), 0.0]))
        of_forces = exponential(np.array([0.0, -np.radians(rest), 0.0]))
    other = None if forces.other is None else _turned(forces.other, of_forces)
    forces = replace(forces, foot=_turned(forces.foot, of_forces), other=other)
    if angles is not None:
        trunk = dict(angles.trunk)
        trunk["pelvis_rotation"] = trunk["pelvis_rotation"] - heading
        angles = replace(
            angles,
            trunk=trunk,
            pelvis_mm=None if angles.pelvis_mm is None else angles.pelvis_mm @ turn.T,
            markers_mm={name: values @ turn.T for name, values in angles.markers_mm.items()},
        )
    return forces, angles, (f"the trial progresses {heading:.0f} degrees from +X and was turned",)


def _turned(foot: FootForce, turn: Array) -> FootForce:
    return replace(foot, force_n=foot.force_n @ turn.T, point_mm=foot.point_mm @ turn.T)


def _brakes_last(foot: FootForce) -> bool:
    """Whether the fore-aft force is positive first, over the loaded samples."""
    loaded = foot.force_n[:, 1] > 0.5 * foot.force_n[:, 1].max()
    rising = np.gradient(foot.force_n[:, 0])
    return float(np.sum(rising[loaded])) < 0.0
