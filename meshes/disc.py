# SPDX-License-Identifier: MIT
"""One intervertebral disc: annulus swept in rings of hexahedra round a fluid cavity.

The nucleus has no cells: it is the cavity between the inner wall of the annulus and the two
endplates. Coordinates are those of the disc's own frame: origin at the centroid of the mid-plane,
x anterior in the mid-plane, y cranial and normal to it, z to the right.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from meshes.errors import MeshError, require_range
from meshes.tagged import TaggedMesh
from meshes.tags import Region, Surface

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

FLATTENING = 0.15
"""Weight of the second harmonic that flattens the posterior outline (engineering default)."""

DISC_RESOLUTIONS: dict[str, tuple[int, int, int]] = {
    "coarse": (2, 16, 2),
    "standard": (3, 24, 3),
    "fine": (5, 32, 4),
}
"""Elements across the annulus, round it, and over its height."""

_RING_REGIONS = (
    Region.ANNULUS,
    Region.ANNULUS_RING_1,
    Region.ANNULUS_RING_2,
    Region.ANNULUS_RING_3,
)


@dataclass(frozen=True, slots=True)
class DiscDimensions:
    """Size and shape of one disc.

    Attributes:
        area_mm2: cross-section of the whole disc, endplate contact.
        nucleus_area_mm2: cross-section of the nucleus.
        height_mm: height at the centroid.
        wedge_deg: angle between the two endplates, positive when higher in front.
        depth_ratio: anterior-posterior depth over width; 0.69 of the L4-L5 disc of the Visible
            Human male (artisynth_lumbosacralSpineModel, BSD-3).
        nucleus_offset: posterior offset of the nucleus over the disc's depth; 0.035 of the same
            disc (annulus 4 mm thick behind, 7 to 8 mm in front and at the sides).
        fibre_angle_deg: inclination of both fibre families to the mid-plane (Shirazi-Adl 1986).
    """

    area_mm2: float = 1706.0
    nucleus_area_mm2: float = 855.0
    height_mm: float = 10.5
    wedge_deg: float = 10.7
    depth_ratio: float = 0.69
    nucleus_offset: float = 0.035
    fibre_angle_deg: float = 30.0


@dataclass(frozen=True, slots=True)
class DiscMesh:
    """Annulus of one disc with its fibres, in the disc's frame.

    Attributes:
        dimensions: what it was built from.
        mesh: hexahedra (local axes radial, circumferential, cranial), ring regions, and facets
            tagged ENDPLATE_LOWER, ENDPLATE_UPPER, CAVITY and ANNULUS_OUTER.
        fibres: (m, 2, 3) unit vectors of the two families of every cell.
        ring_position: (m,) place of the cell's centre across the annulus, 0 inner to 1 outer.
        angle: (m,) place round the disc, 0 anterior, pi posterior, positive to the left, rad.
        outline_mm: (c, 2) x and z of the outer outline in the mid-plane.
        nucleus_outline_mm: (c, 2) of the inner one.
    """

    dimensions: DiscDimensions
    mesh: TaggedMesh
    fibres: FloatArray
    ring_position: FloatArray
    angle: FloatArray
    outline_mm: FloatArray
    nucleus_outline_mm: FloatArray

    @property
    def points(self) -> FloatArray:
        """Vertices (n, 3), mm."""
        return self.mesh.points

    @property
    def cells(self) -> IntArray:
        """Hexahedra (m, 8), tensor-product order."""
        return self.mesh.cells

    @property
    def lower_facets(self) -> IntArray:
        """Quadrilaterals (k, 4) bonded to the lower endplate."""
        return self.mesh.facets_with(Surface.ENDPLATE_LOWER)

    @property
    def upper_facets(self) -> IntArray:
        """Quadrilaterals (k, 4) bonded to the upper endplate."""
        return self.mesh.facets_with(Surface.ENDPLATE_UPPER)

    @property
    def cavity_facets(self) -> IntArray:
        """Quadrilaterals (k, 4) of the inner wall."""
        return self.mesh.facets_with(Surface.CAVITY)

    @property
    def upper_plate_outline_mm(self) -> FloatArray:
        """Corner points (c, 3) of the nucleus on the upper endplate, in order round it."""
        return endplate_points(self.nucleus_outline_mm, self.dimensions, upper=True)

    @property
    def lower_plate_outline_mm(self) -> FloatArray:
        """Corner points (c, 3) of the nucleus on the lower endplate, in order round it."""
        return endplate_points(self.nucleus_outline_mm, self.dimensions, upper=False)

    def endplate_outline(self, upper: bool) -> FloatArray:
        """Corner points (c, 3) of the whole disc on one endplate, in order round it."""
        return endplate_points(self.outline_mm, self.dimensions, upper)


def build_disc(
    dimensions: DiscDimensions, resolution: str | tuple[int, int, int] = "coarse"
) -> DiscMesh:
    """Sweep the annulus of one disc.

    Both outlines are polygons scaled to hold the stated areas exactly, at every resolution.

    Args:
        dimensions: size and shape.
        resolution: a name of `DISC_RESOLUTIONS`, or elements (across, round, high).

    Returns:
        The mesh with fibres, in the disc's frame.

    Raises:
        MeshError: for a dimension out of range, an annulus thinner than 1.5 mm, a disc lower than
            2 mm behind, or an unknown resolution.
    """
    _check(dimensions)
    if isinstance(resolution, str):
        if resolution not in DISC_RESOLUTIONS:
            raise MeshError("resolution", f"{resolution!r} is unknown", ", ".join(DISC_RESOLUTIONS))
        resolution = DISC_RESOLUTIONS[resolution]
    rings, around, high = resolution
    outer = _outline(dimensions.area_mm2, dimensions.depth_ratio, around)
    inner = _outline(dimensions.nucleus_area_mm2, dimensions.depth_ratio, around)
    inner[:, 0] -= dimensions.nucleus_offset * np.ptp(outer[:, 0])
    _check_thickness(dimensions, outer, inner)

    radial = np.linspace(0.0, 1.0, rings + 1)
    plan = inner[None] + radial[:, None, None] * (outer - inner)[None]
    lower = endplate_points(plan.reshape(-1, 2), dimensions, upper=False)
    upper = endplate_points(plan.reshape(-1, 2), dimensions, upper=True)
    level = np.linspace(0.0, 1.0, high + 1)
    points = lower[None] + level[:, None, None] * (upper - lower)[None]

    number = np.arange(points.shape[0] * points.shape[1]).reshape(high + 1, rings + 1, around)
    turned = np.roll(number, -1, axis=2)
    stacked = np.stack(
        [
            face[high_slice, ring_slice]
            for high_slice in (slice(None, -1), slice(1, None))
            for face in (number, turned)
            for ring_slice in (slice(None, -1), slice(1, None))
        ],
        axis=-1,
    )
    cells = stacked.reshape(-1, 8)
    facets, tags = _facets(number, turned)
    ring = np.broadcast_to(np.arange(rings)[None, :, None], stacked.shape[:-1]).reshape(-1)
    region = np.array(_RING_REGIONS)[np.minimum(ring * len(_RING_REGIONS) // max(rings, 4), 3)]
    flat = points.reshape(-1, 3)
    centre = flat[cells].mean(axis=1)
    return DiscMesh(
        dimensions=dimensions,
        mesh=TaggedMesh(flat, cells, region.astype(np.int32), facets, tags),
        fibres=_fibres(flat, cells, dimensions.fibre_angle_deg),
        ring_position=(ring + 0.5) / rings,
        angle=np.arctan2(-centre[:, 2], centre[:, 0]),
        outline_mm=outer,
        nucleus_outline_mm=inner,
    )


def endplate_points(plan: FloatArray, dimensions: DiscDimensions, upper: bool) -> FloatArray:
    """Lift points (n, 2) of the mid-plane (x, z) onto the lower or upper endplate (n, 3)."""
    rise = 0.5 * dimensions.height_mm + plan[:, 0] * np.tan(0.5 * np.radians(dimensions.wedge_deg))
    return np.column_stack([plan[:, 0], rise if upper else -rise, plan[:, 1]])


def _outline(area: float, ratio: float, around: int) -> FloatArray:
    """Polygon (around, 2) of x and z with its centroid at the origin and exactly this area."""
    phi = 2.0 * np.pi * np.arange(around) / around
    x = ratio * (np.cos(phi) + FLATTENING * np.cos(2.0 * phi))
    z = -np.sin(phi)
    after_x, after_z = np.roll(x, -1), np.roll(z, -1)
    cross = after_x * z - x * after_z
    unit_area = 0.5 * float(cross.sum())
    centre = np.array([((x + after_x) * cross).sum(), ((z + after_z) * cross).sum()])
    centre /= 6.0 * unit_area
    return (np.column_stack([x, z]) - centre) * np.sqrt(area / unit_area)


def _facets(number: IntArray, turned: IntArray) -> tuple[IntArray, NDArray[np.int32]]:
    """Boundary quadrilaterals in tensor-product order, with tags."""
    plates = [
        (
            np.stack([a[k, :-1], a[k, 1:], b[k, :-1], b[k, 1:]], axis=-1).reshape(-1, 4),
            tag,
        )
        for a, b, k, tag in (
            (number, turned, 0, Surface.ENDPLATE_LOWER),
            (number, turned, -1, Surface.ENDPLATE_UPPER),
        )
    ]
    walls = [
        (
            np.stack(
                [number[:-1, i], turned[:-1, i], number[1:, i], turned[1:, i]], axis=-1
            ).reshape(-1, 4),
            tag,
        )
        for i, tag in ((0, Surface.CAVITY), (-1, Surface.ANNULUS_OUTER))
    ]
    parts = [*plates, *walls]
    facets = np.concatenate([part for part, _ in parts])
    tags = np.concatenate([np.full(len(part), tag, dtype=np.int32) for part, tag in parts])
    return facets, tags


def _fibres(points: FloatArray, cells: IntArray, angle_deg: float) -> FloatArray:
    corner = points[cells]
    along = corner[:, [2, 3, 6, 7]].mean(axis=1) - corner[:, [0, 1, 4, 5]].mean(axis=1)
    cranial = corner[:, 4:].mean(axis=1) - corner[:, :4].mean(axis=1)
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    cranial -= np.einsum("ij,ij->i", cranial, along)[:, None] * along
    cranial /= np.linalg.norm(cranial, axis=1, keepdims=True)
    angle = np.radians(angle_deg)
    return np.stack(
        [np.cos(angle) * along + sign * np.sin(angle) * cranial for sign in (1.0, -1.0)], axis=1
    )


def _check(dimensions: DiscDimensions) -> None:
    require_range("area_mm2", dimensions.area_mm2, 600.0, 3500.0)
    require_range(
        "nucleus_area_mm2",
        dimensions.nucleus_area_mm2,
        0.25 * dimensions.area_mm2,
        0.6 * dimensions.area_mm2,
    )
    require_range("height_mm", dimensions.height_mm, 4.0, 18.0)
    require_range("wedge_deg", dimensions.wedge_deg, -10.0, 25.0)
    require_range("depth_ratio", dimensions.depth_ratio, 0.55, 0.9)
    require_range("nucleus_offset", dimensions.nucleus_offset, -0.1, 0.1)
    require_range("fibre_angle_deg", dimensions.fibre_angle_deg, 10.0, 60.0)


def _check_thickness(dimensions: DiscDimensions, outer: FloatArray, inner: FloatArray) -> None:
    thickness = float(np.linalg.norm(outer - inner, axis=1).min())
    if not thickness >= 1.5 or np.any(np.abs(inner).max(axis=0) >= np.abs(outer).max(axis=0)):
        raise MeshError(
            "nucleus_area_mm2",
            f"leaves an annulus only {thickness:.1f} mm thick",
            "a nucleus that leaves 1.5 mm",
        )
    posterior = float(endplate_points(outer, dimensions, upper=True)[:, 1].min()) * 2.0
    if not posterior >= 2.0:
        raise MeshError(
            "wedge_deg",
            f"leaves a disc only {posterior:.1f} mm high at its rim",
            "a wedge that leaves 2 mm",
        )
