# SPDX-License-Identifier: MIT
"""``report.html`` of a search: front, its designs, how it grew, what became of all trials."""

from __future__ import annotations

import json
import shlex
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from scenarios.compare_outputs import output_unit
from scenarios.errors import NotWritten
from scenarios.figures import style
from scenarios.figures.hover import Chart, chart_of
from scenarios.folder import write_atomically
from scenarios.html_page import render
from scenarios.optimise.figures import course_figure, factor_figure, front_figure
from scenarios.optimise.front import CSV, DESIGNS, Front, design_name
from scenarios.optimise.records import TrialRecord
from scenarios.optimise.store import SearchFolder, SearchPlan
from scenarios.optimise.study import Search, population_of
from scenarios.report_tables import Table, number
from scenarios.sweep.store import STATUSES
from scenarios.sweep.table import NAME as TABLE

TEMPLATE = "search.html.j2"
NAME = "report.html"
MOST_ROWS = 1000
"""Trials on the page; the table has all."""
MOST_REASONS = 20
PIXELS_PER_POINT = 128.0 / 72.0
"""Scale of pictures on the page: letters of pictures and text have one size."""
CLAIM = (
    "Computed load under stated assumptions: the front says which designs no other one of this "
    "search beats in all goals, not that a design helps a person."
)


def write_page(
    folder: SearchFolder, plan: SearchPlan, records: Sequence[TrialRecord], front: Front
) -> Path:
    """Draw the pictures and write the page.

    Raises:
        NotWritten: no room for it.
    """
    path = folder.path / NAME
    try:
        write_atomically(path, page_text(folder, plan, records, front))
    except OSError as error:
        raise NotWritten(str(path), error.strerror or str(error)) from error
    return path


def page_text(
    folder: SearchFolder, plan: SearchPlan, records: Sequence[TrialRecord], front: Front
) -> str:
    """The page as HTML."""
    study = plan.search()
    keys = [factor.key for factor in study.factors]
    drawings: Mapping[str, Callable[[], Figure | None]] = {
        "front": lambda: front_figure(front, records),
        "course": lambda: course_figure(front, records),
        "factors": lambda: factor_figure(front, records, keys),
    }
    charts: dict[str, Chart] = {}
    with style.paper():
        for name, draw in drawings.items():
            figure = draw()
            chart = None if figure is None else chart_of(figure, name)
            if chart is not None:
                charts[name] = chart
    statuses = Counter(folder.trial_status(record) for record in records)
    return render(
        TEMPLATE,
        name=study.name,
        setting=tuple(_setting(study, records)),
        claim=CLAIM,
        charts=charts,
        widths={
            name: round(chart.data["size"][0] * PIXELS_PER_POINT) for name, chart in charts.items()
        },
        several=len(study.goals) > 1,
        front=_front_table(study, front),
        folder=shlex.quote(str(folder.path)),
        scenarios=[f"{DESIGNS}/{design_name(record)}.toml" for record in front.trials],
        reference=_reference(front),
        factors=_factor_table(study),
        statuses=Table(
            ("", *(status for status in (*STATUSES, "pruned") if statuses[status])),
            (("trials", *(str(statuses[s]) for s in (*STATUSES, "pruned") if statuses[s])),),
        ),
        saved=_saved(records),
        repeated=sum(1 for record in records if record.same_as),
        reasons=_reason_table(records),
        trials=_trial_table(folder, study, records, front),
        left_out=max(0, len(records) - MOST_ROWS),
        table_name=TABLE,
        csv=CSV,
        study=json.dumps(plan.study, indent=1, ensure_ascii=False, default=str),
    )


def _setting(study: Search, records: Sequence[TrialRecord]) -> Iterator[tuple[str, str]]:
    yield "Scenario", study.scenario
    if study.settings:
        yield "All designs have", ", ".join(f"{k} = {v}" for k, v in study.settings.items())
    yield "Goals", "; ".join(f"{goal.direction} {_with_unit(goal.key)}" for goal in study.goals)
    if study.constraints:
        sides = (
            f"{_with_unit(one.key)} {word} {value:g}"
            for one in study.constraints
            for word, value in (("at least", one.at_least), ("at most", one.at_most))
            if value is not None
        )
        yield "Constraints", "; ".join(sides)
    sampler = study.search.sampler
    said = f"{sampler}, generations of {population_of(study)}" if sampler == "nsga2" else sampler
    options = study.search
    yield (
        "Search",
        f"{len(records)} of {options.trials} trials, {said}, seed {options.seed}, "
        f"pruning: {options.pruning}",
    )


def _with_unit(key: str) -> str:
    unit = output_unit(key)
    return f"{key} ({unit})" if unit else key


def _front_table(study: Search, front: Front) -> Table | None:
    if not front.trials:
        return None
    keys = _other_keys(study)
    head = ("trial", *(_with_unit(goal.key) for goal in study.goals), *keys)
    rows = tuple(
        (
            f"{record.number}{' (knee)' if record.number == front.knee else ''}",
            *(number(value) for value in record.goals),
            *(_word(record.values[key]) for key in keys),
        )
        for record in front.trials
    )
    return Table(head, rows)


def _other_keys(study: Search) -> list[str]:
    """Keys of factors that are no goals too."""
    goals = {goal.key for goal in study.goals}
    return [factor.key for factor in study.factors if factor.key not in goals]


def _reference(front: Front) -> str:
    values = zip(front.goals, front.reference, strict=False)
    return ", ".join(f"{goal.key} {number(value)}" for goal, value in values)


def _factor_table(study: Search) -> Table:
    rows = []
    for factor in study.factors:
        if factor.range is None:
            said = ", ".join(_word(value) for value in factor.values)
        else:
            said = f"{factor.range[0]:g} to {factor.range[1]:g}"
            said += ", whole numbers" if factor.integer else ""
            said += ", by its logarithm" if factor.log else ""
            said += f", {factor.levels} levels" if factor.levels else ""
        rows.append((factor.key, said))
    return Table(("factor", "values"), tuple(rows))


def _saved(records: Sequence[TrialRecord]) -> str:
    """How much of stance was not computed."""
    left = [100.0 - r.percent for r in records if r.percent is not None and not r.same_as]
    return f"{sum(left) / 100.0:.1f}" if left else ""


def _reason_table(records: Sequence[TrialRecord]) -> Table | None:
    """Why trials have no result, each reason once."""
    found: dict[tuple[str, str], list[int]] = {}
    for record in records:
        if record.status in ("failed", "refused"):
            reason = record.reason.removeprefix(f"trial {record.number}: ")
            found.setdefault((record.status, reason), []).append(record.number)
    rows = [
        (status, reason, str(len(numbers)), ", ".join(map(str, numbers[:12])))
        for (status, reason), numbers in sorted(found.items(), key=lambda item: -len(item[1]))
    ]
    head = ("status", "reason", "trials", "their numbers")
    return Table(head, tuple(rows[:MOST_REASONS])) if rows else None


def _trial_table(
    folder: SearchFolder, study: Search, records: Sequence[TrialRecord], front: Front
) -> Table:
    keys = _other_keys(study)
    best = {record.digest for record in front.trials}
    rows = []
    for record in records[:MOST_ROWS]:
        goals = [number(value) for value in record.goals] or [""] * len(study.goals)
        rows.append(
            (
                str(record.number),
                _standing(folder, record, best),
                *goals,
                *(_word(record.values.get(key, "")) for key in keys),
                _note(record),
            )
        )
    return Table(("trial", "status", *(g.key for g in study.goals), *keys, "note"), tuple(rows))


def _standing(folder: SearchFolder, record: TrialRecord, best: set[str]) -> str:
    if record.feasible:
        return "front" if record.digest in best else "finished"
    status = folder.trial_status(record)
    return "breaks a constraint" if status == "finished" else status


def _note(record: TrialRecord) -> str:
    if record.same_as:
        return f"same as trial {record.same_as}"
    if record.percent is not None:
        return f"at {record.percent:g} %: {record.reason}"
    return record.reason


def _word(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
