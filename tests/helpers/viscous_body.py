# SPDX-License-Identifier: MIT
"""Viscous cubes under homogeneous deformation: stress by region, without solving anything."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import dolfinx
import numpy as np
from mpi4py import MPI
from numpy.typing import ArrayLike, NDArray

from materials.law import Law
from materials.prony import PronySeries
from simulator import compat
from simulator.mesh import distribute
from simulator.solid import Solid
from tests.helpers.contact_bodies import box, merge

Array = NDArray[np.float64]


class ViscousBody:
    """A unit cube of tetrahedra for each law, not connected; all deform by the same F.

    Args:
        laws: Law of each cube, by region from 1.
        series: Series of the regions that have one.
    """

    def __init__(self, laws: Mapping[int, Law], series: Mapping[int, PronySeries]):
        cubes = [
            box((1, 1, 1), (2.0 * i, 0, 0), (2.0 * i + 1, 1, 1), region, 1, 2)
            for i, region in enumerate(laws)
        ]
        domain = distribute(MPI.COMM_SELF, merge(*cubes))
        self.u = dolfinx.fem.Function(compat.vector_space(domain.mesh, 2))
        self.solid = Solid(self.u, domain.cell_tags, laws, series=series)
        self.nodes = self.u.function_space.tabulate_dof_coordinates()

    def deform(self, gradient: ArrayLike) -> None:
        """Set the deformation gradient of all cubes."""
        change = np.asarray(gradient) - np.eye(3)
        self.u.x.array[:] = (self.nodes @ change.T).ravel()

    def stress(self, region: int = 1) -> Array:
        """First Piola-Kirchhoff stress of a cube: forces by place, over its volume of 1."""
        return self.solid.region_forces([region]).T @ self.nodes

    def rest(self) -> None:
        """Make the unloaded state one that has been so for ever."""
        self.deform(np.eye(3))
        self.solid.begin_step(np.inf)
        self.solid.commit()

    def follow(self, gradients: Iterable[ArrayLike], dt_s: float, region: int = 1) -> Array:
        """Stress at the end of steps that lead through deformation gradients, (n, 3, 3)."""
        found = []
        for gradient in gradients:
            self.solid.begin_step(dt_s)
            self.deform(gradient)
            found.append(self.stress(region))
            self.solid.commit()
        return np.array(found)
