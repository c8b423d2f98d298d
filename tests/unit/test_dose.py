# SPDX-License-Identifier: MIT
"""Shares of a day on a new insole beside their closed form."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest

from scenarios.followup.dose import FLOOR_SHARE, dose, growth, next_share, schedule

OLD = {"heel": 100.0, "midfoot": 40.0, "forefoot": 80.0}


def shares(old: dict[str, float], new: dict[str, float], rate: float) -> list[float]:
    return [day.share for day in schedule(old, new, rate)]


def test_dose_is_linear_in_share_and_count() -> None:
    assert dose(0.0, 10.0, 30.0, 500.0) == 5000.0
    assert dose(1.0, 10.0, 30.0, 500.0) == 15000.0
    assert dose(0.25, 10.0, 30.0) == 15.0


@pytest.mark.parametrize("rate", [0.05, 0.1, 0.5])
def test_twice_the_load_is_worn_in_geometrically(rate: float) -> None:
    found = schedule({"heel": 20.0}, {"heel": 40.0}, rate)
    full = math.ceil(math.log(2.0) / math.log1p(rate))
    assert len(found) == full and found[-1].share == 1.0 and found[-1].limited_by == ""
    expected = [(1.0 + rate) ** n - 1.0 for n in range(1, full)]
    assert [day.share for day in found[:-1]] == pytest.approx(expected, rel=1e-12)
    assert {day.limited_by for day in found[:-1]} == {"heel"}


@pytest.mark.parametrize("factor", [0.5, 1.0, 1.09])
def test_full_from_the_first_day(factor: float) -> None:
    """Less load, the same, or more by less than a day's growth."""
    new = {name: factor * load for name, load in OLD.items()}
    assert shares(OLD, new, 0.1) == [1.0]


def test_the_region_that_grows_most_governs() -> None:
    new = {"heel": 60.0, "midfoot": 100.0, "forefoot": 90.0}
    found = schedule(OLD, new, 0.1)
    assert {day.limited_by for day in found[:-1]} == {"midfoot"}
    rise = 60.0 / 40.0
    assert found[2].share == pytest.approx((1.1**3 - 1.0) / rise, rel=1e-12)


@pytest.mark.parametrize("rate", [0.02, 0.1, 0.3])
def test_no_dose_outgrows_the_rate_and_hours_never_fall(rate: float) -> None:
    new = {"heel": 60.0, "midfoot": 130.0, "forefoot": 170.0}
    found = [0.0, *shares(OLD, new, rate)]
    assert all(0.0 <= before < after <= 1.0 for before, after in pairwise(found))
    for before, after in pairwise(found):
        largest = max(growth(before, after, OLD[n], new[n], 0.0) for n in OLD)
        assert largest <= rate * (1.0 + 1e-12)
        if after < 1.0:
            assert largest == pytest.approx(rate, rel=1e-12)


def test_growth_from_nothing_is_taken_of_the_floor() -> None:
    old, new = {"heel": 100.0, "midfoot": 0.0}, {"heel": 90.0, "midfoot": 50.0}
    share, region = next_share(0.0, old, new, 0.1)
    assert region == "midfoot"
    assert share == pytest.approx(0.1 * FLOOR_SHARE * 100.0 / 50.0)
    found = schedule(old, new, 0.1)
    assert found[1].share == pytest.approx(2.0 * share), "steady below the floor"
    assert found[-1].share == 1.0


def test_a_schedule_ends() -> None:
    found = schedule({"heel": 1.0}, {"heel": 1e6}, 0.001, longest_days=30)
    assert len(found) == 30 and found[-1].share < 1e-3 and found[-1].limited_by == "heel"


@pytest.mark.parametrize(
    ("old", "new", "rate"),
    [
        ({"heel": 1.0}, {"toes": 1.0}, 0.1),
        ({}, {}, 0.1),
        ({"heel": 0.0}, {"heel": 1.0}, 0.1),
        ({"heel": 1.0}, {"heel": -1.0}, 0.1),
        ({"heel": math.nan}, {"heel": 1.0}, 0.1),
        ({"heel": 1.0}, {"heel": 2.0}, 0.0),
        ({"heel": 1.0}, {"heel": 2.0}, math.inf),
    ],
)
def test_what_makes_no_sense_is_refused(
    old: dict[str, float], new: dict[str, float], rate: float
) -> None:
    with pytest.raises(ValueError):
        schedule(old, new, rate)
