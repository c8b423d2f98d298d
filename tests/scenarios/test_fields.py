# SPDX-License-Identifier: MIT
"""Field files are read back by meshio, by PyVista and by the project's own reader."""

from pathlib import Path

import meshio
import numpy as np
import pytest

from scenarios.fields import COLLECTION, keep_until, read_body, read_collection, write_instant
from simulator.results import Body

TETRA10 = np.array(
    [
        [0, 0, 0],
        [1, 0, 0],
        [0, 1, 0],
        [0, 0, 1],
        [0.5, 0, 0],
        [0.5, 0.5, 0],
        [0, 0.5, 0],
        [0, 0, 0.5],
        [0.5, 0, 0.5],
        [0, 0.5, 0.5],
    ]
)


def grid(count: int) -> np.ndarray:
    """Nodes of the unit cube, x fastest."""
    axis = np.linspace(0.0, 1.0, count)
    z, y, x = np.meshgrid(axis, axis, axis, indexing="ij")
    return np.stack([x.ravel(), y.ravel(), z.ravel()], axis=1)


def tissue(shift: float = 0.0) -> Body:
    displacement = np.full((10, 3), shift)
    return Body(
        "foot_tissue",
        TETRA10 + displacement,
        np.arange(10)[None, :],
        "tetra10",
        {"displacement_mm": displacement, "contact_pressure_mpa": np.linspace(0, 0.2, 10)},
        {"cauchy_von_mises_mpa": np.array([0.07]), "region": np.array([1])},
    )


def bone() -> Body:
    points = np.array([[0.0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]])
    faces = np.array([[0, 2, 1], [0, 1, 3], [1, 2, 3], [0, 3, 2]])
    return Body("leg_bones", points, faces, "triangle", {}, {"segment": np.zeros(4)})


def hexahedra() -> tuple[Body, Body]:
    vtk_order = np.array([0, 1, 3, 2, 4, 5, 7, 6])
    eight = Body("disc_l4_l5", grid(2), vtk_order[None, :], "hexahedron", {}, {})
    corners = [0, 2, 8, 6, 18, 20, 26, 24]
    edges = [1, 5, 7, 3, 19, 23, 25, 21, 9, 11, 17, 15]
    faces = [12, 14, 10, 16, 4, 22]
    full = np.array([[*corners, *edges, *faces, 13]])
    return eight, Body("disc_l5_s1", grid(3), full, "hexahedron27", {}, {})


def test_both_readers_see_what_was_written(tmp_path: Path):
    bodies = [tissue(0.3), bone(), *hexahedra()]
    write_instant(tmp_path, 45.0, 0.27, bodies)
    mesh = meshio.read(tmp_path / "foot_tissue_045.00.vtu")
    assert mesh.cells[0].type == "tetra10"
    np.testing.assert_allclose(mesh.points, TETRA10 + 0.3, atol=1e-6)
    assert set(mesh.point_data) == {"displacement_mm", "contact_pressure_mpa"}
    pyvista = pytest.importorskip("pyvista")
    grid_read = pyvista.read(tmp_path / "foot_tissue_045.00.vtu")
    assert grid_read.celltypes.tolist() == [pyvista.CellType.QUADRATIC_TETRA]
    np.testing.assert_allclose(grid_read.cell_data["cauchy_von_mises_mpa"], [0.07], rtol=1e-6)
    assert grid_read.volume == pytest.approx(1 / 6, rel=1e-4)
    for name, kind, size in (
        ("leg_bones", pyvista.CellType.TRIANGLE, 4),
        ("disc_l4_l5", pyvista.CellType.HEXAHEDRON, 1),
        ("disc_l5_s1", pyvista.CellType.TRIQUADRATIC_HEXAHEDRON, 1),
    ):
        read = pyvista.read(tmp_path / f"{name}_045.00.vtu")
        assert read.celltypes.tolist() == [kind] * size
    sizes = pyvista.read(tmp_path / "disc_l5_s1_045.00.vtu").compute_cell_sizes()
    assert sizes.cell_data["Volume"] == pytest.approx([1.0], rel=1e-5)


def test_collection_plays_in_time_and_can_be_resumed(tmp_path: Path):
    for percent, time_s in ((0.0, 0.0), (50.0, 0.3), (100.0, 0.6)):
        write_instant(tmp_path, percent, time_s, [tissue(percent), bone()])
    write_instant(tmp_path, 50.0, 0.3, [tissue(1.0), bone()])
    entries = read_collection(tmp_path)
    assert [(e.body, e.percent) for e in entries[2:4]] == [("foot_tissue", 50), ("leg_bones", 50)]
    assert len(entries) == 6
    body = read_body(entries[2])
    np.testing.assert_allclose(body.point_data["displacement_mm"], 1.0)
    pyvista = pytest.importorskip("pyvista")
    reader = pyvista.get_reader(tmp_path / COLLECTION)
    assert reader.time_values == [0.0, 0.3, 0.6]
    reader.set_active_time_value(0.3)
    assert len(reader.read()) == 2
    keep_until(tmp_path, 50.0)
    assert max(e.percent for e in read_collection(tmp_path)) == 50.0
    assert not (tmp_path / "foot_tissue_100.00.vtu").exists()
    assert (tmp_path / "foot_tissue_050.00.vtu").exists()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"cell_type": "wedge"}, "wedge"),
        ({"cells": np.arange(4)[None, :]}, "not \\(m, 10\\)"),
        ({"point_data": {"displacement_mm": np.zeros((3, 3))}}, "displacement_mm has 3"),
    ],
)
def test_wrong_bodies_are_refused_before_anything_is_written(tmp_path: Path, change, message):
    good = tissue()
    values = {name: getattr(good, name) for name in Body.__slots__}
    with pytest.raises(ValueError, match=message):
        write_instant(tmp_path, 0.0, 0.0, [bone(), Body(**{**values, **change})])
    assert not list(tmp_path.iterdir())
    with pytest.raises(ValueError, match="one name"):
        write_instant(tmp_path, 0.0, 0.0, [good, good])
