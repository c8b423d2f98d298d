# SPDX-License-Identifier: MIT
"""A soft block below two rigid segments, with joints and bands to a third: 1155 dofs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import dolfinx
import numpy as np
import ufl
from mpi4py import MPI
from numpy.typing import NDArray

from simulator import compat
from simulator.coarse_space import CoarseSpace
from simulator.connectors import (
    Band,
    Connectors,
    Joint,
    JointDrive,
    RotationDrive,
    TranslationDrive,
)
from simulator.equilibrium import Equilibrium
from simulator.linear import LinearSolver
from simulator.mesh import DistributedMesh, distribute
from simulator.reduction import Reduction
from simulator.segments import Segments
from simulator.solid import Solid
from simulator.terms import Drives, FixedLoading

Array = NDArray[np.float64]
SURFACES = {"a": 100, "b": 101}
SEGMENTS = Segments(("a", "b", "c"), np.array([[10.0, 30, 15], [30, 30, 15], [20, 60, 15]]))
JOINTS = (
    Joint("j", "a", "b", np.array([20.0, 30, 15]), np.array([0, 0, 1.0]), 100, 1e4, 2e3, 0.1, 3e3),
    Joint("k", "c", "a", np.array([15.0, 50, 15]), np.array([0, 0.6, 0.8]), 100, 1e4, 2e3, 0.1),
)
BANDS = (
    Band("two", ("a", "b"), np.array([[5.0, 25, 12], [35, 25, 18]]), 20, 1, -2.0),
    Band(
        "three", ("c", "a", "b"), np.array([[25.0, 70, 12], [5, 25, 12], [35, 15, 18]]), 20, 9, -2
    ),
)


class NeoHooke:
    """Compressible neo-Hookean law (MPa)."""

    def parameters(self) -> dict[str, float]:
        """Shear and bulk modulus."""
        return {"mu": 0.05, "k": 0.5}

    def energy(self, F: Any, p: Any = None) -> Any:
        """Energy density."""
        j = ufl.det(F)
        return p["mu"] / 2 * (j ** (-2 / 3) * ufl.inner(F, F) - 3) + p["k"] / 2 * (j - 1) ** 2

    def first_piola(self, F: Any, p: Any = None) -> Any:
        """First Piola-Kirchhoff stress."""
        return ufl.diff(self.energy(F, p), F)


@dataclass(frozen=True, slots=True)
class BoxMesh:
    """What ``distribute`` reads."""

    points: Array
    cells: NDArray[np.int64]
    cell_tags: NDArray[np.int32]
    facets: NDArray[np.int64]
    facet_tags: NDArray[np.int32]


def box_mesh(regions: int = 1) -> BoxMesh:
    """The block's mesh, cut into regions 1 to n along x."""
    mesh = dolfinx.mesh.create_box(MPI.COMM_SELF, [[0, 0, 0], [40, 20, 30]], [4, 3, 3])
    points = mesh.geometry.x.copy()
    cells = compat.geometry_dofmap(mesh).astype(np.int64)
    mesh.topology.create_connectivity(2, 3)
    exterior = dolfinx.mesh.exterior_facet_indices(mesh.topology)
    facets = dolfinx.mesh.entities_to_geometry(mesh, 2, exterior).reshape(-1, 3).astype(np.int64)
    middle = points[facets].mean(axis=1)
    tags = np.zeros(len(facets), dtype=np.int32)
    top = middle[:, 1] > 19.99
    tags[top] = np.where(middle[top, 0] < 20, SURFACES["a"], SURFACES["b"])
    tags[middle[:, 1] < 0.01] = 1
    keep = tags > 0
    parts = 1 + (points[cells].mean(axis=1)[:, 0] * regions / 40.0).astype(np.int32)
    return BoxMesh(points, cells, parts.astype(np.int32), facets[keep], tags[keep])


@dataclass(frozen=True, slots=True)
class Block:
    """The equilibrium and what a solver of it needs."""

    equilibrium: Equilibrium
    facet_tags: Any
    distributed: DistributedMesh

    def solver(self, preset: str) -> LinearSolver:
        """Return a solver of its tangent."""
        coarse = CoarseSpace(self.equilibrium.reduction, self.facet_tags, SURFACES)
        return LinearSolver(preset, coarse)


def drives(force_n: Array | None = None) -> Drives:
    """Springs that hold the block in space, torques and a force."""
    force = np.array([1.0, -5, 2]) if force_n is None else force_n
    return Drives(
        {"j": JointDrive(100.0, 300.0, 0.2)},
        (RotationDrive("c", np.eye(3), np.eye(3) * 1e4, np.array([10.0, 5, 3])),),
        (
            TranslationDrive("c", force, np.full(3, 0.5), np.array([20.0, 60, 15])),
            TranslationDrive("a", np.zeros(3), np.full(3, 50.0), np.array([10.0, 30, 15])),
        ),
    )


def build(comm: MPI.Comm, connected: bool = True, law: Any = None, series: Any = None) -> Block:
    """Return the block, unloaded; ``connected`` adds joints, bands and drives.

    ``law`` stands in place of the neo-Hookean one, ``series`` is a Prony series of it.
    """
    mesh = distribute(comm, box_mesh() if comm.rank == 0 else None)
    u = dolfinx.fem.Function(compat.vector_space(mesh.mesh, 2))
    solid = Solid(u, mesh.cell_tags, {1: law or NeoHooke()}, series=series and {1: series})
    reduction = Reduction(u.function_space, mesh.facet_tags, SEGMENTS, SURFACES)
    parts = (JOINTS, BANDS) if connected else ((), ())
    equilibrium = Equilibrium(reduction, solid, Connectors(SEGMENTS, *parts), [])
    if connected:
        equilibrium.loading = FixedLoading(drives(), len(SEGMENTS))
    return Block(equilibrium, mesh.facet_tags, mesh)


def disturb(equilibrium: Equilibrium) -> None:
    """Move nodes and segments by a smooth field, far from balance; collective."""
    r = equilibrium.reduction
    y = r.create_vector()
    equilibrium.write_unknowns(y)
    y.array_w[:] += direction(equilibrium, 0.3, 0.3)
    equilibrium.read_unknowns(y, equilibrium.poses)


def direction(equilibrium: Equilibrium, size_mm: float, frequency: float) -> Array:
    """Return this rank's part of a smooth field of increments, extra scalars zero."""
    r = equilibrium.reduction
    x = r.coordinates[r.free]
    values = size_mm * np.sin(x * frequency + x[:, ::-1] * 0.2).ravel()
    if equilibrium.comm.rank == 0:
        n = 6 * len(r.segments)
        tail = size_mm * np.cos(np.arange(n) * (1 + frequency))
        values = np.concatenate([values, tail, np.zeros(3 * r.tail_blocks - n)])
    return values


def tangent_error(equilibrium: Equilibrium) -> tuple[Array, Array, Array]:
    """Central difference of the residual minus tangent times direction, both, and direction."""
    r = equilibrium.reduction
    y, out = r.create_vector(), r.create_vector()
    base = equilibrium.poses
    equilibrium.refresh_pattern()
    matrix = equilibrium.tangent()[0].matrix
    equilibrium.write_unknowns(y)
    centre = y.array_r.copy()
    step = direction(equilibrium, 1.0, 0.7)
    residuals = []
    for sign in (1, -1):
        y.array_w[:] = centre + sign * 1e-5 * step
        equilibrium.read_unknowns(y, base)
        equilibrium.residual(out)
        residuals.append(out.array_r.copy())
    y.array_w[:] = centre
    equilibrium.read_unknowns(y, base)
    y.array_w[:] = step
    return (residuals[0] - residuals[1]) / 2e-5 - (matrix * y).array_r, (matrix * y).array_r, step
