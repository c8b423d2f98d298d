# SPDX-License-Identifier: MIT
"""Single changes of an insole, each from its table ``[insole]`` to the keys that change.

A change is one that is made at a bench or printed anew: a degree of post, a softer plug under the
heel, a thicker core. What cannot be done to a design says why.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from scenarios.catalogue import insole_record
from scenarios.material_search import Wanted, figures_of, found
from scenarios.schema_insole import Insole, ZoneName

Change = Mapping[str, object]
"""Keys of ``[insole]`` and their new values; None takes a key away."""

POST_STEP_DEG = 2.0
CONFORMITY_STEP = 0.5
CUP_STEP_MM = 5.0
THICKNESS_STEP_MM = 2.0
RELIEF_STEP = 0.25
MOST_POST_DEG = 12.0
MOST_CUP_MM = 25.0
MOST_THICKNESS_MM = 30.0
HALF, TWICE = 0.5, 2.0
NEAR = 2.0
"""How many times a material may miss half or twice the stiffness; one of the same series counts as
missing the square root of it."""
LEAST_STEP = 0.75
"""Part of the stiffness, or its inverse, from which on a material is another one to the foot."""


class NoChange(Exception):
    """A design to which a change cannot be made; the text says why."""


def core_material(insole: Insole) -> str:
    """The material that carries: of the layer under the cover, or of the whole insole."""
    return insole.layers[_core(insole)].material if insole.layers else insole.material


def more_conformity(insole: Insole) -> Change:
    """Nearer to the shape of the sole."""
    if insole.conformity >= 1.0:
        raise NoChange("conformity is 1 already")
    return {"conformity": min(1.0, insole.conformity + CONFORMITY_STEP)}


def less_conformity(insole: Insole) -> Change:
    """A lower arch and less relief."""
    if insole.conformity <= 0.0:
        raise NoChange("conformity is 0 already")
    return {"conformity": max(0.0, insole.conformity - RELIEF_STEP)}


def deeper_cup(insole: Insole) -> Change:
    """A higher rim round the heel."""
    if insole.conformity <= 0.0:
        raise NoChange("conformity is 0, by which the rim is scaled")
    if insole.heel_cup_depth_mm >= MOST_CUP_MM:
        raise NoChange(f"heel_cup_depth_mm is {MOST_CUP_MM:g} already")
    return {"heel_cup_depth_mm": min(MOST_CUP_MM, insole.heel_cup_depth_mm + CUP_STEP_MM)}


def softer_heel(insole: Insole) -> Change:
    """About half the stiffness under the heel."""
    return _softer_zone(insole, "heel")


def softer_forefoot(insole: Insole) -> Change:
    """About half the stiffness under the forefoot."""
    return _softer_zone(insole, "forefoot")


def softer_midfoot(insole: Insole) -> Change:
    """About half the stiffness under the midfoot."""
    return _softer_zone(insole, "midfoot")


def thicker(insole: Insole) -> Change:
    """More height to be compressed."""
    if insole.thickness_mm + THICKNESS_STEP_MM > MOST_THICKNESS_MM:
        raise NoChange(f"thickness_mm is {insole.thickness_mm:g}, at most {MOST_THICKNESS_MM:g}")
    total = round(insole.thickness_mm + THICKNESS_STEP_MM, 6)
    if not insole.layers:
        return {"thickness_mm": total}
    layers = [layer.model_dump() for layer in insole.layers]
    core = layers[_core(insole)]
    core["thickness_mm"] = round(core["thickness_mm"] + THICKNESS_STEP_MM, 6)
    return {"layers": layers, "thickness_mm": total}


def firmer(insole: Insole) -> Change:
    """About twice the stiffness."""
    name = _near(insole, core_material(insole), TWICE)
    if not insole.layers:
        return {"material": name}
    layers = [layer.model_dump() for layer in insole.layers]
    layers[_core(insole)]["material"] = name
    return {"layers": layers}


def medial_post(insole: Insole) -> Change:
    """A wedge that raises the medial side under the rearfoot."""
    if insole.rearfoot_post_deg >= MOST_POST_DEG:
        raise NoChange(f"rearfoot_post_deg is {MOST_POST_DEG:g} already")
    return {"rearfoot_post_deg": min(MOST_POST_DEG, insole.rearfoot_post_deg + POST_STEP_DEG)}


def _softer_zone(insole: Insole, region: ZoneName) -> Change:
    there = {zone.region: zone.material for zone in insole.zones}
    name = _near(insole, there.get(region, core_material(insole)), HALF)
    zones = [zone.model_dump() for zone in insole.zones if zone.region != region]
    return {"zones": [*zones, {"region": region, "material": name}]}


def _near(insole: Insole, name: str, factor: float) -> str:
    """The material of the same family nearest to a multiple of a material's stiffness."""
    record = insole_record(insole, name)
    modulus = figures_of(record).modulus_mpa
    family = record.family
    if modulus is None or not family:
        raise NoChange(f"no family is known of {name}")
    series = name.partition("_")[0]
    best, least = "", math.log(NEAR)
    for other, figures in found(Wanted(kind="insole", family=family), insole.material_file):
        if figures.modulus_mpa is None or other.name == name:
            continue
        ratio = figures.modulus_mpa / modulus
        if ratio > LEAST_STEP if factor < 1.0 else ratio < 1.0 / LEAST_STEP:
            continue
        miss = abs(math.log(ratio / factor))
        if other.name.partition("_")[0] == series:
            miss *= 0.5
        if miss < least:
            best, least = other.name, miss
    if not best:
        what = "half" if factor < 1.0 else "twice"
        raise NoChange(f"no {family} of about {what} the stiffness of {name}")
    return best


def _core(insole: Insole) -> int:
    """Index of the layer between cover and shell."""
    return min(1, len(insole.layers) - 1)
