# SPDX-License-Identifier: MIT
"""The front of a search: designs that no other one beats in all goals, and how it grew."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from scenarios.folder import write_atomically
from scenarios.loading import resolved_scenario, scenario_data
from scenarios.optimise.judge import loss
from scenarios.optimise.load import LoadedSearch
from scenarios.optimise.records import TrialRecord
from scenarios.optimise.study import Goal
from scenarios.sweep.cases import scenario_of
from scenarios.toml_text import toml_text

Array = NDArray[np.float64]
CSV = "front.csv"
DESIGNS = "designs"
MARGIN = 0.1
"""Of the span of each goal, by which the reference point lies beyond the worst design."""


@dataclass(frozen=True, slots=True)
class Front:
    """The best designs of a search.

    Attributes:
        goals: of the study.
        trials: on the front, each design once, by their first goal.
        knee: number of the trial that gives up least of all goals at once, 0 for one goal.
        reference: point beyond the worst designs, goals in their units; empty without any.
        course: of all trials in their order, the hypervolume of those up to it over that of
            the box between the best of each goal and the reference; for one goal the best so far.
    """

    goals: tuple[Goal, ...]
    trials: tuple[TrialRecord, ...]
    knee: int
    reference: tuple[float, ...]
    course: tuple[float | None, ...]


def front_of(goals: Sequence[Goal], records: Sequence[TrialRecord]) -> Front:
    """The front of all trials so far."""
    able = [r for r in records if r.feasible]
    if not able:
        return Front(tuple(goals), (), 0, (), (None,) * len(records))
    losses = np.array([loss(goals, r.goals) for r in able])
    best = _best(losses)
    kept = [r for r, on in zip(able, best, strict=True) if on and not r.same_as]
    kept.sort(key=lambda r: loss(goals, r.goals))
    low, high = losses.min(axis=0), losses.max(axis=0)
    reference = high + MARGIN * np.where(high > low, high - low, np.abs(high) + 1e-12)
    return Front(
        tuple(goals),
        tuple(kept),
        _knee(np.array([loss(goals, r.goals) for r in kept]), kept),
        loss(goals, reference.tolist()),
        tuple(_course(goals, records, low, reference)),
    )


def write_front(folder: Path, search: LoadedSearch, front: Front) -> tuple[Path, ...]:
    """Write ``front.csv`` and each design of the front as a scenario.

    Args:
        folder: of the search.
        search: the study.
        front: of it.

    Returns:
        The scenarios, in the order of the front.
    """
    designs = folder / DESIGNS
    designs.mkdir(exist_ok=True)
    paths = []
    for record in front.trials:
        path = designs / f"{design_name(record)}.toml"
        # As it was computed, whatever became of the base since.
        computed = folder / "cases" / record.case.folder / "scenario.toml"
        if computed.is_file():
            scenario = resolved_scenario(computed)
        else:
            scenario = scenario_of(search.loaded, record.values, f"trial {record.number}")
        write_atomically(path, toml_text({**scenario_data(scenario), "name": path.stem}))
        paths.append(path)
    for path in designs.glob("trial_*.toml"):
        if path not in paths:  # beaten since it was written
            path.unlink()
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    names = [goal.key for goal in front.goals]
    keys = [factor.key for factor in search.study.factors if factor.key not in names]
    rows.writerow(["trial", "knee", *keys, *names, "scenario", "folder"])
    for record, path in zip(front.trials, paths, strict=True):
        values = [record.values[key] for key in keys]
        knee = "yes" if record.number == front.knee else ""
        places = [f"{DESIGNS}/{path.name}", f"cases/{record.case.folder}"]
        rows.writerow([record.number, knee, *values, *record.goals, *places])
    write_atomically(folder / CSV, out.getvalue())
    return tuple(paths)


def design_name(record: TrialRecord) -> str:
    """Name of a design's scenario."""
    return f"trial_{record.number:04d}"


def _best(losses: Array) -> NDArray[np.bool_]:
    """Rows that no other row beats: nowhere worse, somewhere better."""
    not_better = np.all(losses[:, None, :] >= losses[None, :, :], axis=2)
    worse = np.any(losses[:, None, :] > losses[None, :, :], axis=2)
    beaten = np.any(np.logical_and(not_better, worse), axis=1)
    return np.asarray(np.logical_not(beaten), dtype=np.bool_)


def _knee(losses: Array, records: Sequence[TrialRecord]) -> int:
    """The design that lies furthest before the plane through the best of each goal."""
    if losses.shape[1] < 2 or len(losses) < 3:
        return 0
    low, high = losses.min(axis=0), losses.max(axis=0)
    share = (losses - low) / np.where(high > low, high - low, 1.0)
    return records[int(np.argmin(share.sum(axis=1)))].number


def _course(
    goals: Sequence[Goal], records: Sequence[TrialRecord], low: Array, reference: Array
) -> list[float | None]:
    """Hypervolume, by Optuna, or best value after each trial."""
    from optuna._hypervolume import compute_hypervolume

    box = float(np.prod(reference - low))
    found: list[float | None] = []
    kept: Array = np.empty((0, len(goals)))
    now: float | None = None
    for record in records:
        if record.feasible and not record.same_as:
            kept = np.vstack([kept, loss(goals, record.goals)])
            kept = kept[_best(kept)]
            if len(goals) == 1:
                now = loss(goals, (float(kept[0, 0]),))[0]
            else:
                now = float(compute_hypervolume(kept, reference, assume_pareto=True)) / box
        found.append(now)
    return found
