# SPDX-License-Identifier: MIT
"""Prints how far the reduced tangent by index is from PETSc's triple product, on any ranks."""

from __future__ import annotations

import numpy as np
from mpi4py import MPI

from tests.helpers.segment_block import build, disturb


def error(comm: MPI.Comm) -> float:
    """Largest relative difference over two states with one pattern; collective."""
    equilibrium = build(comm).equilibrium
    equilibrium.refresh_pattern()
    errors = []
    for _ in range(2):
        disturb(equilibrium)
        tangent, _ = equilibrium.tangent()
        expected = tangent.stiffness.ptap(tangent.projection)
        x = expected.createVecRight()
        first = expected.getOwnershipRange()[0]
        x.array_w[:] = np.cos(first + np.arange(x.getLocalSize()))
        difference, product = tangent.matrix * x, expected * x
        difference.axpy(-1.0, product)
        errors.append(difference.norm() / product.norm())
        own = np.abs(tangent.diagonal.getDiagonal().array_r - expected.getDiagonal().array_r)
        errors.append(float(own.max(initial=0.0)) / product.norm())
    return max(errors)


if __name__ == "__main__":
    found = error(MPI.COMM_WORLD)
    if MPI.COMM_WORLD.rank == 0:
        print(found)
