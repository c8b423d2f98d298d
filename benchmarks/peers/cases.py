# SPDX-License-Identifier: MIT
"""What both solvers are given: mesh, laws, load, contact, by name and size."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.peers.deck import ContactCard, Deck, quadratic
from benchmarks.peers.laws import Law, QuadraticVolume
from materials.ogden import HyperFoam, Ogden
from materials.solids import NeoHookean
from tests.helpers.contact_bodies import Tagged, box, grid_block, merge

Array = NDArray[np.float64]
BODY, UNDER = 1, 2
BASE, PLATE, SOLE, TOP = 1, 2, 3, 4

SHEARED_MM = np.array([5.0, -4.0, 2.0])
HEEL_PAD = Ogden((0.01645,), (6.82,))
EVA_35 = HyperFoam((1.0039, 0.03168), (13.42, -1.38))


@dataclass(frozen=True, slots=True)
class Touch:
    """Contact of the body's sole with what is under it.

    Attributes:
        rigid: Whether that is a rigid plane.
        penalty_mpa_per_mm: Slope of pressure over penetration.
        friction: Coulomb's coefficient.
        slip_mm: Way over which solespine builds friction up; CalculiX gets the slope that takes
            the cone's edge at 0.1 MPa over half of it.
    """

    rigid: bool
    penalty_mpa_per_mm: float
    friction: float = 0.0
    slip_mm: float = 0.2


@dataclass(frozen=True)
class Case:
    """One comparison.

    Attributes:
        title: As it stands in tables.
        body: Mesh of a size.
        sizes: Names of the sizes with the cells along an edge, or the like.
        laws: Law of each region.
        motions: Displacement of the plate at the end of each step (mm); the base stands.
        increments: Equal increments of each step, in both solvers.
        held: Surfaces that are rigid, in CalculiX prescribed.
        touch: Contact, if any.
        within: Wanted agreement of reaction and displacement.
    """

    title: str
    body: Callable[[int], Tagged]
    sizes: Mapping[str, int]
    laws: Mapping[int, Law]
    motions: tuple[Array, ...] = (SHEARED_MM,)
    increments: int = 4
    held: tuple[int, ...] = (BASE, PLATE)
    touch: Touch | None = None
    within: float = 1e-3

    def deck(self, size: str) -> Deck:
        """The same for CalculiX."""
        steps = [({PLATE: motion}, self.increments) for motion in self.motions]
        contact = None
        if self.touch is not None:
            t = self.touch
            stick = t.friction * 0.1 / (0.5 * t.slip_mm)
            contact = ContactCard(SOLE, TOP, t.penalty_mpa_per_mm, t.friction, stick)
        return Deck(quadratic(self.body(self.sizes[size])), self.laws, self.held, steps, contact)


def block(cells: int) -> Tagged:
    """A block of 30 by 20 by 30 mm with six tetrahedra in each of its bricks."""
    shape = (cells, round(2 * cells / 3), cells)
    return box(shape, (0.0, 0.0, 0.0), (30.0, 20.0, 30.0), BODY, BASE, PLATE)


def dome(cells: int) -> Tagged:
    """A pad of 40 by 18 by 40 mm whose underside is a sphere of 60 mm, over the origin."""

    def place(unit: Array) -> Array:
        x, z = 40.0 * (unit[:, 0] - 0.5), 40.0 * (unit[:, 2] - 0.5)
        rise = 60.0 - np.sqrt(60.0**2 - x**2 - z**2)
        return np.column_stack([x, 18.0 * unit[:, 1] + rise * (1.0 - unit[:, 1]), z])

    return grid_block((4 * cells, 2 * cells, 4 * cells), place, BODY, SOLE, PLATE)


def dome_on_plane(cells: int) -> Tagged:
    """The pad on a slab of one layer, which CalculiX holds; solespine has a plane instead."""
    slab = box((2, 1, 2), (-30.0, -6.0, -30.0), (30.0, 0.0, 30.0), UNDER, BASE, TOP)
    return merge(dome(cells), slab)


def dome_on_block(cells: int) -> Tagged:
    """The pad on a block of 48 by 10 by 48 mm, meshes not matching."""
    shape = (3 * cells + 1, cells, 3 * cells + 1)
    under = box(shape, (-24.0, -10.0, -24.0), (24.0, 0.0, 24.0), UNDER, BASE, TOP)
    return merge(dome(cells), under)


BLOCK_SIZES = {"5 k": 6, "20 k": 10, "75 k": 16}
DOME_SIZES = {"8 k": 2, "30 k": 3}
PAD = {BODY: NeoHookean(0.05, 0.45), UNDER: NeoHookean(0.1, 0.45)}
PRESSED = np.array([0.0, -3.0, 0.0])
DRAGGED = np.array([4.0, -3.0, 0.0])

CASES = {
    "neo-hooke": Case(
        "Block, neo-Hooke, nu 0.475", block, BLOCK_SIZES, {BODY: NeoHookean(0.05, 0.475)}
    ),
    # The finest block as far as the other solver's increments go without being cut.
    "neo-hooke-half": Case(
        "Block, neo-Hooke, half of the way",
        block,
        {"20 k": 10, "160 k": 21},
        {BODY: NeoHookean(0.05, 0.475)},
        (0.5 * SHEARED_MM,),
        increments=2,
    ),
    "neo-hooke-quadratic": Case(
        "Block, neo-Hooke with (J - 1)^2",
        block,
        {"5 k": 6, "20 k": 10},
        {BODY: QuadraticVolume(NeoHookean(0.05, 0.475))},
    ),
    "ogden": Case(
        "Block, Ogden heel pad with (J - 1)^2",
        block,
        {"5 k": 6, "20 k": 10, "75 k": 16},
        {BODY: QuadraticVolume(HEEL_PAD)},
    ),
    "hyperfoam": Case(
        "Block, hyperfoam EVA 35", block, {"5 k": 6, "20 k": 10, "75 k": 16}, {BODY: EVA_35}
    ),
    "plane": Case(
        "Dome on rigid plane, no friction",
        dome_on_plane,
        DOME_SIZES,
        PAD,
        (PRESSED,),
        held=(BASE, PLATE, TOP),
        touch=Touch(True, 2.0),
        within=0.02,
    ),
    "plane-friction": Case(
        "Dome on rigid plane, friction 0.5",
        dome_on_plane,
        DOME_SIZES,
        PAD,
        (PRESSED, DRAGGED),
        held=(BASE, PLATE, TOP),
        touch=Touch(True, 2.0, 0.5, 0.05),
        within=0.02,
    ),
    "pair": Case(
        "Dome on soft block, no friction",
        dome_on_block,
        DOME_SIZES,
        PAD,
        (PRESSED,),
        touch=Touch(False, 2.0),
        within=0.02,
    ),
    "pair-friction": Case(
        "Dome on soft block, friction 0.5",
        dome_on_block,
        DOME_SIZES,
        PAD,
        (PRESSED, DRAGGED),
        touch=Touch(False, 2.0, 0.5, 0.05),
        within=0.02,
    ),
}
