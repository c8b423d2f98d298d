# SPDX-License-Identifier: MIT
"""What a run will cost, said before it starts: unknowns, memory and time.

The table is filled by measurement on two cores of a desktop processor; a time is
good to about a factor of two on another machine.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from scenarios.schema import Scenario

TABLE = Path(__file__).with_name("cost.toml")


@dataclass(frozen=True, slots=True)
class Cost:
    """Expected cost of a run.

    Attributes:
        dofs: displacement unknowns.
        memory_mb: of all ranks together.
        wall_s: seconds on this number of ranks, None while it is not measured.
        ranks: number of ranks.
    """

    dofs: int
    memory_mb: float
    wall_s: float | None
    ranks: int

    def __str__(self) -> str:
        """One line for people."""
        ranks = "1 rank" if self.ranks == 1 else f"{self.ranks} ranks"
        time = "time not measured yet" if self.wall_s is None else f"about {_time(self.wall_s)}"
        memory = f"{self.memory_mb / 1024:.1f} GiB"
        return f"about {_thousands(self.dofs)} unknowns, {memory}, {time} on {ranks}"


@dataclass(frozen=True, slots=True)
class _Row:
    dofs: int
    memory_base_mb: float
    memory_per_rank_mb: float
    setup_s: float
    serial_s_per_instant: float
    parallel_s_per_instant: float


def estimate(scenario: Scenario, ranks: int = 1) -> Cost:
    """The expected cost of a scenario on a number of ranks."""
    row = _table()[f"{scenario.analysis}.{scenario.resolution}"]
    instants = _instants(scenario)
    if scenario.baseline is not None and scenario.baseline.calibration_dir is None:
        instants *= 2
    per_instant = row.serial_s_per_instant + row.parallel_s_per_instant / ranks
    wall = row.setup_s + instants * per_instant
    memory = row.memory_base_mb + ranks * row.memory_per_rank_mb
    return Cost(row.dofs, memory, wall if per_instant > 0.0 else None, ranks)


def _instants(scenario: Scenario) -> int:
    """Output instants of stance, the one of standing, time steps of impact."""
    if scenario.analysis == "impact":
        return scenario.impact.steps
    return len(scenario.output.instants) if scenario.analysis == "stance" else 1


@cache
def _table() -> dict[str, _Row]:
    data = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    return {
        f"{analysis}.{resolution}": _Row(**row)
        for analysis, rows in data.items()
        for resolution, row in rows.items()
    }


def _thousands(number: int) -> str:
    if number >= 1_000_000:
        return f"{number / 1e6:.1f} million"
    return f"{round(number / 1000)} thousand"


def _time(seconds: float) -> str:
    if seconds < 90:
        return f"{max(5, 5 * round(seconds / 5)):d} s"
    if seconds < 5400:
        return f"{round(seconds / 60):d} min"
    return f"{seconds / 3600:.1f} h"
