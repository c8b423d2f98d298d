# SPDX-License-Identifier: MIT
"""Cut-back with real contact: a step that Newton loses is taken back whole and made in parts."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pytest
from mpi4py import MPI
from numpy.typing import NDArray

from simulator.contact import ContactLaw, ContactSurface, PlaneContact
from simulator.equilibrium import Equilibrium
from simulator.newton import NewtonReport, NewtonSettings, solve
from simulator.stepping import Counters, March, StepsExhausted, march
from simulator.terms import FixedLoading
from tests.helpers.evidence import Evidence
from tests.helpers.segment_block import SEGMENTS, build, drives

DRAGGED_N = 20.0 * np.array([2.0, -8.0, 0.5])
PRESSED_N = 9.75 * np.array([1.0, -12.0, 0.0])
"""At 97 % of what the block carries at all."""
TOO_FEW = 8
"""Newton iterations that do not suffice for all of it from the unloaded state."""


@dataclass
class Pressed:
    """A block that is pressed on a plane and dragged."""

    friction: float
    force_n: NDArray[np.float64] = field(default_factory=DRAGGED_N.copy)
    iterations: int = 25
    equilibrium: Equilibrium = field(init=False)
    state: March = field(default_factory=lambda: March.begun(0.0, Counters()))

    def __post_init__(self) -> None:
        block = build(MPI.COMM_SELF)
        self.equilibrium = block.equilibrium
        self.solver = block.solver("direct")
        sole = ContactSurface(self.equilibrium.reduction.space, block.facet_tags.find(1))
        law = ContactLaw(0.5, friction=self.friction)
        self.equilibrium.contacts = (PlaneContact(sole, (0, 0.3, 0), (0, 1, 0), law),)
        self.equilibrium.refresh_pattern()

    def solve_at(self, share: float) -> NewtonReport:
        self.equilibrium.loading = FixedLoading(drives(share * self.force_n), len(SEGMENTS))
        settings = NewtonSettings(1e-9, max_iterations=self.iterations)
        return solve(self.equilibrium, self.solver, settings)

    def march(self, stops: tuple[float, ...], most_halvings: int) -> None:
        march(self.equilibrium, self.solve_at, self.state, stops, lambda *_: None, most_halvings)


def test_cutback_reaches_what_one_step_does_not(evidence: Evidence) -> None:
    at_once = Pressed(0.0, PRESSED_N, TOO_FEW)
    with pytest.raises(StepsExhausted):
        at_once.march((1.0,), 0)
    cut, small = Pressed(0.0, PRESSED_N, TOO_FEW), Pressed(0.0, PRESSED_N)
    cut.march((1.0,), 8)
    small.march(tuple(np.arange(1, 17) / 16), 0)
    way = np.linalg.norm(cut.equilibrium.u.x.array - small.equilibrium.u.x.array)
    size = np.linalg.norm(small.equilibrium.u.x.array)
    case, counters = "Cut-back, block on a plane", cut.state.counters
    evidence.within("solver", case, "solves lost and taken back", counters.rejected, low=1, high=8)
    evidence.within("solver", case, "steps instead of one", counters.steps, low=2, high=16)
    evidence.within(
        "solver", case, "difference from 16 small steps / displacement", way / size, high=1e-8
    )


class Lost(Pressed):
    """One whose first solve is begun, committed half way and lost."""

    lost = 0

    def solve_at(self, share: float) -> NewtonReport:
        if not self.lost:
            self.lost = 1
            assert super().solve_at(0.8 * share).converged
            self.equilibrium.commit()
            return NewtonReport(False, -6, 0, 0)
        return super().solve_at(share)


def test_friction_remembers_nothing_of_a_rejected_step() -> None:
    """A rejected attempt leaves no slip behind: the rest is as if it had not been."""
    lost, clean = Lost(friction=0.4), Pressed(friction=0.4)
    lost.march((0.4,), 8)
    clean.march((0.2, 0.4), 0)
    assert lost.state.counters.rejected == 1 and lost.state.counters.steps == 2
    np.testing.assert_allclose(
        lost.equilibrium.u.x.array, clean.equilibrium.u.x.array, rtol=0, atol=1e-8
    )
    there, here = (p.equilibrium.contacts[0].resultant().force_n for p in (lost, clean))
    np.testing.assert_allclose(there, here, atol=1e-7)
    assert np.linalg.norm(here[[0, 2]]) > 0.05 * here[1] > 0.05


def test_state_is_whole_when_no_step_is_short_enough() -> None:
    pressed = Pressed(friction=0.4)
    pressed.march((0.2,), 0)
    before = pressed.equilibrium.save()
    with pytest.raises(StepsExhausted):
        march(
            pressed.equilibrium,
            lambda share: (pressed.solve_at(share), NewtonReport(False, -6, 1, 1))[1],
            pressed.state,
            (0.4,),
            lambda *_: None,
            1,
        )
    after = pressed.equilibrium.save()
    np.testing.assert_array_equal(after.u, before.u)
    np.testing.assert_array_equal(after.poses.position_mm, before.poses.position_mm)
    assert after.contact == before.contact
