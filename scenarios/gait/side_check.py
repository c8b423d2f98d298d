# SPDX-License-Identifier: MIT
"""Whether the force that a file gives for one foot looks like that of the other.

In walking the ground pushes each foot towards the middle of the body, and the right foot lands to
the right of the left one.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from scenarios.gait.forces import STANDARD_GRAVITY, FootForce, GroundForces

Array = NDArray[np.float64]

OUTWARDS_BW = 0.01
"""Mean force to the outside over the loaded stance, in body weights, that is the other foot's; the
force to the middle is 0.04 to 0.05."""
CROSSED_MM = 20.0
"""How far a foot may land on the other's side."""
LOADED_BW = 0.3


def side_warnings(forces: GroundForces, side: str, body_mass_kg: float) -> tuple[str, ...]:
    """What speaks for swapped sides.

    Args:
        forces: walking along X, the analysed foot a right one.
        side: of the analysed foot, for the message.
        body_mass_kg: of the subject.
    """
    weight = body_mass_kg * STANDARD_GRAVITY
    foot = forces.foot
    loaded = foot.force_n[:, 1] > LOADED_BW * weight
    found = []
    if loaded.any():
        outwards = float(foot.force_n[loaded, 2].mean())
        if outwards > OUTWARDS_BW * weight:
            found.append(f"pushes it outwards ({outwards:.0f} N on average)")
    if forces.other is not None:
        mine, other = _across(foot, weight), _across(forces.other, weight)
        if mine is not None and other is not None and mine < other - CROSSED_MM:
            found.append(f"lies {other - mine:.0f} mm on the other foot's side")
    if not found:
        return ()
    return (
        f"{forces.file}: the force that is taken for the {side} foot {' and '.join(found)}: are "
        "the sides swapped, or does it walk backwards?",
    )


def _across(foot: FootForce, weight_n: float) -> float | None:
    known = np.isfinite(foot.point_mm[:, 2]) & (foot.force_n[:, 1] > LOADED_BW * weight_n)
    return float(foot.point_mm[known, 2].mean()) if known.any() else None
