# SPDX-License-Identifier: MIT
"""The guide to searches: its table of keys, its study, its commands; the help comes at once."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from scenarios.cli.parser import build_parser
from scenarios.key_table import renewed, search_tables
from scenarios.optimise.load import load_search
from tests.helpers.sweep_command import written

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "guide" / "optimise.md"
TEXT = GUIDE.read_text(encoding="utf-8")


def test_the_table_of_keys_is_that_of_the_schema() -> None:
    assert renewed(TEXT, search_tables) == TEXT, f"run python -m scenarios.key_table {GUIDE}"


def test_the_example_is_a_search(tmp_path: Path) -> None:
    (study,) = re.findall(r"^```toml\n(.*?)^```", TEXT, re.M | re.S)
    search = load_search(written(tmp_path, study))
    assert len(search.study.goals) == 2 and search.study.search.trials == 60


def test_commands_of_the_guide_are_commands() -> None:
    commands = re.findall(r"^solespine (optimise [^#\n]*)", TEXT, re.M)
    assert len(commands) == 4
    for command in commands:
        build_parser().parse_args(command.split())


def test_nothing_heavy_is_imported_for_the_help() -> None:
    heavy = "{'numpy', 'optuna', 'pydantic', 'scipy'}"
    program = (
        "import sys; from scenarios.cli.parser import build_parser; build_parser();"
        f"print({heavy} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout.strip() == "set()", done.stdout + done.stderr
