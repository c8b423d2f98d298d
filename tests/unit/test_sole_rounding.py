# SPDX-License-Identifier: MIT
"""A sole that is round under heel and ball: shape, tissue, and the imprint it is taken from."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from meshes.errors import MeshError
from meshes.foot import FootGeometry, build_foot
from meshes.foot_bones import plantar_bones
from meshes.foot_dimensions import FootDimensions
from meshes.foot_landmarks import foot_landmarks
from meshes.insole import InsoleDimensions, build_insole
from meshes.outline import foot_outline
from meshes.plantar import HEEL_CENTRE_SHARE, PlantarSurface, SoleRounding
from scenarios.loading import load_scenario
from scenarios.shapes import foot_shapes
from tests.helpers.evidence import Evidence

NEUTRAL = FootDimensions()
ROUND = replace(NEUTRAL, sole_roundness=1.0)
STEP_MM = 1.0
HEEL_RADIUS_MM = 45.0


@pytest.fixture(scope="module")
def feet() -> tuple[FootGeometry, FootGeometry]:
    """A foot with a plane sole, and the same with a round one."""
    return build_foot(NEUTRAL), build_foot(ROUND)


def test_a_round_sole_rests_on_the_floor_and_rises_to_its_sides() -> None:
    sole = PlantarSurface(ROUND, foot_outline(ROUND))
    x, z = np.array([HEEL_CENTRE_SHARE * 255.0]), np.array([0.0])
    middle, side = sole(x, z), sole(x, z + STEP_MM)
    assert middle == pytest.approx(0.0, abs=0.05)
    assert side - middle == pytest.approx(STEP_MM**2 / (2.0 * HEEL_RADIUS_MM), rel=0.05)
    plan = np.meshgrid(np.linspace(10.0, 245.0, 200), np.linspace(-40.0, 45.0, 80))
    height = sole(*plan)
    assert height.min() == pytest.approx(0.0, abs=0.05)
    ball = (plan[0] > 150.0) & (plan[0] < 200.0)
    assert height[ball].min() == pytest.approx(0.0, abs=0.1)
    # A plane sole has touched over most of the ball before a round one has over a quarter of it.
    plane = PlantarSurface(NEUTRAL, foot_outline(NEUTRAL))(*plan)
    assert np.mean(plane[ball] < 0.1) > 4.0 * np.mean(height[ball] < 0.1)


def test_toes_and_a_plane_sole_are_left_alone() -> None:
    assert not SoleRounding(NEUTRAL).height(np.array([34.0, 180.0]), np.array([20.0, 30.0])).any()
    toes = SoleRounding(ROUND).height(np.array([230.0, 240.0]), np.array([0.0, -20.0]))
    assert toes == pytest.approx(0.0, abs=1e-12)


def test_tissue_keeps_its_thickness(feet: tuple[FootGeometry, FootGeometry]) -> None:
    plane, curved = feet
    heads = curved.landmarks.heads
    x = np.array([*heads[:, 0], 0.094 * 255.0, 105.0])
    z = np.array([*heads[:, 2], 0.0, 25.0])
    before, after = (foot.ceiling(x, z) - foot.plantar_height(x, z) for foot in feet)
    assert after == pytest.approx(before, abs=1e-9)
    assert curved.ceiling(x, z)[-1] > plane.ceiling(x, z)[-1] + 3.0
    assert curved.mesh.quality().min_dihedral_deg > 10.0


def test_size_scales_it_and_half_is_half() -> None:
    large = replace(FootDimensions(length_mm=306.0), sole_roundness=0.5)
    x, z = np.array([60.0, 190.0, 150.0]), np.array([15.0, 0.0, 30.0])
    small = SoleRounding(ROUND).height(x, z)
    assert SoleRounding(large).height(1.2 * x, 1.2 * z) == pytest.approx(0.5 * 1.2 * small)


def test_a_mould_follows_it(feet: tuple[FootGeometry, FootGeometry]) -> None:
    _, curved = feet
    insole = build_insole(curved, InsoleDimensions(conformity=1.0))
    x, z = curved.landmarks.heads[:, 0], curved.landmarks.heads[:, 2]
    assert insole.top_height(x[:4], z[:4]) == pytest.approx(curved.plantar_height(x[:4], z[:4]))


def test_too_round_is_refused() -> None:
    with pytest.raises(MeshError, match="sole_roundness"):
        replace(NEUTRAL, sole_roundness=1.6)


def test_an_imprint_in_foam_is_as_round(data_dir: Path, evidence: Evidence) -> None:
    """What a scan adds to the plane sole under heel and ball is what roundness 1 adds, nearly."""
    scan = load_scenario(
        "standing", settings=[f"subject.scan_file={data_dir / 'scans/right_foot_imprint.ply'}"]
    ).scenario
    sole = foot_shapes(scan, scan.insole)[0].plantar_height
    assert sole.correction is not None
    length = sole.dimensions.length_mm
    x, z = np.meshgrid(np.linspace(0.05, 0.75, 120) * length, np.linspace(-40.0, 45.0, 60))
    curved = SoleRounding(replace(sole.dimensions, sole_roundness=1.0))
    inside = sole.distance(x, z) > 0.07 * length
    for part, where in (("heel", x < 0.22 * length), ("ball", x > 0.62 * length)):
        place = inside & where
        added, taken = sole.correction.height(x, z)[place], curved.height(x, z)[place]
        evidence.within(
            "foot", "Round sole against an imprint in foam", f"{part}, what roundness leaves",
            float(np.std(added - taken) / np.std(added)), high=0.6,
            source="scan of a right foot's imprint, of which a plane sole leaves 1",
        )  # fmt: skip


def test_round_heads_stand_out_from_their_shafts() -> None:
    """The lowest point stays; at 6 mm behind it a head of 8 mm has risen by 2.7 in place of 0.4."""
    marks = foot_landmarks(NEUTRAL)
    level, half, full = (
        plantar_bones(replace(NEUTRAL, metatarsal_roundness=share), marks)
        for share in (0.0, 0.5, 1.0)
    )
    for ray in range(5):
        bars = [bones[2 + ray] for bones in (level, half, full)]
        back = (bars[0].start - bars[0].end) / np.hypot(*(bars[0].start - bars[0].end))
        places = bars[0].end[:, None] + back[:, None] * np.array([0.0, 6.0, 15.0])
        low, middle, high = (bone.height(*places) for bone in bars)
        radius = marks.head_radius[ray]
        assert high[0] == pytest.approx(low[0], abs=1e-9)
        assert middle == pytest.approx(0.5 * (low + high), abs=0.3)
        sphere = radius - np.sqrt(radius**2 - 36.0)
        assert high[1] - high[0] == pytest.approx(sphere, abs=0.8)
        assert low[1] - low[0] < (0.75 if ray == 0 else 0.6) * sphere
        assert high[2] > low[2] + 0.5
    assert build_foot(replace(ROUND, metatarsal_roundness=1.0)).mesh.quality().min_dihedral_deg > 10
