# SPDX-License-Identifier: MIT
"""CalculiX decks from solespine's meshes: ten-node tetrahedra, sets, surfaces, steps.

Numbers in decks count from one, in arrays from zero.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from benchmarks.peers.laws import Law, calculix_card
from simulator.mesh import TaggedMeshLike

Array = NDArray[np.float64]
Ints = NDArray[np.int64]

EDGES = np.array([(0, 1), (1, 2), (0, 2), (0, 3), (1, 3), (2, 3)])
"""Corners beside nodes 5 to 10 of a C3D10 (the order of VTK too)."""
FACES = np.array([(0, 1, 2), (0, 3, 1), (1, 3, 2), (2, 3, 0)])
"""Corners of its faces S1 to S4."""
PER_LINE = 12
TIGHT = 1e-7
"""Share of the mean force that a residual may have, and of the largest step a correction; the
default is 5e-3 and 1e-2."""


@dataclass(frozen=True, slots=True)
class QuadraticMesh:
    """Straight ten-node tetrahedra.

    Attributes:
        nodes: Positions, corners first as they stand in the input, then mid-edge nodes, mm.
        cells: Nodes of each tetrahedron (m, 10) in the order of Abaqus, volumes positive.
        cell_tags: Region of each tetrahedron.
        faces: Tetrahedron and number of its face (0 to 3), (k, 2), by surface tag.
    """

    nodes: Array
    cells: Ints
    cell_tags: NDArray[np.int32]
    faces: dict[int, Ints]

    def on(self, tag: int) -> Ints:
        """Nodes of a surface."""
        cell, face = self.faces[tag].T
        corners = FACES[face]
        ring = np.stack([corners, np.roll(corners, -1, axis=1)], axis=-1)
        edge = np.zeros((4, 4), dtype=np.int64)
        edge[EDGES[:, 0], EDGES[:, 1]] = edge[EDGES[:, 1], EDGES[:, 0]] = np.arange(4, 10)
        local = np.hstack([corners, edge[ring[..., 0], ring[..., 1]]])
        return np.unique(np.take_along_axis(self.cells[cell], local, axis=1))


def quadratic(mesh: TaggedMeshLike) -> QuadraticMesh:
    """The mesh with nodes on its edges.

    Raises:
        ValueError: A tagged facet is no face of a tetrahedron.
    """
    corners = np.asarray(mesh.cells, dtype=np.int64).copy()
    edges = mesh.points[corners[:, 1:]] - mesh.points[corners[:, :1]]
    turned = np.linalg.det(edges) < 0.0
    corners[turned] = corners[turned][:, [0, 2, 1, 3]]
    pairs = np.sort(corners[:, EDGES].reshape(-1, 2), axis=1)
    unique, place = np.unique(pairs, axis=0, return_inverse=True)
    middle = mesh.points[unique].mean(axis=1)
    cells = np.hstack([corners, len(mesh.points) + place.reshape(-1, 6)])
    return QuadraticMesh(
        np.vstack([mesh.points, middle]),
        cells,
        np.asarray(mesh.cell_tags),
        _faces(corners, mesh),
    )


def _faces(corners: Ints, mesh: TaggedMeshLike) -> dict[int, Ints]:
    of_cells = {
        tuple(row): (i // 4, i % 4)
        for i, row in enumerate(np.sort(corners[:, FACES].reshape(-1, 3), axis=1).tolist())
    }
    found: dict[int, list[tuple[int, int]]] = {}
    for row, tag in zip(np.sort(mesh.facets, axis=1).tolist(), mesh.facet_tags, strict=True):
        if tuple(row) not in of_cells:
            raise ValueError(f"facet {row} is no face of a tetrahedron")
        found.setdefault(int(tag), []).append(of_cells[tuple(row)])
    return {tag: np.array(rows, dtype=np.int64) for tag, rows in found.items()}


@dataclass(frozen=True, slots=True)
class ContactCard:
    """A contact pair, face to face by penalty.

    Attributes:
        slave: Surface tag.
        master: Surface tag.
        penalty_mpa_per_mm: Slope of pressure over penetration.
        friction: Coulomb's coefficient; zero for none.
        stick_mpa_per_mm: Slope of friction over elastic slip.
    """

    slave: int
    master: int
    penalty_mpa_per_mm: float
    friction: float = 0.0
    stick_mpa_per_mm: float = 1.0


@dataclass(frozen=True, slots=True)
class Deck:
    """All of a quasi-static run.

    Attributes:
        mesh: The mesh.
        laws: Law of each region.
        held: Surfaces whose nodes all move alike.
        steps: Displacement of those surfaces at the end of each step (mm), and the number of
            equal increments that lead there.
        contact: A contact pair, if any.
    """

    mesh: QuadraticMesh
    laws: Mapping[int, Law]
    held: Sequence[int]
    steps: Sequence[tuple[Mapping[int, Array], int]]
    contact: ContactCard | None = None
    tolerance: float = field(default=TIGHT)

    def text(self) -> str:
        """The input file."""
        lines = ["*NODE, NSET=ALL"]
        lines += [
            f"{i}, {x:.12e}, {y:.12e}, {z:.12e}" for i, (x, y, z) in enumerate(self.mesh.nodes, 1)
        ]
        for region, law in self.laws.items():
            chosen = np.flatnonzero(self.mesh.cell_tags == region)
            lines.append(f"*ELEMENT, TYPE=C3D10, ELSET=REGION{region}")
            rows = np.column_stack([chosen, self.mesh.cells[chosen]]) + 1
            lines += [", ".join(map(str, row)) for row in rows.tolist()]
            lines += [f"*MATERIAL, NAME=LAW{region}", *calculix_card(law)]
            lines.append(f"*SOLID SECTION, ELSET=REGION{region}, MATERIAL=LAW{region}")
        for tag in self.mesh.faces:
            lines += [f"*NSET, NSET=NODES{tag}", *_wrapped(self.mesh.on(tag) + 1)]
        lines += self._contact()
        for number in range(len(self.steps)):
            lines += self._step(number)
        return "\n".join(lines) + "\n"

    def _contact(self) -> list[str]:
        card = self.contact
        if card is None:
            return []
        lines = []
        for tag in (card.slave, card.master):
            lines.append(f"*SURFACE, NAME=SIDE{tag}, TYPE=ELEMENT")
            lines += [f"{cell}, S{face}" for cell, face in (self.mesh.faces[tag] + 1).tolist()]
        lines += [
            "*SURFACE INTERACTION, NAME=TOUCH",
            "*SURFACE BEHAVIOR, PRESSURE-OVERCLOSURE=LINEAR",
            f"{card.penalty_mpa_per_mm:.12e}",
        ]
        if card.friction > 0.0:
            lines += ["*FRICTION", f"{card.friction:.12e}, {card.stick_mpa_per_mm:.12e}"]
        lines += [
            "*CONTACT PAIR, INTERACTION=TOUCH, TYPE=SURFACE TO SURFACE",
            f"SIDE{card.slave}, SIDE{card.master}",
        ]
        return lines

    def _step(self, number: int) -> list[str]:
        motions, increments = self.steps[number]
        length = 1.0 / increments
        lines = [
            "*STEP, NLGEOM, INC=100000",
            "*STATIC",
            f"{length:.12f}, 1.0, 1e-6, {length:.12f}",
            "*CONTROLS, PARAMETERS=FIELD",
            f"{self.tolerance:g}, {self.tolerance:g}",
            "*BOUNDARY",
        ]
        for tag in self.held:
            motion = np.asarray(motions.get(tag, np.zeros(3)))
            lines += [f"NODES{tag}, {i}, {i}, {d:.12e}" for i, d in enumerate(motion, 1)]
        if number == len(self.steps) - 1:
            lines += ["*NODE PRINT, NSET=ALL, FREQUENCY=100000", "U"]
            for tag in self.held:
                lines += [f"*NODE PRINT, NSET=NODES{tag}, TOTALS=ONLY, FREQUENCY=100000", "RF"]
            for region in self.laws:
                lines += [f"*EL PRINT, ELSET=REGION{region}, FREQUENCY=100000", "S"]
            if self.contact is not None:
                lines += ["*CONTACT FILE, FREQUENCY=100000", "CDIS, CSTR"]
        return [*lines, "*END STEP"]


def _wrapped(numbers: Ints) -> list[str]:
    rows = [numbers[i : i + PER_LINE] for i in range(0, len(numbers), PER_LINE)]
    return [", ".join(map(str, row.tolist())) for row in rows]
