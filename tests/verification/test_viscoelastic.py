# SPDX-License-Identifier: MIT
"""Prony series at finite strain against closed forms: relaxation, oscillation, speed, loss.

Cubes deform homogeneously, so that stress and history have closed forms or integrals of one
variable. Four laws stand for the two kinds: of two (Ogden, neo-Hookean) the isochoric stress
relaxes, of two (hyperfoam, compressible neo-Hookean) the whole of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
import pytest
from dolfinx.fem import petsc as fem_petsc
from scipy.integrate import simpson
from scipy.optimize import newton
from scipy.spatial.transform import Rotation

from materials.build import law, series_of
from materials.evaluation import as_function, placeholder
from materials.law import Law
from materials.library import load
from materials.prony import PronySeries
from materials.solids import CompressibleNeoHookean, NeoHookean
from tests.helpers.evidence import Evidence
from tests.helpers.viscous_body import Array, ViscousBody

TISSUE = series_of(load("heel_pad"))
SHORT = PronySeries((0.2, 0.15), (0.01, 0.1))
assert TISSUE is not None
LAWS: dict[str, tuple[Law, PronySeries]] = {
    "Ogden": (law("heel_pad"), TISSUE),
    "neo-Hookean": (NeoHookean(0.02), SHORT),
    "hyperfoam": (law("eva_50"), SHORT),
    "compressible neo-Hookean": (CompressibleNeoHookean(0.5, 0.3), TISSUE),
}
PRESSED = np.array([[1.12, 0.1, 0.0], [0.05, 0.7, -0.1], [0.0, 0.2, 1.15]])
FREQUENCIES_HZ = (0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0)
Path = Callable[[float], Array]


@pytest.fixture(scope="module")
def body() -> ViscousBody:
    """One cube a law: one compilation for all tests."""
    laws = {i: item[0] for i, item in enumerate(LAWS.values(), start=1)}
    return ViscousBody(laws, {i: item[1] for i, item in enumerate(LAWS.values(), start=1)})


all_laws = pytest.mark.parametrize("name", LAWS)


def region_of(name: str) -> int:
    return 1 + list(LAWS).index(name)


def parts(name: str, gradients: Array) -> tuple[Array, Array]:
    """Relaxing and lasting part of a law's stress at deformation gradients (n, 3, 3)."""
    symbol = placeholder(3, 3)
    item = LAWS[name][0]
    lasting, relaxing = (
        as_function(stress(symbol), symbol)(gradients)
        for stress in (item.lasting_piola, item.relaxing_piola)
    )
    return relaxing, lasting


def error(found: Array, exact: Array) -> float:
    """Largest difference by the largest stress."""
    return float(np.abs(found - exact).max() / np.abs(exact).max())


@all_laws
def test_relaxation(name: str, body: ViscousBody, evidence: Evidence) -> None:
    series, region = LAWS[name][1], region_of(name)
    body.rest()
    body.follow([PRESSED], 0.0)
    steps_s = [0.001, 0.004, 0.02, 0.3, 2.0]
    found = [body.follow([PRESSED], dt, region)[0] for dt in steps_s]
    left = series.relaxation(np.cumsum(steps_s)) * series.instantaneous_ratio
    relaxing, lasting = parts(name, PRESSED[None])
    evidence.within(
        "materials", f"Relaxation, {name}", "largest error of stress, 1 ms to 2 s after a step",
        error(np.array(found), lasting + left[:, None, None] * relaxing), high=1e-9,
        source="closed form",
    )  # fmt: skip


def oscillation(body: ViscousBody, frequency_hz: float) -> dict[str, complex]:
    """Complex shear modulus over the long-term one: least squares beside the decaying start."""
    size, cycles, steps = 1e-4, 2, 160
    time = np.arange(1, cycles * steps + 1) / (steps * frequency_hz)
    body.rest()
    found = {name: np.zeros(len(time)) for name in LAWS}
    gradient = np.eye(3)
    for i, angle in enumerate(2.0 * np.pi * frequency_hz * time):
        body.solid.begin_step(1.0 / (steps * frequency_hz))
        gradient[0, 1] = size * np.sin(angle)
        body.deform(gradient)
        for name in LAWS:
            found[name][i] = body.stress(region_of(name))[0, 1] / size
        body.solid.commit()
    phase = 2.0 * np.pi * frequency_hz * time
    result = {}
    for name, (item, series) in LAWS.items():
        starts = [np.exp(-time / tau) for tau in series.times_s]
        table = np.column_stack([np.sin(phase), np.cos(phase), *starts])
        fit = np.linalg.lstsq(table, found[name], rcond=None)[0]
        result[name] = complex(fit[0], fit[1]) / item.initial_shear_modulus_mpa
    return result


def test_storage_and_loss_over_frequency(body: ViscousBody, evidence: Evidence) -> None:
    found = [oscillation(body, frequency) for frequency in FREQUENCIES_HZ]
    for name, (_, series) in LAWS.items():
        ratio = np.array([item[name] for item in found])
        exact = series.complex_ratio(FREQUENCIES_HZ)
        for part, reached, wanted in (
            ("storage", ratio.real, exact.real),
            ("loss", ratio.imag, exact.imag),
        ):
            evidence.within(
                "materials", f"Oscillation, {name}", f"largest error of the {part} modulus",
                float(np.abs(reached / wanted - 1.0).max()), high=2e-3,
                source="closed form, 0.1 to 100 Hz, 160 steps a cycle",
            )  # fmt: skip
        if name == "Ogden":
            evidence.curve(
                "materials", "Oscillation, heel pad", "Hz", "modulus / long-term modulus",
                {
                    "storage": (FREQUENCIES_HZ, ratio.real),
                    "storage, closed form": (FREQUENCIES_HZ, exact.real),
                    "loss": (FREQUENCIES_HZ, ratio.imag),
                    "loss, closed form": (FREQUENCIES_HZ, exact.imag),
                },
                logarithmic=True,
            )  # fmt: skip


@all_laws
def test_slow_and_fast_loading(name: str, body: ViscousBody, evidence: Evidence) -> None:
    path = np.eye(3) + np.linspace(0.1, 1.0, 10)[:, None, None] * (PRESSED - np.eye(3))
    relaxing, lasting = parts(name, path[-1:])
    fastest = LAWS[name][1].instantaneous_ratio
    for speed, total_s, ratio in (("slow", 1e5, 1.0), ("fast", 1e-6, fastest)):
        body.rest()
        reached = body.follow(path, total_s / len(path), region_of(name))[-1]
        evidence.within(
            "materials", f"Speed of loading, {name}", f"error of stress, {speed} loading",
            error(reached, lasting[0] + ratio * relaxing[0]), high=1e-4,
            source="long-term law" if speed == "slow" else "law times 1 / (1 - sum g)",
        )  # fmt: skip


def swing(time_s: float) -> Array:
    """A smooth path from rest, with shear and changes of volume, for 0.2 s."""
    s = np.sin(np.pi * time_s / 0.2) ** 2
    shear = 0.3 * s * time_s / 0.2
    way = [[0.15 * s, shear, 0.0], [0.0, -0.4 * s, 0.1 * s], [0.1 * s, 0.0, 0.0]]
    return np.eye(3) + np.array(way)


def history_integral(name: str, path: Path, end_s: float) -> Array:
    """Stress by the convolution integral, integrated by parts: no rates, no steps."""
    series = LAWS[name][1]
    time = np.linspace(0.0, end_s, 4001)
    gradients = np.array([path(t) for t in time])
    relaxing, lasting = parts(name, gradients)
    second = np.linalg.solve(gradients, relaxing)
    over = np.zeros((3, 3))
    for gain, tau in zip(series.gains, series.times_s, strict=True):
        fading = np.exp(-(end_s - time) / tau)[:, None, None] / tau
        over += gain * (second[-1] - simpson(fading * second, x=time, axis=0))
    return relaxing[-1] + lasting[-1] + gradients[-1] @ over


def test_order_in_time(body: ViscousBody, evidence: Evidence) -> None:
    steps, end_s = np.array([10, 20, 40, 80]), 0.14
    for name in ("Ogden", "hyperfoam"):
        exact = history_integral(name, swing, end_s)
        errors = []
        for count in steps:
            body.rest()
            times = end_s * np.arange(1, count + 1) / count
            path = [swing(t) for t in times]
            errors.append(error(body.follow(path, end_s / count, region_of(name))[-1], exact))
        print(name, errors)
        evidence.within(
            "materials", f"Order in time, {name}", "order of stress",
            np.log2(errors[-2] / errors[-1]), low=1.9, high=2.1, source="theory",
        )  # fmt: skip
        evidence.curve(
            "materials", f"Order in time, {name}", "steps", "error of stress",
            {name: (steps, errors)}, logarithmic=True, order=-2.0,
        )  # fmt: skip


def test_superposed_rotation_leaves_history_and_work_alone(
    body: ViscousBody, evidence: Evidence
) -> None:
    count, end_s = 200, 0.14
    times = end_s * np.arange(1, count + 1) / count
    found = []
    for turned in (False, True):
        body.rest()
        work = np.zeros(len(LAWS))
        before = [np.zeros_like(body.nodes) for _ in LAWS]
        place = body.u.x.array.copy()
        for i, time in enumerate(times):
            turn = Rotation.from_rotvec((i + 1) * np.array([0.005, -0.01, 0.0075])).as_matrix()
            body.solid.begin_step(end_s / count)
            body.deform(turn @ swing(time) if turned else swing(time))
            way = (body.u.x.array - place).reshape(-1, 3)
            place = body.u.x.array.copy()
            for k in range(len(LAWS)):
                after = body.solid.region_forces([k + 1])
                work[k] += np.sum((before[k] + after) / 2.0 * way)
                before[k] = after
            body.solid.commit()
        assert body.solid.history is not None
        found.append((body.solid.history.overstress(), work))
    (still, work), (moving, other) = found
    evidence.within(
        "materials", "Superposed rotation of 154 degrees", "largest change of a term's stress",
        error(moving, still), high=1e-10, source="objectivity",
    )  # fmt: skip
    evidence.within(
        "materials", "Superposed rotation of 154 degrees", "largest change of the work",
        float(np.abs(other / work - 1.0).max()), high=1e-3, source="objectivity, 200 steps",
    )  # fmt: skip


def test_tangent(body: ViscousBody, evidence: Evidence) -> None:
    body.rest()
    body.follow([swing(0.03), swing(0.06)], 0.03)
    body.solid.begin_step(0.02)
    random = np.random.default_rng(5)
    base = body.u.x.array + 0.02 * random.normal(size=body.u.x.array.size)
    way = random.normal(size=base.size)

    def forces(displacement: Array) -> Array:
        body.u.x.array[:] = displacement
        return body.solid.region_forces(range(1, len(LAWS) + 1)).ravel()

    step = 1e-6
    slope = (forces(base + step * way) - forces(base - step * way)) / (2.0 * step)
    body.u.x.array[:] = base
    matrix = fem_petsc.assemble_matrix(body.solid.tangent_form)
    matrix.assemble()
    x, y = matrix.createVecs()
    x.array_w[:] = way
    matrix.mult(x, y)
    product = y.array_r.copy()
    for item in (matrix, x, y):
        item.destroy()
    evidence.within(
        "materials", "Tangent with history", "largest error by differences",
        error(product, slope), high=1e-6, source="central differences of the forces",
    )  # fmt: skip


@all_laws
def test_closed_cycles_take_energy(name: str, body: ViscousBody) -> None:
    random = np.random.default_rng(3)
    series = LAWS[name][1]
    for period_s in (0.001, 0.01, 0.1, 1.0, 10.0):
        angles = 2.0 * np.pi * np.arange(1, 41) / 40
        size = random.uniform(-0.2, 0.2, (2, 3, 3))
        waves = np.stack([1.0 - np.cos(angles), np.sin(2.0 * angles)], axis=1)
        path = np.eye(3) + np.einsum("tw,wij->tij", waves, size)
        body.rest()
        stress = body.follow(path, period_s / len(path), region_of(name))
        stress = np.concatenate([np.zeros((1, 3, 3)), stress])
        way = np.diff(path, axis=0, prepend=np.eye(3)[None])
        works = np.einsum("tij,tij->t", (stress[1:] + stress[:-1]) / 2.0, way)
        # Of an elastic solid the trapezoidal rule gives some 1e-4 of the turnover.
        assert works.sum() > 1e-3 * np.abs(works).sum(), (name, period_s, series)


def energies(body: ViscousBody, path: Iterable[Array], dt_s: float, region: int) -> Array:
    """Work done on a cube, and what law and terms hold, after each step; (n, 3), N mm."""
    rows, work = [], 0.0
    force, place = body.solid.region_forces([region]), body.u.x.array.reshape(-1, 3).copy()
    for gradient in path:
        body.solid.begin_step(dt_s)
        body.deform(gradient)
        now = body.solid.region_forces([region])
        work += float(np.sum((force + now) / 2.0 * (body.u.x.array.reshape(-1, 3) - place)))
        force, place = now, body.u.x.array.reshape(-1, 3).copy()
        body.solid.commit()
        rows.append((work, body.solid.energy_nmm(region), body.solid.held_energy_nmm(region)))
    return np.array(rows)


def test_energy_is_stored_held_or_lost(body: ViscousBody, evidence: Evidence) -> None:
    region, series = region_of("hyperfoam"), LAWS["hyperfoam"][1]
    body.rest()
    path = np.eye(3) + np.linspace(0.01, 1.0, 100)[:, None, None] * (PRESSED - np.eye(3))
    work, stored, held = energies(body, path, 0.0, region)[-1]
    gains, times = np.array(series.gains), np.array(series.times_s)
    assert work == pytest.approx(stored + held, rel=2e-3)
    assert held == pytest.approx(gains.sum() * stored, rel=2e-3)
    elapsed_s = 0.0
    for dt_s in (0.02, 0.1):
        after = energies(body, [PRESSED], dt_s, region)[-1]
        assert after[:2] == pytest.approx((0.0, stored))
        elapsed_s += dt_s
        fading = np.exp(-2.0 * elapsed_s / times)
        evidence.within(
            "materials", "Energy held by terms, foam", f"held / closed form, after {elapsed_s:g} s",
            after[2] / (stored * float(gains @ fading)), low=0.998, high=1.002,
            source="closed form at constant strain",
        )  # fmt: skip

    body.rest()
    pressed = 0.4 * np.sin(np.pi * np.arange(1, 101) / 100) ** 2
    found = energies(body, [np.diag([1.0, 1.0 - s, 1.0]) for s in pressed], 0.001, region)
    lost = found[:, 0] - found[:, 1] - found[:, 2]
    fall = float((np.maximum.accumulate(lost) - lost).max() / found[:, 0].max())
    evidence.within(
        "materials", "Energy lost in a foam, pulse of 40 % in 100 ms",
        "largest fall of what is lost / largest work", fall, high=1e-3, source="second law",
    )  # fmt: skip
    assert 0.1 < lost[-1] / found[:, 0].max() < 0.5


def test_a_step_that_is_given_up_leaves_no_trace(body: ViscousBody) -> None:
    region = region_of("Ogden")
    body.rest()
    body.follow([swing(0.05)], 0.05)
    assert body.solid.history is not None
    kept = body.solid.history.save()
    straight = body.follow([swing(0.06), swing(0.07)], 0.01, region)
    body.solid.restore(kept)
    body.solid.begin_step(0.08)
    body.deform(swing(0.13))
    body.stress(region)
    again = body.follow([swing(0.06), swing(0.07)], 0.01, region)
    np.testing.assert_array_equal(again, straight)


def pressed(body: ViscousBody, stretch: float) -> float:
    """Nominal pressure (MPa) of tissue squeezed to a stretch with its sides free, volume kept.

    What the volume's own pressure leaves open is the difference to the stress across.
    """
    body.deform(np.diag([stretch**-0.5, stretch, stretch**-0.5]))
    stress = body.stress(region_of("Ogden"))
    return float(stress[0, 0] * stretch**-1.5 - stress[1, 1])


def lost_share(strain: Array, pressure: Array) -> float:
    """Energy lost over energy put in, of one cycle; a plate presses and does not pull."""
    mean = np.maximum((pressure[1:] + pressure[:-1]) / 2.0, 0.0)
    work = mean * np.diff(strain)
    return float(work.sum() / work[work > 0.0].sum())


LOSSES = {
    "low": 0.18,
    "high": 0.66,
    "source": "Gefen 2001: 0.178, Aerts 1995: 0.30-0.33, Wearing 2014: 0.66",
}


@pytest.mark.parametrize("frequency_hz", [1.0, 3.0, 10.0])
def test_heel_pad_loses_as_much_energy_as_measured(
    frequency_hz: float, body: ViscousBody, evidence: Evidence
) -> None:
    steps = 60
    pulse = np.sin(np.pi * np.arange(steps + 1) / steps) ** 2
    dt_s = 1.0 / (steps * frequency_hz)
    body.rest()
    pressure = [0.0]
    for strain in 0.39 * pulse[1:]:
        body.solid.begin_step(dt_s)
        pressure.append(pressed(body, 1.0 - strain))
        body.solid.commit()
    case = f"Heel pad, {frequency_hz:g} Hz"
    quantity = "energy lost / put in, one compression of 39 %"
    evidence.within(
        "materials", case, quantity, lost_share(0.39 * pulse, np.array(pressure)), **LOSSES
    )

    peak, stretch = max(pressure), 1.0
    body.rest()
    strains, wanted = [0.0], np.tile(peak * pulse[1:], max(3, round(2.0 * frequency_hz)))
    for force in wanted:
        body.solid.begin_step(dt_s)
        stretch = float(newton(lambda x, f=force: pressed(body, x) - f, stretch, x1=stretch - 1e-3))
        pressed(body, stretch)
        body.solid.commit()
        strains.append(1.0 - stretch)
    last = lost_share(np.array(strains[-steps - 1 :]), np.concatenate([[0.0], wanted[-steps:]]))
    quantity = "energy lost / put in, repeated force of that peak"
    evidence.within("materials", case, quantity, last, **LOSSES)
