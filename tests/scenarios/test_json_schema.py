# SPDX-License-Identifier: MIT
"""The JSON schema accepts what `check` accepts and marks what it refuses, where it stands."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import jsonschema
import pytest

from materials.library import names
from scenarios.cli import main
from scenarios.errors import ScenarioError
from scenarios.json_schema import schema_text
from scenarios.keys import find_key, scenario_keys, unit_of
from scenarios.loading import load_scenario
from scenarios.schema import Scenario
from scenarios.source import LIBRARY, library_names
from scenarios.toml_text import toml_text

PROJECT = Path(__file__).resolve().parents[2]
DOCS = PROJECT / "docs"
SCENARIO, STUDY, SEARCH = (
    jsonschema.Draft7Validator(json.loads(schema_text(kind)))
    for kind in ("scenario", "study", "search")
)


def refused(text: str, validator: jsonschema.Draft7Validator = SCENARIO) -> list[str]:
    """Places of the errors of a TOML text."""
    return sorted({error.json_path for error in validator.iter_errors(tomllib.loads(text))})


def test_it_is_a_schema_of_draft_7() -> None:
    for validator in (SCENARIO, STUDY, SEARCH):
        jsonschema.Draft7Validator.check_schema(validator.schema)
        assert not {"$defs", "prefixItems"} & set(
            re.findall(r'"([^"]+)":', json.dumps(validator.schema))
        )


@pytest.mark.parametrize("name", library_names())
def test_it_accepts_the_library(name: str) -> None:
    assert refused((LIBRARY / f"{name}.toml").read_text()) == []
    scenario = load_scenario(name).scenario
    resolved = toml_text(scenario.model_dump(mode="json", exclude_none=True))
    assert refused(resolved) == []


def examples() -> list[tuple[str, str]]:
    """TOML blocks of the documentation that are whole scenarios or studies."""
    found = []
    for file in sorted(DOCS.rglob("*.md")):
        for text in re.findall(
            r"^```toml\n(.*?)^```", file.read_text(encoding="utf-8"), re.M | re.S
        ):
            tables = set(tomllib.loads(text))
            if "scenario" in tables or tables <= {*Scenario.model_fields, "wear", "scan"}:
                found.append((f"{file.relative_to(DOCS)}: {text.splitlines()[0]}", text))
    return found


@pytest.mark.parametrize("text", [pytest.param(text, id=name) for name, text in examples()])
def test_it_accepts_the_examples_of_the_documentation(text: str) -> None:
    tables = tomllib.loads(text)
    validator = SEARCH if "goals" in tables else STUDY if "scenario" in tables else SCENARIO
    assert refused(text, validator) == []


def test_the_documentation_has_examples() -> None:
    assert len(examples()) >= 10


WRONG = [
    ('analysis = "standng"', "$.analysis"),
    ("[insole]\nthickness_mm = 50", "$.insole.thickness_mm"),
    ('[insole]\nthickness_mm = "6"', "$.insole.thickness_mm"),
    ("[insole]\nthicknes_mm = 6", "$.insole"),
    ('[insole]\nmaterial = "eva35"', "$.insole.material"),
    ('[baseline]\nmaterial = "eva35"', "$.baseline.material"),
    (
        '[insole]\nlayers = [{ material = "eva35", thickness_mm = 2 }]',
        "$.insole.layers[0].material",
    ),
    ('[insole]\nzones = [{ region = "heal", material = "cork" }]', "$.insole.zones[0].region"),
    ('[insole]\nlayers = [{ material = "cork" }]', "$.insole.layers[0]"),
    ('[insole.infill]\nmaterial = "none"', "$.insole.infill.material"),
    ("[output]\nstance_percent = 60", "$.output.stance_percent"),
    ("[output]\nstance_percent = [0, 5]", "$.output.stance_percent"),
    ("[output]\nfields = 1", "$.output.fields"),
    ("[subject.scan]\nheel_xyz = [1, 2]", "$.subject.scan.heel_xyz"),
    ("[scan]\nunit = 1", "$.scan.unit"),
    ("[wear]\nhours = -1", "$.wear.hours"),
    ("[solver]\nmax_cutbacks = 2.5", "$.solver.max_cutbacks"),
    ('name = "a b"', "$.name"),
    ("subjet = 1", "$"),
]


@pytest.mark.parametrize(
    ("text", "place"), WRONG, ids=[place.strip("$.") or "top" for _, place in WRONG]
)
def test_it_marks_what_the_command_refuses(tmp_path: Path, text: str, place: str) -> None:
    assert refused(text) == [place]
    file = tmp_path / "wrong.toml"
    file.write_text(text)
    with pytest.raises(ScenarioError):
        load_scenario(str(file))


def test_names_of_an_own_file_are_left_to_the_command() -> None:
    text = '[insole]\nmaterial = "my_foam"\nmaterial_file = "my.toml"'
    assert refused(text) == []
    known = SCENARIO.schema["properties"]["insole"]["properties"]["material"]["anyOf"][0]["enum"]
    assert known == ["none", *names("insole")]


@pytest.mark.parametrize("name", [key.name for key in scenario_keys() if "[" not in key.name])
def test_ranges_units_and_defaults_are_those_of_the_key(name: str) -> None:
    key, node = find_key(name), SCENARIO.schema
    for part in name.split("."):
        node = node["properties"][part]
    assert key is not None
    assert node["description"].startswith(key.description) and key.default in node["description"]
    assert unit_of(name).replace("%", "er cent") in node["description"]
    bounds = re.match(r"(?:whole number, )?(\S+) to (\S+)", key.allowed)
    if bounds and node.get("type") in ("number", "integer"):
        low, high = map(float, bounds.groups())
        assert (node["minimum"], node["maximum"]) == pytest.approx((low, high))


STUDY_HEAD = 'scenario = "standing"\n'
FACTOR = '[[factors]]\nkey = "insole.thickness_mm"\nvalues = [4, 6]\n'
WRONG_STUDIES = [
    (FACTOR, "$"),
    (STUDY_HEAD + FACTOR.replace("thickness", "thicknes"), "$.factors[0].key"),
    (STUDY_HEAD + '[settings]\n"insole.thicknes_mm" = 3\n' + FACTOR, "$.settings"),
    (
        STUDY_HEAD + '[settings]\n"insole.thickness_mm" = 300\n' + FACTOR,
        "$.settings['insole.thickness_mm']",
    ),
    (
        STUDY_HEAD + "[settings.insole]\nthickness_mm = 300\n" + FACTOR,
        "$.settings.insole.thickness_mm",
    ),
    (STUDY_HEAD + FACTOR + '[design]\nkind = "gird"\n', "$.design.kind"),
    (
        STUDY_HEAD + '[design]\nkind = "list"\ncases = [{ "insole.thickness_mm" = 300 }]\n',
        "$.design.cases[0]['insole.thickness_mm']",
    ),
]


@pytest.mark.parametrize(("text", "place"), WRONG_STUDIES, ids=[p for _, p in WRONG_STUDIES])
def test_it_marks_what_is_wrong_in_a_study(text: str, place: str) -> None:
    assert refused(text, STUDY) == [place]


GOAL = '[[goals]]\nkey = "plantar.peak_pressure_kpa.heel"\n'
WRONG_SEARCHES = [
    (STUDY_HEAD + FACTOR, "$"),
    (STUDY_HEAD + FACTOR + GOAL + 'direction = "down"\n', "$.goals[0].direction"),
    (STUDY_HEAD + FACTOR + GOAL + "[search]\ntrials = 0\n", "$.search.trials"),
    (STUDY_HEAD + FACTOR + GOAL + '[design]\nkind = "grid"\n', "$"),
]


@pytest.mark.parametrize(("text", "place"), WRONG_SEARCHES, ids=[p for _, p in WRONG_SEARCHES])
def test_it_marks_what_is_wrong_in_a_search(text: str, place: str) -> None:
    assert refused(STUDY_HEAD + FACTOR + GOAL, SEARCH) == []
    assert refused(text, SEARCH) == [place]


def test_the_command_prints_it_alone(capsys: pytest.CaptureFixture[str]) -> None:
    for kind in ("scenario", "study", "search"):
        flags = [] if kind == "scenario" else [f"--{kind}"]
        assert main(["schema", *flags]) == 0
        assert capsys.readouterr() == (schema_text(kind), "")
