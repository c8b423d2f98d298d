# SPDX-License-Identifier: MIT
"""The lumbar column: discs in finite elements between rigid vertebrae."""

from simulator.spine.column import ColumnOptions, LumbarColumn
from simulator.spine.disc_state import DiscNotConverged, SolverSettings
from simulator.spine.muscles import MuscleRule
from simulator.spine.records import Calibration, DiscFields, LevelResult, LumbarLoad

__all__ = [
    "Calibration",
    "ColumnOptions",
    "DiscFields",
    "DiscNotConverged",
    "LevelResult",
    "LumbarColumn",
    "LumbarLoad",
    "MuscleRule",
    "SolverSettings",
]
