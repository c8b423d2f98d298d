# SPDX-License-Identifier: MIT
"""The section ``subject`` of ``summary.json``."""

from __future__ import annotations

from meshes.arch_index import arch_height_index
from scenarios.loading import foot_dimensions
from scenarios.schema_subject import Subject
from scenarios.summary import SubjectSummary


def subject_section(subject: Subject) -> SubjectSummary:
    """Who was simulated, the foot by what the clinic measures."""
    return SubjectSummary(
        body_mass_kg=subject.body_mass_kg,
        height_m=subject.height_m,
        foot_length_mm=subject.foot_length_mm,
        foot_type=subject.foot_type,
        foot_posture_index=subject.foot_posture_index,
        rearfoot_angle_deg=subject.rearfoot_angle_deg,
        arch_height_index=round(arch_height_index(foot_dimensions(subject)), 4),
        leg_length_difference_mm=subject.leg_length_difference_mm,
    )
