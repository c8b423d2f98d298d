# SPDX-License-Identifier: MIT
"""Contact law and facet functions against finite differences and their own limits."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.contact.facet import (
    NODE_COORDINATES,
    quadrature,
    shape_functions,
    shape_gradients,
)
from simulator.contact.history import closing_share
from simulator.contact.law import ContactLaw, coulomb, penalty_stiffness


def test_shape_functions_interpolate_and_differentiate() -> None:
    assert np.allclose(shape_functions(NODE_COORDINATES), np.eye(6), atol=1e-15)
    eta = np.random.default_rng(0).uniform(0.0, 0.5, (5, 2))
    for axis in range(2):
        h = 1e-6 * np.eye(2)[axis]
        slope = (shape_functions(eta + h) - shape_functions(eta - h)) / 2e-6
        assert np.allclose(shape_gradients(eta)[:, axis], slope, atol=1e-9)


@pytest.mark.parametrize("degree", [2, 4, 6])
def test_quadrature_is_exact_to_its_degree(degree: int) -> None:
    points, weights = quadrature(degree)
    factorial = np.cumprod([1.0, *range(1, degree + 3)])
    for i in range(degree + 1):
        for j in range(degree + 1 - i):
            exact = factorial[i] * factorial[j] / factorial[i + j + 2]
            assert weights @ (points[:, 0] ** i * points[:, 1] ** j) == pytest.approx(exact)


def test_unknown_quadrature_degree_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        quadrature(0)


def test_pressure_closes_smoothly() -> None:
    law = ContactLaw(penalty_mpa_per_mm=2.0, smoothing_mm=0.1)
    closure = np.array([-1.0, 0.0, 0.05, 0.1, 0.3])
    pressure, slope = law.pressure(closure)
    assert np.allclose(pressure, [0.0, 0.0, 0.025, 0.1, 0.5])
    assert np.allclose(slope, [0.0, 0.0, 1.0, 2.0, 2.0])
    kinked, _ = ContactLaw(2.0, smoothing_mm=0.0).pressure(closure)
    assert np.allclose(kinked, [0.0, 0.0, 0.1, 0.2, 0.6])


def test_penalty_scales_with_modulus_over_size() -> None:
    assert penalty_stiffness(0.2, 4.0) == pytest.approx(2.5)


@pytest.mark.parametrize(
    "wrong",
    [
        {"penalty_mpa_per_mm": 0.0},
        {"penalty_mpa_per_mm": 1.0, "friction": -0.1},
        {"penalty_mpa_per_mm": 1.0, "smoothing_mm": -0.1},
        {"penalty_mpa_per_mm": 1.0, "slip_mm": 0.0},
    ],
)
def test_impossible_constants_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=list(wrong)[-1]):
        ContactLaw(**wrong)


def test_friction_derivatives() -> None:
    rng = np.random.default_rng(1)
    pressure = np.linspace(0.01, 0.3, 7)
    direction = rng.standard_normal((7, 3))
    direction /= np.linalg.norm(direction, axis=1)[:, None]
    way = np.array([0.001, 0.01, 0.05, 0.09, 0.12, 0.15, 0.5])[:, None] * direction
    answer = coulomb(way, pressure, 0.5, 0.1)
    h = 1e-7
    for axis in range(3):
        shift = h * np.eye(3)[axis]
        up = coulomb(way + shift, pressure, 0.5, 0.1).traction
        down = coulomb(way - shift, pressure, 0.5, 0.1).traction
        assert np.allclose(answer.by_slip[:, :, axis], (up - down) / (2 * h), atol=1e-6)
    up = coulomb(way, pressure + h, 0.5, 0.1).traction
    down = coulomb(way, pressure - h, 0.5, 0.1).traction
    assert np.allclose(answer.by_pressure, (up - down) / (2 * h), atol=1e-6)


def test_secant_gives_the_traction_and_never_vanishes() -> None:
    way = np.array([[0.03, 0.04, 0.0], [0.3, 0.4, 0.0]])
    answer = coulomb(way, np.array([0.2, 0.1]), 0.5, 0.1)
    lagged = answer.stiffness(True)
    np.testing.assert_allclose((lagged @ way[:, :, None])[..., 0], answer.traction)
    assert np.all(np.linalg.eigvalsh(lagged) < 0.0)
    along = way[1] / np.linalg.norm(way[1])
    assert np.allclose(answer.stiffness(False)[1] @ along, 0.0)


def test_friction_sticks_and_slips() -> None:
    way = np.array([[0.05, 0.0, 0.0], [3.0, 4.0, 0.0], [0.0, 0.0, 0.0], [1.0, 0.0, 0.0]])
    pressure = np.array([0.2, 0.2, 0.2, 0.0])
    answer = coulomb(way, pressure, 0.5, 0.1)
    expected = [[-0.075, 0, 0], [-0.06, -0.08, 0], [0, 0, 0], [0, 0, 0]]
    assert np.allclose(answer.traction, expected)
    assert answer.slipping.tolist() == [False, True, False, True]
    assert np.allclose(np.linalg.norm(answer.kept, axis=1), [0.05, 0.1, 0.0, 0.1])
    again = coulomb(answer.kept, pressure, 0.5, 0.1)
    assert np.allclose(again.traction, answer.traction)


def test_friction_scales_with_pressure_at_any_way() -> None:
    way = np.array([[0.03, 0.0, 0.0], [0.0, 0.07, 0.0]])
    light = coulomb(way, np.full(2, 1e-4), 0.5, 0.1)
    heavy = coulomb(way, np.full(2, 0.3), 0.5, 0.1)
    assert np.allclose(3e3 * light.traction, heavy.traction)
    assert np.allclose(light.kept, heavy.kept)


def test_slip_counts_from_the_moment_of_touch() -> None:
    share, slope = closing_share(np.array([0.1, 0.1, 0.1]), np.array([0.2, -0.3, -np.inf]))
    assert np.allclose(share, [1.0, 0.25, 0.0])
    high, _ = closing_share(np.array([0.1 + 1e-6]), np.array([-0.3]))
    assert slope[1] == pytest.approx((high[0] - share[1]) / 1e-6, rel=1e-4)
    assert slope[0] == slope[2] == 0.0
