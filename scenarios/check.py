# SPDX-License-Identifier: MIT
"""Everything that can be refused without a mesh: scenario, gait files, calibration."""

from __future__ import annotations

from scenarios.errors import ScenarioError
from scenarios.loading import Loaded, foot_dimensions
from scenarios.summary import read_summary


def check_scenario(loaded: Loaded) -> tuple[str, ...]:
    """Read the gait and the baseline result that a scenario names.

    Returns:
        What a user should know though it is not wrong.

    Raises:
        ScenarioError: wrong content of a file, or a calibration that does not fit.
    """
    _check_calibration(loaded)
    return _gait_warnings(loaded) if loaded.scenario.analysis == "stance" else ()


def _gait_warnings(loaded: Loaded) -> tuple[str, ...]:
    from meshes.outline import foot_outline
    from scenarios.gait import build_gait

    scenario = loaded.scenario
    outline = foot_outline(foot_dimensions(scenario.subject))
    return build_gait(scenario.gait, scenario.subject, outline).warnings


def _check_calibration(loaded: Loaded) -> None:
    baseline = loaded.scenario.baseline
    if baseline is None or baseline.calibration_dir is None:
        return
    key = "baseline.calibration_dir"
    try:
        summary = read_summary(baseline.calibration_dir)
    except ScenarioError as error:
        raise loaded.error(key, f"{error.where}: {error.problem}", allowed=error.allowed) from None
    if summary.role != "baseline":
        raise loaded.error(
            key,
            f"{baseline.calibration_dir} is no baseline (role {summary.role or 'absent'})",
            allowed="the result of a run that calibrated on its own insole",
        )
    for name in ("analysis", "resolution"):
        there, here = getattr(summary, name), getattr(loaded.scenario, name)
        if there != here:
            raise loaded.error(
                key, f"the baseline's {name} is {there}, here it is {here}", allowed="the same"
            )
