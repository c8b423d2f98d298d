# SPDX-License-Identifier: MIT
"""Studies that compare candidates on common draws, with results that a function gives."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from scenarios.sweep.cases import Case
from scenarios.sweep.store import Plan, StudyFolder
from scenarios.uncertainty.draws import Draws
from tests.helpers.sweep_command import STUDY, prepared

STRAIN = "insole.peak_compressive_strain"
ENERGY = "insole.energy_stored_j"
MASS = "subject.body_mass_kg"
FRICTION = "contact.friction_foot_insole"
THICKNESS = "insole.thickness_mm"

THIN, THICK = "thickness_mm 4", "thickness_mm 6"
"""Candidates of `COMPARED`."""

COMPARED = f"""\
[compare]
key = "{THICKNESS}"
values = [4.0, 6.0]
"""
FACTORS = f"""
[[factors]]
key = "{MASS}"
range = [60.0, 70.0]

[[factors]]
key = "{FRICTION}"
range = [0.3, 0.7]
"""

Model = Callable[[Case], tuple[float, float] | None]
"""Strain and energy of a case; ``None`` for one that fails."""


def uncertain(
    draws: int,
    *,
    kind: str = "latin_hypercube",
    compare: str = COMPARED,
    factors: str = FACTORS,
    seed: int = 1,
) -> str:
    """A study of sampled factors, with candidates."""
    design = f'[design]\nkind = "{kind}"\nsamples = {draws}\nseed = {seed}\nlimit = 1000000'
    return f"{STUDY}{factors}\n{design}\n{compare}\n"


def linear(case: Case) -> tuple[float, float]:
    """Strain of a line in mass, and one of candidates that differ by a line in friction."""
    mass, friction, thickness = (
        float(str(case.values.get(key, 6.0))) for key in (MASS, FRICTION, THICKNESS)
    )
    return 0.01 * mass + 0.1 * friction * thickness, 0.001 * thickness * mass


def finish(folder: StudyFolder, plan: Plan, model: Model) -> None:
    """Put a result where each case would have its own, or the record of its failure."""
    for case in plan.distinct:
        found = model(case)
        if found is None:
            folder.note_failure(case, "not converged: try a finer step", final=True)
            continue
        names = (STRAIN.partition(".")[2], ENERGY.partition(".")[2])
        write_result(folder, case, {"insole": dict(zip(names, found, strict=True))})


def write_result(folder: StudyFolder, case: Case, sections: dict[str, Any]) -> None:
    """Put a result with these sections where a case has its own."""
    path = folder.case_path(case)
    path.mkdir()
    manifest = {"schema": "solespine.manifest/1", "scenario_sha256": case.digest}
    summary = {
        "schema": "solespine.summary/1",
        "scenario": "standing",
        "analysis": "standing",
        "converged": True,
        "resolution": "coarse",
        **sections,
    }
    (path / "manifest.json").write_text(json.dumps(manifest))
    (path / "summary.json").write_text(json.dumps(summary))


def finished(folder: Path, text: str, model: Model = linear) -> tuple[StudyFolder, Plan]:
    """A study's folder whose cases have the results of a model."""
    made, plan = prepared(folder, text)
    finish(made, plan, model)
    return made, plan


def draws_of(kind: str, factors: dict[str, Any], missing: Any = None, **candidates: Any) -> Draws:
    """Draws without a folder, with one output.

    Args:
        kind: of the design.
        factors: values by name.
        missing: (candidates, draws), cases without a result.
        candidates: the output by name of the candidate.
    """
    values = np.stack([np.asarray(one, float) for one in candidates.values()])[..., None]
    lost = np.zeros(values.shape[:2], dtype=bool) if missing is None else np.asarray(missing)
    values[lost] = np.nan
    return Draws(
        where=Path("study"),
        kind=kind,
        candidates=tuple(candidates),
        outputs=("lumbar.L4-L5.compression_n.peak",),
        values=values,
        finished=~lost,
        factors=factors,
        statuses=np.where(lost, "failed", "finished"),
        reasons=np.full(lost.shape, "", dtype=object),
    )
