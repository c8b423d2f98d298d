# SPDX-License-Identifier: MIT
"""Test files: a few lines that begin with #, a row of column names, rows of numbers.

    # test: uniaxial_compression
    # thickness_mm: 10
    # area_mm2: 700
    displacement_mm,force_n
    0.0,0.0
    0.5,56.1

Semicolons between columns, and then decimal commas, are read too. See docs/guide/fitting.md.
"""

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from materials.fitting import checks
from materials.fitting.columns import Series, TestFileError, chosen_columns, series_of
from materials.fitting.predict import CONFINED, SHEAR, UNIAXIAL
from materials.record import nearest

Array = NDArray[np.float64]

MODES = {
    "uniaxial_compression": (UNIAXIAL, -1.0),
    "uniaxial_tension": (UNIAXIAL, 1.0),
    "simple_shear": (SHEAR, 1.0),
    "confined_compression": (CONFINED, -1.0),
}
"""How the specimen is deformed, and the sign of strain and stress in it."""
HISTORIES = ("relaxation", "cyclic")
"""Tests over time; the line `# mode:` says how the specimen is deformed."""
TESTS = (*MODES, *HISTORIES)

_NUMBERS = ("thickness_mm", "area_mm2", "density_kg_m3")
_KEYS = ("test", "mode", *_NUMBERS)


@dataclass(frozen=True)
class MechanicalTest:
    """One test of a specimen.

    Attributes:
        name: Name of the file.
        kind: One of `TESTS`.
        mode: A key of `MODES`.
        strain: Nominal strain (n,), negative in compression; gamma in simple shear.
        stress_mpa: Nominal stress (n,), negative in compression.
        time_s: (n,), ascending, or None.
        lines: Line of each sample in the file, (n,).
        density_kg_m3: If the file says it.
        sha256: Of the file, in hexadecimal.
        warnings: What a user should look at.
    """

    name: str
    kind: str
    mode: str
    strain: Array
    stress_mpa: Array
    time_s: Array | None = None
    lines: NDArray[np.int64] | None = None
    density_kg_m3: float | None = None
    sha256: str = ""
    warnings: tuple[str, ...] = ()

    @property
    def path(self) -> str:
        """UNIAXIAL, SHEAR or CONFINED."""
        return MODES[self.mode][0]

    @property
    def sign(self) -> float:
        """-1 in compression, else 1: strain and stress times it are positive."""
        return MODES[self.mode][1]


def read_test(path: Path) -> MechanicalTest:
    """Read a test file and check it.

    Raises:
        TestFileError: With file, line or column, and what is allowed.
    """
    name = path.name
    try:
        raw = path.read_bytes()
        text = raw.decode("utf-8-sig")
    except OSError as error:
        raise TestFileError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise TestFileError(f"{path}: is not text in UTF-8") from error
    said, header, header_line, rows, lines = _parts(name, text)
    kind, mode = _kind(name, said)
    sizes = {key: _positive(name, key, said[key]) for key in _NUMBERS if key in said}
    series = series_of(name, header_line, header, rows, sizes)
    test = MechanicalTest(
        name=name,
        kind=kind,
        mode=mode,
        strain=series.strain,
        stress_mpa=series.stress_mpa,
        time_s=series.time_s,
        lines=lines,
        density_kg_m3=sizes.get("density_kg_m3"),
        sha256=hashlib.sha256(raw).hexdigest(),
    )
    return _checked(test, series)


def _checked(test: MechanicalTest, series: Series) -> MechanicalTest:
    """The test with its signs put right, after all checks."""
    lines = test.lines if test.lines is not None else np.arange(1, len(test.strain) + 1)
    place = checks.Place(test.name, lines, series.strain_column, series.stress_column)
    checks.require_times(place, series.time_s, test.kind in HISTORIES, test.kind)
    strain, stress = checks.same_sense(place, test.strain, test.stress_mpa, test.mode)
    warnings = [f"{test.name}: column {name} is not used" for name in series.ignored]
    checks.require_strain(place, strain, test.kind, test.mode)
    if test.kind == "relaxation":
        checks.require_hold(place, strain, stress, series.time_s)
    elif test.kind == "cyclic":
        checks.require_cycle(place, strain)
    warnings += checks.doubts(place, strain, stress, unloads=test.kind == "cyclic")
    return replace(
        test, strain=test.sign * strain, stress_mpa=test.sign * stress, warnings=tuple(warnings)
    )


def _parts(
    name: str, text: str
) -> tuple[dict[str, str], tuple[str, ...], int, Array, NDArray[np.int64]]:
    """Lines with #, column names and their line, numbers and their lines."""
    said: dict[str, str] = {}
    header: tuple[str, ...] = ()
    header_line = 0
    rows: list[list[float]] = []
    lines: list[int] = []
    separator = ","
    for number, raw in enumerate(text.splitlines(), start=1):
        line = raw.strip()
        if not line.strip(",; "):
            continue
        if line.startswith("#"):
            key, colon, value = line.lstrip("# ").partition(":")
            if colon:
                said[_key(name, number, key.strip().lower(), said)] = value.strip().strip(",;")
            continue
        if not header:
            separator = ";" if ";" in line else "," if "," in line else "\t"
            header = tuple(cell.strip().strip('"').lower() for cell in line.split(separator))
            header_line = number
            chosen_columns(name, number, header)
            continue
        cells = line.split(separator)
        if len(cells) != len(header):
            raise TestFileError(
                f"{name}: line {number}: has {len(cells)} numbers, the header {len(header)} columns"
            )
        pairs = zip(header, cells, strict=True)
        rows.append([_number(name, number, c, t, separator == ";") for c, t in pairs])
        lines.append(number)
    if not header:
        raise TestFileError(f"{name}: has no row of column names, such as strain,stress_kpa")
    if not rows:
        raise TestFileError(f"{name}: has no rows of numbers below line {header_line}")
    return said, header, header_line, np.array(rows), np.array(lines)


def _key(name: str, line: int, key: str, said: Mapping[str, str]) -> str:
    """A key of a line with #; one that is nearly a known key is refused, others are remarks."""
    if key in said:
        raise TestFileError(f"{name}: line {line}: {key!r} is said twice")
    near = get_close_matches(key, _KEYS, n=1, cutoff=0.75)
    if near and key not in _KEYS:
        raise TestFileError(f"{name}: line {line}: unknown key {key!r}; did you mean {near[0]!r}?")
    return key


def _kind(name: str, said: Mapping[str, str]) -> tuple[str, str]:
    """Kind and mode of deformation of a test."""
    kind = said.get("test", "")
    if kind not in TESTS:
        problem = f"test {kind!r} is not known" if kind else "a line '# test: ...' is missing"
        near = nearest(kind, TESTS) if kind else ""
        raise TestFileError(f"{name}: {problem}{near} (allowed: {', '.join(TESTS)})")
    if kind in MODES:
        if said.get("mode", kind) != kind:
            raise TestFileError(f"{name}: mode {said['mode']!r} contradicts test {kind!r}")
        return kind, kind
    mode = said.get("mode", "uniaxial_compression")
    if mode not in MODES:
        raise TestFileError(
            f"{name}: mode {mode!r} is not known{nearest(mode, MODES)} "
            f"(allowed: {', '.join(MODES)})"
        )
    return kind, mode


def _number(name: str, line: int, column: str, text: str, comma: bool) -> float:
    """A number of a row; with decimal comma where semicolons separate columns."""
    shown = text.strip().strip('"')
    try:
        value = float(shown.replace(",", ".") if comma else shown)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise TestFileError(f"{name}: line {line}, column {column}: {shown!r} is not a number")
    return value


def _positive(name: str, key: str, text: str) -> float:
    """A number of a line with #."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0.0 < value < math.inf:
        raise TestFileError(f"{name}: {key}: must be a positive number, got {text!r}")
    return value
