# SPDX-License-Identifier: MIT
"""Generalised alpha on numbers alone: order, spectral radius, damping."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.linalg import expm

from simulator.dynamics.alpha import Rates, Scheme, Step
from tests.helpers.evidence import Evidence

SECTION, CASE = "shock", "Time integration of an oscillator"
CHUNG = "Chung & Hulbert 1993"
RADII = (0.0, 0.5, 0.8, 1.0)


def step_once(step: Step, rates: Rates, place, mass, damping, stiffness):
    """Solve one step of a linear system by the two factors that the residual is made of."""
    a, b = step.acceleration_factor, step.velocity_factor
    force = mass @ rates.acceleration_offset(step) + damping @ rates.velocity_offset(step)
    way = np.linalg.solve(a * mass + b * damping + stiffness, -force - stiffness @ place)
    return rates.advanced(step, way), place + way


def amplification(rho: float, angle: float) -> np.ndarray:
    """Matrix of one step on (place, velocity, both accelerations) at a frequency times the step."""
    one, none, step = np.eye(1), np.zeros((1, 1)), Scheme.with_radius(rho).step(1.0)
    columns = []
    for x, v, a, hat in np.eye(4):
        rates = Rates(np.array([v]), np.array([a]), np.array([hat]))
        after, place = step_once(step, rates, np.array([x]), one, none, angle**2 * one)
        parts = (place, after.velocity, after.acceleration, after.auxiliary)
        columns.append(np.concatenate(parts))
    return np.array(columns).T


def pair_of_roots(rho: float, angle: float) -> complex:
    """The physical root: of the complex pair, the one with the greater modulus."""
    roots = np.linalg.eigvals(amplification(rho, angle))
    turning = roots[roots.imag > 1e-9]
    return complex(turning[np.argmax(abs(turning))])


def test_order_two_for_coupled_damped_oscillators(evidence: Evidence) -> None:
    mass = np.array([[2.0, 0.3], [0.3, 1.0]])
    damping = np.array([[0.5, -0.2], [-0.2, 0.3]])
    stiffness = np.array([[60.0, -20.0], [-20.0, 30.0]])
    lower = -np.linalg.solve(mass, np.hstack([stiffness, damping]))
    generator = np.vstack([np.eye(4)[2:], lower])
    start, end, counts = np.array([1.0, -0.5, 0.0, 3.0]), 2.0, np.array([50, 100, 200, 400])
    exact = expm(end * generator) @ start
    series = {}
    for rho in RADII:
        errors = []
        for count in counts:
            step = Scheme.with_radius(rho).step(end / count)
            rates, place = Rates.started(start[2:], (generator @ start)[2:]), start[:2]
            for _ in range(count):
                rates, place = step_once(step, rates, place, mass, damping, stiffness)
            errors.append(np.linalg.norm(np.r_[place, rates.velocity] - exact))
        series[f"rho = {rho:g}"] = (end / counts, np.array(errors))
        order = np.log2(errors[-2] / errors[-1])
        evidence.within(
            SECTION, CASE, f"order at spectral radius {rho:g}", order,
            low=1.9, high=2.1, source=CHUNG,
        )  # fmt: skip
    evidence.curve(SECTION, CASE, "Step (s)", "Error", series, logarithmic=True, order=2.0)


@pytest.mark.parametrize("rho", RADII)
def test_what_a_step_leaves_of_the_highest_frequencies(evidence: Evidence, rho: float) -> None:
    reached = np.abs(np.linalg.eigvals(amplification(rho, 1e5))).max()
    evidence.within(
        SECTION, CASE, f"spectral radius at high frequency, wanted {rho:g}", reached,
        low=rho - 2e-3, high=rho + 2e-3, source=CHUNG,
    )  # fmt: skip
    at_all = [
        np.abs(np.linalg.eigvals(amplification(rho, w))).max() for w in np.geomspace(0.01, 1e4)
    ]
    assert max(at_all) < 1.0 + 1e-6  # stable whatever the step


def test_nothing_is_dissipated_at_radius_one(evidence: Evidence) -> None:
    lost = max(abs(1.0 - abs(pair_of_roots(1.0, w))) for w in np.geomspace(0.05, 20.0))
    evidence.within(
        SECTION, CASE, "loss of amplitude in a step at radius 1, any frequency", lost, high=1e-9
    )


def test_damping_and_period_at_a_tenth_of_nyquist(evidence: Evidence) -> None:
    """20 steps a period: the coarsest that results are given for (docs/theory/shock.md)."""
    angle = 0.1 * np.pi
    for rho, most in ((0.8, 5e-4), (1.0, 1e-9)):
        root = pair_of_roots(rho, angle)
        ratio = -np.log(abs(root)) / np.angle(root)
        evidence.within(
            SECTION, CASE, f"damping ratio at a tenth of Nyquist, radius {rho:g}", ratio,
            low=-1e-9, high=most, source="bodies have 0.1 to 0.4",
        )  # fmt: skip
        evidence.within(
            SECTION, CASE, f"period over the exact one at a tenth of Nyquist, radius {rho:g}",
            angle / np.angle(root), low=1.0, high=1.012,
        )  # fmt: skip


@pytest.mark.parametrize("rho", [-0.1, 1.1, float("nan")])
def test_radius_outside_its_range_is_refused(rho: float) -> None:
    with pytest.raises(ValueError, match="rho_infinity"):
        Scheme.with_radius(rho)


def test_rates_are_linear_in_the_increment() -> None:
    rng = np.random.default_rng(1)
    rates = Rates(*rng.normal(size=(3, 5)))
    step = Scheme.with_radius(0.7).step(0.02)
    way = rng.normal(size=5)
    after = rates.advanced(step, way)
    velocity = step.velocity_factor * way + rates.velocity_offset(step)
    acceleration = step.acceleration_factor * way + rates.acceleration_offset(step)
    np.testing.assert_allclose(after.velocity, velocity, rtol=1e-12)
    np.testing.assert_allclose(after.acceleration, acceleration, rtol=1e-12)
    held = rates.advanced(step, rates.predicted(step))
    np.testing.assert_allclose(held.auxiliary, rates.auxiliary, rtol=1e-10)
