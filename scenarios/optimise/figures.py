# SPDX-License-Identifier: MIT
"""Pictures of a search: the front, how it grew, designs over factors."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from scenarios.compare_outputs import output_unit
from scenarios.figures import style
from scenarios.optimise.front import Front
from scenarios.optimise.records import TrialRecord

MOST_GOALS = 4
"""Whose pairs are drawn."""
MOST_FACTORS = 6
PANEL_IN = 2.5


def front_figure(front: Front, records: Sequence[TrialRecord]) -> Figure | None:
    """All finished designs in the plane of each pair of goals; ``None`` for one goal."""
    pairs = list(combinations(range(min(len(front.goals), MOST_GOALS)), 2))
    if not pairs or not any(record.goals for record in records):
        return None
    across = min(len(pairs), 3)
    down = -(-len(pairs) // across)
    alone = len(pairs) == 1
    size = (style.WIDTH_IN * (0.75 if alone else 1.0), (4.0 if alone else PANEL_IN) * down + 0.45)
    figure = Figure(figsize=size, layout="constrained")
    panels = figure.subplots(down, across, squeeze=False).flatten()
    for axes, (i, j) in zip(panels, pairs, strict=False):
        _plane(axes, front, records, i, j, joined=alone)
    for axes in panels[len(pairs) :]:
        axes.set_visible(False)
    handles, labels = panels[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper center", ncols=5)
    return figure


def _plane(
    axes: Axes, front: Front, records: Sequence[TrialRecord], i: int, j: int, *, joined: bool
) -> None:
    groups = (
        ("breaks a constraint", [r for r in records if r.goals and not r.feasible], "x"),
        ("beaten", [r for r in records if r.feasible], "o"),
    )
    for label, chosen, mark in groups:
        points = np.array([r.goals for r in chosen]).reshape(-1, len(front.goals))
        colour = style.ORANGE if mark == "x" else style.GREY
        if not chosen:
            continue
        axes.plot(
            points[:, i], points[:, j], mark, color=colour, ms=4.0, mfc="none", lw=0, label=label
        )
    best = np.array([r.goals for r in front.trials]).reshape(-1, len(front.goals))
    axes.plot(
        best[:, i],
        best[:, j],
        "o-" if joined else "o",
        drawstyle=_corner(front),
        color=style.BLUE,
        ms=5.5,
        lw=1.0,
        label="front",
    )
    knee = next((r for r in front.trials if r.number == front.knee), None)
    if knee is not None:
        at = knee.goals
        axes.plot([at[i]], [at[j]], "D", color=style.VERMILION, ms=7.0, label="knee")
    axes.set_xlabel(goal_label(front, i))
    axes.set_ylabel(goal_label(front, j))


def _corner(front: Front) -> str:
    """Steps through the worse corner: what is between two designs is not known to be reached."""
    return "steps-post" if front.goals[0].direction == "minimise" else "steps-pre"


def course_figure(front: Front, records: Sequence[TrialRecord]) -> Figure | None:
    """Hypervolume, or the best value, over trials, and how trials ended."""
    if not any(value is not None for value in front.course):
        return None
    figure = Figure(figsize=(style.WIDTH_IN, 2.6), layout="constrained")
    axes = figure.subplots()
    numbers = [r.number for r in records]
    values = [np.nan if value is None else value for value in front.course]
    several = len(front.goals) > 1
    name = "hypervolume" if several else "best so far"
    axes.plot(numbers, values, drawstyle="steps-post", color=style.BLUE, label=name)
    marks = (("pruned", "|", style.PURPLE), ("failed", "x", style.VERMILION))
    low, high = axes.get_ylim()
    foot = low - 0.06 * (high - low)
    for status, mark, colour in (*marks, ("refused", ".", style.GREY)):
        at = [r.number for r in records if r.status == status]
        if not at:
            continue
        axes.plot(at, [foot] * len(at), mark, color=colour, ms=5.0, lw=0, label=status)
    axes.set_xlabel("trial")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_ylabel("hypervolume (share of the box)" if several else goal_label(front, 0))
    figure.legend(loc="outside upper right", ncols=4)
    return figure


def factor_figure(
    front: Front, records: Sequence[TrialRecord], keys: Sequence[str]
) -> Figure | None:
    """Goals over factors, the front among all others."""
    done = [r for r in records if r.goals]
    shown = list(keys[:MOST_FACTORS])
    goals = front.goals[:MOST_GOALS]
    if not done or not shown:
        return None
    size = (style.WIDTH_IN, 1.75 * len(goals) + 0.35)
    figure = Figure(figsize=size, layout="constrained")
    panels = figure.subplots(len(goals), len(shown), squeeze=False, sharey="row", sharex="col")
    best = {r.digest for r in front.trials}
    for column, key in enumerate(shown):
        places, words = _places([r.values.get(key) for r in done])
        for row, _ in enumerate(goals):
            axes = panels[row, column]
            for on, colour, size_pt in ((False, style.GREY, 3.2), (True, style.BLUE, 4.6)):
                chosen = [k for k, r in enumerate(done) if (r.feasible and r.digest in best) is on]
                axes.plot(
                    [places[k] for k in chosen],
                    [done[k].goals[row] for k in chosen],
                    "o",
                    color=colour,
                    ms=size_pt,
                    mfc=colour if on else "none",
                    lw=0,
                )
            if words:
                axes.set_xticks(range(len(words)), words, rotation=30, ha="right")
            if column == 0:
                axes.set_ylabel(goal_label(front, row))
        panels[-1, column].set_xlabel(_folded(key))
    return figure


def goal_label(front: Front, index: int) -> str:
    """A goal with its unit, in two lines where it is long."""
    return labelled(front.goals[index].key)


def labelled(key: str) -> str:
    """A key with its unit, in two lines where it is long."""
    unit = output_unit(key)
    return _folded(key) + (f" ({unit})" if unit else "")


def _folded(key: str) -> str:
    if len(key) < 24:
        return key
    parts = key.split(".")
    middle = max(1, len(parts) // 2)
    return ".".join(parts[:middle]) + ".\n" + ".".join(parts[middle:])


def _places(values: Sequence[object]) -> tuple[list[float], list[str]]:
    """Where values stand on an axis, and their names where they are no numbers."""
    if all(isinstance(v, int | float) and not isinstance(v, bool) for v in values):
        return [float(v) for v in _numbers(values)], []
    words = list(dict.fromkeys(str(v) for v in values))
    return [float(words.index(str(v))) for v in values], words


def _numbers(values: Sequence[object]) -> Iterator[float]:
    for value in values:
        assert isinstance(value, int | float)
        yield float(value)
