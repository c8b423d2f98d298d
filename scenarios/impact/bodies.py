# SPDX-License-Identifier: MIT
"""Thigh, pelvis, vertebrae and discs of one instant of an impact, for the field files."""

from __future__ import annotations

from collections.abc import Sequence

from scenarios.impact.model import ImpactModel
from scenarios.upper.bodies import upper_bodies
from scenarios.upper.records import UpperPose, UpperShown
from simulator.results import Body
from simulator.spine.records import LevelResult, LumbarLoad


def chain_bodies(
    model: ImpactModel, load: LumbarLoad, solved: Sequence[LevelResult]
) -> tuple[Body, ...]:
    """Bodies ``leg_bones``, ``vertebrae`` and ``disc_...``, as the other analyses have them.

    Args:
        model: Of the impact.
        load: Posture and load of the lumbar column.
        solved: The discs.
    """
    poses, segments = model.foot.equilibrium.poses, model.foot.segments
    limb = model.chain.anatomy.limb
    femur, pelvis = segments.index("femur"), segments.index("pelvis")
    hips = 0.5 * (limb.hip + limb.hip_left)
    pose = UpperPose(
        knee_mm=poses.point(femur, segments.reference_mm[femur], limb.knee),
        hips_mm=poses.point(pelvis, segments.reference_mm[pelvis], hips),
        femur_rotation=poses.rotation[femur],
        pelvis_rotation=poses.rotation[pelvis],
    )
    return upper_bodies(
        model.chain.anatomy, model.upper.column, UpperShown(pose, load, tuple(solved))
    )
