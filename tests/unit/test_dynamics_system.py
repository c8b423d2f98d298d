# SPDX-License-Identifier: MIT
"""A moving system: tangent of a step, first accelerations, a settled start, cut-back, errors."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from materials.prony import PronySeries
from materials.solids import NeoHookean
from simulator.checkpoint import global_state, set_global_state
from simulator.connectors import RotationDrive, TranslationDrive
from simulator.dynamics.inertia import RigidMass, SegmentRates
from simulator.dynamics.saved import global_motion, set_global_motion
from simulator.dynamics.system import Motion
from simulator.nodes import NodeOrder
from simulator.segments import increment_scale
from simulator.terms import Drives
from tests.helpers import moving_block as helper
from tests.helpers.evidence import Evidence
from tests.helpers.segment_block import SEGMENTS, tangent_error

SECTION = "shock"


def test_tangent_of_a_step_is_the_derivative_of_its_residual(evidence: Evidence) -> None:
    moving = helper.jointed_block(rho=0.8)
    helper.tumble(moving)
    moving.run(1e-3, 30)
    e = moving.equilibrium
    assert Rotation.from_matrix(e.poses.rotation).magnitude().min() > 0.3
    assert moving.system.step(0.030, 0.031).converged
    assert e.contacts[0].resultant().force_n[1] > 1.0
    error, product, _ = tangent_error(e)
    evidence.within(
        SECTION, "Residual of a time step", "error of its tangent against differences / product",
        np.abs(error).max() / np.abs(product).max(), high=1e-6,
    )  # fmt: skip


def dense_accelerations(moving: helper.Moving) -> tuple[np.ndarray, np.ndarray]:
    """Accelerations of free nodes (n, 3) and segments (n, 6) by dense algebra from M a = f - r."""
    e, system = moving.equilibrium, moving.system
    r, motion = e.reduction, system.motion
    count, free = len(r.segments), 3 * len(r.free)
    scale = increment_scale(count)
    projection = r.create_projection()
    r.update_projection(projection, r.levers(e.u, e.poses))
    p = projection[:, :][: 3 * r.owned, : free + 6 * count].copy()
    p[:, free:] /= scale
    mass = helper.mass_matrix(moving).toarray()
    # What attached nodes have besides: the pull to the axis that their segment turns about.
    bias = np.zeros((r.owned, 3))
    place = r.coordinates + e.u.x.array.reshape(-1, 3)
    for node in r.attached:
        s = r.segment_of_node[node]
        spin = motion.segment_rates.spin_rad_s[s]
        bias[node] = np.cross(spin, np.cross(spin, place[node] - e.poses.position_mm[s]))
    still = np.zeros((count, 6))

    def of_segments(gain: np.ndarray) -> np.ndarray:
        state = moving.masses.evaluate(
            e.poses, e.poses, (0.0, 0.0), motion.segments.velocity, gain.reshape(-1, 6)
        )
        return state.gradient_n / scale

    inertia, e.inertia = e.inertia, None
    out = r.create_vector()
    e.residual(out)
    e.inertia = inertia
    forces = out.array_r[: free + 6 * count].copy()
    forces[free:] /= scale
    weight = np.tile(moving.masses.gravity_mm_s2, r.owned)
    forces += p.T @ (mass @ (bias.ravel() - weight))
    centrifugal = of_segments(still)
    forces[free:] += centrifugal
    whole = p.T @ mass @ p
    unit = np.eye(6 * count)
    whole[free:, free:] += np.array([of_segments(g) - centrifugal for g in unit]).T
    found = -np.linalg.solve(whole, forces)
    return found[:free].reshape(-1, 3), found[free:].reshape(-1, 6)


def acceleration_errors(moving: helper.Moving) -> np.ndarray:
    """Of free nodes, and of segments forward and turning, over the greatest of each kind."""
    nodes, segments = dense_accelerations(moving)
    motion = moving.system.motion
    found = motion.nodes.acceleration.reshape(-1, 3)[moving.equilibrium.reduction.free]
    both = motion.segments.acceleration
    pairs = ((found, nodes), (both[:, :3], segments[:, :3]), (both[:, 3:], segments[:, 3:]))
    return np.array([np.abs(a - b).max() / np.abs(b).max() for a, b in pairs])


def test_first_accelerations_are_those_of_the_mass_matrix(
    evidence: Evidence, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With dampers, springs and spins at the start; then on a rough floor, slipping, too."""
    flying = helper.flying_block(damping_s=2e-4, gravity_mm_s2=helper.WEIGHT_MM_S2)
    helper.tumble(flying)
    case = "First accelerations"
    evidence.within(
        SECTION, case, "error against dense algebra, block in flight",
        acceleration_errors(flying).max(), high=5e-3,
    )  # fmt: skip
    errors = []
    for step in (1e-5, 4e-5):
        monkeypatch.setattr("simulator.dynamics.system.FIRST_STEP_S", step)
        pressed = helper.jointed_block(rho=0.8)
        pressed.equilibrium.contacts[0].origin[1] = 0.3
        helper.tumble(pressed)
        errors.append(acceleration_errors(pressed).max())
    evidence.within(
        SECTION, case, "the same, block that slips on a rough floor", errors[0], high=0.06
    )
    assert errors[0] < 0.4 * errors[1]  # of first order in the step that finds them


# -- a settled start -------------------------------------------------------------------------


def forces_of_pins(moving: helper.Moving) -> np.ndarray:
    """Of the drive that holds the first bar and of the bushing to the second (N), (2, 3)."""
    e, stiffness = moving.equilibrium, 2e4
    axes = e.poses.rotation[0]
    gap = e.bushings.evaluate(e.poses, {}).coordinates[0, :3]
    return stiffness * np.array([-e.poses.position_mm[0], -axes @ gap])


def test_settled_joints_carry_what_planned_accelerations_ask(evidence: Evidence) -> None:
    """Two bars in full swing, a damper between them: with and without a settled start."""
    angles, rates, friction = np.array([1.2, -0.5]), np.array([4.0, -9.0]), 20.0
    turning = helper.pendulum_accelerations(angles, rates, friction)
    last = (np.append(values, 0.0) for values in (angles, rates, turning))
    ends = helper.pendulum_motion(*last)[2]
    pulls = helper.BAR_T * ((ends[:-1] + ends[1:]) / 2 - helper.WEIGHT_MM_S2)
    wanted = np.array([pulls.sum(axis=0), pulls[1]])
    worst = {}
    for settled in (True, False):
        moving = helper.pendulum(2, stiffness=2e4, friction_nmms=friction, rho=0.8)
        helper.swing(moving, angles, rates, settled)
        found = np.array(moving.run(2.5e-4, 10, forces_of_pins))
        worst[settled] = np.abs(found - wanted).max() / np.abs(wanted).max()
        if settled:
            first = np.abs(found[0] - wanted).max() / np.abs(wanted).max()
    case = "Pendulum of two bars, started in swing"
    evidence.within(
        SECTION, case, "settled start: forces of the pins, first step, error", first, high=0.01
    )
    evidence.within(SECTION, case, "the same, first 2.5 ms", worst[True], high=0.1)
    evidence.within(SECTION, case, "without settling, first 2.5 ms", worst[False], low=0.5)


def test_a_body_that_hangs_still_settles_into_rest() -> None:
    hold = RotationDrive("c", np.eye(3), np.eye(3) * 1e4, np.zeros(3))
    hang = TranslationDrive("c", np.zeros(3), np.full(3, 2e3), SEGMENTS.reference_mm[2])
    drives = Drives({}, (hold,), (hang,))
    moving = helper.flying_block(
        gravity_mm_s2=helper.WEIGHT_MM_S2, drives_at=lambda _: drives, rho=0.8
    )
    still = SegmentRates(np.zeros((3, 3)), np.zeros((3, 3)))
    e = moving.equilibrium
    nodes = np.zeros(e.u.x.array.size)
    assert moving.system.settle(0.0, still, nodes, np.zeros((3, 6))).converged
    assert moving.system.set_in_motion(0.0, nodes, still).converged
    weight = sum(m.mass_t for m in moving.masses.masses) + moving.system.inertia.tissue_mass_t()
    sunk = SEGMENTS.reference_mm[2, 1] - e.poses.position_mm[2, 1]
    # A thousandth of its own way, times SETTLING, is what each part is not held against.
    assert sunk == pytest.approx(weight * 9806.65 / 2e3, rel=0.03)
    rates = moving.system.motion
    assert np.abs(rates.nodes.acceleration).max() < 0.05 * 9806.65


# -- steps -----------------------------------------------------------------------------------


def test_a_rejected_step_leaves_no_trace() -> None:
    """Rough floor, viscous tissue, dampers: half steps after it are half steps alone."""
    options = {
        "law": NeoHookean(0.05, 0.45),
        "series": {1: PronySeries((0.3, 0.2), (0.003, 0.03))},
        "rho": 0.8,
    }
    states = []
    for rejected in (False, True):
        moving = helper.jointed_block(**options)
        helper.tumble(moving)
        moving.run(5e-4, 4)
        system, e = moving.system, moving.equilibrium
        if rejected:
            saved, motion = e.save(), system.motion
            report = system.step(0.002, 0.003)
            assert report.converged and system.error_mm([0, 1, 2]) > 0.0
            e.restore(saved)
            assert system.motion is motion
        moving.run(5e-4, 4, start_s=2e-3)
        rates = [getattr(system.motion, name) for name in Motion.__slots__]
        states.append(
            [e.u.x.array, e.poses.position_mm, e.poses.rotation, e.contacts[0].resultant().force_n]
            + [r.velocity for r in rates]
            + [r.auxiliary for r in rates]
        )
        assert np.linalg.norm(e.contacts[0].resultant().force_n) > 1.0
    for one, other in zip(*states, strict=True):
        np.testing.assert_allclose(other, one, rtol=0, atol=1e-12 * np.abs(one).max())


def test_a_system_must_be_set_in_motion_and_solved_first() -> None:
    moving = helper.flying_block()
    with pytest.raises(AssertionError, match="not set in motion"):
        moving.system.step(0.0, 1e-3)
    with pytest.raises(AssertionError, match="no step"):
        moving.system.accept()


def errors_of_a_step(rho: float, dt: float) -> tuple[float, float]:
    """Estimate and true error (mm) of one step of a mass on a spring of 40 rad/s in swing."""
    rate, start = 40.0, 0.016
    spring = TranslationDrive("mass", np.zeros(3), np.full(3, 1e-3 * rate**2), np.zeros(3))
    drives = Drives({}, (), (spring,))
    body = RigidMass("mass", 1e-3, np.zeros(3), np.eye(3))
    moving = helper.segments_alone(
        {"mass": np.zeros(3)}, [body], drives_at=lambda _: drives, rho=rho, tolerance_n=1e-9
    )
    moving.start([200.0, 0.0, 0.0], np.zeros(3))
    moving.run(dt, round(start / dt))
    e, motion = moving.equilibrium, moving.system.motion
    x, v = e.poses.position_mm[0, 0], motion.segments.velocity[0, 0]
    assert moving.system.step(start, start + dt).converged
    exact = x * np.cos(rate * dt) + v / rate * np.sin(rate * dt)
    return moving.system.error_mm([0]), abs(e.poses.position_mm[0, 0] - exact)


def test_error_estimate_falls_with_the_cube_of_the_step(evidence: Evidence) -> None:
    sizes = (4e-3, 2e-3, 1e-3)
    found, _ = np.array([errors_of_a_step(0.8, dt) for dt in sizes]).T
    case = "Error estimate of a step"
    evidence.within(
        SECTION, case, "power of the step that it falls with",
        np.log2(found[-2] / found[-1]), low=2.8, high=3.2, source="Zienkiewicz & Xie 1991",
    )  # fmt: skip
    for rho, low, high in ((1.0, 0.9, 1.1), (0.8, 1.0, 2.0)):
        estimate, true = errors_of_a_step(rho, 1e-3)
        evidence.within(
            SECTION, case, f"estimate over true error of the step, radius {rho:g}",
            estimate / true, low=low, high=high,
        )  # fmt: skip


def test_a_saved_motion_goes_on_as_if_nothing_had_been() -> None:
    ways = []
    for saved in (False, True):
        moving = helper.jointed_block(rho=0.8)
        helper.tumble(moving)
        moving.run(5e-4, 3)
        if saved:
            e, system = moving.equilibrium, moving.system
            nodes = NodeOrder(e.reduction.space, moving.mesh)
            state, motion = global_state(e, nodes), global_motion(system.motion, nodes)
            moving = helper.jointed_block(rho=0.8)
            moving.equilibrium.refresh_pattern()
            nodes = NodeOrder(moving.equilibrium.reduction.space, moving.mesh)
            set_global_state(moving.equilibrium, nodes, state)
            moving.system.motion = set_global_motion(moving.equilibrium, nodes, motion)
        moving.run(5e-4, 3, start_s=1.5e-3)
        motion = moving.system.motion
        ways.append((moving.equilibrium.u.x.array, motion.nodes.velocity, motion.segments.velocity))
    for one, other in zip(*ways, strict=True):
        np.testing.assert_allclose(other, one, rtol=0, atol=1e-10 * np.abs(one).max())
