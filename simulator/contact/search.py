# SPDX-License-Identifier: MIT
"""Projection of points onto a curved surface of P2 facets along its smoothed normals.

The normals are averaged at the nodes and interpolated like the surface, so that the
projection and its direction are continuous across the sides of facets.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from simulator.compiled.library import library, pointer
from simulator.contact.facet import (
    NODE_COORDINATES,
    SUB_TRIANGLES,
    Array,
    IntArray,
    cross,
    dot,
    shape_functions,
    shape_gradients,
)

_INSIDE = 1e-7
_ATTEMPTS = 4
_WEDGE = 0.3
_SUB_CENTROIDS = NODE_COORDINATES[SUB_TRIANGLES].mean(axis=1)


@dataclass(frozen=True, slots=True)
class Hits:
    """Partner of each of n points.

    Attributes:
        facet: (n,) facet of the projection, -1 without a partner.
        eta: (n, 2) local coordinates there.
        gap: (n,) distance along the normal there, negative below the surface, or NaN.
    """

    facet: IntArray
    eta: Array
    gap: Array


def inverse_columns(b1: Array, b2: Array, b3: Array) -> tuple[Array, Array, Array]:
    """Rows of the inverses of the 3 x 3 matrices with given columns; NaN if singular."""
    r1, r2, r3 = cross(b2, b3), cross(b3, b1), cross(b1, b2)
    determinant = dot(b1, r1)
    safe = np.where(np.abs(determinant) > 1e-14, determinant, np.nan)[..., None]
    return r1 / safe, r2 / safe, r3 / safe


class FacetSearch:
    """Search on one surface; keeps no state but its parameters."""

    def __init__(
        self,
        facets: IntArray,
        neighbours: IntArray,
        radius_mm: float,
        facing: float = 0.1,
        rim: float = 0.3,
        candidates: int = 12,
    ) -> None:
        """Take the surface's facets (F, 6) and neighbours (F, 3).

        Args:
            facets: places of the nodes.
            neighbours: facet opposite to each corner or -1.
            radius_mm: largest distance to either side.
            facing: least cosine between a point's own normal and the surface's reversed one.
            rim: how far a facet at the rim reaches beyond it, in its own height.
            candidates: flat triangles looked at for a point without a guess.
        """
        self.facets = np.ascontiguousarray(facets, dtype=np.int64)
        self.neighbours = np.ascontiguousarray(neighbours, dtype=np.int64)
        self.radius_mm = radius_mm
        self.facing = facing
        self.rim = rim
        self.candidates = min(candidates, 4 * facets.shape[0])
        self._triangles = facets[:, SUB_TRIANGLES].reshape(-1, 3)

    def nodal_normals(self, positions: Array) -> Array:
        """Unit outward normals (N, 3): area-weighted means of the flat triangles at a node."""
        triangles = self._triangles
        a, b, c = positions[triangles[:, 0]], positions[triangles[:, 1]], positions[triangles[:, 2]]
        areas = np.repeat(cross(b - a, c - a), 3, axis=0)
        nodes = triangles.ravel()
        normals = np.empty(positions.shape)
        for component in range(3):
            normals[:, component] = np.bincount(
                nodes, weights=areas[:, component], minlength=positions.shape[0]
            )
        length = np.sqrt(dot(normals, normals))
        return normals / np.maximum(length, np.finfo(float).tiny)[:, None]

    def fade(self, facet: IntArray, eta: Array) -> tuple[Array, Array]:
        """Share of the pressure (n,) beyond a rim, one on the facet, and slopes (n, 2).

        It falls smoothly to zero where a facet ends to reach out, so that a point
        that leaves the surface loses its pressure gradually.
        """
        bary = np.column_stack([1.0 - eta.sum(axis=1), eta])
        beyond = np.clip(-bary / self.rim, 0.0, 1.0) * (self.neighbours[facet] < 0)
        shares = (1.0 - beyond) ** 2 * (1.0 + 2.0 * beyond)
        slopes = 6.0 * beyond * (1.0 - beyond) / self.rim
        share = shares.prod(axis=1)
        by_bary = np.empty_like(shares)
        for k in range(3):
            by_bary[:, k] = slopes[:, k] * np.delete(shares, k, axis=1).prod(axis=1)
        return share, by_bary[:, 1:] - by_bary[:, :1]

    def locate(
        self,
        points: Array,
        own_normals: Array,
        positions: Array,
        normals: Array,
        guess: Hits | None,
    ) -> Hits:
        """Project ``points`` (n, 3) on the surface at nodal ``positions`` (N, 3).

        Args:
            points: slave points.
            own_normals: (n, 3) outward normals of their own surface, to tell sides apart.
            positions: current positions of the surface's nodes.
            normals: their normals (N, 3) by :meth:`nodal_normals`.
            guess: partners of an earlier evaluation, followed across the sides of
                facets; only saves time.
        """
        points, own_normals, positions, normals = map(
            np.ascontiguousarray, (points, own_normals, positions, normals)
        )
        count = points.shape[0]
        hits = Hits(
            np.full(count, -1, dtype=np.int64),
            np.full((count, 2), 1.0 / 3.0),
            np.full(count, np.nan),
        )
        todo: IntArray = np.arange(count)
        if guess is not None:
            known = np.flatnonzero(guess.facet >= 0)
            done = self._walk(
                known,
                guess.facet[known],
                guess.eta[known],
                points,
                own_normals,
                positions,
                normals,
                hits,
            )
            unknown = np.ones(count, dtype=bool)
            unknown[known[done]] = False
            todo = np.flatnonzero(unknown)
        if todo.size:
            self._search(todo, points, own_normals, positions, normals, hits)
        return hits

    def _walk(
        self,
        index: IntArray,
        start: IntArray,
        eta: Array,
        points: Array,
        own_normals: Array,
        positions: Array,
        normals: Array,
        hits: Hits,
    ) -> NDArray[np.bool_]:
        """Follow guesses; writes partners into ``hits``, returns which need no other guess."""
        done = np.zeros(index.size, dtype=np.uint8)
        compiled, made = _surface(self.facets, positions, normals)
        made.neighbours = pointer(self.neighbours)
        made.radius, made.facing, made.rim = self.radius_mm, self.facing, self.rim
        made.inside, made.wedge = _INSIDE, _WEDGE
        start, eta = np.ascontiguousarray(start), np.ascontiguousarray(eta)
        compiled.lib.walk(
            made, index.size, pointer(index), pointer(start), pointer(eta), pointer(points),
            pointer(own_normals), pointer(hits.facet), pointer(hits.eta), pointer(hits.gap),
            pointer(done),
        )  # fmt: skip
        return done.astype(bool)

    def _search(
        self,
        todo: IntArray,
        points: Array,
        own_normals: Array,
        positions: Array,
        normals: Array,
        hits: Hits,
    ) -> None:
        """Project from scratch: try the flat triangles nearest to a point in order."""
        corners = positions[self._triangles]
        centres = corners.mean(axis=1)
        tree = cKDTree(centres)
        reach = 1.5 * self.radius_mm + 2.0 * float(np.abs(corners - centres[:, None]).max())
        distance, _ = tree.query(points[todo], distance_upper_bound=reach)
        todo = todo[np.isfinite(distance)]
        if todo.size == 0:
            return
        _, near = tree.query(points[todo], k=self.candidates)
        near = near.reshape(todo.size, -1)
        k = near.shape[1]
        b1, b2 = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
        normal = cross(b1, b2)
        normal /= np.maximum(np.sqrt(dot(normal, normal)), np.finfo(float).tiny)[:, None]
        r1, r2, r3 = (row[near] for row in inverse_columns(b1, b2, normal))
        d = points[todo][:, None] - corners[:, 0][near]
        s, t, distance = dot(r1, d), dot(r2, d), dot(r3, d)
        outside = np.maximum(-np.minimum(np.minimum(s, t), 1.0 - s - t), 0.0)
        facing = dot(normal[near], own_normals[todo][:, None]) < 0.0
        cost = np.where(facing & (np.abs(distance) <= 2.0 * self.radius_mm), outside, np.inf)
        cost = np.minimum(np.nan_to_num(cost, nan=1e3), 1e3)
        rank = np.lexsort((np.abs(np.nan_to_num(distance)), np.round(cost, 9)), axis=1)
        left = np.arange(todo.size)
        for attempt in range(min(_ATTEMPTS, k)):
            best = rank[left, attempt]
            useful = cost[left, best] < 1.0
            left, best = left[useful], best[useful]
            if left.size == 0:
                break
            chosen = near[left, best]
            eta = _SUB_CENTROIDS[chosen % 4]
            done = self._walk(
                todo[left], chosen // 4, eta, points, own_normals, positions, normals, hits
            )
            left = left[~done]


def surface_at(nodal: Array, normals: Array, eta: Array) -> tuple[Array, Array, Array, Array]:
    """Position (n, 3), tangents (n, 2, 3), unit normal (n, 3) and its derivatives (n, 2, 3).

    Args:
        nodal: (n, 6, 3) node positions of the facets.
        normals: (n, 6, 3) their nodal normals.
        eta: (n, 2) local coordinates.
    """
    values, slopes = shape_functions(eta)[:, None, :], shape_gradients(eta)
    raw = (values @ normals)[:, 0]
    length = np.maximum(np.sqrt(dot(raw, raw)), np.finfo(float).tiny)
    normal = raw / length[:, None]
    bend = (slopes @ normals) / length[:, None, None]
    bend -= dot(bend, normal[:, None])[:, :, None] * normal[:, None]
    return (values @ nodal)[:, 0], slopes @ nodal, normal, bend


def project(points: Array, nodal: Array, normals: Array, start: Array) -> Array:
    """Return the local coordinates (n, 2) of points on their own facets; NaN where there are none.

    Args:
        points: (n, 3).
        nodal: (n, 6, 3) node positions of the facets.
        normals: (n, 6, 3) their nodal normals.
        start: (n, 2) guesses.
    """
    facets = np.arange(6 * len(points), dtype=np.int64)
    nodal, normals, points = map(np.ascontiguousarray, (nodal, normals, points))
    compiled, made = _surface(facets, nodal, normals)
    eta = np.array(start, dtype=float, order="C")
    compiled.lib.project_all(made, len(points), pointer(points), pointer(eta))
    return eta


def _surface(facets: IntArray, positions: Array, normals: Array) -> tuple[Any, Any]:
    """Compiled loops and their structure of a surface; the arrays must outlive it."""
    compiled = library()
    made = compiled.ffi.new("surface*")
    made.facets, made.positions = pointer(facets), pointer(positions)
    made.normals = pointer(normals)
    return compiled, made
