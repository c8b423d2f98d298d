# SPDX-License-Identifier: MIT
"""Who turns the foot about its subtalar axis: the moments of a solved equilibrium."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from scenarios.foot_joints import ABOVE_SUBTALAR
from scenarios.foot_model import FootModel
from scenarios.foot_posture import bone_point, ground_wrench
from simulator.connectors import Connectors, JointDrive
from simulator.loading import FootLoading
from simulator.segments import increment_scale

Array = NDArray[np.float64]


def subtalar_moments_nm(model: FootModel) -> dict[str, float]:
    """Moments on all beyond the talus about the subtalar axis, inversion positive (N m).

    Their sum is zero but for the solver's tolerance.
    """
    equilibrium, segments = model.equilibrium, model.segments
    loading, connectors, poses = equilibrium.loading, equilibrium.connectors, equilibrium.poses
    assert isinstance(loading, FootLoading)
    joint = connectors.joints[connectors.joint("subtalar")]
    axis = poses.rotation[segments.index("talus")] @ joint.axis
    point = bone_point(model, "calcaneus", joint.centre_mm)
    below = [name not in ABOVE_SUBTALAR for name in segments.names]

    def about_axis(force: Array, moment: Array, at: Array) -> float:
        return 1e-3 * float(axis @ (moment + np.cross(at - point, force)))

    def of(part: Connectors, drives: dict[str, JointDrive]) -> float:
        pull = -part.evaluate(poses, drives).gradient_n / increment_scale(len(segments))
        rows = pull.reshape(-1, 6)[below]
        places = poses.position_mm[below]
        return sum(about_axis(row[:3], row[3:], at) for row, at in zip(rows, places, strict=True))

    crossing = tuple(
        band
        for band in connectors.bands
        if (band.segments[0] in ABOVE_SUBTALAR) != (band.segments[-1] in ABOVE_SUBTALAR)
    )
    force, moment = ground_wrench(model)
    weight, midfoot = loading.load.force_n["midfoot"], segments.index("midfoot")
    drives = loading.drives(equilibrium.extra).joints
    return {
        "ground": about_axis(force, moment, np.zeros(3)),
        "weight": about_axis(weight, np.zeros(3), poses.position_mm[midfoot]),
        "joint": of(Connectors(segments, (joint,), ()), drives),
        "ligaments": of(Connectors(segments, (), crossing), {}),
    }
