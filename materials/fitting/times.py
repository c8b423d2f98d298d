# SPDX-License-Identifier: MIT
"""Relaxation times that the time window of the tests can tell."""

from collections.abc import Sequence

import numpy as np

from materials.fitting.checks import hold_start
from materials.fitting.columns import TestFileError
from materials.fitting.read import MechanicalTest


def time_window(test: MechanicalTest) -> tuple[float, float] | None:
    """Shortest and longest relaxation time (s) that a test can tell; None without times.

    A relaxation faster than half the ramp is over when the ramp ends, and one slower than half of
    the test looks like none.
    """
    if test.time_s is None:
        return None
    times = test.time_s
    shortest = float(np.diff(times).min())
    if test.kind == "relaxation":
        first = hold_start(test.strain)
        shortest = max(shortest, 0.5 * float(times[first] - times[0]))
    elif test.kind not in ("cyclic",):
        shortest = max(shortest, 0.05 * float(times[-1] - times[0]))
    return shortest, 0.5 * float(times[-1] - times[0])


def chosen_times(tests: Sequence[MechanicalTest], count: int) -> tuple[float, ...]:
    """Relaxation times in equal steps of their logarithm over the window of the tests.

    Args:
        tests: At least one with times.
        count: Number of terms.

    Raises:
        TestFileError: No test has times.
        ValueError: The count is not positive.
    """
    if count < 1:
        raise ValueError(f"a Prony series has at least one term, got {count}")
    windows = [window for window in map(time_window, tests) if window is not None]
    if not windows:
        names = ", ".join(test.name for test in tests)
        raise TestFileError(
            f"{names}: a Prony series needs a test over time (relaxation or cyclic, or a column "
            "time_s)"
        )
    shortest = min(low for low, _ in windows)
    longest = max(high for _, high in windows)
    parts = (np.arange(count) + 0.5) / count
    return tuple(float(f"{shortest * (longest / shortest) ** part:.3g}") for part in parts)
