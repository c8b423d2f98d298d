# SPDX-License-Identifier: MIT
"""Linear solvers: both presets agree, the multigrid is the one described, ranks agree."""

from __future__ import annotations

import json
from collections.abc import Callable

import numpy as np
import pytest
from mpi4py import MPI
from petsc4py import PETSc

from simulator.connectors import TranslationDrive
from simulator.linear import PRESETS, SLOW, LinearSolver
from simulator.newton import NewtonSettings, solve
from simulator.reduction import Reduction
from simulator.rotations import exponential
from simulator.segments import Poses
from simulator.terms import Drives, FixedLoading
from tests.helpers.segment_block import SEGMENTS, build, disturb

COMM = MPI.COMM_SELF


def _solved(preset: str) -> tuple[np.ndarray, int, float]:
    block = build(COMM)
    equilibrium = block.equilibrium
    equilibrium.refresh_pattern()
    solver = block.solver(preset)
    tangent, _ = equilibrium.tangent(coarse=solver.coarse_reduction)
    matrix = tangent.matrix
    b, x = matrix.createVecRight(), matrix.createVecRight()
    equilibrium.residual(b)
    solver.prepare(tangent, equilibrium.u, equilibrium.poses)
    report = solver.solve(b, x)
    assert report.converged
    left = b.copy()
    left.axpy(-1.0, matrix * x)
    return x.array_r.copy(), report.iterations, left.norm() / b.norm()


@pytest.mark.parametrize(("preset", "most"), [("iterative", 9), ("iterative_large", 14)])
def test_presets_agree(preset: str, most: int) -> None:
    direct, _, direct_error = _solved("direct")
    iterative, iterations, error = _solved(preset)
    assert direct_error < 1e-10
    assert error < 1.1e-4
    # The tolerance is one of the residual; soft modes of the solution may be farther off.
    assert np.linalg.norm(iterative - direct) < 2e-2 * np.linalg.norm(direct)
    assert iterations <= most


def test_equilibria_of_both_presets_agree() -> None:
    found = []
    for preset in PRESETS:
        block = build(COMM)
        assert solve(block.equilibrium, block.solver(preset), NewtonSettings(1e-9)).converged
        found.append(block.equilibrium)
    for other in found[1:]:
        np.testing.assert_allclose(found[0].u.x.array, other.u.x.array, atol=1e-8)
        np.testing.assert_allclose(found[0].poses.rotation, other.poses.rotation, atol=1e-10)


@pytest.mark.parametrize(
    ("preset", "single", "kind"),
    [("iterative", 1, "python"), ("iterative", 0, "lu"), ("iterative_large", 1, "gamg")],
)
def test_coarse_level_is_that_of_the_preset(
    preset: str, single: int, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It reads its options late: PETSc's defaults would go unnoticed."""
    if not single:
        monkeypatch.setattr("simulator.linear.factors", lambda comm: None)
    block = build(COMM)
    equilibrium = block.equilibrium
    equilibrium.refresh_pattern()
    solver = block.solver(preset)
    tangent, _ = equilibrium.tangent(coarse=solver.coarse_reduction)
    solver.prepare(tangent, equilibrium.u, equilibrium.poses)
    assert solver._levels is not None
    pc = solver._levels.coarse.getPC()
    assert pc.getType() == kind
    if kind == "lu":
        assert pc.getFactorSolverType() == "mumps"
    elif kind == "gamg":
        smoother = pc.getMGSmoother(pc.getMGLevels() - 1)
        assert smoother.getPC().getType() == "sor"
        assert smoother.getTolerances()[3] == 2
    assert not [key for key in PETSc.Options().getAll() if key.startswith("solespine")]


def test_products_in_single_precision_are_those_of_the_tangent() -> None:
    block = build(COMM)
    equilibrium, solver = block.equilibrium, block.solver("iterative")
    disturb(equilibrium)
    equilibrium.refresh_pattern()
    tangent, _ = equilibrium.tangent(coarse=solver.coarse_reduction)
    x = tangent.matrix.createVecRight()
    x.array_w[:] = np.sin(np.arange(x.getLocalSize()))
    expected = (tangent.matrix * x).array_r
    found = np.empty_like(expected)
    tangent.narrow.multiply(x.array_r, found)
    assert 0.0 < np.abs(found - expected).max() < 1e-6 * np.abs(expected).max()


def test_stiff_drives_lose_nothing_to_single_precision() -> None:
    """A drive of 1e9 N/mm would be off by 60 N a millimetre, more than all tissue bears."""
    block = build(COMM)
    equilibrium, solver = block.equilibrium, block.solver("iterative")
    hold = TranslationDrive("a", np.zeros(3), np.full(3, 1.1e9), np.array([10.0, 30.0, 15.0]))
    equilibrium.loading = FixedLoading(Drives({}, (), (hold,)), len(SEGMENTS))
    equilibrium.refresh_pattern()
    tangent, _ = equilibrium.tangent(coarse=solver.coarse_reduction)
    x = tangent.matrix.createVecRight()
    x.array_w[:] = np.sin(np.arange(x.getLocalSize()))
    found = np.empty(x.getLocalSize())
    tangent.narrow.multiply(x.array_r, found)
    tail = -3 * equilibrium.reduction.tail_blocks
    expected = (tangent.matrix * x).array_r[tail:]
    np.testing.assert_allclose(found[tail:], expected, atol=1e-3)
    assert np.abs(expected).max() > 1e8


def test_smoothing_is_chebyshevs_iteration() -> None:
    """Three steps against the polynomial on a dense matrix; the interval's error is damped."""
    block = build(COMM)
    equilibrium, solver = block.equilibrium, block.solver("iterative")
    equilibrium.refresh_pattern()
    tangent, _ = equilibrium.tangent(coarse=solver.coarse_reduction)
    tangent.narrow.estimate()
    pointer, column, values = tangent.matrix.convert("dense").convert("aij").getValuesCSR()
    size = len(pointer) - 1
    dense = np.zeros((size, size))
    dense[np.repeat(np.arange(size), np.diff(pointer)), column] = values
    weight = np.zeros_like(dense)
    for first in range(0, size, 3):
        part = slice(first, first + 3)
        weight[part, part] = np.linalg.inv(dense[part, part])
    values, vectors = np.linalg.eig(weight @ dense)
    largest = values.real.max()
    assert tangent.narrow.largest == pytest.approx(0.93 * largest, rel=0.07)
    low, high = 0.2, 1.1
    reach = float(tangent.narrow.largest)
    middle, half = 0.5 * (high + low) * reach, 0.5 * (high - low) * reach

    def chebyshev(x: float) -> float:
        return 4 * x**3 - 3 * x

    for which in (int(np.argmax(values.real)), int(np.argsort(values.real)[size // 2])):
        error = vectors[:, which].real
        left = -tangent.narrow.smooth(np.zeros(size), -error, 3, low, high)
        share = chebyshev((middle - values[which].real) / half) / chebyshev(middle / half)
        np.testing.assert_allclose(left, share * error, atol=2e-5)


def test_prolongation_carries_rigid_motion() -> None:
    """A rigid motion of linear elements and segments is one of quadratic elements."""
    block = build(COMM)
    equilibrium = block.equilibrium
    solver = block.solver("iterative")
    assert solver.coarse is not None
    prolongation = solver.coarse.prolongation(equilibrium.poses)
    turn, shift = np.array([0.3, -0.2, 0.5]), np.array([1.0, 2.0, -3.0])

    def motion(reduction: Reduction) -> np.ndarray:
        x = reduction.coordinates[reduction.free]
        centres = reduction.segments.reference_mm
        segments = np.hstack([np.cross(turn, centres) + shift, np.tile(turn * 50.0, (3, 1))])
        return np.concatenate([(np.cross(turn, x) + shift).ravel(), segments.ravel(), np.zeros(3)])

    coarse = prolongation.createVecRight()
    coarse.array_w[:] = motion(solver.coarse.coarse)
    fine = (prolongation * coarse).array_r
    np.testing.assert_allclose(fine, motion(equilibrium.reduction), atol=1e-10)


def test_rigid_motions_cost_no_energy_wherever_the_body_is() -> None:
    """Without springs they are the null space of the tangent, moved and turned as it may be."""
    block = build(COMM, connected=False)
    equilibrium = block.equilibrium
    turn = exponential(np.array([0.4, -0.7, 0.3]))
    u = equilibrium.u.x.array.reshape(-1, 3)
    x = equilibrium.reduction.coordinates
    u[:] = x @ turn.T + [3.0, -8, 5] - x
    neutral = equilibrium.poses
    equilibrium.poses = Poses(neutral.position_mm @ turn.T + [3.0, -8, 5], turn @ neutral.rotation)
    equilibrium.refresh_pattern()
    solver = block.solver("iterative_large")
    assert solver.coarse is not None
    tangent, _ = equilibrium.tangent(coarse=solver.coarse_reduction)
    solver.prepare(tangent, equilibrium.u, equilibrium.poses)
    stiffness = tangent.coarse_matrix
    assert stiffness is not None
    motions = solver.coarse.rigid_motions(equilibrium.u, equilibrium.poses).getVecs()
    assert len(motions) == 6
    for motion in motions:
        assert (stiffness * motion).norm() < 1e-8 * stiffness.norm()


def test_linear_elements_follow_the_tangent() -> None:
    """Their matrix is the product of the present tangent with the present prolongation."""
    block = build(COMM)
    equilibrium = block.equilibrium
    equilibrium.refresh_pattern()
    solver = block.solver("iterative")
    assert solver.coarse is not None
    for _ in range(2):
        disturb(equilibrium)
        tangent, _ = equilibrium.tangent(coarse=solver.coarse_reduction)
        solver.prepare(tangent, equilibrium.u, equilibrium.poses)
        prolongation = solver.coarse.prolongation(equilibrium.poses)
        c = prolongation.createVecRight()
        c.array_w[:] = np.sin(np.arange(c.getLocalSize()))
        expected = prolongation.createVecRight()
        prolongation.multTranspose(tangent.matrix * (prolongation * c), expected)
        assert tangent.coarse_matrix is not None
        found = (tangent.coarse_matrix * c).array_r
        np.testing.assert_allclose(found, expected.array_r, atol=1e-8)


def test_linear_elements_keep_their_values_unless_the_pattern_is_new() -> None:
    block = build(COMM)
    equilibrium = block.equilibrium
    equilibrium.refresh_pattern()
    coarse = block.solver("iterative").coarse_reduction
    tangent, _ = equilibrium.tangent(coarse=coarse)
    kept, matrix = tangent.coarse_rows.blocks.copy(), tangent.matrix.copy()
    disturb(equilibrium)
    same, _ = equilibrium.tangent(coarse=coarse, keep_coarse=True)
    assert same is tangent
    np.testing.assert_array_equal(tangent.coarse_rows.blocks, kept)
    assert (tangent.matrix - matrix).norm() > 1e-3 * matrix.norm()
    renewed = equilibrium.tangent(coarse=coarse)[0].coarse_rows.blocks.copy()
    equilibrium._reduced = None
    other, _ = equilibrium.tangent(coarse=coarse, keep_coarse=True)
    assert other is not tangent
    np.testing.assert_allclose(other.coarse_rows.blocks, renewed, atol=1e-9)


def test_tangent_without_linear_elements_is_refused() -> None:
    block = build(COMM)
    block.equilibrium.refresh_pattern()
    tangent, _ = block.equilibrium.tangent()
    with pytest.raises(ValueError, match="no matrix of this solver's linear elements"):
        block.solver("iterative").prepare(tangent, block.equilibrium.u, block.equilibrium.poses)


def test_unknown_preset_is_refused() -> None:
    with pytest.raises(ValueError, match="there are direct, iterative"):
        LinearSolver("fast")
    with pytest.raises(ValueError, match="coarse space"):
        LinearSolver("iterative")


def test_what_an_equilibrium_raises_is_not_taken_for_a_step_that_is_too_long(monkeypatch) -> None:
    block = build(COMM)

    def fault(*_: object, **__: object) -> None:
        raise RuntimeError("blocks outside the pattern")

    monkeypatch.setattr(block.equilibrium, "tangent", fault)
    with pytest.raises(RuntimeError, match="outside the pattern"):
        solve(block.equilibrium, block.solver("direct"), NewtonSettings(1e-9))


def test_ranks_take_equal_iterations(mpirun: Callable) -> None:
    one, two = (
        json.loads(mpirun(n, "-m", "tests.helpers.linear_ranks").stdout.splitlines()[-1])
        for n in (1, 2)
    )
    assert abs(one["krylov"] - two["krylov"]) <= one["newton"]
    assert one["newton"] == two["newton"]
    np.testing.assert_allclose(one["position_mm"], two["position_mm"], atol=1e-6)


def test_kept_preconditioner_is_as_good_as_a_new_one() -> None:
    """Inverted diagonal blocks, eigenvalue and factors are those of the present values."""
    block = build(COMM)
    equilibrium = block.equilibrium
    equilibrium.refresh_pattern()
    kept = block.solver("iterative")
    for scale in (1.0, 3.0):
        tangent, _ = equilibrium.tangent(coarse=kept.coarse_reduction)
        matrix = tangent.matrix
        tangent.narrow.renew(scale * tangent._blocks)
        tangent.coarse_rows.blocks[:] *= scale
        iterations = []
        for solver in (kept, LinearSolver("iterative", kept.coarse)):
            b, x = matrix.createVecRight(), matrix.createVecRight()
            b.set(1.0)
            solver.begin()
            solver.prepare(tangent, equilibrium.u, equilibrium.poses)
            iterations.append(solver.solve(b, x, 1e-8).iterations)
        assert iterations[0] == iterations[1]
        disturb(equilibrium)


@pytest.mark.parametrize(("keep", "slow", "share"), [(0, 0, 1 / 3), (1, 0, 1), (1, 1, 1 / 3)])
def test_linear_elements_keep_their_factors_unless_solves_are_slow(
    keep: int, slow: int, share: float
) -> None:
    block = build(COMM)
    equilibrium, solver = block.equilibrium, block.solver("iterative")
    equilibrium.refresh_pattern()
    tangent, _ = equilibrium.tangent(coarse=solver.coarse_reduction)
    solver.prepare(tangent, equilibrium.u, equilibrium.poses)
    assert solver._levels is not None
    b = tangent.coarse_matrix.createVecRight()
    b.set(1.0)
    first, second = b.duplicate(), b.duplicate()
    solver._levels.coarse.solve(b, first)
    if slow:
        right, x = tangent.matrix.createVecs()
        right.set(1.0)
        assert solver.solve(right, x, 1e-12).iterations > SLOW
    tangent.coarse_rows.blocks[:] *= 3.0
    keep_coarse = bool(keep) and solver.keeps_coarse
    solver.prepare(tangent, equilibrium.u, equilibrium.poses, keep_coarse=keep_coarse)
    solver._levels.coarse.solve(b, second)
    # Factors have seven digits, of which soft modes take three.
    np.testing.assert_allclose(second.array_r, share * first.array_r, rtol=1e-3)
