# SPDX-License-Identifier: MIT
"""A solid's stress as a plan map: of each place the largest value over the depth.

The map is made for pages: few bytes, one value a pixel, so that a script can say what stands
under the pointer. Values are those of cells; a map is no finer than the mesh.
"""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass
from itertools import product

import matplotlib as mpl
import numpy as np
from matplotlib.colors import Colormap
from numpy.typing import NDArray
from PIL import Image

from simulator.results import Body

Array = NDArray[np.float64]
STRESS = "cauchy_von_mises_mpa"
LEVELS = 254
"""Steps of a stored value; 0 is outside."""
CORNERS = {"tetra": 4, "hexahedron": 8}
MOST_STEPS = 20
"""Points along a cell's edge, beyond which its pixels may have gaps."""


@dataclass(frozen=True, slots=True)
class PlanMap:
    """Values over a plane grid.

    Attributes:
        low_mm: centre of the first pixel (across, along), shape (2,).
        step_mm: edge of a pixel.
        values: shape (across, along), NaN outside the body.
    """

    low_mm: Array
    step_mm: float
    values: Array

    @property
    def high_mm(self) -> Array:
        """Centre of the last pixel."""
        return self.low_mm + self.step_mm * (np.array(self.values.shape) - 1)


def depth_map(body: Body, plan_mm: Array, step_mm: float, name: str = STRESS) -> PlanMap | None:
    """Largest value of each pixel over all cells that lie over it.

    Args:
        body: tetrahedra or hexahedra with ``name`` as cell data, or as point data.
        plan_mm: position of each point in the picture (across, along), shape (n, 2).
        step_mm: edge of a pixel; cells should not be more than `MOST_STEPS` times as long.
        name: of the data.

    Returns:
        The map, None where the body does not carry the data or has other cells.
    """
    count = next((n for kind, n in CORNERS.items() if body.cell_type.startswith(kind)), None)
    values = _cell_values(body, name)
    if count is None or values is None or not len(values):
        return None
    corners = plan_mm[body.cells[:, :count]] / step_mm
    longest = float(np.ptp(corners, axis=1).max())
    weights = _lattice(count, int(np.clip(np.ceil(longest), 2, MOST_STEPS)))
    pixels = np.round(weights @ corners).astype(np.int64)
    low = pixels.min(axis=(0, 1))
    shape = pixels.max(axis=(0, 1)) - low + 1
    flat = (pixels[..., 0] - low[0]) * shape[1] + pixels[..., 1] - low[1]
    found = np.full(int(shape.prod()), -np.inf)
    np.maximum.at(found, flat.reshape(-1), np.repeat(values, len(weights)))
    found[np.isinf(found)] = np.nan
    return PlanMap(low * step_mm, step_mm, found.reshape(shape))


def framed(plan: PlanMap, low_mm: Array, high_mm: Array) -> PlanMap:
    """The same map on a frame that holds others too, NaN where it does not reach."""
    first = np.round((plan.low_mm - low_mm) / plan.step_mm).astype(int)
    shape = np.round((high_mm - low_mm) / plan.step_mm).astype(int) + 1
    values = np.full(shape, np.nan)
    n, m = plan.values.shape
    values[first[0] : first[0] + n, first[1] : first[1] + m] = plan.values
    return PlanMap(low_mm, plan.step_mm, values)


def stored_levels(plan: PlanMap, top: float) -> NDArray[np.uint8]:
    """Values as bytes in the order of a picture: rows from the front, columns to the right.

    0 is outside, 1 zero and 255 ``top`` or more.
    """
    rows = plan.values.T[::-1]
    part = np.clip(np.nan_to_num(rows, nan=0.0) / top, 0.0, 1.0)
    return np.where(np.isnan(rows), 0, 1 + np.round(LEVELS * part)).astype(np.uint8)


def colour_table(colours: str | Colormap) -> Colormap:
    """A table of colours by its name, or as it is."""
    return mpl.colormaps[colours] if isinstance(colours, str) else colours


def picture_address(levels: NDArray[np.uint8], colours: str | Colormap) -> str:
    """The map as a PNG in a data address, a pixel a value, clear outside."""
    table = colour_table(colours)
    palette = np.vstack([[0, 0, 0, 0], table(np.linspace(0, 1, LEVELS + 1), bytes=True)])
    image = Image.fromarray(levels, mode="P")
    image.putpalette(palette[:, :3].astype(np.uint8).tobytes())
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True, transparency=0)
    return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode("ascii")


def _cell_values(body: Body, name: str) -> Array | None:
    if name in body.cell_data:
        return np.asarray(body.cell_data[name], dtype=np.float64)
    if name in body.point_data:
        return np.asarray(body.point_data[name], dtype=np.float64)[body.cells].mean(axis=1)
    return None


def _lattice(corners: int, steps: int) -> Array:
    """Weights of the corners at points spread over a cell, shape (points, corners)."""
    if corners == CORNERS["tetra"]:
        along = range(steps + 1)
        rows = [(i, j, k) for i, j, k in product(along, repeat=3) if i + j + k <= steps]
        parts = np.array(rows) / steps
        return np.column_stack([parts, 1.0 - parts.sum(axis=1)])
    even = np.linspace(0.0, 1.0, steps + 1)
    r, s, t = (a.reshape(-1) for a in np.meshgrid(even, even, even))
    ring = ((0, 0), (1, 0), (1, 1), (0, 1))
    return np.column_stack(
        [
            np.where(a, r, 1 - r) * np.where(b, s, 1 - s) * np.where(c, t, 1 - t)
            for c in (0, 1)
            for a, b in ring
        ]
    )
