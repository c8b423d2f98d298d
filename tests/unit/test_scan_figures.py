# SPDX-License-Identifier: MIT
"""Pictures of a scan: colours say on which side of the mesh the scan lies."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from meshes.cache import cached_foot
from meshes.foot_dimensions import FootDimensions
from meshes.scan.distance import sole_distances
from meshes.tags import Surface
from scenarios.figures.scan import OUTLINE_FILE, SOLE_FILE, scan_figures
from scenarios.scan_section import Scan


@pytest.mark.parametrize("lower_mm", [0.8, -0.8, 9.0])
def test_red_is_where_the_mesh_lies_above_the_scan(lower_mm: float, tmp_path: Path) -> None:
    foot = cached_foot(FootDimensions(), "coarse")
    nodes = foot.mesh.points[np.unique(foot.mesh.facets_with(Surface.PLANTAR))]
    inner = foot.plantar_height.distance(nodes[:, 0], nodes[:, 2]) > 20.0
    skin = nodes[inner & (nodes[:, 0] < 60.0)] - [0.0, lower_mm, 0.0]
    found = sole_distances(foot, skin)
    rows = np.column_stack([skin[:, [0, 2, 1]], found.distance_mm])
    names = "x_mm,z_mm,height_mm,distance_mm"
    np.savetxt(tmp_path / SOLE_FILE, rows, delimiter=",", header=names, comments="")
    rim = np.column_stack([foot.outline_xz, foot.outline_xz])
    names = "x_mm,z_mm,parametric_x_mm,parametric_z_mm"
    np.savetxt(tmp_path / OUTLINE_FILE, rim, delimiter=",", header=names, comments="")
    name, _, caption, figure = next(scan_figures(tmp_path, Scan()))
    assert name == "scan_distance" and "red where the mesh lies above the scan" in caption
    (dots,) = figure.axes[0].collections
    shown = dots.get_array()
    assert shown is not None
    assert (np.sign(np.asarray(shown)) == np.sign(lower_mm)).all()
    red, _, blue, _ = dots.get_cmap()(1.0)
    assert red > blue
    most = 1.0 if abs(lower_mm) < 1.0 else 3.0
    assert dots.get_clim() == (-most, most) and f"end at {most:g} mm" in caption
