# SPDX-License-Identifier: MIT
"""The alignment of one posture as named numbers, and the change between two.

Names are those of ``summary.json``, section ``alignment_change``; docs/guide/alignment.md
says what each is.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from scenarios.foot_posture import FootPosture
from scenarios.upper import UpperInstant

Figures = Mapping[str, float]

FACTORS = (0.5, 2.0)
"""Stiffness of the joints besides 1, for the study."""

MOMENTS = ("flexion_moment_nm", "lateral_moment_nm", "axial_moment_nm")
LOADS = (*MOMENTS, "compression_n", "shear_ap_n")


def figures(posture: FootPosture, neutral_arch_mm: float, above: UpperInstant) -> Figures:
    """The alignment of a posture.

    Args:
        posture: Of the foot.
        neutral_arch_mm: Height of the arch of the unloaded foot.
        above: Of the leg, the pelvis and the lumbar spine.
    """
    found = {
        "rearfoot_eversion_deg": posture.rearfoot_eversion_deg,
        "tibial_rotation_deg": posture.tibial_rotation_deg,
        "arch_height_drop_mm": neutral_arch_mm - posture.arch_height_mm,
        "ankle_height_mm": posture.ankle_height_mm,
        "pressure_ahead_mm": posture.pressure_ahead_mm,
        "forefoot_ahead_mm": posture.forefoot_ahead_mm,
        "foot_direction_deg": posture.foot_direction_deg,
        "tibial_rotation_on_foot_deg": posture.tibial_rotation_deg - posture.foot_direction_deg,
    }
    found |= asdict(above.angles)
    for level in above.solved:
        found |= {f"lumbar.{level.level}.{name}": getattr(level, name) for name in LOADS}
    return found


def change(now: Figures, before: Figures) -> Figures:
    """What is other in a posture."""
    return {name: value - before[name] for name, value in now.items()}


@dataclass(frozen=True, slots=True)
class AlignmentInstant:
    """Change of a candidate at one output instant.

    Attributes:
        percent: Of stance.
        baseline: The alignment of the baseline.
        change: Of the candidate against it.
        with_stiffness: The same with the joints' stiffness times each factor of the study,
            ``None`` where no equilibrium was found.
    """

    percent: float
    baseline: Figures
    change: Figures
    with_stiffness: Mapping[float, Figures | None]

    def columns(self) -> dict[str, float]:
        """Cells of ``history.csv``."""
        cells = {f"change_{column_name(name)}": value for name, value in self.change.items()}
        for factor, word in WORDS.items():
            if factor in self.with_stiffness:
                found = self.with_stiffness[factor] or {}
                for name in self.change:
                    cells[f"{word}_change_{column_name(name)}"] = found.get(name, math.nan)
        return cells


WORDS = {0.5: "half_stiffness", 2.0: "double_stiffness"}


def column_name(name: str) -> str:
    """Name of a column: ``lumbar.L4-L5.flexion_moment_nm`` gives ``l4_l5_flexion_moment_nm``."""
    return name.removeprefix("lumbar.").lower().replace("-", "_").replace(".", "_")


def names_of(rows: Sequence[AlignmentInstant]) -> tuple[str, ...]:
    """All names, in order."""
    return tuple(rows[0].change) if rows else ()
