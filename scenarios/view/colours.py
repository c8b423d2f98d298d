# SPDX-License-Identifier: MIT
"""Colours of fields: limits over the instants of all results, and the map they call for."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.colors import Colormap, ListedColormap, to_rgb
from numpy.typing import NDArray

from scenarios.figures import style
from scenarios.view.names import REGION, Field, part_label
from scenarios.view.reading import Drawn, Reader, read_whole, sampled

Array = NDArray[np.float64]

FEWEST_INSTANTS = 9
READ_BYTES = 10_000_000
"""Limits are those of all instants where that is not much to read (seconds), else of some evenly
spread: of files so large in all, and of so many at the least."""
HIGHEST_LEFT_OUT = 0.005
"""Share of the cells above the limit: stress beside the edge of a bone depends on the mesh."""
SMALL_PART = 0.05
"""A side of zero below this part of the other has no colours of its own."""
COLOURS = 256
BONE, PLAIN, INSOLE = "#e8dcc3", "#cfd3d9", "#9fb4c7"


@dataclass(frozen=True, slots=True)
class Limits:
    """Lowest and highest value with a colour of its own, in the field's unit."""

    low: float
    high: float


def values_of(data: Any, field: Field) -> Array | None:
    """Shown values of a field from point or cell data of a body; None where it has none."""
    if field.name not in data:
        return None
    values = np.asarray(data[field.name], dtype=np.float64) * field.factor
    return np.linalg.norm(values, axis=1) if values.ndim == 2 else values


def limits_over_time(readers: Sequence[Reader], field: Field, bodies: Sequence[str]) -> Limits:
    """Limits that hold a field's values on some bodies over time, rounded outward.

    Of many large instants some are looked at (`READ_BYTES`). Of cell data the highest and lowest
    half per cent are left out.
    """
    lows, highs = [0.0], [0.0]
    for reader in readers:
        carriers = set(bodies) & set(reader.result.carriers.get(field.name, ()))
        for instant in sampled(reader.result.instants, _affordable(reader, carriers)):
            for name in carriers & set(instant.files):
                body = read_whole(instant.files[name])
                nodal, cells = values_of(body.point_data, field), values_of(body.cell_data, field)
                if nodal is not None:
                    lows.append(float(nodal.min()))
                    highs.append(float(nodal.max()))
                if cells is not None:
                    low, high = np.quantile(cells, [HIGHEST_LEFT_OUT, 1.0 - HIGHEST_LEFT_OUT])
                    lows.append(float(low))
                    highs.append(float(high))
    return rounded(min(lows), max(highs))


def _affordable(reader: Reader, bodies: Set[str]) -> int:
    """How many instants are read for limits."""
    first = reader.result.instants[0].files
    paths = [first[name].path for name in bodies & first.keys()]
    size = sum(path.stat().st_size for path in paths if path.is_file())
    return max(FEWEST_INSTANTS, READ_BYTES // max(size, 1))


def rounded(low: float, high: float) -> Limits:
    """Round numbers around a range that holds zero; zero itself where one side is small."""
    if not np.isfinite([low, high]).all() or low == high:
        return Limits(0.0, 1.0)
    size = max(-low, high)
    below = -style.nice_top(-low) if -low > SMALL_PART * size else 0.0
    above = style.nice_top(high) if high > SMALL_PART * size else 0.0
    if below and above:
        size = max(-below, above)
        return Limits(-size, size)
    return Limits(below, above)


def colour_map(limits: Limits) -> Colormap:
    """Grey at zero and darker with size; two hues, pale at zero, where values have both signs."""
    if limits.low < 0.0 < limits.high:
        size = max(-limits.low, limits.high)
        shares = 0.5 + 0.5 * np.linspace(limits.low, limits.high, COLOURS) / size
        return ListedColormap(mpl.colormaps["RdBu_r"](shares))
    return style.TISSUE_MAP.reversed() if limits.high <= 0.0 else style.TISSUE_MAP


def part_map(count: int) -> ListedColormap:
    """Distinct quiet colours for regions."""
    base = (style.SKY, style.ORANGE, style.GREEN, style.PURPLE, style.BLUE, style.VERMILION)
    pale = [0.6 * np.array(to_rgb(colour)) + 0.4 for colour in base]
    return ListedColormap([pale[i % len(pale)] for i in range(max(count, 1))])


def plain_colour(name: str, solid: bool) -> str:
    """A body's own colour, where it does not have the field."""
    if name == "insole":
        return INSOLE
    return PLAIN if solid else BONE


@dataclass(frozen=True, slots=True)
class Paint:
    """How values become colours, the same in every pane.

    Attributes:
        field: what is coloured; None for bodies in their own colours.
        limits: of the colours, in the field's unit.
        parts: names of regions in the order of their colours; of a region field alone.
    """

    field: Field | None
    limits: Limits = Limits(0.0, 1.0)
    parts: tuple[str, ...] = ()

    @property
    def in_parts(self) -> bool:
        """Whether the field numbers regions instead of measuring."""
        return self.field is not None and self.field.name == REGION

    @property
    def colours(self) -> Colormap:
        """The map from lowest to highest, or of the parts."""
        return part_map(len(self.parts)) if self.in_parts else colour_map(self.limits)

    @property
    def range(self) -> tuple[float, float]:
        """Values of the first and last colour."""
        if self.in_parts:
            return -0.5, len(self.parts) - 0.5
        return self.limits.low, self.limits.high


def part_numbers(name: str, data: Any, parts: Sequence[str]) -> Array | None:
    """Index into ``parts`` of each cell's region; None where a body has no regions."""
    if REGION not in data:
        return None
    numbers, which = np.unique(np.asarray(data[REGION]), return_inverse=True)
    index = [parts.index(part_label(name, REGION, number)) for number in numbers]
    return np.array(index, dtype=np.float64)[which.ravel()]


def parts_of(bodies: Sequence[Drawn]) -> tuple[str, ...]:
    """Names of all regions of some bodies."""
    found: dict[str, None] = {}
    for body in bodies:
        if REGION in body.grid.cell_data:
            for number in np.unique(np.asarray(body.grid.cell_data[REGION])):
                found[part_label(body.name, REGION, number)] = None
    return tuple(found)
