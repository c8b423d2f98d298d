# SPDX-License-Identifier: MIT
"""The Python interface: load a scenario, change its keys, run it, read what came out.

    from scenarios.api import change, load, read, run

    flat = load("standing", {"insole.thickness_mm": 6})
    soft = change(flat, {"insole.material": "eva_20"})
    result = run(soft, "results/soft")
    print(result.numbers["plantar.peak_pressure_kpa.heel"])

What comes back is plain: numbers, text, lists and dictionaries. Wrong input raises
`scenarios.errors.ScenarioError`, whose text is that of the command line.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from scenarios.errors import CommandError, Interrupted, NotConverged, ScenarioError
from scenarios.folder import Mode, ResultFolder, State
from scenarios.identity import scenario_hash
from scenarios.loading import Loaded, load_given
from scenarios.source import (
    Given,
    ScenarioFile,
    add_setting,
    find_scenario,
    flattened,
    merged,
    read_scenario_file,
    spelled_out,
)
from scenarios.summary import Summary, main_outputs, read_summary
from scenarios.table import read_numbers

__all__ = [
    "CommandError",
    "Interrupted",
    "Loaded",
    "NotConverged",
    "Result",
    "ScenarioError",
    "change",
    "check",
    "load",
    "read",
    "run",
]

Changes = Mapping[str, object]
_WHERE = "changes"


@dataclass(frozen=True, slots=True)
class Result:
    """A finished run.

    Attributes:
        folder: with everything that was written; docs/guide/results.md says what.
        summary: all numbers as `summary.json` has them, by attribute.
    """

    folder: Path
    summary: Summary

    @property
    def numbers(self) -> dict[str, float]:
        """The numbers that answer questions, by dotted key with its unit in it.

        Such as ``"plantar.peak_pressure_kpa.heel"``.
        """
        return dict(main_outputs(self.summary))

    @property
    def history(self) -> dict[str, list[float]]:
        """Columns of ``history.csv``: a value at each output instant, NaN where there is none."""
        return read_numbers(self.folder / "history.csv")

    @property
    def plantar_pressure(self) -> dict[str, list[float]]:
        """Columns of ``plantar_pressure.csv``: a value for each instant and sensor cell."""
        return read_numbers(self.folder / "plantar_pressure.csv")

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the run had to say."""
        return self.summary.warnings

    @property
    def report(self) -> Path:
        """The page with figures and tables; absent with ``output.figures = false``."""
        return self.folder / "report.html"


def load(scenario: str | Path, changes: Changes | None = None) -> Loaded:
    """A validated scenario.

    Args:
        scenario: TOML file, or name of a scenario of the library, such as ``"standing"``.
        changes: values by dotted key, in place of the file's. A table may be given as a
            dictionary, and paths are relative to the working directory.

    Returns:
        Its ``scenario`` has every key as an attribute: ``found.scenario.insole.thickness_mm``.

    Raises:
        ScenarioError: no such file or name, or a value that is wrong.
    """
    file = find_scenario(str(scenario))
    return load_given(file, merged(read_scenario_file(file), _given(changes or {})))


def change(loaded: Loaded, changes: Changes) -> Loaded:
    """The same scenario with other values; what follows from them by default follows again.

    Args:
        loaded: stays as it is.
        changes: as in `load`.

    Raises:
        ScenarioError: a value that is wrong.
    """
    file = ScenarioFile(Path(loaded.where), loaded.where, loaded.scenario.name)
    return load_given(file, merged(loaded.given, _given(changes)))


def check(loaded: Loaded) -> tuple[str, ...]:
    """Read the files that a scenario names and mesh its shapes, without running it.

    Returns:
        What should be known though it is not wrong.

    Raises:
        ScenarioError: it cannot be run.
    """
    from scenarios.check import check_scenario

    return check_scenario(loaded)


def run(
    loaded: Loaded,
    folder: str | Path | None = None,
    *,
    resume: bool = False,
    overwrite: bool = False,
    quiet: bool = True,
) -> Result:
    """Run a scenario into a result folder.

    Under ``mpirun`` every rank calls it, and the run is shared among them.

    Args:
        loaded: the scenario.
        folder: where results go, by default ``results/NAME``.
        resume: go on with an unfinished result of the same scenario; a finished one is read.
        overwrite: replace an existing result.
        quiet: whether no progress is shown.

    Returns:
        The result, on every rank.

    Raises:
        ScenarioError: wrong input, or a result is there already; nothing is written.
        NotConverged: what was computed until then is kept.
        Interrupted: likewise.
    """
    from mpi4py import MPI

    from scenarios.agreement import agree
    from scenarios.progress import make_progress
    from scenarios.run import run_scenario

    if resume and overwrite:
        raise ScenarioError("run", "resume", "is given beside overwrite", allowed="one of the two")
    comm = MPI.COMM_WORLD
    path = Path(folder) if folder is not None else Path("results") / loaded.scenario.name
    mode: Mode = "overwrite" if overwrite else "resume" if resume else "new"
    result = ResultFolder(path, writer=comm.rank == 0)

    def prepare() -> State:
        check(loaded)
        return result.claim(mode, scenario_hash(loaded.scenario))

    try:
        if agree(comm, prepare) == "finished":
            return Result(path, agree(comm, lambda: read_summary(path)))
        progress = make_progress(shown=comm.rank == 0, quiet=quiet)
        summary = run_scenario(
            loaded.scenario, result, comm, resume=resume, progress=progress, command="run"
        )
    finally:
        result.release()
    return Result(path, summary)


def read(folder: str | Path) -> Result:
    """A result that was computed before.

    Raises:
        ScenarioError: no finished result.
    """
    return Result(Path(folder), read_summary(Path(folder)))


def _given(changes: Changes) -> dict[str, Given]:
    """Values by dotted key as a file gives them: tables taken apart, paths as text."""
    found: dict[str, Given] = {}
    base = Path.cwd()
    for name, value in changes.items():
        leaves = [(name, value)]
        if isinstance(value, dict) and value:
            leaves = list(flattened(value, f"{name}."))
        for key, leaf in leaves:
            plain = str(leaf) if isinstance(leaf, Path) else leaf
            add_setting(found, key, Given(plain, _WHERE, base))
    return spelled_out(found)
