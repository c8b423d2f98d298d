# SPDX-License-Identifier: MIT
"""How cost grows with the mesh and falls with ranks, also under stiff shells.

    ./env/run python -m benchmarks.scaling --folder DIR [--resolutions coarse standard fine]
        [--materials none eva_35 polypropylene carbon] [--ranks 1 2] [--scenario standing]

Each run is one of ``benchmarks.profile`` in a process of its own; its figures are kept in DIR, and
what is there is not run again. Times are of one machine: ratios between rows of one table count.
"""

from __future__ import annotations

import argparse
import json
import math
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Run:
    """Figures of one run."""

    material: str
    resolution: str
    ranks: int
    dofs: int
    steps: int
    newton: int
    krylov: int
    solve_s: float
    memory_gib: float
    sent_mb: float

    @property
    def newton_s(self) -> float:
        """Seconds of a Newton iteration."""
        return self.solve_s / self.newton


def measured(path: Path, material: str) -> Run:
    """Read what ``benchmarks.profile`` wrote."""
    found: dict[str, Any] = json.loads(path.read_text())
    solver = found["solver"]
    return Run(
        material=material,
        resolution=found["resolution"],
        ranks=found["ranks"],
        dofs=solver["dofs"],
        steps=solver["steps"],
        newton=solver["newton_iterations"],
        krylov=solver["krylov_iterations"],
        solve_s=solver["wall_s"]["solve"],
        memory_gib=found["memory_gib"],
        sent_mb=sum(s["bytes"] for s in found["stages"]) / 1e6,
    )


def run(folder: Path, scenario: str, material: str, resolution: str, ranks: int) -> Run | None:
    """Measure one case, unless it has been; ``None`` where it fails."""
    path = folder / f"{scenario}_{material}_{resolution}_{ranks}.json"
    if not path.exists():
        profile = [
            "-m", "benchmarks.profile", scenario, "--resolution", resolution,
            "--set", f"insole.material={material}", "--json", str(path),
        ]  # fmt: skip
        start = [sys.executable] if ranks == 1 else ["mpirun", "-n", str(ranks), sys.executable]
        command = [*start, *(["-m", "mpi4py"] if ranks > 1 else []), *profile]
        with path.with_suffix(".log").open("w") as log:
            subprocess.run(command, stdout=log, stderr=log, check=False)
    return measured(path, material) if path.exists() else None


def table(runs: Sequence[Run]) -> str:
    """Markdown, each row against the first resolution of its material and ranks."""
    lines = [
        "| insole | mesh | ranks | unknowns | steps | Newton | Krylov a Newton | s a Newton "
        "| grows as unknowns^ | GiB | bytes an unknown | MB sent a Newton |",
        "|" + "---|" * 12,
    ]
    for one in runs:
        first = next(r for r in runs if (r.material, r.ranks) == (one.material, one.ranks))
        power = "-"
        if one.dofs > first.dofs:
            power = (
                f"{math.log(one.newton_s / first.newton_s) / math.log(one.dofs / first.dofs):.2f}"
            )
        lines.append(
            f"| {one.material} | {one.resolution} | {one.ranks} | {one.dofs:,} | {one.steps} "
            f"| {one.newton} | {one.krylov / one.newton:.1f} | {one.newton_s:.3f} | {power} "
            f"| {one.memory_gib:.1f} | {one.memory_gib * 2**30 / one.dofs:,.0f} "
            f"| {one.sent_mb / one.newton:.1f} |"
        )
    return "\n".join(lines)


def main() -> int:
    """Run what is asked for and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--scenario", default="standing")
    parser.add_argument("--resolutions", nargs="+", default=["coarse", "standard"])
    parser.add_argument("--materials", nargs="+", default=["none", "eva_35", "polypropylene"])
    parser.add_argument("--ranks", nargs="+", type=int, default=[1, 2])
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    runs: list[Run] = []
    for material in given.materials:
        for ranks in given.ranks:
            for resolution in given.resolutions:
                found = run(given.folder, given.scenario, material, resolution, ranks)
                if found is None:
                    print(f"{material}, {resolution}, {ranks} ranks: failed, see the log")
                else:
                    runs.append(found)
    print(table(runs))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
