# SPDX-License-Identifier: MIT
"""Single numbers of an impact: ground reaction, accelerations, lumbar load, insole energy.

Every definition stands in its docstring and in ``docs/theory/shock.md``; what a history does
not show is None, never zero. Values are those of the samples, nothing is filtered.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.signal import find_peaks

from scenarios.shock.history import LevelTransient, ShockHistory, SiteMotion
from scenarios.shock.slopes import average_slope, largest_rise, steepest_slope

Array = NDArray[np.float64]
CONTACT_N = 20.0
"""Vertical force at which force plates see contact; a heel touches more softly before."""
FORCE_WINDOW_S = 0.050
"""The impact peak of the ground reaction is looked for this long after contact."""
SITE_WINDOW_S = 0.075
"""The impact peak of an acceleration is looked for this long: the spine follows the foot."""
LEAST_PEAK_BW = 0.1
LEAST_DIP_BW = 0.02
"""A force maximum counts from this height on, and when the force falls this far behind it."""
SHOULDER_SLOPE = 0.5
"""At a shoulder the slope is below this part of the steepest slope before it."""
LEAST_DIP_PART = 0.05
"""A local maximum of an acceleration stands out by this part of its range in the window."""


@dataclass(frozen=True, slots=True)
class ImpactPeak:
    """Impact peak of the vertical ground reaction: a local maximum or a shoulder."""

    time_s: float
    force_bw: float
    kind: Literal["maximum", "shoulder"]


@dataclass(frozen=True, slots=True)
class GroundMeasures:
    """Measures of the vertical ground reaction.

    Attributes:
        contact_s: when the force passes the threshold of force plates.
        peak: the impact peak; None where the force rises without one.
        rate_bw_per_s: average loading rate over 20-80 % of the rise.
        rate_max_bw_per_s: steepest slope up to the end of the rise.
        rise_end_s: end of the rise that the rates are of: the impact peak, without one the
            largest force within 50 ms of contact.
        largest_bw: largest force of the whole history.
    """

    contact_s: float | None
    peak: ImpactPeak | None
    rate_bw_per_s: float | None
    rate_max_bw_per_s: float | None
    rise_end_s: float
    largest_bw: float


@dataclass(frozen=True, slots=True)
class SiteMeasures:
    """Axial acceleration of one segment.

    Attributes:
        peak_g: largest local maximum within 75 ms of contact; where there is none the largest
            value.
        at_s: its time.
        rise_s: time that it takes from the lowest value since touchdown.
        is_local: whether it is a local maximum; else the acceleration still rises (or falls
            from the start) and the value is no impact peak.
        rate_g_per_s: average slope over 20-80 % of the rise to it, from the lowest value since
            touchdown.
        rate_max_g_per_s: steepest slope of that rise.
    """

    name: str
    peak_g: float
    at_s: float
    rise_s: float
    is_local: bool
    rate_g_per_s: float | None
    rate_max_g_per_s: float | None


@dataclass(frozen=True, slots=True)
class Transient:
    """Course of one load from touchdown on.

    Attributes:
        initial: value at touchdown.
        peak: largest value since; of a shear the value farthest from the initial one.
        at_s: its time.
        rise: largest increase from any value to a later one: what the impact adds on a load that
            falls meanwhile, as in walking when the other leg takes its share away.
        rate_max: steepest increase per second (of a shear: steepest change in its sense).
    """

    initial: float
    peak: float
    at_s: float
    rise: float
    rate_max: float | None

    @property
    def change(self) -> float:
        """Peak less initial value."""
        return self.peak - self.initial


@dataclass(frozen=True, slots=True)
class LevelMeasures:
    """Transients of one lumbar level."""

    level: str
    compression_n: Transient
    shear_ap_n: Transient
    disc_pressure_mpa: Transient


@dataclass(frozen=True, slots=True)
class InsoleEnergy:
    """Where the work on the insole goes.

    ``absorbed = returned + lost + stored_end``; the parts are known at the end of the history
    only, where an insole that is still loaded holds ``stored_end``.

    Attributes:
        absorbed_j: largest work that was done on it.
        returned_j: work that it did since.
        lost_j: dissipated until the end; None where the stored energy is not known.
        stored_end_j: elastic energy at the end; None where it is not known.
    """

    absorbed_j: float
    returned_j: float
    lost_j: float | None
    stored_end_j: float | None

    @property
    def lost_percent(self) -> float | None:
        """Lost in per cent of absorbed."""
        if self.lost_j is None or self.absorbed_j <= 0.0:
            return None
        return 100.0 * self.lost_j / self.absorbed_j


def ground_measures(history: ShockHistory) -> GroundMeasures:
    """Impact peak and loading rates of the vertical ground reaction."""
    time, force = history.time_s, history.vertical_bw
    first, last = _window(history, FORCE_WINDOW_S)
    place, kind = _impact_place(force, first, last)
    peak = None if place is None else ImpactPeak(float(time[place]), float(force[place]), kind)
    end = first + int(np.argmax(force[first : last + 1])) if place is None else place
    return GroundMeasures(
        contact_s=contact_s(history),
        peak=peak,
        rate_bw_per_s=average_slope(time, force, first, end),
        rate_max_bw_per_s=steepest_slope(time, force, first, end),
        rise_end_s=float(time[end]),
        largest_bw=float(force[first:].max()),
    )


def site_measures(history: ShockHistory, site: SiteMotion) -> SiteMeasures:
    """Peak of the axial acceleration, its time and how fast it comes."""
    time, values = history.time_s, site.axial_g
    first, last = _window(history, SITE_WINDOW_S)
    inside = values[first : last + 1]
    least = LEAST_DIP_PART * float(np.ptp(inside))
    found, _ = find_peaks(values, prominence=max(least, 1e-12))
    places = [int(place) for place in found if first <= place <= last]
    place = max(places, key=lambda i: values[i]) if places else first + int(np.argmax(inside))
    foot = first + int(np.argmin(values[first : place + 1]))
    return SiteMeasures(
        name=site.name,
        peak_g=float(values[place]),
        at_s=float(time[place]),
        rise_s=float(time[place] - time[foot]),
        is_local=bool(places),
        rate_g_per_s=average_slope(time, values, foot, place),
        rate_max_g_per_s=steepest_slope(time, values, foot, place),
    )


def attenuation_percent(below: SiteMeasures, above: SiteMeasures) -> float | None:
    """By how much a peak is smaller farther up, in per cent; negative where it is larger.

    None where one of the two is no upward acceleration.
    """
    if min(below.peak_g, above.peak_g) <= 0.0:
        return None
    return 100.0 * (1.0 - above.peak_g / below.peak_g)


def level_measures(history: ShockHistory, level: LevelTransient) -> LevelMeasures:
    """Transients of compression, shear and disc pressure."""
    shear = level.shear_ap_n
    start = history.touchdown
    away = shear[start:] - shear[start]
    sense = -1.0 if abs(away.min()) > away.max() else 1.0
    return LevelMeasures(
        level=level.level,
        compression_n=_transient(history, level.compression_n),
        shear_ap_n=_transient(history, shear, sense),
        disc_pressure_mpa=_transient(history, level.disc_pressure_mpa),
    )


def insole_energy(history: ShockHistory) -> InsoleEnergy | None:
    """Energy balance of the insole; None without one or where no work is done on it."""
    work, stored = history.insole_work_j, history.insole_stored_j
    if work is None or not work.max() > 0.0:
        return None
    absorbed, end = float(work.max()), float(work[-1])
    return InsoleEnergy(
        absorbed_j=absorbed,
        returned_j=absorbed - end,
        lost_j=None if stored is None else end - float(stored[-1]),
        stored_end_j=None if stored is None else float(stored[-1]),
    )


def contact_s(history: ShockHistory) -> float | None:
    """Time of the last instant before the vertical force passes that of contact, if it does."""
    first = history.touchdown
    above = history.ground_force_n[first:, 1] > CONTACT_N
    if not above.any():
        return None
    place = first + max(int(np.argmax(above)) - 1, 0)
    return float(history.time_s[place])


def _window(history: ShockHistory, length_s: float) -> tuple[int, int]:
    """First index from touchdown on and last index of a time from contact on."""
    first, end = history.touchdown, (contact_s(history) or 0.0) + length_s + 1e-3 * history.step_s
    last = np.searchsorted(history.time_s, end, side="right") - 1
    return first, max(int(last), first)


def _impact_place(
    force: Array, first: int, last: int
) -> tuple[int | None, Literal["maximum", "shoulder"]]:
    """Index of the impact peak, and what it is.

    A shoulder is where the slope has a local minimum below half of the steepest slope before it,
    and rises again by a tenth of that.
    """
    peaks, _ = find_peaks(force, height=LEAST_PEAK_BW, prominence=LEAST_DIP_BW)
    for place in peaks:
        if first <= place <= last:
            return int(place), "maximum"
    slope = np.gradient(force)
    steepest = float(slope[first : last + 1].max())
    if steepest > 0.0:
        for place in find_peaks(-slope, prominence=0.1 * steepest)[0]:
            before = float(slope[first : place + 1].max()) if place >= first else 0.0
            flat = 0.0 <= slope[place] <= SHOULDER_SLOPE * before
            if first < place <= last and flat and force[place] >= LEAST_PEAK_BW:
                return int(place), "shoulder"
    return None, "maximum"


def _transient(history: ShockHistory, values: Array, sense: float = 1.0) -> Transient:
    first, time = history.touchdown, history.time_s
    place = first + int(np.argmax(sense * values[first:]))
    rate = steepest_slope(time, sense * values, first, len(time) - 1)
    return Transient(
        initial=float(values[first]),
        peak=float(values[place]),
        at_s=float(time[place]),
        rise=largest_rise(sense * values[first:]),
        rate_max=None if rate is None else sense * rate,
    )
