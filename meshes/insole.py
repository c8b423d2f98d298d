# SPDX-License-Identifier: MIT
"""Insoles built from the sole they lie under: flat to total contact, posted, lifted, layered."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.interpolate import RegularGridInterpolator

from meshes.extrude import extrude
from meshes.foot import FootGeometry, Resolution, check_resolution
from meshes.insole_dimensions import MIN_THICKNESS_MM, InsoleDimensions
from meshes.insole_regions import InsolePlan
from meshes.insole_rules import check_rules
from meshes.insole_top import InsoleTop
from meshes.outline import SizeField, resample_by_size
from meshes.planform import triangulate
from meshes.tagged import FloatArray, TagArray, TaggedMesh
from meshes.tags import Region, Surface

__all__ = ["InsoleDimensions", "InsoleGeometry", "InsoleTop", "build_insole", "insole_sizes"]

MIN_DIHEDRAL_DEG = 4.0
MIN_RADIUS_RATIO = 0.03

EDGE_PER_THICKNESS = 10.0
"""Longest edge of a cell in plan over the thickness of its layer; keeps cells above the floor."""

ATTEMPTS = ((1.0, 1), (1.0, 3), (0.7, 1), (0.7, 3))
"""Shares of all edge lengths, and times the layers of cells in the core, until no cell is too flat:
short edges, which a thin cover asks for, make needles of a thick core."""

DETAIL_MM = 6.0
"""Longest edge on a pad and in a cut-out, in a coarse mesh of a foot of 255 mm."""

_REFINEMENT = {"coarse": 1.0, "standard": 0.66, "fine": 0.37}
_LAYERS = {"coarse": 2, "standard": 3, "fine": 5}
_THINNEST_LAYER_MM = 0.8
"""The core has fewer layers of cells rather than thinner ones."""
_THINNEST_MESHED_MM = 0.2


@dataclass(frozen=True, slots=True)
class InsoleGeometry:
    """A meshed insole in the foot frame.

    Attributes:
        dimensions: its shape.
        outline_xz: (n, 2) closed plan outline.
        top_height: height of the top at plan points.
        thickness_mm: the bottom is the plane y = -thickness_mm.
        overlap_mm: how far the top reaches above the unloaded sole, 0 if nowhere.
        mesh: insole cells and surfaces, tagged.
        plan: outline, regions of the core and the curves between them.
    """

    dimensions: InsoleDimensions
    outline_xz: FloatArray
    top_height: InsoleTop
    thickness_mm: float
    overlap_mm: float
    mesh: TaggedMesh
    plan: InsolePlan

    def region_at(self, x: ArrayLike, z: ArrayLike) -> TagArray:
        """Return the `Region` of the core at plan points; see `InsolePlan.region_at`."""
        return self.plan.region_at(x, z)

    def support_height(self, x: ArrayLike, z: ArrayLike) -> FloatArray:
        """Return the height of what carries the foot: the top, beyond a short insole the ground."""
        height = self.top_height(x, z)
        if not self.dimensions.is_short:
            return height
        beyond = np.asarray(x, dtype=float) > self.plan.end_x(z)
        return np.where(beyond, -self.thickness_mm, height)

    def layers_at(self, x: ArrayLike, z: ArrayLike) -> tuple[FloatArray, TagArray]:
        """Return heights of the layers' borders and what the layers are, from below.

        Args:
            x: of plan points.
            z: of the same, both broadcast to a shape (...).

        Returns:
            Heights (layers + 1, ...), mm, and the `Region` (layers,) of each; `INSOLE` stands for
            the core, whose region differs over the plan (`region_at`).
        """
        total = self.top_height(x, z) + self.thickness_mm
        shares, regions = layer_shares(self.dimensions, total, 1)
        return shares * total - self.thickness_mm, regions


def build_insole(
    foot: FootGeometry,
    dimensions: InsoleDimensions,
    resolution: Resolution = "coarse",
    mesh: TaggedMesh | None = None,
) -> InsoleGeometry:
    """Build an insole under a foot.

    Args:
        foot: whose outline and sole it follows.
        dimensions: its shape.
        resolution: 2, 3 or 5 layers of cells.
        mesh: of the same foot, shape and resolution, where it is at hand already.

    Raises:
        MeshError: it cannot be made (`meshes.insole_rules`), or cells are too flat.
    """
    check_resolution(resolution)
    plan = InsolePlan(foot, dimensions)
    top = InsoleTop(plan)
    check_rules(top)
    if mesh is None:
        mesh = _mesh(top, resolution)
    return InsoleGeometry(
        dimensions=dimensions,
        outline_xz=plan.outline_xz,
        top_height=top,
        thickness_mm=dimensions.thickness_mm,
        overlap_mm=_overlap_mm(foot, top),
        mesh=mesh,
        plan=plan,
    )


def layer_shares(
    shape: InsoleDimensions, total: FloatArray, core_layers: int
) -> tuple[FloatArray, TagArray]:
    """Divide the height into layers.

    Cover and shell keep their thickness; where a tapered end leaves less than that and a core of
    0.8 mm, or of a third of what is there, all are skived together.

    Args:
        shape: with cover, shell, both or neither.
        total: heights (...) from bottom to top, mm.
        core_layers: number of layers of the core.

    Returns:
        Shares (layers + 1, ...) of the layers' borders from 0 to 1 and the `Region` (layers,).
    """
    shell, cover = shape.shell_thickness_mm / total, shape.cover_thickness_mm / total
    if shape.is_short and shape.layers_mm > 0.0:
        core = np.minimum(MIN_THICKNESS_MM, total / 3.0)
        kept = np.minimum(1.0, (total - core) / shape.layers_mm)
        shell, cover = shell * kept, cover * kept
    steps = np.linspace(0.0, 1.0, core_layers + 1).reshape(-1, *([1] * np.ndim(total)))
    shares = shell + steps * (1.0 - shell - cover)
    regions = [int(Region.INSOLE)] * core_layers
    if shape.shell_thickness_mm > 0.0:
        shares = np.concatenate([np.zeros_like(total)[None], shares])
        regions.insert(0, int(Region.INSOLE_SHELL))
    if shape.cover_thickness_mm > 0.0:
        shares = np.concatenate([shares, np.ones_like(total)[None]])
        regions.append(int(Region.INSOLE_COVER))
    return shares, np.asarray(regions, dtype=np.int32)


def insole_sizes(foot: FootGeometry, factor: float) -> SizeField:
    """Return the edge lengths of an insole's plan mesh."""
    length = foot.dimensions.length_mm
    unit = factor * length / 255.0

    def size(x: FloatArray, z: FloatArray) -> FloatArray:
        table_x = (0.0, 0.22, 0.36, 0.50, 0.62, 0.78, 1.0)
        table_h = (8.6, 8.8, 11.0, 11.0, 8.6, 8.6, 9.6)
        return np.asarray(unit * np.interp(x / length, table_x, table_h) + 0.0 * z)

    return size


def _overlap_mm(foot: FootGeometry, top: InsoleTop) -> float:
    sole = foot.mesh.points[np.unique(foot.mesh.facets_with(Surface.PLANTAR))]
    x, z = sole[:, [0, 2]].T
    rise = top(x, z) - foot.plantar_height(x, z)
    if top.dimensions.is_short:
        rise = rise[x < top.plan.end_x(z)]
    return max(0.0, float(rise.max()))


def _mesh(top: InsoleTop, resolution: Resolution) -> TaggedMesh:
    """Mesh with other edges or layers of cells where the usual ones leave a cell too flat."""
    for share, layers in ATTEMPTS:
        mesh = _mesh_with(top, resolution, share, layers)
        quality = mesh.quality()
        flat = quality.min_dihedral_deg <= MIN_DIHEDRAL_DEG
        if not flat and quality.min_radius_ratio > MIN_RADIUS_RATIO:
            break
    quality.require("insole", MIN_DIHEDRAL_DEG, MIN_RADIUS_RATIO)
    return mesh


def _mesh_with(top: InsoleTop, resolution: Resolution, share: float, times: int) -> TaggedMesh:
    """Mesh with a share of the usual edge lengths, and times as many layers in the core."""
    shape, plan = top.dimensions, top.plan
    size = insole_sizes(plan.foot, _REFINEMENT[resolution])
    layers = _core_layers(shape, resolution, times)
    size = _refined(top, size, layers, DETAIL_MM * _REFINEMENT[resolution])
    size = size if share == 1.0 else _scaled(size, share)
    loops = [] if plan.plug_xz is None else [resample_by_size(plan.plug_xz, size, fewest=8)]
    points, triangles = triangulate(plan.outline_xz, loops, size)
    x, z = points.T
    height = top(x, z)
    upper = np.column_stack([x, height, z])
    lower = np.column_stack([x, np.full(len(x), -shape.thickness_mm), z])
    shares, regions = layer_shares(shape, height + shape.thickness_mm, layers)
    cells = extrude(lower, upper, triangles, shares)
    tags = regions[cells.cell_layer]
    # A cell belongs to the zone in which its centre lies: a border is as sharp as the mesh.
    centre = cells.points[cells.cells].mean(axis=1)
    core = plan.region_at(centre[:, 0], centre[:, 2])
    return TaggedMesh(
        points=cells.points,
        cells=cells.cells,
        cell_tags=np.where(tags == Region.INSOLE, core, tags).astype(np.int32),
        facets=np.vstack([cells.upper, cells.lower, cells.side]),
        facet_tags=np.repeat(
            np.array(
                [Surface.INSOLE_TOP, Surface.INSOLE_BOTTOM, Surface.INSOLE_SIDE], dtype=np.int32
            ),
            [len(cells.upper), len(cells.lower), len(cells.side)],
        ),
    )


def _scaled(size: SizeField, share: float) -> SizeField:
    return lambda x, z: share * size(x, z)


def _core_layers(shape: InsoleDimensions, resolution: Resolution, times: int) -> int:
    """Layers of cells of the core: fewer beside cover and shell, and in a thin one."""
    extra = (shape.shell_thickness_mm > 0.0) + (shape.cover_thickness_mm > 0.0)
    core = min(shape.zone_thicknesses_mm) - shape.layers_mm
    most = times * max(1, _LAYERS[resolution] - extra)
    return int(np.clip(core // _THINNEST_LAYER_MM, 1, most))


def _refined(top: InsoleTop, size: SizeField, core_layers: int, detail_mm: float) -> SizeField:
    """Shorten the edges where layers are thin or steep, on a pad and in a cut-out."""
    shape, plan = top.dimensions, top.plan
    low, high = plan.outline_xz.min(axis=0) - 4.0, plan.outline_xz.max(axis=0) + 4.0
    x, z = (np.arange(low[i], high[i] + 2.0, 2.0) for i in range(2))
    at_x, at_z = np.meshgrid(x, z, indexing="ij")
    height = top(at_x, at_z)
    # Outside the outline a top may reach below the bottom.
    total = np.maximum(height + shape.thickness_mm, MIN_THICKNESS_MM)
    shares, _ = layer_shares(shape, total, core_layers)
    layer = np.maximum((np.diff(shares, axis=0) * total).min(axis=0), _THINNEST_MESHED_MM)
    along, across = np.gradient(height, x, z)
    most = EDGE_PER_THICKNESS * layer / (1.0 + along**2 + across**2) ** 1.5
    detail = detail_mm * plan.foot.dimensions.length_mm / 255.0
    if shape.metatarsal_pad_height_mm > 0.0:
        most = np.where(top.pad_radius(at_x, at_z) < 1.1, np.minimum(most, detail), most)
    if shape.first_ray_cutout_mm > 0.0:
        most = np.where(top.cutout_share(at_x, at_z) > 0.0, np.minimum(most, detail), most)
    wanted = size(at_x, at_z)
    if (most >= wanted).all():
        return size
    field = RegularGridInterpolator(
        (x, z), np.minimum(most, wanted), bounds_error=False, fill_value=None
    )

    def refined(px: FloatArray, pz: FloatArray) -> FloatArray:
        shape_of = np.broadcast(px, pz).shape
        at = np.stack([np.broadcast_to(part, shape_of) for part in (px, pz)], axis=-1)
        return np.asarray(field(at))

    return refined
