# SPDX-License-Identifier: MIT
"""The table of a search: a row a trial, as Parquet."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from scenarios.optimise.front import Front
from scenarios.optimise.records import TrialRecord
from scenarios.optimise.store import SearchFolder, SearchPlan
from scenarios.sweep.table import outputs, write_rows

PLAIN = (
    *("trial", "status", "reason", "folder", "start", "same_as"),
    *("feasible", "front", "knee", "ended"),
)
"""Columns that are no numbers, or whole ones."""


def write_table(
    folder: SearchFolder, plan: SearchPlan, records: tuple[TrialRecord, ...], front: Front
) -> Path:
    """Write the table of a search as it stands, whole or not at all.

    Args:
        folder: of the search.
        plan: of the folder.
        records: its trials.
        front: of them.

    Raises:
        ScenarioError: without pyarrow.
        NotWritten: no room for it; the one of before stays.
    """
    plain = {*PLAIN, *(factor["key"] for factor in plan.study["factors"])}
    return write_rows(folder.path, list(_rows(folder, plan, records, front)), plain)


def _rows(
    folder: SearchFolder, plan: SearchPlan, records: tuple[TrialRecord, ...], front: Front
) -> Iterator[dict[str, object]]:
    study = plan.search()
    best = {record.digest for record in front.trials}
    sides = {name for record in records for name in record.violations or {}}
    for record, course in zip(records, front.course, strict=True):
        violations = record.violations or {}
        goals = dict(zip((goal.key for goal in study.goals), record.goals, strict=False))
        row = {
            "trial": record.number,
            "status": folder.trial_status(record),
            "reason": record.reason,
            "percent": record.percent,
            "folder": f"cases/{record.case.folder}" if record.digest else "",
            "start": record.start,
            "same_as": record.same_as,
            "feasible": record.feasible,
            "front": record.feasible and record.digest in best,
            "knee": record.number == front.knee,
            "hypervolume" if len(study.goals) > 1 else "best": course,
            **{factor.key: record.values.get(factor.key) for factor in study.factors},
            **{goal.key: goals.get(goal.key) for goal in study.goals},
            **{f"violation: {name}": violations.get(name) for name in sorted(sides)},
            "ended": record.ended,
        }
        if study.outputs and record.status == "finished":
            summary = folder.summary(record.case)
            found = {} if summary is None else outputs(summary, every=True)
            row |= {name: found.get(name) for name in study.outputs if name not in row}
        yield row
