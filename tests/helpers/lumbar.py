"""Lumbar discs and columns that several tests share."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np

from materials.build import annulus, facet, spinal_ligament
from materials.fibres import FibreFamilies
from meshes.spine import LevelGeometry, SpineGeometry, build_spine
from simulator.spine.column import ColumnOptions, LumbarColumn, level_connectors
from simulator.spine.disc import DiscSolver
from simulator.spine.muscles import MuscleRule
from simulator.spine.records import LumbarLoad

BODY_WEIGHT_N = 70.0 * 9.81


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


def disc_solver(law: FibreFamilies | None = None, connected: bool = False) -> DiscSolver:
    connectors = level_connectors(level(), spinal_ligament, facet()) if connected else ()
    return DiscSolver(level().disc, law or annulus_law(), connectors)


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
