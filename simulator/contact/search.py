# SPDX-License-Identifier: MIT
"""Where the normals of slave points meet a curved surface of P2 facets."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

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

_NEWTON_LIMIT = 12
_HOP_LIMIT = 4
_INSIDE = 1e-7
_SUB_CENTROIDS = NODE_COORDINATES[SUB_TRIANGLES].mean(axis=1)


@dataclass(frozen=True, slots=True)
class Hits:
    """Partner of each of n points.

    Attributes:
        facet: (n,) facet that the normal meets, -1 without a partner.
        eta: (n, 2) local coordinates there.
        gap: (n,) distance along the normal, negative behind the point; NaN without one.
    """

    facet: IntArray
    eta: Array
    gap: Array


def inverse_columns(b1: Array, b2: Array, b3: Array) -> tuple[Array, Array, Array, Array]:
    """Rows of the inverse of the 3 x 3 matrices with given columns, and determinants."""
    r1, r2, r3 = cross(b2, b3), cross(b3, b1), cross(b1, b2)
    determinant = dot(b1, r1)
    safe = np.where(np.abs(determinant) > 1e-14, determinant, np.nan)[:, None]
    return r1 / safe, r2 / safe, r3 / safe, determinant


class FacetSearch:
    """Search on one surface; keeps no state but its parameters."""

    def __init__(
        self,
        facets: IntArray,
        neighbours: IntArray,
        radius_mm: float,
        facing: float = 0.1,
        candidates: int = 12,
    ) -> None:
        """Take the surface's facets (F, 6) and neighbours (F, 3).

        Args:
            facets: places of the nodes.
            neighbours: facet opposite to each corner or -1.
            radius_mm: largest distance along the normal, to either side.
            facing: least cosine between a normal and the partner's reversed normal.
            candidates: flat triangles looked at for a point without a guess.
        """
        self.facets = facets
        self.neighbours = neighbours
        self.radius_mm = radius_mm
        self.facing = facing
        self.candidates = min(candidates, 4 * facets.shape[0])

    def locate(self, points: Array, normals: Array, positions: Array, guess: Hits | None) -> Hits:
        """Meet the surface at nodal ``positions`` (N, 3) along ``normals`` (n, 3).

        ``guess`` only saves time: partners of an earlier evaluation, followed across
        the sides of facets.
        """
        count = points.shape[0]
        facet = np.full(count, -1, dtype=np.int64)
        eta, gap = np.full((count, 2), 1.0 / 3.0), np.full(count, np.nan)
        nodal = positions[self.facets]
        todo = np.arange(count)
        if guess is not None:
            known = np.flatnonzero(guess.facet >= 0)
            done = self._walk(
                known, guess.facet[known], guess.eta[known], points, normals, nodal, facet, eta, gap
            )
            unknown = np.ones(count, dtype=bool)
            unknown[known[done]] = False
            todo = np.flatnonzero(unknown)
        if todo.size:
            self._search(todo, points, normals, positions, nodal, facet, eta, gap)
        return Hits(facet, eta, gap)

    def _accept(self, on: IntArray, eta: Array, gap: Array, cosine: Array) -> NDArray[np.bool_]:
        least = np.minimum(eta.min(axis=1), 1.0 - eta.sum(axis=1))
        return (least >= -_INSIDE) & (np.abs(gap) <= self.radius_mm) & (cosine >= self.facing)

    def _walk(
        self,
        index: IntArray,
        start: IntArray,
        eta0: Array,
        points: Array,
        normals: Array,
        nodal: Array,
        facet: IntArray,
        eta: Array,
        gap: Array,
    ) -> NDArray[np.bool_]:
        """Follow guesses; writes accepted partners and returns which were accepted."""
        done = np.zeros(index.size, dtype=bool)
        at, local = start.copy(), eta0.copy()
        left = np.arange(index.size)
        for _ in range(_HOP_LIMIT):
            i = index[left]
            found, distance, cosine = meet_facets(
                points[i], normals[i], nodal[at[left]], local[left]
            )
            good = self._accept(at[left], found, distance, cosine)
            facet[i[good]], eta[i[good]], gap[i[good]] = at[left[good]], found[good], distance[good]
            done[left[good]] = True
            left, found = left[~good], found[~good]
            bary = np.column_stack([1.0 - found.sum(axis=1), found])
            step = self.neighbours[at[left], np.nanargmin(np.nan_to_num(bary, nan=1.0), axis=1)]
            on = (step >= 0) & (bary.min(axis=1) < 0.0)
            left = left[on]
            at[left], local[left] = step[on], 1.0 / 3.0
            if left.size == 0:
                break
        return done

    def _search(
        self,
        todo: IntArray,
        points: Array,
        normals: Array,
        positions: Array,
        nodal: Array,
        facet: IntArray,
        eta: Array,
        gap: Array,
    ) -> None:
        """Find partners from scratch among the flat triangles near the normal."""
        flat = self.facets[:, SUB_TRIANGLES].reshape(-1, 3)
        corners = positions[flat]
        tree = cKDTree(corners.mean(axis=1))
        x, n = points[todo], normals[todo]
        _, nearest = tree.query(x)
        along = dot(tree.data[nearest] - x, n)
        along = np.clip(along, -self.radius_mm, self.radius_mm)
        _, near = tree.query(x + along[:, None] * n, k=self.candidates)
        near = near.reshape(todo.size, -1)
        k = near.shape[1]
        tri = corners[near.ravel()]
        b1, b2 = tri[:, 1] - tri[:, 0], tri[:, 2] - tri[:, 0]
        ray = np.repeat(n, k, axis=0)
        r1, r2, r3, _ = inverse_columns(b1, b2, -ray)
        d = np.repeat(x, k, axis=0) - tri[:, 0]
        s, t, distance = dot(r1, d), dot(r2, d), dot(r3, d)
        outside = np.maximum(-np.minimum(np.minimum(s, t), 1.0 - s - t), 0.0)
        opposed = dot(cross(b1, b2), ray) < 0.0
        cost = np.where(opposed & (np.abs(distance) <= 2.0 * self.radius_mm), outside, np.inf)
        cost = np.nan_to_num(cost, nan=np.inf).reshape(todo.size, k)
        distance = np.nan_to_num(distance, nan=np.inf).reshape(todo.size, k)
        rank = np.lexsort((np.abs(distance), np.round(cost, 9)), axis=1)
        open_ = np.arange(todo.size)
        for attempt in range(min(4, k)):
            best = rank[open_, attempt]
            useful = cost[open_, best] < 1.0
            open_, best = open_[useful], best[useful]
            if open_.size == 0:
                break
            chosen = near[open_, best]
            done = self._walk(
                todo[open_],
                chosen // 4,
                _SUB_CENTROIDS[chosen % 4],
                points,
                normals,
                nodal,
                facet,
                eta,
                gap,
            )
            open_ = open_[~done]


def meet_facets(
    points: Array, normals: Array, nodal: Array, eta0: Array
) -> tuple[Array, Array, Array]:
    """Newton iteration for ``x(eta) = point + gap * normal`` on facets ``nodal`` (n, 6, 3).

    Returns local coordinates (n, 2), gaps (n,) and the cosine between the normal and the
    facet's reversed normal; NaN where there is no solution.
    """
    count = points.shape[0]
    eta, gap = eta0.copy(), np.zeros(count)
    cosine = np.full(count, np.nan)
    left = np.arange(count)
    for iteration in range(_NEWTON_LIMIT):
        if left.size == 0:
            break
        x, n, nodes = points[left], normals[left], nodal[left]
        local = eta[left]
        here = (shape_functions(local)[:, None, :] @ nodes)[:, 0]
        slopes = shape_gradients(local) @ nodes
        b1, b2 = slopes[:, 0], slopes[:, 1]
        r1, r2, r3, determinant = inverse_columns(b1, b2, -n)
        d = x - here
        step = np.column_stack([dot(r1, d), dot(r2, d)])
        gap[left] = dot(r3, d)
        area = cross(b1, b2)
        cosine[left] = determinant / np.sqrt(np.maximum(dot(area, area), 1e-300))
        size = np.abs(step).max(axis=1)
        eta[left] = local + step * np.minimum(1.0, 1.0 / np.maximum(size, 1e-300))[:, None]
        left = left[size > 1e-12] if iteration else left[size > 1e-14]
        left = left[np.abs(eta[left]).max(axis=1) < 4.0]
    eta[left] = np.nan
    gap[left] = np.nan
    return eta, gap, np.nan_to_num(cosine, nan=-1.0)
