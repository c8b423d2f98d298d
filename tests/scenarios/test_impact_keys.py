# SPDX-License-Identifier: MIT
"""The table ``[impact]``: steps and outputs, what is refused, what goes unread, the movement."""

from __future__ import annotations

import pytest

from scenarios.calibration_terms import terms
from scenarios.check import check_scenario
from scenarios.cost import estimate
from scenarios.errors import ScenarioError
from scenarios.impact.build import build_movement
from scenarios.loading import load_scenario
from tests.helpers import movement as given


def loaded(*settings: str, name: str = "heel_strike"):
    return load_scenario(name, settings=settings)


def refused(*settings: str) -> ScenarioError:
    with pytest.raises(ScenarioError) as caught:
        check_scenario(loaded(*settings))
    return caught.value


@pytest.mark.parametrize("name", ["heel_strike", "running"])
def test_library_scenarios_pass_their_check(name: str) -> None:
    whole = loaded(name=name)
    assert whole.scenario.analysis == "impact"
    assert any("resolve 50 Hz" in warning for warning in check_scenario(whole))
    seconds = estimate(whole.scenario).wall_s
    assert seconds is not None and 60.0 < seconds < 3600.0


@pytest.mark.parametrize(
    ("settings", "per_output", "steps"),
    [
        ((), 1, 150),
        (("impact.step_ms=0.5",), 2, 300),
        (("impact.step_ms=0.3",), 4, 600),
        (("impact.output_rate_hz=400", "impact.duration_ms=102.4"), 3, 120),
        (("impact.output_rate_hz=5000",), 1, 750),
    ],
)
def test_steps_end_at_each_output(settings: tuple[str, ...], per_output: int, steps: int) -> None:
    impact = loaded(*settings).scenario.impact
    assert (impact.steps_per_output, impact.steps) == (per_output, steps)


def test_content_that_step_or_outputs_do_not_resolve_is_refused() -> None:
    error = refused("impact.content_hz=100")
    assert error.key == "impact" and "step_ms = 1 resolves 50 Hz" in str(error)
    assert "step_ms of at most 0.5" in error.allowed
    error = refused("impact.content_hz=100", "impact.step_ms=0.5")
    assert "output_rate_hz of at least 2000" in error.allowed
    fine = ("impact.step_ms=0.5", "impact.output_rate_hz=2000")
    assert not any("resolve" in w for w in check_scenario(loaded("impact.content_hz=100", *fine)))
    assert loaded("impact.content_hz=50").scenario.impact.steps == 150


def test_a_duration_beyond_contact_is_refused_by_its_key() -> None:
    error = refused("impact.movement=running", "impact.duration_ms=240")
    assert (error.where, error.key) == ("--set", "impact.duration_ms")
    assert error.allowed == "at most 236 ms here"
    check_scenario(loaded("impact.duration_ms=240"))


@pytest.mark.parametrize(
    ("settings", "unread"),
    [
        (("analysis=stance", "impact.step_ms=0.5"), ["impact.step_ms"]),
        (("analysis=standing", "impact.clearance_mm=1.0"), ["impact.clearance_mm"]),
        (("impact.running_speed_m_s=4.0",), ["impact.running_speed_m_s"]),
        (("impact.movement=running", "gait.speed_m_s=1.5"), ["gait.speed_m_s"]),
        (("standing.body_weight_share=1.0",), ["standing.body_weight_share"]),
        (("impact.movement=running", "impact.running_speed_m_s=4.0"), []),
    ],
)
def test_keys_that_go_unread_are_said(settings: tuple[str, ...], unread: list[str]) -> None:
    warnings = [w for w in check_scenario(loaded(*settings)) if "is not used by" in w]
    assert [w.partition(" ")[0] for w in warnings] == unread


def test_a_candidate_shares_the_impact_of_its_baseline() -> None:
    here, there = (terms(loaded(s).scenario) for s in ("impact.step_ms=0.5", "impact.step_ms=1.0"))
    assert here != there
    keys = terms(loaded("analysis=stance").scenario)
    assert not any(key.startswith("impact.") for key in keys)


def test_movement_of_a_scenario() -> None:
    foot, size = given.foot(), given.SIZE
    walking = build_movement(
        loaded("impact.vertical_velocity_mm_s=-300.0").scenario, foot, size, 0.5
    )
    assert (walking.kind, walking.speed_m_s, walking.end_s) == ("walking", 1.3, 0.15)
    assert walking.heel_velocity_mm_s[1] == -300.0
    settings = ("impact.running_speed_m_s=4.0", "impact.forward_velocity_mm_s=500.0")
    running = build_movement(loaded(*settings, name="running").scenario, foot, size, 0.5)
    assert (running.kind, running.speed_m_s) == ("running", 4.0)
    assert running.heel_velocity_mm_s[0] == 500.0
