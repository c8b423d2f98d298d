# SPDX-License-Identifier: MIT
"""Where the time of a run goes, for each Newton iteration; PETSc's stages do the counting.

    python -m benchmarks.profile walking [--resolution coarse] [--set KEY=VALUE ...]
    mpirun -n 2 python -m mpi4py -m benchmarks.profile heel_strike

Each row is a stage of PETSc's log, without what stages inside of it take: rows add up to the whole.
Seconds are those of the slowest rank, messages and bytes sums over the ranks. ``--log FILE.csv``
keeps PETSc's table with all its events. Forms that are compiled for the first time count where they
are made: run twice.
"""

from __future__ import annotations

import argparse
import csv
import importlib
import json
import resource
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import wraps
from pathlib import Path
from typing import Any

STARTED = time.perf_counter()

STAGES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("mesh", ("scenarios.geometry:scenario_geometry",)),
    (
        "forms and spaces",
        ("simulator.solid:Solid.__init__", "simulator.spine.column:LumbarColumn._build"),
    ),
    ("residual", ("simulator.equilibrium:Equilibrium.residual",)),
    ("tangent", ("simulator.equilibrium:Equilibrium.tangent",)),
    ("cells", ("simulator.tangent:ReducedTangent.add_cells",)),
    ("pattern", ("simulator.equilibrium:Equilibrium._make_tangent",)),
    ("into the matrices", ("simulator.tangent:ReducedTangent.finish",)),
    ("contact search", ("simulator.contact.pair:PairContact.update_candidates",)),
    (
        "contact",
        (
            "simulator.contact.pair:PairContact.evaluate",
            "simulator.contact.plane:PlaneContact.evaluate",
            "simulator.tangent:ReducedTangent.add_contact",
        ),
    ),
    ("preconditioner", ("simulator.linear:LinearSolver.prepare",)),
    ("Krylov", ("simulator.linear:LinearSolver.solve",)),
    ("volume ratios", ("simulator.solid:Solid.least_volume_ratio",)),
    ("spine", ("simulator.spine.column:LumbarColumn.solve",)),
    ("calibration of the spine", ("simulator.spine.column:LumbarColumn.calibrate_cocontraction",)),
    ("fields", ("scenarios.fields:write_instant",)),
    ("figures and report", ("scenarios.report:write_report",)),
)
"""Stages and the functions that they hold, as ``module:name``."""


@dataclass(frozen=True, slots=True)
class Row:
    """One stage: seconds of the slowest rank, messages and bytes of all."""

    stage: str
    seconds: float
    messages: float
    bytes: float


def staged(function: Callable[..., Any], stage: Any) -> Callable[..., Any]:
    """Return a function whose time counts for a stage."""

    @wraps(function)
    def inside(*args: Any, **kwargs: Any) -> Any:
        stage.push()
        try:
            return function(*args, **kwargs)
        finally:
            stage.pop()

    return inside


def instrument() -> None:
    """Put the functions of `STAGES` into stages of PETSc's log.

    Raises:
        AttributeError: a function that is no longer there.
    """
    from petsc4py import PETSc

    PETSc.Log.begin()
    for label, functions in STAGES:
        stage = PETSc.Log.Stage(label)
        for place in functions:
            module, _, name = place.partition(":")
            owner: Any = importlib.import_module(module)
            *classes, last = name.split(".")
            for part in classes:
                owner = getattr(owner, part)
            setattr(owner, last, staged(getattr(owner, last), stage))


def stage_rows(table: Path) -> list[Row]:
    """Read the stages of PETSc's log as CSV."""
    seconds: dict[str, float] = {}
    messages: dict[str, float] = {}
    length: dict[str, float] = {}
    with table.open(newline="") as lines:
        for line in csv.DictReader(lines):
            if line["Event Name"] != "summary":
                continue
            name = line["Stage Name"]
            seconds[name] = max(seconds.get(name, 0.0), float(line["Time"]))
            messages[name] = messages.get(name, 0.0) + float(line["Num Messages"])
            length[name] = length.get(name, 0.0) + float(line["Message Length"])
    rows = [Row(name, seconds[name], messages[name], length[name]) for name in seconds]
    return sorted(rows, key=lambda row: -row.seconds)


def text_table(rows: Sequence[Row], imports_s: float, newton: int) -> str:
    """The table that is printed."""
    whole = imports_s + sum(row.seconds for row in rows)
    iterations = max(newton, 1)
    head = f"{'stage':<26}{'s':>9}{'%':>7}{'ms/Newton':>11}{'messages':>11}{'MB sent':>10}"
    lines = [head, f"{'import':<26}{imports_s:9.2f}{100 * imports_s / whole:7.1f}"]
    for row in rows:
        name = "everything else" if row.stage == "Main Stage" else row.stage
        lines.append(
            f"{name:<26}{row.seconds:9.2f}{100 * row.seconds / whole:7.1f}"
            f"{1e3 * row.seconds / iterations:11.1f}{row.messages:11.0f}{row.bytes / 1e6:10.1f}"
        )
    return "\n".join([*lines, f"{'whole':<26}{whole:9.2f}{100.0:7.1f}"])


def main() -> int:
    """Run a scenario with the arguments of ``solespine run`` and print where its time went."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("scenario")
    parser.add_argument("--resolution", default="coarse")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE")
    parser.add_argument("--log", type=Path, help="keep PETSc's table here")
    parser.add_argument("--json", type=Path, help="write the figures here")
    given = parser.parse_args()

    from mpi4py import MPI
    from petsc4py import PETSc

    comm = MPI.COMM_WORLD
    instrument()
    imports_s = time.perf_counter() - STARTED
    from scenarios.cli import main as solespine

    made = tempfile.mkdtemp() if comm.rank == 0 else None
    scratch = Path(comm.bcast(made))
    folder, table = scratch / "run", given.log or scratch / "log.csv"
    settings = [part for setting in given.set for part in ("--set", setting)]
    code = solespine(
        ["run", given.scenario, "--resolution", given.resolution, *settings, "-o", str(folder)]
    )
    viewer = PETSc.Viewer().createASCII(str(table), comm=comm)
    viewer.pushFormat(PETSc.Viewer.Format.ASCII_CSV)
    PETSc.Log.view(viewer)
    viewer.destroy()
    memory = comm.allreduce(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20)
    if comm.rank == 0 and code == 0:
        solver = json.loads((folder / "summary.json").read_text())["solver"]
        newton, rows = int(solver["newton_iterations"]), stage_rows(table)
        print(text_table(rows, imports_s, newton))
        print(f"{comm.size} ranks, {newton} Newton iterations, {memory:.1f} GiB at the most")
        if given.json is not None:
            found = {
                "scenario": given.scenario,
                "resolution": given.resolution,
                "set": given.set,
                "ranks": comm.size,
                "memory_gib": memory,
                "import_s": imports_s,
                "stages": [asdict(row) for row in rows],
                "solver": solver,
            }
            given.json.write_text(json.dumps(found, indent=1) + "\n")
    return code


if __name__ == "__main__":
    raise SystemExit(main())
