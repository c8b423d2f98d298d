# SPDX-License-Identifier: MIT
"""Hours a day on a new insole, from two results and a rate of growth that the user sets."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from scenarios.compare import compare_summaries
from scenarios.errors import ScenarioError
from scenarios.followup.differences import WORDS
from scenarios.followup.dose import (
    FLOOR_SHARE,
    LONGEST_DAYS,
    Day,
    Loads,
    dose,
    floor_of,
    growth,
    schedule,
)
from scenarios.followup.files import Cell, csv_text
from scenarios.followup.visits import Visit, refuse_other_study
from scenarios.text_table import aligned_lines

COMMAND = "insole wearing-in"
REGIONS = ("heel", "midfoot", "forefoot", "hallux", "toes")
LOADS = {
    "stance": ("pressure_time_integral_kpa_s", "pressure-time integral", "kPa s", "steps"),
    "standing": ("peak_pressure_kpa", "peak pressure", "kPa", "hours stood"),
}
"""By analysis: key of the load, its name and unit, and what it is counted by."""
HONEST = (
    "the rate of growth is your own choice: there is no clinical evidence here for this or any "
    "other rate, and none that keeping to it avoids harm or pain"
)


@dataclass(frozen=True, slots=True)
class Habits:
    """A day of the person, and how fast load may grow.

    Attributes:
        growth_percent: of a region's dose from one day to the next.
        steps_per_day: of both feet together; None of standing.
        standing_hours: hours stood; None of walking.
        waking_hours: over which steps are spread evenly.
        cadence: steps a minute; None where minutes of walking are not asked for.
    """

    growth_percent: float
    steps_per_day: float | None = None
    standing_hours: float | None = None
    waking_hours: float = 16.0
    cadence: float | None = None


RANGES = {
    "growth_percent": ("--growth-percent-per-day", 0.1, 100.0),
    "steps_per_day": ("--steps-per-day", 100.0, 100_000.0),
    "standing_hours": ("--standing-hours", 0.1, 24.0),
    "waking_hours": ("--waking-hours", 4.0, 24.0),
    "cadence": ("--cadence", 40.0, 250.0),
}


@dataclass(frozen=True, slots=True)
class WearingIn:
    """A schedule with all that it stands on.

    Attributes:
        analysis: of both results, a key of `LOADS`.
        old, new: load of one step, or while standing, by region.
        verdicts: whether the mesh can tell old and new, by region.
        habits: as given.
        count: steps of one foot, or hours stood, of a day.
        days: from day 1 to full wear.
        warnings: what must be known of the two results.
    """

    analysis: str
    old: Loads
    new: Loads
    verdicts: Mapping[str, str]
    habits: Habits
    count: float
    days: tuple[Day, ...]
    warnings: tuple[str, ...]

    def hours(self, day: Day) -> float:
        """Hours on the new insole."""
        return day.share * self.habits.waking_hours

    def doses(self, day: Day) -> dict[str, float]:
        """Dose of a day by region."""
        return {n: dose(day.share, self.old[n], self.new[n], self.count) for n in self.old}

    @property
    def is_full(self) -> bool:
        """Whether the last day is one of full wear."""
        return self.days[-1].share >= 1.0


def wearing_in(new: Visit, old: Visit, habits: Habits) -> WearingIn:
    """The schedule from an old insole to a new one.

    Args:
        new: result with the new insole.
        old: result with what was worn before.
        habits: of the person.

    Raises:
        ScenarioError: results that do not go together or have no such load, or habits out of range.
    """
    _check_habits(habits)
    refuse_other_study(old, new)
    assert new.summary is not None and old.summary is not None
    analysis = new.summary.analysis
    if analysis not in LOADS:
        raise ScenarioError(
            new.place.where,
            "analysis",
            f"is {analysis}, which is no whole step",
            allowed="stance, standing",
        )
    key, name, _, _ = LOADS[analysis]
    before, after = (_loads(visit, key) for visit in (old, new))
    shared = [region for region in REGIONS if region in before and region in after]
    if not shared or max(before[region] for region in shared) <= 0.0:
        raise ScenarioError(
            old.place.where,
            f"plantar.{key}",
            f"holds no {name} by region",
            allowed="a run's result",
        )
    compared = compare_summaries(old.summary, new.summary)
    verdicts = {item.key: WORDS[item.verdict] for item in compared.differences}
    count = _count(analysis, habits)
    loads = ({r: before[r] for r in shared}, {r: after[r] for r in shared})
    return WearingIn(
        analysis=analysis,
        old=loads[0],
        new=loads[1],
        verdicts={region: verdicts.get(f"plantar.{key}.{region}", "") for region in shared},
        habits=habits,
        count=count,
        days=schedule(*loads, habits.growth_percent / 100.0),
        warnings=compared.warnings,
    )


def _loads(visit: Visit, key: str) -> dict[str, float]:
    assert visit.summary is not None
    regions = getattr(visit.summary.plantar, key, None)
    found = {} if regions is None else regions.model_dump(exclude_none=True)
    return {name: float(found[name]) for name in REGIONS if name in found}


def _check_habits(habits: Habits) -> None:
    for name, (flag, low, high) in RANGES.items():
        value = getattr(habits, name)
        if value is not None and not (math.isfinite(value) and low <= value <= high):
            allowed = f"{low:g} to {high:g}"
            raise ScenarioError(COMMAND, flag, f"{value:g} is out of range", allowed=allowed)
    if habits.cadence is not None and habits.steps_per_day is not None:
        walked = habits.steps_per_day / habits.cadence / 60.0
        if walked > habits.waking_hours:
            raise ScenarioError(
                COMMAND,
                "--cadence",
                f"{habits.steps_per_day:g} steps take {walked:.1f} h",
                allowed=f"no more than the {habits.waking_hours:g} waking hours",
            )


def _count(analysis: str, habits: Habits) -> float:
    """Steps of one foot, or hours stood, of a day."""
    walking = analysis == "stance"
    wanted, other = habits.steps_per_day, habits.standing_hours
    flag, not_flag = "--steps-per-day", "--standing-hours"
    if not walking:
        wanted, other, flag, not_flag = other, wanted, not_flag, flag
    if wanted is None:
        problem = f"is missing: the results are of {analysis}"
        if other is not None:
            problem += f", which {not_flag} does not go with"
        raise ScenarioError(COMMAND, flag, problem)
    if habits.cadence is not None and not walking:
        raise ScenarioError(COMMAND, "--cadence", "is of steps, the results are of standing")
    return 0.5 * wanted if walking else wanted


def assumptions(found: WearingIn) -> tuple[str, ...]:
    """What the schedule takes for granted, in sentences."""
    _, name, unit, counted = LOADS[found.analysis]
    habits = found.habits
    if found.analysis == "stance":
        what = f"{found.count:g} steps of each foot a day"
        spread = f"steps are spread evenly over {habits.waking_hours:g} waking hours"
    else:
        what = f"{found.count:g} hours stood a day, loaded as in the result all the time"
        spread = f"standing is spread evenly over {habits.waking_hours:g} waking hours"
    return (
        f"dose of a region: {name} ({unit}) x {counted}; {what}",
        "dose is linear in load and in number, without threshold; what is not made on the new "
        "insole is made on the old one",
        spread,
        "no recovery and no adaptation: a day is compared with the day before alone",
        f"a region that carried less than {100 * FLOOR_SHARE:g} % of the most loaded one "
        f"({floor_of(found.old):.3g} {unit}) is taken to have carried that much",
        HONEST,
    )


def wearing_text(found: WearingIn) -> str:
    """Regions, days and assumptions as plain text."""
    _, name, unit, _ = LOADS[found.analysis]
    rows: list[tuple[str, ...]] = [("region", f"old {unit}", f"new {unit}", "%", "")]
    for region, old in found.old.items():
        new = found.new[region]
        percent = "" if old == 0.0 else f"{100.0 * (new - old) / old:+.1f}"
        rows.append((region, f"{old:.1f}", f"{new:.1f}", percent, found.verdicts[region]))
    lines = [f"{name} by region", *aligned_lines(rows, left=(0, 4)), ""]
    header = ["day", "h:min", "% of steps" if found.analysis == "stance" else "% of hours"]
    minutes = found.habits.cadence is not None
    table = [[*header, *(["walked min"] if minutes else []), "limited by"]]
    for day in found.days:
        cells = [str(day.number), _clock(found.hours(day)), f"{100.0 * day.share:.1f}"]
        if minutes:
            cells.append(f"{_walked_min(found, day):.0f}")
        table.append([*cells, day.limited_by or "full wear"])
    lines += aligned_lines(table, left=(len(table[0]) - 1,))
    if not found.is_full:
        lines.append(f"full wear is not reached within {LONGEST_DAYS} days at this rate")
    lines.append("")
    lines += [f"assumption: {text}" for text in assumptions(found)]
    return "\n".join([*lines, *(f"warning: {text}" for text in found.warnings)])


def wearing_csv(found: WearingIn) -> str:
    """A row for each day, day 0 on the old insole, with dose and growth by region."""
    unit = "kpa_s" if found.analysis == "stance" else "kpa_h"
    columns = ["day", "wear_h", "share_percent", "walked_min", "limited_by"]
    columns += [f"dose_{region}_{unit}" for region in found.old]
    columns += [f"growth_{region}_percent" for region in found.old]
    start = Day(0, 0.0, "")
    nothing: list[Cell] = [None] * len(found.old)
    rows = [[*_cells(found, start), *found.doses(start).values(), *nothing]]
    floor = floor_of(found.old)
    for before, day in pairwise((start, *found.days)):
        shares = before.share, day.share
        grown: list[Cell] = [
            100.0 * growth(*shares, found.old[region], found.new[region], floor)
            for region in found.old
        ]
        rows.append([*_cells(found, day), *found.doses(day).values(), *grown])
    return csv_text(columns, rows)


def _cells(found: WearingIn, day: Day) -> list[Cell]:
    walked = None if found.habits.cadence is None else _walked_min(found, day)
    return [day.number, found.hours(day), 100.0 * day.share, walked, day.limited_by or None]


def _walked_min(found: WearingIn, day: Day) -> float:
    steps, cadence = found.habits.steps_per_day, found.habits.cadence
    assert steps is not None and cadence is not None
    return day.share * steps / cadence


def _clock(hours: float) -> str:
    """Hours and whole minutes, rounded down so that no limit is passed by rounding."""
    minutes = math.floor(60.0 * hours + 1e-9)
    return f"{minutes // 60}:{minutes % 60:02d}"
