# SPDX-License-Identifier: MIT
"""The body of one lumbar vertebra as hexahedra: cortical shell, cancellous core, bony endplates.

An O-grid in plan, swept from the endplate below to the one above. Both endplates are those of the
adjoining discs, corner by corner: their outline is the outline of the body, and the border of the
nucleus is a line of the grid. Frame of the vertebra: origin in the middle of the body, y from the
lower to the upper endplate, z right, x anterior.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from meshes.errors import MeshError, require_range
from meshes.spine import VERTEBRAE, SpineGeometry
from meshes.tagged import TaggedMesh
from meshes.tags import Region, Surface

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

WITH_BOTH_DISCS = VERTEBRAE[:-1]
"""Vertebrae between two discs of the model; nothing is known of what lies on L1."""

_CORE_SHARE = 0.55
"""Size of the grid's square core over that of the nucleus."""

_LAYERS = (2.0, 3.5, 5.0, 6.0, 5.0, 3.5, 2.0)
"""Relative heights of the cells between the endplates; an odd number, so that one is in the
middle."""

_FRONT_DEG, _BACK_DEG = 30.0, 160.0
_PEDICLE_DEG = (130.0, 162.0)
_PEDICLE_HEIGHT = (0.4, 0.9)


@dataclass(frozen=True, slots=True)
class VertebraDimensions:
    """Thickness of bone, and shape of the wall.

    Attributes:
        shell_mm: cortical shell; 0.35 to 1 mm in published models.
        endplate_mm: bony endplate; 0.25 to 0.6 mm in published models.
        waist: width at mid-height over that of the endplates (engineering default, as in the
            pictures of the vertebrae).
    """

    shell_mm: float = 0.7
    endplate_mm: float = 0.5
    waist: float = 0.9


@dataclass(frozen=True, slots=True)
class PlatePlan:
    """One endplate: corners in order round it, in the vertebra's frame.

    Attributes:
        nucleus_mm: (c, 3) border of the nucleus.
        outline_mm: (c, 3) border of the disc.
    """

    nucleus_mm: FloatArray
    outline_mm: FloatArray

    def __post_init__(self) -> None:
        """Check that the grid fits."""
        if self.nucleus_mm.shape != self.outline_mm.shape or len(self.outline_mm) % 8:
            raise ValueError("an endplate needs a multiple of 8 corners, as many as its nucleus")


@dataclass(frozen=True, slots=True)
class VertebraSolid:
    """Body of one vertebra.

    Attributes:
        name: ``"L5"`` to ``"L2"``.
        below: number of the level whose disc lies below it.
        mesh: in the vertebra's frame. Regions CORTICAL_SHELL, CANCELLOUS, BONY_ENDPLATE. Facets
            ENDPLATE_LOWER, ENDPLATE_UPPER under the annulus, NUCLEUS_LOWER, NUCLEUS_UPPER, and of
            the wall: WALL_FRONT and WALL_BACK where the longitudinal ligaments run, PEDICLES, WALL.
        centre_mm: (3,) origin of its frame in standing, world.
        frame: (3, 3) its axes in standing, columns.
        middle_cells: cells of the layer at mid-height.
        middle_height_mm: height of that layer.
    """

    name: str
    below: int
    mesh: TaggedMesh
    centre_mm: FloatArray
    frame: FloatArray
    middle_cells: IntArray
    middle_height_mm: float

    @property
    def points(self) -> FloatArray:
        """Vertices (n, 3), mm."""
        return self.mesh.points

    @property
    def cells(self) -> IntArray:
        """Hexahedra (m, 8), tensor-product order."""
        return self.mesh.cells

    @property
    def shell_cells(self) -> IntArray:
        """Numbers of the cells of the cortical shell."""
        return np.flatnonzero(self.mesh.cell_tags == Region.CORTICAL_SHELL)

    @property
    def core_cells(self) -> IntArray:
        """Numbers of the cancellous cells."""
        return np.flatnonzero(self.mesh.cell_tags == Region.CANCELLOUS)

    @property
    def endplate_cells(self) -> IntArray:
        """Numbers of the cells of both bony endplates."""
        return np.flatnonzero(self.mesh.cell_tags == Region.BONY_ENDPLATE)

    def plate_facets(self, upper: bool) -> IntArray:
        """Quadrilaterals (k, 4) of one whole endplate."""
        tags = (
            (Surface.ENDPLATE_UPPER, Surface.NUCLEUS_UPPER)
            if upper
            else (Surface.ENDPLATE_LOWER, Surface.NUCLEUS_LOWER)
        )
        return self.mesh.facets_with(*tags)

    def nucleus_facets(self, upper: bool) -> IntArray:
        """Those under the nucleus."""
        return self.mesh.facets_with(Surface.NUCLEUS_UPPER if upper else Surface.NUCLEUS_LOWER)

    def wall_facets(self, part: str) -> IntArray:
        """Those of the wall's ``"front"``, ``"back"`` or ``"pedicles"``."""
        tag = {
            "front": Surface.WALL_FRONT,
            "back": Surface.WALL_BACK,
            "pedicles": Surface.PEDICLES,
        }[part]
        return self.mesh.facets_with(tag)


def build_vertebra(
    spine: SpineGeometry,
    name: str = "L4",
    dimensions: VertebraDimensions | None = None,
    refinement: int = 1,
) -> VertebraSolid:
    """Mesh the body between two discs.

    Args:
        spine: in standing.
        name: of `WITH_BOTH_DISCS`.
        dimensions: of bone.
        refinement: parts into which each edge is divided.

    Raises:
        MeshError: for a vertebra without two discs, or bone that does not fit.
    """
    if name not in WITH_BOTH_DISCS:
        raise MeshError("vertebra", f"{name} has no two discs", ", ".join(WITH_BOTH_DISCS))
    below = VERTEBRAE.index(name)
    plates = []
    for level, upper in ((spine.levels[below], True), (spine.levels[below + 1], False)):
        disc = level.disc
        nucleus = disc.upper_plate_outline_mm if upper else disc.lower_plate_outline_mm
        pair = (nucleus, disc.endplate_outline(upper))
        plates.append([level.centre_mm + part @ level.frame.T for part in pair])
    middles = [outline.mean(axis=0) for _, outline in plates]
    centre = 0.5 * (middles[0] + middles[1])
    up = (middles[1] - middles[0]) / np.linalg.norm(middles[1] - middles[0])
    right = np.array([0.0, 0.0, 1.0])
    frame = np.column_stack([np.cross(up, right), up, right])
    lower, upper_plan = (PlatePlan(*((part - centre) @ frame for part in pair)) for pair in plates)
    mesh, middle, height = sweep_body(lower, upper_plan, dimensions, refinement)
    return VertebraSolid(name, below, mesh, centre, frame, middle, height)


def sweep_body(
    lower: PlatePlan,
    upper: PlatePlan,
    dimensions: VertebraDimensions | None = None,
    refinement: int = 1,
) -> tuple[TaggedMesh, IntArray, float]:
    """Sweep a body between two endplates.

    Returns:
        Mesh, cells of the layer at mid-height, and that layer's height.

    Raises:
        MeshError: for bone that does not fit.
    """
    size = dimensions or VertebraDimensions()
    require_range("shell_mm", size.shell_mm, 0.2, 3.0)
    require_range("endplate_mm", size.endplate_mm, 0.2, 2.0)
    require_range("waist", size.waist, 0.7, 1.0)
    tall = float(upper.outline_mm[:, 1].mean() - lower.outline_mm[:, 1].mean())
    level = _levels(size.endplate_mm / tall)
    plans = [_plan(lower, upper, t, size) for t in level]
    points = np.concatenate(plans)
    quads, kind = _plan_cells(len(lower.outline_mm))
    count = len(plans[0])
    cells = np.concatenate(
        [np.hstack([quads + k * count, quads + (k + 1) * count]) for k in range(len(level) - 1)]
    )
    tags = np.tile(np.where(kind == 2, Region.CORTICAL_SHELL, Region.CANCELLOUS), len(level) - 1)
    ends = np.zeros(len(cells), dtype=bool)
    ends[: len(quads)] = ends[-len(quads) :] = True
    tags[ends & (tags == Region.CANCELLOUS)] = Region.BONY_ENDPLATE
    facets, facet_tags = _facets(quads, kind, len(lower.outline_mm), count, level)
    mesh = TaggedMesh(points, cells, tags.astype(np.int32), facets, facet_tags)
    middle_layer = (len(level) - 1) // 2
    middle = middle_layer * len(quads) + np.arange(len(quads))
    height = tall * float(level[middle_layer + 1] - level[middle_layer])
    if refinement > 1:
        mesh = _refined(mesh, refinement)
        middle = (middle[:, None] * refinement**3 + np.arange(refinement**3)).reshape(-1)
    return mesh, middle, height


def _levels(endplate: float) -> FloatArray:
    """Heights of the grid's planes over that of the body."""
    inner = np.concatenate([[0.0], np.cumsum(_LAYERS)]) / sum(_LAYERS)
    return np.concatenate([[0.0], endplate + (1.0 - 2.0 * endplate) * inner, [1.0]])


def _plan(lower: PlatePlan, upper: PlatePlan, t: float, size: VertebraDimensions) -> FloatArray:
    """Points of the grid on one plane, (n, 3): core, rings, wall."""
    outline = (1.0 - t) * lower.outline_mm + t * upper.outline_mm
    nucleus = (1.0 - t) * lower.nucleus_mm + t * upper.nucleus_mm
    middle = outline.mean(axis=0)
    narrow = 1.0 - (1.0 - size.waist) * 4.0 * t * (1.0 - t)
    outline = middle + narrow * (outline - middle)
    nucleus = middle + narrow * (nucleus - middle)
    wall = _inset(outline, size.shell_mm)
    if np.any(np.linalg.norm(wall - nucleus, axis=1) < size.shell_mm):
        raise MeshError("shell_mm", f"{size.shell_mm:g} reaches the nucleus", "a thinner shell")
    core = _core(nucleus)
    edge = core[_core_border(len(outline) // 4)]
    rings = [0.5 * (edge + nucleus), nucleus, 0.5 * (nucleus + wall), wall, outline]
    return np.concatenate([core, *rings])


def _inset(outline: FloatArray, by_mm: float) -> FloatArray:
    """Corners moved inward so that every side moves by a distance, in the plane of x and z."""
    before, after = np.roll(outline, 1, axis=0), np.roll(outline, -1, axis=0)

    def inward(side: FloatArray) -> FloatArray:
        flat = side[:, [0, 2]] / np.linalg.norm(side[:, [0, 2]], axis=1, keepdims=True)
        return np.column_stack([flat[:, 1], -flat[:, 0]])

    one, two = inward(outline - before), inward(after - outline)
    along = (one + two) / (1.0 + np.einsum("ij,ij->i", one, two))[:, None]
    toward = outline.mean(axis=0)[[0, 2]] - outline[:, [0, 2]]
    along *= np.sign(np.einsum("ij,ij->i", along, toward))[:, None]
    moved = outline.copy()
    moved[:, [0, 2]] += by_mm * along
    slope = _plane(outline)
    moved[:, 1] += by_mm * along @ slope
    return moved


def _plane(outline: FloatArray) -> FloatArray:
    """Slopes (2,) of the height over x and z."""
    centred = outline - outline.mean(axis=0)
    return np.asarray(np.linalg.lstsq(centred[:, [0, 2]], centred[:, 1], rcond=None)[0])


def _core(nucleus: FloatArray) -> FloatArray:
    """Points ((n + 1)^2, 3) of the square core; first along x, then to the left."""
    around = len(nucleus)
    n = around // 4
    middle = nucleus.mean(axis=0)
    centred = nucleus - middle
    half = 0.5 * np.ptp(centred, axis=0)
    at = np.linspace(-1.0, 1.0, n + 1)
    grid = np.zeros((n + 1, n + 1, 2))
    for i, j, number in _border(n):
        square = 0.78 * np.array([at[i] * half[0], -at[j] * half[2]])
        grid[i, j] = _CORE_SHARE * 0.5 * (centred[number][[0, 2]] + square)
    s = 0.5 * (1.0 + at)[:, None, None]
    r = 0.5 * (1.0 + at)[None, :, None]
    inside = (
        (1 - s) * grid[:1] + s * grid[-1:] + (1 - r) * grid[:, :1] + r * grid[:, -1:]
        - (1 - s) * (1 - r) * grid[0, 0] - s * (1 - r) * grid[-1, 0]
        - (1 - s) * r * grid[0, -1] - s * r * grid[-1, -1]
    )  # fmt: skip
    flat = inside.reshape(-1, 2)
    rise = flat @ _plane(nucleus)
    return np.asarray(middle + np.column_stack([flat[:, 0], rise, flat[:, 1]]))


def _border(n: int) -> list[tuple[int, int, int]]:
    """Grid place (i, j) of each corner of the polygon, 0 in front, going left."""
    places = []
    for number in range(4 * n):
        side, step = divmod((number + n // 2) % (4 * n), n)
        places.append(((n, step), (n - step, n), (0, n - step), (step, 0))[side])
    return [(i, j, number) for number, (i, j) in enumerate(places)]


def _core_border(n: int) -> IntArray:
    return np.array([i * (n + 1) + j for i, j, _ in _border(n)])


def _plan_cells(around: int) -> tuple[IntArray, IntArray]:
    """Quadrilaterals (m, 4) in tensor-product order, and 0 nucleus, 1 annulus, 2 shell."""
    n = around // 4
    number = np.arange((n + 1) ** 2).reshape(n + 1, n + 1)
    core = [number[:-1, :-1], number[1:, :-1], number[:-1, 1:], number[1:, 1:]]
    quads: list[IntArray] = [np.stack(core, axis=-1).reshape(-1, 4)]
    kinds: list[IntArray] = [np.zeros(n * n, dtype=np.int64)]
    rings = (n + 1) ** 2 + np.arange(5 * around).reshape(5, around)
    lines = [_core_border(n), *rings]
    for (inner, outer), kind in zip(pairwise(lines), (0, 0, 1, 1, 2), strict=True):
        ring = [inner, outer, np.roll(inner, -1), np.roll(outer, -1)]
        quads.append(np.stack(ring, axis=-1))
        kinds.append(np.full(around, kind))
    return np.concatenate(quads), np.concatenate(kinds)


def _facets(
    quads: IntArray, kind: IntArray, around: int, count: int, level: FloatArray
) -> tuple[IntArray, NDArray[np.int32]]:
    """Both endplates and the wall, with tags."""
    top = (len(level) - 1) * count
    under = np.where(kind == 0, Surface.NUCLEUS_LOWER, Surface.ENDPLATE_LOWER)
    over = np.where(kind == 0, Surface.NUCLEUS_UPPER, Surface.ENDPLATE_UPPER)
    line = np.arange(count - around, count)
    turn = np.roll(line, -1)
    angle = 360.0 * (np.arange(around) + 0.5) / around
    angle = np.minimum(angle, 360.0 - angle)
    walls: list[NDArray[np.int64]] = []
    wall_tags: list[NDArray[np.int64]] = []
    for k, (low, high) in enumerate(pairwise(level)):
        a, b = k * count, (k + 1) * count
        walls.append(np.stack([line + a, turn + a, line + b, turn + b], axis=-1))
        tag = np.full(around, Surface.WALL, dtype=np.int64)
        tag[angle < _FRONT_DEG] = Surface.WALL_FRONT
        tag[angle > _BACK_DEG] = Surface.WALL_BACK
        if _PEDICLE_HEIGHT[0] < 0.5 * (low + high) < _PEDICLE_HEIGHT[1]:
            tag[(angle > _PEDICLE_DEG[0]) & (angle < _PEDICLE_DEG[1])] = Surface.PEDICLES
        wall_tags.append(np.asarray(tag))
    facets = np.concatenate([quads, quads + top, *walls])
    return facets, np.concatenate([under, over, *wall_tags]).astype(np.int32)


def _refined(mesh: TaggedMesh, parts: int) -> TaggedMesh:
    """Divide every edge; the geometry stays as it is."""
    step = np.arange(parts + 1) / parts

    def divided(cells: IntArray, dims: int) -> FloatArray:
        """Corner points (m, parts^dims, 2^dims, 3) of the parts of cells or facets."""
        axes = np.stack(np.meshgrid(*[step] * dims, indexing="ij"), axis=-1)
        bits = (np.arange(2**dims)[:, None] >> np.arange(dims)) & 1
        weight = np.where(bits, axes[..., None, :], 1.0 - axes[..., None, :]).prod(axis=-1)
        places = np.einsum("...v,mvx->m...x", weight, mesh.points[cells])
        corner = [places[(slice(None), *[slice(b, b + parts) for b in bit])] for bit in bits]
        return np.stack(corner, axis=-2).reshape(len(cells), parts**dims, 2**dims, 3)

    cells, facets = divided(mesh.cells, 3), divided(mesh.facets, 2)
    every = np.concatenate([cells.reshape(-1, 3), facets.reshape(-1, 3)])
    _, first, number = np.unique(np.round(every, 6), axis=0, return_index=True, return_inverse=True)
    number = number.reshape(-1)
    split = cells.shape[0] * cells.shape[1] * 8
    return TaggedMesh(
        points=every[first],
        cells=number[:split].reshape(-1, 8),
        cell_tags=np.repeat(mesh.cell_tags, parts**3),
        facets=number[split:].reshape(-1, 4),
        facet_tags=np.repeat(mesh.facet_tags, parts**2),
    )
