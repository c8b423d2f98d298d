# SPDX-License-Identifier: MIT
"""A made-up foot rolling over an insole, written as Pedar, F-Scan and plain tables.

The pressure is a bell that runs from heel to toes along the middle of the foot, under a force with
two peaks; force and centre of pressure are therefore known.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from meshes.foot_dimensions import FootDimensions
from meshes.outline import foot_outline
from scenarios.measured.layout import on_outline, pedar_layout
from tests.helpers.pedar_file import PedarFile

LENGTH_MM = 255.0
OUTLINE_MM = foot_outline(
    FootDimensions(
        length_mm=LENGTH_MM,
        ball_width_mm=99.0,
        heel_width_mm=66.0,
        arch_height_mm=30.0,
        heel_pad_thickness_mm=16.0,
    )
)
SIGMA_MM = 28.0
FRAMES, STANCE, STRIDE, FIRST = 260, 30, 50, 10


def path_mm(part: np.ndarray) -> np.ndarray:
    """Middle of the bell over stance, (n, 2)."""
    return np.stack([LENGTH_MM * (0.14 + 0.6 * part), 4.0 * np.sin(np.pi * part)], axis=1)


def vertical(part: np.ndarray) -> np.ndarray:
    """Force over its mean level; two peaks."""
    return np.sin(np.pi * part) ** 0.5 * (1.0 + 0.35 * np.cos(4.0 * np.pi * (part - 0.25)))


def pressure_at(place_mm: np.ndarray, side: str, level_n: float = 600.0) -> np.ndarray:
    """Pressure in kPa at places of the foot, (frames, m); left half a stride after right."""
    first = FIRST + (STRIDE // 2 if side == "left" else 0)
    found = np.zeros((FRAMES, len(place_mm)))
    for begin in range(first, FRAMES - STANCE, STRIDE):
        part = (np.arange(STANCE) + 0.5) / STANCE
        middle = path_mm(part)
        square = ((place_mm[None] - middle[:, None]) ** 2).sum(axis=2)
        bell = np.exp(-0.5 * square / SIGMA_MM**2) / (2.0 * np.pi * SIGMA_MM**2)
        found[begin : begin + STANCE] = 1e3 * level_n * vertical(part)[:, None] * bell
    return found


def pedar(folder: Path, factor: float = 1.0) -> Path:
    """Both feet as a Pedar export."""
    place, _ = on_outline(pedar_layout(), OUTLINE_MM, LENGTH_MM)
    both = np.hstack([pressure_at(place, side) for side in ("left", "right")])
    return PedarFile(factor * both).write(folder)


@dataclass
class Grid:
    """Cells of an insole as seen from above, toes first.

    Attributes:
        side: the foot.
        cell_mm: edge of a cell.
    """

    side: str = "right"
    cell_mm: float = 5.08

    def places(self) -> tuple[np.ndarray, np.ndarray]:
        """Places in the foot frame (rows, columns, 2), and which cells lie on the insole."""
        rows = int(np.ceil(LENGTH_MM / self.cell_mm))
        columns = int(np.ceil(1.1 * 99.0 / self.cell_mm)) + 1
        x = LENGTH_MM - self.cell_mm * (np.arange(rows) + 0.5)
        z = self.cell_mm * (np.arange(columns) - 0.5 * (columns - 1))
        if self.side == "left":
            z = -z
        place = np.stack(np.meshgrid(x, z, indexing="ij"), axis=2)
        from matplotlib.path import Path as Polygon

        inside = Polygon(OUTLINE_MM).contains_points(place.reshape(-1, 2)).reshape(rows, columns)
        return place, inside

    def rows(self, factor: float = 1.0, form: str = "{:.4g}") -> list[list[str]]:
        """Cells of all frames as text."""
        place, inside = self.places()
        pressure = factor * pressure_at(place[inside], self.side)
        found = []
        for frame in pressure:
            cells = np.full(inside.shape, "B", dtype="U16")
            cells[inside] = [form.format(v) if v else "0" for v in frame]
            found.append([",".join(row) for row in cells])
        return found

    def asf(
        self,
        folder: Path,
        change: Mapping[str, str | None] | None = None,
        name: str = "",
        factor: float = 1.0,
    ) -> Path:
        """An F-Scan export; ``change`` replaces or removes entries."""
        frames = self.rows(factor)
        entries: dict[str, str | None] = {
            "DATA_TYPE": "MOVIE",
            "SENSOR_TYPE": "FSCAN",
            "ROWS": str(len(frames[0])),
            "COLS": str(frames[0][0].count(",") + 1),
            "ROW_SPACING": f"{self.cell_mm:g} mm",
            "COL_SPACING": f"{self.cell_mm:g} mm",
            "SENSEL_AREA": f"{self.cell_mm**2:g} mm2",
            "SECONDS_PER_FRAME": "0.02",
            "SATURATION_PRESSURE": "1500 KPa",
            "START_FRAME": "1",
            "END_FRAME": str(len(frames)),
            "UNITS": "KPa",
            "MIRROR_ROW": "0",
            "MIRROR_COL": "0",
        } | dict(change or {})
        lines = [f"{key} {value}" for key, value in entries.items() if value is not None]
        lines.append("ASCII_DATA @@")
        for number, frame in enumerate(frames, 1):
            lines += ["", f"Frame {number}", *frame]
        path = folder / (name or f"made{self.side[0].upper()}.asf")
        path.write_text("\r\n".join(lines))
        return path

    def grid_csv(self, folder: Path, change: Mapping[str, str | None] | None = None) -> Path:
        """Frames of the grid as a plain table."""
        head: dict[str, str | None] = {
            "unit": "kPa",
            "side": self.side,
            "rate_hz": "50",
            "row_spacing_mm": f"{self.cell_mm:g}",
            "column_spacing_mm": f"{self.cell_mm:g}",
            "first_row": "toes",
        } | dict(change or {})
        lines = [f"# {key}: {value}" for key, value in head.items() if value is not None]
        for number, frame in enumerate(self.rows(), 1):
            lines += [f"frame {number}", *frame]
        path = folder / "grid.csv"
        path.write_text("\n".join(lines))
        return path


def sensors_csv(
    folder: Path,
    change: Mapping[str, str | None] | None = None,
    edit: Callable[[list[str]], list[str]] = lambda lines: lines,
    factor: float = 1.0,
) -> Path:
    """Both feet as a plain table with a column for each sensor of 12 mm."""
    names, places, columns = [], [], []
    for side in ("left", "right"):
        place, inside = Grid(side, 12.0).places()
        places.append(place[inside])
        columns.append(pressure_at(place[inside], side))
        names += [f"p{i + 1}_{side}" for i in range(len(place[inside]))]
    place = np.vstack(places)
    head: dict[str, str | None] = {
        "unit": "kPa",
        "x_mm": ",".join(f"{v:.6g}" for v in place[:, 0]),
        "z_mm": ",".join(f"{v:.6g}" for v in place[:, 1]),
        "area_mm2": "144",
    } | dict(change or {})
    lines = [f"# {key}: {value}" for key, value in head.items() if value is not None]
    lines.append(",".join(["time_s", *names]))
    for i, row in enumerate(factor * np.hstack(columns)):
        lines.append(",".join([f"{0.02 * i:.4f}", *(f"{v:.5g}" for v in row)]))
    path = folder / "sensors.csv"
    path.write_text("\n".join(edit(lines)))
    return path


def expected(percent: np.ndarray, side: str = "right") -> tuple[np.ndarray, np.ndarray]:
    """Force (n,) and centre of pressure (n, 2) by a grid of 2 mm on the same outline."""
    place, inside = Grid(side, 2.0).places()
    part = percent / 100.0
    square = ((place[inside][None] - path_mm(part)[:, None]) ** 2).sum(axis=2)
    bell = np.exp(-0.5 * square / SIGMA_MM**2) / (2.0 * np.pi * SIGMA_MM**2)
    share = 4.0 * bell.sum(axis=1)
    centre = np.einsum("nm,mk->nk", bell, place[inside]) / bell.sum(axis=1)[:, None]
    return 600.0 * vertical(part) * share, centre
