# SPDX-License-Identifier: MIT
"""What bodies, regions and fields of the field files are called for a reader, with units."""

from __future__ import annotations

from dataclasses import dataclass

from meshes.tags import Region

FOOT = ("foot_tissue", "foot_bones", "insole")
"""Bodies of the view on the foot; discs, vertebrae and the cut vertebra are that on the spine."""
REGION, SEGMENT, DISPLACEMENT = "region", "segment", "displacement_mm"

_BODIES = {
    "foot_tissue": "foot tissue",
    "foot_bones": "foot bones",
    "insole": "insole",
    "leg_bones_tibia": "tibia",
    "leg_bones": "femur and pelvis",
    "vertebrae": "sacrum and vertebrae",
}
_SEGMENTS = {
    "leg_bones": ("femur", "pelvis"),
    "vertebrae": ("sacrum", "L5", "L4", "L3", "L2", "L1"),
}
_LABELS = {
    "cauchy_von_mises_mpa": "von Mises stress",
    "contact_pressure_mpa": "contact pressure",
    "max_principal_strain": "largest principal strain",
    "min_principal_strain": "smallest principal strain",
    "min_principal_mpa": "smallest principal stress",
    "fibre_strain": "fibre strain",
    "disc_pressure_mpa": "disc pressure",
    DISPLACEMENT: "displacement",
    REGION: "region",
}
_INSIDE = ("cancellous core", "cortical shell", "bony endplate")
"""Regions of a solved vertebra, numbered from 0."""
_UNITS = {"mpa": "MPa", "kpa": "kPa", "mm": "mm", "n": "N", "deg": "°", "s": "s", "j": "J"}
_IN_KPA = ("contact_pressure_mpa",)
"""Stored in MPa, read in kPa: pressure under the foot."""


@dataclass(frozen=True, slots=True)
class Field:
    """A quantity of the field files.

    Attributes:
        name: of the data in the files.
        label: for a reader, without the unit.
        unit: of what is shown; empty for a number without one.
        factor: from the stored value to the shown one.
    """

    name: str
    label: str
    unit: str
    factor: float = 1.0

    @property
    def title(self) -> str:
        """Label and unit, as over a colour bar."""
        return f"{self.label} ({self.unit})" if self.unit else self.label

    def text(self, value: float) -> str:
        """A stored value as a reader reads it."""
        return f"{value * self.factor:.4g} {self.unit}".rstrip()


def field_of(name: str) -> Field:
    """A field by the name of its data; an unknown one is labelled by its name."""
    stem, _, last = name.rpartition("_")
    unit = _UNITS.get(last, "") if stem else ""
    label = _LABELS.get(name, (stem if unit else name).replace("_", " "))
    if name in _IN_KPA:
        return Field(name, label, "kPa", 1000.0)
    return Field(name, label, unit)


def body_label(name: str) -> str:
    """A body by the name of its files, such as ``disc L4-L5`` for ``disc_l4_l5``."""
    if name.startswith("disc_"):
        return "disc " + name.removeprefix("disc_").upper().replace("_", "-")
    if name.startswith("vertebra_"):
        return f"inside of {name.removeprefix('vertebra_').upper()}"
    return _BODIES.get(name, name.replace("_", " "))


def part_label(body: str, kind: str, number: float) -> str:
    """The region or segment of a body that a stored number stands for."""
    index = round(number)
    if kind == SEGMENT:
        names = _SEGMENTS.get(body, ())
        return names[index] if 0 <= index < len(names) else f"segment {index}"
    if body.startswith("vertebra_"):
        return _INSIDE[index] if 0 <= index < len(_INSIDE) else f"region {index}"
    try:
        return Region(index).name.lower().replace("_", " ")
    except ValueError:
        return f"region {index}"


def is_spine(name: str) -> bool:
    """Whether a body is shown in the view on the lumbar spine."""
    return name.startswith(("disc_", "vertebra"))
