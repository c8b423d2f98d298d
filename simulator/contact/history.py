# SPDX-License-Identifier: MIT
"""History of contact points, its order-free form for checkpoints, and sums over ranks."""

from __future__ import annotations

from dataclasses import fields

import numpy as np

from simulator.contact.facet import Array, cross
from simulator.contact.records import ContactState, Resultant
from simulator.contact.surface import ContactSurface


def initial_state(surface: ContactSurface) -> ContactState:
    """No anchors, everything open, for the local points of a surface."""
    count = surface.num_points
    return ContactState(
        point=surface.point_ids(),
        anchor_facet=np.full(count, -1, dtype=np.int64),
        anchor=np.zeros((count, 3)),
        closure_mm=np.full(count, -np.inf),
        shift_mm=np.zeros(count),
    )


def gather_state(surface: ContactSurface, state: ContactState) -> ContactState | None:
    """All points in ascending order on rank 0, ``None`` elsewhere; collective."""
    parts = surface.comm.gather(state, root=0)
    if parts is None:
        return None
    order = np.argsort(np.concatenate([part.point for part in parts]))
    columns = {
        item.name: np.concatenate([getattr(part, item.name) for part in parts])[order]
        for item in fields(ContactState)
    }
    return ContactState(**columns)


def scatter_state(surface: ContactSurface, state: ContactState | None) -> ContactState:
    """Local part of rank 0's record; collective.

    Raises:
        ValueError: on all ranks, if the record is of another surface.
    """
    whole: ContactState | None = surface.comm.bcast(state, root=0)
    expected = np.arange(surface.num_points_global)
    if whole is None or not np.array_equal(whole.point, expected):
        raise ValueError("the contact history does not belong to this surface")
    mine = surface.point_ids()
    return ContactState(**{item.name: getattr(whole, item.name)[mine] for item in fields(whole)})


def sum_over_ranks(
    surface: ContactSurface, position: Array, force: Array, about: Array | None
) -> Resultant:
    """Resultant of point forces (n, 3), added up in rank order; collective."""
    centre = np.zeros(3) if about is None else np.asarray(about, dtype=float)
    local = np.concatenate([force.sum(axis=0), cross(position - centre, force).sum(axis=0)])
    total = np.sum(surface.comm.allgather(local), axis=0)
    return Resultant(total[:3], total[3:])


def closing_share(closure: Array, before: Array) -> tuple[Array, Array]:
    """Part of the step that a point has been closed, and its slope by the closure.

    A point that was open (``before`` negative) slips only after it has touched; the
    way to closure is taken as straight.
    """
    opened = before < 0.0
    way = np.where(opened, np.maximum(closure, 0.0) - before, 1.0)
    share = np.where(opened, np.maximum(closure, 0.0) / way, 1.0)
    known = np.isfinite(before)
    slope = np.where(opened & known, -np.where(known, before, 0.0) / way**2, 0.0)
    return np.where(known, share, 0.0), slope
