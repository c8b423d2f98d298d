# SPDX-License-Identifier: MIT
"""Vibration of the chain above the foot against measured resonances and disc dynamics."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from scenarios.impact.chain import BONES
from scenarios.impact.feedforward import FeedForward
from scenarios.impact.inverse import planned_motion
from scenarios.impact.posture import planned_poses
from scenarios.impact.stiffness import DISC_DAMPING_S, LEG_WOBBLE, TRUNK_WOBBLE, level_stiffness
from simulator.rotations import logarithm
from tests.helpers import impact_chain as helper
from tests.helpers.upper import walking_model

SECTION = "shock"
FREQUENCIES_HZ = np.arange(0.5, 30.25, 0.25)


@cache
def levels() -> np.ndarray:
    model = walking_model()
    return level_stiffness(model.column, model.standing)


@cache
def standing(**options):
    """The upright chain with discs from elements, linearised."""
    chain, still = helper.chain_of(levels(), **options), helper.standing_still()
    drives = FeedForward(chain, still).at(0.1)
    return helper.linearised(chain, planned_poses(chain, still, 0.0), drives), chain


def response(linear, chain):
    """Apparent mass at the foot over the body's, and trunk over foot, by frequency."""
    answers = [linear.driven(chain.foot_names[1:], f) for f in FREQUENCIES_HZ]
    apparent, trunk = np.array(answers).T
    return apparent / chain.total_mass_t, trunk


def test_the_standing_body_resonates_where_it_was_measured(evidence):
    apparent, trunk = response(*standing())
    peak = FREQUENCIES_HZ[np.argmax(apparent)]
    source = "Matsumoto & Griffin 1998: 4 to 6 Hz"
    case = "Standing body on a moving floor"
    evidence.within(
        SECTION, case, "frequency of the greatest apparent mass", peak, low=4.0, high=6.0,
        unit="Hz", source=source,
    )  # fmt: skip
    evidence.within(
        SECTION, case, "frequency of the trunk's greatest motion",
        FREQUENCIES_HZ[np.argmax(trunk)], low=4.0, high=7.0, unit="Hz",
        source="El-Khatib & Guillon 2001: spine 4 to 7 Hz, seated",
    )  # fmt: skip
    evidence.curve(
        SECTION,
        "Standing body on a moving floor",
        "Frequency (Hz)",
        "Ratio",
        {
            "apparent mass over mass": (FREQUENCIES_HZ, apparent),
            "trunk over floor": (FREQUENCIES_HZ, trunk),
        },
    )
    assert apparent[0] == pytest.approx(1.0, abs=0.02)


def test_the_trunk_resonates_on_the_pelvis(evidence):
    linear, chain = standing()
    base = (*chain.foot_names, "femur", "pelvis")
    trunk = [linear.driven(base, f)[1] for f in FREQUENCIES_HZ]
    evidence.within(
        SECTION, "Trunk on a moving pelvis", "frequency of its greatest motion",
        FREQUENCIES_HZ[np.argmax(trunk)], low=4.0, high=12.0, unit="Hz",
        source="seated 4 to 7 Hz, second resonance 10 to 14 Hz",
    )  # fmt: skip


def test_a_rigid_body_would_not(evidence):
    apparent, _ = response(*standing(wobbling_masses=False))
    peak = FREQUENCIES_HZ[np.argmax(apparent)]
    evidence.within(
        SECTION, "Standing body, no soft tissue", "frequency of the greatest apparent mass",
        peak, low=6.0, unit="Hz",
        source="above 4 to 6 Hz: soft tissue makes the body's resonance",
    )  # fmt: skip


def test_wobbling_masses_swing_at_their_own_frequency(evidence):
    for name, law, bone, low, high, source in (
        ("thigh_soft", LEG_WOBBLE, "femur", 8.0, 8.4, "Liu & Nigg 2000, k2 + k3"),
        ("trunk_soft", TRUNK_WOBBLE, "trunk", 4.0, 6.0, "soft tissue of the trunk, about 5 Hz"),
    ):
        linear, chain = standing()
        others = tuple(n for n in chain.segments.names if n != name)
        roots = linear.without(*others).roots()
        # The two rates of a mode, complex or not, have the square of the frequency as product.
        frequency = float(np.exp(np.log(np.abs(roots)).mean()) / (2.0 * np.pi))
        evidence.within(
            SECTION, f"Soft tissue of the {bone}", "natural frequency, bone at rest", frequency,
            low=low, high=high, unit="Hz", source=source,
        )  # fmt: skip
        assert frequency == pytest.approx(law.frequency_hz, rel=0.01)


def test_discs_are_as_stiff_and_damped_as_measured(evidence):
    axial = levels()[:, 1, 1]
    evidence.within(
        SECTION, "Lumbar levels of the chain", "axial stiffness of the softest level",
        float(axial.min()), low=500.0, high=1500.0, unit="N/mm",
        source="Berkson 1979; White & Panjabi 1990; Izambert 2003: 190 to 3660 at 5 to 30 Hz",
    )  # fmt: skip
    assert 500.0 < axial.max() < 1500.0
    evidence.within(
        SECTION, "Lumbar levels of the chain", "axial damping of L4-L5",
        float(1e3 * DISC_DAMPING_S * axial[1]), low=32.0, high=2094.0, unit="N s/m",
        source="Izambert 2003, 5 to 30 Hz",
    )  # fmt: skip
    evidence.outside(
        SECTION, "Lumbar levels of the chain", "resonance of 40 kg on L4-L5",
        float(np.sqrt(1e3 * axial[1] / 40.0) / (2.0 * np.pi)), low=8.0, high=10.0, unit="Hz",
        source="Izambert 2003: 8.7 Hz",
        reason="8.7 Hz with 40 kg is 120 N/mm, less than the least stiffness that the same tests "
        "give; these discs have the axial stiffness of motion segments in compression",
        guard=(20.0, 30.0),
    )  # fmt: skip


def test_touchdown_starts_with_the_planned_accelerations(evidence):
    chain, walk = helper.chain_of(levels()), helper.usual_walk()
    left = FeedForward(chain, walk).residual(planned_motion(chain, walk, 0.0))
    evidence.within(
        SECTION, "Chain at touchdown", "greatest force that a segment lacks",
        float(np.abs(left[:, :3]).max() / (9.80665 * helper.BODY_KG)), high=1e-9,
        unit="body weights", source="balance of inertia, weight, springs, dampers and muscles",
    )  # fmt: skip


def test_the_chain_follows_the_plan_under_the_planned_reaction(evidence):
    """All feed-forward moments together, with their signs, in a forward simulation."""
    end, chain, walk = 0.04, helper.usual_chain(), helper.usual_walk()
    reached = helper.follow(helper.usual_drives(), end, 2e-3)
    planned = planned_poses(chain, walk, end)
    away = logarithm(planned.rotation @ np.swapaxes(reached.rotation, -1, -2))
    bones = [chain.segments.index(name) for name in ("tibia", *BONES)]
    evidence.within(
        SECTION, "Chain under the planned ground reaction",
        "turn of any bone above the foot from the plan after 40 ms",
        float(np.degrees(np.linalg.norm(away[bones], axis=1).max())), high=1.0, unit="degrees",
        source="the knee flexes by 10 degrees meanwhile",
    )  # fmt: skip


def test_nothing_that_moves_keeps_moving():
    """Upright and at touchdown every mode of the chain decays, the foot held."""
    linear, chain = standing()
    assert linear.without(*chain.foot_names[1:]).roots().real.max() < 0.0
    chain, walk = helper.chain_of(levels()), helper.usual_walk()
    drives = FeedForward(chain, walk).at(0.0)
    moving = helper.linearised(chain, planned_poses(chain, walk, 0.0), drives)
    assert moving.without(*chain.foot_names[1:]).roots().real.max() < 0.0
