# SPDX-License-Identifier: MIT
"""Projection of points onto a curved surface of P2 facets along its smoothed normals.

The normals are averaged at the nodes and interpolated like the surface, so that the
projection and its direction are continuous across the sides of facets.
"""

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
        self.facets = facets
        self.neighbours = neighbours
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
        field = _Field(positions[self.facets], normals[self.facets])
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
                known, guess.facet[known], guess.eta[known], points, own_normals, field, hits
            )
            unknown = np.ones(count, dtype=bool)
            unknown[known[done]] = False
            todo = np.flatnonzero(unknown)
        if todo.size:
            self._search(todo, points, own_normals, positions, field, hits)
        return hits

    def _walk(
        self,
        index: IntArray,
        start: IntArray,
        eta: Array,
        points: Array,
        own_normals: Array,
        field: _Field,
        hits: Hits,
    ) -> NDArray[np.bool_]:
        """Follow guesses; writes partners into ``hits``, returns which need no other guess."""
        done = np.zeros(index.size, dtype=bool)
        at, local = start.copy(), eta.copy()
        left: IntArray = np.arange(index.size)
        for _ in range(_HOP_LIMIT):
            i, on = index[left], at[left]
            met = project(points[i], field.positions[on], field.normals[on], local[left])
            bary = np.column_stack([1.0 - met.eta.sum(axis=1), met.eta])
            open_side = self.neighbours[on] < 0
            rim = np.where(open_side, np.maximum(-bary, 0.0), 0.0).max(axis=1)
            inner = np.where(open_side, 1.0, bary)
            inside = (inner.min(axis=1) >= -_INSIDE - _WEDGE * rim) & (rim < self.rim)
            near = np.abs(met.gap) <= self.radius_mm
            good = inside & near & (dot(met.normal, own_normals[i]) <= -self.facing)
            hits.facet[i[good]], hits.eta[i[good]] = on[good], met.eta[good]
            hits.gap[i[good]] = met.gap[good]
            settled = good | (inside & ~near)
            done[left[settled]] = True
            side = np.argmin(np.nan_to_num(inner, nan=1.0), axis=1)
            step = self.neighbours[on, side]
            further = ~settled & (step >= 0) & (inner.min(axis=1) < 0.0)
            left = left[further]
            at[left], local[left] = step[further], 1.0 / 3.0
            if left.size == 0:
                break
        return done

    def _search(
        self,
        todo: IntArray,
        points: Array,
        own_normals: Array,
        positions: Array,
        field: _Field,
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
            done = self._walk(todo[left], chosen // 4, eta, points, own_normals, field, hits)
            left = left[~done]


@dataclass(frozen=True, slots=True)
class _Field:
    """Positions and normals (F, 6, 3) of the nodes of all facets."""

    positions: Array
    normals: Array


@dataclass(frozen=True, slots=True)
class Projection:
    """Place of n points relative to given facets, NaN where there is none.

    Attributes:
        eta: (n, 2) local coordinates, also outside of the facet.
        gap: (n,) distance along ``normal`` (n, 3).
        tangents: (n, 2, 3) derivatives of the surface, ``bend`` (n, 2, 3) of the normal.
    """

    eta: Array
    gap: Array
    normal: Array
    tangents: Array
    bend: Array


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


def project(points: Array, nodal: Array, normals: Array, start: Array) -> Projection:
    """Solve ``y(eta) + gap * n(eta) = point`` on facets (n, 6, 3) by Newton's method."""
    count = points.shape[0]
    eta, gap = start.copy(), np.zeros(count)
    normal = np.zeros((count, 3))
    tangents, bend = np.zeros((count, 2, 3)), np.zeros((count, 2, 3))
    left = np.arange(count)
    for _ in range(_NEWTON_LIMIT):
        place, slopes, n, turn = surface_at(nodal[left], normals[left], eta[left])
        normal[left], tangents[left], bend[left] = n, slopes, turn
        columns = slopes + gap[left, None, None] * turn
        r1, r2, r3 = inverse_columns(columns[:, 0], columns[:, 1], n)
        d = points[left] - place
        step = np.column_stack([dot(r1, d), dot(r2, d)])
        size = np.abs(step).max(axis=1)
        gap[left] = dot(r3, d)
        scale = np.minimum(1.0, 1.0 / np.maximum(size, 1.0))
        eta[left] += step * scale[:, None]
        left = left[size > 1e-12]
        left = left[np.abs(eta[left]).max(axis=1) < 4.0]
        if left.size == 0:
            break
    eta[left], gap[left] = np.nan, np.nan
    return Projection(eta, gap, normal, tangents, bend)
