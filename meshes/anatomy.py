# SPDX-License-Identifier: MIT
"""Rigid segments, joints and bands as plain geometry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from meshes.tagged import FloatArray, IntArray

JointKind = Literal["hinge", "ball"]


@dataclass(frozen=True, slots=True)
class SegmentGeometry:
    """One rigid segment in its reference position.

    Attributes:
        name: of the segment.
        reference_mm: (3,) its reference point, here the centre of mass.
        surface_points: (n, 3) vertices of a closed surface for pictures, mm.
        surface_triangles: (t, 3) its triangles, pointing outward.
        mass_kg_fraction: mass over body mass (de Leva 1996).
        gyration_mm: (3,) radii of gyration about X, Y, Z through the centre of mass.
    """

    name: str
    reference_mm: FloatArray
    surface_points: FloatArray
    surface_triangles: IntArray
    mass_kg_fraction: float
    gyration_mm: FloatArray


@dataclass(frozen=True, slots=True)
class JointGeometry:
    """A joint between two segments.

    Attributes:
        name: of the joint.
        proximal: name of the segment nearer to the trunk.
        distal: name of the segment further from it.
        centre_mm: (3,) centre in the reference position.
        axis: (3,) unit axis; the distal segment turning about it by the right-hand rule is a
            positive angle. For a ball joint the axis of its main motion.
        kind: hinge (one rotation) or ball (three).
    """

    name: str
    proximal: str
    distal: str
    centre_mm: FloatArray
    axis: FloatArray
    kind: JointKind


@dataclass(frozen=True, slots=True)
class BandGeometry:
    """A tension-only band: plantar fascia or ligament.

    Attributes:
        name: of the band.
        points: (segment, (3,) point in mm) from origin to insertion; those between are points
            that the band passes.
        wrap_radius_mm: radius about the bone's centre on which the band lies at the points
            between, 0 where it runs straight.
        area_mm2: cross-section.
    """

    name: str
    points: tuple[tuple[str, FloatArray], ...]
    wrap_radius_mm: float
    area_mm2: float
