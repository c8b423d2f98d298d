# SPDX-License-Identifier: MIT
"""Principal stretches in closed form that stay smooth where stretches coincide.

The eigenvalues of C = F^T F are m + 2 q cos(theta + 2 pi k / 3) with m = tr C / 3, the deviator
D = C - m I, j2 = D:D / 2, j3 = det D, q = sqrt(j2 / 3) and cos(3 theta) = j3 / (2 q^3) (Smith 1961,
Communications of the ACM 4:168). Each eigenvalue has a kink where two coincide; a symmetric
function of the three has none. It is therefore enough to keep the formula away from 0/0:
j2 + EPSILON^2 in place of j2 moves a symmetric function by terms of order EPSILON^2, and
cos(3 theta) (1 - ANGLE_EPSILON) by ANGLE_EPSILON times its (cubic) part in j3.

Expressions are built for small kernels: one acos, cos and sin, one logarithm for each stretch,
powers as exponentials of those logarithms (so that derivatives share them), and stress by the chain
rule over the scalars m, j2, j3 instead of over the nine components of F.
"""

import math
from collections.abc import Callable
from typing import NamedTuple, TypeAlias

import ufl
from ufl.core.expr import Expr

EPSILON = 1.0e-5
"""Distance (in squared stretch) that is kept from three equal stretches."""

ANGLE_EPSILON = 1.0e-6
"""Distance (in the cosine of the angle) that is kept from two equal stretches.

It biases stress by as much at strong compression; the rounding error of tangents grows as its
power -3/2.
"""

LogStretches: TypeAlias = tuple[Expr, Expr, Expr]
"""ln(lambda_k^2) of the three principal stretches."""

SymmetricEnergy: TypeAlias = Callable[[LogStretches], Expr]
"""Energy as a function of the log stretches that is symmetric in the three."""


class DeviatoricInvariants(NamedTuple):
    """Mean m, j2 and j3 of C (all scalars) with its deviator."""

    mean: Expr
    j2: Expr
    j3: Expr
    deviator: Expr


def deviatoric_invariants(F: Expr) -> DeviatoricInvariants:
    """Mean, deviator and its invariants of the right Cauchy-Green tensor of F."""
    C = F.T * F
    mean = ufl.tr(C) / 3
    deviator = C - mean * ufl.Identity(3)
    return DeviatoricInvariants(
        mean, ufl.inner(deviator, deviator) / 2, ufl.det(deviator), deviator
    )


def log_stretches(mean: Expr, j2: Expr, j3: Expr) -> LogStretches:
    """Logarithms of the squared principal stretches, in descending order."""
    radius = ufl.sqrt((j2 + EPSILON**2) / 3)
    angle = ufl.acos((1.0 - ANGLE_EPSILON) / 2 * j3 / (radius * radius * radius)) / 3
    cosine = radius * ufl.cos(angle)
    sine = math.sqrt(3.0) * radius * ufl.sin(angle)
    return (
        ufl.ln(mean + 2 * cosine),
        ufl.ln(mean - cosine + sine),
        ufl.ln(mean - cosine - sine),
    )


def spectral_energy(F: Expr, energy: SymmetricEnergy) -> Expr:
    """A symmetric energy of the log stretches as an expression of F."""
    invariants = deviatoric_invariants(F)
    return energy(log_stretches(invariants.mean, invariants.j2, invariants.j3))


def spectral_piola(F: Expr, energy: SymmetricEnergy) -> Expr:
    """Derivative of `spectral_energy` with respect to F, shape (3, 3)."""
    invariants = deviatoric_invariants(F)
    mean, j2, j3 = (ufl.variable(scalar) for scalar in invariants[:3])
    value = energy(log_stretches(mean, j2, j3))
    by_mean, by_j2, by_j3 = (ufl.diff(value, scalar) for scalar in (mean, j2, j3))
    deviator = invariants.deviator
    half_stress = (
        (by_mean / 3 - 2 * by_j3 * invariants.j2 / 3) * ufl.Identity(3)
        + by_j2 * deviator
        + by_j3 * deviator * deviator
    )
    return 2 * F * half_stress
