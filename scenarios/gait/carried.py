# SPDX-License-Identifier: MIT
"""The ground reaction that friction can carry. Nothing here needs the finite-element library."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scenarios.gait.stance import StanceGait

Array = NDArray[np.float64]

CONE_SHARE = 0.8
"""Part of the friction cone that the reaction may use: a fifth is left for the shear that
pressure redistribution needs."""


@dataclass(frozen=True, slots=True)
class FootForces:
    """Ground reaction to be carried at an instant and what became of it.

    Attributes:
        measured_n: As gait has it, stance frame, shape (3,).
        carried_n: After clipping the shear to what friction holds, shape (3,).
    """

    measured_n: Array
    carried_n: Array


def foot_forces(gait: StanceGait, percent: float, friction: float) -> FootForces:
    """Ground reaction at an instant, in the stance frame.

    Args:
        gait: Of one stance.
        percent: Of stance.
        friction: Least coefficient between foot and ground.
    """
    measured = gait.heading.T @ gait.at(percent).grf_n
    shear = np.hypot(measured[0], measured[2])
    limit = CONE_SHARE * friction * max(measured[1], 0.0)
    carried = measured.copy()
    if shear > limit:
        carried[[0, 2]] *= limit / shear
    return FootForces(measured, carried)
