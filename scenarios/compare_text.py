# SPDX-License-Identifier: MIT
"""A comparison for a terminal: a table a run, and for many runs a table a quantity."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase

from scenarios.alignment.tables import HEAD, change_rows
from scenarios.compare import Comparison, Difference
from scenarios.compare_outputs import GROUPS, WITHOUT_PERCENT, group_of
from scenarios.compare_verdict import DEVIATIONS, EQUAL, MARKS, mark_of, rule_lines
from scenarios.report_tables import two_digits
from scenarios.shock.expected import EFFECTS
from scenarios.text_table import aligned_lines

MANY = 3
"""Runs beside the first that have a table of their own; more are columns and rows of one."""
LONGEST_NAME = 28


def comparison_text(
    first_folder: str,
    comparisons: Sequence[Comparison],
    *,
    every: bool = False,
    study: str | None = None,
) -> str:
    """The differences as plain text.

    Args:
        first_folder: name of the first run.
        comparisons: of the others with it.
        every: all outputs that both have, not those of `GROUPS` alone.
        study: folder of the study of uncertainty, for the rule.
    """
    if len(comparisons) > MANY and not every:
        blocks = list(_matrix(first_folder, comparisons))
    else:
        blocks = ["\n".join(_one(first_folder, item, every)) for item in comparisons]
    return "\n\n".join([*blocks, "\n".join(rule_lines(study))])


def shown_differences(comparison: Comparison, every: bool = False) -> tuple[Difference, ...]:
    """The outputs that matter in their order; a smallest value that is the largest too is left out.

    Args:
        comparison: of two runs.
        every: the rest after them.
    """
    kept = {item.key: item for item in comparison.differences}
    for key, item in list(kept.items()):
        twin = kept.get(f"{key.removesuffix('.min')}.max") if key.endswith(".min") else None
        if twin is not None and (twin.first, twin.other) == (item.first, item.other):
            del kept[key]
    names = list(GROUPS)
    matter = [item for item in kept.values() if group_of(item.key)]
    matter.sort(key=lambda item: names.index(group_of(item.key)))
    rest = [item for item in kept.values() if not group_of(item.key)] if every else []
    return (*matter, *rest)


def percent_text(item: Difference) -> str:
    """The change in per cent with its sign, empty where that says nothing."""
    if item.percent is None or item.unit in WITHOUT_PERCENT:
        return ""
    return "0.0" if abs(item.percent) < 0.05 else f"{item.percent:+.1f}"


def short_names(folders: Sequence[str]) -> list[str]:
    """The last part of each path, and more of it where two are alike."""
    depth = 1
    parts = [os.path.normpath(folder).split(os.sep) for folder in folders]
    while depth < max(map(len, parts)):
        found = [os.sep.join(each[-depth:]) for each in parts]
        if len(set(found)) == len(set(folders)):
            return found
        depth += 1
    return list(folders)


def _one(first_folder: str, comparison: Comparison, every: bool) -> list[str]:
    lines = [f"{comparison.folder} against {first_folder}"]
    if comparison.settings.insole:
        lines.append(f"insole: {', '.join(comparison.settings.insole)}")
    lines += _channel_lines(comparison)
    lines += _shock_lines(comparison)
    lines += _alignment_lines(comparison)
    header = ("output", "unit", "first", "other", "difference", "%", "mesh", "2 sd", "verdict")
    items = shown_differences(comparison, every)
    lines += aligned_lines([header, *(_row(item) for item in items)], left=(0, 1, 8))
    left_out = len(comparison.differences) - len(items)
    if left_out and not every:
        lines.append(f"{left_out} outputs are not shown (--all)")
    for name, keys in (("first", comparison.only_first), ("other", comparison.only_other)):
        if keys:
            lines.append(f"only in the {name}: {', '.join(keys)}")
    return lines + [f"warning: {text}" for text in comparison.warnings]


def _row(item: Difference) -> tuple[str, ...]:
    return (
        item.key,
        item.unit,
        f"{item.first:.5g}",
        f"{item.other:.5g}",
        _change(item.change),
        percent_text(item),
        "" if item.error is None else two_digits(item.error),
        "" if item.spread is None else two_digits(item.spread),
        item.said,
    )


def _channel_lines(comparison: Comparison) -> list[str]:
    """The three channels of both runs, and which analysis computes them."""
    rows: list[tuple[str, ...]] = [("channel to the spine", "computed by", "run", "")]
    for one, two in comparison.channels:
        rows += [(one.name, one.given_by, "first", one.says), ("", "", "other", two.says)]
    return [*aligned_lines(rows, left=range(4)), ""] if comparison.channels else []


def _shock_lines(comparison: Comparison) -> list[str]:
    """Shock measures beside what was measured of insoles."""
    if not comparison.shock:
        return []
    rows: list[tuple[str, ...]] = [("shock", "difference", "%", "measured in shoes", "source")]
    for item, effect in sorted(comparison.shock, key=lambda pair: EFFECTS.index(pair[1])):
        change = f"{item.change:+.3g} {item.unit}".rstrip()
        rows.append((item.key, change, percent_text(item), effect.text, effect.source))
    return [*aligned_lines(rows, left=(0, 4)), ""]


def _alignment_lines(comparison: Comparison) -> list[str]:
    """What each candidate changes against its own baseline."""
    lines = []
    for name, section in zip(("first", "other"), comparison.alignment, strict=True):
        rows: list[tuple[str, ...]] = list(change_rows(section))
        if rows:
            head = (f"alignment of the {name} against its baseline", *HEAD[1:])
            lines += [*aligned_lines([head, *rows], left=(0,)), ""]
    return lines


def _matrix(first_folder: str, comparisons: Sequence[Comparison]) -> Iterator[str]:
    """A table for each quantity: a row a run, a column a place, the change with its sign."""
    names = short_names([first_folder, *(item.folder for item in comparisons)])
    names = [
        name if len(name) <= LONGEST_NAME else f"...{name[3 - LONGEST_NAME :]}" for name in names
    ]
    signs = ", ".join(f"{sign} {words}" for words, sign in MARKS.items())
    yield (
        f"{len(comparisons)} runs against {first_folder}\n"
        f"signs: {signs}, of mesh error and {DEVIATIONS:g} sd of parameters as far as known"
    )
    for group, patterns in GROUPS.items():
        for pattern in patterns:
            lines = _quantity(pattern, names, comparisons)
            if lines:
                yield "\n".join([f"{group}: {pattern}", *lines])
    warned: dict[str, list[str]] = {}
    for name, item in zip(names[1:], comparisons, strict=True):
        for text in item.warnings:
            warned.setdefault(text, []).append(name)
    if warned:
        yield "\n".join(f"warning: {text} [{_few(who)}]" for text, who in warned.items())


def _quantity(
    pattern: str, names: Sequence[str], comparisons: Sequence[Comparison]
) -> list[str] | None:
    found = [
        {item.key: item for item in shown_differences(each) if fnmatchcase(item.key, pattern)}
        for each in comparisons
    ]
    keys = list(dict.fromkeys(key for items in found for key in items))
    if not keys:
        return None
    if all(item.said == EQUAL for items in found for item in items.values()):
        return ["equal in all runs"]
    some = {key: next(items[key] for items in found if key in items) for key in keys}
    places = key_places(pattern, keys)
    head = ("run", *(f"{p} {some[k].unit}".rstrip() for p, k in zip(places, keys, strict=True)))
    rows = [head, (names[0], *(f"{some[key].first:.4g} " for key in keys))]
    for name, items in zip(names[1:], found, strict=True):
        rows.append((name, *(_signed(items[key]) if key in items else "- " for key in keys)))
    return aligned_lines(rows, left=(0,))


def key_places(pattern: str, keys: Sequence[str]) -> list[str]:
    """What stands for the ``*`` of a pattern in each key, of a fixed one its last part."""
    fixed = pattern.split(".")
    found = []
    for key in keys:
        parts = key.split(".")
        # A last * stands for all that follow.
        padded = [*fixed, *["*"] * (len(parts) - len(fixed))]
        free = [part for part, mark in zip(parts, padded, strict=True) if mark == "*"]
        found.append(".".join(free) or parts[-1])
    return found


def _signed(item: Difference) -> str:
    if item.said == EQUAL:
        return mark_of(EQUAL)
    percent = percent_text(item)
    return f"{_change(item.change)}{f' {percent}%' if percent else ''}{mark_of(item.said)}"


def _change(value: float) -> str:
    """Three digits that count, without an exponent for a large value."""
    return f"{value:+.3g}" if abs(value) < 1000.0 else f"{value:+.0f}"


def _few(names: Sequence[str]) -> str:
    return ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")
