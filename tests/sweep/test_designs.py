# SPDX-License-Identifier: MIT
"""Designs and factors: balance, repeatability, sizes, distributions."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from scipy import stats

from scenarios.errors import ScenarioError
from scenarios.sweep.designs import design_points, design_size, level_counts, orthogonal_array
from scenarios.sweep.factors import extremes, factor_value
from scenarios.sweep.study import Design, Factor

NUMBER = Factor(key="insole.thickness_mm", range=(3.0, 9.0))
THREE = Factor(key="insole.material", values=("eva_20", "eva_35", "eva_50"))
TWO = Factor(key="insole.conformity", values=(0.0, 1.0))
SHAPES = {
    "L4": (4, 3, {2}),
    "L8": (8, 7, {2}),
    "L9": (9, 4, {3}),
    "L12": (12, 11, {2}),
    "L16": (16, 15, {2}),
    "L18": (18, 8, {2, 3}),
    "L27": (27, 13, {3}),
}


@pytest.mark.parametrize("name", SHAPES)
def test_arrays_are_orthogonal(name: str) -> None:
    """In every two columns each pair of levels comes equally often."""
    table = orthogonal_array(name)
    runs, columns, levels = SHAPES[name]
    assert table.shape == (runs, columns)
    assert set(table.max(axis=0) + 1) == levels
    for a, b in itertools.combinations(range(columns), 2):
        pairs, counts = np.unique(table[:, [a, b]], axis=0, return_counts=True)
        assert len(pairs) == (table[:, a].max() + 1) * (table[:, b].max() + 1)
        assert len(set(counts)) == 1, (name, a, b)


DESIGNS = [
    (Design(kind="grid"), (THREE, TWO, NUMBER), 18),
    (Design(kind="taguchi", array="L9"), (THREE, NUMBER), 9),
    (Design(kind="taguchi", array="L18"), (THREE, TWO, NUMBER), 18),
    (Design(kind="latin_hypercube", samples=7), (THREE, NUMBER), 7),
    (Design(kind="sobol", samples=16), (THREE, NUMBER), 16),
    (Design(kind="morris", samples=5), (THREE, NUMBER, TWO), 20),
    (Design(kind="saltelli", samples=8), (THREE, NUMBER, TWO), 40),
]


@pytest.mark.parametrize(
    ("design", "factors", "size"), DESIGNS, ids=[f"{d.kind} {n}" for d, _, n in DESIGNS]
)
def test_size_is_known_before_and_a_seed_repeats(
    design: Design, factors: tuple[Factor, ...], size: int
) -> None:
    assert design_size(design, factors) == size
    points = design_points(design, factors, "study.toml")
    assert points.shape == (size, len(factors))
    assert points.min() >= 0.0 and points.max() <= 1.0
    assert np.array_equal(points, design_points(design, factors, "study.toml"))
    other = design_points(design.model_copy(update={"seed": 2}), factors, "study.toml")
    assert np.array_equal(points, other) == (design.kind in ("grid", "taguchi"))


def test_a_huge_grid_is_counted_not_made() -> None:
    factors = [Factor(key=f"k{i}", range=(0.0, 1.0), levels=1000) for i in range(3)]
    assert design_size(Design(), factors) == 10**9


def test_latin_hypercube_has_one_point_in_each_slice() -> None:
    points = design_points(Design(kind="latin_hypercube", samples=20), (NUMBER, TWO), "s")
    for column in points.T:
        assert sorted((column * 20).astype(int)) == list(range(20))


def test_a_grid_has_all_combinations_with_the_ends_of_a_range() -> None:
    factors = (THREE, NUMBER.model_copy(update={"levels": 4}))
    points = design_points(Design(), factors, "s")
    levels = level_counts(factors, "grid")
    rows = [
        tuple(factor_value(f, u, n) for f, u, n in zip(factors, point, levels, strict=True))
        for point in points
    ]
    assert rows == list(itertools.product(THREE.values, (3.0, 5.0, 7.0, 9.0)))


def test_morris_changes_one_factor_at_a_time() -> None:
    points = design_points(Design(kind="morris", samples=4), (NUMBER, NUMBER, NUMBER), "s")
    for trajectory in points.reshape(4, 4, 3):
        assert all(np.count_nonzero(step) == 1 for step in np.diff(trajectory, axis=0))


def test_saltelli_gives_sobol_indices_of_a_known_function() -> None:
    """x1 + 2 x2 of uniform factors: first-order indices 1/5 and 4/5."""
    from SALib.analyze import sobol

    design = Design(kind="saltelli", samples=512)
    points = design_points(design, (NUMBER, NUMBER), "s")
    problem = {"num_vars": 2, "names": ["a", "b"], "bounds": [[0.0, 1.0]] * 2}
    y = points @ np.array([1.0, 2.0])
    found = sobol.analyze(problem, y, calc_second_order=False, seed=1)
    assert found["S1"] == pytest.approx([0.2, 0.8], abs=0.02)


def test_an_array_that_does_not_fit_says_what_is_left() -> None:
    with pytest.raises(ScenarioError, match=r"L4 has no column left for insole.material with 3"):
        design_points(Design(kind="taguchi", array="L4"), (TWO, THREE), "s")
    with pytest.raises(ScenarioError, match=r"1 of 2 levels and 7 of 3 levels"):
        design_points(Design(kind="taguchi", array="L18"), (TWO, TWO), "s")


DISTRIBUTIONS = [
    (Factor(key="k", range=(2.0, 6.0)), stats.uniform(2.0, 4.0)),
    (
        Factor(key="k", range=(2.0, 6.0), distribution="triangular", mode=3.0),
        stats.triang(0.25, 2.0, 4.0),
    ),
    (Factor(key="k", distribution="normal", mean=5.0, sd=0.5), stats.norm(5.0, 0.5)),
    (
        Factor(key="k", distribution="normal", mean=5.0, sd=2.0, range=(4.0, 9.0)),
        stats.truncnorm(-0.5, 2.0, 5.0, 2.0),
    ),
]


@pytest.mark.parametrize(
    ("factor", "law"), DISTRIBUTIONS, ids=["uniform", "triangular", "normal", "cut"]
)
def test_quantiles_are_those_of_the_distribution(factor: Factor, law: object) -> None:
    for share in (0.01, 0.3, 0.5, 0.9, 0.99):
        assert factor_value(factor, share, None) == pytest.approx(law.ppf(share), rel=1e-6)


def test_lognormal_has_the_mean_and_deviation_that_were_given() -> None:
    factor = Factor(key="k", distribution="lognormal", mean=20.0, sd=5.0)
    values = np.array([factor_value(factor, (k + 0.5) / 2000, None) for k in range(2000)])
    assert values.mean() == pytest.approx(20.0, rel=1e-3)
    assert values.std() == pytest.approx(5.0, rel=1e-2)


def test_ends_are_finite_and_inside_the_range() -> None:
    free = Factor(key="k", distribution="normal", mean=0.0, sd=1.0)
    assert all(math.isfinite(float(value)) for value in extremes(free))
    cut = Factor(key="k", distribution="normal", mean=0.0, sd=1.0, range=(-1.0, 2.0))
    assert extremes(cut) == pytest.approx((-1.0, 2.0), abs=1e-6)
    assert factor_value(cut, 1.0, None) == 2.0


def test_numbers_are_short_so_that_a_case_has_the_same_bits_everywhere() -> None:
    value = factor_value(NUMBER, 1.0 / 3.0 + 1e-14, None)
    assert value == 5.0


def test_values_share_the_unit_interval() -> None:
    assert [factor_value(THREE, u, None) for u in (0.0, 0.33, 0.34, 0.67, 1.0)] == [
        *("eva_20", "eva_20", "eva_35", "eva_50", "eva_50")
    ]
