# SPDX-License-Identifier: MIT
"""Two summaries against each other: every number outside ``solver``, by floors of units."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FLOORS = {
    "n": 1.0,
    "nm": 0.1,
    "deg": 0.01,
    "kpa": 0.1,
    "mpa": 0.001,
    "mm": 0.01,
}
"""Least magnitude that a difference is measured by, by the unit that a key ends in."""
BODY_WEIGHT_N = 70.0 * 9.80665
DERIVED = {
    "bw": 1.0 / BODY_WEIGHT_N,
    "relative": 1.0 / BODY_WEIGHT_N,
    "relative_max": 1.0 / BODY_WEIGHT_N,
    "percent": 0.1,
    "strain": 1e-4,
    "mm2": 1.0,
    "kpa_s": 0.01,
    "j": 1e-3,
    "g": 0.05,
    "g_per_s": 50.0,
    "bw_per_s": 0.1,
    "n_per_s": 1e3,
    "mpa_per_s": 1.0,
    "db": 0.1,
    "ms": 1e-3,
    "g2": 0.05**2,
}
"""The same for units that follow from those: body weights, shares of a load, areas, and for shock:
a newton on the two kilograms of a lumbar slice is 0.05 g, and rates are over a millisecond."""


def read(folder: Path) -> dict[str, Any]:
    """Return ``summary.json`` of a result folder."""
    return json.loads((folder / "summary.json").read_text(encoding="utf-8"))


def numbers(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield all leaves outside ``solver``."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if path or key != "solver":
                yield from numbers(inner, (*path, key))
    elif isinstance(value, list):
        for i, inner in enumerate(value):
            yield from numbers(inner, (*path, str(i)))
    else:
        yield path, value


def floor_of(path: tuple[str, ...]) -> float:
    """Return the unit floor of a key, from its innermost part that ends in a unit."""
    units = FLOORS | DERIVED
    for part in reversed(path):
        for suffix in sorted(units, key=len, reverse=True):
            if part == suffix or part.endswith(f"_{suffix}"):
                return units[suffix]
    return 0.0


def differences(first: dict[str, Any], other: dict[str, Any]) -> list[tuple[float, str]]:
    """Return each number's difference over max(value, floor), largest first.

    Raises:
        AssertionError: Keys or texts differ.
    """
    a, b = dict(numbers(first)), dict(numbers(other))
    assert set(a) == set(b), sorted(set(a) ^ set(b))
    found = []
    for path, value in a.items():
        if isinstance(value, bool) or not isinstance(value, int | float):
            assert value == b[path], (path, value, b[path])
            continue
        if value == b[path]:
            continue
        scale = max(abs(value), abs(b[path]), floor_of(path))
        found.append((abs(value - b[path]) / scale, ".".join(path)))
    return sorted(found, reverse=True)
