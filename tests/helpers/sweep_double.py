# SPDX-License-Identifier: MIT
"""A worker of a study whose cases solve nothing, in the place of `scenarios.sweep.worker`.

How a case ends is in its body mass; ``SWEEP_DOUBLE_S`` is how long it takes. A case that was run to
its end adds a line to ``completed.log`` in the study's folder.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

import scenarios.check
import scenarios.run
from scenarios.errors import CommandError, NotConverged, ScenarioError
from scenarios.launch import launched_rank
from scenarios.run import RunContext
from scenarios.summary import InsoleSummary, SolverSummary, Summary, WallTimes
from scenarios.sweep import worker
from scenarios.sweep.store import StudyFolder

DIVERGES, RAISES, REFUSED, DIES, NO_ROOM = 71.0, 72.0, 73.0, 74.0, 75.0
"""Body masses in kg whose cases end otherwise."""
STEPS = 4


class OneRank:
    """The communicator of one process, without MPI."""

    rank, size = 0, 1

    def bcast(self, value: Any = None, root: int = 0) -> Any:
        return value

    def allreduce(self, value: Any) -> Any:
        return value


class QuickAnalysis:
    """Stands in for an analysis: a number from the insole's thickness after a while."""

    @staticmethod
    def run(context: RunContext) -> Summary:
        mass = context.scenario.subject.body_mass_kg
        if mass == REFUSED:
            raise ScenarioError("study.toml", "insole.thickness_mm", "cannot be meshed")
        context.begin(dofs=3, cells=1)
        for _ in range(STEPS):
            time.sleep(float(os.environ.get("SWEEP_DOUBLE_S", "0")) / STEPS)
            context.end_if_interrupted()
        if mass == DIVERGES:
            raise NotConverged("try a finer step", "40 % of stance")
        if mass == RAISES:
            raise RuntimeError("a bug")
        if mass == DIES:
            os.kill(os.getpid(), signal.SIGKILL)
        if mass == NO_ROOM:
            raise OSError(28, "No space left on device")
        thickness = context.scenario.insole.thickness_mm
        return Summary(
            scenario=context.scenario.name,
            analysis=context.scenario.analysis,
            converged=True,
            resolution=context.scenario.resolution,
            solver=SolverSummary(steps=STEPS, wall_s=WallTimes(total=1.5)),
            insole=InsoleSummary(peak_compressive_strain=0.1 * thickness, energy_stored_j=0.3),
        )


def logged(simulate: Any) -> Any:
    def run_scenario(scenario: Any, result: Any, comm: Any, **more: Any) -> Summary:
        summary = simulate(scenario, result, comm, **more)
        if comm.rank > 0:
            return summary
        line = f"{result.path.name}\n".encode()
        log = os.open(
            result.path.parents[1] / "completed.log", os.O_CREAT | os.O_APPEND | os.O_WRONLY
        )
        os.write(log, line)
        os.close(log)
        return summary

    return run_scenario


DOUBLES = (
    (scenarios.run, "analysis_module", lambda name: QuickAnalysis),
    (scenarios.run, "run_scenario", logged(scenarios.run.run_scenario)),
    (scenarios.check, "check_scenario", lambda loaded: ()),
)

if __name__ == "__main__":
    for module, name, double in DOUBLES:
        setattr(module, name, double)
    if launched_rank() is not None:  # several ranks: the worker's own entry, with MPI
        sys.exit(worker.main())
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--part", default="0/1")
    given = parser.parse_args()
    try:
        sys.exit(worker.work(StudyFolder(given.folder), OneRank(), worker.part_of(given.part)))
    except CommandError as error:
        print(f"solespine: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
