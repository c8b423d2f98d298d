# SPDX-License-Identifier: MIT
"""Newton's method by SNES on the reduced unknowns, with bordered scalars.

SNES owns iteration, line search and convergence test. Three things are ours:
segments' rotations are recentred before each iteration, so that increments
compose; the linear step is that of ``simulator.bordered``; and what a callback
raises is not lost.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from petsc4py import PETSc

from simulator import compat
from simulator.bordered import TIGHTEST, BorderedStep
from simulator.equilibrium import Equilibrium, Evaluation
from simulator.linear import LinearSolver
from simulator.segments import Poses

Array = NDArray[Any]

POLISHED = 1e-3
"""Share of the tolerance below which a solve ends at once."""
LOOSEST = 3e-2
"""What a linear solve leaves of its right-hand side at the most, `TIGHTEST` at the least; between
them half the square of the last iteration's gain (Eisenstat and Walker 1996, second choice)."""
ENOUGH = 0.1
"""Share of the tolerance that a linear solve need not get below."""
UNSOLVED = 0.5
"""A residual above this share of the last one, after a linear solve that did not end, is given
up: a tangent next to singular, to be met in a shorter step."""
FRESH = 3
"""Tangents of a solve for which linear elements are factorised; what changes after them costs fewer
Krylov iterations than a factorisation (docs/performance.md)."""
SEARCHED = 4
"""Secants of a line search at the most: contact stiffens along a step, and the first one, from the
whole step, may end at a thirtieth of the way where a fifth would do."""
SLOPE = 0.3
"""Share of the residual's first slope along a step that ends its line search."""
PATIENCE = 8
DAMPING_N_PER_MM4 = 0.1
"""First damping of a damped solve: soft tissue of 0.1 MPa in cells of 3 mm opposes as much."""
RELEASED = 0.4
"""Share of its damping that a damped solve keeps where its residual fell."""
STAGNATION = 0.85
"""From iteration ``PATIENCE`` on, a residual above this share of that four iterations ago
ends the solve: cutting the step is cheaper than waiting."""


@dataclass(frozen=True, slots=True)
class NewtonSettings:
    """Tolerances of one solve.

    Attributes:
        tolerance_n: Euclidean norm of the residual that counts as equilibrium.
        max_iterations: Iterations after which a step is given up.
        max_move_mm: Largest movement of a free node along an axis in one iteration.
        line_search: PETSc's name; ``cp`` finds a zero of the residual along the step.
        kept_gain: Share of the residual below which an iteration must get for the next to
            keep its tangent; zero renews it always.
        lagged: First tangents of a solve that take friction by its secant: a point that slid in the
            last step or overshoots in this one has none along its way, and a body on such points
            alone drifts off. Inertia holds it, so that a step in time needs none.
        beyond: Iterations taken beyond the tolerance at the most, for nearly nothing of what
            differs between two ways to the same equilibrium (ranks) to reach a summary.
        near: Whether the start is a guess of the end: then the first gain counts as those after it.
        damped: Whether movements are opposed while the residual rises, and followed all the same:
            the way past a place where the equilibrium ends, as when tissue buckles.
    """

    tolerance_n: float
    max_iterations: int = 15
    max_move_mm: float = 8.0
    line_search: str = "cp"
    kept_gain: float = 0.03
    lagged: int = 2
    beyond: int = 1
    near: bool = False
    damped: bool = False


@dataclass(slots=True)
class NewtonReport:
    """What one solve did."""

    converged: bool
    reason: int
    iterations: int
    krylov_iterations: int
    tangents: int = 0
    residuals_n: list[float] = field(default_factory=list)
    message: str = ""

    def add(self, spent: NewtonReport) -> None:
        """Count the iterations of a solve for the same state that was given up before."""
        self.iterations += spent.iterations
        self.krylov_iterations += spent.krylov_iterations


def _damping(last: float, residuals_n: list[float]) -> float:
    """Damping of the next tangent (N/mm4): less where the residual fell, more where it rose.

    Each iteration is a step in time of a body that viscosity alone holds (pseudo-transient
    continuation, Kelley and Keyes 1998, SIAM J. Numer. Anal. 35:508). The first carries out what is
    prescribed and is not damped.
    """
    if len(residuals_n) < 2:
        return 0.0
    if last == 0.0:
        return DAMPING_N_PER_MM4
    change = residuals_n[-1] / residuals_n[-2]
    return last * (RELEASED if change < 1.0 else min(2.0 * change, 8.0))


class _NoMatrix:
    """Stands for the tangent where SNES asks for a matrix; the step never multiplies by it."""


def solve(
    equilibrium: Equilibrium, linear: LinearSolver, settings: NewtonSettings, log: Any = None
) -> NewtonReport:
    """Bring an equilibrium's state to balance from where it stands; collective.

    The state is left at the last iterate whether or not it converged: the
    caller restores a saved one after a rejected step.

    Args:
        equilibrium: Holds the state.
        linear: Solver of the reduced tangent.
        settings: Tolerances.
        log: Called with one line a Newton iteration, on every rank.

    Raises:
        Exception: What the equilibrium raises, but for errors of PETSc and singular systems, which
            end the solve.
    """
    step = BorderedStep(equilibrium, linear, settings.max_move_mm)
    base: list[Poses] = [equilibrium.poses]
    last: list[Evaluation | None] = [None]
    report = NewtonReport(False, 0, 0, 0)
    damping = [0.0]
    y = equilibrium.reduction.create_vector()
    f = y.duplicate()
    linear.begin()
    equilibrium.refresh_pattern()
    equilibrium.write_unknowns(y)

    def residual(_: PETSc.SNES, x: PETSc.Vec, out: PETSc.Vec) -> None:
        equilibrium.read_unknowns(x, base[0])
        last[0] = equilibrium.residual(out, last[0])
        if not np.isfinite(out.norm()) or equilibrium.solid.least_volume_ratio() <= 0.0:
            out.set(np.nan)

    def recentre(snes: PETSc.SNES, _: int) -> None:
        x = snes.getSolution()
        equilibrium.read_unknowns(x, base[0])
        base[0] = equilibrium.poses
        equilibrium.write_unknowns(x)

    def jacobian(snes: PETSc.SNES, x: PETSc.Vec, j: PETSc.Mat, p: PETSc.Mat) -> None:
        known = report.residuals_n
        if settings.damped:
            damping[0] = _damping(damping[0], known)
        # The first residual is that of a prescribed turn, and falls to a millionth by carrying on;
        # the second is what that left.
        counted = len(known) > (1 if settings.near else 3)
        gain = known[-1] / known[-2] if counted else 1.0
        enough = ENOUGH * settings.tolerance_n / known[-1]
        step.tolerance = min(max(0.5 * gain**2, enough, TIGHTEST), LOOSEST)
        # Where the last iteration gained that much, the same tangent gains it again.
        keeps = counted and gain < settings.kept_gain and not settings.damped
        if keeps and step.closure is not None:
            return
        equilibrium.read_unknowns(x, base[0])
        settled = len(known) > FRESH and not settings.damped
        keep = settled and linear.keeps_coarse
        lagged = len(known) <= settings.lagged
        tangent, step.closure = equilibrium.tangent(
            lagged, linear.coarse_reduction, last[0], damping[0], keep_coarse=keep
        )
        linear.prepare(tangent, equilibrium.u, equilibrium.poses, keep_coarse=keep)
        report.tangents += 1

    def monitor(snes: PETSc.SNES, iteration: int, norm: float) -> None:
        report.residuals_n.append(float(norm))
        if log is not None:
            log(f"  newton {iteration:2d}  residual {norm:.3e} N  krylov {step.krylov_iterations}")

    def test(_: PETSc.SNES, iteration: int, norms: tuple[float, float, float]) -> int:
        norm = norms[2]
        if not np.isfinite(norm):
            return int(PETSc.SNES.ConvergedReason.DIVERGED_FNORM_NAN)
        known = report.residuals_n
        if norm < settings.tolerance_n:
            reached = sum(r < settings.tolerance_n for r in known[:iteration])
            polished = reached >= settings.beyond or iteration >= settings.max_iterations
            if polished or norm < POLISHED * settings.tolerance_n:
                return int(PETSc.SNES.ConvergedReason.CONVERGED_FNORM_ABS)
            return 0
        if step.failed and norm > UNSOLVED * known[iteration - 1]:
            return int(PETSc.SNES.ConvergedReason.DIVERGED_LINEAR_SOLVE)
        if settings.damped:
            return 0
        if iteration >= PATIENCE and norm > STAGNATION * known[iteration - 4]:
            return int(PETSc.SNES.ConvergedReason.DIVERGED_LINE_SEARCH)
        return 0

    failures: list[BaseException] = []

    def told(callback: Callable[..., Any]) -> Callable[..., Any]:
        """Keep what a callback raises: PETSc passes its own errors on and loses all others."""

        def inner(*args: Any) -> Any:
            try:
                return callback(*args)
            except (PETSc.Error, np.linalg.LinAlgError):
                raise
            except BaseException as error:
                failures.append(error)
                raise

        return inner

    snes = PETSc.SNES().create(equilibrium.comm)
    step.iterate = lambda: (snes.getSolution(), base[0])
    shell = PETSc.Mat().createPython(
        (y.getSizes(), y.getSizes()), context=_NoMatrix(), comm=equilibrium.comm
    )
    shell.setUp()
    snes.setFunction(told(residual), f)
    snes.setJacobian(told(jacobian), shell)
    snes.setUpdate(told(recentre))
    snes.setMonitor(monitor)
    snes.setConvergenceTest(test)
    snes.setType("newtonls")
    snes.getKSP().setType("preonly")
    pc = snes.getKSP().getPC()
    pc.setType("python")
    pc.setPythonContext(step)
    options = PETSc.Options()
    prefix = "solespine_newton_"
    snes.setOptionsPrefix(prefix)
    chosen = {
        "snes_linesearch_type": "basic" if settings.damped else settings.line_search,
        "snes_linesearch_max_it": SEARCHED,
        "snes_linesearch_rtol": SLOPE,
        # No further than the step, which is what keeps cells open.
        compat.line_search_bound(): 1.0,
        "snes_stol": 0.0,
        "snes_divergence_tolerance": 1e12,
    }
    for key, value in chosen.items():
        options[prefix + key] = value
    snes.setFromOptions()
    for key in chosen:
        options.delValue(prefix + key)
    snes.setTolerances(
        rtol=0.0, atol=settings.tolerance_n, stol=0.0, max_it=settings.max_iterations
    )
    try:
        snes.solve(None, y)
        report.reason = snes.getConvergedReason()
    except (PETSc.Error, np.linalg.LinAlgError) as error:  # also from a callback
        if failures:
            # One rank's fault, or a bug: no shorter step mends it, and other ranks would wait.
            raise failures[0] from None
        report.message = str(error)
        report.reason = -100
    report.iterations = snes.getIterationNumber()
    report.krylov_iterations = step.krylov_iterations
    report.converged = report.reason in (2, 3)
    if report.converged:
        equilibrium.read_unknowns(y, base[0])
    snes.destroy()
    for left in (shell, y, f):
        left.destroy()
    # What Python dropped waits for all ranks to free it together.
    PETSc.garbage_cleanup(equilibrium.comm)
    return report
