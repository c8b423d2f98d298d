# SPDX-License-Identifier: MIT
"""Paired differences of finished runs to the first, beside what the mesh can tell.

A difference is set against the discretisation errors of both runs, added in
quadrature. Runs of one resolution share most of their error, so this is on the
safe side: a difference that is called resolved is one.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from scenarios.alignment.section import AlignmentChange
from scenarios.alignment.tables import HEAD, change_rows
from scenarios.channels import ChannelRow, channel_rows, insole_table
from scenarios.errors import ScenarioError
from scenarios.keys import unit_of
from scenarios.shock.expected import EFFECTS, MeasuredEffect, effect_beyond, effect_of
from scenarios.summary import Summary, main_outputs, read_summary
from scenarios.text_table import aligned_lines

Verdict = Literal["resolved", "within error", "not measured", "equal"]
UNITS = {"kpa_s": "kPa s", "kpa": "kPa", "mpa": "MPa", "mm2": "mm2", "nm": "Nm", "bw": "BW"}
UNITS |= {"bw_per_s": "BW/s", "g": "g", "g_per_s": "g/s", "g2": "g2", "j": "J", "ms": "ms"}
UNITS |= {"n_per_s": "N/s", "mpa_per_s": "MPa/s", "hz": "Hz", "db": "dB"}
SETTINGS = ("shock.resolution_hz", "shock.resolvable_hz")
"""Numbers of a summary that say how it was made: they are not compared."""
LUMBAR_CHANGE_LIMIT = 0.20


@dataclass(frozen=True, slots=True)
class Difference:
    """One output of one run against the first run.

    Attributes:
        key: dotted key of ``summary.json``.
        unit: its unit, empty for a pure number.
        first: value of the first run.
        other: value of the other run.
        error: discretisation error of the difference in the output's unit, None when
            it is not measured for both.
    """

    key: str
    unit: str
    first: float
    other: float
    error: float | None

    @property
    def change(self) -> float:
        """Other minus first, in the output's unit."""
        return self.other - self.first

    @property
    def percent(self) -> float | None:
        """Change in per cent of the first value, None where that is zero or a ratio in dB."""
        if self.first == 0.0 or self.unit == "dB":
            return None
        return 100.0 * self.change / abs(self.first)

    @property
    def verdict(self) -> Verdict:
        """Whether the mesh is fine enough to tell the two apart."""
        if self.change == 0.0:
            return "equal"
        if self.error is None:
            return "not measured"
        return "resolved" if abs(self.change) > self.error else "within error"


@dataclass(frozen=True, slots=True)
class Comparison:
    """One run against the first."""

    folder: str
    differences: tuple[Difference, ...]
    only_first: tuple[str, ...]
    only_other: tuple[str, ...]
    warnings: tuple[str, ...]
    channels: tuple[tuple[ChannelRow, ChannelRow], ...] = ()
    alignment: tuple[AlignmentChange | None, AlignmentChange | None] = (None, None)

    @property
    def shock(self) -> tuple[tuple[Difference, MeasuredEffect], ...]:
        """Differences of an impact that measured effects of insoles are known of, with these."""
        if not any(item.key.startswith("shock.") for item in self.differences):
            return ()
        effects = ((item, effect_of(item.key)) for item in self.differences)
        return tuple((item, effect) for item, effect in effects if effect is not None)


def compare_folders(folders: Sequence[Path]) -> tuple[Comparison, ...]:
    """Read and compare result folders, each with the first.

    Raises:
        ScenarioError: fewer than two, or a folder without a readable summary or without outputs.
    """
    if len(folders) < 2:
        raise ScenarioError(
            "compare",
            "",
            "needs two result folders, or a measured file and a result folder",
            allowed="DIR DIR ..., MEASURED.asc DIR ...",
        )
    summaries = [read_summary(folder) for folder in folders]
    for folder, summary in zip(folders, summaries, strict=True):
        if next(main_outputs(summary), None) is None:
            raise ScenarioError(
                str(folder), "", "holds no outputs, only meshes", allowed="a result of run"
            )
    first = summaries[0]
    return tuple(
        compare_summaries(first, other, str(folder), (_insole(folders[0]), _insole(folder)))
        for folder, other in zip(folders[1:], summaries[1:], strict=True)
    )


def _insole(folder: Path) -> Mapping[str, Any]:
    try:
        return insole_table((folder / "scenario.toml").read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        return {}


def compare_summaries(
    first: Summary,
    other: Summary,
    folder: str = "",
    insoles: tuple[Mapping[str, Any], Mapping[str, Any]] = ({}, {}),
) -> Comparison:
    """Every output that both runs have, with what must be known to read it.

    Args:
        first: numbers of the first run.
        other: of the other.
        folder: of the other, as it is called in the text.
        insoles: tables ``[insole]`` of both, empty where they are not known.
    """
    values, others = dict(main_outputs(first)), dict(main_outputs(other))
    differences = tuple(
        Difference(
            key=key,
            unit=output_unit(key),
            first=value,
            other=others[key],
            error=_joint_error(first, other, key, value, others[key]),
        )
        for key, value in values.items()
        if key in others
        and not key.startswith("equilibrium.")
        and not key.endswith("at_percent")
        and key not in SETTINGS
        and not _of_one_run(key)
    )
    return Comparison(
        folder=folder,
        differences=differences,
        only_first=tuple(key for key in values if key not in others and not _is_change(key)),
        only_other=tuple(key for key in others if key not in values and not _is_change(key)),
        warnings=tuple(_warnings(first, other, differences)),
        channels=tuple(
            zip(channel_rows(first, insoles[0]), channel_rows(other, insoles[1]), strict=True)
        ),
        alignment=(first.alignment_change, other.alignment_change),
    )


def _is_change(key: str) -> bool:
    """Whether an output is a change already: it has a table of its own."""
    return key.startswith("alignment_change.")


def _of_one_run(key: str) -> bool:
    """Whether an output belongs to one run alone, such as the baseline it was set against."""
    return _is_change(key) and not key.endswith((".peak", ".mean"))


def output_unit(key: str) -> str:
    """Unit of an output, from the part of its key that carries one."""
    parts = key.split(".")
    for part in reversed(parts):
        for suffix in sorted(UNITS, key=len, reverse=True):
            if part.endswith(f"_{suffix}"):
                return UNITS[suffix]
        if unit := unit_of(part):
            return unit
    return ""


def _joint_error(
    first: Summary, other: Summary, key: str, value: float, other_value: float
) -> float | None:
    squares = 0.0
    for summary, number in ((first, value), (other, other_value)):
        error = (summary.discretisation_error or {}).get(key)
        if error is None:
            return None
        if error.absolute is not None:
            squares += error.absolute**2
        elif error.relative is not None:
            squares += (error.relative * number) ** 2
        else:
            return None
    return math.sqrt(squares)


def _warnings(first: Summary, other: Summary, differences: Sequence[Difference]) -> list[str]:
    found = []
    for name in ("analysis", "resolution"):
        one, two = getattr(first, name), getattr(other, name)
        if one != two:
            found.append(f"{name} differs ({one}, {two}): differences are not of the insole alone")
    if first.subject != other.subject:
        found.append("the subjects differ: differences are not of the insole alone")
    if first.role == other.role == "baseline":
        found.append(
            "both runs are calibrated on their own insole: set [baseline] in the second, or "
            "alignment and lumbar load answer to two calibrations"
        )
    elif first.calibration and other.calibration and first.calibration != other.calibration:
        found.append("the runs stand on different calibrations")
    if not (first.converged and other.converged):
        found.append("a run is not converged")
    for item in differences:
        lumbar = item.key.startswith("lumbar.") and item.key.endswith("compression_n.peak")
        if lumbar and item.percent is not None and abs(item.percent) > 100 * LUMBAR_CHANGE_LIMIT:
            found.append(
                f"{item.key} changes by {item.percent:+.0f} %: measured effects of insoles on "
                "lumbar compression are 0 to 5 % in walking, up to about 10 % in jogging"
            )
        effect = effect_beyond(item.key, item.first, item.other)
        if item.key.startswith("shock.") and effect is not None:
            found.append(
                f"{item.key} changes by {item.percent or 0.0:+.0f} %: measured effects of insoles "
                f"in shoes are {effect.text} ({effect.source})"
            )
    return found


def comparison_text(first_folder: str, comparisons: Sequence[Comparison]) -> str:
    """The differences as plain text, a table for each folder."""
    blocks = []
    for comparison in comparisons:
        header = ("output", "unit", "first", "other", "difference", "%", "mesh error", "verdict")
        rows = [header] + [_row(item) for item in comparison.differences]
        lines = [f"{comparison.folder} against {first_folder}"]
        lines += _channel_lines(comparison)
        lines += _shock_lines(comparison)
        lines += _alignment_lines(comparison)
        lines += aligned_lines(rows, left=(0, 1, 7))
        for name, keys in (("first", comparison.only_first), ("other", comparison.only_other)):
            if keys:
                lines.append(f"only in the {name}: {', '.join(keys)}")
        lines += [f"warning: {text}" for text in comparison.warnings]
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks)


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
        rows.append((*_change(item), effect.text, effect.source))
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


def _change(item: Difference) -> tuple[str, str, str]:
    percent = "" if item.percent is None else f"{item.percent:+.1f}"
    return item.key, f"{item.change:+.3g} {item.unit}".rstrip(), percent


def _row(item: Difference) -> tuple[str, ...]:
    return (
        item.key,
        item.unit,
        f"{item.first:.5g}",
        f"{item.other:.5g}",
        f"{item.change:+.3g}",
        "" if item.percent is None else f"{item.percent:+.1f}",
        "" if item.error is None else f"{item.error:.2g}",
        item.verdict,
    )
