# SPDX-License-Identifier: MIT
"""Exported insoles, and their files read back by readers of others."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from meshes.export.bodies import ClosedSurface
from scenarios.insole_export import ExportedInsole, export_insole
from scenarios.schema import Scenario

LAYERS = [
    {"material": "poron_soft", "thickness_mm": 2.0},
    {"material": "eva_35", "thickness_mm": 4.0},
    {"material": "polypropylene", "thickness_mm": 1.5},
]
MOULDED = {
    "conformity": 1.0,
    "layers": LAYERS,
    "zones": [
        {"region": "heel", "material": "eva_20"},
        {"region": "arch", "material": "eva_50"},
        {"region": "forefoot", "material": "poron_firm"},
    ],
    "heel_plug_diameter_mm": 30.0,
    "heel_plug_material": "silicone_gel",
    "rearfoot_post_deg": 3.0,
}
"""Three layers, five zones of the core, a post."""


@dataclass(frozen=True)
class ReadBody:
    """One body of a file as another reader understands it."""

    name: str
    colour: str
    sound: bool
    surface: ClosedSurface


def exported(size_mm: float = 2.0, side: str = "right", **insole: object) -> ExportedInsole:
    table = {"subject": {"side": side}, "insole": insole}
    return export_insole(Scenario.model_validate({"name": "made", **table}), size_mm)


def read_stl(path: Path) -> ClosedSurface:
    """By VTK, which joins points of one place."""
    import pyvista

    mesh = pyvista.read(path)
    return ClosedSurface(np.asarray(mesh.points, float), mesh.regular_faces.astype(np.int64))


def read_3mf(path: Path) -> tuple[str, list[ReadBody], np.ndarray]:
    """By lib3mf, the 3MF consortium's own; strict, so that a deviation is an error.

    Returns:
        Unit, bodies in the order of the file, and least and greatest coordinates (2, 3) as placed.
    """
    lib3mf = pytest.importorskip("lib3mf")
    model = lib3mf.get_wrapper().CreateModel()
    reader = model.QueryReader("3mf")
    reader.SetStrictModeActive(True)
    reader.ReadFromFile(str(path))
    assert reader.GetWarningCount() == 0
    bodies = []
    meshes = model.GetMeshObjects()
    while meshes.MoveNext():
        mesh = meshes.GetCurrentMeshObject()
        points = np.array([list(vertex.Coordinates) for vertex in mesh.GetVertices()])
        corners = np.array([list(one.Indices) for one in mesh.GetTriangleIndices()])
        group, number, _ = mesh.GetObjectLevelProperty()
        colour = model.GetBaseMaterialGroupByID(group).GetDisplayColor(number)
        bodies.append(
            ReadBody(
                name=mesh.GetName(),
                colour=f"#{colour.Red:02X}{colour.Green:02X}{colour.Blue:02X}",
                sound=mesh.IsManifoldAndOriented() and mesh.IsValid(),
                surface=ClosedSurface(points, corners.astype(np.int64)),
            )
        )
    items = model.GetBuildItems()
    assert items.MoveNext()
    item = items.GetCurrent()
    assert not items.MoveNext()
    box, fields = item.GetObjectResource().GetOutbox(), item.GetObjectTransform().Fields
    shift = np.array(list(fields[3]))
    placed = np.array([list(box.MinCoordinate), list(box.MaxCoordinate)]) + shift
    units = {lib3mf.ModelUnit.MilliMeter: "mm"}
    return units.get(model.GetUnit(), "other"), bodies, placed
