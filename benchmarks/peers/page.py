# SPDX-License-Identifier: MIT
"""Tables and evidence from what was measured."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.peers.cases import CASES
from tests.helpers.evidence import VARIABLE, Evidence

PROJECT = Path(__file__).resolve().parents[2]
PAGE = PROJECT / "docs" / "guide" / "peers.md"
EVIDENCE = PROJECT / "docs" / "evidence"
BEGIN, END = "<!-- tables: begin -->", "<!-- tables: end -->"
CONTACT_PRESSURE = 0.05
"""Wanted agreement of mean pressures in rings, of the highest."""

SMOOTHED = (
    "CalculiX writes pressures carried over to nodes; on this mesh they integrate to a fifth "
    "more than the force that it carries, most of it at the rim"
)


def line(row: dict[str, Any]) -> str:
    """One comparison in a line."""
    one = row["iterative"]
    return (
        f"{row['case']} {row['dofs']}: reaction {one['reaction']:.1e}, displacement "
        f"{one['displacement']:.1e}, stress {one['stress']:.1e}, time of CalculiX over multigrid "
        f"{row['calculix']['cpu_s'] / one['cpu_s']:.2f}"
    )


def tables(kept: dict[str, Any]) -> str:
    """The tables in Markdown."""
    told = ", ".join(f"{name} {number}" for name, number in kept["versions"].items())
    solvers = sorted({row["calculix"]["solver"].upper() for row in kept["rows"]})
    lines = [
        f"{told}; CalculiX' equations solved by {', '.join(solvers)}; one thread each.",
        "",
        "| case | unknowns | reaction | displacement | stress | wanted |",
        "|---|---|---|---|---|---|",
    ]
    for row in kept["rows"]:
        case, one = CASES[row["case"]], row["iterative"]
        lines.append(
            f"| {case.title} | {row['dofs']:,} | {one['reaction']:.1e} | "
            f"{one['displacement']:.1e} | {one['stress']:.1e} | {case.within:g} |"
        )
    lines += [
        "",
        "| case | unknowns | Newton iterations: CalculiX, factorisation, multigrid "
        "| processor time, CalculiX = 1: factorisation, multigrid "
        "| the same, elapsed | memory, CalculiX = 1 |",
        "|---|---|---|---|---|---|",
    ]
    for row in kept["rows"]:
        theirs, two = row["calculix"], (row["direct"], row["iterative"])
        counts = ", ".join(str(run["iterations"]) for run in (theirs, *two))
        cells = [
            ", ".join(f"{run[key] / theirs[key]:.2g}" for run in two)
            for key in ("cpu_s", "wall_s", "memory_mb")
        ]
        lines.append(
            f"| {CASES[row['case']].title} | {row['dofs']:,} | {counts} | {' | '.join(cells)} |"
        )
    return "\n".join(lines)


def write(kept: dict[str, Any]) -> None:
    """Put the tables into the page, between its marks."""
    text = PAGE.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    after = rest.split(END)[1]
    PAGE.write_text(f"{before}{BEGIN}\n{tables(kept)}\n{END}{after}", encoding="utf-8")


def write_evidence(kept: dict[str, Any]) -> list[str]:
    """Keep the figures for the verification page; returns those that miss what is wanted."""
    evidence, missed = Evidence("peers"), []
    source = f"CalculiX {kept['versions']['CalculiX']}, same mesh, law and load"

    def within(case: str, quantity: str, reached: float, high: float) -> None:
        try:
            evidence.within("peers", case, quantity, reached, high=high, source=source)
        except AssertionError as error:
            missed.append(str(error))

    for row in kept["rows"]:
        case = CASES[row["case"]]
        title = f"{case.title}, {row['dofs']:,} unknowns"
        for quantity in ("reaction", "displacement"):
            worst = max(row[preset][quantity] for preset in ("direct", "iterative"))
            within(title, f"{quantity}, relative difference", worst, case.within)
        if "pressure" in row:
            profile = {key: np.array(value) for key, value in row["pressure"].items()}
            one, two = profile["solespine_mpa"], profile["calculix_mpa"]
            away = float(np.sqrt(np.mean((one - two) ** 2)) / two.max())
            quantity = "pressure in rings, rms difference / highest"
            if away <= CONTACT_PRESSURE:
                within(title, quantity, away, CONTACT_PRESSURE)
            else:
                evidence.outside(
                    "peers",
                    title,
                    quantity,
                    away,
                    high=CONTACT_PRESSURE,
                    source=source,
                    reason=SMOOTHED,
                    guard=(CONTACT_PRESSURE, 2.0 * CONTACT_PRESSURE),
                )
            x = profile["radius_mm"]
            series = {"solespine": (x, 1e3 * one), "CalculiX": (x, 1e3 * two)}
            evidence.curve("peers", title, "radius (mm)", "contact pressure (kPa)", series)
    rows = [row for row in kept["rows"] if row["case"] == "neo-hooke"]
    if len(rows) > 1:
        dofs = [row["dofs"] for row in rows]
        series = {
            name: (dofs, [row["calculix"]["cpu_s"] / row[preset]["cpu_s"] for row in rows])
            for preset, name in (("direct", "factorisation"), ("iterative", "multigrid"))
        }
        evidence.curve(
            "peers",
            "Processor time of CalculiX over that of solespine, block",
            "unknowns",
            "ratio, whole process",
            series,
            logarithmic=True,
        )
    (EVIDENCE / "peers.json").unlink(missing_ok=True)
    os.environ[VARIABLE] = str(EVIDENCE)
    evidence.write()
    return missed
