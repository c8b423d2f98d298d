# SPDX-License-Identifier: MIT
"""`solespine new`: the file says what holds, `check` takes it, nothing is ever replaced."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import jsonschema
import pytest

from scenarios.cli import main
from scenarios.cli.first_steps_arguments import ANALYSES, READERS
from scenarios.identity import scenario_hash
from scenarios.json_schema import schema_text, study_schema
from scenarios.keys import keys_of, scenario_keys
from scenarios.loading import load_scenario
from scenarios.optimise.load import load_search
from scenarios.optimise.study import Search
from scenarios.scenario_template import scenario_template, search_template, study_template
from scenarios.sweep.cases import load_study, study_cases
from scenarios.sweep.study import Study

DEFAULT = re.compile(r"^# (?=[a-z_0-9]+ = )", re.M)
EXAMPLE = re.compile(r"^#   e\.g\. (.+)$", re.M)


def without_comments(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if not line.startswith("#")) + "\n"


def with_defaults(text: str) -> str:
    """Every commented default said aloud; what is a comment of [baseline] stays one."""
    head, mark, baseline = text.partition("\n# [baseline]\n")
    return DEFAULT.sub("", head) + mark + baseline


def digest(folder: Path, text: str) -> str:
    file = folder / "scenario.toml"
    file.write_text(text)
    return scenario_hash(load_scenario(str(file)).scenario)


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("analysis", ANALYSES)
def test_it_says_what_holds_without_it(tmp_path: Path, analysis: str, reader: str) -> None:
    text = scenario_template(analysis, reader, "scenario.schema.json")
    meant = digest(tmp_path, f'analysis = "{analysis}"\n')
    assert digest(tmp_path, text) == meant
    assert digest(tmp_path, without_comments(text)) == meant
    said = with_defaults(text)
    assert said.count("\n") == text.count("\n")
    assert len(tomllib.loads(said)["insole"]) > len(tomllib.loads(text)["insole"])
    assert digest(tmp_path, said) == meant
    assert max(map(len, text.splitlines())) <= 112


def test_a_baseline_is_ready_to_be_taken(tmp_path: Path) -> None:
    text = scenario_template()
    head, mark, baseline = text.partition("# [baseline]\n")
    scenario = tmp_path / "scenario.toml"
    scenario.write_text(head + (mark + baseline).replace("# ", ""))
    found = load_scenario(str(scenario)).scenario.baseline
    assert found is not None and found.material == "eva_35"


def test_together_they_show_every_key() -> None:
    text = "\n".join(scenario_template(analysis, "researcher") for analysis in ANALYSES)
    for key in scenario_keys():
        if not key.name.startswith("baseline."):
            last = key.name.rpartition(".")[2]
            assert re.search(rf"^(# )?{last} = |^#  ? ?{last}: ", text, re.M), key.name
    study = study_template()
    for key in keys_of(Study):
        last = key.name.rpartition(".")[2]
        if key.name.partition("[")[0] not in ("factors", "settings"):
            assert re.search(rf"^(# )?{last} = |^#  ? ?(\w+\[\]\.)?{last}: ", study, re.M), key.name


def test_readers_see_what_is_theirs() -> None:
    designer, engineer = (scenario_template("stance", reader) for reader in READERS[:2])
    assert "# heel_cup_depth_mm" in designer and "# heel_cup_depth_mm" not in engineer
    assert "# penalty_factor" in engineer and "[contact]" not in designer
    assert "[gait]" in designer and "[impact]" not in designer and "[standing]" not in designer
    assert len(scenario_template("stance")) > max(len(designer), len(engineer))


def test_examples_are_right() -> None:
    schema = json.loads(schema_text())
    validator = jsonschema.Draft7Validator(schema)
    seen = 0
    for analysis in ANALYSES:
        table = ""
        for line in scenario_template(analysis).splitlines():
            header, example = re.match(r"\[(.+)\]$", line), EXAMPLE.match(line)
            table = header[1] if header else table
            if example:
                text = f"[{table}]\n{example[1]}\n" if table else f"{example[1]}\n"
                assert list(validator.iter_errors(tomllib.loads(text))) == [], text
                seen += 1
    assert seen > 30


@pytest.mark.parametrize("analysis", ANALYSES)
def test_a_study_is_one_of_four_cases(tmp_path: Path, analysis: str) -> None:
    cases = []
    for file in written_ways(tmp_path, study_template(analysis, "study.schema.json"), Study):
        cases.append(study_cases(load_study(file)))
    assert [case.refusal for case in cases[0]] == [""] * 4
    digests = [[case.digest for case in found] for found in cases]
    assert digests[0] == digests[1] == digests[2]


@pytest.mark.parametrize("analysis", ANALYSES)
def test_a_search_has_goals_and_a_constraint(tmp_path: Path, analysis: str) -> None:
    found = [
        load_search(file).study
        for file in written_ways(tmp_path, search_template(analysis, "search.schema.json"), Search)
    ]
    assert found[0] == found[1] == found[2]
    assert len(found[0].goals) == 2 and found[0].search.trials == 30


def written_ways(folder: Path, text: str, model: type[Study]) -> Iterator[str]:
    """A file as it is, without its comments, and with every default said aloud."""
    validator = jsonschema.Draft7Validator(study_schema(model))
    for kind in (text, without_comments(text), DEFAULT.sub("", text)):
        assert list(validator.iter_errors(tomllib.loads(kind))) == []
        (folder / "study.toml").write_text(kind)
        yield str(folder / "study.toml")


def test_written_checked_and_never_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["new"]) == 0
    assert {p.name for p in tmp_path.iterdir()} == {"scenario.toml", "scenario.schema.json"}
    assert capsys.readouterr().out.splitlines()[-1] == "next: solespine check scenario.toml"
    assert main(["check", "scenario.toml"]) == 0
    assert "warning" not in capsys.readouterr().out
    file = tmp_path / "scenario.toml"
    file.write_text("# mine\n")
    assert main(["new"]) == 2
    assert file.read_text() == "# mine\n"
    (tmp_path / "scenario.schema.json").write_text("{}")
    assert main(["new", "other.toml", "--analysis", "stance", "--for", "designer"]) == 0
    assert (tmp_path / "scenario.schema.json").read_text() == "{}"
    assert "of another version" in capsys.readouterr().out
    for kind in ("study", "search"):
        assert main(["new", f"--{kind}"]) == 0
        assert (tmp_path / f"{kind}.schema.json").read_text() == schema_text(kind)
    first = file.with_name("other.toml").read_text().splitlines()[0]
    assert first == "#:schema ./scenario.schema.json"


WRONG = [
    (["new", "scenario"], "did you mean scenario.toml?"),
    (["new", "there.toml"], "is there already"),
    (["new", "link.toml"], "is there already"),
    (["new", "no/where.toml"], "no such folder"),
    (["new", "x.toml", "--analysis", "stand"], "did you mean standing?"),
    (["new", "x.toml", "--for", "engneer"], "did you mean engineer?"),
    (["new", "x.toml", "--study", "--for", "engineer"], "is of a scenario"),
    (["new", "x.toml", "--study", "--search"], "not allowed with"),
    (["new", "x" * 300 + ".toml"], "cannot be a file"),
    (["completion", "powershell"], "bash, zsh, fish, tcsh"),
]


@pytest.mark.parametrize(("arguments", "word"), WRONG, ids=[" ".join(w[0])[:40] for w in WRONG])
def test_refused_without_a_trace(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    word: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "there.toml").write_text("# mine\n")
    (tmp_path / "link.toml").symlink_to("nowhere.toml")
    before = sorted(tmp_path.iterdir())
    assert main(arguments) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1) and word in err
    assert sorted(tmp_path.iterdir()) == before
    assert (tmp_path / "there.toml").read_text() == "# mine\n"


def test_a_folder_that_cannot_be_written_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(self: Path, mode: str = "r", **more: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(Path, "open", full)
    assert main(["new"]) == 2
    assert "cannot be written: No space left on device" in capsys.readouterr().err
