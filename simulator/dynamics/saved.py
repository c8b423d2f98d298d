# SPDX-License-Identifier: MIT
"""Rates of a moving system in an order that ranks do not change, for checkpoints."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import dolfinx
import numpy as np
from numpy.typing import NDArray

from simulator.dynamics.alpha import Rates
from simulator.dynamics.system import Motion
from simulator.equilibrium import Equilibrium
from simulator.nodes import NodeOrder

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class SavedMotion:
    """Rates of a moving system; those of nodes on rank 0 alone.

    Attributes:
        nodes: Velocity, acceleration and auxiliary acceleration of all nodes, shape (n, 9).
        segments, joints, bushings: As in ``Motion``.
    """

    nodes: Array | None
    segments: Rates
    joints: Rates
    bushings: Rates


def global_motion(motion: Motion, nodes: NodeOrder) -> SavedMotion:
    """Collect the rates; collective."""
    rates = motion.nodes
    parts = (rates.velocity, rates.acceleration, rates.auxiliary)
    table = np.hstack([part.reshape(-1, 3)[: nodes.owned] for part in parts])
    return SavedMotion(nodes.gather(table), motion.segments, motion.joints, motion.bushings)


def set_global_motion(
    equilibrium: Equilibrium, nodes: NodeOrder, saved: SavedMotion | None
) -> Motion:
    """Give rates back to all ranks; collective, ``saved`` is read on rank 0."""
    table = nodes.scatter(saved.nodes if saved is not None else None)
    others = equilibrium.comm.bcast(
        (saved.segments, saved.joints, saved.bushings) if saved is not None else None
    )
    whole = []
    for column in (0, 3, 6):
        part = dolfinx.fem.Function(equilibrium.u.function_space)
        part.x.array.reshape(-1, 3)[: nodes.owned] = table[:, column : column + 3]
        part.x.scatter_forward()
        whole.append(part.x.array.copy())
    return Motion(Rates(*whole), *others)
