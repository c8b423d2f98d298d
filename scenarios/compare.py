# SPDX-License-Identifier: MIT
"""Paired differences of finished runs to the first, beside what mesh and parameters can tell.

The rules are those of `scenarios.compare_verdict`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scenarios.alignment.section import AlignmentChange
from scenarios.channels import ChannelRow, channel_rows, insole_table
from scenarios.compare_outputs import output_unit
from scenarios.compare_settings import Settings, settings_of, subject_differences
from scenarios.compare_verdict import (
    DEVIATIONS,
    EQUAL,
    MESH_WORDS,
    WORDS,
    MeshVerdict,
    is_equal,
    side_of,
)
from scenarios.errors import ScenarioError
from scenarios.shock.expected import MeasuredEffect, effect_beyond, effect_of
from scenarios.summary import Summary, main_outputs, read_summary

SETTINGS = ("shock.resolution_hz", "shock.resolvable_hz")
"""Numbers of a summary that say how it was made: they are not compared."""
LUMBAR_CHANGE_LIMIT = 0.20
NO_SETTINGS = Settings()


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
        deviation: standard deviation of the paired difference over uncertain parameters, in
            the output's unit, None when it is not known.
    """

    key: str
    unit: str
    first: float
    other: float
    error: float | None
    deviation: float | None = None

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
    def verdict(self) -> MeshVerdict:
        """Whether the mesh is fine enough to tell the two apart."""
        if is_equal(self.first, self.other, self.unit):
            return "equal"
        return MESH_WORDS[side_of(self.change, self.error)]

    @property
    def spread(self) -> float | None:
        """What parameters alone may make of the difference: `DEVIATIONS` standard deviations."""
        return None if self.deviation is None else DEVIATIONS * self.deviation

    @property
    def said(self) -> str:
        """Whether the difference is larger than what mesh and parameters leave open, in words."""
        if is_equal(self.first, self.other, self.unit):
            return EQUAL
        return WORDS[side_of(self.change, self.error), side_of(self.change, self.spread)]


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
    settings: Settings = NO_SETTINGS

    @property
    def shock(self) -> tuple[tuple[Difference, MeasuredEffect], ...]:
        """Differences of an impact that measured effects of insoles are known of, with these."""
        if not any(item.key.startswith("shock.") for item in self.differences):
            return ()
        effects = ((item, effect_of(item.key)) for item in self.differences)
        return tuple((item, effect) for item, effect in effects if effect is not None)


def compare_folders(
    folders: Sequence[Path], deviations: Mapping[str, float] | None = None
) -> tuple[Comparison, ...]:
    """Read and compare result folders, each with the first.

    Args:
        folders: two or more; none twice.
        deviations: standard deviation of the paired difference by output, where it is known.

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
        compare_summaries(
            first,
            other,
            str(folder),
            (_insole(folders[0]), _insole(folder)),
            settings_of(folders[0], folder),
            deviations or {},
        )
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
    settings: Settings | None = None,
    deviations: Mapping[str, float] | None = None,
) -> Comparison:
    """Every output that both runs have, with what must be known to read it.

    Args:
        first: numbers of the first run.
        other: of the other.
        folder: of the other, as it is called in the text.
        insoles: tables ``[insole]`` of both, empty where they are not known.
        settings: where their scenarios differ.
        deviations: standard deviation of the paired difference by output.
    """
    settings = settings or NO_SETTINGS
    values, others = dict(main_outputs(first)), dict(main_outputs(other))
    differences = tuple(
        Difference(
            key=key,
            unit=output_unit(key),
            first=value,
            other=others[key],
            error=_joint_error(first, other, key, value, others[key]),
            deviation=(deviations or {}).get(key),
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
        warnings=tuple(_warnings(first, other, differences, settings)),
        channels=tuple(
            zip(channel_rows(first, insoles[0]), channel_rows(other, insoles[1]), strict=True)
        ),
        alignment=(first.alignment_change, other.alignment_change),
        settings=settings,
    )


def _is_change(key: str) -> bool:
    """Whether an output is a change already: it has a table of its own."""
    return key.startswith("alignment_change.")


def _of_one_run(key: str) -> bool:
    """Whether an output belongs to one run alone, such as the baseline it was set against."""
    return _is_change(key) and not key.endswith((".peak", ".mean"))


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


def _warnings(
    first: Summary, other: Summary, differences: Sequence[Difference], settings: Settings
) -> list[str]:
    found = []
    for name in ("analysis", "resolution"):
        one, two = getattr(first, name), getattr(other, name)
        if one != two:
            found.append(f"{name} differs ({one}, {two}): differences are not of the insole alone")
    if first.subject != other.subject:
        named = ", ".join(subject_differences(first, other))
        found.append(f"the subjects differ ({named}): differences are not of the insole alone")
    if settings.warning:
        found.append(settings.warning)
    if first.role == other.role == "baseline":
        found.append(
            "both runs are calibrated on their own insole: set [baseline] in the second, or "
            "alignment and lumbar load answer to two calibrations"
        )
    elif first.calibration and other.calibration and first.calibration != other.calibration:
        found.append("the runs stand on different calibrations")
    for name, summary in (("first", first), ("other", other)):
        if not summary.converged:
            found.append(f"the {name} run is not converged: it stopped before its end")
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
