# SPDX-License-Identifier: MIT
"""What two runs were asked for, and where that differs beside the insole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from scenarios.followup.visits import FREE, changed_keys, scenario_keys_of
from scenarios.loading import scenario_data
from scenarios.schema import Scenario
from scenarios.source import flattened
from scenarios.summary import Summary

MOST = 8
"""Keys that are named; more are counted."""
SAID_ELSEWHERE = ("analysis", "resolution")
ONLY_REPORTED = ("alignment",)
"""Tables that change no number of a run, only how many more are computed."""
INSTANTS = "output.stance_percent"
"""Where results are looked at: peaks and means over other instants are other numbers."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Keys that are not the same, as ``key a -> b``; empty where a scenario is not known.

    Attributes:
        insole: of the insole.
        beside: of everything else but names, output, solver and baseline.
        known: whether both scenarios are there.
    """

    insole: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    known: bool = True

    @property
    def warning(self) -> str:
        """What must be known of the rest, empty where only insoles differ."""
        if not self.known:
            return "a scenario.toml is missing or damaged: what else differs is not known"
        if not self.beside:
            return ""
        more = f" and {len(self.beside) - MOST} more" if len(self.beside) > MOST else ""
        return (
            f"beside the insole: {', '.join(self.beside[:MOST])}{more}: differences are not of the "
            "insole alone"
        )


def settings_of(first: Path, other: Path) -> Settings:
    """Where the scenarios of two result folders differ."""
    one, two = _completed(scenario_keys_of(first), scenario_keys_of(other))
    beside = {key.partition(".")[0] for key in (*one, *two)} - {*FREE, *SAID_ELSEWHERE}
    beside -= set(ONLY_REPORTED)
    # A run of standing has one instant whatever is asked for.
    standing = one.get("analysis") == two.get("analysis") == "standing"
    others = (*changed_keys(one, two, beside), *(() if standing else _instants(one, two)))
    return Settings(changed_keys(one, two, {"insole"}), others, bool(one and two))


def _completed(
    one: Mapping[str, object], two: Mapping[str, object]
) -> tuple[Mapping[str, object], Mapping[str, object]]:
    """Both with the default of a key that only the other has, as an older version lacks it."""
    if not one or not two or one.keys() == two.keys():
        return one, two
    known = dict(flattened(scenario_data(Scenario())))
    keys = dict.fromkeys((*one, *two))
    first, second = (
        {k: each.get(k, known.get(k)) for k in keys if k in each or k in known}
        for each in (one, two)
    )
    return first, second


def _instants(one: Mapping[str, object], two: Mapping[str, object]) -> tuple[str, ...]:
    if one.get(INSTANTS) is None or two.get(INSTANTS) is None:
        return ()
    return changed_keys({INSTANTS: one[INSTANTS]}, {INSTANTS: two[INSTANTS]}, {"output"})


def subject_differences(first: Summary, other: Summary) -> tuple[str, ...]:
    """Measures of the subjects that are not the same, as ``name a, b``."""
    one = _data(first)
    two = _data(other)
    return tuple(
        f"{name} {one.get(name)}, {two.get(name)}"
        for name in dict.fromkeys((*one, *two))
        if one.get(name) != two.get(name)
    )


def _data(summary: Summary) -> Mapping[str, object]:
    return {} if summary.subject is None else summary.subject.model_dump(exclude_none=True)
