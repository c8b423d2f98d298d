# SPDX-License-Identifier: MIT
"""Which feature of an insole moves peak pressure most: a Taguchi array of standing runs.

    python benchmarks/orthotic_factors.py FOLDER [--resolution coarse] [--firm eva_35]

Five factors on two levels in eight runs (L8), those of Cheung & Zhang 2008 (Med Eng Phys 30:269):
shape, stiffness and thickness of the insole, stiffness and thickness of the midsole under it. Every
run is a candidate of the bare foot, whose ankle torque it inherits. Runs are kept in FOLDER, one
folder each; a finished one is taken as it is. Printed are the array with its peaks, what each
factor changes, its share of the sum of squares, and the order. An order hangs on levels: ``--firm
eva_20`` takes an insole four times as stiff as the soft one in place of ten.
"""

from __future__ import annotations

import argparse
import itertools
import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

PROJECT = Path(__file__).resolve().parents[1]
BASELINE = "bare"
FIRM = "eva_35"
REGIONS = ("whole", "heel", "forefoot")


@dataclass(frozen=True, slots=True)
class Factor:
    """A feature of the insole on two levels.

    Attributes:
        name: As printed.
        levels: Values of the key of a scenario.
    """

    name: str
    levels: tuple[object, object]


FACTORS = (
    Factor("shape", (0.0, 1.0)),
    Factor("insole stiffness", ("poron_soft", FIRM)),
    Factor("insole thickness", (3.0, 12.0)),
    Factor("midsole stiffness", ("eva_35", "eva_65")),
    Factor("midsole thickness", (3.0, 12.0)),
)
"""Conformity 0 and 1; foams by name, ten and four times as stiff; mm."""

ARRAY = tuple((a, b, c, b ^ c, a ^ b ^ c) for a, b, c in itertools.product((0, 1), repeat=3))
"""Level of each factor in each run. The columns of the midsole are products of those of the insole:
a factor shares its column with interactions of two others, shape with the midsole's own alone."""


def arguments(row: Sequence[int], baseline: str, firm: str = FIRM) -> tuple[str, ...]:
    """Return what ``solespine run`` is given for a row of the array.

    Args:
        row: Level of each factor.
        baseline: Result folder of the bare foot.
        firm: Foam of the stiffer insole.
    """
    shape, foam, thickness, under, depth = (
        factor.levels[level] for factor, level in zip(FACTORS, row, strict=True)
    )
    foam = firm if row[1] else foam
    layers = ", ".join(
        f'{{material = "{name}", thickness_mm = {mm}}}'
        for name, mm in ((foam, thickness), (under, depth))
    )
    settings = (
        f"insole.conformity={shape}",
        f"insole.layers=[{layers}]",
        f"insole.thickness_mm={float(str(thickness)) + float(str(depth))}",
        f"baseline.calibration_dir={baseline}",
    )
    return ("standing", *(part for setting in settings for part in ("--set", setting)))


def run_names(firm: str = FIRM) -> tuple[str, ...]:
    """Return the folder of each row; rows without the firm foam are those of any."""
    marks = ("", "" if firm == FIRM else f"_{firm}")
    return tuple(f"factors_{i}{marks[row[1]]}" for i, row in enumerate(ARRAY, 1))


def effects(response: ArrayLike) -> np.ndarray:
    """Mean response on the high level of each factor less that on the low one, shape (5,)."""
    values = np.asarray(response, dtype=float)
    signs = 2.0 * np.asarray(ARRAY, dtype=float) - 1.0
    return np.asarray(2.0 * signs.T @ values / len(values))


def contributions_percent(response: ArrayLike) -> np.ndarray:
    """Share of each factor in the sum of squares about the mean, per cent, shape (5,)."""
    values = np.asarray(response, dtype=float)
    whole = float(np.square(values - values.mean()).sum())
    return 100.0 * len(values) * np.square(effects(values) / 2.0) / whole


def ranking(response: ArrayLike) -> tuple[str, ...]:
    """Names of the factors, the one with the largest effect first."""
    order = np.argsort(-np.abs(effects(response)), kind="stable")
    return tuple(FACTORS[i].name for i in order)


def report(peaks_kpa: Mapping[str, Sequence[float]], firm: str = FIRM) -> str:
    """Array, effects and order as text.

    Args:
        peaks_kpa: Peak of each row by region.
        firm: Foam of the stiffer insole.
    """
    lines = ["run  " + "  ".join(f"{f.name:>17}" for f in FACTORS) + "  " + "  ".join(
        f"{region:>9}" for region in peaks_kpa
    )]  # fmt: skip
    for i, row in enumerate(ARRAY):
        levels = [factor.levels[v] for factor, v in zip(FACTORS, row, strict=True)]
        levels[1] = firm if row[1] else levels[1]
        cells = (f"{level!s:>17}" for level in levels)
        peaks = (f"{values[i]:5.0f} kPa" for values in peaks_kpa.values())
        lines.append(f"{i + 1:3}  " + "  ".join(cells) + "  " + "  ".join(peaks))
    for region, values in peaks_kpa.items():
        lines.append(f"\n{region}: mean {np.mean(values):.0f} kPa")
        change, share = effects(values), contributions_percent(values)
        for name in ranking(values):
            i = [factor.name for factor in FACTORS].index(name)
            lines.append(f"  {name:<18} {change[i]:+7.1f} kPa  {share[i]:5.1f} %")
    return "\n".join(lines)


def main() -> int:
    """Make the runs that are missing and print what they say."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path, help="keeps the runs")
    parser.add_argument("--resolution", default="coarse")
    parser.add_argument("--firm", default=FIRM, help="foam of the stiffer insole")
    given = parser.parse_args()
    folder = given.folder.resolve()
    runs = {BASELINE: ("standing", "--set", "insole.material=none")}
    for name, row in zip(run_names(given.firm), ARRAY, strict=True):
        runs[name] = arguments(row, str(folder / BASELINE), given.firm)
    extra = ("--set", f"resolution={given.resolution}", "--set", "output.fields=false")
    for name, words in runs.items():
        command = (sys.executable, "-m", "scenarios.cli", "run", *words, *extra)
        subprocess.run(
            [*command, "-o", str(folder / name), "--resume", "-q"],
            cwd=PROJECT,
            check=True,
            stdout=subprocess.DEVNULL,
        )
    peaks: dict[str, list[float]] = {region: [] for region in REGIONS}
    for name in run_names(given.firm):
        summary = json.loads((folder / name / "summary.json").read_text(encoding="utf-8"))
        for region, values in peaks.items():
            values.append(summary["plantar"]["peak_pressure_kpa"][region])
    print(report(peaks, given.firm))
    return 0


if __name__ == "__main__":
    sys.exit(main())
