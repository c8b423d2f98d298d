# SPDX-License-Identifier: MIT
"""How the deviation of a tibia goes up to the pelvis."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose

from scenarios.foot_loads import KNEE_FRONTAL_NM_PER_DEG, mirrored_leg_nm_per_deg
from simulator.chain import (
    Compliance,
    leg_pose,
    limb,
    lumbar_chain,
    pelvis_angles_deg,
    standing_discs_mm,
)
from simulator.chain_reaction import (
    TILT_PER_HIP_ROTATION,
    ChainReaction,
    Passed,
    cardan_zxy_deg,
    limb_angles,
    passed_on,
    reacting_pelvis,
)
from simulator.rotations import about, exponential

X, Y, Z = np.eye(3)
SIZE = limb(1.75)
ALONE, MIRRORED = ChainReaction(), ChainReaction(mirrored=True)
PRONATED = np.radians([-2.0, 4.0, 0.0])
"""A tibia that leans inwards and turns inwards."""


def pelvis_of(deviation: np.ndarray, rule: ChainReaction) -> np.ndarray:
    return reacting_pelvis(SIZE, np.eye(3), passed_on(deviation, Y, rule), 0.0)


@pytest.mark.parametrize("rule", [ALONE, MIRRORED])
def test_the_parts_add_up(rule) -> None:
    deviation = np.radians([1.0, -2.0, 0.5])
    parts = passed_on(deviation, Y, rule, 1.04)
    assert_allclose(parts.knee + parts.hip + parts.pelvis, deviation, atol=1e-15)


@pytest.mark.parametrize("rule", [ALONE, MIRRORED])
def test_nothing_passes_where_nothing_deviates(rule) -> None:
    parts = passed_on(np.zeros(3), Y, rule)
    assert not np.any([parts.knee, parts.hip, parts.pelvis])


@pytest.mark.parametrize("rule", [ALONE, MIRRORED])
def test_the_opposite_deviation_is_passed_on_oppositely(rule) -> None:
    there, back = (passed_on(s * PRONATED, Y, rule, 1.04) for s in (1.0, -1.0))
    for name in ("knee", "hip", "pelvis"):
        assert_allclose(getattr(there, name), -getattr(back, name), atol=1e-15)


@pytest.mark.parametrize(("rule", "hip_share"), [(ALONE, 0.60), (MIRRORED, 0.75)])
def test_internal_rotation_of_the_hip_tilts_the_pelvis_forward(rule, hip_share) -> None:
    tilt, _, _ = pelvis_angles_deg(pelvis_of(PRONATED, rule))
    assert tilt == pytest.approx(TILT_PER_HIP_ROTATION * hip_share * 4.0, rel=0.01)


def test_a_pelvis_between_mirror_images_neither_lists_nor_turns() -> None:
    _, list_alone, turn_alone = pelvis_angles_deg(pelvis_of(PRONATED, ALONE))
    _, list_both, turn_both = pelvis_angles_deg(pelvis_of(PRONATED, MIRRORED))
    assert abs(list_alone) > 0.2
    assert abs(turn_alone) > 0.4
    assert list_both == pytest.approx(0.0, abs=1e-12)
    assert turn_both == pytest.approx(0.0, abs=1e-12)


def test_feet_and_hips_of_mirror_images_keep_their_distance() -> None:
    deviation = np.radians([2.0, 0.0, 0.0])
    ratio = SIZE.shank_mm / SIZE.thigh_mm
    tibia = exponential(deviation)
    kept = passed_on(deviation, Y, MIRRORED, ratio)
    one = Compliance(knee=1.0, hip=0.0, pelvis=0.0)
    straight = leg_pose(SIZE, np.zeros(3), np.eye(3), 0.0).hip_mm[2]
    bent = leg_pose(SIZE, np.zeros(3), tibia, 0.0, kept.knee, one)
    assert bent.knee_mm[2] == pytest.approx(SIZE.shank_mm * np.sin(deviation[0]))
    assert bent.hip_mm[2] == pytest.approx(straight, abs=0.02)


def test_mirror_images_are_held_by_their_knees() -> None:
    frontal, _ = mirrored_leg_nm_per_deg(1.0)
    # Energy of the knee over that of the tibia's tilt, by a small tilt.
    knee = passed_on(np.radians([1.0, 0.0, 0.0]), Y, MIRRORED, 1.0).knee[0] / np.radians(1.0)
    assert frontal == pytest.approx(KNEE_FRONTAL_NM_PER_DEG * knee**2)


def test_a_leg_that_leans_back_keeps_its_knee_and_turns_the_pelvis_back() -> None:
    parts = passed_on(np.radians([0.0, 0.0, 1.0]), Y, MIRRORED)
    assert parts.knee[2] == 0.0
    tilt, _, _ = pelvis_angles_deg(pelvis_of(np.radians([0.0, 0.0, 1.0]), MIRRORED))
    assert tilt == pytest.approx(-0.2, abs=1e-9)


def test_a_lifted_side_goes_up(evidence) -> None:
    still = passed_on(np.zeros(3), Y, ALONE)
    _, obliquity, _ = pelvis_angles_deg(reacting_pelvis(SIZE, np.eye(3), still, 1.0))
    evidence.within(
        "alignment", "Lift of 1 mm under one foot", "pelvic obliquity", obliquity,
        low=0.31, high=0.33, unit="deg", source="180 mm between the hips: 0.32",
    )  # fmt: skip


def test_the_coupling_can_be_another() -> None:
    double = replace(MIRRORED, tilt_per_rotation=2.0 * TILT_PER_HIP_ROTATION)
    one, two = (pelvis_angles_deg(pelvis_of(PRONATED, rule))[0] for rule in (MIRRORED, double))
    assert two == pytest.approx(2.0 * one)


def test_angles_have_the_signs_of_isb() -> None:
    chain = lumbar_chain(standing_discs_mm(1.75), np.eye(3), np.eye(3))
    tibia = np.eye(3)
    bent = limb_angles(tibia, about(Z, 0.5), np.eye(3), chain, 50.0)
    assert bent.knee_flexion_deg == pytest.approx(np.degrees(0.5))
    assert bent.hip_flexion_deg == pytest.approx(np.degrees(0.5))
    # A shank whose lower end goes inwards is adducted; Y turns its front inwards.
    inwards = limb_angles(about(X, 0.1), np.eye(3), np.eye(3), chain, 50.0)
    assert inwards.knee_adduction_deg == pytest.approx(np.degrees(0.1))
    turned = limb_angles(about(Y, 0.1), np.eye(3), np.eye(3), chain, 50.0)
    assert turned.knee_internal_rotation_deg == pytest.approx(np.degrees(0.1))
    thigh = limb_angles(about(Y, 0.1), about(Y, 0.1), np.eye(3), chain, 50.0)
    assert thigh.hip_internal_rotation_deg == pytest.approx(np.degrees(0.1))
    tilted = limb_angles(tibia, np.eye(3), about(Z, -0.1), chain, 50.0)
    assert tilted.pelvic_tilt_deg == pytest.approx(tilted.hip_flexion_deg)
    assert tilted.pelvic_tilt_deg > 0.0


def test_cardan_angles_come_back() -> None:
    angles = np.radians([20.0, -10.0, 5.0])
    turn = about(Z, angles[0]) @ about(X, angles[1]) @ about(Y, angles[2])
    assert cardan_zxy_deg(turn) == pytest.approx((20.0, -10.0, 5.0))


def test_joint_angles_follow_what_is_passed_on() -> None:
    parts = passed_on(PRONATED, Y, ALONE)
    assert isinstance(parts, Passed)
    femur, pelvis = exponential(-parts.knee) @ exponential(PRONATED), pelvis_of(PRONATED, ALONE)
    chain = lumbar_chain(standing_discs_mm(1.75), pelvis, np.eye(3))
    angles = limb_angles(exponential(PRONATED), femur, pelvis, chain, 50.0)
    wanted = np.degrees(parts.hip)
    found = [
        angles.hip_adduction_deg, angles.hip_internal_rotation_deg, angles.hip_flexion_deg,
    ]  # fmt: skip
    assert found == pytest.approx(wanted, abs=0.06)
    assert angles.lumbar_lordosis_deg == pytest.approx(50.0 + angles.pelvic_tilt_deg, abs=0.02)
