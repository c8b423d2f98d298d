# SPDX-License-Identifier: MIT
"""Prints how far the reduced tangent is from the product of its parts, on any ranks."""

from __future__ import annotations

import numpy as np
from dolfinx.fem import petsc as fem_petsc
from mpi4py import MPI
from petsc4py import PETSc

from simulator.equilibrium import Equilibrium
from simulator.reduction import EXTRA_SCALARS
from tests.helpers.segment_block import build, disturb


def product(equilibrium: Equilibrium, x: PETSc.Vec) -> PETSc.Vec:
    """``P^T K P x`` with the bilinear form's matrix of the nodes and the segments' own block."""
    r, rank = equilibrium.reduction, equilibrium.comm.rank
    levers = r.levers(equilibrium.u, equilibrium.poses)
    projection = r.create_projection()
    r.update_projection(projection, levers)
    stiffness = fem_petsc.assemble_matrix(equilibrium.solid.tangent_form)
    stiffness.assemble()
    _, geometric = r.segment_forces(equilibrium.nodal_residual(), levers)
    hessian = equilibrium.connector_state().hessian_n_per_mm
    n = 6 * len(r.segments)
    block = np.eye(n + EXTRA_SCALARS)
    block[:n, :n] = hessian
    for i, term in enumerate(geometric):
        block[6 * i + 3 : 6 * i + 6, 6 * i + 3 : 6 * i + 6] += term
    extended = projection * x
    nodal = stiffness.createVecRight()
    nodal.array_w[:] = extended.array_r[: 3 * r.owned]
    force = (stiffness * nodal).array_r
    tail = block @ extended.array_r[3 * r.owned :] if rank == 0 else np.zeros(0)
    extended.array_w[:] = np.concatenate([force, tail])
    out = projection.createVecRight()
    projection.multTranspose(extended, out)
    return out


def error(comm: MPI.Comm) -> float:
    """Largest relative difference over two states with one pattern; collective."""
    block = build(comm)
    equilibrium, solver = block.equilibrium, block.solver("iterative")
    equilibrium.refresh_pattern()
    errors = []
    for _ in range(2):
        disturb(equilibrium)
        tangent, _ = equilibrium.tangent(coarse=solver.coarse_reduction)
        x = tangent.matrix.createVecRight()
        x.array_w[:] = np.cos(tangent.matrix.getOwnershipRange()[0] + np.arange(x.getLocalSize()))
        errors.append(_difference(tangent.matrix * x, product(equilibrium, x)))
        single = x.duplicate()
        tangent.narrow.multiply(x.array_r, single.array_w)
        errors.append(1e-7 * _difference(single, tangent.matrix * x))
        prolongation = solver.coarse.prolongation(equilibrium.poses)
        c = prolongation.createVecRight()
        first = prolongation.getOwnershipRangeColumn()[0]
        c.array_w[:] = np.sin(first + np.arange(c.getLocalSize()))
        expected = prolongation.createVecRight()
        prolongation.multTranspose(tangent.matrix * (prolongation * c), expected)
        errors.append(_difference(tangent.coarse_matrix * c, expected))
    return max(errors)


def _difference(found: PETSc.Vec, expected: PETSc.Vec) -> float:
    found.axpy(-1.0, expected)
    return found.norm() / expected.norm()


if __name__ == "__main__":
    found = error(MPI.COMM_WORLD)
    if MPI.COMM_WORLD.rank == 0:
        print(found)
