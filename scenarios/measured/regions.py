# SPDX-License-Identifier: MIT
"""What each region of a measured foot carries: peaks, integrals and curves of every step.

The regions are rows of sensors. Pedar counts from the heel forwards in fifteen rows, in
each from the medial to the lateral side, on both feet: 1-5, then twelve rows of seven
(6-12, 13-19, ... 83-89), 90-95, 96-99. Heel, midfoot and forefoot have four rows each, the
toes three, so that the borders lie at 27, 53 and 80 % of the insole; those of the computed
regions (`scenarios.plantar`) lie at 31, 51 and 81 % of the foot. Insoles whose sensors have places
are cut at these.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import trapezoid

from scenarios.errors import ScenarioError, nearest
from scenarios.measured.read import read_pressure
from scenarios.measured.record import Insole, PressureRecord, Side
from scenarios.measured.sensor_cells import sensor_sized
from scenarios.measured.steps import Step, find_steps
from scenarios.measured.units import LEAST_RATE_HZ, refuse_low_peak
from scenarios.plantar import FOREFOOT_END, HEEL_END, MIDFOOT_END

Array = NDArray[np.float64]
Mask = Mapping[str, Collection[int]]

REGIONS = ("whole", "heel", "midfoot", "forefoot", "toes")
"""Regions of a measured foot; ``whole`` is all sensors."""

PEDAR_ROWS_MASK: Mask = {
    "heel": range(1, 27),
    "midfoot": range(27, 55),
    "forefoot": range(55, 83),
    "toes": range(83, 100),
}
"""Whole rows of sensors."""

PERCENT = np.linspace(0.0, 100.0, 101)
"""Instants of the curves, per cent of stance."""


@dataclass(frozen=True, slots=True)
class RegionSteps:
    """One region over the steps of one foot.

    Attributes:
        name: of `REGIONS`.
        peak_kpa: largest sensor reading of each step, shape (steps,).
        integral_kpa_s: time integral of the largest reading of each instant, shape (steps,).
        peak_percent: instant of the peak, per cent of stance, shape (steps,).
        curve_kpa: largest reading at each instant of ``PERCENT``, shape (steps, 101).
    """

    name: str
    peak_kpa: Array
    integral_kpa_s: Array
    peak_percent: Array
    curve_kpa: Array


@dataclass(frozen=True, slots=True)
class MeasuredRegions:
    """Regional pressure of one foot over its steps.

    Attributes:
        file: where it was measured.
        side: the foot.
        sensor_type: what the file says of the insole.
        duration_s: stance time of each step, shape (steps,).
        regions: by name, in the order of `REGIONS`.
        remarks: what was left out, and sensors that look faulty.
    """

    file: str
    side: Side
    sensor_type: str
    duration_s: Array
    regions: Mapping[str, RegionSteps]
    remarks: tuple[str, ...]


def median_and_spread(values: Array) -> tuple[float, float, float]:
    """Median and quartiles (median, 25th, 75th percentile) over steps."""
    low, middle, high = np.percentile(values, [25.0, 50.0, 75.0])
    return float(middle), float(low), float(high)


def step_range(values: Array) -> tuple[float, float]:
    """The 5th and 95th percentile over steps."""
    low, high = np.percentile(values, [5.0, 95.0])
    return float(low), float(high)


def measured_regions(
    source: str | Path | PressureRecord,
    side: Side = "right",
    *,
    mask: Mask | None = None,
    steady: bool = True,
) -> MeasuredRegions:
    """Regional pressure of one foot.

    Args:
        source: a file, or a record that was read before.
        side: the foot.
        mask: sensor numbers by region: heel, midfoot, forefoot and toes; by default whole rows
            of a Pedar insole, else by place.
        steady: leave out steps that are unlike the others (see `find_steps`).

    Raises:
        ScenarioError: the file cannot be used, has no such insole or no complete step, or
            a mask names a region or a sensor that is not there.
    """
    record = source if isinstance(source, PressureRecord) else read_pressure(source)
    own = record.insole(side)
    insole, averaged = sensor_sized(own) if mask is None else (own, "")
    columns = _columns(record.file, insole, region_mask(insole) if mask is None else mask)
    steps = find_steps(record, side, steady=steady)
    peaks = [float(own.pressure_kpa[s.first : s.last + 1].max()) for s in steps.used]
    refuse_low_peak(record.file, f"{side} insole", float(np.median(peaks)))
    regions = {name: _region(record, insole, name, columns[name], steps.used) for name in REGIONS}
    remarks = [
        f"{count} {what}"
        for count, what in (
            (steps.incomplete, "contacts that the record begins or ends in left out"),
            (steps.other, "contacts too short or too long for a step left out"),
            (steps.unlike, "steps unlike the others in duration or load left out"),
        )
        if count
    ]
    if averaged:
        remarks.append(averaged)
    if record.rate_hz < LEAST_RATE_HZ:
        remarks.append(
            f"{record.rate_hz:.3g} Hz is slow: peaks of the heel may be missed below "
            f"{LEAST_RATE_HZ:g} Hz"
        )
    return MeasuredRegions(
        file=record.file,
        side=side,
        sensor_type=record.header.get("sensor type", ""),
        duration_s=np.array([step.duration_s for step in steps.used]),
        regions=regions,
        remarks=(*remarks, *_sensor_remarks(record, own)),
    )


def region_mask(insole: Insole) -> Mask:
    """Sensor numbers by region: rows of a Pedar insole, else by the part of the length."""
    layout = insole.layout
    if layout is None or layout.place_mm is None:
        return PEDAR_ROWS_MASK
    region = np.searchsorted([HEEL_END, MIDFOOT_END, FOREFOOT_END], layout.along, side="right")
    return {
        name: tuple(int(n) for n in insole.sensors[region == i])
        for i, name in enumerate(REGIONS[1:])
    }


def _columns(file: str, insole: Insole, mask: Mask) -> dict[str, NDArray[np.int64]]:
    """Columns of the readings by region."""
    named = set(REGIONS) - {"whole"}
    for name in [*mask, *sorted(named)]:
        if name not in named or name not in mask:
            raise ScenarioError(
                file,
                f"mask, {name}",
                "no such region" if name not in named else "missing",
                allowed=", ".join(REGIONS[1:]),
                suggestion=nearest(name, named) if name not in named else "",
            )
    there = {int(number) for number in insole.sensors}
    found: dict[str, NDArray[np.int64]] = {"whole": np.arange(len(there), dtype=np.int64)}
    for name, numbers in mask.items():
        absent = sorted(set(numbers) - there)
        if absent or not len(numbers):
            raise ScenarioError(
                file,
                f"mask, {name}",
                f"no sensor {absent[0]}" if absent else "no sensors",
                allowed=f"{insole.sensors.min()} to {insole.sensors.max()}",
            )
        inside = np.isin(insole.sensors, list(numbers))
        found[name] = np.flatnonzero(inside).astype(np.int64)
    return found


def _region(
    record: PressureRecord,
    insole: Insole,
    name: str,
    columns: NDArray[np.int64],
    steps: tuple[Step, ...],
) -> RegionSteps:
    largest = insole.pressure_kpa[:, columns].max(axis=1)
    time_s = record.time_s
    peaks, integrals, instants, curves = [], [], [], []
    for step in steps:
        frames = slice(step.first, step.last + 1)
        inside = np.r_[step.start_s, time_s[frames], step.end_s]
        values = np.interp(inside, time_s, largest)
        top = step.first + int(largest[frames].argmax())
        peaks.append(largest[top])
        integrals.append(float(trapezoid(values, inside)))
        instants.append(100.0 * (time_s[top] - step.start_s) / step.duration_s)
        at_s = step.start_s + PERCENT / 100.0 * step.duration_s
        curves.append(np.interp(at_s, time_s, largest))
    return RegionSteps(
        name, np.array(peaks), np.array(integrals), np.array(instants), np.array(curves)
    )


def _sensor_remarks(record: PressureRecord, insole: Insole) -> list[str]:
    found = [
        f"sensors that {what}: {_few(numbers)}"
        for what, numbers in (
            ("read nothing in the whole record (never touched, or dead)", insole.silent),
            ("never read zero (to be set to zero)", insole.stuck),
            ("read the end of the insole's range (saturated)", insole.saturated),
        )
        if numbers
    ]
    own = record.masks.get(f"{insole.side} insole")
    left = [] if own is None else sorted({int(n) for n in insole.sensors} - set(own))
    if left:
        numbers = ", ".join(map(str, left))
        found.append(f"sensors that the file's own mask leaves out, counted here: {numbers}")
    return found


def _few(numbers: tuple[int, ...]) -> str:
    """Sensor numbers, or how many where they are too many to read."""
    return ", ".join(map(str, numbers)) if len(numbers) <= 30 else f"{len(numbers)} of them"
