# SPDX-License-Identifier: MIT
"""A scan seen from below: which way is plantar, depth over the plan, and the silhouette."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from meshes.scan.surface import Background, Samples
from meshes.tagged import FloatArray

LAYER_MM = 2.5
"""Depth within which points of one cell of the plan count as the same skin."""

CAP_SHARE = 0.075
"""Height over the sole, per foot length, up to which the silhouette is taken."""


@dataclass(frozen=True, slots=True)
class DepthMap:
    """Lowest skin over a grid in the plan, cell (i, j) centred at ``origin + cell (i, j)``.

    Attributes:
        origin: (2,) plan point (x, z) of cell (0, 0).
        cell: width of a cell.
        height: (nx, nz) mean height of the lowest layer, NaN where there is nothing.
        facing: (nx, nz) mean share of the normal that is vertical there, 0 to 1.
    """

    origin: FloatArray
    cell: float
    height: FloatArray
    facing: FloatArray

    def centres(self) -> tuple[FloatArray, FloatArray]:
        """Return plan coordinates x and z (nx, nz) of the cells."""
        nx, nz = self.height.shape
        x = self.origin[0] + self.cell * np.arange(nx)
        z = self.origin[1] + self.cell * np.arange(nz)
        px, pz = np.meshgrid(x, z, indexing="ij")
        return px, pz

    def silhouette(self, cap: float) -> np.ndarray:
        """Return the mask of the foot below a height: gaps between toes closed, holes filled."""
        low = np.nan_to_num(self.height, nan=np.inf) <= cap
        radius = max(2, round(7.0 / self.cell))
        padded = np.pad(low, 2 * radius)
        padded = _closed(padded, radius)
        padded = ndimage.binary_fill_holes(padded)
        padded = _opened(padded, max(1, round(3.0 / self.cell)))
        label, count = ndimage.label(padded)
        if count > 1:
            sizes = np.bincount(label.ravel())
            padded = label == 1 + int(np.argmax(sizes[1:]))
        inner = slice(2 * radius, -2 * radius)
        return np.asarray(padded[inner, inner])


def depth_map(points: FloatArray, normals: FloatArray, cell: float) -> DepthMap:
    """Look at samples from below.

    Args:
        points: (n, 3) with y up.
        normals: (n, 3) unit normals, of either sign.
        cell: width of the grid's cells.
    """
    plan = points[:, [0, 2]]
    margin = 3
    origin = plan.min(axis=0) - margin * cell
    place = np.round((plan - origin) / cell).astype(np.int64)
    shape = tuple(int(n) + 1 + margin for n in place.max(axis=0))
    flat = np.ravel_multi_index((place[:, 0], place[:, 1]), shape)
    size = shape[0] * shape[1]
    lowest = np.full(size, np.inf)
    np.minimum.at(lowest, flat, points[:, 1])
    # A cell at a hole's border, or thinly sampled, must not show what lies behind the sole.
    around = ndimage.minimum_filter(lowest.reshape(shape), 3).ravel()
    steep = 4.0 * cell
    near = points[:, 1] < np.minimum(lowest, around + steep)[flat] + LAYER_MM
    count = np.bincount(flat[near], minlength=size)
    seen = count > 0
    total = np.bincount(flat[near], points[near, 1], minlength=size)
    facing = np.bincount(flat[near], np.abs(normals[near, 1]), minlength=size)
    divided = np.where(seen, count, 1)
    height = np.where(seen, total / divided, np.nan).reshape(shape)
    return DepthMap(origin, cell, height, (facing / divided).reshape(shape))


def plantar_directions(samples: Samples, plane: Background | None) -> list[FloatArray]:
    """Return unit vectors that may point down, away from the body, the likeliest first.

    From a background the sole stands out; else the sole is where most skin lies flat near a
    plane that supports the whole body.
    """
    if plane is not None:
        return [plane.normal]
    points, normals = samples.points[::4], samples.normals[::4]
    extent = float(np.linalg.norm(np.ptp(points, axis=0)))
    count = 500
    share = (np.arange(count) + 0.5) / count
    polar, turn = np.arccos(1.0 - 2.0 * share), np.pi * (1.0 + 5.0**0.5) * np.arange(count)
    ring = np.sin(polar)
    every = np.column_stack([np.cos(turn) * ring, np.sin(turn) * ring, np.cos(polar)])
    score = np.array([_flat(points, normals, one, extent) for one in every])
    found: list[FloatArray] = []
    for place in np.argsort(-score):
        if score[place] < 0.45 * score.max() or len(found) == 6:
            break
        if all(every[place] @ other < np.cos(np.radians(35.0)) for other in found):
            found.append(_settled(points, normals, every[place], extent))
    return found


def _flat(points: FloatArray, normals: FloatArray, down: FloatArray, extent: float) -> float:
    depth = points @ down
    near = depth > depth.max() - 0.05 * extent
    return float(np.sum(near & (np.abs(normals @ down) > 0.85)))


def _settled(
    points: FloatArray, normals: FloatArray, down: FloatArray, extent: float
) -> FloatArray:
    """Turn a direction to the mean normal of the flat skin that it looks at."""
    for _ in range(6):
        depth = points @ down
        near = (depth > depth.max() - 0.06 * extent) & (np.abs(normals @ down) > 0.8)
        facing = normals[near] * np.sign(normals[near] @ down)[:, None]
        total = facing.sum(axis=0)
        if not total.any():
            break
        down = total / np.linalg.norm(total)
    return np.asarray(down)


def _disc(radius: int) -> np.ndarray:
    offset = np.arange(-radius, radius + 1)
    return np.asarray(offset[:, None] ** 2 + offset[None, :] ** 2 <= (radius + 0.3) ** 2)


def _closed(mask: np.ndarray, radius: int) -> np.ndarray:
    near = ndimage.distance_transform_edt(~mask) <= radius
    return np.asarray(ndimage.distance_transform_edt(near) > radius)


def _opened(mask: np.ndarray, radius: int) -> np.ndarray:
    return np.asarray(ndimage.binary_opening(mask, _disc(radius)))


def border(mask: np.ndarray, grid: DepthMap) -> FloatArray:
    """Return plan points (m, 2) on the border of a mask."""
    inner = ndimage.binary_erosion(mask)
    places = np.argwhere(mask & ~inner)
    return np.asarray(grid.origin + grid.cell * places)


@dataclass(frozen=True, slots=True)
class SignedField:
    """Distance to the border of a silhouette over the plan, positive inside."""

    grid: DepthMap
    values: FloatArray

    def at(self, plan: FloatArray) -> FloatArray:
        """Return the values at plan points (n, 2); beyond the grid the distance to it is added."""
        place = (plan - self.grid.origin) / self.grid.cell
        most = np.array(self.values.shape) - 1.0
        held = np.clip(place, 0.0, most)
        beyond = self.grid.cell * np.linalg.norm(place - held, axis=1)
        return np.asarray(ndimage.map_coordinates(self.values, held.T, order=1) - beyond)


def signed_field(mask: np.ndarray, grid: DepthMap) -> SignedField:
    """Measure distances to the border of a mask."""
    # A cell that any skin reaches is in the mask: the border runs through its middle.
    inside = ndimage.distance_transform_edt(mask) - 1.0
    outside = ndimage.distance_transform_edt(~mask)
    return SignedField(grid, grid.cell * np.where(mask, inside, -outside))
