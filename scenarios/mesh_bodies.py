# SPDX-License-Identifier: MIT
"""Undeformed bodies of a scenario: their mesh quality, unknowns and field files."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from meshes.foot import FootGeometry
from meshes.hexahedra import VTK_ORDER, hex_quality, quadratic_nodes
from meshes.insole import InsoleGeometry
from meshes.spine import LevelGeometry
from meshes.tagged import TaggedMesh
from scenarios.summary import MeshQuality
from scenarios.upper.anatomy import UpperAnatomy
from simulator.results import Body

Array = NDArray[np.float64]

NUCLEUS_UNKNOWNS = 7
"""Of a disc besides its free nodes: six of the vertebra above and the nucleus pressure."""


@dataclass(frozen=True, slots=True)
class Geometry:
    """All that a scenario meshes.

    Attributes:
        foot: tissue and bones of the foot.
        insole: ``None`` barefoot.
        upper: thigh, pelvis and lumbar column.
    """

    foot: FootGeometry
    insole: InsoleGeometry | None
    upper: UpperAnatomy

    @property
    def insole_drop_mm(self) -> float:
        """By how much the insole stands lower, so that it does not reach into the sole."""
        return 0.0 if self.insole is None else self.insole.overlap_mm


def body_qualities(geometry: Geometry) -> dict[str, MeshQuality]:
    """Quality of each meshed body, by the name that its field file has."""
    found = {"foot_tissue": _tetrahedra(geometry.foot.mesh)}
    if geometry.insole is not None:
        found["insole"] = _tetrahedra(geometry.insole.mesh)
    for level in geometry.upper.spine.levels:
        found[_disc_name(level)] = _hexahedra(level.disc.mesh)
    return found


def unknowns(geometry: Geometry) -> int:
    """Displacement unknowns of foot and insole and unknowns of the discs, as a run counts them."""
    nodes = geometry.foot.mesh.quality().p2_nodes
    if geometry.insole is not None:
        nodes += geometry.insole.mesh.quality().p2_nodes
    discs = 0
    for level in geometry.upper.spine.levels:
        held = np.vstack([level.disc.lower_facets, level.disc.upper_facets])
        discs += 3 * quadratic_nodes(level.disc.cells, held) + NUCLEUS_UNKNOWNS
    return 3 * nodes + discs


def unloaded_bodies(geometry: Geometry) -> tuple[Body, ...]:
    """Bodies as meshed, in the foot frame, the subject standing upright."""
    upper, shift = geometry.upper, geometry.upper.hips_mm
    bodies = [_solid("foot_tissue", geometry.foot.mesh)]
    if geometry.insole is not None:
        lowered = geometry.insole.mesh.translated((0.0, -geometry.insole_drop_mm, 0.0))
        bodies.append(_solid("insole", lowered))
    surfaces = [(s.surface_points, s.surface_triangles) for s in geometry.foot.segments[1:]]
    bodies.append(_surface("foot_bones", surfaces))
    surfaces = [(s.surface_points, s.surface_triangles) for s in upper.limb.segments]
    bodies.append(_surface("leg_bones", surfaces))
    surfaces = [(shift + bone.points_mm, bone.triangles) for bone in upper.spine.vertebrae]
    bodies.append(_surface("vertebrae", surfaces))
    for level in upper.spine.levels:
        points = shift + level.centre_mm + level.disc.points @ level.frame.T
        mesh, cells = level.disc.mesh, level.disc.cells[:, VTK_ORDER]
        region = {"region": mesh.cell_tags.astype(np.float64)}
        bodies.append(Body(_disc_name(level), points, cells, "hexahedron", {}, region))
    return tuple(bodies)


def _disc_name(level: LevelGeometry) -> str:
    return "disc_" + level.name.lower().replace("-", "_")


def _tetrahedra(mesh: TaggedMesh) -> MeshQuality:
    quality = mesh.quality()
    return MeshQuality(
        cells=quality.cells,
        points=quality.vertices,
        volume_mm3=quality.volume_mm3,
        min_radius_ratio=quality.min_radius_ratio,
        mean_radius_ratio=quality.mean_radius_ratio,
        min_scaled_jacobian=quality.min_scaled_jacobian,
        mean_scaled_jacobian=quality.mean_scaled_jacobian,
        min_dihedral_deg=quality.min_dihedral_deg,
    )


def _hexahedra(mesh: TaggedMesh) -> MeshQuality:
    quality = hex_quality(mesh.points, mesh.cells)
    return MeshQuality(
        cells=quality.cells,
        points=quality.vertices,
        volume_mm3=quality.volume_mm3,
        min_scaled_jacobian=quality.min_scaled_jacobian,
        mean_scaled_jacobian=quality.mean_scaled_jacobian,
    )


def _solid(name: str, mesh: TaggedMesh) -> Body:
    region = {"region": mesh.cell_tags.astype(np.float64)}
    return Body(name, mesh.points, mesh.cells, "tetra", {}, region)


def _surface(name: str, parts: list[tuple[Array, NDArray[np.int64]]]) -> Body:
    starts = np.cumsum([0, *(len(points) for points, _ in parts)])[:-1]
    triangles = [faces + start for (_, faces), start in zip(parts, starts, strict=True)]
    segment = np.repeat(np.arange(len(parts)), [len(faces) for _, faces in parts])
    return Body(
        name,
        np.vstack([points for points, _ in parts]),
        np.vstack(triangles).astype(np.int64),
        "triangle",
        {},
        {"segment": segment.astype(np.float64)},
    )
