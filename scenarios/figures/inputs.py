# SPDX-License-Identifier: MIT
"""What the pictures are drawn from: the files of a finished result folder."""

from __future__ import annotations

import csv
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scenarios.fields import BodyFile, read_collection
from scenarios.plantar import SensorMap
from scenarios.plantar_table import read_sensor_maps

Array = NDArray[np.float64]

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
        """Instants in per cent of stance, shape (n,)."""
        values = self.column("percent")
        return np.zeros(len(self.table)) if values is None else values


@dataclass(frozen=True, slots=True)
class ResultView:
    """A result folder as pictures and report see it.

    ``summary`` and ``manifest`` are the parsed JSON files, empty where absent
    (a run that was stopped).
    """

    folder: Path
    summary: dict[str, Any]
    manifest: dict[str, Any]
    history: History
    sensor_maps: tuple[SensorMap, ...]
    field_files: tuple[BodyFile, ...]

    @property
    def body_weight_n(self) -> float | None:
        """Weight of the subject, N."""
        mass = self.summary.get("subject", {}).get("body_mass_kg")
        return None if mass is None else float(mass) * 9.81

    @property
    def foot_length_mm(self) -> float | None:
        """Foot length of the subject, mm."""
        length = self.summary.get("subject", {}).get("foot_length_mm")
        return None if length is None else float(length)

    @property
    def over_stance(self) -> bool:
        """Whether there is more than one output instant to draw a curve through."""
        return len(self.history.table) > 1


def read_result(folder: Path) -> ResultView:
    """Read a result folder; only ``history.csv`` must be there.

    Raises:
        FileNotFoundError: there is no ``history.csv`` in ``folder``.
        ValueError: a file of the folder cannot be understood.
    """
    table = folder / "plantar_pressure.csv"
    return ResultView(
        folder=folder,
        summary=_read_json(folder / "summary.json"),
        manifest=_read_json(folder / "manifest.json"),
        history=read_history(folder / "history.csv"),
        sensor_maps=read_sensor_maps(table) if table.exists() else (),
        field_files=read_collection(folder / "fields"),
    )


def read_history(path: Path) -> History:
    """Read ``history.csv``; entries that are no numbers become NaN, a torn last line is dropped."""
    with path.open(encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.reader(stream) if row and not row[0].startswith("#")]
    if not rows:
        raise ValueError(f"{path}: the file is empty")
    names = tuple(name.strip() for name in rows[0])
    whole = [row for row in rows[1:] if len(row) == len(names)]
    table = np.array([[_number(cell) for cell in row] for row in whole], dtype=np.float64)
    return History(names, table.reshape(-1, len(names)))


def _read_json(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    content = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(content, dict):
        raise ValueError(f"{path}: a JSON object is expected")
    return content


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return float("nan")


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
