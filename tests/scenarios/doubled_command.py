# SPDX-License-Identifier: MIT
"""The command line with an analysis that writes rows and solves nothing.

Run as a module it is the whole command; ``DOUBLE`` in the environment chooses how
the analysis ends.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import scenarios.check
import scenarios.launch
import scenarios.run
from scenarios.errors import NotConverged, ScenarioError
from scenarios.run import RunContext
from scenarios.summary import InsoleSummary, SolverSummary, Summary, WallTimes


class DoubledAnalysis:
    """Writes a row and a checkpoint per output instant."""

    @staticmethod
    def run(context: RunContext) -> Summary:
        ending = os.environ.get("DOUBLE", "")
        last = context.comm.rank == context.comm.size - 1
        if ending == "refuse":
            raise ScenarioError("walking", "insole.thickness_mm", "cannot be meshed")
        checkpoint = context.folder.checkpoint_path / "percent"
        start = 0.0
        if context.resume and checkpoint.is_file():
            start = float(checkpoint.read_text())
        context.begin(dofs=3, cells=1, last_percent=start)
        context.progress.start("stance", 100.0)
        for percent in context.scenario.output.instants:
            if percent <= start:
                continue
            if ending == "slow":
                time.sleep(0.2)
            if percent > 40.0 and ending == "diverge":
                raise NotConverged("try a finer step", f"{percent} % of stance")
            if percent > 40.0 and ending == "fail on one rank" and last:
                raise RuntimeError("this rank fails")
            context.history.add({"percent": percent, "force_n": percent / 3.0})
            if context.folder.writer:
                checkpoint.parent.mkdir(exist_ok=True)
                checkpoint.write_text(repr(percent))
            context.progress.instant(percent, "")
            context.end_if_interrupted()
        return Summary(
            scenario=context.scenario.name,
            analysis=context.scenario.analysis,
            converged=True,
            resolution=context.scenario.resolution,
            solver=SolverSummary(
                mpi_ranks=context.comm.size, wall_s=WallTimes(solve=1.0, total=1.5)
            ),
            insole=InsoleSummary(peak_compressive_strain=0.4, energy_stored_j=0.3),
        )


class DoubledReport:
    """Writes a file, or fails."""

    @staticmethod
    def write_report(folder: Path, summary: Summary) -> Path:
        if os.environ.get("DOUBLE") == "no report":
            raise OSError("no fonts")
        time.sleep(0.05)
        path = folder / "report.html"
        path.write_text("<html></html>")
        return path


DOUBLES = (
    (scenarios.run, "analysis_module", lambda name: DoubledAnalysis),
    (scenarios.run, "report_module", lambda: DoubledReport),
    (scenarios.check, "_gait_warnings", lambda loaded: ()),
)

if __name__ == "__main__":
    for module, name, double in DOUBLES:
        setattr(module, name, double)
    scenarios.launch.MODULE = "tests.scenarios.doubled_command"
    from scenarios.cli import main

    sys.exit(main())
