# SPDX-License-Identifier: MIT
"""Tables ``[insole]`` and ``[baseline]`` of a scenario: shape, materials and wear."""

from __future__ import annotations

from typing import Any, Literal, Self

from pydantic import Field, model_validator

from materials.wear import CYCLES_PER_HOUR
from scenarios.schema_base import InputPath, Table, wrong

BAREFOOT = "none"
"""The insole material that stands for no insole."""

ZoneName = Literal["heel", "midfoot", "forefoot", "toes"]


class Layer(Table):
    """One layer of an insole."""

    material: str = Field(description="Material of the layer", min_length=1)
    thickness_mm: float = Field(ge=0.4, le=30.0, description="Thickness of the layer")


class Zone(Table):
    """A region of an insole with a material of its own."""

    region: ZoneName = Field(description="Region, by per cent of foot length")
    material: str = Field(description="Material of the region", min_length=1)


class Wear(Table):
    """How long an insole has been worn."""

    hours: float | None = Field(
        None,
        ge=0.0,
        le=20_000.0,
        description=f"Hours of walking, each of {CYCLES_PER_HOUR:g} load cycles of the foot",
        json_schema_extra={"default_text": "0, a new insole"},
    )
    cycles: float | None = Field(
        None,
        ge=0.0,
        le=1e8,
        description="Load cycles, in place of hours",
        json_schema_extra={"default_text": "0, a new insole", "allowed_text": "0 to 100000000"},
    )

    @property
    def load_cycles(self) -> float:
        """Load cycles so far, 0 of a new insole."""
        return self.cycles or CYCLES_PER_HOUR * (self.hours or 0.0)

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if self.hours is not None and self.cycles is not None:
            raise wrong("hours and cycles are both given", "one of the two")
        return self


def _insole_thickness(data: dict[str, Any]) -> float:
    layers: tuple[Layer, ...] = data.get("layers", ())
    return round(sum(layer.thickness_mm for layer in layers), 6) if layers else 6.0


class Insole(Table):
    """What lies between foot and ground."""

    material: str = Field(
        "eva_35",
        min_length=1,
        description='Material; "none" is barefoot. `solespine materials list` shows the names',
        json_schema_extra={"allowed_text": 'an insole material or "none"'},
    )
    material_file: InputPath | None = Field(
        None, description="Your own material file; its names can then be used like the library's"
    )
    layers: tuple[Layer, ...] = Field(
        (),
        strict=False,
        max_length=3,
        description="Layers from the top down, each a table of material and thickness_mm",
    )
    zones: tuple[Zone, ...] = Field(
        (),
        strict=False,
        max_length=4,
        description="Regions of another material (whole thickness, or the layer under the cover), "
        "each a table of region and material",
    )
    thickness_mm: float = Field(
        default_factory=_insole_thickness,
        ge=1.0,
        le=30.0,
        description="Thickness of the flat part",
        json_schema_extra={"default_text": "6, or the sum of the layers"},
    )
    conformity: float = Field(
        0.0,
        ge=0.0,
        le=1.0,
        description="0 is a flat top, 1 follows the unloaded sole; scales arch, cup and relief",
    )
    arch_height_mm: float | None = Field(
        None,
        ge=0.0,
        le=60.0,
        description="Highest point of the arch support over the flat top at conformity 1",
        json_schema_extra={"default_text": "the arch of the sole itself"},
    )
    heel_cup_depth_mm: float = Field(
        10.0, ge=0.0, le=25.0, description="Rise of the rim round the heel at conformity 1"
    )
    rearfoot_post_deg: float = Field(
        0.0, ge=-12.0, le=12.0, description="Wedge under the rearfoot, medial side up positive"
    )
    forefoot_post_deg: float = Field(
        0.0, ge=-12.0, le=12.0, description="Wedge under the forefoot, medial side up positive"
    )
    heel_lift_mm: float = Field(
        0.0, ge=0.0, le=25.0, description="Extra height under the heel, falling to 0 at the ball"
    )
    both_feet: bool = Field(
        True,
        description="Whether the other foot wears it too; if not, the other keeps the baseline's, "
        "and the pelvis tilts by the difference in height under the heel",
    )
    wear: Wear | None = Field(None, description="How long it has been worn; new where left out")

    @property
    def is_barefoot(self) -> bool:
        """Whether there is no insole at all."""
        return self.material == BAREFOOT

    @property
    def materials(self) -> tuple[str, ...]:
        """Every material that the insole names, in a fixed order, without repeats."""
        layers, zones = (layer.material for layer in self.layers), (z.material for z in self.zones)
        names = [self.material, *layers, *zones]
        return tuple(dict.fromkeys(names))

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.is_barefoot and (self.layers or self.zones):
            raise wrong(
                '"none" is barefoot and has no layers or zones',
                "one of the two; layers = [] and zones = [] take those of a scenario off",
            )
        total = sum(layer.thickness_mm for layer in self.layers)
        if self.layers and abs(total - self.thickness_mm) > 1e-3:
            raise wrong(
                f"thickness_mm is {self.thickness_mm:g}, the layers add up to {total:g}",
                "leave thickness_mm out, or make them equal",
            )
        regions = [zone.region for zone in self.zones]
        if len(set(regions)) != len(regions):
            raise wrong("a region is named twice in zones", "each region once")
        return self


class Baseline(Insole):
    """The insole on which the posture is calibrated, or where that was done."""

    calibration_dir: InputPath | None = Field(
        None, description="Result folder of the baseline run, instead of an insole"
    )

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if not self.both_feet:
            raise wrong("both_feet is false: a baseline is worn on both feet", "leave it out")
        others = sorted(self.model_fields_set - {"calibration_dir"})
        if self.calibration_dir is not None and others:
            raise wrong(
                f"calibration_dir and {', '.join(others)} are both given",
                "calibration_dir alone, or a table like [insole]",
            )
        return self
