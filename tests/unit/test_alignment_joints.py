# SPDX-License-Identifier: MIT
"""What the subtalar joint opposes in standing: its own stiffness, and ligaments beyond a range."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from meshes.foot_bands import foot_bands as bands_of
from meshes.foot_dimensions import FootDimensions
from meshes.foot_landmarks import FootLandmarks, foot_landmarks, subtalar_axis
from scenarios.alignment.standing import held_in_standing
from scenarios.foot_joints import ABOVE_SUBTALAR, foot_bands
from scenarios.foot_loads import (
    NMM_PER_DEG_TO_RAD,
    PASSIVE_SUBTALAR_NM_PER_DEG,
    SUBTALAR_NM_PER_DEG,
    Calibration,
    FootLoads,
    standing_subtalar_nm_per_deg,
)
from scenarios.gait.built_in import standing_gait
from scenarios.gait.measured import Walker
from scenarios.schema import Scenario, Standing
from scenarios.schema_insole import Insole
from simulator.chain import Limb
from simulator.connectors import Band, Connectors
from simulator.rotations import about
from simulator.segments import Poses, Segments, increment_scale

SIZES = (FootDimensions(), FootDimensions(length_mm=180.0), FootDimensions.of_type("flat"))
PASSIVE_NM_PER_RAD = np.array([9.521, 3.618, 5.982])
"""About X, Y and Z in neutral, without load: DeMers 2017."""
WALKER = Walker(70.0, 1.75, "right", 255.0, np.array([[0.0, -30], [255, -40], [255, 40], [0, 30]]))
LIMB = Limb(430.0, 410.0, 180.0)


def across_subtalar(size: FootDimensions) -> tuple[FootLandmarks, tuple[Band, ...], Segments]:
    marks = foot_landmarks(size)
    bands = foot_bands(bands_of(size, marks), size)
    names = tuple(dict.fromkeys(name for band in bands for name in band.segments))
    segments = Segments(names, np.tile(marks.subtalar, (len(names), 1)))
    crossing = [
        band
        for band in bands
        if band.segments[0] in ABOVE_SUBTALAR and band.segments[-1] not in ABOVE_SUBTALAR
    ]
    return marks, tuple(crossing), segments


def moment_nm(size: FootDimensions, eversion_deg: float) -> float:
    """About the subtalar axis, of all ligaments across it, at an eversion of the calcaneus."""
    _, bands, segments = across_subtalar(size)
    axis = subtalar_axis(size)
    turned = about(axis, -np.radians(eversion_deg) / axis[0])
    neutral = segments.neutral()
    rotation = np.array([np.eye(3) if n in ABOVE_SUBTALAR else turned for n in segments.names])
    state = Connectors(segments, (), bands).evaluate(Poses(neutral.position_mm, rotation), {})
    moment = (state.gradient_n / increment_scale(len(segments))).reshape(-1, 6)[:, 3:]
    below = [n not in ABOVE_SUBTALAR for n in segments.names]
    return -1e-3 * float(moment[below].sum(axis=0) @ axis)


@pytest.mark.parametrize("size", SIZES)
def test_ligaments_across_the_subtalar_joint_are_slack_in_its_middle(size: FootDimensions) -> None:
    for eversion in (-9.9, -5.0, 0.0, 5.0, 9.9):
        assert moment_nm(size, eversion) == pytest.approx(0.0, abs=1e-9)
    assert moment_nm(size, 13.0) > 0.5, "they turn it back from eversion"
    assert moment_nm(size, -13.0) < -0.1, "and from inversion"


def test_other_ligaments_are_as_long_as_they_lie() -> None:
    size = FootDimensions()
    crossing = {band.name for band in across_subtalar(size)[1]}
    assert crossing == {
        "deltoid_calcaneal", "deltoid_navicular", "calcaneofibular", "interosseous_talocalcaneal",
    }  # fmt: skip
    for band in foot_bands(bands_of(size, foot_landmarks(size)), size):
        assert (band.slack_mm > 0.0) == (band.name in crossing)


def test_joint_in_standing_is_the_measured_one_and_triples_to_half_of_body_weight() -> None:
    axis = subtalar_axis(FootDimensions())
    in_work = axis @ (PASSIVE_NM_PER_RAD * axis) * np.pi / 180.0
    assert pytest.approx(in_work, rel=0.01) == PASSIVE_SUBTALAR_NM_PER_DEG
    free, half = (standing_subtalar_nm_per_deg(share) for share in (0.0, 0.5))
    assert half == pytest.approx(3.0 * free)


def test_who_is_held_as_in_standing() -> None:
    here = np.array([50.0])
    frozen = Calibration(here, np.zeros((1, 2)), np.zeros((1, 2)), np.zeros((1, 3)))
    loads = FootLoads(standing_gait(WALKER), -6.0, 0.6, frozen)
    both = Scenario(analysis="standing")
    alone = both.model_copy(update={"insole": Insole(both_feet=False)})
    one_leg = both.model_copy(update={"standing": Standing(body_weight_share=1.0)})
    held = held_in_standing(loads, both, LIMB)
    assert held.at(50.0).stiffness_nmm_per_rad == pytest.approx(
        NMM_PER_DEG_TO_RAD * np.array([4.0, 3.0 * PASSIVE_SUBTALAR_NM_PER_DEG])
    )
    assert held.leg_nm_per_deg[0] > 40.0
    held = held_in_standing(loads, alone, LIMB)
    assert held.subtalar_nm_per_deg == pytest.approx(standing_subtalar_nm_per_deg(0.5))
    assert held.leg_nm_per_deg == loads.leg_nm_per_deg
    for other in (one_leg, Scenario(analysis="stance")):
        assert held_in_standing(loads, other, LIMB) is loads
    baseline = replace(loads, calibration=None)
    assert held_in_standing(baseline, both, LIMB) is baseline
    assert loads.subtalar_nm_per_deg == SUBTALAR_NM_PER_DEG
