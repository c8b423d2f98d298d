# SPDX-License-Identifier: MIT
"""Plantar pressure as a sensor insole would read it, and by region of the foot.

The solver gives traction at quadrature points of the skin. Measured data are
means over sensors of about 1.5 cm2, so everything that is compared with
measurement is averaged first over square cells of that size, fixed in the foot
frame (x from the heel, z lateral). The largest quadrature value is kept beside
it as the *raw* peak. Regions and conventions: ``docs/guide/plantar.md``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from scenarios.summary import Plantar, Regions
from simulator.results import PlantarInstant

Array = NDArray[np.float64]
KPA_PER_MPA = 1000.0

SENSOR_AREA_MM2 = 150.0
"""Area of one sensor cell (in-shoe systems: about 1.5 cm2)."""

CONTACT_THRESHOLD_KPA = 1.0
"""Skin counts as loaded above this pressure (keeps the tail of a smooth penalty out)."""

HEEL_END, MIDFOOT_END, FOREFOOT_END = 0.31, 0.51, 0.81
"""Borders in parts of foot length; forefoot 51-81 %: Forghany et al. 2018, heel: chosen."""

HALLUX_BORDER = -0.025
"""The hallux is the part of the toe region medial of ``z = HALLUX_BORDER x length``:
the long axis runs through the second ray, whose toe is about 5 % of foot length wide."""


class Zone(Enum):
    """Exclusive zones of the sole; ``toes`` of a report is both toe zones together."""

    HEEL = 0
    MIDFOOT = 1
    FOREFOOT = 2
    HALLUX = 3
    LESSER_TOES = 4


@dataclass(frozen=True, slots=True)
class ByRegion:
    """One quantity for the whole sole and its regions.

    ``toes`` is everything beyond the forefoot and includes ``hallux``, so that
    heel, midfoot, forefoot and toes make up the whole.
    """

    whole: float
    heel: float
    midfoot: float
    forefoot: float
    toes: float
    hallux: float

    def items(self) -> tuple[tuple[str, float], ...]:
        """Pairs of region name and value, in the order of the report."""
        return tuple((field.name, getattr(self, field.name)) for field in fields(self))


@dataclass(frozen=True, slots=True)
class SensorMap:
    """Pressure over sensor cells at one instant; all arrays of shape (m,).

    Attributes:
        percent: instant, per cent of stance.
        column, row: cell numbers along x and z.
        x_mm, z_mm: cell centres in the foot frame.
        area_mm2: area that the force of a cell is spread over (see `sense`);
            ``sum(pressure_kpa * area_mm2)`` is the whole normal force.
        pressure_kpa: mean pressure of the cell.
        shear_x_kpa, shear_z_kpa: mean shear of the cell.
    """

    percent: float
    column: NDArray[np.int64]
    row: NDArray[np.int64]
    x_mm: Array
    z_mm: Array
    area_mm2: Array
    pressure_kpa: Array
    shear_x_kpa: Array
    shear_z_kpa: Array


@dataclass(frozen=True, slots=True)
class RegionLoads:
    """Regional loads at one instant: sensor peak, raw peak, force and loaded area."""

    percent: float
    peak_pressure_kpa: ByRegion
    peak_pressure_raw_kpa: ByRegion
    force_n: ByRegion
    contact_area_mm2: ByRegion


@dataclass(frozen=True, slots=True)
class PlantarSummary:
    """Plantar results of a whole analysis (section ``plantar`` of ``summary.json``).

    Peaks and contact areas are the largest over the output instants. The share
    is of the normal impulse over stance, or of the force where there is a single
    instant. The pressure-time integral is of the regional sensor peak, and
    ``None`` for a single instant.
    """

    peak_pressure_kpa: ByRegion
    peak_pressure_raw_kpa: ByRegion
    load_share_percent: ByRegion
    contact_area_mm2: ByRegion
    pressure_time_integral_kpa_s: ByRegion | None


def sensor_side_mm() -> float:
    """Edge of the square sensor cell, mm."""
    return float(np.sqrt(SENSOR_AREA_MM2))


def zones(x_mm: Array, z_mm: Array, foot_length_mm: float) -> NDArray[np.int64]:
    """`Zone` value of each plan position (foot frame); same shape as ``x_mm``."""
    part = np.asarray(x_mm) / foot_length_mm
    zone = np.searchsorted([HEEL_END, MIDFOOT_END, FOREFOOT_END], part, side="right")
    lesser = (zone == Zone.HALLUX.value) & (np.asarray(z_mm) >= HALLUX_BORDER * foot_length_mm)
    return np.where(lesser, Zone.LESSER_TOES.value, zone).astype(np.int64)


def sense(instant: PlantarInstant) -> SensorMap:
    """Average traction over sensor cells.

    A cell column begins at the heel (x = 0), a row is centred on the long axis
    (z = 0). The force on the skin of a cell is spread over the area of the
    sensor, or over the skin area where that is larger (the steep rim of the
    heel): an edge sensor that the foot covers in part reads less than the skin
    feels, as a real one does, and no force is lost.

    Args:
        instant: tractions at quadrature points of the unloaded skin.

    Returns:
        One entry per cell that holds skin, ordered by column, then row.
    """
    side = sensor_side_mm()
    column = np.floor(instant.x_mm / side).astype(np.int64)
    row = np.floor(instant.z_mm / side + 0.5).astype(np.int64)
    cells, owner = np.unique(np.stack([column, row], axis=1), axis=0, return_inverse=True)
    owner = owner.reshape(-1)
    count = len(cells)

    def total(values: Array) -> Array:
        sums = np.bincount(owner, weights=values * instant.area_mm2, minlength=count)
        return sums.astype(np.float64)

    area = np.maximum(total(np.ones_like(instant.area_mm2)), SENSOR_AREA_MM2)
    scale = KPA_PER_MPA / area
    return SensorMap(
        percent=instant.percent,
        column=cells[:, 0],
        row=cells[:, 1],
        x_mm=np.asarray((cells[:, 0] + 0.5) * side, dtype=np.float64),
        z_mm=np.asarray(cells[:, 1] * side, dtype=np.float64),
        area_mm2=area,
        pressure_kpa=total(instant.pressure_mpa) * scale,
        shear_x_kpa=total(instant.shear_x_mpa) * scale,
        shear_z_kpa=total(instant.shear_z_mpa) * scale,
    )


def centre_of_pressure(instant: PlantarInstant) -> tuple[float, float]:
    """Centre of the normal pressure (x, z) in the unloaded foot frame; NaN without load."""
    force = instant.pressure_mpa * instant.area_mm2
    whole = float(force.sum())
    if whole <= 0.0:
        return float("nan"), float("nan")
    return float(force @ instant.x_mm) / whole, float(force @ instant.z_mm) / whole


def regional_loads(instant: PlantarInstant, foot_length_mm: float) -> RegionLoads:
    """Peaks, force and loaded area by region at one instant.

    Quadrature points belong to the region they lie in, sensor cells to that of
    their centre.
    """
    sensors = sense(instant)
    point_zone = zones(instant.x_mm, instant.z_mm, foot_length_mm)
    raw_kpa = instant.pressure_mpa * KPA_PER_MPA
    loaded = np.where(raw_kpa > CONTACT_THRESHOLD_KPA, instant.area_mm2, 0.0)
    return RegionLoads(
        percent=instant.percent,
        peak_pressure_kpa=sensor_peaks(sensors, foot_length_mm),
        peak_pressure_raw_kpa=_largest(raw_kpa, point_zone),
        force_n=_sums(instant.pressure_mpa * instant.area_mm2, point_zone),
        contact_area_mm2=_sums(loaded, point_zone),
    )


def sensor_peaks(sensors: SensorMap, foot_length_mm: float) -> ByRegion:
    """Largest sensor pressure of each region at one instant, kPa; 0 where no cell lies."""
    return _largest(sensors.pressure_kpa, zones(sensors.x_mm, sensors.z_mm, foot_length_mm))


def summarise(loads: Sequence[RegionLoads], time_s: Array) -> PlantarSummary:
    """Plantar summary of an analysis.

    Args:
        loads: regional loads of every output instant, in order of time.
        time_s: their times, shape (n,), increasing.

    Raises:
        ValueError: no instants, or another number of times.
    """
    if not loads or len(loads) != len(time_s):
        raise ValueError(f"{len(loads)} instants of plantar load and {len(time_s)} times")
    peaks = np.array([_values(load.peak_pressure_kpa) for load in loads])
    forces = np.array([_values(load.force_n) for load in loads])
    times = np.asarray(time_s, dtype=np.float64)
    single = len(loads) == 1
    impulse = forces[0] if single else _integral(forces, times)
    share = 100.0 * impulse / impulse[0] if impulse[0] > 0.0 else np.zeros_like(impulse)
    return PlantarSummary(
        peak_pressure_kpa=_by_region(peaks.max(axis=0)),
        peak_pressure_raw_kpa=_largest_over([load.peak_pressure_raw_kpa for load in loads]),
        load_share_percent=_by_region(share),
        contact_area_mm2=_largest_over([load.contact_area_mm2 for load in loads]),
        pressure_time_integral_kpa_s=None if single else _by_region(_integral(peaks, times)),
    )


def plantar_section(summary: PlantarSummary) -> Plantar:
    """The section ``plantar`` of ``summary.json``; shares are given for the exclusive regions."""
    share = summary.load_share_percent
    integral = summary.pressure_time_integral_kpa_s
    integrals = None if integral is None else Regions(**dict(integral.items()))
    return Plantar(
        peak_pressure_kpa=Regions(**dict(summary.peak_pressure_kpa.items())),
        peak_pressure_raw_kpa=Regions(**dict(summary.peak_pressure_raw_kpa.items())),
        load_share_percent=Regions(
            heel=share.heel, midfoot=share.midfoot, forefoot=share.forefoot, toes=share.toes
        ),
        contact_area_mm2=Regions(**dict(summary.contact_area_mm2.items())),
        pressure_time_integral_kpa_s=integrals,
    )


def _integral(values: Array, times: Array) -> Array:
    """Trapezoidal rule along the first axis."""
    return 0.5 * np.einsum("i,ij->j", np.diff(times), values[1:] + values[:-1])


def _by_region(values: Array) -> ByRegion:
    return ByRegion(*(float(value) for value in values))


def _values(regions: ByRegion) -> list[float]:
    return [value for _, value in regions.items()]


def _largest_over(regions: Sequence[ByRegion]) -> ByRegion:
    return _by_region(np.max([_values(region) for region in regions], axis=0))


def _masks(zone: NDArray[np.int64]) -> tuple[NDArray[np.bool_], ...]:
    """Masks in the order of the fields of `ByRegion`."""
    hallux = zone == Zone.HALLUX.value
    return (
        np.ones_like(zone, dtype=np.bool_),
        zone == Zone.HEEL.value,
        zone == Zone.MIDFOOT.value,
        zone == Zone.FOREFOOT.value,
        hallux | (zone == Zone.LESSER_TOES.value),
        hallux,
    )


def _largest(values: Array, zone: NDArray[np.int64]) -> ByRegion:
    return ByRegion(*(float(values[m].max()) if m.any() else 0.0 for m in _masks(zone)))


def _sums(values: Array, zone: NDArray[np.int64]) -> ByRegion:
    return ByRegion(*(float(values[m].sum()) for m in _masks(zone)))
