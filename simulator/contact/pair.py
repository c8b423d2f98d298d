# SPDX-License-Identifier: MIT
"""Contact of two deformable surfaces: quadrature points of one against facets of the other.

A slave point is projected on the curved master surface along the master's smoothed
normals. Pressure and friction act at both ends of that line, so the nodal forces balance
exactly (docs/theory/contact.md).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import dolfinx
import numpy as np
from numpy.typing import NDArray

from simulator.compiled.library import loops
from simulator.contact.candidates import CandidatePairs
from simulator.contact.facet import Array, IntArray, dot, shape_functions, shape_gradients
from simulator.contact.history import (
    closing_share,
    gather_state,
    initial_state,
    scatter_state,
    sum_over_ranks,
)
from simulator.contact.law import ContactLaw, coulomb
from simulator.contact.pair_tangent import ActivePoints, operators, stiffness_blocks
from simulator.contact.records import (
    ContactIncrement,
    ContactOutput,
    ContactState,
    Resultant,
    TangentBlocks,
    block_dofs,
    nodal_sums,
)
from simulator.contact.search import FacetSearch, Hits, project, surface_at
from simulator.contact.surface import ContactSurface, PointFrame


@dataclass(frozen=True, slots=True)
class _Evaluation:
    """All local points at one displacement; tractions are zero where nothing touches."""

    state: ContactState
    slave_positions: Array
    master_positions: Array
    normals: Array
    frame: PointFrame
    hits: Hits
    closure: Array
    pressure: Array
    traction: Array
    slipping: NDArray[np.bool_]
    active: ActivePoints


class PairContact:
    """Frictional contact between a slave and a master surface of one space."""

    def __init__(
        self,
        slave: ContactSurface,
        master: ContactSurface,
        law: ContactLaw,
        search_radius_mm: float = 10.0,
        near_mm: float = 4.0,
        watched_mm: float = 0.5,
    ) -> None:
        """Join two surfaces of the same space.

        Args:
            slave: surface whose quadrature points carry the tractions; the softer or
                finer one.
            master: surface that they meet.
            law: constants.
            search_radius_mm: longest way along a normal to a partner.
            near_mm: gap below which a pair gets room in the matrix beforehand.
            watched_mm: gap below which a pair without room makes all room be given anew. A
                step closes less than what lies between the two, so that one pattern, and
                all that is made from it, serves several steps.
        """
        self.slave = slave
        self.master = master
        self.near_mm = near_mm
        self.watched_mm = watched_mm
        # Compiled by one rank, before each asks for it.
        loops(slave.comm)
        self._search = FacetSearch(master.facets, master.neighbours, search_radius_mm)
        self._candidates = CandidatePairs(slave.local.size, master.ring)
        self._last: _Evaluation | None = None
        self.renew(law)
        count = slave.local.size
        self._facet_of = np.repeat(np.arange(count), slave.points_per_facet)
        self._shapes = np.tile(slave.shapes, (count, 1))

    def renew(self, law: ContactLaw) -> None:
        """Take other constants and forget what was; candidates stay, which are a superset."""
        self.law = law
        self._state = initial_state(self.slave)
        self._started = False
        self._last = None

    def update_candidates(self, u: dolfinx.fem.Function) -> bool:
        """Renew the superset of pairs if pairs near contact have left it; collective.

        Returns:
            Whether :meth:`pattern` has changed on any rank.
        """
        last = self._evaluate(u)
        if not self._started:
            self._accept(last)
        found = [self._pairs_below(last, gap) for gap in (self.watched_mm, self.near_mm)]
        changed = bool(self.slave.comm.allreduce(self._candidates.outside(*found[0])))
        if changed:
            self._candidates.rebuild(*found[1], self.law.friction > 0.0)
        return changed

    def _pairs_below(self, last: _Evaluation, gap_mm: float) -> tuple[IntArray, IntArray, IntArray]:
        """Slave facet, partner and anchor's facet (n,) of the points nearer than a gap."""
        near = np.flatnonzero(last.hits.gap < gap_mm)
        return self._facet_of[near], last.hits.facet[near], self._anchor_facets(near)

    def pattern(self) -> tuple[IntArray, IntArray]:
        """Global scalar dofs (n, 18) and (n, 18): rectangles beyond the bodies' own."""
        slave_nodes = self.slave.nodes[self.slave.facets[self.slave.local]]
        master_nodes = self.master.nodes[self.master.facets]
        facet, partner = self._candidates.pairs()
        there, anchor = self._candidates.couples()
        one, two = slave_nodes[facet], master_nodes[partner]
        rows = np.concatenate([one, two, master_nodes[there]])
        cols = np.concatenate([two, one, master_nodes[anchor]])
        return block_dofs(rows), block_dofs(cols)

    def evaluate(
        self, u: dolfinx.fem.Function, need_tangent: bool = True, lagged: bool = False
    ) -> ContactIncrement:
        """Residual and tangent at a displacement with updated ghosts; collective."""
        last = self._evaluate(u)
        index = last.active.index
        dofs, values = self._residual(last)
        return ContactIncrement(
            dofs=dofs,
            values=values,
            tangent=self._tangent(last, lagged) if need_tangent and index.size else (),
            active=int(index.size),
            slipping=int(last.slipping.sum()),
            missed=int((last.hits.facet < 0).sum()),
            outside_pattern=self._candidates.outside(
                self._facet_of[index], last.hits.facet[index], self._anchor_facets(index)
            ),
            max_penetration_mm=float(max(0.0, -last.active.gap.min(initial=0.0))),
        )

    def commit(self, u: dolfinx.fem.Function | None = None) -> None:
        """Make the state at ``u`` (else at the last evaluation) the old one; collective."""
        self._accept(self._evaluate(u) if u is not None else self._require_last())

    def augment(self) -> float:
        """Let the pressures of the last evaluation stand at zero gap; collective.

        Returns:
            The largest change of closure over all ranks, mm.
        """
        shift = np.maximum(np.nan_to_num(self._require_last().closure), 0.0)
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
        """Fields of the last evaluation at the local points."""
        last = self._require_last()
        surface = self.slave
        normal = -last.frame.normal
        met = np.flatnonzero(last.hits.facet >= 0)
        on = self.master.facets[last.hits.facet[met]]
        nodal, normals = last.master_positions[on], last.normals[on]
        normal[met] = surface_at(nodal, normals, last.hits.eta[met])[2]
        return ContactOutput(
            point=self._state.point,
            reference_mm=surface.frame(surface.reference).position,
            current_mm=last.frame.position,
            area_reference_mm2=surface.weights,
            area_current_mm2=surface.current_weights(last.frame),
            normal=normal,
            pressure_mpa=last.pressure,
            traction_mpa=last.traction,
            gap_mm=last.hits.gap,
            slipping=last.slipping,
        )

    def resultant(self, about: Array | None = None) -> Resultant:
        """Force and moment on the slave body about a point (origin); collective."""
        last = self._require_last()
        force = np.zeros_like(last.frame.position)
        force[last.active.index] = last.active.weight[:, None] * last.active.density
        return sum_over_ranks(self.slave, last.frame.position, force, about)

    def _require_last(self) -> _Evaluation:
        if self._last is None:
            raise RuntimeError("contact has not been evaluated yet")
        return self._last

    def _anchor_facets(self, index: IntArray) -> IntArray:
        if self.law.friction == 0.0:
            return np.full(index.size, -1, dtype=np.int64)
        return self._state.anchor_facet[index]

    def _evaluate(self, u: dolfinx.fem.Function) -> _Evaluation:
        slave_positions, positions = self.slave.own_positions(u), self.master.positions(u)
        last = self._last
        if (
            last is not None
            and last.state is self._state
            and np.array_equal(slave_positions, last.slave_positions)
            and np.array_equal(positions, last.master_positions)
        ):
            return last
        frame = self.slave.frame(slave_positions)
        guess = last.hits if last is not None else None
        normals = self._search.nodal_normals(positions)
        hits = self._search.locate(frame.position, frame.normal, positions, normals, guess)
        closure = self._state.shift_mm - hits.gap
        pressure, slope = self.law.pressure(np.nan_to_num(closure, nan=-1.0))
        share, share_slopes = self._search.fade(hits.facet, hits.eta)
        rim_slopes = pressure[:, None] * share_slopes
        pressure, slope = share * pressure, share * slope
        index = np.flatnonzero(pressure > 0.0)
        active = self._active(
            index, frame, positions, normals, hits, closure, pressure, slope, rim_slopes
        )
        traction = np.zeros_like(frame.position)
        slipping = np.zeros(pressure.size, dtype=bool)
        if active.friction is not None:
            traction[index] = active.friction.traction
            slipping[index] = active.friction.slipping
        self._last = _Evaluation(
            state=self._state,
            slave_positions=slave_positions,
            master_positions=positions,
            normals=normals,
            frame=frame,
            hits=hits,
            closure=closure,
            pressure=pressure,
            traction=traction,
            slipping=slipping,
            active=active,
        )
        return self._last

    def _active(
        self,
        index: IntArray,
        frame: PointFrame,
        positions: Array,
        normals: Array,
        hits: Hits,
        closure: Array,
        pressure: Array,
        stiffness: Array,
        rim_slopes: Array,
    ) -> ActivePoints:
        eta = hits.eta[index]
        on = self.master.facets[hits.facet[index]]
        _, tangents, normal, bend = surface_at(positions[on], normals[on], eta)
        state = self._state
        anchor_facet = self._anchor_facets(index)
        anchor_shape = shape_functions(state.anchor[index, :2])
        offset = np.zeros((index.size, 3))
        share: Array = np.zeros(index.size)
        share_slope: Array = np.zeros(index.size)
        friction = None
        if self.law.friction > 0.0:
            held = anchor_facet >= 0
            nodal = positions[self.master.facets[anchor_facet]]
            there = (anchor_shape[:, None, :] @ nodal)[:, 0]
            offset[held] = (frame.position[index] - there)[held]
            share, share_slope = closing_share(closure[index], state.closure_mm[index])
            share, share_slope = share * held, share_slope * held
            across = offset - dot(offset, normal)[:, None] * normal
            way = share[:, None] * across
            friction = coulomb(way, pressure[index], self.law.friction, self.law.slip_mm)
        return ActivePoints(
            index=index,
            weight=self.slave.weights[index],
            slave_shape=self._shapes[index],
            master_shape=shape_functions(eta),
            master_slopes=shape_gradients(eta),
            tangents=tangents,
            normal=normal,
            bend=bend,
            gap=hits.gap[index],
            pressure=pressure[index],
            stiffness=stiffness[index],
            rim_slopes=rim_slopes[index],
            anchor_facet=anchor_facet,
            anchor_shape=anchor_shape,
            offset=offset,
            share=share,
            share_slope=share_slope,
            friction=friction,
        )

    def _nodes(self, last: _Evaluation) -> IntArray:
        """Global block dofs (n, 12) of the active points: slave facet, partner facet."""
        index = last.active.index
        one = self.slave.nodes[self.slave.facets[self.slave.local[self._facet_of[index]]]]
        two = self.master.nodes[self.master.facets[last.hits.facet[index]]]
        return np.concatenate([one, two], axis=1)

    def _residual(self, last: _Evaluation) -> tuple[IntArray, Array]:
        active = last.active
        force = active.weight[:, None] * active.density
        shapes = np.concatenate([-active.slave_shape, active.master_shape], axis=1)
        blocks, sums = nodal_sums(self._nodes(last), shapes[:, :, None] * force[:, None, :])
        return block_dofs(blocks[:, None]), sums

    def _tangent(self, last: _Evaluation, lagged: bool) -> tuple[TangentBlocks, ...]:
        """Blocks added up over the points that share their facets."""
        active = last.active
        found = operators(active, lagged)
        nodes = self._nodes(last)
        partner = last.hits.facet[active.index]
        count = self.master.facets.shape[0]
        key = self._facet_of[active.index] * count + partner
        apart = (active.anchor_facet >= 0) & (active.anchor_facet != partner)
        blocks = []
        for which, separate in ((~apart, False), (apart, True)):
            chosen = np.flatnonzero(which)
            if chosen.size == 0:
                continue
            group = key[chosen] * count + active.anchor_facet[chosen] if separate else key[chosen]
            order = np.argsort(group, kind="stable")
            chosen, group = chosen[order], group[order]
            first = np.flatnonzero(np.concatenate([[True], group[1:] != group[:-1]]))
            values = stiffness_blocks(active.take(chosen), found.take(chosen), first, separate)
            rows = nodes[chosen[first]]
            cols = rows
            if separate:
                carrier = active.anchor_facet[chosen[first]]
                cols = np.concatenate(
                    [rows, self.master.nodes[self.master.facets[carrier]]], axis=1
                )
            blocks.append(TangentBlocks(block_dofs(rows), block_dofs(cols), values))
        return tuple(blocks)

    def _accept(self, last: _Evaluation) -> None:
        """Carry the anchors along with slip, onto the facets now in contact."""
        anchor = np.zeros((last.closure.size, 3))
        anchor[:, :2] = last.hits.eta
        if last.active.friction is not None and last.active.index.size:
            index = last.active.index
            nodal = last.master_positions[self.master.facets[last.hits.facet[index]]]
            fixed = np.repeat(last.active.normal[:, None], nodal.shape[1], axis=1)
            place = last.frame.position[index] - last.active.friction.kept
            eta = project(place, nodal, fixed, last.hits.eta[index])
            found = np.isfinite(eta).all(axis=1)
            anchor[index[found], :2] = eta[found]
        self._state = replace(
            self._state,
            anchor_facet=last.hits.facet.copy(),
            anchor=anchor,
            closure_mm=np.nan_to_num(last.closure, nan=-np.inf),
        )
        self._started = True
