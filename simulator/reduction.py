# SPDX-License-Identifier: MIT
"""From displacements of all nodes to free nodes plus six unknowns a rigid segment.

Nodes on a segment's surface follow the segment: ``u = T(y)`` with
``y = (free nodes; segments; extra scalars)``. The tangent is ``P^T K P`` with
``P = dT/dy`` plus the segments' own block, which holds connectors and the
geometric term ``sym(f (x) r) - (f . r) I`` of a force ``f`` at lever ``r``.
Source: docs/theory/reduction.md.

Layout of ``y``: each rank owns its free nodes in blocks of three; rank 0 owns
after them two blocks a segment (translation, rotation scaled by
``ROTATION_LENGTH_MM``) and one block of extra scalars.
"""

from __future__ import annotations

from collections.abc import Mapping

import dolfinx
import numpy as np
from numpy.typing import NDArray
from petsc4py import PETSc
from scipy.sparse import csr_array

from simulator.rotations import skew
from simulator.segments import ROTATION_LENGTH_MM, Poses, Segments

Array = NDArray[np.float64]
Ints = NDArray[np.int32]
EXTRA_BLOCKS = 1
EXTRA_SCALARS = 3 * EXTRA_BLOCKS


class Reduction:
    """Index maps, projection and force sums between ``u`` and ``y``.

    Args:
        space: Vector-valued Lagrange space of block size 3.
        facet_tags: Tagged exterior facets.
        segments: The rigid segments.
        surfaces: Facet tag of each segment that has nodes attached.
    """

    def __init__(
        self,
        space: dolfinx.fem.FunctionSpace,
        facet_tags: dolfinx.mesh.MeshTags,
        segments: Segments,
        surfaces: Mapping[str, int],
    ):
        self.space = space
        self.segments = segments
        self.comm = space.mesh.comm
        index_map = space.dofmap.index_map
        self.owned = index_map.size_local
        self.local = index_map.size_local + index_map.num_ghosts
        self.coordinates = space.tabulate_dof_coordinates()[: self.local].copy()
        self.segment_of_node = self._attach(facet_tags, surfaces)
        self.free = np.flatnonzero(self.segment_of_node[: self.owned] < 0).astype(np.int32)
        self.attached = np.flatnonzero(self.segment_of_node >= 0).astype(np.int32)
        self.attached_owned = self.attached[self.attached < self.owned]
        held = self.segment_of_node[self.attached_owned]
        place = (held, np.arange(len(held)))
        self._sum = csr_array((np.ones(len(held)), place), shape=(len(segments), len(held)))

        self.tail_blocks = 2 * len(segments) + EXTRA_BLOCKS
        tail = self.tail_blocks if self.comm.rank == 0 else 0
        self.y_blocks = len(self.free) + tail
        self.ext_blocks = self.owned + tail
        starts = np.cumsum([0, *self.comm.allgather(self.y_blocks)])
        self.y_start = int(starts[self.comm.rank])
        self.y_tail = int(self.comm.bcast(len(self.free), root=0))
        self._first_rank_owned = int(self.comm.bcast(self.owned, root=0))

    def _attach(self, facet_tags: dolfinx.mesh.MeshTags, surfaces: Mapping[str, int]) -> Ints:
        """Number the segment of each local node, -1 where free; the same on all ranks."""
        mark = dolfinx.fem.Function(self.space)
        block = mark.x.array.reshape(-1, 3)
        for name in sorted(surfaces, key=self.segments.index, reverse=True):
            dofs = dolfinx.fem.locate_dofs_topological(
                self.space, 2, facet_tags.find(surfaces[name])
            )
            block[dofs] = self.segments.index(name) + 1
        # A facet may be unknown to the owner of its nodes: the largest mark wins everywhere.
        mark.x.petsc_vec.ghostUpdate(PETSc.InsertMode.MAX_VALUES, PETSc.ScatterMode.REVERSE)
        mark.x.scatter_forward()
        return np.rint(block[:, 0]).astype(np.int32) - 1

    # -- numbering ---------------------------------------------------------------------------

    def ext_tail(self) -> NDArray[np.int32]:
        """Rows of the extended matrix that hold segments and extra scalars."""
        first = 3 * self._first_rank_owned
        return np.arange(first, first + 3 * self.tail_blocks, dtype=np.int32)

    def ext_map(self) -> PETSc.LGMap:
        """Map local nodes (owned, then ghosts) to blocks of the extended matrix."""
        index_map = self.space.dofmap.index_map
        blocks = index_map.local_to_global(np.arange(self.local, dtype=np.int32))
        shift = self.tail_blocks * (blocks >= self._first_rank_owned)
        return PETSc.LGMap().create((blocks + shift).astype(np.int32), bsize=3, comm=self.comm)

    def create_vector(self) -> PETSc.Vec:
        """Return a zero vector of the layout of ``y``."""
        vector = PETSc.Vec().create(self.comm)
        vector.setSizes((3 * self.y_blocks, PETSc.DECIDE), bsize=3)
        vector.setType("mpi")
        vector.setUp()
        vector.zeroEntries()
        return vector

    # -- motion ------------------------------------------------------------------------------

    def tail(self, y: Array) -> tuple[Array, Array]:
        """Return segment increments (n, 6) and extra scalars from a local ``y``, on all ranks."""
        values = y[3 * len(self.free) :].copy() if self.comm.rank == 0 else None
        values = self.comm.bcast(values, root=0)
        count = 6 * len(self.segments)
        return values[:count].reshape(-1, 6), values[count:]

    def displace(self, u: dolfinx.fem.Function, y: Array, poses: Poses) -> None:
        """Set ``u`` from free nodes in ``y`` and from the segments' poses; collective."""
        block = u.x.array.reshape(-1, 3)
        block[self.free] = y[: 3 * len(self.free)].reshape(-1, 3)
        segment = self.segment_of_node[self.attached]
        x = self.coordinates[self.attached]
        arm = x - self.segments.reference_mm[segment]
        block[self.attached] = (
            poses.position_mm[segment] + np.einsum("nij,nj->ni", poses.rotation[segment], arm) - x
        )
        u.x.scatter_forward()

    def levers(self, u: dolfinx.fem.Function, poses: Poses) -> Array:
        """Return current levers of the attached local nodes, shape (m, 3)."""
        x = self.coordinates[self.attached] + u.x.array.reshape(-1, 3)[self.attached]
        return x - poses.position_mm[self.segment_of_node[self.attached]]

    def rigid_levers(self, poses: Poses) -> Array:
        """Return the levers of the attached local nodes of segments in poses, shape (m, 3)."""
        segment = self.segment_of_node[self.attached]
        arm = self.coordinates[self.attached] - self.segments.reference_mm[segment]
        return np.einsum("nij,nj->ni", poses.rotation[segment], arm)

    # -- forces ------------------------------------------------------------------------------

    def segment_forces(self, nodal: Array, levers: Array) -> tuple[Array, Array]:
        """Sum owned nodal residuals of attached nodes; collective.

        Returns:
            Wrench of each segment (n, 6), moments scaled, and the geometric term of
            each segment (n, 3, 3), scaled; both on all ranks.
        """
        r = levers[self.attached < self.owned]
        f = nodal.reshape(-1, 3)[self.attached_owned]
        outer = (f[:, :, None] * r[:, None, :]).reshape(-1, 9)
        # Of all products of force and lever the moment is the skew part.
        sums = np.asarray(self.comm.allreduce(self._sum @ np.hstack([f, outer])))
        force, outer = sums[:, :3], sums[:, 3:].reshape(-1, 3, 3)
        moment = (outer - outer.transpose(0, 2, 1))[:, [2, 0, 1], [1, 2, 0]]
        trace = np.trace(outer, axis1=1, axis2=2)
        geometric = (outer + outer.transpose(0, 2, 1)) / 2 - trace[:, None, None] * np.eye(3)
        wrench = np.hstack([force, moment / ROTATION_LENGTH_MM])
        return wrench, geometric / ROTATION_LENGTH_MM**2

    def local_residual(self, nodal: Array, wrench: Array, extra: Array) -> Array:
        """Return this rank's part of the residual in the layout of ``y``."""
        free = nodal.reshape(-1, 3)[self.free].ravel()
        if self.comm.rank != 0:
            return free
        return np.concatenate([free, wrench.ravel(), extra])

    # -- tangent -----------------------------------------------------------------------------

    def create_projection(self) -> PETSc.Mat:
        """Return ``P`` (extended rows, columns of ``y``) with its fixed pattern, levers zero."""
        p = PETSc.Mat().create(self.comm)
        p.setSizes(((3 * self.ext_blocks, None), (3 * self.y_blocks, None)), (3, 3))
        p.setType("aij")
        width = np.ones(3 * self.ext_blocks, dtype=np.int32)
        attached = np.repeat(3 * self.attached_owned, 3) + np.tile(
            np.arange(3), len(self.attached_owned)
        )
        width[attached] = 6
        p.setPreallocationNNZ((width, width))
        p.setUp()
        start = p.getOwnershipRange()[0]
        ones = np.arange(3)
        rows = (start + 3 * self.free[:, None] + ones).ravel()
        columns = np.arange(3 * len(self.free)) + 3 * self.y_start
        p.setValuesRCV(
            rows.astype(np.int32)[:, None],
            columns.astype(np.int32)[:, None],
            np.ones((len(rows), 1)),
        )
        if self.comm.rank == 0:
            tail = np.arange(3 * self.tail_blocks)
            p.setValuesRCV(
                (start + 3 * self.owned + tail).astype(np.int32)[:, None],
                (3 * (self.y_start + len(self.free)) + tail).astype(np.int32)[:, None],
                np.ones((len(tail), 1)),
            )
        self.update_projection(p, np.zeros((len(self.attached), 3)))
        return p

    def update_projection(self, p: PETSc.Mat, levers: Array) -> None:
        """Write the columns of the segments for the current levers; collective."""
        own = self.attached < self.owned
        nodes, r = self.attached[own], levers[own]
        start = p.getOwnershipRange()[0]
        rows = (start + 3 * nodes[:, None] + np.arange(3)).astype(np.int32)
        first = 3 * (self.y_tail + 2 * self.segment_of_node[nodes])
        columns = (first[:, None] + np.arange(6)).astype(np.int32)
        blocks = np.empty((len(nodes), 3, 6))
        blocks[:, :, :3] = np.eye(3)
        blocks[:, :, 3:] = -skew(r) / ROTATION_LENGTH_MM
        p.setValuesRCV(rows, columns, blocks)
        p.assemble()
