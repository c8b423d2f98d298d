# SPDX-License-Identifier: MIT
"""Pictures of foot, insole, leg and lumbar column, drawn off screen."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from meshes.anatomy import BandGeometry, SegmentGeometry
from meshes.foot import FootGeometry
from meshes.insole import InsoleGeometry
from meshes.limb import LimbGeometry
from meshes.spine import SpineGeometry
from meshes.tagged import FloatArray, IntArray, TaggedMesh
from meshes.tags import FOOT_REGIONS, Surface

if TYPE_CHECKING:
    import pyvista

BONE, BAND = "#efe6d2", "#b04a3a"
ZONES = ("#d98c6a", "#e3b48c", "#dd9c74", "#e8c2a0")
INSOLE = DISC = "#5b8fb0"

VIEWS = {
    "lateral": ((0.0, 0.12, 1.0), (0.0, 1.0, 0.0)),
    "medial": ((0.0, 0.12, -1.0), (0.0, 1.0, 0.0)),
    "plantar": ((0.0, -1.0, 0.0), (0.0, 0.0, 1.0)),
    "dorsal": ((0.0, 1.0, 0.0), (0.0, 0.0, -1.0)),
    "oblique": ((0.75, 0.55, 0.9), (0.0, 1.0, 0.0)),
    "rear": ((-1.0, 0.25, 0.0), (0.0, 1.0, 0.0)),
}
"""Name of a view: direction from the object to the eye, and what is up."""


def preview_foot(
    foot: FootGeometry,
    folder: Path,
    insole: InsoleGeometry | None = None,
    views: Sequence[str] = ("oblique", "medial", "lateral", "plantar", "dorsal", "rear"),
) -> tuple[Path, ...]:
    """Write one PNG a view of tissue, bones, bands and, where given, the insole.

    Args:
        foot: what to draw; its tissue is half transparent in all but the plantar view.
        folder: where ``foot_VIEW.png`` is written; made if it is not there.
        insole: drawn under the foot.
        views: names in `VIEWS`.

    Returns:
        The files, in the order of the views.
    """
    import pyvista

    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for view in views:
        plotter = pyvista.Plotter(off_screen=True, window_size=(1500, 900))
        plotter.set_background("white")
        add_tissue(plotter, foot.mesh, opacity=1.0 if view == "plantar" else 0.45)
        add_segments(plotter, foot.segments)
        add_bands(plotter, foot.bands)
        if insole is not None and view != "plantar":
            surface = _surface(
                insole.mesh, (Surface.INSOLE_TOP, Surface.INSOLE_BOTTOM, Surface.INSOLE_SIDE)
            )
            plotter.add_mesh(surface, color=INSOLE, show_edges=True, edge_color="#3f6a86")
        _look(plotter, view, foot.dimensions.length_mm)
        path = folder / f"foot_{view}.png"
        plotter.screenshot(str(path))
        plotter.close()
        files.append(path)
    return tuple(files)


def preview_limb(foot: FootGeometry, limb: LimbGeometry, path: Path) -> Path:
    """Write one PNG of foot, shank, thigh and pelvis seen from the front and side."""
    import pyvista

    path.parent.mkdir(parents=True, exist_ok=True)
    plotter = pyvista.Plotter(off_screen=True, window_size=(700, 1300))
    plotter.set_background("white")
    add_tissue(plotter, foot.mesh, opacity=1.0)
    add_segments(plotter, (*foot.segments[1:], *limb.segments))
    height = float(limb.segments[2].surface_points[:, 1].max())
    focus = np.array([limb.ankle[0], 0.5 * height, 0.5 * limb.hip_left[2]])
    eye = focus + 4.0 * height * np.array([0.8, 0.1, 0.6])
    plotter.camera_position = [tuple(eye), tuple(focus), (0.0, 1.0, 0.0)]
    plotter.enable_parallel_projection()
    plotter.camera.parallel_scale = 0.56 * height
    plotter.screenshot(str(path))
    plotter.close()
    return path


def preview_spine(spine: SpineGeometry, path: Path) -> Path:
    """Write one PNG of the lumbar column seen from the right: vertebrae and annuli."""
    import pyvista

    path.parent.mkdir(parents=True, exist_ok=True)
    plotter = pyvista.Plotter(off_screen=True, window_size=(800, 1200))
    plotter.set_background("white")
    for bone in spine.vertebrae:
        plotter.add_mesh(_triangles(bone.points_mm, bone.triangles), color=BONE)
    for level in spine.levels:
        world = level.centre_mm + level.disc.points @ level.frame.T
        facets = level.disc.mesh.facets[:, [0, 1, 3, 2]]
        faces = np.column_stack([np.full(len(facets), 4), facets]).ravel()
        skin = pyvista.PolyData(world, faces)
        plotter.add_mesh(skin, color=DISC, show_edges=True, edge_color="#3f6a86")
    all_points = np.vstack([bone.points_mm for bone in spine.vertebrae])
    focus = 0.5 * (all_points.min(axis=0) + all_points.max(axis=0))
    height = float(np.ptp(all_points[:, 1]))
    eye = focus + 4.0 * height * np.array([0.35, 0.1, 1.0])
    plotter.camera_position = [tuple(eye), tuple(focus), (0.0, 1.0, 0.0)]
    plotter.enable_parallel_projection()
    plotter.camera.parallel_scale = 0.55 * height
    plotter.screenshot(str(path))
    plotter.close()
    return path


def add_tissue(plotter: pyvista.Plotter, mesh: TaggedMesh, opacity: float) -> None:
    """Draw the outside of the soft tissue, coloured by zone."""
    import pyvista

    grid = pyvista.UnstructuredGrid(
        np.column_stack([np.full(len(mesh.cells), 4), mesh.cells]).ravel(),
        np.full(len(mesh.cells), pyvista.CellType.TETRA),
        mesh.points,
    )
    for region, colour in zip(FOOT_REGIONS, ZONES, strict=True):
        zone = grid.extract_cells(np.flatnonzero(mesh.cell_tags == region))
        skin = zone.extract_surface(algorithm="dataset_surface")
        plotter.add_mesh(skin, color=colour, opacity=opacity, show_edges=True, edge_color="#8a5a44")


def add_segments(plotter: pyvista.Plotter, segments: Sequence[SegmentGeometry]) -> None:
    """Draw the closed surfaces of rigid segments."""
    for segment in segments:
        body = _triangles(segment.surface_points, segment.surface_triangles)
        plotter.add_mesh(body, color=BONE, smooth_shading=True)


def add_bands(plotter: pyvista.Plotter, bands: Sequence[BandGeometry]) -> None:
    """Draw fascia and ligaments as tubes of their cross-section."""
    import pyvista

    for band in bands:
        line = pyvista.lines_from_points(np.vstack([point for _, point in band.points]))
        plotter.add_mesh(line.tube(radius=0.35 * float(np.sqrt(band.area_mm2 / np.pi))), color=BAND)


def _surface(mesh: TaggedMesh, tags: Sequence[int]) -> pyvista.PolyData:
    return _triangles(mesh.points, mesh.facets_with(*tags))


def _triangles(points: FloatArray, triangles: IntArray) -> pyvista.PolyData:
    import pyvista

    faces = np.column_stack([np.full(len(triangles), 3), triangles]).ravel()
    return pyvista.PolyData(points, faces)


def _look(plotter: pyvista.Plotter, view: str, length: float) -> None:
    direction, up = VIEWS[view]
    focus = np.array([0.5, 0.12, 0.02]) * length
    eye = focus + 3.0 * length * np.asarray(direction) / np.linalg.norm(direction)
    plotter.camera_position = [tuple(eye), tuple(focus), up]
    plotter.enable_parallel_projection()
    plotter.camera.parallel_scale = 0.36 * length if view != "oblique" else 0.42 * length
