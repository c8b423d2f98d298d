# SPDX-License-Identifier: MIT
"""Everything above the knee of an analysis: thigh, pelvis, lumbar column, per instant."""

from scenarios.upper.bodies import upper_bodies
from scenarios.upper.model import UpperModel
from scenarios.upper.records import UpperInstant, UpperPose, UpperState
from scenarios.upper.sections import lumbar_section, pelvis_residual, pelvis_section
from scenarios.upper.vertebra import vertebra_instant, vertebra_section

__all__ = [
    "UpperInstant",
    "UpperModel",
    "UpperPose",
    "UpperState",
    "lumbar_section",
    "pelvis_residual",
    "pelvis_section",
    "upper_bodies",
    "vertebra_instant",
    "vertebra_section",
]
