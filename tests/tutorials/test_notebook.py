# SPDX-License-Identifier: MIT
"""The notebook runs and is kept without outputs; the example of docs/api.md runs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.scenarios.doubled_command import DOUBLES

DOCS = Path(__file__).resolve().parents[2] / "docs"
NOTEBOOK = DOCS / "notebooks" / "first_steps.ipynb"


def test_it_is_kept_without_outputs() -> None:
    nbformat = pytest.importorskip("nbformat")
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    nbformat.validate(notebook)
    for cell in notebook.cells:
        assert not cell.get("outputs") and cell.get("execution_count") is None


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_the_notebook_runs(tmp_path: Path) -> None:
    nbformat, nbclient = (pytest.importorskip(name) for name in ("nbformat", "nbclient"))
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    resources = {"metadata": {"path": str(tmp_path)}}
    nbclient.NotebookClient(notebook, timeout=1500, resources=resources).execute()
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", ())]
    said = "".join(output.get("text", "") for output in outputs)
    assert "50 is out of range" in said
    heel = float(re.search(r"heel +([\d.]+) kPa", said)[1])
    assert 80 < heel < 200
    assert any("image/png" in output.get("data", {}) for output in outputs)
    assert (tmp_path / "results" / "bare" / "summary.json").is_file()


def test_the_example_of_the_page_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With an analysis that solves nothing."""
    for module, name, double in DOUBLES:
        monkeypatch.setattr(module, name, double)
    monkeypatch.chdir(tmp_path)
    program = re.search(r"^```python\n(.*?)^```", (DOCS / "api.md").read_text("utf-8"), re.M | re.S)
    assert program is not None
    exec(compile(program[1], "api.md", "exec"), {})
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "6.0"
    assert any(line.startswith("insole.energy_stored_j") for line in lines)
