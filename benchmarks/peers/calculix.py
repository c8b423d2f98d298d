# SPDX-License-Identifier: MIT
"""Runs CalculiX on a deck and reads what it printed."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.peers.cost import Cost, measured
from benchmarks.peers.deck import Deck

Array = NDArray[np.float64]
PROGRAM = "ccx"
JOB = "peer"
LIMIT_S = 7200.0


@dataclass(frozen=True)
class Found:
    """Last state of a run.

    Attributes:
        displacement_mm: Of all nodes, (n, 3).
        reaction_n: Total force that holds each held surface, by tag.
        stress_mpa: Mean Cauchy stress over the integration points of each cell, (m, 6):
            xx, yy, zz, xy, xz, yz.
        pressure_mpa: Contact pressure at nodes, (n,); NaN off the slave surface.
        increments: Accepted increments.
        iterations: Newton iterations, those of rejected increments included.
        cost: What the process took.
        solver: Name of the linear solver.
    """

    displacement_mm: Array
    reaction_n: dict[int, Array]
    stress_mpa: Array
    pressure_mpa: Array
    increments: int
    iterations: int
    cost: Cost
    solver: str


def available() -> bool:
    """Whether the program is on the path."""
    return shutil.which(PROGRAM) is not None


def version() -> str:
    """Version of CalculiX as it tells it."""
    told = subprocess.run([PROGRAM, "-v"], capture_output=True, text=True, check=False).stdout
    found = re.search(r"Version (\S+)", told)
    return found[1] if found else "unknown"


def run(deck: Deck, folder: Path) -> Found:
    """Run a deck on one thread in a folder.

    Raises:
        RuntimeError: CalculiX did not finish; the message holds the end of its log.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{JOB}.inp").write_text(deck.text(), encoding="ascii")
    log = folder / "log"
    cost, code = measured([PROGRAM, "-i", JOB], folder, log, LIMIT_S)
    told = log.read_text(errors="replace")
    if code != 0 or "Job finished" not in told:
        raise RuntimeError(f"CalculiX ended with {code}:\n{told[-1500:]}")
    printed = (folder / f"{JOB}.dat").read_text()
    mesh = deck.mesh
    stress = np.zeros((len(mesh.cells), 6))
    rows = np.concatenate([_rows(printed, "stresses", f"REGION{r}") for r in deck.laws])
    np.add.at(stress, rows[:, 0].astype(int) - 1, rows[:, 2:] / 4.0)
    displacement = np.zeros_like(mesh.nodes)
    rows = _rows(printed, "displacements", "ALL")
    displacement[rows[:, 0].astype(int) - 1] = rows[:, 1:]
    steps = np.loadtxt(folder / f"{JOB}.sta", skiprows=2, ndmin=2, dtype=str)
    accepted = [row for row in steps if row[2].isdigit()]
    used = re.search(r"Using up to .*?(\w+) solver|the (\w+) solver|(spooles|PaStiX)", told)
    return Found(
        displacement,
        {tag: _rows(printed, "total force", f"NODES{tag}")[-1] for tag in deck.held},
        stress,
        _contact_pressure(folder / f"{JOB}.frd", len(mesh.nodes)) if deck.contact else np.empty(0),
        len(accepted),
        told.count("\n iteration "),
        cost,
        next((word for word in (used.groups() if used else ()) if word), "unknown"),
    )


def _rows(printed: str, quantity: str, name: str) -> Array:
    """Numbers of the last block of a quantity for a set."""
    pattern = rf"^ {quantity}[^\n]* for set {name} and time[^\n]*\n\s*\n((?:[ \t]*[-0-9][^\n]*\n)+)"
    blocks = re.findall(pattern, printed, re.MULTILINE)
    if not blocks:
        raise RuntimeError(f"CalculiX printed no {quantity} for {name}")
    return np.array([line.split() for line in blocks[-1].splitlines()], dtype=float)


def _contact_pressure(path: Path, count: int) -> Array:
    """Last contact pressure of nodes, from the fixed columns of a result file."""
    pressure = np.full(count, np.nan)
    reading, column = False, 3
    for line in path.read_text().splitlines():
        if line.startswith(" -4"):
            reading = line.split()[1] == "CONTACT"
        elif line.startswith(" -3"):
            reading = False
        elif reading and line.startswith(" -1"):
            values = [float(line[13 + 12 * i : 25 + 12 * i]) for i in range(column + 1)]
            pressure[int(line[3:13]) - 1] = values[column]
    return pressure
