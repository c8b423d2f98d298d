# SPDX-License-Identifier: MIT
"""A study of many cases without solving: time and memory of plan, table, analysis and page.

    python benchmarks/sweep_table.py [--cases 10000] [--kind saltelli] [--folder DIR]

Cases are finished by hand: manifest and a summary with the numbers of a real one.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from scenarios.sweep.cases import Case, load_study
from scenarios.sweep.store import Plan, StudyFolder
from scenarios.sweep.table import write_table
from scenarios.uncertainty.effects import read_effects
from scenarios.uncertainty.files import write_effects
from scenarios.uncertainty.page import write_study_report

T = TypeVar("T")
REGIONS = ("whole", "heel", "midfoot", "forefoot", "hallux", "toes")
LEVELS = ("L5-S1", "L4-L5", "L3-L4", "L2-L3", "L1-L2")
MEASURES = ("compression_n", "shear_ap_n", "shear_ml_n", "flexion_moment_nm")

STUDY = """\
scenario = "walking"
[[factors]]
key = "insole.thickness_mm"
range = [3.0, 9.0]
[[factors]]
key = "insole.conformity"
range = [0.0, 1.0]
[[factors]]
key = "subject.body_mass_kg"
distribution = "normal"
mean = 70.0
sd = 3.0
[compare]
key = "insole.material"
values = ["eva_35", "poron_soft"]
[design]
kind = "{kind}"
samples = {samples}
limit = {cases}
"""
FACTORS, CANDIDATES = 3, 2
KINDS = ("latin_hypercube", "saltelli")


def summary(case: Case) -> dict[str, object]:
    """A summary of the size of a real one, of outputs that depend on every factor."""
    thickness, conformity, mass = list(case.values.values())[-FACTORS:]
    soft = 0.8 if case.candidate == "poron_soft" else 1.0
    value = float(str(mass)) * soft / (1.0 + 0.1 * float(str(thickness)) * float(str(conformity)))
    by_region = {region: (place + 1) * value for place, region in enumerate(REGIONS)}
    measure = {"peak": value, "mean": value**2, "peak_bw": value**0.5, "at_percent": 20.0}
    return {
        "schema": "solespine.summary/1",
        "scenario": "walking",
        "analysis": "stance",
        "converged": True,
        "resolution": "coarse",
        "role": "baseline",
        "solver": {"dofs": 9000, "cells": 4000, "wall_s": {"total": value}},
        "plantar": {
            "peak_pressure_kpa": by_region,
            "contact_area_mm2": by_region,
            "pressure_time_integral_kpa_s": by_region,
        },
        "lumbar": {level: {name: measure for name in MEASURES} for level in LEVELS},
        "insole": {"peak_compressive_strain": value},
        "warnings": [],
    }


def finish(folder: StudyFolder, plan: Plan) -> None:
    """Put a result where each case would have its own."""
    for case in plan.distinct:
        path = folder.case_path(case)
        path.mkdir()
        manifest = {"schema": "solespine.manifest/1", "scenario_sha256": case.digest}
        (path / "manifest.json").write_text(json.dumps(manifest))
        (path / "summary.json").write_text(json.dumps(summary(case)))


def timed(what: str, call: Callable[[], T]) -> T:
    """Call, and print seconds, those of the processor, and the most memory so far."""
    begun, used = time.perf_counter(), time.process_time()
    found = call()
    seconds, busy = time.perf_counter() - begun, time.process_time() - used
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{what:32s} {seconds:7.2f} s {busy:7.2f} s busy {memory:7.0f} MiB", flush=True)
    return found


def sampled(kind: str, cases: int) -> dict[str, object]:
    """Design and its samples for so many cases, of a saltelli design the power of two below."""
    draws = cases // CANDIDATES
    if kind == "saltelli":
        draws = 2 ** ((draws // (FACTORS + 2)).bit_length() - 1)
    return {"kind": kind, "samples": draws}


def measure(cases: int, kind: str, scratch: Path) -> None:
    """All steps for a number of cases."""
    import pyarrow.parquet as pq

    path = scratch / "study.toml"
    path.write_text(STUDY.format(cases=cases, **sampled(kind, cases)))
    folder = StudyFolder(scratch / "study")
    loaded = timed("study read and checked", lambda: load_study(str(path)))
    plan = timed("cases planned", lambda: folder.prepare(loaded, resume=False, extend=False))
    timed("statuses, nothing done", lambda: Counter(s for _, s in folder.statuses(plan)))
    finish(folder, plan)
    table = timed("table written", lambda: write_table(StudyFolder(folder.path), plan))
    found = timed("table read", lambda: pq.read_table(table))
    timed("statuses, all done", lambda: Counter(s for _, s in folder.statuses(plan)))
    timed("statuses, all done, again", lambda: Counter(s for _, s in folder.statuses(plan)))
    effects = timed("effects", lambda: read_effects(folder.path))
    files = timed("effects as files", lambda: write_effects(effects))
    page = timed("page", lambda: write_study_report(folder.path))
    print(f"{found.num_rows} rows, {found.num_columns} columns")
    for file in (table, *files, page):
        print(f"{file.name:32s} {file.stat().st_size / 2**20:7.2f} MiB")
    folder.release()


def main() -> int:
    """Print a line for each step."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--kind", choices=KINDS, default=KINDS[0])
    parser.add_argument("--folder", type=Path, help="where it works (default: a temporary folder)")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=given.folder) as scratch:
        measure(given.cases, given.kind, Path(scratch))
    return 0


if __name__ == "__main__":
    sys.exit(main())
