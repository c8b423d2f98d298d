# SPDX-License-Identifier: MIT
"""The guides to studies: what pandas, DuckDB and Python make of a table, as they say it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from scenarios.cli.parser import build_parser
from scenarios.keys import find_key
from scenarios.sweep.candidates import candidates_of
from scenarios.sweep.cases import Case, load_study, study_cases
from scenarios.sweep.store import Plan, StudyFolder
from scenarios.sweep.table import write_table
from tests.helpers.uncertain_study import write_result

GUIDES = Path(__file__).resolve().parents[2] / "docs" / "guide"
TEXT = (GUIDES / "uncertainty.md").read_text(encoding="utf-8")
HEEL = "plantar.peak_pressure_kpa.heel"
REGIONS = ("whole", "heel", "midfoot", "forefoot", "hallux", "toes")


def blocks(language: str, text: str = TEXT) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.M | re.S)


def heel_kpa(case: Case) -> float:
    """Softer insoles press less, the more so the stiffer they are by their factor."""
    values = case.values
    mass, factor = (
        float(str(values.get(key, 1.0)))
        for key in ("subject.body_mass_kg", "insole.stiffness_factor")
    )
    soft = values.get("insole.material") in ("poron_soft", "eva_20")
    return 2.0 * mass + (10.0 if soft else 14.0) * factor


def computed(folder: Path, name: str, text: str) -> tuple[StudyFolder, Plan]:
    """A study of a guide, as ``results/NAME`` of a folder, with results and its table."""
    (folder / name).with_suffix(".toml").write_text(text, encoding="utf-8")
    loaded = load_study(str((folder / name).with_suffix(".toml")))
    made = StudyFolder(folder / "results" / name)
    plan = made.prepare(loaded, resume=False, extend=False)
    made.release()
    for case in plan.distinct:
        regions = dict.fromkeys(REGIONS, heel_kpa(case))
        sections = {"plantar": {"peak_pressure_kpa": regions}}
        write_result(made, case, sections)
    write_table(made, plan)
    return made, plan


def run_block(program: str) -> dict[str, Any]:
    names: dict[str, Any] = {}
    exec(compile(program, "the guide", "exec"), names)
    return names


@pytest.fixture(scope="module")
def soft_heel(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Plan]:
    """The guide's study, computed."""
    folder = tmp_path_factory.mktemp("guide")
    return folder, computed(folder, "soft_heel", blocks("toml")[0])[1]


def test_the_study_is_of_64_cases(soft_heel: tuple[Path, Plan]) -> None:
    _, plan = soft_heel
    assert len(plan.cases) == 64
    assert [case.candidate for case in plan.cases[:2]] == ["eva_35", "poron_soft"]


def test_named_candidates_are_candidates(tmp_path: Path) -> None:
    study, named = blocks("toml")
    head, _, rest = study.partition("[compare]")
    text = head + named + rest[rest.index("[[factors]]") :]
    (tmp_path / "s.toml").write_text(text, encoding="utf-8")
    loaded = load_study(str(tmp_path / "s.toml"))
    assert [one.name for one in candidates_of(loaded.study.compare)] == ["flat", "moulded, soft"]
    assert len(study_cases(loaded)) == 64


def test_commands_are_commands() -> None:
    commands = re.findall(r"^solespine ([^#\n]*)", TEXT, re.M)
    assert len(commands) == 3
    for command in commands:
        build_parser().parse_args(command.split())


def test_uncertain_keys_are_keys() -> None:
    table = TEXT[TEXT.index("| of | keys |") : TEXT.index("A factor of the insole's materials")]
    named = 0
    for row in table.splitlines()[2:]:
        group = ""
        for key in re.findall(r"`([a-z_.]+)`", row):
            group = key.rpartition(".")[0] or group
            assert find_key(f"{group}.{key.rpartition('.')[2]}") is not None, key
            named += 1
    assert named > 12


def test_pandas_takes_differences_within_draws(
    soft_heel: tuple[Path, Plan], monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("pandas")
    folder, plan = soft_heel
    monkeypatch.chdir(folder)
    found = run_block(blocks("python")[0])["difference"]
    firm = [case for case in plan.cases if case.candidate == "eva_35"]
    wanted = [-4.0 * float(str(case.values["insole.stiffness_factor"])) for case in firm]
    assert found.to_list() == pytest.approx(wanted)


def test_python_reads_the_effects(
    soft_heel: tuple[Path, Plan], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, _ = soft_heel
    monkeypatch.chdir(folder)
    effects = run_block(blocks("python")[1])["effects"]
    assert [one.verdict for one in effects.differences] == ["lower", "lower"]


def test_duckdb_takes_differences_within_draws(
    soft_heel: tuple[Path, Plan], monkeypatch: pytest.MonkeyPatch
) -> None:
    duckdb = pytest.importorskip("duckdb")
    folder, plan = soft_heel
    monkeypatch.chdir(folder)
    found = duckdb.sql(blocks("sql")[0]).fetchall()
    assert [draw for draw, _ in found] == list(range(1, 33))
    factor = float(str(plan.cases[0].values["insole.stiffness_factor"]))
    assert found[0][1] == pytest.approx(-4.0 * factor)


def test_duckdb_reads_the_table_of_the_guide_to_studies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    duckdb = pytest.importorskip("duckdb")
    text = (GUIDES / "sweep.md").read_text(encoding="utf-8")
    study = blocks("toml", text)[0].replace('"lumbar.L4-L5.compression_n.peak"', "")
    computed(tmp_path, "study", study)
    monkeypatch.chdir(tmp_path)
    found = duckdb.sql(blocks("sql", text)[0]).fetchall()
    assert [(name, count) for name, _, count in found] == [
        ("eva_20", 4),
        ("eva_35", 4),
        ("eva_50", 4),
    ]
    assert found[0][1] == pytest.approx(12.0)
