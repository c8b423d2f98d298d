# SPDX-License-Identifier: MIT
"""Cases that begin at what a worker has: found by content, the same results, nothing after failure.

That a guided march ends where one from nothing does stands in tests/unit/test_trails.py.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from mpi4py import MPI

import scenarios.run
from benchmarks.sweep_reuse import apart
from scenarios.folder import ResultFolder
from scenarios.identity import scenario_hash
from scenarios.loading import load_scenario
from scenarios.reuse import Reuse, shape_key
from scenarios.run import run_scenario
from scenarios.schema import Scenario
from scenarios.summary import Summary
from scenarios.sweep.cases import Case
from scenarios.sweep.order import in_order, neighbours_together
from tests.helpers.evidence import Evidence
from tests.helpers.sweep_command import masses, prepared
from tests.helpers.sweep_double import DIVERGES, RAISES, QuickAnalysis
from tests.sweep.conftest import InProcess


def scenario(*settings: str) -> Scenario:
    return load_scenario("standing", settings=settings).scenario


@pytest.mark.parametrize(
    ("setting", "same"),
    [
        ("insole.material=cork", True),
        ("output.figures=false", True),
        ("insole.thickness_mm=7", False),
        ("insole.heel_cup_depth_mm=8", False),
        ("insole.material=none", False),
        ("subject.body_mass_kg=80", False),
        ("standing.body_weight_share=0.4", False),
        ("contact.friction_foot_insole=0.4", False),
        ("solver.relative_tolerance=1e-7", False),
        ("lumbar.lordosis_deg=45", False),
        ("resolution=standard", False),
    ],
)
def test_models_and_states_are_known_by_what_they_depend_on(setting: str, same: bool) -> None:
    assert (shape_key(scenario(setting)) == shape_key(scenario())) is same


def test_another_input_file_is_another_subject(tmp_path: Path) -> None:
    """By what it holds: the same name says nothing."""
    file = tmp_path / "own.toml"
    keys = []
    for text in ("# one\n", "# two\n"):
        file.write_text(text)
        keys.append(shape_key(scenario(f"insole.material_file={file}")))
    assert keys[0] != keys[1]


def test_equal_meshes_come_together_and_like_materials_side_by_side() -> None:
    names = ("eva_50", "none", "eva_20", "eva_35")
    rows = [
        {"insole.material": name, "insole.thickness_mm": thickness}
        for name in names
        for thickness in (6.0, 4.0)
    ]
    cases = [Case(number, values, "x") for number, values in enumerate(rows, start=1)]
    found = [
        (c.values["insole.thickness_mm"], c.values["insole.material"])
        for c in neighbours_together(cases)
    ]
    soft_first = ["none", "eva_20", "eva_35", "eva_50"]
    assert found == [(t, name) for t in (4.0, 6.0) for name in soft_first]


def test_candidates_of_a_draw_stay_together_and_samples_in_their_order() -> None:
    """What is finished of a stopped study is whole pairs, and no tail of a distribution."""
    rows = [(draw, name) for draw in (1, 2, 3) for name in ("flat", "moulded")]
    cases = [
        Case(number, {"insole.conformity": name, "subject.body_mass_kg": -draw}, "x", draw=draw)
        for number, (draw, name) in enumerate(rows, start=1)
    ]
    assert [case.draw for case in in_order(cases, "latin_hypercube")] == [1, 1, 2, 2, 3, 3]
    single = [Case(n, {"subject.body_mass_kg": m}, "x") for n, m in enumerate((80, 60, 70))]
    assert in_order(single, "sobol") == single
    assert [c.values["subject.body_mass_kg"] for c in in_order(single, "grid")] == [60, 70, 80]


class Leaving:
    """An analysis that leaves something to the next case, and says what it found."""

    found: list[int | None]

    @classmethod
    def run(cls, context: scenarios.run.RunContext) -> Summary:
        reuse: Any = context.reuse
        cls.found.append(len(reuse._trails) if reuse.enabled else None)
        reuse._trails.append(object())
        return QuickAnalysis.run(context)


@pytest.mark.parametrize(
    ("more", "found"), [("", [0, 1, 0, 1, 0]), ("[run]\nreuse = false\n", [None] * 5)]
)
def test_a_worker_keeps_nothing_of_a_case_that_fails(
    tmp_path: Path,
    worker: InProcess,
    monkeypatch: pytest.MonkeyPatch,
    more: str,
    found: list[int | None],
) -> None:
    monkeypatch.setattr(Leaving, "found", [], raising=False)
    monkeypatch.setattr(scenarios.run, "analysis_module", lambda name: Leaving)
    folder, plan = prepared(tmp_path, masses(70.0, DIVERGES, 71.5, RAISES, 80.0) + more)
    assert worker(folder) == 0
    assert Leaving.found == found
    assert [s for _, s in folder.statuses(plan)].count("finished") == 3


SETTINGS = ("standing.body_weight_share=0.1", "output.figures=false")


def solved(path: Path, material: str, reuse: Reuse) -> Path:
    """Run a case into a folder."""
    study = scenario(f"insole.material={material}", *SETTINGS)
    folder = ResultFolder(path)
    folder.claim("new", scenario_hash(study))
    try:
        run_scenario(study, folder, MPI.COMM_SELF, resume=False, reuse=reuse)
    finally:
        folder.release()
    return path


def test_a_reused_case_has_the_result_of_a_single_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, evidence: Evidence
) -> None:
    """One material by itself, another that begins at it, and the first again from that one."""
    monkeypatch.setenv("SOLESPINE_CALIBRATIONS", str(tmp_path / "calibrations"))
    reuse = Reuse()
    single = solved(tmp_path / "single", "eva_35", reuse)
    solved(tmp_path / "other", "eva_50", reuse)
    del reuse._trails[1:]
    reused = solved(tmp_path / "reused", "eva_35", reuse)
    difference, where = apart(reused, single)
    print(where)
    evidence.within(
        "studies",
        "Reuse, standing with friction",
        "largest relative difference of any number from that of a single run",
        difference,
        high=1e-4,
    )
    names = [sorted(str(p.relative_to(f)) for p in f.rglob("*")) for f in (single, reused)]
    assert names[0] == names[1]
    manifests = [json.loads((f / "manifest.json").read_text()) for f in (single, reused)]
    assert "reused" not in manifests[0] and "states of 1 case" in manifests[1].pop("reused")
    assert manifests[0].keys() == manifests[1].keys()
    assert manifests[0]["scenario_sha256"] == manifests[1]["scenario_sha256"]
    alone, after = (
        json.loads((f / "summary.json").read_text())["solver"]["newton_iterations"]
        for f in (single, reused)
    )
    evidence.within(
        "studies",
        "Reuse, standing with friction",
        "Newton iterations over those of a single run",
        after / alone,
        high=0.6,
    )
