# SPDX-License-Identifier: MIT
"""From an insole table to the dimensions, cell tags and materials of its mesh."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from materials.build import law_of
from materials.law import Law
from materials.prony import PronySeries
from materials.record import MaterialRecord
from materials.worn import worn_law
from meshes.insole import InsoleDimensions
from meshes.tagged import TaggedMesh
from meshes.tags import Region
from scenarios import plantar
from scenarios.catalogue import insole_record
from scenarios.schema_insole import Insole
from scenarios.wear import layer_thicknesses_mm, thickness_mm, wear_state

ZONES = {
    "heel": (Region.INSOLE_HEEL, (plantar.Zone.HEEL,)),
    "midfoot": (Region.INSOLE_MIDFOOT, (plantar.Zone.MIDFOOT,)),
    "forefoot": (Region.INSOLE_FOREFOOT, (plantar.Zone.FOREFOOT,)),
    "toes": (Region.INSOLE_TOES, (plantar.Zone.HALLUX, plantar.Zone.LESSER_TOES)),
}
"""Cell tag of each zone of a table, and the zones of the sole over it."""


def insole_dimensions(table: Insole) -> InsoleDimensions:
    """Return the mesher's dimensions of an insole table, as thin as it is worn."""
    arch = math.nan if table.arch_height_mm is None else table.arch_height_mm
    layers = layer_thicknesses_mm(table)
    cover = layers[0] if len(layers) >= 2 else 0.0
    shell = layers[-1] if len(layers) == 3 else 0.0
    return InsoleDimensions(
        thickness_mm=thickness_mm(table),
        conformity=table.conformity,
        arch_height_mm=arch,
        heel_cup_depth_mm=table.heel_cup_depth_mm,
        rearfoot_post_deg=table.rearfoot_post_deg,
        forefoot_post_deg=table.forefoot_post_deg,
        heel_lift_mm=table.heel_lift_mm,
        cover_thickness_mm=cover,
        shell_thickness_mm=shell,
    )


def insole_materials(table: Insole) -> dict[int, str]:
    """Return the material of each cell tag of an insole (section "Insole" of the guide)."""
    zones = {int(ZONES[zone.region][0]): zone.material for zone in table.zones}
    layers = [layer.material for layer in table.layers]
    regions = {
        0: {},
        1: {Region.INSOLE: 0},
        2: {Region.INSOLE_COVER: 0, Region.INSOLE: 1},
        3: {Region.INSOLE_COVER: 0, Region.INSOLE: 1, Region.INSOLE_SHELL: 2},
    }[len(layers)]
    if not layers:
        return {int(Region.INSOLE): table.material} | zones
    return {int(region): layers[i] for region, i in regions.items()} | zones


def insole_records(table: Insole) -> dict[int, MaterialRecord]:
    """Return the record of each cell tag of an insole, of the library or the user's file."""
    return {region: insole_record(table, name) for region, name in insole_materials(table).items()}


def insole_laws(table: Insole) -> dict[int, Law]:
    """Return the law of each cell tag of an insole, as it is worn."""
    return {
        region: worn_law(law_of(record), wear_state(table, record.name))
        for region, record in insole_records(table).items()
    }


def worn_series(series: Mapping[int, PronySeries], table: Insole) -> dict[int, PronySeries]:
    """Return the series of cell tags, those of the insole's materials as they are worn."""
    names = insole_materials(table)
    return {
        region: one
        if region not in names
        else replace(one, weights=wear_state(table, names[region]).weights(one.weights))
        for region, one in series.items()
    }


def zoned(mesh: TaggedMesh, table: Insole, foot_length_mm: float) -> TaggedMesh:
    """Tag the cells of a table's zones.

    A zone takes the place of the layer under the cover and over the shell, of the whole
    thickness where there are no layers. A cell belongs to the zone in which its centre lies,
    so that the border of two materials is as sharp as the mesh.

    Args:
        mesh: Of the insole, in the foot frame.
        table: With zones or without.
        foot_length_mm: Length of which the zones are parts.
    """
    if not table.zones:
        return mesh
    centre = mesh.points[mesh.cells].mean(axis=1)
    over = plantar.zones(centre[:, 0], centre[:, 2], foot_length_mm)
    tags = mesh.cell_tags.copy()
    core = tags == Region.INSOLE
    for zone in table.zones:
        tag, parts = ZONES[zone.region]
        tags[core & np.isin(over, [part.value for part in parts])] = tag
    return replace(mesh, cell_tags=tags)
