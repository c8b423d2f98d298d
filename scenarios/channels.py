# SPDX-License-Identifier: MIT
"""The three ways in which an insole reaches the spine, kept apart: shock, alignment, leg length.

No analysis computes all of them, and a channel that an analysis does not compute is said so.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from scenarios.shock.section import Shock
from scenarios.summary import Alignment, MinMax, Summary

NOT_COMPUTED = "not computed by this analysis"
QUASI_STATIC = ("standing", "stance")


@dataclass(frozen=True, slots=True)
class ChannelRow:
    """One channel: its name, the analysis that computes it, and what this run says of it."""

    name: str
    given_by: str
    says: str


def channel_rows(summary: Summary, insole: Mapping[str, Any]) -> tuple[ChannelRow, ...]:
    """The channels as one run has them.

    Args:
        summary: numbers of the run.
        insole: its table ``[insole]``, empty where it is not known.
    """
    shock, alignment = summary.shock, summary.alignment
    said = list(_shock_words(shock)) if shock is not None else []
    posture = list(_alignment_words(alignment)) if alignment is not None else []
    length = NOT_COMPUTED
    if summary.analysis in QUASI_STATIC:
        length = _length_words(insole)
        if summary.subject is not None and summary.subject.leg_length_difference_mm:
            legs = summary.subject.leg_length_difference_mm
            length = f"simulated leg {legs:+g} mm: in the pelvic obliquity of channel 2; {length}"
    return (
        ChannelRow("1 transient shock", "impact", ", ".join(said) or NOT_COMPUTED),
        ChannelRow("2 alignment", "standing, stance", ", ".join(posture) or NOT_COMPUTED),
        ChannelRow(
            "3 effective leg length",
            "standing, stance with insole.both_feet = false",
            length,
        ),
    )


def insole_table(scenario_text: str) -> dict[str, Any]:
    """Table ``[insole]`` of a scenario file, empty where it has none or cannot be read."""
    try:
        table = tomllib.loads(scenario_text).get("insole", {})
    except tomllib.TOMLDecodeError:
        return {}
    return table if isinstance(table, dict) else {}


def _shock_words(shock: Shock) -> Iterator[str]:
    if shock.impact_peak_bw is not None:
        yield f"impact peak {shock.impact_peak_bw:.2f} BW"
    if shock.loading_rate_bw_per_s is not None:
        yield f"loading rate {shock.loading_rate_bw_per_s:.0f} BW/s"
    peaks = shock.peak_acceleration_g
    for name in ("tibia", "sacrum", "L3"):
        value = getattr(peaks, name, None)
        if value is not None:
            yield f"{name} {value:.2f} g"
    level = (shock.lumbar or {}).get("L4-L5")
    if level is not None and level.compression_rise_n is not None:
        yield f"L4-L5 compression rises by {level.compression_rise_n:.0f} N"


def _alignment_words(alignment: Alignment) -> Iterator[str]:
    for name, words in (
        ("rearfoot_eversion_deg", "rearfoot eversion"),
        ("tibial_rotation_deg", "tibial rotation"),
        ("pelvic_obliquity_deg", "pelvic obliquity"),
        ("lumbar_lordosis_deg", "lordosis"),
    ):
        span = getattr(alignment, name)
        if isinstance(span, MinMax):
            yield f"{words} {span.min:.1f} to {span.max:.1f}°"
    if alignment.lumbar_lordosis_deg is None:
        yield f"pelvis and lordosis {NOT_COMPUTED}"


def _length_words(insole: Mapping[str, Any]) -> str:
    if not insole:
        return "insole not stated in this folder"
    lift = f"heel lift {insole.get('heel_lift_mm', 0.0):g} mm"
    if insole.get("both_feet", True):
        return f"none: worn on both feet ({lift})"
    return f"worn on one foot ({lift}): in the pelvic obliquity of channel 2"
