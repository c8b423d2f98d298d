# SPDX-License-Identifier: MIT
"""Table ``[subject]`` of a scenario: who stands or walks, and on which foot."""

from __future__ import annotations

from typing import Any, Literal, Self

from pydantic import Field, ValidationInfo, field_validator, model_validator

from meshes.arch_index import navicular_height_mm
from meshes.foot_dimensions import FootDimensions
from meshes.foot_standing import standing_angles_deg
from meshes.foot_types import TYPICAL, FootType, rearfoot_angle_deg, type_of_index
from meshes.limb import HIP_SPACING
from scenarios.schema_base import InputPath, Table, wrong
from scenarios.schema_scan import Scan

Side = Literal["right", "left"]

REFERENCE_HEIGHT_M = 1.75
REFERENCE_FOOT_LENGTH_MM = 255.0

REARFOOT_RANGE_DEG = (-8.0, 16.0)
MOST_REARFOOT_MISFIT_DEG = 10.0
"""How far a measured rearfoot angle may lie from what the posture index says: one item of six."""
MOST_ARCH_MISFIT_MM = 0.1
"""How far an arch height may lie from that of an arch height index given beside it."""
MOST_OBLIQUITY_SHARE = 0.25
"""Largest leg-length difference over the distance of the hips: 14 degrees of obliquity."""
CHILD_HEIGHT_M = 1.45
"""Stature below which shares of adults are stretched far."""
USUAL_MASS_INDEX = (12.0, 50.0)
"""kg/m2; from a slight child to the heaviest adults."""


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


def _arch_height(data: dict[str, Any]) -> float:
    """Of the arch height index where one is given, else of the foot's type."""
    index, length = data.get("arch_height_index"), data.get("foot_length_mm")
    if index is None or length is None:
        return float(_of_typical_foot("arch_height_mm")(data))
    return round(navicular_height_mm(index, FootDimensions(length_mm=length)), 3)


def _posture_index(data: dict[str, Any]) -> float:
    return TYPICAL[data.get("foot_type", "neutral")].posture_index


def _rearfoot_angle(data: dict[str, Any]) -> float:
    index = data.get("foot_posture_index", TYPICAL["neutral"].posture_index)
    return round(rearfoot_angle_deg(index), 3)


class Subject(Table):
    """Who stands or walks."""

    body_mass_kg: float = Field(70.0, ge=15.0, le=200.0, description="Mass of the whole body")
    height_m: float = Field(REFERENCE_HEIGHT_M, ge=1.1, le=2.2, description="Stature, barefoot")
    side: Side = Field(
        "right", description="Side that is simulated; a left foot is mirrored to a right one"
    )
    foot_type: FootType = Field(
        "neutral",
        description="Type of foot, which sets what is not given of arch, posture index and "
        "rearfoot angle; by default what a given posture index says",
    )
    foot_posture_index: float = Field(
        default_factory=_posture_index,
        ge=-12.0,
        le=12.0,
        description="Foot posture index (FPI-6): normal 0 to 5, pronated 6 and more, supinated "
        "below 0; turns the subtalar axis and makes the foot flexible or stiff",
        json_schema_extra={"default_text": "4; flat 8, cavus -2, overpronating 11, supinating -5"},
    )
    rearfoot_angle_deg: float = Field(
        default_factory=_rearfoot_angle,
        ge=REARFOOT_RANGE_DEG[0],
        le=REARFOOT_RANGE_DEG[1],
        description="Eversion of the calcaneus against the leg in relaxed standing, a neutral "
        "foot's being 4; not used where a subtalar angle is measured",
        json_schema_extra={"default_text": "1 + 0.75 of the posture index"},
    )
    foot_length_mm: float = Field(
        default_factory=_foot_length,
        ge=150.0,
        le=340.0,
        description="Heel to the tip of the longest toe; by default in proportion to stature",
        json_schema_extra={"default_text": "255 at a stature of 1.75 m"},
    )
    ball_width_mm: float = Field(
        default_factory=_of_typical_foot("ball_width_mm"),
        ge=45.0,
        le=150.0,
        description="Breadth over the first and fifth metatarsal heads",
        json_schema_extra={"default_text": "0.375 of foot length"},
    )
    heel_width_mm: float = Field(
        default_factory=_of_typical_foot("heel_width_mm"),
        ge=28.0,
        le=105.0,
        description="Greatest breadth of the heel",
        json_schema_extra={"default_text": "0.25 of foot length"},
    )
    arch_height_index: float | None = Field(
        None,
        ge=0.26,
        le=0.45,
        description="Arch height index of the unloaded (seated) foot: height of the dorsum at half "
        "of foot length over length to the first metatarsal head; in place of arch_height_mm",
        json_schema_extra={"default_text": "that of arch_height_mm, 0.34 in a neutral foot"},
    )
    arch_height_mm: float = Field(
        default_factory=_arch_height,
        ge=12.0,
        le=90.0,
        description="Height of the navicular tuberosity over the unloaded sole",
        json_schema_extra={
            "default_text": "0.17 of foot length; flat 0.11, cavus 0.225, overpronating 0.145, "
            "supinating 0.19"
        },
    )
    heel_pad_thickness_mm: float = Field(
        default_factory=_of_typical_foot("heel_pad_thickness_mm"),
        ge=6.0,
        le=35.0,
        description="Skin to calcaneus under the heel, unloaded",
        json_schema_extra={"default_text": "0.067 of foot length"},
    )
    sole_roundness: float = Field(
        0.0,
        ge=0.0,
        le=1.5,
        description="Convexity of heel and ball of the unloaded sole: 0 plane as a footprint, 1 as "
        "round as an imprint in foam; a scan has its own",
    )
    metatarsal_roundness: float = Field(
        0.0,
        ge=0.0,
        le=1.0,
        description="Underside of the metatarsals: 0 heads that run level into their shafts, 1 "
        "heads as round as they are high, on shafts half as thick",
    )
    heel_rim_held: bool = Field(
        False,
        description="Whether the tissue's rim behind the heel follows the calcaneus, as skin and "
        "Achilles tendon hold it; a free rim folds over at heel strike",
    )
    tissue_stiffness_factor: float = Field(
        1.0,
        ge=0.2,
        le=10.0,
        description="Factor on the stiffness of all plantar tissue; 1 is the library's",
    )
    leg_length_difference_mm: float = Field(
        0.0,
        ge=-40.0,
        le=40.0,
        description="By how much the leg of the simulated side is longer than the other, in the "
        "bones; negative shorter; tilts the pelvis in standing and stance",
    )
    scan_file: InputPath | None = Field(
        None,
        description="Surface scan of the foot, a cast or an imprint (STL, PLY, OBJ): length, "
        "widths, arch and the shape of the sole are taken from it",
    )
    scan: Scan | None = None

    @property
    def standing_angles_deg(self) -> tuple[float, float]:
        """Ankle dorsiflexion and subtalar inversion of relaxed standing against a neutral foot."""
        return standing_angles_deg(self._posed_foot(), self.rearfoot_angle_deg)

    @property
    def walking_angles_deg(self) -> tuple[float, float]:
        """What normative curves of ankle and subtalar joint are raised by for this foot."""
        return standing_angles_deg(self._posed_foot(), self.rearfoot_angle_deg, loaded=False)

    def _posed_foot(self) -> FootDimensions:
        return FootDimensions(
            length_mm=self.foot_length_mm,
            arch_height_mm=self.arch_height_mm,
            posture_index=self.foot_posture_index,
        )

    @model_validator(mode="before")
    @classmethod
    def _type_of_index(cls, data: Any) -> Any:
        """Without a foot type, take the one that a posture index speaks for."""
        if not isinstance(data, dict) or "foot_type" in data:
            return data
        index = data.get("foot_posture_index")
        if isinstance(index, bool) or not isinstance(index, (int, float)):
            return data
        return {**data, "foot_type": type_of_index(index)}

    @field_validator("foot_posture_index")
    @classmethod
    def _index_goes_with_type(cls, index: float, info: ValidationInfo) -> float:
        foot_type = info.data.get("foot_type")
        if foot_type is not None:
            low, high = TYPICAL[foot_type].index_range
            if not low <= index <= high:
                raise wrong(
                    f"{index:g} does not go with foot_type = {foot_type!r}",
                    f"{low:g} to {high:g} with it, or another foot_type, or leave one out",
                )
        return index

    @field_validator("rearfoot_angle_deg")
    @classmethod
    def _rearfoot_goes_with_index(cls, angle: float, info: ValidationInfo) -> float:
        index = info.data.get("foot_posture_index")
        if index is not None:
            middle = rearfoot_angle_deg(index)
            low, high = middle - MOST_REARFOOT_MISFIT_DEG, middle + MOST_REARFOOT_MISFIT_DEG
            if not low <= angle <= high:
                least, most = REARFOOT_RANGE_DEG
                raise wrong(
                    f"{angle:g} does not go with a foot_posture_index of {index:g}",
                    f"{max(low, least):g} to {min(high, most):g} with it, or another posture index",
                )
        return angle

    @field_validator("arch_height_mm")
    @classmethod
    def _arch_goes_with_index_and_type(cls, arch: float, info: ValidationInfo) -> float:
        data = info.data
        length, foot_type = data.get("foot_length_mm"), data.get("foot_type")
        if length is None:
            return arch
        if data.get("arch_height_index") is not None:
            of_index = _arch_height(data)
            if abs(arch - of_index) > MOST_ARCH_MISFIT_MM:
                raise wrong(
                    f"{arch:g} does not go with an arch_height_index of "
                    f"{data['arch_height_index']:g}: two values of one thing",
                    f"one of the two; the index is {of_index:.1f} here",
                )
        if foot_type is not None:
            low, high = TYPICAL[foot_type].share_range
            if not low - 1e-4 <= arch / length <= high + 1e-4:
                raise wrong(
                    f"{arch:g} does not go with foot_type = {foot_type!r}",
                    f"{max(low * length, 12.0):.1f} to {min(high * length, 90.0):.1f} with it, "
                    "or another foot_type",
                )
        return arch

    @model_validator(mode="after")
    def _scan_has_a_file(self) -> Self:
        if self.scan is not None and self.scan_file is None:
            raise wrong("[scan] is given without subject.scan_file", "both, or neither")
        return self

    @model_validator(mode="after")
    def _legs_go_with_the_pelvis(self) -> Self:
        most = MOST_OBLIQUITY_SHARE * HIP_SPACING * 1000.0 * self.height_m
        if abs(self.leg_length_difference_mm) > most:
            raise wrong(
                f"leg_length_difference_mm = {self.leg_length_difference_mm:g} does not go with a "
                f"stature of {self.height_m:g} m",
                f"-{most:.1f} to {most:.1f} there, a quarter of the distance of the hips",
            )
        return self


def subject_warnings(subject: Subject) -> tuple[str, ...]:
    """What must be known of a subject."""
    said = []
    if subject.height_m < CHILD_HEIGHT_M:
        said.append(
            f"stature {subject.height_m:g} m: masses, centres and lengths of segments, muscles and "
            "discs are those of adults in proportion; a child's head and trunk are heavier, its "
            "legs shorter, its joints more flexible and its discs softer"
        )
    index = subject.body_mass_kg / subject.height_m**2
    low, high = USUAL_MASS_INDEX
    if not low <= index <= high:
        said.append(
            f"a body mass index of {index:.1f} kg/m2 lies outside {low:g} to {high:g}: the body's "
            "proportions, tissue and muscles are not known to hold there"
        )
    return tuple(said)
