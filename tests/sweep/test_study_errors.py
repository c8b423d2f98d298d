# SPDX-License-Identifier: MIT
"""What is wrong with a study is said by file, key, what is allowed and the nearest match."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import pytest

from scenarios.cli import main
from scenarios.errors import ScenarioError
from scenarios.sweep.cases import load_study, study_cases
from tests.helpers.sweep_command import STUDY, masses, thicknesses, written


def factor(text: str, more: str = "") -> str:
    return f"{STUDY}\n[[factors]]\n{text}\n{more}"


THICKNESS = 'key = "insole.thickness_mm"'
NORMAL = f'{THICKNESS}\ndistribution = "normal"'
WRONG = [
    (factor('key = "insole.thicknes_mm"\nrange = [3, 9]'), "factors[0].key", "thickness_mm?"),
    (factor('key = "insole"\nvalues = [1]'), "factors[0].key", "insole is a table"),
    (factor('key = "insole.layers[0].material"\nvalues = ["a"]'), "factors[0].key", "in a list"),
    (factor(f"{THICKNESS}\nrange = [9, 3]"), "factors[0]", "the lower number first"),
    (factor(f"{THICKNESS}\nrange = [3, 900]"), "insole.thickness_mm", "900 is out of range"),
    (factor('key = "insole.material"\nvalues = ["eva_36"]'), "insole.material", "eva_35?"),
    (factor('key = "insole.material"\nrange = [1, 2]'), "insole.material", "got 1"),
    (factor(f"{THICKNESS}\nvalues = [3]\nrange = [3, 9]"), "factors[0]", "both given"),
    (factor(THICKNESS), "factors[0]", "neither values nor a range"),
    (factor(f"{NORMAL}\nrange = [3, 9]"), "factors[0]", "needs mean and sd"),
    (factor(f"{NORMAL}\nmean = 6\nsd = 2.0"), "factors[0].range", "range = [low, high]"),
    (factor(f"{NORMAL}\nmean = 90\nsd = 1\nrange = [3, 9]"), "factors[0].range", "has none of"),
    (
        factor(f"{NORMAL}\nmean = 6\nsd = 0.1", '[design]\nkind = "morris"\nsamples = 2'),
        "factors[0].range",
        "morris goes to the ends",
    ),
    (factor(f"{THICKNESS}\nrnage = [3, 9]"), "factors[0].rnage", "did you mean range?"),
    (f"{thicknesses(3)}\n[desing]\nkind = 'grid'", "desing", "did you mean design?"),
    (f"{thicknesses(3)}\n[design]\nkind = 'gird'", "design.kind", "'grid'"),
    (f"{thicknesses(3)}\n[design]\nkind = 'sobol'", "design", "needs samples"),
    (f"{thicknesses(3)}\n[design]\nkind = 'sobol'\nsamples = 100", "design", "64 or 128"),
    (f"{thicknesses(3)}\n[design]\narray = 'L9'", "design", "taguchi"),
    (f"{thicknesses(3)}\n[slurm]\ntime = 'long'", "slurm.time", "long"),
    (STUDY, "", "has no factors"),
    (STUDY + "[[factors]]\nvalues = [1]", "factors[0].key", "is missing"),
    (STUDY.replace("standing", "standin"), "", "has no factors"),
    (thicknesses(3).replace('"standing"', '"standin"'), "scenario", "did you mean standing?"),
    (thicknesses(3).replace("output.figures", "output.figurs"), "output.figurs", "figures?"),
    (
        thicknesses(3).replace("[settings]", '[settings]\n"insole.thickness_mm" = 6'),
        "settings.insole.thickness_mm",
        "is a factor too",
    ),
    (thicknesses(3, f"[[factors]]\n{THICKNESS}\nrange = [1, 2]"), "", "is a factor twice"),
    (f'outputs = ["plantr.peak"]\n{thicknesses(3)}', "outputs[0]", "plantar.peak?"),
    (
        f'{STUDY}[design]\nkind = "list"\ncases = [{{"insole.thicknes_mm" = 3}}]',
        "design.cases[0]",
        "insole.thickness_mm?",
    ),
]


@pytest.mark.parametrize(("text", "key", "said"), WRONG, ids=[str(k) for k in range(len(WRONG))])
def test_a_wrong_study_is_refused_by_name(tmp_path: Path, text: str, key: str, said: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(ScenarioError) as caught:
        load_study(path)
    message = str(caught.value)
    assert message.startswith(path) and key in message and said in message, message
    assert len(list(tmp_path.iterdir())) == 1


def test_a_study_of_a_thousand_million_cases_is_counted_before_anything_is_made(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = ("insole.thickness_mm", "insole.heel_lift_mm", "insole.heel_cup_depth_mm")
    text = STUDY + "".join(
        f'[[factors]]\nkey = "{key}"\nrange = [3.0, 9.0]\nlevels = 1000\n' for key in keys
    )
    path = written(tmp_path, text)
    monkeypatch.chdir(tmp_path)
    tracemalloc.start()
    assert main(["sweep", path]) == 2
    assert tracemalloc.get_traced_memory()[1] < 100e6
    tracemalloc.stop()
    message = capsys.readouterr().err
    assert "has 1 000 000 000 cases" in message and "up to 10000" in message
    assert "--limit" in message
    assert [p.name for p in tmp_path.iterdir()] == ["study.toml"]


def test_the_limit_can_be_raised(tmp_path: Path) -> None:
    path = written(tmp_path, thicknesses(20, "[design]\nlimit = 10"))
    with pytest.raises(ScenarioError, match="has 20 cases"):
        load_study(path)
    assert load_study(path, limit=20).study.design.limit == 10


def test_no_such_study_and_no_such_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    written(tmp_path, masses(70.0))
    assert main(["sweep", "stdy.toml"]) == 2
    assert "did you mean study.toml?" in capsys.readouterr().err
    assert main(["sweep", "study.toml", "--status"]) == 2
    assert "is no study's folder" in capsys.readouterr().err
    assert main(["sweep", "study.toml", "--workers", "0"]) == 2
    assert main(["sweep", "study.toml", "--limit", "0"]) == 2


def test_combinations_that_do_not_go_together_are_refused_cases(tmp_path: Path) -> None:
    """A foot that is long enough for one width is not for the other."""
    text = (
        f'{STUDY}[[factors]]\nkey = "subject.foot_length_mm"\nvalues = [255.0, 215.0]\n'
        '[[factors]]\nkey = "subject.ball_width_mm"\nvalues = [90.0, 125.0]\n'
    )
    cases = study_cases(load_study(written(tmp_path, text)))
    refused = [case for case in cases if case.refusal]
    assert 0 < len(refused) < 4
    assert all(case.refusal.startswith(f"case {case.number}: subject.") for case in refused)
    assert all(not case.digest for case in refused)


def test_a_case_is_known_by_its_content(tmp_path: Path) -> None:
    """The same values twice are one content; a default that is spelled out too."""
    text = f"{STUDY}[design]\nkind = 'list'\ncases = [{{}}, {{insole = {{thickness_mm = 6.0}}}}]"
    one, other = study_cases(load_study(written(tmp_path, text)))
    assert one.digest == other.digest and other.values == {"insole.thickness_mm": 6.0}


def test_a_file_as_base_and_paths_relative_to_the_study(tmp_path: Path) -> None:
    (tmp_path / "base.toml").write_text('analysis = "standing"\n[insole]\nthickness_mm = 7.0\n')
    (tmp_path / "own.toml").write_text("")
    text = masses(60.0, 80.0).replace('"standing"', '"base.toml"')
    loaded = load_study(written(tmp_path, text))
    from scenarios.sweep.cases import scenario_of

    assert scenario_of(loaded, {}, "").insole.thickness_mm == 7.0
    with pytest.raises(ScenarioError, match=r"no such file: .*foam.toml"):
        scenario_of(loaded, {"insole.material_file": "foam.toml"}, "case 1")
    with pytest.raises(ScenarioError, match=str(tmp_path)):
        scenario_of(loaded, {"insole.material_file": "foam.toml"}, "case 1")
