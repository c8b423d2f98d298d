# SPDX-License-Identifier: MIT
"""The compiled loops over cells against bilinear forms, for each structure of law."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import dolfinx
import numpy as np
import pytest
from dolfinx.fem import petsc as fem_petsc
from mpi4py import MPI

from materials.ogden import HyperFoam, Ogden
from materials.polynomial import MooneyRivlin
from materials.prony import PronySeries
from materials.solids import CompressibleNeoHookean, NeoHookean
from simulator.dynamics.inertia import SegmentInertia
from simulator.dynamics.mass import Inertia
from tests.helpers.product_ranks import product
from tests.helpers.segment_block import Block, build, disturb

COMM = MPI.COMM_SELF
LAWS = {
    "neo-hooke": NeoHookean(0.05),
    "compressible": CompressibleNeoHookean(0.05, 0.2),
    "mooney": MooneyRivlin(0.02, 0.01),
    "ogden-1": Ogden((0.02,), (6.8,)),
    "ogden-2": Ogden((0.02, 0.01), (6.8, -3.0)),
    "hyperfoam": HyperFoam((0.1, 0.05), (11.0, -2.0), 0.1),
    "hyperfoam-nu-0": HyperFoam((0.1,), (11.0,)),
}


def difference(block: Block) -> float:
    """Of the tangent in loops and the product with the bilinear form, for one vector."""
    equilibrium = block.equilibrium
    disturb(equilibrium)
    equilibrium.refresh_pattern()
    tangent, _ = equilibrium.tangent()
    x = tangent.matrix.createVecRight()
    x.array_w[:] = np.cos(np.arange(x.getLocalSize()))
    found, expected = tangent.matrix * x, product(equilibrium, x)
    found.axpy(-1.0, expected)
    return float(found.norm() / expected.norm())


@pytest.mark.parametrize("law", LAWS.values(), ids=LAWS.keys())
def test_each_law(law: Any) -> None:
    assert difference(build(COMM, law=law)) < 1e-11


@pytest.mark.parametrize("law", [LAWS["ogden-1"], LAWS["neo-hooke"]], ids=["ogden-1", "neo-hooke"])
def test_viscous_law_with_a_history(law: Any) -> None:
    block = build(COMM, law=law, series=PronySeries((0.3, 0.2), (0.01, 0.1)))
    solid = block.equilibrium.solid
    disturb(block.equilibrium)
    solid.begin_step(0.02)
    solid.commit()
    solid.begin_step(0.005)
    assert difference(block) < 1e-11


@dataclass
class _Still:
    """Masses of segments that do nothing."""

    gravity_mm_s2: Any = (0.0, 0.0, 0.0)


def test_inertia_is_that_of_its_bilinear_form() -> None:
    """Mass enters a cell's blocks with its density and the step's factor."""
    block = build(COMM, connected=False)
    equilibrium = block.equilibrium
    still: SegmentInertia = _Still()  # type: ignore[assignment]
    inertia = Inertia(equilibrium.u, block.distributed.cell_tags, {1: 1.1e-9}, still)
    inertia._factor.value = 4e8
    equilibrium.refresh_pattern()
    without, _ = equilibrium.tangent()
    x = without.matrix.createVecRight()
    x.array_w[:] = np.cos(np.arange(x.getLocalSize()))
    before = (without.matrix * x).array_r.copy()
    levers = equilibrium.reduction.levers(equilibrium.u, equilibrium.poses)
    without.begin(levers, None)
    solid = equilibrium.solid
    without.add_cells(solid.kernels, solid.quadrature, inertia.cell_factor())
    without.add_segments(np.eye(3 * equilibrium.reduction.tail_blocks))
    without.finish()
    with_mass = (without.matrix * x).array_r.copy()
    without.begin(levers, None)
    without.add_cells(solid.kernels, solid.quadrature, None)
    without.add_segments(np.eye(3 * equilibrium.reduction.tail_blocks))
    without.finish()
    found = with_mass - (without.matrix * x).array_r
    assert not np.allclose(before, with_mass)

    r = equilibrium.reduction
    projection = r.create_projection()
    r.update_projection(projection, levers)
    matrix = fem_petsc.assemble_matrix(inertia.tangent_form)
    matrix.assemble()
    extended = projection * x
    nodal = matrix.createVecRight()
    nodal.array_w[:] = extended.array_r[: 3 * r.owned]
    extended.array_w[:] = np.concatenate([(matrix * nodal).array_r, np.zeros(3 * r.tail_blocks)])
    expected = projection.createVecRight()
    projection.multTranspose(extended, expected)
    np.testing.assert_allclose(found, expected.array_r, atol=1e-9 * np.abs(found).max())
    assert isinstance(inertia.tangent_form, dolfinx.fem.Form)
