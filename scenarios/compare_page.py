# SPDX-License-Identifier: MIT
"""``compare.html``: differences with their verdicts, and maps of all runs on one scale."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from scenarios.compare import Comparison, Difference
from scenarios.compare_curves import curve_chart
from scenarios.compare_maps import pressure_maps, stress_rows
from scenarios.compare_outputs import GROUPS, SHOWN_UNITS, group_of, output_words
from scenarios.compare_text import (
    MANY,
    key_places,
    percent_text,
    short_names,
    shown_differences,
)
from scenarios.compare_verdict import DEVIATIONS, EQUAL, mark_of, rule_lines
from scenarios.errors import ScenarioError
from scenarios.figures.inputs import ResultView, read_result
from scenarios.followup.files import write_text
from scenarios.html_page import render
from scenarios.report_tables import number, signed, two_digits
from scenarios.summary import read_summary


@dataclass(frozen=True, slots=True)
class Cell:
    """A difference as a cell: text, what stands behind it, and its kind for the style."""

    text: str
    title: str
    kind: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table: heads, the first run's values where it has a row of them, and rows."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str | Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class Run:
    """One run in the list at the head of the page."""

    name: str
    folder: str
    insole: str
    warnings: tuple[str, ...]


def page_of(folders: Sequence[Path], comparisons: Sequence[Comparison], study: str | None) -> str:
    """The page of result folders, with nothing written yet.

    Args:
        folders: of the runs, the first one first.
        comparisons: of the others with it.
        study: folder of the study of uncertainty, for the rule.

    Raises:
        ScenarioError: a file of a result cannot be understood.
    """
    return page_text([_view(each) for each in folders], comparisons, study)


def write_page(folder: Path, text: str) -> Path:
    """Write the page into a folder that is there.

    Raises:
        NotWritten: it cannot be written.
    """
    path = folder / "compare.html"
    write_text(path, text)
    return path


def page_text(
    views: Sequence[ResultView], comparisons: Sequence[Comparison], study: str | None
) -> str:
    """The page as HTML."""
    names = short_names([str(view.folder) for view in views])
    few = len(comparisons) <= MANY
    return render(
        "compare.html.j2",
        title=f"{names[0]} and {len(comparisons)} more" if not few else " · ".join(names),
        runs=tuple(_runs(names, views, comparisons)),
        analyses=", ".join(dict.fromkeys(view.summary.analysis for view in views)),
        resolutions=", ".join(dict.fromkeys(view.summary.resolution for view in views)),
        sheets=tuple(_pair_sheets(names, comparisons) if few else _run_sheets(names, comparisons)),
        rest=_rest(names, comparisons) if few else None,
        only=tuple(_only(names, comparisons)),
        rules=rule_lines(study),
        curves=curve_chart(names, views),
        pressure=pressure_maps(names, views),
        stress=tuple(stress_rows(names, views)),
        few=few,
    )


def _view(folder: Path) -> ResultView:
    try:
        return read_result(folder, read_summary(folder))
    except (OSError, ValueError) as error:
        raise ScenarioError(
            str(folder), "", f"cannot be read: {error}", allowed="files as the run wrote them"
        ) from None


def _runs(
    names: Sequence[str], views: Sequence[ResultView], comparisons: Sequence[Comparison]
) -> Iterator[Run]:
    yield Run(names[0], str(views[0].folder), "all differences are to this run", ())
    for name, view, item in zip(names[1:], views[1:], comparisons, strict=True):
        same = "no key of the insole differs" if item.settings.known else "not known"
        changed = ", ".join(item.settings.insole) or same
        yield Run(name, str(view.folder), changed, item.warnings)


def _pair_sheets(names: Sequence[str], comparisons: Sequence[Comparison]) -> Iterator[Sheet]:
    """A row an output; of each run its value, difference, per cent and verdict."""
    found = [{item.key: item for item in shown_differences(each)} for each in comparisons]
    keys = list(dict.fromkeys(key for items in found for key in items))
    for group in GROUPS:
        chosen = [key for key in keys if group_of(key) == group]
        if chosen:
            yield Sheet(group.capitalize(), _pair_head(names), tuple(_pair_rows(chosen, found)))


def _rest(names: Sequence[str], comparisons: Sequence[Comparison]) -> Sheet | None:
    found = [
        {item.key: item for item in each.differences if not group_of(item.key)}
        for each in comparisons
    ]
    keys = list(dict.fromkeys(key for items in found for key in items))
    rows = tuple(_pair_rows(keys, found))
    return Sheet("All other outputs", _pair_head(names), rows) if rows else None


def _pair_head(names: Sequence[str]) -> tuple[str, ...]:
    columns = (cell for name in names[1:] for cell in (name, "difference", "%", "verdict"))
    return ("", "unit", names[0], *columns)


def _pair_rows(
    keys: Sequence[str], found: Sequence[dict[str, Difference]]
) -> Iterator[tuple[str | Cell, ...]]:
    for key in keys:
        some = next(items[key] for items in found if key in items)
        row: list[str | Cell] = [Cell(output_words(key), key, "name")]
        row += [SHOWN_UNITS.get(some.unit, some.unit) or "–", number(some.first)]
        for items in found:
            item = items.get(key)
            if item is None:
                row += ["–", "–", "", ""]
                continue
            said = Cell(item.said, _behind(item), _kind(item))
            change = Cell(signed(item.change), _behind(item), _kind(item))
            row += [number(item.other), change, percent_text(item), said]
        yield tuple(row)


def _run_sheets(names: Sequence[str], comparisons: Sequence[Comparison]) -> Iterator[Sheet]:
    """A table a quantity: a row a run, a column a place."""
    for group, patterns in GROUPS.items():
        for pattern in patterns:
            found = [
                {i.key: i for i in shown_differences(each) if fnmatchcase(i.key, pattern)}
                for each in comparisons
            ]
            keys = list(dict.fromkeys(key for items in found for key in items))
            title = output_words(pattern).replace("*, ", "").replace(", *", "").replace("*", "")
            title = f"{group.capitalize()}: {title}" if title not in ("", group) else group
            title = title[0].upper() + title[1:]
            if not keys:
                continue
            if all(item.said == EQUAL for items in found for item in items.values()):
                yield Sheet(f"{title}: equal in all runs", (), ())
                continue
            some = {key: next(items[key] for items in found if key in items) for key in keys}
            units = [SHOWN_UNITS.get(some[key].unit, some[key].unit) for key in keys]
            places = key_places(pattern, keys)
            head = ("run", *(f"{p} ({u})" if u else p for p, u in zip(places, units, strict=True)))
            rows: list[tuple[str | Cell, ...]] = [
                (names[0], *(number(some[key].first) for key in keys))
            ]
            for name, items in zip(names[1:], found, strict=True):
                rows.append((name, *(_signed(items.get(key)) for key in keys)))
            yield Sheet(title, head, tuple(rows))


def _signed(item: Difference | None) -> str | Cell:
    if item is None:
        return "–"
    if item.said == EQUAL:
        return Cell(mark_of(EQUAL), _behind(item), _kind(item))
    percent = f" ({percent_text(item)} %)" if percent_text(item) else ""
    text = f"{signed(item.change)}{percent} {mark_of(item.said)}"
    return Cell(text, _behind(item), _kind(item))


def _behind(item: Difference) -> str:
    """What a difference was set against, in words."""
    mesh = "not known" if item.error is None else f"± {two_digits(item.error)}"
    spread = "not known" if item.spread is None else f"± {two_digits(item.spread)}"
    percent = f" ({percent_text(item)} %)" if percent_text(item) else ""
    return (
        f"{number(item.first)} → {number(item.other)} {item.unit}{percent}; mesh {mesh}, "
        f"parameters ({DEVIATIONS:g} sd) {spread}: {item.said}"
    )


def _kind(item: Difference) -> str:
    return {"*": "larger", "~": "inside", "?": "unknown", "=": "equal"}[mark_of(item.said)]


def _only(names: Sequence[str], comparisons: Sequence[Comparison]) -> Iterator[str]:
    for name, item in zip(names[1:], comparisons, strict=True):
        for where, keys in ((names[0], item.only_first), (name, item.only_other)):
            if keys:
                more = f" and {len(keys) - 6} more" if len(keys) > 6 else ""
                yield f"{name}: only in {where}: {', '.join(keys[:6])}{more}"
