# SPDX-License-Identifier: MIT
"""Increments of a rolling body: second order only, tissue and joints keep their shape."""

from __future__ import annotations

import numpy as np
import pytest
from mpi4py import MPI

from simulator.retraction import RollingBody
from simulator.rotations import exponential
from simulator.segments import ROTATION_LENGTH_MM
from tests.helpers.segment_block import SEGMENTS, build, direction


@pytest.fixture(scope="module")
def equilibrium():  # type: ignore[no-untyped-def]
    """The block of three segments, all of it one body."""
    made = build(MPI.COMM_SELF).equilibrium
    r = made.reduction
    made.rolling = RollingBody(r, made.connectors.joints, SEGMENTS.names[0], np.arange(r.local))
    return made


def _turned(equilibrium, angle: float):  # type: ignore[no-untyped-def]
    """Unknowns after the linear motion of a turn of everything about a point below."""
    r = equilibrium.reduction
    turn = angle * np.array([0.2, -0.1, 1.0])
    pivot = np.array([10.0, -5.0, 5.0])
    y = r.create_vector()
    free = np.cross(turn, r.coordinates[r.free] - pivot)
    places = np.cross(turn, SEGMENTS.reference_mm - pivot)
    tail = np.hstack([places, np.tile(turn * ROTATION_LENGTH_MM, (len(SEGMENTS), 1))])
    y.array_w[: free.size] = free.ravel()
    y.array_w[free.size : free.size + tail.size] = tail.ravel()
    return y, exponential(turn)


def test_a_turn_of_the_whole_body_is_rigid(equilibrium) -> None:  # type: ignore[no-untyped-def]
    y, rotation = _turned(equilibrium, 0.3)
    equilibrium.read_unknowns(y, SEGMENTS.neutral())
    r = equilibrium.reduction
    x = r.coordinates + equilibrium.u.x.array.reshape(-1, 3)
    expected = (r.coordinates - r.coordinates[0]) @ rotation.T
    np.testing.assert_allclose(x - x[0], expected, atol=1e-11)

    plain, equilibrium.rolling = equilibrium.rolling, None
    equilibrium.read_unknowns(y, SEGMENTS.neutral())
    equilibrium.rolling = plain
    x = r.coordinates + equilibrium.u.x.array.reshape(-1, 3)
    assert np.abs(x - x[0] - expected).max() > 0.1


def test_lowest_point_stays_where_the_plain_update_puts_it(equilibrium) -> None:  # type: ignore[no-untyped-def]
    y, _ = _turned(equilibrium, 0.3)
    r = equilibrium.reduction
    free = y.array_r[: 3 * len(r.free)].reshape(-1, 3)
    height = (r.coordinates[r.free] + free)[:, 1]
    lowest = int(np.argmin(height))
    equilibrium.read_unknowns(y, SEGMENTS.neutral())
    moved = equilibrium.u.x.array.reshape(-1, 3)[r.free[lowest]]
    np.testing.assert_allclose(moved, free[lowest], atol=1e-12)


def test_differs_from_the_plain_update_at_second_order(equilibrium) -> None:  # type: ignore[no-untyped-def]
    r = equilibrium.reduction
    rolling = equilibrium.rolling
    values = direction(equilibrium, 1.0, 0.3)
    count = 3 * len(r.free)
    free = values[:count].reshape(-1, 3)
    increment = values[count : count + 6 * len(SEGMENTS)].reshape(-1, 6)
    errors = []
    for size in (1e-2, 1e-3):
        poses, moved = rolling.carry_out(SEGMENTS.neutral(), size * increment, size * free)
        plain = SEGMENTS.neutral().advanced(size * increment)
        errors.append(
            max(
                np.abs(moved - size * free).max(),
                np.abs(poses.position_mm - plain.position_mm).max(),
            )
        )
        np.testing.assert_array_equal(poses.rotation, plain.rotation)
    assert errors[1] == pytest.approx(errors[0] / 100, rel=0.05)
