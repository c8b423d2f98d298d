# SPDX-License-Identifier: MIT
"""Solved states along a march, as first guesses for the same march with other numbers.

A case that differs from solved ones in numbers alone goes the same way: the same stops, one after
the other, each with what friction remembers of its own last stop. What it takes from the others is
where Newton's method begins at a stop. The guess is that combination of their states which is
nearest to this case's own at the stop before, with what remains of the difference carried along.
A solve from it ends at the same tolerance, so that the result is the case's own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from mpi4py import MPI
from numpy.typing import NDArray

from simulator.equilibrium import Equilibrium
from simulator.newton import NewtonReport, NewtonSettings
from simulator.rotations import exponential, logarithm
from simulator.segments import Poses

Array = NDArray[np.float64]

Stop = tuple[str, float]
"""Part of a march and its parameter there."""
RIDGE = 1e-6
"""Of the largest square, below which directions in the others' states do not count."""
KEPT_GAIN = 0.05
"""See `NewtonSettings.kept_gain`: near the end a tangent lasts longer."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an equilibrium is, without its histories.

    Attributes:
        u: Displacements of this rank's nodes (mm), flat.
        poses: Of the segments.
        extra: Scalars of the closure (N).
    """

    u: Array
    poses: Poses
    extra: Array

    @classmethod
    def of(cls, equilibrium: Equilibrium) -> Place:
        """Return a copy of the present place."""
        u = equilibrium.u.x.array.copy()
        return cls(u, equilibrium.poses, equilibrium.extra.copy())

    def put(self, equilibrium: Equilibrium) -> None:
        """Bring an equilibrium there; its histories stay; collective."""
        reduction = equilibrium.reduction
        equilibrium.poses, equilibrium.extra = self.poses, self.extra.copy()
        free = self.u.reshape(-1, 3)[reduction.free].ravel()
        reduction.displace(equilibrium.u, free, self.poses)

    def minus(self, other: Place) -> Way:
        """Return the way from another place to this one."""
        turn = logarithm(self.poses.rotation @ np.swapaxes(other.poses.rotation, -1, -2))
        shift = self.poses.position_mm - other.poses.position_mm
        return Way(self.u - other.u, shift, turn, self.extra - other.extra)

    def plus(self, way: Way) -> Place:
        """Return the place at the end of a way."""
        poses = Poses(
            self.poses.position_mm + way.shift_mm, exponential(way.turn) @ self.poses.rotation
        )
        return Place(self.u + way.u, poses, self.extra + way.extra)


@dataclass(frozen=True, slots=True)
class Way:
    """Between two places: ways add up and are scaled like vectors.

    Attributes:
        u: Of nodes (mm), flat.
        shift_mm: Of segments, shape (n, 3).
        turn: Of segments (rad), shape (n, 3).
        extra: Of the scalars (N).
    """

    u: Array
    shift_mm: Array
    turn: Array
    extra: Array

    def plus(self, other: Way, share: float = 1.0) -> Way:
        """Return the sum with a share of another way."""
        return Way(
            self.u + share * other.u,
            self.shift_mm + share * other.shift_mm,
            self.turn + share * other.turn,
            self.extra + share * other.extra,
        )


@dataclass(slots=True)
class Trail:
    """Places of one case at the stops that it has solved.

    Attributes:
        places: By stop.
        hard: Stops that were not reached at once: their way is cut where a solve without a guess
            fails, and so it is for every case.
    """

    places: dict[Stop, Place] = field(default_factory=dict)
    hard: set[Stop] = field(default_factory=set)

    @property
    def nbytes(self) -> int:
        """Memory of the displacements."""
        return sum(place.u.nbytes for place in self.places.values())


def guess(
    others: Sequence[Trail], stop: Stop, before: Stop | None, now: Place, comm: MPI.Intracomm
) -> Place | None:
    """Where a case may be at a stop; collective.

    Args:
        others: Trails of solved cases, the same on all ranks, the nearest first.
        stop: To come.
        before: Where the case is, ``None`` at the start.
        now: Its place there.
        comm: Ranks of the equilibrium.

    Returns:
        ``None`` where no trail has been at that stop, or one of them had to cut its way.
    """
    if any(stop in trail.hard for trail in others):
        return None
    known = [t for t in others if stop in t.places and (before is None or before in t.places)]
    if not known:
        return None
    base = known[0].places[stop]
    if before is None:
        return base
    start = known[0].places[before]
    rest = now.minus(start)
    behind = [trail.places[before].minus(start) for trail in known[1:]]
    weights = _weights(rest, behind, comm)
    ahead = rest
    for trail, way, weight in zip(known[1:], behind, weights, strict=True):
        ahead = ahead.plus(way, -weight).plus(trail.places[stop].minus(base), weight)
    return base.plus(ahead)


def _weights(rest: Way, behind: Sequence[Way], comm: MPI.Intracomm) -> Array:
    """Weights of ways whose sum is nearest to a given one, by displacements."""
    if not behind:
        return np.zeros(0)
    table = np.array([way.u for way in behind])
    gram = np.asarray(comm.allreduce(table @ table.T))
    right = np.asarray(comm.allreduce(table @ rest.u))
    scale = np.sqrt(np.maximum(np.diag(gram), np.finfo(float).tiny))
    scaled = gram / np.outer(scale, scale)
    return np.linalg.lstsq(scaled, right / scale, rcond=RIDGE)[0] / scale


@dataclass(slots=True)
class Guide:
    """Guesses of one case, and the trail that it leaves.

    Attributes:
        others: Trails of solved cases, the nearest first.
        trail: Of this case.
        before: Where this case is.
        used, failed: Guesses that led to a solution, and those that did not.
        most_bytes: Of the trail on one rank; a longer one is not kept at all.
    """

    others: Sequence[Trail] = ()
    trail: Trail = field(default_factory=Trail)
    before: Stop | None = None
    used: int = 0
    failed: int = 0
    most_bytes: float = float("inf")
    _too_long: bool = False

    def solve(
        self,
        equilibrium: Equilibrium,
        stop: Stop,
        settings: NewtonSettings,
        tolerance_n: float,
        solved: Callable[[NewtonSettings], NewtonReport],
        log: Callable[[str], None],
    ) -> NewtonReport:
        """Solve for a stop from a guess, where that fails or there is none as without; collective.

        Args:
            equilibrium: With the load of the stop.
            stop: To come.
            settings: Of a solve without a guess.
            tolerance_n: Of a solve from one.
            solved: Solves from where the equilibrium stands.
            log: Receives a line.
        """
        place = guess(self.others, stop, self.before, Place.of(equilibrium), equilibrium.comm)
        spent: NewtonReport | None = None
        report: NewtonReport | None = None
        if place is not None:
            near = replace(
                settings,
                tolerance_n=tolerance_n,
                kept_gain=KEPT_GAIN,
                lagged=0,
                beyond=0,
                near=True,
            )
            # What touches first is anchored where the case is, not where it may be.
            equilibrium.refresh_pattern()
            saved = equilibrium.save()
            place.put(equilibrium)
            report = solved(near)
            self.used += report.converged
            if not report.converged:
                log("  not from the states of other cases")
                equilibrium.restore(saved)
                self.failed += 1
                spent, report = report, None
        if report is None:
            report = solved(settings)
        if spent is not None:
            report.add(spent)
        if report.converged:
            self.before = stop
            self._keep(stop, equilibrium)
        else:
            self.trail.hard.add(stop)
        return report

    def _keep(self, stop: Stop, equilibrium: Equilibrium) -> None:
        if self._too_long:
            return
        self.trail.places[stop] = Place.of(equilibrium)
        # Ranks hold shares of different size and must keep the same stops.
        if equilibrium.comm.allreduce(int(self.trail.nbytes > self.most_bytes)):
            self.trail.places.clear()
            self._too_long = True
