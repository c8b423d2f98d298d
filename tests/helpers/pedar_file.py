# SPDX-License-Identifier: MIT
"""A made-up Pedar text export with known steps, to be read back or spoilt."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

FIRST_ROW = 9
"""Lines before the labels; the first frame stands on line ``FIRST_ROW + 2``."""
ROWS = {"heel": (1, 26), "midfoot": (27, 54), "forefoot": (55, 82), "toes": (83, 99)}


@dataclass
class PedarFile:
    """Header entries and numbers of a file; ``pressure`` has a column for each sensor, left first.

    Attributes:
        pressure: kPa, shape (frames, 198).
        rate_hz: frames per second.
        unit: what the header calls the unit.
    """

    pressure: np.ndarray
    rate_hz: float = 50.0
    unit: str = "kPa"
    masks: dict[str, str] = field(
        default_factory=lambda: {
            f"{side} insole": ",".join(map(str, range(1, 100))) + "," for side in ("left", "right")
        }
    )

    def lines(self) -> list[str]:
        """The lines of the file."""
        frames, step = len(self.pressure), 1.0 / self.rate_hz
        labels = [f"{i:7d}" for i in range(1, 100)]
        times = step * np.arange(1, frames + 1)
        return [
            "file name:  made_up.sol\tdate/time  01.01.20 10.00",
            "sensor type:  v_made_up ",
            f"total time [secs]:  {frames * step:.3f}\ttime per frame [secs]:  {step:.5f}"
            f"\tscanning rate [Hz]:   {self.rate_hz:g}",
            f"pressure values in  {self.unit}",
            "",
            "mask definition: ",
            *(f"{name}: {numbers}" for name, numbers in self.masks.items()),
            "",
            "\t".join(["time[secs]    ", *labels, *labels, ""]),
            *(
                "\t".join([f"{time:11.5f}", *(f"{v:7.3f}" for v in row), ""])
                for time, row in zip(times, self.pressure, strict=True)
            ),
        ]

    def write(self, folder: Path, lines: list[str] | None = None) -> Path:
        """Write the lines, these or others."""
        path = folder / "made_up.asc"
        path.write_text("\n".join(self.lines() if lines is None else lines))
        return path


def walk(
    steps: int = 6,
    peaks: dict[str, float] | None = None,
    left_peaks: dict[str, float] | None = None,
) -> PedarFile:
    """Steps of 30 frames in strides of 50; the left foot treads half a stride later.

    Each sensor of a region has the region's peak times a half sine over its part of stance.
    The first step is a tenth lighter, the last a tenth heavier, so that medians are the peaks.
    """
    right = {"heel": 300.0, "midfoot": 60.0, "forefoot": 220.0, "toes": 320.0} | (peaks or {})
    left = {name: 0.5 * value for name, value in right.items()} | (left_peaks or {})
    spans = {"heel": (0.0, 0.6), "midfoot": (0.2, 0.8), "forefoot": (0.3, 1.0), "toes": (0.5, 1.0)}
    pressure = np.zeros((50 * steps + 60, 198))
    for side, (values, shift) in enumerate(((left, 35), (right, 10))):
        for number in range(steps):
            factor = 0.9 if number == 0 else 1.1 if number == steps - 1 else 1.0
            stance = (np.arange(30) + 0.5) / 30
            rows = slice(shift + 50 * number, shift + 50 * number + 30)
            for name, (first, last) in ROWS.items():
                begin, end = spans[name]
                part = np.clip((stance - begin) / (end - begin), 0.0, 1.0)
                curve = factor * values[name] * np.sin(np.pi * part)
                columns = slice(99 * side + first - 1, 99 * side + last)
                pressure[rows, columns] = curve[:, None]
    return PedarFile(pressure)
