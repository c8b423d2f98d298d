# SPDX-License-Identifier: MIT
"""From an insole table to the dimensions of its mesh, and from cell tags to materials."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from materials.build import law_of, stiffened
from materials.law import Law
from materials.prony import PronySeries
from materials.record import MaterialRecord
from materials.worn import worn_law
from meshes.insole_dimensions import FROM_FOOT, InsoleDimensions
from meshes.insole_regions import ZONE_TAGS
from meshes.tags import Region
from scenarios.catalogue import insole_record
from scenarios.schema_insole import Insole
from scenarios.wear import layer_thicknesses_mm, thickness_mm, wear_state


def insole_dimensions(table: Insole) -> InsoleDimensions:
    """Return the mesher's dimensions of an insole table, as thin as it is worn.

    Zones get thinner by wear as the whole does.
    """
    layers = layer_thicknesses_mm(table)
    cover = layers[0] if len(layers) >= 2 else 0.0
    shell = layers[-1] if len(layers) == 3 else 0.0
    worn = thickness_mm(table)
    lost = table.thickness_mm - worn
    own = {z.region: z.thickness_mm - lost for z in table.zones if z.thickness_mm is not None}
    regions = [z.region for z in table.zones if z.material is not None]
    if table.arch_stiffness_factor != 1.0:
        regions.append("arch")
    return InsoleDimensions(
        thickness_mm=worn,
        conformity=table.conformity,
        arch_height_mm=FROM_FOOT if table.arch_height_mm is None else table.arch_height_mm,
        heel_cup_depth_mm=table.heel_cup_depth_mm,
        border_mm=table.border_mm,
        rearfoot_post_deg=table.rearfoot_post_deg,
        forefoot_post_deg=table.forefoot_post_deg,
        heel_lift_mm=table.heel_lift_mm,
        offset_mm=table.outline_offset_mm,
        cover_thickness_mm=cover,
        shell_thickness_mm=shell,
        arch_position_mm=table.arch_position_mm,
        heel_thickness_mm=own.get("heel"),
        midfoot_thickness_mm=own.get("midfoot"),
        forefoot_thickness_mm=own.get("forefoot"),
        toes_thickness_mm=own.get("toes"),
        metatarsal_pad_height_mm=table.metatarsal_pad_height_mm,
        metatarsal_pad_behind_mm=table.metatarsal_pad_behind_mm,
        metatarsal_pad_length_mm=table.metatarsal_pad_length_mm,
        metatarsal_pad_width_mm=table.metatarsal_pad_width_mm,
        first_ray_cutout_mm=table.first_ray_cutout_mm,
        heel_plug_diameter_mm=table.heel_plug_diameter_mm,
        length=table.length,
        end_behind_heads_mm=table.end_behind_heads_mm,
        edge_thickness_mm=table.edge_thickness_mm,
        zones=tuple(regions),
    )


def insole_materials(table: Insole) -> dict[int, str]:
    """Return the material of each cell tag of an insole (docs/guide/insole.md).

    A zone takes the place of the layer under the cover and over the shell, of the whole
    thickness where there are no layers.
    """
    names = table.layer_materials
    found = {int(Region.INSOLE): table.core_material}
    if len(names) >= 2:
        found = {int(Region.INSOLE_COVER): names[0]} | found
    if len(names) == 3:
        found[int(Region.INSOLE_SHELL)] = names[2]
    if table.arch_stiffness_factor != 1.0:
        found[int(Region.INSOLE_ARCH)] = table.core_material
    tags = ZONE_TAGS | {"heel_plug": Region.INSOLE_PLUG}
    return found | {int(tags[name]): one for name, one in table.region_materials.items()}


def insole_records(table: Insole) -> dict[int, MaterialRecord]:
    """Return the record of each cell tag of an insole, of the library or the user's file."""
    return {region: insole_record(table, name) for region, name in insole_materials(table).items()}


def insole_laws(table: Insole) -> dict[int, Law]:
    """Return the law of each cell tag of an insole, as it is worn, by its factors."""
    laws = {
        region: stiffened(
            worn_law(law_of(record), wear_state(table, record.name)), table.stiffness_factor
        )
        for region, record in insole_records(table).items()
    }
    if table.arch_stiffness_factor != 1.0:
        arch = int(Region.INSOLE_ARCH)
        laws[arch] = stiffened(laws[arch], table.arch_stiffness_factor)
    return laws


def worn_series(series: Mapping[int, PronySeries], table: Insole) -> dict[int, PronySeries]:
    """Return the series of cell tags, those of the insole's materials as they are worn."""
    names = insole_materials(table)
    return {
        region: one
        if region not in names
        else replace(one, weights=wear_state(table, names[region]).weights(one.weights))
        for region, one in series.items()
    }
