# SPDX-License-Identifier: MIT
"""Small finished result folders with made-up numbers: what a follow-up reads, and no more."""

from __future__ import annotations

import json
from pathlib import Path

from scenarios.loading import scenario_data
from scenarios.schema import Scenario
from scenarios.summary import Summary, summary_text
from scenarios.toml_text import toml_text

SUBJECT = {"body_mass_kg": 70.0, "height_m": 1.75, "foot_length_mm": 255.0, "foot_type": "neutral"}
PRESSURE = {"heel": 250.0, "midfoot": 60.0, "forefoot": 180.0, "hallux": 90.0, "toes": 80.0}


def result(
    folder: Path,
    pressure: dict[str, float] | None = None,
    integral: dict[str, float] | None = None,
    *,
    analysis: str = "stance",
    role: str | None = "candidate",
    error: float | None = None,
    scenario: dict[str, object] | None = None,
    **sections: object,
) -> Path:
    """Write a result folder.

    Args:
        folder: that is made.
        pressure: peak pressure (kPa) by region where it is not `PRESSURE`.
        integral: pressure-time integral (kPa s) by region; none without it.
        analysis: of summary and scenario.
        role: of the run.
        error: relative discretisation error of each peak pressure.
        scenario: keys of the scenario that are not at their default.
        sections: of the summary, such as ``alignment``.
    """
    folder.mkdir(parents=True)
    peaks = PRESSURE | (pressure or {})
    plantar: dict[str, object] = {"peak_pressure_kpa": peaks}
    if integral is not None:
        plantar["pressure_time_integral_kpa_s"] = integral
    data: dict[str, object] = {
        "schema": "solespine.summary/1",
        "scenario": "made_up",
        "analysis": analysis,
        "converged": True,
        "resolution": "coarse",
        "role": role,
        "subject": SUBJECT,
        "plantar": plantar,
    }
    if error is not None:
        keys = (f"plantar.peak_pressure_kpa.{name}" for name in peaks)
        data["discretisation_error"] = {key: {"relative": error} for key in keys}
    summary = Summary.model_validate({**data, **sections})
    (folder / "summary.json").write_text(summary_text(summary))
    keys = {"name": "made_up", "analysis": analysis, **(scenario or {})}
    whole = Scenario.model_validate(keys)
    (folder / "scenario.toml").write_text(toml_text(scenario_data(whole)))
    (folder / "manifest.json").write_text(json.dumps({"inputs_sha256": {}}))
    return folder
