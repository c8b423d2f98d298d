# SPDX-License-Identifier: MIT
"""Measures of hexahedra against bricks that are known."""

from __future__ import annotations

import numpy as np
import pytest

from meshes.hexahedra import VTK_ORDER, hex_quality, quadratic_nodes

BRICK = np.array([[i, j, k] for k in (0.0, 4.0) for j in (0.0, 3.0) for i in (0.0, 2.0)])
CELL = np.arange(8).reshape(1, 8)
BOTTOM = np.array([[0, 1, 2, 3]])


def test_a_brick_is_perfect() -> None:
    quality = hex_quality(BRICK, CELL)
    assert quality.volume_mm3 == pytest.approx(24.0)
    assert quality.min_scaled_jacobian == pytest.approx(1.0)


def test_an_inverted_corner_is_negative() -> None:
    bent = BRICK.copy()
    bent[7] = [-1.0, -1.0, -1.0]
    assert hex_quality(bent, CELL).min_scaled_jacobian < 0.0


def test_volume_of_a_frustum() -> None:
    tapered = BRICK.copy()
    tapered[4:, :2] *= 0.5
    assert hex_quality(tapered, CELL).volume_mm3 == pytest.approx(4.0 * (6.0 + 1.5 + 3.0) / 3.0)


def test_quadratic_nodes_of_one_and_two_bricks() -> None:
    assert quadratic_nodes(CELL, BOTTOM) == 27 - 9
    pair = np.array([range(8), [4, 5, 6, 7, 8, 9, 10, 11]])
    assert quadratic_nodes(pair, BOTTOM) == 45 - 9


def test_vtk_goes_round_each_face() -> None:
    ring = BRICK[list(VTK_ORDER)][:4]
    steps = np.linalg.norm(np.roll(ring, -1, axis=0) - ring, axis=1)
    assert steps == pytest.approx([2.0, 3.0, 2.0, 3.0])
