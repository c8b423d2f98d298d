# SPDX-License-Identifier: MIT
"""Iterations of fixed cases against those on record: what grows here costs time everywhere.

Renew ``iteration_counts.json`` with ``SOLESPINE_RECORD=1`` where a change is meant, and say in
docs/performance.md why.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from scenarios.cli import main
from simulator.newton import NewtonSettings, solve
from tests.helpers.evidence import Evidence
from tests.helpers.pressed_block import PressedBlock

RECORD = Path(__file__).with_name("iteration_counts.json")
CASES = {
    "standing barefoot": ("insole.material=none",),
    "standing, EVA": ("insole.material=eva_35",),
    "standing, polypropylene shell": ("insole.material=polypropylene", "insole.thickness_mm=3"),
    "standing, carbon shell": ("insole.material=carbon", "insole.thickness_mm=3"),
}
MARGIN = 0.1
"""Share by which a count may differ: processors round differently."""


def expected(case: str) -> dict[str, int]:
    """Counts on record."""
    return json.loads(RECORD.read_text())[case]


def compared(case: str, found: dict[str, int], evidence: Evidence) -> None:
    """Check counts against the record, or renew it where that is asked for."""
    if os.environ.get("SOLESPINE_RECORD"):
        known = json.loads(RECORD.read_text()) if RECORD.exists() else {}
        RECORD.write_text(json.dumps({**known, case: found}, indent=1, sort_keys=True) + "\n")
    for name, count in expected(case).items():
        margin = max(1.0, MARGIN * count)
        evidence.within(
            "solver", case, f"{name}, {count} on record", found[name],
            low=count - 2.0 * margin, high=count + margin,
        )  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES)
def test_standing(case: str, tmp_path: Path, evidence: Evidence) -> None:
    settings = [part for key in CASES[case] for part in ("--set", key)]
    folder = tmp_path / "run"
    assert main(["run", "standing", "--resolution", "coarse", *settings, "-o", str(folder)]) == 0
    solver: dict[str, Any] = json.loads((folder / "summary.json").read_text())["solver"]
    found = {name: int(solver[f"{name}_iterations"]) for name in ("newton", "krylov")}
    compared(case, found, evidence)


def test_pressed_and_dragged_block(evidence: Evidence) -> None:
    """Steps with friction, then augmentations until no gap is moved by a micrometre."""
    block = PressedBlock(0.05)
    block.go()
    newton, augmentations = block.counters.newton_iterations, 0
    while block.contact.augment() > 1e-3:
        report = solve(block.equilibrium, block.linear, NewtonSettings(tolerance_n=1e-6))
        assert report.converged
        augmentations += 1
        newton += report.iterations
        assert augmentations < 50
    compared(
        "block, pressed, dragged and augmented",
        {"newton": newton, "augmentations": augmentations},
        evidence,
    )
