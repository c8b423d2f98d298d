# SPDX-License-Identifier: MIT
"""Print the entries of ``scenarios/discretisation.toml`` from two runs of one scenario.

    python benchmarks/discretisation.py COARSER_FOLDER FINER_FOLDER

One entry holds the largest difference among regions, or among discs: a single pair of
meshes may agree at one of them by chance.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator
from pathlib import Path

from scenarios.summary import Summary, main_outputs

SIGNED = ("shear_", "flexion_moment_")
"""Parts of names of lumbar outputs that may pass through zero."""


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
    if section == "plantar":
        return f"plantar.{rest[0]}.*", "relative"
    return key, "relative"


def entries(coarser: Summary, finer: Summary) -> Iterator[str]:
    """Lines of the table, rounded up to two digits."""
    other = dict(main_outputs(finer))
    found: dict[tuple[str, str], float] = {}
    for key, value in main_outputs(coarser):
        pattern = pattern_of(key)
        if pattern is None or key not in other:
            continue
        difference = abs(value - other[key])
        if pattern[1] == "relative":
            difference /= max(abs(other[key]), 1e-12)
        found[pattern] = max(found.get(pattern, 0.0), difference)
    for (pattern_text, kind), error in found.items():
        yield f'"{pattern_text}" = {{ {kind} = {rounded_up(error):g} }}'


def rounded_up(number: float) -> float:
    """Two digits, never below the number."""
    if number == 0.0:
        return 0.0
    digit = 10.0 ** (math.floor(math.log10(number)) - 1)
    return math.ceil(number / digit) * digit


def main() -> None:
    """Read two summaries and print a table."""
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    coarser, finer = (
        Summary.model_validate_json((Path(folder) / "summary.json").read_text(encoding="utf-8"))
        for folder in sys.argv[1:]
    )
    if coarser.analysis != finer.analysis or coarser.scenario != finer.scenario:
        sys.exit("the two folders are of different scenarios")
    print(f"[{coarser.analysis}.{coarser.resolution}]")
    print(*entries(coarser, finer), sep="\n")


if __name__ == "__main__":
    main()
