# SPDX-License-Identifier: MIT
"""A changed design as a small scenario file that runs by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from scenarios.followup.modifications import Change
from scenarios.schema import Scenario
from scenarios.schema_insole import Baseline, Insole
from scenarios.source import flattened, nested
from scenarios.toml_text import toml_text

KEPT = ("name", "analysis", "resolution", "insole.material", "insole.thickness_mm")
"""Keys that are written though they be the default, for the reader."""
LONGEST_NAME = 100


def changed_insole(insole: Insole, change: Change) -> Insole:
    """The insole with some keys changed."""
    return Insole.model_validate({**insole.model_dump(exclude_none=True), **change})


def with_insole(scenario: Scenario, insole: Insole, name: str) -> Scenario:
    """The scenario on another insole, under a name of its own."""
    whole = f"{scenario.name}_{name}"[-LONGEST_NAME:].lstrip("_.-")
    return scenario.model_copy(update={"insole": insole, "name": whole})


def paired(scenario: Scenario, result: Path | None, role: str | None) -> Scenario:
    """The scenario with the baseline that makes its changes comparable to the current design.

    Args:
        scenario: the current design.
        result: its result folder, None where it was not run.
        role: of the result.
    """
    if scenario.baseline is not None or scenario.analysis == "impact":
        return scenario
    if result is None:
        values = scenario.insole.model_dump(exclude_none=True, exclude={"both_feet"})
        baseline = Baseline.model_validate(values)
    elif role == "baseline":
        baseline = Baseline(calibration_dir=result.resolve())
    else:
        return scenario
    return scenario.model_copy(update={"baseline": baseline})


def small_data(scenario: Scenario) -> dict[str, Any]:
    """Nested keys from which the schema makes the same scenario, those at their default left out.

    A key is left out where the scenario without it is the same: defaults that follow from other
    keys count too.
    """
    wanted = _data(scenario)
    flat = dict(flattened(wanted))
    for key in list(flat):
        if key in KEPT:
            continue
        less = {name: value for name, value in flat.items() if name != key}
        try:
            same = _data(Scenario.model_validate(nested(less))) == wanted
        except ValidationError:
            same = False
        if same:
            flat = less
    return nested(flat)


def scenario_text(
    scenario: Scenario, current: Insole, change: Change, comments: Sequence[str]
) -> str:
    """TOML text with comments above, and at each changed key of the insole what it was.

    Args:
        scenario: the changed one.
        current: insole of the current design.
        change: keys that differ.
        comments: lines at the top.
    """
    data = small_data(scenario)
    table = data.get("insole", {})
    for key in change:  # one that came back to its default is worth a line too
        table.setdefault(key, getattr(scenario.insole, key))
    data["insole"] = {key: _plain(value) for key, value in table.items()}
    ordered = {key: value for key, value in data.items() if not isinstance(value, Mapping)}
    ordered |= {"insole": data.pop("insole")}
    ordered |= data
    lines, inside = [], ""
    for line in toml_text(ordered).splitlines():
        if line.startswith("["):
            inside = line
        key = line.partition(" = ")[0]
        if inside == "[insole]" and key in change:
            line += f"  # was {was(current, key)}"
        lines.append(line)
    return "\n".join([*(f"# {text}" for text in comments), "", *lines]) + "\n"


def was(insole: Insole, key: str) -> str:
    """Value of a key as it stands in a comment or a table."""
    return shown(getattr(insole, key))


def shown(value: object) -> str:
    """A value of an insole's key in few words."""
    if value is None:
        return "not given"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, list | tuple):
        if all(isinstance(entry, int | float | str) for entry in value):
            return " ".join(map(shown, value)) or "none"
        parts = (dict(_plain(entry)) for entry in value)
        return ", ".join(" ".join(map(shown, part.values())) for part in parts) or "none"
    return str(value)


def _plain(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_plain(entry) for entry in value]
    return value.model_dump(exclude_none=True) if hasattr(value, "model_dump") else value


def _data(scenario: Scenario) -> dict[str, Any]:
    data = scenario.model_dump(exclude_none=True)
    if scenario.baseline is not None and scenario.baseline.calibration_dir is not None:
        data["baseline"] = {"calibration_dir": scenario.baseline.calibration_dir}
    return data
