# SPDX-License-Identifier: MIT
"""The mean stance of a measured foot: vertical force and centre of pressure on another foot.

Sensors are laid onto the outline of the simulated foot (`layout`); the force is the sum of
pressure times area, and its centre the pressure's. Both are means over the steps at equal parts
of stance, the centre weighted by force. The force is not yet scaled to body weight.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import trapezoid

from scenarios.errors import ScenarioError
from scenarios.gait.contacts import STANCE_SHARE
from scenarios.measured.layout import on_outline
from scenarios.measured.record import Insole, PressureRecord, Side
from scenarios.measured.steps import Step, find_steps
from scenarios.measured.units import LEAST_RATE_HZ, refuse_low_peak

Array = NDArray[np.float64]

STRIDE_OVER_STANCE = (1.2, 2.2)
"""Strides that consecutive steps can have: beyond, a step between was left out."""
FORWARDS = 0.2
"""Least advance of the centre of pressure from the first to the last fifth of stance, in foot
lengths; rolling over takes it by about 0.6."""


@dataclass(frozen=True, slots=True)
class StanceLoad:
    """Mean stance of one foot.

    Attributes:
        side: the foot.
        percent: of stance, shape (n,).
        force_n: normal force by pressure and area, shape (n,).
        cop_mm: (x, z) in the foot frame, shape (n, 2); the nearest is held without force.
        duration_s: of stance, mean over the steps.
        stride_s: median over the strides, or estimated from the stance.
        stride_measured: whether the record holds a stride.
        steps: number of steps.
        starts_s: their beginnings.
        remarks: what was assumed and left out.
    """

    side: Side
    percent: Array
    force_n: Array
    cop_mm: Array
    duration_s: float
    stride_s: float
    stride_measured: bool
    steps: int
    starts_s: Array
    remarks: tuple[str, ...]

    @property
    def impulse_ns(self) -> float:
        """Time integral of the force over the stance."""
        return float(trapezoid(self.force_n, self.percent) / 100.0 * self.duration_s)


def stance_load(
    record: PressureRecord,
    side: Side,
    percent: Array,
    outline_mm: Array,
    foot_length_mm: float,
    index: int | None = None,
) -> StanceLoad:
    """Mean stance of one foot of a record.

    Args:
        record: the measurement.
        side: the foot.
        percent: instants, per cent of stance, shape (n,).
        outline_mm: plan form of the simulated foot, shape (m, 2).
        foot_length_mm: its length.
        index: one step instead of the mean, counted from 0.

    Raises:
        ScenarioError: no such foot, too slow a record, no step, pressures of another unit, or a
            centre of pressure that does not run from heel to toes.
    """
    insole = record.insole(side)
    if record.rate_hz < LEAST_RATE_HZ:
        raise ScenarioError(
            record.file,
            "scanning rate",
            f"{record.rate_hz:.3g} Hz",
            allowed=f"{LEAST_RATE_HZ:g} Hz and more, to see the heel being loaded",
        )
    if insole.layout is None:
        raise ScenarioError(record.file, f"{side} insole", "places of the sensors are not known")
    steps = find_steps(record, side, steady=index is None)
    used = _chosen(record.file, steps.used, index)
    peaks = [insole.pressure_kpa[s.first : s.last + 1].max() for s in used]
    refuse_low_peak(record.file, f"{side} insole", float(np.median(peaks)))
    place, area = on_outline(insole.layout, outline_mm, foot_length_mm)
    newtons = 1e-3 * insole.pressure_kpa * area
    curves = np.column_stack([newtons.sum(axis=1), newtons @ place])
    mean = np.mean([_over_step(record.time_s, curves, step, percent) for step in used], axis=0)
    force = mean[:, 0]
    least = 0.02 * float(force.max())
    loaded = force > least
    cop = mean[:, 1:] / np.maximum(force, least)[:, None]
    first, last = np.flatnonzero(loaded)[[0, -1]]
    cop[:first], cop[last + 1 :] = cop[first], cop[last]
    _refuse_backwards(record.file, side, percent, cop, foot_length_mm)
    stride, measured = _stride(used)
    return StanceLoad(
        side=side,
        percent=percent,
        force_n=force,
        cop_mm=cop,
        duration_s=float(np.mean([step.duration_s for step in used])),
        stride_s=stride,
        stride_measured=measured,
        steps=len(used),
        starts_s=np.array([step.start_s for step in used]),
        remarks=_remarks(insole, steps.unlike, measured),
    )


def _chosen(file: str, used: Sequence[Step], index: int | None) -> Sequence[Step]:
    if index is None:
        return used
    if index >= len(used):
        raise ScenarioError(
            file,
            "gait.stance_index",
            f"{index} asked for, {len(used)} complete steps found",
            allowed=f"0 to {len(used) - 1}",
        )
    return (used[index],)


def _over_step(time_s: Array, curves: Array, step: Step, percent: Array) -> Array:
    at_s = step.start_s + percent / 100.0 * step.duration_s
    return np.stack([np.interp(at_s, time_s, curve) for curve in curves.T], axis=1)


def _stride(steps: Sequence[Step]) -> tuple[float, bool]:
    stance = float(np.mean([step.duration_s for step in steps]))
    gaps = np.diff([step.start_s for step in steps])
    low, high = (factor * stance for factor in STRIDE_OVER_STANCE)
    whole = gaps[(gaps >= low) & (gaps <= high)]
    if whole.size:
        return float(np.median(whole)), True
    return stance / STANCE_SHARE, False


def _refuse_backwards(file: str, side: Side, percent: Array, cop: Array, length_mm: float) -> None:
    early, late = cop[percent <= 20.0, 0].mean(), cop[percent >= 80.0, 0].mean()
    if late - early < FORWARDS * length_mm:
        raise ScenarioError(
            file,
            f"{side} insole",
            f"the centre of pressure runs from {100 * early / length_mm:.0f} to "
            f"{100 * late / length_mm:.0f} % of the foot's length over stance",
            allowed="walking, from heel to toes; check the order of rows or sensors",
        )


def _remarks(insole: Insole, unlike: int, stride_measured: bool) -> tuple[str, ...]:
    found = []
    if insole.layout is not None:
        found.append(f"sensors laid onto the foot's outline ({insole.layout.said})")
    if unlike:
        found.append(f"{unlike} steps unlike the others left out")
    if not stride_measured:
        found.append("no two steps in a row, so that the stride is estimated from the stance")
    if insole.saturated:
        found.append(
            f"{len(insole.saturated)} sensors read the end of the range (saturated): the force "
            "there is too low"
        )
    return tuple(found)
