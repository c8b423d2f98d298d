# SPDX-License-Identifier: MIT
"""From a result to a list of changes worth computing next, each a scenario of its own.

One change at a time, so that each effect is known; then the first of each rule together. What a
change does is for the runs to say: nothing here predicts it, and nothing is said of pain.
"""

from __future__ import annotations

import math
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from scenarios.check import check_scenario
from scenarios.errors import ScenarioError, listed, nearest
from scenarios.followup.design import changed_insole, paired, scenario_text, shown, was, with_insole
from scenarios.followup.modifications import Change, NoChange
from scenarios.followup.rules import RULES, Modification, Rule
from scenarios.loading import load_scenario, resolved_scenario
from scenarios.schema import Scenario
from scenarios.schema_insole import Insole
from scenarios.source import user_path
from scenarios.summary import main_outputs, read_summary

COMMAND = "insole suggest"
COMBINED = "combined"
SHARED = ("zones",)
"""Keys that several changes may extend."""


@dataclass(frozen=True, slots=True)
class Source:
    """The current design.

    Attributes:
        where: as the user named it.
        scenario: with the baseline that its changes are compared on.
        result: its folder, None for a scenario that was not run.
        outputs: numbers of the result by dotted key, empty without one.
    """

    where: str
    scenario: Scenario
    result: Path | None
    outputs: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Asked:
    """A rule with its number.

    Attributes:
        rule: that looked.
        value: number of the result, None where there is none.
        mark: beyond which it asks, None where the analysis has none.
    """

    rule: Rule
    value: float | None
    mark: float | None

    @property
    def is_beyond(self) -> bool:
        """Whether the number asks for a change."""
        return self.value is not None and self.mark is not None and self.value > self.mark

    @property
    def words(self) -> str:
        """The number beside its mark."""
        unit = f" {self.rule.unit}" if self.rule.unit else ""
        if self.value is None:
            return f"{self.rule.title}: no result"
        if self.mark is None:
            return f"{self.rule.title}: {self.value:.4g}{unit}, no mark in this analysis"
        side = "above" if self.is_beyond else "not above"
        return f"{self.rule.title}: {self.value:.4g}{unit}, {side} the mark of {self.mark:g}{unit}"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A changed design.

    Attributes:
        name: of its file.
        change: keys of the insole with their new values.
        reasons: each rule that asked, and the modification it asked for.
        text: of the scenario file, empty where the change cannot be made.
        problem: why not.
    """

    name: str
    change: Change
    reasons: tuple[tuple[Asked, Modification], ...]
    text: str
    problem: str = ""


def read_source(text: str) -> Source:
    """The current design, from a result folder or a scenario.

    Raises:
        ScenarioError: neither, or no insole to change.
    """
    path = user_path(text)
    if path.is_dir():
        summary = read_summary(path)
        outputs = dict(main_outputs(summary))
        if not outputs:
            raise ScenarioError(text, "", "holds no outputs, only meshes", allowed="a run's result")
        scenario = resolved_scenario(path / "scenario.toml")
        scenario = paired(scenario, path, summary.role)
        source = Source(text, scenario, path, outputs)
    else:
        scenario = paired(load_scenario(text).scenario, None, None)
        source = Source(text, scenario, None, {})
    if scenario.insole.is_barefoot:
        raise ScenarioError(
            text, "insole.material", 'is "none"', allowed="an insole, which can be changed"
        )
    return source


def read_marks(given: Sequence[str]) -> dict[str, float]:
    """Marks of the user by rule.

    Raises:
        ScenarioError: no ``RULE=VALUE``, no such rule, or no positive number.
    """
    names = [rule.name for rule in RULES]
    marks = {}
    for text in given:
        name, equals, number = text.partition("=")
        if name not in names:
            near = nearest(name, names, cutoff=0.5)
            raise ScenarioError(
                "--mark", text, f"no rule {name!r}", allowed=listed(names), suggestion=near
            )
        try:
            value = float(number) if equals else math.nan
        except ValueError:
            value = math.nan
        if not (math.isfinite(value) and value > 0.0):
            raise ScenarioError("--mark", text, "is not RULE=VALUE", allowed="a number above 0")
        marks[name] = value
    return marks


def asked_of(source: Source, marks: Mapping[str, float]) -> tuple[Asked, ...]:
    """Every rule with its number and its mark."""
    analysis = source.scenario.analysis
    return tuple(
        Asked(rule, rule.value(source.outputs), marks.get(rule.name, rule.marks.get(analysis)))
        for rule in RULES
    )


def suggestions(
    source: Source, asked: Sequence[Asked], *, all_rules: bool = False
) -> tuple[Suggestion, ...]:
    """The changes that rules ask for, checked by schema and mesher, the combined one last.

    Args:
        source: the current design.
        asked: the rules with their numbers.
        all_rules: changes of rules that do not ask too. Without a result they are all made.
    """
    analysis = source.scenario.analysis
    every = all_rules or source.result is None
    active = [
        one
        for one in asked
        if one.is_beyond or (every and (one.value is not None or analysis in one.rule.marks))
    ]
    reasons: dict[str, list[tuple[Asked, Modification]]] = {}
    for one in active:
        for made in one.rule.changes:
            reasons.setdefault(made.name, []).append((one, made))
    found = [_single(source, name, why) for name, why in reasons.items()]
    together = _combined(source, active, {one.name for one in found if one.text})
    return tuple(found) if together is None else (*found, together)


def _single(source: Source, name: str, why: Sequence[tuple[Asked, Modification]]) -> Suggestion:
    try:
        change = why[0][1].make(source.scenario.insole)
    except NoChange as error:
        return Suggestion(name, {}, tuple(why), "", str(error))
    return _checked(source, name, change, why)


def _combined(source: Source, active: Sequence[Asked], made: set[str]) -> Suggestion | None:
    """The first change of each rule that could be made, one after the other on one insole."""
    insole = source.scenario.insole
    change: dict[str, object] = {}
    why: list[tuple[Asked, Modification]] = []
    for one in active:
        first = next((each for each in one.rule.changes if each.name in made), None)
        if first is None:
            continue
        if any(first.name == other.name for _, other in why):
            why.append((one, first))
            continue
        try:
            more = first.make(insole)
        except NoChange:
            continue
        if any(key in change and key not in SHARED for key in more):
            continue
        insole = changed_insole(insole, more)
        change |= more
        why.append((one, first))
    if len({made.name for _, made in why}) < 2:
        return None
    return _checked(source, COMBINED, change, why)


def _checked(
    source: Source, name: str, change: Change, why: Sequence[tuple[Asked, Modification]]
) -> Suggestion:
    """The scenario's text, once schema and mesher have taken it."""
    current = source.scenario.insole
    scenario = with_insole(source.scenario, changed_insole(current, change), name)
    comments = _comments(source, change, why, current)
    text = scenario_text(scenario, current, change, comments)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"{name}.toml"
        file.write_text(text, encoding="utf-8")
        try:
            check_scenario(load_scenario(str(file)))
        except ScenarioError as error:
            if error.key.partition(".")[0] != "insole":
                raise ScenarioError(
                    source.where, error.key, error.problem, allowed=error.allowed
                ) from None
            return Suggestion(name, change, tuple(why), "", f"{error.key}: {error.problem}")
    return Suggestion(name, change, tuple(why), text)


def change_words(change: Change, current: Insole) -> str:
    """A change as ``key a -> b``."""
    return "; ".join(
        f"insole.{key} {was(current, key)} -> {shown(value)}" for key, value in change.items()
    )


def _comments(
    source: Source, change: Change, why: Sequence[tuple[Asked, Modification]], current: Insole
) -> list[str]:
    lines = [f"A change to compute next, from {source.where}.", change_words(change, current)]
    for one, made in why:
        lines += [f"Rule {one.rule.name}: {one.words}.", f"  Why: {made.reason}."]
        lines.append(f"  Source: {made.source}.")
    return [*lines, "What it does is for the run to say; it says nothing of pain."]
