# SPDX-License-Identifier: MIT
"""Stress and strain of cells against closed forms."""

from __future__ import annotations

import numpy as np
import pytest
from mpi4py import MPI
from scipy.spatial.transform import Rotation

from simulator.cell_fields import CellFields, von_mises
from tests.helpers.segment_block import NeoHooke, build

STRETCH = np.diag([1.2, 0.9, 0.95])
TURN = Rotation.from_rotvec([0.3, -0.5, 0.2]).as_matrix()


def homogeneous(gradient: np.ndarray) -> tuple[CellFields, np.ndarray]:
    equilibrium = build(MPI.COMM_SELF, connected=False).equilibrium
    x = equilibrium.reduction.coordinates
    equilibrium.u.x.array.reshape(-1, 3)[:] = x @ (gradient - np.eye(3)).T
    cells = np.arange(equilibrium.solid.cell_tags.values.size, dtype=np.int32)
    return CellFields(equilibrium.solid), cells


@pytest.mark.parametrize("turn", [np.eye(3), TURN], ids=["straight", "turned"])
def test_homogeneous_stretch_has_the_stress_of_the_law(turn: np.ndarray) -> None:
    gradient = turn @ STRETCH
    fields, cells = homogeneous(gradient)
    found = fields.gradient(cells)
    np.testing.assert_allclose(found, np.tile(gradient, (len(cells), 1, 1)), atol=1e-12)
    state = fields.state(cells)
    mu, j = NeoHooke().parameters()["mu"], np.linalg.det(STRETCH)
    left = np.diag(STRETCH @ STRETCH)
    deviator = mu * j ** (-5 / 3) * (left - left.mean())
    np.testing.assert_allclose(state.von_mises_mpa, np.sqrt(1.5 * deviator @ deviator))
    np.testing.assert_allclose(state.max_principal_strain, 0.2)


def test_rigid_motion_has_neither_stress_nor_strain() -> None:
    fields, cells = homogeneous(TURN)
    state = fields.state(cells)
    np.testing.assert_allclose(state.von_mises_mpa, 0.0, atol=1e-12)
    np.testing.assert_allclose(state.max_principal_strain, 0.0, atol=1e-12)


def test_some_cells_and_none() -> None:
    fields, cells = homogeneous(STRETCH)
    whole = fields.state(cells)
    some = fields.state(cells[3:9])
    np.testing.assert_array_equal(some.von_mises_mpa, whole.von_mises_mpa[3:9])
    assert len(fields.state(cells[:0]).von_mises_mpa) == 0


def test_von_mises_of_known_stresses() -> None:
    shear = np.zeros((3, 3))
    shear[0, 1] = shear[1, 0] = 2.0
    stress = np.array([np.diag([-3.0, 0, 0]), 5 * np.eye(3), shear])
    np.testing.assert_allclose(von_mises(stress), [3, 0, 2 * np.sqrt(3)], atol=1e-12)
