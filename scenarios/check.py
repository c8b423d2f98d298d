# SPDX-License-Identifier: MIT
"""Everything that can be refused before a run: gait files, calibration, shapes."""

from __future__ import annotations

from collections.abc import Mapping

from scenarios.calibration_terms import UNUSED_TABLES, differing, shown, terms
from scenarios.catalogue import poisson_warnings
from scenarios.errors import ScenarioError
from scenarios.folder import read_manifest
from scenarios.loading import Loaded, foot_dimensions, resolved_scenario
from scenarios.schema import Scenario
from scenarios.schema_subject import subject_warnings
from scenarios.subject_scan import scan_warnings
from scenarios.summary import read_summary
from scenarios.wear import wear_warnings


def check_scenario(loaded: Loaded) -> tuple[str, ...]:
    """Read the gait and the baseline result that a scenario names, and mesh its shapes.

    Meshes take a fraction of a second at coarse and two at fine resolution, and are kept.

    Returns:
        What a user should know though it is not wrong.

    Raises:
        ScenarioError: wrong content of a file, a calibration that does not fit, or a shape
            that cannot be meshed.
    """
    _check_both_feet(loaded)
    _check_calibration(loaded)
    worn = _wear_warnings(loaded)
    _check_shapes(loaded)
    scenario = loaded.scenario
    if scenario.analysis == "impact":
        gait = _impact_warnings(loaded)
    else:
        gait = _gait_warnings(loaded) if scenario.analysis == "stance" else ()
    gait = (*gait, *_unused(scenario))
    solids = poisson_warnings(scenario.insole, scenario.insole.materials)
    gait = (*scan_warnings(scenario.subject, loaded.given), *gait)
    return (*subject_warnings(scenario.subject), *gait, *worn, *solids)


def _wear_warnings(loaded: Loaded) -> tuple[str, ...]:
    tables = {"insole": loaded.scenario.insole, "baseline": loaded.scenario.baseline}
    said: list[str] = []
    for name, table in tables.items():
        try:
            said += () if table is None else wear_warnings(table, name)
        except ValueError as error:  # of a record in the user's file
            raise loaded.error(f"{name}.material_file", str(error)) from None
    return tuple(said)


def _gait_warnings(loaded: Loaded) -> tuple[str, ...]:
    from meshes.outline import foot_outline
    from scenarios.gait import build_gait

    scenario = loaded.scenario
    outline = foot_outline(foot_dimensions(scenario.subject))
    return build_gait(scenario.gait, scenario.subject, outline).warnings


def _impact_warnings(loaded: Loaded) -> tuple[str, ...]:
    """What the movement has to say, and what the time step is too long for."""
    from scenarios.gait import GaitError
    from scenarios.impact.build import check_duration
    from scenarios.shock.spectra import BANDS_HZ, resolvable_hz, unresolved_bands

    scenario, impact = loaded.scenario, loaded.scenario.impact
    try:
        of_movement = check_duration(scenario)
    except GaitError:
        raise
    except ScenarioError as error:
        raise loaded.error(error.key, error.problem, allowed=error.allowed) from None
    lost = unresolved_bands(impact.output_interval_ms)
    if not lost:
        return of_movement
    names = ", ".join(f"{low:g} to {high:g}" for low, high in (BANDS_HZ[name] for name in lost))
    return (
        *of_movement,
        f"outputs every {impact.output_interval_ms:g} ms resolve "
        f"{resolvable_hz(impact.output_interval_ms):.3g} Hz, so that the band {names} Hz is not "
        "given; see impact.output_rate_hz and impact.step_ms",
    )


def _unused(scenario: Scenario) -> tuple[str, ...]:
    """Say which keys differ from their default and go unread by the analysis."""
    keys = [
        (table, name, f"analysis = {scenario.analysis!r}")
        for table in UNUSED_TABLES[scenario.analysis]
        for name in _names(scenario, table)
    ]
    if scenario.analysis == "impact":
        keys.append(("subject", "leg_length_difference_mm", "analysis = 'impact'"))
        by = f"impact.movement = {scenario.impact.movement!r}"
        if scenario.impact.movement == "running":
            keys += [("gait", name, by) for name in _names(scenario, "gait")]
        else:
            keys.append(("impact", "running_speed_m_s", by))
    found = []
    for table, name, by in keys:
        values = getattr(scenario, table)
        if getattr(values, name) != getattr(type(values)(), name):
            found.append(f"{table}.{name} is not used by {by}")
    return tuple(found)


def _names(scenario: Scenario, table: str) -> tuple[str, ...]:
    return tuple(type(getattr(scenario, table)).model_fields)


def _check_both_feet(loaded: Loaded) -> None:
    if not loaded.scenario.insole.both_feet and loaded.scenario.baseline is None:
        raise loaded.error(
            "insole.both_feet",
            "is false, and no insole of the other foot is known",
            allowed="a [baseline], which the other foot keeps",
        )


def _check_shapes(loaded: Loaded) -> None:
    from scenarios.shapes import foot_shapes

    scenario, base = loaded.scenario, loaded.scenario.baseline
    try:
        foot_shapes(scenario, scenario.insole)
        if base is not None and base.calibration_dir is None:
            foot_shapes(scenario, base, "baseline")
    except ScenarioError as error:
        raise loaded.error(error.key, error.problem, allowed=error.allowed) from None


def _check_calibration(loaded: Loaded) -> None:
    baseline = loaded.scenario.baseline
    if baseline is None or baseline.calibration_dir is None:
        return
    key = "baseline.calibration_dir"
    folder = baseline.calibration_dir
    try:
        summary = read_summary(folder)
        there = resolved_scenario(folder / "scenario.toml")
    except ScenarioError as error:
        raise loaded.error(key, f"{error.where}: {error.problem}", allowed=error.allowed) from None
    if summary.role != "baseline":
        raise loaded.error(
            key,
            f"{folder} is no baseline (role {summary.role or 'absent'})",
            allowed="the result of a run that calibrated on its own insole",
        )
    recorded = read_manifest(folder).get("inputs_sha256", {})
    _refuse_other_terms(loaded, key, terms(there, recorded))


def _refuse_other_terms(loaded: Loaded, key: str, there: Mapping[str, object]) -> None:
    here = terms(loaded.scenario)
    other = differing(there, here)
    if not other:
        return
    first, more = other[0], ", ".join(other[1:4]) + (", ..." if len(other) > 4 else "")
    problem = f"the baseline's {first} is {shown(there.get(first))}, "
    problem += f"here it is {shown(here.get(first))}"
    if more:
        problem += f" ({more} differ too)"
    raise loaded.error(key, problem, allowed="all but the insole as in the baseline")
