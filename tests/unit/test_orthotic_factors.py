# SPDX-License-Identifier: MIT
"""Array, effects and order of the benchmark of insole features, on responses that are known."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.orthotic_factors import (
    ARRAY,
    BASELINE,
    FACTORS,
    arguments,
    contributions_percent,
    effects,
    ranking,
    report,
    run_names,
)
from scenarios.loading import load_scenario

SIGNS = 2.0 * np.array(ARRAY) - 1.0
CHANGES = np.array([-30.0, 12.0, -8.0, 3.0, 1.0])
LINEAR = 100.0 + SIGNS @ CHANGES / 2.0


def test_columns_are_balanced_and_orthogonal() -> None:
    assert SIGNS.T @ SIGNS == pytest.approx(8.0 * np.eye(len(FACTORS)))
    assert SIGNS.sum(axis=0) == pytest.approx(np.zeros(len(FACTORS)))


def test_shape_is_free_of_interactions_within_the_insole() -> None:
    """Column of the shape against each product of two others, but the midsole's two."""
    products = {
        (i, j): SIGNS[:, 0] @ (SIGNS[:, i] * SIGNS[:, j]) for i in range(1, 5) for j in range(i)
    }
    assert {pair for pair, shared in products.items() if abs(shared) > 1e-12} == {(4, 3)}


def test_effects_of_a_linear_response_are_its_changes() -> None:
    assert effects(LINEAR) == pytest.approx(CHANGES)
    assert contributions_percent(LINEAR).sum() == pytest.approx(100.0)
    share = 100.0 * CHANGES**2 / (CHANGES @ CHANGES)
    assert contributions_percent(LINEAR) == pytest.approx(share)


def test_order_is_by_size_whatever_the_sign() -> None:
    assert ranking(LINEAR) == tuple(factor.name for factor in FACTORS)
    assert ranking(100.0 - SIGNS @ CHANGES[::-1])[0] == FACTORS[-1].name


def test_report_shows_array_and_effects() -> None:
    text = report({"whole": LINEAR})
    assert len([line for line in text.splitlines() if line.endswith("kPa")]) == len(ARRAY) + 1
    assert "shape                -30.0 kPa" in text


@pytest.mark.parametrize("row", ARRAY)
def test_every_row_is_a_scenario(row: tuple[int, ...]) -> None:
    words = arguments(row, BASELINE)
    assert words[0] == "standing"
    settings = [word for word in words[2::2] if not word.startswith("baseline")]
    insole = load_scenario(words[0], settings=settings).scenario.insole
    shape, foam, thickness, under, depth = (f.levels[v] for f, v in zip(FACTORS, row, strict=True))
    assert insole.conformity == shape
    assert [layer.material for layer in insole.layers] == [foam, under]
    assert [layer.thickness_mm for layer in insole.layers] == [thickness, depth]


def test_rows_without_the_firm_foam_are_shared() -> None:
    ten, four = run_names(), run_names("eva_20")
    shared = [i for i, row in enumerate(ARRAY) if row[1] == 0]
    assert [i for i in range(len(ARRAY)) if ten[i] == four[i]] == shared
    for row in ARRAY:
        same = arguments(row, BASELINE) == arguments(row, BASELINE, "eva_20")
        assert same == (row[1] == 0)
