# SPDX-License-Identifier: MIT
"""The movement that a scenario asks for."""

from __future__ import annotations

from meshes.foot import FootGeometry
from meshes.outline import foot_outline
from scenarios.errors import ScenarioError
from scenarios.gait import build_gait
from scenarios.impact.movement import Movement
from scenarios.impact.running import running_force, running_movement
from scenarios.impact.walking import walking_movement
from scenarios.loading import foot_dimensions
from scenarios.schema import Scenario
from simulator.chain import Limb


def build_movement(scenario: Scenario, foot: FootGeometry, size: Limb, friction: float) -> Movement:
    """Make the movement of the analysis `impact`.

    The same on every rank: reads files and computes, without communication.

    Args:
        scenario: whose subject moves, and how.
        foot: its foot.
        size: its leg and pelvis.
        friction: least coefficient between foot and ground.

    Raises:
        GaitError: input that is wrong or cannot be used.
        ScenarioError: the duration is longer than the foot stands on the ground.
    """
    impact, subject = scenario.impact, scenario.subject
    duration = impact.duration_ms / 1000.0
    given = impact.heel_velocity_mm_s
    if impact.movement == "running":
        speed = impact.running_speed_m_s
        _within(scenario, running_force(speed).stance_s)
        return running_movement(
            speed,
            subject.body_mass_kg,
            foot,
            size,
            friction,
            duration,
            given,
            subject.walking_angles_deg,
        )
    gait = build_gait(scenario.gait, subject, foot.outline_xz)
    _within(scenario, gait.duration_s)
    return walking_movement(gait, foot, size, friction, duration, given)


def check_duration(scenario: Scenario) -> tuple[str, ...]:
    """Refuse a duration beyond the foot's contact; returns what the gait has to say.

    Raises:
        GaitError: input that is wrong or cannot be used.
        ScenarioError: the duration is longer than the foot stands on the ground.
    """
    impact = scenario.impact
    if impact.movement == "running":
        _within(scenario, running_force(impact.running_speed_m_s).stance_s)
        return ()
    outline = foot_outline(foot_dimensions(scenario.subject))
    gait = build_gait(scenario.gait, scenario.subject, outline)
    _within(scenario, gait.duration_s)
    return gait.warnings


def _within(scenario: Scenario, stance_s: float) -> None:
    duration = scenario.impact.duration_ms
    if duration <= 1000.0 * stance_s:
        return
    raise ScenarioError(
        scenario.name,
        "impact.duration_ms",
        f"{duration:g} ms is longer than the foot's contact",
        allowed=f"at most {int(1000.0 * stance_s)} ms here",
    )
