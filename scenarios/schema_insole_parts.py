# SPDX-License-Identifier: MIT
"""Tables inside ``[insole]``: layers, zones, infill and wear."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from materials.lattice import DENSITY_RANGE, lattice_name
from materials.wear import CYCLES_PER_HOUR
from scenarios.schema_base import Table, wrong

ZoneName = Literal["heel", "midfoot", "forefoot", "toes", "arch"]


class Layer(Table):
    """One layer of an insole."""

    material: str = Field(description="Material of the layer", min_length=1)
    thickness_mm: float = Field(ge=0.4, le=30.0, description="Thickness of the layer")


class Zone(Table):
    """A region of an insole with a material or a thickness of its own."""

    region: ZoneName = Field(
        description="Region by per cent of foot length, or the arch: where the medial arch rises"
    )
    material: str | None = Field(
        None,
        description="Material of the region",
        min_length=1,
        json_schema_extra={"default_text": "that of the insole"},
    )
    thickness_mm: float | None = Field(
        None,
        ge=1.0,
        le=30.0,
        description="Thickness of the flat part there; passes into the next over 12 % of the "
        "foot. Layers keep theirs, the core takes the difference",
        json_schema_extra={"default_text": "that of the insole"},
    )

    @model_validator(mode="after")
    def _of_some_use(self) -> Self:
        if self.material is None and self.thickness_mm is None:
            raise wrong("neither material nor thickness_mm is given", "one of them, or both")
        if self.region == "arch" and self.thickness_mm is not None:
            raise wrong("thickness_mm of the arch", "arch_height_mm of the insole in its place")
        return self


class Infill(Table):
    """A printed lattice in place of the core's material."""

    material: str = Field(
        "tpu_95a", min_length=1, description="Solid that the lattice is printed of, an elastomer"
    )
    relative_density: float = Field(
        0.2,
        ge=DENSITY_RANGE[0],
        le=DENSITY_RANGE[1],
        description="Share of the volume that is solid; modulus goes with its square",
    )

    @property
    def name(self) -> str:
        """Name of the lattice as a material."""
        return lattice_name(self.material, self.relative_density)


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
