# SPDX-License-Identifier: MIT
"""Section ``alignment_change`` of ``summary.json``: a candidate against its baseline."""

from __future__ import annotations

from scenarios.sections import Level, Section


class Change(Section):
    """One figure of the baseline over the output instants, and how the candidate changes it.

    ``peak`` is the change of largest size with its sign, ``mean`` the mean over time; the last two
    are the peaks with half and twice the stiffness of subtalar joint, ankle and leg.
    """

    baseline_min: float
    baseline_max: float
    peak: float
    mean: float
    at_percent: float | None = None
    peak_half_stiffness: float | None = None
    peak_double_stiffness: float | None = None


class LevelChange(Section):
    """Change of the external moments on one lumbar level, and of its load."""

    flexion_moment_nm: Change | None = None
    lateral_moment_nm: Change | None = None
    axial_moment_nm: Change | None = None
    compression_n: Change | None = None
    shear_ap_n: Change | None = None


class AlignmentChange(Section):
    """Alignment and lumbar moments of a candidate against its baseline; absent on a baseline."""

    rearfoot_eversion_deg: Change | None = None
    tibial_rotation_deg: Change | None = None
    arch_height_drop_mm: Change | None = None
    ankle_height_mm: Change | None = None
    pressure_ahead_mm: Change | None = None
    forefoot_ahead_mm: Change | None = None
    foot_direction_deg: Change | None = None
    tibial_rotation_on_foot_deg: Change | None = None
    knee_flexion_deg: Change | None = None
    knee_adduction_deg: Change | None = None
    knee_internal_rotation_deg: Change | None = None
    hip_flexion_deg: Change | None = None
    hip_adduction_deg: Change | None = None
    hip_internal_rotation_deg: Change | None = None
    pelvic_tilt_deg: Change | None = None
    pelvic_obliquity_deg: Change | None = None
    pelvic_rotation_deg: Change | None = None
    lumbar_lordosis_deg: Change | None = None
    lumbar: dict[Level, LevelChange] | None = None
