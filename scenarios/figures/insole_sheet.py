# SPDX-License-Identifier: MIT
"""What the drawing of an insole shows, in mm: curves, sections, dimensions, named points."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from meshes.outline import SignedDistance, inside
from meshes.tags import Region
from scenarios.figures.outline import section_loops
from scenarios.insole_export import ExportedInsole, file_axes

Array = NDArray[np.float64]

HEEL_AT, BALL_BETWEEN = 0.16, (0.55, 0.85)
"""Parts of foot length: where the heel's breadth is taken, where the ball's greatest is found."""

POINT_INSIDE_MM = 3.0
"""Named points that lie nearer to the edge are left out."""


@dataclass(frozen=True, slots=True)
class Section:
    """A cut through the insole.

    Attributes:
        name: title of the section.
        along: (n,) coordinate along the cut, mm.
        heights: (layers + 1, n) heights of the layers' borders over the bottom.
        colours: (layers, n) colour of each layer behind each point.
    """

    name: str
    along: Array
    heights: Array
    colours: tuple[tuple[str, ...], ...]

    @property
    def size(self) -> tuple[float, float]:
        """Length along the cut and greatest height."""
        return float(np.ptp(self.along)), float(self.heights.max())


@dataclass(frozen=True, slots=True)
class NamedPoint:
    """A place whose thickness is told: (2,) x, y in the file's frame."""

    name: str
    xy: Array
    thickness_mm: float


@dataclass(frozen=True, slots=True)
class Breadth:
    """A breadth between two points of the outline on one x."""

    name: str
    x: float
    low: float
    high: float


def plan_loops(insole: ExportedInsole) -> Iterator[tuple[int, str, Array]]:
    """Region, colour and closed border of each zone of the core in plan, what lies inside last."""
    surfaces, colours = insole.surfaces, _colours(insole)
    plane = to_plan(insole, surfaces.plan)
    tags, counts = np.unique(surfaces.region, return_counts=True)
    for tag in map(int, tags[np.argsort(-counts)]):
        for loop in section_loops(plane, surfaces.triangles[surfaces.region == tag]):
            yield tag, colours[tag], loop


def to_plan(insole: ExportedInsole, xz: Array) -> Array:
    """Points x, z of the foot frame as x forward, y left of the file's frame."""
    return np.asarray(xz @ file_axes(insole.side)[:2][:, [0, 2]].T)


def long_section(insole: ExportedInsole) -> Section:
    """The cut along the long axis of the foot, which runs through the second toe."""
    x = _inside(insole, np.array([1.0, 0.0]), np.array([0.0, 0.0]))
    return _section(insole, "A-A, long axis", x, np.zeros_like(x), x)


def heel_section(insole: ExportedInsole) -> Section:
    """The cut across the heel at `HEEL_AT`, seen from behind."""
    place = breadths(insole)[0].x
    z = _inside(insole, np.array([0.0, 1.0]), np.array([place, 0.0]))
    across = -to_plan(insole, np.column_stack([np.zeros_like(z), z]))[:, 1]
    order = np.argsort(across)
    return _section(insole, "B-B, heel", np.full_like(z, place)[order], z[order], across[order])


def breadths(insole: ExportedInsole) -> tuple[Breadth, ...]:
    """Breadth of the heel and, where the insole reaches there, the greatest of the ball."""
    outline = to_plan(insole, insole.geometry.outline_xz)
    length = insole.geometry.plan.foot.dimensions.length_mm
    found = [_breadth(outline, "heel", HEEL_AT * length)]
    start, end = (share * length for share in BALL_BETWEEN)
    if outline[:, 0].max() > start + 10.0:
        places = np.arange(start, min(end, outline[:, 0].max() - 5.0))
        ball = (_breadth(outline, "ball", float(x)) for x in places)
        found.append(max(ball, key=lambda breadth: breadth.high - breadth.low))
    return tuple(found)


def named_points(insole: ExportedInsole) -> tuple[NamedPoint, ...]:
    """Thickness at places that a technician looks for, those that lie on the insole."""
    geometry = insole.geometry
    marks = geometry.plan.foot.landmarks
    x, z = insole.surfaces.plan.T
    arch = insole.surfaces.plan[np.argmax(geometry.plan.arch_share(x, z))]
    edge = SignedDistance(geometry.outline_xz)
    if edge(*arch) < 2.0 * POINT_INSIDE_MM:
        # The arch is highest at the very edge; its thickness is told a little inside.
        arch = arch + 2.0 * POINT_INSIDE_MM * edge.nearest(*arch)[1]
    heel = marks.heel_centre[[0, 2]]
    places = {
        "heel centre": heel,
        "heel, back": np.array([geometry.outline_xz[:, 0].min() + 6.0, heel[1]]),
        "arch, medial": arch,
        "first metatarsal head": marks.heads[0, [0, 2]],
        "third metatarsal head": marks.heads[2, [0, 2]],
        "fifth metatarsal head": marks.heads[-1, [0, 2]],
        "hallux": marks.hallux_tip[[0, 2]] - np.array([8.0, 0.0]),
    }
    if geometry.dimensions.metatarsal_pad_height_mm > 0.0:
        share = geometry.top_height.pad_share(x, z)
        places["pad"] = insole.surfaces.plan[np.argmax(share)]
    found = []
    for name, place in places.items():
        if edge(*place) >= POINT_INSIDE_MM:
            thickness = float(geometry.top_height(*place)) + geometry.thickness_mm
            found.append(NamedPoint(name, to_plan(insole, place), thickness))
    return tuple(found)


def _breadth(outline: Array, name: str, x: float) -> Breadth:
    (x0, y0), (x1, y1) = outline.T, np.roll(outline, -1, axis=0).T
    here = (x0 > x) != (x1 > x)
    y = y0[here] + (x - x0[here]) / (x1[here] - x0[here]) * (y1 - y0)[here]
    return Breadth(name, x, float(y.min()), float(y.max()))


def _inside(insole: ExportedInsole, way: Array, start: Array) -> Array:
    """Coordinates along a line in plan, closely spaced, between the ends inside the outline."""
    outline = insole.geometry.outline_xz
    along = np.arange(-400.0, 400.0, 0.1)
    x, z = (start + along[:, None] * way).T
    kept = along[inside(outline, x, z)]
    return np.linspace(kept[0], kept[-1], 600)


def _section(insole: ExportedInsole, name: str, x: Array, z: Array, along: Array) -> Section:
    heights, layers = insole.geometry.layers_at(x, z)
    colour, core = _colours(insole), [int(tag) for tag in insole.geometry.region_at(x, z)]
    rows = [core if tag == Region.INSOLE else [tag] * len(x) for tag in map(int, layers)]
    return Section(
        name=name,
        along=along,
        heights=heights - heights[0],
        colours=tuple(tuple(colour[tag] for tag in row) for row in rows),
    )


def _colours(insole: ExportedInsole) -> dict[int, str]:
    return {body.region: body.colour for body in insole.bodies}
