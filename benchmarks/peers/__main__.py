# SPDX-License-Identifier: MIT
"""Solve the same cases with solespine and CalculiX in one run.

    SOLESPINE_SUITE=sid SOLESPINE_GROUPS=peers ./env/run python -m benchmarks.peers
    ... python -m benchmarks.peers --cases ogden,plane --up-to 20000    # some of them
    ... python -m benchmarks.peers --render                             # tables from what is kept

Each solver runs alone, in a process of its own, on one thread. What was measured is kept in
``benchmarks/peers/results.json``; ``docs/guide/peers.md`` and ``docs/evidence/peers.json`` are made
from it. Decks and logs stay in ``--folder``.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.peers import calculix, page
from benchmarks.peers.cases import CASES
from benchmarks.peers.compare import differences, pressure_profiles
from benchmarks.peers.cost import measured

PROJECT = Path(__file__).resolve().parents[2]
RESULTS = Path(__file__).with_name("results.json")
PRESETS = ("direct", "iterative")
LIMIT_S = 7200.0


def compare(name: str, size: str, folder: Path) -> dict[str, Any]:
    """Both solutions of a case at a size, and how they differ."""
    case = CASES[name]
    deck = case.deck(size)
    place = folder / f"{name}-{case.sizes[size]}"
    found = calculix.run(deck, place)
    row: dict[str, Any] = {
        "case": name,
        "size": size,
        "dofs": 3 * len(deck.mesh.nodes),
        "calculix": {
            **asdict(found.cost),
            "increments": found.increments,
            "iterations": found.iterations,
            "solver": found.solver,
            "reaction_n": found.reaction_n[2].tolist(),
        },
    }
    for preset in PRESETS:
        path = place / f"{preset}.npz"
        command = [sys.executable, "-m", "benchmarks.peers.ours", name, size, preset, str(path)]
        # Forms are compiled once for a machine; a first run on the least mesh does that.
        if preset == PRESETS[0]:
            warm = [*command[:-3], next(iter(case.sizes)), preset, str(place / "warm.npz")]
            measured(warm, PROJECT, place / "warm.log", LIMIT_S)
        log = place / f"{preset}.log"
        cost, code = measured(command, PROJECT, log, LIMIT_S)
        if code != 0:
            raise RuntimeError(f"solespine ended with {code}: {log.read_text()[-800:]}")
        with np.load(path) as file:
            ours = dict(file)
        counted = ("iterations", "krylov", "increments", "rejected")
        row[preset] = {
            **asdict(cost),
            **{key: int(ours[key]) for key in counted},
            "solve_cpu_s": float(ours["solve_cpu_s"]),
            "preset": str(ours["preset"]),
            "reaction_n": ours["reaction"].tolist(),
            **differences(ours, found, deck),
        }
    if case.touch is not None and len(case.motions) == 1:
        radius, one, two = pressure_profiles(ours, found, deck.mesh)
        row["pressure"] = {
            "radius_mm": radius.tolist(),
            "solespine_mpa": one.tolist(),
            "calculix_mpa": two.tolist(),
        }
    return row


def main() -> int:
    """Run what is asked for and write what is made from it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", default=",".join(CASES), help="names, with commas between")
    parser.add_argument("--up-to", type=int, default=80_000, help="largest number of unknowns")
    parser.add_argument("--folder", type=Path, help="where decks and logs stay")
    parser.add_argument("--render", action="store_true", help="run nothing")
    options = parser.parse_args()
    kept = json.loads(RESULTS.read_text()) if RESULTS.exists() else {"versions": {}, "rows": []}
    if not options.render:
        if not calculix.available():
            print("CalculiX (ccx) is not on the path: SOLESPINE_SUITE=sid SOLESPINE_GROUPS=peers")
            return 69
        kept["versions"] = versions()
        with tempfile.TemporaryDirectory(prefix="solespine-peers-") as scratch:
            folder = options.folder or Path(scratch)
            for name in options.cases.split(","):
                for size in CASES[name].sizes:
                    if float(size.split()[0]) * 1000 > options.up_to:
                        continue
                    row = compare(name, size, folder.resolve())
                    rows = [r for r in kept["rows"] if (r["case"], r["size"]) != (name, size)]
                    kept["rows"] = sorted(
                        [*rows, row], key=lambda r: (list(CASES).index(r["case"]), r["dofs"])
                    )
                    RESULTS.write_text(json.dumps(kept, indent=1) + "\n")
                    print(page.line(row), flush=True)
    page.write(kept)
    missed = page.write_evidence(kept)
    print(*missed, sep="\n")
    return 1 if missed else 0


def versions() -> dict[str, str]:
    """Versions of what took part."""
    import dolfinx
    from petsc4py import PETSc

    return {
        "CalculiX": calculix.version(),
        "dolfinx": dolfinx.__version__,
        "PETSc": ".".join(map(str, PETSc.Sys.getVersion())),
    }


if __name__ == "__main__":
    sys.exit(main())
