# SPDX-License-Identifier: MIT
"""The right foot: plantar soft tissue as a tagged mesh, with bones, joints and bands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from meshes.anatomy import BandGeometry, JointGeometry, SegmentGeometry
from meshes.errors import MeshError
from meshes.extrude import Layers, extrude
from meshes.foot_bands import foot_bands
from meshes.foot_bones import BoneCeiling, BoneUnderside, plantar_bones
from meshes.foot_dimensions import FootDimensions
from meshes.foot_landmarks import FootLandmarks, foot_landmarks
from meshes.foot_skeleton import foot_joints, foot_segments
from meshes.outline import SizeField, foot_outline, inside, resample_by_size
from meshes.planform import triangulate
from meshes.plantar import PlantarSurface, SoleRounding, sulcus_share
from meshes.sole_correction import SoleCorrection
from meshes.tagged import FloatArray, TagArray, TaggedMesh
from meshes.tags import Region, Surface

Resolution = Literal["coarse", "standard", "fine"]

MIN_DIHEDRAL_DEG = 8.0
MIN_RADIUS_RATIO = 0.10

_REFINEMENT = {"coarse": 1.0, "standard": 0.66, "fine": 0.37}
_LAYERS = {"coarse": 3, "standard": 5, "fine": 9}


@dataclass(frozen=True, slots=True)
class FootGeometry:
    """A meshed right foot in the foot frame.

    x = 0 at the rearmost heel and forward to the toes, y = 0 at the lowest sole, z = 0 from the
    heel's centre to the second metatarsal head, positive laterally; mm.

    Attributes:
        dimensions: of the foot.
        resolution: of the mesh.
        outline_xz: (n, 2) closed plan outline.
        plantar_height: height of the unloaded sole at plan points.
        ceiling: height of the tissue's upper surface, which on bones is their underside.
        bones: undersides of the bones with plantar tissue.
        mesh: soft tissue only, zones and surfaces tagged.
        segments: rigid segments in the order of the bone tags.
        joints: joints between them.
        bands: plantar fascia and ligaments.
        landmarks: joint centres and bony points.
    """

    dimensions: FootDimensions
    resolution: Resolution
    outline_xz: FloatArray
    plantar_height: PlantarSurface
    ceiling: BoneCeiling
    bones: tuple[BoneUnderside, ...]
    mesh: TaggedMesh
    segments: tuple[SegmentGeometry, ...]
    joints: tuple[JointGeometry, ...]
    bands: tuple[BandGeometry, ...]
    landmarks: FootLandmarks


def build_foot(
    dimensions: FootDimensions,
    resolution: Resolution = "coarse",
    mesh: TaggedMesh | None = None,
    correction: SoleCorrection | None = None,
) -> FootGeometry:
    """Build a foot from its dimensions.

    Args:
        dimensions: measured or typical.
        resolution: about 43, 146 and 775 thousand displacement unknowns of quadratic elements.
        mesh: the soft tissue of the same dimensions and resolution, where it is at hand already.
        correction: of outline and sole by a scan.

    Raises:
        MeshError: unknown resolution, or dimensions that give bad cells.
    """
    check_resolution(resolution)
    outline = foot_outline(dimensions, correction=correction)
    plantar = PlantarSurface(dimensions, outline, correction)
    landmarks = foot_landmarks(dimensions)
    bones = plantar_bones(dimensions, landmarks)
    rounding = SoleRounding(dimensions) if dimensions.sole_roundness > 0.0 else None
    ceiling = BoneCeiling(bones, correction if correction is not None else rounding)
    if mesh is None:
        mesh = _soft_tissue(dimensions, resolution, outline, plantar, ceiling)
    return FootGeometry(
        dimensions=dimensions,
        resolution=resolution,
        outline_xz=outline,
        plantar_height=plantar,
        ceiling=ceiling,
        bones=bones,
        mesh=mesh,
        segments=foot_segments(dimensions, landmarks, bones),
        joints=foot_joints(dimensions, landmarks),
        bands=foot_bands(dimensions, landmarks),
        landmarks=landmarks,
    )


def check_resolution(resolution: str) -> None:
    """Raise `MeshError` for a resolution that does not exist."""
    if resolution not in get_args(Resolution):
        raise MeshError(
            "resolution", f"{resolution!r} is not known", ", ".join(get_args(Resolution))
        )


def foot_zones(dimensions: FootDimensions, x: FloatArray, z: FloatArray) -> TagArray:
    """Return the zone (`Region`) of plan points, from per cents of foot length.

    The heel ends at 31 %; midfoot ends at 62 % medially and 53 % laterally, parallel to the line
    of the metatarsal heads; the forefoot ends at the toe sulcus, 82 to 71 %.
    """
    share, across = x / dimensions.length_mm, z / dimensions.ball_width_mm
    ball = np.interp(across, (-0.35, 0.0, 0.50), (0.625, 0.620, 0.525))
    zones = np.where(share < 0.31, Region.HEEL_PAD, Region.MIDFOOT_TISSUE)
    zones = np.where(share > ball, Region.FOREFOOT_PAD, zones)
    return np.where(share > sulcus_share(across), Region.TOE_TISSUE, zones).astype(np.int32)


def foot_sizes(dimensions: FootDimensions, factor: float) -> SizeField:
    """Return the edge lengths of the plan mesh: fine under heel and metatarsal heads."""
    length, width = dimensions.length_mm, dimensions.ball_width_mm
    unit = factor * length / 255.0

    def size(x: FloatArray, z: FloatArray) -> FloatArray:
        skewed = x / length + 0.13 * np.maximum(z / width, 0.0)
        table_x = (0.0, 0.06, 0.22, 0.36, 0.46, 0.62, 0.66, 0.75, 0.82, 0.90, 1.0)
        table_h = (6.6, 6.6, 7.2, 10.0, 10.0, 6.6, 5.3, 5.3, 6.6, 7.4, 6.8)
        return np.asarray(unit * np.interp(skewed, table_x, table_h))

    return size


def _soft_tissue(
    dimensions: FootDimensions,
    resolution: Resolution,
    outline: FloatArray,
    plantar: PlantarSurface,
    ceiling: BoneCeiling,
) -> TaggedMesh:
    size = foot_sizes(dimensions, _REFINEMENT[resolution])
    loops = [
        resample_by_size(_below(bone.footprint(), dimensions, plantar), size)
        for bone in ceiling.bones
    ]
    plan, triangles = triangulate(outline, loops, size)
    x, z = plan.T
    upper = plan + _lean(plan, dimensions, plantar)
    shares = np.linspace(0.0, 1.0, _LAYERS[resolution] + 1, dtype=np.float64)
    layers = extrude(
        np.column_stack([x, plantar(x, z), z]),
        np.column_stack([upper[:, 0], ceiling(upper[:, 0], upper[:, 1]), upper[:, 1]]),
        triangles,
        shares,
    )
    mesh = _tagged(layers, plan[triangles].mean(axis=1), loops, dimensions, ceiling)
    mesh.quality().require("foot", MIN_DIHEDRAL_DEG, MIN_RADIUS_RATIO)
    return mesh


def _lean(plan: FloatArray, dimensions: FootDimensions, plantar: PlantarSurface) -> FloatArray:
    """Inward move (n, 2) of upper points near the outline, so that cells follow the round rim."""
    distance, inward = plantar.distance.nearest(plan[:, 0], plan[:, 1])
    share = plan[:, 0] / dimensions.length_mm
    most = dimensions.length_mm * np.interp(share, (0.0, 0.08, 0.25), (0.024, 0.018, 0.008))
    reach = 4.2 * most
    fade = np.clip(1.0 - distance / reach, 0.0, 1.0) ** 2
    return np.asarray((most * fade)[:, None] * inward)


def _below(
    footprint: FloatArray, dimensions: FootDimensions, plantar: PlantarSurface
) -> FloatArray:
    """Plan curve whose upper points, after leaning inward, are the footprint."""
    plan = footprint.copy()
    for _ in range(30):
        plan = footprint - _lean(plan, dimensions, plantar)
    return plan


def _tagged(
    layers: Layers,
    centres: FloatArray,
    loops: list[FloatArray],
    dimensions: FootDimensions,
    ceiling: BoneCeiling,
) -> TaggedMesh:
    upper_tags = np.full(len(layers.upper), int(Surface.FOOT_FREE), dtype=np.int32)
    for bone, loop in zip(ceiling.bones, loops, strict=True):
        upper_tags[inside(loop, centres[:, 0], centres[:, 1])] = Surface.BONE_FIRST + bone.segment
    if dimensions.heel_rim_held:
        calcaneus = ceiling.bones[0]
        upper_tags[centres[:, 0] < calcaneus.start[0]] = Surface.BONE_FIRST + calcaneus.segment
    zones = foot_zones(dimensions, centres[:, 0], centres[:, 1])
    return TaggedMesh(
        points=layers.points,
        cells=layers.cells,
        cell_tags=zones[layers.cell_triangle],
        facets=np.vstack([layers.lower, layers.upper, layers.side]),
        facet_tags=np.concatenate(
            [
                np.full(len(layers.lower), int(Surface.PLANTAR), dtype=np.int32),
                upper_tags,
                np.full(len(layers.side), int(Surface.FOOT_FREE), dtype=np.int32),
            ]
        ),
    )
