# SPDX-License-Identifier: MIT
"""A sequential sparse factorisation that keeps its symbolic part.

MUMPS (symmetric indefinite) through PETSc on ``COMM_SELF``: one level of the
column is one small matrix, factorised some hundred times with one sparsity.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from petsc4py import PETSc
from scipy import sparse

Array = NDArray[np.float64]


class Factor:
    """LDL^T factors of a symmetric matrix whose sparsity never changes."""

    def __init__(self) -> None:
        """Make an empty factor; the first `update` fixes the sparsity."""
        self._matrix: PETSc.Mat | None = None
        self._solver = PETSc.KSP().create(PETSc.COMM_SELF)
        self._solver.setType("preonly")
        preconditioner = self._solver.getPC()
        preconditioner.setType("cholesky")
        preconditioner.setFactorSolverType("mumps")

    def update(self, matrix: sparse.csr_matrix) -> None:
        """Factorise anew, with the symbolic factorisation of the first call."""
        parts = (
            matrix.indptr.astype(PETSc.IntType),
            matrix.indices.astype(PETSc.IntType),
            matrix.data,
        )
        if self._matrix is None:
            self._matrix = PETSc.Mat().createAIJ(matrix.shape, csr=parts, comm=PETSc.COMM_SELF)
            self._matrix.setOption(PETSc.Mat.Option.SYMMETRIC, True)
            self._matrix.setOption(PETSc.Mat.Option.SYMMETRY_ETERNAL, True)
        else:
            self._matrix.setValuesCSR(*parts)
        self._matrix.assemble()
        self._solver.setOperators(self._matrix)
        self._solver.setUp()

    def solve(self, right: Array) -> Array:
        """Solve for one (n,) or several (n, k) right-hand sides."""
        columns = np.asfortranarray(right.reshape(len(right), -1))
        dense = PETSc.Mat().createDense(columns.shape, array=columns, comm=PETSc.COMM_SELF)
        result = dense.duplicate()
        self._solver.getPC().getFactorMatrix().matSolve(dense, result)
        solution = np.array(result.getDenseArray()).reshape(right.shape)
        dense.destroy()
        result.destroy()
        return solution

    def destroy(self) -> None:
        """Free the PETSc objects."""
        self._solver.destroy()
        if self._matrix is not None:
            self._matrix.destroy()
