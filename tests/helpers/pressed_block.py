# SPDX-License-Identifier: MIT
"""A soft block under two held segments, pressed on a rough plane and dragged over it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import dolfinx
import numpy as np
from mpi4py import MPI
from numpy.typing import NDArray

from simulator import compat
from simulator.connectors import Connectors, RotationDrive, TranslationDrive
from simulator.contact import ContactLaw, ContactSurface, PlaneContact
from simulator.equilibrium import Equilibrium
from simulator.linear import LinearSolver
from simulator.mesh import distribute
from simulator.newton import NewtonReport, NewtonSettings, solve
from simulator.reduction import Reduction
from simulator.solid import Solid
from simulator.stepping import Counters, March, march
from simulator.terms import Drives, FixedLoading
from simulator.trails import Guide
from tests.helpers.segment_block import SEGMENTS, SURFACES, NeoHooke, box_mesh

Array = NDArray[np.float64]
STOPS = (0.25, 0.5, 0.75, 1.0)
PRESSED_MM, DRAGGED_MM = 1.5, 1.2
HOLD_N_PER_MM, HOLD_NMM_PER_RAD = 500.0, 1e6


@dataclass(frozen=True)
class Soft(NeoHooke):
    """The block's law with a shear modulus (MPa)."""

    shear_mpa: float = 0.05

    def parameters(self) -> dict[str, float]:
        """Shear and bulk modulus."""
        return {"mu": self.shear_mpa, "k": 10.0 * self.shear_mpa}


@dataclass
class PressedBlock:
    """One block; `go` takes it through all stops."""

    shear_mpa: float
    friction: float = 0.4
    equilibrium: Equilibrium = field(init=False)
    contact: PlaneContact = field(init=False)
    linear: LinearSolver = field(init=False)
    counters: Counters = field(init=False)

    def __post_init__(self) -> None:
        comm = MPI.COMM_SELF
        mesh = distribute(comm, box_mesh())
        u = dolfinx.fem.Function(compat.vector_space(mesh.mesh, 2))
        solid = Solid(u, mesh.cell_tags, {1: Soft(self.shear_mpa)})
        reduction = Reduction(u.function_space, mesh.facet_tags, SEGMENTS, SURFACES)
        sole = ContactSurface(u.function_space, mesh.facet_tags.find(1))
        self.contact = PlaneContact(sole, [0.0, 0.0, 0.0], [0.0, 1.0, 0.0], self.law())
        self.equilibrium = Equilibrium(
            reduction, solid, Connectors(SEGMENTS, (), ()), [self.contact]
        )
        self.linear = LinearSolver("direct")

    def law(self) -> ContactLaw:
        """Of the contact with the plane."""
        return ContactLaw(0.5, friction=self.friction)

    def renew(self, shear_mpa: float) -> bool:
        """Make it a block of another modulus."""
        self.shear_mpa = shear_mpa
        if not self.equilibrium.solid.renew({1: Soft(shear_mpa)}):
            return False
        self.contact.renew(self.law())
        self.equilibrium.begin_anew()
        return True

    def go(self, guide: Guide | None = None) -> dict[str, Array]:
        """March through all stops; what the block is like at the end."""
        settings = NewtonSettings(tolerance_n=1e-6)
        self.counters = Counters()

        def solved(settings: NewtonSettings) -> NewtonReport:
            return solve(self.equilibrium, self.linear, settings)

        def solve_at(share: float) -> NewtonReport:
            self.equilibrium.loading = FixedLoading(held(share), len(SEGMENTS))
            if guide is None:
                return solved(settings)
            stop = ("drag", share)
            return guide.solve(self.equilibrium, stop, settings, 1e-6, solved, lambda _: None)

        march(
            self.equilibrium,
            solve_at,
            March.begun(0.0, self.counters),
            STOPS,
            lambda *_: None,
        )
        output = self.contact.output()
        return {
            "u": self.equilibrium.u.x.array.copy(),
            "pressure": output.pressure_mpa.copy(),
            "traction": output.traction_mpa.copy(),
        }


def held(share: float) -> Drives:
    """Springs that press first and drag all the way, from the first stop on."""
    way = np.array([DRAGGED_MM * share, -PRESSED_MM * min(2.0 * share, 1.0), 0.0])
    turns: Any = tuple(
        RotationDrive(name, np.eye(3), np.eye(3) * HOLD_NMM_PER_RAD, np.zeros(3))
        for name in SEGMENTS.names
    )
    moves = tuple(
        TranslationDrive(name, np.zeros(3), np.full(3, HOLD_N_PER_MM), place + way)
        for name, place in zip(SEGMENTS.names, SEGMENTS.reference_mm, strict=True)
    )
    return Drives({}, turns, moves)


def apart(one: dict[str, Array], other: dict[str, Array]) -> float:
    """Largest difference of any field over its largest value."""
    return max(
        float(np.abs(one[name] - other[name]).max() / np.abs(other[name]).max()) for name in other
    )
