# SPDX-License-Identifier: MIT
"""Calibrations: what they depend on, what a candidate may take, where they are kept."""

from __future__ import annotations

import json
import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from mpi4py import MPI

import scenarios.calibration_terms as calibration_terms
from scenarios.baseline import CalibrationPlan, lumbar_change_warnings, plan_calibration
from scenarios.calibration_store import (
    FILE,
    cache_folder,
    from_cache,
    keep_in_cache,
    missing_instants,
    write_calibration,
)
from scenarios.calibration_terms import calibration_key, sources_digest
from scenarios.check import check_scenario
from scenarios.errors import ScenarioError
from scenarios.foot_loads import Calibration
from scenarios.identity import manifest
from scenarios.loading import load_scenario, scenario_data
from scenarios.schema import Scenario
from scenarios.summary import LumbarLevel, Peak, Summary, summary_text
from scenarios.toml_text import toml_text

INSTANTS = Scenario().output.instants


def solved(*percent: float) -> Calibration:
    n = len(percent)
    at = np.array(percent)
    return Calibration(at, np.zeros((n, 2)), np.zeros((n, 2)), np.zeros((n, 3)))


def scenario(name: str = "walking", *settings: str) -> Scenario:
    return load_scenario(name, settings=settings).scenario


def key(*settings: str, name: str = "walking") -> str:
    study = scenario(name, *settings)
    return calibration_key(study, study.insole)


def baseline(folder: Path, *settings: str, name: str = "walking") -> Path:
    """A folder that looks like a finished baseline, with nothing computed."""
    study = scenario(name, *settings)
    write_calibration(folder / "calibration" / FILE, solved(*study.output.instants))
    (folder / "scenario.toml").write_text(toml_text(scenario_data(study)))
    (folder / "manifest.json").write_text(json.dumps(manifest(study, 1)))
    result = Summary(
        scenario=name,
        analysis=study.analysis,
        converged=True,
        resolution=study.resolution,
        role="baseline",
        calibration="x",
    )
    (folder / "summary.json").write_text(summary_text(result))
    return folder


def checked(folder: Path, *settings: str, name: str = "walking") -> None:
    check_scenario(load_scenario(name, settings=(f"baseline.calibration_dir={folder}", *settings)))


def test_a_test_session_leaves_the_users_calibrations_alone() -> None:
    assert cache_folder() == Path(os.environ["SOLESPINE_CALIBRATIONS"])
    assert Path.home() not in cache_folder().parents


@pytest.mark.parametrize(
    "setting",
    [
        "output.stance_percent=[50]",
        "output.stance_percent=10",
        "subject.body_mass_kg=80",
        "contact.friction_foot_insole=0.6",
        "gait.speed_m_s=1.4",
        "solver.relative_tolerance=1e-7",
        "insole.thickness_mm=7",
        "resolution=standard",
    ],
)
def test_key_depends_on_what_a_calibration_depends_on(setting: str) -> None:
    assert key(setting) != key()


@pytest.mark.parametrize(
    "setting",
    [
        "name=other",
        "output.figures=false",
        "lumbar.lordosis_deg=40",
        "standing.body_weight_share=0.6",
        "output.stance_percent=[" + ", ".join(map(str, INSTANTS)) + "]",
    ],
)
def test_key_does_not_depend_on_the_rest(setting: str) -> None:
    assert key(setting) == key()


def test_standing_has_no_instants_and_no_gait() -> None:
    settings = ("output.stance_percent=[50]", "gait.speed_m_s=1.4")
    assert key(*settings, name="standing") == key(name="standing")
    assert key("standing.body_weight_share=0.6", name="standing") != key(name="standing")


def test_key_depends_on_code_and_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = key()
    for name in ("simulator/newton.py", "scenarios/foot_run.py", "scenarios/gait/tables/a.csv"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x = 1\n")
    monkeypatch.setattr(calibration_terms, "PROJECT", tmp_path)
    seen = {before}
    try:
        for name in ("simulator/newton.py", "scenarios/foot_run.py", "scenarios/gait/tables/a.csv"):
            (tmp_path / name).write_text("x = 2\n")
            sources_digest.cache_clear()
            assert key() not in seen, name
            seen.add(key())
    finally:
        sources_digest.cache_clear()


def test_every_part_of_the_code_is_found() -> None:
    for pattern in calibration_terms.SOURCES:
        assert list(calibration_terms.PROJECT.glob(pattern)), pattern


def test_a_cached_calibration_of_other_instants_is_not_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOLESPINE_CALIBRATIONS", str(tmp_path))
    keep_in_cache("k", solved(5.0, 7.5, 10.0))
    assert from_cache("k", (5.0, 10.0)) is not None
    assert from_cache("k", (5.0, 10.0, 15.0)) is None
    assert from_cache("other", (5.0,)) is None


def test_instants_between_and_outside_are_missing() -> None:
    assert missing_instants(solved(5.0, 10.0), (5.0, 7.0, 10.0, 50.0)) == (7.0, 50.0)


def test_a_candidate_may_differ_in_insole_output_and_spine(tmp_path: Path) -> None:
    checked(
        baseline(tmp_path),
        "insole.material=cork",
        "output.figures=false",
        "lumbar.lordosis_deg=45",
        "name=other",
    )


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("subject.body_mass_kg=40", ["subject.body_mass_kg is 70, here it is 40"]),
        ("gait.speed_m_s=1.5", ["gait.speed_m_s is 1.3, here it is 1.5"]),
        ("contact.friction_foot_insole=0.3", ["contact.friction_foot_insole is 0.5", "0.3"]),
        ("output.stance_percent=[50]", ["output.stance_percent is [5, 10", "here it is [50]"]),
        ("resolution=standard", ["resolution is coarse, here it is standard"]),
        ("subject.foot_length_mm=240", ["subject.foot_length_mm is 255", "differ too"]),
    ],
)
def test_a_baseline_of_other_conditions_is_refused(
    tmp_path: Path, setting: str, words: list[str]
) -> None:
    folder = baseline(tmp_path)
    with pytest.raises(ScenarioError) as caught:
        checked(folder, setting)
    assert caught.value.key == "baseline.calibration_dir"
    for word in words:
        assert word in str(caught.value)


def test_standing_is_compared_by_its_share_not_by_its_gait(tmp_path: Path) -> None:
    folder = baseline(tmp_path, name="standing")
    checked(folder, "gait.speed_m_s=1.5", "output.stance_percent=10", name="standing")
    with pytest.raises(ScenarioError, match=r"body_weight_share is 0.5, here it is 1"):
        checked(folder, "standing.body_weight_share=1.0", name="standing")


def test_gait_files_are_compared_by_content(tmp_path: Path, data_dir: Path) -> None:
    source = data_dir / "gait" / "subject01_walk1_grf.mot"
    grf, copy, other = (tmp_path / f"{name}.mot" for name in ("grf", "copy", "other"))
    for path in (grf, copy, other):
        path.write_bytes(source.read_bytes())
    folder = tmp_path / "base"
    folder.mkdir()
    mass = "subject.body_mass_kg=72.6"
    baseline(folder, f"gait.grf_file={grf}", mass)
    checked(folder, f"gait.grf_file={copy}", mass)
    other.write_bytes(source.read_bytes() + b"\n")
    grf.unlink()
    with pytest.raises(ScenarioError, match=r"gait.grf_file is sha256 \w+, here it is sha256"):
        checked(folder, f"gait.grf_file={other}", mass)


def planned(folder: Path, *settings: str) -> CalibrationPlan:
    study = scenario("walking", f"baseline.calibration_dir={folder}", *settings)
    context: Any = SimpleNamespace(scenario=study, comm=MPI.COMM_SELF)
    return plan_calibration(context, study.output.instants)


def test_a_finished_baseline_is_what_a_candidate_is_held_against(tmp_path: Path) -> None:
    folder = baseline(tmp_path, "insole.thickness_mm=8")
    plan = planned(folder, "insole.material=cork")
    assert plan.role == "candidate" and plan.found is not None and plan.to_solve is None
    assert plan.table is not None and plan.table.thickness_mm == 8.0
    assert plan.reference is not None
    assert planned(folder, "lumbar.muscles=follower").reference is None


def test_a_folder_that_was_not_solved_at_an_instant_is_refused(tmp_path: Path) -> None:
    folder = baseline(tmp_path)
    write_calibration(folder / "calibration" / FILE, solved(*INSTANTS[:-1]))
    with pytest.raises(ScenarioError, match=r"not solved at 95 % of stance"):
        planned(folder)


@pytest.mark.parametrize(("force", "count"), [(1150.0, 0), (1250.0, 1), (750.0, 1)])
def test_a_large_change_of_lumbar_compression_is_said(force: float, count: int) -> None:
    def spine(peak: float, role: str) -> Summary:
        level = LumbarLevel(compression_n=Peak(peak=peak, mean=peak))
        values: dict[str, Any] = {"role": role, "lumbar": {"L4-L5": level}}
        return Summary(
            scenario="x", analysis="stance", converged=True, resolution="coarse", **values
        )

    now = spine(force, "candidate")
    said = lumbar_change_warnings(spine(1000.0, "baseline"), now)
    assert len(said) == count
    assert all("L4-L5" in text and "25 %" in text for text in said)
    assert lumbar_change_warnings(None, now) == ()
