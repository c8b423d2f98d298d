# SPDX-License-Identifier: MIT
"""Table ``[subject]`` of a scenario: who stands or walks, and on which foot."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from meshes.foot_dimensions import FootDimensions
from scenarios.schema_base import InputPath, Table

FootType = Literal["neutral", "flat", "cavus"]
Side = Literal["right", "left"]

REFERENCE_HEIGHT_M = 1.75
REFERENCE_FOOT_LENGTH_MM = 255.0


def _foot_length(data: dict[str, Any]) -> float:
    """Length of the default foot, in proportion to stature."""
    share = float(data.get("height_m", REFERENCE_HEIGHT_M)) / REFERENCE_HEIGHT_M
    return round(REFERENCE_FOOT_LENGTH_MM * share, 3)


def _of_typical_foot(dimension: str) -> Any:
    """A default taken from the typical foot of the subject's type and length."""

    def factory(data: dict[str, Any]) -> float:
        length = float(data.get("foot_length_mm", REFERENCE_FOOT_LENGTH_MM))
        foot = FootDimensions.of_type(data.get("foot_type", "neutral"), length)
        return round(float(getattr(foot, dimension)), 3)

    return factory


class Subject(Table):
    """Who stands or walks."""

    body_mass_kg: float = Field(70.0, ge=30.0, le=200.0, description="Mass of the whole body")
    height_m: float = Field(REFERENCE_HEIGHT_M, ge=1.3, le=2.2, description="Stature, barefoot")
    side: Side = Field(
        "right", description="Side that is simulated; a left foot is mirrored to a right one"
    )
    foot_type: FootType = Field("neutral", description="Foot posture; sets the default arch height")
    foot_length_mm: float = Field(
        default_factory=_foot_length,
        ge=180.0,
        le=340.0,
        description="Heel to the tip of the longest toe; by default in proportion to stature",
        json_schema_extra={"default_text": "255 at a stature of 1.75 m"},
    )
    ball_width_mm: float = Field(
        default_factory=_of_typical_foot("ball_width_mm"),
        ge=60.0,
        le=150.0,
        description="Breadth over the first and fifth metatarsal heads",
        json_schema_extra={"default_text": "0.375 of foot length"},
    )
    heel_width_mm: float = Field(
        default_factory=_of_typical_foot("heel_width_mm"),
        ge=35.0,
        le=105.0,
        description="Greatest breadth of the heel",
        json_schema_extra={"default_text": "0.25 of foot length"},
    )
    arch_height_mm: float = Field(
        default_factory=_of_typical_foot("arch_height_mm"),
        ge=15.0,
        le=90.0,
        description="Height of the navicular tuberosity over the unloaded sole",
        json_schema_extra={"default_text": "0.17 of foot length; flat 0.11, cavus 0.225"},
    )
    heel_pad_thickness_mm: float = Field(
        default_factory=_of_typical_foot("heel_pad_thickness_mm"),
        ge=8.0,
        le=35.0,
        description="Skin to calcaneus under the heel, unloaded",
        json_schema_extra={"default_text": "0.067 of foot length"},
    )
    tissue_stiffness_factor: float = Field(
        1.0,
        ge=0.2,
        le=10.0,
        description="Factor on the stiffness of all plantar tissue; 1 is the library's",
    )
    scan_file: InputPath | None = Field(None, description="Surface scan of the sole (reserved)")
