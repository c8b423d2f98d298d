# SPDX-License-Identifier: MIT
"""How flexible the arch of a foot is, from its shape and posture."""

from __future__ import annotations

import numpy as np

from meshes.foot_dimensions import FootDimensions

WIDER_PER_ARCH = -8.0
WIDER_PER_INDEX = 0.15
RANGE_LIMITS = (0.5, 4.0)
"""Logarithm of the range of motion, per navicular height over foot length and per point of posture
index, and least and greatest range. High arches are stiffer, low ones more flexible (Zifchock 2006,
Foot Ankle Int 27:367); by how much is an engineering default, set by the drop of the navicular
(docs/theory/foot.md)."""


def range_of_motion(dimensions: FootDimensions) -> float:
    """How far what carries the arch gives way at a moment, over a neutral foot of the same size.

    A joint that turns ``r`` times as far has its stiffness over ``r`` and its lock, which rises
    with the cube of the angle, over the cube of ``r``.
    """
    wider = WIDER_PER_ARCH * dimensions.arch_excess + WIDER_PER_INDEX * dimensions.pronation
    return float(np.clip(np.exp(wider), *RANGE_LIMITS))
