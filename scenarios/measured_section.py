# SPDX-License-Identifier: MIT
"""Measured in-shoe pressure beside the computed one in the summary of a run."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from scenarios.errors import ScenarioError
from scenarios.measured import REGIONS, MeasuredRegions, Side, measured_regions, step_range
from scenarios.schema import Scenario
from scenarios.summary import MeasuredPlantar, Regions, Summary


def with_measured(summary: Summary, scenario: Scenario) -> Summary:
    """The summary with what ``gait.pressure_file`` measured by region; without it, as it is.

    The same on every rank. A file that can no longer be read does not cost the run its results:
    the summary then says so in its warnings.
    """
    file = scenario.gait.pressure_file
    if file is None or summary.plantar is None or scenario.analysis != "stance":
        return summary
    side: Side = "left" if scenario.subject.side == "left" else "right"
    try:
        measured = measured_regions(file, side)
    except ScenarioError as error:
        said = f"measured pressure is not compared: {error}"
        return summary.model_copy(update={"warnings": (*summary.warnings, said)})
    section = measured_section(measured, summary.plantar.peak_pressure_kpa)
    plantar = summary.plantar.model_copy(update={"measured": section})
    return summary.model_copy(update={"plantar": plantar})


def measured_section(measured: MeasuredRegions, computed: Regions | None) -> MeasuredPlantar:
    """Median and range of the peaks by region, and the computed peak over the median."""
    peaks = {name: measured.regions[name].peak_kpa for name in REGIONS}
    medians = {name: float(np.median(values)) for name, values in peaks.items()}
    ranges = {name: step_range(values) for name, values in peaks.items()}
    return MeasuredPlantar(
        steps=len(measured.duration_s),
        peak_pressure_kpa=Regions(**medians),
        low_kpa=Regions(**{name: low for name, (low, _) in ranges.items()}),
        high_kpa=Regions(**{name: high for name, (_, high) in ranges.items()}),
        computed_over_measured=None if computed is None else _ratio(computed, medians),
    )


def _ratio(computed: Regions, medians: Mapping[str, float]) -> Regions:
    values = {name: getattr(computed, name) for name in REGIONS}
    return Regions(
        **{
            name: value / medians[name]
            for name, value in values.items()
            if value is not None and medians[name] > 0.0
        }
    )
