# SPDX-License-Identifier: MIT
"""Kinematics of the lumbar column: level rotations from pelvis and thorax, by fixed shares."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.rotations import exponential, logarithm

Array = NDArray[np.float64]

ROTATION_SHARES = (17.0 / 74.0, 16.0 / 74.0, 15.0 / 74.0, 14.0 / 74.0, 12.0 / 74.0)
"""Share of each level, L5-S1 first: ranges of flexion and extension of White & Panjabi 1990."""


@dataclass(frozen=True, slots=True)
class ChainPose:
    """The column at one instant, world axes.

    Attributes:
        rotations: (6, 3, 3) from standing, of the sacrum and the vertebrae L5 to L1.
        centres_mm: (5, 3) disc centres carried by the vertebra below.
        top_mm: (3,) centre of the upper endplate of L1.
        hip_mm: (3,) midpoint of the hips.
        level_rotation: (3,) rotation vector of thorax against pelvis, pelvis axes, rad.
    """

    rotations: Array
    centres_mm: Array
    top_mm: Array
    hip_mm: Array
    level_rotation: Array


@dataclass(frozen=True, slots=True)
class Chain:
    """Standing positions of the discs, and how a trunk rotation is shared.

    All levels turn about one axis, so the parts compose to the whole exactly. Compression of the
    discs (about 1 mm) does not move the chain.

    Attributes:
        centres_mm: (5, 3) disc centres in standing, origin at the midpoint of the hips.
        top_mm: (3,) centre of the upper endplate of L1 in standing.
        shares: (5,) of the rotation, sum 1.

    Raises:
        ValueError: If the shares do not add to 1.
    """

    centres_mm: Array
    top_mm: Array
    shares: Sequence[float]

    def __post_init__(self) -> None:
        """Check the shares."""
        if len(self.shares) != len(self.centres_mm) or abs(float(sum(self.shares)) - 1.0) > 1e-9:
            raise ValueError("one share for each level is needed, with the sum 1")

    def level_rotations(self, pelvis: Array, thorax: Array) -> Array:
        """Rotation vectors (5, 3) of the levels in standing world axes carried by the pelvis."""
        return np.asarray(np.outer(self.shares, logarithm(pelvis.T @ thorax)))

    def pose(
        self, pelvis: Array, thorax: Array, hip_mm: Sequence[float] | Array = (0.0, 0.0, 0.0)
    ) -> ChainPose:
        """Place the column.

        Args:
            pelvis: (3, 3) rotation from standing.
            thorax: (3, 3) rotation from standing.
            hip_mm: (3,) midpoint of the hips.
        """
        vectors = self.level_rotations(pelvis, thorax)
        rotations = [np.asarray(pelvis, dtype=float)]
        here = np.asarray(hip_mm, dtype=float)
        before = np.zeros(3)
        centres = []
        for centre, vector in zip(self.centres_mm, vectors, strict=True):
            here = here + rotations[-1] @ (centre - before)
            centres.append(here)
            before = centre
            rotations.append(rotations[-1] @ exponential(vector))
        top = here + rotations[-1] @ (self.top_mm - before)
        return ChainPose(
            rotations=np.array(rotations),
            centres_mm=np.array(centres),
            top_mm=top,
            hip_mm=np.asarray(hip_mm, dtype=float),
            level_rotation=logarithm(pelvis.T @ thorax),
        )

    def carry(self, bone: int, points_mm: Array, pose: ChainPose) -> Array:
        """Move points (n, 3) of a bone from standing to a pose.

        Args:
            bone: 0 for the sacrum, 1 to 5 for L5 to L1 (as in ``SpineGeometry.vertebrae``).
            points_mm: World in standing, origin at the midpoint of the hips.
            pose: Where the column is.
        """
        if bone == 0:
            return np.asarray(pose.hip_mm + points_mm @ pose.rotations[0].T)
        arm = points_mm - self.centres_mm[bone - 1]
        return np.asarray(pose.centres_mm[bone - 1] + arm @ pose.rotations[bone].T)
