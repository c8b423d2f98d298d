# SPDX-License-Identifier: MIT
"""Linear elements below the quadratic ones: the coarse level of the multigrid."""

from __future__ import annotations

from collections.abc import Mapping

import dolfinx
import numpy as np
from numpy.typing import NDArray
from petsc4py import PETSc

from simulator import compat
from simulator.reduction import EXTRA_SCALARS, Reduction
from simulator.segments import ROTATION_LENGTH_MM, Poses, Segments

Array = NDArray[np.float64]
_EDGES = np.array([(2, 3), (1, 3), (1, 2), (0, 3), (0, 2), (0, 1)])
"""Local vertices of each edge node of a quadratic tetrahedron, in basix's order."""


class CoarseSpace:
    """Linear elements below the quadratic ones, with the segments' unknowns shared."""

    def __init__(
        self,
        fine: Reduction,
        facet_tags: dolfinx.mesh.MeshTags,
        surfaces: Mapping[str, int],
    ):
        self.fine = fine
        segments: Segments = fine.segments
        space = compat.vector_space(fine.space.mesh, 1)
        self.coarse = Reduction(space, facet_tags, segments, surfaces)
        self._projection = self.coarse.create_projection()
        self._interpolation = self._create_interpolation()
        self._product: PETSc.Mat | None = None
        self._fine_node = np.zeros(self.coarse.local, dtype=np.int32)
        self._fine_node[self.coarse.space.dofmap.list.ravel()] = fine.space.dofmap.list[
            :, :4
        ].ravel()

    def _create_interpolation(self) -> PETSc.Mat:
        fine, coarse = self.fine, self.coarse
        e = PETSc.Mat().create(fine.comm)
        e.setSizes(((3 * fine.y_blocks, None), (3 * coarse.ext_blocks, None)), (3, 3))
        e.setType("aij")
        e.setPreallocationNNZ((2, 2))
        e.setUp()
        cells = fine.space.dofmap.list
        vertices = coarse.space.dofmap.list
        pairs = np.full((fine.local, 2), -1, dtype=np.int64)
        pairs[cells[:, :4].ravel()] = np.repeat(vertices.ravel()[:, None], 2, axis=1)
        pairs[cells[:, 4:].ravel()] = vertices[:, _EDGES].reshape(-1, 2)
        pairs = pairs[fine.free]
        columns = coarse.ext_map().applyBlock(pairs.ravel().astype(np.int32)).reshape(-1, 2)
        start = e.getOwnershipRange()[0]
        rows = start + 3 * np.arange(len(pairs))
        weight = np.full((len(pairs), 2), 0.5)
        for axis in range(3):
            e.setValuesRCV(
                (rows + axis).astype(np.int32)[:, None],
                (3 * columns + axis).astype(np.int32),
                weight[:, None, :],
                addv=True,
            )
        if fine.comm.rank == 0:
            tail = np.arange(3 * fine.tail_blocks)
            e.setValuesRCV(
                (start + 3 * len(pairs) + tail).astype(np.int32)[:, None],
                coarse.ext_tail()[:, None],
                np.ones((len(tail), 1, 1)),
                addv=True,
            )
        e.assemble()
        return e

    def prolongation(self, poses: Poses) -> PETSc.Mat:
        """Return the prolongation for the present poses; one matrix object, values renewed."""
        self.coarse.update_projection(self._projection, self.coarse.rigid_levers(poses))
        if self._product is None:
            self._product = self._interpolation.matMult(self._projection)
        else:
            self._interpolation.matMult(self._projection, result=self._product)
        return self._product

    def rigid_motions(self, u: dolfinx.fem.Function, poses: Poses) -> PETSc.NullSpace:
        """Return the six rigid motions of linear elements and segments where they are now.

        A translation is ``(t, t, 0)`` in nodes, segments and rotations; a rotation is
        ``(w x (x - o), w x (c - o), w)`` with the rotations scaled as the unknowns are.
        """
        r = self.coarse
        free = self._fine_node[r.free]
        x = r.coordinates[r.free] + u.x.array.reshape(-1, 3)[free]
        origin = poses.position_mm.mean(axis=0)
        vectors: list[PETSc.Vec] = []
        for axis in range(6):
            w, t = np.zeros(3), np.zeros(3)
            (t if axis < 3 else w)[axis % 3] = 1.0
            values: Array = (np.cross(w, x - origin) + t).ravel()
            if r.comm.rank == 0:
                centres = np.cross(w, poses.position_mm - origin) + t
                turns = np.tile(w * ROTATION_LENGTH_MM, (len(r.segments), 1))
                tail = np.hstack([centres, turns]).ravel()
                values = np.concatenate([values, tail, np.zeros(EXTRA_SCALARS)])
            vector = r.create_vector()
            vector.array_w[:] = values
            for other in vectors:
                vector.axpy(-vector.dot(other), other)
            vector.normalize()
            vectors.append(vector)
        return PETSc.NullSpace().create(vectors=vectors, comm=r.comm)
