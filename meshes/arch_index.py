# SPDX-License-Identifier: MIT
"""Arch height index of a foot, and the navicular height that goes with an index."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.optimize import brentq

from meshes.foot_dimensions import _PER_LENGTH, FootDimensions
from meshes.foot_landmarks import foot_landmarks

DORSUM_OVER_AXIS = 0.0978
"""Skin of the dorsum over the second ray's axis, over foot length: half the bone and what covers
it, set so that the neutral foot has an index of 0.340 seated. From memory, +- 0.03 each: 0.316 at a
tenth of body weight (Williams & McClay 2000), 0.363 seated and 0.340 standing (Butler 2008)."""


def arch_height_index(dimensions: FootDimensions) -> float:
    """Height of the dorsum at half of foot length over truncated foot length, unloaded.

    Truncated foot length is from the rearmost heel to the first metatarsal head (Williams & McClay
    2000, Phys Ther 80:864). The dorsum follows the axis of the second ray.
    """
    marks, length = foot_landmarks(dimensions), dimensions.length_mm
    base, head = marks.bases[1], marks.heads[1]
    axis = float(np.interp(0.5 * length, [base[0], head[0]], [base[1], head[1]]))
    return (axis + DORSUM_OVER_AXIS * length) / float(marks.heads[0, 0])


def navicular_height_mm(index: float, dimensions: FootDimensions) -> float:
    """Navicular height at which a foot has an arch height index, all else kept.

    Args:
        index: wanted.
        dimensions: of the foot; its own arch height does not matter.

    Returns:
        Height, mm; that of the nearest arch in range where the index is out of reach.
    """
    length = dimensions.length_mm
    _, low, high = _PER_LENGTH["arch_height_mm"]

    def misfit(share: float) -> float:
        return arch_height_index(replace(dimensions, arch_height_mm=share * length)) - index

    if misfit(low) >= 0.0:
        return low * length
    if misfit(high) <= 0.0:
        return high * length
    return float(brentq(misfit, low, high, xtol=1e-9)) * length
