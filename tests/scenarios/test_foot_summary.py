# SPDX-License-Identifier: MIT
"""From records of output instants to sections of the summary."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from scenarios.equilibrium_section import cop_error, equilibrium_section, shear_over_friction
from scenarios.foot_loads import FootLoads
from scenarios.foot_summary import insole_section
from scenarios.gait import GaitRequest, build_gait, standing_gait, walker_of
from scenarios.gait.stance import StanceGait
from scenarios.report_tables import plain_table
from scenarios.schema_insole import Insole
from scenarios.schema_subject import Subject
from scenarios.summary import Equilibrium, Summary, summary_data

OUTLINE_MM = np.array([[0.0, -30.0], [255.0, -40.0], [255.0, 40.0], [0.0, 30.0]])


def instant(**values: float) -> Any:
    return SimpleNamespace(**values)


def test_an_elastic_insole_stores_energy_and_absorbs_none() -> None:
    foot = [
        instant(insole_compressive_strain=0.2, insole_energy_j=0.7),
        instant(insole_compressive_strain=0.3, insole_energy_j=0.4),
    ]
    section = insole_section(foot, Insole())
    assert section.energy_stored_j == pytest.approx(0.7)
    assert section.peak_compressive_strain == pytest.approx(0.3)
    assert section.energy_absorbed_j is None
    assert section.wear is None


def at(percent: float, shear_n: float = 0.0, cop_x_mm: float = 100.0) -> Any:
    return instant(
        percent=percent,
        calibration_weight=1.0,
        grf_error_relative=1e-9,
        grf_measured_x_n=0.6 * shear_n,
        grf_measured_y_n=500.0,
        grf_measured_z_n=-0.8 * shear_n,
        cop_x_mm=cop_x_mm,
        cop_z_mm=0.0,
        cop_measured_x_mm=100.0,
        cop_measured_z_mm=0.0,
    )


def walking() -> StanceGait:
    return build_gait(GaitRequest(), Subject(), OUTLINE_MM)


def section_of(gait: StanceGait) -> Equilibrium:
    foot = [at(20.0, 100.0), at(30.0, 200.0, 103.0), at(40.0, 50.0, 104.0)]
    return equilibrium_section(foot, (), FootLoads(gait, -6.0, 0.5), 3e-8)


def test_balance_counts_every_step_and_the_centre_of_pressure_its_window() -> None:
    section = section_of(walking())
    assert section.force_imbalance_relative_max == 3e-8
    assert section.cop_error_mm_rms == pytest.approx((25.0 / 3.0) ** 0.5)
    assert section.cop_window_percent == (20.0, 45.0)
    assert cop_error([at(10.0)], (20.0, 45.0)) == (None, None)


def test_shear_is_set_against_what_friction_holds() -> None:
    assert section_of(walking()).shear_over_friction_max == pytest.approx(200.0 / 250.0)
    assert shear_over_friction([at(5.0, 10.0)], 0.0) is None


def test_what_was_done_to_a_measured_gait_is_reported() -> None:
    gait = replace(
        walking(),
        source="measured",
        registration_offset_mm=np.array([4.0, -2.5]),
        mean_acceleration_mm_s2=np.array([120.0, -30.0, 1e-13]),
        offsets_deg=(("ankle", 3.5), ("subtalar", -1.0)),
    )
    section = section_of(gait)
    assert section.cop_registration_offset_mm == (4.0, -2.5)
    assert section.com_mean_acceleration_m_s2 == pytest.approx((0.12, -0.03, 0.0))
    assert section.angle_offsets_deg == {"ankle": 3.5, "subtalar": -1.0}
    table = plain_table(section)
    assert table is not None and ("angle_offsets_deg: ankle", "3.50") in table.rows
    summary = Summary(
        scenario="x", analysis="stance", converged=True, resolution="coarse", equilibrium=section
    )
    assert Summary.model_validate(summary_data(summary)) == summary


def test_what_an_analysis_does_not_have_is_absent() -> None:
    built_in = section_of(walking())
    assert built_in.cop_registration_offset_mm is None
    assert built_in.angle_offsets_deg is None
    assert built_in.com_mean_acceleration_m_s2 is not None
    still = section_of(standing_gait(walker_of(Subject(), OUTLINE_MM)))
    assert still.com_mean_acceleration_m_s2 is None
    assert still.shear_over_friction_max is None
