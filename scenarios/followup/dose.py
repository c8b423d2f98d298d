# SPDX-License-Identifier: MIT
"""How fast a new insole may be taken into use, so that no region's daily load grows too fast.

A region's dose of a day is linear: load of a step (or of an hour of standing) times how many of
them there are, a share of them on the new insole and the rest on the old one. Days are compared
with the day before; nothing recovers and nothing adapts.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

FLOOR_SHARE = 0.05
"""Of the largest region's load on the old insole: a region that carried less than that is taken to
have carried that much, since growth from nothing is without measure."""
LONGEST_DAYS = 365

Loads = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Day:
    """One day of a schedule.

    Attributes:
        number: from 1.
        share: of the day's steps that are made on the new insole, 0 to 1.
        limited_by: region that allows no more, empty on a day of full wear.
    """

    number: int
    share: float
    limited_by: str


def dose(share: float, old: float, new: float, count: float = 1.0) -> float:
    """Dose of a day: `count` loads, a share of them of the new insole.

    Args:
        share: 0 to 1.
        old: load of one step or hour on the old insole.
        new: on the new one.
        count: steps or hours of the day.
    """
    return count * ((1.0 - share) * old + share * new)


def floor_of(old: Loads) -> float:
    """Least load of which a growth is taken."""
    return FLOOR_SHARE * max(old.values())


def growth(before: float, share: float, old: float, new: float, floor: float) -> float:
    """Growth of a region's dose from one day to the next, relative to the day before.

    Args:
        before: share on the new insole of the day before.
        share: of the day.
        old: load of one step on the old insole.
        new: on the new one.
        floor: least load of which a growth is taken.
    """
    last = dose(before, old, new)
    return (dose(share, old, new) - last) / max(last, floor)


def next_share(before: float, old: Loads, new: Loads, rate: float) -> tuple[float, str]:
    """Largest share on the new insole that no region's dose outgrows, and the region that says so.

    Args:
        before: share of the day before.
        old: load of one step by region on the old insole.
        new: on the new one.
        rate: largest growth from one day to the next, 0.1 for 10 %.
    """
    floor = floor_of(old)
    share, region = math.inf, ""
    for name, load in old.items():
        rise = new[name] - load
        if rise <= 0.0:
            continue
        allowed = before + rate * max(dose(before, load, new[name]), floor) / rise
        if allowed < share:
            share, region = allowed, name
    return (1.0, "") if share >= 1.0 else (share, region)


def schedule(
    old: Loads, new: Loads, rate: float, *, longest_days: int = LONGEST_DAYS
) -> tuple[Day, ...]:
    """Shares of day 1, 2, ... up to the first day of full wear.

    Where one region governs throughout, its load on the old insole L above the floor and its rise
    D, the share of day n is the smaller of 1 and (L / D) ((1 + rate)^n - 1).

    Args:
        old: load of one step by region on the old insole, not negative.
        new: on the new one, the same regions.
        rate: largest growth of a region's dose from one day to the next, above 0.
        longest_days: where to stop; the last day is then short of full wear.

    Raises:
        ValueError: regions differ, nothing is loaded, or a load or the rate is not a number that
            makes sense.
    """
    if set(old) != set(new) or not old:
        raise ValueError("old and new have not the same regions")
    values = [*old.values(), *new.values()]
    if not all(math.isfinite(value) and value >= 0.0 for value in values):
        raise ValueError("loads are finite and not negative")
    if max(old.values()) <= 0.0:
        raise ValueError("nothing is loaded on the old insole")
    if not (math.isfinite(rate) and rate > 0.0):
        raise ValueError("the rate of growth is above 0")
    days: list[Day] = []
    share = 0.0
    while share < 1.0 and len(days) < longest_days:
        share, region = next_share(share, old, new, rate)
        days.append(Day(len(days) + 1, share, region))
    return tuple(days)
