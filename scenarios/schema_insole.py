# SPDX-License-Identifier: MIT
"""Tables ``[insole]`` and ``[baseline]`` of a scenario: shape, materials and wear."""

from __future__ import annotations

from typing import Any, Literal, Self

from pydantic import Field, model_validator

from scenarios.schema_base import InputPath, Table, wrong
from scenarios.schema_insole_parts import Infill, Layer, Wear, Zone, ZoneName

__all__ = ["BAREFOOT", "Baseline", "Infill", "Insole", "Layer", "Wear", "Zone", "ZoneName"]

BAREFOOT = "none"
"""The insole material that stands for no insole."""

CORE_LAYER = {0: 0, 1: 0, 2: 1, 3: 1}
"""Index of the layer that is the core, by the number of layers."""


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
        max_length=5,
        description="Regions of another material (whole thickness, or the layer under the cover) "
        "or thickness, each a table of region, material and thickness_mm",
    )
    infill: Infill | None = Field(
        None, description="A printed lattice in place of the core's material"
    )
    thickness_mm: float = Field(
        default_factory=_insole_thickness,
        ge=1.0,
        le=30.0,
        description="Thickness of the flat part",
        json_schema_extra={"default_text": "6, or the sum of the layers"},
    )
    length: Literal["full", "three_quarter"] = Field(
        "full", description="Under the whole foot, or ending behind the metatarsal heads"
    )
    end_behind_heads_mm: float = Field(
        5.0,
        ge=0.0,
        le=30.0,
        description="How far a three-quarter insole ends behind the line of the metatarsal heads",
    )
    edge_thickness_mm: float = Field(
        1.0, ge=0.8, le=3.0, description="Thickness to which a three-quarter insole runs out"
    )
    outline_offset_mm: float = Field(
        4.0, ge=1.0, le=12.0, description="How far the outline reaches beyond the foot's"
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
    arch_position_mm: float = Field(
        0.0, ge=-20.0, le=20.0, description="Arch support forward of the foot's own arch"
    )
    arch_stiffness_factor: float = Field(
        1.0,
        ge=0.1,
        le=10.0,
        description="Factor on the stiffness of the core in the region of the medial arch: below "
        "1 an arch that is hollowed or of thinner infill, above 1 a filled one",
    )
    stiffness_factor: float = Field(
        1.0,
        ge=0.1,
        le=10.0,
        description="Factor on the stiffness of all its materials, for what is uncertain in them; "
        "1 is the library's",
    )
    heel_cup_depth_mm: float = Field(
        10.0, ge=0.0, le=25.0, description="Rise of the rim round the heel at conformity 1"
    )
    border_mm: float = Field(
        2.5,
        ge=0.0,
        le=10.0,
        description="Rise of the rim round midfoot and forefoot at conformity 1",
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
    metatarsal_pad_height_mm: float = Field(
        0.0, ge=0.0, le=12.0, description="Dome behind the metatarsal heads, 0 is none"
    )
    metatarsal_pad_behind_mm: float = Field(
        10.0, ge=0.0, le=25.0, description="Front edge of the pad behind the third metatarsal head"
    )
    metatarsal_pad_length_mm: float | None = Field(
        None,
        ge=20.0,
        le=80.0,
        description="Length of the pad",
        json_schema_extra={"default_text": "0.18 of foot length"},
    )
    metatarsal_pad_width_mm: float | None = Field(
        None,
        ge=20.0,
        le=80.0,
        description="Width of the pad",
        json_schema_extra={"default_text": "0.42 of ball width"},
    )
    first_ray_cutout_mm: float = Field(
        0.0, ge=0.0, le=8.0, description="Relief under the first metatarsal head, 0 is none"
    )
    heel_plug_diameter_mm: float = Field(
        0.0,
        ge=0.0,
        le=60.0,
        description="Round plug of another material under the heel, 10 and more; 0 is none",
    )
    heel_plug_material: str = Field(
        "poron_soft", min_length=1, description="Material of the heel plug"
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
    def core_material(self) -> str:
        """Material of the layer that zones and plug take the place of."""
        if self.infill is not None:
            return self.infill.name
        if self.layers:
            return self.layers[CORE_LAYER[len(self.layers)]].material
        return self.material

    @property
    def layer_materials(self) -> tuple[str, ...]:
        """Material of each layer from the top down; one entry without layers."""
        names = [layer.material for layer in self.layers] or [self.material]
        names[CORE_LAYER[len(self.layers)]] = self.core_material
        return tuple(names)

    @property
    def region_materials(self) -> dict[str, str]:
        """Material of the zones, and of the heel plug, that have one of their own."""
        own = {zone.region: zone.material for zone in self.zones}
        found: dict[str, str] = {name: one for name, one in own.items() if one is not None}
        if self.heel_plug_diameter_mm > 0.0:
            found["heel_plug"] = self.heel_plug_material
        return found

    @property
    def materials(self) -> tuple[str, ...]:
        """What it is made of, from the top down, without repeats; under layers not `material`."""
        return tuple(dict.fromkeys([*self.layer_materials, *self.region_materials.values()]))

    @property
    def made_of(self) -> str:
        """Materials and thickness in words."""
        return f"{'/'.join(self.materials)} {self.thickness_mm:g} mm"

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.is_barefoot and (self.layers or self.zones):
            raise wrong(
                '"none" is barefoot and has no layers or zones',
                "one of the two; layers = [] and zones = [] take those of a scenario off",
            )
        if self.is_barefoot and self.infill is not None:
            raise wrong('"none" is barefoot and has no infill', "one of the two")
        total = sum(layer.thickness_mm for layer in self.layers)
        if self.layers and abs(total - self.thickness_mm) > 1e-3:
            raise wrong(
                f"thickness_mm is {self.thickness_mm:g}, the layers add up to {total:g}",
                "leave thickness_mm out, or make them equal",
            )
        regions = [zone.region for zone in self.zones]
        if len(set(regions)) != len(regions):
            raise wrong("a region is named twice in zones", "each region once")
        if "arch" in regions and self.arch_stiffness_factor != 1.0:
            raise wrong(
                "arch_stiffness_factor and a zone arch of its own material are both given",
                "one of the two",
            )
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
