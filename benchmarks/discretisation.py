# SPDX-License-Identifier: MIT
"""Estimate discretisation errors from runs of one scenario on two or three meshes.

    python benchmarks/discretisation.py COARSE STANDARD FINE [--evidence FILE]

Prints the entries of ``scenarios/discretisation.toml`` for each mesh. With ``--evidence`` the
outputs side by side go to a file of ``docs/evidence``.

The mesh size h goes with the number of unknowns to the power of -1/3. An output f is taken to
approach its limit as h^p. Where three meshes approach it from one side, p is the order that they
show, held between 1 and 2 (Roache 1994, Celik 2008); where they do not, p is 1 and the larger of
the two changes counts. Two meshes have p = 1.5: most outputs of three meshes show 2, some 1. The
error of a mesh is its difference to the finest one and that one's own error.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

from scipy.optimize import brentq

from scenarios.summary import Summary, main_outputs

SIGNED = ("shear_", "flexion_moment_")
"""Parts of names of lumbar outputs that may pass through zero."""
RESOLUTIONS = ("coarse", "standard", "fine")
SHOWN = {
    "plantar.peak_pressure_kpa.heel": "heel peak pressure, cells of 1.5 cm2",
    "plantar.peak_pressure_raw_kpa.heel": "heel peak pressure, raw",
    "plantar.peak_pressure_kpa.forefoot": "forefoot peak pressure, cells of 1.5 cm2",
    "plantar.peak_pressure_raw_kpa.forefoot": "forefoot peak pressure, raw",
    "plantar.contact_area_mm2.whole": "contact area",
    "plantar.load_share_percent.heel": "load share of the heel",
    "alignment.arch_height_drop_mm": "arch drop",
    "lumbar.L4-L5.compression_n.peak": "compression of L4-L5",
    "lumbar.L4-L5.disc_pressure_mpa.peak": "disc pressure of L4-L5",
    "lumbar.L4-L5.annulus_max_principal_strain.peak": "annulus strain of L4-L5",
    "insole.peak_compressive_strain": "peak compressive strain of the insole",
}
"""Outputs of the page, by dotted key of ``summary.json``."""


def pattern_of(key: str) -> tuple[str, str] | None:
    """Pattern that a key is gathered under and the kind of its error, None for no entry."""
    section, *rest = key.split(".")
    if section in ("equilibrium", "scan") or rest[-1] == "at_percent":
        return None
    if section == "alignment":
        return key, "absolute"
    if section == "lumbar" and rest[1].startswith(SIGNED):
        return f"lumbar.*.{rest[1]}.{rest[2]}", "absolute"
    if section == "lumbar":
        return f"lumbar.*.{rest[1]}.*", "relative"
    return key, "relative"


def order(values: Sequence[float], sizes: Sequence[float]) -> float:
    """Order at which values approach their limit, between 1 and 2 (see above)."""
    if len(values) < 3:
        return 1.5
    first, second = values[1] - values[0], values[2] - values[1]
    if first * second <= 0.0 or abs(second) >= abs(first):
        return 1.0

    def excess(p: float) -> float:
        a, b, c = (size**p for size in sizes)
        return (a - b) / (b - c) - first / second

    low, high = 1.0, 2.0
    if excess(low) >= 0.0:
        return low
    if excess(high) <= 0.0:
        return high
    return float(brentq(excess, low, high))


def errors(values: Sequence[float], sizes: Sequence[float]) -> list[float]:
    """Estimated error of each mesh, in the unit of the values; coarsest first."""
    p = order(values, sizes)
    ratio = sizes[-2] / sizes[-1]
    change = abs(values[-1] - values[-2])
    if p == 1.0:
        change = max(abs(one - other) for one, other in pairwise(values))
    last = change / (ratio**p - 1.0)
    return [abs(value - values[-1]) + last for value in values]


Errors = dict[tuple[str, str], float]


def entries(outputs: Sequence[dict[str, float]], sizes: Sequence[float]) -> list[Errors]:
    """For each mesh the largest error of each pattern: among regions, or among discs."""
    found: list[Errors] = [{} for _ in outputs]
    for key in outputs[0]:
        pattern = pattern_of(key)
        if pattern is None or not all(key in other for other in outputs):
            continue
        values = [other[key] for other in outputs]
        scale = max(abs(values[-1]), 1e-12) if pattern[1] == "relative" else 1.0
        for errors_of_mesh, error in zip(found, errors(values, sizes), strict=True):
            errors_of_mesh[pattern] = max(errors_of_mesh.get(pattern, 0.0), error / scale)
    return found


def rounded_up(number: float) -> float:
    """Two digits, never below the number."""
    if number == 0.0:
        return 0.0
    digit = 10.0 ** (math.floor(math.log10(number)) - 1)
    return math.ceil(number / digit) * digit


def number(value: float) -> str:
    """Four digits, without a needless exponent."""
    return f"{value:,.0f}" if abs(value) >= 1000.0 else f"{value:.4g}"


def evidence(
    case: str, outputs: Sequence[dict[str, float]], sizes: Sequence[float], unknowns: Sequence[int]
) -> tuple[list[dict[str, object]], dict[str, object]]:
    """Rows and a plot of the page: main outputs on each mesh, with their errors."""
    rows, series = [], {}
    for key, words in SHOWN.items():
        if not all(key in other for other in outputs):
            continue
        values = [other[key] for other in outputs]
        relative = [100.0 * error / abs(values[-1]) for error in errors(values, sizes)]
        for name, value, error in zip(RESOLUTIONS, values, relative, strict=False):
            rows.append(
                {
                    "section": "mesh",
                    "case": f"{case}: {words}",
                    "quantity": f"{name}: {number(value)}; estimated error",
                    "reached": float(f"{error:.3g}"),
                    "low": None,
                    "high": None,
                    "unit": "%",
                    "source": "three meshes" if len(values) > 2 else "two meshes",
                    "reason": "",
                }
            )
        if "pressure_" in key:
            change = [100.0 * (value / values[-1] - 1.0) for value in values]
            series[words] = ([n / 1000.0 for n in unknowns], change)
    curve = {
        "section": "mesh",
        "case": f"{case}: change of peak pressures with the mesh",
        "x_label": "thousand unknowns",
        "y_label": "difference to the finest mesh, %",
        "series": series,
        "band": [-5.0, 5.0],
        "band_label": "5 %",
        "logarithmic": False,
        "order": None,
    }
    return rows, curve


def keep(path: Path, case: str, rows: list[dict[str, object]], curve: dict[str, object]) -> None:
    """Put rows and plot of a case into a file of figures, in place of those of before."""
    found = json.loads(path.read_text()) if path.exists() else {"figures": [], "curves": []}
    for name, new in (("figures", rows), ("curves", [curve])):
        others = [item for item in found[name] if not item["case"].startswith(f"{case}:")]
        found[name] = [*others, *new]
    path.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


def read(folders: Sequence[str]) -> Iterator[Summary]:
    """Summaries of the folders."""
    for folder in folders:
        text = (Path(folder) / "summary.json").read_text(encoding="utf-8")
        yield Summary.model_validate_json(text)


def main() -> None:
    """Read the summaries and print a table for each mesh."""
    parser = argparse.ArgumentParser(description="Estimate discretisation errors.")
    parser.add_argument("folders", nargs="+", help="result folders, coarsest first")
    parser.add_argument("--evidence", type=Path, help="file that rows of the page go to")
    parser.add_argument("--case", help="name of the case there")
    options = parser.parse_args()
    summaries = list(read(options.folders))
    if len(summaries) < 2 or len({(s.analysis, s.scenario) for s in summaries}) > 1:
        sys.exit("needs two or three folders of one scenario")
    outputs = [dict(main_outputs(summary)) for summary in summaries]
    unknowns = [summary.solver.dofs for summary in summaries]
    sizes = [n ** (-1.0 / 3.0) for n in unknowns]
    if sorted(unknowns) != unknowns:
        sys.exit("the folders must stand in the order of their meshes, coarsest first")
    for summary, found in zip(summaries, entries(outputs, sizes), strict=True):
        print(f"\n[{summary.analysis}.{summary.resolution}]")
        for (pattern, kind), error in found.items():
            print(f'"{pattern}" = {{ {kind} = {rounded_up(error):g} }}')
    if options.evidence:
        case = options.case or summaries[0].scenario.capitalize()
        keep(options.evidence, case, *evidence(case, outputs, sizes, unknowns))


if __name__ == "__main__":
    main()
