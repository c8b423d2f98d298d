# SPDX-License-Identifier: MIT
"""A bone inside a soft block, as a rigid segment and as a stiff elastic body."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import dolfinx
import numpy as np
import ufl
from mpi4py import MPI
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from materials.solids import CompressibleNeoHookean
from simulator import compat
from simulator.coarse_space import CoarseSpace
from simulator.connectors import Connectors, RotationDrive, TranslationDrive
from simulator.contact import ContactIncrement
from simulator.equilibrium import Equilibrium
from simulator.linear import LinearSolver
from simulator.mesh import distribute
from simulator.newton import NewtonSettings, solve
from simulator.reduction import Reduction
from simulator.segments import Poses, Segments
from simulator.solid import QUADRATURE_DEGREE, Solid
from simulator.terms import Drives, FixedLoading
from tests.helpers.contact_bodies import Array, Tagged, box
from tests.helpers.solid_problem import HELD, SolidProblem, solid_problem

TISSUE, BONE, INTERFACE = 1, 2, 9
TISSUE_MPA, POISSON, SIZE_MM = 0.1, 0.3, 10.0
SEGMENTS = Segments(("ground", "bone"), np.array([[5.0, 0, 5], [5.5, 4.8, 5.2]]))
SURFACES = {"ground": HELD, "bone": INTERFACE}
POINTS_MM = np.array([[2.5, 7.5, 2.5], [7.5, 7.5, 7.5], [7.5, 2.5, 2.5]])
FORCES_N = 0.6 * np.array([[1.2, 3.6, 0.4], [0.6, -3.2, -0.8], [-0.6, -0.4, 0.4]])
HELD_N_PER_MM = 1e9
_CORNERS = np.array([[1, 2, 3], [0, 2, 3], [0, 1, 3], [0, 1, 2]])


def bone_block(hollow: bool) -> Tagged:
    """Cube of 4 x 4 x 4 cells, the middle 2 x 2 x 2 of them bone, or a hole where it was."""
    whole = box((4, 4, 4), (0, 0, 0), (SIZE_MM,) * 3, TISSUE, HELD, 3)
    middle = whole.points[whole.cells].mean(axis=1)
    inner = np.all(np.abs(middle - SIZE_MM / 2) < SIZE_MM / 4, axis=1)
    held = whole.facets[whole.facet_tags == HELD]
    if not hollow:
        tags = np.where(inner, BONE, TISSUE).astype(np.int32)
        return Tagged(
            whole.points, whole.cells, tags, held, np.full(len(held), HELD, dtype=np.int32)
        )
    faces = np.sort(whole.cells[:, _CORNERS], axis=2)
    own, others = faces[inner].reshape(-1, 3), faces[~inner].reshape(-1, 3)
    shared = np.array(sorted(set(map(tuple, own)) & set(map(tuple, others))), dtype=np.int64)
    used, cells = np.unique(whole.cells[~inner], return_inverse=True)
    place = np.full(len(whole.points), -1, dtype=np.int64)
    place[used] = np.arange(len(used))
    facets = place[np.concatenate([held, shared])]
    tags = np.concatenate([np.full(len(held), HELD), np.full(len(shared), INTERFACE)])
    return Tagged(
        whole.points[used],
        cells.reshape(-1, 4),
        np.full(len(cells.reshape(-1, 4)), TISSUE, dtype=np.int32),
        facets,
        tags.astype(np.int32),
    )


def _nodes(coordinates: Array) -> NDArray[np.int64]:
    return np.array([np.argmin(np.abs(coordinates - p).sum(axis=1)) for p in POINTS_MM])


@dataclass
class DeadForces:
    """A share of the forces on nodes of the bone's surface, in the place of a contact term."""

    dofs: NDArray[np.int64]
    share: float = 0.0

    def evaluate(self, u: Any, need_tangent: bool, lagged: bool = False) -> ContactIncrement:
        """Minus the forces, and no tangent."""
        return ContactIncrement(self.dofs, -self.share * FORCES_N, (), 0, 0, 0, 0, 0.0)

    def pattern(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """No entries beyond those of the body."""
        return np.empty((0, 18), dtype=np.int64), np.empty((0, 18), dtype=np.int64)

    def update_candidates(self, u: Any) -> bool:
        """Nothing to look for."""
        return False

    def commit(self, u: Any = None) -> None:
        """No history."""

    def state(self) -> None:
        """No history."""

    def restore(self, state: Any) -> None:
        """No history."""

    def state_global(self) -> None:
        """No history."""

    def restore_global(self, state: Any) -> None:
        """No history."""


@dataclass(frozen=True, slots=True)
class RigidBone:
    """The block with a rigid bone, and its solver."""

    equilibrium: Equilibrium
    forces: DeadForces
    solver: LinearSolver
    energy: dolfinx.fem.Form

    def load(self, share: float) -> None:
        """Find the balance under a share of the forces; the ground is held by stiff springs."""
        hold = np.eye(3) * HELD_N_PER_MM
        self.forces.share = share
        ground = TranslationDrive(
            "ground", np.zeros(3), np.full(3, HELD_N_PER_MM), SEGMENTS.reference_mm[0]
        )
        turn = RotationDrive("ground", np.eye(3), hold, np.zeros(3))
        self.equilibrium.loading = FixedLoading(Drives({}, (turn,), (ground,)), 2)
        report = solve(self.equilibrium, self.solver, NewtonSettings(1e-7, max_iterations=40))
        assert report.converged

    def energy_nmm(self) -> float:
        """Stored in the tissue."""
        return float(dolfinx.fem.assemble_scalar(self.energy))

    def points_mm(self) -> Array:
        """Present places of the loaded points, shape (n, 3)."""
        poses = self.equilibrium.poses
        return np.array([poses.point(1, SEGMENTS.reference_mm[1], p) for p in POINTS_MM])

    def turn(self, rotation: Array) -> None:
        """Turn everything about the origin."""
        x = self.equilibrium.reduction.coordinates
        u = self.equilibrium.u.x.array.reshape(-1, 3)
        u[:] = (x + u) @ rotation.T - x
        old = self.equilibrium.poses
        self.equilibrium.poses = Poses(old.position_mm @ rotation.T, rotation @ old.rotation)


def rigid_bone() -> RigidBone:
    """The unloaded block."""
    domain = distribute(MPI.COMM_SELF, bone_block(True))
    u = dolfinx.fem.Function(compat.vector_space(domain.mesh, 2))
    law = CompressibleNeoHookean.from_young(TISSUE_MPA, POISSON)
    solid = Solid(u, domain.cell_tags, {TISSUE: law})
    reduction = Reduction(u.function_space, domain.facet_tags, SEGMENTS, SURFACES)
    forces = DeadForces(3 * _nodes(reduction.coordinates)[:, None] + np.arange(3))
    equilibrium = Equilibrium(reduction, solid, Connectors(SEGMENTS, (), ()), [forces])
    solver = LinearSolver("direct", CoarseSpace(reduction, domain.facet_tags, SURFACES))
    dx = ufl.Measure("dx", domain.mesh, metadata={"quadrature_degree": QUADRATURE_DEGREE})
    energy = law.energy(ufl.Identity(3) + ufl.grad(u), law.parameters())
    return RigidBone(equilibrium, forces, solver, dolfinx.fem.form(energy * dx))


def elastic_bone(contrast: float, rigid: RigidBone) -> SolidProblem:
    """The same block with a bone ``contrast`` times as stiff as the tissue, under all forces.

    Newton's method starts from what the rigid bone gave.
    """
    laws = {
        TISSUE: CompressibleNeoHookean.from_young(TISSUE_MPA, POISSON),
        BONE: CompressibleNeoHookean.from_young(contrast * TISSUE_MPA, POISSON),
    }
    problem = solid_problem(bone_block(False), laws)
    problem.load.reshape(-1, 3)[_nodes(problem.nodes)] = FORCES_N
    found = rigid.equilibrium
    distance, near = cKDTree(found.reduction.coordinates).query(problem.nodes)
    inside = distance > 1e-6
    u = problem.u.x.array.reshape(-1, 3)
    u[:] = found.u.x.array.reshape(-1, 3)[near]
    arm = problem.nodes[inside] - SEGMENTS.reference_mm[1]
    place = found.poses.position_mm[1] + arm @ found.poses.rotation[1].T
    u[inside] = place - problem.nodes[inside]
    problem.solve(np.zeros_like(problem.u.x.array), limit=30, tolerance=1e-8)
    return problem
