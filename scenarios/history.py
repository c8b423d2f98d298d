# SPDX-License-Identifier: MIT
"""A row of ``history.csv`` from what an analysis hands on at one output instant.

Columns are the field names of the records in `simulator.results`; those of a
lumbar level begin with the level, such as ``l4_l5_compression_n``. A record that an
analysis does not have is left out, and its columns with it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import TYPE_CHECKING

from scenarios.table import Cell

if TYPE_CHECKING:
    from scenarios.alignment.figures import AlignmentInstant
    from simulator.results import (
        FootInstant,
        ImpactInstant,
        LevelInstant,
        PelvisInstant,
        VertebraInstant,
    )


def history_row(
    foot: FootInstant,
    pelvis: PelvisInstant | None = None,
    levels: Sequence[LevelInstant] = (),
    vertebra: VertebraInstant | None = None,
    alignment: AlignmentInstant | None = None,
) -> dict[str, Cell]:
    """One row: foot, pelvis, the lumbar levels in the order given, the vertebra, the change."""
    row = _cells(foot)
    if pelvis is not None:
        row |= {name: value for name, value in _cells(pelvis).items() if name != "percent"}
    for level in levels:
        prefix = level_prefix(level.level)
        row |= {
            f"{prefix}{name}": value for name, value in _cells(level).items() if name != "level"
        }
    if vertebra is not None:
        row |= {
            f"vertebra_{name}": value
            for name, value in _cells(vertebra).items()
            if name != "vertebra"
        }
    if alignment is not None:
        row |= alignment.columns()
    return row


def impact_row(now: ImpactInstant, levels: Sequence[LevelInstant]) -> dict[str, Cell]:
    """One row of an impact: foot and insole, accelerations by site, the lumbar levels."""
    row = {f.name: getattr(now, f.name) for f in fields(now) if f.name != "accelerations"}
    for item in now.accelerations:
        prefix = f"{item.site.lower()}_acceleration_"
        row |= {f"{prefix}{axis}": getattr(item, axis) for axis in ("x_g", "y_g", "z_g")}
    for level in levels:
        prefix = level_prefix(level.level)
        row |= {
            f"{prefix}{name}": value for name, value in _cells(level).items() if name != "level"
        }
    return row


def level_prefix(level: str) -> str:
    """What the columns of a level begin with: ``"L4-L5"`` gives ``"l4_l5_"``."""
    return level.lower().replace("-", "_") + "_"


def level_columns(columns: Mapping[str, Sequence[float]], level: str) -> dict[str, list[float]]:
    """The columns of one level out of a history that was read back, without prefix."""
    prefix = level_prefix(level)
    return {
        name.removeprefix(prefix): list(values)
        for name, values in columns.items()
        if name.startswith(prefix)
    }


def _cells(
    record: FootInstant | PelvisInstant | LevelInstant | VertebraInstant,
) -> dict[str, Cell]:
    return {field.name: getattr(record, field.name) for field in fields(record)}
