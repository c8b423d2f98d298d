# SPDX-License-Identifier: MIT
"""The section of the summary that says how an insole is worn."""

from __future__ import annotations

from materials.build import law_of
from materials.evaluation import uniaxial_mpa
from materials.law import Law, young_modulus_mpa
from materials.wear import WearState
from materials.worn import worn_law
from scenarios.catalogue import insole_record
from scenarios.schema_insole import Insole
from scenarios.summary import WearSummary, WornMaterial
from scenarios.wear import load_cycles, thickness_mm, wear_state


def wear_section(table: Insole) -> WearSummary | None:
    """Thickness lost and factors of each material that wears; None for a new insole."""
    cycles = load_cycles(table)
    if cycles == 0.0:
        return None
    left = thickness_mm(table)
    states = {name: wear_state(table, name) for name in table.materials}
    return WearSummary(
        cycles=cycles,
        thickness_mm=left,
        thickness_lost_mm=table.thickness_mm - left,
        materials={
            name: _left(law_of(insole_record(table, name)), state)
            for name, state in states.items()
            if not state.is_new
        },
    )


def _left(new: Law, state: WearState) -> WornMaterial:
    worn = worn_law(new, state)
    before, after = (float(uniaxial_mpa(one, [0.5])[0][0]) for one in (new, worn))
    return WornMaterial(
        set_share=state.set_share,
        stiffness_factor=young_modulus_mpa(worn) / young_modulus_mpa(new),
        stress_factor_half=after / before,
        damping_factor=state.damping_factor,
    )
