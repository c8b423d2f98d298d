"""All five levels under one follower load and one moment: the load cases of Dreischarf 2014.

Under an ideal follower load every level has the same force through its centre and the same moment:
discs are in series, so that each level is in equilibrium by itself and rotations add.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from tests.helpers.lumbar import DISC_AREA_MM2, disc_solver, turned_deg

DREISCHARF = "in-vitro range in Dreischarf 2014"


@pytest.fixture(scope="module")
def levels():
    """L5-S1 first."""
    return built_levels()


@cache
def built_levels():
    return [disc_solver(connected=True, index=index) for index in range(5)]


def rotations(levels, motion, moment_nm, follower_n):
    return np.array([turned_deg(level, motion, moment_nm, follower_n)[-1] for level in levels])


@cache
def alone_deg(motion):
    """Rotations under 7.5 Nm without follower load."""
    return rotations(built_levels(), motion, 7.5, 0.0)


@pytest.mark.parametrize(
    ("name", "motions", "low", "high"),
    [
        ("flexion and extension", ("flexion", "extension"), 24.0, 41.0),
        ("lateral bending", ("lateral bending",), 25.0, 41.0),
        ("axial rotation", ("axial rotation",), 11.0, 22.0),
    ],
)
def test_pure_moments(evidence, name, motions, low, high):
    turned = sum(alone_deg(motion) for motion in motions)
    turned = turned * (2.0 / len(motions))
    evidence.within(
        "discs",
        "Column, +-7.5 Nm",
        f"L1-L5 {name}, both senses",
        turned[1:].sum(),
        low=low,
        high=high,
        unit="deg",
        source=DREISCHARF,
    )
    assert turned[0] > 0.0


@pytest.mark.parametrize(
    ("motion", "moment_nm", "follower_n"),
    [
        ("flexion", 7.5, 1175.0),
        ("extension", 7.5, 500.0),
        ("lateral bending", 7.8, 700.0),
        ("axial rotation", 5.5, 720.0),
    ],
)
def test_follower_load_and_moment(levels, evidence, motion, moment_nm, follower_n):
    pure = alone_deg(motion) * moment_nm / 7.5
    turned = rotations(levels, motion, moment_nm, follower_n)
    case = f"Column, {moment_nm:g} Nm and {follower_n:g} N"
    evidence.within(
        "discs",
        case,
        f"{motion}, L1-L5",
        turned[1:].sum(),
        high=1.02 * pure[1:].sum(),
        unit="deg",
        source="that of the moment alone: preload does not soften (measured rotations not at hand)",
    )
    state = levels[1].state
    area_low, area_high = (follower_n / (c * DISC_AREA_MM2) for c in (0.77, 0.55))
    figure = ("discs", case, f"{motion}, pressure of L4-L5", state.pressure_mpa)
    source = "F = c A p, c 0.55 to 0.77 (Dreischarf 2016)"
    if motion != "extension":
        evidence.within(*figure, low=area_low, high=area_high, unit="MPa", source=source)
        return
    contacts = [c for c in levels[1].connectors if c.name.startswith(("facet", "tip"))]
    borne = sum(c.reaction(state.translation, state.rotation).magnitude for c in contacts)
    evidence.outside(
        *figure,
        low=area_low,
        high=area_high,
        unit="MPa",
        source=source,
        reason="the tips of the facets bear some 140 N of the 500 N, the disc the rest",
        guard=(0.33, 0.379),
    )
    assert 100.0 < borne < 180.0
