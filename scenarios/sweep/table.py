# SPDX-License-Identifier: MIT
"""One table of a study: a row a case with factors, status and outputs, as Parquet.

It is made anew from the result folders whenever it is asked for, so that it cannot disagree with
them. pandas, DuckDB and R read it; ``case`` counts from 1 in the order of the design.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from scenarios.errors import NotWritten, ScenarioError, nearest
from scenarios.summary import Summary
from scenarios.sweep.cases import Case, table_keys
from scenarios.sweep.store import Plan, Status, StudyFolder

FIXED = ("case", "status", "reason", "folder", "wall_s", "draw", "candidate")
NAME = "table.parquet"
LEFT_OUT = ("solver.", "subject.", "discretisation.")
"""Parts of a summary that are no outputs."""


def write_table(folder: StudyFolder, plan: Plan) -> Path:
    """Write the table of a study as it stands, whole or not at all.

    Returns:
        The file.

    Raises:
        ScenarioError: without pyarrow, or an output that no case has.
        NotWritten: no room for it; the one of before stays.
    """
    plain = {*table_keys(plan.cases), *FIXED} - {"wall_s"}
    return write_rows(folder.path, list(table_rows(folder, plan)), plain)


def write_rows(folder: Path, rows: Sequence[Mapping[str, object]], plain: Collection[str]) -> Path:
    """Write the rows of a table, whole or not at all.

    Args:
        folder: of the study.
        rows: by column.
        plain: columns whose values say their type; the others are numbers, with or without values.

    Returns:
        The file.

    Raises:
        ScenarioError: without pyarrow.
        NotWritten: no room for it; the one of before stays.
    """
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError:
        raise ScenarioError(
            "sweep", "", "the table needs pyarrow", allowed="pip install 'solespine[studies]'"
        ) from None
    names = list(dict.fromkeys(name for row in rows for name in row))
    columns = {}
    for name in names:
        values = [row.get(name) for row in rows]
        # A column of outputs has its type before the first case is finished.
        kind = None if name in plain else pa.float64()
        columns[name] = pa.array(_column(values), type=kind)
    table = pa.table(columns)
    path = folder / NAME
    beside = path.with_name(f".{NAME}.new")
    try:
        pq.write_table(table, beside)
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise NotWritten(str(path), error.strerror or str(error)) from error
    return path


def table_rows(folder: StudyFolder, plan: Plan) -> Iterator[dict[str, object]]:
    """Rows of the table in the order of the cases."""
    keys = table_keys(plan.cases)
    wanted = tuple(plan.study.get("outputs", ()))
    looked: dict[str, tuple[Status, float | None, dict[str, float]]] = {}
    known: set[str] = set()
    for case in plan.cases:
        if case.digest not in looked:
            status, summary = folder.look(case)
            found = {} if summary is None else outputs(summary, every=bool(wanted))
            looked[case.digest] = (status, None if summary is None else _wall(summary), found)
            known |= found.keys()
        status, wall, found = looked[case.digest]
        yield {
            "case": case.number,
            "status": status,
            "reason": _reason(folder, case, status),
            "folder": f"cases/{case.folder}" if case.folder else "",
            "wall_s": wall,
            **({"draw": case.draw, "candidate": case.candidate} if case.draw else {}),
            **{key: case.values.get(key) for key in keys},
            **(found if not wanted else {name: found.get(name) for name in wanted}),
        }
    missing = [name for name in wanted if known and name not in known]
    if missing:
        raise ScenarioError(
            plan.where,
            "outputs",
            f"no case has {missing[0]!r}",
            allowed="a key of summary.json (docs/guide/results.md)",
            suggestion=nearest(missing[0], sorted(known)),
        )


def outputs(summary: Summary, *, every: bool = False) -> dict[str, float]:
    """Numbers of a summary by dotted key; all of them, or without what is no output."""
    data = summary.model_dump(mode="json", by_alias=True, exclude_none=True)
    found = _numbers(data, "")
    return {name: number for name, number in found if every or not name.startswith(LEFT_OUT)}


def _numbers(data: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, float]]:
    for key, value in data.items():
        name = f"{prefix}{key}"
        if isinstance(value, dict):
            yield from _numbers(value, f"{name}.")
        elif isinstance(value, int | float) and not isinstance(value, bool):
            yield name, float(value)


def _wall(summary: Summary) -> float | None:
    solver = summary.solver
    return None if solver is None or solver.wall_s is None else solver.wall_s.total


def _reason(folder: StudyFolder, case: Case, status: Status) -> str:
    if status == "refused":
        return case.refusal
    failure = folder.failure(case) if status in ("failed", "waiting") else None
    return failure.reason if failure is not None else ""


def _column(values: list[object]) -> list[object]:
    """Values of one kind: numbers, text, or the text of anything else."""
    kinds = {type(value) for value in values if value is not None}
    if kinds <= {int} or kinds <= {str} or kinds <= {bool}:
        return values
    if kinds <= {int, float}:
        return [None if value is None else float(value) for value in values]  # type: ignore[arg-type]
    return [None if value is None else str(value) for value in values]
