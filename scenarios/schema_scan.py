# SPDX-License-Identifier: MIT
"""Table ``[subject.scan]``, for short ``[scan]``: what is known of a scan and need not be found."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, JsonValue, model_validator

from scenarios.schema_base import Table, wrong

ScanUnit = Literal["auto", "mm", "cm", "m", "inch", "foot_length"]
ScanKind = Literal["auto", "foot", "cast", "imprint"]
ScanSide = Literal["auto", "right", "left"]


def _point(value: object) -> object:
    """Check a point: three numbers in a list."""
    if isinstance(value, list | tuple) and len(value) == 3:
        if all(isinstance(x, int | float) and not isinstance(x, bool) for x in value):
            return tuple(float(x) for x in value)
    if value is None:
        return None
    raise wrong(f"got {value!r}", "three numbers [x, y, z]")


Point = Annotated[tuple[float, float, float] | None, BeforeValidator(_point)]
_THREE: dict[str, JsonValue] = {
    "allowed_text": "[x, y, z] in the file's own coordinates",
    "default_text": "found",
}


class Scan(Table):
    """What is known of a scan; without it all is inferred and said."""

    unit: ScanUnit = Field(
        "auto",
        description="Unit of the file's coordinates; auto takes the one in which the foot is 150 "
        "to 320 mm long, foot_length scales the scan to `subject.foot_length_mm`",
    )
    mm_per_unit: float | None = Field(
        None,
        ge=1e-5,
        le=1e5,
        description="Millimetres in one unit of the file, in place of unit",
        json_schema_extra={"default_text": "that of unit", "allowed_text": "1e-05 to 1e+05"},
    )
    kind: ScanKind = Field(
        "auto", description="What was scanned: a foot, a cast of it, or its imprint"
    )
    side: ScanSide = Field(
        "auto",
        description="Foot that was scanned; auto finds it, and it must be `subject.side`",
    )
    heel_xyz: Point = Field(
        None, description="Skin under the heel's centre", json_schema_extra=_THREE
    )
    metatarsal_1_xyz: Point = Field(
        None, description="Skin under the first metatarsal head", json_schema_extra=_THREE
    )
    metatarsal_5_xyz: Point = Field(
        None, description="Skin under the fifth metatarsal head", json_schema_extra=_THREE
    )

    @property
    def marks(self) -> tuple[tuple[float, ...], ...] | None:
        """The three landmarks, None where they are to be found."""
        given = (self.heel_xyz, self.metatarsal_1_xyz, self.metatarsal_5_xyz)
        points = tuple(point for point in given if point is not None)
        return points if len(points) == 3 else None

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        points = (self.heel_xyz, self.metatarsal_1_xyz, self.metatarsal_5_xyz)
        missing = sum(point is None for point in points)
        if missing not in (0, 3):
            raise wrong(
                f"{3 - missing} of three landmarks given",
                "heel_xyz, metatarsal_1_xyz and metatarsal_5_xyz, or none of them",
            )
        if self.mm_per_unit is not None and self.unit != "auto":
            raise wrong("unit and mm_per_unit are both given", "one of the two")
        return self
