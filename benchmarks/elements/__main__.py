# SPDX-License-Identifier: MIT
"""Compare elements near incompressibility and write the tables of the README beside this file.

./env/run python -m benchmarks.elements            # all, about twenty minutes on one core
./env/run python -m benchmarks.elements cook pad   # one of cook, pad
./env/run python -m benchmarks.elements missing    # Poisson's ratios that the .json files lack
./env/run python -m benchmarks.elements tables     # from the .json files as they are
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.elements import tables
from benchmarks.elements.formulations import ELEMENTS, REFERENCE, Element
from benchmarks.elements.measures import PressureAt, pressure_error
from benchmarks.elements.newton import NoBalance, Problem, march
from benchmarks.elements.problems import (
    cook,
    cook_law,
    cook_plane,
    pad,
    pad_law,
    pad_reaction_n,
    tip_displacement,
)

HERE = Path(__file__).parent
RATIOS = (0.475, 0.49, 0.4999, 0.45, 0.499)
LOAD_PARTS = 4
COOK_CELLS = {"P2": (4, 8, 16), "P1": (8, 16, 32)}
PAD_CELLS = {
    "P2": ((4, 3), (6, 4)),
    "P1": ((8, 6), (12, 9)),
}
PAD_FINEST = {"p2": (8, 6), "p2p1": (8, 6)}
"""One mesh more for the two elements between which the decision lies."""
COOK_REFERENCE, COOK_REFERENCE_PARTS = 64, 8
PAD_REFERENCE = (7, 5)
DIRECT_UP_TO = {"cook": 16, "pad": 6}
"""Cells an edge of quadratic elements up to which MUMPS is tried on the whole matrix too."""
KRYLOV_WORTH = 200
"""Krylov iterations a Newton iteration above which multigrid leaves out finer meshes."""


def compare(problem: str, missing: bool = False) -> None:
    """All elements, Poisson's ratios, meshes and solvers on one problem, kept after each ratio."""
    rows, references = [], {}
    path = HERE / f"{problem}.json"
    if missing and path.exists():
        kept = json.loads(path.read_text(encoding="utf-8"))
        rows, references = kept["rows"], kept["reference"]
    law = cook_law if problem == "cook" else pad_law
    spaces: dict[tuple[str, Any], Problem] = {}
    for ratio in (ratio for ratio in RATIOS if str(ratio) not in references):
        value, pressure = _reference(problem, ratio, spaces)
        references[str(ratio)] = value
        print(problem, ratio, "reference", value, flush=True)
        for name, element in ELEMENTS.items():
            slow = False
            for cells in _meshes(problem, name, element):
                for solver in _solvers(problem, element, cells):
                    if solver == "multigrid" and slow:
                        continue
                    at = _problem(problem, name, element, cells, spaces)
                    at.space.set_law(1, law(ratio))
                    _rest(at)
                    row: dict[str, Any] = {
                        "element": name,
                        "ratio": ratio,
                        "cells": cells,
                        "solver": solver,
                        "unknowns": int(
                            at.load.size + (at.space.p.x.array.size if at.space.p else 0)
                        ),
                    }
                    try:
                        counts = march(at, solver, LOAD_PARTS)
                    except NoBalance as failure:
                        row["failure"] = str(failure)
                        slow |= solver == "multigrid"
                    else:
                        slow |= counts.krylov > KRYLOV_WORTH * counts.newton
                        found = _quantity(problem, at)
                        row |= {
                            "error": found / value - 1.0,
                            "newton": counts.newton,
                            "krylov": counts.krylov,
                            "rejected": counts.rejected,
                            "cpu_s": counts.cpu_s,
                            "memory_mb": counts.memory_mb,
                            "pressure": asdict(pressure_error(at.space, pressure, problem)),
                        }
                    rows.append(row)
                    print(row, flush=True)
        found = tables.rounded({"reference": references, "rows": rows})
        path.write_text(json.dumps(found) + "\n", encoding="utf-8")


def _meshes(problem: str, name: str, element: Element) -> list[Any]:
    family = element.displacement[:2]
    if problem == "cook":
        return list(COOK_CELLS[family])
    return [*PAD_CELLS[family], *([PAD_FINEST[name]] if name in PAD_FINEST else [])]


def _solvers(problem: str, element: Element, cells: Any) -> list[str]:
    if element.displacement != "P2":
        return ["direct"]
    across = cells if isinstance(cells, int) else cells[0]
    return ["direct", "multigrid"] if across <= DIRECT_UP_TO[problem] else ["multigrid"]


def _problem(
    problem: str, name: str, element: Element, cells: Any, kept: dict[tuple[str, Any], Problem]
) -> Problem:
    """One problem for all Poisson's ratios: meshes and compiled forms are kept."""
    if (name, cells) not in kept:
        kept[name, cells] = (
            cook(element, cells, cook_law(0.45))
            if problem == "cook"
            else pad(element, cells, pad_law(0.45))
        )
    return kept[name, cells]


def _rest(problem: Problem) -> None:
    problem.space.u.x.array[:] = 0.0
    if problem.space.p is not None:
        problem.space.p.x.array[:] = 0.0


def _quantity(problem: str, at: Problem) -> float:
    return tip_displacement(at.space.u) if problem == "cook" else pad_reaction_n(at)


def _reference(
    problem: str, ratio: float, kept: dict[tuple[str, Any], Problem]
) -> tuple[float, PressureAt]:
    """Value and pressure of cubic elements with a quadratic pressure."""
    if problem == "pad":
        at = _problem(problem, "reference", REFERENCE, PAD_REFERENCE, kept)
        at.space.set_law(1, pad_law(ratio))
        _rest(at)
        march(at, "direct", LOAD_PARTS)
        return pad_reaction_n(at), PressureAt(at.space)
    at = cook_plane(REFERENCE, COOK_REFERENCE, cook_law(ratio))
    march(at, "direct", COOK_REFERENCE_PARTS)
    return tip_displacement(at.space.u), PressureAt(at.space)


def main() -> None:
    """Run what was asked for and write the README."""
    asked = sys.argv[1:]
    missing = "missing" in asked
    problems = [word for word in asked if word not in ("missing", "tables")]
    if not problems and "tables" not in asked:
        problems = ["cook", "pad"]
    for problem in problems:
        compare(problem, missing)
    tables.write(HERE)


if __name__ == "__main__":
    main()
