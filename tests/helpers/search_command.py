# SPDX-License-Identifier: MIT
"""The command ``solespine optimise`` with doubled workers, and studies for it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from scenarios.optimise.load import load_search
from scenarios.optimise.store import SearchFolder, SearchPlan
from tests.helpers.search_double import FORCES, GOALS, LIMIT
from tests.helpers.sweep_command import begun, ended, written

MODULE = "tests.helpers.search_double"
SETTINGS = """\
[settings]
"output.figures" = false
"output.stance_percent" = 20
"""
FACTORS = """\
[[factors]]
key = "insole.thickness_mm"
range = [3.0, 9.0]
[[factors]]
key = "subject.body_mass_kg"
range = [50.0, 100.0]
"""


def goals(*keys: str) -> str:
    """Goals to be small."""
    return "".join(f'[[goals]]\nkey = "{key}"\n' for key in keys)


def limits(limit: float = LIMIT) -> str:
    """Both constraints of the problem."""
    return "".join(f'[[constraints]]\nkey = "{key}"\nat_most = {limit}\n' for key in FORCES)


def search(options: str = "trials = 20", more: str = "") -> str:
    """The problem with two goals and two constraints."""
    parts = ['scenario = "walking"\n', SETTINGS, FACTORS, goals(*GOALS), limits()]
    return "".join([*parts, f"[search]\n{options}\n", more])


def prepared(folder: Path, text: str) -> tuple[SearchFolder, SearchPlan]:
    """A search's folder as the command makes it, the lock given back."""
    made = SearchFolder(folder / "study")
    resume = (made.path / "plan.json").is_file()
    plan, _ = made.begin(load_search(written(folder, text)), resume=resume, extend=False)
    made.release()
    return made, plan


def start(folder: Path, *arguments: str, seconds: float = 0.0) -> subprocess.Popen[str]:
    """Start ``solespine optimise`` with doubled workers."""
    return begun("tests.helpers.search_command", "optimise", folder, *arguments, seconds=seconds)


def run(folder: Path, *arguments: str, seconds: float = 0.0) -> tuple[int, str]:
    """Run it to its end and return exit code and output."""
    return ended(start(folder, *arguments, seconds=seconds))


if __name__ == "__main__":
    from scenarios.cli import main
    from scenarios.optimise import worker
    from scenarios.sweep import local

    worker.MODULE, local.POLL_S = MODULE, 0.1
    sys.exit(main())
