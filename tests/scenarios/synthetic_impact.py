# SPDX-License-Identifier: MIT
"""A made-up result folder of an impact: histories, spectra and summary as a run writes them."""

from __future__ import annotations

from pathlib import Path

from scenarios.shock.history import ShockHistory
from scenarios.shock.summarise import (
    insole_with_energy,
    shock_section,
    shock_warnings,
)
from scenarios.shock.tables import shock_rows, write_spectra
from scenarios.summary import (
    InsoleSummary,
    LumbarLevel,
    Peak,
    SubjectSummary,
    Summary,
    summary_text,
)
from scenarios.table import GrowingTable
from tests.helpers.shock_signals import running_impact


def _lumbar(history: ShockHistory) -> dict[str, LumbarLevel]:
    return {
        level.level: LumbarLevel(
            compression_n=Peak(
                peak=float(level.compression_n.max()), mean=float(level.compression_n.mean())
            )
        )
        for level in history.levels
    }


def impact_summary(history: ShockHistory, **more: object) -> Summary:
    """The summary of these histories."""
    values: dict[str, object] = {
        "scenario": "heel_strike",
        "analysis": "impact",
        "converged": True,
        "resolution": "coarse",
        "role": "candidate",
        "subject": SubjectSummary(
            body_mass_kg=70.0, height_m=1.75, foot_length_mm=255.0, foot_type="neutral"
        ),
        "lumbar": _lumbar(history),
        "shock": shock_section(history),
        "insole": insole_with_energy(InsoleSummary(peak_compressive_strain=0.4), history),
        "warnings": shock_warnings(history),
    }
    return Summary(**{**values, **more})  # type: ignore[arg-type]


def make_impact(folder: Path, softness: float = 1.0, step_ms: float = 0.5) -> Path:
    """Write a whole folder of an impact on an insole of that softness."""
    folder.mkdir(parents=True, exist_ok=True)
    history = running_impact(softness, step_ms)
    table = GrowingTable(folder / "history.csv")
    table.add_rows(list(shock_rows(history)))
    table.close()
    write_spectra(folder, history)
    (folder / "summary.json").write_text(summary_text(impact_summary(history)))
    (folder / "scenario.toml").write_text(
        'analysis = "impact"\n[insole]\nmaterial = "eva_35"\nheel_lift_mm = 0.0\n'
    )
    return folder
