# SPDX-License-Identifier: MIT
"""Hours a day on a new insole, and the daily dose of each region over the days."""

from __future__ import annotations

from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from scenarios.figures import style
from scenarios.figures.curves import panel_grid
from scenarios.followup.dose import Day
from scenarios.followup.wearing_in import HONEST, WearingIn

MARKS = ("o", "s", "^", "D", "v")


def save_wearing_figure(found: WearingIn, path: Path) -> Path:
    """Draw the schedule into a PNG.

    Raises:
        OSError: the file cannot be written.
    """
    with style.paper():
        return style.save(wearing_figure(found), path)


def wearing_figure(found: WearingIn) -> Figure:
    """Hours on the left, dose relative to the old insole on the right."""
    figure, (hours, doses) = panel_grid(2, columns=2)
    days = (Day(0, 0.0, ""), *found.days)
    numbers = [day.number for day in days]
    hours.step(numbers[1:], [found.hours(day) for day in found.days], where="mid", lw=1.4)
    hours.plot(numbers[1:], [found.hours(day) for day in found.days], "o", color=style.BLUE)
    hours.axhline(found.habits.waking_hours, color=style.GREY, lw=0.8, ls=(0, (4, 2)))
    hours.set_title("On the new insole")
    hours.set_ylabel("time (h a day)")
    hours.set_ylim(0.0, 1.12 * found.habits.waking_hours)
    for i, (region, load) in enumerate(found.old.items()):
        if load > 0.0:
            values = [found.doses(day)[region] / (found.count * load) for day in days]
            doses.plot(
                numbers, values, color=style.LINES[i], ls=style.DASHES[i], marker=MARKS[i],
                label=region,
            )  # fmt: skip
    doses.set_title(f"Dose, at most +{found.habits.growth_percent:g} % a day")
    doses.set_ylabel("dose / old dose (–)")
    doses.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
    for axes in (hours, doses):
        _day_axis(axes, numbers[-1])
    note = HONEST[0].upper() + HONEST[1:].replace(" for this or", "\nfor this or", 1)
    figure.supxlabel(f"{note}.", fontsize=7.5, color=style.GREY)
    return figure


def _day_axis(axes: Axes, last: int) -> None:
    axes.set_xlabel("day")
    axes.set_xlim(-0.5, last + 0.5)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
