# SPDX-License-Identifier: MIT
"""The table of a study as arrays: outputs by candidate and draw, factors by draw."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scenarios.errors import ScenarioError
from scenarios.sweep.candidates import Compare, candidates_of
from scenarios.sweep.store import Plan, StudyFolder
from scenarios.sweep.table import FIXED, NAME, write_table

Array = NDArray[np.float64]

SAMPLES = ("latin_hypercube", "sobol", "saltelli", "list")
"""Designs whose draws are taken as a sample of what is uncertain; a list is the user's own."""
ONLY = ""
"""Name of the one candidate of a study that compares none."""


@dataclass(frozen=True, slots=True)
class Draws:
    """Results of a study.

    Attributes:
        where: the study's folder.
        kind: of the design.
        candidates: names in the order of the study; one without a name where none are compared.
        outputs: names as in the table.
        values: (candidates, draws, outputs); NaN where a case has no result, or no such output.
        finished: (candidates, draws), whether a case has a result.
        factors: values by key of the factors that a design draws, (draws,) numbers or texts.
        statuses: (candidates, draws), of the cases.
        reasons: (candidates, draws), why a case has no result.
    """

    where: Path
    kind: str
    candidates: tuple[str, ...]
    outputs: tuple[str, ...]
    values: Array
    finished: NDArray[np.bool_]
    factors: Mapping[str, NDArray[Any]]
    statuses: NDArray[np.str_]
    reasons: NDArray[np.object_]

    @property
    def is_sample(self) -> bool:
        """Whether the draws are a sample, over which a probability means something."""
        return self.kind in SAMPLES

    @property
    def sample(self) -> NDArray[np.bool_]:
        """(draws,), those that stand for the distributions of the factors.

        Of a saltelli block the first and the last row; those between repeat columns of both.
        """
        count = self.values.shape[1]
        if self.kind != "saltelli":
            return np.ones(count, dtype=bool)
        return np.isin(np.arange(count) % (len(self.factors) + 2), (0, len(self.factors) + 1))

    @property
    def pairs(self) -> tuple[tuple[int, int], ...]:
        """Candidates of each difference: the later one, and the earlier one it is taken from."""
        return tuple((b, a) for a, b in itertools.combinations(range(len(self.candidates)), 2))

    def difference(self, pair: tuple[int, int]) -> Array:
        """Paired differences (draws, outputs); NaN where one of both has no result."""
        return np.asarray(self.values[pair[0]] - self.values[pair[1]])

    def name_of(self, pair: tuple[int, int]) -> str:
        """A pair in words."""
        return f"{self.candidates[pair[0]]} − {self.candidates[pair[1]]}"


def read_draws(study_dir: Path) -> Draws:
    """Read a study's results.

    The table is made anew from the result folders, but where it is complete: what is finished
    stays so.

    Args:
        study_dir: folder of the study.

    Raises:
        ScenarioError: no study's folder, a table that was made for another plan, or no pyarrow.
    """
    folder = StudyFolder(study_dir)
    plan = folder.plan()
    columns = _complete(study_dir)
    if columns is None:
        columns = _columns(write_table(folder, plan))
    return of_table(plan, columns, study_dir)


def of_table(plan: Plan, columns: Mapping[str, NDArray[Any]], where: Path) -> Draws:
    """Arrange the columns of a table, whose rows are in the order of the plan.

    Raises:
        ScenarioError: the table has other rows than the plan, or no outputs.
    """
    names = tuple(one.name for one in candidates_of(compare_of(plan))) or (ONLY,)
    count = len(names)
    rows = len(columns["case"])
    if rows != len(plan.cases) or rows % count:
        raise ScenarioError(
            str(where / NAME), "", "is of another plan", allowed="solespine sweep STUDY --status"
        )
    keys = _drawn_keys(plan)
    settings = {key for one in candidates_of(compare_of(plan)) for key in one.settings}
    outputs = tuple(
        name
        for name, column in columns.items()
        if name not in FIXED and name not in keys and name not in settings
        if column.dtype.kind == "f"
    )

    def by_candidate(column: NDArray[Any]) -> NDArray[Any]:
        return column.reshape(rows // count, count).T

    values = [by_candidate(columns[name]) for name in outputs]
    shape = (count, rows // count)
    return Draws(
        where=where,
        kind=str(plan.study["design"]["kind"]),
        candidates=names,
        outputs=outputs,
        values=np.stack(values, axis=-1) if values else np.empty((*shape, 0)),
        finished=by_candidate(columns["status"]) == "finished",
        factors={key: by_candidate(columns[key])[0] for key in keys},
        statuses=by_candidate(columns["status"]),
        reasons=by_candidate(columns["reason"]),
    )


def compare_of(plan: Plan) -> Compare | None:
    """The candidates' table of a plan's study."""
    found = plan.study.get("compare")
    return None if found is None else Compare.model_validate(found)


def _drawn_keys(plan: Plan) -> tuple[str, ...]:
    """Keys that the design draws, in the order of the study."""
    factors: Sequence[Mapping[str, Any]] = plan.study.get("factors", ())
    if factors:
        return tuple(str(factor["key"]) for factor in factors)
    settings = {key for one in candidates_of(compare_of(plan)) for key in one.settings}
    found = dict.fromkeys(key for case in plan.cases for key in case.values)
    return tuple(key for key in found if key not in settings)


def _complete(study_dir: Path) -> dict[str, NDArray[Any]] | None:
    """Columns of a table that nothing can be added to: all finished or refused, after the plan."""
    path = study_dir / NAME
    try:
        if path.stat().st_mtime_ns <= (study_dir / "plan.json").stat().st_mtime_ns:
            return None
        columns = _columns(path)
    except (OSError, ScenarioError):
        return None
    statuses = columns.get("status", np.array([""]))
    return columns if np.isin(statuses.astype(str), ("finished", "refused")).all() else None


def _columns(path: Path) -> dict[str, NDArray[Any]]:
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(path)
    except (OSError, ValueError) as error:
        raise ScenarioError(str(path), "", f"cannot be read: {error}") from None
    return {
        name: np.asarray(table[name].to_numpy(zero_copy_only=False)) for name in table.column_names
    }
