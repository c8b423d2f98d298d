"""Vertebral bodies that several tests share: simple columns, and L4 of the walking subject."""

from __future__ import annotations

from functools import cache

import numpy as np
from mpi4py import MPI

from meshes.vertebra_solid import (
    PlatePlan,
    VertebraDimensions,
    VertebraSolid,
    build_vertebra,
    sweep_body,
)
from scenarios.upper.column import column_load
from simulator.spine.vertebra import Vertebra
from simulator.spine.vertebra_plates import Facets
from simulator.spine.vertebra_records import VertebraResult
from simulator.spine.vertebra_solid import BoneStiffness, ElasticBody
from simulator.spine.vertebra_wrench import Wrench
from simulator.upper_body import slice_load
from tests.helpers.upper import at, walking_model


def cylinder(
    radius_mm: float, height_mm: float, shell_mm: float, around: int = 16
) -> VertebraSolid:
    """A straight round column with a shell."""
    phi = 2.0 * np.pi * np.arange(around) / around
    ring = np.column_stack([np.cos(phi), np.zeros(around), -np.sin(phi)])

    def plan(y: float) -> PlatePlan:
        return PlatePlan(0.6 * radius_mm * ring + [0, y, 0], radius_mm * ring + [0, y, 0])

    size = VertebraDimensions(shell_mm=shell_mm, endplate_mm=0.5, waist=1.0)
    half = 0.5 * height_mm
    mesh, middle, height = sweep_body(plan(-half), plan(half), size)
    return VertebraSolid("column", 0, mesh, np.zeros(3), np.eye(3), middle, height)


def lame(solid: VertebraSolid, bone: BoneStiffness) -> np.ndarray:
    values = np.empty((len(solid.cells), 2))
    values[solid.shell_cells] = bone.shell.lame_mpa
    values[solid.core_cells] = bone.core.lame_mpa
    values[solid.endplate_cells] = bone.endplate.lame_mpa
    return values


def press(solid: VertebraSolid, body: ElasticBody, pressure_mpa: float) -> np.ndarray:
    """Nodal forces of a uniform pressure on both ends."""
    forces = np.zeros((len(body.node_points), 3))
    for upper, sign in ((True, -1.0), (False, 1.0)):
        plate = Facets.of(solid.points, solid.plate_facets(upper))
        forces[plate.find_in(body.node_points), 1] += sign * pressure_mpa * plate.areas()
    return forces


@cache
def lumbar_vertebra(name: str = "L4", refinement: int = 1, shell_mm: float = 0.7) -> Vertebra:
    spine = walking_model().anatomy.spine
    size = VertebraDimensions(shell_mm=shell_mm)
    return Vertebra(MPI.COMM_WORLD, build_vertebra(spine, name, size, refinement), spine)


@cache
def walking_result(
    percent: float, name: str = "L4", refinement: int = 1, shell_mm: float = 0.7
) -> VertebraResult:
    """The vertebra at an instant of the built-in walk."""
    model, vertebra = walking_model(), lumbar_vertebra(name, refinement, shell_mm)
    result, now = at(model, percent), model.gait.at(percent)
    posture = (result.pose.pelvis_rotation, now.thorax_rotation)
    load, chain = column_load(model.column, model.body, now, *posture, percent)
    part = Wrench(*slice_load(model.body, chain, now, vertebra.geometry.below))
    return vertebra.solve(model.column, load, result.solved, part)
