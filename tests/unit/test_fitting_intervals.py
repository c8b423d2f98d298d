"""Covariance and profile of problems whose answer is known."""

import numpy as np
import pytest
from scipy import stats

from materials.fitting.intervals import covariance_of, serial_correlation
from materials.fitting.profile import profile_ends


def test_mean_of_samples_has_its_textbook_interval():
    """Many samples of one noise: both covariances are s^2 / n, with n degrees of freedom."""
    noise = np.random.default_rng(4).normal(size=4000)
    residual = noise - noise.mean()
    one = np.ones((4000, 1))
    found = covariance_of(one, residual, np.array([True]), np.zeros(4000, dtype=int))
    expected = stats.t.ppf(0.975, 3999) * residual.std(ddof=1) / np.sqrt(4000)
    assert found.half_width(np.ones((1, 1)))[0] == pytest.approx(expected, rel=1e-3)
    assert found.condition == pytest.approx(1.0)


def test_noise_of_its_own_in_each_test_and_freedom_of_few_samples():
    """A number that hangs on three samples has few degrees of freedom."""
    jacobian = np.zeros((200, 2))
    jacobian[:3, 0], jacobian[3:, 1] = 1.0, 1.0
    residual = np.concatenate([[2.0, -1.0, -1.0], np.tile([0.1, -0.1], 99)[:197]])
    test = np.repeat([0, 1], [3, 197])
    found = covariance_of(jacobian, residual, np.array([True, True]), test)
    half = found.half_width(np.eye(2))
    assert half[0] > stats.t.ppf(0.975, 3) * np.sqrt(3.0 / 3.0) * 0.99
    assert half[1] < 0.03


def test_a_number_at_a_bound_or_without_effect_has_no_interval():
    jacobian = np.column_stack([np.ones(10), np.zeros(10), np.arange(10.0)])
    residual = np.tile([0.1, -0.1], 5)
    free = np.array([True, True, False])
    found = covariance_of(jacobian, residual, free, np.zeros(10, dtype=int))
    half = found.half_width(np.eye(3))
    assert half[0] > 0.0
    assert half[1] == half[2] == 0.0
    assert found.condition == np.inf


def test_profile_of_a_curved_valley():
    """Sum of squares (exp(a) - 1)^2 + (b - a^2)^2: b follows a, ends where exp(a) = 1 +- 1/2."""

    def residual(x):
        return np.array([np.exp(x[0]) - 1.0, 3.0 * (x[1] - x[0] ** 2)])

    bounds = (np.array([-5.0, -5.0]), np.array([5.0, 5.0]))
    direction = np.array([1.0, 0.0])
    ends = profile_ends(residual, np.zeros(2), 0, 0.5, 0.25, bounds, direction)
    np.testing.assert_allclose(ends, np.log([0.5, 1.5]), rtol=0.04)


def test_profile_ends_at_a_bound():
    bounds = (np.array([-0.2, -5.0]), np.array([5.0, 5.0]))
    ends = profile_ends(lambda x: x.copy(), np.zeros(2), 0, 1.0, 1.0, bounds, np.array([1.0, 0.0]))
    np.testing.assert_allclose(ends, (-0.2, 1.0), rtol=1e-6)


def test_serial_correlation():
    random = np.random.default_rng(1).normal(size=5000)
    assert abs(serial_correlation(random)) < 0.05
    assert serial_correlation(np.cumsum(random)) > 0.9
    assert serial_correlation(np.zeros(5)) == 0.0
