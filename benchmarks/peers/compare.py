# SPDX-License-Identifier: MIT
"""Differences between the two solutions of a case."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from benchmarks.peers.calculix import Found
from benchmarks.peers.cases import PLATE, SOLE
from benchmarks.peers.deck import FACES, Deck, QuadraticMesh
from simulator.contact.facet import cross, quadrature, shape_functions, shape_gradients

Array = NDArray[np.float64]
RINGS = 8
SAME_MM = 1e-9
FAR_MM = 1e3


def differences(ours: dict[str, Any], found: Found, deck: Deck) -> dict[str, float]:
    """Relative differences of reaction, displacement and stress.

    The displacement's is the largest difference at a node over the largest displacement, the
    stress' the root mean square over cells over that of the stress itself.

    Raises:
        ValueError: The meshes are not the same.
    """
    # Two bodies may have a node each at the place where they touch.
    region = np.zeros(len(deck.mesh.nodes))
    region[deck.mesh.cells] = deck.mesh.cell_tags[:, None]
    tree = cKDTree(np.column_stack([deck.mesh.nodes, FAR_MM * region]))
    away, place = tree.query(np.column_stack([ours["nodes"], FAR_MM * ours["region"]]))
    if away.max() > SAME_MM:
        raise ValueError(f"nodes differ by {away.max():g} mm")
    theirs = found.displacement_mm[place]
    gap = np.linalg.norm(ours["displacement"] - theirs, axis=1).max()
    reaction = found.reaction_n[PLATE]
    stress = found.stress_mpa[: len(ours["stress"])]
    return {
        "reaction": float(np.linalg.norm(ours["reaction"] - reaction) / np.linalg.norm(reaction)),
        "displacement": float(gap / np.linalg.norm(theirs, axis=1).max()),
        "stress": float(
            np.sqrt(np.mean((ours["stress"] - stress) ** 2)) / np.sqrt(np.mean(stress**2))
        ),
    }


def pressure_profiles(
    ours: dict[str, Any], found: Found, mesh: QuadraticMesh
) -> tuple[Array, Array, Array]:
    """Mean contact pressure in rings about the vertical axis.

    Returns:
        Middle radius of each ring (mm), and the pressures of both (MPa), solespine's first.
    """
    radius = np.hypot(ours["contact_at"][:, 0], ours["contact_at"][:, 2])
    outer = radius[ours["contact_force"] > 0.0].max()
    edges = np.linspace(0.0, outer, RINGS + 1)
    at, area, pressure = _points(found, mesh)
    there = np.hypot(at[:, 0], at[:, 2])
    one = _means(edges, radius, ours["contact_force"], ours["contact_area"])
    two = _means(edges, there, pressure * area, area)
    return (edges[:-1] + edges[1:]) / 2.0, one, two


def _means(edges: Array, radius: Array, force: Array, area: Array) -> Array:
    return np.histogram(radius, edges, weights=force)[0] / np.maximum(
        np.histogram(radius, edges, weights=area)[0], 1e-12
    )


def _points(found: Found, mesh: QuadraticMesh) -> tuple[Array, Array, Array]:
    """Current place, current area and pressure of points on the sole, from nodal values."""
    nodes = sole_nodes(mesh)
    eta, weights = quadrature(6)
    shapes, slopes = shape_functions(eta), shape_gradients(eta)
    current = (mesh.nodes + found.displacement_mm)[nodes]
    at = np.einsum("qa,fai->fqi", shapes, current).reshape(-1, 3)
    along = np.einsum("qda,fai->fqdi", slopes, current).reshape(-1, 2, 3)
    area = np.linalg.norm(cross(along[:, 0], along[:, 1]), axis=1) * np.tile(weights, len(nodes))
    pressure = (found.pressure_mpa[nodes] @ shapes.T).ravel()
    return at, area, pressure


def sole_nodes(mesh: QuadraticMesh) -> NDArray[np.int64]:
    """Six nodes of each facet of the sole: corners, then mid-edge nodes opposite to them."""
    between = np.zeros((4, 4), dtype=np.int64)
    for number, (one, two) in enumerate(((0, 1), (1, 2), (0, 2), (0, 3), (1, 3), (2, 3)), 4):
        between[one, two] = between[two, one] = number
    cell, face = mesh.faces[SOLE].T
    corners = FACES[face]
    opposite = between[np.roll(corners, -1, axis=1), np.roll(corners, -2, axis=1)]
    return np.take_along_axis(mesh.cells[cell], np.hstack([corners, opposite]), axis=1)
