# SPDX-License-Identifier: MIT
"""Computed plantar pressure of a finished run beside a measured record, by region.

In-shoe sensors give the mean normal pressure over their area; the computed side is
therefore the sensor-sized mean of the summary, never the raw one. A measured value is a
median over steps, and what it varies over steps is its 5th to 95th percentile.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from scenarios.errors import ScenarioError
from scenarios.loading import resolved_scenario
from scenarios.measured import (
    REGIONS,
    SIDES,
    MeasuredRegions,
    PressureRecord,
    Side,
    measured_regions,
    step_range,
)
from scenarios.plantar import sensor_peaks
from scenarios.plantar_table import read_sensor_maps
from scenarios.schema import Scenario
from scenarios.summary import Regions, Summary, read_summary
from scenarios.table import read_numbers
from scenarios.text_table import aligned_lines
from scenarios.wear import wear_words

Array = NDArray[np.float64]
Place = Literal["inside", "above", "below"]
QUANTITIES = ("peak pressure", "pressure-time integral", "instant of peak")
PAIRED_NOTES = (
    "person, shoe, insole and speed of the measured record are not in its file: unless they "
    "are those of the run, the differences are theirs too",
    "in-shoe sensors read the mean normal pressure over a sensor, without shear; computed are "
    "means over cells of 1.5 cm2",
)


@dataclass(frozen=True, slots=True)
class MeasuredRow:
    """One quantity of one region, measured and computed.

    Attributes:
        region: of `REGIONS`.
        quantity: of ``QUANTITIES``.
        unit: its unit.
        median: over the measured steps.
        low, high: 5th and 95th percentile over the measured steps.
        computed: value of the run.
    """

    region: str
    quantity: str
    unit: str
    median: float
    low: float
    high: float
    computed: float

    @property
    def percent(self) -> float | None:
        """Computed less measured in per cent of the measured median; None for an instant."""
        if self.unit == "%" or self.median == 0.0:
            return None
        return 100.0 * (self.computed - self.median) / self.median

    @property
    def place(self) -> Place:
        """Whether the computed value lies in the measured range over steps."""
        if self.computed < self.low:
            return "below"
        return "above" if self.computed > self.high else "inside"


@dataclass(frozen=True, slots=True)
class ComputedRegions:
    """Regional pressure of a run.

    Attributes:
        folder: the result.
        percent: output instants, per cent of stance, shape (n,).
        curve_kpa: largest sensor pressure at each instant by region, shape (n,).
        peak_kpa, integral_kpa_s: of the summary, by region.
        stance_s: duration of stance.
        side: the simulated foot.
        described: insole and gait, for the notes.
    """

    folder: Path
    percent: Array
    curve_kpa: Mapping[str, Array]
    peak_kpa: Mapping[str, float]
    integral_kpa_s: Mapping[str, float]
    stance_s: float
    side: Side
    described: str


@dataclass(frozen=True, slots=True)
class MeasuredComparison:
    """A run beside a measured foot."""

    measured: MeasuredRegions
    computed: ComputedRegions
    rows: tuple[MeasuredRow, ...]
    notes: tuple[str, ...]


def compare_measured(
    record: PressureRecord, folder: Path, side: Side | None = None
) -> MeasuredComparison:
    """Compare a finished run with a measured record.

    Args:
        record: the measurement.
        folder: result folder of a stance analysis.
        side: measured foot; by default the one that the run simulated, or the only one of the
            record.

    Raises:
        ScenarioError: the folder holds no finished stance with plantar pressure, or the
            record has no such foot or no complete step.
    """
    computed = computed_regions(folder)
    there = [name for name in SIDES if getattr(record, name) is not None]
    measured = measured_regions(record, side or (there[0] if len(there) == 1 else computed.side))
    rows = []
    for name in REGIONS:
        steps = measured.regions[name]
        top = float(computed.percent[int(computed.curve_kpa[name].argmax())])
        values = (
            ("kPa", steps.peak_kpa, computed.peak_kpa[name]),
            ("kPa s", steps.integral_kpa_s, computed.integral_kpa_s[name]),
            ("%", steps.peak_percent, top),
        )
        for quantity, (unit, over_steps, value) in zip(QUANTITIES, values, strict=True):
            middle = float(np.median(over_steps))
            rows.append(MeasuredRow(name, quantity, unit, middle, *step_range(over_steps), value))
    return MeasuredComparison(measured, computed, tuple(rows), _notes(measured, computed))


def computed_regions(folder: Path) -> ComputedRegions:
    """Regional pressure of a finished stance analysis.

    Raises:
        ScenarioError: no finished result, not over stance, or files that do not fit together.
    """
    summary = read_summary(folder)
    plantar = summary.plantar
    if summary.analysis != "stance" or plantar is None or summary.subject is None:
        raise ScenarioError(
            str(folder),
            "",
            "holds no plantar pressure over stance",
            allowed="a result of run with analysis = 'stance'",
        )
    length = summary.subject.foot_length_mm
    table = folder / "plantar_pressure.csv"
    try:
        maps = read_sensor_maps(table)
        history = read_numbers(folder / "history.csv")
        stance_s = 100.0 * history["time_s"][-1] / history["percent"][-1]
        peaks = [dict(sensor_peaks(each, length).items()) for each in maps]
        curves = {name: np.array([each[name] for each in peaks]) for name in REGIONS}
        percent = np.array([each.percent for each in maps])
        if len(percent) < 2:
            raise ValueError(f"{table}: holds less than two instants")
    except (OSError, ValueError, KeyError, IndexError, ZeroDivisionError) as error:
        raise ScenarioError(
            str(folder),
            "plantar_pressure.csv, history.csv",
            f"cannot be read: {error}",
            allowed="files as the run wrote them",
        ) from None
    scenario = _scenario(folder)
    return ComputedRegions(
        folder=folder,
        percent=percent,
        curve_kpa=curves,
        peak_kpa=_by_name(folder, "peak_pressure_kpa", plantar.peak_pressure_kpa),
        integral_kpa_s=_by_name(
            folder, "pressure_time_integral_kpa_s", plantar.pressure_time_integral_kpa_s
        ),
        stance_s=stance_s,
        side="right" if scenario is None else scenario.subject.side,
        described=_described(summary, scenario),
    )


def _by_name(folder: Path, key: str, regions: Regions | None) -> dict[str, float]:
    found = {} if regions is None else regions.model_dump(include=set(REGIONS), exclude_none=True)
    if set(found) != set(REGIONS):
        raise ScenarioError(
            str(folder / "summary.json"), f"plantar.{key}", "is not there by region"
        )
    return {name: float(value) for name, value in found.items()}


def _scenario(folder: Path) -> Scenario | None:
    """What was run; None where another version wrote it."""
    try:
        return resolved_scenario(folder / "scenario.toml")
    except ScenarioError:
        return None


def _described(summary: Summary, scenario: Scenario | None) -> str:
    subject = summary.subject
    text = (
        ""
        if subject is None
        else f"{subject.body_mass_kg:g} kg, foot {subject.foot_length_mm:g} mm"
    )
    if scenario is None:
        return text
    insole = scenario.insole
    worn = "barefoot"
    if not insole.is_barefoot:
        worn = f"{insole.thickness_mm:g} mm {'/'.join(insole.materials)}{wear_words(insole)}"
        worn += ", no shoe"
    gait = scenario.gait
    walk = f"{gait.speed_m_s:g} m/s" if gait.grf_file is None else f"trial {gait.grf_file.name}"
    if gait.pressure_file is not None:
        walk += f", loaded by {gait.pressure_file.name}"
    return f"{text}, {worn}, {walk}"


def _notes(measured: MeasuredRegions, computed: ComputedRegions) -> tuple[str, ...]:
    notes = list(PAIRED_NOTES)
    stance = float(np.median(measured.duration_s))
    part = computed.stance_s / stance - 1.0
    if abs(part) > 0.05:
        notes.append(
            f"stance takes {computed.stance_s:.2f} s in the run and {stance:.2f} s in the record "
            f"({100 * part:+.0f} %): not the same speed; integrals grow with it"
        )
    if measured.side != computed.side:
        notes.append(
            f"the measured foot is the {measured.side} one, the run simulates the "
            f"{computed.side} one: a mirror image"
        )
    return (*notes, *measured.remarks)


def measured_text(comparison: MeasuredComparison) -> str:
    """The comparison as plain text."""
    measured, computed = comparison.measured, comparison.computed
    low, high = step_range(measured.duration_s)
    sensor = f", {measured.sensor_type}" if measured.sensor_type else ""
    lines = [
        f"{computed.folder} against {measured.file}",
        f"measured: {measured.side} foot, {len(measured.duration_s)} steps of "
        f"{np.median(measured.duration_s):.2f} s ({low:.2f} to {high:.2f}){sensor}",
        f"computed: {computed.side} foot, stance {computed.stance_s:.2f} s, {computed.described}",
    ]
    header = ("region", "quantity", "unit", "measured", "5-95 %", "computed", "%", "range of steps")
    rows = [header, *(_cells(row) for row in comparison.rows)]
    lines += aligned_lines(rows, left=(0, 1, 2, 7))
    lines += [f"note: {note}" for note in comparison.notes]
    return "\n".join(lines)


def _cells(row: MeasuredRow) -> tuple[str, ...]:
    return (
        row.region,
        row.quantity,
        row.unit,
        f"{row.median:.4g}",
        f"{row.low:.4g} to {row.high:.4g}",
        f"{row.computed:.4g}",
        "" if row.percent is None else f"{row.percent:+.0f}",
        row.place,
    )
