# SPDX-License-Identifier: MIT
"""Run one scenario into one result folder: the seam between shell and mechanics.

An analysis is a module ``scenarios.analyses.NAME`` with a function
``run(context: RunContext) -> Summary``, called on every rank. It is imported when
it is needed, since that takes the finite-element library with it.
"""

from __future__ import annotations

import importlib
import time
import traceback
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from scenarios.agreement import alone
from scenarios.discretisation import with_errors
from scenarios.errors import CommandError, Interrupted, NotConverged, NotWritten
from scenarios.folder import ResultFolder, Status
from scenarios.identity import manifest
from scenarios.loading import scenario_data
from scenarios.measured_section import with_measured
from scenarios.progress import Progress, SilentProgress
from scenarios.schema import Scenario
from scenarios.signals import InterruptFlag, interruptible
from scenarios.summary import Summary
from scenarios.table import GrowingTable
from scenarios.toml_text import toml_text

if TYPE_CHECKING:
    from mpi4py import MPI

    from scenarios.reuse import Reuse


@dataclass(slots=True)
class RunContext:
    """What an analysis is given, the same on every rank but for the display.

    Attributes:
        scenario: the study, resolved.
        folder: result folder; its methods write on rank 0 and do nothing elsewhere.
        comm: all ranks of the run.
        resume: whether checkpoint and rows of an earlier run may be used.
        progress: display.
        history: ``history.csv``, a row per output instant.
        command: ``"run"`` or ``"mesh"``.
        reuse: what this process keeps from case to case, if anything.
        reused: what of that this run takes, for its manifest.
    """

    scenario: Scenario
    folder: ResultFolder
    comm: MPI.Intracomm
    resume: bool
    progress: Progress
    history: GrowingTable
    command: str = "run"
    reuse: Reuse | None = None
    reused: str = ""
    _interrupt: InterruptFlag = field(default_factory=InterruptFlag)

    def begin(self, *, dofs: int, cells: int, last_percent: float = 0.0) -> None:
        """Say that input and geometry are accepted; from here on results are written.

        Called once by every analysis, on every rank, after the last `ScenarioError`
        and before the first solve.

        Args:
            dofs: number of unknowns.
            cells: number of finite elements.
            last_percent: output instant of the checkpoint that the run goes on from;
                rows behind it are dropped, all of them where there is none.
        """
        self.folder.begin(toml_text(scenario_data(self.scenario)), self._manifest())
        self.folder.log(f"{dofs} unknowns, {cells} cells, {self.comm.size} ranks")
        for name in ("history.csv", "plantar_pressure.csv"):
            table = GrowingTable(self.folder.path / name, writer=self.folder.writer)
            table.keep("percent", last_percent)
        self._interrupt.install()

    def end_if_interrupted(self) -> None:
        """Leave the run when a signal has asked any rank to.

        Collective; called after each accepted step, when its checkpoint is written.

        Raises:
            Interrupted: on every rank.
        """
        if self.comm.allreduce(int(self._interrupt.is_set)) > 0:
            raise Interrupted

    def _manifest(self) -> dict[str, object]:
        if not self.folder.writer:
            return {}
        known = manifest(self.scenario, self.comm.size, command=self.command)
        return known | ({"reused": self.reused} if self.reused else {})


class AnalysisModule(Protocol):
    """A module of ``scenarios.analyses``."""

    def run(self, context: RunContext) -> Summary:
        """Solve and write rows and fields; the summary is written by the caller.

        Raises:
            ScenarioError: before `RunContext.begin` only.
            NotConverged: on every rank; rows and checkpoint stay.
            Interrupted: from `RunContext.end_if_interrupted`.
        """


class ReportModule(Protocol):
    """The module ``scenarios.report``."""

    def write_report(self, folder: Path, summary: Summary) -> Path:
        """Draw the figures and write ``report.html``; returns its path."""


def analysis_module(name: str) -> AnalysisModule:
    """The module of an analysis: ``standing``, ``stance``, ``impact``, or ``mesh``."""
    module: AnalysisModule = importlib.import_module(f"scenarios.analyses.{name}")
    return module


def report_module() -> ReportModule:
    """The module that writes the report."""
    module: ReportModule = importlib.import_module("scenarios.report")
    return module


def run_scenario(
    scenario: Scenario,
    folder: ResultFolder,
    comm: MPI.Intracomm,
    *,
    resume: bool,
    progress: Progress | None = None,
    command: str = "run",
    reuse: Reuse | None = None,
) -> Summary:
    """Run a validated scenario in a claimed folder; collective.

    Args:
        scenario: the study, the same on every rank.
        folder: claimed on rank 0.
        comm: all ranks of the run.
        resume: go on from the folder's checkpoint where there is one.
        progress: display of this rank.
        command: ``"mesh"`` calls the module ``mesh`` instead of the scenario's analysis.
        reuse: what this process keeps from case to case, if anything.

    Returns:
        The summary that was written, on every rank.

    Raises:
        CommandError: wrong input, not converged, interrupted, or a file that cannot be
            written; what was computed is kept and the manifest says how it ended.
    """
    shown = progress or SilentProgress()
    with interruptible() as interrupt:
        context = RunContext(
            scenario=scenario,
            folder=folder,
            comm=comm,
            resume=resume and comm.bcast(folder.state == "resumed"),
            progress=shown,
            history=GrowingTable(folder.path / "history.csv", writer=folder.writer),
            command=command,
            reuse=reuse,
            _interrupt=interrupt,
        )
        try:
            module = analysis_module("mesh" if command == "mesh" else scenario.analysis)
            summary = with_measured(with_errors(module.run(context)), scenario)
            summary = _with_scan(context, summary)
            if scenario.output.figures and command == "run":
                summary = _reported(context, summary)
            folder.finish(summary)
        except CommandError as error:
            folder.note_failure(str(error), _status(error))
            raise
        except OSError as error:
            folder.note_failure(traceback.format_exc(), "failed")
            raise NotWritten(str(error.filename or folder.path), _reason(error)) from error
        except BaseException:
            folder.note_failure(traceback.format_exc(), "failed")
            raise
        finally:
            with suppress(OSError):
                context.history.close()
            shown.stop()
    return summary


def _with_scan(context: RunContext, summary: Summary) -> Summary:
    """Add what a scanned foot has to say; nothing is imported for others."""
    if context.scenario.subject.scan_file is None:
        return summary
    from scenarios.scan_result import with_scan

    return with_scan(context, summary)


def _status(error: CommandError) -> Status:
    if isinstance(error, NotConverged):
        return "not converged"
    return "interrupted" if isinstance(error, Interrupted) else "failed"


def _reason(error: OSError) -> str:
    return error.strerror or str(error) or type(error).__name__


def _reported(context: RunContext, summary: Summary) -> Summary:
    """Write figures and report on rank 0; a failure there does not lose the run.

    The summary is written after the report, so that it has the report's time; the times in the
    report end where the report begins.
    """
    begun = time.monotonic()

    def draw() -> str:
        try:
            report_module().write_report(context.folder.path, summary)
        except Exception as error:  # pictures must never cost a solved run
            context.folder.log(traceback.format_exc())
            return f"the report was not written: {type(error).__name__}: {error}"
        return ""

    problem = context.comm.bcast(alone(context.comm, draw) or "")
    summary = with_report_time(summary, time.monotonic() - begun)
    if not problem:
        return summary
    return summary.model_copy(update={"warnings": (*summary.warnings, problem)})


def with_report_time(summary: Summary, seconds: float) -> Summary:
    """The summary with the report among its wall seconds; unchanged where it has none."""
    solver = summary.solver
    if solver is None or solver.wall_s is None:
        return summary
    total = None if solver.wall_s.total is None else solver.wall_s.total + seconds
    wall = solver.wall_s.model_copy(update={"report": seconds, "total": total})
    return summary.model_copy(update={"solver": solver.model_copy(update={"wall_s": wall})})
