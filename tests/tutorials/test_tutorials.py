# SPDX-License-Identifier: MIT
"""The tutorials word for word: their commands in order, in an empty folder.

A block under ``<!-- long -->`` takes half an hour or a cluster: its commands are read by the parser
only, and what they would run is made ready by the block before.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from scenarios.cli.parser import build_parser
from scenarios.summary import read_summary

PROJECT = Path(__file__).resolve().parents[2]
TUTORIALS = PROJECT / "docs" / "tutorials"
FIRST_STEPS = PROJECT / "docs" / "guide" / "first_steps.md"
BLOCK = re.compile(r"(<!-- long -->\n)?^```bash\n(.*?)^```", re.M | re.S)
SECONDS = 1200
"""For one block, on a machine that does other things too."""

LEFT = {
    "engineer": {"eva.toml", "cork.png", "job.sh", "results/eva/report.html"}
    | {"results/cork/summary.json", "results/eva_cork/compare.html"},
    "designer": {"moulded.3mf", "moulded_left.stl", "moulded_drawing.pdf", "sole.png", "job.sh"}
    | {"results/moulded/report.html", "results/shape/figures", "next"},
    "researcher": {"study.toml", "results/foams/table.parquet", "results/foams/report.html"},
}
"""What a tutorial leaves behind, beside its TOML files."""


@dataclass(frozen=True)
class Block:
    """Commands of one fenced block."""

    text: str
    is_long: bool

    @property
    def commands(self) -> list[str]:
        return re.findall(r"^(?:timeout [^\n]*? )?(solespine [^\n]*)", self.text, re.M)


def blocks(file: Path) -> list[Block]:
    return [Block(text, bool(mark)) for mark, text in BLOCK.findall(file.read_text("utf-8"))]


def arguments(command: str) -> list[str]:
    """Words of a command, without what the shell takes for itself."""
    words = shlex.split(command, comments=True)[1:]
    ends = [i for i, word in enumerate(words) if word in (">", "|", "||", "&&")]
    return words[: ends[0]] if ends else words


FILES = [*sorted(TUTORIALS.glob("*.md")), FIRST_STEPS]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_commands_are_commands(file: Path) -> None:
    found = [command for block in blocks(file) for command in block.commands]
    assert len(found) >= 4
    for command in found:
        build_parser().parse_args(arguments(command))
    assert sum(block.is_long for block in blocks(file)) <= 1


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Calibrations that one tutorial made and the next can use."""
    return tmp_path_factory.mktemp("calibrations")


def carried_out(file: Path, folder: Path, shared: Path) -> str:
    """Run the blocks of a page in order; what they print."""
    environment = {**os.environ, "SOLESPINE_CALIBRATIONS": str(shared)}
    environment["PATH"] = f"{Path(sys.executable).parent}:{environment['PATH']}"
    for name in list(environment):
        if name.startswith(("OMPI_COMM", "PMIX", "PMI_", "SLURM_")):
            del environment[name]
    said = ""
    for block in blocks(file):
        if block.is_long:
            continue
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", block.text],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        assert done.returncode == 0, f"{block.text}\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}"
        said += done.stdout
    return said


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("name", ["engineer", "designer", "researcher"])
def test_tutorial_word_for_word(name: str, tmp_path: Path, shared: Path) -> None:
    said = carried_out(TUTORIALS / f"{name}.md", tmp_path, shared)
    for path in LEFT[name]:
        assert (tmp_path / path).exists(), path
    if name == "engineer":
        soft, hard = (read_summary(tmp_path / "results" / run) for run in ("eva", "cork"))
        assert (soft.role, hard.role) == ("baseline", "candidate")
        assert said.count("heel peak pressure") >= 2
        assert "beside the insole" not in said
    if name == "researcher":
        assert said.count("kPa at a sensor cell") == 2
        assert len(re.findall(r"^eva_(?:20|50) finished [\d.]+ kPa$", said, re.M)) == 2


@pytest.mark.slow
def test_first_steps_word_for_word(tmp_path: Path, shared: Path) -> None:
    text = FIRST_STEPS.read_text("utf-8")
    # Its run is the notebook's, and takes a minute.
    page = tmp_path / "page.md"
    page.write_text(text[: text.index("## A first run")])
    folder = tmp_path / "work"
    folder.mkdir()
    said = carried_out(page, folder, shared)
    assert "standing, coarse, eva_35 6 mm" in said
    assert {"scenario.toml", "scenario.schema.json", "insole.toml"} <= {
        path.name for path in folder.iterdir()
    }
