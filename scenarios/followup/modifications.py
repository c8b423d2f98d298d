# SPDX-License-Identifier: MIT
"""Single changes of an insole, each from its table ``[insole]`` to the keys that change.

A change is one that is made at a bench or printed anew: a degree of post, a softer plug under the
heel, a thicker core. What cannot be done to a design says why.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from materials.lattice import DENSITY_RANGE
from scenarios.catalogue import insole_record
from scenarios.material_search import Wanted, figures_of, found
from scenarios.schema_insole import CORE_LAYER, Insole, ZoneName

Change = Mapping[str, object]
"""Keys of ``[insole]`` and their new values; None takes a key away."""

POST_STEP_DEG = 2.0
CONFORMITY_STEP = 0.5
CUP_STEP_MM = 5.0
THICKNESS_STEP_MM = 2.0
RELIEF_STEP = 0.25
PAD_STEP_MM = 4.0
PLUG_MM = 30.0
HALF, TWICE = 0.5, 2.0
NEAR = 2.0
"""How many times a material may miss half or twice the stiffness; one of the same series counts as
missing the square root of it."""
LEAST_STEP = 0.75
"""Part of the stiffness, or its inverse, from which on a material is another one to the foot."""


def limits(key: str) -> tuple[float, float]:
    """Range of a key of ``[insole]``."""
    bounds = Insole.model_fields[key].metadata
    low = next(bound.ge for bound in bounds if hasattr(bound, "ge"))
    high = next(bound.le for bound in bounds if hasattr(bound, "le"))
    return float(low), float(high)


class NoChange(Exception):
    """A design to which a change cannot be made; the text says why."""


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
    return _raised(insole, "heel_cup_depth_mm", CUP_STEP_MM)


def softer_heel(insole: Insole) -> Change:
    """About half the stiffness under the heel."""
    return _softer_zone(insole, "heel")


def softer_forefoot(insole: Insole) -> Change:
    """About half the stiffness under the forefoot."""
    return _softer_zone(insole, "forefoot")


def thicker(insole: Insole) -> Change:
    """More height to be compressed."""
    most = limits("thickness_mm")[1]
    if insole.thickness_mm + THICKNESS_STEP_MM > most:
        raise NoChange(f"thickness_mm is {insole.thickness_mm:g}, at most {most:g}")
    total = round(insole.thickness_mm + THICKNESS_STEP_MM, 6)
    if not insole.layers:
        return {"thickness_mm": total}
    layers = [layer.model_dump() for layer in insole.layers]
    core = layers[CORE_LAYER[len(layers)]]
    core["thickness_mm"] = round(core["thickness_mm"] + THICKNESS_STEP_MM, 6)
    return {"layers": layers, "thickness_mm": total}


def firmer(insole: Insole) -> Change:
    """About twice the stiffness of the core."""
    if insole.infill is not None:
        density = insole.infill.relative_density
        if density >= DENSITY_RANGE[1]:
            raise NoChange(f"infill.relative_density is {density:g} already")
        more = min(DENSITY_RANGE[1], round(density * math.sqrt(TWICE), 3))
        return {"infill": insole.infill.model_dump() | {"relative_density": more}}
    name = _near(insole, insole.core_material, TWICE)
    if not insole.layers:
        return {"material": name}
    layers = [layer.model_dump() for layer in insole.layers]
    layers[CORE_LAYER[len(layers)]]["material"] = name
    return {"layers": layers}


def metatarsal_pad(insole: Insole) -> Change:
    """A dome behind the metatarsal heads, or a higher one."""
    return _raised(insole, "metatarsal_pad_height_mm", PAD_STEP_MM)


def heel_plug(insole: Insole) -> Change:
    """A round plug of softer material under the heel."""
    if insole.heel_plug_diameter_mm > 0.0:
        raise NoChange("there is a heel plug already")
    around = insole.region_materials.get("heel", insole.core_material)
    name = _near(insole, around, HALF)
    return {"heel_plug_diameter_mm": PLUG_MM, "heel_plug_material": name}


def softer_arch(insole: Insole) -> Change:
    """An arch that is hollowed, or of thinner infill."""
    return _arch(insole, HALF)


def stiffer_arch(insole: Insole) -> Change:
    """An arch that is filled."""
    if insole.conformity <= 0.0:
        raise NoChange("conformity is 0: there is no arch to be filled")
    return _arch(insole, TWICE)


def medial_post(insole: Insole) -> Change:
    """A wedge that raises the medial side under the rearfoot."""
    return _raised(insole, "rearfoot_post_deg", POST_STEP_DEG)


def _raised(insole: Insole, key: str, step: float) -> Change:
    """A number by a step more, as far as its range goes."""
    value, most = float(getattr(insole, key)), limits(key)[1]
    if value >= most:
        raise NoChange(f"{key} is {value:g} already")
    return {key: min(most, value + step)}


def _arch(insole: Insole, factor: float) -> Change:
    if "arch" in insole.region_materials:
        raise NoChange("the arch has a material of its own")
    low, high = limits("arch_stiffness_factor")
    new = min(high, max(low, factor * insole.arch_stiffness_factor))
    if new == insole.arch_stiffness_factor:
        raise NoChange(f"arch_stiffness_factor is {new:g} already")
    return {"arch_stiffness_factor": new}


def _softer_zone(insole: Insole, region: ZoneName) -> Change:
    name = _near(insole, insole.region_materials.get(region, insole.core_material), HALF)
    zones = {zone.region: zone.model_dump(exclude_none=True) for zone in insole.zones}
    zones[region] = {"region": region} | zones.get(region, {}) | {"material": name}
    return {"zones": list(zones.values())}


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
