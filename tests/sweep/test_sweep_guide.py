# SPDX-License-Identifier: MIT
"""The guide to studies: its table of keys, its studies, its pieces of Python."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from scenarios.cli.parser import build_parser
from scenarios.key_table import renewed, study_tables
from scenarios.sweep.cases import load_study, study_cases
from tests.helpers.sweep_command import prepared, thicknesses, written
from tests.sweep.conftest import InProcess

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "guide" / "sweep.md"
TEXT = GUIDE.read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", TEXT, re.M | re.S)


def test_the_table_of_keys_is_that_of_the_schema() -> None:
    assert renewed(TEXT, study_tables) == TEXT, "run python -m scenarios.key_table " + str(GUIDE)


def test_the_example_is_a_study_of_twelve_cases(tmp_path: Path) -> None:
    study, cluster = blocks("toml")
    loaded = load_study(written(tmp_path, study + cluster))
    assert len(study_cases(loaded)) == 12
    assert loaded.study.slurm.workers == 20


def test_commands_of_the_guide_are_commands() -> None:
    commands = re.findall(r"^solespine (sweep [^#\n]*)", TEXT, re.M)
    assert len(commands) > 5
    for command in commands:
        build_parser().parse_args(command.split())


def test_pandas_reads_the_table_as_the_guide_says(
    tmp_path: Path, worker: InProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("pandas")
    from scenarios.sweep.table import write_table

    folder, plan = prepared(tmp_path, thicknesses(3).replace("[settings]", MATERIAL))
    worker(folder)
    write_table(folder, plan)
    monkeypatch.chdir(tmp_path)
    program = blocks("python")[-1].replace("plantar.peak_pressure_kpa.heel", STRAIN)
    program = program.replace("results/study", "study").replace("print(", "found = (")
    names: dict[str, object] = {}
    exec(compile(program, str(GUIDE), "exec"), names)
    assert names["found"].shape == (3, 2)


STRAIN = "insole.peak_compressive_strain"
MATERIAL = '[[factors]]\nkey = "insole.material"\nvalues = ["eva_20", "eva_50"]\n[settings]'
