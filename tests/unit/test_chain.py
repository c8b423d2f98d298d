# SPDX-License-Identifier: MIT
"""The rigid chain above the foot."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from simulator.chain import (
    LEVEL_SHARES,
    Compliance,
    carried,
    leg_pose,
    limb,
    lordosis_deg,
    lumbar_chain,
    obliquity_rad,
    pelvis_angles_deg,
    pelvis_rotation,
    standing_discs_mm,
)
from simulator.rotations import about, logarithm

X, Y, Z = np.eye(3)
SIZE = limb(1.75)


def test_straight_leg_stands_upright() -> None:
    pose = leg_pose(SIZE, np.zeros(3), np.eye(3), 0.0)
    assert np.allclose(pose.knee_mm, [0.0, SIZE.shank_mm, 0.0])
    assert np.allclose(pose.hip_mm, [0.0, SIZE.shank_mm + SIZE.thigh_mm, 0.0])


def test_bent_knee_brings_the_hip_back_and_down() -> None:
    straight = leg_pose(SIZE, np.zeros(3), np.eye(3), 0.0)
    bent = leg_pose(SIZE, np.zeros(3), np.eye(3), 30.0)
    assert bent.hip_mm[0] == pytest.approx(-SIZE.thigh_mm * np.sin(np.radians(30.0)))
    assert bent.hip_mm[1] < straight.hip_mm[1]


def test_knee_takes_its_share_of_a_deviation() -> None:
    deviation = np.array([np.radians(10.0), 0.0, 0.0])
    pose = leg_pose(SIZE, np.zeros(3), about(X, deviation[0]), 0.0, deviation)
    assert np.allclose(logarithm(pose.femur_rotation), 0.75 * deviation)


def test_pelvis_follows_a_wedge_by_its_share() -> None:
    tibia = about(X, np.radians(10.0))
    turned = pelvis_rotation(SIZE, np.eye(3), tibia, np.eye(3))
    assert np.degrees(logarithm(turned)) == pytest.approx([1.5, 0.0, 0.0])
    assert np.allclose(pelvis_rotation(SIZE, turned, tibia, tibia), turned)


def test_one_millimetre_on_one_side_is_a_third_of_a_degree() -> None:
    angle = np.degrees(obliquity_rad(SIZE, 1.0))
    assert angle == pytest.approx(0.32, abs=0.01)
    raised = pelvis_rotation(SIZE, np.eye(3), one_sided_height_mm=1.0)
    assert (raised @ Z)[1] > 0.0, "the right side goes up"


def test_shares_must_add_up() -> None:
    with pytest.raises(ValueError, match="add up to 1"):
        Compliance(knee=0.5, hip=0.6, pelvis=0.15)


def test_levels_share_extension_and_end_at_the_thorax() -> None:
    assert LEVEL_SHARES[:, 2].sum() == pytest.approx(1.0)
    discs = standing_discs_mm(1.75)
    thorax = about(Z, np.radians(12.0))
    chain = lumbar_chain(discs, np.eye(3), thorax)
    assert np.allclose(chain.vertebra_rotation[-1], thorax)
    assert np.degrees(chain.level_rotation[:, 2]) == pytest.approx(12.0 * LEVEL_SHARES[:, 2])
    assert lordosis_deg(chain, 45.0) == pytest.approx(57.0)


def test_pelvis_carries_the_column_as_a_rigid_body() -> None:
    discs = standing_discs_mm(1.75)
    turn = about(Z, -0.2) @ about(X, 0.1)
    chain = lumbar_chain(discs, turn, turn)
    assert np.allclose(chain.centre_mm, discs @ turn.T)
    assert np.allclose(chain.level_rotation, 0.0)


def test_standing_column_has_the_height_and_curve_of_a_lumbar_spine() -> None:
    discs = standing_discs_mm(1.75, lordosis_deg=45.0)
    assert 120.0 < discs[-1, 1] < 160.0
    assert 10.0 < discs[1, 0] < 30.0
    assert np.allclose(discs[:, 2], 0.0)


def test_angles_of_the_pelvis_have_their_signs() -> None:
    turn = about(Z, np.radians(-3.0)) @ about(X, np.radians(-2.0)) @ about(Y, np.radians(5.0))
    assert pelvis_angles_deg(turn) == pytest.approx((3.0, 2.0, 5.0))
    assert (turn @ X)[1] < 0.0 and (turn @ Z)[1] > 0.0 and (turn @ Z)[0] > 0.0


@dataclass(frozen=True)
class Pose:
    rotations: np.ndarray
    centres_mm: np.ndarray


def test_a_column_posed_elsewhere_gives_the_same_chain() -> None:
    discs = standing_discs_mm(1.75)
    pelvis, thorax = about(X, 0.1), about(Z, 0.2)
    chain = lumbar_chain(discs, pelvis, thorax)
    rotations = np.concatenate([pelvis[None], chain.vertebra_rotation])
    again = carried(discs + 100.0, Pose(rotations, chain.centre_mm + 7.0), thorax)
    for name in ("standing_centre_mm", "centre_mm", "vertebra_rotation", "level_rotation"):
        assert np.allclose(getattr(again, name), getattr(chain, name), atol=1e-9), name
