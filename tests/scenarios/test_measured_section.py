# SPDX-License-Identifier: MIT
"""Measured pressure in the summary and report of a run, and new formats in ``compare``."""

from __future__ import annotations

from pathlib import Path

import pytest

from scenarios.errors import ScenarioError
from scenarios.loading import load_scenario
from scenarios.measured_section import with_measured
from scenarios.report_tables import plantar_table
from scenarios.summary import Plantar, Regions, Summary, main_outputs, summary_data
from tests.helpers.pressure_files import Grid, sensors_csv


def summary() -> Summary:
    peaks = Regions(whole=200.0, heel=200.0, midfoot=60.0, forefoot=150.0, toes=50.0, hallux=40.0)
    return Summary(
        scenario="walk",
        analysis="stance",
        converged=True,
        resolution="coarse",
        plantar=Plantar(peak_pressure_kpa=peaks),
    )


def test_measured_peaks_stand_beside_the_computed_ones(tmp_path: Path) -> None:
    file = sensors_csv(tmp_path)
    scenario = load_scenario("walking", settings=[f"gait.pressure_file={file}"]).scenario
    found = with_measured(summary(), scenario)
    assert found.plantar is not None and found.plantar.measured is not None
    measured = found.plantar.measured
    assert measured.steps == 5
    heel = measured.peak_pressure_kpa.heel
    assert measured.low_kpa.heel <= heel <= measured.high_kpa.heel
    assert measured.computed_over_measured.heel == pytest.approx(200.0 / heel)
    rows = plantar_table(found).rows
    assert "median of 5 steps" in rows[1][0] and "percentile" in rows[2][0]
    # It is an input: no output to be compared.
    assert dict(main_outputs(found)) == dict(main_outputs(summary()))
    assert "measured" in summary_data(found)["plantar"]


def test_without_a_file_the_summary_is_as_it_was() -> None:
    scenario = load_scenario("walking").scenario
    assert with_measured(summary(), scenario) is not None
    assert summary_data(with_measured(summary(), scenario)) == summary_data(summary())


def test_a_file_that_is_gone_costs_no_results(tmp_path: Path) -> None:
    file = sensors_csv(tmp_path)
    scenario = load_scenario("walking", settings=[f"gait.pressure_file={file}"]).scenario
    file.unlink()
    found = with_measured(summary(), scenario)
    assert found.plantar.measured is None
    assert any("not compared" in w and "file not found" in w for w in found.warnings)


def test_check_says_what_was_taken(tmp_path: Path) -> None:
    from scenarios.check import check_scenario

    file = Grid(cell_mm=12.0).asf(tmp_path)
    found = check_scenario(load_scenario("walking", settings=[f"gait.pressure_file={file}"]))
    assert any(str(file) in w and "right insole" in w for w in found)
    with pytest.raises(ScenarioError, match="left insole"):
        check_scenario(
            load_scenario("walking", settings=[f"gait.pressure_file={file}", "subject.side='left'"])
        )


def test_keys_that_need_a_file_are_refused_without(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="without grf_file"):
        load_scenario("walking", settings=["gait.plate_sides=['right', 'left']"])
    with pytest.raises(ScenarioError, match="plate_sides"):
        load_scenario("walking", settings=["gait.plate_sides=['right', 'lef']"])
    file = sensors_csv(tmp_path)
    settings = [f"gait.pressure_file={file}", "gait.stance_index=1"]
    assert load_scenario("walking", settings=settings).scenario.gait.stance_index == 1
