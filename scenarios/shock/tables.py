# SPDX-License-Identifier: MIT
"""Histories of an impact as columns of ``history.csv``, and ``spectra.csv``."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from scenarios.history import level_prefix
from scenarios.sections import Level
from scenarios.shock.history import G_MM_S2, SITES, LevelTransient, ShockHistory, SiteMotion
from scenarios.shock.spectra import spectrum, transmissibility
from scenarios.table import Cell, GrowingTable

Array = NDArray[np.float64]
AXES = ("x", "y", "z")
LEVEL_COLUMNS = ("compression_n", "shear_ap_n", "disc_pressure_mpa")
LEVELS: tuple[Level, ...] = ("L5-S1", "L4-L5", "L3-L4", "L2-L3", "L1-L2")
SPECTRA = "spectra.csv"


def shock_rows(history: ShockHistory) -> Iterator[dict[str, Cell]]:
    """A row for each instant: the columns that `history_from_columns` reads.

    ``percent`` counts from the first to the last instant. Accelerations are in g.
    """
    time = history.time_s
    for i, now in enumerate(time):
        row: dict[str, Cell] = {
            "percent": float(100.0 * (now - time[0]) / (time[-1] - time[0])),
            "time_s": float(now),
        }
        row |= _vector("grf_{}_n", history.ground_force_n[i])
        for site in history.sites:
            values = site.acceleration_mm_s2[i] / G_MM_S2
            row |= _vector(f"{site.name.lower()}_acceleration_{{}}_g", values)
        for level in history.levels:
            prefix = level_prefix(level.level)
            row |= {f"{prefix}{name}": float(getattr(level, name)[i]) for name in LEVEL_COLUMNS}
        for name in ("insole_work_j", "insole_stored_j"):
            series = getattr(history, name)
            if series is not None:
                row[name] = float(series[i])
        yield row


def history_from_columns(
    column: Callable[[str], Array | None], body_weight_n: float
) -> ShockHistory | None:
    """The histories out of the columns of a file; what has no column is left out.

    Args:
        column: values of a column by its name, None where it is absent.
        body_weight_n: weight of the subject.

    Returns:
        None where the file holds no histories of an impact.

    Raises:
        ValueError: the columns are no histories on one clock with equal steps.
    """
    time, force = column("time_s"), _vectors(column, "grf_{}_n")
    sites = []
    for name in SITES:
        values = _vectors(column, f"{name.lower()}_acceleration_{{}}_g")
        if values is not None:
            sites.append(SiteMotion(name, values * G_MM_S2))
    if time is None or force is None or not sites:
        return None
    levels = []
    for level in LEVELS:
        found = [column(level_prefix(level) + name) for name in LEVEL_COLUMNS]
        known = [values for values in found if values is not None]
        if len(known) == len(LEVEL_COLUMNS):
            levels.append(LevelTransient(level, *known))
    return ShockHistory(
        time_s=time,
        body_weight_n=body_weight_n,
        ground_force_n=force,
        sites=tuple(sites),
        levels=tuple(levels),
        insole_work_j=column("insole_work_j"),
        insole_stored_j=column("insole_stored_j"),
    )


def write_spectra(folder: Path, history: ShockHistory, *, writer: bool = True) -> Path:
    """Write ``spectra.csv`` anew: density by segment, transmissibility from the tibia up.

    Cells of transmissibility where the tibia's density is too low are empty.
    """
    path = folder / SPECTRA
    if writer:
        path.unlink(missing_ok=True)
    table = GrowingTable(path, writer=writer)
    table.add_rows(_spectra_rows(history))
    table.close()
    return path


def _spectra_rows(history: ShockHistory) -> list[dict[str, Cell]]:
    spectra = [spectrum(history, site.name) for site in history.sites]
    if not spectra:
        return []
    columns: dict[str, Array] = {"frequency_hz": spectra[0].frequency_hz}
    columns |= {f"{s.site.lower()}_psd_g2_per_hz": s.psd_g2_per_hz for s in spectra}
    tibia = next((s for s in spectra if s.site == "tibia"), None)
    if tibia is not None:
        columns |= {
            f"tibia_{s.site.lower()}_transmissibility_db": transmissibility(tibia, s).ratio_db
            for s in spectra
            if s is not tibia
        }
    return _as_rows(columns)


def _as_rows(columns: Mapping[str, Array]) -> list[dict[str, Cell]]:
    count = len(next(iter(columns.values())))
    return [{name: float(values[i]) for name, values in columns.items()} for i in range(count)]


def _vector(name: str, values: Array) -> dict[str, Cell]:
    return {name.format(axis): float(value) for axis, value in zip(AXES, values, strict=True)}


def _vectors(column: Callable[[str], Array | None], name: str) -> Array | None:
    """Three columns side by side; None where one is absent or not all numbers."""
    found = [column(name.format(axis)) for axis in AXES]
    known = [values for values in found if values is not None]
    if len(known) < len(AXES) or any(math.isnan(values.sum()) for values in known):
        return None
    return np.stack(known, axis=1)
