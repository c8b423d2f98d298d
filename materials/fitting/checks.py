# SPDX-License-Identifier: MIT
"""What is refused in a test file, and what is doubted."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from materials.fitting.columns import TestFileError

Array = NDArray[np.float64]

FEWEST_SAMPLES = 6
"""Samples that a test must have."""
BACKWARD_SHARE = 0.02
"""Step back, as a share of the largest strain, that is taken for noise."""
HOLD_SHARE = 0.02
"""Departure from the last strain, as a share of it, that still counts as held."""
SOFTEST_MPA, STIFFEST_MPA = 2.0e-3, 150.0
"""Secant moduli outside which the unit of the stress is doubted: tissue and foams have 10 kPa to
10 MPa, solid elastomers up to 60 MPa, so a thousandfold leaves this range."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where samples stand, for messages.

    Attributes:
        file: Name of the file.
        lines: Line of each sample.
        strain: Name of the column of the strain.
        stress: Name of the column of the stress.
    """

    file: str
    lines: NDArray[np.int64]
    strain: str
    stress: str

    def refuse(self, sample: int, column: str, problem: str) -> TestFileError:
        """The error for one sample."""
        return TestFileError(f"{self.file}: line {self.lines[sample]}, column {column}: {problem}")


def require_times(place: Place, time_s: Array | None, needed: bool, kind: str) -> None:
    """Times are there where they must be, not negative, and ascend.

    Raises:
        TestFileError: They are not.
    """
    if len(place.lines) < FEWEST_SAMPLES:
        raise TestFileError(
            f"{place.file}: has {len(place.lines)} samples, at least {FEWEST_SAMPLES} are needed"
        )
    if time_s is None:
        if needed:
            raise TestFileError(f"{place.file}: a {kind} test needs a column time_s or time_ms")
        return
    negative = np.flatnonzero(time_s < 0.0)
    if len(negative):
        raise place.refuse(negative[0], "time", "the time is negative")
    unsorted = np.flatnonzero(np.diff(time_s) <= 0.0)
    if len(unsorted):
        raise place.refuse(
            unsorted[0] + 1, "time", "the time does not ascend: sort the rows by time, once each"
        )


def same_sense(place: Place, strain: Array, stress: Array, mode: str) -> tuple[Array, Array]:
    """Strain and stress, positive in the sense of the test.

    Both may be given negative in compression and in shear.

    Raises:
        TestFileError: They oppose each other, or a tension test is compressed.
    """
    if not np.ptp(strain) > 0.0 and not np.abs(strain).max() > 0.0:
        raise TestFileError(f"{place.file}: column {place.strain}: the strain is zero throughout")
    if not np.abs(stress).max() > 0.0:
        raise TestFileError(f"{place.file}: column {place.stress}: the stress is zero throughout")
    turn = 1.0 if strain[np.argmax(np.abs(strain))] > 0.0 else -1.0
    if turn < 0.0 and mode == "uniaxial_tension":
        raise TestFileError(
            f"{place.file}: column {place.strain}: is negative in a uniaxial_tension test; "
            "is it '# test: uniaxial_compression'?"
        )
    strain, stress = turn * strain, turn * stress
    if float(strain @ stress) < 0.0:
        raise TestFileError(
            f"{place.file}: columns {place.strain} and {place.stress} have opposite signs in a "
            f"{mode} test: give both positive (or both negative in compression)"
        )
    opposite = np.flatnonzero(strain < -BACKWARD_SHARE * strain.max())
    if len(opposite) and mode != "simple_shear":
        other = "tension" if mode.endswith("compression") else "compression"
        raise place.refuse(
            opposite[0], place.strain, f"the strain changes its sign: {other} in a {mode} test"
        )
    return strain, stress


def require_strain(place: Place, strain: Array, kind: str, mode: str) -> None:
    """Compression stays below 1; the strain of a test without history does not go back.

    Raises:
        TestFileError: It does.
    """
    if mode.endswith("compression"):
        beyond = np.flatnonzero(strain >= 1.0)
        if len(beyond):
            percent = "; is the column strain_percent?" if place.strain == "strain" else ""
            raise place.refuse(
                beyond[0], place.strain, f"compression of 1 (100 %) or more{percent}"
            )
    if kind in ("relaxation", "cyclic"):
        return
    back = np.flatnonzero(np.maximum.accumulate(strain) - strain > BACKWARD_SHARE * strain.max())
    if len(back):
        raise place.refuse(
            back[0],
            place.strain,
            "the strain goes back: keep one loading, its rows sorted by strain; several cycles, "
            "or loading and unloading, with time are '# test: cyclic'",
        )


def hold_start(strain: Array) -> int:
    """First sample of the hold at the end of a test."""
    away = np.flatnonzero(np.abs(strain - strain[-1]) > HOLD_SHARE * np.abs(strain[-1]))
    return int(away[-1]) + 1 if len(away) else 0


def require_hold(place: Place, strain: Array, stress: Array, time_s: Array | None) -> None:
    """A relaxation test holds its strain for most of its time, and the stress falls in it.

    Raises:
        TestFileError: It does not.
    """
    first = hold_start(strain)
    if len(strain) - first < FEWEST_SAMPLES or time_s is None:
        raise place.refuse(
            first - 1 if first else 0,
            place.strain,
            f"the strain is not held: a relaxation test ends with at least {FEWEST_SAMPLES} "
            f"samples within {HOLD_SHARE:.0%} of its last strain",
        )
    if time_s[-1] - time_s[first] < 0.5 * (time_s[-1] - time_s[0]):
        raise place.refuse(first, place.strain, "the strain is held for less than half of the time")
    quarter = max(2, (len(stress) - first) // 4)
    if stress[-quarter:].mean() > 1.05 * stress[first : first + quarter].mean():
        raise place.refuse(
            len(stress) - 1, place.stress, "the stress grows in the hold instead of relaxing"
        )


def require_cycle(place: Place, strain: Array) -> None:
    """A cyclic test loads and unloads at least once.

    Raises:
        TestFileError: It does not.
    """
    peak = int(np.argmax(strain))
    if strain.max() - strain[peak:].min() < 0.2 * strain.max():
        raise TestFileError(
            f"{place.file}: column {place.strain}: never unloads; a cyclic test has at least one "
            "loading and unloading"
        )


def doubts(place: Place, strain: Array, stress: Array, unloads: bool = False) -> list[str]:
    """Warnings: a unit that may be wrong, a preload (not looked for where a test unloads)."""
    found = []
    largest = float(strain.max())
    peak = int(np.argmax(strain))
    secant = float(stress[peak] / largest)
    if not SOFTEST_MPA <= secant <= STIFFEST_MPA:
        found.append(
            f"{place.file}: column {place.stress}: stress / strain is {secant:.2g} MPa at the "
            f"largest strain; soft materials have {SOFTEST_MPA:g} to {STIFFEST_MPA:g} MPa. "
            "Is the unit right?"
        )
    if largest < 0.01:
        found.append(
            f"{place.file}: column {place.strain}: the largest strain is {largest:.2g} "
            f"({100 * largest:.2g} %). Is the unit right?"
        )
    slack = np.abs(strain) < 0.01 * largest
    if not unloads and slack.any() and np.abs(stress[slack]).max() > 0.1 * np.abs(stress).max():
        line = place.lines[slack][np.argmax(np.abs(stress[slack]))]
        found.append(
            f"{place.file}: line {line}, column {place.stress}: stress at (nearly) no strain. "
            "A preload, or a step whose time before loading is missing?"
        )
    return found
