# SPDX-License-Identifier: MIT
"""Tables of a candidate's change of alignment, for the report and for comparisons."""

from __future__ import annotations

from collections.abc import Iterator

from scenarios.alignment.section import AlignmentChange, Change

ANGLES = (
    ("rearfoot_eversion_deg", "rearfoot eversion (°)"),
    ("arch_height_drop_mm", "arch height drop (mm)"),
    ("ankle_height_mm", "height of the ankle (mm)"),
    ("pressure_ahead_mm", "centre of pressure in front of the ankle (mm)"),
    ("forefoot_ahead_mm", "forefoot in front of the ankle (mm)"),
    ("foot_direction_deg", "direction of the foot, inwards + (°)"),
    ("tibial_rotation_deg", "tibial rotation, internal + (°)"),
    ("tibial_rotation_on_foot_deg", "tibial rotation against the foot, internal + (°)"),
    ("knee_flexion_deg", "knee flexion (°)"),
    ("knee_adduction_deg", "knee adduction (°)"),
    ("knee_internal_rotation_deg", "knee internal rotation (°)"),
    ("hip_flexion_deg", "hip flexion (°)"),
    ("hip_adduction_deg", "hip adduction (°)"),
    ("hip_internal_rotation_deg", "hip internal rotation (°)"),
    ("pelvic_tilt_deg", "pelvic tilt, anterior + (°)"),
    ("pelvic_obliquity_deg", "pelvic obliquity, right side up + (°)"),
    ("pelvic_rotation_deg", "pelvic rotation, right side forward + (°)"),
    ("lumbar_lordosis_deg", "lumbar lordosis (°)"),
)
LEVEL = (
    ("flexion_moment_nm", "flexion moment (N m)"),
    ("lateral_moment_nm", "lateral moment, to the right + (N m)"),
    ("axial_moment_nm", "axial moment, to the left + (N m)"),
    ("shear_ap_n", "shear, anterior + (N)"),
    ("compression_n", "compression (N)"),
)
LEVELS = ("L5-S1", "L4-L5", "L3-L4", "L2-L3", "L1-L2")
HEAD = ("", "baseline", "change", "at half stiffness", "at double stiffness")
ABSENT = "–"

Row = tuple[str, str, str, str, str]


def change_rows(section: AlignmentChange | None) -> Iterator[Row]:
    """Words, baseline, largest change, and that with half and twice the stiffness."""
    if section is None:
        return
    for name, words in ANGLES:
        found = getattr(section, name)
        if isinstance(found, Change):
            yield _row(words, found)
    levels = dict((section.lumbar or {}).items())
    for level in LEVELS:
        if level not in levels:
            continue
        for name, words in LEVEL:
            found = getattr(levels[level], name)
            if isinstance(found, Change):
                yield _row(f"{level} {words}", found)


def _row(words: str, found: Change) -> Row:
    low, high = _plain(found.baseline_min), _plain(found.baseline_max)
    return (
        words,
        low if low == high else f"{low} to {high}",
        _signed(found.peak),
        _signed(found.peak_half_stiffness),
        _signed(found.peak_double_stiffness),
    )


def _plain(value: float) -> str:
    text = f"{value:.0f}" if abs(value) >= 100.0 else f"{value:.2f}"
    return text.removeprefix("-") if float(text) == 0.0 else text


def _signed(value: float | None) -> str:
    if value is None:
        return ABSENT
    return "0" if abs(value) < 5e-4 else f"{value:+.3g}" if abs(value) < 100 else f"{value:+.0f}"
