# SPDX-License-Identifier: MIT
"""Tables of the README from what was measured."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from benchmarks.elements.formulations import ELEMENTS

BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
TITLES = {
    "cook": "Cook's membrane, tip displacement",
    "pad": "Heel pad, reaction",
}
MESHES = {"cook": {"P2": 16, "P1": 32}, "pad": {"P2": [6, 4], "P1": [12, 9]}}
"""Meshes of equal numbers of nodes that the tables show; bubbles come on top."""
Rows = list[dict[str, Any]]


def rounded(value: Any) -> Any:
    """Four digits: more would change from machine to machine."""
    if isinstance(value, float):
        return float(f"{value:.4g}")
    if isinstance(value, dict):
        return {key: rounded(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [rounded(item) for item in value]
    return value


def write(folder: Path) -> None:
    """Replace what stands between the marks of the README."""
    parts = []
    for problem, title in TITLES.items():
        path = folder / f"{problem}.json"
        if path.exists():
            parts += _section(problem, title, json.loads(path.read_text(encoding="utf-8")))
    page = folder / "README.md"
    text = page.read_text(encoding="utf-8")
    before, after = text.split(BEGIN)[0], text.split(END)[1]
    page.write_text(f"{before}{BEGIN}\n" + "\n".join(parts) + f"\n{END}{after}", encoding="utf-8")


def _section(problem: str, title: str, found: dict[str, Any]) -> list[str]:
    rows = found["rows"]
    ratios = sorted({row["ratio"] for row in rows})
    shown = MESHES[problem]
    values = ", ".join(f"{found['reference'][str(r)]:.4g} at {r}" for r in ratios)
    lines = [
        f"## {title}",
        "",
        f"Reference: {values}. Cells: {_across(shown['P2'])} quadratic, "
        f"{_across(shown['P1'])} linear.",
        "",
    ]
    head = " | ".join(str(ratio) for ratio in ratios)
    for caption, cell in (
        ("Error, %", lambda row: f"{100 * row['error']:+.2f}"),
        (
            "Error of the pressure, %: at integration points / mean of a cell",
            lambda row: (
                f"{100 * row['pressure']['points']:.0f} / {100 * row['pressure']['mean']:.0f}"
            ),
        ),
        ("Newton iterations", lambda row: str(row["newton"])),
    ):
        lines += [f"{caption}:", "", f"| element | {head} |", "|---|" + "---|" * len(ratios)]
        for name, element in ELEMENTS.items():
            cells = [_show(_row(rows, problem, name, ratio, None), cell) for ratio in ratios]
            lines.append(f"| {element.title} | {' | '.join(cells)} |")
        lines.append("")
    lines += _cost(rows, problem, ratios)
    return lines + _meshes(rows, problem, ratios)


def _meshes(rows: Rows, problem: str, ratios: list[float]) -> list[str]:
    """Error and cost against the mesh of the element in use and of Taylor-Hood."""
    head = " | ".join(str(ratio) for ratio in ratios)
    lines = [
        "By the mesh: error, %; CPU time over that of P2 with 4 points on the mesh above at "
        "the same ratio, by multigrid where it was solved so:",
        "",
        f"| element, cells across | {head} |",
        "|---|" + "---|" * len(ratios),
    ]
    for name in ("p2", "p2p1"):
        for cells in dict.fromkeys(_across(row["cells"]) for row in rows if row["element"] == name):
            own = [row for row in rows if row["element"] == name and _across(row["cells"]) == cells]
            shown = []
            for ratio in ratios:
                good = [row for row in own if row["ratio"] == ratio and "failure" not in row]
                good.sort(key=lambda row: row["solver"] != "multigrid")
                base = _base(rows, problem, ratio)
                if not good or base is None:
                    shown.append("")
                    continue
                cost = good[0]["cpu_s"] / base["cpu_s"]
                shown.append(f"{100 * good[0]['error']:+.2f}; {cost:.1f}")
            lines.append(f"| {ELEMENTS[name].title}, {cells} | {' | '.join(shown)} |")
    return [*lines, ""]


def _across(cells: Any) -> str:
    return str(cells) if isinstance(cells, int) else " x ".join(str(cell) for cell in cells)


def _base(rows: Rows, problem: str, ratio: float) -> dict[str, Any] | None:
    """P2 on the mesh that is shown: by multigrid, by MUMPS where that fails."""
    for solver in ("multigrid", "direct"):
        row = _row(rows, problem, "p2", ratio, solver)
        if row is not None and "failure" not in row:
            return row
    return None


def _cost(rows: Rows, problem: str, ratios: list[float]) -> list[str]:
    head = " | ".join(str(ratio) for ratio in ratios)
    lines = [
        "Multigrid: Krylov iterations a Newton iteration; CPU time over that of P2 with 4 points "
        "at the same ratio (by MUMPS where multigrid fails for it); memory of matrices and "
        "factors, MB. Empty: not tried, the coarser mesh needed too many iterations:",
        "",
        f"| element | {head} |",
        "|---|" + "---|" * len(ratios),
    ]
    for name, element in ELEMENTS.items():
        if element.displacement != "P2":
            continue
        cells = []
        for ratio in ratios:
            own = _row(rows, problem, name, ratio, "multigrid")
            base = _base(rows, problem, ratio)
            if own is None or "failure" in own:
                cells.append("none" if own else "")
                continue
            share = f"{own['cpu_s'] / base['cpu_s']:.1f}" if base else "-"
            each = own["krylov"] / own["newton"]
            cells.append(f"{each:.0f}; {share}; {own['memory_mb']:.0f}")
        lines.append(f"| {element.title} | {' | '.join(cells)} |")
    lines += [
        "",
        "MUMPS on all unknowns: the same (CPU time over the same):",
        "",
        f"| element | {head} |",
        "|---|" + "---|" * len(ratios),
    ]
    for name, element in ELEMENTS.items():
        cells = []
        for ratio in ratios:
            own = _row(rows, problem, name, ratio, "direct")
            base = _base(rows, problem, ratio)
            if own is None or "failure" in own:
                cells.append("none" if own else "")
                continue
            share = f"{own['cpu_s'] / base['cpu_s']:.1f}" if base else "-"
            cells.append(f"{share}; {own['memory_mb']:.0f}")
        lines.append(f"| {element.title} | {' | '.join(cells)} |")
    return [*lines, ""]


def _row(
    rows: Rows, problem: str, name: str, ratio: float, solver: str | None
) -> dict[str, Any] | None:
    """The run on the mesh that is shown; without a solver, the first that succeeded."""
    cells = MESHES[problem]["P2" if ELEMENTS[name].displacement == "P2" else "P1"]
    found = [
        row
        for row in rows
        if row["element"] == name and row["ratio"] == ratio and row["cells"] == cells
    ]
    found = [row for row in found if solver in (None, row["solver"])]
    good = [row for row in found if "failure" not in row]
    return (good or found or [None])[0]


def _show(row: dict[str, Any] | None, cell: Any) -> str:
    if row is None:
        return ""
    return "no balance" if "failure" in row else cell(row)
