# SPDX-License-Identifier: MIT
"""Types and sizes of feet: what sets them, and what axes, posture and stiffness make of it."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import numpy as np
import pytest

from meshes.arch_index import arch_height_index, navicular_height_mm
from meshes.errors import MeshError
from meshes.foot import build_foot
from meshes.foot_bands import foot_bands as bands_of
from meshes.foot_dimensions import FootDimensions
from meshes.foot_flexibility import range_of_motion
from meshes.foot_landmarks import (
    foot_landmarks,
    subtalar_axis,
    subtalar_deviation_deg,
    subtalar_inclination_deg,
    talocrural_axis,
)
from meshes.foot_skeleton import foot_joints as joints_of
from meshes.foot_standing import standing_angles_deg
from meshes.foot_types import TYPICAL, FootType, rearfoot_angle_deg, type_of_index
from scenarios.foot_joints import (
    BONE_CONTACT_N_PER_MM,
    CUBIC_NMM_PER_RAD3,
    FREE_NMM_PER_RAD,
    foot_bands,
    foot_joints,
)
from simulator.connectors import Band, Joint
from simulator.rotations import about, logarithm

TYPES: tuple[FootType, ...] = get_args(FootType)
CHILD_LENGTHS = (150.0, 165.0)


def connectors(foot: FootDimensions) -> tuple[dict[str, Joint], dict[str, Band]]:
    marks = foot_landmarks(foot)
    joints = foot_joints(joints_of(foot, marks), foot)
    bands = foot_bands(bands_of(foot, marks), foot)
    return {j.name: j for j in joints}, {b.name: b for b in bands}


def test_the_neutral_foot_is_what_it_was_bit_for_bit() -> None:
    foot = FootDimensions()
    up, inward = np.radians(42.0), np.radians(16.0)
    before = [np.cos(up) * np.cos(inward), np.sin(up), -np.cos(up) * np.sin(inward)]
    assert np.array_equal(subtalar_axis(foot), before)
    assert standing_angles_deg(foot, 4.0) == (0.0, 0.0)
    assert (range_of_motion(foot), foot.scale) == (1.0, 1.0)
    joints, _ = connectors(foot)
    assert joints["midfoot"].cubic_nmm_per_rad3 == CUBIC_NMM_PER_RAD3["midfoot"]
    for length in (240.123, 170.0, 299.999):
        read = FootDimensions(length_mm=length, arch_height_mm=round(0.17 * length, 3))
        assert range_of_motion(read) == 1.0, "through a file of three decimals"


def test_types_go_from_low_and_pronated_to_high_and_supinated() -> None:
    flat, over, neutral, supinating, cavus = (
        FootDimensions.of_type(kind)
        for kind in ("flat", "overpronating", "neutral", "supinating", "cavus")
    )
    order = (flat, over, neutral, supinating, cavus)
    assert np.all(np.diff([arch_height_index(foot) for foot in order]) > 0.02)
    assert np.all(np.diff([subtalar_inclination_deg(foot) for foot in order]) > 2.0)
    assert subtalar_deviation_deg(over) > subtalar_deviation_deg(flat) > 16.0
    assert subtalar_deviation_deg(supinating) < subtalar_deviation_deg(cavus) < 16.0
    for foot in (flat, over):
        assert 2.5 < range_of_motion(foot) < 3.5
    for foot in (cavus, supinating):
        assert range_of_motion(foot) < 0.7


def test_axes_stay_within_what_was_measured() -> None:
    for arch in (0.08, 0.27):
        for index in (-12.0, 12.0):
            foot = FootDimensions(arch_height_mm=arch * 255.0, posture_index=index)
            assert 20.0 <= subtalar_inclination_deg(foot) <= 68.0
            assert 4.0 <= subtalar_deviation_deg(foot) <= 47.0


@pytest.mark.parametrize("length", [*CHILD_LENGTHS, 255.0, 340.0])
def test_arch_height_index_and_navicular_height_are_two_names_of_one_thing(length: float) -> None:
    plain = FootDimensions(length_mm=length)
    assert arch_height_index(plain) == pytest.approx(0.340, abs=1e-3)
    for index in (0.26, 0.31, 0.34, 0.40, 0.45):
        arch = navicular_height_mm(index, plain)
        assert arch_height_index(replace(plain, arch_height_mm=arch)) == pytest.approx(index)
    assert navicular_height_mm(0.1, plain) == pytest.approx(0.08 * length)
    assert navicular_height_mm(0.9, plain) == pytest.approx(0.27 * length)


def test_posture_index_speaks_for_a_type_and_a_rearfoot_angle() -> None:
    found = [type_of_index(index) for index in (-12.0, -1.0, 0.0, 5.0, 6.0, 12.0)]
    assert found == ["supinating"] * 2 + ["neutral"] * 2 + ["overpronating"] * 2
    assert [rearfoot_angle_deg(x) for x in (4.0, 10.0, -5.0)] == [4.0, 8.5, -2.75]
    for kind, typical in TYPICAL.items():
        low, high = typical.index_range
        assert low <= typical.posture_index <= high, kind
    with pytest.raises(MeshError, match="posture_index"):
        FootDimensions(posture_index=13.0)


@pytest.mark.parametrize("angle", [-8.0, -2.75, 7.0, 16.0])
@pytest.mark.parametrize("kind", TYPES)
def test_a_foot_stands_everted_with_its_sole_level(kind: FootType, angle: float) -> None:
    foot = FootDimensions.of_type(kind)
    ankle, subtalar = np.radians(standing_angles_deg(foot, angle))
    calcaneus = about(talocrural_axis(), ankle) @ about(subtalar_axis(foot), subtalar)
    assert np.degrees(logarithm(calcaneus)[0]) == pytest.approx(4.0 - angle, abs=1e-6)
    down = np.degrees(-np.arcsin(calcaneus[1, 0]))
    assert down == pytest.approx(1.6 * (range_of_motion(foot) - 1.0), abs=1e-6)
    assert np.sign(subtalar) == np.sign(4.0 - angle)
    ankle, subtalar = np.radians(standing_angles_deg(foot, angle, loaded=False))
    calcaneus = about(talocrural_axis(), ankle) @ about(subtalar_axis(foot), subtalar)
    assert np.degrees(logarithm(calcaneus)[0]) == pytest.approx(4.0 - angle, abs=1e-6)
    assert calcaneus[1, 0] == pytest.approx(0.0, abs=1e-9), "toes neither up nor down"


def test_flexible_feet_give_way_further_at_the_same_moment() -> None:
    """Stiffness goes with the range of motion, its lock with the cube, other joints not at all."""
    neutral, soft = FootDimensions(), FootDimensions.of_type("flat")
    wide = range_of_motion(soft)
    (joints, bands), (soft_joints, soft_bands) = connectors(neutral), connectors(soft)
    for name in ("midfoot", "tarsometatarsal_2"):
        one, two = joints[name], soft_joints[name]
        assert two.axis_nmm_per_rad == pytest.approx(one.axis_nmm_per_rad / wide)
        assert two.off_axis_nmm_per_rad == pytest.approx(one.off_axis_nmm_per_rad / wide)
        assert two.cubic_nmm_per_rad3 == pytest.approx(one.cubic_nmm_per_rad3 / wide**3)
    assert soft_joints["mtp_1"].axis_nmm_per_rad == FREE_NMM_PER_RAD["mtp_1"]
    assert soft_joints["ankle"].translation_n_per_mm == BONE_CONTACT_N_PER_MM
    one, two = bands["fascia_1"], soft_bands["fascia_1"]
    assert two.stiffness_n_per_mm == pytest.approx(one.stiffness_n_per_mm / wide)
    assert soft_bands["calcaneofibular"].stiffness_n_per_mm == pytest.approx(
        bands["calcaneofibular"].stiffness_n_per_mm, rel=1e-6
    )


def test_a_small_foot_is_the_large_one_in_proportion() -> None:
    large, small = FootDimensions(), FootDimensions(length_mm=127.5)
    (joints, bands), (small_joints, small_bands) = connectors(large), connectors(small)
    for name in ("midfoot", "mtp_1"):
        one, two = joints[name], small_joints[name]
        assert two.axis_nmm_per_rad == pytest.approx(one.axis_nmm_per_rad / 8.0)
        assert two.cubic_nmm_per_rad3 == pytest.approx(one.cubic_nmm_per_rad3 / 8.0)
    for name in ("spring_medial", "deltoid_calcaneal", "long_plantar_cuboid"):
        ratio = small_bands[name].stiffness_n_per_mm / bands[name].stiffness_n_per_mm
        assert ratio == pytest.approx(0.5, rel=0.02), name
    ratio = small_bands["fascia_3"].stiffness_n_per_mm / bands["fascia_3"].stiffness_n_per_mm
    assert ratio == pytest.approx(0.5)


@pytest.mark.parametrize("length", [150.0, 340.0])
@pytest.mark.parametrize("kind", TYPES)
def test_every_type_meshes_from_child_to_large_adult(kind: FootType, length: float) -> None:
    quality = build_foot(FootDimensions.of_type(kind, length)).mesh.quality()
    assert quality.min_dihedral_deg > 9.0
    assert quality.min_radius_ratio > 0.15
