# SPDX-License-Identifier: MIT
"""Inertia of rigid segments: its derivative, its power, its weight."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from simulator.dynamics.inertia import RigidMass, SegmentInertia, SegmentRates
from simulator.rotations import exponential, logarithm, skew
from simulator.segments import ROTATION_LENGTH_MM, Poses, Segments, increment_scale
from tests.helpers.evidence import Evidence

SEGMENTS = Segments(("a", "b"), np.array([[5.0, -3, 2], [40, 10, -8]]))
MASSES = (
    RigidMass(
        "a", 2e-3, np.array([9.0, 4, -3]), np.array([[3.0, 0.4, 0.1], [0.4, 5, 0.2], [0.1, 0.2, 6]])
    ),
    RigidMass("b", 1e-3, np.array([40.0, 22, -8]), np.diag([1.0, 2, 2.5])),
    RigidMass("b", 4e-3, np.array([35.0, 10, 0]), np.diag([2.0, 1.5, 1])),
)
GRAVITY = np.array([300.0, -9806.65, 20.0])
INERTIA = SegmentInertia(SEGMENTS, MASSES, GRAVITY)
FACTORS = (4e6, 2e3)
"""Of a step of a millisecond."""


def somewhere() -> tuple[Poses, Poses, np.ndarray, np.ndarray]:
    """Start and end of a step with large rotations, and offsets of the rates."""
    rng = np.random.default_rng(7)
    start = Poses(SEGMENTS.reference_mm + 20.0, Rotation.random(2, random_state=4).as_matrix())
    end = start.advanced(rng.normal(size=(2, 6)) * [1, 1, 1, 15, 15, 15])
    return start, end, 1e2 * rng.normal(size=(2, 6)), 1e5 * rng.normal(size=(2, 6))


def test_tangent_is_the_derivative_but_for_half_the_moment(evidence: Evidence) -> None:
    """As the symmetric tangents of all other terms: in balance these halves add up to nothing."""
    start, end, rate, gain = somewhere()
    state = INERTIA.evaluate(end, start, FACTORS, rate, gain)

    def gradient(step: np.ndarray) -> np.ndarray:
        there = end.advanced(step.reshape(-1, 6))
        return INERTIA.evaluate(there, start, FACTORS, rate, gain).gradient_n

    h = 1e-4
    columns = [(gradient(e) - gradient(-e)) / (2 * h) for e in h * np.eye(12)]
    expected = np.array(columns).T
    for i, moment in enumerate(state.gradient_n.reshape(2, 6)[:, 3:]):
        turns = slice(6 * i + 3, 6 * i + 6)
        expected[turns, turns] += skew(moment) / (2 * ROTATION_LENGTH_MM)
    error = np.abs(state.tangent_n_per_mm - expected).max() / np.abs(expected).max()
    evidence.within(
        "shock", "Inertia of rigid segments", "error of the tangent against differences",
        error, high=1e-8,
    )  # fmt: skip
    assert np.abs(skew(state.gradient_n[3:6])).max() / 50.0 > 1e-6 * np.abs(expected).max()


def test_inertia_forces_do_the_work_that_energies_gain() -> None:
    """Power of the forces at a motion is the rate of kinetic energy and of height."""
    rng = np.random.default_rng(2)
    pose = Poses(SEGMENTS.reference_mm.copy(), Rotation.random(2, random_state=1).as_matrix())
    velocity, up = 50.0 * rng.normal(size=(2, 6)), 1e3 * rng.normal(size=(2, 6))

    def energy(t: float) -> float:
        v = velocity + t * up
        way = t * velocity + t**2 / 2 * up
        place = Poses(pose.position_mm + way[:, :3], exponential(way[:, 3:]) @ pose.rotation)
        # The rotation vector's second derivative is that of the spin at the start.
        return INERTIA.kinetic_nmm(place, SegmentRates(v[:, :3], v[:, 3:])) + INERTIA.potential_nmm(
            place
        )

    h = 1e-6
    rate = (energy(h) - energy(-h)) / (2 * h)
    state = INERTIA.evaluate(pose, pose, (0.0, 0.0), velocity, up)
    forces = state.gradient_n / increment_scale(2)
    assert forces @ velocity.ravel() == pytest.approx(rate, rel=1e-6)


def test_momentum_changes_by_the_forces() -> None:
    rng = np.random.default_rng(3)
    pose = Poses(SEGMENTS.reference_mm + 7.0, Rotation.random(2, random_state=2).as_matrix())
    velocity, up = 50.0 * rng.normal(size=(2, 6)), 1e3 * rng.normal(size=(2, 6))
    free = SegmentInertia(SEGMENTS, MASSES)

    def momentum(t: float) -> np.ndarray:
        v, way = velocity + t * up, t * velocity + t**2 / 2 * up
        place = Poses(pose.position_mm + way[:, :3], exponential(way[:, 3:]) @ pose.rotation)
        return np.concatenate(free.momentum(place, SegmentRates(v[:, :3], v[:, 3:])))

    h = 1e-6
    rate = (momentum(h) - momentum(-h)) / (2 * h)
    forces = free.evaluate(pose, pose, (0.0, 0.0), velocity, up).gradient_n / increment_scale(2)
    force, moment = forces.reshape(2, 6)[:, :3], forces.reshape(2, 6)[:, 3:]
    moment = moment + np.cross(pose.position_mm, force)
    np.testing.assert_allclose(rate[:3], force.sum(axis=0), rtol=1e-6)
    np.testing.assert_allclose(rate[3:], moment.sum(axis=0), rtol=1e-6)


def test_at_rest_weight_alone_is_left() -> None:
    pose, still = SEGMENTS.neutral(), np.zeros((2, 6))
    forces = INERTIA.evaluate(pose, pose, FACTORS, still, still).gradient_n.reshape(2, 6)
    for i, name in enumerate(SEGMENTS.names):
        weights = [(m.mass_t * GRAVITY, m.centre_mm) for m in MASSES if m.segment == name]
        force = sum(f for f, _ in weights)
        moment = sum(np.cross(c - SEGMENTS.reference_mm[i], f) for f, c in weights)
        np.testing.assert_allclose(forces[i, :3], -force, rtol=1e-12)
        np.testing.assert_allclose(forces[i, 3:] * ROTATION_LENGTH_MM, -moment, rtol=1e-9)


def test_rates_are_those_of_the_increment() -> None:
    """A turn from the start of a step by its rotation vector in world axes, large ones too."""
    start, end, rate, gain = somewhere()
    turn = logarithm(end.rotation @ np.swapaxes(start.rotation, -1, -2))
    way = np.hstack([end.position_mm - start.position_mm, turn])
    here = INERTIA.evaluate(end, start, FACTORS, rate, gain).gradient_n
    at_once = INERTIA.evaluate(
        end, end, (0.0, 0.0), FACTORS[1] * way + rate, FACTORS[0] * way + gain
    ).gradient_n
    np.testing.assert_allclose(here, at_once, rtol=1e-8, atol=1e-8 * np.abs(here).max())
