# SPDX-License-Identifier: MIT
"""In which order a worker takes its cases: equal meshes together, like materials side by side."""

from __future__ import annotations

import json
from collections.abc import Iterable

from materials.build import law_of
from materials.law import young_modulus_mpa
from materials.library import load, names
from scenarios.sweep.cases import Case

SAMPLED = ("latin_hypercube", "sobol", "morris", "saltelli")
"""Designs whose first rows are a smaller design of the same kind, or blocks of it."""
MATERIAL = "material"
"""Last part of a key that names one."""


def neighbours_together(cases: Iterable[Case]) -> list[Case]:
    """Sort cases by all that makes meshes, then by how stiff their materials are.

    Candidates on one draw stay together, in the order of the draws: what is finished when a study
    is stopped is whole pairs, and the first part of the sample.
    """
    return sorted(cases, key=_place)


def in_order(cases: Iterable[Case], design: str) -> list[Case]:
    """The order for a kind of design: rows of a sample stay as they are drawn."""
    found = list(cases)
    if design in SAMPLED and not any(case.draw for case in found):
        return found
    return neighbours_together(found)


def _place(case: Case) -> tuple[int, str, tuple[float, ...], int]:
    materials = {k: v for k, v in case.values.items() if k.rpartition(".")[2] == MATERIAL}
    others = {k: v for k, v in case.values.items() if k not in materials}
    stiffness = tuple(_stiffness_mpa(materials[key]) for key in sorted(materials))
    same = json.dumps(others, sort_keys=True, default=str)
    return case.draw, same, stiffness, case.number


def _stiffness_mpa(material: object) -> float:
    """Young's modulus of a material of the library, zero of any other."""
    if material not in names("insole"):
        return 0.0
    return young_modulus_mpa(law_of(load(str(material))))
