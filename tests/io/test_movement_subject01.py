# SPDX-License-Identifier: MIT
"""Heel strike of the measured trial: what the markers say of the heel's velocity."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.interpolate import CubicSpline

from scenarios.gait.angles import read_angles
from scenarios.gait.filtering import low_pass
from scenarios.gait.gait2392 import joint_places_mm, orientations
from scenarios.gait.storage import read_storage
from scenarios.impact.movement import ANGLES
from scenarios.impact.touchdown import leg_motion
from tests.helpers import movement as given
from tests.helpers.evidence import Evidence

TOUCHDOWN_S = 0.618
STATURE_M = 1.80
CUTOFF_HZ = 12.0


@pytest.fixture(scope="module")
def marked(data_dir: Path) -> dict[str, np.ndarray]:
    """Velocities (m/s, ground at rest) of the trial's own heel and hip from its whole record."""
    file = data_dir / "gait" / "subject01_walk1_ik.mot"
    angles = read_angles(read_storage(file), "right")
    assert angles.pelvis_mm is not None
    places = joint_places_mm(orientations(angles.leg, angles.trunk), angles.pelvis_mm, STATURE_M)
    belt = np.array([given.gait(1.12, data_dir).speed_m_s, 0.0, 0.0])
    curves = {
        name: CubicSpline(angles.time_s, low_pass(angles.time_s, place, CUTOFF_HZ))
        for name, place in places.items()
    }
    return {name: 1e-3 * curve(TOUCHDOWN_S, 1) + belt for name, curve in curves.items()}


def test_touchdown_beside_the_markers(
    data_dir: Path, marked: dict[str, np.ndarray], evidence: Evidence
) -> None:
    movement, gait = given.walking(1.12, data_dir), given.gait(1.12, data_dir)
    leg = leg_motion(movement.at(0.0), given.foot(), given.SIZE, movement.heel_velocity_mm_s)
    heel = 1e-3 * gait.heading @ movement.heel_velocity_mm_s
    pelvis = 1e-3 * gait.heading @ leg.pelvis_mm_s
    case = "Touchdown, measured walking at 1.12 m/s"
    for quantity, model, trial, band in (
        ("heel downwards, less the trial's", -heel[1], -marked["heel"][1], 0.1),
        ("heel forwards, less the trial's", heel[0], marked["heel"][0], 0.2),
        ("pelvis downwards, less the trial's", -pelvis[1], -marked["hip"][1], 0.1),
        ("pelvis forwards, less the trial's", pelvis[0], marked["hip"][0], 0.2),
    ):
        evidence.within(
            "shock",
            case,
            quantity,
            model - trial,
            low=-band,
            high=band,
            unit="m/s",
            source="markers of the same trial, at 60 Hz, low-pass 12 Hz",
        )


def test_the_measured_movement_follows_its_gait(data_dir: Path) -> None:
    movement, gait = given.walking(1.12, data_dir), given.gait(1.12, data_dir)
    assert (movement.kind, movement.source) == ("walking", "measured")
    for time in (0.0, 0.05, 0.15):
        now, then = movement.at(time), gait.at(100.0 * time / gait.duration_s)
        for name in ANGLES:
            assert getattr(now, name) == pytest.approx(getattr(then, name), abs=0.2), name
    assert movement.warnings == gait.warnings
