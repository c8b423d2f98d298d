# SPDX-License-Identifier: MIT
"""In which order a worker takes its cases: equal meshes together, like materials side by side."""

from __future__ import annotations

import json
from collections.abc import Iterable

from materials.build import law_of
from materials.law import young_modulus_mpa
from materials.library import load, names
from scenarios.sweep.cases import Case

MATERIAL = "material"
"""Last part of a key that names one."""


def neighbours_together(cases: Iterable[Case]) -> list[Case]:
    """Sort cases by all that makes meshes, then by how stiff their materials are."""
    return sorted(cases, key=_place)


def _place(case: Case) -> tuple[str, tuple[float, ...], int]:
    materials = {k: v for k, v in case.values.items() if k.rpartition(".")[2] == MATERIAL}
    others = {k: v for k, v in case.values.items() if k not in materials}
    stiffness = tuple(_stiffness_mpa(materials[key]) for key in sorted(materials))
    return json.dumps(others, sort_keys=True, default=str), stiffness, case.number


def _stiffness_mpa(material: object) -> float:
    """Young's modulus of a material of the library, zero of any other."""
    if material not in names("insole"):
        return 0.0
    return young_modulus_mpa(law_of(load(str(material))))
