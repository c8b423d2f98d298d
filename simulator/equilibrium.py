# SPDX-License-Identifier: MIT
"""One equilibrium of deformable bodies, rigid segments, contact and connectors.

Holds the state (displacement, poses, extra scalars), evaluates the reduced
residual and tangent at it, and knows nothing of how the equations are solved.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import dolfinx
import dolfinx.fem.petsc
import numpy as np
from mpi4py import MPI
from numpy.typing import NDArray
from petsc4py import PETSc

from simulator.bushings import Bushings
from simulator.connectors import Connectors, ConnectorState
from simulator.reduction import EXTRA_SCALARS, Reduction
from simulator.retraction import RollingBody
from simulator.segments import Poses, increment_scale
from simulator.solid import Solid
from simulator.tangent import ReducedTangent
from simulator.terms import ClosureState, ContactTerm, Drives, FixedLoading, InertiaTerm, Loading

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class State:
    """A saved state, for cut-back."""

    u: Array
    poses: Poses
    extra: Array
    contact: tuple[Any, ...]
    history: Any = None


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Forces at a state; histories and loads are those of the moment.

    Attributes:
        u: Displacement of the local nodes, shape (3 n,).
        poses: Of the segments.
        extra: Extra scalars.
        nodal: Internal and contact forces on owned nodes (N).
        outside: Contact points whose pairs the tangent's pattern does not hold, on this rank.
        wrench: Sum of those on each segment, moments scaled, shape (n, 6).
        geometric: Geometric term of each segment, scaled, shape (n, 3, 3).
        connectors: Joints, bands, bushings, drives and inertia.
    """

    u: Array
    poses: Poses
    extra: Array
    nodal: Array
    outside: int
    wrench: Array
    geometric: Array
    connectors: ConnectorState


class Equilibrium:
    """Residual and tangent in the reduced unknowns ``y``.

    Args:
        reduction: Map between displacement and reduced unknowns.
        solid: Deformable bodies.
        connectors: Joints and bands.
        contacts: Contact conditions.
        rolling: Body whose tissue turns with its segments within an increment, if any.
        bushings: Springs and dampers between segments.
        inertia: Of a time step; none in a quasi-static analysis.
    """

    def __init__(
        self,
        reduction: Reduction,
        solid: Solid,
        connectors: Connectors,
        contacts: Sequence[ContactTerm],
        rolling: RollingBody | None = None,
        bushings: Bushings | None = None,
        inertia: InertiaTerm | None = None,
    ):
        self.reduction = reduction
        self.solid = solid
        self.connectors = connectors
        self.contacts = tuple(contacts)
        self.rolling = rolling
        self.bushings = bushings
        self.inertia = inertia
        self.comm = reduction.comm
        self.poses = reduction.segments.neutral()
        self.extra: Array = np.zeros(EXTRA_SCALARS)
        self.loading: Loading = FixedLoading(Drives({}), len(reduction.segments))
        self._nodal = solid.u.x.petsc_vec.duplicate()
        self._reduced: ReducedTangent | None = None
        self._outgrown: ReducedTangent | None = None
        self._outside = 0
        self.pattern_changes = 0

    # -- state -------------------------------------------------------------------------------

    @property
    def u(self) -> dolfinx.fem.Function:
        """Displacement of all nodes (mm)."""
        return self.solid.u

    def save(self) -> State:
        """Return a copy of the state."""
        contact = tuple(c.state() for c in self.contacts)
        return State(
            self.u.x.array.copy(), self.poses, self.extra.copy(), contact, self.solid.save()
        )

    def restore(self, state: State) -> None:
        """Go back to a saved state."""
        self.u.x.array[:] = state.u
        self.poses, self.extra = state.poses, state.extra.copy()
        for contact, saved in zip(self.contacts, state.contact, strict=True):
            contact.restore(saved)
        self.solid.restore(state.history)

    def begin_anew(self) -> None:
        """Go back to the unloaded state without loads; matrices keep their pattern; collective."""
        segments = self.reduction.segments
        self.poses, self.extra = segments.neutral(), np.zeros(EXTRA_SCALARS)
        self.loading = FixedLoading(Drives({}), len(segments))
        self.u.x.array[:] = 0.0

    def commit(self) -> None:
        """Make the histories of the present state the old ones."""
        self.solid.commit()
        for contact in self.contacts:
            contact.commit(self.u)

    def write_unknowns(self, y: PETSc.Vec) -> None:
        """Write the present state into ``y``: segment increments are zero."""
        r = self.reduction
        values: Array = self.u.x.array.reshape(-1, 3)[r.free].ravel()
        if self.comm.rank == 0:
            values = np.concatenate([values, np.zeros(6 * len(r.segments)), self.extra])
        y.array_w[:] = values

    def read_unknowns(self, y: PETSc.Vec, base: Poses) -> None:
        """Set the state from ``y``, segments advanced from ``base``; collective."""
        values = y.array_r
        increments, self.extra = self.reduction.tail(values)
        if self.rolling is None:
            self.poses = base.advanced(increments)
        else:
            plain = values[: 3 * len(self.reduction.free)].reshape(-1, 3)
            self.poses, free = self.rolling.carry_out(base, increments, plain)
            values = free.ravel()
        self.reduction.displace(self.u, values, self.poses)

    # -- residual ----------------------------------------------------------------------------

    def nodal_residual(self) -> Array:
        """Assemble internal and contact forces on owned nodes (N); collective."""
        b = self._nodal
        self._outside = 0
        with b.localForm() as local:
            local.set(0.0)
        dolfinx.fem.petsc.assemble_vector(b, self.solid.residual_form)
        if self.inertia is not None:
            dolfinx.fem.petsc.assemble_vector(b, self.inertia.residual_form)
        b.ghostUpdate(addv=PETSc.InsertMode.ADD, mode=PETSc.ScatterMode.REVERSE)
        for contact in self.contacts:
            part = contact.evaluate(self.u, False)
            dofs = part.dofs.ravel().astype(PETSc.IntType)
            b.setValues(dofs, part.values.ravel(), addv=PETSc.InsertMode.ADD)
            self._outside += part.outside_pattern
        b.assemble()
        return b.array_r[: 3 * self.reduction.owned].copy()

    def connector_state(self) -> ConnectorState:
        """Evaluate joints, bands, bushings, drives and inertia at the present poses."""
        d = self.loading.drives(self.extra)
        state = self.connectors.evaluate(self.poses, d.joints, d.rotations, d.translations)
        if self.bushings is not None:
            other = self.bushings.evaluate(self.poses, d.bushings)
            scale = increment_scale(len(self.poses.position_mm))
            state = replace(
                state,
                energy_nmm=state.energy_nmm + other.energy_nmm,
                gradient_n=state.gradient_n + other.gradient * scale,
                hessian_n_per_mm=state.hessian_n_per_mm + other.hessian * np.outer(scale, scale),
            )
        if self.inertia is not None:
            inertia = self.inertia.segments(self.poses)
            state = replace(
                state,
                gradient_n=state.gradient_n + inertia.gradient_n,
                hessian_n_per_mm=state.hessian_n_per_mm + inertia.tangent_n_per_mm,
            )
        return state

    def evaluate(self) -> Evaluation:
        """Return all forces at the present state; collective."""
        nodal = self.nodal_residual()
        levers = self.reduction.levers(self.u, self.poses)
        wrench, geometric = self.reduction.segment_forces(nodal, levers)
        return Evaluation(
            self.u.x.array.copy(),
            self.poses,
            self.extra.copy(),
            nodal,
            self._outside,
            wrench,
            geometric,
            self.connector_state(),
        )

    def _is_at(self, known: Evaluation) -> bool:
        """Whether an evaluation is one of the present state, on all ranks; collective."""
        same = (
            np.array_equal(known.u, self.u.x.array)
            and np.array_equal(known.extra, self.extra)
            and np.array_equal(known.poses.position_mm, self.poses.position_mm)
            and np.array_equal(known.poses.rotation, self.poses.rotation)
        )
        return bool(self.comm.allreduce(same, op=MPI.LAND))

    def residual(self, out: PETSc.Vec, known: Evaluation | None = None) -> Evaluation:
        """Write the reduced residual (N) at the present state; collective.

        Args:
            out: The residual.
            known: Last evaluation under the same loads and histories; serves if it is one of
                the present state.

        Returns:
            What it is made of.
        """
        found = known if known is not None and self._is_at(known) else self.evaluate()
        closure = self.loading.closure(self.poses, found.connectors, self.extra)
        wrench = found.wrench.ravel() + found.connectors.gradient_n
        out.array_w[:] = self.reduction.local_residual(found.nodal, wrench, closure.value)
        return found

    # -- tangent -----------------------------------------------------------------------------

    def refresh_pattern(self) -> bool:
        """Let contacts look for candidates; drop matrices whose pattern is outgrown; collective."""
        changed = [c.update_candidates(self.u) for c in self.contacts]
        if any(changed) or self._reduced is None:
            self._outgrown = self._reduced or self._outgrown
            self._reduced = None
            self.pattern_changes += 1
            return True
        return False

    def _make_tangent(self, coarse: Reduction | None) -> ReducedTangent:
        """Return a tangent for the present pattern; collective."""
        earlier, self._outgrown = self._reduced or self._outgrown, None
        return ReducedTangent(self.reduction, coarse, self.contacts, earlier)

    def tangent(
        self,
        lagged_friction: bool = False,
        coarse: Reduction | None = None,
        known: Evaluation | None = None,
        damping_n_per_mm4: float = 0.0,
        keep_coarse: bool = False,
    ) -> tuple[ReducedTangent, ClosureState]:
        """Assemble the reduced tangent at the present state; collective.

        Args:
            lagged_friction: Whether friction enters by its secant in place of its tangent.
            coarse: Linear elements whose matrix is assembled with it, if any.
            known: Last evaluation under the same loads and histories; serves if it is one of
                the present state.
            damping_n_per_mm4: What opposes a movement, by unloaded volume; no part of the
                residual.
            keep_coarse: Whether linear elements may keep their last values, where the pattern
                is still the same.

        Returns:
            The product in the layout of ``y`` (extra scalars decoupled, unit diagonal)
            and the rows and columns that couple them.
        """
        r = self.reduction
        known = known if known is not None and self._is_at(known) else self.evaluate()
        if self.comm.allreduce(known.outside):
            self.refresh_pattern()
        if self._reduced is None or self._reduced.coarse_reduction is not coarse:
            self._reduced, keep_coarse = self._make_tangent(coarse), False
        made = self._reduced
        levers = r.levers(self.u, self.poses)
        renewed = None if keep_coarse else coarse
        made.begin(levers, None if renewed is None else renewed.rigid_levers(self.poses))
        density = None if self.inertia is None else self.inertia.cell_factor()
        if damping_n_per_mm4 > 0.0:
            cells = r.space.mesh.topology.index_map(3)
            opposed = np.full(cells.size_local + cells.num_ghosts, damping_n_per_mm4)
            density = opposed if density is None else density + opposed
        made.add_cells(self.solid.kernels, self.solid.quadrature, density)
        for contact in self.contacts:
            for block in contact.evaluate(self.u, True, lagged_friction).tangent:
                made.add_contact(block)

        state = known.connectors
        n = 6 * len(r.segments)
        block = np.eye(n + EXTRA_SCALARS)
        block[:n, :n] = state.hessian_n_per_mm
        for i, term in enumerate(known.geometric):
            block[6 * i + 3 : 6 * i + 6, 6 * i + 3 : 6 * i + 6] += term
        made.add_segments(block)
        made.finish()
        return made, self.loading.closure(self.poses, state, self.extra)
