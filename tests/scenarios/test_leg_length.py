# SPDX-License-Identifier: MIT
"""An insole on one foot lifts its side of the pelvis; on both it leaves the pelvis level."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from scenarios.calibration_terms import calibration_key
from scenarios.check import check_scenario
from scenarios.errors import ScenarioError
from scenarios.foot_summary import RunRecord
from scenarios.leg_length import leg_length_warnings, one_sided_height_mm
from scenarios.loading import load_scenario
from scenarios.recorded_march import RecordedMarch
from scenarios.report import _leg_length
from scenarios.schema import Scenario
from scenarios.schema_insole import Insole

LIFTED = Insole(thickness_mm=6.0, heel_lift_mm=9.0, both_feet=False)


def test_height_is_the_difference_under_the_heel() -> None:
    assert one_sided_height_mm(LIFTED, Insole(thickness_mm=4.0)) == 11.0
    assert one_sided_height_mm(LIFTED, Insole(material="none")) == 15.0
    assert one_sided_height_mm(Insole(material="none", both_feet=False), LIFTED) == -15.0


def test_on_both_feet_and_on_a_baseline_there_is_none() -> None:
    assert one_sided_height_mm(Insole(heel_lift_mm=9.0), Insole()) == 0.0
    assert one_sided_height_mm(LIFTED, None) == 0.0
    assert leg_length_warnings(Insole(heel_lift_mm=9.0), 0.0) == ()
    assert "+11 mm" in leg_length_warnings(LIFTED, 11.0)[0]


def test_the_pelvis_is_posed_with_it() -> None:
    """Each instant hands the height to the part above the knee."""
    given: list[float] = []

    class Upper:
        def instant(self, *arguments: Any, **_: Any) -> None:
            given.append(arguments[4])

    turn = np.eye(3)
    poses = SimpleNamespace(rotation=[turn], point=lambda *_: np.zeros(3))
    segments = SimpleNamespace(index=lambda _: 0, reference_mm=np.zeros((1, 3)))
    foot = SimpleNamespace(landmarks=SimpleNamespace(ankle=np.zeros(3)))
    model = SimpleNamespace(equilibrium=SimpleNamespace(poses=poses), segments=segments, foot=foot)
    gait = SimpleNamespace(heading=turn, at=lambda _: SimpleNamespace(tibia_rotation=turn))
    run: Any = SimpleNamespace(model=model, loads=SimpleNamespace(gait=gait))
    upper: Any = Upper()
    nothing: Any = None
    march = RecordedMarch(nothing, run, upper, (50.0,), nothing, RunRecord(), 11.0)
    march._above(50.0)
    assert given == [11.0]


def checked(*settings: str) -> Scenario:
    loaded = load_scenario("standing", settings=settings)
    check_scenario(loaded)
    return loaded.scenario


def test_one_foot_needs_a_baseline_for_the_other() -> None:
    with pytest.raises(ScenarioError, match="no insole of the other foot") as caught:
        checked("insole.both_feet=false")
    assert caught.value.key == "insole.both_feet"
    with pytest.raises(ScenarioError, match="worn on both feet"):
        checked("baseline.material=cork", "baseline.both_feet=false")
    one, both = (
        checked("baseline.material=cork", f"insole.both_feet={value}")
        for value in ("false", "true")
    )
    assert one.baseline is not None and both.baseline is not None
    assert calibration_key(one, one.baseline) == calibration_key(both, both.baseline)


def test_the_report_says_which_feet_are_lifted() -> None:
    rows, note = _leg_length({"heel_lift_mm": 9.0})
    assert rows == (("heel lift of the insole (mm)", "9.0"),)
    assert "both feet" in note and "level" in note
    rows, note = _leg_length({"heel_lift_mm": 9.0, "both_feet": False})
    assert len(rows) == 2 and "obliquity" in note
