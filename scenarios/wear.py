# SPDX-License-Identifier: MIT
"""Wear of an insole table: state of its materials, thickness left, and what must be said of it.

Set is uniform over a layer, not by pressure; arch, cup, posts and heel lift stay as they were made.
The core of an insole with zones gets the mean of its materials' sets by length of the zones, since
it has one thickness; each zone keeps its own stiffness. Arch region and heel plug are too small to
count in that mean.
"""

from __future__ import annotations

from materials.wear import NEW, WearState, wear_model
from scenarios.catalogue import insole_record
from scenarios.schema_insole import CORE_LAYER, Insole

ZONE_SHARES = {"heel": 0.31, "midfoot": 0.20, "forefoot": 0.30, "toes": 0.19}
"""Part of foot length that each zone takes, as in `scenarios.plantar`."""


def load_cycles(table: Insole) -> float:
    """Load cycles that an insole has taken; 0 for a new one and barefoot."""
    return 0.0 if table.wear is None or table.is_barefoot else table.wear.load_cycles


def wear_state(table: Insole, material: str) -> WearState:
    """State of one material of an insole; new where the material does not wear."""
    cycles = load_cycles(table)
    model = wear_model(insole_record(table, material)) if cycles > 0.0 else None
    return NEW if model is None else model.at(cycles)


def layer_thicknesses_mm(table: Insole) -> tuple[float, ...]:
    """Thickness that is left of each layer, from the top down; one entry without layers."""
    new = [layer.thickness_mm for layer in table.layers] or [table.thickness_mm]
    lost = [wear_state(table, name).set_share for name in table.layer_materials]
    core = CORE_LAYER[len(table.layers)]
    base = lost[core]
    for region, material in table.region_materials.items():
        other = wear_state(table, material).set_share
        lost[core] += ZONE_SHARES.get(region, 0.0) * (other - base)
    return tuple((1.0 - share) * thickness for share, thickness in zip(lost, new, strict=True))


def thickness_mm(table: Insole) -> float:
    """Thickness that is left of the flat part."""
    if load_cycles(table) == 0.0:
        return table.thickness_mm
    return sum(layer_thicknesses_mm(table))


def wear_words(table: Insole) -> str:
    """``", worn 500 h"``, empty for a new insole."""
    if table.wear is None or load_cycles(table) == 0.0:
        return ""
    if table.wear.hours is not None:
        return f", worn {table.wear.hours:g} h"
    return f", worn {table.wear.load_cycles:g} cycles"


def wear_warnings(table: Insole, name: str = "insole") -> tuple[str, ...]:
    """What must be known of a worn insole.

    Args:
        table: the insole.
        name: table of the scenario in which it stands, ``"insole"`` or ``"baseline"``.
    """
    if table.wear is None or table.wear.load_cycles == 0.0:
        return ()
    if table.is_barefoot:
        return (f"{name}.wear has no effect barefoot",)
    kept = [m for m in table.materials if wear_model(insole_record(table, m)) is None]
    said = [
        f"{name}.wear has no effect on {m}: no wear of it is known (docs/theory/wear.md)"
        for m in kept
    ]
    if len(kept) < len(table.materials):
        said.append(
            f"wear of foams ({name}.wear) is an engineering default with wide ranges, the same "
            "over the whole insole: docs/theory/wear.md"
        )
    return tuple(said)
