"""Lumbar discs and columns that several tests share."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np

from materials.build import annulus, facet, spinal_ligament
from materials.fibres import FibreFamilies
from meshes.spine import LevelGeometry, SpineGeometry, build_spine
from simulator.rotations import logarithm
from simulator.spine.closure import PrescribedLoad
from simulator.spine.column import ColumnOptions, LumbarColumn, level_connectors
from simulator.spine.disc import DiscSolver
from simulator.spine.disc_state import DiscState, SolverSettings
from simulator.spine.muscles import MuscleRule
from simulator.spine.records import LumbarLoad

BODY_WEIGHT_N = 70.0 * 9.81
DISC_AREA_MM2 = 1706.0
NO_SWELLING = SolverSettings(rest_pressure_mpa=0.0)
EMPTY_NUCLEUS = SolverSettings(rest_pressure_mpa=0.0, bulk_modulus_mpa=1.0e-6)
"""A nucleus that gives way without pressure: removed."""

MOMENT_AXES = {
    "flexion": np.array([0.0, 0.0, -1.0]),
    "extension": np.array([0.0, 0.0, 1.0]),
    "lateral bending": np.array([1.0, 0.0, 0.0]),
    "axial rotation": np.array([0.0, 1.0, 0.0]),
}
"""Sense of each moment on the upper vertebra, in the disc's frame."""


@cache
def spine() -> SpineGeometry:
    return build_spine()


def level(index: int = 1) -> LevelGeometry:
    return spine().levels[index]


def annulus_law() -> FibreFamilies:
    return annulus()


def soft_law_without_fibres() -> FibreFamilies:
    """The library's annulus in the same compiled form, its fibres slackened away."""
    law = annulus()
    return replace(law, fibre=replace(law.fibre, k1_mpa=1.0e-12))


def disc_solver(
    law: FibreFamilies | None = None,
    connected: bool = False,
    settings: SolverSettings | None = None,
    index: int = 1,
) -> DiscSolver:
    connectors = level_connectors(level(index), spinal_ligament, facet()) if connected else ()
    return DiscSolver(level(index).disc, law or annulus_law(), connectors, settings)


def press(solver: DiscSolver, force_n: float, rotation: np.ndarray | None = None) -> DiscState:
    """Compress with the rotation held."""
    force = np.array([0.0, -force_n, 0.0])
    solver.solve(PrescribedLoad(force, np.eye(3) if rotation is None else rotation))
    return solver.state


def turned_deg(
    solver: DiscSolver, motion: str, moment_nm: float, follower_n: float, steps: int = 1
) -> np.ndarray:
    """Rotations (steps,) about the moment's axis from where the follower load alone leaves it.

    The force goes through the disc's centre, as that of an ideal follower load.
    """
    solver.restore(solver.rest())
    force = np.array([0.0, -follower_n, 0.0])
    solver.solve(PrescribedLoad(force, None, np.zeros(3)))
    start = solver.state.rotation
    axis, turned = MOMENT_AXES[motion], []
    for moment in np.linspace(0.0, 1.0e3 * moment_nm, steps + 1)[1:]:
        solver.solve(PrescribedLoad(force, None, moment * axis))
        turned.append(np.degrees(logarithm(solver.state.rotation @ start.T)) @ axis)
    return np.array(turned)


def shear_stiffness(solver: DiscSolver, axis: int, preload_n: float, shear_n: float) -> float:
    """Secant stiffness, N/mm, over both senses, the vertebra free to turn."""
    solver.restore(solver.rest())
    force = np.array([0.0, -preload_n, 0.0])
    places = []
    for sign in (1.0, -1.0):
        force[axis] = sign * shear_n
        solver.solve(PrescribedLoad(force.copy(), None, np.zeros(3)))
        places.append(solver.state.translation[axis])
    return 2.0 * shear_n / float(places[0] - places[1])


def column(comm, rule: MuscleRule | None = None) -> LumbarColumn:
    options = ColumnOptions(rule=rule or MuscleRule(), ligament=spinal_ligament, facet=facet())
    return LumbarColumn(comm, spine(), annulus_law(), options)


def upright_load(
    column: LumbarColumn,
    pelvis: np.ndarray | None = None,
    thorax: np.ndarray | None = None,
    weight_n: float = 0.57 * BODY_WEIGHT_N,
    anterior_mm: float = 20.0,
    side_n: float = 0.0,
) -> LumbarLoad:
    """Weight of the trunk with its centre of mass in front of L5-S1."""
    pelvis = np.eye(3) if pelvis is None else pelvis
    thorax = np.eye(3) if thorax is None else thorax
    pose = column.chain.pose(pelvis, thorax)
    share = 1.0 - 0.04 * np.arange(5)
    force = share[:, None] * np.array([0.0, -weight_n, side_n])
    centre = pose.centres_mm[0] + np.array([anterior_mm, 300.0, 0.0])
    moment = np.cross(centre - pose.centres_mm, force)
    return LumbarLoad(0.0, pelvis, thorax, force, moment)
