# SPDX-License-Identifier: MIT
"""Unknown flags are answered by the flags of their own command; one rank speaks."""

from __future__ import annotations

from pathlib import Path

import pytest

from scenarios.cli import main
from tests.helpers.visit_folders import result


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("run walking --resolutoin coarse", "run: no argument --resolutoin; did you mean --reso"),
        ("insole suggest x --makr a=1", "insole suggest: no argument --makr; did you mean --mark?"),
        ("materials list --famly foam", "materials list: no argument --famly; did you mean --fam"),
        ("report a --overwrit", "report: no argument --overwrit; see --help"),
        ("report a b", "report: no argument b; see --help"),
        ("compare a --resum", "compare: no argument --resum; see --help"),
    ],
    ids=["run", "suggest", "materials", "report", "second folder", "compare"],
)
def test_a_wrong_flag_is_answered_by_those_of_its_command(
    given: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(given.split()) == 2
    assert said in capsys.readouterr().err


def test_one_rank_speaks_and_writes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    old = str(result(tmp_path / "old", integral={"heel": 40.0}))
    new = str(result(tmp_path / "new", {"heel": 400.0}, integral={"heel": 80.0}))
    commands = (
        ["compare", old, new, "-o", str(tmp_path / "pair")],
        ["compare", "--visits", f"a={old}", f"b={new}", "-o", str(tmp_path / "course.csv")],
        ["insole", "suggest", new, "-o", str(tmp_path / "next")],
        [
            *("insole", "wearing-in", new, "--baseline", old, "--growth-percent-per-day", "10"),
            *("--steps-per-day", "6000", "-o", str(tmp_path / "days.csv")),
        ],
    )
    monkeypatch.setenv("OMPI_COMM_WORLD_RANK", "1")
    before = sorted(tmp_path.rglob("*"))
    for command in commands:
        assert main(command) == 0
    assert capsys.readouterr() == ("", "")
    assert sorted(tmp_path.rglob("*")) == before
    monkeypatch.setenv("OMPI_COMM_WORLD_RANK", "0")
    for command in commands:
        assert main(command) == 0
        assert capsys.readouterr().out, command
