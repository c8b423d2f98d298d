# SPDX-License-Identifier: MIT
"""Pressure of one or two insoles over time, whatever file it comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from scenarios.errors import ScenarioError
from scenarios.measured.layout import Layout

Array = NDArray[np.float64]
Side = Literal["left", "right"]
SIDES: tuple[Side, Side] = ("left", "right")

LARGEST_KPA = 1500.0
"""No in-shoe sensor reads more: above it the unit is another one."""
RANGES_KPA = (600.0, 1200.0)
"""Upper ends of the ranges in which capacitive insoles are sold (engineering knowledge of
the Pedar system); a sensor that reads exactly this is taken for saturated."""


@dataclass(frozen=True, slots=True)
class Insole:
    """Readings of the sensors under one foot.

    Attributes:
        side: the foot.
        sensors: sensor numbers as the system counts them, shape (m,).
        pressure_kpa: mean normal pressure of each sensor, shape (frames, m).
        layout: where the sensors lie; None where that is not known.
        limit_kpa: end of the range, where the file says it.
    """

    side: Side
    sensors: NDArray[np.int64]
    pressure_kpa: Array
    layout: Layout | None = None
    limit_kpa: float | None = None

    def column(self, sensor: int) -> Array:
        """Readings of one sensor by its number, kPa, shape (frames,).

        Raises:
            KeyError: no such sensor.
        """
        at = np.flatnonzero(self.sensors == sensor)
        if not at.size:
            raise KeyError(sensor)
        return self.pressure_kpa[:, int(at[0])]

    @property
    def silent(self) -> tuple[int, ...]:
        """Sensors that never read anything: never touched, or dead."""
        return self._numbers(self.pressure_kpa.max(axis=0) <= 0.0)

    @property
    def stuck(self) -> tuple[int, ...]:
        """Sensors that never read zero although the foot is off the ground at times."""
        lifted = self.pressure_kpa.sum(axis=1).min() <= 0.02 * self.pressure_kpa.sum(axis=1).max()
        return self._numbers((self.pressure_kpa.min(axis=0) > 0.0) & lifted)

    @property
    def saturated(self) -> tuple[int, ...]:
        """Sensors that read the end of the insole's range (the file's, or `RANGES_KPA`)."""
        peaks = self.pressure_kpa.max(axis=0)
        if self.limit_kpa is not None:
            return self._numbers(peaks >= 0.995 * self.limit_kpa)
        end = next((limit for limit in RANGES_KPA if peaks.max() <= limit), None)
        return () if end is None else self._numbers(peaks == end)

    def _numbers(self, mask: NDArray[np.bool_]) -> tuple[int, ...]:
        return tuple(int(number) for number in self.sensors[mask])


@dataclass(frozen=True, slots=True)
class PressureRecord:
    """A measured record.

    Attributes:
        file: path as given.
        time_s: evenly spaced times, shape (frames,).
        rate_hz: frames per second.
        left, right: the insoles; None where the file has only one.
        header: what the file says of itself, by its own names.
        masks: groups of sensors that the file names, by name.
    """

    file: str
    time_s: Array
    rate_hz: float
    left: Insole | None
    right: Insole | None
    header: Mapping[str, str]
    masks: Mapping[str, tuple[int, ...]]

    def insole(self, side: Side) -> Insole:
        """The insole of one side.

        Raises:
            ScenarioError: the file has none.
        """
        found = self.left if side == "left" else self.right
        if found is None:
            there = [name for name in SIDES if getattr(self, name) is not None]
            raise ScenarioError(
                self.file, f"{side} insole", "not in the file", allowed=", ".join(there)
            )
        return found


def check_values(
    file: str,
    lines: NDArray[np.int64],
    labels: list[str],
    values: Array,
    most_kpa: float = LARGEST_KPA,
) -> None:
    """Refuse pressures that no sensor gives.

    Args:
        file: for the message.
        lines: line of the file of each row, shape (frames,).
        labels: name of each column, for the message.
        values: kPa, shape (frames, number of labels).
        most_kpa: largest reading that can be.

    Raises:
        ScenarioError: not finite, negative, or above ``most_kpa``; names line and column.
    """
    for wrong, problem, allowed in (
        (~np.isfinite(values), "is no pressure", "finite numbers"),
        (values < 0.0, "kPa is negative", "0 kPa and more: set the insoles to zero unloaded"),
        (
            values > most_kpa,
            "kPa is more than a sensor reads",
            f"up to {most_kpa:g} kPa; a file in another unit must be exported in kPa",
        ),
    ):
        if wrong.any():
            row, column = np.argwhere(wrong)[0]
            raise ScenarioError(
                file,
                f"line {lines[row]}, {labels[column]}",
                f"{values[row, column]:g} {problem}",
                allowed=allowed,
            )


def check_time(file: str, lines: NDArray[np.int64], time_s: Array, step_s: float) -> None:
    """Refuse times that are not evenly spaced: frames are lost, or the file is edited.

    Args:
        file: for the message.
        lines: line of the file of each row, shape (frames,).
        time_s: shape (frames,).
        step_s: time between two frames, from the header.

    Raises:
        ScenarioError: a step off by more than a tenth.
    """
    if not np.isfinite(time_s).all():
        row = int(np.flatnonzero(~np.isfinite(time_s))[0])
        raise ScenarioError(file, f"line {lines[row]}, time", f"{time_s[row]:g} is no time")
    wrong = np.flatnonzero(np.abs(np.diff(time_s) - step_s) > 0.1 * step_s)
    if wrong.size:
        row = int(wrong[0])
        raise ScenarioError(
            file,
            f"line {lines[row + 1]}, time",
            f"{time_s[row]:g} s is followed by {time_s[row + 1]:g} s",
            allowed=f"a frame every {step_s:g} s",
        )


def is_number(text: str) -> bool:
    """Whether a cell is a number as files have it; Python takes 1_0 for one too."""
    try:
        float(text)
    except ValueError:
        return False
    return "_" not in text
