"""Models above the knee that several tests share, and their numbers on any rank count."""

from __future__ import annotations

import json
import sys
from dataclasses import astuple
from functools import cache

import numpy as np
from mpi4py import MPI

from scenarios.gait import GaitRequest, build_gait, standing_gait, walker_of
from scenarios.gait.stance import StanceGait
from scenarios.schema import Lumbar, Scenario
from scenarios.schema_subject import Subject
from scenarios.upper import UpperInstant, UpperModel, UpperState

ANKLE_MM = np.array([56.1, 68.85, 0.0])
OUTLINE_MM = np.array(
    [[0.0, -32.0], [0.0, 32.0], [180.0, 50.0], [255.0, 20.0], [255.0, -30.0], [180.0, -48.0]]
)


def walking(subject: Subject | None = None) -> StanceGait:
    return build_gait(GaitRequest(), subject or Subject(), OUTLINE_MM)


@cache
def walking_model() -> UpperModel:
    return UpperModel.build(MPI.COMM_WORLD, Scenario(), walking())


def standing_model(**lumbar: object) -> UpperModel:
    scenario = Scenario(lumbar=Lumbar(**lumbar))
    gait = standing_gait(walker_of(scenario.subject, OUTLINE_MM))
    return UpperModel.build(MPI.COMM_WORLD, scenario, gait)


def at(
    model: UpperModel,
    percent: float,
    turn: np.ndarray | None = None,
    height_mm: float = 0.0,
    state: UpperState | None = None,
) -> UpperInstant:
    """One instant with the gait's own tibia, turned by a rotation from it if given."""
    baseline = model.gait.at(percent).tibia_rotation
    tibia = baseline if turn is None else turn @ baseline
    return model.instant(percent, tibia, baseline, ANKLE_MM, height_mm, state)


def dump(path: str) -> None:
    """Write all numbers of two instants, the second started from the first."""
    model = walking_model()
    first = at(model, 15.0)
    second = at(model, 50.0, state=first.state)
    bodies = model.bodies(second)
    numbers = [
        [astuple(instant.pelvis)[:7], [astuple(level)[1:] for level in instant.levels]]
        for instant in (first, second)
    ]
    numbers.append([float(np.abs(body.points_mm).sum()) for body in bodies])
    if MPI.COMM_WORLD.rank == 0:
        with open(path, "w", encoding="utf-8") as file:
            json.dump(numbers, file)


if __name__ == "__main__":
    dump(sys.argv[1])
