# SPDX-License-Identifier: MIT
"""What the pictures are drawn from: the files of a finished result folder."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scenarios.fields import BodyFile, read_collection
from scenarios.folder import read_manifest
from scenarios.plantar import SensorMap
from scenarios.plantar_table import read_sensor_maps
from scenarios.summary import Summary
from scenarios.table import read_table

Array = NDArray[np.float64]
GRAVITY = 9.80665

LEVELS = ("L1-L2", "L2-L3", "L3-L4", "L4-L5", "L5-S1")
"""Lumbar levels from above, as they stand in pictures and tables."""


@dataclass(frozen=True, slots=True)
class History:
    """Columns of ``history.csv``; a quantity that the analysis lacks has no column."""

    names: tuple[str, ...]
    table: Array

    def column(self, name: str) -> Array | None:
        """Values of a column over the output instants; None where it is absent or empty."""
        if name not in self.names:
            return None
        values = self.table[:, self.names.index(name)]
        return values if np.isfinite(values).any() else None

    def level(self, level: str, quantity: str) -> Array | None:
        """Column of one lumbar level, ``l4_l5_compression_n`` or any spelling of it."""
        wanted = {_plain(f"{level}_{quantity}"), _plain(f"{quantity}_{level}")}
        name = next((n for n in self.names if _plain(n) in wanted), None)
        return None if name is None else self.column(name)

    @property
    def percent(self) -> Array:
        """Instants in per cent of stance, of an impact per cent of the run, shape (n,)."""
        values = self.column("percent")
        return np.zeros(len(self.table)) if values is None else values


@dataclass(frozen=True, slots=True)
class ResultView:
    """A result folder as pictures and report see it.

    ``manifest`` is the parsed JSON file, empty where it is absent.
    """

    folder: Path
    summary: Summary
    manifest: dict[str, Any]
    history: History
    sensor_maps: tuple[SensorMap, ...]
    field_files: tuple[BodyFile, ...]

    @property
    def body_weight_n(self) -> float | None:
        """Weight of the subject, N."""
        subject = self.summary.subject
        return None if subject is None else subject.body_mass_kg * GRAVITY

    @property
    def foot_length_mm(self) -> float | None:
        """Foot length of the subject, mm."""
        subject = self.summary.subject
        return None if subject is None else subject.foot_length_mm

    @property
    def is_impact(self) -> bool:
        """Whether the instants are milliseconds after touchdown, not per cent of stance."""
        return self.summary.analysis == "impact"

    @property
    def run_ms(self) -> float | None:
        """How long an impact is followed; None for stance."""
        time = self.history.column("time_s")
        return None if time is None or not self.is_impact else 1000.0 * float(time[-1])

    @property
    def over_stance(self) -> bool:
        """Whether there are output instants of stance to draw a curve through."""
        return len(self.history.table) > 1 and not self.is_impact


def read_result(folder: Path, summary: Summary) -> ResultView:
    """Read the files of a result folder; what is absent stays empty.

    Args:
        folder: the folder.
        summary: its numbers (a run draws before it writes them, as its last file).

    Raises:
        ValueError: a file of the folder cannot be understood.
    """
    table = folder / "plantar_pressure.csv"
    return ResultView(
        folder=folder,
        summary=summary,
        manifest=read_manifest(folder),
        history=read_history(folder / "history.csv"),
        sensor_maps=read_sensor_maps(table) if table.exists() else (),
        field_files=read_collection(folder / "fields"),
    )


def read_history(path: Path) -> History:
    """Read ``history.csv``; an entry that is no number becomes NaN, no file no columns."""
    if not path.exists():
        return History((), np.empty((0, 0)))
    names, rows = read_table(path)
    table = np.array([[_number(cell) for cell in row] for row in rows], dtype=np.float64)
    return History(names, table.reshape(-1, len(names)))


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return float("nan")


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
