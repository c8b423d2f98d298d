# SPDX-License-Identifier: MIT
"""A worker of a search whose runs solve nothing: a problem with a known front in their place.

Two goals under two constraints (problem CONSTR of Deb, Pratap, Agarwal, Meyarivan 2002): f1 = x and
f2 = (1 + y) / x are to be small, y + 9 x >= 6 and 9 x - y >= 1, with x of [0.1, 1] and y of [0, 5].
x is in the insole's thickness, y in the body mass; both constraints are turned to upper limits of
numbers that grow while a run goes on. ``SWEEP_DOUBLE_S`` is how long a run takes. A run adds a
line to ``completed.log`` in the study's folder when it is through.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import scenarios.check
import scenarios.run
from scenarios.errors import CommandError, NotConverged, ScenarioError
from scenarios.optimise import worker
from scenarios.optimise.store import SearchFolder
from scenarios.run import RunContext
from scenarios.summary import InsoleSummary, LumbarLevel, Peak, SolverSummary, Summary, WallTimes
from tests.helpers.sweep_double import OneRank, logged

THICKNESS_MM, MASS_KG = (3.0, 9.0), (50.0, 100.0)
LIMIT = 9.0
"""Of both constraints as they are in the summary."""
GOALS = ("insole.peak_compressive_strain", "insole.energy_stored_j")
FORCES = ("lumbar.L4-L5.muscle_force_n.peak", "lumbar.L5-S1.muscle_force_n.peak")
COLUMNS = (
    *("insole_compressive_strain", "insole_energy_j"),
    *("l4_l5_muscle_force_n", "l5_s1_muscle_force_n"),
)
PEAK_PERCENT = 60.0


def outputs_of(thickness_mm: float, mass_kg: float) -> tuple[float, float, float, float]:
    """Both goals, and what both constraints limit."""
    x = 0.1 + 0.9 * (thickness_mm - THICKNESS_MM[0]) / (THICKNESS_MM[1] - THICKNESS_MM[0])
    y = 5.0 * (mass_kg - MASS_KG[0]) / (MASS_KG[1] - MASS_KG[0])
    return x, (1.0 + y) / x, 15.0 - y - 9.0 * x, 10.0 + y - 9.0 * x


def front_f2(f1: float) -> float:
    """The known front: the smallest f2 with that f1, of [7/18, 1]."""
    return max(7.0 / f1 - 9.0, 1.0 / f1)


class RampAnalysis:
    """Stands in for an analysis: outputs rise to their peak and fall again, instant by instant."""

    @staticmethod
    def run(context: RunContext) -> Summary:
        scenario = context.scenario
        if scenario.insole.thickness_mm == THICKNESS_MM[0]:
            raise ScenarioError("study.toml", "insole.thickness_mm", "cannot be meshed")
        reached = outputs_of(scenario.insole.thickness_mm, scenario.subject.body_mass_kg)
        context.begin(dofs=3, cells=1)
        instants = scenario.output.instants
        for percent in instants:
            time.sleep(float(os.environ.get("SWEEP_DOUBLE_S", "0")) / len(instants))
            share = 1.0 - abs(percent - PEAK_PERCENT) / 100.0
            row = {name: share * value for name, value in zip(COLUMNS, reached, strict=True)}
            context.history.add({"percent": percent, **row})
            context.progress.instant(percent, "")
            context.end_if_interrupted()
        if scenario.insole.thickness_mm == THICKNESS_MM[1]:
            raise NotConverged("try a finer step", "40 % of stance")
        levels = {
            level: LumbarLevel(muscle_force_n=Peak(peak=value, mean=0.5 * value))
            for level, value in zip(("L4-L5", "L5-S1"), reached[2:], strict=True)
        }
        return Summary(
            scenario=scenario.name,
            analysis=scenario.analysis,
            converged=True,
            resolution=scenario.resolution,
            solver=SolverSummary(steps=len(instants), wall_s=WallTimes(total=1.5)),
            insole=InsoleSummary(peak_compressive_strain=reached[0], energy_stored_j=reached[1]),
            lumbar=levels,
        )


DOUBLES = (
    (scenarios.run, "analysis_module", lambda name: RampAnalysis),
    (scenarios.run, "run_scenario", logged(scenarios.run.run_scenario)),
    (scenarios.check, "check_scenario", lambda loaded: ()),
)


@contextmanager
def doubled() -> Iterator[None]:
    """Doubles in this process, for a while."""
    before = [(module, name, getattr(module, name)) for module, name, _ in DOUBLES]
    for module, name, double in DOUBLES:
        setattr(module, name, double)
    try:
        yield
    finally:
        for module, name, real in before:
            setattr(module, name, real)


def work_here(folder: SearchFolder) -> int:
    """A worker in this process."""
    with doubled():
        return worker.work(folder, one_rank())


def one_rank() -> Any:
    """The communicator of one process, without MPI."""
    return OneRank()


def _run(folder: Path) -> int:
    try:
        return work_here(SearchFolder(folder))
    except CommandError as error:
        print(f"solespine: {error}", file=sys.stderr)
        return error.exit_code


def _serve(folder: Path) -> None:
    """Fork a worker for each name that comes in, and say its process; imports are done once."""
    import scenarios.optimise.desk

    assert scenarios.optimise.desk
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for them
    for line in sys.stdin:
        process = os.fork()
        if process == 0:
            os.environ["SOLESPINE_WORKER"] = line.strip()
            os._exit(_run(folder))
        print(process, flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--serve", action="store_true")
    given = parser.parse_args()
    sys.exit(_serve(given.folder) if given.serve else _run(given.folder))
