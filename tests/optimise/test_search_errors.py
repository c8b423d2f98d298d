# SPDX-License-Identifier: MIT
"""What is wrong with a search is said by file, key, what is allowed and the nearest match."""

from __future__ import annotations

import importlib.util
from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest

from scenarios.cli import main
from scenarios.errors import ScenarioError
from scenarios.optimise.load import load_search
from tests.helpers.search_command import FACTORS, SETTINGS, goals, search
from tests.helpers.sweep_command import written

HEEL = "plantar.peak_pressure_kpa.heel"
BASE = f'scenario = "standing"\n{SETTINGS}{FACTORS}'


def with_goal(key: str, more: str = "") -> str:
    return BASE + goals(key) + more


def with_factor(text: str) -> str:
    return f'scenario = "standing"\n[[factors]]\n{text}\n' + goals(HEEL)


def with_start(text: str) -> str:
    return search(f"start = [{{ {text} }}]")


THICKNESS = 'key = "insole.thickness_mm"\n'
CONSTRAINT = f'[[constraints]]\nkey = "{HEEL}"\n'
WRONG = [
    (with_goal("plantar.peak_presure_kpa.heel"), "goals[0].key", f"did you mean {HEEL}?"),
    (with_goal("plantar.peak_pressure_kpa"), "goals[0].key", "is a table; allowed: plantar"),
    (with_goal("analysis"), "goals[0].key", "analysis is not a number"),
    (with_goal("warnings"), "goals[0].key", "warnings is not a number"),
    (with_goal("insole.material"), "goals[0].key", "insole.material is not a number"),
    (with_goal("shock.impact_peak_bw"), "goals[0].key", "the analysis standing has no shock"),
    (BASE, "", "has no goals"),
    (f'scenario = "standing"\n{goals(HEEL)}', "", "has no factors"),
    (BASE + goals(HEEL, HEEL), "", "is a goal twice"),
    (BASE + goals(HEEL) + 'direction = "smaller"\n', "goals[0].direction", "'minimise' or"),
    (with_goal(HEEL, CONSTRAINT), "constraints[0]", "has no limit; allowed: at_most"),
    (with_goal(HEEL, CONSTRAINT + "at_most = 1\nat_least = 2"), "constraints[0]", "is above"),
    (with_goal(HEEL, CONSTRAINT + 'at_most = "200 kPa"'), "constraints[0].at_most", "200 kPa"),
    (with_goal(HEEL, CONSTRAINT + "at_mst = 200"), "constraints[0].at_mst", "mean at_most?"),
    (
        with_goal(HEEL, CONSTRAINT.replace("heel", "hel") + "at_most = 1"),
        "constraints[0].key",
        HEEL,
    ),
    (with_factor(f"{THICKNESS}range = [9, 3]"), "factors[0]", "the lower number first"),
    (with_factor(f"{THICKNESS}range = [3, 900]"), "insole.thickness_mm", "out of range"),
    (with_factor('key = "insole.thicknes_mm"\nrange = [3, 9]'), "factors[0].key", "thickness_mm?"),
    (with_factor(f"{THICKNESS}range = [3, 9]\nlog = true\nlevels = 3"), "factors[0]", "do not go"),
    (with_factor('key = "insole.conformity"\nrange = [0, 1]\nlog = true'), "factors[0]", "above 0"),
    (with_factor(f"{THICKNESS}range = [3, 8.5]\ninteger = true"), "factors[0]", "has a fraction"),
    (
        with_factor(f'{THICKNESS}distribution = "normal"\nmean = 5\nsd = 1'),
        "factors[0]",
        "a search draws no normal factor",
    ),
    (with_goal(HEEL, '[design]\nkind = "grid"'), "", "neither design nor compare"),
    (search('sampler = "nsga"'), "search.sampler", "nsga2"),
    (search("trials = 0"), "search.trials", "got 0"),
    (search("trial = 10"), "search.trial", "did you mean trials?"),
    (search('pruning = "median"'), "", "is for one goal"),
    (with_start('"insole.thicknes_mm" = 4'), "search.start[0]", "did you mean insole.thickness_mm"),
    (with_start('"insole.thickness_mm" = 40'), "search.start[0]", "a number of [3, 9]"),
    (
        search(
            'trials = 1\nstart = [{ "insole.thickness_mm" = 4 }, { "insole.thickness_mm" = 5 }]'
        ),
        "",
        "more than the trials",
    ),
]


@pytest.mark.parametrize(("text", "key", "said"), WRONG, ids=[said for _, _, said in WRONG])
def test_refused_by_name_before_anything_is_written(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    text: str,
    key: str,
    said: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    written(tmp_path, text)
    assert main(["optimise", "study.toml"]) == 2
    message = capsys.readouterr().err
    assert message.count("\n") == 1
    assert "study.toml" in message and key in message and said in message
    assert [path.name for path in tmp_path.iterdir()] == ["study.toml"]


@pytest.mark.parametrize(
    ("package", "options", "said"),
    [
        ("optuna", "", "pip install 'solespine[studies]'"),
        ("torch", 'sampler = "gp"', "gp needs the package torch; allowed: pip install torch"),
    ],
)
def test_an_absent_package_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, package: str, options: str, said: str
) -> None:
    find = importlib.util.find_spec

    def without(name: str, parent: str | None = None) -> ModuleSpec | None:
        return None if name == package else find(name, parent)

    monkeypatch.setattr(importlib.util, "find_spec", without)
    with pytest.raises(ScenarioError) as error:
        load_search(written(tmp_path, search(options)))
    assert said in str(error.value)


def test_status_of_what_is_no_search(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    written(tmp_path, search())
    assert main(["optimise", "study.toml", "--status"]) == 2
    assert "is no search's folder" in capsys.readouterr().err
