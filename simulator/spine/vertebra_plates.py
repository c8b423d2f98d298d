# SPDX-License-Identifier: MIT
"""From a disc's nodal forces on an endplate to nodal forces of the vertebra's finer mesh.

The traction of which the disc's nodal forces are the moments is recovered in the disc's own
quadratic functions (their mass matrix on the plate), and integrated with many points against the
functions of the vertebra's facets. Force and moment stay exact on any two meshes of one plane:
both bases add to one and reproduce position.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.spatial import cKDTree

Array = NDArray[np.float64]
Ints = NDArray[np.int64]

POINTS_PER_EDGE = 8
"""Gauss points along each edge of a disc's facet."""

_NODES = np.array([[i, j] for j in (0.0, 0.5, 1.0) for i in (0.0, 0.5, 1.0)])
"""Local places of the nine nodes, first coordinate fastest."""


def bilinear(local: Array) -> Array:
    """Functions (..., 4) of the corners, in tensor-product order."""
    a, b = local[..., 0], local[..., 1]
    return np.stack([(1 - a) * (1 - b), a * (1 - b), (1 - a) * b, a * b], axis=-1)


def biquadratic(local: Array) -> Array:
    """Functions (..., 9) of the nodes."""

    def line(s: Array) -> Array:
        return np.stack([(1 - s) * (1 - 2 * s), 4 * s * (1 - s), s * (2 * s - 1)], axis=-1)

    product = line(local[..., 1])[..., :, None] * line(local[..., 0])[..., None, :]
    return np.asarray(product.reshape(*local.shape[:-1], 9))


@dataclass(frozen=True, slots=True)
class Facets:
    """Plane quadrilaterals with the nodes of their quadratic functions.

    Attributes:
        corners_mm: (k, 4, 3) in tensor-product order.
        points_mm: (n, 3) nodes, each once.
        nodes: (k, 9) of them.
    """

    corners_mm: Array
    points_mm: Array
    nodes: Ints

    @classmethod
    def of(cls, points_mm: Array, facets: Ints) -> Facets:
        """Make the nodes of facets (k, 4) of a mesh; their order depends on geometry alone."""
        corners = np.asarray(points_mm[facets])
        every = np.einsum("nv,kvx->knx", bilinear(_NODES), corners).reshape(-1, 3)
        _, first, number = np.unique(
            np.round(every, 6) + 0.0, axis=0, return_index=True, return_inverse=True
        )
        return cls(corners, every[first], number.reshape(-1, 9))

    def moved(self, origin: Array, axes: Array) -> Facets:
        """In another frame: ``origin + axes x``."""
        return Facets(
            origin + self.corners_mm @ axes.T, origin + self.points_mm @ axes.T, self.nodes
        )

    def find_in(self, points_mm: Array) -> Ints:
        """Number of each node among other points.

        Raises:
            ValueError: if a node is not there.
        """
        distance, found = cKDTree(points_mm).query(self.points_mm)
        if distance.max() > 1e-4:
            raise ValueError(f"a node of an endplate is {distance.max():.2g} mm off the mesh")
        return np.asarray(found, dtype=np.int64)

    def quadrature(self, per_edge: int) -> tuple[Array, Array, Array]:
        """Gauss points: local (q, 2), places (k, q, 3) and area vectors' sizes (k, q)."""
        ends, weights = np.polynomial.legendre.leggauss(per_edge)
        at, weight = np.asarray(0.5 * (ends + 1.0)), np.asarray(0.5 * weights)
        local = np.stack(np.meshgrid(at, at, indexing="ij"), axis=-1).reshape(-1, 2)
        a, b = local[:, 0, None, None], local[:, 1, None, None]
        c = self.corners_mm[:, None]
        along = (1 - b) * (c[..., 1:2, :] - c[..., 0:1, :]) + b * (c[..., 3:, :] - c[..., 2:3, :])
        other = (1 - a) * (c[..., 2:3, :] - c[..., 0:1, :]) + a * (c[..., 3:, :] - c[..., 1:2, :])
        size = np.linalg.norm(np.cross(along, other)[..., 0, :], axis=-1)
        places = np.einsum("qv,kvx->kqx", bilinear(local), self.corners_mm)
        return local, places, size * np.outer(weight, weight).reshape(-1)

    def areas(self) -> Array:
        """Area (n,) that belongs to each node: integrals of the functions, mm2."""
        local, _, size = self.quadrature(3)
        share = size @ biquadratic(local)
        shares = np.bincount(self.nodes.reshape(-1), share.reshape(-1), len(self.points_mm))
        return np.asarray(shares, dtype=np.float64)


def transfer(disc: Facets, bone: Facets) -> sparse.csr_matrix:
    """Matrix (nodes of the bone, nodes of the disc) that carries nodal forces over.

    Args:
        disc: facets bonded to the plate.
        bone: facets of the vertebra that cover them, in the same frame.

    Raises:
        ValueError: if the disc reaches beyond the bone.
    """
    local, places, size = disc.quadrature(POINTS_PER_EDGE)
    values = biquadratic(local)
    count = len(disc.points_mm)
    mass = np.zeros((count, count))
    blocks = np.einsum("kq,qa,qb->kab", size, values, values, optimize=True)
    np.add.at(mass, (disc.nodes[:, :, None], disc.nodes[:, None, :]), blocks)
    points = places.reshape(-1, 3)
    facet, within = locate(points, bone)
    rows = bone.nodes[facet]
    columns = np.broadcast_to(np.arange(len(points))[:, None], rows.shape)
    spread = sparse.csr_matrix(
        (biquadratic(within).ravel(), (rows.ravel(), columns.ravel())),
        (len(bone.points_mm), len(points)),
    )
    there = np.repeat(disc.nodes, len(local), axis=0)
    weighted = np.tile(values, (len(disc.nodes), 1)) * size.reshape(-1, 1)
    index = np.broadcast_to(np.arange(len(points))[:, None], there.shape)
    sample = sparse.csr_matrix(
        (weighted.ravel(), (index.ravel(), there.ravel())), (len(points), count)
    )
    return sparse.csr_matrix((spread @ sample) @ np.linalg.inv(mass))


def locate(points: Array, facets: Facets) -> tuple[Ints, Array]:
    """Facet (p,) and local place (p, 2) of points in the plane of the facets.

    Raises:
        ValueError: if a point lies outside all of them.
    """
    corner = facets.corners_mm
    # Two sides of a facet span its plane; heights follow from the plane and are not asked for.
    flat, target = corner[..., [0, 2]], points[:, [0, 2]]
    near = cKDTree(flat.mean(axis=1)).query(target, k=min(12, len(flat)))[1]
    near = near.reshape(len(points), -1)
    c = flat[near]
    local = np.full((*near.shape, 2), 0.5)
    for _ in range(12):
        a, b = local[..., 0, None], local[..., 1, None]
        miss = np.einsum("pnv,pnvx->pnx", bilinear(local), c) - target[:, None]
        along = (1 - b) * (c[..., 1, :] - c[..., 0, :]) + b * (c[..., 3, :] - c[..., 2, :])
        other = (1 - a) * (c[..., 2, :] - c[..., 0, :]) + a * (c[..., 3, :] - c[..., 1, :])
        step = np.linalg.solve(np.stack([along, other], axis=-1), miss[..., None])[..., 0]
        local = np.clip(local - step, -1.0, 2.0)
    outside = np.abs(local - 0.5).max(axis=-1)
    best = np.argmin(outside, axis=1)
    pick = np.arange(len(points)), best
    if outside[pick].max() > 0.5 + 1e-4:
        raise ValueError("a disc reaches beyond the endplate of its vertebra")
    return near[pick], local[pick]
