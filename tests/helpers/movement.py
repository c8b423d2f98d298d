"""Movements of the default subject, for the tests of `impact`."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from meshes.cache import cached_foot
from meshes.foot import FootGeometry
from scenarios.gait import GaitRequest, StanceGait, build_gait
from scenarios.impact.movement import Movement
from scenarios.impact.running import running_movement
from scenarios.impact.walking import Given, walking_movement
from scenarios.loading import foot_dimensions
from scenarios.schema_subject import Subject
from simulator.chain import limb

SUBJECT = Subject()
SIZE = limb(SUBJECT.height_m)
FRICTION = 0.5
END_S = 0.15


@cache
def foot() -> FootGeometry:
    return cached_foot(foot_dimensions(SUBJECT), "coarse")


@cache
def gait(speed_m_s: float = 1.3, folder: Path | None = None) -> StanceGait:
    """The built-in gait, or the trial of the data folder."""
    files = [
        None if folder is None else folder / "gait" / f"subject01_walk1_{n}.mot"
        for n in ("grf", "ik")
    ]
    return build_gait(GaitRequest(speed_m_s, *files), SUBJECT, foot().outline_xz)


@cache
def walking(
    speed_m_s: float = 1.3, folder: Path | None = None, given: Given = (None, None, None)
) -> Movement:
    return walking_movement(gait(speed_m_s, folder), foot(), SIZE, FRICTION, END_S, given)


@cache
def running(speed_m_s: float = 3.3, given: Given = (None, None, None)) -> Movement:
    return running_movement(speed_m_s, SUBJECT.body_mass_kg, foot(), SIZE, FRICTION, END_S, given)
