"""Made-up scans of a parametric foot: turned, scaled, noisy, with holes, on a background."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np
import pyvista
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from meshes.foot_dimensions import FootDimensions
from meshes.foot_landmarks import foot_landmarks
from meshes.outline import foot_outline
from meshes.plantar import PlantarSurface

Array = NDArray[np.float64]
FOOT = FootDimensions(length_mm=262.0, ball_width_mm=103.0, heel_width_mm=63.0, arch_height_mm=49.0)
TURN = Rotation.from_euler("xyz", (140.0, -35.0, 72.0), degrees=True)
SHIFT = np.array([31.0, -240.0, 505.0])


@dataclass(frozen=True)
class MadeScan:
    """What a made-up scan is like.

    Attributes:
        kind: whole foot with a leg that is cut open, the sole of a cast, or an imprint in foam.
        side: of the foot.
        units_per_mm: of the file.
        noise_mm: standard deviation of the points.
        holes: number of round holes in the sole.
        bump_mm: height of what the parametric foot does not have: a wave over the sole.
        background: whether there is a plane round the foot.
        around, rings: number of points round and across the sole.
    """

    dimensions: FootDimensions = FOOT
    kind: Literal["foot", "cast", "imprint"] = "foot"
    side: Literal["right", "left"] = "right"
    units_per_mm: float = 1.0
    noise_mm: float = 0.0
    holes: int = 0
    bump_mm: float = 0.0
    background: bool = False
    around: int = 300
    rings: int = 50
    turn: Rotation = field(default=TURN)

    def surface(self) -> pyvista.PolyData:
        """The scan in the file's coordinates."""
        points, faces = _sole(self)
        random = np.random.default_rng(7)
        points = points + self.noise_mm * random.standard_normal(points.shape)
        if self.holes:
            inner = points[: self.around * self.rings]
            centres = inner[random.choice(len(inner), self.holes)]
            far = np.ones(len(points), dtype=bool)
            for centre in centres:
                far &= np.linalg.norm(points - centre, axis=1) > 9.0
            faces = faces[far[faces].all(axis=1)]
        if (self.kind == "imprint") == (self.side == "right"):
            faces = faces[:, ::-1]
        cells = np.column_stack([np.full(len(faces), 3), faces]).ravel()
        return pyvista.PolyData(self.in_file(points), cells)

    def in_file(self, points: Array) -> Array:
        """Points of the foot frame in the file's coordinates."""
        mirror = 1.0 if self.side == "right" else -1.0
        return (self.turn.apply(points * [1.0, 1.0, mirror]) + SHIFT) * self.units_per_mm

    def height(self, x: Array, z: Array) -> Array:
        """Height of the sole."""
        sole = PlantarSurface(self.dimensions, foot_outline(self.dimensions))
        wave = np.sin(x / 24.0) * np.cos(z / 18.0)
        return sole(x, z) + self.bump_mm * wave

    def marks(self) -> Array:
        """Skin under heel, first and fifth metatarsal head in the file's coordinates."""
        known = foot_landmarks(self.dimensions)
        plan = np.array([known.heel_centre, known.heads[0], known.heads[4]])
        plan[:, 1] = self.height(plan[:, 0], plan[:, 2])
        return self.in_file(plan)

    def write(self, path: Path) -> Path:
        """Write the file in the format of its ending."""
        self.surface().save(path)
        return path


def _sole(scan: MadeScan) -> tuple[Array, NDArray[np.int64]]:
    """Points and triangles, pointing outward, of sole, wall and what is above or around."""
    outline = foot_outline(scan.dimensions, scan.around)
    length = scan.dimensions.length_mm
    ends = np.array([[0.13, 0.0], [0.80, 0.02]]) * length
    axis = ends[1] - ends[0]
    share = np.clip((outline - ends[0]) @ axis / (axis @ axis), 0.0, 1.0)
    middle = ends[0] + share[:, None] * axis
    rows = []
    for s in np.sin(0.5 * np.pi * np.linspace(0.0, 1.0, scan.rings)):
        plan = middle + max(s, 1e-3) * (outline - middle)
        rows.append(_at(plan, scan.height(plan[:, 0], plan[:, 1])))
    rim = rows[-1]
    if scan.kind == "foot":
        back = 26.0 + 95.0 * np.clip((0.72 - outline[:, 0] / length) / 0.55, 0.0, 1.0) ** 1.5
        for s in np.linspace(0.0, 1.0, 24)[1:]:
            lean = 1.0 - 0.25 * s**2
            plan = middle + lean * (outline - middle)
            rows.append(_at(plan, rim[:, 1] + s * (back - rim[:, 1])))
        top = rows[-1]
        for s in np.linspace(1.0, 0.0, 14)[1:]:
            row = _at(middle + s * (top[:, [0, 2]] - middle), top[:, 1])
            rows.append(row)
    else:
        depth = max(28.0, float(rim[:, 1].max()) + 6.0)
        for s in np.linspace(0.0, 1.0, 10)[1:]:
            plan = middle + (1.0 + 0.01 * s) * (outline - middle)
            rows.append(_at(plan, rim[:, 1] + s * (depth - rim[:, 1])))
        if scan.background:
            for s in np.linspace(1.02, 1.9, 30):
                plan = middle + s * (outline - middle)
                rows.append(_at(plan, np.full(len(plan), depth)))
    points = np.vstack(rows)
    count = scan.around
    first = np.arange(count)
    second = np.roll(first, -1)
    faces = []
    for row in range(len(rows) - 1):
        low, high = row * count, (row + 1) * count
        faces.append(np.column_stack([first + low, second + high, second + low]))
        faces.append(np.column_stack([first + low, first + high, second + high]))
    every = np.vstack(faces)
    if scan.kind == "foot":  # the leg is cut open
        open_leg = (points[:, 0] < 0.30 * length) & (points[:, 1] > 60.0)
        top_rows = len(points) - 13 * count
        inside = open_leg & (np.arange(len(points)) >= top_rows)
        every = every[~inside[every].any(axis=1)]
    return points, every.astype(np.int64)


def _at(plan: Array, height: Array) -> Array:
    return np.column_stack([plan[:, 0], height, plan[:, 1]])
