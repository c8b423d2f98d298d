# SPDX-License-Identifier: MIT
"""Gait as input: measured trials, the built-in normative gait, quiet standing."""

from scenarios.gait.build import GaitRequest, build_gait, walker_of
from scenarios.gait.built_in import built_in_gait, standing_gait
from scenarios.gait.errors import GaitError
from scenarios.gait.measured import Walker, measured_gait
from scenarios.gait.stance import GaitInstant, StanceGait

__all__ = [
    "GaitError",
    "GaitInstant",
    "GaitRequest",
    "StanceGait",
    "Walker",
    "build_gait",
    "built_in_gait",
    "measured_gait",
    "standing_gait",
    "walker_of",
]
