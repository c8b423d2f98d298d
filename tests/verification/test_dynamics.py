# SPDX-License-Identifier: MIT
"""Time integration against closed forms: rigid bodies, pendulums, energy, resonances, waves."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.spatial.transform import Rotation
from scipy.special import ellipk

from materials.prony import PronySeries
from materials.solids import NeoHookean
from simulator.bushings import Bushing
from simulator.contact import ContactLaw
from simulator.dynamics.inertia import RigidMass
from simulator.segments import Segments
from tests.helpers import moving_block as helper
from tests.helpers.contact_bodies import box
from tests.helpers.evidence import Evidence

SECTION = "shock"
HALVING = (8e-3, 4e-3, 2e-3)
SECOND_ORDER_ONLY = (
    "the scheme keeps angular momentum to its second order only; energy-momentum schemes that keep "
    "it exactly dissipate nothing at high frequency"
)


def orders(errors: list[float]) -> np.ndarray:
    """Of errors at steps that halve."""
    return np.log2(np.array(errors[:-1]) / np.array(errors[1:]))


# -- rigid bodies ----------------------------------------------------------------------------

TOP_INERTIA = np.array([1.0, 2.0, 3.0]) * 1e-2
TOP_SPIN, TOP_END_S = np.array([1.0, 20.0, 2.0]), 0.2


def tumbled() -> np.ndarray:
    """Rotation of a free body about its middle axis, by Euler's equations and a quaternion."""

    def lower(_: float, state: np.ndarray) -> np.ndarray:
        q, w = state[:4], state[4:]
        turned = np.append(q[3] * w + np.cross(q[:3], w), -q[:3] @ w) / 2
        return np.append(turned, -np.cross(w, TOP_INERTIA * w) / TOP_INERTIA)

    start = np.array([0.0, 0, 0, 1, *TOP_SPIN])
    end = solve_ivp(lower, (0.0, TOP_END_S), start, "DOP853", rtol=1e-12, atol=1e-13).y[:, -1]
    return Rotation.from_quat(end[:4]).as_matrix()


def test_a_tumbling_body_follows_eulers_equations(evidence: Evidence) -> None:
    """Its reference point lies off the centre of mass."""
    exact, case = tumbled(), "Tumbling rigid body"
    arm = np.array([10.0, 5.0, -4.0])
    series, kept = {}, {}
    for rho in (1.0, 0.8):
        errors, energies, turns = [], [], []
        for dt in HALVING:
            body = RigidMass("body", 1e-3, arm, np.diag(TOP_INERTIA))
            moving = helper.segments_alone({"body": np.zeros(3)}, [body], rho=rho)
            moving.start(-np.cross(TOP_SPIN, arm), TOP_SPIN)
            energy, about = moving.energy().total, moving.momentum()[1]
            seen = moving.run(
                dt, round(TOP_END_S / dt), lambda m: (m.energy().total, m.momentum()[1])
            )
            found = moving.equilibrium.poses.rotation[0]
            errors.append(Rotation.from_matrix(found @ exact.T).magnitude())
            energies.append(max(abs(e / energy - 1.0) for e, _ in seen))
            turns.append(max(np.linalg.norm(a - about) for _, a in seen) / np.linalg.norm(about))
        series[f"rotation (rad), rho = {rho:g}"] = (HALVING, errors)
        kept[rho] = energies[-1], turns[-1]
        evidence.within(
            SECTION, case, f"order of the rotation, radius {rho:g}", orders(errors)[-1],
            low=1.9, high=2.2, source="Bruls, Cardona & Arnold 2012",
        )  # fmt: skip
    evidence.curve(
        SECTION,
        case,
        "Step (s)",
        "Error of the rotation (rad)",
        series,
        logarithmic=True,
        order=2.0,
    )
    evidence.within(
        SECTION, case, "energy, largest change at 2 ms, radius 1", kept[1.0][0], high=1e-3
    )
    evidence.outside(
        SECTION, case, "angular momentum, largest change at 2 ms, radius 1", kept[1.0][1],
        high=1e-9, reason=SECOND_ORDER_ONLY, guard=(5e-4, 4e-3),
    )  # fmt: skip


def test_period_of_a_pendulum_in_wide_swing(evidence: Evidence) -> None:
    amplitude, dt = np.radians(120.0), 4e-3
    half = helper.BAR_MM / 2
    weight = helper.BAR_T * -helper.WEIGHT_MM_S2[1] * half
    about_pin = helper.BAR_T_MM2 + helper.BAR_T * half**2
    period = 4.0 * ellipk(np.sin(amplitude / 2) ** 2) * np.sqrt(about_pin / weight)
    moving = helper.pendulum(1, rho=1.0)
    helper.swing(moving, [amplitude], [0.0])
    energy = moving.energy().total
    count = int(0.8 * period / dt)
    seen = moving.run(dt, count, lambda m: (helper.bar_angles(m)[0], m.energy().total))
    angles, energies = np.array(seen).T
    times = dt * np.arange(1, count + 1)
    found = 2.0 * np.diff(crossings(times, angles))[0]
    case = "Compound pendulum, swing of 120 degrees"
    evidence.within(
        SECTION, case, "period over the elliptic integral", found / period, low=0.999, high=1.001
    )
    drop = weight * (1.0 - np.cos(amplitude))
    evidence.within(
        SECTION, case, "energy, largest change over that of the drop",
        np.abs(energies - energy).max() / drop, high=1e-3,
    )  # fmt: skip


def crossings(times: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Where a curve goes through zero, by a line between the two points beside."""
    at = np.flatnonzero(values[:-1] * values[1:] < 0.0)
    share = values[at] / (values[at] - values[at + 1])
    return times[at] + share * (times[at + 1] - times[at])


def test_double_pendulum_follows_lagranges_equations(evidence: Evidence) -> None:
    start, end, case = np.array([1.0, 2.0]), 0.32, "Double pendulum"
    errors = []
    for dt in HALVING:
        times = dt * np.arange(1, round(end / dt) + 1)
        exact = helper.pendulum_path(start, np.zeros(2), times)[:, :2]
        moving = helper.pendulum(2, rho=0.8)
        helper.swing(moving, start, np.zeros(2))
        found = np.array(moving.run(dt, len(times), helper.bar_angles))
        away = (found - exact + np.pi) % (2 * np.pi) - np.pi
        errors.append(np.abs(away).max())
    evidence.within(
        SECTION, case, "order of the angles, radius 0.8", orders(errors)[-1], low=1.9, high=2.1
    )
    evidence.within(
        SECTION, case, "largest error of an angle in 0.3 s at 2 ms", np.degrees(errors[-1]),
        high=0.02, unit="degrees", source="Lagrange's equations",
    )  # fmt: skip
    evidence.curve(
        SECTION, case, "Step (s)", "Error of the angles (rad)", {"rho = 0.8": (HALVING, errors)},
        logarithmic=True, order=2.0,
    )  # fmt: skip


# -- energy and momentum ---------------------------------------------------------------------


def test_momentum_of_a_free_flight(evidence: Evidence) -> None:
    """Tissue, segments on it and one on bushings, turning; nothing acts from outside."""
    sizes, energies, turns, case = (4e-3, 2e-3, 1e-3), [], [], "Block with segments in free flight"
    for dt in sizes:
        moving = helper.flying_block(off_centre=False)
        helper.tumble(moving)
        energy, (along, about) = moving.energy().total, moving.momentum()
        seen = moving.run(dt, round(0.04 / dt), lambda m: (m.energy().total, *m.momentum()))
        energies.append(max(abs(e / energy - 1.0) for e, _, _ in seen))
        turns.append(max(np.linalg.norm(a - about) for *_, a in seen) / np.linalg.norm(about))
        straight = max(np.linalg.norm(p - along) for _, p, _ in seen) / np.linalg.norm(along)
    evidence.within(SECTION, case, "momentum, largest change", straight, high=1e-9)
    evidence.within(SECTION, case, "energy, largest change at 1 ms", energies[-1], high=1e-3)
    evidence.outside(
        SECTION, case, "angular momentum, largest change at 1 ms", turns[-1], high=1e-9,
        reason=SECOND_ORDER_ONLY, guard=(1e-5, 1e-3),
    )  # fmt: skip
    evidence.within(
        SECTION, case, "order at which angular momentum is kept", orders(turns)[-1],
        low=1.9, high=2.2,
    )  # fmt: skip
    evidence.curve(
        SECTION, case, "Step (s)", "Largest change",
        {"energy": (sizes, energies), "angular momentum": (sizes, turns)},
        logarithmic=True, order=2.0,
    )  # fmt: skip


SOFT_FLOOR = ContactLaw(0.05, smoothing_mm=1.0)
"""Soft enough that a node of the sole on it swings in twenty steps of half a millisecond."""


def dropped(sideward_mm_s: float = 0.0, **options: object) -> helper.Moving:
    """The block with segments, about to touch the floor at 0.3 m/s."""
    chosen = {"floor_mm": -0.05, "contact": SOFT_FLOOR, **options}
    moving = helper.flying_block(**chosen)
    moving.start([sideward_mm_s, -300.0, 0.0], np.zeros(3))
    return moving


def test_energy_of_a_bounce(evidence: Evidence) -> None:
    sizes, end, drifts, case = (1e-3, 5e-4, 2.5e-4), 0.045, [], "Block that bounces on a plane"
    for dt in sizes:
        moving = dropped()
        start = moving.energy().total
        seen = moving.run(dt, round(end / dt), helper.Moving.energy)
        totals = np.array([e.total for e in seen])
        drifts.append(np.abs(totals / start - 1.0).max())
    contact = np.array([e.contact for e in seen])
    assert contact.max() > 0.1 * start and not contact[-5:].any()
    assert moving.momentum()[0][1] > 0.0
    evidence.within(
        SECTION, case, "energy, largest change before, during and after contact, 0.25 ms",
        drifts[-1], high=1e-3,
    )  # fmt: skip
    evidence.within(SECTION, case, "order of that change", orders(drifts)[-1], low=1.7, high=2.3)
    times = 1e3 * sizes[-1] * np.arange(1, len(seen) + 1)
    parts = {
        name: (times, [getattr(e, name) for e in seen]) for name in ("kinetic", "strain", "contact")
    }
    evidence.curve(SECTION, case, "Time (ms)", "Energy (N mm)", {**parts, "all": (times, totals)})
    stiff = dropped(contact=ContactLaw(0.5), rho=0.8)
    left = stiff.run(1e-3, round(end / 1e-3), helper.Moving.energy)[-1].total / start
    evidence.within(
        SECTION, case, "energy lost at 1 ms and radius 0.8, floor ten times as stiff", 1.0 - left,
        low=0.0, high=0.05,
    )  # fmt: skip


LOSSES = {
    "dampers of bushings": {"damping_s": 2e-3},
    "viscous tissue": {
        "law": NeoHookean(0.05, 0.45),
        "series": {1: PronySeries((0.3,), (0.01,))},
    },
    "friction": {
        "contact": ContactLaw(0.05, 1.0, friction=0.3, slip_mm=0.01),
        "sideward_mm_s": 200.0,
    },
}


@pytest.mark.parametrize("what", LOSSES)
def test_energy_only_falls(evidence: Evidence, what: str) -> None:
    moving = dropped(**LOSSES[what])
    start = moving.energy().total
    held = moving.equilibrium.solid.held_energy_nmm
    totals = np.array(moving.run(5e-4, 90, lambda m: m.energy().total + held(1))) / start
    rises = np.diff(totals, prepend=1.0).max()
    case = "Block that bounces on a plane, radius 1"
    evidence.within(
        SECTION, case, f"{what}: energy left after the bounce", totals[-1], low=0.3, high=0.97
    )
    evidence.within(SECTION, case, f"{what}: largest rise in a step", rises, high=1e-6)


# -- resonance -------------------------------------------------------------------------------


def steady(name: str) -> RigidMass:
    """A mass that nothing moves."""
    return RigidMass(name, 1e6, np.zeros(3), 1e10 * np.eye(3))


def test_a_mass_on_an_insole_block_swings_at_the_root_of_stiffness_over_mass(
    evidence: Evidence,
) -> None:
    side, thickness, shear, mass = 30.0, 10.0, 0.4, 2e-3
    rate = np.sqrt(2.0 * shear * side**2 / thickness / mass)
    mesh = box((1, 1, 1), (0.0, 0.0, 0.0), (side, thickness, side), 1, helper.BOTTOM, helper.TOP)
    segments = Segments(("floor", "mass"), np.array([[0.0, 0, 0], [side / 2, 20.0, side / 2]]))
    bodies = [steady("floor"), RigidMass("mass", mass, segments.reference_mm[1], np.eye(3))]
    surfaces = {"floor": helper.BOTTOM, "mass": helper.TOP}
    moving = helper.assemble(mesh, segments, bodies, surfaces, law=NeoHookean(shear, 0.0), rho=0.8)
    up = np.array([[0.0, 0, 0], [0, 1.0, 0]])
    x = moving.equilibrium.reduction.coordinates
    moving.start(up, np.zeros(3), np.outer(x[:, 1] / thickness, up[1]).ravel())
    dt = 2.0 * np.pi / rate / 50
    seen = moving.run(dt, 80, lambda m: m.equilibrium.poses.position_mm[1, 1] - 20.0)
    half = np.diff(crossings(dt * np.arange(1, 81), np.array(seen)))
    evidence.within(
        SECTION, "Mass on an insole block", "frequency over root of stiffness over mass",
        np.pi / half.mean() / rate, low=0.99, high=1.01, source="closed form",
    )  # fmt: skip


def test_a_mass_on_a_kelvin_bushing_dies_away_as_it_must(evidence: Evidence) -> None:
    """To and fro, and in turns of up to 30 degrees about one axis; radius as in a run."""
    rate, damping, mass, turning = 40.0, 0.1, 2e-3, 8.0
    size = np.r_[np.full(3, mass), np.full(3, turning)]
    axes = Rotation.from_rotvec([0.4, -0.3, 0.7]).as_matrix()
    bushing = Bushing(
        "kelvin", "floor", "mass", np.array([0.0, 30, 0]), axes,
        np.diag(rate**2 * size), np.diag(2.0 * damping * rate * size),
    )  # fmt: skip
    place = np.array([0.0, 30.0, 0.0])
    moving = helper.segments_alone(
        {"floor": np.zeros(3), "mass": place},
        [steady("floor"), RigidMass("mass", mass, place, turning * np.eye(3))],
        [bushing],
        rho=0.8,
    )
    moving.start([[0.0, 0, 0], [0, 100.0, 0]], [[0.0, 0, 0], [0, 0, 20.0]], np.zeros(81))
    damped = rate * np.sqrt(1.0 - damping**2)
    dt, count = 2.0 * np.pi / damped / 80, 130

    def look(m: helper.Moving) -> tuple[float, float, float, float]:
        poses, v = m.equilibrium.poses, m.system.motion.segments.velocity[1]
        turn = Rotation.from_matrix(poses.rotation[1]).as_rotvec()[2]
        return poses.position_mm[1, 1] - 30.0, turn, v[1], v[5]

    seen = np.array(moving.run(dt, count, look))
    times = dt * np.arange(1, count + 1)
    for i, what in enumerate(("to and fro", "turning")):
        zeros = crossings(times, seen[:, i])
        speeds = np.abs(np.interp(zeros, times, seen[:, 2 + i]))
        decrement = 2.0 * np.log(speeds[0] / speeds[1])
        case = "Mass on a Kelvin bushing"
        evidence.within(
            SECTION, case, f"{what}: damped frequency over closed form",
            np.pi / np.diff(zeros)[0] / damped, low=0.99, high=1.01,
        )  # fmt: skip
        evidence.within(
            SECTION, case, f"{what}: logarithmic decrement over closed form",
            decrement / (2.0 * np.pi * damping / np.sqrt(1.0 - damping**2)), low=0.98, high=1.02,
        )  # fmt: skip


def test_a_free_bar_of_tissue_rings_at_its_first_frequency(evidence: Evidence) -> None:
    length, shear, density, cells = 100.0, 0.5, 1e-9, 10
    wave = np.sqrt(2.0 * shear / density)
    mesh = box((cells, 1, 1), (0.0, 0.0, 0.0), (length, 8.0, 8.0), 1, 1, 2)
    other = Segments(("other",), np.array([[0.0, -50.0, 0.0]]))
    moving = helper.assemble(
        mesh, other, [RigidMass("other", 1.0, other.reference_mm[0], np.eye(3))], {},
        law=NeoHookean(shear, 0.0), density_t_mm3=density, tolerance_n=1e-9,
    )  # fmt: skip
    shape = np.cos(np.pi * moving.equilibrium.reduction.coordinates[:, 0] / length)
    moving.start(np.zeros(3), np.zeros(3), np.outer(shape, [10.0, 0, 0]).ravel())
    period = 2.0 * length / wave
    dt, count = period / 60, 64
    seen = moving.run(dt, count, lambda m: shape @ m.equilibrium.u.x.array[::3])
    half = np.diff(crossings(dt * np.arange(1, count + 1), np.array(seen)))[0]
    evidence.within(
        SECTION, "Free bar of tissue", "first longitudinal frequency over c / 2 L",
        0.5 / half * period, low=0.99, high=1.01, source="consistent mass",
    )  # fmt: skip
    whole = moving.system.inertia.tissue_mass_t()
    assert whole == pytest.approx(density * length * 64.0, rel=1e-10)
    # A velocity that grows with the square of the place, which quadratic elements hold exactly.
    x = moving.equilibrium.reduction.coordinates[:, 0]
    kinetic = moving.system.inertia.tissue_kinetic_nmm(np.outer(x**2, [1.0, 0, 0]).ravel())
    assert kinetic == pytest.approx(0.5 * density * 64.0 * length**5 / 5.0, rel=1e-10)
