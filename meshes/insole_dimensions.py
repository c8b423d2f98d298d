# SPDX-License-Identifier: MIT
"""The numbers that describe an insole, their ranges, and which of them contradict each other."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from meshes.errors import MeshError, require_range

MIN_THICKNESS_MM = 0.8
"""Thinnest core of a layered insole, and thinnest place of any insole."""

MIN_PLUG_MM = 10.0

FROM_FOOT = float("nan")
"""Arch height that follows the foot's own plantar arch."""

InsoleLength = Literal["full", "three_quarter"]
ZoneName = Literal["heel", "midfoot", "forefoot", "toes", "arch"]

_RANGES = {
    "thickness_mm": (1.0, 40.0),
    "conformity": (0.0, 1.0),
    "arch_height_mm": (0.0, 60.0),
    "arch_position_mm": (-20.0, 20.0),
    "heel_cup_depth_mm": (0.0, 25.0),
    "border_mm": (0.0, 10.0),
    "rearfoot_post_deg": (-12.0, 12.0),
    "forefoot_post_deg": (-12.0, 12.0),
    "heel_lift_mm": (0.0, 40.0),
    "offset_mm": (1.0, 12.0),
    "heel_thickness_mm": (1.0, 40.0),
    "midfoot_thickness_mm": (1.0, 40.0),
    "forefoot_thickness_mm": (1.0, 40.0),
    "toes_thickness_mm": (1.0, 40.0),
    "metatarsal_pad_height_mm": (0.0, 12.0),
    "metatarsal_pad_behind_mm": (0.0, 25.0),
    "metatarsal_pad_length_mm": (20.0, 80.0),
    "metatarsal_pad_width_mm": (20.0, 80.0),
    "first_ray_cutout_mm": (0.0, 8.0),
    "heel_plug_diameter_mm": (0.0, 60.0),
    "end_behind_heads_mm": (0.0, 30.0),
    "edge_thickness_mm": (MIN_THICKNESS_MM, 3.0),
}


@dataclass(frozen=True, slots=True)
class InsoleDimensions:
    """Shape of an insole.

    Attributes:
        thickness_mm: where the top is not raised, 1 to 40.
        conformity: 0 flat top, 1 the shape of the unloaded sole; scales arch, cup and relief.
        arch_height_mm: highest point of the medial arch over the flat top at conformity 1, 0 to
            60; the foot's own plantar arch where it is left out.
        heel_cup_depth_mm: rise of the rim round the heel at conformity 1, 0 to 25.
        border_mm: rise of the rim round midfoot and forefoot at conformity 1, 0 to 10.
        rearfoot_post_deg: tilt of the top under the heel about its long axis, positive raises the
            medial side, -12 to 12.
        forefoot_post_deg: the same under the forefoot.
        heel_lift_mm: raise under the heel, running out at the ball, 0 to 40.
        offset_mm: how far the outline reaches beyond the foot's, 1 to 12.
        cover_thickness_mm: top layer tagged INSOLE_COVER, 0 none.
        shell_thickness_mm: bottom layer tagged INSOLE_SHELL, 0 none.
        arch_position_mm: how far the arch support lies in front of the foot's own arch, -20 to 20.
        heel_thickness_mm: flat part under the heel, 1 to 40; `thickness_mm` where it is left out.
        midfoot_thickness_mm: the same under the midfoot.
        forefoot_thickness_mm: the same under the forefoot.
        toes_thickness_mm: the same under the toes.
        metatarsal_pad_height_mm: rise of the dome behind the metatarsal heads, 0 none, to 12.
        metatarsal_pad_behind_mm: how far its front edge lies behind the heads, 0 to 25.
        metatarsal_pad_length_mm: its length, 20 to 80, 0.18 of foot length where it is left out.
        metatarsal_pad_width_mm: its width, 20 to 80, 0.42 of ball width where it is left out.
        first_ray_cutout_mm: relief under the first metatarsal head, 0 none, to 8.
        heel_plug_diameter_mm: round zone tagged INSOLE_PLUG under the heel, 0 none, 10 to 60.
        length: whole, or ending behind the metatarsal heads.
        end_behind_heads_mm: how far a three-quarter insole ends behind the heads, 0 to 30.
        edge_thickness_mm: to which its front runs out, 0.8 to 3.
        zones: regions in plan with a cell tag of their own; the arch goes before the others.

    Raises:
        MeshError: a value is out of its range, the layers leave no core, or parts of the shape
            contradict each other (list in docs/guide/insole.md).
    """

    thickness_mm: float = 6.0
    conformity: float = 0.0
    arch_height_mm: float = FROM_FOOT
    heel_cup_depth_mm: float = 10.0
    border_mm: float = 2.5
    rearfoot_post_deg: float = 0.0
    forefoot_post_deg: float = 0.0
    heel_lift_mm: float = 0.0
    offset_mm: float = 4.0
    cover_thickness_mm: float = 0.0
    shell_thickness_mm: float = 0.0
    arch_position_mm: float = 0.0
    heel_thickness_mm: float | None = None
    midfoot_thickness_mm: float | None = None
    forefoot_thickness_mm: float | None = None
    toes_thickness_mm: float | None = None
    metatarsal_pad_height_mm: float = 0.0
    metatarsal_pad_behind_mm: float = 10.0
    metatarsal_pad_length_mm: float | None = None
    metatarsal_pad_width_mm: float | None = None
    first_ray_cutout_mm: float = 0.0
    heel_plug_diameter_mm: float = 0.0
    length: InsoleLength = "full"
    end_behind_heads_mm: float = 5.0
    edge_thickness_mm: float = 1.0
    zones: tuple[ZoneName, ...] = ()

    def __post_init__(self) -> None:
        for name, (low, high) in _RANGES.items():
            value = getattr(self, name)
            if value is not None and not (name == "arch_height_mm" and math.isnan(value)):
                require_range(name, value, low, high)
        if self.heel_plug_diameter_mm != 0.0:
            require_range("heel_plug_diameter_mm", self.heel_plug_diameter_mm, MIN_PLUG_MM, 60.0)
        for name in ("cover_thickness_mm", "shell_thickness_mm"):
            value = getattr(self, name)
            if value != 0.0:
                require_range(name, value, 0.4, self.thickness_mm)
        core = self.thickness_mm - self.layers_mm
        if core < MIN_THICKNESS_MM and core < self.thickness_mm:
            raise MeshError(
                "thickness_mm",
                f"{core:.2f} mm are left between cover and shell",
                f"at least cover, shell and {MIN_THICKNESS_MM:g} mm",
            )
        if self.is_short:
            self._check_short()

    @property
    def is_short(self) -> bool:
        """Whether it ends behind the metatarsal heads."""
        return self.length == "three_quarter"

    @property
    def layers_mm(self) -> float:
        """Cover and shell together."""
        return self.cover_thickness_mm + self.shell_thickness_mm

    @property
    def own_thicknesses_mm(self) -> tuple[float | None, ...]:
        """Thickness of heel, midfoot, forefoot and toes, None where it is the insole's."""
        return (
            *(self.heel_thickness_mm, self.midfoot_thickness_mm),
            *(self.forefoot_thickness_mm, self.toes_thickness_mm),
        )

    @property
    def zone_thicknesses_mm(self) -> tuple[float, ...]:
        """Thickness of heel, midfoot, forefoot and toes."""
        return tuple(self.thickness_mm if t is None else t for t in self.own_thicknesses_mm)

    def _check_short(self) -> None:
        """Refuse what lies in front of the end of a three-quarter insole."""
        end = 'a three-quarter insole ends behind it; length = "full"'
        for name, what in (
            ("forefoot_post_deg", "a post under the forefoot"),
            ("first_ray_cutout_mm", "a cut-out under the first metatarsal head"),
        ):
            if getattr(self, name) != 0.0:
                raise MeshError(name, f"{what} is in front of a three-quarter insole", f"0; {end}")
        if self.toes_thickness_mm is not None:
            raise MeshError(
                "toes_thickness_mm", "the toes lie in front of a three-quarter insole", end
            )
        if "toes" in self.zones:
            raise MeshError("zones", "the toes lie in front of a three-quarter insole", end)
        if self.edge_thickness_mm > self.thickness_mm:
            raise MeshError(
                "edge_thickness_mm",
                f"{self.edge_thickness_mm:g} mm is more than the insole's {self.thickness_mm:g}",
                f"at most {self.thickness_mm:g}",
            )
