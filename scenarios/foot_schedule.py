# SPDX-License-Identifier: MIT
"""Steps through stance, from how fast the load changes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scenarios.foot_loads import GRAVITY_MM_S2, FootLoads
from simulator.loading import angle_share_nmm_per_rad

Array = NDArray[np.floating[Any]]

TURN_RAD = 0.025
FORCE_BW = 0.22
"""Turn of the tibia and change of the ground reaction (body weights) of one step, one alone:
what Newton's method finishes in about nine iterations (docs/decisions/snes.md)."""
RELEASE = 0.7
"""Fall of the hold on the joint angles, in its logarithm, of one step."""
LONGEST_PERCENT = 5.0
SAMPLE_PERCENT = 0.25


def stance_stops(
    loads: FootLoads, body_mass_kg: float, start: float, instants: Sequence[float]
) -> tuple[float, ...]:
    """Instants of stance to be solved, outputs among them.

    They follow from the load alone: a candidate, its baseline and any number of ranks go
    through stance in the same steps, and friction remembers the same way.

    Args:
        loads: Over stance.
        body_mass_kg: Of the subject.
        start: Where the march begins, per cent of stance.
        instants: Outputs, per cent of stance.
    """
    weight = body_mass_kg * GRAVITY_MM_S2 * 1e-3
    stops: list[float] = []
    before = start
    for instant in sorted(i for i in instants if i > start):
        count = max(1, math.ceil((instant - before) / SAMPLE_PERCENT))
        at = np.linspace(before, instant, count + 1)
        way = np.concatenate([[0.0], np.cumsum(_demand(loads, weight, at))])
        pieces = max(round(float(way[-1])), math.ceil((instant - before) / LONGEST_PERCENT), 1)
        # A load at rest has no measure of its own.
        way = way + 1e-6 * (at - before)
        inner = np.interp(np.arange(1, pieces) / pieces * way[-1], way, at)
        stops += [round(float(value), 3) for value in inner] + [float(instant)]
        before = instant
    return tuple(stops)


def _demand(loads: FootLoads, weight_n: float, at: Array) -> Array:
    """Steps that the load between neighbouring instants asks for, shape (n - 1,)."""
    turned = np.array([loads.at(float(p)).tibia_rotation for p in at])
    force = np.array([loads.forces(float(p)).carried_n for p in at])
    between = np.einsum("nki,nkj->nij", turned[:-1], turned[1:])
    # Of a small turn the skew part is the sine, and accurate where the trace is not.
    skew = 0.5 * (between - between.transpose(0, 2, 1))
    angle = np.linalg.norm(skew[:, [2, 0, 1], [1, 2, 0]], axis=1)
    change = np.linalg.norm(np.diff(force, axis=0), axis=1)
    motion = angle / TURN_RAD + change / (FORCE_BW * weight_n)
    # Where the centre of pressure takes over the angles are let go, and the foot rolls to its path.
    hold = np.log([angle_share_nmm_per_rad(loads.closure_weight(float(p))).min() for p in at])
    return np.maximum(motion, -np.diff(hold) / RELEASE)
