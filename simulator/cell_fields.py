# SPDX-License-Identifier: MIT
"""Deformation and stress at the centres of cells, for output."""

from __future__ import annotations

from dataclasses import dataclass

import dolfinx
import numpy as np
import ufl
from numpy.typing import NDArray

from simulator.solid import COMPILER_OPTIONS, Solid

Array = NDArray[np.float64]
_CENTRE = np.array([[0.25, 0.25, 0.25]])


@dataclass(frozen=True, slots=True)
class CellState:
    """Fields of cells: von Mises stress (MPa) and largest principal nominal strain."""

    von_mises_mpa: Array
    max_principal_strain: Array


class CellFields:
    """Expressions of a solid at cell centres, compiled once."""

    def __init__(self, solid: Solid):
        self.solid = solid
        self.mesh = solid.mesh
        self._gradient = self._expression(ufl.Identity(3) + ufl.grad(solid.u))
        self._stress = [
            (regions, self._expression(solid.cauchy(regions[0])))
            for regions in solid.structure_groups()
        ]

    def _expression(self, value: object) -> dolfinx.fem.Expression:
        return dolfinx.fem.Expression(value, _CENTRE, jit_options=COMPILER_OPTIONS)

    def gradient(self, cells: NDArray[np.int32]) -> Array:
        """Return the deformation gradient of local cells, shape (n, 3, 3)."""
        return self._gradient.eval(self.mesh, cells).reshape(-1, 3, 3)

    def state(self, cells: NDArray[np.int32]) -> CellState:
        """Return stress and strain of local cells."""
        tags = self.solid.cell_tags.values[cells]
        mises = np.zeros(len(cells))
        for regions, expression in self._stress:
            where = np.flatnonzero(np.isin(tags, regions))
            if len(where):
                stress = expression.eval(self.mesh, cells[where]).reshape(-1, 3, 3)
                mises[where] = von_mises(stress)
        f = self.gradient(cells)
        right = np.einsum("cji,cjk->cik", f, f)
        largest = np.linalg.eigvalsh(right)[:, -1] if len(right) else np.ones(0)
        return CellState(mises, np.sqrt(largest) - 1.0)


def von_mises(stress: Array) -> Array:
    """Von Mises stress of tensors (n, 3, 3)."""
    mean = np.trace(stress, axis1=1, axis2=2) / 3.0
    deviator = stress - mean[:, None, None] * np.eye(3)
    return np.asarray(np.sqrt(1.5 * np.einsum("nij,nij->n", deviator, deviator)))
