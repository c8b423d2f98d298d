# SPDX-License-Identifier: MIT
"""A contact surface: replicated P2 facets of a body, quadrature points of the owned ones.

Every rank holds all nodes and facets of the surface in one order that does not
depend on the partition, and evaluates the facets of the cells that it owns. The
only communication of an evaluation is one ``Allgatherv`` of nodal displacements.
"""

from __future__ import annotations

from dataclasses import dataclass

import basix
import dolfinx
import numpy as np
from mpi4py import MPI
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

from simulator.compat import geometry_dofmap
from simulator.contact.facet import (
    NODE_COORDINATES,
    SUB_TRIANGLES,
    Array,
    IntArray,
    cross,
    dot,
    quadrature,
    shape_functions,
    shape_gradients,
)

_FACET_CORNERS = np.array([[1, 2, 3], [0, 2, 3], [0, 1, 3], [0, 1, 2]])


@dataclass(frozen=True, slots=True)
class PointFrame:
    """Current place of n quadrature points on their own surface.

    Attributes:
        position: (n, 3) mm.
        tangents: (n, 2, 3) derivatives by the facet's local coordinates.
        normal: (n, 3) unit outward normals.
        jacobian: (n,) length of the vector product of the tangents, mm2.
    """

    position: Array
    tangents: Array
    normal: Array
    jacobian: Array


class ContactSurface:
    """Nodes, facets and quadrature points of one tagged surface; collective to make.

    Attributes:
        nodes: (N,) global block dofs, ascending; they own the columns of all blocks.
        reference: (N, 3) reference positions, mm.
        facets: (F, 6) places in ``nodes``, normals outward, in an order given by the
            input numbers of the corners (the same on any number of ranks).
        neighbours: (F, 3) facet across the side opposite to each corner, or -1.
        ring: (F, F) boolean sparse matrix, facets that share a corner (and itself).
        local: (f,) the facets that this rank evaluates.
        shapes: (q, 6) shape functions at the quadrature points of a facet.
        gradients: (q, 2, 6) their derivatives.
        weights: (f * q,) reference area weights of the local points, mm2.
    """

    def __init__(
        self,
        space: dolfinx.fem.FunctionSpace,
        facets: ArrayLike,
        degree: int = 4,
    ) -> None:
        """Gather the surface from all ranks.

        Args:
            space: P2 vector space with block size 3 on a tetrahedral mesh.
            facets: local indices of exterior facets; those of ghost cells are ignored,
                so both a tag's indices and the owned part of them will do.
            degree: degree of the facet quadrature; six halves the scatter of pressures of
                four (docs/theory/contact.md) at twice the points.

        Raises:
            ValueError: if the space is not P2 with block size 3, the degree is below 1, or no
                rank has a facet.
        """
        if space.dofmap.list.shape[1] != 10 or space.dofmap.index_map_bs != 3:
            raise ValueError("a contact surface needs a P2 vector space on tetrahedra")
        self.space = space
        self.comm: MPI.Comm = space.mesh.comm
        points, weights = quadrature(degree)
        self.shapes = shape_functions(points)
        self.gradients = shape_gradients(points)

        keys, blocks, coordinates = _local_facets(space, np.asarray(facets, dtype=np.int32))
        parts = self.comm.allgather((keys, blocks, coordinates))
        counts = [part[0].shape[0] for part in parts]
        all_keys = np.concatenate([part[0] for part in parts])
        if all_keys.shape[0] == 0:
            raise ValueError("the contact surface has no facet on any rank")
        all_blocks = np.concatenate([part[1] for part in parts])
        all_coordinates = np.concatenate([part[2] for part in parts])
        rank_of = np.repeat(np.arange(self.comm.size), counts)
        order = np.lexsort(all_keys.T[::-1])

        self.keys: IntArray = all_keys[order]
        blocks_sorted = all_blocks[order]
        self.nodes: IntArray = np.unique(blocks_sorted)
        self.facets: IntArray = np.searchsorted(self.nodes, blocks_sorted)
        self.reference: Array = np.empty((self.nodes.size, 3))
        self.reference[self.facets] = all_coordinates[order]
        self.local: IntArray = np.flatnonzero(rank_of[order] == self.comm.rank)
        self.neighbours: IntArray = _neighbours(self.facets[:, :3])
        self.ring = _vertex_ring(self.facets[:, :3])

        index_map = space.dofmap.index_map
        first, last = index_map.local_range
        mine = self.nodes[(self.nodes >= first) & (self.nodes < last)]
        self._own = (mine - first).astype(np.int64)
        self._counts = 3 * np.array(self.comm.allgather(mine.size))

        self._near = np.unique(self.facets[self.local])
        self._near_local = index_map.global_to_local(self.nodes[self._near])

        frame = self.frame(self.reference)
        self.weights: Array = np.tile(weights, self.local.size) * frame.jacobian
        self._parent_weights = weights
        longest = self.reference[self.facets[:, [1, 2, 0]]] - self.reference[self.facets[:, :3]]
        self.size_mm = float(np.sqrt(dot(longest, longest)).mean())

    @property
    def points_per_facet(self) -> int:
        """Quadrature points of one facet."""
        return self.shapes.shape[0]

    @property
    def num_points(self) -> int:
        """Quadrature points that this rank evaluates."""
        return self.local.size * self.points_per_facet

    @property
    def num_points_global(self) -> int:
        """Quadrature points of the whole surface."""
        return self.facets.shape[0] * self.points_per_facet

    def point_ids(self) -> IntArray:
        """Global number of each local point (n,), independent of the partition."""
        per = self.points_per_facet
        return (self.local[:, None] * per + np.arange(per)).ravel()

    def positions(self, u: dolfinx.fem.Function) -> Array:
        """Current nodal positions (N, 3), mm, the same on all ranks; collective."""
        own = np.ascontiguousarray(u.x.array.reshape(-1, 3)[self._own])
        gathered = np.empty((self.nodes.size, 3))
        self.comm.Allgatherv(own, [gathered, self._counts])
        gathered += self.reference
        return gathered

    def own_positions(self, u: dolfinx.fem.Function) -> Array:
        """Current positions of the nodes of the local facets; others stay at their references.

        What a rank needs for its own points: nothing is communicated.
        """
        positions = self.reference.copy()
        positions[self._near] += u.x.array.reshape(-1, 3)[self._near_local]
        return positions

    def frame(self, positions: Array) -> PointFrame:
        """Place, tangents and normal of the local points at nodal positions (N, 3)."""
        corners = positions[self.facets[self.local]]
        position = (self.shapes @ corners).reshape(-1, 3)
        tangents = np.einsum("qdi,fik->fqdk", self.gradients, corners, optimize=True)
        tangents = np.ascontiguousarray(tangents.reshape(-1, 2, 3))
        normal = cross(tangents[:, 0], tangents[:, 1])
        jacobian = np.sqrt(dot(normal, normal))
        safe = np.maximum(jacobian, np.finfo(float).tiny)
        return PointFrame(position, tangents, normal / safe[:, None], jacobian)

    def current_weights(self, frame: PointFrame) -> Array:
        """Current area weights of the local points (n,), mm2."""
        return np.tile(self._parent_weights, self.local.size) * frame.jacobian

    def sub_triangles(self) -> IntArray:
        """Flat triangles (4 F, 3) as places in ``nodes``, four in turn for each facet."""
        return self.facets[:, SUB_TRIANGLES].reshape(-1, 3)


def _local_facets(
    space: dolfinx.fem.FunctionSpace, facets: NDArray[np.int32]
) -> tuple[IntArray, IntArray, Array]:
    """Return keys (f, 3), global blocks (f, 6) and node coordinates (f, 6, 3) of own facets."""
    mesh = space.mesh
    topology = mesh.topology
    tdim = topology.dim
    topology.create_connectivity(tdim - 1, tdim)
    topology.create_connectivity(tdim, tdim - 1)
    to_cell = topology.connectivity(tdim - 1, tdim)
    cells = to_cell.array[to_cell.offsets[facets]].astype(np.int64)
    owned = cells < topology.index_map(tdim).size_local
    facets, cells = facets[owned], cells[owned]
    of_cell = topology.connectivity(tdim, tdim - 1).array.reshape(-1, 4)[cells]
    place = np.argmax(of_cell == facets[:, None], axis=1)
    corners = _FACET_CORNERS[place]

    inputs = np.asarray(mesh.geometry.input_global_indices, dtype=np.int64)
    geometry = np.asarray(geometry_dofmap(mesh)).reshape(-1, 4)[cells]
    rows = np.arange(cells.size)[:, None]
    order = np.argsort(inputs[geometry[rows, corners]], axis=1)
    corners = corners[rows, order]
    x = mesh.geometry.x[geometry]
    base = x[rows[:, 0], corners[:, 0]]
    edge_1 = x[rows[:, 0], corners[:, 1]] - base
    edge_2 = x[rows[:, 0], corners[:, 2]] - base
    inward = x[rows[:, 0], place] - base
    flipped = dot(cross(edge_1, edge_2), inward) > 0.0
    corners[flipped] = corners[flipped][:, [0, 2, 1]]

    edge_of = np.full((4, 4), -1)
    for edge, (a, b) in enumerate(basix.topology(basix.CellType.tetrahedron)[1]):
        dof = space.dofmap.dof_layout.entity_dofs(1, edge)[0]
        edge_of[a, b] = edge_of[b, a] = dof
    vertex_of = np.array([space.dofmap.dof_layout.entity_dofs(0, i)[0] for i in range(4)])
    c0, c1, c2 = corners.T
    places = np.stack(
        [
            vertex_of[c0],
            vertex_of[c1],
            vertex_of[c2],
            edge_of[c1, c2],
            edge_of[c0, c2],
            edge_of[c0, c1],
        ],
        axis=1,
    )
    local = space.dofmap.list[cells][rows, places].astype(np.int32)
    blocks = space.dofmap.index_map.local_to_global(local.ravel()).reshape(-1, 6)
    at = x[rows, corners]
    barycentric = np.column_stack([1.0 - NODE_COORDINATES.sum(axis=1), NODE_COORDINATES])
    coordinates = np.einsum("ic,fck->fik", barycentric, at)
    return inputs[geometry[rows, corners]], blocks.astype(np.int64), coordinates


def _neighbours(corners: IntArray) -> IntArray:
    """Facet across the side opposite to each corner, -1 at the rim."""
    count = corners.shape[0]
    sides = np.sort(corners[:, [[1, 2], [0, 2], [0, 1]]].reshape(-1, 2), axis=1)
    order = np.lexsort(sides.T)
    same = np.flatnonzero((sides[order[1:]] == sides[order[:-1]]).all(axis=1))
    neighbours = np.full(3 * count, -1, dtype=np.int64)
    first, second = order[same], order[same + 1]
    neighbours[first] = second // 3
    neighbours[second] = first // 3
    return neighbours.reshape(-1, 3)


def _vertex_ring(corners: IntArray) -> sparse.csr_array:
    """Boolean (F, F) matrix of facets that share a corner."""
    count = corners.shape[0]
    rows = np.repeat(np.arange(count), 3)
    incidence = sparse.csr_array(
        (np.ones(3 * count, dtype=np.int32), (rows, corners.ravel())),
        shape=(count, int(corners.max()) + 1),
    )
    ring = incidence @ incidence.T
    ring.data[:] = 1
    return ring.astype(bool)
