# SPDX-License-Identifier: MIT
"""Pictures of the types of foot side by side: bones and tissue, as they stand before loading.

``python -m meshes.foot_gallery FOLDER`` writes ``types.png`` and ``sizes.png``.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import get_args

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from meshes.anatomy import SegmentGeometry
from meshes.arch_index import arch_height_index
from meshes.foot import FootGeometry, build_foot
from meshes.foot_dimensions import FootDimensions
from meshes.foot_landmarks import subtalar_axis, talocrural_axis
from meshes.foot_standing import standing_angles_deg
from meshes.foot_types import FootType, rearfoot_angle_deg
from meshes.preview import VIEWS, add_segments, add_tissue
from meshes.tagged import FloatArray, TaggedMesh

SIZES_MM = (165.0, 255.0, 320.0)
COLUMNS = ("medial", "rear", "dorsal")
HEADINGS = {"medial": "from the medial side", "rear": "from behind", "dorsal": "from above"}
PANEL_PX = (620, 400)
PIXELS_PER_INCH = 160


def standing_foot(
    foot: FootGeometry, rearfoot_deg: float
) -> tuple[tuple[SegmentGeometry, ...], TaggedMesh]:
    """Bones and tissue of an unloaded foot turned to where it stands, the tibia upright.

    Args:
        foot: in its own frame.
        rearfoot_deg: eversion of the calcaneus in relaxed standing.
    """
    ankle_deg, subtalar_deg = standing_angles_deg(foot.dimensions, rearfoot_deg, loaded=False)
    talus = Rotation.from_rotvec(np.radians(ankle_deg) * talocrural_axis())
    whole = talus * Rotation.from_rotvec(np.radians(subtalar_deg) * subtalar_axis(foot.dimensions))
    marks = foot.landmarks
    pivot = marks.ankle + talus.apply(marks.subtalar - marks.ankle)

    def turned(name: str, points: FloatArray) -> FloatArray:
        if name == "tibia":
            return points
        if name == "talus":
            return np.asarray(marks.ankle + talus.apply(points - marks.ankle))
        return np.asarray(pivot + whole.apply(points - marks.subtalar))

    bones = tuple(
        replace(bone, surface_points=turned(bone.name, bone.surface_points))
        for bone in foot.segments
    )
    return bones, replace(foot.mesh, points=turned("", foot.mesh.points))


def draw_types(path: Path) -> Path:
    """Write a picture of every type at 255 mm, a row each."""
    feet = [
        (
            f"{kind}: arch height index {arch_height_index(foot):.2f}, posture index "
            f"{foot.posture_index:+g}, navicular {foot.arch_height_mm:.0f} mm, "
            f"{_rearfoot_words(rearfoot_angle_deg(foot.posture_index))}",
            foot,
        )
        for kind in get_args(FootType)
        for foot in [FootDimensions.of_type(kind)]
    ]
    return _draw(feet, COLUMNS, path, scale_mm=255.0)


def draw_sizes(path: Path) -> Path:
    """Write a picture of neutral feet from a child's to a large adult's, to one scale."""
    feet = [(f"{size:g} mm", FootDimensions(length_mm=size)) for size in SIZES_MM]
    return _draw(feet, ("medial", "dorsal"), path, scale_mm=SIZES_MM[-1])


def _draw(
    feet: Sequence[tuple[str, FootDimensions]], views: Sequence[str], path: Path, scale_mm: float
) -> Path:
    import pyvista

    shape = (len(feet), len(views))
    width, height = PANEL_PX
    plotter = pyvista.Plotter(
        off_screen=True,
        shape=shape,
        window_size=(width * shape[1], height * shape[0]),
        border=False,
    )
    plotter.set_background("white")
    for row, (_, dimensions) in enumerate(feet):
        angle = rearfoot_angle_deg(dimensions.posture_index)
        bones, tissue = standing_foot(build_foot(dimensions, "coarse"), angle)
        for column, view in enumerate(views):
            plotter.subplot(row, column)
            add_tissue(plotter, tissue, opacity=0.35)
            add_segments(plotter, bones)
            direction, up = VIEWS[view]
            if view == "rear":
                direction = (-1.0, 0.0, 0.0)
            focus = np.array([0.5, 0.16, 0.0]) * dimensions.length_mm
            eye = focus + 3.0 * scale_mm * np.asarray(direction) / np.linalg.norm(direction)
            plotter.camera_position = [tuple(eye), tuple(focus), up]
            plotter.enable_parallel_projection()
            plotter.camera.parallel_scale = (0.26 if view == "rear" else 0.36) * scale_mm
    image = np.asarray(plotter.screenshot(return_img=True))
    plotter.close()
    return _labelled(image, [title for title, _ in feet], [HEADINGS[view] for view in views], path)


def _labelled(
    image: NDArray[np.uint8], titles: Sequence[str], headings: Sequence[str], path: Path
) -> Path:
    """Write rows of panels with a title above each row and a heading above each column.

    The words are set here, at one size: a renderer fits its own to the corner of a panel.
    """
    from matplotlib.figure import Figure

    width, height = image.shape[1] / PIXELS_PER_INCH, image.shape[0] / PIXELS_PER_INCH
    row, head, gap = height / len(titles), 0.35, 0.32
    total = height + head + gap * len(titles)
    figure = Figure(figsize=(width, total))
    for column, words in enumerate(headings):
        place = ((column + 0.5) / len(headings), 1 - head / 2 / total)
        figure.text(*place, words, ha="center", va="center", fontsize=11, color="#5b636d")
    for index, (title, strip) in enumerate(
        zip(titles, np.split(image, len(titles), axis=0), strict=True)
    ):
        low = total - head - (index + 1) * (row + gap)
        axes = figure.add_axes((0.0, low / total, 1.0, row / total))
        axes.imshow(strip, interpolation="none", aspect="auto")
        axes.set_axis_off()
        figure.text(
            0.01, (low + row + gap / 2) / total, title, va="center", fontsize=12.5, weight="bold"
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=PIXELS_PER_INCH, facecolor="white")
    return path


def _rearfoot_words(angle_deg: float) -> str:
    return f"rearfoot {'everted' if angle_deg >= 0.0 else 'inverted'} {abs(angle_deg):.1f}°"


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    print(draw_types(folder / "types.png"), draw_sizes(folder / "sizes.png"))
