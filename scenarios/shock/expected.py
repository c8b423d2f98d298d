# SPDX-License-Identifier: MIT
"""What was measured of the effect of insoles on shock: to read predicted changes beside."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase


@dataclass(frozen=True, slots=True)
class MeasuredEffect:
    """Range of measured changes from a firmer to a softer insole, in per cent.

    Attributes:
        key: dotted key of ``summary.json``, ``*`` for any part.
        low: largest reduction that was measured.
        high: smallest.
        limit: size of a change in per cent of the larger value above which it is pointed out.
        source: where the range is from.
    """

    key: str
    low: float
    high: float
    limit: float
    source: str

    @property
    def text(self) -> str:
        """The range as text."""
        return f"{self.low:g} to {self.high:g} %"


_NIGG = "typically below 10 %, Nigg 1999"
_JOHNSON = "9 insoles in 4 shoes in walking, best -30 %, Johnson 1988"
_LUMBAR = "0 to 5 % in walking, up to about 10 % in jogging"
EFFECTS = (
    MeasuredEffect("shock.impact_peak_bw", -10.0, 0.0, 10.0, _NIGG),
    MeasuredEffect("shock.loading_rate_bw_per_s", -10.0, 0.0, 10.0, _NIGG),
    MeasuredEffect("shock.loading_rate_max_bw_per_s", -10.0, 0.0, 10.0, _NIGG),
    MeasuredEffect("shock.peak_acceleration_g.tibia", -30.0, -5.0, 30.0, _JOHNSON),
    MeasuredEffect("shock.peak_acceleration_g.*", -30.0, 0.0, 30.0, "smaller than at the tibia"),
    MeasuredEffect("lumbar.*.compression_n.peak", -10.0, 0.0, 20.0, _LUMBAR),
)
"""The first row that fits a key is its own. A bare foot against a shoe differs by more: the rate of
the acceleration at L3 fell from 127 (SD 87) to 50 (34) g/s in jogging (Ogon 2001)."""


def effect_of(key: str) -> MeasuredEffect | None:
    """What was measured of an output, None where nothing is known."""
    return next((effect for effect in EFFECTS if fnmatchcase(key, effect.key)), None)


def change_size_percent(first: float, other: float) -> float | None:
    """Size of a change in per cent of the larger of two values: the same in either order."""
    larger = max(abs(first), abs(other))
    return None if larger == 0.0 else 100.0 * abs(other - first) / larger


def effect_beyond(key: str, first: float, other: float) -> MeasuredEffect | None:
    """What was measured, where a change is larger than that; else None."""
    effect, size = effect_of(key), change_size_percent(first, other)
    return effect if effect is not None and size is not None and size > effect.limit else None
