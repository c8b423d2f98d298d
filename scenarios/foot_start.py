# SPDX-License-Identifier: MIT
"""First contact: from the unloaded foot to equilibrium at the first instant.

The foot is put into its posture as a rigid body, brought down until its lowest
point touches, pressed by a spring at the tibia, and handed from the spring to the
force in adaptive steps.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scenarios.foot_loads import FootLoads
from scenarios.foot_model import FootModel, foot_nodes
from simulator.loading import FootLoad
from simulator.newton import NewtonReport
from simulator.rotations import about
from simulator.segments import Poses
from simulator.stepping import MOST_HALVINGS, Counters, March, march
from simulator.trails import Stop

Array = NDArray[Any]

GUIDE_N_PER_MM = 100.0
"""Spring that presses the foot before the force takes over."""
OVERLAP_MM = 0.3
"""How far the lowest point of the sole starts below the surface under it."""
PRESS_MM = 3.0
"""How far the spring is pressed."""


def place(
    model: FootModel, tibia_rotation: Array, angle_rad: Array, overlap_mm: float = OVERLAP_MM
) -> None:
    """Put the unloaded foot into a posture, just touching what is under it; collective.

    Args:
        model: Foot and insole.
        tibia_rotation: Of the tibia, stance frame, shape (3, 3).
        angle_rad: Ankle and subtalar angle, shape (2,).
        overlap_mm: How far the lowest point of the sole starts below the surface under it;
            negative is a clearance.
    """
    joints = {j.name: j for j in model.equilibrium.connectors.joints}
    segments = model.segments
    tibia, ankle, subtalar = tibia_rotation, joints["ankle"], joints["subtalar"]
    talus = tibia @ about(ankle.axis, angle_rad[0])
    foot = talus @ about(subtalar.axis, angle_rad[1])
    # Everything beyond the talus turns about the subtalar centre, talus and tibia follow.
    pivot = subtalar.centre_mm
    position = pivot + (segments.reference_mm - pivot) @ foot.T
    rotation = np.tile(foot, (len(segments), 1, 1))
    t, b = segments.index("talus"), segments.index("tibia")
    rotation[t], rotation[b] = talus, tibia
    position[t] = pivot + talus @ (segments.reference_mm[t] - pivot)
    hinge = position[t] + talus @ (ankle.centre_mm - segments.reference_mm[t])
    position[b] = hinge + tibia @ (segments.reference_mm[b] - ankle.centre_mm)

    surface = model.plantar.slave
    turned = pivot + (surface.reference - pivot) @ foot.T
    shift = _touching(model, surface.reference, turned, overlap_mm)

    equilibrium = model.equilibrium
    reduction = equilibrium.reduction
    values = equilibrium.u.x.array.reshape(-1, 3)
    values[:] = 0.0
    x = reduction.coordinates
    of_foot = foot_nodes(reduction.space, model.distributed, model.insole_regions)
    values[of_foot] = pivot + (x[of_foot] - pivot) @ foot.T + shift - x[of_foot]
    equilibrium.poses = Poses(position + shift, rotation)
    equilibrium.extra[:] = 0.0
    free = values[reduction.free].ravel()
    reduction.displace(equilibrium.u, free, equilibrium.poses)


def _touching(model: FootModel, sole: Array, turned: Array, overlap_mm: float) -> Array:
    """Return the shift (3,) that brings the turned sole (n, 3) down on what is under it.

    The point that touches first lies over its own place in the foot frame: the foot
    rolls down from there, and the measured path of the centre of pressure, which is
    given in the frame of the foot lying flat, then meets the same parts of the sole.
    """
    insole, under = model.insole, model.ground_height_mm
    shift = np.zeros(3)
    for _ in range(2):
        below: Array = np.full(len(turned), under)
        if insole is not None:
            below = insole.support_height(turned[:, 0] + shift[0], turned[:, 2] + shift[2])
            below = below - insole.overlap_mm
        clearance = turned[:, 1] - below
        first = int(np.argmin(clearance))
        shift[[0, 2]] = sole[first, [0, 2]] - turned[first, [0, 2]]
    shift[1] = -float(clearance[first]) - overlap_mm
    return shift


def approach(
    model: FootModel,
    loads: FootLoads,
    percent: float,
    solve_load: Callable[[FootLoad, Stop], NewtonReport],
    counters: Counters,
    accepted: Callable[[float], None],
    most_halvings: int = MOST_HALVINGS,
) -> None:
    """Bring the foot into equilibrium at the first instant; collective.

    Args:
        model: Foot and insole.
        loads: Loads over stance.
        percent: First instant.
        solve_load: Puts a load on foot and tibia and solves for a stop.
        counters: Work so far.
        accepted: Called after each step with a parameter that goes from 0 to 1.
        most_halvings: How often a step is halved.

    Raises:
        StepsExhausted: If contact cannot be made.
    """
    load = loads.at(percent)
    place(model, load.tibia_rotation, load.angle_rad)
    equilibrium = model.equilibrium
    tibia = model.segments.index("tibia")
    start = equilibrium.poses.position_mm[tibia].copy()

    def solve_at(share: float) -> NewtonReport:
        # The spring presses first, then gives way in proportion to the force's growth.
        press, load = min(2.0 * share, 1.0), max(2.0 * share - 1.0, 0.0)
        guide = np.full(3, GUIDE_N_PER_MM * (1.0 - load) ** 2)
        now = replace(
            loads.at(percent, load),
            guide_n_per_mm=guide,
            guide_mm=start - np.array([0.0, PRESS_MM * press, 0.0]),
            weight=np.zeros(2),
        )
        return solve_load(now, ("contact", share))

    march(
        equilibrium,
        solve_at,
        March.begun(0.0, counters),
        (0.25, 0.5, 0.75, 1.0),
        lambda where, _: accepted(where.at),
        most_halvings,
    )
