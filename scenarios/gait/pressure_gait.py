# SPDX-License-Identifier: MIT
"""Measured in-shoe pressure as the loading of a stance.

Pressure gives the vertical force and its centre; direction of the force (shear over vertical) and
joint angles stay those of the built-in gait. The vertical force is scaled so that both feet carry
one body weight over a stride. Beside measured ground reaction forces it gives the centre only.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import trapezoid

from scenarios.errors import ScenarioError
from scenarios.gait.both_feet import MIRROR, repeated
from scenarios.gait.built_in import built_in_gait
from scenarios.gait.contacts import Contact, Stride
from scenarios.gait.errors import GaitError
from scenarios.gait.foot_frame import distance_outside_mm, held
from scenarios.gait.forces import STANDARD_GRAVITY
from scenarios.gait.measured import LEAST_FORCE, PERCENT, Walker
from scenarios.gait.pressure_path import PressurePath
from scenarios.gait.stance import StanceGait
from scenarios.measured.read import read_pressure
from scenarios.measured.record import PressureRecord, Side
from scenarios.measured.stance_load import StanceLoad, stance_load

Array = NDArray[np.float64]

SCALE_REFUSED = 2.5
"""Factor to body weight, either way, that no calibration is off by: the unit is another one."""
SCALE_WARNED = 0.3
"""Change of the force to body weight that is worth a word where areas are measured."""
UNEVEN = 0.1
"""Difference of the feet's impulses over their mean that is worth a word."""
LEAST_VERTICAL = 0.05
"""Vertical force in body weights below which the built-in direction of the force is held."""
OTHER_DURATION = 0.15
"""Difference of stance times to the built-in gait that is worth a word."""


@dataclass(frozen=True, slots=True)
class _OtherFoot:
    """Force of the other foot over its own stance, and when that begins, in strides."""

    force_n: Array
    duration_s: float
    phase: float
    said: str


def pressure_path(file: Path, walker: Walker) -> PressurePath:
    """The measured centre of pressure at `PERCENT` of stance.

    Raises:
        ScenarioError: the file cannot be used; see `read_pressure` and `stance_load`.
    """
    load = _load(read_pressure(file), walker, None)
    return PressurePath(
        cop_mm=load.cop_mm,
        defined=np.ones(len(PERCENT), dtype=bool),
        offset_mm=np.zeros(2),
        drift_m_s=0.0,
        outside_mm=float(distance_outside_mm(load.cop_mm, walker.outline_mm).max()),
        warnings=(
            f"the centre of pressure is that of {file} (mean of {load.steps} steps); its force is "
            f"not used; {'; '.join(load.remarks)}",
        ),
    )


def pressure_gait(
    file: Path, walker: Walker, speed_m_s: float, stance_index: int | None = None
) -> StanceGait:
    """The built-in gait under measured vertical force and centre of pressure.

    Args:
        file: of in-shoe pressure.
        walker: who is simulated.
        speed_m_s: of the built-in gait.
        stance_index: one step instead of the mean of all, counted from 0.

    Raises:
        ScenarioError: the file cannot be used, or its force is far from body weight.
    """
    base = built_in_gait(speed_m_s, walker)
    record = read_pressure(file)
    load = _load(record, walker, stance_index)
    weight = walker.body_mass_kg * STANDARD_GRAVITY
    other = _other_foot(record, walker, load)
    factor, scaled = _scale(record, load, other, weight)

    vertical = factor * load.force_n
    own = _with_shear(vertical, base, weight)
    opposite = _with_shear(factor * other.force_n, base, weight) * MIRROR
    stance = Contact(0.0, load.duration_s, True, float(vertical.max()))
    stride = Stride(0.0, load.stride_s, load.stride_measured)
    time_s = PERCENT / 100.0 * load.duration_s
    others = Contact(0.0, other.duration_s, True, float(opposite[:, 1].max()))
    others_time_s = PERCENT / 100.0 * other.duration_s
    begins_s = other.phase * load.stride_s

    def both(at_s: Array) -> tuple[Array, Array]:
        return (
            repeated(time_s, own, stance, stride, at_s),
            repeated(others_time_s, opposite, others, stride, at_s - begins_s),
        )

    cycle = load.stride_s * np.arange(800) / 800
    mean = np.sum(both(cycle), axis=0).mean(axis=0)
    mean = 1000.0 * (mean - [0.0, weight, 0.0]) / walker.body_mass_kg
    other_now = both(time_s)[1]
    acceleration = 1000.0 * (own + other_now - [0.0, weight, 0.0]) / walker.body_mass_kg - mean
    defined = vertical >= LEAST_FORCE * weight
    path = held(load.cop_mm, defined)
    return replace(
        base,
        source="pressure",
        duration_s=load.duration_s,
        stride_s=load.stride_s,
        surface="not known",
        grf_n=own,
        other_grf_n=other_now,
        cop_foot_mm=path,
        cop_defined=defined,
        com_acceleration_mm_s2=acceleration,
        mean_acceleration_mm_s2=mean,
        cop_outside_mm=float(distance_outside_mm(path, walker.outline_mm).max()),
        warnings=(
            f"vertical force and centre of pressure are those of {file}, {load.side} insole (mean "
            f"of {load.steps} steps of {load.duration_s:.2f} s, stride {load.stride_s:.2f} s)"
            if stance_index is None
            else f"vertical force and centre of pressure are those of {file}, {load.side} insole "
            f"(step {stance_index} of {load.duration_s:.2f} s, stride {load.stride_s:.2f} s)",
            *load.remarks,
            scaled,
            other.said,
            "shear keeps the direction of the built-in gait's force; joint angles are the built-in "
            "gait's",
            *_other_speed(load, base),
            *base.warnings,
        ),
    )


def _load(record: PressureRecord, walker: Walker, index: int | None) -> StanceLoad:
    side: Side = "left" if walker.side == "left" else "right"
    return stance_load(record, side, PERCENT, walker.outline_mm, walker.foot_length_mm, index)


def _other_foot(record: PressureRecord, walker: Walker, load: StanceLoad) -> _OtherFoot:
    """The other insole, or the same stance half a stride later."""
    side: Side = "left" if load.side == "right" else "right"
    mirrored = "the other foot is this one half a stride later, mirrored"
    if getattr(record, side) is None:
        return _OtherFoot(load.force_n, load.duration_s, 0.5, f"no {side} insole: {mirrored}")
    try:
        other = stance_load(record, side, PERCENT, walker.outline_mm, walker.foot_length_mm)
    except ScenarioError as error:
        said = f"{error.key}: {error.problem}: {mirrored}"
        return _OtherFoot(load.force_n, load.duration_s, 0.5, said)
    later = np.mod(other.starts_s[:, None] - load.starts_s[None, :], load.stride_s)
    nearest = np.abs(other.starts_s[:, None] - load.starts_s[None, :]) < load.stride_s
    phase = float(np.median(later[nearest])) / load.stride_s if nearest.any() else 0.5
    if not 0.35 <= phase <= 0.65:
        said = f"the {side} foot lands {phase:.0%} of a stride later: {mirrored}"
        return _OtherFoot(load.force_n, load.duration_s, 0.5, said)
    uneven = 2.0 * (load.impulse_ns - other.impulse_ns) / (load.impulse_ns + other.impulse_ns)
    said = (
        f"the other foot is the {side} insole ({other.steps} steps, {phase:.0%} of a stride later)"
    )
    if abs(uneven) > UNEVEN:
        said += (
            f"; the {load.side} one carries {abs(uneven):.0%} {'more' if uneven > 0 else 'less'}, "
            "of the person or of the insoles' calibration"
        )
    return _OtherFoot(other.force_n, other.duration_s, phase, said)


def _scale(
    record: PressureRecord, load: StanceLoad, other: _OtherFoot, weight_n: float
) -> tuple[float, str]:
    """Factor by which both feet carry one body weight over a stride, and what to say of it."""
    others = float(trapezoid(other.force_n, PERCENT) / 100.0 * other.duration_s)
    factor = weight_n * load.stride_s / (load.impulse_ns + others)
    layout = record.insole(load.side).layout
    known = layout is not None and layout.area_mm2 is not None
    what = "measured areas" if known else "assumed areas"
    said = (
        f"the force is scaled by {factor:.3g} so that both feet carry body weight over a stride "
        f"({what} of sensors)"
    )
    if not 1.0 / SCALE_REFUSED <= factor <= SCALE_REFUSED:
        raise GaitError(
            record.file,
            f"{load.side} insole",
            f"pressure over {what} carries {100.0 / factor:.0f} % of body weight over a stride",
            allowed=f"{100 / SCALE_REFUSED:.0f} to {100 * SCALE_REFUSED:.0f} %; check the unit of "
            "pressure and subject.body_mass_kg",
        )
    if known and abs(factor - 1.0) > SCALE_WARNED:
        said += ": check the insoles' calibration and subject.body_mass_kg"
    return factor, said


def _with_shear(vertical_n: Array, base: StanceGait, weight_n: float) -> Array:
    """A force of that vertical part in the direction of the built-in gait's, (n, 3)."""
    enough = base.grf_n[:, 1] >= LEAST_VERTICAL * weight_n
    ratio = held(base.grf_n / np.maximum(base.grf_n[:, 1:2], 1e-9), enough)
    return np.asarray(ratio * vertical_n[:, None])


def _other_speed(load: StanceLoad, base: StanceGait) -> tuple[str, ...]:
    part = load.duration_s / base.duration_s - 1.0
    if abs(part) <= OTHER_DURATION:
        return ()
    return (
        f"stance takes {load.duration_s:.2f} s in the record and {base.duration_s:.2f} s in the "
        f"built-in gait at {base.speed_m_s:g} m/s ({part:+.0%}): set gait.speed_m_s to the speed "
        "of the record",
    )
