# SPDX-License-Identifier: MIT
"""Columns of a test file: what they may be named, their units, and strain and stress from them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from materials.record import nearest

Array = NDArray[np.float64]

STRAINS = {
    "strain": 1.0,
    "strain_percent": 0.01,
    "displacement_mm": 1.0,
}
"""Names of the column that gives the strain; a displacement is divided by `thickness_mm`."""

STRESSES = {
    "stress_pa": 1.0e-6,
    "stress_kpa": 1.0e-3,
    "stress_mpa": 1.0,
    "force_n": 1.0,
}
"""Names of the column that gives the stress; a force is divided by `area_mm2`."""

TIMES = {"time_s": 1.0, "time_ms": 1.0e-3}

COLUMNS = (*STRAINS, *STRESSES, *TIMES)
_NEEDED = {"displacement_mm": "thickness_mm", "force_n": "area_mm2"}
_QUANTITIES = ("strain", "stress", "displacement", "force", "time")


class TestFileError(ValueError):
    """A test file cannot be used; the message names file, line or column and what is allowed."""

    __test__ = False


@dataclass(frozen=True, slots=True)
class Series:
    """Samples of a test.

    Attributes:
        strain: Nominal strain (n,), as given but for the unit.
        stress_mpa: Nominal stress (n,), as given but for the unit.
        time_s: (n,), or None where the file has no time.
        stress_column: Name of the column that the stress was taken from.
        strain_column: Name of the column that the strain was taken from.
        ignored: Columns that are not used.
    """

    strain: Array
    stress_mpa: Array
    time_s: Array | None
    strain_column: str
    stress_column: str
    ignored: tuple[str, ...]


def chosen_columns(file: str, line: int, header: Sequence[str]) -> dict[str, str]:
    """The columns for "strain", "stress" and, where there is one, "time".

    Args:
        file: Name of the file, for messages.
        line: Line that the header stands in.
        header: Names of all columns.

    Raises:
        TestFileError: One is missing, given twice, or has an unknown unit.
    """
    where = f"{file}: line {line}"
    repeated = [name for i, name in enumerate(header) if name in header[:i]]
    if repeated:
        raise TestFileError(f"{where}, column {repeated[0]}: stands there twice")
    for name in header:
        quantity, _, unit = name.partition("_")
        if name not in COLUMNS and quantity in _QUANTITIES:
            allowed = [known for known in COLUMNS if known.partition("_")[0] == quantity]
            problem = f"unknown unit {unit!r}" if unit else "has no unit"
            raise TestFileError(
                f"{where}, column {name}: {problem} (allowed: {', '.join(allowed)})"
            )
    chosen = {}
    for quantity, names in (("strain", STRAINS), ("stress", STRESSES), ("time", TIMES)):
        found = [name for name in header if name in names]
        if len(found) > 1:
            raise TestFileError(
                f"{where}: columns {found[0]} and {found[1]} both give the {quantity}: leave one"
            )
        if found:
            chosen[quantity] = found[0]
        elif quantity != "time":
            raise TestFileError(f"{where}: {_missing(quantity, names, header)}")
    return chosen


def _missing(quantity: str, names: Iterable[str], header: Sequence[str]) -> str:
    """What to say of a column that is not there."""
    allowed = ", ".join(names)
    for given in header:
        near = nearest(given, names)
        if given not in COLUMNS and near:
            return f"no column gives the {quantity}; {given!r}{near[1:]} (allowed: {allowed})"
    return f"no column gives the {quantity} (allowed: {allowed})"


def series_of(
    file: str,
    line: int,
    header: Sequence[str],
    rows: Array,
    sizes: Mapping[str, float],
) -> Series:
    """Strain, stress and time from the columns of a file.

    Args:
        file: Name of the file, for messages.
        line: Line that the header stands in.
        header: Names of the columns.
        rows: (n, number of columns).
        sizes: `thickness_mm` and `area_mm2` of the specimen, as far as the file says them.

    Raises:
        TestFileError: See `chosen_columns`; or a size of the specimen is needed and not given.
    """
    chosen = chosen_columns(file, line, header)
    values = {}
    for quantity, names in (("strain", STRAINS), ("stress", STRESSES), ("time", TIMES)):
        if quantity not in chosen:
            continue
        name = chosen[quantity]
        factor = names[name]
        if name in _NEEDED:
            size = _NEEDED[name]
            if size not in sizes:
                raise TestFileError(
                    f"{file}: line {line}, column {name}: needs a line '# {size}: ...' above it"
                )
            factor /= sizes[size]
        values[quantity] = factor * rows[:, list(header).index(name)]
    return Series(
        strain=values["strain"],
        stress_mpa=values["stress"],
        time_s=values.get("time"),
        strain_column=chosen["strain"],
        stress_column=chosen["stress"],
        ignored=tuple(name for name in header if name not in chosen.values()),
    )
