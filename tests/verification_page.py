# SPDX-License-Identifier: MIT
"""Rebuild ``docs/verification.md`` and its plots from the figures that the tests reach.

    ./env/run python -m tests.verification_page             # the short cases, then the page
    ./env/run python -m tests.verification_page --all       # the long validation runs too
    ./env/run python -m tests.verification_page --render    # from docs/evidence as it is
    ./env/run python -m tests.verification_page --take DIR  # of a run with SOLESPINE_EVIDENCE=DIR

Figures are kept in ``docs/evidence``, one file a test module; what is not run keeps its own.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from itertools import groupby
from pathlib import Path

import jinja2
import numpy as np

from tests.helpers.evidence import SECTIONS, VARIABLE, Curve, Figure

PROJECT = Path(__file__).resolve().parents[1]
EVIDENCE = PROJECT / "docs" / "evidence"
PLOTS = PROJECT / "docs" / "figures" / "verification"
PAGE = PROJECT / "docs" / "verification.md"
TEMPLATE = PROJECT / "docs" / "verification.md.j2"


def take_over(folder: Path, whole: bool) -> None:
    """Bring the figures of a run into the project.

    Args:
        folder: What ``SOLESPINE_EVIDENCE`` named in that run.
        whole: The run had the long tests too: what it did not find any more is dropped. Else
            figures of before stay where the run has none of their name.
    """
    EVIDENCE.mkdir(parents=True, exist_ok=True)
    for path in sorted(folder.glob("*.json")):
        found = json.loads(path.read_text(encoding="utf-8"))
        kept = EVIDENCE / path.name
        before = json.loads(kept.read_text(encoding="utf-8")) if kept.exists() and not whole else {}
        for kind in found:
            names = {(item["case"], item.get("quantity")) for item in found[kind]}
            found[kind] += [
                item
                for item in before.get(kind, [])
                if (item["case"], item.get("quantity")) not in names
            ]
        kept.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


def gather(arguments: list[str], whole: bool) -> int:
    """Run pytest and take its figures over."""
    with tempfile.TemporaryDirectory() as scratch:
        environment = {**os.environ, VARIABLE: scratch}
        command = [sys.executable, "-m", "pytest", *arguments]
        code = subprocess.run(command, cwd=PROJECT, env=environment, check=False).returncode
        take_over(Path(scratch), whole)
    return code


def read() -> tuple[list[Figure], list[Curve]]:
    """All figures and plots that are kept, in the order of sections."""
    figures, curves = [], []
    for path in sorted(EVIDENCE.glob("*.json")):
        found = json.loads(path.read_text(encoding="utf-8"))
        figures += [Figure(**row) for row in found.get("figures", [])]
        curves += [Curve(**row) for row in found.get("curves", [])]
    order = list(SECTIONS)
    figures.sort(key=lambda figure: order.index(figure.section))
    curves.sort(key=lambda curve: order.index(curve.section))
    return figures, curves


def number(value: float | None) -> str:
    """A number of three digits, without a needless exponent."""
    if value is None:
        return ""
    return f"{value:,.0f}" if 1000.0 <= abs(value) < 1e6 else f"{value:.3g}"


def wanted(figure: Figure) -> str:
    """The range of a figure in words, with its unit."""
    return f"{_range(figure)} {figure.unit}".strip()


def _range(figure: Figure) -> str:
    low, high = number(figure.low), number(figure.high)
    if low and low == high:
        low, high = f"{figure.low:.6g}", f"{figure.high:.6g}"
    if low and high:
        return f"{low} to {high}"
    return f"at least {low}" if low else f"at most {high}" if high else "-"


def distance(figure: Figure) -> str:
    """How far a figure is from its range, in per cent of the nearer bound."""
    if figure.low is None and figure.high is None:
        return ""
    if figure.inside:
        return "inside"
    bound = figure.low if figure.low is not None and figure.reached < figure.low else figure.high
    return f"**{100.0 * (figure.reached - bound) / abs(bound):+.0f} %**" if bound else "**outside**"


def plot_name(curve: Curve) -> str:
    """File name of a plot."""
    words = "".join(c if c.isalnum() else " " for c in f"{curve.section} {curve.case}").split()
    return "-".join(words).lower() + ".svg"


def draw(curve: Curve) -> None:
    """Write one plot."""
    import matplotlib

    matplotlib.use("Agg")
    matplotlib.rcParams["svg.hashsalt"] = "solespine"
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(5.6, 3.5), layout="constrained")
    if curve.band is not None and len(curve.band) == 2:
        axes.axhspan(*curve.band, color="0.88", label=curve.band_label or None, zorder=0)
    elif curve.band is not None:
        x, low, high = curve.band
        axes.fill_between(x, low, high, color="0.88", label=curve.band_label or None, zorder=0)
    for name, (x, y) in curve.series.items():
        axes.plot(
            x, y, marker="o" if len(x) < 30 else None, markersize=4, linewidth=1.4, label=name
        )
    if curve.logarithmic:
        axes.set_xscale("log")
        axes.set_yscale("log")
        if curve.order is not None:
            x, y = next(iter(curve.series.values()))
            x, y = np.array(x), np.array(y)
            axes.plot(
                x, 0.7 * y[-1] * (x / x[-1]) ** curve.order, "k--", linewidth=0.8,
                label=f"order {abs(curve.order):g}",
            )  # fmt: skip
    axes.set_xlabel(curve.x_label)
    axes.set_ylabel(curve.y_label)
    axes.set_title(curve.case, fontsize=9)
    axes.legend(fontsize=7, frameon=False)
    axes.grid(True, which="major", linewidth=0.3, color="0.8")
    figure.savefig(PLOTS / plot_name(curve), metadata={"Date": None})
    pyplot.close(figure)


def text(figures: list[Figure], curves: list[Curve]) -> str:
    """The page."""
    environment = jinja2.Environment(trim_blocks=True, lstrip_blocks=True, autoescape=False)
    environment.filters.update(number=number, wanted=wanted, distance=distance, plot=plot_name)
    sections = []
    for name, title in SECTIONS.items():
        rows = [figure for figure in figures if figure.section == name]
        plots = [curve for curve in curves if curve.section == name]
        if rows or plots:
            cases = [(case, list(group)) for case, group in groupby(rows, lambda row: row.case)]
            sections.append({"title": title, "cases": cases, "plots": plots})
    outside = [figure for figure in figures if not figure.inside]
    mutations = EVIDENCE / "mutations.json"
    broken = json.loads(mutations.read_text())["mutations"] if mutations.exists() else []
    template = environment.from_string(TEMPLATE.read_text(encoding="utf-8"))
    return template.render(sections=sections, outside=outside, count=len(figures), mutations=broken)


def main() -> int:
    """Run what is asked for and write the page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    group = parser.add_mutually_exclusive_group()
    group.add_argument("--all", action="store_true", help="the long validation runs too")
    group.add_argument("--render", action="store_true", help="run nothing")
    group.add_argument(
        "--take", type=Path, help="take figures of a run of the tests over from here"
    )
    parser.add_argument("pytest", nargs="*", help="tests to run instead of the whole suite")
    options = parser.parse_args()
    code = 0
    if options.take:
        take_over(options.take, whole=False)
    elif not options.render:
        marks = ["-m", "validation or not validation"] if options.all else []
        code = gather([*(options.pytest or ["tests"]), *marks], options.all)
    figures, curves = read()
    shutil.rmtree(PLOTS, ignore_errors=True)
    PLOTS.mkdir(parents=True)
    for curve in curves:
        draw(curve)
    PAGE.write_text(text(figures, curves), encoding="utf-8")
    missed = sum(not figure.inside for figure in figures)
    print(f"{PAGE.relative_to(PROJECT)}: {len(figures)} figures, {missed} outside their range")
    return code


if __name__ == "__main__":
    sys.exit(main())
