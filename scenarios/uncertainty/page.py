# SPDX-License-Identifier: MIT
"""``report.html`` of a study: one file with design, cases, differences, responses, indices."""

from __future__ import annotations

import base64
import io
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from scenarios.errors import NotWritten
from scenarios.figures import style
from scenarios.folder import write_atomically
from scenarios.html_page import render
from scenarios.report_tables import Table, number
from scenarios.sweep.candidates import candidates_of
from scenarios.sweep.store import STATUSES, Plan, StudyFolder
from scenarios.sweep.table import NAME as TABLE
from scenarios.uncertainty.draws import Draws, compare_of, read_draws
from scenarios.uncertainty.effects import CLAIM, Effects, effects_of
from scenarios.uncertainty.figures import difference_figure, response_figure, share_figure
from scenarios.uncertainty.files import DIFFERENCES, INDICES, RANKS, write_effects
from scenarios.uncertainty.wording import (
    PAGE_HEAD,
    page_row,
    rank_cells,
    sentence,
    sobol_cells,
    with_unit,
)

TEMPLATE = "study.html.j2"
NAME = "report.html"
DPI = 144
PIXELS_PER_INCH = 128
MOST_REASONS = 20
"""Reasons of cases without a result that are listed, each with the cases that have it."""
MOST_NUMBERS = 12
MOST_ROWS = 200
"""Of a table on the page; the files have all."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture on the page."""

    source: str
    width_px: int
    title: str
    caption: str


def write_study_report(study_dir: Path) -> Path:
    """Analyse a study, draw its pictures and write ``report.html`` and the CSV files.

    Returns:
        Path of the page.

    Raises:
        ScenarioError: no study's folder, or no case of it is finished.
        NotWritten: no room for it.
    """
    plan = StudyFolder(study_dir).plan()
    effects = effects_of(read_draws(study_dir))
    write_effects(effects)
    path = study_dir / NAME
    try:
        write_atomically(path, study_text(plan, effects))
    except OSError as error:
        raise NotWritten(str(path), error.strerror or str(error)) from error
    return path


def study_text(plan: Plan, effects: Effects) -> str:
    """The page as HTML."""
    draws = effects.draws
    with style.paper():
        pictures = dict(_pictures(effects))
    return render(
        TEMPLATE,
        name=str(plan.study.get("name", draws.where.name)),
        setting=tuple(_setting(plan, draws)),
        factors=_factor_table(plan),
        candidates=_candidate_table(plan),
        statuses=_status_table(draws),
        reasons=_reason_table(draws),
        notes=effects.notes,
        claim=CLAIM,
        pictures=pictures,
        sentences=tuple(_sentences(effects)),
        differences=tuple(_difference_tables(effects)),
        spread=_spread_table(effects),
        sobol=_index_table(effects),
        ranks=_rank_table(effects),
        shown=len(effects.shown),
        outputs=len(draws.outputs),
        files=tuple(_files(effects)),
        study=_plain(plan.study),
    )


def _pictures(effects: Effects) -> Iterator[tuple[str, Drawn]]:
    first = effects.draws.candidates[0]
    share = (
        "Share of the variance of the output that a factor explains alone (first), and together "
        "with all others (total). Lines are 90 % intervals. The last columns are those of the "
        "difference within a draw: what a decision between candidates hangs on."
        if effects.sobol
        else "Spearman's rank correlation, with 90 % intervals: what rises or falls with a factor. "
        "It sees no effect that turns, and none that only goes together with another factor."
    )
    plans = (
        (
            "differences",
            difference_figure(effects),
            f"Paired differences to {first}",
            "A dot is a draw, in which both have the same subject and materials: blue lower, "
            "orange higher. Diamond and bar: mean and its 90 % interval. In brackets the 90 % "
            "interval of the probability that it is lower.",
        ),
        (
            "responses",
            response_figure(effects),
            "Outputs over factors",
            "A dot is a case. Lines join means where a factor has few values.",
        ),
        ("shares", share_figure(effects), "What the spread is owed to", share),
    )
    for name, figure, title, caption in plans:
        if figure is not None:
            yield name, _drawn(figure, title, caption)


def _drawn(figure: Figure, title: str, caption: str) -> Drawn:
    out = io.BytesIO()
    figure.savefig(
        out, format="png", dpi=DPI, facecolor="white", metadata={"Software": "solespine"}
    )
    source = "data:image/png;base64," + base64.b64encode(out.getvalue()).decode("ascii")
    return Drawn(source, round(PIXELS_PER_INCH * figure.get_figwidth()), title, caption)


def _setting(plan: Plan, draws: Draws) -> Iterator[tuple[str, str]]:
    design = plan.study["design"]
    yield "Scenario", str(plan.study["scenario"])
    settings = plan.study.get("settings", {})
    if settings:
        yield "All cases have", ", ".join(f"{key} = {value}" for key, value in settings.items())
    said = str(design["kind"])
    for key in ("array", "samples"):
        if key in design:
            said += f", {key} {design[key]}"
    yield "Design", f"{said}, seed {design['seed']}" if draws.is_sample else said
    count, cases = draws.values.shape[1], draws.finished.size
    if len(draws.candidates) > 1:
        yield "Cases", f"{count} draws of {len(draws.candidates)} candidates: {cases} cases"
    else:
        yield "Cases", str(cases)


def _factor_table(plan: Plan) -> Table | None:
    rows = tuple((str(f["key"]), _spread_words(f)) for f in plan.study.get("factors", ()))
    return Table(("factor", "values"), rows) if rows else None


def _spread_words(factor: Mapping[str, Any]) -> str:
    """How a factor is spread."""
    if factor.get("values"):
        return ", ".join(str(value) for value in factor["values"])
    given = [f"{key} {factor[key]:g}" for key in ("mean", "sd", "mode") if key in factor]
    if "range" in factor:
        given.append("from {:g} to {:g}".format(*factor["range"]))
    return f"{factor['distribution']}: {', '.join(given)}"


def _candidate_table(plan: Plan) -> Table | None:
    rows = tuple(
        (one.name, ", ".join(f"{key} = {value}" for key, value in one.settings.items()))
        for one in candidates_of(compare_of(plan))
    )
    return Table(("candidate", "has"), rows) if rows else None


def _status_table(draws: Draws) -> Table:
    present = [status for status in STATUSES if (draws.statuses == status).any()]
    rows = [
        (name or "cases", *(number(int(np.sum(of == status))) for status in present))
        for name, of in zip(draws.candidates, draws.statuses, strict=True)
    ]
    return Table(("", *present), tuple(rows))


def _reason_table(draws: Draws) -> Table | None:
    """Why cases have no result, each reason once with its cases."""
    cases: dict[tuple[str, str], list[int]] = defaultdict(list)
    count = len(draws.candidates)
    for place, draw in zip(*np.nonzero(~draws.finished), strict=True):
        status = str(draws.statuses[place, draw])
        reason = str(draws.reasons[place, draw]).partition(": ")
        # A refusal begins with its case, which would make every one a reason of its own.
        words = reason[2] if reason[0].startswith("case ") else "".join(reason)
        cases[status, words].append(int(draw) * count + int(place) + 1)
    rows = [
        (status, reason, number(len(numbers)), _numbers(sorted(numbers)))
        for (status, reason), numbers in sorted(cases.items(), key=lambda item: -len(item[1]))
    ]
    if len(rows) > MOST_REASONS:
        left = len(rows) - MOST_REASONS
        rows = [*rows[:MOST_REASONS], ("", f"{left} more reasons: see the table", "", "")]
    return Table(("status", "reason", "cases", "their numbers"), tuple(rows)) if rows else None


def _numbers(numbers: Sequence[int]) -> str:
    said = ", ".join(str(one) for one in numbers[:MOST_NUMBERS])
    return said + (", …" if len(numbers) > MOST_NUMBERS else "")


def _sentences(effects: Effects) -> Iterator[str]:
    """One sentence for each shown output and pair with the first candidate."""
    first = effects.draws.candidates[0]
    for one in effects.differences:
        if one.output not in effects.shown or one.second != first:
            continue
        yield sentence(one)


def _difference_tables(effects: Effects) -> Iterator[tuple[str, Table]]:
    draws = effects.draws
    for pair in draws.pairs:
        names = (draws.candidates[pair[0]], draws.candidates[pair[1]])
        rows = [page_row(one) for one in effects.differences if (one.first, one.second) == names]
        if rows:
            yield draws.name_of(pair), Table(PAGE_HEAD, tuple(rows[:MOST_ROWS]))


def _spread_table(effects: Effects) -> Table:
    """Mean, deviation and range of each output of each candidate."""
    draws = effects.draws
    rows = []
    for output in effects.shown:
        column = draws.outputs.index(output)
        for place, name in enumerate(draws.candidates):
            values = draws.values[place, draws.sample, column]
            values = values[~np.isnan(values)]
            if values.size == 0:
                continue
            low, high = np.quantile(values, (0.05, 0.95))
            deviation = number(float(values.std(ddof=1))) if values.size > 1 else ""
            middle = (number(float(values.mean())), deviation, number(float(np.median(values))))
            rows.append((with_unit(output), name, *middle, f"{number(low)} to {number(high)}"))
    head = ("", "candidate", "mean", "standard deviation", "median", "5 to 95 %")
    return Table(head, tuple(rows))


def _index_table(effects: Effects) -> Table | None:
    if not effects.sobol:
        return None
    rows = [
        (with_unit(one.output), one.what, *sobol_cells(one), str(one.blocks), str(one.dropped))
        for one in effects.sobol[:MOST_ROWS]
    ]
    return Table(("", "of", *effects.sobol[0].factors, "blocks", "dropped"), tuple(rows))


def _rank_table(effects: Effects) -> Table | None:
    if not effects.ranks:
        return None
    keys = tuple(dict.fromkeys(key for one in effects.ranks for key in one.factors))
    rows = []
    for one in effects.ranks[:MOST_ROWS]:
        cell = dict(zip(one.factors, rank_cells(one), strict=True))
        rows.append(
            (with_unit(one.output), one.what, *(cell.get(key, "") for key in keys), str(one.draws))
        )
    return Table(("", "of", *keys, "draws"), tuple(rows))


def _files(effects: Effects) -> Iterator[tuple[str, str]]:
    yield TABLE, "every case: factors, status, all outputs"
    if effects.differences:
        yield DIFFERENCES, "all outputs and pairs of candidates"
    if effects.sobol:
        yield INDICES, "all outputs, candidates and differences"
    if effects.ranks:
        yield RANKS, "all outputs, candidates and differences"


def _plain(study: Mapping[str, Any]) -> str:
    return json.dumps(study, indent=1, ensure_ascii=False, default=str)
