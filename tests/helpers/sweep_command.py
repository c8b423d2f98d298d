# SPDX-License-Identifier: MIT
"""The command ``solespine sweep`` with doubled workers, and studies for it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from scenarios.sweep.store import Plan, StudyFolder

PROJECT = Path(__file__).resolve().parents[2]
MODULE = "tests.helpers.sweep_double"

STUDY = """\
scenario = "standing"
[settings]
"output.figures" = false
"""


def thicknesses(count: int, more: str = "") -> str:
    """A study of cases that differ by the insole's thickness."""
    return f"""{STUDY}
[[factors]]
key = "insole.thickness_mm"
range = [3.0, 9.0]
levels = {count}
{more}
"""


def masses(*values: float) -> str:
    """A study of cases that differ by the body mass."""
    return f"""{STUDY}
[[factors]]
key = "subject.body_mass_kg"
values = {list(values)}
"""


def written(folder: Path, text: str, name: str = "study.toml") -> str:
    """Write a study's file and return its path."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return str(path)


def prepared(folder: Path, text: str) -> tuple[StudyFolder, Plan]:
    """A study's folder as the command makes it, the lock given back."""
    from scenarios.sweep.cases import load_study

    made = StudyFolder(folder / "study")
    plan = made.prepare(load_study(written(folder, text)), resume=False, extend=False)
    made.release()
    return made, plan


def begun(
    module: str, verb: str, folder: Path, *arguments: str, seconds: float
) -> subprocess.Popen[str]:
    """Start ``solespine VERB study.toml -o study`` in a folder, with a module's doubles."""
    return subprocess.Popen(
        [sys.executable, "-m", module, verb, "study.toml", "-o", "study", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(PROJECT), "SWEEP_DOUBLE_S": str(seconds)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def ended(process: subprocess.Popen[str]) -> tuple[int, str]:
    """Wait for a command and return exit code and output."""
    out, _ = process.communicate(timeout=120)
    return process.returncode, out


def start(folder: Path, *arguments: str, seconds: float = 0.0) -> subprocess.Popen[str]:
    """Start ``solespine sweep`` with doubled workers."""
    return begun("tests.helpers.sweep_command", "sweep", folder, *arguments, seconds=seconds)


def run(folder: Path, *arguments: str, seconds: float = 0.0) -> tuple[int, str]:
    """Run it to its end and return exit code and output."""
    return ended(start(folder, *arguments, seconds=seconds))


def completed(folder: Path) -> list[str]:
    """Names of the cases that were run to their end, once for each time."""
    log = folder / "study" / "completed.log"
    return log.read_text().split() if log.is_file() else []


if __name__ == "__main__":
    from scenarios.cli import main
    from scenarios.sweep import local

    local.MODULE, local.POLL_S = MODULE, 0.1
    sys.exit(main())
