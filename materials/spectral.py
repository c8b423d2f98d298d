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
from typing import Any, NamedTuple, TypeAlias

import ufl
from ufl.core.expr import Expr

from materials.law import tensor4

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
    return _by_angle(mean, radius, (1.0 - ANGLE_EPSILON) / 2 * j3 / (radius * radius * radius))


def _by_angle(mean: Expr, radius: Expr, cosine_of_three: Expr) -> LogStretches:
    """The same from q and cos(3 theta)."""
    angle = ufl.acos(cosine_of_three) / 3
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
    scalars = _variables(invariants)
    value = energy(log_stretches(*scalars))
    by_mean, by_j2, by_j3 = (ufl.diff(value, scalar) for scalar in scalars)
    deviator = invariants.deviator
    half_stress = (
        (by_mean / 3 - 2 * by_j3 * invariants.j2 / 3) * ufl.Identity(3)
        + by_j2 * deviator
        + by_j3 * deviator * deviator
    )
    return 2 * F * half_stress


def spectral_elasticity(F: Expr, energy: SymmetricEnergy) -> Expr:
    """Derivative of `spectral_piola` with respect to F, shape (3, 3, 3, 3).

    The scalars are m, j2 and x = cos(3 theta). Their derivatives by C are I/3, the deviator D and
    x_2 D + x_3 Q with Q = D^2 - 2/3 j2 I; those of the energy by them are found by UFL, and the
    rest is products of D. Differentiated through each of the nine components of F, the same kernel
    has four times the divisions and twice the products. Where two stretches coincide the second
    derivative by x is large and the derivative of x vanishes: it is summed before it is squared.
    """
    invariants = deviatoric_invariants(F)
    reach = invariants.j2 + EPSILON**2
    radius = ufl.sqrt(reach / 3)
    by_j3 = (1.0 - ANGLE_EPSILON) / 2 / (radius * radius * radius)
    x = by_j3 * invariants.j3
    # Of x no variable is made that depends on another one: UFL would differentiate through it.
    scalars = tuple(ufl.variable(scalar) for scalar in (invariants.mean, reach, x))
    value = energy(_by_angle(scalars[0], ufl.sqrt(scalars[1] / 3), scalars[2]))
    first = [ufl.diff(value, scalar) for scalar in scalars]
    second = [[ufl.diff(slope, scalar) for scalar in scalars] for slope in first]
    D, identity = invariants.deviator, ufl.Identity(3)
    Q = D * D - 2 * invariants.j2 / 3 * identity
    by_j2 = -1.5 * x / reach
    by_C = (identity / 3, D, by_j2 * D + by_j3 * Q)
    of_deviator = first[1] + first[2] * by_j2
    of_square = first[2] * by_j3
    of_both = -1.5 * of_square / reach
    of_twice = -2.5 * first[2] * by_j2 / reach

    def half_stress(k: int, i: int) -> Expr:
        return sum(first[n] * by_C[n][k, i] for n in range(3))

    def slope_by_C(k: int, i: int, m: int, n: int) -> Expr:
        value = sum(
            second[a][b] * by_C[a][k, i] * by_C[b][m, n] for a in range(3) for b in range(3)
        )
        value += of_twice * D[k, i] * D[m, n] + of_both * (D[k, i] * Q[m, n] + Q[k, i] * D[m, n])
        value += of_deviator * ((_is(k, m) * _is(i, n) + _is(k, n) * _is(i, m)) / 2)
        value -= of_deviator * (_is(k, i) * _is(m, n) / 3)
        product = D[k, m] * _is(i, n) + D[k, n] * _is(i, m)
        product += _is(k, m) * D[n, i] + _is(k, n) * D[m, i]
        both = D[k, i] * _is(m, n) + _is(k, i) * D[m, n]
        return value + of_square * (product / 2 - 2 * both / 3)

    pairs = [(k, i) for k in range(3) for i in range(k, 3)]
    half = {pair: half_stress(*pair) for pair in pairs}
    slopes = {(one, two): slope_by_C(*one, *two) for one in pairs for two in pairs if one <= two}
    turned = {
        (a, i, pair): sum(F[a, k] * slopes[_ordered((_ordered((k, i)), pair))] for k in range(3))
        for a in range(3)
        for i in range(3)
        for pair in pairs
    }

    def component(a: int, i: int, b: int, j: int) -> Expr:
        value = 4 * sum(turned[a, i, _ordered((n, j))] * F[b, n] for n in range(3))
        return value + 2 * half[_ordered((i, j))] if a == b else value

    return tensor4(component)


def _variables(invariants: DeviatoricInvariants) -> tuple[Expr, Expr, Expr]:
    """The three scalars, ready for differentiation by them."""
    mean, j2, j3 = (ufl.variable(scalar) for scalar in invariants[:3])
    return mean, j2, j3


def _is(one: int, two: int) -> float:
    return 1.0 if one == two else 0.0


def _ordered(pair: tuple[Any, Any]) -> tuple[Any, Any]:
    return min(pair), max(pair)
