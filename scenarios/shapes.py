# SPDX-License-Identifier: MIT
"""Meshes of a scenario on one rank; a shape that cannot be meshed is refused by its key."""

from __future__ import annotations

import re

from meshes.cache import cached_foot, cached_insole
from meshes.errors import MeshError
from meshes.foot import FootGeometry
from meshes.insole import InsoleGeometry
from scenarios.errors import ScenarioError
from scenarios.insole_table import insole_dimensions
from scenarios.loading import foot_dimensions
from scenarios.schema import Scenario
from scenarios.schema_insole import Insole
from scenarios.schema_subject import Subject
from scenarios.subject_scan import subject_correction
from scenarios.wear import wear_words

_FOOT_KEYS = {"length_mm": "foot_length_mm"}
_INSOLE_KEYS = {"offset_mm": "outline_offset_mm"}
_OF_ZONES = {f"{zone}_thickness_mm": zone for zone in ("heel", "midfoot", "forefoot", "toes")}
_UPPER_KEYS = {
    "stature_mm": "subject.height_m",
    "body_mass_kg": "subject.body_mass_kg",
    "lordosis_deg": "lumbar.lordosis_deg",
}


def foot_shapes(
    scenario: Scenario, table: Insole, name: str = "insole"
) -> tuple[FootGeometry, InsoleGeometry | None]:
    """Mesh foot and insole, or take them from the cache; to be called on one rank.

    Args:
        scenario: subject and resolution.
        table: the insole.
        name: table of the scenario in which it stands, ``"insole"`` or ``"baseline"``.

    Raises:
        ScenarioError: a shape that cannot be meshed; names the scenario for a file.
    """
    try:
        subject = scenario.subject
        correction = subject_correction(subject)
        foot = cached_foot(foot_dimensions(subject), scenario.resolution, correction=correction)
    except MeshError as error:
        raise _refusal(scenario, _foot_key(error.parameter), error) from error
    if table.is_barefoot:
        return foot, None
    try:
        return foot, cached_insole(foot, insole_dimensions(table), scenario.resolution)
    except MeshError as error:
        raise insole_refusal(scenario, table, name, error) from error


def insole_refusal(scenario: Scenario, table: Insole, name: str, error: MeshError) -> ScenarioError:
    """The refusal of an insole that stands in the table ``name``."""
    key = _insole_key(error.parameter, table, name)
    return _refusal(scenario, key, error, wear_words(table))


def upper_refusal(scenario: Scenario, error: MeshError) -> ScenarioError:
    """The refusal of a body above the ankle; discs follow from lordosis and stature."""
    return _refusal(scenario, _UPPER_KEYS.get(error.parameter, "lumbar"), error)


def _refusal(scenario: Scenario, key: str, error: MeshError, remark: str = "") -> ScenarioError:
    problem, allowed = str(error).removesuffix(f"; allowed: {error.allowed}"), error.allowed
    if "." in key:  # it says what the mesher's own name would
        problem = problem.removeprefix(f"{error.parameter}: ")
    for name, known in _INSOLE_KEYS.items():
        allowed = re.sub(rf"\b{name}\b", known, allowed)
    return ScenarioError(scenario.name, key, problem + remark, allowed=allowed)


def _foot_key(parameter: str) -> str:
    name = _FOOT_KEYS.get(parameter, parameter)
    return f"subject.{name}" if name in Subject.model_fields else "subject"


def _insole_key(parameter: str, table: Insole, name: str) -> str:
    """The key of a dimension; of several at fault the first that is not zero, else the table."""
    if parameter in ("cover_thickness_mm", "shell_thickness_mm"):
        index = 0 if parameter.startswith("cover") else len(table.layers) - 1
        return f"{name}.layers[{index}].thickness_mm"
    if parameter in _OF_ZONES:
        regions: list[str] = [zone.region for zone in table.zones]
        return f"{name}.zones[{regions.index(_OF_ZONES[parameter])}].thickness_mm"
    parameter = _INSOLE_KEYS.get(parameter, parameter)
    known = [part for part in parameter.split(", ") if part in Insole.model_fields]
    given = [part for part in known if getattr(table, part)]
    return f"{name}.{(given or known)[0]}" if known else name
