# SPDX-License-Identifier: MIT
"""Cases that differ in insole material: one worker that reuses, against as many single runs.

    env/run python benchmarks/sweep_reuse.py [SCENARIO] [--set KEY=VALUE ...] [--materials N]
                                             [--folder DIR] [--ranks R]

Each case twice: by ``solespine run`` as a process of its own, and by the worker of a study that
takes all of them. What stands in the folder already is not run again. Prints seconds of
processor and clock of both, what the worker takes beside its cases, its memory from case to case,
and how far any number of the results is from that of the single run.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from scenarios.sweep.cases import load_study
from scenarios.sweep.store import StudyFolder

MATERIALS = (
    *("poron_soft", "plastazote_33", "neoprene", "peba_foam", "poron_medium", "tpu_lattice_15"),
    *("poron_firm", "plastazote_45", "etpu_foam", "tpu_lattice_20", "eva_20", "plastazote_70"),
    *("firm_reference", "silicone_30a", "tpu_lattice_30", "plastazote_115", "eva_35"),
    *("eva_midsole", "pu_midsole", "eva_45", "eva_50", "cork_eva", "eva_65", "cork"),
)
COUNTS = ("solver", "wall_s", "memory_mb", "newton_iterations", "krylov_iterations")
"""Of how a result came about: no output."""
LEFT = ("balance", "error_relative")
"""In the names of what is left of an equation, zero but for rounding."""
LEAST = 1e-3
"""Share of the largest number of its kind below which a number is compared with that share."""


def timed(command: list[str], log: Path) -> dict[str, float]:
    """Run a command; exit code, seconds of clock and processor."""
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    with log.open("w") as stream:
        code = subprocess.call(command, stdout=stream, stderr=stream)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"code": code, "wall_s": time.monotonic() - begun, "cpu_s": cpu}


def singles(given: argparse.Namespace, folder: Path) -> dict[str, dict[str, float]]:
    """One process a case; times by material."""
    kept = folder / "times.json"
    known: dict[str, dict[str, float]] = json.loads(kept.read_text()) if kept.exists() else {}
    settings = [word for one in given.settings for word in ("--set", one)]
    ranks = ["-n", str(given.ranks)] if given.ranks > 1 else []
    for name in given.materials:
        if name not in known:
            command = ["solespine", "run", given.scenario, "--set", f"insole.material={name}"]
            command += ["--set", "output.figures=false", *settings, *ranks]
            known[name] = timed([*command, "-o", str(folder / name)], folder / f"{name}.log")
            kept.write_text(json.dumps(known, indent=1))
    return {name: known[name] for name in given.materials}


def study(given: argparse.Namespace, folder: Path) -> tuple[dict[str, float], dict[str, Path]]:
    """One worker for all cases; its times, and the result folders by material."""
    lines = [f'scenario = "{given.scenario}"', "[settings]", '"output.figures" = false']
    for one in given.settings:
        key, _, value = one.partition("=")
        plain = value.replace(".", "").replace("-", "").isdigit() or value[:1] in "[tf"
        lines.append(f'"{key}" = {value if plain else json.dumps(value)}')
    lines += ["[[factors]]", 'key = "insole.material"', f"values = {json.dumps(given.materials)}"]
    lines += ["[run]", 'keep = "all"', f"reuse = {str(given.reuse).lower()}"]
    file = folder / "study.toml"
    file.write_text("\n".join(lines) + "\n")
    store, kept = StudyFolder(folder / "study"), folder / "times.json"
    plan = store.prepare(load_study(str(file)), resume=True, extend=True)
    store.release()
    if not kept.exists():
        command = [sys.executable, "-m", "scenarios.sweep.worker", str(store.path)]
        if given.ranks > 1:
            launch = ["mpirun", "-n", str(given.ranks), sys.executable, "-m", "mpi4py"]
            command = [*launch, *command[1:]]
        kept.write_text(json.dumps(timed(command, folder / "worker.log"), indent=1))
    paths = {str(case.values["insole.material"]): store.case_path(case) for case in plan.cases}
    return json.loads(kept.read_text()), paths


def numbers(path: Path) -> dict[str, float]:
    """Every output of a result folder: of its summary and of its history, by name."""
    data = json.loads((path / "summary.json").read_text())
    found = {name: value for name, value in _leaves(data, "") if not _is_left(name)}
    with (path / "history.csv").open() as stream:
        for place, row in enumerate(csv.DictReader(stream)):
            for key, text in row.items():
                if key not in COUNTS and not _is_left(key) and text not in ("", None):
                    found[f"history.{key}[{place}]"] = float(text)
    return found


def _leaves(data: Any, name: str) -> Iterator[tuple[str, float]]:
    if isinstance(data, dict):
        for key, value in data.items():
            if key not in COUNTS:
                yield from _leaves(value, f"{name}.{key}".lstrip("."))
    elif isinstance(data, list):
        for place, value in enumerate(data):
            yield from _leaves(value, f"{name}[{place}]")
    elif isinstance(data, int | float) and not isinstance(data, bool):
        yield name, float(data)


def apart(one: Path, other: Path) -> tuple[float, str]:
    """Largest relative difference of any output, and which it is.

    A number next to nothing is compared with the size of its kind: the largest with the same
    last word, such as all ``shear_ml_n``.
    """
    here, there = numbers(one), numbers(other)
    if here.keys() != there.keys():
        return float("inf"), ", ".join(sorted(here.keys() ^ there.keys())[:3])
    size: dict[str, float] = {}
    for name, value in there.items():
        size[_kind(name)] = max(size.get(_kind(name), 0.0), abs(value))
    worst = 0.0, ""
    for name, value in there.items():
        scale = max(abs(value), LEAST * size[_kind(name)])
        if scale > 0.0:
            worst = max(worst, (abs(here[name] - value) / scale, name))
    return worst


def _is_left(name: str) -> bool:
    return any(part in name for part in LEFT)


def _kind(name: str) -> str:
    return name.partition("[")[0].rpartition("_")[2] if "history" in name else name.split(".")[0]


def main() -> int:
    """Run what is missing and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("scenario", nargs="?", default="standing")
    parser.add_argument("--set", dest="settings", action="append", default=[])
    parser.add_argument("--materials", type=int, default=len(MATERIALS))
    parser.add_argument("--ranks", type=int, default=1)
    parser.add_argument("--folder", type=Path, default=None)
    parser.add_argument("--no-reuse", dest="reuse", action="store_false")
    given = parser.parse_args()
    given.materials = list(MATERIALS[: given.materials])
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    folder = (given.folder or Path(tempfile.mkdtemp(prefix="sweep_reuse_"))).resolve()
    for part in ("single", "reused"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    alone = singles(given, folder / "single")
    together, paths = study(given, folder / "reused")
    report(folder, alone, together, paths)
    return 0


def report(
    folder: Path,
    alone: dict[str, dict[str, float]],
    together: dict[str, float],
    paths: dict[str, Path],
) -> None:
    """Print a row a case and the sums."""
    print(f"{'material':16s} {'run s':>7s} {'case s':>7s} {'Newton':>11s} {'apart':>8s}  at")
    inside, worst = 0.0, (0.0, "")
    for name, path in paths.items():
        if not all((one / "summary.json").exists() for one in (path, folder / "single" / name)):
            print(f"{name:16s} without a result in one of the two")
            continue
        summaries = [
            json.loads((one / "summary.json").read_text())["solver"]
            for one in (folder / "single" / name, path)
        ]
        total = summaries[1]["wall_s"]["total"]
        inside += total
        far = apart(path, folder / "single" / name)
        worst = max(worst, far)
        its = " -> ".join(f"{one['newton_iterations']:3d}" for one in summaries)
        begun = alone[name]["wall_s"]
        print(f"{name:16s} {begun:7.1f} {total:7.1f} {its:>11s} {far[0]:8.1e}  {far[1]}")
    for unit, what in (("cpu_s", "processor"), ("wall_s", "clock")):
        before, after = sum(one[unit] for one in alone.values()), together[unit]
        print(
            f"{what}: {before:.0f} s alone, {after:.0f} s together, {before / after:.2f} times less"
        )
    beside = (together["wall_s"] - inside) / len(paths)
    print(f"the worker beside its cases: {beside:.2f} s a case, its start among it")
    print(f"largest relative difference: {worst[0]:.1e} ({worst[1]})")


if __name__ == "__main__":
    sys.exit(main())
