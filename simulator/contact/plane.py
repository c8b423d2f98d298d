# SPDX-License-Identifier: MIT
"""Contact of a deformable surface with a fixed rigid plane, with friction and a weak tack."""

from __future__ import annotations

from dataclasses import dataclass, replace

import dolfinx
import numpy as np
from numpy.typing import ArrayLike

from simulator.contact.facet import Array, IntArray
from simulator.contact.history import (
    closing_share,
    gather_state,
    initial_state,
    scatter_state,
    sum_over_ranks,
)
from simulator.contact.law import ContactLaw, FrictionResponse, coulomb
from simulator.contact.records import (
    ContactIncrement,
    ContactOutput,
    ContactState,
    Resultant,
    TangentBlocks,
    block_dofs,
    nodal_sums,
)
from simulator.contact.surface import ContactSurface, PointFrame

FACING = 0.5
"""Cosine between a facet's inward normal and the plane's from which on it faces the plane."""


@dataclass(frozen=True, slots=True)
class _Evaluation:
    frame: PointFrame
    closure: Array
    pressure: Array
    stiffness: Array
    share: Array
    share_slope: Array
    across: Array
    friction: FrictionResponse
    tack: Array


class PlaneContact:
    """Unilateral frictional contact of a surface with the half-space behind a plane."""

    def __init__(
        self,
        surface: ContactSurface,
        origin: ArrayLike,
        normal: ArrayLike,
        law: ContactLaw,
        tack_mpa_per_mm: float = 0.0,
    ) -> None:
        """Set a plane under a surface.

        Args:
            surface: deformable side.
            origin: a point of the plane, mm.
            normal: direction from the ground to the body.
            law: constants.
            tack_mpa_per_mm: bilateral spring against displacement on the facets that
                face the plane at the start, so weak that only an unloaded body notices
                it; :meth:`tack_force`.

        Raises:
            ValueError: if the normal has no length or the tack is negative.
        """
        direction = np.asarray(normal, dtype=float)
        length = float(np.sqrt(direction @ direction))
        if not length > 0.0:
            raise ValueError("the normal of a contact plane has no length")
        if tack_mpa_per_mm < 0.0:
            raise ValueError(f"tack_mpa_per_mm must not be negative: {tack_mpa_per_mm}")
        self.slave = surface
        self.origin = np.asarray(origin, dtype=float)
        self.normal = direction / length
        self._plane = np.eye(3) - np.outer(self.normal, self.normal)
        start = surface.frame(surface.reference)
        self._reference = start.position
        self._facing = start.normal @ self.normal < -FACING
        self._last: _Evaluation | None = None
        self.renew(law, tack_mpa_per_mm)

    def renew(self, law: ContactLaw, tack_mpa_per_mm: float = 0.0) -> None:
        """Take other constants and forget what was, as if made anew."""
        self.law = law
        self._tack: Array = np.where(self._facing, tack_mpa_per_mm, 0.0)
        self._tacked = self._facing.reshape(-1, self.slave.points_per_facet).any(axis=1) & (
            tack_mpa_per_mm > 0.0
        )
        self._state = initial_state(self.slave)
        self._started = False
        self._last = None

    def update_candidates(self, u: dolfinx.fem.Function) -> bool:
        """Nothing to search on a plane; the first call sets the anchors; collective."""
        last = self._evaluate(u)
        if not self._started:
            self._accept(last)
        return False

    def pattern(self) -> tuple[IntArray, IntArray]:
        """No blocks beyond the body's own: arrays (0, 18)."""
        return np.empty((0, 18), dtype=np.int64), np.empty((0, 18), dtype=np.int64)

    def evaluate(
        self, u: dolfinx.fem.Function, need_tangent: bool = True, lagged: bool = False
    ) -> ContactIncrement:
        """Residual and tangent at a displacement with updated ghosts; collective."""
        last = self._evaluate(u)
        surface = self.slave
        per = surface.points_per_facet
        busy = last.pressure > 0.0
        used = np.flatnonzero(busy.reshape(-1, per).any(axis=1) | self._tacked)
        nodes = surface.nodes[surface.facets[surface.local[used]]]
        push = -surface.weights[:, None] * (self._traction(last) + last.tack)
        nodal = surface.shapes.T @ push.reshape(-1, per, 3)[used]
        blocks, sums = nodal_sums(nodes, nodal)
        tangent: tuple[TangentBlocks, ...] = ()
        if need_tangent and used.size:
            dofs = block_dofs(nodes)
            tangent = (TangentBlocks(dofs, dofs, self._stiffness(last, used, lagged)),)
        return ContactIncrement(
            dofs=block_dofs(blocks[:, None]),
            values=sums,
            tangent=tangent,
            active=int(busy.sum()),
            slipping=int((last.friction.slipping & busy).sum()),
            missed=0,
            outside_pattern=0,
            max_penetration_mm=float(
                max(0.0, (last.closure - self._state.shift_mm).max(initial=0.0))
            ),
        )

    def commit(self, u: dolfinx.fem.Function | None = None) -> None:
        """Make the state at ``u`` (else at the last evaluation) the old one; collective."""
        self._accept(self._evaluate(u) if u is not None else self._require_last())

    def augment(self) -> float:
        """Let the pressures of the last evaluation stand at zero gap; collective.

        Returns:
            The largest change of closure over all ranks, mm.
        """
        shift = np.maximum(self._require_last().closure, 0.0)
        change = float(np.abs(shift - self._state.shift_mm).max(initial=0.0))
        self._state = replace(self._state, shift_mm=shift)
        return float(max(self.slave.comm.allgather(change)))

    def state(self) -> ContactState:
        """History of the local points (immutable; keep it for a cut-back)."""
        return self._state

    def restore(self, state: ContactState) -> None:
        """Go back to a history given by :meth:`state`."""
        self._state = state
        self._started = True

    def state_global(self) -> ContactState | None:
        """History of all points on rank 0 in an order free of the partition; collective."""
        return gather_state(self.slave, self._state)

    def restore_global(self, state: ContactState | None) -> None:
        """Restore on any number of ranks from rank 0's record; collective.

        Raises:
            ValueError: on all ranks, if the record is of another surface.
        """
        self.restore(scatter_state(self.slave, state))

    def output(self) -> ContactOutput:
        """Fields of the last evaluation at the local points; without the tack."""
        last = self._require_last()
        return ContactOutput(
            point=self._state.point,
            reference_mm=self._reference,
            current_mm=last.frame.position,
            area_reference_mm2=self.slave.weights,
            area_current_mm2=self.slave.current_weights(last.frame),
            normal=np.broadcast_to(self.normal, last.frame.position.shape).copy(),
            pressure_mpa=last.pressure,
            traction_mpa=last.friction.traction,
            gap_mm=self._state.shift_mm - last.closure,
            slipping=last.friction.slipping & (last.pressure > 0.0),
        )

    def resultant(self, about: Array | None = None) -> Resultant:
        """Force and moment on the body about a point (origin), tack excluded; collective."""
        last = self._require_last()
        force = self.slave.weights[:, None] * self._traction(last)
        return sum_over_ranks(self.slave, last.frame.position, force, about)

    def tack_force(self, about: Array | None = None) -> Resultant:
        """Force and moment of the tack on the body; collective."""
        last = self._require_last()
        force = self.slave.weights[:, None] * last.tack
        return sum_over_ranks(self.slave, last.frame.position, force, about)

    def tack_energy_nmm(self) -> float:
        """Energy that this rank's points of the tack hold (N mm)."""
        way = self._require_last().frame.position - self._reference
        density = 0.5 * self._tack * np.einsum("ni,ni->n", way, way)
        return float(self.slave.weights @ density)

    def _require_last(self) -> _Evaluation:
        if self._last is None:
            raise RuntimeError("contact has not been evaluated yet")
        return self._last

    def _traction(self, last: _Evaluation) -> Array:
        return last.pressure[:, None] * self.normal + last.friction.traction

    def _evaluate(self, u: dolfinx.fem.Function) -> _Evaluation:
        frame = self.slave.frame(self.slave.own_positions(u))
        state = self._state
        closure = state.shift_mm - (frame.position - self.origin) @ self.normal
        pressure, stiffness = self.law.pressure(closure)
        share, share_slope = closing_share(closure, state.closure_mm)
        held = (state.anchor_facet >= 0) & (pressure > 0.0) & (self.law.friction > 0.0)
        share, share_slope = share * held, share_slope * held
        across = (frame.position - state.anchor) @ self._plane
        way = share[:, None] * across
        # A point that nothing holds is most often one that touches nothing.
        at = np.flatnonzero(held)
        pressed = coulomb(way[at], pressure[at], self.law.friction, self.law.slip_mm)
        friction = pressed.spread(at, len(held))
        tack = -self._tack[:, None] * (frame.position - self._reference)
        self._last = _Evaluation(
            frame, closure, pressure, stiffness, share, share_slope, across, friction, tack
        )
        return self._last

    def _stiffness(self, last: _Evaluation, used: IntArray, lagged: bool) -> Array:
        """Blocks (n, 18, 18) of facets, added up over their points."""
        n = self.normal
        stick = last.share[:, None, None] * self._plane
        stick = stick - (last.share_slope[:, None] * last.across)[:, :, None] * n
        by_place = last.friction.stiffness(lagged) @ stick
        ahead = n + last.friction.by_pressure
        by_place -= last.stiffness[:, None, None] * ahead[:, :, None] * n
        by_place -= self._tack[:, None, None] * np.eye(3)
        by_place *= -self.slave.weights[:, None, None]
        shapes = self.slave.shapes
        per = self.slave.points_per_facet
        products = (shapes[:, :, None] * shapes[:, None, :]).reshape(per, 36)
        blocks = products.T @ by_place.reshape(-1, per, 9)[used]
        blocks = blocks.reshape(-1, 6, 6, 3, 3).transpose(0, 1, 3, 2, 4)
        return np.ascontiguousarray(blocks).reshape(-1, 18, 18)

    def _accept(self, last: _Evaluation) -> None:
        """Carry the anchors along with slip."""
        self._state = replace(
            self._state,
            anchor_facet=np.zeros(last.closure.size, dtype=np.int64),
            anchor=last.frame.position - last.friction.kept,
            closure_mm=last.closure.copy(),
        )
        self._started = True
