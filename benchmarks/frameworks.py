# SPDX-License-Identifier: MIT
"""What solespine costs beside a bare dolfinx script, and its loops beside scikit-fem's assembly.

    ./env/run python -m benchmarks.frameworks [--sizes 5 k,20 k]

One block of neo-Hooke's law, compressed and sheared in four increments, one thread. The bare script
has nothing but the same forms, prescribed nodes, Newton's method and MUMPS; solespine has segments
that hold the same nodes, SNES and the same MUMPS (preset ``direct``), and its multigrid. Assembly
is that of the tangent alone: scikit-fem's and dolfinx' into a CSR matrix, solespine's into blocks.
Processor time; forms are compiled before.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from dataclasses import dataclass

import dolfinx
import dolfinx.fem.petsc as fem_petsc
import numpy as np
from mpi4py import MPI
from petsc4py import PETSc

from benchmarks.peers.cases import BASE, BODY, CASES, PLATE, SHEARED_MM
from benchmarks.peers.ours import TOLERANCE_N, Problem, body_alone
from materials.solids import NeoHookean
from simulator import compat
from simulator.mesh import distribute
from simulator.solid import Solid

CASE = CASES["neo-hooke"]
MOST_ITERATIONS = 30
REPEATS = 3


@dataclass(frozen=True, slots=True)
class Outcome:
    """One solution: processor seconds, Newton iterations, largest displacement (mm)."""

    seconds: float
    iterations: int
    largest_mm: float


class Bare:
    """Forms, prescribed nodes and a factorisation, as in a tutorial."""

    def __init__(self, size: str):
        self.mesh = distribute(MPI.COMM_SELF, body_alone(CASE, size))
        space = compat.vector_space(self.mesh.mesh, 2)
        self.u = dolfinx.fem.Function(space)
        solid = Solid(self.u, self.mesh.cell_tags, {BODY: CASE.laws[BODY]})
        self.residual, self.tangent = solid.residual_form, solid.tangent_form
        self.values = {BASE: dolfinx.fem.Function(space), PLATE: dolfinx.fem.Function(space)}
        self.held = [
            dolfinx.fem.dirichletbc(
                value,
                dolfinx.fem.locate_dofs_topological(space, 2, self.mesh.facet_tags.find(tag)),
            )
            for tag, value in self.values.items()
        ]
        self.matrix = fem_petsc.create_matrix(self.tangent)
        self.ksp = PETSc.KSP().create(MPI.COMM_SELF)
        self.ksp.setType("preonly")
        self.ksp.getPC().setType("lu")
        self.ksp.getPC().setFactorSolverType("mumps")
        self.ksp.setOperators(self.matrix)

    def assemble(self) -> None:
        """Assemble the tangent."""
        self.matrix.zeroEntries()
        fem_petsc.assemble_matrix(self.matrix, self.tangent, bcs=self.held)
        self.matrix.assemble()

    def solve(self) -> Outcome:
        """Walk through the increments.

        Raises:
            RuntimeError: Newton's method did not end.
        """
        begun, iterations = time.process_time(), 0
        x = self.u.x.petsc_vec
        b, step = x.duplicate(), x.duplicate()
        for share in np.arange(1, CASE.increments + 1) / CASE.increments:
            self.values[PLATE].x.array.reshape(-1, 3)[:] = share * SHEARED_MM
            for _ in range(MOST_ITERATIONS):
                with b.localForm() as local:
                    local.set(0.0)
                fem_petsc.assemble_vector(b, self.residual)
                fem_petsc.apply_lifting(b, [self.tangent], [self.held], [x], -1.0)
                fem_petsc.set_bc(b, self.held, x, -1.0)
                if b.norm() < TOLERANCE_N:
                    break
                self.assemble()
                self.ksp.solve(b, step)
                x.axpy(-1.0, step)
                iterations += 1
            else:
                raise RuntimeError("the bare script does not converge")
        return Outcome(time.process_time() - begun, iterations, largest_mm(self.u))


def largest_mm(u: dolfinx.fem.Function) -> float:
    """Largest displacement of a node."""
    return float(np.linalg.norm(u.x.array.reshape(-1, 3), axis=1).max())


def ours(size: str, preset: str) -> Outcome:
    """The same by solespine."""
    problem = Problem(CASE, size, preset)
    begun = time.process_time()
    problem.solve()
    seconds, count = time.process_time() - begun, problem.state.counters.newton_iterations
    return Outcome(seconds, count, largest_mm(problem.equilibrium.u))


def loop_s(size: str) -> float:
    """Processor seconds of solespine's loop over cells, linear elements included."""
    problem = Problem(CASE, size, "iterative")
    equilibrium, coarse = problem.equilibrium, problem.linear.coarse_reduction
    equilibrium.refresh_pattern()
    tangent, _ = equilibrium.tangent(coarse=coarse)
    solid = equilibrium.solid
    return least(lambda: tangent.add_cells(solid.kernels, solid.quadrature, None))


def scikit_s(size: str) -> float | None:
    """Processor seconds of the same tangent in scikit-fem; None where it is not installed."""
    try:
        import skfem
    except ImportError:
        return None
    tagged, law = body_alone(CASE, size), CASE.laws[BODY]
    assert isinstance(law, NeoHookean)
    mesh = skfem.MeshTet(tagged.points.T.copy(), tagged.cells.T.copy())
    basis = skfem.Basis(mesh, skfem.ElementVector(skfem.ElementTetP2()), intorder=2)
    mu, kappa = law.initial_shear_modulus_mpa, law.initial_bulk_modulus_mpa
    unit = np.eye(3)

    @skfem.BilinearForm
    def tangent(du, v, w):  # type: ignore[no-untyped-def]
        # Of W = mu/2 (J^(-2/3) I1 - 3) + kappa/2 ((J^2 - 1)/2 - ln J).
        f = w["u"].grad + unit[:, :, None, None]
        j = np.linalg.det(np.moveaxis(f, (0, 1), (-2, -1)))
        g = np.moveaxis(np.linalg.inv(np.moveaxis(f, (0, 1), (-2, -1))), (-2, -1), (1, 0))
        first, power = np.einsum("ij...,ij...", f, f), mu * j ** (-2.0 / 3.0)
        a, b = du.grad, v.grad
        ga, gb = np.einsum("ij...,ij...", g, a), np.einsum("ij...,ij...", g, b)
        fa, fb = np.einsum("ij...,ij...", f, a), np.einsum("ij...,ij...", f, b)
        turned = np.einsum("ij...,kl...,kj...,il...", g, g, a, b, optimize=True)
        shape = power * (
            np.einsum("ij...,ij...", a, b)
            - 2.0 / 3.0 * (ga * fb + fa * gb)
            + first * (2.0 / 9.0 * ga * gb + turned / 3.0)
        )
        slope = 0.5 * kappa * (j**2 - 1.0)
        return shape + kappa * j**2 * ga * gb - slope * turned

    state = basis.interpolate(basis.zeros())
    return least(lambda: tangent.assemble(basis, u=state))


def least(work: Callable[[], object]) -> float:
    """Least processor time of some repeats, after one that is not counted."""
    work()
    spent = []
    for _ in range(REPEATS):
        begun = time.process_time()
        work()
        spent.append(time.process_time() - begun)
    return min(spent)


def main() -> int:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--sizes", default="5 k,20 k", help="names, with commas between")
    sizes = parser.parse_args().sizes.split(",")
    print("size: processor s and Newton iterations of bare script; direct; multigrid")
    for size in sizes:
        Bare(size).solve()
        bare, *own = Bare(size).solve(), ours(size, "direct"), ours(size, "iterative")
        words = [f"{o.seconds:.2f} s, {o.iterations}" for o in (bare, *own)]
        apart = max(abs(o.largest_mm - bare.largest_mm) / bare.largest_mm for o in own)
        shares = [f"{o.seconds / bare.seconds:.2f}" for o in own]
        said = f"of the bare script {', '.join(shares)}; apart {apart:.0e}"
        print(f"{size}: {'; '.join(words)}; {said}")
    print("assembly of the tangent, ms: scikit-fem; dolfinx; solespine with linear elements")
    for size in sizes:
        theirs, here, dolf = scikit_s(size), loop_s(size), least(Bare(size).assemble)
        first = "not installed" if theirs is None else f"{1e3 * theirs:.0f}"
        print(f"{size}: {first}; {1e3 * dolf:.0f}; {1e3 * here:.0f}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
