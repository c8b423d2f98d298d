# SPDX-License-Identifier: MIT
"""Loads of the lumbar discs from the top down, and the balance at the pelvis."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import pytest

from simulator.chain import limb, lumbar_chain, standing_discs_mm
from simulator.rotations import about
from simulator.upper_body import bottom_up, disc_loads, segment_places_mm, upper_body

X, Y, Z = np.eye(3)
DISCS = standing_discs_mm(1.75)
BODY = upper_body(70.0, 1.75, limb(1.75).lumbosacral_mm[1] + DISCS[:, 1])
WEIGHT = 70.0 * 9.80665


@dataclass(frozen=True)
class Motion:
    com_acceleration_mm_s2: np.ndarray = field(default_factory=lambda: np.zeros(3))
    pelvis_angular_velocity_rad_s: np.ndarray = field(default_factory=lambda: np.zeros(3))
    pelvis_angular_acceleration_rad_s2: np.ndarray = field(default_factory=lambda: np.zeros(3))
    thorax_angular_velocity_rad_s: np.ndarray = field(default_factory=lambda: np.zeros(3))
    thorax_angular_acceleration_rad_s2: np.ndarray = field(default_factory=lambda: np.zeros(3))


STILL = Motion()
UPRIGHT = lumbar_chain(DISCS, np.eye(3), np.eye(3))


def test_half_of_the_body_is_above_the_sacrum() -> None:
    shares = [BODY.mass_above(level) / 70.0 for level in range(5)]
    assert 0.50 < shares[0] < 0.56
    steps = -np.diff(shares)
    assert np.all((steps > 0.020) & (steps < 0.032))
    assert np.median(BODY.place_mm[:, 0]) == 20.0


def test_standing_load_is_the_weight_20_mm_in_front() -> None:
    loads = disc_loads(BODY, UPRIGHT, STILL)
    for level in range(5):
        assert loads.force_n[level] == pytest.approx([0.0, -9.80665 * BODY.mass_above(level), 0.0])
    flexion = -loads.moment_nmm[0, 2] / 1000.0
    assert flexion == pytest.approx(0.020 * 9.80665 * BODY.mass_above(0), rel=1e-9)
    assert 6.0 < flexion < 9.0
    assert np.allclose(loads.moment_nmm[:, :2], 0.0)


def test_upward_acceleration_adds_in_proportion() -> None:
    pushed = disc_loads(BODY, UPRIGHT, Motion(com_acceleration_mm_s2=np.array([0, 980.665, 0.0])))
    assert np.allclose(pushed.force_n, 1.1 * disc_loads(BODY, UPRIGHT, STILL).force_n)


def test_forward_acceleration_extends_the_trunk() -> None:
    pushed = disc_loads(BODY, UPRIGHT, Motion(com_acceleration_mm_s2=np.array([1000.0, 0, 0])))
    still = disc_loads(BODY, UPRIGHT, STILL)
    change = (pushed.moment_nmm - still.moment_nmm)[0, 2]
    mass = BODY.mass_kg
    height = (mass @ BODY.place_mm[:, 1]) / mass.sum()
    assert 220.0 < height < 320.0
    assert change == pytest.approx(mass.sum() * height, rel=1e-9)
    assert pushed.force_n[0, 0] == pytest.approx(-mass.sum())


def test_leaning_forward_moves_the_weight_forward() -> None:
    lean = lumbar_chain(DISCS, about(Z, -np.radians(10.0)), about(Z, -np.radians(10.0)))
    loads = disc_loads(BODY, lean, STILL)
    place, _ = segment_places_mm(BODY, lean)
    assert loads.moment_nmm[0, 2] == pytest.approx(-9.80665 * BODY.mass_kg @ place[:, 0])
    assert loads.moment_nmm[0, 2] < disc_loads(BODY, UPRIGHT, STILL).moment_nmm[0, 2] - 15e3


def test_angular_acceleration_takes_its_moment() -> None:
    turning = replace(STILL, thorax_angular_acceleration_rad_s2=10.0 * Y)
    change = (
        disc_loads(BODY, UPRIGHT, turning).moment_nmm - disc_loads(BODY, UPRIGHT, STILL).moment_nmm
    )
    thorax = BODY.inertia_kg_mm2[BODY.with_thorax, 1].sum()
    assert change[0, 1] < -10.0 * thorax * 1e-3
    assert abs(change[0, 1]) < 12.0 * BODY.inertia_kg_mm2[:, 1].sum() * 1e-3
    assert np.allclose(change[:, [0, 2]], 0.0)


def test_bottom_up_balances_top_down_in_standing() -> None:
    hips = np.array([24.0, -limb(1.75).lumbosacral_mm[1], 0.0])
    top = disc_loads(BODY, UPRIGHT, STILL)
    below = 70.0 - BODY.mass_kg.sum()
    whole = (BODY.mass_kg @ BODY.place_mm + below * hips) / 70.0
    foot = np.array([whole[0], -1000.0, 90.0])
    result = bottom_up(
        ground_force_n=np.array([[[0.0, WEIGHT / 2, 0.0]]] * 2),
        ground_point_mm=np.array([[foot], [foot * [1, 1, -1]]]),
        free_moment_nmm=np.zeros((2, 1)),
        mass_kg=np.array([below]),
        centre_mm=hips[None, None],
        acceleration_mm_s2=np.zeros((1, 1, 3)),
        disc_mm=np.zeros((1, 3)),
    )
    assert np.allclose(result.force_n[0] + top.force_n[0], 0.0, atol=1e-9)
    assert np.allclose(result.moment_nmm[0] + top.moment_nmm[0], 0.0, atol=1e-6)
