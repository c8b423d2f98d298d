# SPDX-License-Identifier: MIT
"""Designs: which combinations of factors a study computes.

Every design but a list gives numbers of the unit cube, one a factor, which
`scenarios.sweep.factors` turns into values; a factor with levels takes the level in whose share
of [0, 1) the number lies. The same seed gives the same cases on every machine.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from scenarios.errors import ScenarioError
from scenarios.sweep.study import Design, Factor

Array = NDArray[np.float64]

GRID_LEVELS = 3
"""Of a range in a grid or an array, where it names none."""
MORRIS_LEVELS = 4

_PRIME_ARRAYS = {"L4": (2, 2), "L8": (2, 3), "L16": (2, 4), "L9": (3, 2), "L27": (3, 3)}
"""Base and power of the arrays that are linear over a prime field."""

_PAIRS_OF_L12 = "11011100010"
"""Generator of Plackett and Burman (1946) for 12 runs of two levels."""

_L18 = (
    *("00000000", "00111111", "00222222", "01001122", "01112200", "01220011"),
    *("02010212", "02121020", "02202101", "10022110", "10100221", "10211002"),
    *("11012021", "11120102", "11201210", "12021201", "12102012", "12210120"),
)
"""Taguchi's array of one factor of two and seven of three levels."""


def level_counts(factors: Sequence[Factor], kind: str) -> tuple[int | None, ...]:
    """Number of levels of each factor in a design; ``None`` for a number that is not stepped."""
    stepped = kind in ("grid", "taguchi")
    return tuple(len(f.values) or ((f.levels or GRID_LEVELS) if stepped else None) for f in factors)


def design_size(design: Design, factors: Sequence[Factor]) -> int:
    """Number of cases, before any is made."""
    count = len(factors)
    match design.kind:
        case "list":
            return len(design.cases)
        case "grid":
            return math.prod(n or GRID_LEVELS for n in level_counts(factors, "grid"))
        case "taguchi":
            return int(str(design.array)[1:])
        case "morris":
            return (design.samples or 0) * (count + 1)
        case "saltelli":
            return (design.samples or 0) * (count + 2)
        case _:
            return design.samples or 0


def design_points(design: Design, factors: Sequence[Factor], where: str) -> Array:
    """Points of the unit cube, shape (cases, factors).

    Args:
        design: not a list.
        factors: of the study.
        where: file of the study, for messages.

    Raises:
        ScenarioError: an array that the factors do not fit, or too few factors.
    """
    from scipy.stats import qmc

    count = len(factors)
    match design.kind:
        case "grid":
            steps = [_middles(n or GRID_LEVELS) for n in level_counts(factors, "grid")]
            return np.stack(np.meshgrid(*steps, indexing="ij"), axis=-1).reshape(-1, count)
        case "taguchi":
            return _taguchi(str(design.array), factors, where)
        case "latin_hypercube":
            return np.asarray(qmc.LatinHypercube(count, seed=design.seed).random(design.samples))
        case "sobol":
            return np.asarray(qmc.Sobol(count, seed=design.seed).random(design.samples))
        case _:
            return _salib(design, count, where)


def orthogonal_array(name: str) -> NDArray[np.int64]:
    """Levels (runs, columns), from 0, of a named array."""
    if name == "L18":
        return np.array([[int(digit) for digit in row] for row in _L18], dtype=np.int64)
    if name == "L12":
        row = np.array([int(digit) for digit in _PAIRS_OF_L12], dtype=np.int64)
        turned = [np.roll(row, k) for k in range(len(row))]
        return np.vstack([*turned, np.zeros_like(row)])
    base, power = _PRIME_ARRAYS[name]
    points = np.array(list(itertools.product(range(base), repeat=power)), dtype=np.int64)
    # One vector of each line through the origin: that whose first entry is 1.
    lines = [v for v in points if v.any() and v[v.nonzero()[0][0]] == 1]
    lines.sort(key=lambda v: (np.count_nonzero(v), *v[::-1]))
    return np.asarray((points @ np.array(lines).T) % base)


def _middles(levels: int) -> list[float]:
    return [(k + 0.5) / levels for k in range(levels)]


def _taguchi(name: str, factors: Sequence[Factor], where: str) -> Array:
    """Columns of an array for factors, each of which needs one with its number of levels."""
    table = orthogonal_array(name)
    levels = table.max(axis=0) + 1
    free, columns = list(range(table.shape[1])), []
    for factor, counted in zip(factors, level_counts(factors, "taguchi"), strict=True):
        count = counted or GRID_LEVELS
        column = next((c for c in free if levels[c] == count), None)
        if column is None:
            kinds = " and ".join(f"{np.sum(levels == n)} of {n} levels" for n in np.unique(levels))
            raise ScenarioError(
                where,
                "design.array",
                f"{name} has no column left for {factor.key} with {count} levels",
                allowed=f"factors that fit its columns, {kinds}, or another array",
            )
        free.remove(column)
        columns.append((table[:, column] + 0.5) / count)
    return np.column_stack(columns)


def _salib(design: Design, count: int, where: str) -> Array:
    """Samples of Morris and Saltelli (SALib, unit cube)."""
    try:
        from SALib.sample import morris, sobol
    except ImportError:
        raise ScenarioError(
            where,
            "design.kind",
            f"{design.kind} needs the package SALib",
            allowed="pip install 'solespine[studies]', or another kind of design",
        ) from None
    names = [f"x{k}" for k in range(count)]
    problem = {"num_vars": count, "names": names, "bounds": [[0.0, 1.0]] * count}
    if design.kind == "morris":
        found = morris.sample(problem, design.samples, num_levels=MORRIS_LEVELS, seed=design.seed)
    else:
        found = sobol.sample(
            problem, design.samples, calc_second_order=False, scramble=True, seed=design.seed
        )
    return np.asarray(found, dtype=np.float64)
