# SPDX-License-Identifier: MIT
"""Newton's increments carried out as a rolling body, not as straight lines.

An increment turns segments by rotations but moves free nodes along straight lines. When the
whole foot turns by a few degrees between two instants, the two part by half the angle
squared times the distance: tissue is crushed between bone and skin, and joints open, for
nothing but the order of the update. Here the free nodes of the body, and the reference points
of segments along the tree of joints, take the second-order part of the same turn. At zero
increment value and derivative are those of the plain update, so the tangent is the same.
Source: docs/theory/reduction.md, "Rotations".
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.connectors import Joint
from simulator.reduction import Reduction
from simulator.rotations import exponential, skew
from simulator.segments import ROTATION_LENGTH_MM, Poses

Array = NDArray[Any]


class RollingBody:
    """A body whose tissue turns with one of its segments.

    Its lowest point, where a foot on the ground is held, stays where the plain update
    puts it.

    Args:
        reduction: Free nodes and segments.
        joints: Joints of the body; those connected with ``root`` are kept together.
        root: Segment that the tissue follows.
        nodes: Local nodes of the body's tissue.
        up: Direction away from the ground, unit, shape (3,).
    """

    def __init__(
        self,
        reduction: Reduction,
        joints: Sequence[Joint],
        root: str,
        nodes: NDArray[np.integer],
        up: Sequence[float] = (0.0, 1.0, 0.0),
    ):
        segments = reduction.segments
        self._comm = reduction.comm
        self._root = segments.index(root)
        self._up = np.asarray(up, dtype=float)
        self._carried = np.flatnonzero(np.isin(reduction.free, nodes))
        self._reference = reduction.coordinates[reduction.free[self._carried]]
        self._tree: list[tuple[int, int, Array, Array]] = []
        met, waiting = {self._root}, deque([self._root])
        while waiting:
            near = waiting.popleft()
            for joint in joints:
                ends = [segments.index(joint.proximal), segments.index(joint.distal)]
                if near not in ends:
                    continue
                far = ends[1 - ends.index(near)]
                if far in met:
                    continue
                arms = [joint.centre_mm - segments.reference_mm[s] for s in (near, far)]
                self._tree.append((near, far, arms[0], arms[1]))
                met.add(far)
                waiting.append(far)

    def carry_out(self, base: Poses, increment_mm: Array, free_mm: Array) -> tuple[Poses, Array]:
        """Advance poses and free nodes together; collective.

        Args:
            base: Poses that the increments start from.
            increment_mm: Of the segments, rotations scaled, shape (n, 6).
            free_mm: Displacement of this rank's free nodes by the plain update, (m, 3).

        Returns:
            Poses, and displacements of the free nodes, with their second-order part.
        """
        poses = base.advanced(increment_mm)
        turn = increment_mm[:, 3:] / ROTATION_LENGTH_MM
        # What a rotation does to an arm beyond its linear part.
        beyond = exponential(turn) - np.eye(3) - skew(turn)
        root = self._root
        nodes = self._reference + free_mm[self._carried]
        anchor = self._lowest(nodes)
        # Arms after the linear motion, taken back to before it.
        of_arm = beyond[root] @ np.linalg.inv(np.eye(3) + skew(turn[root]))
        shift = np.zeros_like(poses.position_mm)
        shift[root] = of_arm @ (poses.position_mm[root] - anchor)
        for near, far, arm, other in self._tree:
            shift[far] = (
                shift[near]
                + beyond[near] @ base.rotation[near] @ arm
                - beyond[far] @ base.rotation[far] @ other
            )
        free = free_mm.copy()
        free[self._carried] += (nodes - anchor) @ of_arm.T
        return Poses(poses.position_mm + shift, poses.rotation), free

    def _lowest(self, nodes: Array) -> Array:
        """Return the lowest of the nodes of all ranks."""
        candidate: tuple[float, ...] = (np.inf, 0.0, 0.0, 0.0)
        if len(nodes):
            height = nodes @ self._up
            least = int(np.argmin(height))
            candidate = (float(height[least]), *map(float, nodes[least]))
        return np.array(min(self._comm.allgather(candidate))[1:])
