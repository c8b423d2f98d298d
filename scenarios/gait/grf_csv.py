# SPDX-License-Identifier: MIT
"""Ground reaction forces from a plain table (``.csv``), units and side in the column names.

One line of names, then numbers; lines that begin with ``#`` are comments:

    time_s,force_x_n_right,force_y_n_right,force_z_n_right,cop_x_mm_right,cop_z_mm_right,...

``force_{x,y,z}_n_SIDE`` are needed for the analysed foot, ``cop_{x,z}_mm_SIDE`` (or ``_m_``) and
``free_moment_nmm_SIDE`` (or ``_nm_``) are not. Axes: X forward, Y up, Z right; the force is that
of the ground on the foot.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from scenarios.errors import nearest
from scenarios.gait.errors import GaitError
from scenarios.gait.forces import STANDARD_GRAVITY, FootForce, GroundForces, sided
from scenarios.gait.storage import Storage, check_time, is_number, text_lines

Array = NDArray[np.float64]

SIDES = ("right", "left")
UNITS: Mapping[str, Mapping[str, float]] = {
    "force": {"n": 1.0},
    "cop": {"mm": 1.0, "m": 1000.0},
    "free_moment": {"nmm": 1.0, "nm": 1000.0},
}
"""Accepted units by quantity, with the factor to N, mm and Nmm."""
TIME = "time_s"
STILL_MM = 2.0
"""A centre of pressure that moves less under a loaded foot is in another unit."""
_COLUMN = re.compile(
    r"(?P<what>force_[xyz]|cop_[xyz]|free_moment)(?:_(?P<unit>[a-z0-9/]+))?_(?P<side>right|left)"
)
EXAMPLE = "time_s, force_x_n_right, force_y_n_right, force_z_n_right, cop_x_mm_right, ..."


def csv_forces(file: str, side: str, body_mass_kg: float) -> GroundForces:
    """Forces of both feet from a table.

    Args:
        file: its path.
        side: the analysed foot; left data are mirrored.
        body_mass_kg: of the subject, to tell a loaded foot.

    Raises:
        GaitError: no such table, an unknown unit, a missing column, numbers that are none.
    """
    table = read_csv(file)
    columns = _columns(table)
    if not any(key[1] == side for key in columns):
        there = sorted({key[1] for key in columns})
        raise GaitError(
            file,
            f"force_y_n_{side}",
            f"the file holds no force of the {side} foot, of the {' and '.join(there)} one only"
            if there
            else "no ground reaction forces in this file",
            allowed=EXAMPLE,
            suggestion=nearest(f"force_y_n_{side}", table.labels),
        )
    other = next(name for name in SIDES if name != side)
    foot = _foot(table, columns, side)
    _refuse_still(table, columns, side, foot, body_mass_kg)
    has_other = any(key == ("force_y", other) for key in columns)
    mirror = side == "left"
    return GroundForces(
        file=file,
        foot=sided(foot, mirror),
        other=sided(_foot(table, columns, other), mirror) if has_other else None,
        labels=(side, other),
        names=("force_{1}_n_{0}", "cop_{1}_mm_{0}"),
        point_unit="mm",
    )


def read_csv(file: str) -> Storage:
    """A table of numbers with ``time_s`` in the first column.

    Empty cells are missing numbers.

    Raises:
        GaitError: no such file, no names, ragged rows, text among the numbers, times that
            do not increase.
    """
    from pathlib import Path

    kind = f"a table with the columns {EXAMPLE}"
    lines = text_lines(Path(file), kind)
    body = [(i, line) for i, line in enumerate(lines, 1) if line.strip() and line[0] != "#"]
    if len(body) < 3:
        raise GaitError(file, "", "holds less than names and two rows of numbers", allowed=kind)
    separator = next((s for s in ",;\t" if s in body[0][1]), ",")
    labels = [name.strip().strip('"') for name in body[0][1].split(separator)]
    if labels[0] != TIME:
        raise GaitError(
            file, TIME, f"the first column is called '{labels[0]}'", allowed=f"{TIME}: seconds"
        )
    rows = np.array([_row(file, i, line.split(separator), labels) for i, line in body[1:]])
    check_time(file, rows[:, 0])
    return Storage(file, tuple(labels[1:]), rows[:, 0], rows[:, 1:], None)


def _row(file: str, number: int, cells: list[str], labels: list[str]) -> list[float]:
    if len(cells) != len(labels):
        raise GaitError(
            file,
            f"line {number}",
            f"{len(cells)} values under {len(labels)} names",
            allowed="one value a name, a missing one left empty; the file may be cut off",
        )
    values = []
    for name, cell in zip(labels, cells, strict=True):
        text = cell.strip()
        if text and (not is_number(text) or "_" in text):
            raise GaitError(
                file,
                name,
                f"line {number}: '{text}' is not a number",
                allowed="numbers with a decimal point",
            )
        values.append(float(text) if text else np.nan)
    return values


def _columns(table: Storage) -> dict[tuple[str, str], tuple[str, float]]:
    """Label and factor by quantity and side; refuses units that are not known."""
    found: dict[tuple[str, str], tuple[str, float]] = {}
    for label in table.labels:
        match = _COLUMN.fullmatch(label)
        if match is None:
            if re.match(r"(force|cop|free_moment)", label):
                raise GaitError(
                    table.file,
                    label,
                    "no such column",
                    allowed=EXAMPLE,
                    suggestion=nearest(label, _accepted(), cutoff=0.6),
                )
            continue
        units = UNITS[match["what"].rstrip("xyz").rstrip("_")]
        if match["unit"] not in units:
            raise GaitError(
                table.file,
                label,
                f"unit '{match['unit']}'" if match["unit"] else "no unit in the name",
                allowed=" or ".join(f"{match['what']}_{unit}_{match['side']}" for unit in units),
            )
        key = (match["what"], match["side"])
        if key in found and found[key][0] != label:
            raise GaitError(table.file, label, f"is given as {found[key][0]} too", allowed="one")
        found[key] = (label, units[match["unit"]])
    return found


def _accepted() -> list[str]:
    return [
        f"{what}_{unit}_{side}"
        for side in SIDES
        for base, units in UNITS.items()
        for what in ([base] if base == "free_moment" else [f"{base}_{axis}" for axis in "xyz"])
        for unit in units
    ]


def _foot(
    table: Storage, columns: Mapping[tuple[str, str], tuple[str, float]], side: str
) -> FootForce:
    def column(what: str, *, gaps: bool = False) -> Array:
        label, factor = columns[what, side]
        return factor * table.column(label, gaps=gaps)

    for axis in "xyz":
        if (f"force_{axis}", side) not in columns:
            label = f"force_{axis}_n_{side}"
            unused = [name for name in table.labels if not _COLUMN.fullmatch(name)]
            raise GaitError(
                table.file, label, "column not found", suggestion=nearest(label, unused)
            )
    force = np.stack([column(f"force_{axis}") for axis in "xyz"], axis=1)
    point = np.full_like(force, np.nan)
    given = [axis for axis in "xz" if (f"cop_{axis}", side) in columns]
    if len(given) == 1:
        label = f"cop_{'z' if given == ['x'] else 'x'}_mm_{side}"
        raise GaitError(
            table.file,
            label,
            f"column not found, though {columns[f'cop_{given[0]}', side][0]} is there",
            suggestion=nearest(label, table.labels),
        )
    if given:
        point[:, 0], point[:, 2] = column("cop_x", gaps=True), column("cop_z", gaps=True)
        point[:, 1] = column("cop_y", gaps=True) if ("cop_y", side) in columns else 0.0
    moment: Array = np.zeros(len(force))
    if ("free_moment", side) in columns:
        moment = np.nan_to_num(column("free_moment", gaps=True))
    return FootForce(table.time_s, force, point, moment)


def _refuse_still(
    table: Storage,
    columns: Mapping[tuple[str, str], tuple[str, float]],
    side: str,
    foot: FootForce,
    body_mass_kg: float,
) -> None:
    """Refuse a centre of pressure that does not move although the foot rolls over."""
    loaded = foot.force_n[:, 1] > 0.3 * body_mass_kg * STANDARD_GRAVITY
    known = loaded & np.isfinite(foot.point_mm[:, [0, 2]]).all(axis=1)
    edges = np.flatnonzero(np.diff(np.r_[0, known.astype(np.int8), 0]))
    moved = [
        float(np.ptp(foot.point_mm[first:last, [0, 2]], axis=0).max())
        for first, last in zip(edges[::2], edges[1::2], strict=True)
    ]
    if moved and max(moved) < STILL_MM:
        label, _ = columns["cop_x", side]
        raise GaitError(
            table.file,
            label,
            f"the centre of pressure moves by {max(moved):.3g} mm while the foot rolls over: it "
            "looks like metres",
            allowed=f"cop_x_mm_{side} in mm, or cop_x_m_{side} in m",
        )
