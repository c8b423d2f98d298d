# SPDX-License-Identifier: MIT
"""The lumbar column in standing: five discs between L1 and the sacrum, with attachments.

World axes: X anterior, Y up, Z right; the origin is the midpoint of the hip joint centres. The
column lies in the sagittal plane. Every length scales with stature.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from meshes.disc import DiscDimensions, DiscMesh, build_disc
from meshes.errors import require_range
from meshes.vertebra import VertebraSurface, sacrum_surface, vertebra_surface

FloatArray = NDArray[np.float64]

LEVELS = ("L5-S1", "L4-L5", "L3-L4", "L2-L3", "L1-L2")
"""Names of the discs from below."""

VERTEBRAE = ("L5", "L4", "L3", "L2", "L1")
"""Names of the vertebrae above them."""

_REFERENCE_STATURE_MM = 1750.0
_REFERENCE_LORDOSIS_DEG = 50.5
_DISC_AREA_MM2 = (1584.0, 1706.0, 1592.0, 1540.0, 1605.0)
_NUCLEUS_AREA_MM2 = (701.0, 855.0, 764.0, 673.0, 739.0)
_DISC_HEIGHT_MM = (10.0, 10.5, 10.0, 9.5, 8.5)
_BODY_HEIGHT_MM = (27.0, 27.5, 27.5, 27.0, 26.0)
_SEGMENT_LORDOSIS_DEG = (21.6, 12.7, 9.1, 5.9, 1.2)
_BODY_WEDGE_DEG = (7.0, 2.0, 0.5, -1.0, -2.5)
_FACET_ANGLE_DEG = (56.0, 48.0, 40.0, 34.0, 30.0)
_FACET_INCLINATION_DEG = 12.0
_TIP_GAP_MM = 0.7
_TIP_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class SpineDimensions:
    """Size and posture of the lumbar column in relaxed standing.

    Disc and nucleus areas are convex hulls of the Visible Human male's discs
    (artisynth_lumbosacralSpineModel, BSD-3), disc heights follow Onishi 2019 (anterior heights) and
    White & Panjabi; body heights and the split of a segment's lordosis into body and disc are
    engineering defaults (88 % in the discs; Spine 2024, 645 subjects: 80 to 92 %).

    Attributes:
        stature_mm: scales every length; the tables belong to 1750 mm.
        lordosis_deg: angle between the upper endplates of L1 and S1. Default 50.5 +- 11.4 with the
            shares of the segments 2.3, 11.7, 18.1, 25.2, 42.7 % from L1-L2 down (324 subjects,
            Sci. Rep. 2022, 10.1038/s41598-022-21840-x, table 2).
        sacral_slope_deg: forward inclination of the sacral endplate; default 0.8 of the lordosis,
            40 degrees at 50 (Vialle 2005: 41 +- 8, from memory).
        pelvic_tilt_deg: backward inclination of the line from the hips to the sacral endplate
            (Vialle 2005: 13 +- 6, from memory).
        hip_to_sacrum_mm: distance of the sacral endplate from the hip axis at 1750 mm (engineering
            default).
    """

    stature_mm: float = _REFERENCE_STATURE_MM
    lordosis_deg: float = _REFERENCE_LORDOSIS_DEG
    sacral_slope_deg: float | None = None
    pelvic_tilt_deg: float = 12.0
    hip_to_sacrum_mm: float = 112.0


@dataclass(frozen=True, slots=True)
class BandGeometry:
    """One band of a spinal ligament, in the disc's frame.

    Attributes:
        kind: ALL, PLL, LF, CL, ITL, ISL or SSL.
        name: for reports, with the side where there are two.
        lower_mm: (3,) attachment on the lower vertebra.
        upper_mm: (3,) attachment on the upper vertebra.
        share: part of the ligament's area.
        slack: strain from standing at which it becomes taut.
    """

    kind: str
    name: str
    lower_mm: FloatArray
    upper_mm: FloatArray
    share: float
    slack: float


@dataclass(frozen=True, slots=True)
class FacetGeometry:
    """One contact of the posterior elements, in the disc's frame.

    Attributes:
        name: for reports.
        point_mm: (3,) middle of the contact.
        normal: (3,) unit normal of the lower vertebra's face, towards the upper one's.
        further_gap_mm: gap in standing beyond that of a facet joint.
        share: of a facet joint's stiffness.
    """

    name: str
    point_mm: FloatArray
    normal: FloatArray
    further_gap_mm: float
    share: float


@dataclass(frozen=True, slots=True)
class LevelGeometry:
    """One motion segment.

    Attributes:
        name: such as ``"L4-L5"``.
        upper: name of the vertebra above.
        disc: the annulus and its cavity, in the disc's frame.
        centre_mm: (3,) centre of the disc in standing, world.
        frame: (3, 3) world axes of the disc's frame as columns.
        bands: ligaments.
        facets: the two facet joints, and their tips on the laminae below.
    """

    name: str
    upper: str
    disc: DiscMesh
    centre_mm: FloatArray
    frame: FloatArray
    bands: tuple[BandGeometry, ...]
    facets: tuple[FacetGeometry, ...]


@dataclass(frozen=True, slots=True)
class SpineGeometry:
    """The lumbar column in standing, world axes, origin at the midpoint of the hips.

    Attributes:
        dimensions: what it was built from.
        levels: from below, in the order of `LEVELS`.
        vertebrae: surfaces of the sacrum, L5 to L1, world.
        sacral_endplate_mm: (3,) its centre.
        upper_endplate_mm: (3,) centre of the upper endplate of L1.
        thorax_centre_mm: (3,) middle of the thorax, 0.07 of stature above L1 (engineering default).
    """

    dimensions: SpineDimensions
    levels: tuple[LevelGeometry, ...]
    vertebrae: tuple[VertebraSurface, ...]
    sacral_endplate_mm: FloatArray
    upper_endplate_mm: FloatArray
    thorax_centre_mm: FloatArray


def disc_dimensions(dimensions: SpineDimensions) -> tuple[DiscDimensions, ...]:
    """Sizes of the five discs from below."""
    scale = dimensions.stature_mm / _REFERENCE_STATURE_MM
    curve = dimensions.lordosis_deg / _REFERENCE_LORDOSIS_DEG
    return tuple(
        DiscDimensions(
            area_mm2=_DISC_AREA_MM2[i] * scale**2,
            nucleus_area_mm2=_NUCLEUS_AREA_MM2[i] * scale**2,
            height_mm=_DISC_HEIGHT_MM[i] * scale,
            wedge_deg=curve * (_SEGMENT_LORDOSIS_DEG[i] - _BODY_WEDGE_DEG[i]),
        )
        for i in range(len(LEVELS))
    )


def build_spine(
    dimensions: SpineDimensions | None = None,
    resolution: str | tuple[int, int, int] = "coarse",
) -> SpineGeometry:
    """Stack sacrum, discs and vertebrae in standing posture.

    Args:
        dimensions: size and posture.
        resolution: of the discs, see `meshes.disc.build_disc`.

    Raises:
        MeshError: for a dimension out of range, or a disc that cannot be built.
    """
    dimensions = dimensions or SpineDimensions()
    require_range("stature_mm", dimensions.stature_mm, 1050.0, 2200.0)
    require_range("lordosis_deg", dimensions.lordosis_deg, 15.0, 75.0)
    if dimensions.sacral_slope_deg is None:
        dimensions = replace(dimensions, sacral_slope_deg=0.8 * dimensions.lordosis_deg)
    assert dimensions.sacral_slope_deg is not None
    require_range("sacral_slope_deg", dimensions.sacral_slope_deg, 5.0, 75.0)
    require_range("pelvic_tilt_deg", dimensions.pelvic_tilt_deg, -20.0, 45.0)
    require_range("hip_to_sacrum_mm", dimensions.hip_to_sacrum_mm, 70.0, 160.0)

    scale = dimensions.stature_mm / _REFERENCE_STATURE_MM
    curve = dimensions.lordosis_deg / _REFERENCE_LORDOSIS_DEG
    tilt = np.radians(dimensions.pelvic_tilt_deg)
    place = scale * dimensions.hip_to_sacrum_mm * np.array([-np.sin(tilt), np.cos(tilt), 0.0])
    sacral, angle = place.copy(), -dimensions.sacral_slope_deg

    levels = []
    for i, size in enumerate(disc_dimensions(dimensions)):
        middle = _frame(angle + 0.5 * size.wedge_deg)
        centre = place + 0.5 * size.height_mm * middle[:, 1]
        levels.append(
            LevelGeometry(
                name=LEVELS[i],
                upper=VERTEBRAE[i],
                disc=build_disc(size, resolution),
                centre_mm=centre,
                frame=middle,
                bands=_bands(size, scale),
                facets=_facets(size, _FACET_ANGLE_DEG[i]),
            )
        )
        place = centre + 0.5 * size.height_mm * middle[:, 1]
        angle += size.wedge_deg
        wedge = curve * _BODY_WEDGE_DEG[i]
        place = place + scale * _BODY_HEIGHT_MM[i] * _frame(angle + 0.5 * wedge)[:, 1]
        angle += wedge

    thorax = place + np.array([0.0, 0.07 * dimensions.stature_mm, 0.0])
    return SpineGeometry(
        dimensions=dimensions,
        levels=tuple(levels),
        vertebrae=_surfaces(levels, place, angle),
        sacral_endplate_mm=sacral,
        upper_endplate_mm=place,
        thorax_centre_mm=thorax,
    )


def _frame(angle_deg: float) -> FloatArray:
    """Axes (columns) turned about Z, the right."""
    cosine, sine = np.cos(np.radians(angle_deg)), np.sin(np.radians(angle_deg))
    return np.array([[cosine, -sine, 0.0], [sine, cosine, 0.0], [0.0, 0.0, 1.0]])


def _bands(size: DiscDimensions, stature_scale: float) -> tuple[BandGeometry, ...]:
    """Attachments of the ligaments, scaled with the disc.

    Places and lengths are engineering defaults. Lordosis leaves the posterior ligaments slack: the
    inter- and supraspinous ones begin to pull half way through flexion (Adams, Hutton and Stott
    1980, from memory; 2 to 3 degrees a level here), the capsules before them.
    """
    scale = np.sqrt(size.area_mm2 / 1706.0)
    half = 0.5 * size.height_mm
    slope = np.tan(np.radians(0.5 * size.wedge_deg))
    body = 0.5 * 27.5 * stature_scale
    bands = []
    for kind, lower_x, upper_x, z, reach, slack in (
        ("ALL", 21.5, 21.5, 0.0, half + slope * 21.5 * scale + 0.2 * body, 0.0),
        ("PLL", -18.5, -18.5, 0.0, half - slope * 18.5 * scale + 0.35 * body, 0.0),
        ("LF", -34.0, -34.0, 7.0, 10.0 * scale, 0.02),
        ("CL", -31.0, -31.0, 18.0, 9.0 * scale, 0.06),
        ("ITL", -18.0, -18.0, 40.0, half + body, 0.02),
        ("ISL", -42.0, -54.0, 0.0, 10.5 * scale, 0.12),
        ("SSL", -66.0, -66.0, 0.0, 17.0 * scale, 0.10),
    ):
        for side, label in ((1.0, " right"), (-1.0, " left")) if z else ((0.0, ""),):
            lower = np.array([lower_x * scale, -reach, side * z * scale])
            upper = np.array([upper_x * scale, reach, side * z * scale])
            share = 0.5 if z else 1.0
            bands.append(BandGeometry(kind, kind + label, lower, upper, share, slack))
    return tuple(bands)


def _facets(size: DiscDimensions, angle_deg: float) -> tuple[FacetGeometry, ...]:
    """Facet joints at an angle to the sagittal plane, and the tips that meet the lamina below.

    Angles: 26 to 34 degrees in T12-L2, 40 to 56 in L3-L5 (from memory; interpolated by level).
    Tips meet the lamina in extension (Yang and King 1984, from memory). Places are engineering
    defaults; gap and stiffness of the tips are chosen by the extension stiffness of L4-L5
    (docs/theory/lumbar.md).
    """
    scale = np.sqrt(size.area_mm2 / 1706.0)
    angle, rise = np.radians(angle_deg), np.radians(_FACET_INCLINATION_DEG)
    up = np.array([0.0, 1.0, 0.0])
    facets = []
    for side, label in ((1.0, "right"), (-1.0, "left")):
        flat = np.array([-np.sin(angle), 0.0, -side * np.cos(angle)])
        normal = np.cos(rise) * flat + np.sin(rise) * up
        joint = np.array([-31.0, 0.0, side * 18.0]) * scale
        tip = np.array([-34.0, -10.0, side * 15.0]) * scale
        facets.append(FacetGeometry(f"facet {label}", joint, normal, 0.0, 1.0))
        facets.append(FacetGeometry(f"tip {label}", tip, up, _TIP_GAP_MM * scale, _TIP_SHARE))
    return tuple(facets)


def _surfaces(
    levels: list[LevelGeometry], top: FloatArray, top_angle_deg: float
) -> tuple[VertebraSurface, ...]:
    """Surfaces of sacrum and vertebrae from the endplates of their discs."""

    def ring(level: LevelGeometry, upper: bool) -> FloatArray:
        from_middle = level.disc.endplate_outline(upper)
        return np.asarray(level.centre_mm + from_middle @ level.frame.T)

    last = levels[-1].disc.outline_mm
    flat = np.column_stack([last[:, 0], np.zeros(len(last)), last[:, 1]])
    highest = top + flat @ _frame(top_angle_deg).T
    surfaces = [sacrum_surface(ring(levels[0], upper=False))]
    for i, name in enumerate(VERTEBRAE):
        above = ring(levels[i + 1], upper=False) if i + 1 < len(levels) else highest
        surfaces.append(vertebra_surface(name, ring(levels[i], upper=True), above))
    return tuple(surfaces)
