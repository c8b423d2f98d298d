# SPDX-License-Identifier: MIT
"""From the changes at all output instants to the summary's section."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from scenarios.alignment.figures import AlignmentInstant, Figures, names_of
from scenarios.alignment.section import AlignmentChange, Change
from scenarios.upper.sections import peak


def alignment_change_section(rows: Sequence[AlignmentInstant]) -> AlignmentChange | None:
    """The section, or ``None`` for a run that has no baseline to be compared with."""
    if not rows:
        return None
    content: dict[str, Any] = {}
    for name in names_of(rows):
        part, _, key = name.rpartition(".")
        home = content
        for step in filter(None, part.split(".", 1)):
            home = home.setdefault(step, {})
        home[key] = change_of(rows, name)
    return AlignmentChange.model_validate(content)


def change_of(rows: Sequence[AlignmentInstant], name: str) -> Change:
    """Range of the baseline, and largest and mean change, of one figure."""
    percent = [row.percent for row in rows]
    before = [row.baseline[name] for row in rows]
    main = peak([row.change[name] for row in rows], percent)
    return Change(
        baseline_min=float(min(before)),
        baseline_max=float(max(before)),
        peak=main.peak,
        mean=main.mean,
        at_percent=main.at_percent,
        peak_half_stiffness=_largest(rows, name, 0.5),
        peak_double_stiffness=_largest(rows, name, 2.0),
    )


def _largest(rows: Sequence[AlignmentInstant], name: str, factor: float) -> float | None:
    found: list[Figures | None] = [row.with_stiffness.get(factor) for row in rows]
    values = [one[name] for one in found if one is not None]
    return max(values, key=abs) if len(values) == len(rows) else None
