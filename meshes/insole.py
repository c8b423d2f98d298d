# SPDX-License-Identifier: MIT
"""Insoles built from the sole they lie under: flat to total contact, posted, lifted, layered."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from meshes.errors import MeshError, require_range
from meshes.extrude import extrude
from meshes.foot import FootGeometry, Resolution, check_resolution
from meshes.outline import SizeField, grown
from meshes.planform import triangulate
from meshes.plantar import PlantarSurface, smooth_step
from meshes.tagged import FloatArray, IntArray, TaggedMesh
from meshes.tags import Region, Surface

MIN_THICKNESS_MM = 0.8
MIN_DIHEDRAL_DEG = 4.0
MIN_RADIUS_RATIO = 0.03
FROM_FOOT = float("nan")
"""Arch height that follows the foot's own plantar arch."""

_REFINEMENT = {"coarse": 1.0, "standard": 0.66, "fine": 0.37}
_LAYERS = {"coarse": 2, "standard": 3, "fine": 5}


@dataclass(frozen=True, slots=True)
class InsoleDimensions:
    """Shape of an insole.

    Attributes:
        thickness_mm: where the top is not raised, 1 to 40.
        conformity: 0 flat top, 1 the shape of the unloaded sole; scales arch, cup and relief.
        arch_height_mm: highest point of the medial arch over the flat top at conformity 1, 0 to
            60; the foot's own plantar arch where it is left out.
        heel_cup_depth_mm: rise of the rim round the heel at conformity 1, 0 to 25.
        border_mm: rise of the rim round midfoot and forefoot at conformity 1, 0 to 10.
        rearfoot_post_deg: tilt of the top under the heel about its long axis, positive raises the
            medial side, -12 to 12.
        forefoot_post_deg: the same under the forefoot.
        heel_lift_mm: raise under the heel, running out at the ball, 0 to 40.
        offset_mm: how far the outline reaches beyond the foot's, 1 to 12.
        cover_thickness_mm: top layer tagged INSOLE_COVER, 0 none.
        shell_thickness_mm: bottom layer tagged INSOLE_SHELL, 0 none.

    Raises:
        MeshError: a value is out of its range, or the layers leave no core.
    """

    thickness_mm: float = 6.0
    conformity: float = 0.0
    arch_height_mm: float = FROM_FOOT
    heel_cup_depth_mm: float = 10.0
    border_mm: float = 2.5
    rearfoot_post_deg: float = 0.0
    forefoot_post_deg: float = 0.0
    heel_lift_mm: float = 0.0
    offset_mm: float = 4.0
    cover_thickness_mm: float = 0.0
    shell_thickness_mm: float = 0.0

    def __post_init__(self) -> None:
        require_range("thickness_mm", self.thickness_mm, 1.0, 40.0)
        require_range("conformity", self.conformity, 0.0, 1.0)
        if not math.isnan(self.arch_height_mm):
            require_range("arch_height_mm", self.arch_height_mm, 0.0, 60.0)
        require_range("heel_cup_depth_mm", self.heel_cup_depth_mm, 0.0, 25.0)
        require_range("border_mm", self.border_mm, 0.0, 10.0)
        require_range("rearfoot_post_deg", self.rearfoot_post_deg, -12.0, 12.0)
        require_range("forefoot_post_deg", self.forefoot_post_deg, -12.0, 12.0)
        require_range("heel_lift_mm", self.heel_lift_mm, 0.0, 40.0)
        require_range("offset_mm", self.offset_mm, 1.0, 12.0)
        for name in ("cover_thickness_mm", "shell_thickness_mm"):
            value = getattr(self, name)
            if value != 0.0:
                require_range(name, value, 0.4, self.thickness_mm)
        core = self.thickness_mm - self.cover_thickness_mm - self.shell_thickness_mm
        if core < MIN_THICKNESS_MM and core < self.thickness_mm:
            raise MeshError(
                "thickness_mm",
                f"{core:.2f} mm are left between cover and shell",
                f"at least cover, shell and {MIN_THICKNESS_MM:g} mm",
            )


class InsoleTop:
    """Height of an insole's top over plan points; y = 0 is the top of a flat one."""

    def __init__(self, plantar: PlantarSurface, dimensions: InsoleDimensions) -> None:
        """Store the sole to conform to and the shape."""
        self.plantar = plantar
        self.dimensions = dimensions

    def __call__(self, x: ArrayLike, z: ArrayLike) -> FloatArray:
        """Return heights, mm, of the shape to which x and z broadcast."""
        px, pz = np.broadcast_arrays(np.asarray(x, dtype=float), np.asarray(z, dtype=float))
        return self._relief(px, pz) + self._fill(px, pz)

    def _relief(self, x: FloatArray, z: FloatArray) -> FloatArray:
        shape = self.dimensions
        if shape.conformity == 0.0:
            return np.zeros(x.shape)
        sole = self.plantar.relief(x, z)
        apex = self.plantar.arch_apex_mm
        wanted = apex if math.isnan(shape.arch_height_mm) else shape.arch_height_mm
        front = smooth_step((x / self.plantar.dimensions.length_mm - 0.24) / 0.16)
        most = shape.heel_cup_depth_mm + front * (shape.border_mm - shape.heel_cup_depth_mm)
        rise = sole.arch * (wanted / apex) + sole.grooves + _levelled(sole.rim, most)
        return np.asarray(shape.conformity * rise)

    def _fill(self, x: FloatArray, z: FloatArray) -> FloatArray:
        """Posts tilt about z = 0, so that they change alignment and not the heel's height."""
        shape = self.dimensions
        share = x / self.plantar.dimensions.length_mm
        rear = math.tan(math.radians(shape.rearfoot_post_deg)) * (
            1.0 - smooth_step((share - 0.28) / 0.20)
        )
        fore = math.tan(math.radians(shape.forefoot_post_deg)) * smooth_step((share - 0.42) / 0.20)
        lift = shape.heel_lift_mm * (1.0 - smooth_step((share - 0.22) / 0.43))
        return np.asarray(lift - z * (rear + fore))


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
    """

    dimensions: InsoleDimensions
    outline_xz: FloatArray
    top_height: InsoleTop
    thickness_mm: float
    overlap_mm: float
    mesh: TaggedMesh


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
        MeshError: somewhere too thin, or cells too flat.
    """
    check_resolution(resolution)
    top = InsoleTop(foot.plantar_height, dimensions)
    outline = grown(foot.outline_xz, dimensions.offset_mm)
    _check_thickness(top, outline)
    if mesh is None:
        mesh = _mesh(foot, top, outline, resolution)
    sole_x, sole_z = foot.mesh.points[np.unique(foot.mesh.facets_with(Surface.PLANTAR))][
        :, [0, 2]
    ].T
    overlap = top(sole_x, sole_z) - foot.plantar_height(sole_x, sole_z)
    return InsoleGeometry(
        dimensions=dimensions,
        outline_xz=outline,
        top_height=top,
        thickness_mm=dimensions.thickness_mm,
        overlap_mm=max(0.0, float(overlap.max())),
        mesh=mesh,
    )


def insole_sizes(foot: FootGeometry, factor: float) -> SizeField:
    """Return the edge lengths of an insole's plan mesh."""
    length = foot.dimensions.length_mm
    unit = factor * length / 255.0

    def size(x: FloatArray, z: FloatArray) -> FloatArray:
        table_x = (0.0, 0.22, 0.36, 0.50, 0.62, 0.78, 1.0)
        table_h = (8.6, 8.8, 11.0, 11.0, 8.6, 8.6, 9.6)
        return np.asarray(unit * np.interp(x / length, table_x, table_h) + 0.0 * z)

    return size


def _mesh(
    foot: FootGeometry, top: InsoleTop, outline: FloatArray, resolution: Resolution
) -> TaggedMesh:
    shape = top.dimensions
    plan, triangles = triangulate(outline, (), insole_sizes(foot, _REFINEMENT[resolution]))
    x, z = plan.T
    height = top(x, z)
    upper = np.column_stack([x, height, z])
    lower = np.column_stack([x, np.full(len(x), -shape.thickness_mm), z])
    shares, regions = _layering(shape, height + shape.thickness_mm, _LAYERS[resolution])
    layers = extrude(lower, upper, triangles, shares)
    mesh = TaggedMesh(
        points=layers.points,
        cells=layers.cells,
        cell_tags=regions[layers.cell_layer].astype(np.int32),
        facets=np.vstack([layers.upper, layers.lower, layers.side]),
        facet_tags=np.repeat(
            np.array(
                [Surface.INSOLE_TOP, Surface.INSOLE_BOTTOM, Surface.INSOLE_SIDE], dtype=np.int32
            ),
            [len(layers.upper), len(layers.lower), len(layers.side)],
        ),
    )
    mesh.quality().require("insole", MIN_DIHEDRAL_DEG, MIN_RADIUS_RATIO)
    return mesh


def _layering(
    shape: InsoleDimensions, total: FloatArray, core_layers: int
) -> tuple[FloatArray, IntArray]:
    """Shares (layers + 1, n) of the layers' borders and the region (layers,) of each layer."""
    shell, cover = shape.shell_thickness_mm / total, shape.cover_thickness_mm / total
    extra = (shape.shell_thickness_mm > 0.0) + (shape.cover_thickness_mm > 0.0)
    core_layers = max(1, core_layers - extra)
    core = np.linspace(0.0, 1.0, core_layers + 1)[:, None]
    shares = shell + core * (1.0 - shell - cover)
    regions = [int(Region.INSOLE)] * core_layers
    if shape.shell_thickness_mm > 0.0:
        shares = np.vstack([np.zeros_like(total), shares])
        regions.insert(0, int(Region.INSOLE_SHELL))
    if shape.cover_thickness_mm > 0.0:
        shares = np.vstack([shares, np.ones_like(total)])
        regions.append(int(Region.INSOLE_COVER))
    return shares, np.asarray(regions, dtype=np.int64)


def _check_thickness(top: InsoleTop, outline: FloatArray) -> None:
    shape = top.dimensions
    thinnest = shape.thickness_mm + float(top(outline[:, 0], outline[:, 1]).min())
    layers = shape.cover_thickness_mm + shape.shell_thickness_mm
    needed = max(MIN_THICKNESS_MM, 0.2 * shape.thickness_mm)
    if layers > 0.0:
        needed += layers
    if thinnest < needed:
        # The least share grows with the thickness too.
        drop = shape.thickness_mm - thinnest + layers
        enough = math.ceil(10.0 * max(MIN_THICKNESS_MM + drop, drop / 0.8)) / 10.0
        raise MeshError(
            "rearfoot_post_deg, forefoot_post_deg",
            f"the insole would be {thinnest:.2f} mm thin at its edge",
            f"at least {needed:.2f} mm: a smaller angle, or thickness_mm of at least {enough:.1f}",
        )


def _levelled(rise: FloatArray, most: FloatArray) -> FloatArray:
    """Follow ``rise`` up to half of ``most``, then level off smoothly below ``most``."""
    share = rise / np.maximum(most, 1e-9)
    bent = 0.5 + 0.5 * np.tanh(2.0 * share - 1.0)
    return np.where(share <= 0.5, rise, most * bent)
