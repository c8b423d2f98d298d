# SPDX-License-Identifier: MIT
"""The lumbar column of a subject: materials, muscles, posture, calibration on standing.

The rule of co-contraction is one number, a share of body weight. It is fitted on
quiet standing of a person of the subject's stature with a body mass index of 22.9
and the trunk's centre 20 mm in front of L5-S1, in the subject's own column, so that
the disc pressure at L4-L5 is 0.5 MPa: what Wilke 1999 measured in one man of 70 kg.
A heavier or more stooped subject then has a higher pressure in standing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from mpi4py import MPI
from numpy.typing import NDArray

from materials.build import annulus, facet, spinal_ligament
from scenarios.schema import Muscles
from scenarios.upper.anatomy import UpperAnatomy
from simulator.chain import LEVEL_SHARES, LumbarChain, carried
from simulator.rotations import exponential, logarithm
from simulator.spine.column import ColumnOptions, LumbarColumn
from simulator.spine.muscles import MuscleRule
from simulator.spine.records import Calibration, LumbarLoad
from simulator.upper_body import CENTRE_OFFSET_MM, TrunkMotion, UpperBody, disc_loads

Array = NDArray[np.float64]

LUMBAR_PART = LEVEL_SHARES.sum(axis=0)
"""Part of the lumbar spine in the rotation from pelvis to thorax: about X, Y, Z."""

STANDING_PRESSURE_MPA = 0.5
REFERENCE_MASS_KG = 70.0
REFERENCE_STATURE_MM = 1750.0


@dataclass(frozen=True, slots=True)
class Still:
    """A trunk at rest; see `simulator.upper_body.TrunkMotion`."""

    com_acceleration_mm_s2: Array
    pelvis_angular_velocity_rad_s: Array
    pelvis_angular_acceleration_rad_s2: Array
    thorax_angular_velocity_rad_s: Array
    thorax_angular_acceleration_rad_s2: Array

    @classmethod
    def standing(cls) -> Still:
        """No acceleration and no spin."""
        return cls(*np.zeros((5, 3)))


def build_column(
    comm: MPI.Intracomm, anatomy: UpperAnatomy, kind: Muscles, body_mass_kg: float
) -> tuple[LumbarColumn, Calibration]:
    """Build the five levels with library materials and fit the co-contraction; collective.

    Args:
        comm: of the analysis.
        anatomy: the subject's.
        kind: of muscles.
        body_mass_kg: the subject's.

    Raises:
        DiscNotConverged: on every rank, if standing has no solution.
    """
    scale = anatomy.limb.stature_mm / REFERENCE_STATURE_MM
    options = ColumnOptions(
        rule=_scaled(MuscleRule(kind=kind), scale), ligament=spinal_ligament, facet=facet()
    )
    column = LumbarColumn(comm, anatomy.spine, annulus(), options)
    reference_kg = REFERENCE_MASS_KG * scale**2
    body = anatomy.masses(reference_kg, CENTRE_OFFSET_MM * scale)
    load, _ = column_load(column, body, Still.standing(), np.eye(3), np.eye(3), 0.0)
    fit = column.calibrate_cocontraction(load, STANDING_PRESSURE_MPA)
    share = body_mass_kg / reference_kg
    if kind == "follower":
        column.rule = replace(column.rule, follower_n=share * column.rule.follower_n)
    else:
        column.rule = replace(column.rule, cocontraction_n=share * column.rule.cocontraction_n)
    return column, fit


def lumbar_top(pelvis: Array, thorax: Array) -> Array:
    """Orientation of L1: the lumbar part of the rotation from pelvis to thorax.

    Args:
        pelvis: rotation from standing, shape (3, 3).
        thorax: id.
    """
    return np.asarray(pelvis @ exponential(LUMBAR_PART * logarithm(pelvis.T @ thorax)))


def column_load(
    column: LumbarColumn,
    body: UpperBody,
    motion: TrunkMotion,
    pelvis: Array,
    thorax: Array,
    percent: float,
) -> tuple[LumbarLoad, LumbarChain]:
    """Posture of the column and the load of all above each disc.

    Args:
        column: its chain gives the places of the discs.
        body: masses above.
        motion: accelerations.
        pelvis: rotation from standing, shape (3, 3).
        thorax: id.
        percent: of stance.
    """
    top = lumbar_top(pelvis, thorax)
    pose = column.chain.pose(pelvis, top)
    chain = carried(column.chain.centres_mm, pose, thorax)
    loads = disc_loads(body, chain, motion)
    return LumbarLoad(percent, pelvis, top, loads.force_n, loads.moment_nmm), chain


def _scaled(rule: MuscleRule, scale: float) -> MuscleRule:
    """Lever arms grow with stature."""
    return replace(
        rule,
        extensor_mm=scale * rule.extensor_mm,
        flexor_mm=scale * rule.flexor_mm,
        lateral_mm=scale * rule.lateral_mm,
        axial_mm=scale * rule.axial_mm,
    )
