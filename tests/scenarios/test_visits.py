# SPDX-License-Identifier: MIT
"""Visits in order: differences, verdicts, files, and what is refused by name."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from scenarios.cli import main
from scenarios.cli.followup import compare_visits
from scenarios.cli.parser import Arguments, build_parser
from scenarios.errors import ScenarioError
from scenarios.followup.differences import Course, course_of
from scenarios.followup.places import find_visits
from scenarios.followup.tables import course_text
from scenarios.followup.visits import read_visits
from tests.helpers.pedar_file import walk
from tests.helpers.visit_folders import SUBJECT, result

HEEL = "plantar.peak_pressure_kpa.heel"
MIDFOOT = "plantar.peak_pressure_kpa.midfoot"


@pytest.fixture
def three(tmp_path: Path) -> list[str]:
    """Heel 250, 200, 204 kPa, known to 2 %; eversion 6, 4, 5 degrees."""
    given = []
    steps = ((250.0, 6.0, 0.0, "baseline"), (200.0, 4.0, 0.5, "candidate"))
    for i, (heel, angle, shape, role) in enumerate((*steps, (204.0, 5.0, 1.0, "candidate"))):
        folder = result(
            tmp_path / "abc"[i],
            {"heel": heel},
            role=role,
            error=0.02,
            scenario={"insole": {"conformity": shape}},
            alignment={"rearfoot_eversion_deg": {"min": 0.0, "max": angle}},
        )
        given.append(f"{('before', 'after', 'modified')[i]}={folder}")
    return given


def course(given: list[str]) -> Course:
    return course_of(read_visits(find_visits(given)))


def test_each_visit_against_the_one_before_and_the_first(three: list[str]) -> None:
    found = course(three)
    labels = [(pair.first.label, pair.other.label) for pair in found.pairs]
    assert labels == [("before", "after"), ("after", "modified"), ("before", "modified")]
    items = [{item.key: item for item in pair.differences} for pair in found.pairs]
    assert [each[HEEL].change for each in items] == [-50.0, 4.0, -46.0]
    assert [each[HEEL].percent for each in items] == pytest.approx([-20.0, 2.0, -18.4])
    assert [each[HEEL].verdict for each in items] == ["resolved", "within error", "resolved"]
    assert items[0][HEEL].error == pytest.approx(0.02 * np.hypot(250.0, 200.0))
    assert items[0][MIDFOOT].verdict == "equal"
    assert found.pairs[2].insole == ("insole.conformity 0 -> 1",)
    assert all(not pair.warnings for pair in found.pairs)


def test_text_says_what_the_mesh_cannot_tell(three: list[str]) -> None:
    blocks = course_text(course(three)).split("\n\n")
    assert blocks[0].splitlines()[1].split() == [
        "before",
        "-",
        three[0][7:],
        "eva_35",
        *"6 mm, baseline".split(),
    ]
    first, second = blocks[1].splitlines(), blocks[2].splitlines()
    assert first[1] == "changed: insole.conformity 0 -> 0.5"
    row = next(line.split() for line in first if HEEL in line)
    assert row == [HEEL, "kPa", "250.0", "200.0", "-50.0", "-20.0", "6.4", "distinguishable"]
    assert next(line for line in second if HEEL in line).endswith("  not distinguishable")
    angle = next(line for line in first if "eversion_deg.max" in line).split()
    assert angle[1:5] == ["deg", "6.00", "4.00", "-2.00"], "no per cent of an angle"
    assert angle[5:] == "error not known".split()
    assert "stands for pain" not in blocks[-1] and "not of pain" in blocks[-1]


def test_an_insole_of_layers_is_called_by_them(tmp_path: Path) -> None:
    layers = [
        {"material": "poron_soft", "thickness_mm": 3.0},
        {"material": "eva_50", "thickness_mm": 4.5},
    ]
    one = result(tmp_path / "one", role="baseline")
    two = result(tmp_path / "two", scenario={"insole": {"layers": layers}})
    three = result(tmp_path / "three", scenario={"insole": {"material": "none"}})
    text = course_text(course([str(one), str(two), str(three)]))
    said = [line.split(str(tmp_path))[1] for line in text.splitlines()[1:4]]
    assert [line.split(None, 1)[1] for line in said] == [
        "eva_35 6 mm, baseline",
        "poron_soft/eva_50 7.5 mm",
        "barefoot",
    ]
    assert "insole.layers none -> poron_soft 3, eva_50 4.5" in text


def test_other_changes_than_of_the_insole_are_said(tmp_path: Path) -> None:
    one = result(tmp_path / "one", role="baseline")
    two = result(tmp_path / "two", scenario={"gait": {"speed_m_s": 1.5}})
    warnings = course([str(one), str(two)]).consecutive[0].warnings
    assert any("gait.speed_m_s 1.3 -> 1.5" in text for text in warnings)
    both = course([str(one), f"again={one}"]).consecutive[0].warnings
    assert any("own insole" in text for text in both)


def test_a_pipe_that_is_closed_costs_no_file(
    three: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def closed(*_: object) -> None:
        raise BrokenPipeError

    table = tmp_path / "course.csv"
    command = ["compare", "--visits", *three, "-o", str(table)]
    arguments = build_parser().parse_args(command, namespace=Arguments(argv=command))
    monkeypatch.setattr("builtins.print", closed)
    with pytest.raises(BrokenPipeError):
        compare_visits(arguments)
    assert table.is_file() and table.with_suffix(".png").is_file()


def test_files(three: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table, data = tmp_path / "course.csv", tmp_path / "course.json"
    assert main(["compare", "--visits", *three, "-o", str(table)]) == 0
    assert f"written: {table}" in capsys.readouterr().out
    assert (tmp_path / "course.png").read_bytes()[:4] == b"\x89PNG"
    with table.open() as stream:
        rows = [row for row in csv.DictReader(stream) if row["key"] == HEEL]
    told = [(row["visit"], row["against"], row["relation"], row["change"]) for row in rows]
    assert told == [
        ("before", "", "", ""),
        ("after", "before", "previous", "-50.0"),
        ("modified", "after", "previous", "4.0"),
        ("after", "before", "first", "-50.0"),
        ("modified", "before", "first", "-46.0"),
    ]
    assert [float(row["value_error"]) for row in rows[:2]] == [5.0, 4.0]
    assert rows[2]["verdict"] == "not distinguishable"
    assert main(["compare", "--visits", *three, "-o", str(data)]) == 0
    found = json.loads(data.read_text())
    assert found["schema"] == "solespine.visits/1"
    assert [visit["label"] for visit in found["visits"]] == ["before", "after", "modified"]
    assert found["differences"][1]["outputs"][HEEL]["percent"] == pytest.approx(2.0)


def test_a_file_of_visits(three: list[str], tmp_path: Path) -> None:
    file = tmp_path / "visits.toml"
    file.write_text(
        '[[visits]]\nlabel = "before"\ndate = 2026-03-01\nresult = "a"\n'
        '[[visits]]\nresult = "b"\ndate = 2026-04-12\n'
    )
    places = find_visits([str(file)])
    assert [place.label for place in places] == ["before", "b"]
    assert [place.path for place in places] == [tmp_path / "a", tmp_path / "b"]
    assert "2026-04-12" in course_text(course_of(read_visits(places)))


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("visit = 1\n", "visit: unknown key; allowed: visits; did you mean visits?"),
        ('[[visits]]\nlable = "x"\n', "visits[0].lable: unknown key"),
        ('[[visits]]\nlabel = "x"\n', "visits[0].result: is missing"),
        ("[[visits]]\nresult = 3\n", "visits[0].result: got 3"),
        ('[[visits]]\nresult = "a"\nlabel = 4\n', "visits[0].label: got 4"),
        ('[[visits]]\nresult = "a"\ndate = "1 May"\n', "visits[0].date: got 1 May"),
        ("visits = 3\n", "visits: is no list of tables"),
        ("", "visits: is no list of tables"),
        (
            '[[visits]]\nresult = "a"\ndate = 2026-05-02\n[[visits]]\nresult = "b"\n'
            "date = 2026-05-01\n",
            "visits[1].date: 2026-05-01 is before 2026-05-02",
        ),
    ],
)
def test_a_wrong_file_of_visits(text: str, key: str, tmp_path: Path) -> None:
    file = tmp_path / "visits.toml"
    file.write_text(text)
    with pytest.raises(ScenarioError) as caught:
        find_visits([str(file)])
    assert str(caught.value).startswith(f"{file}: {key}")


@pytest.mark.parametrize(
    ("more", "key"),
    [
        ({"analysis": "standing"}, "analysis: is standing, of before it is stance"),
        ({"subject": SUBJECT | {"body_mass_kg": 90.0}}, "subject.body_mass_kg: is 90"),
        ({"subject": SUBJECT | {"foot_type": "flat"}}, "subject.foot_type: is flat"),
        ({"scenario": {"subject": {"side": "left"}}}, "subject.side: is left"),
    ],
)
def test_what_is_not_one_study_is_refused(
    more: dict[str, object], key: str, three: list[str], tmp_path: Path
) -> None:
    other = result(tmp_path / "other", **more)
    with pytest.raises(ScenarioError) as caught:
        course([*three, f"other={other}"])
    assert str(caught.value).startswith(f"{other}: {key}")


def test_another_schema_is_refused(three: list[str], tmp_path: Path) -> None:
    path = tmp_path / "b" / "summary.json"
    path.write_text(path.read_text().replace("summary/1", "summary/9"))
    with pytest.raises(ScenarioError, match=r"summary.json: schema: .*solespine.summary/1"):
        course(three)


@pytest.mark.parametrize(
    ("given", "text"),
    [
        (["a"], "needs two visits or more"),
        (["a", "=b"], "=b: is not LABEL=DIR"),
        (["x=a", "x=b"], "x: is the label of two visits"),
        (["a", "nowhere"], "nowhere: no such folder"),
    ],
)
def test_wrong_arguments(
    given: list[str], text: str, three: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    assert main(["compare", "--visits", *given]) == 2
    assert text in capsys.readouterr().err


@pytest.mark.parametrize("output", ["course.txt", "no/course.csv", "a"])
def test_wrong_output(output: str, three: list[str], tmp_path: Path) -> None:
    before = sorted(tmp_path.iterdir())
    assert main(["compare", "--visits", *three, "-o", str(tmp_path / output)]) == 2
    assert sorted(tmp_path.iterdir()) == before
    folders = [text.partition("=")[2] for text in three]
    assert main(["compare", *folders, "-o", str(tmp_path / "x.csv")]) == 2


def test_measured_records(tmp_path: Path, three: list[str]) -> None:
    (tmp_path / "m1").mkdir(), (tmp_path / "m2").mkdir()
    one = walk(8).write(tmp_path / "m1")
    two = walk(8, {"heel": 240.0, "forefoot": 222.0}).write(tmp_path / "m2")
    visits = read_visits(find_visits([f"old={one}", f"new={two}"]))
    items = {item.key: item for item in course_of(visits).consecutive[0].differences}
    heel, forefoot = items[HEEL], items["plantar.peak_pressure_kpa.forefoot"]
    assert heel.percent == pytest.approx(-20.0, abs=1.0) and heel.verdict == "resolved"
    assert forefoot.verdict == "within error", "less than the steps vary"
    assert "plantar.pressure_time_integral_kpa_s.heel" in items
    assert "means over steps" in course_text(course_of(visits))
    with pytest.raises(ScenarioError, match="new: is a measured record beside a run"):
        read_visits(find_visits([three[0], f"new={two}"]))
